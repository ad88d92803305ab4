//! Reading other people's JSON with patience, and telling whether a post is one that was sent.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{PublishError, SourceError, SourceErrorKind};
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// How far the clocks of a server and of this machine may be apart when a post of ours is looked for.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// Reads a field for which servers send `null` as well as nothing: both are its default.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A list of which every entry is read for itself: one that cannot be read is counted and left out.
#[derive(Debug)]
pub(super) struct Readable<T> {
    /// What could be read.
    pub(super) list: Vec<T>,
    /// How many could not.
    pub(super) skipped: usize,
}

impl<T> Default for Readable<T> {
    fn default() -> Self {
        Self { list: Vec::new(), skipped: 0 }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Readable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
        let all = values.len();
        // GraphQL puts `null` where something may not be seen: that is not an entry.
        let nulls = values.iter().filter(|value| value.is_null()).count();
        let list: Vec<T> = values.into_iter().filter_map(|value| T::deserialize(value).ok()).collect();
        Ok(Self { skipped: all.saturating_sub(list.len() + nulls), list })
    }
}

impl<T> Readable<T> {
    /// What a person should know of entries that were left out.
    pub(super) fn remark(&self, what: &str) -> Option<String> {
        (self.skipped > 0).then(|| format!("{} {what} could not be read and were skipped", self.skipped))
    }
}

/// Reads the place where a part was left; one that cannot be read is a new beginning.
pub(super) fn read<T: DeserializeOwned + Default>(place: &str) -> T {
    serde_json::from_str(place).unwrap_or_default()
}

/// A place as it is kept.
pub(super) fn written<T: Serialize>(place: &T) -> String {
    serde_json::to_string(place).unwrap_or_default()
}

/// A moment as networks write it (ISO 8601). `None` for anything else.
pub(super) fn moment(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(|text| text.trim().parse().ok())
}

/// A moment in seconds since 1970.
pub(super) fn second(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// Whether two texts are the same but for white space: networks trim and fold it.
pub(super) fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// Whether something with this time can have been made by an attempt that began at `since`.
pub(super) fn made_since(at: Option<Timestamp>, since: Timestamp) -> bool {
    at.is_none_or(|at| at >= since.saturating_sub(CLOCKS_APART).unwrap_or(Timestamp::MIN))
}

/// Nothing was sent because the words or what they answer make no post there.
pub(super) fn not_accepted(what: &str, advice: &str) -> PublishError {
    PublishError::not_sent(SourceError::new(SourceErrorKind::Refused, what, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, Default, PartialEq)]
    #[serde(default)]
    struct Entry {
        id: u64,
        #[serde(deserialize_with = "or_default")]
        name: String,
    }

    #[test]
    fn one_entry_that_cannot_be_read_does_not_spoil_the_list() {
        let read: Readable<Entry> =
            serde_json::from_str(r#"[{"id":1,"name":null},{"id":"x"},null,7,{"id":2,"name":"b","more":[]}]"#).unwrap();
        assert_eq!(read.list, [Entry { id: 1, name: String::new() }, Entry { id: 2, name: "b".into() }]);
        assert_eq!(read.skipped, 2);
        assert!(read.remark("posts").unwrap().starts_with("2 posts"));
        assert!(serde_json::from_str::<Readable<Entry>>("null").unwrap().list.is_empty());
    }

    #[test]
    fn words_are_the_same_whatever_the_white_space() {
        assert!(same_words("a b\n\nc ", " a\r\nb c"));
        assert!(!same_words("a b", "ab"));
    }
}
