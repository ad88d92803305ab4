-- What people say of readings.
--
-- What stands for a mention and a subject is all that was said and not taken back, in the order of the numbers, over
-- what was read. Of a mention that grew too old one row a subject is left, without the mention; with a mention that its
-- author took down, or whose person is forgotten, its corrections go.
CREATE TABLE correction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER,                         -- empty once it was erased for its age
    subject INTEGER NOT NULL,
    at INTEGER NOT NULL,
    undone INTEGER,                          -- when it was taken back
    occasion INTEGER NOT NULL,               -- 0 asked, 1 volunteered
    sentiment INTEGER,                       -- 0 negative, 1 neutral, 2 positive; empty: nothing was said of it
    intents INTEGER,                         -- their bits
    about INTEGER,
    read BLOB NOT NULL,                      -- the reading without any correction
    untaught BLOB                            -- its three probabilities before anything learned; empty when unscored
) STRICT;
CREATE INDEX correction_mention ON correction (mention) WHERE mention IS NOT NULL;

-- A number that grows whenever corrections come, change or go.
ALTER TABLE head ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
