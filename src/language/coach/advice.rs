//! One line for each fault that says what would be better.

use super::Flag;
use super::signs::Signs;

/// What would be better, kind and concrete, after what the signs say of this draft.
pub fn advice(flag: Flag, signs: &Signs) -> &'static str {
    match flag {
        Flag::Pitch if signs.has("done") || signs.has("do") => {
            "The help is here already: leave out the offer, it will be remembered as the reason for the answer."
        }
        Flag::Pitch => "Help first: say what you will do about this, and leave the offer for another day.",
        Flag::Denial if signs.has("sorry") => {
            "Keep what you are sorry for; leave out whose fault it was, and say what happens next instead."
        }
        Flag::Denial => "Start from what they went through; if a fact needs setting right, give it without the blame.",
        Flag::NoAcknowledgement if signs.has("hollow") => {
            "Say sorry for what happened, without an if or a but, and name it in their words."
        }
        Flag::NoAcknowledgement => "Begin by naming what went wrong for them, in their own words; then the rest.",
        Flag::NoNextStep if signs.has("idle") => "Taking note does not help them yet: say who does what, and by when.",
        Flag::NoNextStep => "Add one thing that happens next: the answer, a fix, a name, or a time.",
        Flag::PersonalData if signs.has("asked here") || signs.has("asked outright") || signs.has("asked") => {
            "Everybody can read the answer: ask them to send this in a private message."
        }
        Flag::PersonalData => "Everybody can read this: leave out what identifies them, and send it privately.",
        Flag::Placeholder => {
            "Something is still to be filled in or taken out: look at the marked words before sending."
        }
        Flag::Impersonal => "Say it as you would across the counter: I or we, their own words, and your first name.",
    }
}
