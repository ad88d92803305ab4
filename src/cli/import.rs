//! `import`: takes mentions from NDJSON, reads them like any other, and stores what the watches match.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;

use serde_json::json;

use super::args::{Everywhere, ImportArgs, Input};
use super::error::{CliError, CliResult};
use super::house::{House, orders};
use super::output::{self, Progress, grouped};
use crate::config::Config;
use crate::domain::{Clock, Item, MentionRow, Network, SafeText, SourceId};
use crate::engine::intake::{Arrival, HISTORY_FIRST, Intake, SourceInfo};
use crate::engine::{Orders, School, SystemClock};
use crate::language::Readers;
use crate::sources::ndjson::{self, LONGEST_LINE, LineError};
use crate::store::sqlite::SqliteStore;
use crate::store::{Adopted, PollOutcome, RecordBatch, Roster, RosterSource, RosterWatch, Store};

/// Lines that are stored in one transaction.
const PIECE: usize = 2_000;
/// Wrong lines that are told one by one.
const TOLD: usize = 10;

/// What became of the lines.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    lines: u64,
    wrong: u64,
    new: u64,
    changed: u64,
    known: u64,
    unmatched: u64,
    /// Posts of the brand or its people.
    own: u64,
    /// New ones that are dated too long ago to ask for an answer.
    old: u64,
}

/// Imports a file.
///
/// # Errors
/// When there is nothing to match with, or the file or the store cannot be used; a code of 1 when a line was wrong.
pub async fn run(arguments: &ImportArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let (store, roster, orders) = prepare(everywhere).await?;
    let mut lines: Box<dyn BufRead + Send> = match &arguments.from {
        Input::Stdin => Box::new(BufReader::new(std::io::stdin())),
        Input::File(path) => {
            Box::new(BufReader::with_capacity(1 << 16, File::open(path).map_err(|error| CliError::file(path, error))?))
        }
    };
    let mut importer = Importer::new(Arc::clone(&store), roster, orders);
    let read = importer.read(&mut lines).await;
    let tally = importer.tally;
    store.close().await;
    read?;
    if arguments.printing.json {
        output::json(&json!({
            "lines": tally.lines, "new": tally.new, "changed": tally.changed, "known": tally.known,
            "unmatched": tally.unmatched, "wrong": tally.wrong, "old": tally.old, "own": tally.own,
        }))?;
    } else {
        output::line(format!(
            "{} lines: {} new mentions, {} changed, {} known already, {} matched no watch, {} wrong",
            grouped(tally.lines),
            grouped(tally.new),
            grouped(tally.changed),
            grouped(tally.known),
            grouped(tally.unmatched),
            grouped(tally.wrong)
        ))?;
        if tally.own > 0 {
            let posts = if tally.own == 1 { "post" } else { "posts" };
            output::line(format!("{} {posts} of your own: kept as what you said", grouped(tally.own)))?;
        }
        if tally.old > 0 {
            output::line(format!(
                "{} of the new ones are dated more than an hour ago: history, which opens no case",
                grouped(tally.old)
            ))?;
        }
    }
    if tally.wrong > 0 { Err(CliError::Said(1)) } else { Ok(0) }
}

/// The store, whom to match for, and how mentions are answered: the configuration's subjects and watches, else those the
/// store knows.
async fn prepare(everywhere: &Everywhere) -> CliResult<(Arc<SqliteStore>, Roster, Option<Orders>)> {
    match House::of_file(everywhere) {
        Ok(house) => Ok((house.store().await?, whole_roster(&house)?, Some(orders(&house.config)))),
        // Without a configuration, `watch` may have left its watches in the store.
        Err(error @ CliError::Message(_)) => {
            let directory = super::house::data_directory(everywhere)?;
            let Ok(store) = super::house::existing_store(&directory).await else { return Err(error) };
            let adopted = store.adopted().await?;
            if adopted.watches.is_empty() {
                return Err(error);
            }
            let sources = store
                .sources()
                .await?
                .into_iter()
                .map(|source| RosterSource::alone(source.name, source.network))
                .collect();
            Ok((store, roster_of(&adopted, sources), None))
        }
        Err(error) => Err(error),
    }
}

fn whole_roster(house: &House) -> CliResult<Roster> {
    let roster = Config::roster(&house.config);
    let sources = house
        .sources()?
        .into_iter()
        .map(|source| RosterSource { name: source.name, network: source.network, scope: source.scope })
        .collect();
    Ok(Roster { sources, ..roster })
}

fn roster_of(adopted: &Adopted, sources: Vec<RosterSource>) -> Roster {
    let subject = |id| adopted.subjects.iter().find(|subject| subject.id == id).map(|subject| subject.name.clone());
    Roster {
        subjects: adopted.subjects.iter().map(|subject| (subject.name.clone(), subject.role)).collect(),
        watches: adopted
            .watches
            .iter()
            .map(|watch| RosterWatch {
                name: watch.name.clone(),
                subject: subject(watch.subject).unwrap_or_default(),
                query: watch.query.clone(),
                context: watch.context.clone(),
            })
            .collect(),
        sources,
    }
}

struct Importer {
    store: Arc<SqliteStore>,
    readers: Arc<Readers>,
    roster: Roster,
    orders: Option<Orders>,
    intake: Option<Intake>,
    places: HashMap<(String, Network), SourceId>,
    waiting: HashMap<(String, Network), Vec<Item>>,
    tally: Tally,
}

impl Importer {
    fn new(store: Arc<SqliteStore>, roster: Roster, orders: Option<Orders>) -> Self {
        Self {
            store,
            readers: Arc::new(Readers::trained()),
            roster,
            orders,
            intake: None,
            places: HashMap::new(),
            waiting: HashMap::new(),
            tally: Tally::default(),
        }
    }

    async fn read(&mut self, lines: &mut (dyn BufRead + Send)) -> CliResult {
        let mut progress = Progress::new();
        let mut line = Vec::new();
        let mut waiting = 0;
        loop {
            line.clear();
            let length = std::io::Read::take(&mut *lines, LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)?;
            if length == 0 {
                break;
            }
            self.tally.lines += 1;
            if length > LONGEST_LINE {
                return Err(CliError::message(format!(
                    "line {} is longer than 4 MB: is this a file of JSON lines?",
                    self.tally.lines
                )));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            waiting += usize::from(self.take(&line));
            if waiting == PIECE {
                self.store_waiting().await?;
                waiting = 0;
                progress
                    .say(|| format!("{} lines, {} new mentions", grouped(self.tally.lines), grouped(self.tally.new)));
            }
        }
        self.store_waiting().await?;
        progress.done();
        if self.tally.wrong > TOLD as u64 {
            output::remark(format!("… and {} more wrong lines", self.tally.wrong - TOLD as u64));
        }
        Ok(())
    }

    /// Takes a line in; false when it is wrong, which is told.
    fn take(&mut self, line: &[u8]) -> bool {
        let post = ndjson::read_mention(line).and_then(|post| post.ok_or(LineError::NoWords));
        match post {
            Ok(post) => {
                let place = (
                    post.source.unwrap_or_else(|| "import".to_owned()),
                    Network::named(post.network.as_deref().unwrap_or("import")),
                );
                self.waiting.entry(place).or_default().push(post.item);
                true
            }
            Err(error) => {
                self.tally.wrong += 1;
                if self.tally.wrong <= TOLD as u64 {
                    output::remark(format!("line {}: {}", self.tally.lines, SafeText::line(&error.to_string(), 200)));
                }
                false
            }
        }
    }

    async fn store_waiting(&mut self) -> CliResult {
        for (place, items) in std::mem::take(&mut self.waiting) {
            let source = self.place(&place).await?;
            let Some(intake) = &self.intake else { continue };
            let now = SystemClock.now();
            let info = SourceInfo { id: source, name: place.0, network: place.1, everything: false };
            let taken = intake.mentions(&info, items.clone(), Arrival { now, first_poll: true, pushed: false });
            self.tally.own += taken.acts.len() as u64;
            self.tally.unmatched += items.len().saturating_sub(taken.mentions.len() + taken.acts.len()) as u64;
            let outcome = PollOutcome::worked(now, !taken.mentions.is_empty());
            let batch = RecordBatch {
                source,
                cursor: String::new(),
                outcome,
                mentions: taken.mentions,
                acts: taken.acts,
                deleted: taken.deleted,
                gone: Vec::new(),
            };
            let recorded = self.store.bring(&batch).await?;
            // What has no date counts as published when we had it.
            let old = |row: &&MentionRow| row.first_seen.duration_since(row.published) > HISTORY_FIRST;
            self.tally.old += recorded.new.iter().filter(old).count() as u64;
            self.tally.new += recorded.new.len() as u64;
            self.tally.changed += recorded.edited.len() as u64;
            self.tally.known += recorded.known as u64;
        }
        Ok(())
    }

    /// The number of a source; the first mention of one brings it into the store.
    async fn place(&mut self, place: &(String, Network)) -> CliResult<SourceId> {
        if let Some(id) = self.places.get(place) {
            return Ok(*id);
        }
        if self.intake.is_none() {
            let adopted = self.store.join(&self.roster, "", SystemClock.now()).await?;
            let school = School::new(Arc::clone(&self.store) as _, Arc::clone(&self.readers));
            school.look().await?;
            let intake = Intake::new(&adopted, Arc::clone(&self.readers));
            let intake = intake.map_err(|error| CliError::message(error.to_string()))?.taught(school.taught());
            self.intake = Some(match &self.orders {
                Some(orders) => intake.with_team(&orders.team).with_answering(orders.answering.clone()),
                None => intake,
            });
        }
        let (name, network) = place;
        // What is imported from is no source to be asked.
        let id = self.store.source_apart(name, network).await?;
        self.places.insert(place.clone(), id);
        Ok(id)
    }
}
