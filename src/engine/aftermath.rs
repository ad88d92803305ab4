//! What became of people after our answers, by who answered and by what the coach has to say of the answer.
//!
//! Nothing of it is stored: the coach reads our first answers again, so that what it learned since counts for all of
//! them. Voices come by name; this is no ranking of people.

use std::collections::BTreeMap;

use super::timekeeping;
use crate::domain::{SafeText, Timestamp};
use crate::language::coach::{Flag, ReadCoach, addresses_as_names};
use crate::measure::aftermath::Outcomes;
use crate::store::cases::{ClockRow, FirstAnswer};
use crate::store::{Cases, StoreResult};

/// Most first answers that the coach reads again, the newest.
pub const MOST_COACHED: u32 = 500;
/// Most turns of the clocks that are summed up.
const MOST_TURNS: u32 = 200_000;

/// What became of people after our answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Followed {
    /// All answered turns of the clocks.
    pub all: Outcomes,
    /// By the voice that answered first, where one is known, in the order of their names.
    pub voices: Vec<(SafeText, Outcomes)>,
    /// Those of which no voice is known: answered under our account from another program, or here by nobody named. With
    /// the voices it makes up all.
    pub unnamed: Outcomes,
    /// First answers against which the coach has nothing.
    pub fine: Outcomes,
    /// First answers with each flag, in the order of [`Flag::ALL`]; one with two flags is in two of them. Flags that no
    /// answer has are left out.
    pub flagged: Vec<(Flag, Outcomes)>,
    /// There are more first answers than the coach reads again.
    pub cut: bool,
}

impl Followed {
    /// Sums up what became of people whose cases are these.
    pub fn of(rows: &[ClockRow]) -> Self {
        let mut voices: BTreeMap<String, (SafeText, Outcomes)> = BTreeMap::new();
        let mut followed = Self::default();
        for row in rows {
            let Some(aftermath) = row.aftermath else { continue };
            followed.all.add(aftermath);
            let Some(voice) = timekeeping::voice(row) else {
                followed.unnamed.add(aftermath);
                continue;
            };
            let (_, outcomes) = voices.entry(voice.to_string()).or_insert_with(|| (voice, Outcomes::default()));
            outcomes.add(aftermath);
        }
        followed.voices = voices.into_values().collect();
        followed
    }

    /// Adds a first answer, as the coach reads it beside the mention that it answers.
    pub fn coach(&mut self, answer: &FirstAnswer, coach: &dyn ReadCoach) {
        let Some(aftermath) = answer.aftermath else { return };
        let ours = addresses_as_names(answer.answer.as_str());
        let remarks = coach.coach(answer.mention.as_str(), answer.intents, &ours);
        let held: Vec<Flag> = remarks.into_iter().filter(|remark| remark.holds).map(|remark| remark.flag).collect();
        if held.is_empty() {
            self.fine.add(aftermath);
        }
        for flag in held {
            match self.flagged.iter_mut().find(|(known, _)| *known == flag) {
                Some((_, outcomes)) => outcomes.add(aftermath),
                None => self.flagged.push((flag, [aftermath].into_iter().collect())),
            }
        }
    }
}

/// What became of people in the turns of the clocks that began in a stretch of time.
///
/// # Errors
/// When the store cannot be read.
pub async fn followed<S: Cases + ?Sized>(
    store: &S,
    coach: &dyn ReadCoach,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> StoreResult<Followed> {
    let mut followed = Followed::of(&store.clocks(from, until, now, MOST_TURNS).await?);
    let mut answers = store.first_answers(from, until, now, MOST_COACHED + 1).await?;
    followed.cut = answers.len() > MOST_COACHED as usize;
    answers.truncate(MOST_COACHED as usize);
    for answer in &answers {
        followed.coach(answer, coach);
        // Reading takes a while; whoever shares the thread goes on in between.
        tokio::task::yield_now().await;
    }
    followed.flagged.sort_by_key(|(flag, _)| Flag::ALL.iter().position(|one| one == flag));
    Ok(followed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Aftermath::{self, Recovered, Silent, Unhappy, Waiting};
    use crate::domain::{CaseId, Intent, Intents, Network};
    use crate::language::coach::RuleCoach;

    fn row(voice: Option<&str>, aftermath: Option<Aftermath>) -> ClockRow {
        let opened = Timestamp::from_second(1_700_000_000).unwrap();
        ClockRow {
            case: CaseId(1),
            network: Network::named("mastodon"),
            intent: Intent::Complaint,
            opened,
            published: opened,
            acknowledged: aftermath.map(|_| opened),
            resolved: None,
            dismissed: None,
            voice: voice.map(str::to_owned),
            aftermath,
        }
    }

    fn answer(text: &str, aftermath: Option<Aftermath>) -> FirstAnswer {
        FirstAnswer {
            case: CaseId(1),
            mention: SafeText::block("my chain snapped after two days, and nobody answers"),
            intents: Intents::of(&[Intent::Complaint]),
            answer: SafeText::block(text),
            aftermath,
        }
    }

    #[test]
    fn voices_come_by_name_whatever_became_of_their_answers() {
        let rows = [
            row(Some("Zoe"), Some(Recovered)),
            row(Some("Zoe"), Some(Recovered)),
            row(Some("Ana"), Some(Unhappy)),
            row(None, Some(Silent)),
            row(Some("Ana"), None),
            row(Some(" "), Some(Waiting)),
        ];
        let followed = Followed::of(&rows);
        let names: Vec<&str> = followed.voices.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Ana", "Zoe"]);
        assert_eq!(followed.voices[0].1, Outcomes { unhappy: 1, ..Outcomes::default() });
        assert_eq!(followed.all, Outcomes { recovered: 2, silent: 1, unhappy: 1, waiting: 1 });
        assert_eq!(followed.unnamed, Outcomes { silent: 1, waiting: 1, ..Outcomes::default() });
        let named: usize = followed.voices.iter().map(|(_, outcomes)| outcomes.answered()).sum();
        assert_eq!(named + followed.unnamed.answered(), followed.all.answered(), "nobody is left out");
    }

    #[test]
    fn an_answer_is_with_every_flag_that_it_has_and_else_with_those_that_have_none() {
        let mut followed = Followed::default();
        let kind = "@ana@hachyderm.io A chain that snaps after two days is horrible, sorry. A new one ships today.";
        followed.coach(&answer(kind, Some(Recovered)), &RuleCoach);
        followed.coach(&answer(kind, None), &RuleCoach);
        followed.coach(&answer("[NAME], buy our new bike now, 20 % off!", Some(Unhappy)), &RuleCoach);
        assert_eq!(followed.fine, Outcomes { recovered: 1, ..Outcomes::default() });
        let unhappy = Outcomes { unhappy: 1, ..Outcomes::default() };
        let flags: Vec<Flag> = followed.flagged.iter().map(|(flag, _)| *flag).collect();
        assert!(flags.contains(&Flag::Placeholder) && flags.contains(&Flag::NoAcknowledgement), "{flags:?}");
        assert!(followed.flagged.iter().all(|(_, outcomes)| *outcomes == unhappy));
    }
}
