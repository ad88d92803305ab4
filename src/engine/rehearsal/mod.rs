//! Rehearsal: what a post would do to the books before it is published, and what would be better.

pub mod live;
mod setting;
pub mod told;

use std::ops::Range;

use crate::domain::time::SignedDuration;
use crate::domain::{BrandSize, Deed, Gesture, Give, SafeText, Timestamp};
use crate::language::{DeedReading, GestureReading, Profiting, ReadGesture, profiting};
use crate::measure::giving::health::{Health, Posted, Responses, health};
use crate::measure::giving::ledger::{Balance, Cover, Ledger, Sums};
use crate::measure::giving::{Side, Table};

/// Most days of waiting that are advised.
const PATIENCE: i64 = 60;

/// What a post would do.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// How it was read.
    pub gesture: GestureReading,
    /// Its kind, for the books.
    pub deed: DeedReading,
    /// Where it would stand in the books.
    pub side: Side,
    /// For an ask, whether enough was given before it.
    pub cover: Option<Cover>,
    /// The books before it.
    pub before: Sums,
    /// The books after it.
    pub after: Sums,
    /// Its health as a campaign of one post, with nobody having responded: the parts of giving and of the person behind
    /// it can be told, and how far the ties of who will respond matter.
    pub health: Option<Health>,
    /// It is signed, or speaks in the first person singular.
    pub personal: bool,
    /// What it would do to the campaign that it belongs to.
    pub within: Option<Within>,
    /// What would be better, the most helpful first.
    pub advice: Vec<Advice>,
    /// Words that sound like profiting from a disaster.
    pub profiting: Option<Profiting>,
}

/// A campaign that a post would belong to, as it stands.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name.
    pub name: SafeText,
    /// What was published in it, oldest first.
    pub posted: Vec<Posted>,
    /// Who responded to it so far.
    pub responses: Responses,
    /// The whole of what it promised was paid.
    pub whole: bool,
}

/// What a post would do to its campaign, as the responses are now.
#[derive(Debug, Clone)]
pub struct Within {
    /// Its name.
    pub name: SafeText,
    /// Its health before the post; `None` without an act.
    pub before: Option<Health>,
    /// Its health with the post.
    pub after: Option<Health>,
}

impl Within {
    /// Whether the campaign falls by a point or more.
    pub fn falls(&self) -> bool {
        let of = |health: &Option<Health>| health.as_ref().and_then(|health| health.health);
        of(&self.before).zip(of(&self.after)).is_some_and(|(before, after)| after <= before - 1.0)
    }
}

/// What would be better, with the points of giving and personal (of 55) that it would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// What.
    pub change: Change,
    /// Points that it would add.
    pub points: f64,
}

/// A change to a post, or before it.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Give without a condition; what that costs at most, as the cap was written.
    DropTheCondition {
        /// The cap, when there is one: what is given then.
        costs: Option<String>,
    },
    /// Take the cap away.
    LiftTheCap,
    /// Give first, so much (weight of gives).
    GiveFirst(f64),
    /// Wait so many days; earlier asks fade.
    Wait(i64),
    /// Sign it, or speak as a person.
    SignIt,
}

/// How the books stand at a moment: all of them that a rehearsal needs, so that nobody holds on to the books.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footing {
    at: Timestamp,
    sums: Sums,
    table: Table,
    /// The balance.
    pub balance: Balance,
    /// Acts in the books.
    pub acts: usize,
}

impl Footing {
    /// Of these books.
    pub fn of(ledger: &Ledger, now: Timestamp) -> Self {
        let (sums, table) = (ledger.sums(now), *ledger.table());
        Self { at: now, sums, table, balance: ledger.balance(now), acts: ledger.lines().len() }
    }

    /// G and A at that moment or later, when nothing is published until then.
    pub fn sums(&self, now: Timestamp) -> Sums {
        let rest = self.table.decay(self.at, now);
        Sums { given: self.sums.given * rest, asked: self.sums.asked * rest }
    }
}

/// Who rehearses.
pub struct Stage<'a> {
    /// How the books stand.
    pub footing: &'a Footing,
    /// Who reads.
    pub reader: &'a dyn ReadGesture,
    /// How big the brand is.
    pub size: BrandSize,
    /// The weights.
    pub table: Table,
    /// The present moment.
    pub now: Timestamp,
    /// The campaign that the post belongs to.
    pub setting: Option<&'a Setting>,
}

impl Stage<'_> {
    /// Rehearses a post; `reply` when it answers somebody.
    pub fn rehearse(&self, text: &str, reply: bool) -> Rehearsal {
        let gesture = self.reader.gesture(text, reply);
        let deed = DeedReading::of(text, reply, &gesture);
        let personal = is_personal(text) || self.reader.signs(text);
        let before = self.footing.sums(self.now);
        let (side, cover, after, health) = self.played(deed.deed, personal, before);
        let within = self.setting.map(|setting| self.within(setting, deed.deed, personal, before, after));
        let mut advice = self.advice(&gesture, deed.deed, personal, before, health.as_ref());
        advice.retain(|advice| advice.points >= 0.5);
        advice.sort_by(|one, other| other.points.total_cmp(&one.points));
        Rehearsal {
            gesture,
            side,
            cover,
            before,
            after,
            health,
            personal,
            within,
            advice,
            profiting: profiting(text),
            deed,
        }
    }

    fn within(&self, setting: &Setting, deed: Deed, personal: bool, before: Sums, after: Sums) -> Within {
        let of =
            |posted: &[Posted], sums| health(posted, &setting.responses, sums, self.size, &self.table, setting.whole);
        let mut posted = setting.posted.clone();
        let then = of(&posted, before);
        posted.push(self.posted(deed, personal, before));
        Within { name: setting.name.clone(), before: then, after: of(&posted, after) }
    }

    fn posted(&self, deed: Deed, personal: bool, before: Sums) -> Posted {
        let side = self.table.side(deed, self.size);
        let asks = side.asked() > 0.0;
        let cover = asks.then(|| Cover::of(before.given, before.asked, side.asked(), self.size));
        let surely_capped = matches!(deed, Deed::Conditional { capped: true, .. });
        Posted { side, cover, personal, surely_capped }
    }

    fn played(&self, deed: Deed, personal: bool, before: Sums) -> (Side, Option<Cover>, Sums, Option<Health>) {
        let post = self.posted(deed, personal, before);
        let (side, cover) = (post.side, post.cover);
        let after = Sums { given: before.given + side.given(), asked: before.asked + side.asked() };
        let health = health(&[post], &Responses::default(), after, self.size, &self.table, false);
        (side, cover, after, health)
    }

    /// The points of a deed that do not depend on who responds.
    fn points(&self, deed: Deed, personal: bool, before: Sums) -> f64 {
        let (.., health) = self.played(deed, personal, before);
        health.as_ref().map_or(0.0, own_points)
    }

    fn advice(
        &self,
        gesture: &GestureReading,
        deed: Deed,
        personal: bool,
        before: Sums,
        now: Option<&Health>,
    ) -> Vec<Advice> {
        let have = now.map_or(0.0, own_points);
        let gain = |deed, personal, before| self.points(deed, personal, before) - have;
        let mut advice = Vec::new();
        if let Deed::Conditional { capped, all_proceeds } = deed {
            let costs = gesture.cap.as_ref().map(|cap| cap.text.clone());
            let points = gain(Deed::Give(Give::Donate), personal, before);
            advice.push(Advice { change: Change::DropTheCondition { costs }, points });
            if capped {
                let points = gain(Deed::Conditional { capped: false, all_proceeds }, personal, before);
                advice.push(Advice { change: Change::LiftTheCap, points });
            }
        }
        if gesture.gesture == Gesture::Ask || matches!(deed, Deed::Conditional { .. }) {
            let side = self.table.side(deed, self.size);
            let cover = Cover::of(before.given, before.asked, side.asked(), self.size);
            if side.asked() > 0.0 && cover.is_early() {
                let given = Sums { given: before.given + cover.missing, ..before };
                advice.push(Advice { change: Change::GiveFirst(cover.missing), points: gain(deed, personal, given) });
                if let Some((days, then)) = self.patience(side.asked()) {
                    advice.push(Advice { change: Change::Wait(days), points: gain(deed, personal, then) });
                }
            }
        }
        if !personal {
            advice.push(Advice { change: Change::SignIt, points: gain(deed, true, before) });
        }
        advice
    }

    /// After how many days of rest the ask would be covered, and the books then. `None` when rest alone does not help:
    /// gives fade as well.
    fn patience(&self, weight: f64) -> Option<(i64, Sums)> {
        (1..=PATIENCE).find_map(|days| {
            let then = self.now.checked_add(SignedDuration::from_hours(24 * days)).ok()?;
            let sums = self.footing.sums(then);
            (!Cover::of(sums.given, sums.asked, weight, self.size).is_early()).then_some((days, sums))
        })
    }
}

/// Points of giving and personal: those that the post itself decides.
fn own_points(health: &Health) -> f64 {
    use crate::measure::giving::health::POINTS;
    POINTS.giving * health.parts.giving + POINTS.personal * health.parts.personal
}

/// A text is personal when it is signed ("^AK", "— Ana") or speaks in the first person singular.
pub fn is_personal(text: &str) -> bool {
    signature(text).is_some() || speaks_as_one(text)
}

/// The signature at the end of a text (bytes): `^AK`, `-AK`, or a line that begins with a dash and holds a name or two.
pub fn signature(text: &str) -> Option<Range<usize>> {
    let trimmed = text.trim_end();
    let last = trimmed.split_whitespace().next_back()?;
    let begin = trimmed.len() - last.len();
    let initials = |rest: &str| (1..=4).contains(&rest.chars().count()) && rest.chars().all(char::is_alphabetic);
    if last.strip_prefix('^').is_some_and(initials) {
        return Some(begin..trimmed.len());
    }
    let upper = |rest: &str| initials(rest) && rest.chars().all(char::is_uppercase) && rest.chars().count() >= 2;
    if last.strip_prefix(['-', '–', '—', '~', '/']).is_some_and(upper) {
        return Some(begin..trimmed.len());
    }
    let line = trimmed.lines().next_back()?;
    let name = line.trim_start().strip_prefix(['-', '–', '—'])?.trim();
    let words: Vec<&str> = name.split_whitespace().collect();
    let named = (1..=2).contains(&words.len())
        && words.iter().all(|word| word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() >= 2);
    named.then(|| trimmed.len() - line.trim_start().len()..trimmed.len())
}

/// First person singular, in the languages that are read; `I` in capitals alone, since "i" is a letter of lists.
fn speaks_as_one(text: &str) -> bool {
    const ONE: &[&str] =
        &["my", "me", "myself", "i'm", "i've", "i'll", "i'd", "ich", "mir", "je", "moi", "yo", "eu", "io"];
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')))
        .any(|word| word == "I" || ONE.contains(&word.to_lowercase().replace('’', "'").as_str()))
}

#[cfg(test)]
mod tests;
