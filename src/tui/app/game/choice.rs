//! Which mentions a person is asked about.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{MentionRow, Sentiment, Shares, SubjectId};

/// Which mentions teach most: uncertain ones first, the three sentiments alike, and among each also some that are read
/// with more certainty, so that the whole range is asked about. What cannot be read, is not about the subject, or was
/// said by a person already is left out; of a story, and of the same words, one. In an order in which the sentiments
/// take turns, so that it gives nothing away. The same rows give the same choice.
pub fn choose(rows: &[MentionRow], subject: SubjectId, most: usize) -> Vec<MentionRow> {
    let mut by_class: BTreeMap<Sentiment, Vec<(f32, &MentionRow)>> = BTreeMap::new();
    let (mut stories, mut words) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let reading = row.readings.iter().find(|reading| reading.subject == subject && reading.about);
        let Some(shares) = reading.and_then(|reading| reading.sentiment) else { continue };
        let (likeliest, share) = shares.likeliest();
        let empty = row.title.is_empty() && row.excerpt.is_empty();
        if share >= 1.0
            || empty
            || !stories.insert(row.group)
            || !words.insert((row.title.as_str(), row.excerpt.as_str()))
        {
            continue;
        }
        by_class.entry(likeliest).or_default().push((margin(shares), row));
    }
    for class in by_class.values_mut() {
        class.sort_by(|one, other| one.0.total_cmp(&other.0));
        *class = interleaved(std::mem::take(class));
    }
    let mut queues: Vec<_> = by_class.into_values().map(Vec::into_iter).collect();
    let mut chosen = Vec::new();
    while chosen.len() < most {
        let before = chosen.len();
        for queue in &mut queues {
            if chosen.len() < most {
                chosen.extend(queue.next().map(|(_, row)| row.clone()));
            }
        }
        if chosen.len() == before {
            break;
        }
    }
    chosen
}

/// How far the likeliest sentiment is ahead of the next.
fn margin(shares: Shares) -> f32 {
    let mut all = [shares.negative, shares.neutral, shares.positive];
    all.sort_by(|one, other| other.total_cmp(one));
    let [first, second, _] = all;
    first - second
}

/// Sorted ones in the order of asking: two of the least certain, then one from further on.
fn interleaved<T>(sorted: Vec<T>) -> Vec<T> {
    let near = sorted.len().div_ceil(2);
    let mut sorted = sorted;
    let mut further = sorted.split_off(near).into_iter();
    let mut all = Vec::new();
    for (place, one) in sorted.into_iter().enumerate() {
        all.push(one);
        if place % 2 == 1 {
            all.extend(further.next());
        }
    }
    all.extend(further);
    all
}
