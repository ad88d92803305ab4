-- The outbox: what we are about to publish, from the first letter of a draft until nobody doubts that it is out.

ALTER TABLE head ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;   -- all sending is stopped
ALTER TABLE head ADD COLUMN outbox INTEGER NOT NULL DEFAULT 0;    -- grows whenever something in it moves on

CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state INTEGER NOT NULL,                  -- 0 draft, 1 awaiting approval, 2 held, 3 sending, 4 sent, 5 uncertain, 6 failed, 7 withdrawn
    source INTEGER NOT NULL,
    case_id INTEGER,
    mention INTEGER,
    parent TEXT,
    root TEXT,
    quote TEXT,
    who TEXT,
    realm INTEGER NOT NULL,                  -- as of an act
    target INTEGER,                          -- hash of the name of what it answers
    parts TEXT NOT NULL,                     -- JSON array of {text, native_id, url}
    visibility INTEGER NOT NULL,
    warning TEXT,
    lang TEXT,
    voice TEXT,
    approved TEXT,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    next INTEGER,                            -- when something is to be done about it
    attempts INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,        -- how often its part was looked for
    since INTEGER,                           -- when the network was asked first for the part that is next
    trouble TEXT NOT NULL DEFAULT '',
    remarks TEXT NOT NULL DEFAULT '[]',      -- JSON array
    dry INTEGER NOT NULL DEFAULT 0,
    token TEXT,
    process TEXT,                            -- the process that holds it
    epoch INTEGER,                           -- of the lease under which it is being sent
    revision INTEGER NOT NULL DEFAULT 1,
    moved INTEGER NOT NULL DEFAULT 0         -- what `head.outbox` was when it moved on last
) STRICT;
CREATE INDEX outgoing_state ON outgoing (state, changed);
CREATE INDEX outgoing_target ON outgoing (realm, target) WHERE target IS NOT NULL;
CREATE INDEX outgoing_mention ON outgoing (mention) WHERE mention IS NOT NULL;
CREATE INDEX outgoing_case ON outgoing (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX outgoing_moved ON outgoing (moved);

-- Processes that hold something, and when each was last seen.
CREATE TABLE attendance (
    process TEXT PRIMARY KEY,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts that can be published under, as the process that talks to the networks last saw them.
CREATE TABLE account (
    source INTEGER PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    rules TEXT                               -- JSON; empty when the network was never asked
) STRICT;
