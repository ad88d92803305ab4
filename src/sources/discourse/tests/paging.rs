//! Paging loses nothing, whatever is written and deleted meanwhile. The server is a list in memory.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::sources::discourse::places::{Backlog, Hits, Newest, Next, Wanted};

/// Something that happens at the forum between two requests.
#[derive(Debug, Clone, Copy)]
enum Event {
    Write(u8),
    /// A post that gets its id now and is seen after the next event.
    WriteSlowly,
    Delete(u16),
    Nothing,
}

fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        (1..80_u8).prop_map(Event::Write),
        Just(Event::WriteSlowly),
        any::<u16>().prop_map(Event::Delete),
        Just(Event::Nothing),
    ];
    proptest::collection::vec(event, 0..most)
}

#[derive(Default)]
struct Server {
    /// Id -> whether it can be seen.
    posts: BTreeMap<u64, bool>,
    last: u64,
}

impl Server {
    fn with(posts: u64) -> Self {
        Self { posts: (1..=posts).map(|id| (id, true)).collect(), last: posts }
    }

    fn happens(&mut self, event: Event) {
        self.posts.values_mut().for_each(|seen| *seen = true);
        match event {
            Event::Write(many) => {
                for _ in 0..many {
                    self.last += 1;
                    self.posts.insert(self.last, true);
                }
            }
            Event::WriteSlowly => {
                self.last += 1;
                self.posts.insert(self.last, false);
                self.last += 1;
                self.posts.insert(self.last, true);
            }
            Event::Delete(which) => {
                let id = self.newest().nth(usize::from(which) % 70);
                id.map(|id| self.posts.remove(&id));
            }
            Event::Nothing => {}
        }
    }

    fn newest(&self) -> impl Iterator<Item = u64> {
        self.posts.iter().rev().filter(|(_, seen)| **seen).map(|(id, _)| *id)
    }

    /// As newer servers do: the 50 posts before that id.
    fn before(&self, before: u64) -> Vec<u64> {
        self.newest().filter(|id| before == 0 || *id < before).take(50).collect()
    }

    /// As older servers do: those among the 50 ids up to it.
    fn up_to(&self, before: u64) -> Vec<u64> {
        let last = if before == 0 { self.last } else { before };
        self.newest().filter(|id| *id <= last && *id + 50 > last).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_new_post_is_lost_on_the_way_back(begin in 0..100_u64, old in any::<bool>(), events in events(40)) {
        let mut server = Server::with(begin);
        let mut place = Newest::default();
        let mut got = BTreeSet::new();
        let mut on_this_way = BTreeSet::new();
        let mut events = events.into_iter();
        let mut quiet = 0;
        for request in 0.. {
            prop_assert!(request < 500, "it must come to an end");
            let page = if old { server.up_to(place.before) } else { server.before(place.before) };
            for id in &page {
                prop_assert!(on_this_way.insert(*id) || old, "{id} twice on one way");
                got.insert(*id);
            }
            let next = place.page(&page);
            prop_assert_ne!(next, Next::GivenUp);
            if next == Next::Done {
                on_this_way.clear();
                quiet += usize::from(events.len() == 0);
                if quiet > 1 {
                    break;
                }
            }
            // A cursor survives being written and read.
            place = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
            if let Some(event) = events.next() {
                server.happens(event);
            }
        }
        let lost: Vec<u64> = server.newest().filter(|id| *id > begin && !got.contains(id)).collect();
        prop_assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn no_notification_is_lost(begin in 0..60_u64, events in events(40)) {
        let mut server = Server::with(begin);
        let mut place = Backlog::default();
        let mut got = BTreeSet::new();
        let mut events = events.into_iter();
        let mut quiet = 0;
        for request in 0.. {
            prop_assert!(request < 500, "it must come to an end");
            let page: Vec<u64> = server.newest().skip(place.offset as usize).take(60).collect();
            got.extend(page.iter().copied());
            let total = server.newest().count() as u64;
            let next = place.page(&page, 60, Some(total));
            prop_assert_ne!(next, Next::GivenUp);
            if next == Next::Done {
                quiet += usize::from(events.len() == 0);
                if quiet > 1 {
                    break;
                }
            }
            if let Some(event) = events.next() {
                // Notifications come into sight in their order.
                server.happens(if matches!(event, Event::WriteSlowly) { Event::Write(1) } else { event });
            }
        }
        let lost: Vec<u64> = server.newest().filter(|id| *id > begin && !got.contains(id)).collect();
        prop_assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn no_hit_is_lost_though_pages_shift(begin in 0..20_u64, events in events(30)) {
        let mut server = Server::with(begin);
        let mut place = Hits::default();
        let mut events = events.into_iter().peekable();
        let mut quiet = 0;
        let mut waited = Vec::new();
        let mut disturbed = false;
        while quiet < 2 {
            let mut hits = Vec::new();
            let mut pages = 0;
            loop {
                let page: Vec<u64> = server.newest().skip(pages as usize * 20).take(20).collect();
                pages += 1;
                hits.extend(page.iter().map(|id| (*id, Wanted { topic: *id, number: 1, to_us: false })));
                let more = server.newest().count() > pages as usize * 20;
                if !place.begun || page.iter().any(|id| *id <= place.floor) || page.is_empty() || !more {
                    break;
                }
                // One disturbance between the pages of a first pass; the pass after it runs in peace.
                if !disturbed && let Some(event) = events.next() {
                    disturbed = true;
                    server.happens(event);
                }
            }
            let next = place.pass(&hits, pages);
            waited.append(&mut place.wait);
            if next == Next::Done {
                disturbed = false;
                quiet += usize::from(events.peek().is_none());
                if let Some(event) = events.next() {
                    server.happens(event);
                }
            }
        }
        let ids: Vec<u64> = waited.iter().map(|wanted| wanted.topic).collect();
        let met: BTreeSet<u64> = ids.iter().copied().collect();
        prop_assert_eq!(met.len(), ids.len(), "a hit was opened twice");
        let lost: Vec<u64> = server.newest().filter(|id| *id > begin && !met.contains(id)).collect();
        prop_assert!(lost.is_empty(), "{lost:?}");
    }
}
