//! `export act-corrections`: what people said that posts of our own do, as NDJSON.

use std::collections::HashMap;

use serde::Serialize;

use super::super::args::ExportArgs;
use super::super::error::CliResult;
use super::lines::Lines;
use crate::domain::{Act, ActCorrection, ActId, Timestamp, Visibility};
use crate::store::Store;

/// Most corrections that are written.
const MOST: u32 = 100_000;
/// Acts whose words are read at once.
const PIECE: usize = 500;

/// What stands of what people said of an act, as a line. It can be read as a line of `goodword gesture`.
#[derive(Debug, Serialize)]
struct ActLine<'a> {
    /// Number of the act in this store.
    id: i64,
    /// Its words, content warning and title before them.
    text: &'a str,
    /// It answers somebody.
    reply: bool,
    /// What the person says that it is: give, ask, conditional, talk.
    label: &'static str,
    /// Which kind of it, by the name of a deed.
    said: &'static str,
    /// What the reader made of it; `null` when it had not been read.
    read: Option<&'static str>,
    /// When it was said.
    at: Timestamp,
}

impl<'a> ActLine<'a> {
    fn of(correction: &ActCorrection, act: &'a Act) -> Self {
        Self {
            id: act.id.0,
            text: act.text.as_str(),
            reply: act.parent.is_some(),
            label: correction.deed.gesture().name(),
            said: correction.deed.name(),
            read: correction.read.map(crate::domain::Deed::name),
            at: correction.at,
        }
    }
}

/// Writes the corrections that were made between the two moments, the newest first. Those of posts that are not public
/// only where they are asked for.
pub(super) async fn write(
    store: &dyn Store,
    arguments: &ExportArgs,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> CliResult {
    let mut lines = Lines::open(arguments)?;
    let mut all = store.act_corrections(MOST).await?;
    all.retain(|one| since.is_none_or(|since| one.at >= since) && until.is_none_or(|until| one.at < until));
    for piece in all.chunks(PIECE) {
        let ids: Vec<ActId> = piece.iter().map(|one| one.act).collect();
        let acts: HashMap<ActId, Act> = store.whole_acts(&ids).await?.into_iter().map(|act| (act.id, act)).collect();
        // An act that went since the corrections were read took its correction with it.
        for (correction, act) in piece.iter().filter_map(|one| Some((one, acts.get(&one.act)?))) {
            if act.visibility == Visibility::Private && !arguments.private {
                continue;
            }
            lines.put(&ActLine::of(correction, act))?;
        }
    }
    lines.finish("corrections")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CorrectionId, Deed, Give, Network, SafeText, SourceId};

    #[test]
    fn a_line_says_what_was_read_and_what_a_person_says() {
        let at = Timestamp::UNIX_EPOCH;
        let act = Act {
            id: ActId(4),
            source: SourceId(1),
            network: Network::FEED,
            native_id: "a".into(),
            parent: Some("b".into()),
            root: None,
            answers: None,
            author: SafeText::default(),
            person: None,
            own: true,
            text: SafeText::block("Order now\u{1b}[31m"),
            url: None,
            lang: None,
            visibility: Visibility::Public,
            published: at,
            first_seen: at,
            history: false,
            edited_at: None,
        };
        let correction = ActCorrection {
            id: CorrectionId(1),
            act: ActId(4),
            deed: Deed::Give(Give::Donate),
            read: Some(Deed::HardAsk),
            at,
        };
        let line = serde_json::to_value(ActLine::of(&correction, &act)).unwrap();
        let told = [&line["label"], &line["said"], &line["read"], &line["reply"], &line["id"]];
        assert_eq!(told.map(ToString::to_string), ["\"give\"", "\"donate\"", "\"hard_ask\"", "true", "4"]);
        assert!(!line["text"].as_str().unwrap().contains('\u{1b}'));
    }
}
