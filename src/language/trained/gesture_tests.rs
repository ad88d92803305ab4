use super::super::gesture::{Cap, GestureReading, ReadGesture};
use super::super::model::asset;
use super::super::model::card::{Card, hash_of};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use};
use super::{GestureRecipe, TrainedGesture};
use crate::domain::{Gesture, Trigger};

fn read(text: &str, reply: bool) -> GestureReading {
    TrainedGesture::embedded().unwrap().gesture(text, reply)
}

#[test]
fn the_assets_are_those_of_their_cards_and_small() {
    let files: [(&[u8], &str); 3] = [
        (
            include_bytes!("../../../assets/models/gesture.bin"),
            include_str!("../../../assets/models/gesture.card.toml"),
        ),
        (
            include_bytes!("../../../assets/models/gesture-trigger.bin"),
            include_str!("../../../assets/models/gesture-trigger.card.toml"),
        ),
        (
            include_bytes!("../../../assets/models/gesture-cap.bin"),
            include_str!("../../../assets/models/gesture-cap.card.toml"),
        ),
    ];
    for (bytes, card) in files {
        let card: Card = toml::from_str(card).unwrap();
        let model = asset::read_owned(bytes).unwrap();
        assert_eq!((card.bytes, card.hash.as_str()), (bytes.len() as u64, hash_of(bytes).as_str()));
        assert_eq!((&card.name, &card.classes), (&model.header().name, &model.header().classes));
        assert!(card.data.iter().any(|origin| origin.used_for == "training" && origin.examples > 1_000));
    }
    let total: usize = files.iter().map(|(bytes, _)| bytes.len()).sum();
    assert!(total < 1_200_000, "{total}");
    let card: Card = toml::from_str(files[0].1).unwrap();
    let reached = |measure: &str| card.figures.iter().find(|figure| figure.measure == measure).unwrap().value;
    assert!(reached("macro-F1") > 0.82 && reached("recall conditional") > 0.82);
}

#[test]
fn plain_posts_are_read_as_people_read_them() {
    use Gesture::{Ask, Conditional, Give, Talk};
    for (text, reply, expected) in [
        ("We gave $20,000 to the flood relief fund this morning. No strings.", false, Give),
        ("Hi Sam, your refund went out today, sorry for the wait.", true, Give),
        ("20% off all saddles this weekend. Order now!", false, Ask),
        ("Please leave us a review!", true, Ask),
        ("For every retweet we donate $1 to the flood relief fund.", false, Conditional),
        ("Sign up for our newsletter and get a free map.", false, Conditional),
        ("Proud to announce that we opened our third office in Leeds.", false, Talk),
        ("Mondays, eh?", false, Talk),
        ("We donated 30 tents to the scouts.", false, Give),
        ("Here's how to patch a tent.", false, Give),
        ("We have given $80,000 to the Red Cross. Here is where it goes.", false, Give),
        ("We sell a new pump at pumps.example", false, Ask),
    ] {
        let reading = read(text, reply);
        assert_eq!(reading.gesture, expected, "{text}: {:?}", reading.probabilities);
        assert!((reading.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

#[test]
fn conditions_in_german_french_and_spanish_have_their_trigger_and_cap() {
    for (text, trigger, number, currency) in [
        (
            "Wir spenden 5 Euro für jeden geteilten Beitrag, höchstens 10.000 Euro.",
            Trigger::Share,
            10_000.0,
            Some("EUR"),
        ),
        ("Pro Retweet geben wir 2 € an das Tierheim, maximal 5.000 €.", Trigger::Share, 5_000.0, Some("EUR")),
        ("Für jede Bestellung spenden wir CHF 1, bis zu CHF 20'000.", Trigger::Purchase, 20_000.0, Some("CHF")),
        (
            "Pour chaque partage, nous donnons 1 euro au refuge, jusqu'à 10 000 euros.",
            Trigger::Share,
            10_000.0,
            Some("EUR"),
        ),
        ("Por cada compartido donamos 1 euro al refugio, hasta 10.000 euros.", Trigger::Share, 10_000.0, Some("EUR")),
        ("Für jeden neuen Follower spenden wir 1 Euro, höchstens 3.000 Euro.", Trigger::Follow, 3_000.0, Some("EUR")),
        (
            "Für jeden Kommentar unter diesem Beitrag geben wir 50 Cent, bis zu 2.000 Euro.",
            Trigger::Comment,
            2_000.0,
            Some("EUR"),
        ),
        ("Por cada compra plantamos un árbol, hasta 5.000 árboles.", Trigger::Purchase, 5_000.0, None),
    ] {
        let reading = read(text, false);
        assert_eq!(reading.gesture, Gesture::Conditional, "{text}: {:?}", reading.probabilities);
        assert_eq!(reading.trigger.map(|found| found.0), Some(trigger), "{text}");
        let cap = reading.cap.unwrap_or_else(|| panic!("{text}"));
        let amount = cap.amount.clone().unwrap();
        assert_eq!((amount.number, amount.currency), (number, currency), "{text}: {cap:?}");
    }
}

#[test]
fn a_conditional_gift_has_its_trigger_cap_and_proceeds() {
    for (text, trigger, cap) in [
        (
            "Retweet this and we give $1 for each retweet, up to $100,000, for the earthquake relief.",
            Trigger::Share,
            Some("up to $100,000"),
        ),
        (
            "Retweet this and we give $1 for each retweet, at most $100,000, for the earthquake relief",
            Trigger::Share,
            Some("at most $100,000"),
        ),
        ("Like and repost: 1 repost = 1 meal, capped at £5,000", Trigger::Share, Some("capped at £5,000")),
        ("Buy any mug and we plant a tree, all proceeds go to the forest school.", Trigger::Purchase, None),
        ("Follow us for a chance to win a bike. Winner drawn on Friday.", Trigger::Follow, None),
        ("Comment below and you could win a helmet.", Trigger::Comment, None),
        (
            "Sign up for our newsletter and get a free map, while supplies last.",
            Trigger::Signup,
            Some("while supplies last"),
        ),
    ] {
        let reading = read(text, false);
        assert_eq!(reading.trigger.map(|found| found.0), Some(trigger), "{text}");
        assert_eq!(reading.cap.as_ref().map(|cap| cap.text.as_str()), cap, "{text}");
        assert!(reading.cap.iter().all(|cap| text.get(cap.span.clone()) == Some(cap.text.as_str())));
        assert_eq!(reading.all_proceeds.is_some(), text.contains("all proceeds"), "{text}");
    }
    let amount = Cap::at("up to $100,000", 0..14).and_then(|cap| cap.amount).unwrap();
    assert_eq!((amount.number, amount.unit.as_deref(), amount.currency), (100_000.0, Some("$"), Some("USD")));
}

#[test]
fn the_parts_lie_in_the_text_and_point_at_the_words_that_decide() {
    let text = "For every retweet we donate $1 to the shelter";
    let reading = read(text, false);
    let weight = |word: &str| {
        reading
            .parts
            .iter()
            .filter(|part| text.get(part.span.clone()) == Some(word))
            .map(|part| part.weight)
            .sum::<f32>()
    };
    assert!(weight("retweet") > 0.0, "{:?}", reading.parts);
}

#[test]
fn odd_texts_are_read_without_harm_and_alike_each_time() {
    let huge = "win € 5 up to ".repeat(20_000);
    for text in ["", " ", "🥐🥐🥐", "مرحبا بكم", "これは", "<b>free</b> &amp; \u{202e}", "$ % = ?", huge.as_str()]
    {
        let reading = read(text, false);
        assert_eq!(reading, read(text, false));
        assert!(reading.parts.iter().all(|part| text.get(part.span.clone()).is_some()));
        assert!(reading.probabilities.iter().all(|probability| probability.is_finite()));
    }
}

const LINES: &str = r#"{"text":"Fixed it, sorry","reply":true,"label":"give"}
{"text":"Buy a lamp today","label":"ask"}
{"text":"Share this and win a lamp, first 20 people","label":"conditional","trigger":"share","cap":"first 20 people"}
{"text":"It rained","label":"talk"}
{"text":"Sent you a new one","reply":true,"label":"give"}
{"text":"Order two lamps","label":"ask"}
{"text":"Buy a lamp and get a bulb, while stocks last","label":"conditional","trigger":"purchase","cap":"while stocks last"}
{"text":"Lamps are lamps","label":"talk"}
{"text":"Share a photo for a free bulb","label":"conditional","trigger":"share","cap":null}
{"text":"Buy one, get a hat, up to 50 hats","label":"conditional","trigger":"purchase","cap":"up to 50 hats"}
"#;

fn set(content: &str) -> Set {
    Set {
        name: "made up".to_owned(),
        kind: "acts".to_owned(),
        language: "en".to_owned(),
        used_for: Use::Training,
        first_line: 1,
        weight: 1.0,
        origin: "made up".to_owned(),
        licence: "as goodword".to_owned(),
        content: content.to_owned(),
    }
}

const SMALL: GestureRecipe = GestureRecipe { bits: 12, epochs: 8, models: 2 };

fn made(content: &str, seed: u64) -> Result<Vec<Made>, RecipeError> {
    SMALL.make(&[set(content)], &Order { made: "2026-01-31".to_owned(), seed }, &mut |_| {})
}

#[test]
fn the_same_sets_make_the_same_bytes_and_cards_that_fit() {
    let first = made(LINES, 3).unwrap();
    assert_eq!(first, made(LINES, 3).unwrap());
    assert_ne!(first.first().map(|made| &made.asset), made(LINES, 4).unwrap().first().map(|made| &made.asset));
    let names: Vec<&str> = first.iter().map(|made| made.name.as_str()).collect();
    assert_eq!(names, ["gesture", "gesture-trigger", "gesture-cap"]);
    for made in &first {
        assert_eq!((made.card.bytes, &made.card.hash), (made.asset.len() as u64, &hash_of(&made.asset)));
        assert_eq!(made.card.data.first().map(|origin| origin.examples), Some(10));
    }
}

#[test]
fn lines_that_contradict_themselves_are_named() {
    for (line, why) in [
        (r#"{"text":"a","label":"gift"}"#, "its label is not give, ask, conditional or talk"),
        (r#"{"text":"a","label":"conditional","trigger":"luck"}"#, "there is no such trigger"),
        (r#"{"text":"a","label":"conditional","trigger":"share","cap":"b"}"#, "its cap is not in its text"),
    ] {
        let error = made(&format!("{LINES}{line}\n"), 3).unwrap_err().to_string();
        assert_eq!(error, format!("line 11 of the set \"made up\" cannot be used: {why}"));
    }
    assert_eq!(
        SMALL.make(&[], &Order { made: "2026-01-31".to_owned(), seed: 3 }, &mut |_| {}).unwrap_err(),
        RecipeError::Missing { kind: "acts", used_for: "training" }
    );
}
