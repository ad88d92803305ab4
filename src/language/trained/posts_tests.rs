//! Tests of the readers of intent and about-us and of their recipes.

use std::sync::Arc;

use super::super::library::Library;
use super::super::model::card::{Card, hash_of};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use};
use super::super::model::{Linear, asset};
use super::super::{ReadAbout, ReadIntent, Readers, SubjectContext};
use super::*;
use crate::domain::{Intent, Intents};

fn read(text: &str, name: &str) -> Intents {
    let readers = Readers::trained();
    let subject = SubjectContext { name, ..SubjectContext::default() };
    let shares = readers.sentiment.sentiment(text, Some("en"), &subject);
    readers.intent.intents(text, Some("en"), shares.as_ref(), &subject)
}

fn intent_reader() -> TrainedIntent {
    TrainedIntent::embedded(Arc::new(Library::new())).unwrap()
}

fn about_reader() -> TrainedAbout {
    TrainedAbout::embedded(Arc::new(Library::new())).unwrap()
}

fn about(text: &str, name: &str) -> bool {
    about_reader().about(text, Some("en"), &SubjectContext { name, ..SubjectContext::default() })
}

fn checked(asset: &'static [u8], card: &str) -> Card {
    let card: Card = toml::from_str(card).unwrap();
    let model = asset::read(asset).unwrap();
    assert_eq!(card.bytes, asset.len() as u64);
    assert_eq!(card.hash, hash_of(asset));
    assert_eq!((&card.name, &card.classes), (&model.header().name, &model.header().classes));
    assert!(card.data.iter().all(|origin| !origin.origin.is_empty() && !origin.licence.is_empty()));
    assert!(asset.len() < 1_000_000, "{} bytes", asset.len());
    card
}

fn reached(card: &Card, measure: &str) -> f64 {
    card.figures.iter().find(|figure| figure.on.ends_with("unseen writers") && figure.measure == measure).unwrap().value
}

#[test]
fn the_assets_are_those_of_their_cards() {
    let intent: &'static [u8] = include_bytes!("../../../assets/models/intent.bin");
    let card = checked(intent, include_str!("../../../assets/models/intent.card.toml"));
    assert_eq!(card.classes, Intent::ALL.map(Intent::name));
    assert!(reached(&card, "macro-F1") > 0.72);
    let about: &'static [u8] = include_bytes!("../../../assets/models/about.bin");
    let card = checked(about, include_str!("../../../assets/models/about.card.toml"));
    assert!(reached(&card, "F1 of something else") > 0.70);
}

#[test]
fn every_intent_is_told() {
    for (text, expected) in [
        ("the Zorbit kettle leaked all over my worktop and support has ignored three emails", Intent::Complaint),
        ("my zorbit stopped charging after two weeks, refund refused. never again", Intent::Complaint),
        ("does the zorbit kettle come with a uk plug?", Intent::Question),
        ("anyone know if Zorbit ships to Norway", Intent::Question),
        ("I absolutely love my zorbit, best kettle I have ever had, thank you", Intent::Praise),
        ("huge thanks to Priya at Zorbit who sorted my order so kindly", Intent::Praise),
        ("Use code ZORB20 for 20% off all Zorbit kettles this weekend, link in bio", Intent::Promo),
        ("Zorbit to open a second factory in Porto next year, the company said on Monday", Intent::Other),
    ] {
        assert!(read(text, "Zorbit").has(expected), "{text}: {:?}", read(text, "Zorbit"));
    }
}

#[test]
fn two_intents_hold_only_where_they_can_be_meant_at_once() {
    for text in [
        "zorbit",
        "love it? hate it?",
        "why is Zorbit so slow and when will you fix it?",
        "love zorbit, do you do red?",
    ] {
        let intents = read(text, "Zorbit");
        let count = intents.iter().count();
        assert!(count == 1 || (count <= 3 && intents.has(Intent::Question) && !intents.has(Intent::Other)), "{text}");
    }
}

#[test]
fn other_languages_go_by_the_rules() {
    let reader = intent_reader();
    let subject = SubjectContext { name: "Zorbit", ..SubjectContext::default() };
    let read = reader.probabilities("got the zorbit today", Some("en"), None, &subject).unwrap();
    assert!((read.all().iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(reader.probabilities("wann kommt das neue Zorbit?", Some("de"), None, &subject).is_none());
    assert!(reader.intents("wann kommt das neue Zorbit?", Some("de"), None, &subject).has(Intent::Question));
}

#[test]
fn the_words_behind_an_intent_point_the_right_way() {
    let text = "does the zorbit come in blue?";
    let subject = SubjectContext { name: "Zorbit", ..SubjectContext::default() };
    let evidence = intent_reader().explain(text, Some("en"), Intent::Question, &subject);
    let weight = |word: &str| {
        let found = evidence.iter().find(|found| &text[found.span.clone()] == word);
        found.map_or(0.0, |found| found.weight)
    };
    assert!(weight("does") > 0.0 && weight("?") > 0.0, "{evidence:?}");
    assert!(evidence.is_sorted_by_key(|found| found.span.start));
}

#[test]
fn a_name_in_another_sense_is_told_from_the_brand() {
    for (text, name, expected) in [
        ("a walnut fell on my head in the garden, autumn is here", "Walnut", false),
        ("we planted a walnut tree by the gate when the baby was born", "Walnut", false),
        ("Walnut customer service has not answered my refund request", "Walnut", true),
        ("is the Walnut app down for anyone else?", "Walnut", true),
        ("@walnut my order never arrived", "Walnut", true),
        ("nothing here names it at all", "Walnut", true),
    ] {
        assert_eq!(about(text, name), expected, "{text}");
    }
}

#[test]
fn the_watch_has_its_say() {
    let reader = about_reader();
    let text = "walnut and dates on the table";
    let (context, others) = (["dates".to_owned()], ["Walnut and Dates".to_owned()]);
    let plain = SubjectContext { name: "Walnut", ..SubjectContext::default() };
    let told = SubjectContext { context: &context, ..plain };
    let claimed = SubjectContext { others: &others, ..plain };
    let sum = |subject: &SubjectContext<'_>| -> f32 {
        reader.explain(text, Some("en"), subject).iter().map(|found| found.weight).sum()
    };
    assert!(sum(&told) > sum(&plain) + 2.0, "{} {}", sum(&told), sum(&plain));
    assert!(sum(&claimed) < sum(&plain) - 2.0, "{} {}", sum(&claimed), sum(&plain));
    assert!(!reader.about(text, Some("en"), &claimed));
    let rival = ["Hazel".to_owned()];
    let beside = SubjectContext { others: &rival, ..plain };
    let pair = "Walnut or Hazel, which one has the better app?";
    assert!(reader.about(pair, Some("en"), &beside));
}

#[test]
fn the_words_behind_about_point_the_right_way() {
    let text = "the refund from Walnut never came";
    let subject = SubjectContext { name: "Walnut", ..SubjectContext::default() };
    let evidence = about_reader().explain(text, Some("en"), &subject);
    let weight = |word: &str| evidence.iter().find(|found| &text[found.span.clone()] == word).map(|found| found.weight);
    assert!(weight("refund").unwrap_or_default() > 0.0, "{evidence:?}");
    assert!(weight("Walnut").is_some(), "{evidence:?}");
}

#[test]
fn odd_texts_are_read_safely() {
    let long = "walnut ".repeat(20_000);
    for text in ["", " ", "🙃🙃🙃", "胡桃の木", "<b>walnut</b>&nbsp;", "@walnut", "walnut's", "\u{202e}walnut", &long]
    {
        for lang in [None, Some("en"), Some("xx")] {
            let subject = SubjectContext { name: "Walnut", ..SubjectContext::default() };
            let (intents, meant) = (intent_reader(), about_reader());
            assert!(intents.intents(text, lang, None, &subject).iter().count() >= 1);
            let _ = meant.about(text, lang, &subject);
            let all = intents.explain(text, lang, Intent::Other, &subject).into_iter();
            for found in all.chain(meant.explain(text, lang, &subject)) {
                assert!(text.get(found.span.clone()).is_some(), "{found:?}");
            }
        }
    }
    let nameless = SubjectContext::default();
    assert!(about_reader().about("a walnut", Some("en"), &nameless));
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
    let lines: &[(&str, &str, bool)] = &[
        ("my Walnut order is late and broken", "complaint", true),
        ("a walnut fell from the tree", "other", false),
        ("does Walnut ship to Spain?", "question", true),
        ("walnut cake with cream", "other", false),
        ("I love Walnut, lovely people", "praise", true),
        ("the walnut tree is bare", "other", false),
        ("20% off at Walnut, link in bio", "promo", true),
        ("cracked a walnut with a hammer", "other", false),
        ("Walnut opens in Leeds", "other", true),
        ("broken again, Walnut, refund me", "complaint", true),
        ("walnut bread is lovely", "other", false),
        ("does the Walnut app work offline?", "question", true),
    ];
    let of = |(text, intent, about): &(&str, &str, bool)| {
        format!(
            "{{\"brand\":\"Walnut\",\"text\":\"{text}\",\"intent\":\"{intent}\",\"sentiment\":\"neutral\",\
             \"about_brand\":{about}}}\n"
        )
    };
    let posts: String = lines.iter().map(of).collect();
    let sentiment = "awful chain\tnegative\nit is Tuesday\tneutral\nlovely ride\tpositive\n";
    vec![
        set("posts", "posts", Use::Training, &posts),
        set("posts chosen", "posts", Use::Choosing, &posts),
        set("labels", "sentiment", Use::Training, sentiment),
        set("labels chosen", "sentiment", Use::Choosing, sentiment),
    ]
}

fn order(seed: u64) -> Order {
    Order { made: "2026-01-31".to_owned(), seed }
}

fn made(recipe: &dyn Recipe, sets: &[Set], seed: u64) -> Made {
    recipe.make(sets, &order(seed), &mut |_| {}).unwrap().remove(0)
}

fn small() -> (IntentRecipe, AboutRecipe) {
    let (mut intent, mut about) = (IntentRecipe::STANDARD, AboutRecipe::STANDARD);
    (intent.folds, about.folds) = (2, 2);
    (intent.settings.bits, about.settings.bits) = (12, 12);
    intent.sentiment = SentimentRecipe { bits: 12, epochs: 2, models: 1 };
    (intent, about)
}

#[test]
fn the_same_sets_make_the_same_bytes_and_the_cards_tell_where_from() {
    let (intent, about) = small();
    for recipe in [&intent as &dyn Recipe, &about] {
        let first = made(recipe, &made_up(), 3);
        assert_eq!(first, made(recipe, &made_up(), 3));
        assert_ne!(first.asset, made(recipe, &made_up(), 4).asset);
        assert_eq!(first.card.hash, hash_of(&first.asset));
        assert_eq!(first.card.name, recipe.name());
        let used: Vec<(&str, &str)> =
            first.card.data.iter().map(|origin| (origin.name.as_str(), origin.used_for.as_str())).collect();
        assert_eq!(used, [("posts", "training"), ("posts chosen", "choosing")]);
        assert!(first.card.figures.iter().all(|figure| (0.0..=1.0).contains(&figure.value)));
    }
}

#[test]
fn what_was_made_reads_what_it_learned() {
    let (intent, about) = small();
    let library = Arc::new(Library::new());
    let subject = SubjectContext { name: "Walnut", ..SubjectContext::default() };
    let model = asset::read_owned(&made(&intent, &made_up(), 3).asset).unwrap();
    let kinds = Arc::new(KindsRecipe::STANDARD.learned(&made_up()).unwrap());
    let reader = TrainedIntent::new(model, Arc::clone(&kinds), Arc::clone(&library));
    assert!(reader.intents("does Walnut ship to Spain?", Some("en"), None, &subject).has(Intent::Question));
    let both = about.make(&made_up(), &order(3), &mut |_| {}).unwrap();
    let models: Vec<Linear> = both.iter().map(|made| asset::read_owned(&made.asset).unwrap()).collect();
    let names: Vec<&str> = models.iter().map(|model| model.header().name.as_str()).collect();
    assert_eq!(names, ["about", "common"]);
    let reader = TrainedAbout::new(models[0].clone(), Common::new(models[1].clone()), kinds, library);
    assert!(!reader.about("the walnut tree is bare", Some("en"), &subject));
    assert!(reader.about("does Walnut ship to Spain?", Some("en"), &subject));
}

#[test]
fn missing_and_wrong_sets_are_named() {
    let (intent, about) = small();
    for recipe in [&intent as &dyn Recipe, &about] {
        let none = recipe.make(&[], &order(1), &mut |_| {}).unwrap_err();
        assert_eq!(none, RecipeError::Missing { kind: "posts", used_for: "training" });
    }
    let mut sets = made_up();
    sets[0].content = sets[0].content.replace("\"promo\"", "\"advert\"");
    let error = intent.make(&sets, &order(1), &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "line 7 of the set \"posts\" cannot be used: its intent is none of the five");
}
