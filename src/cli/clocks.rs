//! `clocks`: how fast we answer, with what is still unanswered counted in.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{ClocksArgs, Everywhere};
use super::error::{CliError, CliResult};
use super::house;
use super::output::{self, Table};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Timestamp};
use crate::engine::SystemClock;
use crate::engine::aftermath::{self, Followed, MOST_COACHED};
use crate::engine::timekeeping::{self, Group, WITHIN, percent, spell};
use crate::language::Readers;
use crate::measure::aftermath::{FEWEST_OUTCOMES, Outcomes};
use crate::measure::clocks::{self, Clocks, Quantile};
use crate::measure::hours::WorkingHours;
use crate::store::Cases;

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
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let answering = house::answering(everywhere)?;
    let hours = hours(arguments, answering.hours, &zone)?;
    let now = SystemClock.now();
    let back = |when: Option<super::when::When>, otherwise| match when {
        Some(when) => when.moment(now, &zone).ok_or_else(|| CliError::message("that time cannot be counted").refused()),
        None => Ok(otherwise),
    };
    let from = back(arguments.since, now.saturating_sub(BACK).unwrap_or(now))?;
    let until = back(arguments.until, now)?;
    let readers = Readers::trained();
    let rows = store.clocks(from, until, now, MOST).await;
    let followed = aftermath::followed(&*store, &readers, from, until, now).await;
    crate::store::Store::close(&*store).await;
    let (rows, followed) = (rows?, followed?);
    let reading = Reading { target: arguments.target.unwrap_or(answering.target), hours, now };
    let groups = timekeeping::groups(&rows);
    if arguments.printing.json {
        for group in &groups {
            output::json(&reading.json(group))?;
        }
        for (by, name, outcomes) in lines(&followed) {
            output::json(&outcome_json(by, &name, outcomes))?;
        }
    } else {
        output::block(reading.table(&groups).render())?;
        output::line(reading.footnote(rows.len()))?;
        if followed.all.answered() > 0 {
            output::line("")?;
            output::block(outcomes_table(&followed).render())?;
            output::line(outcomes_footnote(&followed))?;
        }
    }
    Ok(u8::from(rows.is_empty()))
}

/// The hours in which the clocks are read: those that are given, else those of the configuration when they are asked
/// for; else calendar time.
fn hours(arguments: &ClocksArgs, configured: Option<WorkingHours>, zone: &TimeZone) -> CliResult<Option<WorkingHours>> {
    let Some(text) = arguments.hours.as_deref() else {
        return match (arguments.working, configured) {
            (false, _) => Ok(None),
            (true, Some(hours)) => Ok(Some(hours)),
            (true, None) => Err(CliError::message(
                "no working hours are configured: give them with --hours 'Mon-Fri 9:00-18:00', or set hours below [answering] in the configuration",
            )
            .refused()),
        };
    };
    let hours = WorkingHours::parse(text, zone.clone());
    hours.map(Some).map_err(|error| CliError::message(format!("--hours: {error}")).refused())
}

/// What the clocks are read with.
struct Reading {
    target: SignedDuration,
    hours: Option<WorkingHours>,
    now: Timestamp,
}

impl Reading {
    fn clocks(&self, group: &Group) -> Clocks {
        timekeeping::read(&group.waits, self.target, self.hours.as_ref(), self.now)
    }

    fn table(&self, groups: &[Group]) -> Table {
        let headings: Vec<String> = ["", "CASES", "WAITING", "ACK P50", "ACK P90", "SOLVED P50", "SOLVED P90"]
            .into_iter()
            .map(str::to_owned)
            .chain(WITHIN.iter().map(|within| format!("≤{}", spell(*within))))
            .chain([format!("TARGET ≤{}", spell(self.target))])
            .collect();
        let mut table = Table::new(&headings.iter().map(String::as_str).collect::<Vec<_>>());
        for group in groups {
            let clocks = self.clocks(group);
            let mut cells = vec![group.heading(), clocks.cases.to_string(), clocks.waiting.to_string()];
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

    fn json(&self, group: &Group) -> Value {
        let clocks = self.clocks(group);
        let both = |[half, nine]: [Quantile; 2]| json!({ "p50": quantile(half), "p90": quantile(nine) });
        let within: Vec<Value> = clocks
            .within
            .iter()
            .map(|(most, within)| {
                json!({ "seconds": most.as_secs(), "hits": within.hits, "misses": within.misses, "share": within.share() })
            })
            .collect();
        json!({
            "group": group.of.name(),
            "name": group.name.as_str(),
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

fn quantile(quantile: Quantile) -> Value {
    match quantile {
        Quantile::TooFew => Value::Null,
        Quantile::Reached(took) => json!({ "seconds": took.as_secs() }),
        Quantile::Beyond(longest) => json!({ "more_than_seconds": longest.as_secs() }),
    }
}

fn told(quantile: Quantile) -> String {
    timekeeping::told(quantile, spell)
}

/// What became of people, line by line: by what, which, and how many.
fn lines(followed: &Followed) -> Vec<(&'static str, String, Outcomes)> {
    let mut lines = vec![("all", String::new(), followed.all)];
    lines.extend(followed.voices.iter().map(|(voice, outcomes)| ("voice", voice.to_string(), *outcomes)));
    if followed.unnamed.answered() > 0 {
        lines.push(("elsewhere", "or by no voice".to_owned(), followed.unnamed));
    }
    lines.push(("coach", "nothing against it".to_owned(), followed.fine));
    lines.extend(followed.flagged.iter().map(|(flag, outcomes)| ("coach", flag.name().to_owned(), *outcomes)));
    lines
}

fn outcomes_table(followed: &Followed) -> Table {
    let mut table = Table::new(&["AFTER THE ANSWER", "ANSWERED", "CAME BACK HAPPY", "SILENT", "STILL UNHAPPY", "OPEN"]);
    for (by, name, outcomes) in lines(followed) {
        let name = if name.is_empty() { by.to_owned() } else { format!("{by} {name}") };
        let counts = [outcomes.recovered, outcomes.silent, outcomes.unhappy];
        let mut cells = vec![name, outcomes.answered().to_string()];
        cells.extend(match outcomes.shares() {
            Some(shares) => {
                counts.iter().zip(shares).map(|(n, share)| format!("{n} ({:.0} %)", share * 100.0)).collect()
            }
            None => vec!["too few".to_owned(); 3],
        });
        cells.push(outcomes.waiting.to_string());
        table.row(cells);
    }
    table
}

fn outcomes_footnote(followed: &Followed) -> String {
    let cut = if followed.cut { format!("; the newest {MOST_COACHED} only") } else { String::new() };
    format!(
        "\nWhat they said within 72 hours after our last answer; OPEN may still write and is in no share. A voice is \
         the one that answered\nfirst, by name; elsewhere is under our account from another program. The coach reads our first public answers again{cut}; one with two flags \
         is in two lines.\nBelow {FEWEST_OUTCOMES} outcomes nothing is said."
    )
}

fn outcome_json(by: &str, name: &str, outcomes: Outcomes) -> Value {
    let shares = outcomes
        .shares()
        .map(|[recovered, silent, unhappy]| json!({ "recovered": recovered, "silent": silent, "unhappy": unhappy }));
    json!({
        "after_the_answer": by,
        "name": name,
        "answered": outcomes.answered(),
        "recovered": outcomes.recovered,
        "silent": outcomes.silent,
        "unhappy": outcomes.unhappy,
        "waiting": outcomes.waiting,
        "shares": shares,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CaseId, Intent, Network};
    use crate::store::cases::ClockRow;

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
        let table = reading().table(&timekeeping::groups(&rows)).render();
        let lines: Vec<Vec<&str>> =
            table.lines().map(|line| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect()).collect();
        assert_eq!(lines[1], ["all", "8", "2", "8m", "> 2h", "> 2h", "> 2h", "12 %", "75 %", "75 %", "75 %"]);
        assert_eq!(lines[2][..3], ["network feed", "1", "1"]);
        assert_eq!(lines[2][3], "too few");
        assert_eq!(lines[3][..3], ["network mastodon", "7", "1"]);
        assert_eq!(lines[4], ["voice Ana", "6", "0", "7m", "10m", "> 2h", "> 2h", "17 %", "100 %", "100 %", "100 %"]);
        let json = reading().json(&timekeeping::groups(&rows)[0]);
        assert_eq!(json["acknowledge"]["p50"]["seconds"], 480);
        assert_eq!(json["resolve"]["p90"]["more_than_seconds"], 7_200);
        assert_eq!(json["within"][3]["misses"], 2);
    }

    #[test]
    fn what_became_of_people_is_told_by_voice_and_by_coach() {
        let outcomes = |recovered, unhappy| Outcomes { recovered, unhappy, silent: 1, waiting: 2 };
        let followed = Followed {
            all: outcomes(5, 2),
            voices: vec![("Ana".into(), outcomes(3, 1)), ("Kim".into(), outcomes(1, 1))]
                .into_iter()
                .map(|(name, outcomes): (String, _)| (crate::domain::SafeText::line(&name, 9), outcomes))
                .collect(),
            unnamed: Outcomes { silent: 1, ..Outcomes::default() },
            fine: outcomes(4, 0),
            flagged: vec![(crate::language::coach::Flag::Denial, outcomes(0, 1))],
            cut: false,
        };
        let table = outcomes_table(&followed).render();
        let lines: Vec<Vec<&str>> =
            table.lines().map(|line| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect()).collect();
        assert_eq!(lines[1], ["all", "10", "5 (62 %)", "1 (12 %)", "2 (25 %)", "2"]);
        assert_eq!(lines[2], ["voice Ana", "7", "3 (60 %)", "1 (20 %)", "1 (20 %)", "2"]);
        assert_eq!(lines[3], ["voice Kim", "5", "too few", "too few", "too few", "2"]);
        assert_eq!(lines[4], ["elsewhere or by no voice", "1", "too few", "too few", "too few", "0"]);
        assert_eq!(lines[5][..3], ["coach nothing against it", "7", "4 (80 %)"]);
        assert_eq!(lines[6][..3], ["coach denial", "4", "too few"]);
        let json = outcome_json("voice", "Kim", outcomes(1, 1));
        assert_eq!((json["unhappy"].as_u64(), json["shares"].is_null()), (Some(1), true));
        assert!(
            (outcome_json("all", "", outcomes(5, 2))["shares"]["recovered"].as_f64().unwrap() - 0.625).abs() < 1e-9
        );
        assert!(outcomes_footnote(&Followed { cut: true, ..followed }).contains("the newest 500"));
    }
}
