//! Whether the last hour of a subject is a spike, and what it is made of.

use std::collections::HashMap;

use crate::domain::stream::{Counts, Filter, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{Mention, Sentiment, Subject, SubjectId, Timestamp};
use crate::engine::clock::after;
use crate::store::{Store, StoreResult};

/// The hours that are read: the last one and a week before it.
const HOURS: u32 = 7 * 24 + 1;
/// Mentions of the last hour that are read to explain a spike.
const READ: u32 = 400;
const QUARTER: i64 = 15 * 60;

/// One line about the spike, if the last hour is one.
pub(super) async fn look(store: &dyn Store, subject: &Subject, now: Timestamp) -> StoreResult<Option<String>> {
    let end = end_of_hour(now);
    let from = after(end, SignedDuration::from_hours(-i64::from(HOURS)));
    let counts = store.trend(subject.id, from, SignedDuration::from_hours(1), HOURS).await?;
    let Some((last, earlier)) = counts.split_last() else { return Ok(None) };
    if judge(last.total(), earlier).is_none() {
        return Ok(None);
    }
    // Only now are the mentions worth reading; what was back-filled does not count in the hour that is judged.
    let since = after(end, SignedDuration::from_hours(-1));
    let filter = Filter { subject: Some(subject.id), since: Some(since), ..Filter::default() };
    let mentions = store.mentions(&filter, Span::Newest, READ).await?;
    let back_filled = mentions.iter().filter(|mention| mention.row.history).count() as u64;
    let heard: Vec<&Mention> = mentions.iter().filter(|mention| !mention.row.history).collect();
    let count = last.total().saturating_sub(back_filled);
    let Some(expected) = judge(count, earlier) else { return Ok(None) };
    let sources = store.sources().await?;
    let name = |id| sources.iter().find(|source| source.id == id).map_or("a source", |source| source.name.as_str());
    Ok(Some(words(subject, count, expected, &heard, name)))
}

/// The end of the hour that is judged: the end of the present quarter of an hour, for counts are kept by quarters.
fn end_of_hour(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(QUARTER) + QUARTER).unwrap_or(now)
}

fn judge(_last: u64, _earlier: &[Counts]) -> Option<f64> {
    None
}

fn words<'a>(
    subject: &Subject,
    count: u64,
    expected: f64,
    heard: &[&'a Mention],
    name: impl Fn(crate::domain::SourceId) -> &'a str,
) -> String {
    let mut text = format!("{}: {count} mentions in the last hour, about {expected:.0} expected", subject.name);
    if let Some((share, kind)) = leaning(subject.id, heard) {
        text.push_str(&format!("; {share} % {kind}"));
    }
    if let Some((source, share)) = busiest(heard) {
        text.push_str(&format!("; {share} % from {}", name(source)));
    }
    text
}

/// The sentiment that most scored mentions of the hour share, in per cent, if it is not neutral.
fn leaning(subject: SubjectId, heard: &[&Mention]) -> Option<(usize, &'static str)> {
    let readings = heard.iter().flat_map(|mention| &mention.row.readings);
    let scored: Vec<Sentiment> =
        readings.filter(|reading| reading.subject == subject && reading.about).filter_map(|r| r.likeliest()).collect();
    let share = |wanted| 100 * scored.iter().filter(|found| **found == wanted).count() / scored.len().max(1);
    let (negative, positive) = (share(Sentiment::Negative), share(Sentiment::Positive));
    let most = if negative >= positive { (negative, "negative") } else { (positive, "positive") };
    (most.0 >= 25).then_some(most)
}

/// The source that brought most of the hour, with its share in per cent.
fn busiest(heard: &[&Mention]) -> Option<(crate::domain::SourceId, usize)> {
    let mut counts: HashMap<_, usize> = HashMap::new();
    for mention in heard {
        *counts.entry(mention.row.source).or_default() += 1;
    }
    let (source, count) = counts.into_iter().max_by_key(|(source, count)| (*count, std::cmp::Reverse(*source)))?;
    Some((source, 100 * count / heard.len().max(1)))
}
