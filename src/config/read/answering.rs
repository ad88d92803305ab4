//! Who answers, and with which words: voices and saved replies.

use toml::Spanned;

use super::{Names, subjects};
use crate::config::reader::Reader;
use crate::config::schema::{self, nearest};
use crate::config::settings::{SavedReply, Voice};

pub(super) fn voices(reader: &Reader<'_>) -> Vec<Voice> {
    let mut names = Names::new("voice", reader);
    let sections = reader.sections(schema::VOICE);
    let voices = sections.iter().filter_map(|section| {
        let name = section.required("name", "\"Ana\"");
        if let Some(name) = &name {
            names.add(name.get_ref(), reader.place(name), &section.path("name"));
        }
        let signature = section.text("signature").map(|text| text.into_inner().trim().to_owned());
        let handles = subjects::handles(section);
        Some(Voice { name: name?.into_inner(), signature: signature.filter(|text| !text.is_empty()), handles })
    });
    voices.collect()
}

pub(super) fn replies(reader: &Reader<'_>) -> Vec<SavedReply> {
    let mut names = Names::new("reply", reader);
    let sections = reader.sections(schema::REPLY);
    let replies = sections.iter().filter_map(|section| {
        let name = section.required("name", "\"chain\"");
        if let Some(name) = &name {
            names.add(name.get_ref(), reader.place(name), &section.path("name"));
        }
        let text = section.required("text", "\"Sorry about that, {name}!\"")?;
        let place = reader.place(&text);
        Some(SavedReply { name: name?.into_inner(), text: text.into_inner(), place })
    });
    replies.collect()
}

/// The voice at this machine: one of the voices.
pub(super) fn voice(reader: &Reader<'_>, voices: &[Voice]) -> Option<String> {
    let section = reader.section(schema::ANSWERING)?;
    let text: Spanned<String> = section.text("voice")?;
    let known = || voices.iter().map(|voice| voice.name.as_str());
    if let Some(found) = known().find(|name| name.to_lowercase() == text.get_ref().to_lowercase()) {
        return Some(found.to_owned());
    }
    let help = match nearest(text.get_ref(), known()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "add a [[voice]] with this name".to_owned(),
    };
    section.refuse("voice", &text, format!("there is no voice \"{}\"", text.get_ref()), help);
    None
}
