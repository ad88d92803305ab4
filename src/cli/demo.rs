//! `demo`: the dashboard on a made-up town that lives on this machine alone and is thrown away at the end.

use std::sync::Arc;

use super::args::{DemoArgs, Everywhere};
use super::dashboard::{self, Opening};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use crate::config::{Config, Document};
use crate::demo::{Format, Scenario, Town};
use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::engine::SystemClock;
use crate::sources::feed::FeedSettings;
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{MemoryCredentials, Source, SourceSettings, Tools, networks};
use crate::tui::app::Occasion;

/// How soon and how late a place of the town is asked again.
const SHORTEST: SignedDuration = SignedDuration::from_secs(2);
const LONGEST: SignedDuration = SignedDuration::from_secs(8);

/// Plays a scenario.
///
/// # Errors
/// What keeps the dashboard from opening, or ended it.
pub async fn run(arguments: &DemoArgs, everywhere: &Everywhere) -> CliResult<u8> {
    refuse_places(everywhere)?;
    let [default, ..] = Scenario::NAMES;
    let name = arguments.name.as_deref().unwrap_or(default);
    let scenario = Scenario::named(name).ok_or_else(|| {
        CliError::message(format!("there is no story named {name}: there is {}", Scenario::NAMES.join(", "))).refused()
    })??;
    let directory = Scratch::new()?;
    let config = configuration(&scenario)?;
    let mut town = Town::open(scenario.clone(), Arc::new(SystemClock), arguments.speed).await?;
    let client = Client::new(HttpSettings::default())?;
    let sources: Vec<Source> = town
        .addresses()
        .iter()
        .map(|(name, address)| source(&scenario, name, address, &client))
        .collect::<CliResult<_>>()?;
    let (data, logs) = (directory.0.join("data"), directory.0.join("log"));
    let house = House { config, file: None, data, logs };
    let notices = vec!["a made-up town on this machine; ? shows the keys, q leaves".to_owned()];
    let narrator = Some(town.narrator());
    let opening = Opening { house, sources, occasion: Occasion::Demo, voice: None, notices, narrator };
    let ended = dashboard::open(opening, everywhere).await;
    // On the screen a line makes way for the next one: here is the whole of what was told.
    town.narrated().iter().for_each(output::remark);
    town.close().await;
    ended
}

/// Refuses to be told where configuration and data are. Only the arguments are asked: what the environment names is
/// meant for every other command.
fn refuse_places(everywhere: &Everywhere) -> CliResult {
    let told = [("--config", everywhere.config.is_some()), ("--data-dir", everywhere.data_dir.is_some())];
    let told: Vec<&str> = told.into_iter().filter_map(|(flag, is_told)| is_told.then_some(flag)).collect();
    if told.is_empty() {
        return Ok(());
    }
    Err(CliError::message(format!(
        "the demo has a configuration and data of its own, and leaves nothing behind: start it without {}",
        told.join(" and ")
    ))
    .refused())
}

/// A place of the town as a source.
fn source(scenario: &Scenario, name: &str, address: &str, client: &Client) -> CliResult<Source> {
    let format = scenario.frame.places.iter().find(|place| place.name == name).map(|place| place.format);
    if format != Some(Format::Town) {
        let feed = FeedSettings {
            name: Some(name.to_owned()),
            shortest: SHORTEST,
            longest: LONGEST,
            ..FeedSettings::at(address)
        };
        return Ok(feed.source(client)?);
    }
    let settings = SourceSettings {
        url: address.parse().ok(),
        shortest: SHORTEST,
        longest: SHORTEST,
        ..SourceSettings::named(name, Network::fixed("town"))
    };
    let tools = Tools { client: client.clone(), credentials: Arc::new(MemoryCredentials::default()) };
    Ok(networks::open(&settings, &tools)?)
}

/// The scenario's subjects and watches as a configuration.
fn configuration(scenario: &Scenario) -> CliResult<Config> {
    let frame = &scenario.frame;
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "[brand]\nname = {}\nsize = {}\n\n[collect]\npublic_feeds = false\n\n",
        quoted(&frame.brand),
        quoted(frame.size.name())
    );
    if let Some(first) = frame.voices.first() {
        text.push_str(&format!("[answering]\nvoice = {}\n\n", quoted(&first.name)));
    }
    for reply in &frame.replies {
        let (name, words) = (quoted(&reply.name), quoted(&reply.text));
        text.push_str(&format!("[[reply]]\nname = {name}\ntext = {words}\n\n"));
    }
    for voice in &frame.voices {
        let (name, signature) = (quoted(&voice.name), quoted(&voice.signature));
        text.push_str(&format!("[[voice]]\nname = {name}\nsignature = {signature}\n\n"));
    }
    for campaign in &frame.campaigns {
        let (name, tags) = (quoted(&campaign.name), list(&campaign.tags));
        text.push_str(&format!("[[campaign]]\nname = {name}\ntags = [{tags}]\n\n"));
    }
    for rival in &frame.rivals {
        text.push_str(&format!("[[rival]]\nname = {}\n\n", quoted(rival)));
    }
    for watch in &frame.watches {
        text.push_str(&format!(
            "[[watch]]\nname = {}\nsubject = {}\nquery = {}\ncontext = [{}]\n\n",
            quoted(&watch.name),
            quoted(&watch.subject),
            quoted(&watch.query),
            list(&watch.context)
        ));
    }
    Ok(Config::parse(Document::new(std::path::Path::new("the demo"), text))?)
}

/// A directory that goes with the demo.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> CliResult<Self> {
        let unique = crate::engine::holder_name().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let path = std::env::temp_dir().join(format!("goodword-demo-{unique}"));
        std::fs::create_dir(&path).map_err(|error| CliError::file(&path, error))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is in the temporary directory, which the system clears.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_makes_a_good_configuration() {
        for name in Scenario::NAMES {
            let scenario = Scenario::named(name).unwrap().unwrap();
            let config = configuration(&scenario).unwrap();
            assert_eq!(config.brand.name, scenario.frame.brand);
            assert_eq!(config.watches.len(), scenario.frame.watches.len());
            assert_eq!(config.voice.as_ref(), scenario.frame.voices.first().map(|voice| &voice.name));
            assert!(crate::cli::voice::remarks(&config).is_empty());
        }
    }

    #[test]
    fn the_everyday_demo_has_a_voice_that_signs_and_saved_replies_with_blanks() {
        let config = configuration(&Scenario::named("everyday").unwrap().unwrap()).unwrap();
        let signature = |voice: &crate::config::Voice| voice.signature.clone();
        let voice = config.voices.iter().find(|voice| Some(&voice.name) == config.voice.as_ref());
        assert_eq!(voice.and_then(signature).as_deref(), Some("^RB"));
        assert_eq!(config.replies.len(), 3);
        assert!(config.replies.iter().all(|reply| reply.text.contains("{name}")));
    }

    #[test]
    fn the_demo_takes_no_places() {
        let told = |config: bool, data: bool| Everywhere {
            config: config.then(|| "a.toml".into()),
            data_dir: data.then(|| "b".into()),
            ..Everywhere::default()
        };
        assert!(refuse_places(&told(false, false)).is_ok());
        for (config, data, named) in [
            (true, false, "without --config"),
            (false, true, "without --data-dir"),
            (true, true, "--config and --data-dir"),
        ] {
            let refused = refuse_places(&told(config, data)).unwrap_err();
            assert!(refused.to_string().ends_with(named), "{refused}");
            assert_eq!(refused.exit_code(), 2);
        }
    }

    #[test]
    fn the_scratch_directory_goes_with_the_demo() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.0.clone();
        std::fs::write(path.join("x"), "x").unwrap();
        drop(scratch);
        assert!(!path.exists());
    }
}
