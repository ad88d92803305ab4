//! `train`: makes the models of the readers from sets of labelled texts, with their cards.

use std::path::Path;

use serde::Deserialize;

use super::args::TrainArgs;
use super::error::{CliError, CliResult};
use super::output::{self, Progress, Table, grouped};
use crate::language::model::card::Card;
use crate::language::model::recipe::{Made, Order, Recipe, Set};
use crate::language::trained::RECIPES;

/// The list of sets, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "set")]
    sets: Vec<Set>,
}

/// Trains, prints the figures, writes assets and cards.
///
/// # Errors
/// When the list or a set cannot be read, a recipe refuses its sets, or a file cannot be written.
pub fn run(arguments: &TrainArgs) -> CliResult<u8> {
    let recipes: Vec<&dyn Recipe> = RECIPES.iter().copied().filter(|recipe| wanted(arguments, *recipe)).collect();
    if recipes.is_empty() {
        let known: Vec<&str> = RECIPES.iter().map(|recipe| recipe.name()).collect();
        return Err(CliError::message(format!("there is no such model; there are: {}", known.join(", "))).refused());
    }
    let sets = read_sets(&arguments.list, &arguments.from)?;
    let order = Order { made: arguments.made.to_string(), seed: arguments.seed };
    let mut progress = Progress::new();
    for recipe in recipes {
        let made = recipe.make(&sets, &order, &mut |what| progress.say(|| what.to_owned()));
        progress.done();
        for made in made.map_err(|error| CliError::message(error.to_string()))? {
            write(&arguments.output, &made)?;
            tell(&made.card)?;
        }
    }
    Ok(0)
}

fn wanted(arguments: &TrainArgs, recipe: &dyn Recipe) -> bool {
    arguments.only.is_empty() || arguments.only.iter().any(|name| name == recipe.name())
}

fn read_sets(list: &Path, from: &Path) -> CliResult<Vec<Set>> {
    let text = std::fs::read_to_string(list).map_err(|error| CliError::file(list, error))?;
    let list_folder = list.parent().unwrap_or(Path::new("."));
    let list: List = toml::from_str(&text)
        .map_err(|error| CliError::message(format!("the list of sets cannot be understood:\n{error}")))?;
    let read = list.sets.into_iter().map(|set| {
        // Sets of the project's own are named as seen from the list.
        let beside = list_folder.join(&set.content);
        let path = if set.content.starts_with("../") && beside.exists() { beside } else { from.join(&set.content) };
        let content = std::fs::read_to_string(&path).map_err(|error| CliError::file(path, error))?;
        Ok(Set { content, ..set })
    });
    read.collect()
}

fn write(folder: &Path, made: &Made) -> CliResult {
    std::fs::create_dir_all(folder).map_err(|error| CliError::file(folder, error))?;
    let card = toml::to_string(&made.card)
        .map_err(|error| CliError::message(format!("the card of {} cannot be written: {error}", made.name)))?;
    let files = [("bin", made.asset.as_slice()), ("card.toml", card.as_bytes())];
    for (ending, bytes) in files {
        let path = folder.join(format!("{}.{ending}", made.name));
        std::fs::write(&path, bytes).map_err(|error| CliError::file(path, error))?;
    }
    Ok(())
}

fn tell(card: &Card) -> CliResult {
    output::line(format!("{}: {} bytes, {}", card.name, grouped(card.bytes), card.hash))?;
    let mut measures: Vec<&str> = Vec::new();
    let mut sets: Vec<&str> = Vec::new();
    for figure in &card.figures {
        if !measures.contains(&figure.measure.as_str()) {
            measures.push(&figure.measure);
        }
        if !sets.contains(&figure.on.as_str()) {
            sets.push(&figure.on);
        }
    }
    let headings: Vec<&str> = std::iter::once("SET").chain(measures.iter().copied()).collect();
    let mut table = Table::new(&headings);
    for set in sets {
        let cell = |measure: &&str| {
            let found = card.figures.iter().find(|figure| figure.on == set && figure.measure == **measure);
            found.map_or_else(|| "-".to_owned(), |figure| format!("{:.3}", figure.value))
        };
        table.row(std::iter::once(set.to_owned()).chain(measures.iter().map(cell)).collect());
    }
    output::block(format!("{}\n", table.render()))
}
