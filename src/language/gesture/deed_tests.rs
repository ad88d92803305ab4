use super::*;
use crate::domain::{Deed, Give};

fn read(gesture: Gesture, text: &str, reply: bool) -> (Deed, Vec<&str>) {
    let reading = GestureReading {
        gesture,
        probabilities: [0.25; 4],
        trigger: None,
        cap: None,
        all_proceeds: None,
        parts: Vec::new(),
    };
    let deed = DeedReading::of(text, reply, &reading);
    (deed.deed, deed.words.into_iter().map(|span| &text[span]).collect())
}

#[test]
fn gives_have_their_kind() {
    let kind = |text, reply| match read(Gesture::Give, text, reply).0 {
        Deed::Give(give) => give,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("Here's how to true a wheel with two spoons.", false), Give::Teach);
    assert_eq!(kind("@kim here's how: loosen both bolts first.", true), Give::Answer);
    assert_eq!(kind("@kim 2.35 inches at most.", true), Give::Answer);
    assert_eq!(kind("Thank you all for a lovely ride!", false), Give::Thank);
    assert_eq!(kind("@kim thanks, that made our morning!", true), Give::Thank);
    let long = "@kim thanks for asking, the S2 takes tyres of up to 2.35 inches, and with mudguards you would rather stay at 2.2";
    assert_eq!(kind(long, true), Give::Answer);
    assert_eq!(kind("Thanks for your patience: a replacement is in the post.", true), Give::Fix);
    assert_eq!(kind("@kim It is mended, the app starts again.", true), Give::Fix);
    assert_eq!(kind("@kim Oh no, sorry! I have put it right by hand.", true), Give::Fix);
    assert_eq!(kind("We are giving $100,000 to Japan", false), Give::Donate);
    assert_eq!(kind("We donated 40 bicycles to the shelter this morning.", false), Give::Donate);
    assert_eq!(kind("Great post by the people of Oak Street on winter chains", false), Give::Share);
}

#[test]
fn asks_are_hard_when_they_cost() {
    assert_eq!(read(Gesture::Ask, "Order now", false), (Deed::HardAsk, vec!["Order"]));
    assert_eq!(read(Gesture::Ask, "The S2 from €899", false).0, Deed::HardAsk);
    assert_eq!(read(Gesture::Ask, "20% off until Sunday", false).0, Deed::HardAsk);
    assert_eq!(read(Gesture::Ask, "Read our new blog post about chains", false), (Deed::SoftAsk, vec![]));
    assert_eq!(read(Gesture::Ask, "Reorder? No. Follow along!", false).0, Deed::SoftAsk);
    let helps = "@al so sorry, please send us a DM with your order number";
    assert_eq!(read(Gesture::Ask, helps, true), (Deed::Talk, vec!["a DM"]));
    assert_eq!(read(Gesture::Ask, helps, false).0, Deed::HardAsk, "to nobody in particular");
    assert_eq!(read(Gesture::Ask, "@al we will write to you today", true), (Deed::Talk, vec!["write to you"]));
    assert_eq!(read(Gesture::Ask, "@al we'll call you about your order", true).0, Deed::Talk);
    let handed = "@al Our workshop takes this on; you hear from them before lunch";
    assert_eq!(read(Gesture::Ask, handed, true), (Deed::Talk, vec!["takes this on"]));
    assert_eq!(read(Gesture::Ask, "Hear from people who switched, 20% off", true).0, Deed::HardAsk);
    assert_eq!(read(Gesture::Ask, "@al we'll send you a code: 20% off", true).0, Deed::HardAsk);
    assert_eq!(read(Gesture::Ask, "We will write to you today", false).0, Deed::SoftAsk, "to everybody");
}

#[test]
fn a_condition_keeps_its_cap_and_its_proceeds() {
    let text = "All proceeds go to the shelter";
    let mut reading = GestureReading {
        gesture: Gesture::Conditional,
        probabilities: [0.0, 0.0, 1.0, 0.0],
        trigger: None,
        cap: None,
        all_proceeds: None,
        parts: Vec::new(),
    };
    let all = DeedReading::of(text, false, &reading);
    assert_eq!(all.deed, Deed::Conditional { capped: false, all_proceeds: true });
    assert!(text[all.words[0].clone()].starts_with("All proceeds"));
    let text = "$1 for each retweet, up to $500";
    reading.cap = Cap::at(text, 21..31);
    assert_eq!(DeedReading::of(text, false, &reading).deed, Deed::Conditional { capped: true, all_proceeds: false });
}

#[test]
fn odd_texts_are_safe() {
    for text in ["", "🎁🎁", "%%% * *", "thank", "\u{202e}thank you"] {
        for gesture in Gesture::ALL {
            assert_eq!(read(gesture, text, true).0.gesture(), gesture);
        }
    }
}
