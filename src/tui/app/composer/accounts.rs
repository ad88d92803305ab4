//! Accounts that come to be known while an answer or a post is written: after a first start the networks have not told yet who we
//! are there.

use super::gate::Then;
use super::{Composer, Way};
use super::{opening, own};
use crate::domain::outbox::Identity;
use crate::domain::{Answerable, Network, SourceId, Timestamp};

impl Composer {
    /// The source whose accounts matter: that of what is answered, else of the account that was chosen; `Some(None)` for
    /// a post, which can go out under any. `None` where nothing can be published anyway.
    pub fn wants_accounts(&self) -> Option<Option<SourceId>> {
        match &self.mention {
            Some(mention) => (mention.answerable == Answerable::AsSource).then_some(Some(mention.row.source)),
            None if self.post => Some(None),
            None => self.identity().map(|identity| Some(identity.source)),
        }
    }

    /// Takes in the accounts that are known by now. Every word that was written stays; the account that was chosen stays
    /// chosen while it is there, and another one is confirmed before anything is sent. Tells whether anything changed.
    pub fn take_accounts(&mut self, known: Vec<Identity>, used: &[(Network, SourceId)], now: Timestamp) -> bool {
        // Words that a person is posting by hand at this moment are recorded first.
        let posting = self.asking.as_ref().is_some_and(|asking| asking.then == Then::Record);
        if posting || self.is_sending() {
            return false;
        }
        let before = self.identity().cloned();
        let mut way = if self.post {
            let mut identities = known;
            own::sort(&mut identities, used);
            Way::Publish { identities, chosen: 0 }
        } else {
            let last = used.iter().find(|(on, _)| *on == self.network).map(|(_, source)| *source);
            opening::way(self.mention.as_deref(), known, last)
        };
        if let (Way::Publish { identities, chosen, .. }, Some(before)) = (&mut way, &before) {
            *chosen = identities.iter().position(|one| one.source == before.source).unwrap_or(*chosen);
        }
        if way == self.way {
            return false;
        }
        self.way = way;
        self.used = used.to_vec();
        let names = |identity: &Identity| (identity.source, identity.handle.clone());
        let after = self.identity().map(names);
        if after != before.as_ref().map(names) {
            self.unconfirmed = after.is_some();
            self.begin_anew();
            self.changed(now);
        }
        true
    }

    /// The name in front, where an answer reaches its person only by it, is put there if it is missing.
    fn begin_anew(&mut self) {
        let text = self.paper.text();
        let untouched = text == self.offered;
        self.pristine = self.beginning();
        let missing = !self.pristine.is_empty() && !text.contains(self.pristine.trim());
        if missing {
            self.paper.put_in_front(&self.pristine);
        }
        if untouched {
            self.offered = self.paper.text();
        }
    }
}
