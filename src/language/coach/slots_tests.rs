//! Blanks and notes in answers, written apart from the lines by which the rules were made.

use super::slots::find;
use super::words::Words;

fn unfinished(mention: &str, draft: &str) -> bool {
    find(mention, &Words::read(mention), &Words::read(draft), draft).iter().any(|slot| slot.sure)
}

#[test]
fn blanks_and_notes_are_found() {
    for (mention, draft) in [
        ("late again", "Sorry about that, [NAME]. Yours leaves at four."),
        ("late again", "Hi {{customer}}, that's on us. A new one leaves today."),
        ("late again", "So sorry! It ships on DATE."),
        ("late again", "We'll have it fixed by XX:XX."),
        ("late again", "Refund of £__ is on its way."),
        ("late again", "Yours leaves today (Tom, can you confirm?)."),
        ("late again", "TODO find out which depot. Sorry!"),
        ("late again", "It ships in X working days."),
        ("late again", "Sorry! <insert reason>. It leaves today."),
        ("late again", "Sorry %FIRSTNAME%, it leaves today."),
        ("late again", "That's #### euros back to you."),
        ("late again", "A new one leaves today. [ask Jo if true]"),
        ("late again", "Your code is XXXX-XXXX, sorry about the wait."),
        ("late again", "Call me on TBC and I'll sort it."),
        ("late again", "DRAFT: sorry, it leaves today."),
        ("late again", "Sorry ${first_name}, it leaves today."),
        ("late again", "Refund is $XX, there by Friday."),
        ("late again", "So sorry, <<NAME>>. Leaves today."),
    ] {
        assert!(unfinished(mention, draft), "{draft}");
    }
}

#[test]
fn what_only_looks_like_a_blank_is_left_alone() {
    for (mention, draft) in [
        ("late again", "Sorry, it leaves at 16:20 (platform 4)."),
        ("how do I use merge tags", "Type {{name}} where the name goes."),
        ("do you have it in XXL", "We do, XXL is back on Friday xxx"),
        ("what's the syntax", "Use `[link](url)`, same as Markdown."),
        ("late again", "It leaves today (and so does the gift)."),
        ("which plan", "Basic (£4 a month) does what you need."),
        ("is the draft out", "The draft is out: page 12 has your question."),
        ("late again", "I'll add a link to the tracking in your DMs. It left at noon."),
        ("late again", "Time flew and we did not, sorry. New date: 4 May."),
        ("late again", "We were wrong, full stop. #sorry and a free lunch on us."),
        ("size?", "It's 40 x 60 cm, the box 42 x 62."),
        ("env var?", "Set API_KEY=... and run it again."),
        ("late again", "*deep breath* sorry. It's in the van <3"),
        ("late again", "That \"5 minute\" wait [sic] was ours. Never again, promise!"),
    ] {
        assert!(!unfinished(mention, draft), "{draft}");
    }
}
