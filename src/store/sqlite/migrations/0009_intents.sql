-- What people say of intents teaches as well: what the intents were read from, and how the word on them came about.
ALTER TABLE correction ADD COLUMN untaught_intents BLOB;    -- their five probabilities before anything learned of intents
ALTER TABLE correction ADD COLUMN intents_occasion INTEGER; -- as `occasion`, where it is another
