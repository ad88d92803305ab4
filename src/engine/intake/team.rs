//! The brand's own people: whose posts are ours though no account of ours wrote them.

use std::collections::{HashMap, HashSet};

use crate::domain::{Author, Network};

/// Whom the configuration names as the brand's own people.
#[derive(Debug, Default)]
pub(super) struct Team {
    /// Handles on any network, folded.
    anywhere: HashSet<String>,
    /// By network.
    there: HashMap<String, Place>,
}

/// Those who are known on one network.
#[derive(Debug, Default)]
struct Place {
    /// Handles, folded.
    handles: HashSet<String>,
    /// The network's own ids.
    ids: HashSet<String>,
}

impl Team {
    /// Reads entries: `handle`, `network:handle` or `network:native-id`.
    pub(super) fn new(entries: &[String]) -> Self {
        let mut team = Self::default();
        for entry in entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
            team.anywhere.insert(folded(entry));
            if let Some((network, who)) = entry.split_once(':').filter(|(_, who)| !who.is_empty()) {
                let place = team.there.entry(network.to_lowercase()).or_default();
                place.handles.insert(folded(who));
                place.ids.insert(who.to_owned());
            }
        }
        team
    }

    /// Whether the author is one of them.
    pub(super) fn has(&self, network: &Network, author: &Author) -> bool {
        if self.anywhere.is_empty() {
            return false;
        }
        let place = self.there.get(network.name());
        let by_id = place.zip(author.native_id.as_ref()).is_some_and(|(place, id)| place.ids.contains(id));
        by_id
            || author.handle.as_deref().map(folded).is_some_and(|handle| {
                self.anywhere.contains(&handle) || place.is_some_and(|place| place.handles.contains(&handle))
            })
    }
}

/// A handle without a leading `@` and without regard to case.
fn folded(handle: &str) -> String {
    handle.trim_start_matches('@').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(id: Option<&str>, handle: Option<&str>) -> Author {
        Author { native_id: id.map(Into::into), handle: handle.map(Into::into), ..Author::default() }
    }

    #[test]
    fn people_are_known_by_handle_or_id_and_where_the_entry_says() {
        let entries = ["@Ana", "mastodon:Kim@Town.example", "bluesky:did:plc:AbC", " ", "reddit:"];
        let team = Team::new(&entries.map(String::from));
        let (bluesky, mastodon) = (Network::named("bluesky"), Network::named("mastodon"));
        assert!(team.has(&bluesky, &by(None, Some("ana"))) && team.has(&mastodon, &by(Some("1"), Some("@ANA"))));
        assert!(team.has(&mastodon, &by(None, Some("kim@town.EXAMPLE"))));
        assert!(!team.has(&bluesky, &by(None, Some("kim@town.example"))), "another network");
        assert!(team.has(&bluesky, &by(Some("did:plc:AbC"), None)));
        assert!(!team.has(&bluesky, &by(Some("did:plc:abc"), None)), "ids are exact");
        assert!(!team.has(&mastodon, &by(Some("did:plc:AbC"), None)));
        assert!(!team.has(&bluesky, &by(None, None)) && !team.has(&bluesky, &by(Some(""), Some(""))));
        assert!(!Team::default().has(&bluesky, &by(None, Some("ana"))));
    }
}
