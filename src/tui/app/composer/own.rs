//! A post of our own: under which account, in which language, and what its network wants of it.

use super::Composer;
use crate::domain::outbox::Identity;
use crate::domain::{Network, OwnPosts, SafeText, SourceId, Visibility};

/// Why no post can be written.
pub const NO_ACCOUNT: &str =
    "no account to publish under is known yet: `goodword login` adds one, and a new one takes a moment to be known";

/// Where a post goes while no account is known.
pub(super) const NOT_YET: &str = "no account yet";
/// Why a post cannot be sent while no account is known.
const WAITS: &str = "no account to publish under is known yet: your words are kept; `goodword login` adds one, and a \
                     new one takes a moment to be known";

/// Languages that are offered besides the one that was read.
const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "it", "nl", "pt", "pl"];

/// Brings accounts in order for a post: the one last used first, those last where posts go by hand.
pub(super) fn sort(identities: &mut [Identity], used: &[(Network, SourceId)]) {
    let by_hand =
        |identity: &Identity| identity.rules.as_ref().is_some_and(|rules| rules.own_posts == OwnPosts::ByHand);
    let place = |identity: &Identity| used.iter().position(|(_, source)| *source == identity.source);
    identities.sort_by_key(|identity| (by_hand(identity), place(identity).unwrap_or(usize::MAX)));
}

impl Composer {
    /// What keeps a post of our own from being sent.
    pub(super) fn blocks_a_post(&self) -> Vec<String> {
        let rules = self.rules();
        let mut blocks = Vec::new();
        if self.identity().is_none() {
            blocks.push(WAITS.to_owned());
            return blocks;
        }
        if self.is_by_hand() {
            return blocks;
        }
        if rules.own_posts == OwnPosts::Titled && !has_title(&self.paper.text()) {
            blocks.push(format!("{} wants a headline: the first line is it, the words stand below", self.network()));
        }
        if rules.lists_all && self.visibility != Visibility::Public {
            blocks.push(format!("{} lists every post for everybody, and this is not to be listed", self.network()));
        }
        blocks
    }

    /// What a person should know of the network before they send there.
    pub fn remark(&self) -> Option<String> {
        let network = SafeText::line(self.network().name(), 40);
        match self.rules().own_posts {
            _ if !self.post => None,
            OwnPosts::Plain => None,
            OwnPosts::Titled => Some(format!("{network} wants a headline: the first line is it")),
            OwnPosts::ByHand => Some(format!(
                "posts go by hand on {network}: the words go to the clipboard, you put them where they belong"
            )),
        }
    }

    /// The languages that can be chosen, none told among them.
    pub(super) fn languages(&self) -> Vec<Option<String>> {
        let known = |lang: &str| Some(lang.to_owned());
        let mut languages: Vec<Option<String>> = if self.post {
            [self.rehearsing.lang().map(str::to_owned)].into_iter().flatten().map(Some).collect()
        } else {
            vec![self.mention.as_ref().and_then(|mention| mention.lang.clone())]
        };
        let offered = if self.post { LANGUAGES.as_slice() } else { &["en"] };
        for lang in offered.iter().copied().map(known).chain([None]) {
            if !languages.contains(&lang) {
                languages.push(lang);
            }
        }
        languages
    }
}

/// Whether a first line stands above words.
fn has_title(text: &str) -> bool {
    let lines = text.trim().split_once('\n');
    lines.is_some_and(|(title, words)| {
        !title.trim().trim_start_matches('#').trim().is_empty() && !words.trim().is_empty()
    })
}

#[cfg(test)]
#[path = "own_tests.rs"]
mod tests;
