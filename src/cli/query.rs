//! `query`: how a query is read, which lines it matches, what it would find in what is stored.

use std::io::{BufRead, Write};

use serde_json::json;

use super::args::{Everywhere, ExplainArgs, MatchArgs};
use super::error::{CliError, CliResult};
use super::house;
use super::output::{self, Progress, grouped};
use super::search::{self, Names};
use crate::domain::{Clock, SafeText, stream::Filter};
use crate::engine::SystemClock;
use crate::engine::trial::{self, Scope};
use crate::store::Store;
use crate::watch::{Matcher, Query, SamplePost};

/// Findings of a trial that are shown.
const SHOWN: usize = 10;

/// `query explain`.
///
/// # Errors
/// When the query is refused.
pub fn explain(arguments: &ExplainArgs) -> CliResult<u8> {
    let query = match Query::parse(&arguments.query) {
        Ok(query) => query,
        Err(error) if arguments.printing.json => {
            output::json(&json!({
                "ok": false, "column": error.column, "width": error.width, "message": error.message, "help": error.help,
            }))?;
            return Err(CliError::Said(2));
        }
        Err(error) => return Err(refused(&arguments.query, &error)),
    };
    let explained = query.explain();
    if arguments.printing.json {
        output::json(&json!({ "ok": true, "tree": explained.lines().collect::<Vec<_>>() }))?;
    } else {
        output::line(explained.trim_end())?;
    }
    Ok(0)
}

/// The query with a mark below the place that is wrong.
fn refused(query: &str, error: &crate::watch::QueryError) -> CliError {
    use unicode_width::UnicodeWidthStr;
    let shown: String = query.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let before: String = shown.chars().take(error.column.saturating_sub(1)).collect();
    let marks = "^".repeat(error.width.clamp(1, 200));
    let safe = SafeText::block(&shown);
    CliError::message(format!(
        "the query is refused at column {}: {}\n\n  {safe}\n  {}{marks}\n\n{}",
        error.column,
        error.message,
        " ".repeat(before.width()),
        error.help
    ))
    .refused()
}

/// `query match`: prints the lines of standard input that the query matches. The exit code is 0 when one did,
/// else 1.
///
/// # Errors
/// When the query is refused or a line cannot be read.
pub fn matching(arguments: &MatchArgs) -> CliResult<u8> {
    let query = Query::parse(&arguments.query).map_err(|error| refused(&arguments.query, &error))?;
    let matcher = Matcher::new(std::slice::from_ref(&query));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut any = false;
    let mut lines = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            continue;
        }
        let post = std::str::from_utf8(trimmed).map_err(|error| error.to_string());
        let post = post.and_then(|line| SamplePost::read(line).map_err(|error| error.to_string()));
        let post =
            post.map_err(|error| CliError::message(format!("line {number} is no post in JSON: {error}")).refused())?;
        if !matcher.matches(&post.as_post()).is_empty() {
            any = true;
            out.write_all(trimmed)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(u8::from(!any))
}

/// `query try`: what a watch with this query would find, why, and about how often.
///
/// # Errors
/// When the query is refused or the store cannot be read.
pub async fn attempt(arguments: &ExplainArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let query = Query::parse(&arguments.query).map_err(|error| refused(&arguments.query, &error))?;
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let names = Names::of(&store).await?;
    let scope = Scope { filter: Filter::default(), most_found: None, most_scanned: None, now: SystemClock.now() };
    let mut shown = Vec::new();
    let mut progress = Progress::new();
    let stop = tokio_util::sync::CancellationToken::new();
    let ended = trial::search(&*store, &query, &scope, &stop, |piece| {
        let room = SHOWN.saturating_sub(shown.len());
        shown.extend(piece.found.into_iter().take(room));
        progress.say(|| format!("{} found in {}", grouped(piece.progress.matched), grouped(piece.progress.scanned)));
        true
    })
    .await;
    progress.done();
    store.close().await;
    let ended = ended?;
    if arguments.printing.json {
        output::json(&json!({ "matched": ended.matched, "looked_at": ended.scanned, "per_hour": ended.per_hour }))?;
        return Ok(u8::from(ended.matched == 0));
    }
    for finding in &shown {
        search::print(finding, &names, false)?;
        let words: Vec<_> = finding.words.iter().map(SafeText::as_str).collect();
        output::line(format!(
            "  because of: {}\n",
            if words.is_empty() { "its fields".to_owned() } else { words.join(", ") }
        ))?;
    }
    let rate = ended.per_hour.map_or_else(
        || "too little is stored to say how often".to_owned(),
        |rate| format!("about {rate:.1} an hour over the newest week"),
    );
    output::line(format!("{} stored mentions match; {rate}.", grouped(ended.matched)))?;
    Ok(u8::from(ended.matched == 0))
}
