-- Hand-overs: who has a case while it is handed over, by when they should be done, and whether that was told.

ALTER TABLE cases ADD COLUMN handed_to TEXT;
ALTER TABLE cases ADD COLUMN handed_due INTEGER;
ALTER TABLE cases ADD COLUMN handed_told INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_handed ON cases (handed_due, status, handed_told) WHERE status = 2 AND handed_due IS NOT NULL;
