//! `export`: writes stored mentions as NDJSON or CSV, or what people said of their readings and of posts of our own.

mod acts;
mod corrections;
mod lines;

use std::fs::File;
use std::io::{BufWriter, Write};

use super::args::{Everywhere, ExportArgs, Exported, Format};
use super::error::{CliError, CliResult};
use super::house;
use super::output::{self, Progress, grouped};
use super::record::{MentionLine, csv_cell};
use super::search::Names;
use super::when::When;
use crate::domain::stream::Filter;
use crate::domain::{Clock, Mention, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::engine::trial::{self, Scope};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use crate::watch::Query;

/// Columns of the CSV form.
const COLUMNS: [&str; 20] = [
    "id",
    "published",
    "first_seen",
    "network",
    "source",
    "author",
    "followers",
    "lang",
    "subject",
    "about",
    "sentiment",
    "intents",
    "title",
    "text",
    "url",
    "watches",
    "answered",
    "content_warning",
    "read_sentiment",
    "read_intents",
];

/// Exports.
///
/// # Errors
/// When the query is refused, or the store or the output cannot be used.
pub async fn run(arguments: &ExportArgs, everywhere: &Everywhere) -> CliResult<u8> {
    if arguments.what != Exported::Mentions {
        corrections::check(arguments)?;
        let between = (moment(arguments.since)?, moment(arguments.until)?);
        let store = house::existing_store(&house::data_directory(everywhere)?).await?;
        let written = match arguments.what {
            Exported::ActCorrections => acts::write(&*store, arguments, between).await,
            _ => corrections::write(&*store, arguments, between).await,
        };
        store.close().await;
        return written.map(|()| 0);
    }
    let query = arguments.query.as_deref().map(Query::parse).transpose()?;
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let filter = Filter {
        since: moment(arguments.since)?,
        until: moment(arguments.until)?,
        private: arguments.private,
        ..Filter::default()
    };
    let names = Names::of(&store).await?;
    let mut sheet = Sheet::open(arguments, names)?;
    let written = write(&store, query.as_ref(), filter, &mut sheet).await;
    store.close().await;
    let at = |error| match (error, &arguments.output) {
        (CliError::Output(error), Some(path)) => CliError::file(path, error),
        (error, _) => error,
    };
    written.map_err(at)?;
    let count = sheet.finish().map_err(at)?;
    if let Some(path) = &arguments.output {
        output::remark(format!("wrote {} mentions to {}", grouped(count), path.display()));
    }
    Ok(0)
}

fn moment(when: Option<When>) -> CliResult<Option<Timestamp>> {
    let Some(when) = when else { return Ok(None) };
    let moment = when.moment(SystemClock.now(), &jiff::tz::TimeZone::system());
    moment.map(Some).ok_or_else(|| CliError::message("that time is outside of the years that can be counted").refused())
}

async fn write(store: &SqliteStore, query: Option<&Query>, filter: Filter, sheet: &mut Sheet) -> CliResult {
    let mut progress = Progress::new();
    if let Some(query) = query {
        let scope = Scope { filter, most_found: None, most_scanned: None, now: SystemClock.now() };
        let stop = tokio_util::sync::CancellationToken::new();
        let mut wrote = Ok(());
        trial::search(store, query, &scope, &stop, |piece| {
            wrote = piece.found.iter().try_for_each(|finding| sheet.add(&finding.mention));
            progress
                .say(|| format!("{} mentions of {} looked at", grouped(sheet.count), grouped(piece.progress.scanned)));
            wrote.is_ok()
        })
        .await?;
        return wrote;
    }
    let mut span = crate::domain::Span::Newest;
    loop {
        let page = store.mentions(&filter, span, 1_000).await?;
        let Some(last) = page.last() else { return Ok(()) };
        span = crate::domain::Span::OlderThan(crate::domain::Key { published: last.row.published, id: last.row.id });
        page.iter().try_for_each(|mention| sheet.add(mention))?;
        progress.say(|| format!("{} mentions", grouped(sheet.count)));
    }
}

/// The file or stream that is being written.
struct Sheet {
    form: Form,
    names: Names,
    count: u64,
}

enum Form {
    Lines(BufWriter<Box<dyn Write + Send>>),
    Cells(Box<csv::Writer<Box<dyn Write + Send>>>),
}

impl Sheet {
    fn open(arguments: &ExportArgs, names: Names) -> CliResult<Self> {
        let to: Box<dyn Write + Send> = match &arguments.output {
            Some(path) => Box::new(File::create(path).map_err(|error| CliError::file(path, error))?),
            None => Box::new(std::io::stdout()),
        };
        let form = match arguments.format {
            Format::Ndjson => Form::Lines(BufWriter::with_capacity(1 << 16, to)),
            Format::Csv => {
                let mut cells = csv::Writer::from_writer(to);
                cells.write_record(COLUMNS).map_err(into_io)?;
                Form::Cells(Box::new(cells))
            }
        };
        Ok(Self { form, names, count: 0 })
    }

    fn add(&mut self, mention: &Mention) -> CliResult {
        self.count += 1;
        let line = MentionLine::of(mention, self.names.source(mention.row.source), &self.names.subjects);
        match &mut self.form {
            Form::Lines(to) => {
                serde_json::to_writer(&mut *to, &line).map_err(std::io::Error::from)?;
                to.write_all(b"\n")?;
            }
            Form::Cells(to) => to.write_record(cells(&line)).map_err(into_io)?,
        }
        Ok(())
    }

    fn finish(self) -> CliResult<u64> {
        match self.form {
            Form::Lines(mut to) => to.flush()?,
            Form::Cells(mut to) => to.flush()?,
        }
        Ok(self.count)
    }
}

/// A line as cells; of several readings the first that is about its subject.
fn cells(line: &MentionLine) -> Vec<String> {
    let reading = line.readings.iter().find(|reading| reading.about).or_else(|| line.readings.first());
    let read = reading.and_then(|reading| reading.read.as_ref());
    let sentiment = reading.and_then(|reading| reading.sentiment);
    let cells = [
        line.id.to_string(),
        line.published.to_string(),
        line.first_seen.to_string(),
        line.network.clone(),
        line.source.clone(),
        line.author.handle.clone(),
        line.author.followers.map(|followers| followers.to_string()).unwrap_or_default(),
        line.lang.clone().unwrap_or_default(),
        reading.map(|reading| reading.subject.clone()).unwrap_or_default(),
        reading.map(|reading| reading.about.to_string()).unwrap_or_default(),
        sentiment.map(|sentiment| format!("{sentiment:?}").to_lowercase()).unwrap_or_default(),
        reading.map(|reading| reading.intents.join(" ")).unwrap_or_default(),
        line.title.clone(),
        line.text.clone(),
        line.url.clone().unwrap_or_default(),
        line.watches.join(", "),
        line.answered.map(|answered| answered.to_string()).unwrap_or_default(),
        line.content_warning.clone(),
        read.and_then(|read| read.sentiment).map(|one| format!("{one:?}").to_lowercase()).unwrap_or_default(),
        read.map(|read| read.intents.join(" ")).unwrap_or_default(),
    ];
    cells.into_iter().map(|cell| csv_cell(SafeText::block(&cell).as_str())).collect()
}

fn into_io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}
