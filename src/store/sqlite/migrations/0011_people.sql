-- People: what went both ways with each, who is one with whom, and who is forgotten.

-- Accounts that are one person, as a person confirmed: those with the same number.
CREATE TABLE whole (
    person INTEGER PRIMARY KEY,
    one INTEGER NOT NULL,
    at INTEGER NOT NULL,
    voice TEXT                               -- who confirmed it
) STRICT;
CREATE INDEX whole_one ON whole (one);

-- Ties, added up: one row for everybody who had to do with us, under the lowest number of their accounts.
CREATE TABLE tie (
    person INTEGER PRIMARY KEY,
    worth REAL NOT NULL,                     -- strength as of 2020-01-01
    theirs INTEGER NOT NULL,
    ours INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    resolved INTEGER NOT NULL,
    praises INTEGER NOT NULL,
    gives INTEGER NOT NULL,
    asks INTEGER NOT NULL,
    last INTEGER NOT NULL,
    week INTEGER NOT NULL,                   -- of the newest two-way turn
    weeks INTEGER NOT NULL,                  -- bits of the weeks up to that
    regular INTEGER NOT NULL                 -- were a regular in that week
) STRICT;
CREATE INDEX tie_worth ON tie (worth, person);
CREATE INDEX tie_last ON tie (last, person);
CREATE INDEX tie_regular ON tie (last, person) WHERE regular = 1;
CREATE INDEX tie_week ON tie (week, weeks, turns) WHERE regular = 1;

CREATE TABLE ties (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    people INTEGER NOT NULL,
    turns INTEGER NOT NULL
) STRICT;
INSERT INTO ties VALUES (1, 0, 0);
CREATE TRIGGER tie_comes AFTER INSERT ON tie BEGIN
    UPDATE ties SET people = people + 1, turns = turns + NEW.turns;
END;
CREATE TRIGGER tie_changes AFTER UPDATE OF turns ON tie BEGIN
    UPDATE ties SET turns = turns + NEW.turns - OLD.turns;
END;
CREATE TRIGGER tie_goes AFTER DELETE ON tie BEGIN
    UPDATE ties SET people = people - 1, turns = turns - OLD.turns;
END;

-- Words of handles and names, folded, of those who have a tie.
CREATE TABLE person_word (
    word TEXT NOT NULL,
    person INTEGER NOT NULL,
    PRIMARY KEY (word, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_word_person ON person_word (person);

-- Folded handle and name, to find those who may be the same person on another network.
CREATE TABLE person_alike (
    person INTEGER PRIMARY KEY,
    handle TEXT,
    name TEXT
) STRICT;
CREATE INDEX person_alike_handle ON person_alike (handle) WHERE handle IS NOT NULL;
CREATE INDEX person_alike_name ON person_alike (name) WHERE name IS NOT NULL;

-- People whose ties are to be added up again, since something came, changed or went.
CREATE TABLE unsettled (
    person INTEGER PRIMARY KEY
) STRICT;
INSERT INTO unsettled SELECT id FROM person;

CREATE TRIGGER body_comes AFTER INSERT ON body WHEN NEW.person IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled VALUES (NEW.person);
END;
CREATE TRIGGER body_changes AFTER UPDATE OF person, readings, visibility, flags ON body
    WHEN NEW.person IS NOT NULL OR OLD.person IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled SELECT p FROM (SELECT NEW.person AS p UNION SELECT OLD.person) WHERE p IS NOT NULL;
END;
CREATE TRIGGER body_goes AFTER DELETE ON body WHEN OLD.person IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled VALUES (OLD.person);
END;
CREATE TRIGGER act_comes AFTER INSERT ON act WHEN NEW.answers IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled SELECT person FROM body WHERE id = NEW.answers AND person IS NOT NULL;
END;
CREATE TRIGGER act_changes AFTER UPDATE OF answers, visibility, text ON act
    WHEN NEW.answers IS NOT NULL OR OLD.answers IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled SELECT person FROM body WHERE id IN (NEW.answers, OLD.answers) AND person IS NOT NULL;
END;
CREATE TRIGGER act_goes AFTER DELETE ON act WHEN OLD.answers IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled SELECT person FROM body WHERE id = OLD.answers AND person IS NOT NULL;
END;
-- Those who answered a post of ours before we had it ourselves.
CREATE TRIGGER deed_comes AFTER INSERT ON deed BEGIN
    INSERT OR IGNORE INTO unsettled
        SELECT b.person FROM body b INDEXED BY body_thread WHERE b.thread = NEW.key AND b.person IS NOT NULL;
END;
CREATE TRIGGER deed_goes AFTER DELETE ON deed BEGIN
    INSERT OR IGNORE INTO unsettled
        SELECT b.person FROM body b INDEXED BY body_thread WHERE b.thread = OLD.key AND b.person IS NOT NULL;
END;
CREATE TRIGGER case_changes AFTER UPDATE OF status, closed, wanted, person, private ON cases
    WHEN NEW.person IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled VALUES (NEW.person);
END;
CREATE TRIGGER case_goes AFTER DELETE ON cases WHEN OLD.person IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unsettled VALUES (OLD.person);
END;
CREATE TRIGGER person_changes AFTER UPDATE OF handle, name ON person BEGIN
    INSERT OR IGNORE INTO unsettled VALUES (NEW.id);
END;
-- Whoever is gone leaves nothing; those who are one with them are added up without them.
CREATE TRIGGER person_goes AFTER DELETE ON person BEGIN
    DELETE FROM tie WHERE person = OLD.id;
    DELETE FROM person_word WHERE person = OLD.id;
    DELETE FROM person_alike WHERE person = OLD.id;
    INSERT OR IGNORE INTO unsettled SELECT person FROM whole
        WHERE one = (SELECT one FROM whole WHERE person = OLD.id) AND person <> OLD.id;
    DELETE FROM whole WHERE person = OLD.id;
    DELETE FROM unsettled WHERE person = OLD.id;
END;

-- Those who are not to be collected again: keyed hashes (HMAC-SHA-256) of what they are known by, each with its key, so
-- that lists of several places can be put together.
CREATE TABLE forgotten (
    key BLOB NOT NULL,
    hash BLOB NOT NULL,
    day INTEGER NOT NULL,                    -- days since 1970
    PRIMARY KEY (key, hash)
) STRICT, WITHOUT ROWID;
