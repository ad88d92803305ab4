-- Networks: sources that share identities, what the brand published itself, and what is not public kept apart.

-- Sources of one scope give the same post the same native id.
CREATE TABLE scope (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

ALTER TABLE source ADD COLUMN scope INTEGER;                      -- empty when its ids mean nothing to others
ALTER TABLE source ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN meters TEXT NOT NULL DEFAULT '';    -- JSON array; empty when none were told

ALTER TABLE head ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;

-- The *realm* of a name: the number of a source that has no scope, else the number of the scope, negative.
ALTER TABLE identity RENAME COLUMN source TO realm;
ALTER TABLE gone RENAME COLUMN source TO realm;

ALTER TABLE mention ADD COLUMN answered INTEGER;
ALTER TABLE body ADD COLUMN realm INTEGER;                        -- empty when it is its source
ALTER TABLE body ADD COLUMN warning TEXT;
-- Flags of a body: 1 history, 2 addressed, 4 own, 8 answered in a browser only, 16 answered nowhere.

-- What the brand published. Foreign text as it came.
CREATE TABLE act (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL,
    network INTEGER NOT NULL,
    realm INTEGER NOT NULL,
    native_id TEXT NOT NULL,
    keys BLOB NOT NULL,                      -- hashes of its identities, 8 bytes each
    content INTEGER NOT NULL,
    published INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    edited_at INTEGER,
    flags INTEGER NOT NULL,                  -- as of a body
    visibility INTEGER NOT NULL,
    person INTEGER,
    author TEXT,                             -- its name, when it is no person of its network
    title TEXT,
    text TEXT NOT NULL,
    warning TEXT,
    url TEXT,
    lang TEXT,
    parent TEXT,
    root TEXT,
    target INTEGER,                          -- hash of the name of what it answers
    answers INTEGER                          -- the mention of that name, when it is stored
) STRICT;
CREATE INDEX act_published ON act (published);
CREATE INDEX act_target ON act (realm, target) WHERE target IS NOT NULL;
CREATE INDEX act_answers ON act (answers) WHERE answers IS NOT NULL;
CREATE INDEX act_person ON act (person) WHERE person IS NOT NULL;

-- Under which names an act is known.
CREATE TABLE deed (
    realm INTEGER NOT NULL,
    key INTEGER NOT NULL,
    act INTEGER NOT NULL,
    PRIMARY KEY (realm, key)
) STRICT, WITHOUT ROWID;

-- What is not public is a story of its own, resembles nothing, and is not counted by the quarter of an hour.
UPDATE story SET size = size - p.members
    FROM (SELECT story, count(*) AS members FROM mention WHERE private = 1 GROUP BY story) p WHERE p.story = story.id;
DELETE FROM story WHERE size < 2;
DELETE FROM mark WHERE place IN (SELECT place FROM mention WHERE private = 1);
UPDATE quarter SET mentions = mentions - p.members
    FROM (SELECT ((place >> 31) - ((place >> 31) % 900 + 900) % 900) / 900 AS quarter, count(*) AS members
          FROM mention WHERE private = 1 GROUP BY 1) p WHERE p.quarter = quarter.quarter;
DELETE FROM quarter WHERE mentions < 1;
UPDATE mention SET story = -id, similar = NULL WHERE private = 1;
