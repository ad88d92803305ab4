use super::cmd::Load;
use super::first::Entry;
use super::msg::{Answer, Trial as Found, Typing, Weight};
use super::samples::{Town, minutes_ago, now, row, setup, signal};
use super::stream::Tab;
use super::*;
use crate::domain::{MentionId, SafeText, SignalKind, SourceId, Span};
use crate::engine::{Event, Standing};

mod anything;
mod flood;

const SIZE: (u16, u16) = (80, 24);

fn morning() -> (Town, Model) {
    let mut town = Town::trouble();
    let model = town.model(setup(SIZE));
    (town, model)
}

fn typed(town: &mut Town, model: &mut Model, words: &str) {
    for c in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(c)));
    }
}

fn notice(model: &Model) -> &str {
    model.status().shown().map_or("", |notice| notice.text.as_str())
}

fn loads(cmds: &[Cmd]) -> Vec<&Load> {
    cmds.iter().filter_map(|cmd| if let Cmd::Load { load, .. } = cmd { Some(load) } else { None }).collect()
}

/// What a key led to, besides questions.
fn press(town: &mut Town, model: &mut Model, action: Action) -> Vec<Cmd> {
    let mut cmds = town.press(model, action);
    cmds.retain(|cmd| !matches!(cmd, Cmd::Wake(_)));
    cmds
}

#[test]
fn a_new_model_asks_for_everything_once() {
    let (model, cmds) = Model::new(setup(SIZE));
    let loads = loads(&cmds);
    assert_eq!(loads.len(), 13, "{loads:?}");
    assert_eq!(loads.iter().filter(|load| matches!(load, Load::Trend { .. })).count(), 2);
    assert_eq!(loads.iter().filter(|load| matches!(load, Load::Rows { span: Span::Newest, .. })).count(), 3);
    assert!(model.stream().loading());
}

#[test]
fn the_burning_one_is_one_key_away_and_is_read_then() {
    let (mut town, mut model) = morning();
    let cmds = press(&mut town, &mut model, Action::OpenFirst);
    assert!(cmds.is_empty(), "{cmds:?}");
    assert_eq!(model.desk().focus(), Pane::Detail);
    let mention = model.detail().mention().unwrap();
    assert_eq!(mention.row.author.as_str(), "cyclingnews.example");
    assert!(town.rows.iter().find(|row| row.id == mention.row.id).unwrap().read);
    let first = model.detail().id();
    press(&mut town, &mut model, Action::NextUnread);
    assert_ne!(model.detail().id(), first, "the next one to answer");
    assert_eq!(model.detail().row().unwrap().author.as_str(), "ana@hachyderm.io");
    press(&mut town, &mut model, Action::Quit);
    assert_eq!(model.desk().focus(), Pane::First);
    let stays = matches!(model.first().selected(), Some(Entry::Mention(row, _)) if Some(row.id) != first);
    assert!(stays);
}

#[test]
fn reading_can_be_undone() {
    let (mut town, mut model) = morning();
    let unread = |town: &Town| town.rows.iter().filter(|row| !row.read).count();
    let before = unread(&town);
    press(&mut town, &mut model, Action::Open);
    assert_eq!(unread(&town), before - 1);
    press(&mut town, &mut model, Action::Back);
    press(&mut town, &mut model, Action::Undo);
    assert_eq!(unread(&town), before);
    assert_eq!(notice(&model), "undone: 1 mention is unread again");
    assert!(!model.stream().selected().unwrap().read);
    press(&mut town, &mut model, Action::Undo);
    assert_eq!(notice(&model), "nothing to undo");
}

#[test]
fn a_batch_is_marked_and_read_at_once() {
    let (mut town, mut model) = morning();
    for _ in 0..3 {
        press(&mut town, &mut model, Action::Mark);
    }
    assert_eq!(model.marks().len(), 3);
    assert_eq!(model.stream().index(), 3, "marking goes on to the next row");
    press(&mut town, &mut model, Action::ToggleRead);
    assert!(model.marks().is_empty());
    assert_eq!(town.rows.iter().filter(|row| !row.read).count(), 28);
    press(&mut town, &mut model, Action::Undo);
    assert_eq!(town.rows.iter().filter(|row| !row.read).count(), 31);
}

#[test]
fn everything_in_a_list_is_read_and_comes_back() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::NextTab);
    assert_eq!(model.stream().tab(), Tab::Complaints);
    let complaints = model.stream().window().len();
    press(&mut town, &mut model, Action::ReadAll);
    assert!(model.stream().window().iter().all(|row| row.read));
    assert_eq!(model.status().overview().unwrap().unread_complaints, 7, "the figures rest for a second");
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    assert_eq!(model.status().overview().unwrap().unread_complaints, 0);
    assert!(complaints > 5);
    press(&mut town, &mut model, Action::Undo);
    town.tell(&mut model, Msg::Clock(minutes_ago(-2)));
    assert_eq!(model.status().overview().unwrap().unread_complaints, 7);
}

#[test]
fn a_story_is_read_as_a_whole() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::Down);
    press(&mut town, &mut model, Action::Down);
    assert_eq!(model.stream().selected().unwrap().group_size, 7);
    let group = model.stream().selected().unwrap().group;
    let cmds = model.update(Msg::Act { action: Action::Open, count: None }).cmds;
    let whole = cmds.iter().any(|cmd| matches!(cmd, Cmd::MarkAllRead { filter, .. } if filter.group == Some(group)));
    assert!(whole, "{cmds:?}");
}

#[test]
fn while_the_reader_is_elsewhere_the_list_does_not_move() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::Down);
    let (selected, offset) = (model.stream().selected().unwrap().id, model.stream().offset());
    let fresh: Vec<_> = (2_001..2_013).map(row).collect();
    town.rows.extend(fresh.clone());
    town.tell(&mut model, Msg::Engine(Event::Recorded { source: SourceId(1), new: fresh.into(), changed: 0 }));
    assert_eq!(model.stream().waiting(), 12);
    assert_eq!((model.stream().selected().unwrap().id, model.stream().offset()), (selected, offset));
    press(&mut town, &mut model, Action::Top);
    assert_eq!((model.stream().waiting(), model.stream().selected().unwrap().id), (0, MentionId(2_012)));
}

#[test]
fn late_answers_are_dropped() {
    let mut town = Town::morning();
    let (mut model, cmds) = Model::new(setup(SIZE));
    let old = cmds
        .into_iter()
        .find(|cmd| matches!(cmd, Cmd::Load { load: Load::Rows { filter, .. }, .. } if filter.intent.is_none()));
    let late = town.answer(old.unwrap()).unwrap();
    let update = model.update(Msg::Act { action: Action::NextTab, count: None });
    assert!(!model.update(late).dirty, "an answer about the tab before");
    assert!(model.stream().window().is_empty());
    town.serve(&mut model, update.cmds);
    assert!(!model.stream().window().is_empty());
}

#[test]
fn an_unseen_spike_stands_first_until_it_is_seen() {
    let (mut town, mut model) = morning();
    assert!(matches!(model.first().entries()[0], Entry::Signal(_)));
    press(&mut town, &mut model, Action::PreviousPane);
    assert_eq!(model.desk().focus(), Pane::First);
    let cmds = press(&mut town, &mut model, Action::Open);
    assert!(matches!(model.first().entries()[0], Entry::Mention(..)));
    assert_eq!(model.desk().view(), View::Signals);
    assert_eq!(cmds, [Cmd::SeeSignal(town.signals[0].id)]);
    assert!(town.signals[0].seen);
    assert_eq!(model.signals().unseen(), 1);
}

#[test]
fn q_goes_back_step_by_step_and_then_leaves() {
    let (mut town, mut model) = morning();
    for action in [Action::ViewSources, Action::Zoom, Action::Explain] {
        press(&mut town, &mut model, action);
    }
    assert_eq!(model.input_mode(), InputMode::Overlay);
    for step in 0..4 {
        assert!(!press(&mut town, &mut model, Action::Quit).contains(&Cmd::Quit), "step {step}");
        if step == 2 {
            break;
        }
    }
    assert_eq!((model.desk().view(), model.desk().focus()), (View::Dashboard, Pane::Stream));
    assert_eq!(press(&mut town, &mut model, Action::Back), [], "Esc never leaves");
    assert_eq!(press(&mut town, &mut model, Action::Quit), [Cmd::Quit]);
}

#[test]
fn ctrl_c_leaves_from_anywhere() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::Help);
    assert_eq!(model.input_mode(), InputMode::Prompt);
    assert_eq!(press(&mut town, &mut model, Action::Leave), [Cmd::Quit]);
}

#[test]
fn the_link_is_copied_as_soon_as_it_is_known() {
    let (mut town, mut model) = morning();
    assert!(model.detail().mention().is_none());
    let cmds = press(&mut town, &mut model, Action::CopyLink);
    assert_eq!(cmds, [Cmd::Copy("https://hachyderm.io/@ana/2000".to_owned())]);
    let cmds = press(&mut town, &mut model, Action::Browse);
    assert_eq!(cmds, [Cmd::Browse("https://hachyderm.io/@ana/2000".to_owned())]);
}

#[test]
fn a_query_is_tried_refused_mended_and_saved() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::Search);
    assert_eq!(model.input_mode(), InputMode::Prompt);
    typed(&mut town, &mut model, "chain AND");
    let cmds = town.tell(&mut model, Msg::Type(Typing::Submit));
    let [Cmd::Try { question, query }] = cmds.as_slice() else { panic!("{cmds:?}") };
    assert_eq!(query, "chain AND");
    let refused = Found { query: query.clone(), refused: Some((7, "AND needs a term".into())), ..Found::default() };
    town.tell(&mut model, Msg::Answer { question: *question, answer: Answer::Trial(refused.into()) });
    assert_eq!(model.input_mode(), InputMode::Prompt);
    town.tell(&mut model, Msg::Type(Typing::DeleteToStart));
    town.tell(&mut model, Msg::Type(Typing::End));
    for _ in 0..3 {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    typed(&mut town, &mut model, "chain snapped");
    let cmds = town.tell(&mut model, Msg::Type(Typing::Submit));
    let [Cmd::Try { question, query }] = cmds.as_slice() else { panic!("{cmds:?}") };
    assert_eq!(query, "chain snapped");
    assert_eq!(model.input_mode(), InputMode::Normal);
    let rows = town.rows.iter().take(3).map(|row| (row.clone(), vec![SafeText::line("chain", 9)])).collect();
    let found = Found { query: query.clone(), rows, matched: 3, scanned: 40, per_hour: Some(0.3), ..Found::default() };
    town.tell(&mut model, Msg::Answer { question: *question, answer: Answer::Trial(found.into()) });
    assert_eq!(model.trial().tally(), "3 of 40 mentions, about 0.3 an hour");
    press(&mut town, &mut model, Action::SaveWatch);
    typed(&mut town, &mut model, "chains");
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert_eq!(notice(&model), "saved as watch chains");
    assert_eq!(model.input_mode(), InputMode::Normal);
    press(&mut town, &mut model, Action::Open);
    assert_eq!(model.desk().focus(), Pane::Detail);
    press(&mut town, &mut model, Action::SearchNext);
    assert_eq!(model.detail().id(), Some(town.rows[1].id));
}

#[test]
fn without_a_file_a_watch_is_not_saved() {
    let mut town = Town::morning();
    let mut model = town.model(Setup { can_save_watch: false, ..setup(SIZE) });
    press(&mut town, &mut model, Action::SaveWatch);
    assert_eq!(model.status().shown().unwrap().weight, Weight::Trouble);
    assert!(model.overlays().is_empty());
}

#[test]
fn leaving_a_search_ends_it() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::ViewWatches);
    let cmds = press(&mut town, &mut model, Action::Open);
    assert!(matches!(cmds.as_slice(), [Cmd::Try { query, .. }] if query.contains("#ferrisbikes")));
    assert_eq!(press(&mut town, &mut model, Action::Quit), [Cmd::EndTrial]);
}

#[test]
fn store_trouble_raises_a_banner_and_goes() {
    let (mut town, mut model) = morning();
    let told = model.update(Msg::Engine(Event::StoreTrouble(Some("the disk is full: make room\u{1b}[2J".into()))));
    assert!(told.dirty);
    assert!(model.desk().layout().banner.is_some());
    town.tell(&mut model, Msg::Engine(Event::StoreTrouble(None)));
    assert!(model.desk().layout().banner.is_none());
}

#[test]
fn what_fails_is_said_once_and_asked_again_with_the_next_minute() {
    let mut town = Town::morning();
    let (mut model, cmds) = Model::new(setup(SIZE));
    for cmd in cmds {
        let Cmd::Load { question, .. } = cmd else { continue };
        let answer = Answer::Failed(SafeText::line("the database is busy", 80));
        let update = model.update(Msg::Answer { question, answer });
        assert!(loads(&update.cmds).is_empty(), "no loop: {:?}", update.cmds);
    }
    assert_eq!(notice(&model), "the database is busy");
    assert!(model.asks().has_failed(Thing::Rows));
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    assert!(!model.stream().window().is_empty());
}

#[test]
fn only_another_minute_draws() {
    let (_, mut model) = morning();
    let soon = crate::domain::Timestamp::from_second(now().as_second() + 20).unwrap();
    let update = model.update(Msg::Clock(soon));
    assert!(!update.dirty && update.cmds.is_empty(), "{update:?}");
    let update = model.update(Msg::Clock(minutes_ago(-1)));
    assert!(update.dirty && update.cmds.is_empty(), "a minute costs one frame and no read: {:?}", update.cmds);
}

#[test]
fn another_hour_reads_the_trends_again() {
    let (_, mut model) = morning();
    let update = model.update(Msg::Clock(minutes_ago(-60)));
    assert_eq!(loads(&update.cmds).iter().filter(|load| matches!(load, Load::Trend { .. })).count(), 2);
}

#[test]
fn a_bell_rings_only_for_those_who_do_not_look() {
    let (_, mut model) = morning();
    let spike = || Event::Signal(signal(9, SignalKind::Spike, 0, "spike").into());
    assert!(!model.update(Msg::Engine(spike())).cmds.contains(&Cmd::Bell));
    let _ = model.update(Msg::Focus(false));
    assert!(model.update(Msg::Engine(spike())).cmds.contains(&Cmd::Bell));
}

#[test]
fn whether_we_collect_is_known() {
    let (_, mut model) = morning();
    assert!(model.update(Msg::Engine(Event::Standing(Standing::Collecting))).dirty);
    assert!(!model.update(Msg::Engine(Event::Standing(Standing::Collecting))).dirty, "nothing new");
}

#[test]
fn periods_subjects_and_stories_are_asked_for_at_once() {
    let (mut town, mut model) = morning();
    let update = model.update(Msg::Act { action: Action::NextPeriod, count: None });
    let weeks = loads(&update.cmds);
    assert!(weeks.iter().all(|load| matches!(load, Load::Trend { buckets: 28, .. })) && weeks.len() == 2);
    town.serve(&mut model, update.cmds);
    let whose = |model: &Model| model.stream().subject().map(|id| id.0);
    let seen: Vec<_> = (0..3)
        .map(|_| {
            press(&mut town, &mut model, Action::NextSubject);
            whose(&model)
        })
        .collect();
    assert_eq!(seen, [Some(2), None, Some(1)]);
    press(&mut town, &mut model, Action::ToggleGroups);
    assert!(!model.stream().filter().one_per_group);
}

#[test]
fn a_mention_that_was_taken_down_says_so_and_leaves_the_list() {
    let (mut town, mut model) = morning();
    let id = model.stream().selected().unwrap().id;
    town.rows.retain(|row| row.id != id);
    press(&mut town, &mut model, Action::Open);
    assert!(model.detail().gone());
    assert!(model.detail().scrolled().page().lines()[0].words().contains("not stored any more"));
    assert!(model.stream().window().position(id).is_none());
}

#[test]
fn a_new_configuration_brings_names_and_keys() {
    let (mut town, mut model) = morning();
    press(&mut town, &mut model, Action::NextSubject);
    let mut new = setup(SIZE);
    new.subjects.truncate(1);
    let keys = KeyNames::of(|action| vec![format!("f{}", 1 + action as usize % 12)]);
    let new = Reconfigured {
        writer: Writer::default(),
        subjects: new.subjects,
        watches: vec![],
        tell_factor: 5.0,
        target: crate::domain::time::SignedDuration::from_mins(30),
        hours: None,
        voice: Some("Kim".to_owned()),
        emoji: Emoji::Raw,
        keys: keys.clone(),
    };
    town.tell(&mut model, Msg::Reconfigured(Box::new(new)));
    assert_eq!(model.stream().subject().map(|id| id.0), Some(1), "the rival is gone");
    assert_eq!(model.context().keys(), &keys);
    assert_eq!(model.context().target(), crate::domain::time::SignedDuration::from_mins(30));
    assert_eq!(hints::hints(&model)[0].0, keys.short(Action::Open).unwrap());
}

#[test]
fn a_sequence_shows_what_may_follow() {
    let (_, mut model) = morning();
    assert!(model.update(Msg::Pending("12 g".into())).dirty);
    let hints = hints::hints(&model);
    assert!(hints.contains(&("t".to_owned(), "trends".to_owned())), "{hints:?}");
    assert!(model.update(Msg::Pending(String::new())).dirty);
}
