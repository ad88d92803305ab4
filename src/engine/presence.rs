//! How a brand comes across: as a person or as a firm, and whether its replies have turned into a form letter.
//!
//! The bigger a brand, the more it takes a scaled-down, personal presence to be believed.

use crate::domain::time::SignedDuration;
use crate::domain::{Act, BrandSize, Timestamp, Visibility};
use crate::engine::campaigns::words::many;
use crate::engine::rehearsal::is_personal;
use crate::measure::giving::full_personal;
use crate::measure::giving::sameness::{self, Sameness, Sketch};

/// How far back it is looked.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(28 * 24);
/// Posts and replies below which no share is told.
pub const FEWEST: usize = 10;
/// The latest acts that are looked at; comparing them grows with the square.
const MOST: usize = 200;
/// The latest replies whose sameness is told.
const REPLIES: usize = 40;

/// How personal the posts and replies of the last four weeks are.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    /// Posts and replies that were looked at.
    pub acts: usize,
    /// Those that are signed, speak in the first person singular, or are a reply that is not like another.
    pub personal: usize,
    /// The share of personal ones that is full marks at the brand's size.
    pub full: f64,
    /// How much alike the latest replies are; `None` below the fewest.
    pub sameness: Option<Sameness>,
    /// Replies that were compared.
    pub replies: usize,
}

impl Presence {
    /// Looks at acts in any order. What is not public stays out. `signs` tells whether a text ends as a voice signs.
    pub fn of<'a>(
        acts: impl Iterator<Item = &'a Act>,
        size: BrandSize,
        now: Timestamp,
        signs: impl Fn(&str) -> bool,
    ) -> Self {
        let since = now.saturating_sub(WINDOW).unwrap_or(now);
        let mut acts: Vec<&Act> =
            acts.filter(|act| act.published >= since && act.visibility != Visibility::Private).collect();
        acts.sort_by_key(|act| std::cmp::Reverse((act.published, act.id)));
        acts.truncate(MOST);
        acts.reverse();
        let replies = judged(&acts);
        let personal = |canned: Option<bool>, act: &Act| {
            let as_a_person = is_personal(act.text.as_str()) || signs(act.text.as_str());
            sameness::is_personal(as_a_person, canned.is_some(), canned.unwrap_or_default())
        };
        let posts = acts.iter().filter(|act| act.parent.is_none()).filter(|act| personal(None, act)).count();
        let answers = replies.iter().filter(|(act, canned)| personal(Some(*canned), act)).count();
        let latest = live(&replies);
        Self {
            acts: acts.len(),
            personal: posts + answers,
            full: full_personal(size),
            sameness: Sameness::of(&latest),
            replies: latest.len(),
        }
    }

    /// The share of personal ones, 0 to 1; `None` when there are too few.
    pub fn share(&self) -> Option<f64> {
        (self.acts >= FEWEST).then(|| self.personal as f64 / self.acts as f64)
    }
}

impl Presence {
    /// How personal they are, in words.
    pub fn personal_in_words(&self) -> String {
        match self.share() {
            Some(share) => {
                format!("{:.0} % personal, full marks from {:.0} %", share * 100.0, self.full * 100.0)
            }
            None => format!("too few: {} in 4 weeks, {FEWEST} are needed", many(self.acts, "act", "acts")),
        }
    }

    /// How much alike the replies are, in words; `None` when there are too few.
    pub fn sameness_in_words(&self) -> Option<String> {
        let same = self.sameness?;
        let canned = if same.alarms() { "canned: " } else { "" };
        Some(format!("{canned}{:.0} % of the last {} replies are like another", same.canned * 100.0, self.replies))
    }
}

/// The replies among acts, oldest first, each with whether it is canned.
fn judged<'a>(acts: &[&'a Act]) -> Vec<(&'a Act, bool)> {
    let replies: Vec<&Act> = acts.iter().copied().filter(|act| act.parent.is_some()).collect();
    let sketches: Vec<Sketch> = replies.iter().map(|reply| Sketch::of(reply.text.as_str())).collect();
    replies.into_iter().zip(sameness::canned(&sketches)).collect()
}

/// Of the latest replies that were not back-filled, whether they are canned: only what we said since we listen can have
/// turned canned now.
fn live(replies: &[(&Act, bool)]) -> Vec<bool> {
    replies.iter().rev().filter(|(act, _)| !act.history).map(|(_, canned)| *canned).take(REPLIES).collect()
}

/// How canned the latest public replies are that were not back-filled: the share, and of how many.
pub fn canned(acts: &[Act], now: Timestamp) -> Option<(Sameness, usize)> {
    let since = now.saturating_sub(WINDOW).unwrap_or(now);
    let public = |act: &&Act| act.published >= since && act.visibility != Visibility::Private;
    let mut acts: Vec<&Act> = acts.iter().filter(public).collect();
    acts.sort_by_key(|act| (act.published, act.id));
    let latest = live(&judged(&acts));
    Sameness::of(&latest).map(|same| (same, latest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ActId, Network, SafeText, SourceId};

    fn act(number: i64, text: &str, reply: bool) -> Act {
        let at = Timestamp::from_second(1_750_000_000 + number).unwrap();
        Act {
            id: ActId(number),
            source: SourceId(1),
            network: Network::named("town"),
            native_id: number.to_string(),
            parent: reply.then(|| "p".to_owned()),
            root: None,
            answers: None,
            author: SafeText::line("ferris", 80),
            person: None,
            own: true,
            text: SafeText::block(text),
            url: None,
            lang: None,
            visibility: Visibility::Public,
            published: at,
            first_seen: at,
            history: false,
            edited_at: None,
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_750_001_000).unwrap()
    }

    const LETTER: &str = "Sorry to hear that! Please send us a message with your order number and we will look.";

    #[test]
    fn a_form_letter_is_no_person_and_a_signature_or_an_own_word_is() {
        let mut acts: Vec<Act> = (0..8).map(|n| act(n, LETTER, true)).collect();
        let canned = Presence::of(acts.iter(), BrandSize::Large, now(), |_| false);
        assert_eq!((canned.personal, canned.share()), (1, None), "the first of them was no letter yet: {canned:?}");
        assert!(canned.sameness.unwrap().alarms());
        acts.push(act(8, "A snapped chain on day two is our fault; a new one is in the post.", true));
        acts.push(act(9, "We open at nine.", false));
        acts.push(act(10, "I am at the old mill with my spanners until noon.", false));
        acts.push(act(11, &format!("{LETTER} ^AK"), true));
        let presence = Presence::of(acts.iter(), BrandSize::Large, now(), |_| false);
        assert_eq!((presence.acts, presence.personal, presence.full), (12, 4, 0.5), "{presence:?}");
        assert_eq!(presence.share(), Some(1.0 / 3.0));
    }

    #[test]
    fn what_was_back_filled_or_is_private_or_old_turns_nothing_canned() {
        let letters: Vec<Act> = (0..20).map(|n| act(n, LETTER, true)).collect();
        assert!(canned(&letters, now()).unwrap().0.alarms());
        let changed = |change: fn(&mut Act)| {
            let mut acts = letters.clone();
            acts.iter_mut().for_each(change);
            canned(&acts, now())
        };
        assert_eq!(changed(|act| act.history = true), None);
        assert_eq!(changed(|act| act.visibility = Visibility::Private), None);
        assert_eq!(changed(|act| act.published -= SignedDuration::from_hours(30 * 24)), None);
        assert_eq!(changed(|act| act.parent = None), None);
    }
}
