//! Where the stream is: one server, the wire that it speaks, and whether it packs its frames.
//!
//! A server of the second version gives out the dictionary that it packs with
//! (`network.bsky.jetstream.getZstdDictionary`) and then speaks the second wire, which costs about half the bytes.
//! A server of the first version knows neither, and its lines come unpacked unless the person has its dictionary.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use super::frame::Wire;
use super::inflate::{Dictionary, LARGEST};
use crate::domain::Timestamp;
use crate::sources::bluesky::record::POSTS;
use crate::sources::http::{Client, Request, host_of};
use crate::sources::socket::{Cause, Limits, Opening, Socket, SocketError};

/// The public servers, in the order in which they are tried.
pub(super) const PUBLIC: [&str; 4] = [
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
];

const LINES: &str = "/subscribe";
const EVENTS: &str = "/xrpc/network.bsky.jetstream.subscribeEvents";
const DICTIONARY: &str = "/xrpc/network.bsky.jetstream.getZstdDictionary";
/// Longest that a server is waited for that may have a dictionary to give.
const ASKING: Duration = Duration::from_secs(5);
/// Servers leave out what is larger, in bytes. A post with everything is a hundredth of that.
const LARGEST_POST: usize = 1 << 20;

/// One server.
#[derive(Clone)]
pub(super) struct Endpoint {
    base: Url,
    wire: Wire,
    packing: Packing,
}

/// What is known of how a server packs.
#[derive(Clone)]
enum Packing {
    /// It was not asked yet.
    Unknown,
    /// Not at all.
    None,
    /// With this dictionary, which it gave out.
    Offered(Arc<Dictionary>),
    /// With this dictionary, which the person has.
    Given(Arc<Dictionary>),
}

/// A stream that was opened.
pub(super) struct Opened {
    pub socket: Socket,
    pub wire: Wire,
    pub dictionary: Option<Arc<Dictionary>>,
}

impl Endpoint {
    /// The server at this address. Its path tells the wire; none means the first.
    pub(super) fn new(mut base: Url, given: Option<Arc<Dictionary>>) -> Self {
        base.set_query(None);
        base.set_fragment(None);
        if matches!(base.path(), "" | "/") {
            base.set_path(LINES);
        }
        let wire = if base.path().ends_with(EVENTS) { Wire::Events } else { Wire::Lines };
        let packing = match (given, wire) {
            (Some(given), Wire::Lines) => Packing::Given(given),
            // Somebody else's server under a path of its own is taken as it is.
            (_, Wire::Lines) if base.path() != LINES => Packing::None,
            _ => Packing::Unknown,
        };
        Self { base, wire, packing }
    }

    /// Its host, for limits and messages.
    pub(super) fn host(&self) -> String {
        host_of(&self.base)
    }

    /// Opens the stream at this moment (microseconds since 1970), or with what is new.
    pub(super) async fn open(
        &mut self,
        mut from: Option<i64>,
        limits: Limits,
        client: &Client,
        now: Timestamp,
    ) -> Result<Opened, SocketError> {
        if matches!(self.packing, Packing::Unknown) {
            self.ask(client, now).await;
        }
        loop {
            match Opening::to(self.address(from)).limits(limits).connect(client, now).await {
                Ok(socket) => {
                    let dictionary = self.dictionary().cloned();
                    return Ok(Opened { socket, wire: self.wire, dictionary });
                }
                // Every adaption takes something away, so this ends.
                Err(failed) if self.adapts(&failed.cause, &mut from) => {}
                Err(failed) => return Err(failed),
            }
        }
    }

    /// It packs in a way that we cannot unpack: from now on it is asked not to.
    pub(super) fn do_not_pack(&mut self) {
        self.packing = Packing::None;
    }

    fn dictionary(&self) -> Option<&Arc<Dictionary>> {
        match &self.packing {
            Packing::Offered(dictionary) | Packing::Given(dictionary) => Some(dictionary),
            Packing::Unknown | Packing::None => None,
        }
    }

    /// Asks for the dictionary. Whatever goes wrong, the stream comes without.
    async fn ask(&mut self, client: &Client, now: Timestamp) {
        let mut address = self.base.clone();
        let _ = address.set_scheme(if matches!(self.base.scheme(), "ws" | "http") { "http" } else { "https" });
        address.set_path(DICTIONARY);
        let request = Request::get(address).accept("application/octet-stream");
        let answer = match timeout(ASKING, client.send(request, now)).await {
            Ok(Ok(answer)) => answer,
            // Nobody there: whether it packs stays open.
            Ok(Err(_)) | Err(_) => return,
        };
        let found = answer.success().ok().and_then(|answer| Dictionary::read(answer.body));
        self.packing = match found {
            Some(dictionary) => {
                self.wire = Wire::Events;
                Packing::Offered(Arc::new(dictionary))
            }
            None => Packing::None,
        };
    }

    /// Whether there is another way to ask a server that refused.
    fn adapts(&mut self, cause: &Cause, from: &mut Option<i64>) -> bool {
        let Cause::Refused { status, said } = cause else { return false };
        if *status == 400 && said.contains("CursorTooOld") && from.take().is_some() {
            return true;
        }
        if matches!(*status, 401 | 403 | 429) || !(400..500).contains(status) {
            return false;
        }
        let packed = self.dictionary().is_some();
        if *status == 400 && said.contains("ZstdDictionary") && packed {
            self.packing = Packing::None;
            return true;
        }
        // It gave a dictionary out, and yet it does not speak the second wire as we know it.
        let own_choice = self.wire == Wire::Events && !self.base.path().ends_with(EVENTS);
        if own_choice {
            (self.wire, self.packing) = (Wire::Lines, Packing::None);
        }
        own_choice
    }

    fn address(&self, from: Option<i64>) -> Url {
        let mut address = self.base.clone();
        if self.wire == Wire::Events && !address.path().ends_with(EVENTS) {
            address.set_path(EVENTS);
        }
        let largest = LARGEST_POST.min(LARGEST).to_string();
        {
            let mut query = address.query_pairs_mut();
            match self.wire {
                Wire::Lines => {
                    query.append_pair("wantedCollections", POSTS);
                    if self.dictionary().is_some() {
                        query.append_pair("compress", "true");
                    }
                }
                Wire::Events => {
                    for kind in ["commit", "identity", "account"] {
                        query.append_pair("kinds", kind);
                    }
                    query.append_pair("collections", POSTS);
                    if let Some(dictionary) = self.dictionary() {
                        query.append_pair("zstdDictionary", &dictionary.id().to_string());
                    }
                }
            }
            query.append_pair("maxMessageSizeBytes", &largest);
            if let Some(from) = from {
                query.append_pair("cursor", &from.to_string());
            }
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Endpoint {
        Endpoint::new(address.parse().unwrap(), None)
    }

    #[test]
    fn the_path_tells_the_wire() {
        let lines = at("wss://jets.example").address(Some(1_725_911_162_329_308));
        assert_eq!(
            lines.as_str(),
            "wss://jets.example/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=1048576\
             &cursor=1725911162329308"
        );
        let events = at("wss://jets.example/xrpc/network.bsky.jetstream.subscribeEvents?x=1").address(None);
        assert_eq!(
            events.as_str(),
            "wss://jets.example/xrpc/network.bsky.jetstream.subscribeEvents?kinds=commit&kinds=identity&kinds=account\
             &collections=app.bsky.feed.post&maxMessageSizeBytes=1048576"
        );
        assert!(at("wss://jets.example/mine").address(None).path() == "/mine");
    }

    #[test]
    fn a_given_dictionary_is_for_the_first_wire() {
        let bytes = [vec![0x37, 0xA4, 0x30, 0xEC], 77_u32.to_le_bytes().to_vec()].concat();
        let given = Endpoint::new("wss://a.example/subscribe".parse().unwrap(), Dictionary::read(bytes).map(Arc::new));
        assert!(given.address(None).query().unwrap().contains("compress=true"));
    }
}
