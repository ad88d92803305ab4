-- The first schema.
--
-- A *place* is one integer for a mention's place in the stream: the second it was published, shifted left by 31
-- bits, plus its number. Tables and indices that end in the place are in the order of the stream by themselves.
-- Moments are milliseconds since 1970, a quarter is seconds since 1970 divided by 900.

CREATE TABLE lease (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    holder TEXT NOT NULL,              -- empty when nobody holds it
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
INSERT INTO lease VALUES (1, '', 0, 0);

-- Next number of a mention (never used twice), and a number that grows whenever mentions come, change or go.
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    next INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 1, 0);

-- What the configuration names. `position` is empty for what left it.
CREATE TABLE subject (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role INTEGER NOT NULL,
    position INTEGER,
    mentions INTEGER NOT NULL DEFAULT 0,     -- rows in `reading`
    waiting INTEGER NOT NULL DEFAULT 0       -- unread complaints
) STRICT;

CREATE TABLE watch (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    subject INTEGER NOT NULL REFERENCES subject (id),
    query TEXT NOT NULL,
    context TEXT NOT NULL,                   -- JSON array
    position INTEGER
) STRICT;

CREATE TABLE network (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    network INTEGER NOT NULL REFERENCES network (id),
    position INTEGER,
    cursor TEXT NOT NULL DEFAULT '',
    health INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    polled INTEGER,
    answered INTEGER,
    fresh INTEGER,
    next INTEGER,
    interval INTEGER,
    mentions INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The narrow half of a mention: what the stream is filtered by.
CREATE TABLE mention (
    place INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    source INTEGER NOT NULL,
    network INTEGER NOT NULL,
    story INTEGER NOT NULL,                  -- number of the mention that the story began with
    read INTEGER NOT NULL,
    private INTEGER NOT NULL,
    marks INTEGER NOT NULL,                  -- intents and sentiments of all its readings
    similar INTEGER                          -- simhash of its words
) STRICT;
CREATE INDEX mention_source ON mention (source);
CREATE INDEX mention_network ON mention (network);
CREATE INDEX mention_story ON mention (story);
CREATE INDEX mention_unread ON mention (read) WHERE read = 0;

-- The wide half: what a person reads, and what is needed to take the mention out again. Foreign text as it came.
CREATE TABLE body (
    id INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    content INTEGER NOT NULL,
    native_id TEXT NOT NULL,
    keys BLOB NOT NULL,                      -- hashes of its identities, 8 bytes each
    first_seen INTEGER NOT NULL,
    edited_at INTEGER,
    claimed INTEGER,
    flags INTEGER NOT NULL,                  -- 1 history, 2 addressed, 4 own
    visibility INTEGER NOT NULL,             -- 0 public, 1 unlisted, 2 private
    person INTEGER,
    readings BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    lang TEXT,
    url TEXT,
    author TEXT,                             -- its name, when it is no person of its network
    title TEXT,
    text TEXT NOT NULL,
    images TEXT,
    links TEXT,
    watches TEXT,
    parent TEXT,
    root TEXT,
    repost_of TEXT,
    reposts INTEGER
) STRICT;
CREATE INDEX body_person ON body (person) WHERE person IS NOT NULL;

-- Readings that are about their subject.
CREATE TABLE reading (
    subject INTEGER NOT NULL,
    place INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    PRIMARY KEY (subject, place)
) STRICT, WITHOUT ROWID;

-- Under which names a source knows a mention: hashes of native id and aliases. -1 for a name that two share.
CREATE TABLE identity (
    source INTEGER NOT NULL,
    key INTEGER NOT NULL,
    mention INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

-- Names of what was erased, so that a source that still shows it does not bring it back.
CREATE TABLE gone (
    source INTEGER NOT NULL,
    key INTEGER NOT NULL,
    published INTEGER NOT NULL,              -- its second
    day INTEGER NOT NULL,                    -- when it was erased or last shown again, days since 1970
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX gone_day ON gone (day);

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    network INTEGER NOT NULL,
    key TEXT NOT NULL,                       -- 'i' and the native id, or 'h' and the folded handle
    handle TEXT,
    name TEXT,
    followers INTEGER,
    UNIQUE (network, key)
) STRICT;

-- Stories of more than one mention.
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL
) STRICT;

-- Hashes that are equal within a story, of the last 30 days. In periods of five days, so that new rows stay
-- together and old ones go together.
CREATE TABLE mark (
    period INTEGER NOT NULL,
    key INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (period, key, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE trend (
    subject INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    neutral INTEGER NOT NULL,
    positive INTEGER NOT NULL,
    unscored INTEGER NOT NULL,
    complaints INTEGER NOT NULL,
    praises INTEGER NOT NULL,
    questions INTEGER NOT NULL,
    PRIMARY KEY (subject, quarter)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarter (
    quarter INTEGER PRIMARY KEY,
    mentions INTEGER NOT NULL
) STRICT;

CREATE TABLE signal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    subject INTEGER,
    source INTEGER,
    text TEXT NOT NULL,
    seen INTEGER NOT NULL
) STRICT;
CREATE INDEX signal_at ON signal (at);

-- Which words occur in which place. The words are folded and split by the program, so that the index and the
-- questions agree; the index only narrows, and keeps neither positions nor a copy of the text.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', detail = 'none', columnsize = 0, tokenize = 'ascii');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- The words of the index, to spell out what a prefix stands for.
CREATE VIRTUAL TABLE term USING fts5vocab (search, row);
