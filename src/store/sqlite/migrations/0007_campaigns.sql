-- Campaigns: what they are made of, what was paid of what they promised, and what changed that concerns them.

CREATE TABLE campaign (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    fold TEXT NOT NULL,                      -- the name in small letters
    terms TEXT NOT NULL,                     -- JSON
    configured INTEGER NOT NULL,             -- it stands, or stood, in the configuration
    position INTEGER,                        -- in the configuration
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX campaign_name ON campaign (fold) WHERE removed = 0;

-- What people say was paid so far. What stands is the last one that was not taken back.
CREATE TABLE payment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign INTEGER NOT NULL,
    paid TEXT NOT NULL,                      -- JSON
    voice TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX payment_campaign ON payment (campaign, id);

-- Suggestions that a person does not want.
CREATE TABLE campaign_dismissed (
    key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Days (since 1970, in the zone of the screen) on which a campaign's backlash was told.
CREATE TABLE campaign_alert (
    campaign INTEGER NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (campaign, day)
) STRICT, WITHOUT ROWID;

-- What came, changed or went, the newest: numbers of campaigns (kind 0), mentions (1), acts (2) and of people whose
-- exchange with us is another (3). Rows are added by triggers, so that whoever holds sums in memory misses nothing.
CREATE TABLE campaign_news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT;

CREATE TRIGGER campaign_news_bound AFTER INSERT ON campaign_news WHEN NEW.id % 1000 = 0 BEGIN
    DELETE FROM campaign_news WHERE id <= NEW.id - 200000;
END;

CREATE TRIGGER campaign_came AFTER INSERT ON campaign BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, NEW.id);
END;
CREATE TRIGGER campaign_changed AFTER UPDATE ON campaign
WHEN OLD.terms <> NEW.terms OR OLD.removed <> NEW.removed OR OLD.configured <> NEW.configured
    OR OLD.position IS NOT NEW.position BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, NEW.id);
END;
CREATE TRIGGER campaign_paid AFTER INSERT ON payment BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, NEW.campaign);
END;
CREATE TRIGGER campaign_unpaid AFTER UPDATE ON payment BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, NEW.campaign);
END;
CREATE TRIGGER campaign_dismissed_came AFTER INSERT ON campaign_dismissed BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, 0);
END;
CREATE TRIGGER campaign_dismissed_went AFTER DELETE ON campaign_dismissed BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (0, 0);
END;

-- A mention that is written again replaces its row, so that this is told of edits too.
CREATE TRIGGER campaign_body_came AFTER INSERT ON body BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.id);
END;
CREATE TRIGGER campaign_body_changed AFTER UPDATE OF readings, person, visibility ON body BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.id);
    INSERT INTO campaign_news (kind, number)
        SELECT 3, person FROM (SELECT OLD.person AS person UNION SELECT NEW.person)
        WHERE OLD.person IS NOT NEW.person AND person IS NOT NULL;
END;
CREATE TRIGGER campaign_body_went AFTER DELETE ON body BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, OLD.id);
    INSERT INTO campaign_news (kind, number) SELECT 3, OLD.person WHERE OLD.person IS NOT NULL;
END;
CREATE TRIGGER campaign_answered AFTER UPDATE OF answered ON mention WHEN OLD.answered IS NOT NEW.answered BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.id);
END;

CREATE TRIGGER campaign_response_came AFTER INSERT ON response BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.mention);
END;
CREATE TRIGGER campaign_response_changed AFTER UPDATE ON response BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.mention);
END;
CREATE TRIGGER campaign_response_went AFTER DELETE ON response BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, OLD.mention);
END;

CREATE TRIGGER campaign_case_moved AFTER UPDATE OF status, aftermath, reopened ON cases
WHEN OLD.status <> NEW.status OR OLD.aftermath IS NOT NEW.aftermath OR OLD.reopened <> NEW.reopened BEGIN
    INSERT INTO campaign_news (kind, number) SELECT 1, mention FROM member WHERE case_id = NEW.id;
END;
CREATE TRIGGER campaign_turn_kept AFTER INSERT ON turn BEGIN
    INSERT INTO campaign_news (kind, number) SELECT 1, mention FROM member WHERE case_id = NEW.case_id;
END;
CREATE TRIGGER campaign_turn_went AFTER DELETE ON turn BEGIN
    INSERT INTO campaign_news (kind, number) SELECT 1, mention FROM member WHERE case_id = OLD.case_id;
END;
CREATE TRIGGER campaign_member_came AFTER INSERT ON member BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.mention);
END;
CREATE TRIGGER campaign_member_moved AFTER UPDATE OF case_id, turn ON member BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, NEW.mention);
END;
CREATE TRIGGER campaign_member_went AFTER DELETE ON member BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (1, OLD.mention);
END;

CREATE TRIGGER campaign_act_came AFTER INSERT ON act BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (2, NEW.id);
    INSERT INTO campaign_news (kind, number)
        SELECT 3, person FROM body WHERE id = NEW.answers AND person IS NOT NULL;
END;
CREATE TRIGGER campaign_act_changed AFTER UPDATE OF content, published, visibility, person, author, answers ON act BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (2, NEW.id);
    INSERT INTO campaign_news (kind, number)
        SELECT 3, person FROM body WHERE id IN (OLD.answers, NEW.answers) AND person IS NOT NULL;
END;
CREATE TRIGGER campaign_act_went AFTER DELETE ON act BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (2, OLD.id);
    INSERT INTO campaign_news (kind, number)
        SELECT 3, person FROM body WHERE id = OLD.answers AND person IS NOT NULL;
END;
