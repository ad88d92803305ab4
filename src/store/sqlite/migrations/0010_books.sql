-- The books: how acts were read, what people say that they do, and who responded to them.

ALTER TABLE head ADD COLUMN booked INTEGER NOT NULL DEFAULT 0;    -- grows whenever something in the books changes
ALTER TABLE head ADD COLUMN unlinked INTEGER NOT NULL DEFAULT 0;  -- mentions up to this number may lack their row in `response`
UPDATE head SET unlinked = next - 1;

-- One for each act. `revision` is what `head.booked` was when it changed last.
CREATE TABLE book (
    act INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    reader INTEGER NOT NULL,                 -- version of the reader that read it; 0: it is to be read
    gesture INTEGER,                         -- empty while nobody has read it, as the next columns
    deed INTEGER,
    sure REAL,
    waits_for INTEGER,                       -- the trigger of a condition
    cap TEXT,
    amount REAL,
    unit TEXT,
    personal INTEGER,
    sketch BLOB,                             -- 4 bytes each
    said INTEGER                             -- the deed that a person says it is
) STRICT;
CREATE INDEX book_revision ON book (revision);
CREATE INDEX book_reader ON book (reader, act DESC);

-- Acts that are no more, for whoever holds the books in memory; the newest.
CREATE TABLE unbooked (
    act INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;
CREATE INDEX unbooked_revision ON unbooked (revision);

-- What people say that acts do. What stands is the last one that was not taken back.
CREATE TABLE act_correction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    act INTEGER NOT NULL,
    at INTEGER NOT NULL,
    undone INTEGER,                          -- when it was taken back
    deed INTEGER NOT NULL,
    read INTEGER                             -- what the reader had made of it
) STRICT;
CREATE INDEX act_correction_act ON act_correction (act);

-- Which act a mention answers: the one that it names as its parent, else the one that began its thread. Mentions that
-- are not public among them.
CREATE TABLE response (
    mention INTEGER PRIMARY KEY,
    act INTEGER NOT NULL
) STRICT;
CREATE INDEX response_act ON response (act, mention);

CREATE TRIGGER act_came AFTER INSERT ON act BEGIN
    UPDATE head SET booked = booked + 1;
    INSERT INTO book (act, revision, reader) VALUES (NEW.id, (SELECT booked FROM head), 0);
END;

CREATE TRIGGER act_edited AFTER UPDATE OF content ON act WHEN OLD.content <> NEW.content BEGIN
    UPDATE book SET reader = 0 WHERE act = NEW.id;
END;

CREATE TRIGGER act_changed AFTER UPDATE OF published, visibility, person, parent, answers ON act
WHEN OLD.published <> NEW.published OR OLD.visibility <> NEW.visibility OR OLD.person IS NOT NEW.person
    OR OLD.parent IS NOT NEW.parent OR OLD.answers IS NOT NEW.answers BEGIN
    UPDATE head SET booked = booked + 1;
    -- A reply is read otherwise than a post to nobody.
    UPDATE book SET revision = (SELECT booked FROM head),
        reader = CASE WHEN (OLD.parent IS NULL) <> (NEW.parent IS NULL) THEN 0 ELSE reader END WHERE act = NEW.id;
END;

CREATE TRIGGER act_went AFTER DELETE ON act BEGIN
    UPDATE head SET booked = booked + 1;
    DELETE FROM book WHERE act = OLD.id;
    DELETE FROM act_correction WHERE act = OLD.id;
    INSERT INTO unbooked VALUES (OLD.id, (SELECT booked FROM head));
    DELETE FROM unbooked WHERE revision <= (SELECT booked FROM head) - 100000;
END;

UPDATE head SET booked = 1;
INSERT INTO book (act, revision, reader) SELECT id, 1, 0 FROM act;
