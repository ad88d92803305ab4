-- Ties follow what the books say of our answers, and whoever counts people counts those who are one as one.

-- An answer was read, read anew or judged by a person: the tie of whom it answers is another.
CREATE TRIGGER book_changes AFTER UPDATE OF deed, said ON book
    WHEN coalesce(NEW.said, NEW.deed) IS NOT coalesce(OLD.said, OLD.deed) BEGIN
    INSERT INTO unsettled SELECT b.person FROM act a CROSS JOIN body b ON b.id = a.answers
        WHERE a.id = NEW.act AND b.person IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM unsettled u WHERE u.person = b.person);
END;
-- What was added up until now read the words itself.
INSERT INTO unsettled SELECT person FROM tie
    WHERE ours > 0 AND NOT EXISTS (SELECT 1 FROM unsettled u WHERE u.person = tie.person);

-- Accounts become one person: what they wrote and what answers them is of another number.
CREATE TRIGGER whole_comes AFTER INSERT ON whole BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (3, NEW.person);
    INSERT INTO campaign_news (kind, number) SELECT 1, id FROM body WHERE person = NEW.person;
    UPDATE head SET booked = booked + 1;
    UPDATE book SET revision = (SELECT booked FROM head)
        WHERE act IN (SELECT a.id FROM body b CROSS JOIN act a ON a.answers = b.id WHERE b.person = NEW.person);
END;
CREATE TRIGGER whole_changes AFTER UPDATE OF one ON whole BEGIN
    INSERT INTO campaign_news (kind, number) VALUES (3, NEW.person);
    INSERT INTO campaign_news (kind, number) SELECT 1, id FROM body WHERE person = NEW.person;
    UPDATE head SET booked = booked + 1;
    UPDATE book SET revision = (SELECT booked FROM head)
        WHERE act IN (SELECT a.id FROM body b CROSS JOIN act a ON a.answers = b.id WHERE b.person = NEW.person);
END;
-- One of them leaves, or is no more: the others may be of another number then.
CREATE TRIGGER whole_goes AFTER DELETE ON whole BEGIN
    INSERT INTO campaign_news (kind, number)
        SELECT 3, OLD.person UNION SELECT 3, person FROM whole WHERE one = OLD.one;
    INSERT INTO campaign_news (kind, number) SELECT 1, id FROM body
        WHERE person IN (SELECT OLD.person UNION SELECT person FROM whole WHERE one = OLD.one);
    UPDATE head SET booked = booked + 1;
    UPDATE book SET revision = (SELECT booked FROM head)
        WHERE act IN (SELECT a.id FROM body b CROSS JOIN act a ON a.answers = b.id
            WHERE b.person IN (SELECT OLD.person UNION SELECT person FROM whole WHERE one = OLD.one));
END;
