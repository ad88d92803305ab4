//! Parts a text that is too long into several posts, at the borders of paragraphs, sentences or words.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::TextRules;

/// Most posts that an answer may become; whoever needs more should write less, or elsewhere.
pub const MOST: usize = 9;

/// The parts of a text, each with its number ("1/2") at its end, each fitting the network. One part without a number
/// when the text fits as it is; `None` when it cannot be parted: too long for [`MOST`] posts, or a word too long.
pub fn split(text: &str, fits: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let text = text.trim();
    if fits(text) {
        return Some(vec![text.to_owned()]);
    }
    (2..=MOST).find_map(|many| into(text, many, fits))
}

/// Parts it into exactly so many posts.
fn into(text: &str, many: usize, fits: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    for number in 1..=many {
        let numbered = |words: &str| format!("{} {number}/{many}", words.trim_end());
        let end = if number == many && fits(&numbered(rest)) {
            rest.len()
        } else {
            furthest(rest, &|words| fits(&numbered(words)))?
        };
        let (part, after) = rest.split_at_checked(end)?;
        let part = numbered(part);
        if part.len() <= format!(" {number}/{many}").len() || !fits(&part) {
            return None;
        }
        parts.push(part);
        rest = after.trim_start();
    }
    rest.is_empty().then_some(parts)
}

/// The best border up to which the words fit: the last end of a sentence or paragraph if that is not far from the last
/// end of a word, else the last end of a word.
fn furthest(text: &str, fits: &dyn Fn(&str) -> bool) -> Option<usize> {
    let word = last_fitting(
        text.split_word_bound_indices().filter(|(_, word)| word.trim().is_empty()).map(|(at, _)| at),
        text,
        fits,
    )?;
    let sentences = text.split_sentence_bound_indices().map(|(at, sentence)| at + sentence.len());
    let sentence = last_fitting(sentences, text, fits);
    // A part that ends with a sentence may be shorter by half, not more: else a long sentence makes tiny posts.
    Some(sentence.filter(|sentence| sentence * 2 >= word).unwrap_or(word))
}

/// The last of some growing borders up to which the words fit.
fn last_fitting(borders: impl Iterator<Item = usize>, text: &str, fits: &dyn Fn(&str) -> bool) -> Option<usize> {
    let borders: Vec<usize> = borders.filter(|border| *border > 0).collect();
    let most = borders.partition_point(|border| text.get(..*border).is_some_and(fits));
    most.checked_sub(1).and_then(|last| borders.get(last).copied())
}

/// The text that parts were made of, as far as that can be told: their numbers taken away, joined by empty lines.
pub fn join(parts: &[String]) -> String {
    let many = parts.len();
    let bare = parts.iter().enumerate().map(|(index, part)| {
        let number = format!(" {}/{many}", index + 1);
        if many > 1 { part.strip_suffix(&number).unwrap_or(part) } else { part }
    });
    bare.collect::<Vec<_>>().join("\n\n")
}

/// Whether the network takes a text with this warning before it.
pub fn fits(rules: &TextRules, text: &str, warning: &str) -> bool {
    rules.fits(text) && rules.longest.is_none_or(|longest| super::tally::counted(rules, text, warning) <= longest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn up_to(longest: usize) -> impl Fn(&str) -> bool {
        move |text| text.chars().count() <= longest
    }

    #[test]
    fn what_fits_stays_one_post() {
        assert_eq!(split(" hello there ", &up_to(20)), Some(vec!["hello there".to_owned()]));
    }

    #[test]
    fn sentences_stay_whole_where_they_can() {
        let parts = split("We looked at it. The chain was faulty. You get a new one today.", &up_to(45)).unwrap();
        assert_eq!(parts, ["We looked at it. The chain was faulty. 1/2", "You get a new one today. 2/2"]);
        let parts = split("one two three four five six seven eight nine", &up_to(24)).unwrap();
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 24), "{parts:?}");
    }

    #[test]
    fn what_cannot_be_parted_is_not() {
        assert_eq!(split(&"x".repeat(50), &up_to(20)), None);
        assert_eq!(split(&"word ".repeat(500), &up_to(40)), None, "too many posts");
    }

    #[test]
    fn numbers_are_taken_away_again() {
        let parts = split("First thing. Second thing here.", &up_to(25)).unwrap();
        assert_eq!(join(&parts), "First thing.\n\nSecond thing here.");
        assert_eq!(join(&["we won 1/1".to_owned()]), "we won 1/1");
    }

    proptest! {
        #[test]
        fn every_part_fits_and_no_word_is_lost(text in "\\PC{0,300}", longest in 8usize..60) {
            let Some(parts) = split(&text, &up_to(longest)) else { return Ok(()) };
            prop_assert!(parts.len() <= MOST);
            for part in &parts {
                prop_assert!(part.chars().count() <= longest, "{part:?}");
            }
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&join(&parts)), bare(&text));
        }
    }
}
