//! Accounts that are known to be the brand's own.
//!
//! Only the source of an account knows that it is ours; another source of the same scope, which hears the whole
//! network, does not. What one of them has told holds for all, so that a post of ours is not taken for a mention
//! because somebody else brought it first.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::domain::Item;

/// Native ids of our accounts, by scope.
#[derive(Debug, Default)]
pub(crate) struct OwnAccounts(Mutex<HashMap<String, HashSet<String>>>);

impl OwnAccounts {
    /// Adds accounts that are known already: scope and native id.
    pub(crate) fn add(&self, accounts: impl IntoIterator<Item = (String, String)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (scope, account) in accounts {
            known.entry(scope).or_default().insert(account);
        }
    }

    /// Learns from the items that are ours, and marks others by the same accounts as ours.
    pub(crate) fn mark(&self, scope: &str, items: &mut [Item]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = items.iter().filter(|item| item.own && !item.deleted);
        let new: Vec<String> = ours.filter_map(|item| item.author.native_id.clone()).collect();
        if !new.is_empty() {
            known.entry(scope.to_owned()).or_default().extend(new);
        }
        let Some(accounts) = known.get(scope) else { return };
        for item in items.iter_mut().filter(|item| !item.own) {
            item.own = item.author.native_id.as_ref().is_some_and(|id| accounts.contains(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Author;

    fn by(id: &str, own: bool) -> Item {
        Item { own, author: Author { native_id: Some(id.into()), ..Author::default() }, ..Item::default() }
    }

    #[test]
    fn what_one_source_tells_holds_for_its_scope_alone() {
        let known = OwnAccounts::default();
        known.add([("bluesky".to_owned(), "did:old".to_owned())]);
        let marked = |scope: &str, items: &mut [Item]| {
            known.mark(scope, items);
            items.iter().map(|item| item.own).collect::<Vec<_>>()
        };
        assert_eq!(marked("bluesky", &mut [by("did:us", false), by("did:old", false)]), [false, true]);
        assert_eq!(
            marked("bluesky", &mut [by("did:them", false), by("did:us", true), by("did:us", false)]),
            [false, true, true]
        );
        assert_eq!(marked("bluesky", &mut [by("did:us", false), Item::default()]), [true, false]);
        assert_eq!(marked("mastodon:a", &mut [by("did:us", false)]), [false]);
    }
}
