//! Answers in plain words, written apart from the lines by which the rules were made.

use super::*;

/// Whether an answer gives a customer's data away, or asks for them where everybody reads.
fn open_to_all(mention: &str, draft: &str) -> bool {
    let found = find(&Words::read(mention), &Words::read(draft));
    found
        .iter()
        .any(|private| private.kind.gives_away() || matches!(private.kind, Kind::AskedHere | Kind::AskedOutright))
}

#[test]
fn what_is_given_away_or_asked_for_openly_is_found() {
    for (mention, draft) in [
        (
            "my router keeps rebooting",
            "Ugh, not again. Which email did you register it with? Answer below and we'll swap it.",
        ),
        (
            "parcel says delivered, it isn't",
            "That's rotten. Could you put your tracking number and postcode in a comment so Petra can look?",
        ),
        ("overcharged on my gym", "Sorry! Reply to this post with your membership ID and date of birth."),
        ("bank app frozen", "We can see it. Kindly share your registered mobile number here."),
        ("can I move my booking", "Sure thing, what's the booking reference?"),
        (
            "lost my scarf on the tram",
            "Found! It belongs to you, Mrs Hedda Lindqvist of 14 Elm Close, come by any time.",
        ),
        ("refund please", "It went back to the card ending 4471 this morning."),
        ("didn't get the confirmation", "We sent it to otto.weiss@letters.example at nine, check your spam."),
        ("my meter reading is wrong", "Post a photo of your meter and your account no. below, please."),
        ("can't log in", "Reset done. Your temporary password is Willow-2291."),
        ("call me back!", "Will do, you're on 07700 900455, right?"),
        ("I was promised a call", "We tried you on 07700 900123 twice, no answer."),
        ("my order is late", "Order 88341 left Leeds at noon and will be with you by six."),
        ("my insurance claim", "Claim HT-55210 has been paid to your account."),
        ("do you ship to Malta", "We do! Leave your e-mail and address in the thread and I'll send a quote."),
        ("wrong size", "Easy fix. Full name, order number and phone?"),
        ("where is my cake", "Type your street and flat number here so the courier finds you."),
        ("my points vanished", "Points are back. Loyalty card 6021 7788 is at 4,200 now."),
        ("licence renewal stuck", "Give us your licence number and birth date in the replies, we'll chase it."),
        ("can't check in", "PNR and last name please, here is fine."),
    ] {
        assert!(open_to_all(mention, draft), "{draft}");
    }
}

#[test]
fn what_is_the_houses_own_or_asked_for_privately_is_left_alone() {
    for (mention, draft) in [
        ("my router keeps rebooting", "Ugh, not again. DM us the email you registered it with and we'll swap it."),
        (
            "parcel says delivered, it isn't",
            "That's rotten. Send your tracking number by private message so Petra can look.",
        ),
        ("overcharged on my gym", "Sorry! Please don't post your membership ID here, a message does it."),
        ("how do I reach you", "Ring 01632 960777, any time before eight, or write to hello@oakmill.example."),
        ("where are you", "We're at 22 Harbour Row, next to the chandler."),
        ("can I phone you", "You can: 0808 157 0456, ask for Bea."),
        ("lost my scarf on the tram", "Found one like it! Describe it at the counter and it's yours."),
        (
            "my phone screen cracked",
            "A phone shouldn't crack in a pocket. Bring it in, we'll fit a new one free by four.",
        ),
        ("what's the part number for the filter", "It's FX-40221, fits all models since 2019."),
        ("release is broken", "Fixed in 4.2.1, pull tag v4.2.1 and you're set."),
        ("my order is late", "Two days late is no joke. It left Leeds at noon and is with you by six."),
        (
            "can't log in",
            "Reset is open again, use the link in the app. Never give your password to anybody who asks, us included.",
        ),
        ("bank app frozen", "Thawed at ten past. If yours still hangs, call the number on the back of your card."),
        ("bus missed my stop", "Route 41 was diverted, we should have told you. Next one is at 17:20."),
        ("who do I write to about noise", "Write to council@millbrook.example and copy in noise@millbrook.example."),
        ("can I get an invoice", "Yes: in the app under Orders, tap the order, then Invoice."),
        ("great service from Ines", "Ines says thanks, and her manager has read your post aloud."),
        ("the pool was cold", "Cold is not what you paid for. Heater was swapped at noon, 29 degrees now."),
        ("can you ship today", "If you order by two, yes. The address goes in at checkout."),
        ("my card was declined", "Our processor was down till 9. Try again now, and nothing was taken twice."),
        (
            "sms never came",
            "Texts are late today, our carrier's queue. Please wait for the code and enter it in the app.",
        ),
        ("how long do refunds take", "Three days to a card, one to an account."),
    ] {
        assert!(!open_to_all(mention, draft), "{draft}");
    }
}

#[test]
fn an_endless_answer_is_looked_at_as_far_as_answers_go() {
    let endless = "email. ".repeat(2_800);
    let found = find(&Words::read("hello"), &Words::read(&endless));
    assert!(found.len() <= MOST_SENTENCES, "{}", found.len());
    assert!(open_to_all("hello", "Post your order number here."));
}
