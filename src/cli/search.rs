//! `search`: finds stored mentions with a query of the watch language.

use std::collections::HashMap;

use super::args::{Everywhere, SearchArgs};
use super::error::CliResult;
use super::house;
use super::output::{self, Progress, grouped};
use super::record::MentionLine;
use crate::domain::stream::Filter;
use crate::domain::{Clock, SafeText, SourceId, Subject};
use crate::engine::SystemClock;
use crate::engine::trial::{self, Finding, Scope};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use crate::watch::Query;

/// What printing a mention needs to know of the store.
pub struct Names {
    /// Names of the sources, those that left the configuration included.
    pub sources: HashMap<SourceId, String>,
    /// Subjects.
    pub subjects: Vec<Subject>,
}

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(store: &SqliteStore) -> CliResult<Self> {
        let sources = store.source_names().await?.into_iter().collect();
        Ok(Self { sources, subjects: store.adopted().await?.subjects })
    }

    /// The name of a source.
    pub fn source(&self, id: SourceId) -> &str {
        self.sources.get(&id).map_or("", String::as_str)
    }
}

/// Prints what the query finds, newest first. The exit code is 0 when something was found, else 1.
///
/// # Errors
/// When the query is refused or the store cannot be read.
pub async fn run(arguments: &SearchArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let query = Query::parse(&arguments.query)?;
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let names = Names::of(&store).await?;
    let scope = Scope {
        // A person may see what is not public; a script gets it from `export --private` alone.
        filter: Filter { private: !arguments.printing.json, ..Filter::default() },
        most_found: Some(u64::from(arguments.limit)),
        most_scanned: None,
        now: SystemClock.now(),
    };
    let mut printed = Ok(());
    let mut progress = Progress::new();
    let stop = tokio_util::sync::CancellationToken::new();
    let ended = trial::search(&*store, &query, &scope, &stop, |piece| {
        progress.done();
        printed = piece.found.iter().try_for_each(|finding| print(finding, &names, arguments.printing.json));
        progress.say(|| format!("looked at {} mentions", grouped(piece.progress.scanned)));
        printed.is_ok()
    })
    .await;
    progress.done();
    store.close().await;
    let ended = ended?;
    printed?;
    Ok(u8::from(ended.matched == 0))
}

/// Prints a finding: a line of JSON, or a few lines for a person.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(finding: &Finding, names: &Names, json: bool) -> CliResult {
    let mention = &finding.mention;
    if json {
        return output::json(&MentionLine::of(mention, names.source(mention.row.source), &names.subjects));
    }
    let row = &mention.row;
    let reading = row.lead();
    let sentiment = reading.and_then(crate::domain::Reading::likeliest).map_or(' ', |sentiment| match sentiment {
        crate::domain::Sentiment::Negative => '−',
        crate::domain::Sentiment::Neutral => ' ',
        crate::domain::Sentiment::Positive => '+',
    });
    let intent = reading.map_or("", |reading| reading.intents.primary().name());
    let marks: String = crate::tui::app::dossier::forewords(row, false).into_iter().map(|piece| piece.text).collect();
    output::line(format!(
        "{sentiment} {}  {}  {}  {intent}  mention {}",
        row.published.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M"),
        SafeText::line(names.source(row.source), 40),
        row.author,
        row.id
    ))?;
    let words =
        if row.title.is_empty() { row.excerpt.to_string() } else { format!("{} — {}", row.title, row.excerpt) };
    output::line(format!("  {marks}{}", SafeText::line(&words, 300)))?;
    match &mention.url {
        Some(url) => output::line(format!("  {url}\n")),
        None => output::line(""),
    }
}
