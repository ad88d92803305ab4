use std::sync::Arc;

use super::super::library::Library;
use super::super::model::asset;
use super::super::model::card::{Card, hash_of};
use super::super::model::recipe::{Order, Recipe, RecipeError, Set, Use};
use super::super::{ReadSentiment, SubjectContext};
use super::*;
use crate::domain::Sentiment;

fn reader() -> TrainedSentiment {
    TrainedSentiment::embedded(Arc::new(Library::new())).unwrap()
}

fn read(text: &str, lang: Option<&str>) -> Option<Sentiment> {
    reader().sentiment(text, lang, &SubjectContext::default()).map(|shares| shares.likeliest().0)
}

fn check(asset: &'static [u8], card: &str) -> Card {
    let card: Card = toml::from_str(card).unwrap();
    let model = asset::read(asset).unwrap();
    assert_eq!(card.bytes, asset.len() as u64);
    assert_eq!(card.hash, hash_of(asset));
    assert_eq!((&card.name, &card.classes), (&model.header().name, &model.header().classes));
    assert!(card.data.iter().all(|origin| !origin.origin.is_empty() && !origin.licence.is_empty()));
    assert!(card.data.iter().any(|origin| origin.used_for == "training" && origin.examples > 1_000));
    card
}

#[test]
fn the_assets_are_those_of_their_cards_and_small_enough() {
    let sentiment: &'static [u8] = include_bytes!("../../../assets/models/sentiment.bin");
    let complaint: &'static [u8] = include_bytes!("../../../assets/models/complaint.bin");
    let card = check(sentiment, include_str!("../../../assets/models/sentiment.card.toml"));
    assert_eq!(card.languages, LANGUAGES);
    let learned = |origin: &&super::super::model::card::Origin| origin.used_for == "training";
    assert!(card.data.iter().filter(learned).all(|origin| !origin.licence.contains("NC")));
    check(complaint, include_str!("../../../assets/models/complaint.card.toml"));
    assert!(sentiment.len() + complaint.len() <= 5_000_000);
    let reached = |measure: &str, on: &str| {
        card.figures.iter().find(|figure| figure.on == on && figure.measure == measure).unwrap().value
    };
    assert!(reached("macro-recall", "SemEval-2017 development") > 0.68);
    assert!(reached("macro-recall", "US airlines, validation") > 0.70);
}

#[test]
fn every_language_is_calibrated_by_itself_and_the_card_says_how_well() {
    let card: Card = toml::from_str(include_str!("../../../assets/models/sentiment.card.toml")).unwrap();
    let model = asset::read(include_bytes!("../../../assets/models/sentiment.bin")).unwrap();
    let names = ["Arabic", "French", "German", "Hindi", "Italian", "Portuguese", "Spanish"];
    let sets = names.map(|name| match name {
        "Hindi" => "UMSAB Hindi, unseen folds".to_owned(),
        _ => format!("UMSAB {name}, validation"),
    });
    for on in sets.iter().map(String::as_str).chain(["SemEval-2017 development"]) {
        let figure = card.figures.iter().find(|figure| figure.on == on && figure.measure == "calibration error");
        assert!(figure.unwrap().value <= 0.08, "{on}: {figure:?}");
    }
    let mut own: Vec<&str> = model.header().tuned.iter().map(|tuned| tuned.language.as_str()).collect();
    own.push("en");
    own.sort_unstable();
    let mut all = LANGUAGES;
    all.sort_unstable();
    assert_eq!(own, all);
}

#[test]
fn plain_sentences_are_read_as_people_read_them() {
    use Sentiment::{Negative, Neutral, Positive};
    for (text, lang, expected) in [
        ("I love this bike, best ride of my life!", "en", Positive),
        ("worst service ever, I want my money back", "en", Negative),
        ("The meeting is on Tuesday at 10 in the town hall", "en", Neutral),
        ("not happy with the new update, it keeps crashing", "en", Negative),
        ("thank you so much for the quick help 😍", "en", Positive),
        ("C'est magnifique, merci beaucoup !", "fr", Positive),
        ("Quelle honte, ce service est nul", "fr", Negative),
        ("Das ist eine Katastrophe, nie wieder", "de", Negative),
        ("Wunderschön, ich freue mich so sehr", "de", Positive),
        ("Qué asco de servicio, es una vergüenza", "es", Negative),
        ("Me encanta, muchas gracias, feliz día", "es", Positive),
        ("Che schifo, una vergogna", "it", Negative),
        ("Adoro, muito obrigado, parabéns!", "pt", Positive),
        ("यह बहुत अच्छा है, धन्यवाद", "hi", Positive),
        ("मुझे यह बिल्कुल पसंद नहीं आया", "hi", Negative),
        ("kya bakwas service hai yaar", "hi", Negative),
        ("شكرا جزيلا، رائع جدا", "ar", Positive),
    ] {
        assert_eq!(read(text, Some(lang)), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_read_is_not_called_neutral() {
    assert_eq!(read("Tämä on kauheaa", Some("fi")), None);
    assert_eq!(read("これはひどい", Some("ja")), None);
    assert_eq!(read("I love it, thank you so much", Some("en-GB")), Some(Sentiment::Positive));
    assert_eq!(read("I love it, thank you so much", None), Some(Sentiment::Positive));
}

#[test]
fn probabilities_add_up_and_do_not_depend_on_what_was_read_before() {
    let reader = reader();
    let first = reader.sentiment("lovely but late", Some("en"), &SubjectContext::default()).unwrap();
    let complains = reader.complaint("lovely but late");
    assert_eq!(reader.sentiment("lovely but late", Some("en"), &SubjectContext::default()), Some(first));
    let _ = reader.sentiment("something else entirely", Some("en"), &SubjectContext::default());
    assert_eq!(reader.sentiment("lovely but late", Some("en"), &SubjectContext::default()), Some(first));
    assert_eq!(reader.complaint("lovely but late"), complains);
    assert!((first.negative + first.neutral + first.positive - 1.0).abs() < 1e-5);
    assert!(reader.sentiment("", Some("en"), &SubjectContext::default()).is_some());
}

#[test]
fn complaints_are_told_from_thanks() {
    let reader = reader();
    let broken =
        reader.complaint("@ferris my order still has not arrived and nobody answers my emails, this is a joke");
    let thanks = reader.complaint("@ferris thanks for the lovely weekend, see you next year");
    assert!(broken > 0.6 && thanks < 0.3, "{broken} {thanks}");
}

#[test]
fn the_words_behind_a_reading_lie_in_the_text_and_point_the_right_way() {
    let text = "the saddle is wonderful, the chain is terrible";
    let evidence = reader().explain(text, Some("en"), &SubjectContext::default());
    let weight = |word: &str| evidence.iter().find(|found| &text[found.span.clone()] == word).unwrap().weight;
    assert!(weight("wonderful") > 0.1, "{evidence:?}");
    assert!(weight("terrible") < -0.1, "{evidence:?}");
}

fn set(name: &str, kind: &str, used_for: Use, content: &str) -> Set {
    Set {
        name: name.to_owned(),
        kind: kind.to_owned(),
        language: "en".to_owned(),
        used_for,
        first_line: 1,
        weight: 1.0,
        origin: "made up".to_owned(),
        licence: "as goodword".to_owned(),
        content: content.to_owned(),
    }
}

fn made_up() -> Vec<Set> {
    let labelled = "awful chain\tnegative\nbroken and awful\tnegative\nthe shop opens at nine\tneutral\n\
        it is Tuesday\tneutral\nlovely ride\tpositive\nthank you, lovely\tpositive\n";
    let complaints = "my chain is broken\tcomplaint\nnobody answers, awful\tcomplaint\nwhen do you open\tnot_complaint\n\
        lovely day\tnot_complaint\n";
    vec![
        set("labels", "sentiment", Use::Training, labelled),
        set("shares", "sentiment-shares", Use::Training, "lovely and broken\t0.5,0.1,0.4\nlovely ride\t0.0,0.1,0.9\n"),
        set("chosen", "sentiment", Use::Choosing, labelled),
        set("complaints", "complaints", Use::Training, complaints),
        set("complaints chosen", "complaints", Use::Choosing, complaints),
    ]
}

const SMALL: SentimentRecipe = SentimentRecipe { bits: 12, epochs: 6, models: 1 };

fn order() -> Order {
    Order { made: "2026-01-31".to_owned(), seed: 3 }
}

#[test]
fn the_same_sets_make_the_same_bytes_and_the_card_tells_where_from() {
    let first = SMALL.make(&made_up(), &order(), &mut |_| {}).unwrap();
    let again = SMALL.make(&made_up(), &order(), &mut |_| {}).unwrap();
    assert_eq!(first, again);
    let other = SMALL.make(&made_up(), &Order { seed: 4, ..order() }, &mut |_| {}).unwrap();
    assert_ne!(first[0].asset, other[0].asset);
    let [sentiment, complaint] = first.as_slice() else { panic!("{}", first.len()) };
    assert_eq!((sentiment.name.as_str(), complaint.name.as_str()), ("sentiment", "complaint"));
    assert_eq!(sentiment.card.hash, hash_of(&sentiment.asset));
    assert_eq!(sentiment.card.made, "2026-01-31");
    let counts: Vec<(&str, u64)> =
        sentiment.card.data.iter().map(|origin| (origin.name.as_str(), origin.examples)).collect();
    // A text with shares is not learned from its label again.
    assert_eq!(counts, [("shares", 2), ("labels", 5), ("chosen", 6)]);
    let model = |made: &super::super::model::recipe::Made| asset::read_owned(&made.asset).unwrap();
    let reader = TrainedSentiment::new(model(sentiment), model(complaint), Arc::new(Library::new()));
    let shares = reader.sentiment("awful, broken", Some("en"), &SubjectContext::default()).unwrap();
    assert_eq!(shares.likeliest().0, Sentiment::Negative);
}

#[test]
fn a_language_without_a_set_for_choosing_is_judged_by_models_that_have_not_seen_the_fold() {
    let hindi = |at: usize| match at % 3 {
        0 => "bakwas\tnegative\n",
        1 => "dukan das baje\tneutral\n",
        _ => "mast\tpositive\n",
    };
    let lines: String = std::iter::once("not a label\n").chain((0..15).map(hindi)).collect();
    let mut sets = made_up();
    sets.push(Set { language: "hi".to_owned(), first_line: 2, ..set("hindi", "sentiment", Use::Training, &lines) });
    let made = SMALL.make(&sets, &order(), &mut |_| {}).unwrap();
    let on: Vec<&str> = made[0].card.figures.iter().map(|figure| figure.on.as_str()).collect();
    assert!(on.contains(&"hindi, unseen folds") && on.contains(&"chosen"), "{on:?}");
    let counts = made[0].card.data.iter().find(|origin| origin.name == "hindi").map(|origin| origin.examples);
    assert_eq!(counts, Some(15));
    let tuned = asset::read_owned(&made[0].asset).unwrap();
    let languages: Vec<&str> = tuned.header().tuned.iter().map(|tuned| tuned.language.as_str()).collect();
    assert_eq!(languages, ["hi"]);
}

#[test]
fn a_wrong_line_is_named_with_its_set() {
    let mut sets = made_up();
    sets[0].content.push_str("no label here\n");
    let error = SMALL.make(&sets, &order(), &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "line 7 of the set \"labels\" cannot be used: it has no tab before its label");
    let none = SMALL.make(&[], &order(), &mut |_| {}).unwrap_err();
    assert_eq!(none, RecipeError::Missing { kind: "sentiment", used_for: "training" });
}
