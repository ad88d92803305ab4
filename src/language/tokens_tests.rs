use proptest::prelude::*;

use super::*;

fn pieces(text: &str) -> Vec<(Kind, &str)> {
    scan(text).into_iter().map(|token| (token.kind, &text[token.span()])).collect()
}

#[test]
fn the_kinds_are_told_apart() {
    assert_eq!(
        pieces("Kiln's 20% off £5 :) @a.b@host.example #fail_now 👍🏽 see https://x.example/a?b=1. 3rd"),
        vec![
            (Kind::Word, "Kiln"),
            (Kind::Word, "'s"),
            (Kind::Percent, "20%"),
            (Kind::Word, "off"),
            (Kind::Money, "£5"),
            (Kind::Emoticon, ":)"),
            (Kind::Handle, "@a.b@host.example"),
            (Kind::Hashtag, "#fail_now"),
            (Kind::Emoji, "👍🏽"),
            (Kind::Word, "see"),
            (Kind::Link, "https://x.example/a?b=1"),
            (Kind::Mark('.'), "."),
            (Kind::Number, "3rd"),
        ]
    );
    assert_eq!(
        pieces("mail a@b.example or retech.example/x"),
        vec![(Kind::Word, "mail"), (Kind::Link, "a@b.example"), (Kind::Word, "or"), (Kind::Link, "retech.example/x"),]
    );
    assert_eq!(pieces("l’appli"), vec![(Kind::Word, "l"), (Kind::Word, "appli")]);
    assert_eq!(pieces("日本"), vec![(Kind::Word, "日"), (Kind::Word, "本")]);
}

#[test]
fn folding_forgets_case_diacritics_and_drawn_out_letters() {
    assert_eq!(fold_key("CAFÉ"), fold_key("cafe"));
    assert_eq!(fold_key("Großartig"), fold_key("grossartig"));
    assert_eq!(fold_key("don’t"), fold_key("don't"));
    let token = scan("sooooo")[0];
    assert_eq!(token.key, fold_key("soo"));
    assert_eq!(token.short, fold_key("so"));
    assert_ne!(fold_key("2000"), fold_key("200"));
    assert_eq!(folded("Ärger"), "arger");
}

#[test]
fn sentences_open_at_marks() {
    let text = "Hello there. Who? me";
    let opening: Vec<&str> = scan(text).into_iter().filter(|t| t.opens).map(|t| &text[t.span()]).collect();
    assert_eq!(opening, ["Hello", "Who", "me"]);
}

proptest! {
    #[test]
    fn any_text_falls_into_ordered_pieces(text in "\\PC{0,200}|[a-z@#.:/'$%0-9 \\n]{0,200}") {
        let mut last = 0;
        for token in scan(&text) {
            prop_assert!(token.start >= last && token.end > token.start);
            prop_assert!(text.get(token.span()).is_some());
            last = token.end;
        }
    }
}

#[test]
fn a_hostile_text_is_bounded() {
    assert!(scan(&"!".repeat(1_000_000)).len() <= MOST);
    assert_eq!(scan(&"a".repeat(1_000_000)).len(), 1);
    assert!(scan(&"a.".repeat(100_000)).len() <= MOST);
    assert!(scan(&"@".repeat(100_000)).len() <= MOST);
}
