use std::io::Write;

use super::*;
use crate::language::{Readers, SubjectContext};

const CLASSES: [Sentiment; 3] = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];

fn shares([negative, neutral, positive]: [f32; 3]) -> Shares {
    Shares { negative, neutral, positive }
}

fn lesson(read: [f32; 3], said: Sentiment, occasion: Occasion) -> Lesson {
    let read = shares(read);
    Lesson { read, shown: read.likeliest().0, said, occasion }
}

const SURE: Shares = Shares { negative: 0.2, neutral: 0.3, positive: 0.5 };

#[test]
fn without_corrections_nothing_changes() {
    assert_eq!(Learned::from_lessons(&[]), Learned::default());
    assert_eq!(Learned::default().apply(SURE), SURE);
}

#[test]
fn what_a_brand_calls_negative_is_learned_and_taken_back() {
    let lessons = vec![lesson([0.2, 0.3, 0.5], Sentiment::Negative, Occasion::Asked); 30];
    let learned = Learned::from_lessons(&lessons);
    assert_eq!(learned.from, 30);
    let after = learned.apply(SURE);
    assert!(after.negative > 0.7, "{after:?}");
    assert!((after.negative + after.neutral + after.positive - 1.0).abs() < 1e-5);
    let (before, after) = learned.errors(&lessons).unwrap();
    assert!(before > 0.5 && after < 0.2, "{before} {after}");
    assert_eq!(learned.errors(&lessons[..4]), None, "too few");
}

#[test]
fn mistakes_that_a_person_picked_do_not_teach_that_the_model_is_always_wrong() {
    let positive = |occasion| {
        let said = |n: i32| if n % 2 == 0 { Sentiment::Negative } else { Sentiment::Neutral };
        let lessons: Vec<_> = (0..50).map(|n| lesson([0.25, 0.25, 0.5], said(n), occasion)).collect();
        Learned::from_lessons(&lessons).apply(SURE).positive
    };
    assert!(positive(Occasion::Asked) < 0.1);
    assert!(positive(Occasion::Volunteered) > 0.3);
}

#[test]
fn what_was_shown_counts_and_not_what_was_read_before_anything_was_learned() {
    // The model read positive, what was learned showed neutral, and the person says positive: that is a mistake of what
    // was learned, and no word on neutral against negative.
    let corrected =
        Lesson { shown: Sentiment::Neutral, ..lesson([0.2, 0.3, 0.5], Sentiment::Positive, Occasion::Volunteered) };
    let [negative, _, positive] = Learned::from_lessons(&[corrected; 9]).biases;
    assert!(positive > 0.1 && negative < 0.0, "{negative} {positive}");
}

#[test]
fn a_correction_teaches_what_it_says_of_sentiment() {
    use crate::domain::{CorrectionId, Intents, MentionId, Reading, Said, SubjectId, Timestamp};
    let taught = Shares { negative: 0.6, neutral: 0.2, positive: 0.2 };
    let correction = Correction {
        id: CorrectionId(1),
        mention: Some(MentionId(1)),
        subject: SubjectId(1),
        read: Reading { subject: SubjectId(1), about: true, sentiment: Some(taught), intents: Intents::default() },
        untaught: Some(SURE),
        untaught_intents: None,
        said: Said::sentiment(Sentiment::Positive),
        occasion: Occasion::Volunteered,
        intents_occasion: Occasion::Volunteered,
        at: Timestamp::UNIX_EPOCH,
    };
    let lesson = Lesson::of(&correction).unwrap();
    assert_eq!((lesson.read, lesson.shown, lesson.said), (SURE, Sentiment::Negative, Sentiment::Positive));
    assert_eq!(Lesson::of(&Correction { said: Said::about(false), ..correction.clone() }), None);
    assert_eq!(Lesson::of(&Correction { untaught: None, ..correction }), None);
}

/// A fixed stream of numbers for the draws (SplitMix64).
pub(super) struct Draws(pub(super) u64);

impl Draws {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }
}

impl Draws {
    pub(super) fn one(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 20) as f32
    }

    /// A class with these chances.
    pub(super) fn class<const N: usize>(&mut self, chances: [f32; N]) -> usize {
        let mut left = self.one() * chances.iter().sum::<f32>();
        for (class, chance) in chances.iter().enumerate() {
            if left < *chance {
                return class;
            }
            left -= chance;
        }
        N - 1
    }
}

/// Mean distance of the class shares in percentage points.
fn points(read: &[(Shares, usize)], learned: Learned) -> f64 {
    let mut off = [0.0f64; 3];
    for (shares, label) in read {
        let after = numbers(learned.apply(*shares));
        off.iter_mut().zip(after).for_each(|(sum, share)| *sum += f64::from(share));
        off[*label] -= 1.0;
    }
    100.0 * off.iter().map(|sum| sum.abs()).sum::<f64>() / (3 * read.len()) as f64
}

/// The mean of [`points`] over 40 draws of so many lessons.
fn after(read: &[(Shares, usize)], count: usize, occasion: Occasion, pull: f32) -> f64 {
    let mut draws = Draws(11);
    let mut sum = 0.0;
    for _ in 0..40 {
        let mut lessons = Vec::new();
        while lessons.len() < count {
            let (shares, label) = read[draws.below(read.len())];
            let (shown, said) = (shares.likeliest().0, CLASSES[label]);
            if occasion == Occasion::Asked || shown != said {
                lessons.push(Lesson { read: shares, shown, said, occasion });
            }
        }
        sum += points(read, Learned::pulled(&lessons, pull));
    }
    sum / 40.0
}

/// A made-up brand: a model that is right about the order of mentions and wrong about how many there are of each kind.
fn made_up(shift: [f32; 3], noise: f32) -> Vec<(Shares, usize)> {
    let mut draws = Draws(7);
    (0..4_000)
        .map(|_| {
            let mut strength = || (draws.one() + draws.one() + draws.one() - 1.5) * 3.0;
            let scores = [strength(), strength() + 0.4, strength()];
            let told = fit::moved(scores.map(f32::exp), [0.0; 3]);
            let wobble = [draws.one(), draws.one(), draws.one()].map(|one| (one - 0.5) * noise);
            let truth = [0, 1, 2].map(|class| (scores[class] + shift[class] + wobble[class]).exp());
            (shares(told), draws.class(truth))
        })
        .collect()
}

#[test]
fn fifty_answers_bring_the_shares_of_a_made_up_brand_within_five_points() {
    for (shift, noise) in
        [([1.5, 0.0, -0.5], 0.5), ([-1.0, 1.0, 0.0], 2.0), ([0.5, -1.5, 0.5], 1.0), ([0.0, -0.4, 1.8], 0.5)]
    {
        let read = made_up(shift, noise);
        let (none, fifty) = (points(&read, Learned::default()), after(&read, 50, Occasion::Asked, PULL));
        assert!(none > 8.0, "{shift:?}: nothing is wrong, {none:.1}");
        assert!(fifty <= 5.0, "{shift:?}: from {none:.1} to {fifty:.1}");
        let picked = after(&read, 50, Occasion::Volunteered, PULL);
        assert!(picked < none, "{shift:?}: mistakes that were picked make it worse, from {none:.1} to {picked:.1}");
    }
    // Where the model is right, answers do little harm.
    let right = made_up([0.0; 3], 0.5);
    assert!(after(&right, 50, Occasion::Asked, PULL) <= 5.0);
    assert!(after(&right, 50, Occasion::Volunteered, PULL) <= 5.0);
}

/// Mean error of the class shares after so many corrections, over 40 draws.
///
/// Ignored by default, for labelled posts are no part of the project. `GOODWORD_LABELLED` names files of lines
/// `text TAB label`, parted by colons, one in another language than English with `LANG=` before it:
/// `GOODWORD_LABELLED=a.tsv:fr=b.tsv cargo test --lib language::correct -- --ignored --nocapture`
#[test]
#[ignore = "needs labelled posts, see the documentation of this test"]
fn fifty_corrections_bring_the_shares_within_five_points() {
    let readers = Readers::trained();
    let files = std::env::var("GOODWORD_LABELLED").expect("GOODWORD_LABELLED names files");
    let mut out = std::io::stderr();
    let mut worst = 0.0f64;
    for file in files.split(':').filter(|file| !file.ends_with(".ndjson")) {
        let (lang, path) = file.split_once('=').unwrap_or(("en", file));
        let text = std::fs::read_to_string(path).unwrap();
        let read: Vec<(Shares, usize)> = text
            .lines()
            .filter_map(|line| line.rsplit_once('\t'))
            .filter_map(|(text, label)| {
                let shares = readers.sentiment.sentiment(text, Some(lang), &SubjectContext::default())?;
                Some((shares, ["negative", "neutral", "positive"].iter().position(|known| *known == label)?))
            })
            .collect();
        write!(out, "{file}: {} posts; none {:.1}", read.len(), points(&read, Learned::default())).unwrap();
        for count in [20, 50, 100, 200] {
            let mean = after(&read, count, Occasion::Asked, PULL);
            write!(out, ", {count} asked {mean:.1}").unwrap();
            if count == 50 {
                worst = worst.max(mean);
            }
        }
        writeln!(out, ", 50 volunteered {:.1}", after(&read, 50, Occasion::Volunteered, PULL)).unwrap();
        for pull in [0.3, 1.0, 2.0, 4.0, 8.0] {
            let [few, asked] = [20, 50].map(|count| after(&read, count, Occasion::Asked, pull));
            let picked = after(&read, 50, Occasion::Volunteered, pull);
            writeln!(out, "  a pull of {pull}: 20 asked {few:.1}, 50 asked {asked:.1}, 50 volunteered {picked:.1}")
                .unwrap();
        }
    }
    assert!(worst <= 5.0, "{worst}");
}
