//! Who answers at this screen, with which words and in which editor.

use std::sync::Arc;

use super::error::{CliError, CliResult};
use crate::config::Config;
use crate::domain::SafeText;
use crate::engine::rehearsal::live::Rehearsing;
use crate::language::Readers;
use crate::measure::giving::Table;
use crate::tui::app::Writer;
use crate::tui::app::composer::advice::{Coaching, braces};
use crate::tui::app::composer::replies::SavedReply;

/// The voice: of the arguments, of the environment, of the configuration. Where the configuration names voices it must
/// be one of them, whatever the case of its letters.
///
/// # Errors
/// When it is not.
pub fn named(config: &Config, asked: Option<String>) -> CliResult<Option<String>> {
    let told = asked.or_else(|| std::env::var("GOODWORD_VOICE").ok()).filter(|name| !name.trim().is_empty());
    let Some(name) = told else { return Ok(config.voice.clone()) };
    if config.voices.is_empty() {
        return Ok(Some(SafeText::line(&name, 80).to_string()));
    }
    let found = config.voices.iter().find(|voice| voice.name.to_lowercase() == name.trim().to_lowercase());
    found.map(|voice| Some(voice.name.clone())).ok_or_else(|| {
        let known: Vec<&str> = config.voices.iter().map(|voice| voice.name.as_str()).collect();
        CliError::message(format!(
            "there is no voice {:?}: the configuration knows {}; add a [[voice]] or choose one of them",
            SafeText::line(&name, 80).as_str(),
            SafeText::line(&known.join(", "), 300)
        ))
        .refused()
    })
}

/// Who writes answers, and with what help.
pub fn writer(config: &Config, voice: Option<&str>, readers: Arc<Readers>) -> Writer {
    let voice = config.voices.iter().find(|known| Some(known.name.as_str()) == voice);
    let table = Table { tell_factor: config.weights.tell_factor, ..Table::default() };
    Writer {
        signature: voice.and_then(|voice| voice.signature.clone()),
        handles: voice.map(|voice| voice.handles.clone()).unwrap_or_default(),
        replies: replies(config),
        rehearsing: Rehearsing::new(Arc::clone(&readers), config.brand.size, table),
        coach: Coaching::by(readers),
        approval: config.outbox.approval,
    }
}

/// The saved replies.
pub fn replies(config: &Config) -> Vec<SavedReply> {
    let replies = config.replies.iter();
    replies.map(|reply| SavedReply { name: reply.name.clone(), text: reply.text.clone() }).collect()
}

/// What a person should know of the saved replies: a brace that belongs to no blank is sent as it is.
pub fn remarks(config: &Config) -> Vec<String> {
    let stray = |text: &str| {
        let mut rest = text.to_owned();
        braces(text).into_iter().rev().for_each(|blank| rest.replace_range(blank, ""));
        rest.contains(['{', '}'])
    };
    let replies = config.replies.iter().filter(|reply| stray(&reply.text));
    let remark = |reply: &crate::config::SavedReply| {
        format!(
            "{}: the reply \"{}\" has a brace that belongs to no blank and would be sent as it is; a blank is {{one to \
             forty signs on a line}}",
            config.at(reply.place),
            SafeText::line(&reply.name, 80)
        )
    };
    replies.map(remark).collect()
}

/// The person's editor.
pub fn editor() -> Option<String> {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|command| !command.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Document;

    fn config(text: &str) -> Config {
        Config::parse(Document::new(Path::new("config.toml"), format!("[brand]\nname = \"Ferris\"\n{text}"))).unwrap()
    }

    #[test]
    fn a_voice_is_one_of_those_that_are_configured() {
        let two = config(
            "[[voice]]\nname = \"Ana\"\nsignature = \"^AK\"\n[[voice]]\nname = \"Kim\"\n[answering]\nvoice = \"kim\"\n",
        );
        assert_eq!(two.voice.as_deref(), Some("Kim"));
        assert_eq!(named(&two, Some("ana".to_owned())).unwrap().as_deref(), Some("Ana"));
        assert!(named(&two, Some("Lou".to_owned())).unwrap_err().to_string().contains("Ana, Kim"));
        assert_eq!(named(&config(""), Some("Lou".to_owned())).unwrap().as_deref(), Some("Lou"));
        let writer = writer(&two, Some("Ana"), Arc::new(Readers::rule_based()));
        assert_eq!(writer.signature.as_deref(), Some("^AK"));
    }

    #[test]
    fn a_brace_that_belongs_to_no_blank_is_told_with_its_place() {
        let good = config("[[reply]]\nname = \"chain\"\ntext = \"Sorry, {name}: {link}\"\n");
        assert!(remarks(&good).is_empty());
        for text in ["Sorry, {name", "Sorry, {name} or {", "Sorry, name}", "Sorry, {}", "Sorry, {one {name}"] {
            let told = remarks(&config(&format!("[[reply]]\nname = \"chain\"\ntext = \"{text}\"\n")));
            assert!(told.len() == 1 && told[0].starts_with("config.toml:5:8: the reply \"chain\""), "{text}: {told:?}");
        }
    }

    #[test]
    fn saved_replies_come_from_the_configuration() {
        let one = config("[[reply]]\nname = \"chain\"\ntext = \"Sorry, {name}!\"\n");
        assert_eq!(replies(&one)[0].text, "Sorry, {name}!");
        let wrong = "[brand]\nname = \"F\"\n[answering]\nvoice = \"Anna\"\n[[voice]]\nname = \"Ana\"\n";
        let errors = Config::parse(Document::new(Path::new("c.toml"), wrong.to_owned())).unwrap_err();
        assert!(errors.to_string().contains("did you mean \"Ana\"?"), "{errors}");
    }
}
