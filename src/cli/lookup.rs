//! `lookup`: asks a network about a thread, a person or our own posts.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::args::{Everywhere, Looked, LookupArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use crate::domain::{Author, Clock, Item, Network, SafeText, Visibility};
use crate::engine::SystemClock;
use crate::sources::Lookup;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// Our own posts that are shown.
const OWN: u32 = 40;

/// Prints what the network says. The exit code is 0 when there was something, else 1.
///
/// # Errors
/// When the source is unknown, cannot look things up, or the network refuses.
pub async fn run(arguments: &LookupArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let mut sources = house.sources()?;
    let found = sources.iter().position(|source| source.name.to_lowercase() == arguments.source.to_lowercase());
    let Some(source) = found.map(|index| sources.swap_remove(index)) else {
        return Err(CliError::message(format!(
            "there is no source \"{}\": `goodword check` lists them",
            arguments.source
        ))
        .refused());
    };
    let Some(lookup) = source.lookup else {
        return Err(CliError::message(format!("nothing can be looked up at \"{}\"", source.name)).refused());
    };
    let id = arguments.id.as_deref().unwrap_or_default();
    let list = Forgotten::of(&house.data, &source.network).await?;
    let result = look(&*lookup, arguments.what, id, arguments.printing.json, &list).await;
    list.close().await;
    result
}

/// Those who are not to be shown, for they are forgotten here.
struct Forgotten {
    store: Option<Arc<SqliteStore>>,
    network: Network,
}

impl Forgotten {
    async fn of(data: &Path, network: &Network) -> CliResult<Self> {
        let store = if SqliteStore::is_at(data) { Some(super::house::existing_store(data).await?) } else { None };
        Ok(Self { store, network: network.clone() })
    }

    async fn has(&self, author: &Author) -> CliResult<bool> {
        match &self.store {
            Some(store) => Ok(store.is_forgotten(&self.network, author).await?),
            None => Ok(false),
        }
    }

    async fn close(&self) {
        if let Some(store) = &self.store {
            store.close().await;
        }
    }
}

async fn look(lookup: &dyn Lookup, what: Looked, id: &str, as_json: bool, list: &Forgotten) -> CliResult<u8> {
    let now = SystemClock.now();
    let items = match what {
        Looked::Thread => lookup.thread(id, now).await?,
        Looked::Own => lookup.own_recent(OWN, now).await?,
        Looked::Person => {
            let person = lookup.person(id.trim_start_matches('@'), now).await?;
            let Some(person) = person else {
                output::remark(format!("nobody is known as \"{}\" there", SafeText::line(id, 80)));
                return Ok(1);
            };
            if list.has(&person).await? {
                output::remark("this person is forgotten here, and not shown");
                return Ok(1);
            }
            print_person(&person, as_json)?;
            return Ok(0);
        }
    };
    for item in &items {
        if list.has(&item.author).await? {
            output::remark("a post of somebody who is forgotten here is not shown");
            continue;
        }
        print_item(item, as_json)?;
    }
    Ok(u8::from(items.is_empty()))
}

fn print_person(person: &Author, as_json: bool) -> CliResult {
    let line = |text: &Option<String>| text.as_deref().map(|text| SafeText::line(text, 200).to_string());
    if as_json {
        return output::json(&json!({
            "id": line(&person.native_id),
            "handle": line(&person.handle),
            "name": line(&person.name),
            "followers": person.followers,
        }));
    }
    let followers = person.followers.map(|count| format!("  {count} followers")).unwrap_or_default();
    let name = line(&person.name).unwrap_or_default();
    output::line(format!("{}  {name}{followers}", line(&person.handle).unwrap_or_default()))
}

fn print_item(item: &Item, as_json: bool) -> CliResult {
    let author = item.author.handle.as_deref().or(item.author.name.as_deref()).unwrap_or("?");
    let (author, words) = (SafeText::line(author, 80), SafeText::block(&item.full_text()));
    if as_json {
        let line = |text: &Option<String>| text.as_deref().map(|text| SafeText::line(text, 2_000).to_string());
        return output::json(&json!({
            "id": SafeText::line(&item.native_id, 500).as_str(),
            "url": line(&item.url),
            "author": author.as_str(),
            "published": item.claimed,
            "text": words.as_str(),
            "parent": line(&item.parent),
            "root": line(&item.root),
            "own": item.own,
            "private": item.visibility == Visibility::Private,
        }));
    }
    let zone = jiff::tz::TimeZone::system();
    let when = item.claimed.map(|at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let mark = match (item.own, item.visibility) {
        (true, _) => "  ours",
        (false, Visibility::Private) => "  private",
        (false, _) => "",
    };
    output::line(format!("{when}  {author}{mark}  {}", SafeText::line(&item.native_id, 200)))?;
    for line in words.as_str().lines() {
        output::line(format!("  {line}"))?;
    }
    output::line("")
}
