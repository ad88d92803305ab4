//! `inbox`: what is to be answered, in order, each with the reason for its place.

use serde::Serialize;

use super::args::{Everywhere, InboxArgs};
use super::error::CliResult;
use super::house;
use super::output;
use super::search::Names;
use crate::domain::case::{Aftermath, CaseRow, CaseStatus, InboxFilter, Snooze, Weighing};
use crate::domain::{Clock, SafeText, Timestamp, Visibility};
use crate::engine::SystemClock;
use crate::measure::inbox;
use crate::store::{Cases, Store};

/// Longest words of a line, in characters.
const WORDS: usize = 200;

/// A case as a line of JSON.
#[derive(Debug, Serialize)]
struct CaseLine<'a> {
    case: i64,
    status: CaseStatus,
    /// The mention that stands for it.
    mention: i64,
    mentions: u32,
    network: &'a str,
    source: &'a str,
    who: &'a str,
    intents: Vec<&'static str>,
    sentiment: Option<crate::domain::Sentiment>,
    title: &'a str,
    text: &'a str,
    opened: Timestamp,
    due: Timestamp,
    impact: f64,
    severity: f64,
    followers: Option<u64>,
    reposts_per_hour: f64,
    acknowledged: Option<Timestamp>,
    closed: Option<Timestamp>,
    snoozed: Option<Snooze>,
    claimed: Option<&'a str>,
    handed_over: Option<HandedLine<'a>>,
    promise: Option<Timestamp>,
    aftermath: Option<Aftermath>,
    reopened: u32,
    visibility: Visibility,
    revision: i64,
}

/// Who has a case that is handed over.
#[derive(Debug, Serialize)]
struct HandedLine<'a> {
    /// To whom and where, in our words.
    to: &'a str,
    /// By when they should be done.
    due: Option<Timestamp>,
    overdue: bool,
}

/// Prints the inbox. The exit code is 0 when something is in it, else 1.
///
/// # Errors
/// When the store cannot be read.
pub async fn run(arguments: &InboxArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let names = Names::of(&store).await?;
    let now = SystemClock.now();
    let filter = InboxFilter { closed: arguments.all, snoozed: arguments.all, ..InboxFilter::default() };
    let (json, mut left, mut after, mut any) = (arguments.printing.json, arguments.limit, None, false);
    while left > 0 {
        let rows = store.inbox(&filter, after, now, left.min(500)).await?;
        let Some(last) = rows.last() else { break };
        after = Some(crate::domain::case::InboxKey { due: last.due, id: last.id });
        left = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        // A person may see what is not public; a script gets it when it asks.
        for row in rows.iter().filter(|row| !json || !row.private || arguments.private) {
            any = true;
            if json { output::json(&line(row, &names, now))? } else { print(row, &names, now)? }
        }
    }
    store.close().await;
    Ok(u8::from(!any))
}

fn line<'a>(row: &'a CaseRow, names: &'a Names, now: Timestamp) -> CaseLine<'a> {
    let handed = row.handed.as_ref().map(|handed| HandedLine {
        to: handed.to.as_str(),
        due: handed.due,
        overdue: row.is_overdue(now),
    });
    let Weighing { severity, followers, reposts_per_hour } = row.weighing;
    CaseLine {
        case: row.id.0,
        status: row.status,
        mention: row.mention.id.0,
        mentions: row.mentions,
        network: row.mention.network.name(),
        source: names.source(row.mention.source),
        who: row.who.as_str(),
        intents: row.intents.iter().map(crate::domain::Intent::name).collect(),
        sentiment: row.sentiment,
        title: row.mention.title.as_str(),
        text: row.mention.excerpt.as_str(),
        opened: row.opened,
        due: row.due,
        impact: inbox::impact(&row.weighing),
        severity,
        followers,
        reposts_per_hour,
        acknowledged: row.acknowledged,
        closed: row.closed,
        snoozed: row.snooze,
        claimed: row.claim.as_ref().map(|claim| claim.voice.as_str()),
        handed_over: handed,
        promise: row.promise,
        aftermath: row.aftermath,
        reopened: row.reopened,
        visibility: row.mention.visibility,
        revision: row.revision,
    }
}

/// Three lines for a person: who and how long, the words, and why it stands where it does.
fn print(row: &CaseRow, names: &Names, now: Timestamp) -> CliResult {
    let status = match row.status {
        CaseStatus::New => "new",
        CaseStatus::Acknowledged => "acknowledged",
        CaseStatus::HandedOver => "handed over",
        CaseStatus::Resolved => "resolved",
        CaseStatus::Dismissed => "dismissed",
    };
    let intents: Vec<&str> = row.intents.iter().map(crate::domain::Intent::name).collect();
    output::line(format!(
        "mention {}  {status}  {}  {}  {}  waits {}  (case {})",
        row.mention.id,
        SafeText::line(names.source(row.mention.source), 40),
        row.who,
        intents.join("+"),
        minutes(row.closed.unwrap_or(now).duration_since(row.opened).as_mins()),
        row.id
    ))?;
    let mention = &row.mention;
    let words = match mention.title.is_empty() {
        true => mention.excerpt.to_string(),
        false => format!("{} — {}", mention.title, mention.excerpt),
    };
    let marks: String =
        crate::tui::app::dossier::forewords(mention, false).into_iter().map(|piece| piece.text).collect();
    output::line(format!("  {marks}{}", SafeText::line(&words, WORDS)))?;
    if let Some(words) = handed(row, now) {
        output::line(format!("  {words}"))?;
    }
    output::line(format!("  {}\n", reason(row)))
}

/// Who has it while it is handed over.
fn handed(row: &CaseRow, now: Timestamp) -> Option<String> {
    let handed = row.handed.as_ref()?;
    Some(match handed.due {
        Some(due) if row.is_overdue(now) => {
            format!("with {}: overdue by {}", handed.to, minutes(now.duration_since(due).as_mins()))
        }
        Some(due) => format!("with {}: due in {}", handed.to, minutes(due.duration_since(now).as_mins())),
        None => format!("with {}", handed.to),
    })
}

/// The sum that its place is made of.
fn reason(row: &CaseRow) -> String {
    let Weighing { severity, followers, reposts_per_hour } = row.weighing;
    let impact = inbox::impact(&row.weighing);
    let known = match followers {
        Some(followers) => format!("{} followers", output::grouped(followers)),
        None => format!("unknown followers, counted as {}", inbox::UNKNOWN_FOLLOWERS),
    };
    format!(
        "turn {} after it came: severity {severity} x {known} x {reposts_per_hour:.1} reposts an hour = impact {impact:.1}, \
         {:.2} targets",
        minutes(row.due.duration_since(row.opened).as_mins()),
        inbox::targets(impact)
    )
}

fn minutes(minutes: i64) -> String {
    match minutes.max(0) {
        minutes @ ..120 => format!("{minutes} min"),
        minutes @ ..2_880 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        minutes => format!("{} days", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_the_unit_that_fits() {
        assert_eq!(minutes(-3), "0 min");
        assert_eq!(minutes(119), "119 min");
        assert_eq!(minutes(125), "2 h 05 min");
        assert_eq!(minutes(3 * 1_440 + 5), "3 days");
    }
}
