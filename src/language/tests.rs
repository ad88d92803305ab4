//! The rule-based readers through their traits.

use proptest::prelude::*;

use super::*;
use crate::domain::Sentiment;

/// Read once for all tests.
fn readers() -> &'static Readers {
    static READERS: std::sync::LazyLock<Readers> = std::sync::LazyLock::new(Readers::rule_based);
    &READERS
}

fn mood(text: &str, lang: &str) -> Option<Sentiment> {
    let readers = readers();
    readers.sentiment.sentiment(text, Some(lang), &SubjectContext::default()).map(|shares| shares.likeliest().0)
}

fn positive(text: &str) -> f32 {
    let shares = readers().sentiment.sentiment(text, Some("en"), &SubjectContext::default());
    shares.map(|shares| shares.positive - shares.negative).expect("English is read")
}

fn intents(text: &str, name: &str) -> Intents {
    let readers = readers();
    let subject = SubjectContext { name, ..SubjectContext::default() };
    let shares = readers.sentiment.sentiment(text, Some("en"), &subject);
    readers.intent.intents(text, Some("en"), shares.as_ref(), &subject)
}

fn about(text: &str, name: &str, context: &[String]) -> bool {
    let subject = SubjectContext { name, context, others: &[] };
    readers().about.about(text, Some("en"), &subject)
}

#[test]
fn plain_attitudes_are_read_in_every_language() {
    for (lang, good, bad) in [
        ("en", "Absolutely love this bike, best ride of my life", "Terrible service, the worst shop I have been to"),
        ("fr", "Merci, service excellent, je recommande vivement", "Service nul, je suis très déçu, une honte"),
        ("de", "Super Service, sehr zufrieden, vielen Dank", "Furchtbarer Laden, unfreundlich und alles kaputt"),
        ("es", "Me encanta, excelente servicio, muchas gracias", "Pésimo servicio, una vergüenza, qué asco"),
        ("it", "Servizio ottimo, grazie mille, consigliatissimo", "Servizio pessimo, che schifo, una vergogna"),
        ("pt", "Atendimento excelente, adorei, muito obrigado", "Péssimo atendimento, uma vergonha, que raiva"),
    ] {
        assert_eq!(mood(good, lang), Some(Sentiment::Positive), "{good}");
        assert_eq!(mood(bad, lang), Some(Sentiment::Negative), "{bad}");
    }
}

#[test]
fn a_language_without_lists_has_no_reading() {
    for lang in ["fi", "ja", "ar", "hi", "zh-Hant"] {
        assert_eq!(mood("I love this, 素晴らしい 😍", lang), None, "{lang}");
    }
    let readers = readers();
    let unknown = |text: &str| readers.sentiment.sentiment(text, None, &SubjectContext::default());
    assert_eq!(unknown("Tuote saapui rikki eikä kukaan vastaa puhelimeen"), None);
    assert!(unknown("love it").is_some());
    assert!(unknown("😍😍").is_some());
    assert_eq!(unknown(""), None);
}

#[test]
fn negation_strength_and_but_work() {
    assert!(positive("the bike is good") > positive("the bike is not good"));
    assert!(positive("the bike is not good") < 0.0);
    assert!(positive("the bike is very bad") < positive("the bike is slightly bad"));
    assert!(positive("the bike is bad but the shop is great") > positive("the shop is great but the bike is bad"));
    assert!(positive("nothing wrong with it, not bad at all") > positive("wrong and bad"));
}

#[test]
fn words_in_a_name_are_no_attitude() {
    let readers = readers();
    let read = |name: &str| {
        let subject = SubjectContext { name, ..SubjectContext::default() };
        let evidence = readers.sentiment.explain("at Awesome Bikes today", Some("en"), &subject);
        evidence.len()
    };
    assert_eq!(read("Awesome Bikes"), 0);
    assert_eq!(read("Ferris"), 1);
}

#[test]
fn being_worse_than_us_is_not_our_fault() {
    let others = ["Rival".to_owned()];
    let subject = SubjectContext { name: "Ferris", context: &[], others: &others };
    let readers = readers();
    let weigh = |text: &str| {
        let evidence = readers.sentiment.explain(text, Some("en"), &subject);
        evidence.iter().map(|evidence| evidence.weight).sum::<f32>()
    };
    assert!(weigh("Rival is better than Ferris") < 0.0);
    assert!(weigh("Ferris is better than Rival") > 0.0);
    assert!(weigh("Rival is terrible, Ferris is fine") > weigh("Ferris is terrible, Rival is fine"));
}

#[test]
fn intents_are_told_apart() {
    for (text, intent) in [
        ("My Ferris bike snapped after two days and support has not replied", Intent::Complaint),
        ("does Ferris ship to Norway?", Intent::Question),
        ("Huge thanks to the Ferris team, fixed my wheel in minutes, best shop ever", Intent::Praise),
        ("20% off all Ferris bikes this weekend, use my code RIDE at checkout", Intent::Promo),
        ("Ferris appoints a new CEO after record revenue", Intent::Other),
    ] {
        assert_eq!(intents(text, "Ferris").primary(), intent, "{text}");
    }
}

#[test]
fn every_post_has_an_intent() {
    let readers = readers();
    let read = |text: &str, lang: &str| readers.intent.intents(text, Some(lang), None, &SubjectContext::default());
    assert_eq!(read("送料はいくらですか？", "ja").primary(), Intent::Question);
    assert_eq!(read("今日は晴れ", "ja").primary(), Intent::Other);
    assert_ne!(read("", "en"), Intents::default());
}

#[test]
fn the_plain_sense_of_a_word_is_told_from_the_brand() {
    assert!(about("@ternair lost my bag again", "Tern Air", &[]));
    assert!(about("Kiln's support never answered my ticket", "Kiln", &[]));
    assert!(!about("heard a lark singing over the field this morning", "Lark", &[]));
    assert!(!about("pulled the pots out of the kiln and the glaze had cracked", "Kiln", &[]));
    assert!(about("anything at all", "Ferris", &[]), "the watch matched by other words");
}

#[test]
fn context_words_speak_for_the_subject() {
    let text = "the kiln has eaten three of my builds";
    let odds = |context: &[String]| {
        let subject = SubjectContext { name: "Kiln", context, others: &[] };
        let evidence = readers().about.explain(text, Some("en"), &subject);
        evidence.iter().map(|evidence| evidence.weight).sum::<f32>()
    };
    let context = ["builds".to_owned(), "cache".to_owned()];
    assert!(odds(&context) > odds(&[]));
    assert!(about(text, "Kiln", &context));
}

#[test]
fn everyday_words_are_words() {
    assert!(everyday_words().any(|word| word == "the") && everyday_words().any(|word| word == "nicht"));
    assert!(everyday_words().all(|word| !word.starts_with('[')));
}

#[test]
fn verdicts_name_their_words() {
    let readers = readers();
    let subject = SubjectContext { name: "Ferris", ..SubjectContext::default() };
    let text = "Ferris is not great — use my code?";
    let found = readers.sentiment.explain(text, Some("en"), &subject);
    assert!(found.iter().any(|evidence| text.get(evidence.span.clone()) == Some("not great") && evidence.weight < 0.0));
    let found = readers.intent.explain(text, Some("en"), Intent::Promo, &subject);
    let for_it = found.iter().filter(|evidence| evidence.weight > 0.0);
    let words: Vec<&str> = for_it.filter_map(|evidence| text.get(evidence.span.clone())).collect();
    assert!(words.contains(&"my code"), "{words:?}");
}

#[test]
fn a_hostile_text_is_read_in_bounded_time() {
    let readers = readers();
    let others = ["Rival".to_owned()];
    let context = ["wheel".to_owned()];
    let subject = SubjectContext { name: "Ferris", context: &context, others: &others };
    for piece in ["Ferris ", "not ", "Rival than Ferris ", "?", "a.", "@", "https://", "😍", "can't wait ", ":'(", "'s"]
    {
        let text = piece.repeat(400_000 / piece.len());
        let started = std::time::Instant::now();
        let lang = readers.language.language(&text, None);
        let shares = readers.sentiment.sentiment(&text, Some("en"), &subject);
        let _ = readers.intent.intents(&text, lang.as_deref(), shares.as_ref(), &subject);
        let _ = readers.about.about(&text, Some("en"), &subject);
        assert!(started.elapsed().as_secs() < 3, "{piece:?} took {:?}", started.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_gives_sound_verdicts(
        text in "\\PC{0,200}|([a-zA-Z']{1,9}[ .,!?@#]{1,2}){0,30}",
        lang in prop::option::of("[a-z]{2}(-[A-Z]{2})?"),
        name in "[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?|\\PC{0,10}",
    ) {
        let readers = readers();
        let subject = SubjectContext { name: &name, ..SubjectContext::default() };
        let shares = readers.sentiment.sentiment(&text, lang.as_deref(), &subject);
        if let Some(shares) = shares {
            let sum = shares.negative + shares.neutral + shares.positive;
            prop_assert!((sum - 1.0).abs() < 1e-3);
            prop_assert!([shares.negative, shares.neutral, shares.positive].iter().all(|share| (0.0..=1.0).contains(share)));
        }
        prop_assert!(readers.intent.intents(&text, lang.as_deref(), shares.as_ref(), &subject).iter().count() >= 1);
        let mut evidence = readers.sentiment.explain(&text, lang.as_deref(), &subject);
        evidence.extend(readers.intent.explain(&text, lang.as_deref(), Intent::Complaint, &subject));
        evidence.extend(readers.about.explain(&text, lang.as_deref(), &subject));
        for one in evidence {
            prop_assert!(text.get(one.span.clone()).is_some_and(|words| !words.is_empty()) && one.weight.is_finite());
        }
        if let Some(language) = readers.language.language(&text, lang.as_deref()) {
            prop_assert!((2..=3).contains(&language.len()));
        }
    }
}
