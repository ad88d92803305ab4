//! The source against a server on loopback that speaks the documented stream.

#[path = "../../../tests/support/jetstream.rs"]
mod fake;

mod faults;
mod frames;
mod losses;
mod people;
mod streams;

use std::collections::BTreeMap;
use std::time::Duration;

use fake::{Fault, Jets, commit, deletion, post};
use serde_json::json;

use super::place::SECOND;
use super::*;
use crate::domain::{Item, Network, Timestamp};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Batch, Listen, MemoryCredentials};

/// The moment at which everything happens, in microseconds.
const NOON: i64 = 1_795_348_800 * SECOND;
const ANA: &str = "did:plc:ana";
const BEN: &str = "did:plc:ben";

fn now() -> Timestamp {
    Timestamp::from_microsecond(NOON).unwrap()
}

fn tools() -> Tools {
    let client = Client::new(HttpSettings::default()).unwrap();
    Tools { client, credentials: Arc::new(MemoryCredentials::default()) }
}

fn quick() -> Pace {
    Pace {
        idle: Duration::from_millis(400),
        window: Duration::from_millis(40),
        between: Duration::from_millis(1),
        stalled: Duration::from_millis(150),
        stalled_alone: Duration::from_secs(5),
        ..Pace::default()
    }
}

fn settings(address: &str) -> SourceSettings {
    SourceSettings {
        url: Some(address.parse().unwrap()),
        ..SourceSettings::named("everything", Network::named("bluesky"))
    }
}

fn listening(jets: &Jets) -> Jetstream {
    listening_as(jets, &[], quick())
}

fn listening_as(jets: &Jets, places: &[&str], pace: Pace) -> Jetstream {
    let places = places.iter().map(|place| (*place).to_owned()).collect();
    let settings = SourceSettings { places, ..settings(&jets.address()) };
    open(&settings, &tools(), &jets.appview().parse().unwrap(), pace).unwrap()
}

/// A source over several servers.
fn in_turn(addresses: &[String]) -> Jetstream {
    let servers = addresses.iter().map(|address| Endpoint::new(address.parse().unwrap(), None)).collect();
    let client = tools().client;
    let names = Names::new(Api::new(client.clone(), &"http://127.0.0.1:9/".parse().unwrap()));
    Jetstream::new(servers, names, Ours::default(), client, quick())
}

/// Polls, storing every batch, until it has brought so many items.
async fn hear(source: &mut Jetstream, cursor: &mut String, items: usize) -> Batch {
    let mut all = Batch::default();
    for _ in 0..200 {
        let batch = source.poll(cursor, now()).await.unwrap();
        *cursor = batch.cursor;
        all.items.extend(batch.items);
        all.gone.extend(batch.gone);
        all.remarks.extend(batch.remarks);
        all.meters = batch.meters;
        all.behind = batch.behind.or(all.behind);
        if all.items.len() >= items {
            return all;
        }
    }
    panic!("only {} of {items} items came: {:?}", all.items.len(), all.remarks);
}

/// A poll that is not waited for: the stream is open and at its live end afterwards.
async fn settle(source: &mut Jetstream, cursor: &mut String) {
    let batch = source.poll(cursor, now()).await.unwrap();
    *cursor = batch.cursor;
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.native_id.rsplit('/').next().unwrap()).collect()
}

/// What a store would have after these batches: the last word on every post.
#[derive(Default)]
struct Shelf(BTreeMap<String, String>);

impl Shelf {
    fn store(&mut self, items: Vec<Item>) {
        for item in items {
            if item.deleted {
                self.0.remove(&item.native_id);
            } else {
                self.0.insert(item.native_id, item.text);
            }
        }
    }
}
