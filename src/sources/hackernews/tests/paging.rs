//! Paging loses nothing, whatever is written and deleted meanwhile, and however late the search learns of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer};

use super::*;

/// Hits that the model gives at once.
const HITS: usize = 4;

#[derive(Debug, Clone)]
enum Event {
    /// Written this many seconds ago, and found from now on.
    Written(i64),
    /// The post at this place is deleted.
    Deleted(usize),
}

/// What the search knows.
#[derive(Default)]
struct Model {
    clock: i64,
    next: u64,
    posts: BTreeMap<u64, i64>,
    /// Posts that were deleted at some time: they may be heard or not.
    deleted: BTreeSet<u64>,
    /// What happens after each answer.
    events: Vec<Event>,
}

impl Model {
    fn happen(&mut self, event: Event) {
        match event {
            Event::Written(ago) => {
                self.next += 1;
                self.posts.insert(self.next, self.clock - ago);
            }
            Event::Deleted(place) => {
                let id = self.posts.keys().nth(place % self.posts.len().max(1)).copied();
                if let Some(id) = id {
                    self.posts.remove(&id);
                    self.deleted.insert(id);
                }
            }
        }
    }

    fn answer(&mut self, filters: &str) -> String {
        let bound = |sign: &str| filters.split(',').find_map(|part| part.strip_prefix(sign)?.parse::<i64>().ok());
        let (after, until) = (bound("created_at_i>").unwrap(), bound("created_at_i<=").unwrap_or(i64::MAX));
        let mut hits: Vec<(i64, u64)> =
            self.posts.iter().map(|(id, at)| (*at, *id)).filter(|(at, _)| *at > after && *at <= until).collect();
        hits.sort_unstable_by(|a, b| b.cmp(a));
        let all = hits.len();
        hits.truncate(HITS);
        let hits: Vec<_> = hits
            .iter()
            .map(|(at, id)| serde_json::json!({"objectID": id.to_string(), "created_at_i": at, "author": "a", "comment_text": "ferris"}))
            .collect();
        if let Some(event) = self.events.pop() {
            self.happen(event);
        }
        serde_json::json!({"hits": hits, "nbHits": all, "hitsPerPage": HITS}).to_string()
    }
}

fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let one = prop_oneof![3 => (0_i64..1_500).prop_map(Event::Written), 1 => (0_usize..50).prop_map(Event::Deleted)];
    prop::collection::vec(one, 0..most)
}

/// Polls until there is no more; every id that was heard, with the cursor.
async fn drain(source: &mut Source, mut cursor: String, at: i64, heard: &mut BTreeSet<u64>) -> String {
    for _ in 0..500 {
        let batch = source.listen.poll(&cursor, Timestamp::from_second(at).unwrap()).await.unwrap();
        let ids: Vec<u64> = batch.items.iter().map(|item| item.native_id.parse().unwrap()).collect();
        let once: BTreeSet<u64> = ids.iter().copied().collect();
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
    fn nothing_is_lost(rounds in prop::collection::vec((events(30), events(6)), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = MockServer::start().await;
            let model = Arc::new(Mutex::new(Model { clock: 1_795_348_800, ..Model::default() }));
            let shared = Arc::clone(&model);
            Mock::given(path("/api/v1/search_by_date"))
                .respond_with(move |request: &Request| {
                    let filters = request.url.query_pairs().find(|(name, _)| name == "numericFilters").unwrap().1.into_owned();
                    body(&shared.lock().unwrap().answer(&filters))
                })
                .mount(&server)
                .await;
            // The second look at what was heard is another matter.
            serve(&server, "/v0/item", body("null")).await;
            serve_items(&server, "{}").await;
            let mut source = source(&server, &["ferris"], None);
            let (mut cursor, mut heard) = (String::new(), BTreeSet::new());
            for (before, during) in rounds {
                let at = {
                    let mut model = model.lock().unwrap();
                    model.clock += 300;
                    before.into_iter().for_each(|event| model.happen(event));
                    model.events = during;
                    model.clock
                };
                cursor = drain(&mut source, cursor, at, &mut heard).await;
            }
            let at = {
                let mut model = model.lock().unwrap();
                model.events.clear();
                model.clock + 300
            };
            drain(&mut source, cursor, at, &mut heard).await;
            let model = model.lock().unwrap();
            let missed: Vec<u64> = model.posts.keys().filter(|id| !heard.contains(id)).copied().collect();
            prop_assert!(missed.is_empty(), "missed {missed:?} of {:?}", model.posts);
            let invented = heard.iter().find(|id| !model.posts.contains_key(id) && !model.deleted.contains(id));
            prop_assert!(invented.is_none());
            Ok(())
        })?;
    }
}
