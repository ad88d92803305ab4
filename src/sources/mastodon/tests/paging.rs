//! Reading on loses nothing and repeats nothing, whatever comes, goes and arrives late meanwhile.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use async_trait::async_trait;
use proptest::prelude::*;

use super::super::page::{Down, Entry, LIMIT, PAGES, Page, Pages, Place, Read, Window, read_on};
use super::now;
use crate::domain::{Item, Timestamp};
use crate::sources::{SourceError, SourceErrorKind};

/// What a server's ids look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Numbers,
    Snowflakes,
    Opaque,
}

/// How a server pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manners {
    ids: Ids,
    min_id: bool,
    since_id: bool,
    max_id: bool,
    /// Tells in a header how to go on.
    links: bool,
}

const MASTODON: Manners = Manners { ids: Ids::Snowflakes, min_id: true, since_id: true, max_id: true, links: true };
const NOTIFICATIONS: Manners = Manners { ids: Ids::Numbers, ..MASTODON };
const SEARCH: Manners = Manners { min_id: false, links: false, ..MASTODON };
const SNAC: Manners = Manners { ids: Ids::Opaque, min_id: false, since_id: true, max_id: true, links: false };
const SNAC_NOTIFICATIONS: Manners = Manners { ids: Ids::Numbers, since_id: false, ..SNAC };

/// Something that happens to a list.
#[derive(Debug, Clone)]
enum Change {
    Publish(u8),
    Delete(u16),
    /// A post arrives that was written so many places below the newest.
    Late(u8),
}

/// A server's list. Posts have even places; late ones get the odd places between them.
struct List {
    manners: Manners,
    posts: Mutex<(BTreeMap<u64, String>, u64)>,
    /// One of these happens before each page.
    meanwhile: Mutex<VecDeque<Change>>,
    pages: Mutex<usize>,
    fails_at: Mutex<Option<usize>>,
}

impl List {
    fn new(manners: Manners) -> Self {
        Self {
            manners,
            posts: Mutex::default(),
            meanwhile: Mutex::default(),
            pages: Mutex::default(),
            fails_at: Mutex::default(),
        }
    }

    fn id(&self, place: u64) -> String {
        match self.manners.ids {
            Ids::Numbers => (place + 1).to_string(),
            // Half a second each.
            Ids::Snowflakes => ((1_795_000_000_000 + place * 500) << 16).to_string(),
            Ids::Opaque => format!("{:016x}z", (place + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        }
    }

    fn change(&self, change: &Change) {
        let mut posts = self.posts.lock().unwrap();
        let (posts, next) = &mut *posts;
        match change {
            Change::Publish(count) => {
                for _ in 0..*count {
                    posts.insert(*next, self.id(*next));
                    *next += 2;
                }
            }
            Change::Delete(which) => {
                let places: Vec<u64> = posts.keys().copied().collect();
                if !places.is_empty() {
                    posts.remove(&places[usize::from(*which) % places.len()]);
                }
            }
            Change::Late(back) => {
                let place = (*next + 1).saturating_sub(2 * u64::from(*back) + 2) | 1;
                if *next > 2 {
                    posts.insert(place, self.id(place));
                }
            }
        }
    }

    fn ids(&self) -> BTreeSet<String> {
        self.posts.lock().unwrap().0.values().cloned().collect()
    }

    /// The place of an id; opaque ids of deleted posts have none.
    fn place(&self, id: &str) -> Option<u64> {
        match self.manners.ids {
            Ids::Numbers => id.parse::<u64>().ok().map(|id| id.saturating_sub(1)),
            Ids::Snowflakes => id.parse::<u64>().ok().map(|id| (id >> 16).saturating_sub(1_795_000_000_000) / 500),
            Ids::Opaque => self.posts.lock().unwrap().0.iter().find(|(_, known)| *known == id).map(|(place, _)| *place),
        }
    }
}

#[async_trait]
impl Pages for List {
    async fn page(&self, window: Window<'_>, _now: Timestamp) -> Result<Page, SourceError> {
        let change = self.meanwhile.lock().unwrap().pop_front();
        change.iter().for_each(|change| self.change(change));
        let number = {
            let mut pages = self.pages.lock().unwrap();
            *pages += 1;
            *pages
        };
        if *self.fails_at.lock().unwrap() == Some(number) {
            return Err(SourceError::new(SourceErrorKind::ServerTrouble, "it stumbled", "try again"));
        }
        let bound = |id: Option<&str>, known: bool| id.filter(|_| known).map(|id| self.place(id));
        let max = bound(window.max_id, self.manners.max_id);
        let since = bound(window.since_id, self.manners.since_id);
        let min = bound(window.min_id, self.manners.min_id);
        let posts = self.posts.lock().unwrap().0.clone();
        let mut found: Vec<(u64, String)> = posts
            .into_iter()
            // snac: an unknown `max_id` is never met, an unknown `since_id` neither.
            .filter(|(place, _)| max.is_none_or(|max| max.is_some_and(|max| *place < max)))
            .filter(|(place, _)| since.flatten().is_none_or(|since| *place > since))
            .filter(|(place, _)| min.flatten().is_none_or(|min| *place > min))
            .collect();
        if min.is_some() {
            found.truncate(LIMIT);
        }
        found.reverse();
        let full = found.len() >= LIMIT;
        found.truncate(LIMIT);
        let entry = |(_, id): (u64, String)| Entry {
            item: Some(Item { native_id: id.clone(), ..Item::default() }),
            at: Some(now()),
            id,
        };
        let entries: Vec<Entry> = found.into_iter().map(entry).collect();
        let newer = entries.first().map(|entry| entry.id.clone()).filter(|_| self.manners.links);
        Ok(Page { entries, newer, has_older: self.manners.links.then_some(full), skipped: 0 })
    }
}

/// What one does to a list.
#[derive(Debug, Clone)]
enum Step {
    Change(Change),
    /// Reads on, while this happens.
    Read(Vec<Change>),
    /// Reads on, and loses what was read before it is stored.
    Lost(Vec<Change>),
    /// Reads on, and the second page fails.
    Broken,
}

async fn read(list: &List, place: &Place) -> Option<Read> {
    let place = Place::read(&place.written());
    let read = read_on(list, place, list.manners.min_id, now()).await.ok()?;
    let ids: Vec<&str> = read.items.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "twice in one batch");
    Some(read)
}

/// Carries steps out; gives what was delivered, in order, and what was there before the first reading.
async fn carry_out(list: &List, steps: &[Step]) -> (Vec<String>, BTreeSet<String>) {
    let mut delivered: Vec<String> = Vec::new();
    let mut before = BTreeSet::new();
    let mut place = Place::default();
    for step in steps {
        let (kept, meanwhile) = match step {
            // What arrives late between the pieces of one reading is beyond what can be promised.
            Step::Change(Change::Late(_)) if place.on.is_some() || place.down.is_some() => continue,
            Step::Change(change) => {
                list.change(change);
                continue;
            }
            Step::Read(meanwhile) => (true, meanwhile.clone()),
            Step::Lost(meanwhile) => (false, meanwhile.clone()),
            Step::Broken => {
                *list.pages.lock().unwrap() = 0;
                *list.fails_at.lock().unwrap() = Some(2);
                (true, Vec::new())
            }
        };
        if place.asked {
            *list.meanwhile.lock().unwrap() = meanwhile.into();
        } else {
            // The first reading takes the newest page only: what is there by then may stay unheard.
            before = list.ids();
        }
        let read = read(list, &place).await;
        *list.fails_at.lock().unwrap() = None;
        list.meanwhile.lock().unwrap().clear();
        if let (true, Some(read)) = (kept, read) {
            delivered.extend(read.items.into_iter().map(|item| item.native_id));
            place = read.place;
        }
    }
    if !place.asked {
        before = list.ids();
    }
    for turn in 0.. {
        let read = read(list, &place).await.unwrap();
        delivered.extend(read.items.into_iter().map(|item| item.native_id));
        place = read.place;
        if !read.more {
            break;
        }
        assert!(turn < 200, "reading never ends");
    }
    (delivered, before)
}

fn changes(deletes: bool) -> BoxedStrategy<Change> {
    if deletes {
        prop_oneof![3 => (0_u8..60).prop_map(Change::Publish), 1 => any::<u16>().prop_map(Change::Delete)].boxed()
    } else {
        (0_u8..60).prop_map(Change::Publish).boxed()
    }
}

fn steps(deletes_meanwhile: bool, late: bool) -> impl Strategy<Value = Vec<Step>> {
    let meanwhile = move || prop::collection::vec(changes(deletes_meanwhile), 0..4);
    let late = if late { 1 } else { 0 };
    let one = prop_oneof![
        4 => changes(true).prop_map(Step::Change),
        late => (0_u8..200).prop_map(|back| Step::Change(Change::Late(back))),
        4 => meanwhile().prop_map(Step::Read),
        1 => meanwhile().prop_map(Step::Lost),
        1 => Just(Step::Broken),
    ];
    prop::collection::vec(one, 1..25)
}

fn run(manners: Manners, steps: &[Step]) -> (Vec<String>, BTreeSet<String>, BTreeSet<String>) {
    let list = List::new(manners);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (delivered, before) = runtime.block_on(carry_out(&list, steps));
    (delivered, before, list.ids())
}

/// Everything that was published after the first reading, and is still there, was delivered.
fn nothing_is_lost(manners: Manners, steps: &[Step]) -> Vec<String> {
    let (delivered, before, there) = run(manners, steps);
    let heard: BTreeSet<&String> = delivered.iter().collect();
    let lost: Vec<&String> = there.difference(&before).filter(|id| !heard.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), there.len());
    delivered
}

fn nothing_is_repeated(delivered: &[String]) {
    let once: BTreeSet<&String> = delivered.iter().collect();
    assert_eq!(once.len(), delivered.len(), "delivered twice");
}

proptest! {
    #[test]
    fn forward_over_numbers(steps in steps(true, false)) {
        nothing_is_repeated(&nothing_is_lost(NOTIFICATIONS, &steps));
    }

    #[test]
    fn forward_over_times_with_late_arrivals(steps in steps(true, true)) {
        nothing_is_lost(MASTODON, &steps);
    }

    #[test]
    fn down_through_a_search_with_late_arrivals(steps in steps(true, true)) {
        nothing_is_lost(SEARCH, &steps);
    }

    #[test]
    fn down_through_opaque_ids(steps in steps(true, false)) {
        nothing_is_lost(SNAC, &steps);
    }

    #[test]
    fn down_where_only_max_id_is_known(steps in steps(true, false)) {
        nothing_is_repeated(&nothing_is_lost(SNAC_NOTIFICATIONS, &steps));
    }
}

#[test]
fn a_way_down_goes_on_though_the_post_where_it_was_interrupted_is_deleted() {
    let begin = |news: u8| {
        vec![
            Step::Change(Change::Publish(10)),
            Step::Change(Change::Publish(39)),
            Step::Read(Vec::new()),
            Step::Change(Change::Publish(news)),
            Step::Broken,
        ]
    };
    // Of 107 posts the one with number 67 is the last of the page that was read.
    let mut steps = begin(58);
    steps.push(Step::Change(Change::Delete(44_793)));
    nothing_is_lost(SNAC, &steps);
    // And those above it, a few of them or more than are remembered.
    for deleted in [2, 5, 9, 12] {
        let mut steps = begin(58);
        steps.extend(std::iter::repeat_n(Step::Change(Change::Delete(67)), deleted));
        nothing_is_lost(SNAC, &steps);
    }
}

#[tokio::test]
async fn a_way_down_that_is_interrupted_at_the_bottom_ends_there() {
    let list = List::new(SNAC);
    list.change(&Change::Publish(1));
    let mut place = read(&list, &Place::default()).await.unwrap().place;
    list.change(&Change::Publish(200));
    let mut heard = 0;
    for turn in 0.. {
        let next = read(&list, &place).await.unwrap();
        heard += next.items.len();
        place = next.place;
        assert!(turn < 4 && !next.gave_up, "it goes on for ever");
        if !next.more {
            break;
        }
    }
    assert_eq!(heard, 200);
}

#[tokio::test]
async fn a_server_that_knows_nothing_below_anything_is_given_up() {
    let list = List::new(SNAC);
    list.change(&Change::Publish(1));
    let first = read(&list, &Place::default()).await.unwrap();
    list.change(&Change::Publish(60));
    let lost =
        Down { top: list.id(2), below: "gone".into(), above: vec!["gone too".into()], pages: 1, ..Down::default() };
    let again = read(&list, &Place { down: Some(lost.clone()), ..first.place.clone() }).await.unwrap();
    assert!(again.more && again.items.is_empty() && !again.gave_up);
    let all = read(&list, &again.place).await.unwrap();
    assert!(all.items.len() == 60 && !all.gave_up, "from the top");
    let twice = Down { again: true, ..lost };
    let given_up = read(&list, &Place { down: Some(twice), ..first.place }).await.unwrap();
    assert!(given_up.gave_up && given_up.place.down.is_none());
}

#[tokio::test]
async fn a_poll_is_bounded_and_the_next_goes_on() {
    for manners in [NOTIFICATIONS, SNAC_NOTIFICATIONS, SNAC] {
        let list = List::new(manners);
        list.change(&Change::Publish(1));
        let first = read(&list, &Place::default()).await.unwrap();
        for _ in 0..3 {
            list.change(&Change::Publish(200));
        }
        *list.pages.lock().unwrap() = 0;
        let second = read(&list, &first.place).await.unwrap();
        assert!(second.more && second.items.len() <= PAGES * LIMIT, "{manners:?}");
        assert_eq!(*list.pages.lock().unwrap(), PAGES);
        let mut heard: BTreeSet<String> = second.items.into_iter().map(|item| item.native_id).collect();
        let mut place = second.place;
        for _ in 0..5 {
            let next = read(&list, &place).await.unwrap();
            heard.extend(next.items.into_iter().map(|item| item.native_id));
            place = next.place;
            if !next.more {
                break;
            }
        }
        assert_eq!(heard.len(), 600, "{manners:?}");
    }
}

#[tokio::test]
async fn a_server_that_knows_no_paging_at_all_is_read_once_per_poll() {
    let list = List::new(Manners { max_id: false, since_id: false, links: false, ..SEARCH });
    list.change(&Change::Publish(60));
    let first = read(&list, &Place::default()).await.unwrap();
    assert_eq!((first.items.len(), first.more), (LIMIT, false));
    list.change(&Change::Publish(5));
    *list.pages.lock().unwrap() = 0;
    let second = read(&list, &first.place).await.unwrap();
    assert!(!second.more && *list.pages.lock().unwrap() <= 2);
    let newest: BTreeSet<String> = second.items.into_iter().map(|item| item.native_id).collect();
    assert!((60..65).all(|number| newest.contains(&list.id(number * 2))));
}

#[tokio::test]
async fn an_empty_list_is_heard_from_its_first_post_on() {
    for manners in [MASTODON, SNAC, SEARCH] {
        let list = List::new(manners);
        let empty = read(&list, &Place::default()).await.unwrap();
        assert!(empty.items.is_empty() && empty.place.asked);
        list.change(&Change::Publish(100));
        let all = read(&list, &empty.place).await.unwrap();
        assert_eq!(all.items.len(), 100, "{manners:?}");
    }
}

#[test]
fn a_place_that_cannot_be_read_is_a_new_beginning() {
    for written in ["", "garbage", "[]", "{\"at\":7}"] {
        assert_eq!(Place::read(written), Place::default(), "{written}");
    }
    let place = Place { asked: true, at: Some("12".into()), seen: Some(now()), ..Place::default() };
    assert_eq!(Place::read(&place.written()), place);
}
