use proptest::prelude::*;

use super::*;

fn all(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    decoder.feed(bytes, &mut found);
    if decoder.is_unfinished() {
        decoder.silence(&mut found);
    }
    found
}

fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Vec<Event> {
    vec![Event::Key(KeyEvent::new(code, modifiers))]
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;

#[test]
fn keys_of_every_kind_are_read() {
    let table: &[(&[u8], KeyCode, KeyModifiers)] = &[
        (b"j", KeyCode::Char('j'), NONE),
        (b"G", KeyCode::Char('G'), SHIFT),
        (b"?", KeyCode::Char('?'), NONE),
        ("é".as_bytes(), KeyCode::Char('é'), NONE),
        ("É".as_bytes(), KeyCode::Char('É'), SHIFT),
        ("語".as_bytes(), KeyCode::Char('語'), NONE),
        ("🚲".as_bytes(), KeyCode::Char('🚲'), NONE),
        (b"\r", KeyCode::Enter, NONE),
        (b"\n", KeyCode::Char('j'), CTRL),
        (b"\t", KeyCode::Tab, NONE),
        (b"\x08", KeyCode::Char('h'), CTRL),
        (b"\x7f", KeyCode::Backspace, NONE),
        (b"\x03", KeyCode::Char('c'), CTRL),
        (b"\x1a", KeyCode::Char('z'), CTRL),
        (b"\0", KeyCode::Char(' '), CTRL),
        (b"\x1f", KeyCode::Char('7'), CTRL),
        (b"\x1b", KeyCode::Esc, NONE),
        (b"\x1bx", KeyCode::Char('x'), ALT),
        (b"\x1b[", KeyCode::Char('['), ALT),
        (b"\x1b]", KeyCode::Char(']'), ALT),
        (b"\x1b\x7f", KeyCode::Backspace, ALT),
        (b"\x1b[A", KeyCode::Up, NONE),
        (b"\x1bOB", KeyCode::Down, NONE),
        (b"\x1b[1;5C", KeyCode::Right, CTRL),
        (b"\x1b[1;2D", KeyCode::Left, SHIFT),
        (b"\x1b[H", KeyCode::Home, NONE),
        (b"\x1bOF", KeyCode::End, NONE),
        (b"\x1b[1~", KeyCode::Home, NONE),
        (b"\x1b[4~", KeyCode::End, NONE),
        (b"\x1b[3~", KeyCode::Delete, NONE),
        (b"\x1b[5~", KeyCode::PageUp, NONE),
        (b"\x1b[6;5~", KeyCode::PageDown, CTRL),
        (b"\x1b[Z", KeyCode::BackTab, SHIFT),
        (b"\x1bOP", KeyCode::F(1), NONE),
        (b"\x1b[[B", KeyCode::F(2), NONE),
        (b"\x1b[13~", KeyCode::F(3), NONE),
        (b"\x1b[15~", KeyCode::F(5), NONE),
        (b"\x1b[17~", KeyCode::F(6), NONE),
        (b"\x1b[24~", KeyCode::F(12), NONE),
        (b"\x1b[1;2P", KeyCode::F(1), SHIFT),
        (b"\x1b[103;6u", KeyCode::Char('G'), CTRL.union(SHIFT)),
        (b"\x1b[27;5;13~", KeyCode::Enter, CTRL),
        (b"\x1b[9;2u", KeyCode::BackTab, SHIFT),
        (b"\x1b[57400u", KeyCode::Char('1'), NONE),
    ];
    for (bytes, code, modifiers) in table {
        assert_eq!(all(bytes), pressed(*code, *modifiers), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_no_key_is_swallowed_whole() {
    let noise: &[&[u8]] = &[
        b"\x1b[<0;10;20M",
        b"\x1b[<0;10;20m",
        b"\x1b[M abc".split_last().unwrap().1,
        b"\x1b[?62;4c",
        b"\x1b[>41;354;0c",
        b"\x1b[?2026;2$y",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]52;c;aGVsbG8=\x1b\\",
        b"\x1bP1+r544e\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1b[57441;2u",
        b"\xff\xfe",
        "\u{85}".as_bytes(),
    ];
    for bytes in noise {
        let mut with_key = bytes.to_vec();
        with_key.push(b'j');
        assert_eq!(all(&with_key), pressed(KeyCode::Char('j'), NONE), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_release_is_told_apart() {
    let found = all(b"\x1b[106;1:3u\x1b[106;1:2u");
    let kinds: Vec<_> = found
        .iter()
        .map(|event| match event {
            Event::Key(pressed) => pressed.kind,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, [KeyEventKind::Release, KeyEventKind::Repeat]);
}

#[test]
fn a_paste_is_one_event_with_its_line_breaks_and_escapes() {
    let found = all(b"\x1b[200~two\rlines \x1b[31mred\x1b[201~j");
    assert_eq!(found[0], Event::Paste("two\rlines \x1b[31mred".to_owned(), 18));
    assert_eq!(found[1..], pressed(KeyCode::Char('j'), NONE));
}

#[test]
fn focus_is_reported() {
    assert_eq!(all(b"\x1b[I\x1b[O"), [Event::Focus(true), Event::Focus(false)]);
}

#[test]
fn a_sequence_may_come_in_pieces() {
    let whole = "é\x1b[1;5C\x1b[200~pasted\ntext\x1b[201~\x1bOP語".as_bytes();
    let expected = all(whole);
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    for byte in whole {
        decoder.feed(&[*byte], &mut found);
    }
    assert_eq!(found, expected);
    assert!(!decoder.is_unfinished());
}

#[test]
fn silence_does_not_end_a_paste() {
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    decoder.feed(b"\x1b[200~half\x1b", &mut found);
    assert!(!decoder.is_unfinished());
    decoder.silence(&mut found);
    assert!(found.is_empty());
    decoder.feed(b"[201~", &mut found);
    assert_eq!(found, [Event::Paste("half".to_owned(), 4)]);
}

#[test]
fn a_huge_paste_keeps_its_beginning_and_its_end_is_found() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', LONGEST_PASTE * 2));
    bytes.extend(b"\x1b[201~j");
    let found = all(&bytes);
    assert!(matches!(&found[0], Event::Paste(text, all) if text.len() == LONGEST_PASTE && *all == LONGEST_PASTE * 2));
    assert_eq!(found[1..], pressed(KeyCode::Char('j'), NONE));
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_give_the_same_events(
        bytes in proptest::collection::vec(
            prop_oneof![3 => Just(0x1b_u8), 3 => Just(b'['), 2 => 0x30..0x40_u8, 4 => any::<u8>()], 0..200),
        cuts in proptest::collection::vec(1..7_usize, 0..60),
    ) {
        let mut at_once = Vec::new();
        let mut whole = Decoder::default();
        whole.feed(&bytes, &mut at_once);
        let mut in_pieces = Vec::new();
        let mut pieces = Decoder::default();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            pieces.feed(piece, &mut in_pieces);
            rest = after;
        }
        pieces.feed(rest, &mut in_pieces);
        prop_assert_eq!(at_once, in_pieces);
        prop_assert!(whole.waiting.len() <= LONGEST_STRING);
    }

    #[test]
    fn after_any_noise_a_pause_makes_keys_work_again(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assume!(!bytes.windows(6).any(|window| window == b"\x1b[200~"));
        let mut decoder = Decoder::default();
        let mut found = Vec::new();
        decoder.feed(&bytes, &mut found);
        if decoder.is_unfinished() {
            decoder.silence(&mut found);
        }
        found.clear();
        decoder.feed(b"q", &mut found);
        prop_assert_eq!(found, pressed(KeyCode::Char('q'), NONE));
    }
}
