//! `people`: who had to do with us, and what went both ways.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{Everywhere, PeopleArgs, PeopleCommand, ShowArgs};
use super::error::{CliError, CliResult};
use super::house;
use super::output::{self, Table};
use crate::domain::person::{Exchange, PeopleFilter, PersonFile, PersonRow};
use crate::domain::{Clock, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::engine::people::{PIECE, Reckoner};
use crate::measure::ties::{FEW_TURNS, Tie, weight};
use crate::store::sqlite::SqliteStore;
use crate::store::{People, Store, StoreError, StoreResult};

/// Turns that are shown of a person.
const TURNS: u32 = 20;
/// People that are read at once.
const AT_ONCE: u32 = 500;

/// Prints people. The exit code is 0 when there was somebody, else 1.
///
/// # Errors
/// When the store cannot be read, or nobody is called so.
pub async fn run(arguments: &PeopleArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    let result = match &arguments.command {
        Some(PeopleCommand::Show(show)) => self::show(&store, show).await,
        None => list(&store, arguments).await,
    };
    store.close().await;
    result
}

/// Adds up what is not yet; where nothing may be written, what is there has to do.
async fn settle(store: &SqliteStore) -> StoreResult<()> {
    let mut progress = output::Progress::new();
    let mut done = 0;
    loop {
        match store.settle_ties(&Reckoner, PIECE).await {
            Ok(settled) => {
                done += settled;
                progress.say(|| format!("ties of {} people added up", output::grouped(done)));
                if settled < u64::from(PIECE) {
                    return Ok(());
                }
            }
            Err(StoreError::ReadOnly { .. } | StoreError::Busy) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

async fn list(store: &SqliteStore, arguments: &PeopleArgs) -> CliResult<u8> {
    settle(store).await?;
    let now = SystemClock.now();
    let filter = PeopleFilter { order: arguments.order.into(), words: arguments.words.clone().unwrap_or_default() };
    let (mut rows, mut after): (Vec<PersonRow>, _) = (Vec::new(), None);
    while rows.len() < arguments.limit as usize {
        let left = arguments.limit - u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = store.people(&filter, after, now, left.min(AT_ONCE)).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.key());
        rows.extend(page);
    }
    if arguments.printing.json {
        rows.iter().try_for_each(|row| output::json(&line(row, now)))?;
        return Ok(u8::from(rows.is_empty()));
    }
    let figures = store.people_figures(now).await?;
    if !rows.is_empty() {
        let mut table = Table::new(&["STRENGTH", "TURNS", "THEY", "WE", "LAST", "", "WHO"]);
        for row in &rows {
            let tie = Tie::of(&row.sums, now);
            table.row(vec![
                format!("{:.1}", tie.strength),
                tie.turns.to_string(),
                row.sums.theirs.to_string(),
                row.sums.ours.to_string(),
                tie.last.map(day).unwrap_or_default(),
                if tie.regular { "regular".to_owned() } else { String::new() },
                who(row),
            ]);
        }
        output::block(table.render())?;
        output::line("")?;
    }
    let share = match figures.turns {
        turns @ ..FEW_TURNS => format!("long-term share: too few, {turns} of {FEW_TURNS} two-way turns"),
        turns => format!(
            "long-term share {:.0} %: {} of {} two-way turns are with regulars",
            figures.regular_turns as f64 / turns as f64 * 100.0,
            output::grouped(figures.regular_turns),
            output::grouped(turns)
        ),
    };
    output::line(format!("{} people, {} regulars, {share}", output::grouped(figures.people), figures.regulars))?;
    Ok(u8::from(rows.is_empty()))
}

fn who(row: &PersonRow) -> String {
    let handles: Vec<String> =
        row.handles.iter().map(|handle| format!("{} ({})", handle.who, handle.network)).collect();
    SafeText::line(&handles.join(" = "), 200).to_string()
}

fn line(row: &PersonRow, now: Timestamp) -> Value {
    let tie = Tie::of(&row.sums, now);
    let handles = row.handles.iter().map(|handle| {
        json!({ "network": handle.network.name(), "handle": handle.who.as_str(), "name": handle.name.as_str() })
    });
    json!({
        "person": row.id,
        "accounts": handles.collect::<Vec<_>>(),
        "followers": row.followers,
        "strength": tie.strength,
        "reciprocity": tie.reciprocity,
        "regular": tie.regular,
        "turns": tie.turns,
        "they_wrote": row.sums.theirs,
        "we_wrote": row.sums.ours,
        "resolved": row.sums.resolved,
        "praises": row.sums.praises,
        "gives": row.sums.gives,
        "asks": row.sums.asks,
        "last": tie.last,
    })
}

async fn show(store: &SqliteStore, arguments: &ShowArgs) -> CliResult<u8> {
    let accounts = store.accounts(&arguments.handle, arguments.network.as_deref()).await?;
    let handle = SafeText::line(&arguments.handle, 80);
    let Some(first) = accounts.first() else {
        return Err(CliError::message(format!(
            "nobody who is stored is called {handle}: `goodword people --words …` finds people"
        )));
    };
    let Some(file) = store.person_file(first.person, &Reckoner, TURNS).await? else { return Ok(1) };
    let others = accounts.iter().filter(|account| !file.row.handles.iter().any(|own| own.person == account.person));
    let networks: Vec<&str> = others.map(|account| account.network.name()).collect();
    if !networks.is_empty() {
        let known = format!("{handle} is known on {} as well: name one with --network", networks.join(", "));
        return Err(CliError::message(known).refused());
    }
    let now = SystemClock.now();
    if arguments.printing.json {
        output::json(&whole(&file, now))?
    } else {
        print(&file, now)?
    }
    Ok(0)
}

fn whole(file: &PersonFile, now: Timestamp) -> Value {
    let mut value = line(&file.row, now);
    let went = file.went.iter().map(|went| {
        json!({ "at": went.at, "what": went.exchange.name(), "weight": weight(went.exchange), "words": went.words.as_str() })
    });
    let known = file.known_to.iter().map(
        |known| json!({ "who": known.who.as_str(), "voice": known.voice, "times": known.times, "last": known.last }),
    );
    if let Some(object) = value.as_object_mut() {
        object.insert("went".into(), went.collect());
        object.insert("known_to".into(), known.collect());
        object.insert(
            "promises".into(),
            file.card
                .promises
                .iter()
                .map(|promise| json!({ "text": promise.text.as_str(), "due": promise.due }))
                .collect(),
        );
        object.insert(
            "cases".into(),
            file.cases
                .iter()
                .map(|case| json!({ "case": case.id, "status": case.status, "opened": case.opened }))
                .collect(),
        );
        object.insert(
            "attitudes".into(),
            file.attitudes.iter().map(|(at, sentiment)| json!({ "at": at, "sentiment": sentiment })).collect(),
        );
    }
    value
}

fn print(file: &PersonFile, now: Timestamp) -> CliResult {
    let tie = Tie::of(&file.row.sums, now);
    output::line(who(&file.row))?;
    output::line(format!(
        "strength {:.1}, reciprocity {:.2}, {} two-way turns{}",
        tie.strength,
        tie.reciprocity,
        tie.turns,
        if tie.regular { ", a regular" } else { "" }
    ))?;
    for exchange in Exchange::ALL {
        let times = file.went.iter().filter(|went| went.exchange == exchange).count();
        if times > 0 {
            output::line(format!(
                "  {times:>4} × {} ({:+.0} each, halved every 90 days)",
                exchange.name(),
                weight(exchange)
            ))?;
        }
    }
    for known in &file.known_to {
        let what = if known.voice { "voice" } else { "account" };
        output::line(format!("known to {} ({what}), {} times, last {}", known.who, known.times, day(known.last)))?;
    }
    for promise in &file.card.promises {
        output::line(format!("promised until {}: {}", day(promise.due), SafeText::line(promise.text.as_str(), 160)))?;
    }
    output::line("")?;
    for turn in &file.card.turns {
        let who = if turn.ours { "we  " } else { "they" };
        output::line(format!("{} {who} {}", day(turn.at), SafeText::line(turn.text.as_str(), 160)))?;
    }
    Ok(())
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
}
