//! `check`: judges the configuration and tries every source once.

use std::sync::Arc;

use serde_json::json;

use super::args::{Everywhere, Printing};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output::{self, Progress, Table};
use crate::domain::SafeText;
use crate::engine::{self, CheckReport, SystemClock};

/// Tries everything and prints a table. The exit code is 0 when all of it works, else 1.
///
/// # Errors
/// When the configuration cannot be used.
pub async fn run(printing: Printing, everywhere: &Everywhere) -> CliResult<u8> {
    let house = match House::of_file(everywhere) {
        Ok(house) => house,
        Err(CliError::Config(errors)) if printing.json => {
            output::json(&json!({ "ok": false, "errors": errors, "sources": [] }))?;
            return Err(CliError::Said(2));
        }
        Err(error) => return Err(error),
    };
    let keymap = super::dashboard::keymap(&house.config)?;
    let mut remarks = house.config.remarks();
    remarks.extend(keymap.warnings().iter().map(ToString::to_string));
    remarks.extend(super::voice::remarks(&house.config));
    let sources = house.sources()?;
    let total = sources.len();
    let mut progress = Progress::new();
    let mut tried = 0;
    progress.say(|| format!("trying {total} sources …"));
    let reports = engine::check(sources, Arc::new(SystemClock), house.config.collect.concurrency, |report| {
        tried += 1;
        progress.say(|| format!("tried {tried} of {total}: {}", SafeText::line(&report.name, 60)));
    })
    .await;
    progress.done();
    let failed = reports.iter().filter(|report| !report.worked()).count();
    if printing.json {
        print_json(&house, &reports, &remarks)?;
    } else {
        print_table(&house, &reports, &remarks, failed)?;
    }
    if failed > 0 { Err(CliError::Said(1)) } else { Ok(0) }
}

fn print_json(house: &House, reports: &[CheckReport], remarks: &[String]) -> CliResult {
    let sources: Vec<_> = reports
        .iter()
        .map(|report| {
            json!({
                "name": report.name,
                "network": report.network,
                "host": report.host,
                "ok": report.worked(),
                "milliseconds": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
                "items": report.items,
                "newest": report.newest,
                "remarks": report.remarks.iter().map(SafeText::as_str).collect::<Vec<_>>(),
                "error": report.error.as_ref().map(|error| error.what.as_str()),
                "advice": report.error.as_ref().map(|error| error.advice.as_str()),
            })
        })
        .collect();
    output::json(&json!({
        "ok": reports.iter().all(CheckReport::worked),
        "config": house.file,
        "data": house.data,
        "remarks": remarks,
        "errors": [],
        "sources": sources,
    }))
}

fn print_table(house: &House, reports: &[CheckReport], remarks: &[String], failed: usize) -> CliResult {
    if let Some(file) = &house.file {
        let watches = house.config.watches.len();
        let word = if watches == 1 { "watch" } else { "watches" };
        output::line(format!("{} is good: {watches} {word}.", file.display()))?;
    }
    for remark in remarks {
        output::line(format!("  note: {remark}"))?;
    }
    output::line("")?;
    let mut table = Table::new(&["SOURCE", "HOST", "RESULT", "TOOK", "ITEMS", "NEWEST"]);
    for report in reports {
        let newest = report
            .newest
            .map_or_else(String::new, |newest| newest.to_zoned(house.zone()).strftime("%Y-%m-%d %H:%M").to_string());
        table.row(vec![
            SafeText::line(&report.name, 40).to_string(),
            SafeText::line(&report.host, 40).to_string(),
            if report.worked() { "works" } else { "FAILED" }.to_owned(),
            format!("{} ms", report.took.as_millis()),
            if report.worked() { report.items.to_string() } else { "-".to_owned() },
            newest,
        ]);
    }
    output::block(table.render())?;
    for report in reports {
        let name = SafeText::line(&report.name, 40);
        if let Some(error) = &report.error {
            output::line(format!("\n{name} failed: {}\n  what to do: {}", error.what, error.advice))?;
        }
        for remark in &report.remarks {
            output::line(format!("\n{name}: {remark}"))?;
        }
    }
    let working = reports.len() - failed;
    output::line(format!("\n{working} of {} sources work.", reports.len()))
}
