use proptest::prelude::*;

use super::*;

/// Puts words in place of a stretch, the cursor behind them as a hand leaves it.
fn put(template: &mut Template, old: Range<usize>, words: &str) {
    let mut text = template.text.clone();
    let from = old.start;
    text.replace_range(old, words);
    template.follow(&text, from + words.len(), 0);
}

/// Types words letter by letter in place of the first such stretch.
fn fill(template: &mut Template, place: &str, words: &str) {
    let from = template.text.find(place).unwrap();
    let mut at = from;
    for (index, sign) in words.chars().enumerate() {
        let old = if index == 0 { from..from + place.len() } else { at..at };
        put(template, old, &sign.to_string());
        at += sign.len_utf8();
    }
}

fn replace(template: &mut Template, old: &str, new: &str) {
    let from = template.text.find(old).unwrap();
    put(template, from..from + old.len(), new);
}

fn filled() -> Template {
    let mut template = Template::of("Dear {name}, we send a chain by {date}. Bye");
    fill(&mut template, "{name}", "Loulou");
    fill(&mut template, "{date}", "Friday");
    assert_eq!(template.text, "Dear Loulou, we send a chain by Friday. Bye");
    template
}

#[test]
fn edits_go_on_and_fillings_do_not() {
    // What is changed in the filled text; what the next one gets.
    for (old, new, expected) in [
        ("Bye", "Bye!", "Dear {name}, we send a chain by {date}. Bye!"),
        ("a chain", "a new chain", "Dear {name}, we send a new chain by {date}. Bye"),
        ("Dear", "Hello", "Hello {name}, we send a chain by {date}. Bye"),
        (", we", ", sorry, we", "Dear {name}, sorry, we send a chain by {date}. Bye"),
        (". Bye", "", "Dear {name}, we send a chain by {date}"),
        // Another filling.
        ("Friday", "Monday", "Dear {name}, we send a chain by {date}. Bye"),
        ("rid", "r", "Dear {name}, we send a chain by {date}. Bye"),
        // Both at once: it stays with this one, all else goes on.
        ("by Friday", "soon", "Dear {name}, we send a chain by {date}. Bye"),
        ("Loulou, we send", "Lou, I send", "Dear {name}, we send a chain by {date}. Bye"),
        // A blank of its own.
        ("Bye", "Bye {voice}", "Dear {name}, we send a chain by {date}. Bye {voice}"),
    ] {
        let mut template = filled();
        replace(&mut template, old, new);
        assert_eq!(template.for_others(), expected, "{old} -> {new}");
        put(&mut template, 1..1, "xx");
        put(&mut template, 1..3, "");
        assert_eq!(template.for_others(), expected, "{old} -> {new}, and back");
    }
}

#[test]
fn what_is_for_one_only_can_be_told() {
    let mut template = filled();
    assert_eq!(template.private().collect::<Vec<_>>(), [("Loulou", "{name}"), ("Friday", "{date}")]);
    replace(&mut template, "by Friday", "soon");
    assert_eq!(template.private().collect::<Vec<_>>(), [("Loulou", "{name}"), ("soon", "by {date}")]);
    replace(&mut template, "Loulou", "");
    assert_eq!(template.private().collect::<Vec<_>>()[0], ("", "{name}"));
    // A filling that is taken back leaves an open blank.
    fill(&mut template, "soon", "by {date}");
    assert_eq!(template.private().collect::<Vec<_>>(), [("", "{name}")]);
    replace(&mut template, " by {date}", "");
    assert_eq!(template.for_others(), "Dear {name}, we send a chain. Bye", "an open blank can be edited away");
}

#[test]
fn words_that_begin_anew_have_no_blanks() {
    let mut template = filled();
    put(&mut template, 0..43, "Thank you!");
    assert_eq!(template.for_others(), "Thank you!");
    let mut template = filled();
    for end in (0..43).rev() {
        put(&mut template, end..end + 1, "");
    }
    put(&mut template, 0..0, "Thanks");
    assert_eq!((template.for_others(), template.private().count()), ("Thanks".to_owned(), 0));
}

#[test]
fn the_same_letters_beside_a_blank_are_told_apart_by_the_cursor() {
    let mut template = Template::of("a {x}a b");
    fill(&mut template, "{x}", "a");
    assert_eq!(template.text, "a aa b");
    put(&mut template, 4..4, "a");
    assert_eq!(template.for_others(), "a {x}aa b", "behind what follows");
    put(&mut template, 3..3, "a");
    assert_eq!(template.for_others(), "a {x}aa b", "at the edge of what was filled in: it may be a part of it");
}

proptest! {
    /// Edits that stay clear of what was filled in come to the same on the template; fillings never go on.
    #[test]
    fn what_is_edited_apart_from_the_fillings_goes_on(
        edits in prop::collection::vec((0..4_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[a-eé ]{0,4}"), 0..24),
        order in any::<bool>(),
    ) {
        // Five pieces, four fillings between them, each of a letter that stands nowhere else.
        let mut pieces: Vec<Vec<char>> = ["Hello ", ", so ", " and ", " is ", " ok"].iter().map(|piece| piece.chars().collect()).collect();
        let blanks = ["{a}", "{b}", "{c}", "{d}"];
        let join = |pieces: &[Vec<char>], between: &[&str]| {
            let mut text = String::new();
            for (index, piece) in pieces.iter().enumerate() {
                text.extend(piece);
                text.push_str(between.get(index).copied().unwrap_or_default());
            }
            text
        };
        let mut template = Template::of(&join(&pieces, &blanks));
        let fillings = ["XXX", "XYX", "X", "YYXX"];
        let mut places = [0, 1, 2, 3];
        if order { places.reverse(); }
        for place in places {
            fill(&mut template, blanks[place], fillings[place]);
        }
        for (piece, from, to, words) in edits {
            // The letters at the edges of a piece stay: beside them it is known whose words are.
            let length = pieces[piece].len();
            let (one, other) = (1 + from.index(length - 1), 1 + to.index(length - 1));
            let (from, to) = (one.min(other), one.max(other));
            let start = join(&pieces[..piece], &fillings).len() + pieces[piece][..from].iter().map(|sign| sign.len_utf8()).sum::<usize>();
            let went: usize = pieces[piece][from..to].iter().map(|sign| sign.len_utf8()).sum();
            put(&mut template, start..start + went, &words);
            pieces[piece].splice(from..to, words.chars());
            prop_assert_eq!(&template.text, &join(&pieces, &fillings));
            prop_assert_eq!(template.for_others(), join(&pieces, &blanks));
        }
    }

    /// Whatever is done to the text, what was filled in is not in the words for the next one.
    #[test]
    fn nothing_private_goes_on(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[a-c ]{0,3}", any::<prop::sample::Index>()), 0..30),
    ) {
        let mut template = Template::of("Hi {name}, by {date} at the {shop}");
        for (blank, words) in [("{name}", "ZZZ"), ("{date}", "ZQZ"), ("{shop}", "QQ")] {
            fill(&mut template, blank, words);
        }
        for (one, other, words, cursor) in edits {
            let length = template.text.len();
            let (one, other) = (one.index(length + 1), other.index(length + 1));
            let mut text = template.text.clone();
            text.replace_range(one.min(other)..one.max(other), &words);
            let cursor = cursor.index(text.len() + 1);
            template.follow(&text, cursor, 3);
            prop_assert_eq!(&template.text, &text);
            let next = template.for_others();
            prop_assert!(!next.contains(['Z', 'Q']), "{next:?} of {text:?}");
        }
    }
}
