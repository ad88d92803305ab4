//! Paging loses nothing, whatever is written and deleted meanwhile: by number (v3) and by cursor (v4).

use std::collections::BTreeSet;
use std::sync::Mutex;

use proptest::prelude::*;
use wiremock::Request;

use super::*;

#[derive(Debug, Clone, Copy)]
enum Event {
    Written,
    /// The comment at this place from the top is deleted.
    Deleted(usize),
    /// The newest so many are deleted.
    Swept(usize),
}

/// One listing, the newest last.
#[derive(Default)]
struct Model {
    next: i64,
    comments: Vec<i64>,
    events: Vec<Event>,
    by_cursor: bool,
}

impl Model {
    fn happen(&mut self, event: Event) {
        match event {
            Event::Written => {
                self.next += 1;
                self.comments.push(self.next);
            }
            Event::Deleted(place) => {
                if let Some(at) = self.comments.len().checked_sub(1 + place) {
                    self.comments.remove(at);
                }
            }
            Event::Swept(count) => self.comments.truncate(self.comments.len().saturating_sub(count)),
        }
    }

    fn answer(&mut self, request: &Request) -> ResponseTemplate {
        let of = |wanted: &str| {
            request.url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let limit: usize = of("limit").unwrap().parse().unwrap();
        let newest_first: Vec<i64> = self.comments.iter().rev().copied().collect();
        let begin = if self.by_cursor {
            match of("page_cursor") {
                None => Some(0),
                // A cursor is the comment that it stands for; one that is gone is no cursor.
                Some(cursor) => newest_first.iter().position(|id| id.to_string() == cursor).map(|place| place + 1),
            }
        } else {
            Some(limit * (of("page").unwrap().parse::<usize>().unwrap() - 1))
        };
        let page: Option<Vec<i64>> = begin.map(|begin| newest_first.iter().skip(begin).take(limit).copied().collect());
        if let Some(event) = self.events.pop() {
            self.happen(event);
        }
        let Some(page) = page else { return error(404, "not_found") };
        let views: Vec<_> = page.iter().map(|id| view(*id)).collect();
        let next = (self.by_cursor && page.len() == limit).then(|| page.last().map(ToString::to_string)).flatten();
        let list = if self.by_cursor { "items" } else { "comments" };
        body(&serde_json::json!({list: views, "next_page": next}).to_string())
    }
}

fn view(id: i64) -> serde_json::Value {
    let at = Timestamp::from_second(1_795_300_000 + id * 7).unwrap().to_string();
    serde_json::json!({
        "comment": {"id": id, "creator_id": 9, "post_id": 1, "content": "ferris", "path": format!("0.{id}"), "published": at},
        "creator": {"id": 9, "name": "ana", "actor_id": "https://a.example/u/ana"},
        "post": {"id": 1, "name": "p", "creator_id": 9},
        "community": {"id": 1, "name": "bikes"},
    })
}

fn events(most: usize, deepest: usize) -> impl Strategy<Value = Vec<Event>> {
    let one = prop_oneof![3 => Just(Event::Written), 2 => (0..deepest).prop_map(Event::Deleted), 3 => (1_usize..40).prop_map(Event::Swept)];
    prop::collection::vec(one, 0..most)
}

/// Polls until there is no more.
async fn drain(source: &mut Source, mut cursor: String, heard: &mut BTreeSet<String>) -> String {
    for _ in 0..200 {
        let batch = poll(source, &cursor).await.unwrap();
        assert!(batch.remarks.is_empty(), "{:?}", batch.remarks);
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

async fn run(by_cursor: bool, rounds: Vec<(usize, Vec<Event>)>) -> Result<(), TestCaseError> {
    let server = if by_cursor { quiet_v4().await } else { quiet_v3().await };
    let model = Arc::new(Mutex::new(Model { by_cursor, ..Model::default() }));
    let shared = Arc::clone(&model);
    let at = if by_cursor { "/api/v4/comment/list" } else { "/api/v3/comment/list" };
    Mock::given(path(at))
        .respond_with(move |request: &Request| shared.lock().unwrap().answer(request))
        .mount(&server)
        .await;
    let mut source = opened(&SourceSettings { places: vec!["bikes".into()], ..settings(&server) });
    let mut heard = BTreeSet::new();
    let mut cursor = drain(&mut source, String::new(), &mut heard).await;
    for (burst, during) in rounds {
        {
            let mut model = model.lock().unwrap();
            (0..burst).for_each(|_| model.happen(Event::Written));
            model.events = during;
        }
        cursor = drain(&mut source, cursor, &mut heard).await;
    }
    model.lock().unwrap().events.clear();
    drain(&mut source, cursor, &mut heard).await;
    let model = model.lock().unwrap();
    let missed: Vec<i64> =
        model.comments.iter().copied().filter(|id| !heard.contains(&format!("comment/{id}"))).collect();
    prop_assert!(missed.is_empty(), "missed {missed:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_by_number_or_by_cursor(
        by_cursor: bool,
        rounds in prop::collection::vec((0_usize..160, events(8, 170)), 1..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(by_cursor, rounds))?;
    }
}

/// The place where paging by number is known to lose: something above the edge of a page is deleted in between.
#[tokio::test]
async fn what_moves_up_over_the_edge_of_a_page_is_found() {
    // After the second page: what moves up then is not at the top for the next poll to see.
    for swept in [1, 3, 20, 45] {
        run(false, vec![(20, Vec::new()), (160, vec![Event::Swept(swept), Event::Written])]).await.unwrap();
    }
}
