//! Paging loses nothing, whatever is written and deleted meanwhile: the anchors of a walk too.

use std::collections::BTreeSet;
use std::sync::Mutex;

use proptest::prelude::*;
use wiremock::Request;

use super::*;

/// Things that the model gives at once.
const PER_PAGE: usize = 6;

#[derive(Debug, Clone, Copy)]
enum Event {
    Written,
    /// The thing at this place from the top is deleted.
    Deleted(usize),
}

/// One listing, the newest last.
#[derive(Default)]
struct Model {
    clock: i64,
    next: u64,
    things: Vec<(u64, i64)>,
    deleted: BTreeSet<u64>,
    events: Vec<Event>,
}

impl Model {
    fn happen(&mut self, event: Event) {
        match event {
            Event::Written => {
                self.next += 1;
                self.clock += 7;
                self.things.push((self.next, self.clock));
            }
            Event::Deleted(place) => {
                if let Some(at) = self.things.len().checked_sub(1 + place) {
                    let (id, _) = self.things.remove(at);
                    self.deleted.insert(id);
                }
            }
        }
    }

    fn answer(&mut self, after: Option<&str>) -> String {
        let newest_first: Vec<(u64, i64)> = self.things.iter().rev().copied().collect();
        let begin = match after {
            None => Some(0),
            // After a thing that is gone there is nothing.
            Some(after) => newest_first.iter().position(|(id, _)| name(*id) == after).map(|place| place + 1),
        };
        let page: Vec<(u64, i64)> =
            begin.map_or(Vec::new(), |begin| newest_first.into_iter().skip(begin).take(PER_PAGE).collect());
        let next = (page.len() == PER_PAGE).then(|| page.last().map(|(id, _)| name(*id))).flatten();
        let children: Vec<_> = page
            .iter()
            .map(|(id, at)| {
                serde_json::json!({"kind": "t1", "data": {"name": name(*id), "body": "ferris", "author": "ana",
                    "created_utc": *at as f64, "link_id": "t3_x", "parent_id": "t3_x"}})
            })
            .collect();
        if let Some(event) = self.events.pop() {
            self.happen(event);
        }
        serde_json::json!({"kind": "Listing", "data": {"after": next, "children": children}}).to_string()
    }
}

fn name(id: u64) -> String {
    format!("t1_{id}")
}

fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let one = prop_oneof![3 => Just(Event::Written), 1 => (0_usize..4).prop_map(Event::Deleted), 1 => (0_usize..30).prop_map(Event::Deleted)];
    prop::collection::vec(one, 0..most)
}

/// Polls until there is no more.
async fn drain(source: &mut Source, mut cursor: String, heard: &mut BTreeSet<String>) -> String {
    for _ in 0..200 {
        let batch = poll(source, &cursor).await.unwrap();
        let ids: Vec<String> = batch.items.iter().map(|item| item.native_id.clone()).collect();
        let once: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(once.len(), ids.len(), "a batch holds nothing twice");
        heard.extend(once);
        cursor = batch.cursor;
        if !batch.more {
            return cursor;
        }
    }
    panic!("it never comes to an end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(rounds in prop::collection::vec((events(60), events(8)), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = quiet().await;
            let model = Arc::new(Mutex::new(Model { clock: 1_795_300_000, ..Model::default() }));
            let shared = Arc::clone(&model);
            Mock::given(path("/r/bikes/comments"))
                .respond_with(move |request: &Request| {
                    let after = request.url.query_pairs().find(|(name, _)| name == "after").map(|(_, id)| id.into_owned());
                    body(&shared.lock().unwrap().answer(after.as_deref()))
                })
                .mount(&server)
                .await;
            let mut source = opened(&SourceSettings { places: vec!["bikes".into()], ..settings(&server) });
            // The first poll takes the top only: what was before is history.
            let mut heard = BTreeSet::new();
            let mut cursor = drain(&mut source, String::new(), &mut heard).await;
            for (before, during) in rounds {
                {
                    let mut model = model.lock().unwrap();
                    before.into_iter().for_each(|event| model.happen(event));
                    model.events = during;
                }
                cursor = drain(&mut source, cursor, &mut heard).await;
            }
            model.lock().unwrap().events.clear();
            drain(&mut source, cursor, &mut heard).await;
            let model = model.lock().unwrap();
            let missed: Vec<u64> = model.things.iter().map(|(id, _)| *id).filter(|id| !heard.contains(&name(*id))).collect();
            prop_assert!(missed.is_empty(), "missed {missed:?} of {:?}", model.things);
            Ok(())
        })?;
    }
}
