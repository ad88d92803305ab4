//! The clocks over everything, each network and each voice, and how their figures are worded: the same for the screen
//! and for the shell.

use std::collections::BTreeMap;

use crate::domain::time::SignedDuration;
use crate::domain::{SafeText, Timestamp};
use crate::measure::clocks::{self, Clocks, Quantile, Wait, Within};
use crate::measure::hours::WorkingHours;
use crate::store::cases::ClockRow;

/// Times within which an answer may be asked, besides the target.
pub const WITHIN: [SignedDuration; 3] =
    [SignedDuration::from_mins(5), SignedDuration::from_mins(15), SignedDuration::from_hours(1)];
/// Longest name of a voice, in characters.
const LONGEST_NAME: usize = 40;

/// Of what a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// All cases.
    All,
    /// The cases of a network.
    Network,
    /// The cases that a voice answered first.
    Voice,
}

impl Of {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Network => "network",
            Self::Voice => "voice",
        }
    }
}

/// Turns of the clocks that are told together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Of what.
    pub of: Of,
    /// Which network or voice; empty for all.
    pub name: SafeText,
    /// Their waits.
    pub waits: Vec<Wait>,
}

impl Group {
    /// The name as a line begins with it: `all`, `network mastodon`, `voice Ana`.
    pub fn heading(&self) -> String {
        heading(self.of, &self.name)
    }
}

fn heading(of: Of, name: &SafeText) -> String {
    if name.is_empty() { of.name().to_owned() } else { format!("{} {name}", of.name()) }
}

/// All cases, those of each network, and those of each voice, in that order and each by name.
pub fn groups(rows: &[ClockRow]) -> Vec<Group> {
    let mut networks: BTreeMap<String, Vec<Wait>> = BTreeMap::new();
    let mut voices: BTreeMap<String, Vec<Wait>> = BTreeMap::new();
    for row in rows {
        networks.entry(row.network.name().to_owned()).or_default().push(wait(row));
        if let Some(voice) = voice(row) {
            voices.entry(voice.to_string()).or_default().push(wait(row));
        }
    }
    let named =
        |of| move |(name, waits): (String, Vec<Wait>)| Group { of, name: SafeText::line(&name, LONGEST_NAME), waits };
    let all = Group { of: Of::All, name: SafeText::default(), waits: rows.iter().map(wait).collect() };
    let mut groups = vec![all];
    groups.extend(networks.into_iter().map(named(Of::Network)));
    groups.extend(voices.into_iter().map(named(Of::Voice)));
    groups
}

/// The voice that answered first, as it is printed.
pub(super) fn voice(row: &ClockRow) -> Option<SafeText> {
    row.voice.as_deref().map(|voice| SafeText::line(voice, LONGEST_NAME)).filter(|voice| !voice.is_empty())
}

/// One turn of the clocks, as the formulas want it.
pub fn wait(row: &ClockRow) -> Wait {
    Wait {
        opened: row.opened,
        acknowledged: row.acknowledged,
        resolved: row.resolved,
        dismissed: row.dismissed.map(|(at, _)| at),
    }
}

/// Reads the clocks of a group for [`WITHIN`] and the target, which comes last.
pub fn read(waits: &[Wait], target: SignedDuration, hours: Option<&WorkingHours>, now: Timestamp) -> Clocks {
    let within: Vec<SignedDuration> = WITHIN.into_iter().chain([target]).collect();
    clocks::clocks(waits, hours, &within, now)
}

/// The clocks of a group, by the calendar and in working hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Reckoning {
    /// Of what.
    pub of: Of,
    /// Which network or voice; empty for all.
    pub name: SafeText,
    /// Every hour counts.
    pub calendar: Clocks,
    /// Only working hours count; `None` where none are configured.
    pub working: Option<Clocks>,
}

impl Reckoning {
    /// Reads the clocks of a group both ways.
    pub fn of(group: Group, target: SignedDuration, hours: Option<&WorkingHours>, now: Timestamp) -> Self {
        Self {
            calendar: read(&group.waits, target, None, now),
            working: hours.map(|hours| read(&group.waits, target, Some(hours), now)),
            of: group.of,
            name: group.name,
        }
    }

    /// The name as a line begins with it.
    pub fn heading(&self) -> String {
        heading(self.of, &self.name)
    }
}

/// A quantile in words.
pub fn told(quantile: Quantile, spell: impl Fn(SignedDuration) -> String) -> String {
    match quantile {
        Quantile::TooFew => "too few".to_owned(),
        Quantile::Reached(took) => spell(took),
        Quantile::Beyond(longest) => format!("> {}", spell(longest)),
    }
}

/// A share in words.
pub fn percent(within: &Within) -> String {
    within.share().map_or_else(|| "too few".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// A stretch of time with its two largest units: `45s`, `6m`, `3h 10m`, `2d 4h`.
pub fn spell(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: i64, unit, rest: i64, smaller| match rest {
        0 => format!("{large}{unit}"),
        rest => format!("{large}{unit} {rest}{smaller}"),
    };
    match () {
        () if minutes < 1 => format!("{seconds}s"),
        () if hours < 1 => format!("{minutes}m"),
        () if days < 1 => two(hours, "h", minutes % 60, "m"),
        () => two(days, "d", hours % 24, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_told_by_their_two_largest_units() {
        let told = |seconds| spell(SignedDuration::from_secs(seconds));
        assert_eq!(
            (told(45), told(372), told(3600), told(11_400)),
            ("45s".into(), "6m".into(), "1h".into(), "3h 10m".into())
        );
        assert_eq!(told(86_400 * 2 + 4 * 3600 + 59), "2d 4h");
    }
}
