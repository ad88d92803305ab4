use std::io::Write;

use super::super::tests::Draws;
use super::*;
use crate::language::{Readers, SubjectContext, Wants, Weighed};

use Intent::{Complaint, Other, Question};

const READ: IntentShares = IntentShares([0.5, 0.25, 0.05, 0.05, 0.15]);

fn set(intents: &[Intent]) -> Intents {
    Intents::of(intents)
}

fn lesson(said: &[Intent], occasion: Occasion) -> IntentLesson {
    IntentLesson { read: READ, shown: set(&[Complaint]), said: set(said), occasion }
}

#[test]
fn without_corrections_nothing_changes() {
    assert_eq!(LearnedIntents::from_lessons(&[]), LearnedIntents::default());
    assert_eq!(LearnedIntents::default().apply(READ), READ);
}

#[test]
fn questions_that_are_read_as_complaints_are_read_as_questions_then() {
    for occasion in [Occasion::Asked, Occasion::Volunteered] {
        let lessons = vec![lesson(&[Question], occasion); 30];
        let learned = LearnedIntents::from_lessons(&lessons);
        let after = learned.apply(READ);
        assert!(after.of(Question) > after.of(Complaint), "{occasion:?}: {after:?}");
        assert!((after.0.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let (before, then) = learned.errors(&lessons).unwrap();
        assert!(before > 0.2 && then < before * 0.7, "{occasion:?}: {before} {then}");
        assert_eq!((learned.from, learned.errors(&lessons[..4])), (30, None), "too few");
    }
    // Mistakes that were picked do not teach that complaints are always mistakes.
    let of = |occasion| LearnedIntents::from_lessons(&[lesson(&[Question], occasion); 30]).apply(READ).of(Complaint);
    assert!(of(Occasion::Asked) < 0.1 && of(Occasion::Volunteered) > of(Occasion::Asked) + 0.1);
}

#[test]
fn a_set_of_two_teaches_what_was_added_and_what_was_dropped() {
    let learned = |lesson| LearnedIntents::from_lessons(&[lesson; 20]);
    // That it complains was right; that it asks as well was missed.
    let added = learned(lesson(&[Complaint, Question], Occasion::Volunteered));
    let [complaint, question, .., other] = added.biases;
    assert!(question > 0.5 && complaint.abs() < 0.2 && other < 0.0, "{:?}", added.biases);
    // Asked about, both count a half.
    let asked = learned(lesson(&[Complaint, Question], Occasion::Asked)).apply(READ);
    assert!(asked.of(Complaint) > 0.35 && asked.of(Question) > 0.35 && asked.of(Other) < 0.1, "{asked:?}");
    // Two were shown and one is left.
    let both = IntentLesson { shown: set(&[Complaint, Question]), ..lesson(&[Complaint], Occasion::Volunteered) };
    assert_eq!(both.note().out, [false, true, false, false, false]);
    assert!(learned(both).biases[0] > 0.1);
    // Volunteered that it is right: as if asked.
    let right = lesson(&[Complaint], Occasion::Volunteered);
    assert_eq!(right.note(), lesson(&[Complaint], Occasion::Asked).note());
}

#[test]
fn contradictory_corrections_move_little() {
    for occasion in [Occasion::Asked, Occasion::Volunteered] {
        let shown = |read: &IntentShares| decided(*read);
        let one = IntentShares([0.45, 0.25, 0.05, 0.05, 0.2]);
        let other = IntentShares([0.25, 0.45, 0.05, 0.05, 0.2]);
        let lessons: Vec<_> = (0..50)
            .map(|n| {
                let (read, said) = if n % 2 == 0 { (one, Question) } else { (other, Complaint) };
                IntentLesson { read, shown: shown(&read), said: set(&[said]), occasion }
            })
            .collect();
        let learned = LearnedIntents::from_lessons(&lessons);
        assert!((learned.biases[0] - learned.biases[1]).abs() < 0.05, "{occasion:?}: {:?}", learned.biases);
        for read in [one, other] {
            assert_eq!(decided(learned.apply(read)).primary(), decided(read).primary(), "{occasion:?}");
        }
    }
}

#[test]
fn a_correction_teaches_what_it_says_of_intents() {
    use crate::domain::{CorrectionId, MentionId, Reading, Said, Sentiment, SubjectId, Timestamp};
    let correction = Correction {
        id: CorrectionId(1),
        mention: Some(MentionId(1)),
        subject: SubjectId(1),
        read: Reading { subject: SubjectId(1), about: true, sentiment: None, intents: set(&[Complaint]) },
        untaught: None,
        untaught_intents: Some(READ),
        said: Said { sentiment: Some(Sentiment::Neutral), ..Said::intents(set(&[Question])) },
        occasion: Occasion::Asked,
        intents_occasion: Occasion::Volunteered,
        at: Timestamp::UNIX_EPOCH,
    };
    assert_eq!(IntentLesson::of(&correction), Some(lesson(&[Question], Occasion::Volunteered)));
    assert_eq!(IntentLesson::of(&Correction { said: Said::about(false), ..correction.clone() }), None);
    assert_eq!(IntentLesson::of(&Correction { said: Said::intents(Intents::default()), ..correction.clone() }), None);
    assert_eq!(IntentLesson::of(&Correction { untaught_intents: None, ..correction }), None);
}

/// The intents that a reader would show.
fn decided(shares: IntentShares) -> Intents {
    Wants::Weighed(Weighed { shares, second: 0.36, bitter: false }).intents()
}

/// Mean distance of the shares of intents from those that a person says, in percentage points: by probabilities, and by
/// what is shown.
fn points(read: &[(IntentShares, Intent)], learned: LearnedIntents) -> (f64, f64) {
    let pairs = |shares: &dyn Fn(IntentShares) -> [f32; 5]| {
        let pairs = read.iter().map(|(read, said)| (shares(learned.apply(*read)), halves(set(&[*said]))));
        f64::from(100.0 * fit::share_error(pairs))
    };
    (pairs(&|taught| taught.0), pairs(&|taught| halves(decided(taught))))
}

/// The mean of [`points`] over 40 draws of so many lessons.
fn after(read: &[(IntentShares, Intent)], count: usize, occasion: Occasion, pull: f32) -> (f64, f64) {
    let mut draws = Draws(11);
    let mut sum = (0.0, 0.0);
    for _ in 0..40 {
        let mut lessons = Vec::new();
        for _ in 0..100_000 {
            if lessons.len() == count {
                break;
            }
            let (read, said) = read[draws.below(read.len())];
            let (shown, said) = (decided(read), set(&[said]));
            if occasion == Occasion::Asked || shown.primary() != said.primary() {
                lessons.push(IntentLesson { read, shown, said, occasion });
            }
        }
        let (soft, hard) = points(read, LearnedIntents::pulled(&lessons, pull));
        sum = (sum.0 + soft / 40.0, sum.1 + hard / 40.0);
    }
    sum
}

/// A made-up subject: a reader that is right about the order of mentions and wrong about how many there are of each
/// kind.
fn made_up(shift: [f32; 5], noise: f32) -> Vec<(IntentShares, Intent)> {
    let mut draws = Draws(7);
    (0..4_000)
        .map(|_| {
            let mut strength = |usual: f32| (draws.one() + draws.one() + draws.one() - 1.5) * 3.5 + usual;
            let scores = [0.4, 0.2, 0.2, -0.6, 0.8].map(&mut strength);
            let wobble = [(); 5].map(|()| (draws.one() - 0.5) * noise);
            let truth: [f32; 5] = std::array::from_fn(|class| (scores[class] + shift[class] + wobble[class]).exp());
            (IntentShares(fit::moved(scores.map(f32::exp), [0.0; 5])), Intent::ALL[draws.class(truth)])
        })
        .collect()
}

#[test]
fn fifty_corrections_bring_the_shares_of_a_made_up_subject_nearer() {
    // Questions are read as complaints; praise is taken for advertising; everything is taken for something.
    for (shift, noise) in
        [([-1.2, 1.6, 0.0, 0.0, 0.0], 0.5), ([0.0, 0.0, 1.4, -1.0, 0.0], 1.0), ([-0.6, -0.8, -0.6, 0.0, 1.6], 1.0)]
    {
        let read = made_up(shift, noise);
        let none = points(&read, LearnedIntents::default());
        assert!(none.0 > 5.0, "{shift:?}: nothing is wrong, {none:?}");
        let asked = after(&read, 50, Occasion::Asked, PULL);
        assert!(asked.0 < none.0 * 0.55 && asked.0 <= 5.0, "{shift:?}: from {none:?} to {asked:?}");
        assert!(asked.1 < none.1, "{shift:?}: from {none:?} to {asked:?}");
        let picked = after(&read, 50, Occasion::Volunteered, PULL);
        assert!(picked.0 < none.0 && picked.1 < none.1, "{shift:?}: mistakes that were picked, {none:?} to {picked:?}");
    }
    // Where the reader is right, answers do little harm.
    let right = made_up([0.0; 5], 0.5);
    for occasion in [Occasion::Asked, Occasion::Volunteered] {
        let (soft, _) = after(&right, 50, occasion, PULL);
        assert!(soft <= 3.5, "{occasion:?}: {soft:.1}");
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_lesson() -> impl Strategy<Value = IntentLesson> {
        (proptest::array::uniform5(0f32..1.0), 1u8..32, 1u8..32, any::<bool>()).prop_map(
            |(weights, shown, said, asked)| IntentLesson {
                read: IntentShares(fit::moved(weights, [0.0; 5])),
                shown: Intents::from_bits(shown),
                said: Intents::from_bits(said),
                occasion: if asked { Occasion::Asked } else { Occasion::Volunteered },
            },
        )
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_taught_shares_are_shares(
            lessons in proptest::collection::vec(any_lesson(), 0..60),
            read in proptest::array::uniform5(0f32..1.0),
        ) {
            let learned = LearnedIntents::from_lessons(&lessons);
            let after = learned.apply(IntentShares(fit::moved(read, [0.0; 5])));
            prop_assert!(after.0.iter().all(|share| (0.0..=1.0).contains(share)), "{:?}", after);
            prop_assert!((after.0.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{:?}", after);
            prop_assert!(learned.biases.iter().all(|bias| bias.is_finite()));
        }

        #[test]
        fn a_single_word_moves_no_share_far(lesson in any_lesson()) {
            let learned = LearnedIntents::from_lessons(&[lesson]);
            prop_assert!(learned.biases.iter().all(|bias| bias.abs() <= 1.0 / PULL + 0.01), "{:?}", learned.biases);
        }

        #[test]
        fn the_order_of_corrections_does_not_matter(lessons in proptest::collection::vec(any_lesson(), 0..40)) {
            let there = LearnedIntents::from_lessons(&lessons);
            let back = LearnedIntents::from_lessons(&lessons.into_iter().rev().collect::<Vec<_>>());
            let far = there.biases.iter().zip(back.biases).map(|(one, other)| (one - other).abs());
            prop_assert!(far.fold(0.0, f32::max) < 1e-3);
        }
    }
}

/// Mean error of the shares of intents after so many corrections, over 40 draws: once as the posts are labelled, and
/// once for a person who calls every other complaint a question.
///
/// Ignored by default, for labelled posts are no part of the project. `GOODWORD_LABELLED` names files, parted by colons;
/// those that end with `.ndjson` hold lines `{"brand", "text", "intent", "about_brand"}`:
/// `GOODWORD_LABELLED=a.ndjson cargo test --lib language::correct -- --ignored --nocapture`
#[test]
#[ignore = "needs labelled posts, see the documentation of this test"]
fn corrections_bring_the_shares_of_labelled_intents_nearer() {
    let readers = Readers::trained();
    let files = std::env::var("GOODWORD_LABELLED").expect("GOODWORD_LABELLED names files");
    let mut out = std::io::stderr();
    let said = |(soft, hard): (f64, f64)| format!("{soft:.1} ({hard:.1})");
    for path in files.split(':').filter(|path| path.ends_with(".ndjson")) {
        let mut complaints = 0usize;
        let text = std::fs::read_to_string(path).unwrap();
        let posts: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for strict in [false, true] {
            let mut person = |labelled| {
                complaints += usize::from(labelled == Complaint);
                if strict && labelled == Complaint && complaints.is_multiple_of(2) { Question } else { labelled }
            };
            let read: Vec<(IntentShares, Intent)> = posts
                .iter()
                .filter(|post| post["about_brand"].as_bool().unwrap())
                .filter_map(|post| {
                    let (text, name) = (post["text"].as_str().unwrap(), post["brand"].as_str().unwrap());
                    let subject = SubjectContext { name, ..SubjectContext::default() };
                    let sentiment = readers.sentiment.sentiment(text, Some("en"), &subject);
                    let shares = readers.intent.wants(text, Some("en"), sentiment.as_ref(), &subject).shares()?;
                    let labelled = Intent::ALL.into_iter().find(|intent| intent.name() == post["intent"])?;
                    Some((shares, person(labelled)))
                })
                .collect();
            let none = points(&read, LearnedIntents::default());
            let how = if strict { "who calls every other complaint a question" } else { "as labelled" };
            writeln!(out, "{path}, {how}: {} posts; points off (as shown): none {}", read.len(), said(none)).unwrap();
            for pull in [1.0, PULL, 8.0] {
                write!(out, "  a pull of {pull}:").unwrap();
                for count in [20, 50, 200] {
                    let asked = after(&read, count, Occasion::Asked, pull);
                    let picked = after(&read, count, Occasion::Volunteered, pull);
                    write!(out, " {count} asked {}, picked {};", said(asked), said(picked)).unwrap();
                }
                writeln!(out).unwrap();
            }
            let [asked, picked] =
                [Occasion::Asked, Occasion::Volunteered].map(|occasion| after(&read, 50, occasion, PULL).0);
            assert!(asked <= 5.0, "{path}, {how}: from {none:?} to {asked:.1}");
            // Mistakes that a person picked say less of how many there are.
            let most = if strict { none.0 } else { 5.0 };
            assert!(picked < most, "{path}, {how}: from {none:?} to {picked:.1}");
        }
    }
}
