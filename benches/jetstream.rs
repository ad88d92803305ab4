//! The whole Bluesky network through source and intake: `cargo bench --bench jetstream`.
//!
//! A server on loopback, on threads of its own, sends posts as fast as they are taken; the source reads them and
//! the intake matches them against 100 watches, both on one core. Figures are posts a second, and how much
//! processor time of that one thread a post costs. The network itself posts a few hundred times a second at its
//! busiest. One post in six names a subject, which is far more than in life, where it is one in thousands.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

#[path = "../tests/support/jetstream.rs"]
mod fake;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fake::{Jets, deletion, post};
use goodword::domain::{Network, Role, SourceId, Subject, SubjectId, Timestamp, WatchId, WatchRule};
use goodword::engine::intake::{Arrival, Intake, SourceInfo};
use goodword::language::Readers;
use goodword::sources::http::{Client, HttpSettings};
use goodword::sources::{Batch, MemoryCredentials, SourceSettings, Tools, jetstream};
use goodword::store::Adopted;
use serde_json::Value;

/// Events of one run; one in twenty is a deletion.
const EVENTS: usize = 60_000;
const NOON: i64 = 1_795_348_800_000_000;
const NAMES: [&str; 10] =
    ["Ferris", "Velora", "Kilnworks", "Bramble", "Osprey", "Tandem", "Quill", "Harrow", "Lumen", "Northway"];
const TEXTS: [&str; 6] = [
    "third time this month that the chain snapped, two days after the repair, and still no answer from support",
    "good morning everyone ☀️ coffee first, then the long way to work along the river",
    "Der Akku hält nach dem Update nur noch die halbe Strecke, und niemand meldet sich.",
    "I can't believe this season is over already. what do I even watch now?? #television #finale",
    "new blog post: how we cut our build from forty minutes to four https://blog.example/builds",
    "今日はとてもいい天気ですね。自転車で海まで行ってきました。",
];

fn main() {
    for (wire, dictionary) in [("first form", None), ("second form, packed", Some(DICTIONARY.to_vec()))] {
        let heard = hear(dictionary.clone(), false);
        tell(&format!("{wire}: source alone"), &heard);
        let heard = hear(dictionary, true);
        tell(&format!("{wire}: source and intake, 100 watches"), &heard);
    }
}

const DICTIONARY: &[u8] = include_bytes!("../tests/data/jetstream/dictionary");

struct Heard {
    events: usize,
    mentions: usize,
    batches: usize,
    took: Duration,
    processor: Duration,
}

fn tell(what: &str, heard: &Heard) {
    let a_second = heard.events as f64 / heard.took.as_secs_f64();
    let each = heard.processor.as_secs_f64() * 1e6 / heard.events as f64;
    println!(
        "{what}: {a_second:.0} events a second, {each:.1} µs of one core each ({} events, {} batches, {} mentions)",
        heard.events, heard.batches, heard.mentions
    );
}

fn events() -> Vec<Value> {
    let mut dice = fastrand::Rng::with_seed(7);
    let event = |number: usize| {
        let (time, did) = (NOON + number as i64 * 500, format!("did:plc:{:024x}", dice.u128(..) >> 32));
        let (rkey, rev) = (format!("3l{number:011x}"), format!("3m{number:011x}"));
        if number % 20 == 19 {
            return deletion(time, &did, &rkey, &rev);
        }
        let text = TEXTS[dice.usize(..TEXTS.len())];
        let named = if dice.u32(0..6) == 0 { NAMES[dice.usize(..NAMES.len())] } else { "" };
        post(time, &did, &rkey, &rev, &format!("{text} {named}"))
    };
    (0..EVENTS).map(event).collect()
}

/// Takes everything in, on a thread of its own, and measures that thread.
fn hear(dictionary: Option<Vec<u8>>, take_in: bool) -> Heard {
    let network = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let jets = network.block_on(async {
        let jets = Jets::start().await;
        if dictionary.is_some() {
            jets.speak_second_form(dictionary);
        }
        jets.publish_all(&events());
        jets
    });
    let (address, appview) = (jets.address(), jets.appview());
    let listening = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(listen(&address, &appview, take_in))
    });
    listening.join().unwrap()
}

async fn listen(address: &str, appview: &str, take_in: bool) -> Heard {
    let settings = SourceSettings {
        url: Some(address.parse().unwrap()),
        ..SourceSettings::named("everything", Network::named("bluesky"))
    };
    let client = Client::new(HttpSettings::default()).unwrap();
    let tools = Tools { client, credentials: Arc::new(MemoryCredentials::default()) };
    let mut source = jetstream::source_asking(&settings, &tools, &appview.parse().unwrap()).unwrap();
    let intake = Intake::new(&adopted(100), Arc::new(Readers::trained())).unwrap();
    let info = SourceInfo {
        id: SourceId(1),
        name: "everything".into(),
        network: Network::named("bluesky"),
        everything: false,
    };
    let now = Timestamp::from_microsecond(NOON + EVENTS as i64 * 500).unwrap();
    let mut cursor = format!("{NOON} 1");
    let mut heard = Heard { events: 0, mentions: 0, batches: 0, took: Duration::ZERO, processor: Duration::ZERO };
    let (begun, used) = (Instant::now(), processor_time());
    while heard.events < EVENTS {
        let Batch { items, cursor: next, .. } = source.listen.poll(&cursor, now).await.unwrap();
        cursor = next;
        heard.events += items.len();
        heard.batches += 1;
        if take_in {
            heard.mentions +=
                intake.mentions(&info, items, Arrival { now, first_poll: false, pushed: true }).mentions.len();
        }
    }
    (heard.took, heard.processor) = (begun.elapsed(), processor_time() - used);
    heard
}

/// Processor time of this thread; zero where the system does not tell.
fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

fn adopted(watches: usize) -> Adopted {
    let subjects = NAMES.iter().enumerate().map(|(place, name)| Subject {
        id: SubjectId(place as i64 + 1),
        name: (*name).into(),
        role: if place == 0 { Role::Brand } else { Role::Rival },
    });
    let watches = (0..watches).map(|number| {
        let name = NAMES[number % NAMES.len()];
        let query = match number / NAMES.len() {
            0 => name.to_owned(),
            round if round % 3 == 0 => format!("({name} OR {name}bikes{round}) NOT (wheel OR \"ferris buell{round}\")"),
            round if round % 3 == 1 => format!("\"{name} support {round}\" OR ({name} NEAR/5 crash{round}*)"),
            round => format!("#{name}{round} OR @{name}help{round} OR url:{name}{round}.example"),
        };
        WatchRule {
            id: WatchId(number as i64 + 1),
            subject: SubjectId((number % NAMES.len()) as i64 + 1),
            name: format!("watch {number}"),
            query,
            context: vec!["bike".into(), "ride".into()],
        }
    });
    Adopted { subjects: subjects.collect(), watches: watches.collect(), sources: vec![SourceId(1)] }
}
