//! `clocks`: how fast we answer, with what is still unanswered counted in.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{ClocksArgs, Everywhere};
use super::error::{CliError, CliResult};
use super::house;
use super::output::{self, Table};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::measure::clocks::{self, Clocks, Quantile, Wait, Within};
use crate::measure::hours::WorkingHours;
use crate::store::Cases;
use crate::store::cases::ClockRow;

/// Times within which an answer may be asked, besides the target.
const WITHIN: [SignedDuration; 3] =
    [SignedDuration::from_mins(5), SignedDuration::from_mins(15), SignedDuration::from_hours(1)];
/// How far back is looked, unless told.
const BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most turns of the clocks that are read.
const MOST: u32 = 200_000;

/// Prints the clocks. The exit code is 0 when there was a case, else 1.
///
/// # Errors
/// When the hours are not understood or the store cannot be read.
pub async fn run(arguments: &ClocksArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let zone = TimeZone::system();
    let hours = arguments.hours.as_deref().map(|text| WorkingHours::parse(text, zone.clone())).transpose();
    let hours = hours.map_err(|error| CliError::message(format!("--hours: {error}")))?;
    let now = SystemClock.now();
    let back = |when: Option<super::when::When>, otherwise| match when {
        Some(when) => when.moment(now, &zone).ok_or_else(|| CliError::message("that time cannot be counted")),
        None => Ok(otherwise),
    };
    let from = back(arguments.since, now.saturating_sub(BACK).unwrap_or(now))?;
    let until = back(arguments.until, now)?;
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let rows = store.clocks(from, until, now, MOST).await;
    crate::store::Store::close(&*store).await;
    let rows = rows?;
    let reading = Reading { target: arguments.target, hours, now };
    let groups = groups(&rows);
    if arguments.printing.json {
        for (group, rows) in &groups {
            output::json(&reading.json(group, rows))?;
        }
    } else {
        output::block(reading.table(&groups).render())?;
        output::line(reading.footnote(rows.len()))?;
    }
    Ok(u8::from(rows.is_empty()))
}

/// What the clocks are read with.
struct Reading {
    target: SignedDuration,
    hours: Option<WorkingHours>,
    now: Timestamp,
}

/// Of what a line tells: a heading and a name.
type Group = (&'static str, String);

/// All cases, those of each network, and those of each voice, in that order.
fn groups(rows: &[ClockRow]) -> Vec<(Group, Vec<&ClockRow>)> {
    let mut groups = vec![(("all", String::new()), rows.iter().collect())];
    let mut networks: BTreeMap<String, Vec<&ClockRow>> = BTreeMap::new();
    let mut voices: BTreeMap<String, Vec<&ClockRow>> = BTreeMap::new();
    for row in rows {
        networks.entry(row.network.name().to_owned()).or_default().push(row);
        if let Some(voice) = &row.voice {
            voices.entry(SafeText::line(voice, 40).to_string()).or_default().push(row);
        }
    }
    groups.extend(networks.into_iter().map(|(name, rows)| (("network", name), rows)));
    groups.extend(voices.into_iter().map(|(name, rows)| (("voice", name), rows)));
    groups
}

impl Reading {
    fn clocks(&self, rows: &[&ClockRow]) -> Clocks {
        let waits: Vec<Wait> = rows.iter().map(|row| wait(row)).collect();
        let within: Vec<SignedDuration> = WITHIN.into_iter().chain([self.target]).collect();
        clocks::clocks(&waits, self.hours.as_ref(), &within, self.now)
    }

    fn table(&self, groups: &[(Group, Vec<&ClockRow>)]) -> Table {
        let headings: Vec<String> = ["", "CASES", "WAITING", "ACK P50", "ACK P90", "SOLVED P50", "SOLVED P90"]
            .into_iter()
            .map(str::to_owned)
            .chain(WITHIN.iter().map(|within| format!("≤{}", spell(*within))))
            .chain([format!("TARGET ≤{}", spell(self.target))])
            .collect();
        let mut table = Table::new(&headings.iter().map(String::as_str).collect::<Vec<_>>());
        for ((kind, name), rows) in groups {
            let clocks = self.clocks(rows);
            let name = if name.is_empty() { (*kind).to_owned() } else { format!("{kind} {name}") };
            let mut cells = vec![name, clocks.cases.to_string(), clocks.waiting.to_string()];
            cells.extend(clocks.acknowledge.iter().chain(&clocks.resolve).map(|quantile| told(*quantile)));
            cells.extend(clocks.within.iter().map(|(_, within)| percent(within)));
            table.row(cells);
        }
        table
    }

    fn footnote(&self, cases: usize) -> String {
        let time = if self.hours.is_some() { "working hours" } else { "calendar time" };
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let cut = if cases >= most { format!("; only the first {MOST} cases were read") } else { String::new() };
        format!(
            "\nIn {time}, from when we first had the post. P50 and P90 count those who wait still (Kaplan-Meier); \
             \"> 2h\" was not reached\nby the longest wait of 2h. Shares count the unanswered as missed once they are \
             older; dismissed cases are neither.\nBelow {} cases nothing is said{cut}.",
            clocks::FEWEST_CASES
        )
    }

    fn json(&self, (kind, name): &Group, rows: &[&ClockRow]) -> Value {
        let clocks = self.clocks(rows);
        let both = |[half, nine]: [Quantile; 2]| json!({ "p50": quantile(half), "p90": quantile(nine) });
        let within: Vec<Value> = clocks
            .within
            .iter()
            .map(|(most, within)| {
                json!({ "seconds": most.as_secs(), "hits": within.hits, "misses": within.misses, "share": within.share() })
            })
            .collect();
        json!({
            "group": kind,
            "name": name,
            "cases": clocks.cases,
            "waiting": clocks.waiting,
            "acknowledge": both(clocks.acknowledge),
            "resolve": both(clocks.resolve),
            "within": within,
            "target_seconds": self.target.as_secs(),
            "working_hours": self.hours.is_some(),
        })
    }
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

fn quantile(quantile: Quantile) -> Value {
    match quantile {
        Quantile::TooFew => Value::Null,
        Quantile::Reached(took) => json!({ "seconds": took.as_secs() }),
        Quantile::Beyond(longest) => json!({ "more_than_seconds": longest.as_secs() }),
    }
}

fn told(quantile: Quantile) -> String {
    match quantile {
        Quantile::TooFew => "too few".to_owned(),
        Quantile::Reached(took) => spell(took),
        Quantile::Beyond(longest) => format!("> {}", spell(longest)),
    }
}

fn percent(within: &Within) -> String {
    within.share().map_or_else(|| "too few".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// A stretch of time with its two largest units: `45s`, `6m`, `3h 10m`, `2d 4h`.
fn spell(time: SignedDuration) -> String {
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
    use crate::domain::{CaseId, Intent, Network};

    fn row(case: i64, network: &str, voice: Option<&str>, minutes: Option<i64>) -> ClockRow {
        let opened = Timestamp::from_second(1_700_000_000).unwrap();
        ClockRow {
            case: CaseId(case),
            network: Network::named(network),
            intent: Intent::Complaint,
            opened,
            published: opened,
            acknowledged: minutes.map(|minutes| opened + SignedDuration::from_mins(minutes)),
            resolved: None,
            dismissed: None,
            voice: voice.map(str::to_owned),
            aftermath: None,
        }
    }

    fn reading() -> Reading {
        let now = Timestamp::from_second(1_700_000_000 + 7_200).unwrap();
        Reading { target: SignedDuration::from_mins(10), hours: None, now }
    }

    #[test]
    fn every_network_and_every_voice_has_a_line_and_the_unanswered_count() {
        let mut rows: Vec<ClockRow> = (0..6).map(|case| row(case, "mastodon", Some("Ana"), Some(case + 5))).collect();
        rows.push(row(6, "feed", None, None));
        rows.push(row(7, "mastodon", None, None));
        let table = reading().table(&groups(&rows)).render();
        let lines: Vec<Vec<&str>> =
            table.lines().map(|line| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect()).collect();
        assert_eq!(lines[1], ["all", "8", "2", "8m", "> 2h", "> 2h", "> 2h", "12 %", "75 %", "75 %", "75 %"]);
        assert_eq!(lines[2][..3], ["network feed", "1", "1"]);
        assert_eq!(lines[2][3], "too few");
        assert_eq!(lines[3][..3], ["network mastodon", "7", "1"]);
        assert_eq!(lines[4], ["voice Ana", "6", "0", "7m", "10m", "> 2h", "> 2h", "17 %", "100 %", "100 %", "100 %"]);
        let json = reading().json(&("all", String::new()), &rows.iter().collect::<Vec<_>>());
        assert_eq!(json["acknowledge"]["p50"]["seconds"], 480);
        assert_eq!(json["resolve"]["p90"]["more_than_seconds"], 7_200);
        assert_eq!(json["within"][3]["misses"], 2);
    }

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
