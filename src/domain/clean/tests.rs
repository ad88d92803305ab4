use proptest::prelude::*;
use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

use super::bound::{LONGEST_CLUSTER, MOST_MARKS};
use super::*;

fn line(foreign: &str) -> String {
    SafeText::line(foreign, 1_000).into()
}

fn block(foreign: &str) -> String {
    SafeText::block(foreign).into()
}

#[test]
fn whole_sequences_go_in_both_forms() {
    for (foreign, clean) in [
        ("\u{1b}[31mred\u{1b}[0m", "red"),
        ("\u{9b}31mred\u{9b}0m", "red"),
        ("\u{1b}[?2004h\u{1b}[1;31;4mred", "red"),
        ("\u{1b}]0;title\u{7}text", "text"),
        ("\u{1b}]0;title\u{1b}\\text", "text"),
        ("\u{9d}0;title\u{9c}text", "text"),
        ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
        ("\u{1b}]52;c;cm0gLXJmIH4=\u{7}ok", "ok"),
        ("\u{1b}P1$r0m\u{1b}\\a\u{90}q\u{9c}b", "ab"),
        ("\u{1b}_Gf=100;AAAA\u{1b}\\a\u{9f}x\u{9c}b", "ab"),
        ("\u{1b}^pm\u{1b}\\a\u{9e}x\u{9c}b", "ab"),
        ("\u{1b}Xsos\u{1b}\\a\u{98}x\u{9c}b", "ab"),
        ("\u{1b}Ptmux;\u{1b}\u{1b}]52;c;eA==\u{7}\u{1b}\\ok", "ok"),
        ("\u{1b}(0lqk\u{1b}(B\u{1b}cend", "lqkend"),
        ("\u{1b} F\u{1b}#8x\u{1b}7y\u{1b}=z", "xyz"),
        ("a\u{1b}", "a"),
        ("a\u{1b}[", "a"),
        ("a\u{1b}[12", "a"),
        ("a\u{1b}\u{200b}[31m", "a[31m"),
        ("\u{1b}[31é", "é"),
        ("\u{9c}a\u{84}b", "ab"),
    ] {
        assert_eq!(line(foreign), clean, "{foreign:?}");
    }
}

#[test]
fn an_unended_string_does_not_eat_the_post() {
    assert_eq!(block("\u{1b}]0;title\nthe post"), "\nthe post");
    assert_eq!(block("\u{1b}Pq\r\nthe post"), "\nthe post");
    let long = format!("\u{1b}]0;{}END", "x".repeat(900));
    assert!(line(&long).ends_with("xEND"));
    assert_eq!(line("\u{1b}]0;one\u{1b}[31mtwo"), "two");
    assert_eq!(line("\u{1b}]0;one\u{18}two"), "two");
    let ended = format!("\u{1b}]52;c;{}\u{7}end", "A".repeat(2_000));
    assert_eq!(line(&ended), "end");
}

#[test]
fn what_cannot_be_seen_goes() {
    assert_eq!(block("a\tb\r\nc\rd\u{b}e\u{2028}f\u{85}g"), "a b\nc\nd\ne\nf\ng");
    assert_eq!(line("\0a\u{7}b\u{8}c\u{7f}d"), "abcd");
    assert_eq!(line("in\u{ad}vis\u{200b}ib\u{2060}le\u{feff}\u{200e}\u{202e}\u{2066}\u{2069}\u{61c}"), "invisible");
    assert_eq!(line("a\u{e0041}\u{e0100}\u{fe00}\u{34f}\u{3164}\u{115f}b\u{180e}"), "ab");
    assert_eq!(line("a\u{e000}b\u{f0000}c\u{ffff}d\u{378}e"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e");
    assert_eq!(line("a\u{200d}b क्\u{200d}ष می\u{200c}خواهم"), "ab क्ष میخواهم");
}

#[test]
fn emoji_stay_whole() {
    for emoji in ["👨‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏿", "🏴‍☠️", "👁️‍🗨️", "1️⃣", "❤️", "🇩🇪", "🤷🏾‍♀️", "🧑‍🚀", "☎︎"]
    {
        assert_eq!(line(emoji), emoji);
        assert_eq!(line(&format!("a{emoji}b")), format!("a{emoji}b"));
    }
    assert_eq!(line("👩\u{200d}"), "👩");
    assert_eq!(line("👩\u{200d}a 5\u{fe0f} x\u{fe0f}"), "👩a 5 x");
    assert_eq!(line("👩\u{301}\u{200d}🚀"), "👩\u{301}🚀");
}

#[test]
fn marks_have_a_base_and_a_bound() {
    assert_eq!(line("e\u{301}"), "é");
    assert_eq!(line("\u{301}a \u{301}b"), "a b");
    assert_eq!(block("a\n\u{301}b"), "a\nb");
    let zalgo = format!("z{}a", "\u{336}\u{30d}".repeat(500));
    assert_eq!(line(&zalgo).chars().count(), 2 + MOST_MARKS);
    assert_eq!(line(&"\u{1100}".repeat(500)), "\u{fffd}");
    for whole in ["Việt Nam", "हिन्दी में", "ที่นี่", "မြန်မာ", "שָׁלוֹם", "ក្រុង", "が"]
    {
        assert_eq!(line(whole), whole);
    }
}

#[test]
fn a_cut_falls_between_clusters_and_shows() {
    assert_eq!(SafeText::line("hello world", 11), "hello world");
    assert_eq!(SafeText::line("hello world", 10), "hello wor…");
    assert_eq!(SafeText::line("hello world", 7), "hello…");
    assert_eq!(SafeText::line("hello", 1), "…");
    assert_eq!(SafeText::line("hello", 0), "");
    assert_eq!(SafeText::line("", 0), "");
    assert_eq!(SafeText::line("ab👩‍🚀cd", 5), "ab…");
    assert_eq!(SafeText::line("ab👩‍🚀cd", 6), "ab👩‍🚀…");
    let long = SafeText::block(&"word\n".repeat(100_000));
    assert_eq!(long.chars().count(), SafeText::LONGEST);
    assert!(long.ends_with('…'));
    assert_eq!(SafeText::line(&" ".repeat(1_000_000), 5), "");
    assert_eq!(SafeText::line(&format!("a{}b", " \n".repeat(100_000)), 5), "a b");
}

#[test]
fn white_space_folds_in_a_line_only() {
    assert_eq!(line("  a \t\n\r\n b\u{a0}\u{3000}c  "), "a b c");
    assert_eq!(block("  a\n\n  b"), "  a\n\n  b");
    assert_eq!(line("a  b"), "a b");
    assert_eq!(line("a "), "a");
}

#[test]
fn a_text_of_the_program_is_cleaned_too() {
    assert_eq!(SafeText::from_static("nothing yet"), "nothing yet");
    assert_eq!(SafeText::from_static("a\u{1b}[31mb…"), "ab…");
    assert_eq!(serde_json::to_string(&SafeText::line("a\"b", 9)).unwrap(), r#""a\"b""#);
}

fn assert_safe(text: &str, breaks: bool) {
    assert!(is_nfc(text), "{text:?}");
    for c in text.chars() {
        let category = c.general_category();
        assert!(category != GeneralCategory::Control || (breaks && c == '\n'), "{text:?}");
        assert!(category != GeneralCategory::Format || c == '\u{200d}', "{text:?}");
        assert!(!matches!(category, GeneralCategory::PrivateUse | GeneralCategory::Unassigned), "{text:?}");
        assert!(breaks || c == ' ' || !c.is_whitespace(), "{text:?}");
    }
    for cluster in text.graphemes(true) {
        let marks = cluster.chars().filter(|c| c.general_category_group() == GeneralCategoryGroup::Mark).count();
        assert!(marks <= MOST_MARKS, "{text:?}");
        assert!(cluster.chars().count() <= LONGEST_CLUSTER, "{text:?}");
        assert!(!cluster.ends_with('\u{200d}') && !cluster.starts_with('\u{200d}'), "{text:?}");
    }
    let first = text.chars().next();
    assert!(first.is_none_or(|c| c.general_category_group() != GeneralCategoryGroup::Mark), "{text:?}");
}

/// Characters that break naive cleaning, mixed with ordinary ones.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => "[ -~]{0,4}",
        6 => prop::sample::select(vec![
            "\u{1b}", "\u{1b}[", "\u{1b}]", "\u{1b}P", "\u{1b}\\", "\u{9b}", "\u{9d}", "\u{9c}", "\u{7}", "\n", "\r", " ",
            "\u{301}", "\u{336}", "\u{323}", "\u{200d}", "\u{fe0f}", "\u{20e3}", "1", "👩", "❤", "🏽", "🇩", "🇪", "\u{202e}",
            "\u{1100}", "\u{1161}", "\u{11a8}", "가", "क", "\u{94d}", "ष", "\u{93f}", "\u{9be}", "\u{9c7}", "\u{d4e}",
            "\u{e33}", "ก", "\u{ff9e}", "\u{16d67}", "\u{16d63}", "\u{1031}", "\u{903}", "\u{ad}", "\u{e0061}", "\u{3099}",
            "か", "\u{11a7}", "\u{345}", "α", "\u{fb1d}", "\u{2126}",
        ]).prop_map(str::to_owned),
        1 => ("[\u{300}-\u{36f}\u{200d}\u{1100}\u{94d}क]", 1..40_usize).prop_map(|(piece, times)| piece.repeat(times)),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_line_is_safe_bounded_and_stable(foreign in hostile(), longest in 0..60_usize) {
        let once = SafeText::line(&foreign, longest);
        assert_safe(&once, false);
        prop_assert!(once.chars().count() <= longest);
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        prop_assert_eq!(&SafeText::line(&once, longest), &once);
    }

    #[test]
    fn a_block_is_safe_and_stable(foreign in hostile()) {
        let once = SafeText::block(&foreign);
        assert_safe(&once, true);
        prop_assert_eq!(&SafeText::block(&once), &once);
    }

    #[test]
    fn the_fast_path_is_the_slow_path(text in "[ -~\n]{0,40}", other in "[ -~¡-ɏЀ-ԯ‐-‧€、-〩ぁ-ゖァ-ヾ一-龥가-힣]{0,20}") {
        for text in [text.clone(), other.clone(), text + &other] {
            prop_assert_eq!(block(&text), bound::clean(&text, bound::Shape::Block, SafeText::LONGEST));
            for longest in [0, 5, 1_000] {
                prop_assert_eq!(String::from(SafeText::line(&text, longest)), bound::clean(&text, bound::Shape::Line, longest));
            }
        }
    }
}

#[test]
fn every_simple_character_is_clean_by_itself() {
    for c in ('\0'..=char::MAX).filter(|c| is_simple(*c) && *c != ' ') {
        let text = c.to_string();
        assert_eq!(bound::clean(&text, bound::Shape::Line, 9), text, "U+{:04X}", u32::from(c));
        let pair = format!("a{c}{c}b");
        assert_eq!(bound::clean(&pair, bound::Shape::Line, 9), pair, "U+{:04X}", u32::from(c));
    }
}
