use std::time::Duration;

use crossterm::event::{KeyModifiers, ModifierKeyCode};

use super::*;

/// Types chords one after the other, like a hand, and gives what the last one meant.
fn type_in(resolver: &mut Resolver, chords: &str, mode: InputMode) -> Resolved {
    let mut at = Instant::now();
    let mut last = Resolved::Nothing;
    for chord in chords.split(' ') {
        let chord = Chord::parse(chord).unwrap();
        last = resolver.key(&KeyEvent::new(chord.code(), chord.modifiers()), at, mode);
        at += Duration::from_millis(80);
    }
    last
}

fn resolver() -> Resolver {
    Resolver::new(Keymap::new(&[]).unwrap())
}

#[test]
fn keys_counts_and_sequences_become_actions() {
    for (chords, action, count) in [
        ("j", Action::Down, None),
        ("5 j", Action::Down, Some(5)),
        ("1 0 j", Action::Down, Some(10)),
        ("g g", Action::Top, None),
        ("1 2 g g", Action::Top, Some(12)),
        ("G", Action::Bottom, None),
        ("shift-g", Action::Bottom, None),
        ("g t", Action::ViewTrends, None),
        ("?", Action::Help, None),
        ("enter", Action::Open, None),
        ("esc", Action::Back, None),
        ("backtab", Action::PreviousPane, None),
        ("ctrl-z", Action::Suspend, None),
        ("9 9 9 9 9 9 9 9 9 9 9 9 j", Action::Down, Some(MOST)),
    ] {
        for mode in [InputMode::Normal, InputMode::Overlay] {
            let mut resolver = resolver();
            assert_eq!(type_in(&mut resolver, chords, mode), Resolved::Action(action, count), "{chords}");
            assert_eq!(resolver.pending(), "", "{chords}");
        }
    }
}

#[test]
fn what_is_pending_is_told_until_it_is_done_or_given_up() {
    let mut resolver = resolver();
    assert_eq!(type_in(&mut resolver, "1 2", InputMode::Normal), Resolved::Pending);
    assert_eq!(resolver.pending(), "12");
    assert_eq!(type_in(&mut resolver, "g", InputMode::Normal), Resolved::Pending);
    assert_eq!(resolver.pending(), "12 g");
    assert_eq!(type_in(&mut resolver, "esc", InputMode::Normal), Resolved::Nothing);
    assert_eq!(resolver.pending(), "");
    // A chord that leads nowhere gives the beginning up and does nothing itself.
    assert_eq!(type_in(&mut resolver, "g q", InputMode::Normal), Resolved::Nothing);
    assert_eq!(resolver.pending(), "");
    assert_eq!(type_in(&mut resolver, "3 esc", InputMode::Normal), Resolved::Nothing);
    assert_eq!(type_in(&mut resolver, "j", InputMode::Normal), Resolved::Action(Action::Down, None));
    // A 0 that continues no count is a key like others.
    assert_eq!(type_in(&mut resolver, "0", InputMode::Normal), Resolved::Action(Action::SayNeutral, None));
}

#[test]
fn releases_and_modifiers_alone_mean_nothing_and_disturb_nothing() {
    let mut resolver = resolver();
    type_in(&mut resolver, "g", InputMode::Normal);
    let at = Instant::now();
    let release = KeyEvent::new_with_kind(KeyCode::Char('g'), KeyModifiers::NONE, KeyEventKind::Release);
    let shift = KeyEvent::new(KeyCode::Modifier(ModifierKeyCode::LeftShift), KeyModifiers::SHIFT);
    for event in [release, shift] {
        assert_eq!(resolver.key(&event, at, InputMode::Normal), Resolved::Nothing);
    }
    let held = KeyEvent::new_with_kind(KeyCode::Char('g'), KeyModifiers::NONE, KeyEventKind::Repeat);
    assert_eq!(resolver.key(&held, at, InputMode::Normal), Resolved::Action(Action::Top, None));
}

#[test]
fn in_a_prompt_every_key_is_typed_but_three() {
    for (chord, expected) in [
        ("j", Resolved::Typing(Typing::Character('j'))),
        ("5", Resolved::Typing(Typing::Character('5'))),
        ("q", Resolved::Typing(Typing::Character('q'))),
        (":", Resolved::Typing(Typing::Character(':'))),
        ("esc", Resolved::Typing(Typing::Cancel)),
        ("enter", Resolved::Typing(Typing::Submit)),
        ("ctrl-d", Resolved::Typing(Typing::Delete)),
        ("ctrl-c", Resolved::Action(Action::Leave, None)),
        ("ctrl-z", Resolved::Action(Action::Suspend, None)),
        ("ctrl-l", Resolved::Action(Action::Redraw, None)),
        ("f1", Resolved::Nothing),
    ] {
        assert_eq!(type_in(&mut resolver(), chord, InputMode::Prompt), expected, "{chord}");
    }
}

#[test]
fn a_letter_that_leaves_is_typed_in_a_prompt() {
    let choice = super::super::KeyChoice {
        action: "leave".to_owned(),
        place: String::new(),
        keys: vec![("x".to_owned(), String::new())],
    };
    let mut resolver = Resolver::new(Keymap::new(&[choice]).unwrap());
    assert_eq!(type_in(&mut resolver, "x", InputMode::Normal), Resolved::Action(Action::Leave, None));
    assert_eq!(type_in(&mut resolver, "x", InputMode::Prompt), Resolved::Typing(Typing::Character('x')));
}

#[test]
fn a_mode_that_changes_gives_up_what_was_pending() {
    let mut resolver = resolver();
    type_in(&mut resolver, "4 g", InputMode::Normal);
    type_in(&mut resolver, "x", InputMode::Prompt);
    assert_eq!(resolver.pending(), "");
}

#[test]
fn a_bracketed_paste_is_cleaned_text_in_a_prompt_and_nothing_elsewhere() {
    let mut resolver = resolver();
    let Resolved::Typing(Typing::Paste(text)) = resolver.paste("two\nlines", InputMode::Prompt) else {
        panic!("a paste is typed");
    };
    assert_eq!(text, crate::domain::SafeText::line("two\nlines", 4_000));
    assert_eq!(resolver.paste("q\nq\n", InputMode::Normal), Resolved::Nothing);
}

#[test]
fn an_unbracketed_paste_never_submits() {
    let mut resolver = resolver();
    let at = Instant::now();
    for sign in "rm -rf\t/\nyes\n\n".chars() {
        let code = match sign {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            other => KeyCode::Char(other),
        };
        let meant = resolver.key(&KeyEvent::new(code, KeyModifiers::NONE), at, InputMode::Prompt);
        assert!(matches!(meant, Resolved::Typing(Typing::Character(_))), "{sign:?} became {meant:?}");
    }
    let later = at + Duration::from_secs(1);
    let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(resolver.key(&enter, later, InputMode::Prompt), Resolved::Typing(Typing::Submit));
}
