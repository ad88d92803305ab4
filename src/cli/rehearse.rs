//! `rehearse`: what a post would do to the books before it is published, and what would be better.

use std::io::Read as _;
use std::ops::Range;

use serde_json::{Value, json};

use super::args::{Everywhere, RehearseArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::{campaigns, output};
use crate::domain::{Clock, SafeText};
use crate::engine::SystemClock;
use crate::engine::books::Books;
use crate::engine::campaigns::Keeper;
use crate::engine::campaigns::words::many;
use crate::engine::rehearsal::told::{self, does, gives};
use crate::engine::rehearsal::{Advice, Change, Footing, Rehearsal, Setting, Stage, Within};
use crate::measure::giving::health::Health;
use crate::measure::giving::ledger::FEWEST_ACTS;
use crate::measure::giving::{Table, full_marks};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// Longest text that is rehearsed, in bytes.
const LONGEST: u64 = 100_000;

/// Rehearses a post. The exit code is 0 when nothing would be better, else 1.
///
/// # Errors
/// When the text, the configuration or the store cannot be read.
pub async fn run(arguments: &RehearseArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let text = text(arguments)?;
    let house = House::of_file(everywhere)?;
    let size = house.config.brand.size;
    let table = Table { tell_factor: house.config.weights.tell_factor, ..Table::default() };
    let store = super::house::existing_store(&house.data).await?;
    let (readers, now) = (house.readers(), SystemClock.now());
    let reader = readers.gesture.as_ref();
    let ground = async {
        let books = Books::open(&*store, reader, size, table).await?;
        let setting = setting(arguments, &house, &store, &books, &text).await?;
        CliResult::Ok((books, setting))
    };
    let ground = ground.await;
    store.close().await;
    let (books, setting) = ground?;
    let footing = Footing::of(&books.ledger, now);
    let stage = Stage { footing: &footing, reader, size, table, now, setting: setting.as_ref() };
    let rehearsal = stage.rehearse(&text, arguments.reply);
    if arguments.printing.json {
        output::json(&as_json(&rehearsal, &text))?;
    } else {
        lines(&rehearsal, &text, full_marks(size), books.acts.len()).into_iter().try_for_each(output::line)?;
    }
    Ok(u8::from(!rehearsal.advice.is_empty() || rehearsal.profiting.is_some()))
}

/// The campaign that it is rehearsed within: the one that is named, else the running one that it would belong to.
async fn setting(
    arguments: &RehearseArgs,
    house: &House,
    store: &SqliteStore,
    books: &Books,
    text: &str,
) -> CliResult<Option<Setting>> {
    campaigns::join(house, store, "").await?;
    let now = SystemClock.now();
    let board = Keeper::open(store, house.scale(), now).await?.board(store, books, now).await?;
    match &arguments.campaign {
        Some(name) => {
            let report = board.named(name).ok_or_else(|| campaigns::unknown(name, &board))?;
            Ok(Some(Setting::of(report)))
        }
        None => Ok(Setting::found(&board, text, "")),
    }
}

/// The text of the arguments, or of standard input for `-`.
fn text(arguments: &RehearseArgs) -> CliResult<String> {
    let given = arguments.words.join(" ");
    let text = if given == "-" {
        let mut text = String::new();
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
        text
    } else {
        given
    };
    if text.trim().is_empty() {
        return Err(CliError::message("there is no text to rehearse").refused());
    }
    Ok(text.trim().to_owned())
}

fn lines(rehearsal: &Rehearsal, text: &str, full: f64, acts: usize) -> Vec<String> {
    let gesture = rehearsal.gesture.gesture;
    let sure = rehearsal.gesture.probability(gesture) * 100.0;
    let mut lines = vec![format!("reads as    {} ({sure:.0} % sure): {}", gesture.name(), does(rehearsal.deed.deed))];
    let words = told::because(rehearsal, text, 6);
    if !words.is_empty() {
        lines.push(format!("            by {}", words.join(", ")));
    }
    if let Some((trigger, sure)) = rehearsal.gesture.trigger {
        lines.push(format!("waits for   {} ({:.0} % sure)", trigger.name(), sure * 100.0));
    }
    if let Some(cap) = &rehearsal.gesture.cap {
        lines.push(format!("cap         {}", SafeText::line(&cap.text, 120)));
    }
    lines.push(format!("counts as   {}", told::counts_as(rehearsal.side)));
    let (before, after) = (rehearsal.before.balance(), rehearsal.after.balance());
    lines.push(if acts < FEWEST_ACTS {
        format!("balance     too few: {}, {FEWEST_ACTS} are needed", many(acts, "act", "acts"))
    } else {
        format!("balance     {before:.2} would become {after:.2}; {full:.2} are full marks")
    });
    if let Some(cover) = rehearsal.cover {
        lines.push(if cover.is_early() {
            format!("too early   {} short of covering it", gives(cover.missing))
        } else {
            "covered     enough was given before it".to_owned()
        });
    }
    if let Some(health) = &rehearsal.health {
        let points = crate::measure::giving::health::POINTS;
        lines.push(format!(
            "health      giving {:.0} of {:.0}, personal {:.0} of {:.0}; ties and reception depend on who responds",
            points.giving * health.parts.giving,
            points.giving,
            points.personal * health.parts.personal,
            points.personal
        ));
        if health.held {
            lines.push(
                "            a capped condition holds the health at 39 or less until the whole is paid".to_owned(),
            );
        }
    }
    lines.extend(rehearsal.within.iter().flat_map(within));
    lines.extend(told::profiting(rehearsal, text).map(|words| format!("careful     {words}")));
    lines.extend(rehearsal.advice.iter().map(|advice| format!("better      {}", advise(advice))));
    lines
}

/// What becomes of its campaign, part by part, as the responses are now.
fn within(within: &Within) -> Vec<String> {
    let mut lines = vec![format!("            {}", told::campaign(within))];
    if let (Some(before), Some(after)) = (&within.before, &within.after) {
        let points = crate::measure::giving::health::POINTS;
        let parts = [
            ("giving", points.giving, before.parts.giving, after.parts.giving),
            ("ties", points.ties, before.parts.ties, after.parts.ties),
            ("reception", points.reception, before.parts.reception, after.parts.reception),
            ("personal", points.personal, before.parts.personal, after.parts.personal),
        ];
        let part = |(name, most, before, after): (&str, f64, f64, f64)| {
            format!("{name} {:.0} → {:.0} of {most:.0}", most * before, most * after)
        };
        lines.push(format!("            {}", parts.map(part).join(", ")));
    }
    lines
}

fn advise(advice: &Advice) -> String {
    format!("{} (+{:.0} points)", told::better(&advice.change), advice.points)
}

fn as_json(rehearsal: &Rehearsal, text: &str) -> Value {
    let words = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default();
    let advice = |advice: &Advice| {
        let (change, amount) = match &advice.change {
            Change::DropTheCondition { costs } => ("drop_the_condition", json!(costs)),
            Change::LiftTheCap => ("lift_the_cap", Value::Null),
            Change::GiveFirst(missing) => ("give_first", json!(missing)),
            Change::Wait(days) => ("wait", json!(days)),
            Change::SignIt => ("sign_it", Value::Null),
        };
        json!({ "change": change, "amount": amount, "points": advice.points })
    };
    json!({
        "gesture": rehearsal.gesture.gesture.name(),
        "does": does(rehearsal.deed.deed),
        "trigger": rehearsal.gesture.trigger.map(|(trigger, _)| trigger.name()),
        "cap": rehearsal.gesture.cap.as_ref().map(|cap| cap.text.as_str()),
        "given": rehearsal.side.given(),
        "asked": rehearsal.side.asked(),
        "balance_before": rehearsal.before.balance(),
        "balance_after": rehearsal.after.balance(),
        "covered": rehearsal.cover.map(|cover| cover.covered),
        "missing": rehearsal.cover.map(|cover| cover.missing),
        "giving": rehearsal.health.as_ref().map(|health| health.parts.giving),
        "campaign": rehearsal.within.as_ref().map(|within| {
            let health = |health: &Option<Health>| health.as_ref().map(|health| json!({
                "health": health.health,
                "giving": health.parts.giving,
                "ties": health.parts.ties,
                "reception": health.parts.reception,
                "personal": health.parts.personal,
                "held": health.held,
            }));
            json!({ "name": within.name.as_str(), "before": health(&within.before), "after": health(&within.after) })
        }),
        "personal": rehearsal.personal,
        "held": rehearsal.health.as_ref().is_some_and(|health| health.held),
        "profiting": rehearsal.profiting.as_ref().map(|found| json!({
            "disaster": words(&found.disaster),
            "words": found.words.iter().map(words).collect::<Vec<_>>(),
        })),
        "advice": rehearsal.advice.iter().map(advice).collect::<Vec<_>>(),
    })
}
