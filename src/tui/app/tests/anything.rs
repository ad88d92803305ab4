//! Whatever happens, in whatever order: nothing panics and what must hold holds.

use proptest::prelude::*;

use super::*;
use crate::domain::case::{InboxFigures, Undone};
use crate::domain::outbox::Submission;
use crate::domain::{CaseId, CorrectionId, Counts, Overview, SubjectId};
use crate::engine::{Lessons, SubjectLessons};
use crate::tui::app::composer::errand::{Errand, Told};
use crate::tui::app::msg::CasesChanged;
use crate::tui::app::samples::cases::{Cases, case_row};
use crate::tui::app::samples::postbox::Postbox;

#[derive(Debug, Clone)]
enum Deed {
    Act(Action, Option<u32>),
    Type(Typing),
    Engine(u8),
    /// The store answers the oldest question that is open.
    Serve,
    /// It cannot.
    Fail,
    /// An answer to a question that nobody asked, or another kind of answer than was asked for.
    Stray(u64, u8),
    Clock(i64),
    Resize(u16, u16),
    Arrive(u8),
    Vanish(u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    let action = (0..Action::ALL.len()).prop_map(|index| Action::ALL[index]);
    let typing = prop_oneof![
        any::<char>().prop_map(Typing::Character),
        "\\PC{0,12}".prop_map(|words| Typing::pasted(SafeText::line(&words, 80))),
        Just(Typing::Backspace),
        Just(Typing::DeleteWord),
        Just(Typing::Left),
        Just(Typing::Previous),
        Just(Typing::Next),
        Just(Typing::Submit),
        Just(Typing::Cancel),
        Just(Typing::DeleteToEnd),
        Just(Typing::WordLeft),
        Just(Typing::PageUp),
        Just(Typing::PageDown),
        Just(Typing::Jump),
    ];
    prop_oneof![
        8 => (action, prop::option::of(0u32..5_000)).prop_map(|(action, count)| Deed::Act(action, count)),
        3 => typing.prop_map(Deed::Type),
        2 => (0u8..14).prop_map(Deed::Engine),
        3 => Just(Deed::Act(Action::Reply, None)),
        2 => Just(Deed::Act(Action::Send, None)),
        6 => Just(Deed::Serve),
        1 => Just(Deed::Fail),
        1 => (0u64..40, 0u8..32).prop_map(|(question, kind)| Deed::Stray(question, kind)),
        1 => (-90i64..90).prop_map(Deed::Clock),
        1 => (0u16..220, 0u16..70).prop_map(|(width, height)| Deed::Resize(width, height)),
        2 => (1u8..40).prop_map(Deed::Arrive),
        1 => (1u8..20).prop_map(Deed::Vanish),
    ]
}

fn event(kind: u8) -> Event {
    match kind {
        0 => Event::Changed,
        1 => Event::Source { source: SourceId(1), polling: true, outcome: None },
        2 => Event::Source { source: SourceId(99), polling: false, outcome: None },
        3 => Event::Signal(signal(5, SignalKind::Flood, 1, "flood").into()),
        4 => Event::Standing(Standing::Following { holder: "other\u{1b}host".into() }),
        5 => Event::StoreTrouble(Some("full".into())),
        6 => Event::Erased(12),
        7 => Event::Learned(std::sync::Arc::new(Lessons::default().with(SubjectId(1), SubjectLessons::default()))),
        8 => Event::SendingStopped(true),
        9 => Event::SendingStopped(false),
        10 => Event::Outgoing {
            id: crate::domain::OutgoingId(3),
            state: crate::domain::outbox::OutgoingState::Failed,
            trouble: Some(SafeText::line("no", 9)),
        },
        11 => Event::Campaigns(std::sync::Arc::new(crate::tui::app::samples::campaigns::two())),
        12 => Event::Books,
        _ => Event::StoreTrouble(None),
    }
}

fn stray(kind: u8) -> Answer {
    match kind {
        0 => Answer::Rows(vec![row(7), row(3), row(9)].into()),
        1 => Answer::NewAbove(u64::MAX),
        2 => Answer::Detail(None, vec![].into(), vec![].into()),
        3 => Answer::Trend(SubjectId(9), vec![Counts::default()].into()),
        4 => Answer::Overview(Overview::default()),
        5 => Answer::Sources(vec![].into()),
        6 => Answer::Signals(vec![].into()),
        7 => Answer::Trial(Found { refused: Some((usize::MAX, "no".into())), ..Found::default() }.into()),
        8 => Answer::Trial(Found { per_hour: Some(f64::NAN), running: true, ..Found::default() }.into()),
        9 => Answer::Marked(vec![MentionId(1)], true),
        11 => Answer::Corrected(vec![CorrectionId(1)]),
        12 => Answer::Uncorrected(3),
        10 => Answer::Saved(SafeText::line("saved", 9)),
        20 => Answer::Told(Told::Done(true)),
        21 => Answer::Told(Told::Submitted(Submission::Stale, None)),
        22 => Answer::Told(Told::Edited(Ok("words\n\n".into()))),
        23 => Answer::Told(Told::Opened(Box::default())),
        24 => Answer::Told(Told::Saved(crate::domain::OutgoingId(9), true)),
        25 => Answer::Told(Told::Tray(Default::default())),
        13 => Answer::Cases(vec![case_row(9), case_row(3), case_row(9)].into()),
        14 => Answer::FirstCases(vec![case_row(4), case_row(4)].into(), false),
        15 => Answer::CaseIds((0..30_000).map(CaseId).collect()),
        16 => Answer::Case(None, None),
        17 => Answer::InboxFigures(InboxFigures { open: u64::MAX, debt: f64::NAN, ..InboxFigures::default() }),
        26 => Answer::Clocks(vec![].into()),
        27 => Answer::Followed(Default::default()),
        28 => Answer::Books(None),
        29 => Answer::Verdict(None),
        30 => Answer::ActsCorrected(vec![CorrectionId(4)], crate::domain::Deed::Talk),
        31 => Answer::ActsUncorrected(u64::MAX),
        18 => Answer::CasesChanged(CasesChanged { cases: vec![CaseId(1)], ..CasesChanged::default() }.into()),
        19 => Answer::StepsUndone(Undone { cases: vec![CaseId(1)], overtaken: Vec::new() }),
        _ => Answer::Failed(SafeText::line("no", 9)),
    }
}

/// What must hold after every message.
fn check(model: &Model) {
    let stream = model.stream();
    assert!(stream.window().len() <= window::BOUND);
    assert!(model.overlays().len() <= overlay::DEEPEST);
    if stream.window().is_empty() {
        assert!(stream.selected().is_none());
    } else {
        assert!(stream.selected().is_some(), "the selection is in the window");
        let rows = model.desk().layout().rows(Pane::Stream).max(1);
        let on_screen = stream.offset()..stream.offset() + rows;
        assert!(on_screen.contains(&stream.index()), "{} is not in {on_screen:?}", stream.index());
        let in_order = stream.window().iter().zip(stream.window().iter().skip(1));
        for (newer, older) in in_order {
            assert!(window::key(newer) > window::key(older), "newest first, none twice");
        }
    }
    if !layout::too_small(model.desk().size()) {
        assert!(model.desk().layout().pane(model.desk().focus()).is_some(), "the focus is on the screen");
    }
    assert!(!stream.following() || stream.waiting() == 0);
    check_inbox(model);
}

/// The same for the inbox.
fn check_inbox(model: &Model) {
    let inbox = model.inbox();
    assert!(inbox.window().len() <= inbox::window::BOUND);
    assert_eq!(inbox.selected().is_none(), inbox.window().is_empty());
    assert!(!inbox.following() || inbox.waiting() == 0);
    assert!(inbox.marked().len() <= inbox::MOST_MARKED);
    let rows = model.desk().layout().rows(Pane::Inbox).max(1);
    if !inbox.window().is_empty() {
        let on_screen = inbox.offset()..inbox.offset() + rows;
        assert!(on_screen.contains(&inbox.index()), "{} is not in {on_screen:?}", inbox.index());
    }
    let ids: std::collections::BTreeSet<_> = inbox.window().ids().into_iter().collect();
    assert_eq!(ids.len(), inbox.window().len(), "no case stands there twice");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks(deeds in prop::collection::vec(deed(), 1..80), width in 0u16..210, height in 0u16..60) {
        let mut town = Town { post: Postbox::of_mastodon(), ..Town::trouble() };
        if width % 2 == 0 {
            town = Town::answering();
        }
        town.cases = Cases::morning();
        town.cases.add(100, 700);
        let (mut model, cmds) = Model::new(setup((width, height)));
        let mut open: std::collections::VecDeque<Cmd> = cmds.into();
        let mut minutes = 0;
        let mut next = 3_000;
        for deed in deeds {
            let chord = matches!(deed, Deed::Act(Action::Send | Action::SendAnyway, _));
            let msg = match deed {
                Deed::Act(action, count) => Msg::Act { action, count },
                Deed::Type(typing) => Msg::Type(typing),
                Deed::Engine(kind) => Msg::Engine(event(kind)),
                Deed::Serve => match open.pop_front().and_then(|cmd| town.answer(cmd)) {
                    Some(msg) => msg,
                    None => continue,
                },
                Deed::Fail => match open.pop_front() {
                    Some(
                        Cmd::Load { question, .. }
                        | Cmd::MarkRead { question, .. }
                        | Cmd::Try { question, .. }
                        | Cmd::ChangeCases { question, .. }
                        | Cmd::UndoSteps { question, .. }
                        | Cmd::Errand { question, .. },
                    ) => {
                        Msg::Answer { question, answer: Answer::Failed(SafeText::line("no", 9)) }
                    }
                    _ => continue,
                },
                Deed::Stray(question, kind) => Msg::Answer { question, answer: stray(kind) },
                Deed::Clock(by) => {
                    minutes += by;
                    Msg::Clock(minutes_ago(-minutes))
                }
                Deed::Resize(width, height) => Msg::Resize(width, height),
                Deed::Arrive(count) => {
                    let fresh: Vec<_> = (next..next + i64::from(count)).map(row).collect();
                    next += i64::from(count);
                    town.rows.extend(fresh.clone());
                    let opened = i64::from(count) * 20;
                    town.cases.add(next, opened);
                    next += opened;
                    Msg::Engine(Event::Recorded { source: SourceId(1), new: fresh.into(), changed: 0 })
                }
                Deed::Vanish(count) => {
                    let left = town.rows.len().saturating_sub(usize::from(count));
                    town.rows.drain(left..);
                    let left = town.cases.all.len().saturating_sub(usize::from(count) * 9);
                    town.cases.all.drain(left..);
                    Msg::Engine(Event::Recorded { source: SourceId(1), new: vec![].into(), changed: 1 })
                }
            };
            let update = model.update(msg);
            let sends = |cmd: &Cmd| {
                matches!(cmd, Cmd::Errand { errand: Errand::Submit(_) | Errand::ByHand { .. }, .. })
            };
            prop_assert!(chord || !update.cmds.iter().any(sends), "sent without its chord: {:?}", update.cmds);
            let mut things = std::collections::BTreeMap::new();
            for cmd in &update.cmds {
                if let Cmd::Load { load, .. } = cmd {
                    *things.entry(format!("{load:?}")).or_insert(0) += 1;
                }
            }
            prop_assert!(things.values().all(|count| *count == 1), "asked twice at once: {:?}", things);
            open.extend(update.cmds);
            check(&model);
        }
        // Answered in the end, it rests.
        for _ in 0..2_000 {
            let Some(cmd) = open.pop_front() else { break };
            if let Some(msg) = town.answer(cmd) {
                open.extend(model.update(msg).cmds);
                check(&model);
            }
        }
        prop_assert!(open.is_empty(), "it never stops asking");
    }
}
