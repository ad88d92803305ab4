//! Tries every source once without storing anything, to tell what works.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::domain::{Clock, Network, SafeText, Timestamp};
use crate::engine::supervise::caught;
use crate::sources::{Source, SourceError};

use super::poll::fell_over;

/// Longest that one source is tried.
const LIMIT: Duration = Duration::from_secs(180);

/// How trying one source went.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Its name.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Where it talks to.
    pub host: String,
    /// How long it took.
    pub took: Duration,
    /// How many items it showed.
    pub items: usize,
    /// When its newest item claims to have been published.
    pub newest: Option<Timestamp>,
    /// What a person should know though it worked.
    pub remarks: Vec<SafeText>,
    /// What went wrong and what to do about it; `None` when it worked.
    pub error: Option<SourceError>,
}

impl CheckReport {
    /// Whether it worked.
    pub fn worked(&self) -> bool {
        self.error.is_none()
    }
}

/// Tries every source once, `workers` at a time and each host one at a time; `progress` is told of each as it
/// ends. The reports come in the order of the sources.
pub async fn check(
    sources: Vec<Source>,
    clock: Arc<dyn Clock>,
    workers: usize,
    mut progress: impl FnMut(&CheckReport),
) -> Vec<CheckReport> {
    let mut hosts: BTreeMap<String, Vec<(usize, Source)>> = BTreeMap::new();
    for (place, source) in sources.into_iter().enumerate() {
        let host = source.listen.host().to_lowercase();
        let alone = if host.is_empty() { format!("#{place}") } else { host };
        hosts.entry(alone).or_default().push((place, source));
    }
    let room = Arc::new(Semaphore::new(workers.max(1)));
    let (tell, mut told) = tokio::sync::mpsc::channel(16);
    let mut tasks = JoinSet::new();
    for sources in hosts.into_values() {
        let (room, clock, tell) = (Arc::clone(&room), Arc::clone(&clock), tell.clone());
        tasks.spawn(async move {
            for (place, source) in sources {
                let _permit = room.acquire().await;
                let blank = empty(&source);
                let report = caught(try_one(source, &*clock)).await;
                let report = report.unwrap_or_else(|why| CheckReport { error: Some(fell_over(&why)), ..blank });
                let _ = tell.send((place, report)).await;
            }
        });
    }
    drop(tell);
    let mut reports = BTreeMap::new();
    while let Some((place, report)) = told.recv().await {
        progress(&report);
        reports.insert(place, report);
    }
    reports.into_values().collect()
}

fn empty(source: &Source) -> CheckReport {
    CheckReport {
        name: source.name.clone(),
        network: source.network.clone(),
        host: source.listen.host().to_owned(),
        took: Duration::ZERO,
        items: 0,
        newest: None,
        remarks: Vec::new(),
        error: None,
    }
}

async fn try_one(mut source: Source, clock: &dyn Clock) -> CheckReport {
    let report = empty(&source);
    let begun = Instant::now();
    let answer = timeout(LIMIT, source.listen.poll("", clock.now())).await;
    let took = begun.elapsed();
    match answer {
        Ok(Ok(batch)) => CheckReport {
            took,
            items: batch.items.len(),
            newest: batch.items.iter().filter_map(|item| item.claimed).max(),
            remarks: batch.remarks.iter().map(|remark| SafeText::line(remark, 400)).collect(),
            ..report
        },
        Ok(Err(error)) => CheckReport { took, error: Some(error), ..report },
        Err(_) => CheckReport { took, error: Some(super::poll::no_answer(LIMIT)), ..report },
    }
}

#[cfg(test)]
mod tests;
