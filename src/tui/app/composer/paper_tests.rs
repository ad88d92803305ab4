use proptest::prelude::*;

use super::*;

const WIDE: usize = 80;

fn typed(paper: &mut Paper, words: &str) {
    for sign in words.chars() {
        let typing = if sign == '\n' { Typing::Submit } else { Typing::Character(sign) };
        paper.type_in(&typing, WIDE);
    }
}

#[test]
fn several_lines_are_written_and_taken_back() {
    let mut paper = Paper::default();
    typed(&mut paper, "Hello Ana\nwe look at it");
    assert_eq!(paper.text(), "Hello Ana\nwe look at it");
    paper.type_in(&Typing::DeleteWord, WIDE);
    assert_eq!(paper.text(), "Hello Ana\nwe look at ");
    assert!(paper.undo());
    assert_eq!(paper.text(), "Hello Ana\nwe look at it");
    assert!(paper.redo());
    paper.type_in(&Typing::DeleteToStart, WIDE);
    assert_eq!(paper.text(), "Hello Ana\n");
    paper.type_in(&Typing::Backspace, WIDE);
    assert_eq!(paper.text(), "Hello Ana");
}

#[test]
fn what_people_see_as_one_sign_is_one() {
    let mut paper = Paper::with("a👨‍👩‍👧e\u{301}");
    paper.type_in(&Typing::Backspace, WIDE);
    assert_eq!(paper.text(), "a👨‍👩‍👧");
    paper.type_in(&Typing::Left, WIDE);
    assert_eq!(paper.cursor(), 1);
    paper.type_in(&Typing::Delete, WIDE);
    assert_eq!(paper.text(), "a");
}

#[test]
fn words_and_rows_are_gone_through() {
    let mut paper = Paper::with("one two three four");
    paper.type_in(&Typing::WordLeft, WIDE);
    assert_eq!(paper.cursor(), 14);
    paper.type_in(&Typing::WordLeft, WIDE);
    paper.type_in(&Typing::WordRight, WIDE);
    assert_eq!(paper.cursor(), 13);
    let rows = paper.rows(9);
    let text = paper.text();
    let shown: Vec<&str> = rows.iter().map(|row| &text[row.from..row.to]).collect();
    assert_eq!(shown, ["one two ", "three ", "four"]);
    assert_eq!(paper.place(&rows), (1, 5));
    paper.type_in(&Typing::Previous, 9);
    assert_eq!(paper.cursor(), 5);
    paper.type_in(&Typing::Next, 9);
    paper.type_in(&Typing::Next, 9);
    assert_eq!(paper.place(&paper.rows(9)), (2, 4), "the column is kept as far as the row goes");
}

#[test]
fn what_is_selected_gives_way_to_what_is_typed() {
    let mut paper = Paper::with("Hi {name}, see {link}");
    paper.select(3, 9);
    assert_eq!(paper.selected(), Some((3, 9)));
    typed(&mut paper, "Ana");
    assert_eq!(paper.text(), "Hi Ana, see {link}");
    assert_eq!(paper.selected(), None);
    paper.select(12, 18);
    paper.type_in(&Typing::Backspace, WIDE);
    assert_eq!(paper.text(), "Hi Ana, see ");
}

#[test]
fn a_draft_comes_back_with_the_cursor_at_its_end_and_other_words_can_be_undone() {
    let mut paper = Paper::with("@ana ");
    assert_eq!((paper.text().as_str(), paper.cursor()), ("@ana ", 5));
    paper.replace("other\nwords");
    assert_eq!(paper.text(), "other\nwords");
    while paper.undo() {}
    assert_eq!(paper.text(), "@ana ");
    paper.replace("");
    assert!(paper.is_blank());
}

#[test]
fn a_text_has_a_bound() {
    let mut paper = Paper::default();
    paper.insert(&"word ".repeat(60_000));
    assert!(paper.text().len() <= LONGEST);
    assert!(!paper.insert("more"));
    paper.fit(40, 5);
    assert!(paper.scroll() > 0);
}

#[test]
fn a_long_text_survives_being_loaded_and_edited_elsewhere() {
    let long = "word ".repeat(8_000);
    assert_eq!(Paper::with(&long).text(), long);
    let mut paper = Paper::default();
    assert!(paper.replace(&long));
    assert_eq!(paper.text(), long);
    assert!(!paper.replace(&"word ".repeat(60_000)), "the rest is told");
    assert_eq!(paper.text().len(), LONGEST);
    // What takes the place of something has its room too.
    let mut full = Paper::with(&"x".repeat(LONGEST));
    full.select(0, 10);
    assert!(full.insert("0123456789"));
    assert_eq!(full.text().len(), LONGEST);
}

fn key() -> impl Strategy<Value = Typing> {
    prop_oneof![
        6 => any::<char>().prop_filter("no control", |c| !c.is_control()).prop_map(Typing::Character),
        2 => "[a-zé語👨‍👩‍👧 \n]{0,20}".prop_map(|words| Typing::pasted(SafeText::block(&words))),
        1 => Just(Typing::Submit),
        1 => Just(Typing::Backspace),
        1 => Just(Typing::Delete),
        1 => Just(Typing::DeleteWord),
        1 => Just(Typing::DeleteToStart),
        1 => Just(Typing::DeleteToEnd),
        1 => Just(Typing::Left),
        1 => Just(Typing::Right),
        1 => Just(Typing::WordLeft),
        1 => Just(Typing::WordRight),
        1 => Just(Typing::Home),
        1 => Just(Typing::End),
        1 => Just(Typing::Previous),
        1 => Just(Typing::Next),
    ]
}

proptest! {
    #[test]
    fn rows_hold_every_letter_and_the_cursor_is_among_them(keys in prop::collection::vec(key(), 0..60), columns in 0usize..40) {
        let mut paper = Paper::default();
        for key in &keys {
            paper.type_in(key, columns);
            let text = paper.text();
            prop_assert!(text.is_char_boundary(paper.cursor()));
        }
        let text = paper.text();
        let rows = paper.rows(columns);
        let mut rebuilt = String::new();
        for (index, row) in rows.iter().enumerate() {
            rebuilt.push_str(&text[row.from..row.to]);
            if row.ends_line && index + 1 < rows.len() {
                rebuilt.push('\n');
            }
        }
        prop_assert_eq!(&rebuilt, &text);
        let (index, _) = paper.place(&rows);
        prop_assert!(index < rows.len());
        paper.fit(columns, 4);
        prop_assert!((paper.scroll()..paper.scroll() + 4).contains(&index));
        while paper.undo() {}
        prop_assert_eq!(paper.text(), "");
    }
}
