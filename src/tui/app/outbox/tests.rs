use super::*;
use crate::domain::outbox::Outgoing;
use crate::engine::Event;
use crate::tui::app::layout::View;
use crate::tui::app::samples::postbox::outgoing;
use crate::tui::app::samples::{Town, now, setup};
use crate::tui::app::{Cmd, Model, Msg, Setup};

fn in_seconds(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn held(id: i64, seconds: i64) -> Outgoing {
    Outgoing { next: Some(in_seconds(seconds)), ..outgoing(id, OutgoingState::Held, "words") }
}

fn of(items: Vec<Outgoing>) -> Outbox {
    let mut outbox = Outbox::default();
    outbox.answer(Arc::new(Tray { items, ..Tray::default() }));
    outbox
}

fn status(outbox: &Outbox, at: Timestamp) -> String {
    outbox.status(at, false).into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" · ")
}

#[test]
fn only_what_is_held_ticks_and_once_a_second() {
    let mut outbox = of(vec![outgoing(1, OutgoingState::Uncertain, "x"), outgoing(2, OutgoingState::Sent, "y")]);
    assert_eq!(outbox.wake(now()), None, "nothing is held");
    let mut outbox2 = of(vec![held(3, 8)]);
    let mut at = now();
    let mut wakes = 0;
    while let Some(next) = outbox2.wake(at) {
        assert!(next > at || wakes == 0);
        at = next;
        wakes += 1;
        assert!(wakes < 20);
    }
    assert_eq!(wakes, 8, "the last one when its time is over");
    outbox.stop(true);
    assert!(status(&outbox, now()).contains("sending stopped"));
}

#[test]
fn the_status_line_says_what_matters() {
    assert_eq!(status(&of(vec![]), now()), "");
    assert_eq!(status(&of(vec![held(1, 8), held(2, 9)]), now()), "outbox 2 in 8s");
    let half = now() + SignedDuration::from_millis(600);
    assert_eq!(status(&of(vec![held(1, 8)]), half), "outbox 1 in 8s", "begun seconds count whole");
    assert_eq!(status(&of(vec![held(1, 8)]), in_seconds(9)), "outbox 1");
    let mixed = of(vec![
        outgoing(1, OutgoingState::Failed, "x"),
        outgoing(2, OutgoingState::Uncertain, "x"),
        outgoing(3, OutgoingState::AwaitingApproval, "x"),
    ]);
    assert_eq!(status(&mixed, now()), "! 1 failed · ? 1 uncertain · 1 to approve");
    assert_eq!(
        mixed.items().map(|one| one.state).collect::<Vec<_>>(),
        [OutgoingState::Failed, OutgoingState::Uncertain, OutgoingState::AwaitingApproval]
    );
}

fn town() -> Town {
    let mut town = Town::answering();
    town.post.outgoings = vec![
        outgoing(1, OutgoingState::Failed, "this one failed"),
        outgoing(2, OutgoingState::Uncertain, "who knows"),
        outgoing(3, OutgoingState::AwaitingApproval, "may I"),
        outgoing(4, OutgoingState::Sent, "gone"),
    ];
    town
}

fn shown(town: &mut Town, voice: Option<&str>, down: usize) -> Model {
    let mut setup = setup((120, 36));
    setup.voice = voice.map(str::to_owned);
    let mut model = town.model(setup);
    town.press(&mut model, Action::ViewOutbox);
    assert_eq!(model.desk().view(), View::Outbox);
    for _ in 0..down {
        town.press(&mut model, Action::Down);
    }
    model
}

#[test]
fn what_failed_is_written_on() {
    let mut town = town();
    let mut model = shown(&mut town, None, 0);
    assert_eq!(model.outbox().selected().unwrap().state, OutgoingState::Failed);
    town.press(&mut model, Action::Open);
    assert_eq!(model.composer().unwrap().paper().text(), "this one failed");
    town.tell(&mut model, Msg::Type(crate::tui::app::msg::Typing::Cancel));
    assert_eq!(model.desk().view(), View::Outbox, "back to the outbox");
}

#[test]
fn what_is_uncertain_is_settled_by_a_person() {
    let mut out = town();
    let mut model = shown(&mut out, None, 1);
    out.press(&mut model, Action::ItIsOut);
    assert_eq!(out.post.outgoings[1].state, OutgoingState::Sent);
    let mut not = town();
    let mut model = shown(&mut not, None, 1);
    not.press(&mut model, Action::ItIsNotOut);
    assert_eq!(not.post.outgoings[1].state, OutgoingState::Draft);
    // What the network refused takes the key twice, with no other between.
    let mut failed = town();
    let mut model = shown(&mut failed, None, 0);
    assert_eq!(failed.post.outgoings[0].state, OutgoingState::Failed);
    for action in [Action::ItIsOut, Action::Down, Action::Up, Action::ItIsOut] {
        failed.press(&mut model, action);
        assert_eq!(failed.post.outgoings[0].state, OutgoingState::Failed);
    }
    failed.press(&mut model, Action::ItIsOut);
    assert_eq!(failed.post.outgoings[0].state, OutgoingState::Sent);
    let mut sent = town();
    let mut model = shown(&mut sent, None, 3);
    sent.press(&mut model, Action::Withdraw);
    assert_eq!(sent.post.outgoings[3].state, OutgoingState::Sent, "what is out cannot be given up");
}

#[test]
fn what_is_out_is_shown_with_its_words_its_link_and_its_case() {
    let mut town = town();
    town.post.outgoings[3].parts[0].url = Some(SafeText::line("https://town.example/posts/9", 80));
    town.post.outgoings[3].case = Some(crate::domain::CaseId(12));
    let mut model = shown(&mut town, None, 3);
    assert_eq!(model.outbox().selected().unwrap().state, OutgoingState::Sent);
    let mut page = Page::new(70);
    whole(model.outbox().selected().unwrap(), model.outbox(), model.context(), &mut page);
    let words: Vec<String> = page.lines().iter().map(Line::words).collect();
    for part in ["gone", "https://town.example/posts/9", "case 12", "✓ sent"] {
        assert!(words.iter().any(|line| line.contains(part)), "{part}: {words:?}");
    }
    town.press(&mut model, Action::Open);
    let Some(crate::tui::app::overlay::Overlay::Explain(sheet)) = model.overlays().last() else { panic!("no sheet") };
    assert_eq!(sheet.title(), "This answer");
}

#[test]
fn the_help_fits_whatever_the_width() {
    let outbox = of(vec![]);
    let context = Context::new(&setup((80, 24)));
    for columns in [30, 76, 84] {
        let mut page = Page::new(columns);
        outbox.explain(&mut page, &context);
        assert!(page.lines().iter().all(|line| line.width() <= columns), "{columns}");
    }
}

#[test]
fn another_voice_approves_and_the_writer_does_not() {
    for (voice, approved) in [(None, false), (Some("Kim"), false), (Some("Ana"), true)] {
        let mut town = town();
        let mut model = shown(&mut town, voice, 2);
        town.press(&mut model, Action::Approve);
        assert_eq!(town.post.outgoings[2].state == OutgoingState::Held, approved, "{voice:?}");
    }
}

#[test]
fn what_another_voice_sent_is_taken_back_only_where_it_is_seen() {
    let mut town = town();
    town.post.outgoings = vec![outgoing(3, OutgoingState::AwaitingApproval, "may I"), held(5, 8)];
    let mut model = town.model(Setup { voice: Some("Ana".to_owned()), ..setup((120, 36)) });
    town.press(&mut model, Action::Recall);
    assert!(model.composer().is_none(), "both are Kim's");
    assert!(town.post.outgoings.iter().all(|one| one.state != OutgoingState::Draft));
    let mut model = town.model(setup((120, 36)));
    town.press(&mut model, Action::Recall);
    assert!(model.composer().is_none(), "nor are they nobody's");
    let mut kim = town.model(Setup { voice: Some("Kim".to_owned()), ..setup((120, 36)) });
    town.press(&mut kim, Action::Recall);
    assert_eq!(town.post.outgoings[1].state, OutgoingState::Draft);
    let mut model = shown(&mut town, Some("Ana"), 0);
    assert_eq!(model.outbox().selected().unwrap().id, OutgoingId(3));
    town.press(&mut model, Action::Recall);
    assert_eq!(town.post.outgoings[0].state, OutgoingState::Draft);
    assert!(model.composer().is_some());
    assert!(model.status().shown().unwrap().text.as_str().contains("draft by Kim"));
}

#[test]
fn news_of_the_outbox_is_told_and_read() {
    let mut town = town();
    let mut model = town.model(setup((80, 24)));
    town.post.outgoings[3].state = OutgoingState::Uncertain;
    let event = Event::Outgoing {
        id: OutgoingId(4),
        state: OutgoingState::Uncertain,
        trouble: Some(SafeText::line("the server broke off", 80)),
    };
    town.tell(&mut model, Msg::Engine(event));
    assert!(model.status().shown().unwrap().text.as_str().contains("the server broke off"));
    town.tell(&mut model, Msg::Clock(in_seconds(2)));
    assert_eq!(model.outbox().items().filter(|one| one.state == OutgoingState::Uncertain).count(), 2);
}

#[test]
fn a_screen_with_nothing_held_is_not_woken_for_the_outbox() {
    let mut town = town();
    let mut model = town.model(setup((80, 24)));
    let cmds = town.tell(&mut model, Msg::Clock(in_seconds(5)));
    assert!(cmds.iter().all(|cmd| !matches!(cmd, Cmd::Wake(_))), "{cmds:?}");
}
