//! What a message of the stream means: items, news of people, and what the server says of the stream itself.

use super::frame::{self, Frame, Key, What};
use super::gather::mark;
use super::lag::span;
use super::listen::{Connection, Jetstream, too_slow};
use super::place::SECOND;
use crate::domain::{Author, Item, Timestamp};
use crate::sources::bluesky::record::{POSTS, PostRecord, post_uri};
use crate::sources::socket::Message;
use crate::sources::{SourceError, SourceErrorKind};

/// A piece of the stream that is missing is told when it is longer than this, in microseconds.
const GAP: i64 = 300 * SECOND;
/// So many messages in a row that cannot be read mean that this is not the stream that we know.
const BABBLE: usize = 50;
/// So many packed messages that cannot be unpacked, before one that can, mean that we have another dictionary.
const PACKED: usize = 3;

impl Jetstream {
    /// Takes a message.
    ///
    /// # Errors
    /// When the connection is of no further use.
    pub(super) fn take(&mut self, message: &Message) -> Result<(), SourceError> {
        let Some(mut connection) = self.connection.take() else { return Ok(()) };
        let mut inflater = connection.inflater.take();
        let text = match message {
            Message::Text(text) => Some(text.as_str()),
            Message::Binary(packed) => {
                if inflater.is_none() {
                    inflater = super::inflate::Inflater::new(None);
                }
                inflater.as_mut().and_then(|inflater| inflater.text(packed))
            }
        };
        self.gather.count();
        connection.heard = tokio::time::Instant::now();
        let taken = match text.and_then(|text| frame::read(text, connection.wire)) {
            Some(frame) => {
                connection.babble = 0;
                self.frame(frame, &mut connection)
            }
            None => self.unreadable(&mut connection, matches!(message, Message::Binary(_))),
        };
        connection.inflater = inflater;
        self.connection = Some(connection);
        taken
    }

    fn frame(&mut self, frame: Frame<'_>, connection: &mut Connection) -> Result<(), SourceError> {
        match frame {
            Frame::Event { did, time, what } => {
                self.missing(time, connection);
                self.place.hear(time, self.server);
                self.start.get_or_insert(time);
                connection.frames += 1;
                self.event(&did, time, what);
                Ok(())
            }
            Frame::Notice { name } => {
                connection.outdated |= name == "OutdatedCursor";
                Ok(())
            }
            Frame::Fault { name, message } => {
                let host = self.servers.get(self.server).map(super::endpoint::Endpoint::host).unwrap_or_default();
                if name == "ConsumerTooSlow" {
                    self.remarks.push(too_slow(&host));
                }
                let what = format!("{host} ended the stream: {name} {message}");
                Err(SourceError::new(SourceErrorKind::ServerTrouble, what.trim_end(), "it will be opened again"))
            }
        }
    }

    /// Tells what cannot be had any more: the first frame is much later than what we had last.
    fn missing(&mut self, time: i64, connection: &mut Connection) {
        let Some(after) = connection.after.take() else { return };
        let missing = time - after;
        if missing > GAP || (connection.outdated && missing > 0) {
            let until = Timestamp::from_microsecond(time)
                .map_or_else(|_| String::new(), |until| until.strftime(" up to %H:%M UTC on %-d %B").to_string());
            self.remarks.push(format!(
                "nothing is to be had of the {}{until}: the stream is kept for about 36 hours, often for less",
                span(missing / SECOND)
            ));
        }
    }

    fn event(&mut self, did: &str, time: i64, what: What<'_>) {
        match what {
            What::Written { key, again, record } if key.collection == POSTS => match record {
                Some(record) if !key.rkey.is_empty() => self.written(did, time, &key, again, &record),
                _ => self.gather.unreadable += 1,
            },
            What::Deleted { key } if key.collection == POSTS => {
                if self.is_new(mark(did, &key, true)) {
                    let author = Author { native_id: Some(did.to_owned()), ..Author::default() };
                    let native_id = post_uri(did, &key.rkey);
                    self.gather.take(did, &key, Item { native_id, author, deleted: true, ..Item::default() });
                }
            }
            What::Identity { handle } => self.names.changed(did, handle.as_deref()),
            What::Account { deleted: true } => self.gather.leave(did),
            What::Written { .. } | What::Deleted { .. } | What::Account { .. } | What::Other => {}
        }
    }

    fn written(&mut self, did: &str, time: i64, key: &Key<'_>, again: bool, record: &PostRecord) {
        if !self.is_new(mark(did, key, false)) {
            return;
        }
        let seen = Timestamp::from_microsecond(time).ok();
        // An edited post was published when it says, not when it was edited.
        let indexed = seen.filter(|_| !again);
        let mut item = record.item(&post_uri(did, &key.rkey), self.names.handle(did), indexed);
        item.edited = seen.filter(|_| again);
        self.ours.mark(&mut item, did, record);
        self.gather.take(did, key, item);
    }

    fn is_new(&self, mark: u64) -> bool {
        !self.brought.has(mark) && !self.gather.marks.contains(&mark)
    }

    fn unreadable(&mut self, connection: &mut Connection, packed: bool) -> Result<(), SourceError> {
        self.gather.unreadable += 1;
        connection.babble += 1;
        let host = self.servers.get(self.server).map(super::endpoint::Endpoint::host).unwrap_or_default();
        if packed && connection.frames == 0 && connection.babble >= PACKED {
            if let Some(server) = self.servers.get_mut(self.server) {
                server.do_not_pack();
            }
            let what = format!("{host} packs its frames in a way that we cannot unpack");
            return Err(SourceError::new(SourceErrorKind::NotUnderstood, &what, "it is asked not to pack them"));
        }
        if connection.babble >= BABBLE {
            let what = format!("what {host} sends is not the stream of Bluesky's posts");
            return Err(SourceError::new(SourceErrorKind::NotUnderstood, &what, "check the address of the stream"));
        }
        Ok(())
    }
}
