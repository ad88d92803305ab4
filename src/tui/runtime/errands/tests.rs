use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::super::shelf::shelf_cases::case;
use super::super::shelf::{NOW, Shelf, row};
use super::super::silent::Silent;
use super::*;
use crate::domain::case::{CaseChange, CaseRow, CaseStatus};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, GroupId};
use crate::tui::app::cmd::Aim;

fn errands(shelf: &Arc<Shelf>) -> Errands {
    Errands::new(Arc::clone(shelf) as _, Arc::new(Silent::default()), None, None)
}

fn shelf() -> Arc<Shelf> {
    Arc::new(Shelf::of((1..=20).map(|id| row(id, "words")).collect()))
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

async fn answered(errands: &mut Errands) -> (u64, Answer) {
    loop {
        let brought = tokio::time::timeout(Duration::from_secs(20), errands.next()).await.expect("an answer");
        match brought {
            Brought::Message(Msg::Answer { question, answer }) => return (question, answer),
            Brought::Nothing => {}
            Brought::Message(other) => panic!("{other:?}"),
            Brought::Saved(message) => panic!("{message:?}"),
            Brought::Reloaded(_) => panic!("a configuration"),
        }
    }
}

#[tokio::test]
async fn every_question_is_answered_with_its_number() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    let all = || Box::new(Filter::default());
    let questions = [
        Load::Rows { filter: all(), span: Span::Newest, limit: 5 },
        Load::NewAbove { filter: all() },
        Load::Detail { id: MentionId(7), group: GroupId(7) },
        Load::Trend { subject: SubjectId(1), from: now(), bucket: SignedDuration::from_hours(1), buckets: 3 },
        Load::Overview { day: now() },
        Load::Sources,
        Load::Signals,
        Load::Outbox,
        Load::Cases { filter: Box::default(), after: None, now: now(), limit: 2 },
        Load::FirstCases { now: now(), limit: 2 },
        Load::CaseIds { filter: Box::default(), now: now(), most: 2 },
        Load::Case { id: CaseId(3), now: now() },
        Load::InboxFigures { now: now(), cut_off: now(), tell_factor: 10.0 },
        Load::Clocks { from: now(), now: now(), target: SignedDuration::from_mins(10), hours: None },
        Load::Followed { from: now(), now: now(), coach: Default::default() },
        Load::Why(MentionId(7)),
    ];
    shelf.cases.lock().unwrap().extend((1..=3).map(|id| case(id, now())));
    let count = questions.len() as u64;
    for (number, load) in (1..).zip(questions) {
        assert!(errands.load(number, load, Some(SubjectId(1))).is_none());
    }
    let mut seen = Vec::new();
    for _ in 0..count {
        let (question, answer) = answered(&mut errands).await;
        let fits = match (question, &answer) {
            (1, Answer::Rows(rows)) => rows.len() == 5,
            (2, Answer::NewAbove(above)) => *above == 20,
            (3, Answer::Detail(Some(mention), others, _)) => mention.row.id == MentionId(7) && others.is_empty(),
            (4, Answer::Trend(subject, counts)) => *subject == SubjectId(1) && counts.len() == 3,
            (5, Answer::Overview(overview)) => overview.mentions == 20,
            (6, Answer::Sources(sources)) => sources.len() == 1,
            (7, Answer::Signals(signals)) => signals.is_empty(),
            (8, Answer::Told(Told::Tray(tray))) => tray.items.is_empty(),
            (9, Answer::Cases(rows)) => rows.len() == 2,
            (10, Answer::FirstCases(rows, true)) => rows.len() == 2,
            (11, Answer::CaseIds(ids)) => **ids == [CaseId(1), CaseId(2)],
            (12, Answer::Case(Some(case), None)) => case.row.id == CaseId(3),
            (13, Answer::InboxFigures(figures)) => figures.open == 3,
            (14, Answer::Clocks(reckonings)) => reckonings.len() == 1 && reckonings[0].calendar.cases == 0,
            (15, Answer::Followed(followed)) => followed.all.answered() == 0,
            (16, Answer::Why(None)) => true,
            _ => false,
        };
        assert!(fits, "{question}: {answer:?}");
        seen.push(question);
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=count).collect::<Vec<_>>());
}

fn order(aim: Aim) -> Box<Order> {
    Box::new(Order {
        aim,
        change: CaseChange::Status(CaseStatus::Resolved, None),
        voice: "Ana".to_owned(),
        at: now(),
        target: SignedDuration::from_mins(10),
        tell_factor: 10.0,
        brand: Some(SubjectId(1)),
    })
}

#[tokio::test]
async fn many_cases_are_changed_in_one_call_and_mentions_get_theirs_first() {
    let shelf = shelf();
    shelf.cases.lock().unwrap().extend((1..=9).map(|id| case(id, now())));
    let mut errands = errands(&shelf);
    let many = Aim::Cases((1..=9).map(CaseId).collect());
    errands.change(Change::Cases { question: 1, order: order(many) });
    let (1, Answer::CasesChanged(changed)) = answered(&mut errands).await else { panic!("not changed") };
    assert_eq!((changed.cases.len(), changed.steps.len()), (9, 9));
    // The third has a case already, the twelfth gets one, and the thousandth is gone.
    let mentions = Aim::Mentions([3, 12, 1_000].map(MentionId).into());
    errands.change(Change::Cases { question: 2, order: order(mentions) });
    let (2, Answer::CasesChanged(changed)) = answered(&mut errands).await else { panic!("not changed") };
    assert_eq!(changed.cases, [CaseId(3), CaseId(12)]);
    let opened = shelf.cases.lock().unwrap().iter().find(|row| row.id == CaseId(12)).cloned().unwrap();
    assert_eq!(opened.weighing.severity, 10.0, "a complaint about the brand");
    assert!(opened.due > now());
    let by = ByHand { voice: Some("Ana".to_owned()), at: now() };
    errands.change(Change::UndoSteps { question: 3, steps: changed.steps.clone(), by });
    let (3, Answer::StepsUndone(undone)) = answered(&mut errands).await else { panic!("not undone") };
    assert_eq!(undone.cases.len(), 2);
    let told = shelf.changes.lock().unwrap().clone();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("9 cases changed by Ana") && told[1] == "case of 12 opened by Ana", "{told:?}");
}

#[tokio::test]
async fn no_case_at_all_is_another_answer_than_none_open() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    errands.load(1, Load::FirstCases { now: now(), limit: 9 }, None);
    assert!(matches!(answered(&mut errands).await, (1, Answer::FirstCases(rows, false)) if rows.is_empty()));
    let closed = CaseRow { status: CaseStatus::Resolved, ..case(1, now()) };
    shelf.cases.lock().unwrap().push(closed);
    errands.load(2, Load::FirstCases { now: now(), limit: 9 }, None);
    assert!(matches!(answered(&mut errands).await, (2, Answer::FirstCases(rows, true)) if rows.is_empty()));
}

#[tokio::test]
async fn a_store_that_fails_is_an_answer_for_a_person() {
    let shelf = shelf();
    shelf.fails.store(true, Ordering::SeqCst);
    let mut errands = errands(&shelf);
    errands.load(4, Load::Sources, None);
    errands.change(Change::Read { question: 5, ids: vec![MentionId(1)], read: true });
    errands.attempt(6, "words".to_owned(), now());
    let mut failures = Vec::new();
    for _ in 0..3 {
        let (question, answer) = answered(&mut errands).await;
        let Answer::Failed(text) = answer else { panic!("{answer:?}") };
        assert!(text.as_str().contains("busy"), "{text}");
        failures.push(question);
    }
    failures.sort_unstable();
    assert_eq!(failures, [4, 5, 6]);
}

#[tokio::test]
async fn changes_are_stored_in_their_order_before_they_are_told() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    for question in 0..20_u64 {
        let read = question % 2 == 0;
        let ids = (1..=i64::try_from(question + 1).unwrap()).map(MentionId).collect();
        assert!(errands.change(Change::Read { question, ids, read }).is_none());
    }
    for question in 0..20_u64 {
        let (answers, answer) = answered(&mut errands).await;
        assert_eq!(answers, question);
        assert!(matches!(answer, Answer::Marked(_, read) if read == (question % 2 == 0)));
        assert!(shelf.changes.lock().unwrap().len() as u64 > question, "told before it was stored");
    }
    let expected: Vec<String> =
        (0..20).map(|n| format!("{} {}", n + 1, if n % 2 == 0 { "read" } else { "unread" })).collect();
    assert_eq!(*shelf.changes.lock().unwrap(), expected);
}

#[tokio::test]
async fn changes_asked_for_last_are_stored_before_the_end() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    errands.change(Change::Read { question: 1, ids: vec![MentionId(1)], read: true });
    errands.change(Change::AllRead { question: 2, filter: Box::default(), last: MentionId(20) });
    errands.change(Change::Seen(SignalId(3)));
    errands.close().await;
    assert_eq!(*shelf.changes.lock().unwrap(), ["1 read", "all read", "signal 3 seen"]);
    assert_eq!(Arc::strong_count(&shelf), 2, "only the errands and this test hold the store");
}

#[tokio::test]
async fn a_change_at_which_the_store_panics_is_one_that_failed() {
    let shelf = shelf();
    shelf.panics.store(true, Ordering::SeqCst);
    let mut errands = errands(&shelf);
    errands.change(Change::Read { question: 1, ids: vec![MentionId(1)], read: true });
    errands.change(Change::Read { question: 2, ids: vec![MentionId(2)], read: true });
    let Brought::Message(Msg::Notice(notice)) = errands.next().await else { panic!("no notice") };
    assert!(notice.text.as_str().contains("went wrong"));
    assert!(matches!(answered(&mut errands).await, (2, Answer::Marked(..))));
}

#[tokio::test]
async fn too_much_at_once_is_refused_instead_of_kept() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    let mut refused = 0;
    for question in 0..(WAITING as u64 + 10) {
        refused += u64::from(errands.load(question, Load::Sources, None).is_some());
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn a_trial_tells_its_end_and_a_new_one_ends_the_one_before() {
    let shelf = Arc::new(Shelf::of((1..=3_000).map(|id| row(id, "chain snapped")).collect()));
    let mut errands = errands(&shelf);
    errands.attempt(1, "chain".to_owned(), now());
    errands.attempt(2, "chain".to_owned(), now());
    loop {
        let (question, answer) = answered(&mut errands).await;
        let Answer::Trial(trial) = answer else { panic!("{answer:?}") };
        assert!(trial.rows.len() <= 500, "what is kept has a bound");
        if question == 2 && !trial.running {
            assert_eq!(trial.scanned, 3_000);
            assert_eq!(trial.query, "chain");
            break;
        }
        assert!(question == 2 || trial.running, "the first trial was ended");
    }
    errands.attempt(3, "chain".to_owned(), now());
    errands.end_trial();
    let silence = tokio::time::timeout(Duration::from_millis(200), answered(&mut errands)).await;
    assert!(silence.is_err(), "an ended trial still speaks: {silence:?}");
}

#[tokio::test]
async fn a_watch_is_saved_where_there_is_a_configuration() {
    let shelf = shelf();
    let mut errands = errands(&shelf);
    let Some(Msg::Answer { question: 9, answer: Answer::Failed(why) }) =
        errands.save_watch(9, "a".to_owned(), "b".to_owned())
    else {
        panic!("nothing to save in")
    };
    assert!(why.as_str().contains("goodword init"));

    let saved = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&saved);
    errands.save_watch = Some(Arc::new(move |name, query| {
        noting.lock().unwrap().push(format!("{name}: {query}"));
        if name == "taken" { Err("there is a watch `taken`".to_owned()) } else { Ok(format!("saved {name}")) }
    }));
    errands.save_watch(1, "chains".to_owned(), "chain NEAR/3 snap*".to_owned());
    let Brought::Saved(Msg::Answer { question: 1, answer: Answer::Saved(line) }) = errands.next().await else {
        panic!("not saved")
    };
    assert_eq!(line.as_str(), "saved chains");
    errands.save_watch(2, "taken".to_owned(), "x".to_owned());
    assert!(matches!(answered(&mut errands).await, (2, Answer::Failed(_))));
    assert_eq!(*saved.lock().unwrap(), ["chains: chain NEAR/3 snap*", "taken: x"]);
}
