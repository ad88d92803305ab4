//! What people do, and taking it back.

use super::*;
use crate::domain::SafeText;
use crate::domain::case::Undone;
use crate::store::cases::ClockRow;

fn wholly(cases: &[CaseId]) -> Undone {
    Undone { cases: cases.to_vec(), overtaken: Vec::new() }
}

fn overtaken(case: CaseId) -> Undone {
    Undone { cases: Vec::new(), overtaken: vec![case] }
}

pub(crate) async fn every_change_is_a_step_and_undone(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    let due = at(NOW + 2 * DAY);
    let promised = town.change(id, CaseChange::Promise("a refund".into(), due), &by("ana", 1)).await.steps[0];
    town.store.undo_steps(&[promised], &by("ana", 2)).await.unwrap();
    let before = town.case(id, 10).await;
    assert!(before.promises.is_empty() && before.row.promise.is_none());
    let status = |status| CaseChange::Status(status, None);
    let changes = [
        (status(CaseStatus::Acknowledged), StepKind::Status(CaseStatus::Acknowledged, None)),
        (status(CaseStatus::Resolved), StepKind::Status(CaseStatus::Resolved, None)),
        (
            CaseChange::Status(CaseStatus::Dismissed, Some(Dismissal::Spam)),
            StepKind::Status(CaseStatus::Dismissed, Some(Dismissal::Spam)),
        ),
        (CaseChange::Snooze(Some(Snooze::Until(due))), StepKind::Snoozed(Some(Snooze::Until(due)))),
        (CaseChange::Snooze(Some(Snooze::UntilReply)), StepKind::Snoozed(Some(Snooze::UntilReply))),
        (CaseChange::Claim(Some(due)), StepKind::Claimed(Some(due))),
        (CaseChange::HandOver("by mail".into(), Some(due)), StepKind::HandedTo(SafeText::block("by mail"), Some(due))),
        (CaseChange::Note("a note".into()), StepKind::Note(SafeText::block("a note"))),
        (CaseChange::AnsweredByHand("we said".into()), StepKind::AnsweredByHand(SafeText::block("we said"))),
    ];
    for (change, kind) in changes {
        let changed = town.change(id, change.clone(), &by("ana", 5)).await;
        assert_eq!((changed.cases.as_slice(), changed.claimed.len()), (&[id][..], 0), "{change:?}");
        let during = town.case(id, 10).await;
        let step = during.steps.last().unwrap();
        assert_eq!((step.id, &step.kind, step.at), (changed.steps[0], &kind, at(NOW + 5)), "{change:?}");
        assert_eq!(step.voice.as_ref().map(|voice| voice.as_str()), Some("ana"));
        assert!(during.row.revision > before.row.revision);
        assert_eq!(town.store.undo_steps(&changed.steps, &by("ana", 6)).await.unwrap(), wholly(&[id]));
        assert_eq!(town.store.undo_steps(&changed.steps, &by("ana", 7)).await.unwrap(), Undone::default(), "once");
        let after = town.case(id, 10).await;
        assert!(after.steps.last().unwrap().undone && after.row.revision > during.row.revision);
        let revision = before.row.revision;
        assert_eq!(CaseRow { revision, ..after.row }, before.row, "{change:?}");
        assert_eq!(after.promises, before.promises);
    }
}

pub(crate) async fn what_a_status_means(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    town.stand(id, CaseStatus::Acknowledged, 60).await;
    town.change(id, CaseChange::Snooze(Some(Snooze::UntilReply)), &by("ana", 61)).await;
    town.change(id, CaseChange::HandOver("shop".into(), None), &by("lou", 120)).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged), (CaseStatus::HandedOver, Some(at(NOW + 60))));
    let closing = town.stand(id, CaseStatus::Resolved, 180).await;
    let row = town.row(id).await;
    assert_eq!((row.closed, row.snooze, row.acknowledged), (Some(at(NOW + 180)), None, Some(at(NOW + 60))));
    // The same again is no change.
    let again = town.change(id, CaseChange::Status(CaseStatus::Resolved, None), &by("ana", 200)).await;
    assert_eq!(again, Changed::default());
    town.store.undo_steps(&[closing], &by("ana", 210)).await.unwrap();
    assert_eq!(town.row(id).await.snooze, Some(Snooze::UntilReply));
    // Opened again by hand: the clocks begin anew; undone, they are as they were.
    town.stand(id, CaseStatus::Resolved, 220).await;
    let closed = town.row(id).await;
    let opening = town.stand(id, CaseStatus::New, HOUR).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.reopened, row.opened), (CaseStatus::New, 1, at(NOW + HOUR)));
    assert_eq!((row.due, row.acknowledged, row.closed), (at(NOW + HOUR + 10 * MINUTE), None, None));
    assert_eq!(town.case(id, 0).await.steps.last().unwrap().kind, StepKind::Reopened);
    town.store.undo_steps(&[opening], &by("ana", HOUR + 1)).await.unwrap();
    let row = town.row(id).await;
    assert_eq!(CaseRow { revision: closed.revision, ..row }, closed);
    assert_eq!(town.store.clocks(at(0), at(NOW + DAY), at(NOW), 9).await.unwrap().len(), 1);
}

pub(crate) async fn undoing_leaves_what_is_newer(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    let first = town.stand(id, CaseStatus::Acknowledged, 10).await;
    let second = town.stand(id, CaseStatus::Resolved, 20).await;
    let snoozed = town.change(id, CaseChange::Claim(Some(at(NOW + DAY))), &by("ana", 30)).await.steps[0];
    let before = town.case(id, 0).await;
    assert_eq!(town.store.undo_steps(&[first], &by("ana", 40)).await.unwrap(), overtaken(id), "changed since");
    assert_eq!(town.case(id, 0).await, before, "told, and neither recorded nor half done");
    assert_eq!(town.store.undo_steps(&[second], &by("ana", 50)).await.unwrap(), wholly(&[id]));
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged), (CaseStatus::Acknowledged, Some(at(NOW + 10))));
    assert_eq!(town.store.undo_steps(&[first], &by("ana", 55)).await.unwrap(), wholly(&[id]), "nothing is newer now");
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged, row.claim.is_some()), (CaseStatus::New, None, true), "before both");
    town.store.undo_steps(&[snoozed], &by("ana", 60)).await.unwrap();
    assert_eq!(town.row(id).await.claim, None);
    // In whatever order they are named, the newest goes first.
    let steps = [town.stand(id, CaseStatus::Acknowledged, 70).await, town.stand(id, CaseStatus::Dismissed, 80).await];
    assert_eq!(town.store.undo_steps(&steps, &by("ana", 90)).await.unwrap(), wholly(&[id]));
    assert_eq!(town.row(id).await.status, CaseStatus::New);
    // They wrote since it was closed: it stays open.
    let closing = town.stand(id, CaseStatus::Resolved, 100).await;
    let mut again = town.complaint("b", "kim", HOUR);
    again.item.parent = Some("id:a".into());
    town.record(SQUARE, vec![again]).await;
    assert_eq!(town.store.undo_steps(&[closing], &by("ana", HOUR + 9)).await.unwrap(), overtaken(id));
    let stands = town.case(id, 0).await.steps.iter().any(|step| step.id == closing && !step.undone);
    assert!(stands, "what could not be undone is not recorded as undone");
    let row = town.row(id).await;
    assert_eq!((row.status, row.reopened, row.opened), (CaseStatus::New, 1, at(NOW + HOUR)));
    // Opened by hand, and they asked for something since: that cannot be closed by undoing.
    town.stand(id, CaseStatus::Resolved, 2 * HOUR).await;
    let opening = town.stand(id, CaseStatus::New, 3 * HOUR).await;
    let mut more = town.complaint("c", "kim", 4 * HOUR);
    more.item.parent = Some("id:a".into());
    town.record(SQUARE, vec![more]).await;
    assert_eq!(town.store.undo_steps(&[opening], &by("ana", 5 * HOUR)).await.unwrap(), overtaken(id));
    assert_eq!((town.row(id).await.status, town.row(id).await.reopened), (CaseStatus::New, 2));
    // An answer that was found meanwhile: closing is taken back, the answer stays.
    let id = town.open("d", "lou", 0).await;
    let closing = town.stand(id, CaseStatus::Resolved, 100).await;
    town.do_acts(SQUARE, vec![town.answer("found", 90, "d")]).await;
    town.store.undo_steps(&[closing], &by("ana", 200)).await.unwrap();
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged, row.closed), (CaseStatus::Acknowledged, Some(at(NOW + 90)), None));
}

pub(crate) async fn an_undone_dismissal_never_happened(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let dismissal = CaseChange::Status(CaseStatus::Dismissed, Some(Dismissal::NoAnswerNeeded));
    // Of each pair only the first is dismissed, and that is undone; in the second pair we have answered before, in the
    // third an answer is found meanwhile, in the fourth it was opened again before.
    for pair in 0..4 {
        let [one, other] = [format!("{pair} one"), format!("{pair} other")];
        let (first, second) = (town.open(&one, &one, 0).await, town.open(&other, &other, 0).await);
        for (id, name) in [(first, &one), (second, &other)] {
            town.change(id, CaseChange::Snooze(Some(Snooze::UntilReply)), &by("ana", 5)).await;
            if pair == 1 {
                town.do_acts(SQUARE, vec![town.answer(&format!("act {name}"), 30, name)]).await;
            }
            if pair == 3 {
                town.stand(id, CaseStatus::Resolved, 20).await;
                town.stand(id, CaseStatus::New, 40).await;
            }
        }
        let changed = town.change(first, dismissal.clone(), &by("lou", 60)).await;
        let dismissed = town.row(first).await;
        assert_eq!((dismissed.status, dismissed.closed), (CaseStatus::Dismissed, Some(at(NOW + 60))));
        if pair == 2 {
            for name in [&one, &other] {
                town.do_acts(SQUARE, vec![town.answer(&format!("act {name}"), 90, name)]).await;
            }
        }
        assert_eq!(town.store.undo_steps(&changed.steps, &by("lou", 120)).await.unwrap(), wholly(&[first]));
        assert_eq!(alike(&town, first, 130).await, alike(&town, second, 130).await, "pair {pair}, undone");
        // And what comes later comes as to any other.
        for (id, name) in [(first, &one), (second, &other)] {
            let mut again = town.complaint(&format!("again {name}"), name, 200);
            again.item.parent = Some(format!("id:{name}"));
            town.record(SQUARE, vec![again]).await;
            town.stand(id, CaseStatus::HandedOver, 250).await;
            town.stand(id, CaseStatus::Resolved, 300).await;
        }
        assert_eq!(alike(&town, first, 400).await, alike(&town, second, 400).await, "pair {pair}, later");
    }
}

/// A case without what names it, and its turns of the clocks.
async fn alike(town: &Town, id: CaseId, offset: i64) -> (CaseRow, Vec<ClockRow>) {
    let mut row = town.case(id, offset).await.row;
    let any = town.case(CaseId(1), offset).await.row;
    row = CaseRow { id: any.id, who: any.who, person: any.person, mention: any.mention, revision: 0, ..row };
    let clocks = town.store.clocks(at(0), at(NOW + DAY), at(NOW + offset), 1_000).await.unwrap();
    let own = clocks.into_iter().filter(|turn| turn.case == id).map(|turn| ClockRow { case: CaseId(1), ..turn });
    (row, own.collect())
}

pub(crate) async fn claims_are_respected(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (one, two) = (town.open("a", "kim", 0).await, town.open("b", "lou", 1).await);
    let until = at(NOW + HOUR);
    town.change(one, CaseChange::Claim(Some(until)), &by("ana", 10)).await;
    let claim = town.row(one).await.claim.unwrap();
    assert_eq!((claim.voice.as_str(), claim.until), ("ana", until));
    let done = CaseChange::Status(CaseStatus::Resolved, None);
    for voice in ["lou", ""] {
        let changed = town.store.change_cases(&[one, two], &done, &by(voice, 20)).await.unwrap();
        assert_eq!(changed.claimed, [(one, "ana".to_owned())], "{voice}");
    }
    assert_eq!((town.row(one).await.status, town.row(two).await.status), (CaseStatus::New, CaseStatus::Resolved));
    assert_eq!(town.change(one, CaseChange::Claim(None), &by("lou", 21)).await.claimed.len(), 1);
    // Taken over; then the first is told. Lapsed, it is nobody's.
    let over = town.change(one, CaseChange::Claim(Some(until)), &by("lou", 30)).await;
    assert_eq!((over.cases.as_slice(), over.claimed.len()), (&[one][..], 0));
    assert_eq!(town.change(one, CaseChange::Note("x".into()), &by("ana", 31)).await.claimed, [(one, "lou".to_owned())]);
    let mine = |voice: &str| InboxFilter { voice: Some(voice.into()), ..everybody() };
    let free = InboxFilter { unclaimed: true, ..everybody() };
    assert_eq!((town.inbox(&mine("lou"), 40).await, town.inbox(&mine("ana"), 40).await), (vec![one], vec![]));
    assert_eq!(town.inbox(&free, 40).await, [two]);
    assert_eq!(town.case(one, HOUR).await.row.claim, None);
    assert!(town.inbox(&mine("lou"), HOUR).await.is_empty());
    assert_eq!(town.inbox(&free, HOUR).await, [one, two]);
    assert_eq!(town.change(one, CaseChange::Note("x".into()), &by("ana", HOUR)).await.cases, [one]);
    // Nobody has a name: it is still a claim of ours.
    town.change(one, CaseChange::Claim(Some(at(NOW + DAY))), &by("", HOUR)).await;
    assert!(town.case(one, HOUR).await.row.claim.unwrap().voice.is_empty());
    assert_eq!(town.change(one, CaseChange::Claim(None), &by("", HOUR)).await.cases, [one]);
}

pub(crate) async fn what_is_put_aside_comes_back(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (one, two) = (town.open("a", "kim", 0).await, town.open("b", "lou", 1).await);
    town.change(one, CaseChange::Snooze(Some(Snooze::Until(at(NOW + HOUR)))), &by("", 9)).await;
    town.change(two, CaseChange::Snooze(Some(Snooze::UntilReply)), &by("", 9)).await;
    assert!(town.inbox(&InboxFilter::default(), 60).await.is_empty());
    assert_eq!(town.inbox(&everybody(), 60).await, [one, two]);
    assert_eq!(town.store.inbox_figures(at(NOW + 60), at(NOW + 60) - TARGET, 10.0).await.unwrap().snoozed, 2);
    assert_eq!(town.inbox(&InboxFilter::default(), HOUR).await, [one], "its time is over");
    assert_eq!(town.store.inbox_figures(at(NOW + HOUR), at(NOW + HOUR) - TARGET, 10.0).await.unwrap().snoozed, 1);
    town.change(one, CaseChange::Snooze(Some(Snooze::Until(at(NOW + DAY)))), &by("", 10)).await;
    let more = vec![town.thanks("c", "kim", 90, "id:a"), town.thanks("d", "lou", 90, "id:b")];
    town.record(SQUARE, more).await;
    assert_eq!(town.inbox(&InboxFilter::default(), 100).await, [one, two], "they wrote");
    assert_eq!((town.row(one).await.snooze, town.row(two).await.snooze), (None, None));
}

pub(crate) async fn promises_are_kept_or_told(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    let promise = async |text: &str, due: i64| {
        town.change(id, CaseChange::Promise(text.into(), at(NOW + due)), &by("ana", 1)).await.steps[0]
    };
    promise("late", 2 * DAY).await;
    promise("soon", DAY).await;
    assert_eq!(town.row(id).await.promise, Some(at(NOW + DAY)));
    assert_eq!(town.store.next_promise().await.unwrap(), Some(at(NOW + DAY)));
    let due = async |offset| town.store.promises_due(&town.lease, at(NOW + offset)).await.unwrap();
    assert!(due(DAY - 1).await.is_empty());
    let told = due(DAY).await;
    assert_eq!((told.len(), told[0].0, told[0].1.text.as_str()), (1, id, "soon"));
    assert!(due(DAY).await.is_empty(), "told once");
    assert_eq!(town.store.next_promise().await.unwrap(), Some(at(NOW + 2 * DAY)));
    assert_eq!(town.store.inbox_figures(at(NOW + DAY), at(NOW + DAY) - TARGET, 10.0).await.unwrap().promises_due, 1);
    let soon = told[0].1.id;
    let kept = town.change(id, CaseChange::Keep(soon), &by("ana", DAY)).await;
    assert_eq!(town.change(id, CaseChange::Keep(soon), &by("ana", DAY)).await, Changed::default());
    let case = town.case(id, 0).await;
    let order: Vec<(&str, bool)> = case.promises.iter().map(|one| (one.text.as_str(), one.kept.is_some())).collect();
    assert_eq!(order, [("late", false), ("soon", true)]);
    assert_eq!(case.row.promise, Some(at(NOW + 2 * DAY)));
    assert_eq!(town.store.inbox_figures(at(NOW + DAY), at(NOW + DAY) - TARGET, 10.0).await.unwrap().promises_due, 0);
    town.store.undo_steps(&kept.steps, &by("ana", DAY)).await.unwrap();
    assert_eq!(town.row(id).await.promise, Some(at(NOW + DAY)));
    // Another case's promise is not kept by this one.
    let other = town.open("b", "lou", 0).await;
    assert_eq!(town.change(other, CaseChange::Keep(soon), &by("ana", DAY)).await, Changed::default());
    let person = town.whole("a").await.person.unwrap();
    let card = town.store.person_card(person, 9).await.unwrap().unwrap();
    assert_eq!(card.promises.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["soon", "late"]);
}

pub(crate) async fn hand_overs_are_followed(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (id, other) = (town.open("a", "kim", 0).await, town.open("b", "lou", 1).await);
    let over = async |id, to: &str, due: Option<i64>, offset| {
        let change = CaseChange::HandOver(to.into(), due.map(|due| at(NOW + due)));
        town.change(id, change, &by("ana", offset)).await.steps[0]
    };
    let due = async |offset| {
        let rows = town.store.hand_overs_due(&town.lease, at(NOW + offset)).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let handed = async |id| town.row(id).await.handed.map(|handed| (handed.to.to_string(), handed.due));
    over(other, "nobody waits for", None, 5).await;
    let first = over(id, "Ana by e-mail", Some(DAY), 10).await;
    assert_eq!(handed(id).await, Some(("Ana by e-mail".to_owned(), Some(at(NOW + DAY)))));
    assert_eq!(handed(other).await, Some(("nobody waits for".to_owned(), None)));
    assert_eq!(town.store.next_hand_over().await.unwrap(), Some(at(NOW + DAY)));
    let figures = async |offset| {
        let figures = town.store.inbox_figures(at(NOW + offset), at(NOW + offset) - TARGET, 10.0).await.unwrap();
        (figures.open, figures.hand_overs_due)
    };
    assert_eq!((figures(DAY - 1).await, figures(DAY).await), ((2, 0), (2, 1)));
    assert_eq!((due(DAY - 1).await, due(DAY).await, due(DAY).await), (vec![], vec![id], vec![]), "told once");
    assert_eq!(town.store.next_hand_over().await.unwrap(), None);
    assert!(town.row(id).await.is_overdue(at(NOW + DAY)));
    // The clock to resolve keeps running; that we said so is told in the first word.
    let clocks = town.store.clocks(at(0), at(NOW + DAY), at(NOW), 9).await.unwrap();
    let clock = clocks.iter().find(|clock| clock.case == id).unwrap();
    assert_eq!((clock.acknowledged, clock.resolved), (Some(at(NOW + 10)), None));
    // Handed on, it is told anew; undone in any order, it is with those who have it still.
    let second = over(id, "the shop", Some(2 * DAY), DAY + 10).await;
    assert_eq!((due(DAY + 20).await, due(2 * DAY).await), (vec![], vec![id]));
    town.store.undo_steps(&[first], &by("ana", 2 * DAY)).await.unwrap();
    assert_eq!(handed(id).await.unwrap().0, "the shop");
    assert_eq!(town.row(id).await.acknowledged, Some(at(NOW + 10)));
    town.store.undo_steps(&[second], &by("ana", 2 * DAY)).await.unwrap();
    let row = town.row(id).await;
    assert_eq!((row.status, row.handed, row.acknowledged), (CaseStatus::New, None, None), "before both");
    assert_eq!(due(3 * DAY).await, []);
    // Undoing the one that was handed on gives it back to the first, told as it was.
    over(id, "Ana by e-mail", Some(3 * DAY), 2 * DAY).await;
    let second = over(id, "the shop", Some(9 * DAY), 2 * DAY).await;
    town.store.undo_steps(&[second], &by("ana", 2 * DAY)).await.unwrap();
    assert_eq!(handed(id).await.unwrap().0, "Ana by e-mail");
    assert_eq!(due(3 * DAY).await, [id]);
    // Resolving ends it, and so does the person who writes again then; taken back, it is handed over as before.
    over(id, "Ana by e-mail", Some(4 * DAY), 3 * DAY).await;
    let closing = town.stand(id, CaseStatus::Resolved, 3 * DAY + 1).await;
    assert_eq!((handed(id).await, due(5 * DAY).await, figures(5 * DAY).await), (None, vec![], (1, 0)));
    town.store.undo_steps(&[closing], &by("ana", 3 * DAY + 2)).await.unwrap();
    assert_eq!((handed(id).await.unwrap().0.as_str(), due(5 * DAY).await), ("Ana by e-mail", vec![id]));
    town.stand(id, CaseStatus::Resolved, 5 * DAY).await;
    let mut again = town.complaint("c", "kim", 5 * DAY + 60);
    again.item.root = Some("id:a".into());
    town.record(SQUARE, vec![again]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.handed), (CaseStatus::New, None));
    // A hand-over of what was closed opens it again; undone, it is closed.
    town.stand(id, CaseStatus::Dismissed, 6 * DAY).await;
    let opening = over(id, "the shop", Some(7 * DAY), 6 * DAY + 1).await;
    assert_eq!((town.row(id).await.reopened, handed(id).await.unwrap().0.as_str()), (2, "the shop"));
    town.store.undo_steps(&[opening], &by("ana", 6 * DAY + 2)).await.unwrap();
    let row = town.row(id).await;
    assert_eq!((row.status, row.reopened, row.handed), (CaseStatus::Dismissed, 1, None));
    let lost = Lease { epoch: town.lease.epoch - 1, ..town.lease.clone() };
    assert!(town.store.hand_overs_due(&lost, at(NOW + 9 * DAY)).await.unwrap().is_empty(), "nothing to write");
    over(other, "the shop", Some(8 * DAY), 6 * DAY).await;
    assert!(is_lost(&town.store.hand_overs_due(&lost, at(NOW + 9 * DAY)).await));
}

pub(crate) async fn a_case_is_opened_by_hand(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut old = town.mention("a", -9 * DAY);
    old.history = true;
    let new = town.record(SQUARE, vec![old, town.mention("b", 0)]).await.new;
    let wish = need(1.0, NOW + 60);
    let open = async |mention, offset| town.store.open_case(mention, &wish, &by("ana", offset)).await.unwrap();
    let id = open(new[0].id, 60).await.unwrap();
    assert_eq!(open(new[0].id, 70).await, Some(id), "the one that it has");
    let case = town.case(id, 0).await;
    assert_eq!((case.row.opened, case.row.due, case.row.status), (at(NOW + 60), wish.due, CaseStatus::New));
    assert_eq!(case.steps[0].voice.as_ref().map(|voice| voice.as_str()), Some("ana"));
    assert_eq!(open(MentionId(4_711), 60).await, None);
    // Answered already: acknowledged.
    town.do_acts(SQUARE, vec![town.answer("reply", 30, "b")]).await;
    let id = open(new[1].id, 60).await.unwrap();
    assert_eq!(town.row(id).await.status, CaseStatus::Acknowledged);
}

pub(crate) async fn many_are_changed_at_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let all = (0..300).map(|n| town.complaint(&format!("n{n}"), &format!("p{n}"), n)).collect();
    town.record(SQUARE, all).await;
    let ids = town.inbox(&InboxFilter::default(), 0).await;
    assert_eq!(ids.len(), 300);
    let twice: Vec<CaseId> = ids.iter().chain(&ids).copied().chain([CaseId(4_711)]).collect();
    let done = CaseChange::Status(CaseStatus::Dismissed, Some(Dismissal::Duplicate));
    let changed = town.store.change_cases(&twice, &done, &by("ana", 900)).await.unwrap();
    assert_eq!((changed.cases.len(), changed.steps.len()), (300, 300));
    assert!(town.inbox(&InboxFilter::default(), 900).await.is_empty());
    let case = town.case(changed.cases[7], 0).await;
    assert_eq!(case.steps.last().unwrap().id, changed.steps[7]);
    assert_eq!(town.store.undo_steps(&changed.steps, &by("ana", 901)).await.unwrap().cases.len(), 300);
    assert_eq!(town.inbox(&InboxFilter::default(), 900).await, ids);
}
