-- Cases: what must be done for one person in one thread.

-- Hash of the name of the first post of the thread; empty for what begins one, and for what was stored before there
-- were threads (it is made from `root` and `parent` then).
ALTER TABLE body ADD COLUMN thread INTEGER;
ALTER TABLE act ADD COLUMN thread INTEGER;
CREATE INDEX body_thread ON body (thread) WHERE thread IS NOT NULL;
CREATE INDEX act_thread ON act (thread) WHERE thread IS NOT NULL;

-- Next numbers of a case and of a step (never used twice).
ALTER TABLE head ADD COLUMN next_case INTEGER NOT NULL DEFAULT 1;
ALTER TABLE head ADD COLUMN next_step INTEGER NOT NULL DEFAULT 1;

-- One for each person and thread. Status: 0 new, 1 acknowledged, 2 handed over, 3 resolved, 4 dismissed; what is below 3
-- is open.
CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    realm INTEGER NOT NULL,
    thread INTEGER NOT NULL,                 -- hash of the name of its first post
    who INTEGER NOT NULL,                    -- number of the person; negative: hash of source and name
    person INTEGER,
    source INTEGER NOT NULL,
    network INTEGER NOT NULL,
    status INTEGER NOT NULL,
    dismissal INTEGER,
    snooze INTEGER,                          -- until then; 2^63 - 1: until they write again
    voice TEXT,                              -- who has claimed it
    claimed INTEGER,                         -- until then
    opened INTEGER NOT NULL,                 -- this turn of the clocks, as the next columns up to `told`
    published INTEGER NOT NULL,
    due INTEGER NOT NULL,
    severity REAL NOT NULL,                  -- what `due` is made of
    followers INTEGER,
    reposts REAL NOT NULL,
    reach REAL NOT NULL,                     -- log10(10 + followers)
    wanted INTEGER NOT NULL,                 -- every intent that asked something of us
    acknowledged INTEGER,
    closed INTEGER,
    reopened INTEGER NOT NULL,               -- number of the turn
    answerer TEXT,                           -- the voice that acknowledged
    told INTEGER NOT NULL,                   -- a signal said that it is late
    answered INTEGER,                        -- our last answer
    aftermath INTEGER,                       -- 1 recovered, 2 unhappy; empty while they have said nothing
    promise INTEGER,                         -- the first that is due and not kept
    place INTEGER NOT NULL,                  -- of the mention that stands for it
    mentions INTEGER NOT NULL,
    intents INTEGER NOT NULL,
    sentiment INTEGER,
    story INTEGER NOT NULL,
    private INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX cases_key ON cases (realm, thread, who);
CREATE INDEX cases_all ON cases (due, id);
CREATE INDEX cases_open ON cases (due, id) WHERE status < 3;
CREATE INDEX cases_claimed ON cases (voice, due, id) WHERE claimed IS NOT NULL;
CREATE INDEX cases_story ON cases (story, due, id);
CREATE INDEX cases_person ON cases (person, due, id) WHERE person IS NOT NULL;
CREATE INDEX cases_begun ON cases (opened);
CREATE INDEX cases_new ON cases (opened) WHERE status = 0;
CREATE INDEX cases_untold ON cases (opened) WHERE status = 0 AND told = 0;
CREATE INDEX cases_snoozed ON cases (snooze) WHERE status < 3 AND snooze IS NOT NULL;
CREATE INDEX cases_debt ON cases (opened, status, reach) WHERE status < 3 AND private = 0 AND wanted & 1 <> 0;

-- Which mentions a case holds, and what each asked of us.
CREATE TABLE member (
    mention INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    turn INTEGER NOT NULL,                   -- in which turn of the clocks it came
    seen INTEGER NOT NULL,
    wait INTEGER,                            -- from then to when its turn came; empty when it asked nothing
    severity REAL,
    followers INTEGER,
    reposts REAL
) STRICT;
CREATE INDEX member_case ON member (case_id);

-- Turns of the clocks that are over; the present one is in `cases`.
CREATE TABLE turn (
    case_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    published INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    acknowledged INTEGER,
    status INTEGER NOT NULL,
    dismissal INTEGER,
    closed INTEGER,
    answerer TEXT,
    answered INTEGER,
    aftermath INTEGER,
    PRIMARY KEY (case_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX turn_begun ON turn (opened);

-- The history of cases.
CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    voice TEXT,
    kind INTEGER NOT NULL,
    number INTEGER,                          -- mention, act, promise, status or moment, by kind
    reason INTEGER,                          -- why it was dismissed
    text TEXT,                               -- words of ours
    before TEXT,                             -- what it changed, as it was before (JSON)
    undone INTEGER NOT NULL
) STRICT;
CREATE INDEX step_case ON step (case_id, id);
CREATE INDEX step_act ON step (number) WHERE kind = 2;

CREATE TABLE promise (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    due INTEGER NOT NULL,
    kept INTEGER,
    told INTEGER NOT NULL
) STRICT;
CREATE INDEX promise_case ON promise (case_id);
CREATE INDEX promise_due ON promise (due) WHERE kept IS NULL;
