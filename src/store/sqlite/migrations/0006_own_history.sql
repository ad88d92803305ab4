-- How far back our own posts of an account were fetched.

ALTER TABLE source ADD COLUMN own_place TEXT;                     -- empty before the first page
ALTER TABLE source ADD COLUMN own_reached INTEGER;                -- when the oldest of them was published
ALTER TABLE source ADD COLUMN own_posts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN own_done INTEGER NOT NULL DEFAULT 0;
