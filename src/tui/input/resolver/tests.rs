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
    let Resolved::Typing(Typing::Paste(text)) = resolver.paste("two\nlines", 9, InputMode::Prompt) else {
        panic!("a paste is typed");
    };
    assert_eq!((text.text.as_str(), text.characters, text.lost), ("two lines", 9, 0));
    assert_eq!(resolver.paste("q\nq\n", 4, InputMode::Normal), Resolved::Nothing);
}

#[test]
fn a_long_paste_is_whole_in_a_text_and_counted_in_a_prompt() {
    let mut resolver = resolver();
    let words = "word ".repeat(6_248);
    let mut paste = |mode, all| match resolver.paste(&words, all, mode) {
        Resolved::Typing(Typing::Paste(pasted)) => pasted,
        other => panic!("{other:?}"),
    };
    let text = paste(InputMode::Composer, 31_240);
    assert_eq!((text.text.as_str(), text.lost, text.cut(31_240)), (words.as_str(), 0, None));
    // What the terminal swallowed is told; and what found no room on the sheet.
    let huge = paste(InputMode::Composer, 400_000);
    assert_eq!(
        (huge.lost, huge.cut(31_240).unwrap().contains("pasted 400,000 characters, kept the first 31,240")),
        (368_760, true)
    );
    let line = paste(InputMode::Prompt, 31_240);
    assert_eq!((line.text.as_str().len() <= 2_000, line.lost), (true, 29_240));
    assert!(
        line.cut(line.text.as_str().chars().count())
            .unwrap()
            .contains("pasted 31,240 characters, kept the first 2,000")
    );
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

#[test]
fn while_an_answer_is_written_letters_are_letters_and_chords_are_actions() {
    let mode = InputMode::Composer;
    for (chords, expected) in [
        ("r", Resolved::Typing(Typing::Character('r'))),
        ("X", Resolved::Typing(Typing::Character('X'))),
        ("5", Resolved::Typing(Typing::Character('5'))),
        ("enter", Resolved::Typing(Typing::Submit)),
        ("tab", Resolved::Typing(Typing::Jump)),
        ("esc", Resolved::Typing(Typing::Cancel)),
        ("ctrl-d", Resolved::Typing(Typing::Delete)),
        ("ctrl-left", Resolved::Typing(Typing::WordLeft)),
        ("pageup", Resolved::Typing(Typing::PageUp)),
        ("ctrl-x", Resolved::Pending),
        ("ctrl-x s", Resolved::Action(Action::Send, None)),
        ("ctrl-x ctrl-e", Resolved::Action(Action::Editor, None)),
        ("ctrl-enter", Resolved::Action(Action::Send, None)),
        ("ctrl-y", Resolved::Action(Action::SendAnyway, None)),
        ("ctrl-c", Resolved::Action(Action::Leave, None)),
        ("ctrl-z", Resolved::Action(Action::Suspend, None)),
        ("f3", Resolved::Nothing),
        ("ctrl-x esc", Resolved::Nothing),
        ("ctrl-x enter", Resolved::Nothing),
    ] {
        let mut resolver = resolver();
        assert_eq!(type_in(&mut resolver, chords, mode), expected, "{chords}");
    }
    let mut resolver = resolver();
    type_in(&mut resolver, "ctrl-x esc", mode);
    assert_eq!(
        type_in(&mut resolver, "s", mode),
        Resolved::Typing(Typing::Character('s')),
        "a prefix given up is gone"
    );
}

#[test]
fn a_paste_that_arrives_as_keys_never_sends_nor_closes() {
    let mode = InputMode::Composer;
    for pasted in ["hello \u{18}s\u{18}s more", "\u{18}s", "abc\u{1b}X", "text\u{19}\u{18}\u{5}", "hi\nthere\u{18}s\n"]
    {
        for gap in [0, 2, 7] {
            let mut resolver = resolver();
            let mut at = Instant::now();
            for sign in pasted.chars() {
                let chord = match sign {
                    '\n' => KeyEvent::from(KeyCode::Enter),
                    '\u{1b}' => KeyEvent::from(KeyCode::Esc),
                    control if control.is_control() => {
                        let letter = char::from(b'a' + u8::try_from(u32::from(control)).unwrap() - 1);
                        KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
                    }
                    letter => KeyEvent::from(KeyCode::Char(letter)),
                };
                let resolved = resolver.key(&chord, at, mode);
                assert!(!matches!(resolved, Resolved::Action(..)), "{pasted:?} at {gap} ms: {resolved:?}");
                assert_ne!(resolved, Resolved::Typing(Typing::Cancel), "{pasted:?} at {gap} ms");
                at += Duration::from_millis(gap);
            }
        }
    }
    let mut resolver = resolver();
    let Resolved::Typing(Typing::Paste(text)) = resolver.paste("one\r\ntwo\u{18}s\u{1b}[31m", 15, mode) else {
        panic!()
    };
    assert_eq!(text.text.as_str(), "one\ntwos");
}
