use proptest::prelude::*;

use super::linear::Header;
use super::text::Kind;
use super::train::{Corpus, Lesson, Settings, Trained, train};
use super::*;

fn features(text: &str) -> Features {
    let mut pieces = Pieces::default();
    pieces.read(text);
    let mut features = Features::default();
    features.add(&pieces, &Spec::FULL, 0);
    features
}

fn kinds(text: &str) -> Vec<(Kind, &str)> {
    let mut pieces = Pieces::default();
    pieces.read(text);
    pieces.list().iter().map(|piece| (piece.kind, &text[piece.start as usize..piece.end as usize])).collect()
}

const SAID: [(&str, usize); 8] = [
    ("the chain snapped again, awful", 0),
    ("awful support, never again", 0),
    ("broken on arrival and nobody answers", 0),
    ("it is awful and broken", 0),
    ("lovely ride, thank you", 1),
    ("love the new saddle, lovely colours", 1),
    ("thank you for the quick help", 1),
    ("a lovely shop, love it", 1),
];

fn small(settings: &Settings) -> Trained {
    let mut corpus = Corpus::default();
    for (text, class) in SAID {
        let mut target = Scores::zero(2);
        target.all_mut()[class] = 1.0;
        corpus.add(&features(text), Lesson { target, weight: 1.0, group: 0 });
    }
    train(&corpus, 2, Link::Softmax, Spec::FULL, settings, |_| {})
}

fn settings() -> Settings {
    Settings { bits: 12, least_examples: 1, ..Settings::default() }
}

#[test]
fn a_text_falls_into_its_pieces() {
    use Kind::*;
    assert_eq!(
        kinds("@ferris don't #RideSafe https://x.example/a?b 12 :-) 😍!!"),
        [
            (Handle, "@ferris"),
            (Word, "don't"),
            (Hashtag, "#RideSafe"),
            (Link, "https://x.example/a?b"),
            (Number, "12"),
            (Sign, ":-)"),
            (Sign, "😍"),
            (Mark, "!!")
        ]
    );
    assert_eq!(kinds("最高です"), [(Word, "最"), (Word, "高"), (Word, "で"), (Word, "す")]);
    assert_eq!(kinds("बहुत अच्छा").len(), 2);
}

#[test]
fn case_accents_vowel_signs_and_drawn_out_letters_do_not_count() {
    let key = |text: &str| {
        let mut pieces = Pieces::default();
        pieces.read(text);
        pieces.list()[0].key
    };
    assert_eq!(key("ÉTÉ"), key("ete"));
    assert_eq!(key("Don’t"), key("don't"));
    assert_eq!(key("sooooo"), key("sooo"));
    assert_eq!(key("كِتاب"), key("كتاب"));
    assert_eq!(key("#Love"), key("love"));
    assert_eq!(key("love"), hash::of_str("love"));
    assert_ne!(key("love"), key("glove"));
}

#[test]
fn a_negation_reaches_to_the_next_stop_or_turn() {
    let mut pieces = Pieces::default();
    pieces.read("not a good bike, but lovely. Never again please");
    let reached: Vec<usize> =
        pieces.list().iter().enumerate().filter(|(_, piece)| piece.negated).map(|(at, _)| at).collect();
    assert_eq!(reached, [1, 2, 3, 7, 8]);
    pieces.read("kein gutes Rad");
    assert!(pieces.list()[1].negated);
}

#[test]
fn training_learns_and_the_same_seed_gives_the_same_bytes() {
    let asset = |settings: &Settings| asset::write(&small(settings).quantised("small", &["bad", "good"], Some(0)));
    assert_eq!(asset(&settings()), asset(&settings()));
    assert_ne!(asset(&settings()), asset(&Settings { seed: 8, leave_out: 0.3, ..settings() }));
    let model = small(&settings()).quantised("small", &["bad", "good"], Some(0));
    for (text, class) in SAID.into_iter().chain([("awful and broken bike", 0), ("thank you, lovely", 1)]) {
        assert_eq!(model.probabilities(&features(text)).likeliest().0, class, "{text}");
    }
}

#[test]
fn quantisation_keeps_the_scores_and_a_reference_class_changes_no_probability() {
    let trained = small(&settings());
    let with = trained.quantised("small", &["bad", "good"], Some(1));
    let without = trained.quantised("small", &["bad", "good"], None);
    for (text, _) in SAID {
        let exact = trained.scores(features(text).hashes()).linked(Link::Softmax).class(0);
        assert!((with.probabilities(&features(text)).class(0) - exact).abs() < 0.02, "{text}");
        assert!((without.probabilities(&features(text)).class(0) - exact).abs() < 0.02, "{text}");
    }
}

#[test]
fn contributions_and_biases_add_up_to_the_scores() {
    let model = small(&settings()).quantised("small", &["bad", "good"], Some(0));
    let features = features("not lovely but broken, thank you");
    let mut pieces = Pieces::default();
    pieces.read("not lovely but broken, thank you");
    let scores = model.scores(&features);
    let parts = model.contributions(&features, pieces.list().len());
    let bias = &model.header().bias;
    let from_parts: f32 = parts.iter().map(|part| part.gave.class(1) - part.gave.class(0)).sum();
    let expected = (scores.class(1) - bias[1]) - (scores.class(0) - bias[0]);
    assert!((from_parts - expected).abs() < 1e-3, "{from_parts} {expected}");
    let (good, bad) = (parts[1].gave.class(1), parts[3].gave.class(1));
    assert!(good > 0.0 && bad < 0.0, "{good} {bad}");
}

#[test]
fn independent_classes_are_learned_each_by_itself_and_untaught_ones_are_left_alone() {
    let mut corpus = Corpus::default();
    for (text, class) in SAID {
        let target = Scores::of(&[f32::from(u8::from(class == 0)), f32::from(u8::from(class == 1)), f32::NAN]);
        corpus.add(&features(text), Lesson { target, weight: 1.0, group: 0 });
    }
    let trained = train(&corpus, 3, Link::Independent, Spec::FULL, &settings(), |_| {});
    let model = trained.quantised("small", &["bad", "good", "unknown"], None);
    let read = model.probabilities(&features("awful, broken"));
    assert!(read.class(0) > 0.6 && read.class(1) < 0.4, "{read:?}");
    assert_eq!(read.class(2), 0.5);
}

#[test]
fn calibration_finds_the_temperature_that_was_taken_away() {
    let mut seen = Vec::new();
    // Of the scores ln 3 apart three in four hold; they are given twice as far apart.
    for (sign, holds, count) in [(1.0, 0, 3), (1.0, 1, 1), (-1.0, 1, 3), (-1.0, 0, 1)] {
        let mut truth = Scores::zero(2);
        truth.all_mut()[holds] = 1.0;
        let scores = Scores::of(&[2.0 * 3.0f32.ln() * sign, 0.0]);
        seen.extend(std::iter::repeat_n(calibrate::Seen { scores, truth, weight: 1.0 }, count));
    }
    let found = calibrate::fit(&seen, 2, Link::Softmax, 0.0);
    assert!((found.slope.class(0) - 0.5).abs() < 0.01, "{found:?}");
    assert!((found.shift.class(0) - found.shift.class(1)).abs() < 0.01, "{found:?}");
}

#[test]
fn a_language_has_its_calibration_and_the_others_do_not() {
    let mut model = small(&settings()).quantised("small", &["bad", "good"], None);
    let seen = features("bad");
    let plain = model.probabilities(&seen);
    let own = calibrate::Calibration { slope: Scores::of(&[0.0, 0.0]), shift: Scores::of(&[0.0, 3.0f32.ln()]) };
    calibrate::put_languages(&mut model, &[("hi".to_owned(), own)]);
    for language in [None, Some("en"), Some(""), Some("h")] {
        assert_eq!(model.probabilities_in(&seen, language), plain, "{language:?}");
    }
    for language in ["hi", "HI", "hi-IN", "hi_Latn"] {
        assert!((model.probabilities_in(&seen, Some(language)).class(1) - 0.75).abs() < 1e-5, "{language}");
    }
    assert_eq!(asset::read_owned(&asset::write(&model)), Ok(model.clone()));
    model.header_mut().tuned[0].shift.push(1.0);
    let refused = asset::read_owned(&asset::write(&model));
    assert_eq!(refused, Err(asset::AssetError::Misfit("the calibration of a language")));
}

#[test]
fn a_hindi_negation_reaches_back_over_two_words_within_its_clause() {
    let negated = |text: &str| {
        let mut pieces = Pieces::default();
        pieces.read(text);
        pieces.list().iter().filter(|piece| piece.negated).count()
    };
    assert_eq!(negated("mujhe pasand nahi"), 2);
    assert_eq!(negated("kal yahan khana acha nahi"), 2);
    assert_eq!(negated("मस्त है, पसंद नहीं"), 1);
    assert_eq!(negated("the shop was good"), 0);
}

#[test]
fn the_best_threshold_parts_what_can_be_parted() {
    let read = [0.9, 0.7, 0.4, 0.2].map(|number| Scores::of(&[number]));
    let truth = [1.0, 1.0, 1.0, 0.0].map(|number| Scores::of(&[number]));
    let threshold = calibrate::best_thresholds(&read, &truth, 1)[0];
    assert!(threshold > 0.2 && threshold < 0.4, "{threshold}");
}

#[test]
fn an_asset_comes_back_as_it_was_sparse_or_dense() {
    let model = small(&settings()).quantised("small", &["bad", "good"], None);
    assert_eq!(asset::read_owned(&asset::write(&model)), Ok(model.clone()));
    let header = Header { bits: 8, ..model.header().clone() };
    let dense = Linear::new(header, vec![7; 512].into());
    assert_eq!(asset::read_owned(&asset::write(&dense)), Ok(dense));
}

#[test]
fn a_damaged_asset_is_refused_with_its_reason() {
    let file = asset::write(&small(&settings()).quantised("small", &["bad", "good"], None));
    assert_eq!(asset::read_owned(b"something else"), Err(asset::AssetError::NotAModel));
    assert_eq!(asset::read_owned(&file[..10]), Err(asset::AssetError::Short));
    let mut newer = file.clone();
    newer[8] = 9;
    assert_eq!(asset::read_owned(&newer), Err(asset::AssetError::Version(9)));
    let mut damaged = file.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert_eq!(asset::read_owned(&damaged), Err(asset::AssetError::Damaged));
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_piece_lies_on_it(text in "\\PC{0,80}") {
        let mut pieces = Pieces::default();
        pieces.read(&text);
        let mut end = 0;
        for piece in pieces.list() {
            prop_assert!(piece.start >= end && piece.end > piece.start);
            prop_assert!(text.get(piece.start as usize..piece.end as usize).is_some());
            end = piece.end;
        }
        let mut features = Features::default();
        features.add(&pieces, &Spec::FULL, 0);
        prop_assert_eq!(features.hashes().len(), features.placed().count());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(mut file in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(asset::read_owned(&file).is_err());
        file.splice(0..file.len().min(12), *b"GWLINEAR\x01\0\0\0");
        prop_assert!(asset::read_owned(&file).is_err());
    }
}
