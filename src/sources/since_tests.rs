//! Paging loses nothing, whatever is written, changed and deleted meanwhile. The server is a list in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::since::{Next, Since};

/// Entries on a page of the model.
const PAGE: usize = 6;

/// Something that happens at the server between two requests.
#[derive(Debug, Clone, Copy)]
enum Event {
    Write,
    /// An entry that is seen only after the next two events, as in a search that learns of changes late.
    WriteLate,
    Change(u8),
    Delete(u8),
    Wait(u8),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => Just(Event::Write),
        1 => Just(Event::WriteLate),
        2 => any::<u8>().prop_map(Event::Change),
        1 => any::<u8>().prop_map(Event::Delete),
        1 => (0..40_u8).prop_map(Event::Wait),
    ];
    proptest::collection::vec(event, 0..120)
}

struct Server {
    clock: i64,
    next: u64,
    /// Name -> last change, and after how many events it is seen.
    entries: BTreeMap<u64, (i64, u8)>,
}

impl Server {
    fn happens(&mut self, event: Event) {
        self.clock += 1;
        self.entries.values_mut().for_each(|(_, hidden)| *hidden = hidden.saturating_sub(1));
        let pick = |which: u8| self.entries.keys().nth(usize::from(which) % self.entries.len().max(1)).copied();
        match event {
            Event::Write | Event::WriteLate => {
                let hidden = if matches!(event, Event::WriteLate) { 3 } else { 0 };
                self.next += 1;
                self.entries.insert(self.next, (self.clock, hidden));
            }
            Event::Change(which) => {
                if let Some(entry) = pick(which).and_then(|name| self.entries.get_mut(&name)) {
                    entry.0 = self.clock;
                }
            }
            Event::Delete(which) => {
                pick(which).map(|name| self.entries.remove(&name));
            }
            Event::Wait(seconds) => self.clock += i64::from(seconds),
        }
    }

    fn page(&self, place: &Since) -> Vec<(u64, Timestamp)> {
        let from: Timestamp = place.since().parse().unwrap();
        let seen = self.entries.iter().filter(|(_, (_, hidden))| *hidden == 0);
        let mut list: Vec<(u64, Timestamp)> = seen
            .map(|(name, (at, _))| (*name, Timestamp::from_second(*at).unwrap()))
            .filter(|(_, at)| *at >= from)
            .collect();
        list.sort_by_key(|(name, at)| (*at, *name));
        list.into_iter().skip((place.page_number() as usize - 1) * PAGE).take(PAGE).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_change_is_met_once(events in events(), begin in 0..20_usize) {
        let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut server = Server { clock: start.as_second(), next: 0, entries: BTreeMap::new() };
        (0..begin).for_each(|_| server.happens(Event::Write));
        let mut place = Since::default();
        let mut met: BTreeMap<u64, Timestamp> = BTreeMap::new();
        let mut events = events.into_iter();
        let mut quiet = 0;
        for request in 0.. {
            prop_assert!(request < 1_000, "it must come to an end");
            let now = Timestamp::from_second(server.clock).unwrap();
            place.begin(now);
            let page = server.page(&place);
            let mut changes = Vec::new();
            for (name, at) in &page {
                changes.push(*at);
                if place.meet(&name.to_string(), *at) {
                    let before = met.insert(*name, *at);
                    prop_assert!(before < Some(*at), "{name} twice for the same change");
                }
            }
            let next = place.page(&changes, page.len() >= PAGE, SignedDuration::from_mins(5));
            prop_assert_ne!(next, Next::Skipped);
            place = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
            if next == Next::Done && events.len() == 0 {
                server.happens(Event::Wait(1));
                quiet += 1;
                if quiet > 4 {
                    break;
                }
            }
            for event in events.by_ref().take(request % 4) {
                server.happens(event);
            }
        }
        for (name, (at, _)) in &server.entries {
            prop_assert_eq!(met.get(name), Some(&Timestamp::from_second(*at).unwrap()), "{}", name);
        }
    }
}

#[test]
fn one_second_with_many_pages_is_read_to_its_end() {
    let at: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut place = Since::starting(at);
    let mut server = Server { clock: at.as_second(), next: 0, entries: BTreeMap::new() };
    server.entries = (0..20).map(|name| (name, (at.as_second(), 0))).collect();
    let mut names = Vec::new();
    loop {
        place.begin(at);
        let page = server.page(&place);
        names.extend(page.iter().map(|(name, _)| *name));
        let changes: Vec<Timestamp> = page.iter().map(|(_, at)| *at).collect();
        if place.page(&changes, page.len() >= PAGE, SignedDuration::from_secs(1)) == Next::Done {
            break;
        }
    }
    assert_eq!(names, (0..20).collect::<Vec<u64>>());
}
