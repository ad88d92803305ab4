//! Letters: which characters make words, and what is left of a word when case and diacritics do not count.
//!
//! One opinion for the whole house, so that the matcher and the full-text index agree on what a word is:
//! [`fold_into`] makes the form in which words are compared, [`indexed`] makes the text that the index is given.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, decompose_compatible};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// What a character does to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A letter or digit of a script that puts spaces between words.
    Word,
    /// A letter of a script whose words are searched as substrings: Han, Kana, Hangul, Thai, Lao, Khmer, Burmese.
    Unspaced,
    /// A combining mark: continues a word, never begins one.
    Mark,
    /// Invisible and without meaning inside a word: soft hyphens, joiners, variation selectors, direction marks.
    Ignorable,
    /// An emoji or another sign that can be searched for by itself.
    Symbol,
    /// Everything that separates words.
    Other,
}

/// What the character does to words.
pub fn class(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Class::Word } else { Class::Other };
    }
    if is_ignorable(c) {
        return Class::Ignorable;
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number | GeneralCategoryGroup::Mark
            if is_unspaced_script(c) =>
        {
            Class::Unspaced
        }
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number => Class::Word,
        GeneralCategoryGroup::Mark => Class::Mark,
        // Accents standing alone are no signs to search for; skin tones are.
        GeneralCategoryGroup::Symbol if c.general_category() != GeneralCategory::ModifierSymbol || is_skin_tone(c) => {
            Class::Symbol
        }
        _ => Class::Other,
    }
}

/// One of the five skin tones of emoji.
pub fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// A selector of text or emoji presentation.
pub fn is_presentation_selector(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

/// A character that may stand for an apostrophe inside a word.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2BC}' | '\u{FF07}' | '\u{B4}' | '`')
}

fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

fn is_unspaced_script(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3035}' | '\u{3038}'..='\u{303C}' | '\u{3041}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{A4CF}' | '\u{A960}'..='\u{A97F}' | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}'
        | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFD}')
}

/// Letters that are only another typeface or width of plain ones: full width, mathematical alphabets, Latin
/// ligatures, half-width Kana, positional Arabic. Superscripts and circled letters are not: they are their own signs.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{2102}' | '\u{210A}'..='\u{2113}' | '\u{2115}' | '\u{2119}'..='\u{211D}' | '\u{2124}' | '\u{2128}'
        | '\u{212C}' | '\u{212D}' | '\u{212F}'..='\u{2134}' | '\u{2139}' | '\u{FB00}'..='\u{FB06}'
        | '\u{FB50}'..='\u{FBB1}' | '\u{FE80}'..='\u{FEFC}' | '\u{FF01}'..='\u{FFDC}' | '\u{1D400}'..='\u{1D7FF}')
}

/// Marks that change how a letter is read but not which letter it is: Latin, Greek and Cyrillic accents that did not
/// compose, Hebrew points, Arabic vowel signs and the tatweel.
fn is_dropped_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}')
}

/// Lower-case letters without a decomposition that people replace by plain ones.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ſ' => "s",
        'ς' => "σ",
        'ϐ' => "β",
        'ϑ' => "θ",
        'ϕ' => "φ",
        'ϖ' => "π",
        'ϰ' => "κ",
        'ϱ' => "ρ",
        'ϵ' => "ε",
        'µ' => "μ",
        'ё' | 'ѐ' => "е",
        'ѝ' => "и",
        _ => return None,
    })
}

/// Appends the form of a word in which it is compared: lower case, no diacritics, composed, apostrophes straight,
/// invisible characters gone. Letters that a mark makes into other letters stay (`й`, `が`, `ñ` becomes `n`).
pub fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    } else if word.chars().all(|c| c < '\u{180}' && c != '\u{AD}') {
        word.chars().for_each(|c| push_folded(c, out));
    } else {
        plain_letters(word).nfc().for_each(|c| push_folded(c, out));
    }
}

/// The form of a word in which it is compared; see [`fold_into`].
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

fn plain_letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_ignorable(*c)).flat_map(|c| {
        let mut parts = [None; 4];
        if is_styled(c) {
            let mut free = parts.iter_mut();
            decompose_compatible(c, |part| {
                if let Some(slot) = free.next() {
                    *slot = Some(part);
                }
            });
        } else {
            parts = [Some(c), None, None, None];
        }
        parts.into_iter().flatten()
    })
}

fn push_folded(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if is_apostrophe(c) {
        out.push('\'');
    } else {
        c.to_lowercase().for_each(|lower| push_lower(lower, out));
    }
}

fn push_lower(c: char, out: &mut String) {
    if is_dropped_mark(c) {
        return;
    }
    if let Some(letters) = plain(c) {
        return out.push_str(letters);
    }
    // `ǡ` is the one accented Latin letter that the tokenizer of the index does not fold.
    let accents_fold = matches!(c, '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}') && c != 'ǡ';
    if !accents_fold {
        return out.push(c);
    }
    decompose_canonical(c, |part| {
        if !is_dropped_mark(part) {
            match plain(part) {
                Some(letters) => out.push_str(letters),
                None => out.push(part),
            }
        }
    });
}

/// The text that the full-text index is given in place of the original, so that its tokenizer (`unicode61`, with
/// `remove_diacritics 2`) finds the same words as the matcher. That tokenizer glues signs that are newer than its
/// tables (most emoji) and scripts without spaces to the word beside them, and splits words at invisible characters;
/// here signs become spaces, a space stands where such scripts meet other letters, styled letters become plain and
/// invisible characters are dropped. Case and diacritics stay: the index folds them itself.
pub fn indexed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = Class::Other;
    for c in plain_letters(text).nfc() {
        if is_apostrophe(c) {
            before = Class::Other;
            out.push('\'');
            continue;
        }
        let now = match class(c) {
            Class::Ignorable => continue,
            Class::Mark if is_dropped_mark(c) => continue,
            Class::Mark => before,
            class => class,
        };
        if matches!((before, now), (Class::Word, Class::Unspaced) | (Class::Unspaced, Class::Word)) {
            out.push(' ');
        }
        out.push(if c.is_ascii() || matches!(now, Class::Word | Class::Unspaced) { c } else { ' ' });
        before = now;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_do_not_count() {
        for (word, form) in [
            ("CAFÉ", "cafe"),
            ("cafe\u{301}", "cafe"),
            ("naïve", "naive"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Ærøskøbing", "aeroskobing"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("KIRMIZI", "kirmizi"),
            ("kırmızı", "kirmizi"),
            ("Αθήνα", "αθηνα"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός", "οδοσ"),
            ("ЕЩЁ", "еще"),
            ("Ｋｉｌｎ", "kiln"),
            ("𝗞𝗶𝗹𝗻", "kiln"),
            ("oﬃce", "office"),
            ("fahr\u{AD}rad", "fahrrad"),
            ("don’t", "don't"),
            ("Đặng", "dang"),
        ] {
            assert_eq!(folded(word), form, "{word}");
        }
    }

    #[test]
    fn letters_that_a_mark_makes_stay() {
        for (word, form) in [
            ("мой", "мой"),
            ("мои\u{306}", "мой"),
            ("ガラス", "ガラス"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("हिन्दी", "हिन्दी"),
            ("한국", "한국"),
            ("\u{1112}\u{1161}\u{11AB}국", "한국"),
            ("m²", "m²"),
        ] {
            assert_eq!(folded(word), form, "{word}");
        }
        assert_eq!(folded("مُحَمَّد"), folded("محمد"));
        assert_eq!(folded("שָׁלוֹם"), folded("שלום"));
    }

    #[test]
    fn the_index_sees_the_words_apart() {
        assert_eq!(indexed("plain text"), Cow::Borrowed("plain text"));
        assert_eq!(indexed("今日kilnを使った"), "今日 kiln を使った");
        assert_eq!(indexed("🥰kiln🥰"), " kiln ");
        assert_eq!(indexed("Fahr\u{AD}rad ｋｉｌｎ k\u{336}iln"), "Fahrrad kiln kiln");
        assert_eq!(indexed("Crème brûlée, Łódź"), "Crème brûlée, Łódź");
        assert_eq!(indexed("हिन्दी don’t"), "हिन्दी don't");
    }

    #[test]
    fn every_character_has_a_class_and_a_form() {
        for c in '\0'..=char::MAX {
            let form = folded(&c.to_string());
            assert_eq!(folded(&form), form, "folding U+{:04X} twice", u32::from(c));
            if class(c) == Class::Word {
                assert!(!form.is_empty() || is_dropped_mark(c), "U+{:04X} vanished", u32::from(c));
            }
        }
    }
}
