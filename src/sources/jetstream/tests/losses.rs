//! Whatever happens between server, source and store: nothing is lost, and nothing is brought twice within one run.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody writes, edits or takes down one of a few posts.
    Happen(u8, Deed),
    /// The next connection goes wrong.
    Plan(Wrong),
    /// A poll whose batch is stored.
    Stored,
    /// A poll whose batch is not stored.
    Unstored,
    /// A poll that is dropped half-way.
    Dropped,
    /// The program starts anew.
    Restart,
    /// The store is put back to where it was some batches ago.
    Back(usize),
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Write,
    Edit,
    Delete,
}

#[derive(Debug, Clone, Copy)]
enum Wrong {
    Tear(usize),
    Close(usize),
    Twice,
    Garbage(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let deed = prop_oneof![4 => Just(Deed::Write), 1 => Just(Deed::Edit), 1 => Just(Deed::Delete)];
    let wrong = prop_oneof![
        (1..9_usize).prop_map(Wrong::Tear),
        (1..9_usize).prop_map(Wrong::Close),
        Just(Wrong::Twice),
        (0..9_usize).prop_map(Wrong::Garbage),
    ];
    let step = prop_oneof![
        12 => (0..12_u8, deed).prop_map(|(post, deed)| Step::Happen(post, deed)),
        2 => wrong.prop_map(Step::Plan),
        4 => Just(Step::Stored),
        1 => Just(Step::Unstored),
        1 => Just(Step::Dropped),
        1 => Just(Step::Restart),
        1 => (0..4_usize).prop_map(Step::Back),
    ];
    proptest::collection::vec(step, 1..60)
}

/// The network and the store, and what either must be in the end.
struct World {
    jets: Jets,
    truth: BTreeMap<String, String>,
    shelf: Shelf,
    source: Jetstream,
    cursor: String,
    time: i64,
    /// What this run of the source brought and had stored.
    seen: HashSet<(String, String, bool)>,
    /// What the store was like after each batch.
    past: Vec<(String, BTreeMap<String, String>)>,
}

impl World {
    fn happen(&mut self, number: u8, deed: Deed) {
        self.time += SECOND / 4;
        let (did, rkey) = (format!("did:plc:p{}", number % 3), format!("k{number}"));
        let (native_id, rev) = (format!("at://{did}/app.bsky.feed.post/{rkey}"), format!("r{}", self.time));
        let text = format!("at {}", self.time);
        let record = json!({"text": text, "createdAt": fake::moment(self.time)});
        let known = self.truth.contains_key(&native_id);
        match deed {
            Deed::Delete => {
                self.truth.remove(&native_id);
                self.jets.publish(&deletion(self.time, &did, &rkey, &rev));
            }
            Deed::Edit | Deed::Write => {
                let operation = if known || matches!(deed, Deed::Edit) { "update" } else { "create" };
                self.truth.insert(native_id, text);
                self.jets.publish(&commit(self.time, &did, operation, &rkey, &rev, Some(record)));
            }
        }
    }

    async fn poll(&mut self, stored: bool) {
        // A server that closes again and again is a failure; the place stays.
        let Ok(batch) = self.source.poll(&self.cursor, now()).await else { return };
        if !stored {
            return;
        }
        self.cursor = batch.cursor;
        for item in &batch.items {
            let what = (item.native_id.clone(), format!("{}{:?}", item.text, item.edited), item.deleted);
            // Deletions of the same post carry no mark of their own; all else comes once.
            assert!(self.seen.insert(what) || item.deleted, "brought twice: {item:?}");
        }
        self.shelf.store(batch.items);
        self.past.push((self.cursor.clone(), self.shelf.0.clone()));
    }

    async fn run(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Happen(post, deed) => self.happen(post, deed),
                Step::Plan(wrong) => self.jets.fault(match wrong {
                    Wrong::Tear(after) => Fault::Tear(after),
                    Wrong::Close(after) => Fault::Close(after, 1001, "restart"),
                    Wrong::Twice => Fault::Twice,
                    Wrong::Garbage(after) => Fault::Garbage(after, "?".into()),
                }),
                Step::Stored => self.poll(true).await,
                Step::Unstored => self.poll(false).await,
                Step::Dropped => {
                    let _ = tokio::time::timeout(Duration::from_millis(3), self.source.poll(&self.cursor, now())).await;
                }
                Step::Back(batches) => {
                    self.past.truncate(self.past.len().saturating_sub(batches).max(1));
                    if let Some((cursor, shelf)) = self.past.last() {
                        (self.cursor, self.shelf.0) = (cursor.clone(), shelf.clone());
                    }
                    self.seen.clear();
                }
                Step::Restart => {
                    self.source = listening_as(&self.jets, &[], hasty());
                    self.seen.clear();
                }
            }
        }
        // In the end all is well, and a last post tells that everything before it was heard.
        self.happen(99, Deed::Write);
        for _ in 0..400 {
            if self.shelf.0 == self.truth {
                break;
            }
            self.poll(true).await;
        }
    }
}

fn hasty() -> Pace {
    Pace { idle: Duration::from_millis(12), window: Duration::from_millis(4), frames: 7, ..quick() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_comes_twice(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let jets = Jets::start().await;
            let source = listening_as(&jets, &[], hasty());
            let mut world = World {
                source,
                jets,
                truth: BTreeMap::new(),
                shelf: Shelf::default(),
                cursor: format!("{NOON} 1"),
                time: NOON,
                seen: HashSet::new(),
                past: vec![(format!("{NOON} 1"), BTreeMap::new())],
            };
            world.run(steps).await;
            assert_eq!(world.shelf.0, world.truth);
        });
    }
}
