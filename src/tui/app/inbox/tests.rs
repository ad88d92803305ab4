use super::*;
use crate::domain::case::{Aftermath, CaseStatus, Dismissal, Snooze};
use crate::domain::{MentionId, SafeText, Sentiment, SourceId};
use crate::engine::Event;
use crate::measure::hours::WorkingHours;
use crate::tui::app::cmd::{Aim, Cmd, Load};
use crate::tui::app::hints::hints;
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::msg::{Msg, Typing};
use crate::tui::app::samples::cases::Cases;
use crate::tui::app::samples::{Town, minutes_ago, row, setup};
use crate::tui::app::{Action, Model, Reconfigured, Setup};

const WIDE: (u16, u16) = (120, 36);

fn opened(mut town: Town, size: (u16, u16)) -> (Town, Model) {
    let mut model = town.model(Setup { voice: Some("Ana".into()), ..setup(size) });
    town.press(&mut model, Action::ViewInbox);
    (town, model)
}

fn morning() -> (Town, Model) {
    opened(Town::with_cases(), WIDE)
}

fn deluge(count: i64) -> (Town, Model) {
    opened(Town { cases: Cases::many(count), ..Town::trouble() }, WIDE)
}

fn said(model: &Model) -> &str {
    model.status().shown().map_or("", |notice| notice.text.as_str())
}

fn ids(model: &Model) -> Vec<i64> {
    model.inbox().window().iter().map(|row| row.id.0).collect()
}

fn selected(model: &Model) -> i64 {
    model.inbox().selected().map_or(0, |row| row.id.0)
}

fn status(town: &Town, id: i64) -> CaseStatus {
    town.cases.of(CaseId(id)).unwrap().row.status
}

fn typed(town: &mut Town, model: &mut Model, words: &str) {
    for sign in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(sign)));
    }
    town.tell(model, Msg::Type(Typing::Submit));
}

fn news(town: &mut Town, model: &mut Model, minute: i64) -> Vec<Cmd> {
    town.tell(model, Msg::Clock(minutes_ago(-minute)));
    let event = Event::Recorded { source: SourceId(1), new: vec![row(5_000)].into(), changed: 1 };
    town.tell(model, Msg::Engine(event))
}

/// A case that is due before all others.
fn burning(town: &mut Town, id: i64) {
    town.cases.add(id, 1);
    town.cases.all.last_mut().unwrap().row.due = minutes_ago(1_000);
}

#[test]
fn cases_stand_in_the_order_of_the_store_and_the_case_is_beside_them() {
    let (_, model) = morning();
    assert_eq!(ids(&model), [5, 6, 1, 2, 4, 3]);
    assert_eq!(model.inbox().file().id(), Some(CaseId(5)));
    assert_eq!(model.inbox().file().case().unwrap().turns.len(), 2);
    assert!(model.desk().layout().pane(Pane::Case).is_some());
}

#[test]
fn tabs_show_mine_unclaimed_snoozed_and_all() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Claim);
    let mut seen = Vec::new();
    for _ in 0..4 {
        town.press(&mut model, Action::NextTab);
        seen.push((model.inbox().tab(), ids(&model)));
    }
    assert_eq!(seen[0], (Tab::Mine, vec![5]));
    assert_eq!(seen[1], (Tab::Unclaimed, vec![6, 1, 2, 3]));
    assert_eq!(seen[2], (Tab::Snoozed, vec![7]));
    assert_eq!(seen[3].1.len(), 8);
    town.press(&mut model, Action::PreviousTab);
    assert_eq!(model.inbox().tab(), Tab::Snoozed);
}

#[test]
fn resolving_goes_on_to_the_next_case_and_can_be_undone() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Down);
    assert_eq!(selected(&model), 6);
    town.press(&mut model, Action::Resolve);
    assert_eq!(status(&town, 6), CaseStatus::Resolved);
    assert_eq!((selected(&model), said(&model)), (1, "resolved: 自転車好き"));
    town.press(&mut model, Action::Undo);
    assert_eq!(status(&town, 6), CaseStatus::HandedOver);
    assert_eq!(said(&model), "undone: the case is as it was before");
    assert!(ids(&model).contains(&6));
    assert_eq!(selected(&model), 6, "what comes next is done to it");
    town.press(&mut model, Action::Undo);
    assert_eq!(said(&model), "nothing to undo");
    // In the case view it is shown again.
    town.press(&mut model, Action::Open);
    town.press(&mut model, Action::Resolve);
    assert_ne!(model.inbox().file().id(), Some(CaseId(6)));
    town.press(&mut model, Action::Undo);
    assert_eq!((model.inbox().file().id(), selected(&model)), (Some(CaseId(6)), 6));
}

#[test]
fn in_the_case_view_the_next_case_takes_the_place_of_a_resolved_one() {
    for size in [(80, 24), WIDE] {
        let mut town = Town::with_cases();
        town.cases.all[3].row.claim = None;
        let (mut town, mut model) = opened(town, size);
        town.press(&mut model, Action::Open);
        assert_eq!(model.desk().focus(), Pane::Case);
        town.press(&mut model, Action::Resolve);
        assert_eq!((model.desk().focus(), model.inbox().file().id()), (Pane::Case, Some(CaseId(6))));
        assert!(model.inbox().file().case().is_some(), "it was read");
        for _ in 0..5 {
            town.press(&mut model, Action::Resolve);
        }
        assert!(model.inbox().window().is_empty());
        assert_eq!(model.desk().focus(), Pane::Inbox, "nothing is left to show");
    }
}

#[test]
fn what_another_voice_has_is_told_and_taken_over_only_by_the_second_key() {
    let (mut town, mut model) = morning();
    while selected(&model) != 4 {
        town.press(&mut model, Action::Down);
    }
    town.press(&mut model, Action::Resolve);
    assert_eq!(said(&model), "left alone: Kim has claimed it");
    assert_eq!((status(&town, 4), selected(&model)), (CaseStatus::New, 4));
    town.press(&mut model, Action::Claim);
    assert_eq!(said(&model), "Kim has it until 09:25; the same key again takes it over");
    town.press(&mut model, Action::Claim);
    assert_eq!(town.cases.of(CaseId(4)).unwrap().row.claim.as_ref().unwrap().voice.as_str(), "Ana");
    town.press(&mut model, Action::Claim);
    assert_eq!(said(&model), "let go: velo_max");
    assert!(town.cases.of(CaseId(4)).unwrap().row.claim.is_none());
}

#[test]
fn without_a_voice_a_claim_says_me() {
    let mut town = Town::with_cases();
    let mut model = town.model(setup(WIDE));
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Claim);
    let claim = town.cases.of(CaseId(5)).unwrap().row.claim.clone().unwrap();
    assert_eq!((claim.voice.as_str(), claim.until), ("me", minutes_ago(-30)));
}

#[test]
fn popups_keep_whom_they_are_about_though_the_list_goes_on() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Snooze);
    burning(&mut town, 50);
    news(&mut town, &mut model, 1);
    typed(&mut town, &mut model, "2h");
    let snoozed: Vec<i64> = town
        .cases
        .all
        .iter()
        .filter(|case| case.row.snooze == Some(Snooze::Until(minutes_ago(-121))))
        .map(|case| case.row.id.0)
        .collect();
    assert_eq!(snoozed, [5]);
    assert!(!ids(&model).contains(&5), "it is put aside");
    assert!(said(&model).starts_with("put aside until Sat 22 Nov 11:01"), "{}", said(&model));
}

#[test]
fn a_reason_a_note_a_hand_over_and_promises() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Note);
    typed(&mut town, &mut model, "called her");
    town.press(&mut model, Action::Promise);
    typed(&mut town, &mut model, "new chain by fri 17:00");
    let case = town.cases.of(CaseId(5)).unwrap();
    assert!(case.steps.iter().any(|step| step.kind == StepKindNote::of("called her")));
    assert_eq!(case.promises.len(), 3);
    // Three are open: which one is kept must be said.
    town.press(&mut model, Action::KeepPromise);
    town.tell(&mut model, Msg::Type(Typing::Character('2')));
    assert!(town.cases.of(CaseId(5)).unwrap().promises[1].kept.is_some());
    town.press(&mut model, Action::HandOver);
    typed(&mut town, &mut model, "e-mail to support@, they answer by tomorrow");
    assert_eq!(status(&town, 5), CaseStatus::HandedOver);
    let handed = town.cases.of(CaseId(5)).unwrap().row.handed.clone().unwrap();
    assert_eq!(handed.to.as_str(), "e-mail to support@, they answer");
    assert_eq!(handed.due, Some(minutes_ago(-24 * 60)));
    assert!(said(&model).starts_with("handed over, due Sun 23 Nov 09:00"), "{}", said(&model));
    town.press(&mut model, Action::Dismiss);
    town.tell(&mut model, Msg::Type(Typing::Character('s')));
    assert_eq!(town.cases.of(CaseId(5)).unwrap().row.dismissal, Some(Dismissal::Spam));
    assert_eq!(said(&model), "dismissed: spam: lou.bsky.social");
}

struct StepKindNote;

impl StepKindNote {
    fn of(words: &str) -> crate::domain::case::StepKind {
        crate::domain::case::StepKind::Note(SafeText::line(words, 80))
    }
}

#[test]
fn a_mention_without_a_case_gets_one_by_any_deed() {
    let mut town = Town::trouble();
    let mut model = town.model(setup(WIDE));
    let mention = model.stream().selected().unwrap().id;
    let cmds = town.press(&mut model, Action::Acknowledge);
    assert!(cmds.iter().all(|cmd| matches!(cmd, Cmd::Wake(_))), "{cmds:?}");
    let case = town.cases.all.last().unwrap();
    assert_eq!((case.row.mention.id, case.row.status), (mention, CaseStatus::Acknowledged));
    // And marked ones all at once.
    town.press(&mut model, Action::Mark);
    town.press(&mut model, Action::Mark);
    let update = model.update(Msg::Act { action: Action::Resolve, count: None });
    let orders: Vec<_> = update.cmds.iter().filter(|cmd| matches!(cmd, Cmd::ChangeCases { .. })).collect();
    let [Cmd::ChangeCases { order, .. }] = orders.as_slice() else { panic!("{orders:?}") };
    assert!(matches!(&order.aim, Aim::Mentions(ids) if ids.len() == 2 && ids.contains(&mention)), "{order:?}");
    assert!(model.marks().is_empty());
}

#[test]
fn what_to_answer_first_is_the_top_of_the_inbox_where_there_are_cases() {
    let mut town = Town::with_cases();
    let mut model = town.model(setup(WIDE));
    assert!(model.first().of_cases());
    let urgent: Vec<MentionId> = model.first().entries().iter().filter_map(|entry| Some(entry.mention()?.id)).collect();
    assert_eq!(urgent.len(), 6);
    assert_eq!(model.first().most_urgent().unwrap().author.as_str(), "lou.bsky.social");
    town.press(&mut model, Action::OpenFirst);
    assert_eq!(model.desk().focus(), Pane::Detail);
    for case in &mut town.cases.all {
        case.row.status = CaseStatus::Resolved;
    }
    news(&mut town, &mut model, 1);
    assert!(model.first().of_cases() && model.first().most_urgent().is_none(), "single mentions do not come back");
}

#[test]
fn the_list_stays_while_somebody_works_in_it_and_says_what_is_new() {
    let (mut town, mut model) = deluge(1_000);
    town.press(&mut model, Action::Down);
    burning(&mut town, 5_000);
    news(&mut town, &mut model, 1);
    assert_eq!((selected(&model), model.inbox().waiting()), (2, 1));
    assert_eq!(ids(&model)[0], 1);
    town.press(&mut model, Action::Top);
    assert_eq!((selected(&model), model.inbox().waiting()), (5_000, 0));
    burning(&mut town, 5_001);
    town.cases.all.last_mut().unwrap().row.due = minutes_ago(2_000);
    news(&mut town, &mut model, 2);
    assert_eq!(selected(&model), 5_001, "at the top it follows");
}

#[test]
fn stories_are_opened_and_left_and_a_single_case_is_opened_at_once() {
    let mut town = Town { cases: Cases::many(30), ..Town::trouble() };
    for case in town.cases.all.iter_mut().skip(9) {
        case.row.mention.group = GroupId(10);
        case.row.mention.group_size = 21;
    }
    town.cases.all[0].row.mention.group_size = 3;
    let (mut town, mut model) = opened(town, WIDE);
    assert_eq!(ids(&model).len(), 10, "a row a story");
    town.press(&mut model, Action::Bottom);
    town.press(&mut model, Action::Open);
    assert_eq!((model.inbox().story(), ids(&model).len()), (Some(GroupId(10)), 21));
    town.press(&mut model, Action::Resolve);
    assert_eq!(ids(&model).len(), 20);
    town.press(&mut model, Action::Back);
    assert_eq!((model.inbox().story(), selected(&model)), (None, 11), "the next one stands for the story");
    town.press(&mut model, Action::Top);
    town.press(&mut model, Action::Open);
    town.press(&mut model, Action::Back);
    assert_eq!(model.desk().view(), View::Inbox);
    // Two mentions of the story have no case of their own: the one that has is opened.
    assert!(model.inbox().story().is_some() || model.inbox().file().id() == Some(CaseId(1)));
    town.press(&mut model, Action::ToggleGroups);
    assert_eq!(ids(&model).len(), 29);
}

#[test]
fn a_story_is_marked_and_answered_as_one() {
    let mut town = Town { cases: Cases::many(10_000), ..Town::trouble() };
    for case in town.cases.all.iter_mut().skip(100) {
        case.row.mention.group = GroupId(1_000_000);
        case.row.mention.group_size = 9_900;
    }
    let (mut town, mut model) = opened(town, WIDE);
    assert_eq!(ids(&model).len(), 101);
    town.press(&mut model, Action::Bottom);
    town.press(&mut model, Action::Mark);
    assert_eq!(model.inbox().marked().len(), 9_900);
    assert_eq!(said(&model), "9,900 cases are marked");
    let update = model.update(Msg::Act { action: Action::Acknowledge, count: None });
    let orders = update.cmds.iter().filter(|cmd| matches!(cmd, Cmd::ChangeCases { .. })).count();
    assert_eq!(orders, 1, "one call of the store");
    town.serve(&mut model, update.cmds);
    assert_eq!(said(&model), "acknowledged: 9,900 cases");
    assert!(model.inbox().marked().is_empty());
    town.press(&mut model, Action::Undo);
    assert_eq!(said(&model), "undone: 9,900 cases are as they were before");
    assert!(town.cases.all.iter().all(|case| case.row.status == CaseStatus::New));
}

#[test]
fn ten_thousand_cases_are_paged_through_in_bounded_memory_and_few_reads() {
    let (mut town, mut model) = deluge(10_000);
    assert_eq!(model.inbox().window().len(), PAGE as usize);
    let before = town.cases.reads;
    town.press(&mut model, Action::Bottom);
    assert_eq!(selected(&model), 10_000);
    assert!(model.inbox().window().len() <= window::BOUND);
    assert!(town.cases.reads - before <= 25, "{} reads", town.cases.reads - before);
    // Up again, page by page, without a gap.
    let mut last = 10_000;
    for _ in 0..400 {
        town.press(&mut model, Action::PageUp);
        assert!(selected(&model) < last || selected(&model) == 1);
        last = selected(&model);
        let known = ids(&model);
        assert!(known.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap");
    }
    assert_eq!(selected(&model), 1);
    town.press(&mut model, Action::MarkAll);
    assert_eq!(model.inbox().marked().len(), 10_000);
    town.press(&mut model, Action::Back);
    assert!(model.inbox().marked().is_empty() && model.desk().view() == View::Inbox);
}

#[test]
fn ten_thousand_arriving_cost_a_handful_of_reads_and_rows() {
    let (mut town, mut model) = deluge(1);
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    let mut asked = 0;
    for batch in 0..100 {
        town.cases.add(2 + batch * 100, 100);
        let event = Event::Recorded { source: SourceId(1), new: vec![row(5_000 + batch)].into(), changed: 0 };
        let update = model.update(Msg::Engine(event));
        let reads = |cmd: &&Cmd| {
            matches!(
                cmd,
                Cmd::Load { load: Load::Cases { .. } | Load::FirstCases { .. } | Load::InboxFigures { .. }, .. }
            )
        };
        asked += update.cmds.iter().filter(reads).count();
        town.serve(&mut model, update.cmds);
        assert!(model.inbox().window().len() <= window::BOUND);
    }
    assert!(asked <= 4, "{asked} reads within one moment");
    town.tell(&mut model, Msg::Clock(minutes_ago(-2)));
    assert_eq!(model.inbox().figures().known().unwrap().open, 10_001);
    assert_eq!(model.inbox().window().len(), PAGE as usize);
}

#[test]
fn the_screen_is_woken_when_a_case_becomes_late_and_not_before() {
    let (mut town, mut model) = morning();
    let late = model.inbox().figures().known().unwrap();
    assert_eq!((late.open, late.late, late.next_opened), (7, 1, Some(minutes_ago(9))));
    // What rests is asked for first: the list beside it is about mentions that this town does not know.
    let settled = minutes_ago(0).checked_add(crate::domain::time::SignedDuration::from_secs(9)).unwrap();
    town.tell(&mut model, Msg::Clock(settled));
    let soon = minutes_ago(0).checked_add(crate::domain::time::SignedDuration::from_secs(30)).unwrap();
    let update = model.update(Msg::Clock(soon));
    assert!(!update.dirty && update.cmds.is_empty(), "{update:?}");
    let update = model.update(Msg::Clock(minutes_ago(-1)));
    assert!(update.dirty);
    town.serve(&mut model, update.cmds);
    assert_eq!(model.inbox().figures().known().unwrap().late, 2);
}

#[test]
fn a_failed_change_is_told_and_shown_as_it_is() {
    let (mut town, mut model) = morning();
    let update = model.update(Msg::Act { action: Action::Resolve, count: None });
    assert!(!ids(&model).contains(&5));
    let question = update.cmds.iter().find_map(|cmd| match cmd {
        Cmd::ChangeCases { question, .. } => Some(*question),
        _ => None,
    });
    let words = SafeText::line("the disk is full", 80);
    let answer = crate::tui::app::msg::Answer::Failed(words);
    town.tell(&mut model, Msg::Answer { question: question.unwrap(), answer });
    assert_eq!(said(&model), "the disk is full");
    assert!(ids(&model).contains(&5), "it is there again");
    assert_eq!(model.inbox().under_way(), 0);
}

#[test]
fn an_emptied_inbox_takes_in_what_comes() {
    let (mut town, mut model) = deluge(1);
    town.press(&mut model, Action::Resolve);
    assert!(ids(&model).is_empty());
    town.cases.add(7, 1);
    news(&mut town, &mut model, 1);
    assert_eq!(ids(&model), [7]);
}

#[test]
fn working_hours_decide_what_is_late_on_the_screen() {
    // It is Saturday: nobody works, and nothing is late.
    let hours = WorkingHours::parse("Mon-Fri 9:00-18:00", jiff::tz::TimeZone::UTC).unwrap();
    let mut town = Town::with_cases();
    let mut model = town.model(Setup { hours: Some(hours), ..setup(WIDE) });
    town.press(&mut model, Action::ViewInbox);
    assert_eq!(model.inbox().figures().known().unwrap().late, 0);
    // Read again without them: the late one is late.
    let new = setup(WIDE);
    let new = Reconfigured {
        subjects: new.subjects,
        watches: vec![],
        tell_factor: 10.0,
        target: new.target,
        hours: None,
        emoji: new.emoji,
        keys: new.keys,
        voice: Some("Kim".into()),
        writer: new.writer,
    };
    town.tell(&mut model, Msg::Reconfigured(Box::new(new)));
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    assert_eq!(model.inbox().figures().known().unwrap().late, 2);
    assert_eq!(model.context().voice(), Some("Kim"));
}

#[test]
fn a_happy_end_says_what_comes_next_with_the_key_in_force() {
    let (mut town, mut model) = morning();
    let lou = &mut town.cases.all[4].row;
    (lou.aftermath, lou.sentiment) = (Some(Aftermath::Recovered), Some(Sentiment::Positive));
    news(&mut town, &mut model, 1);
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    let place = ids(&model).iter().position(|id| *id == 5).unwrap();
    for _ in 0..place {
        town.press(&mut model, Action::Down);
    }
    assert_eq!(selected(&model), 5);
    let first = hints(&model).remove(0);
    assert_eq!((first.0.as_str(), first.1.as_str()), ("e", "resolve: they are happy"));
    let page: Vec<String> = model.inbox().file().scrolled().page().lines().iter().map(|line| line.words()).collect();
    assert!(page.iter().any(|line| line.starts_with("→ e resolves it")), "{page:?}");
    town.press(&mut model, Action::Resolve);
    assert_eq!(status(&town, 5), CaseStatus::Resolved);
    assert_ne!(hints(&model)[0].1, "resolve: they are happy");
}
