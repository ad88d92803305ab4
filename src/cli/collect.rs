//! `collect`: listens without a screen, for servers and timers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::args::{CollectArgs, Everywhere};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output::{self, Progress, Table, grouped};
use crate::domain::{Clock, SafeText, SourceId};
use crate::engine::{self, Engine, EngineHandle, Event, OnceReport, Polled, Standing, SystemClock};
use crate::store::Store;

/// How long a source is read on with `--once` when it has more to tell.
const BUDGET: Duration = Duration::from_secs(60);

/// Collects until it is told to end, or every source once.
///
/// # Errors
/// What keeps it from beginning; with `--once` a code of 1 when a source failed.
pub async fn run(arguments: &CollectArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    if arguments.once { once(&house, arguments).await } else { steadily(&house, arguments).await }
}

async fn once(house: &House, arguments: &CollectArgs) -> CliResult<u8> {
    let sources = house.sources()?;
    let store = house.store().await?;
    super::campaigns::adopt(house, &store).await?;
    let plan = house.plan(Arc::clone(&store), sources);
    let stop = CancellationToken::new();
    let budget = arguments.budget.unwrap_or(BUDGET);
    let mut progress = Progress::new();
    let mut tell = |report: &OnceReport, ended: usize, total: usize| {
        progress.say(|| format!("{ended} of {total} sources: {}", SafeText::line(&report.name, 60)));
    };
    let ended = tokio::select! {
        ended = engine::poll_all_once(plan, &stop, budget, &mut tell) => ended,
        signal = end() => {
            signal?;
            return Err(CliError::message("interrupted: what was stored so far stays"));
        }
    };
    progress.done();
    store.close().await;
    let reports = ended.map_err(|error| CliError::message(error.to_string()))?;
    print_once(&reports, arguments)?;
    if reports.iter().any(|report| report.error.is_some()) { Err(CliError::Said(1)) } else { Ok(0) }
}

fn print_once(reports: &[OnceReport], arguments: &CollectArgs) -> CliResult {
    if arguments.printing.json {
        for report in reports {
            output::json(&json!({
                "source": report.name,
                "milliseconds": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
                "items": report.items,
                "new": report.new,
                "changed": report.changed,
                "unchanged": report.unchanged,
                "remarks": report.remarks.iter().map(SafeText::as_str).collect::<Vec<_>>(),
                "waits_until": report.waits,
                "behind_seconds": report.behind.map(|behind| behind.as_secs()),
                "unfinished": report.unfinished.as_ref().map(SafeText::as_str),
                "error": report.error.as_ref().map(SafeText::as_str),
            }))?;
        }
        return Ok(());
    }
    if arguments.verbose {
        let mut table = Table::new(&["SOURCE", "TOOK", "ITEMS", "NEW", "RESULT"]);
        for report in reports {
            table.row(vec![
                SafeText::line(&report.name, 40).to_string(),
                format!("{} ms", report.took.as_millis()),
                report.items.to_string(),
                report.new.to_string(),
                result(report),
            ]);
        }
        output::block(table.render())?;
    } else {
        let worth =
            |report: &&OnceReport| report.error.is_some() || report.waits.is_some() || report.unfinished.is_some();
        for report in reports.iter().filter(worth) {
            output::line(format!("{}: {}", SafeText::line(&report.name, 40), result(report)))?;
        }
    }
    let sum = |of: fn(&OnceReport) -> usize| grouped(reports.iter().map(of).sum::<usize>() as u64);
    let failed = reports.iter().filter(|report| report.error.is_some()).count();
    output::line(format!(
        "{} sources, {} items, {} new mentions, {} changed, {failed} sources failed",
        reports.len(),
        sum(|report| report.items),
        sum(|report| report.new),
        sum(|report| report.changed)
    ))
}

fn result(report: &OnceReport) -> String {
    match (&report.error, report.waits) {
        (Some(error), _) => error.to_string(),
        (None, Some(until)) => match report.remarks.last() {
            Some(why) => format!("waits until {until:.0}: {why}"),
            None => format!("waits until {until:.0}"),
        },
        (None, None) if report.unfinished.is_some() => {
            report.unfinished.as_ref().map(SafeText::to_string).unwrap_or_default()
        }
        (None, None) if report.unchanged => "unchanged".to_owned(),
        (None, None) => "works".to_owned(),
    }
}

async fn steadily(house: &House, arguments: &CollectArgs) -> CliResult<u8> {
    let sources = house.sources()?;
    let store = house.store().await?;
    super::campaigns::adopt(house, &store).await?;
    let plan = house.plan(Arc::clone(&store), sources);
    let engine = Engine::start(plan).await.map_err(|error| CliError::message(error.to_string()))?;
    let printer = Printer::new(&engine, &*store, arguments).await?;
    let ended = tokio::select! {
        told = printer.run(&engine) => told,
        signal = end() => signal,
    };
    engine.shutdown().await;
    store.close().await;
    ended.map(|()| 0)
}

/// Returns when the process is told to end.
async fn end() -> CliResult {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {}, _ = hang_up.recv() => {} }
    Ok(())
}

/// Prints what the engine tells: a line for each poll when asked to, and always what a person must know.
struct Printer {
    names: Vec<(SourceId, String)>,
    polls: bool,
    json: bool,
}

impl Printer {
    async fn new(engine: &EngineHandle, store: &dyn Store, arguments: &CollectArgs) -> CliResult<Self> {
        let known = engine.adopted().sources.clone();
        let states = store.sources().await?;
        let names = states.into_iter().filter(|state| known.contains(&state.id)).map(|state| (state.id, state.name));
        Ok(Self { names: names.collect(), polls: arguments.verbose, json: arguments.printing.json })
    }

    async fn run(&self, engine: &EngineHandle) -> CliResult {
        let mut news = engine.subscribe();
        if let Some(standing) = engine.standing() {
            self.tell(&Event::Standing(standing))?;
        }
        if engine.is_paused() {
            self.tell(&Event::Paused(true))?;
        }
        loop {
            match news.recv().await {
                Ok(event) => self.tell(&event)?,
                Err(RecvError::Lagged(missed)) => output::remark(format!("goodword: {missed} lines were skipped")),
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }

    fn tell(&self, event: &Event) -> CliResult {
        match event {
            Event::Source { source, outcome: Some(polled), .. } if self.polls => self.poll(*source, polled),
            Event::Standing(Standing::Collecting) => self.say("standing", "collecting"),
            Event::Standing(Standing::Following { holder }) => {
                self.say("standing", &format!("following: {} collects", SafeText::line(holder, 80)))
            }
            Event::Paused(true) => {
                self.say("paused", "all traffic is paused until it is lifted with `pause` in the dashboard")
            }
            Event::Paused(false) => self.say("paused", "the sources are asked again"),
            Event::Outgoing { id, state, trouble } => {
                let trouble = trouble.as_ref().map(|trouble| format!(": {trouble}")).unwrap_or_default();
                self.say("outgoing", &format!("outgoing {id} is {}{trouble}", super::outbox::state(*state)))
            }
            Event::SendingStopped(true) => self.say("outbox", "all sending is stopped"),
            Event::SendingStopped(false) => self.say("outbox", "sending goes on"),
            Event::Signal(signal) => self.say("signal", signal.text.as_str()),
            Event::StoreTrouble(Some(trouble)) => self.say("store", trouble),
            Event::StoreTrouble(None) => self.say("store", "the database can be written again"),
            _ => Ok(()),
        }
    }

    fn say(&self, kind: &str, text: &str) -> CliResult {
        let now = SystemClock.now();
        if self.json {
            output::json(&json!({ "at": now, "kind": kind, "text": text }))
        } else {
            output::line(format!("{now:.0} {text}"))
        }
    }

    fn poll(&self, source: SourceId, polled: &Polled) -> CliResult {
        let name = self.names.iter().find(|(id, _)| *id == source).map_or("?", |(_, name)| name.as_str());
        let name = SafeText::line(name, 60);
        let now = SystemClock.now();
        let milliseconds = u64::try_from(polled.took.as_millis()).unwrap_or(u64::MAX);
        if self.json {
            return output::json(&json!({
                "at": now,
                "kind": "poll",
                "source": name.as_str(),
                "milliseconds": milliseconds,
                "items": polled.items,
                "new": polled.new,
                "changed": polled.changed,
                "unchanged": polled.unchanged,
                "remarks": polled.remarks.iter().map(SafeText::as_str).collect::<Vec<_>>(),
                "error": polled.trouble.as_ref().map(SafeText::as_str),
                "next": polled.next,
                "live": polled.live,
            }));
        }
        let what = match &polled.trouble {
            Some(trouble) => trouble.to_string(),
            None if polled.unchanged => "unchanged".to_owned(),
            None => format!("{} items, {} new, {} changed", polled.items, polled.new, polled.changed),
        };
        let remarks: String = polled.remarks.iter().map(|remark| format!("; {remark}")).collect();
        let next = match polled.next {
            _ if polled.live => "live".to_owned(),
            Some(next) => format!("next {next:.0}"),
            None => "not asked again".to_owned(),
        };
        output::line(format!("{now:.0} {name}: {what} ({milliseconds} ms; {next}){remarks}"))
    }
}
