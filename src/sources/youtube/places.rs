//! What is listened to, and where each was left. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// So much before the newest comment is looked at again: comments come into sight late.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Replies below older comments are looked for this often.
const DEEP_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// So many pages back.
const DEEP_PAGES: u32 = 5;
/// Most pages of one way back.
const MOST_PAGES: u32 = 50;
/// Threads whose count of replies is remembered.
const COUNTS: usize = 500;

/// What is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A channel by its id.
    Channel(String),
    /// A channel by its handle, with the `@`.
    Handle(String),
    /// A video by its id.
    Video(String),
}

fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether it is the id of a channel.
pub(super) fn is_channel(text: &str) -> bool {
    text.len() == 24 && text.starts_with("UC") && plain(text)
}

impl Target {
    /// Reads an id, a handle, or an address.
    pub(super) fn read(written: &str) -> Option<Self> {
        let bare = written.trim();
        let (path, query) = match bare.split_once("://") {
            Some((_, rest)) => {
                let path = rest.split_once('/').map_or("", |(_, path)| path);
                path.split_once('?').unwrap_or((path, ""))
            }
            None => (bare, ""),
        };
        let watched = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "v");
        if let Some((_, video)) = watched {
            return Self::of_word(&video);
        }
        let mut words = path.split('/').filter(|word| !word.is_empty());
        let first = words.next()?;
        match first {
            "channel" | "shorts" | "live" | "embed" => Self::of_word(words.next()?),
            word => Self::of_word(word),
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        if is_channel(word) {
            return Some(Self::Channel(word.to_owned()));
        }
        if let Some(handle) = word.strip_prefix('@') {
            let good = !handle.is_empty() && handle.chars().all(|sign| sign.is_alphanumeric() || "-_.·".contains(sign));
            return good.then(|| Self::Handle(word.to_owned()));
        }
        (word.len() == 11 && plain(word)).then(|| Self::Video(word.to_owned()))
    }

    /// As it is named in remarks.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Channel(name) | Self::Handle(name) | Self::Video(name) => name,
        }
    }
}

/// What is known of the replies of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Replies {
    count: u64,
    met: Timestamp,
}

/// Where a target was left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// The channel that a handle stands for.
    pub(super) channel: Option<String>,
    /// The newest comment that was read on an earlier way back.
    seen: Option<Timestamp>,
    /// The newest of this one.
    top: Option<Timestamp>,
    /// The next page of this way back.
    pub(super) token: Option<String>,
    pages: u32,
    /// This way goes further back than to what is known.
    deep: bool,
    /// When the last such way ended.
    deepened: Option<Timestamp>,
    /// Threads with more replies than are shown with them.
    replies: BTreeMap<String, Replies>,
    /// Threads of which all replies are to be read.
    pub(super) wait: Vec<Waiting>,
}

/// A thread of which all replies are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) thread: String,
    /// What its replies are judged by.
    pub(super) video: Option<String>,
    /// Who began it.
    pub(super) author: Option<String>,
    pub(super) private: bool,
    pub(super) shut: bool,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Page,
    Done,
    GivenUp,
}

impl Place {
    /// Begins a way back, or goes on with one.
    pub(super) fn begin(&mut self, now: Timestamp) {
        if self.token.is_none() {
            let due = self.deepened.is_none_or(|at| now.duration_since(at) >= DEEP_EVERY);
            self.deep = self.seen.is_some() && due;
        }
    }

    /// Begins again from the newest: the server forgot the page.
    pub(super) fn restart(&mut self) {
        (self.token, self.pages) = (None, 0);
    }

    /// Whether all replies of a thread are to be read: there are more than are shown with it, and their number is
    /// not the one that was met last.
    pub(super) fn has_news(&mut self, thread: &str, count: u64, shown: u64, now: Timestamp) -> bool {
        if count <= shown {
            return false;
        }
        let before = self.replies.insert(thread.to_owned(), Replies { count, met: now });
        before.is_none_or(|before| before.count != count)
    }

    /// Takes the times of the comments of a page, newest first, and the name of the next page.
    pub(super) fn page(&mut self, times: &[Timestamp], next: Option<String>, now: Timestamp) -> Next {
        self.pages += 1;
        self.top = self.top.max(times.iter().copied().max());
        let known = self.seen.and_then(|seen| seen.saturating_sub(OVERLAP).ok());
        // A pinned comment may stand before newer ones; the last is the oldest in any case.
        let reached = match (known, times.last()) {
            (Some(known), Some(last)) => *last < known,
            // The first time one page is enough; an empty page is the end.
            _ => true,
        };
        let enough = reached && (!self.deep || self.pages >= DEEP_PAGES);
        let given_up = self.pages >= MOST_PAGES && !enough && next.is_some();
        if next.is_none() || times.is_empty() || enough || given_up {
            self.end(now);
            return if given_up { Next::GivenUp } else { Next::Done };
        }
        self.token = next;
        Next::Page
    }

    fn end(&mut self, now: Timestamp) {
        if self.deep || self.deepened.is_none() {
            self.deepened = Some(now);
        }
        self.seen = self.seen.max(self.top);
        // Without any comment everything that comes is new.
        self.seen = self.seen.or(Some(now));
        (self.top, self.token, self.pages, self.deep) = (None, None, 0, false);
        if self.replies.len() > COUNTS {
            let mut met: Vec<Timestamp> = self.replies.values().map(|replies| replies.met).collect();
            met.sort_unstable_by(|one, other| other.cmp(one));
            let oldest = met.get(COUNTS).copied();
            self.replies.retain(|_, replies| oldest.is_none_or(|oldest| replies.met > oldest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_handles_and_videos_are_told_apart() {
        let channel = "UCabcdefghijklmnopqrstuv";
        let target = |written: &str| Target::read(written);
        assert_eq!(target(channel), Some(Target::Channel(channel.into())));
        assert_eq!(
            target(&format!("https://www.youtube.com/channel/{channel}/videos")),
            Some(Target::Channel(channel.into()))
        );
        assert_eq!(target("https://youtube.com/@FerrisBikes"), Some(Target::Handle("@FerrisBikes".into())));
        assert_eq!(target("@ferris.bikes"), Some(Target::Handle("@ferris.bikes".into())));
        let video = Some(Target::Video("dQw4w9WgXcQ".into()));
        for written in [
            "dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ?t=4",
            "https://www.youtube.com/watch?t=4&v=dQw4w9WgXcQ",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        ] {
            assert_eq!(target(written), video, "{written}");
        }
        for bad in ["", "@", "ferris bikes", "https://youtube.com/", "UCshort", "@a b"] {
            assert_eq!(target(bad), None, "{bad}");
        }
    }

    #[test]
    fn replies_are_read_again_only_when_their_number_changes() {
        let now = Timestamp::UNIX_EPOCH;
        let mut place = Place::default();
        assert!(!place.has_news("a", 5, 5, now));
        assert!(place.has_news("a", 6, 5, now));
        assert!(!place.has_news("a", 6, 5, now));
        assert!(place.has_news("a", 7, 5, now));
    }
}
