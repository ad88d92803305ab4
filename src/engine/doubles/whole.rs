//! Whole mentions and acts of the store in memory.

use super::said::SaidOf;
use super::store::Inside;
use crate::domain::time::published;
use crate::domain::{
    Act, ActId, Mention, MentionId, MentionRow, Network, OwnHistory, SafeText, SourceHealth, SourceId, SourceState,
};
use crate::store::{NewAct, NewMention, RecordBatch, Recorded};

pub(super) fn mention(row: &MentionRow, new: &NewMention, said: &SaidOf) -> Mention {
    Mention {
        row: row.clone(),
        person: None,
        native_id: new.item.native_id.clone(),
        url: new.item.url.as_deref().map(|url| SafeText::line(url, 2_000)),
        text: SafeText::block(&new.item.text),
        author_name: SafeText::default(),
        lang: new.lang.clone(),
        links: Vec::new(),
        image_descriptions: new.item.image_descriptions.iter().map(|text| SafeText::block(text)).collect(),
        claimed: new.item.claimed,
        edited_at: None,
        watches: Vec::new(),
        parent: new.item.parent.clone(),
        root: new.item.root.clone(),
        addressed: new.item.addressed,
        answerable: new.item.answerable,
        corrections: said.of(row.id),
    }
}
/// A source that was never asked.
pub(super) fn source(id: SourceId, name: &str, network: &Network) -> SourceState {
    SourceState {
        id,
        name: name.to_owned(),
        network: network.clone(),
        cursor: String::new(),
        health: SourceHealth::New,
        trouble: SafeText::default(),
        failures: 0,
        polled: None,
        answered: None,
        fresh: None,
        next: None,
        interval: None,
        mentions: 0,
        meters: Vec::new(),
        live: false,
        own_history: None,
    }
}

pub(super) fn act(place: usize, new: &NewAct, source: SourceId, answers: Option<MentionId>) -> Act {
    let item = &new.item;
    Act {
        id: ActId(i64::try_from(place).unwrap() + 1),
        source,
        network: crate::domain::Network::FEED,
        native_id: item.native_id.clone(),
        parent: item.parent.clone(),
        root: item.root.clone(),
        answers,
        author: SafeText::line(item.author.handle.as_deref().unwrap_or_default(), 80),
        person: None,
        own: item.own,
        text: SafeText::block(&item.full_text()),
        url: None,
        lang: new.lang.clone(),
        visibility: item.visibility,
        published: published(item.claimed, new.first_seen),
        first_seen: new.first_seen,
        history: new.history,
        edited_at: None,
    }
}

impl Inside {
    /// Older posts of our own, and how far back they go.
    pub(super) fn older_posts(&mut self, batch: &RecordBatch, history: &OwnHistory) -> Recorded {
        self.version += 1;
        let mut recorded = Recorded::default();
        for act in &batch.acts {
            self.act(batch.source, act, &mut recorded);
        }
        let state = self.sources.iter_mut().find(|source| source.id == batch.source).unwrap();
        state.own_history = Some(history.clone());
        recorded
    }
}
