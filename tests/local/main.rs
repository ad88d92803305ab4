//! The sources of this machine (commands, the receiver, files) as they are really used: the examples that come with
//! goodword, and a collector that is killed in the middle of its work.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)] // tests fail by panicking, and print what they saw

mod examples;
mod killed;
mod stories;

use std::sync::Arc;

use goodword::domain::{Network, Timestamp};
use goodword::sources::http::{Client, HttpSettings};
use goodword::sources::{MemoryCredentials, Source, SourceSettings, Tools, networks};

/// The secret of every source here.
const SECRET: &str = "a secret that nobody guesses";

/// A moment at which no file was touched lately.
fn now() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

/// Opens a source as the program does.
fn source(network: &'static str, change: impl FnOnce(&mut SourceSettings)) -> Source {
    let mut settings = SourceSettings::named(network, Network::fixed(network));
    change(&mut settings);
    let client = Client::new(HttpSettings::default()).unwrap();
    networks::open(&settings, &Tools { client, credentials: Arc::new(MemoryCredentials::of(SECRET)) }).unwrap()
}
