//! Paging loses nothing, whatever is written and deleted meanwhile. The server is a list in memory, whose pages are
//! named by where they begin.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::domain::Timestamp;
use crate::sources::youtube::places::{Next, Place};

const PAGE: usize = 5;

#[derive(Debug, Clone, Copy)]
enum Event {
    Write(u8),
    Delete(u8),
    Wait(u16),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => (1..12_u8).prop_map(Event::Write),
        2 => any::<u8>().prop_map(Event::Delete),
        1 => (0..30_000_u16).prop_map(Event::Wait),
    ];
    proptest::collection::vec(event, 0..60)
}

#[derive(Default)]
struct Server {
    clock: i64,
    next: u64,
    /// Number -> when it was written.
    comments: BTreeMap<u64, i64>,
}

impl Server {
    fn happens(&mut self, event: Event) {
        match event {
            Event::Write(many) => {
                for _ in 0..many {
                    self.clock += 1;
                    self.next += 1;
                    self.comments.insert(self.next, self.clock);
                }
            }
            Event::Delete(which) => {
                let id = self.comments.keys().rev().nth(usize::from(which) % 40).copied();
                id.map(|id| self.comments.remove(&id));
            }
            Event::Wait(seconds) => self.clock += i64::from(seconds),
        }
    }

    fn page(&self, token: Option<&str>) -> (Vec<(u64, Timestamp)>, Option<String>) {
        let before = token.map_or(u64::MAX, |token| token.parse().unwrap());
        let mut older = self.comments.range(..before).rev().map(|(id, at)| (*id, Timestamp::from_second(*at).unwrap()));
        let page: Vec<_> = older.by_ref().take(PAGE).collect();
        let next = older.next().and_then(|_| page.last().map(|(id, _)| id.to_string()));
        (page, next)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_new_comment_is_lost(begin in 0..20_u8, events in events(), each in 1..4_usize) {
        let mut server = Server { clock: 1_795_000_000, ..Server::default() };
        server.happens(Event::Write(begin));
        let old = server.next;
        let mut place = Place::default();
        let (mut got, mut on_this_way) = (BTreeSet::new(), BTreeSet::new());
        let mut events = events.into_iter();
        let mut quiet = 0;
        for request in 0.. {
            prop_assert!(request < 2_000, "it must come to an end");
            let now = Timestamp::from_second(server.clock).unwrap();
            place.begin(now);
            let (page, next) = server.page(place.token.as_deref());
            for (id, _) in &page {
                prop_assert!(on_this_way.insert(*id), "{id} twice on one way");
                got.insert(*id);
            }
            let times: Vec<Timestamp> = page.iter().map(|(_, at)| *at).collect();
            let next = place.page(&times, next, now);
            prop_assert_ne!(next, Next::GivenUp);
            place = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
            if next == Next::Done {
                on_this_way.clear();
                quiet += usize::from(events.len() == 0);
                if quiet > 1 {
                    break;
                }
            }
            for event in events.by_ref().take(each) {
                server.happens(event);
            }
        }
        let lost: Vec<_> = server.comments.keys().filter(|id| **id > old && !got.contains(id)).collect();
        prop_assert!(lost.is_empty(), "{lost:?}");
    }
}
