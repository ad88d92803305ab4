use super::*;
use crate::language::Readers;
use crate::language::model::asset;
use crate::language::model::card::{Card, hash_of};

fn held(reader: &dyn ReadCoach, mention: &str, intent: Intent, draft: &str) -> Vec<Flag> {
    let remarks = reader.coach(mention, Intents::of(&[intent]), draft);
    assert_eq!(remarks.iter().map(|remark| remark.flag).collect::<Vec<_>>(), Flag::ALL);
    for remark in &remarks {
        assert!((0.0..=1.0).contains(&remark.probability));
        assert!(remark.because.iter().all(|span| draft.get(span.clone()).is_some_and(|words| !words.is_empty())));
        assert_eq!(remark.holds, !remark.advice.is_empty());
    }
    remarks.into_iter().filter(|remark| remark.holds).map(|remark| remark.flag).collect()
}

#[test]
fn each_fault_is_told() {
    let readers = Readers::trained();
    let told = |draft: &str| held(&*readers.coach, "my saddle cracked after a week", Intent::Complaint, draft);
    assert!(told("Upgrade to our new Pro saddle, 20% off with code RIDE, order today!").contains(&Flag::Pitch));
    assert!(
        told("That's not possible, you must have overtightened it. Our saddles never crack.").contains(&Flag::Denial)
    );
    assert!(told("Thank you for your feedback.").contains(&Flag::NoAcknowledgement));
    assert!(told("A cracked saddle is awful, sorry!").contains(&Flag::NoNextStep));
    assert!(told("Sorry! Post your order number, address and phone below.").contains(&Flag::PersonalData));
    assert!(told("A cracked saddle is awful, [NAME]. A new one ships today.").contains(&Flag::Placeholder));
    assert!(told("Dear customer, we apologise for any inconvenience caused.").contains(&Flag::Impersonal));
}

#[test]
fn good_drafts_are_left_alone() {
    let readers = Readers::trained();
    let crack = "A week is no life for a saddle, sorry. A new one ships today and you needn't send anything back.";
    assert_eq!(held(&*readers.coach, "my saddle cracked after a week", Intent::Complaint, crack), []);
    assert_eq!(held(&*readers.coach, "when do you open", Intent::Question, "At ten, Sundays at noon."), []);
    assert_eq!(held(&*readers.coach, "love my new saddle", Intent::Praise, "It was made by Ines. I'll tell her!"), []);
}

#[test]
fn what_does_not_apply_does_not_hold() {
    let readers = Readers::trained();
    for reader in [&*readers.coach, &RuleCoach] {
        let praise = held(reader, "lovely bells", Intent::Praise, "ding");
        assert!(!praise.contains(&Flag::NoAcknowledgement) && !praise.contains(&Flag::NoNextStep));
    }
}

#[test]
fn the_words_of_a_marker_are_shown() {
    let draft = "Ünder the bell at {{time}}, or at [place].";
    let readers = Readers::trained();
    for reader in [&*readers.coach, &RuleCoach] {
        let remarks = reader.coach("when", Intents::of(&[Intent::Question]), draft);
        let words: Vec<&str> = remarks[5].because.iter().map(|span| &draft[span.clone()]).collect();
        assert_eq!(words, ["{{time}}", "[place]"]);
    }
}

#[test]
fn braces_that_are_the_answer_are_no_marker() {
    let mention = "how do I put a merge tag in a mail";
    assert_eq!(held(&RuleCoach, mention, Intent::Question, "Type {{first}} where you want it."), []);
    assert!(held(&RuleCoach, mention, Intent::Question, "Hi [NAME], soon.").contains(&Flag::Placeholder));
}

#[test]
fn odd_texts_are_safe() {
    let huge = "[{(<%_#@ 555-0100 à".repeat(5_000);
    let readers = Readers::trained();
    for text in ["", " ", "🙂🙂", "ありがとう", "@", "....", "[", "{{", "<b>x</b>", "%%", "’'’", huge.as_str()]
    {
        for reader in [&*readers.coach, &RuleCoach] {
            held(reader, text, Intent::Complaint, text);
            held(reader, "", Intent::Question, text);
        }
    }
}

#[test]
fn the_asset_is_that_of_its_card() {
    let bytes: &'static [u8] = include_bytes!("../../../assets/models/coach.bin");
    let card: Card = toml::from_str(include_str!("../../../assets/models/coach.card.toml")).unwrap();
    assert_eq!((card.bytes, card.hash.as_str()), (bytes.len() as u64, hash_of(bytes).as_str()));
    assert_eq!(card.classes, Flag::ALL.map(Flag::name));
    assert_eq!(asset::read(bytes).unwrap().header().name, "coach");
    assert!(bytes.len() < 1_000_000);
    let reached = |measure: &str| {
        let all = card.figures.iter().find(|figure| figure.on.starts_with("all") && figure.measure == measure);
        all.unwrap().value
    };
    assert!(reached("micro-F1") > 0.82 && reached("good drafts left alone") > 0.90);
    assert!(reached("F1 of personal_data") > 0.98 && reached("F1 of placeholder") > 0.99);
}
