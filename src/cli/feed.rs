//! `feed`: shows what is read from a feed, for people who wonder why something is missing.

use std::path::Path;

use serde_json::json;
use url::Url;

use super::args::{Everywhere, FeedArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use crate::domain::{Clock, SafeText};
use crate::engine::SystemClock;
use crate::sources::feed::{self, Entry, ParsedFeed};
use crate::sources::http::{Client, HttpSettings};

/// Largest file, in bytes.
const LARGEST: u64 = 64 << 20;
/// Longest text of one entry that is shown to a person, in characters.
const SHOWN: usize = 300;

/// Prints the entries of a feed.
///
/// # Errors
/// When it cannot be had, or is no feed.
pub async fn run(arguments: &FeedArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let path = Path::new(&arguments.from);
    let (feed, from) = if path.exists() {
        (of_file(path).await?, path.display().to_string())
    } else {
        let fetched = of_address(&arguments.from.to_string_lossy(), everywhere).await?;
        (fetched.feed, fetched.address)
    };
    if arguments.printing.json {
        for entry in &feed.entries {
            output::json(&line(entry))?;
        }
    } else {
        print(&feed, &from)?;
    }
    Ok(0)
}

async fn of_file(path: &Path) -> CliResult<ParsedFeed> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| CliError::file(path, error))?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, LARGEST + 1), &mut bytes)
        .map_err(|error| CliError::file(path, error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(CliError::message(format!("{} is larger than 64 MB: this is no feed", path.display())));
    }
    let feed = feed::read_off_thread(bytes, None, None).await;
    feed.map_err(|error| CliError::message(format!("{}: this is {error}", path.display())))
}

async fn of_address(written: &str, everywhere: &Everywhere) -> CliResult<feed::Fetched> {
    let url: Url = feed::address(written).map_err(|error| {
        CliError::message(format!("there is no file {}, and {error}", SafeText::line(written, 200)))
    })?;
    // The user agent and the like come from the configuration, when there is a good one.
    let client = match House::of_file(everywhere) {
        Ok(house) => house.client()?,
        Err(_) => Client::new(HttpSettings::default())?,
    };
    output::remark(format!("asking {} …", url.host_str().unwrap_or_default()));
    Ok(feed::fetch(&client, &url, SystemClock.now()).await?)
}

fn line(entry: &Entry) -> serde_json::Value {
    json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": entry.published,
        "updated": entry.updated,
        "author": entry.author,
        "text": SafeText::block(&entry.text).as_str(),
        "links": entry.links,
        "image_descriptions": entry.image_descriptions,
        "lang": entry.lang,
    })
}

fn print(feed: &ParsedFeed, from: &str) -> CliResult {
    let title = feed.title.as_deref().unwrap_or("without a title");
    output::line(format!("{}: {:?}, {} entries", SafeText::line(title, 200), feed.kind, feed.entries.len()))?;
    output::line(format!("  {}", SafeText::line(from, 400)))?;
    for remark in &feed.remarks {
        output::line(format!("  note: {}", SafeText::line(remark, 400)))?;
    }
    for entry in &feed.entries {
        let field = |text: &Option<String>| SafeText::line(text.as_deref().unwrap_or("none"), 400);
        output::line("")?;
        output::line(SafeText::line(entry.title.as_deref().unwrap_or("without a title"), 200).as_str())?;
        output::line(format!("  id         {}", field(&entry.id)))?;
        output::line(format!("  link       {}", field(&entry.link)))?;
        let published = entry.published.map_or_else(|| "none".to_owned(), |moment| moment.to_string());
        output::line(format!("  published  {published}"))?;
        output::line(format!("  author     {}", field(&entry.author)))?;
        output::line(format!("  text       {}", SafeText::line(&entry.text, SHOWN)))?;
    }
    Ok(())
}
