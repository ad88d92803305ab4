use super::*;
use crate::engine::books::Books;
use crate::language::{Cap, RuleGesture};
use crate::measure::giving::ledger::{Entry, Ledger};

/// Reads everything as it is told.
struct As(Gesture, Option<&'static str>);

impl ReadGesture for As {
    fn gesture(&self, text: &str, _reply: bool) -> GestureReading {
        let cap = self.1.and_then(|cap| text.find(cap).and_then(|at| Cap::at(text, at..at + cap.len())));
        GestureReading {
            gesture: self.0,
            probabilities: [0.25; 4],
            trigger: None,
            cap,
            all_proceeds: None,
            parts: Vec::new(),
        }
    }
}

fn books(deeds: &[Deed], size: BrandSize) -> Books {
    let entry = |(number, deed): (i64, &Deed)| Entry {
        act: crate::domain::ActId(number),
        at: Timestamp::UNIX_EPOCH,
        deed: *deed,
        to: None,
        same: None,
    };
    let entries = (0..).zip(deeds).map(entry).collect();
    Books { ledger: Ledger::new(entries, size, Table::default()), acts: Vec::new() }
}

fn rehearse(reader: &dyn ReadGesture, deeds: &[Deed], size: BrandSize, text: &str) -> Rehearsal {
    let books = books(deeds, size);
    let stage = Stage {
        footing: &Footing::of(&books.ledger, Timestamp::UNIX_EPOCH),
        reader,
        size,
        table: Table::default(),
        now: Timestamp::UNIX_EPOCH,
        setting: None,
    };
    stage.rehearse(text, false)
}

#[test]
fn a_capped_condition_is_better_simply_given() {
    let text = "For each retweet we give $1, at most $100,000, to the earthquake fund";
    let gives = [Deed::Give(Give::Answer); 6];
    let played = rehearse(&As(Gesture::Conditional, Some("$100,000")), &gives, BrandSize::Enterprise, text);
    assert_eq!(played.deed.deed, Deed::Conditional { capped: true, all_proceeds: false });
    assert_eq!(played.advice[0].change, Change::DropTheCondition { costs: Some("$100,000".to_owned()) });
    assert!(played.advice[0].points > 30.0, "{:?}", played.advice);
    assert!(played.advice.iter().any(|advice| advice.change == Change::SignIt));
    assert!(played.after.balance() < played.before.balance() && played.profiting.is_some());
    assert!(played.health.unwrap().held);
}

#[test]
fn an_early_ask_says_what_to_give_first_and_a_covered_one_does_not() {
    let ask = As(Gesture::Ask, None);
    let early = rehearse(&ask, &[Deed::HardAsk], BrandSize::Small, "Order the S2 now. ^AK");
    let cover = early.cover.unwrap();
    assert!(cover.is_early() && early.personal);
    assert!(early.advice.contains(&Advice {
        change: Change::GiveFirst(cover.missing),
        points: early.advice.iter().find(|one| matches!(one.change, Change::GiveFirst(_))).unwrap().points,
    }));
    let gives = [Deed::Give(Give::Fix); 6];
    let covered = rehearse(&ask, &gives, BrandSize::Small, "Order the S2 now. ^AK");
    assert!(!covered.cover.unwrap().is_early() && covered.advice.is_empty(), "{:?}", covered.advice);
}

#[test]
fn giving_needs_no_advice_but_a_name() {
    let played = rehearse(&As(Gesture::Give, None), &[], BrandSize::Medium, "We donated 40 bicycles.");
    assert!(played.cover.is_none() && played.advice.is_empty(), "{:?}", played.advice);
    assert!(played.after.balance() > played.before.balance());
    let _ = rehearse(&RuleGesture::new(), &[], BrandSize::Solo, "");
}

#[test]
fn a_signature_is_found_at_the_end_only() {
    let signed = |text: &'static str| signature(text).map(|span| &text[span]);
    assert_eq!(signed("On it! ^AK"), Some("^AK"));
    assert_eq!(signed("On it! -AK"), Some("-AK"));
    assert_eq!(signed("On it!\n— Ana Keller"), Some("— Ana Keller"));
    assert_eq!(signed("2 ^AK or so"), None);
    assert_eq!(signed("Ride -now"), None);
    assert_eq!(signed(""), None);
    assert!(is_personal("I asked the workshop") && is_personal("that’s on me") && !is_personal("i) wheels ii) time"));
}

#[test]
fn a_campaign_is_told_as_it_would_be_with_the_post_and_its_present_responses() {
    let gives = [Deed::Give(Give::Fix); 12];
    let books = books(&gives, BrandSize::Enterprise);
    let gift = Posted { side: Side::Give(2.0), cover: None, personal: true, surely_capped: false };
    let setting = Setting {
        name: SafeText::line("Winter ride", 80),
        posted: vec![gift],
        responses: Responses { people: 40, known: 20, praise: 30, complaints: 0, all: 40 },
        whole: false,
    };
    let rehearse = |reader: &dyn ReadGesture, text: &str| {
        let (size, table) = (BrandSize::Enterprise, Table::default());
        let stage = Stage {
            footing: &Footing::of(&books.ledger, Timestamp::UNIX_EPOCH),
            reader,
            size,
            table,
            now: Timestamp::UNIX_EPOCH,
            setting: Some(&setting),
        };
        let within = stage.rehearse(text, false).within.unwrap();
        assert_eq!(within.name.as_str(), "Winter ride");
        (within.before.unwrap().health.unwrap(), within.after.unwrap())
    };
    let (before, after) =
        rehearse(&As(Gesture::Conditional, Some("$100,000")), "For each repost we give $1, up to $100,000.");
    assert!(before > 70.0 && after.held && after.health.unwrap() <= 39.0, "{before} {after:?}");
    let (before, after) = rehearse(&As(Gesture::Give, None), "I fixed forty bicycles for free. ^AK");
    assert!(after.health.unwrap() >= before, "{before} {after:?}");
}
