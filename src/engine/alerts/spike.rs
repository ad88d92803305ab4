//! Whether the last hour of a subject is a spike, and what it is made of.

use std::collections::{HashMap, HashSet};

use crate::domain::stream::{Counts, Filter, Key, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{Mention, MentionId, SourceId, Subject, Timestamp};
use crate::engine::clock::after;
use crate::measure::spike::{Habit, Rise, Sensitivity, Verdict, commonest, spike};
use crate::measure::terms::terms;
use crate::store::{Store, StoreResult};

/// The hours that are read: the last one and a week before it.
const HOURS: u32 = 7 * 24 + 1;
/// Hours before the last one that make the nearer habit.
const EARLIER: usize = 12;
/// Mentions of the hour, and of the day before it, that are read to explain a spike.
const READ: u32 = 400;
/// A source that brought less than this part of the hour does not decide how far back the habit is known.
const MAIN_SHARE: u64 = 5;
/// Scored readings from which a share of sentiment is told.
const FEWEST: u64 = crate::measure::FEWEST;
const QUARTER: i64 = 15 * 60;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Sources that were asked for the first time not long ago, and when. What such a source holds may reach back
/// only a little way, so that the hours before it look emptier than they were.
pub(super) type Began = HashMap<SourceId, Timestamp>;

/// How long a source counts as new.
pub(super) const NEW_FOR: SignedDuration = SignedDuration::from_hours(EARLIER as i64 + 1);

/// One line about the spike, if the last hour is one.
pub(super) async fn look(
    store: &dyn Store,
    subject: &Subject,
    now: Timestamp,
    began: &Began,
) -> StoreResult<Option<String>> {
    let end = end_of_hour(now);
    let from = after(end, -HOUR * i32::try_from(HOURS).unwrap_or(i32::MAX));
    let counts = store.trend(subject.id, from, HOUR, HOURS).await?;
    let Some((last, earlier)) = counts.split_last() else { return Ok(None) };
    if judge(last.total(), earlier, earlier.len()).is_none() {
        return Ok(None);
    }
    // Only now are the mentions worth reading. What was back-filled does not count in the hour that is judged.
    let since = after(end, -HOUR);
    let filter = Filter { subject: Some(subject.id), since: Some(since), ..Filter::default() };
    let mentions = store.mentions(&filter, Span::Newest, READ).await?;
    let (history, heard): (Vec<_>, Vec<_>) = mentions.into_iter().partition(|mention| mention.row.history);
    let count = last.total().saturating_sub(history.len() as u64);
    let busiest = commonest(heard.iter().map(|mention| mention.row.source), 5);
    let known_from = known_from(store, &busiest, heard.len() as u64, began).await?;
    let known = known_from.map_or(earlier.len(), |known_from| whole_hours(known_from, since).min(earlier.len()));
    let Some(rise) = judge(count, earlier, known) else { return Ok(None) };
    let before = Filter { since: Some(after(since, HOUR * -24)), until: Some(since), ..filter };
    let before = store.mentions(&before, Span::Newest, READ).await?;
    let sources = store.sources().await?;
    let name = |id| sources.iter().find(|source| source.id == id).map(|source| source.name.clone());
    let main = busiest.first().and_then(|(source, count)| Some((name(*source)?, *count)));
    Ok(Some(words(subject, &rise, last, &news(subject, &heard, &before), main, heard.len() as u64)))
}

/// The end of the hour that is judged: the end of the present quarter of an hour, for counts are kept by quarters.
fn end_of_hour(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(QUARTER) + QUARTER).unwrap_or(now)
}

/// Holds the hour against the hours before it, oldest first, of which the last `known` are known. Days before the
/// first count are not taken for days without mentions.
fn judge(count: u64, earlier: &[Counts], known: usize) -> Option<Rise> {
    let totals: Vec<u64> = earlier.iter().map(Counts::total).collect();
    let known = totals.get(totals.len() - known.min(totals.len())..).unwrap_or_default();
    let directly = known.get(known.len().saturating_sub(EARLIER)..).unwrap_or_default();
    let silent = known.iter().take_while(|count| **count == 0).count();
    let days = known.get(silent..).unwrap_or_default();
    // The hour before the same hour of yesterday is 24 back from the hour that is judged, that is 23 from the end.
    let same_hour: Vec<u64> = days.iter().rev().skip(23).step_by(24).copied().collect();
    match spike(count, &Habit { earlier: directly, same_hour: &same_hour }, &Sensitivity::default()) {
        Verdict::Spike(rise) => Some(rise),
        Verdict::Usual(_) | Verdict::TooLittle => None,
    }
}

/// From when on the habit is known: as far back as what the new ones among the main sources hold.
async fn known_from(
    store: &dyn Store,
    busiest: &[(SourceId, u64)],
    heard: u64,
    began: &Began,
) -> StoreResult<Option<Timestamp>> {
    let mut from = None;
    for (source, _) in
        busiest.iter().filter(|(source, count)| count * MAIN_SHARE >= heard && began.contains_key(source))
    {
        let first = Span::NewerThan(Key { published: Timestamp::MIN, id: MentionId(0) });
        let filter = Filter { source: Some(*source), ..Filter::default() };
        let oldest = store.page(&filter, first, 1).await?;
        from = from.max(oldest.first().map(|row| row.published));
    }
    Ok(from)
}

fn whole_hours(from: Timestamp, to: Timestamp) -> usize {
    usize::try_from(to.duration_since(from).as_hours()).unwrap_or(0)
}

/// The words that set the hour apart from the day before it.
fn news(subject: &Subject, heard: &[Mention], before: &[Mention]) -> Vec<String> {
    let text = |mention: &Mention| format!("{} {}", mention.row.title, mention.text);
    let (now, before): (Vec<String>, Vec<String>) =
        (heard.iter().map(text).collect(), before.iter().map(text).collect());
    let ignored: HashSet<String> = subject.name.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let terms = terms(now.iter().map(String::as_str), before.iter().map(String::as_str), &ignored, 4);
    terms.into_iter().map(|term| term.word).collect()
}

fn words(
    subject: &Subject,
    rise: &Rise,
    last: &Counts,
    news: &[String],
    main: Option<(String, u64)>,
    heard: u64,
) -> String {
    let expected = if rise.expected < 1.5 { "about 1".to_owned() } else { format!("about {:.0}", rise.expected) };
    let mut text = format!("{}: {} mentions within the hour instead of {expected}", subject.name, rise.count);
    if !news.is_empty() {
        text.push_str(&format!(" ({})", news.join(", ")));
    }
    let scored = last.negative + last.neutral + last.positive;
    let percent = |part: u64, whole: u64| 100 * part / whole.max(1);
    if scored >= FEWEST {
        let (share, kind) = if last.negative >= last.positive {
            (percent(last.negative, scored), "negative")
        } else {
            (percent(last.positive, scored), "positive")
        };
        text.push_str(&format!("; {share} % {kind}"));
    }
    if let Some((name, count)) = main {
        text.push_str(&format!("; {} % from {name}", percent(count, heard)));
    }
    text
}

#[cfg(test)]
mod tests;
