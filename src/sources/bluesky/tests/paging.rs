//! Lists that grow and shrink while they are read: nothing is lost, and one poll reads a bounded number of pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use async_trait::async_trait;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::SourceError;
use crate::sources::bluesky::lists::{Answers, Notifications, Reader, Search};
use crate::sources::bluesky::refusal::Failure;
use crate::sources::bluesky::views::Posts;
use crate::sources::bluesky::walk::{PAGES, Pages, catch_up};

const OWN: &str = "did:plc:brand";
const LIMIT: usize = 4;

/// How the server pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// By time; its cursor counts posts.
    Times,
    /// It ignores `until`; its cursor names the last post.
    Keys,
}

#[derive(Debug, Clone, Copy)]
struct Post {
    claimed: i64,
    seen: i64,
}

/// What happens at the server.
#[derive(Debug, Clone)]
enum Happens {
    /// So many posts appear, each claiming to be this many milliseconds old.
    Appear(Vec<i64>),
    /// The post with this number, counted from the newest, is deleted.
    Vanish(usize),
    /// Time goes by, in milliseconds.
    Pass(i64),
}

struct Server {
    manner: Manner,
    at: i64,
    next: usize,
    posts: BTreeMap<usize, Post>,
    vanished: BTreeSet<usize>,
    /// What happens after each answer.
    script: Vec<Happens>,
    asked: usize,
}

impl Server {
    fn happen(&mut self, what: &Happens) {
        match what {
            Happens::Appear(lags) => {
                for lag in lags {
                    self.posts.insert(self.next, Post { claimed: self.at - lag, seen: self.at });
                    self.next += 1;
                }
            }
            Happens::Vanish(place) => {
                let newest = self.posts.keys().nth_back(*place).copied();
                if let Some(number) = newest {
                    self.posts.remove(&number);
                    self.vanished.insert(number);
                }
            }
            Happens::Pass(time) => self.at += time,
        }
    }

    fn answer(&mut self, query: &[(&str, &str)]) -> Posts {
        self.asked += 1;
        let of = |name: &str| query.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let until = of("until").filter(|_| self.manner == Manner::Times).map(millis).unwrap_or(i64::MAX);
        let mut sorted: Vec<(i64, usize, Post)> =
            self.posts.iter().map(|(number, post)| (post.claimed.min(post.seen), *number, *post)).collect();
        sorted.retain(|(sort, ..)| *sort < until);
        sorted.sort_by_key(|(sort, number, _)| std::cmp::Reverse((*sort, *number)));
        let from = match (self.manner, of("cursor")) {
            (_, None) => 0,
            (Manner::Times, Some(cursor)) => cursor.parse().unwrap(),
            (Manner::Keys, Some(cursor)) => {
                let (sort, number) = cursor.split_once('/').unwrap();
                let last: (i64, usize) = (sort.parse().unwrap(), number.parse().unwrap());
                sorted.iter().filter(|(sort, number, _)| (*sort, *number) >= last).count()
            }
        };
        let page: Vec<_> = sorted.iter().skip(from).take(LIMIT).collect();
        let cursor =
            page.last().filter(|_| from + page.len() < sorted.len()).map(|(sort, number, _)| match self.manner {
                Manner::Times => (from + page.len()).to_string(),
                Manner::Keys => format!("{sort}/{number}"),
            });
        let values: Vec<Value> = page.iter().map(|(_, number, post)| view(*number, *post)).collect();
        Posts { posts: Some(values.clone()), notifications: Some(values), cursor, ..Posts::default() }
    }
}

fn millis(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn moment(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap().to_string()
}

fn uri(number: usize) -> String {
    format!("at://did:plc:user/app.bsky.feed.post/{number}")
}

fn view(number: usize, post: Post) -> Value {
    json!({
        "uri": uri(number), "cid": "c", "author": { "did": "did:plc:user", "handle": "user.example" },
        "record": { "text": "x", "createdAt": moment(post.claimed) }, "indexedAt": moment(post.seen),
        "reason": "mention"
    })
}

#[async_trait]
impl Answers for Mutex<Server> {
    async fn ask(&self, method: &str, query: &[(&str, &str)]) -> Result<Posts, Failure> {
        let mut server = self.lock().unwrap();
        assert!(method.starts_with("app.bsky."));
        let answer = server.answer(query);
        if !server.script.is_empty() {
            let what = server.script.remove(0);
            server.happen(&what);
        }
        Ok(answer)
    }
}

const BEGIN: i64 = 1_795_348_800_000;

fn server(manner: Manner, script: Vec<Happens>) -> Mutex<Server> {
    let posts = BTreeMap::new();
    Mutex::new(Server { manner, at: BEGIN, next: 0, posts, vanished: BTreeSet::new(), script, asked: 0 })
}

/// One poll: what it heard, where it left, and whether there is more.
fn poll(server: &Mutex<Server>, place: &str, search: bool) -> Result<(Vec<String>, String, bool), SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reader = Reader { server, own: OWN, limit: LIMIT };
    let now = Timestamp::from_millisecond(server.lock().unwrap().at).unwrap();
    let before = server.lock().unwrap().asked;
    let mut pages: Box<dyn Pages + '_> =
        if search { Box::new(Search { reader, query: "x" }) } else { Box::new(Notifications(reader)) };
    let piece = runtime.block_on(catch_up(&mut *pages, place, now))?;
    assert!(server.lock().unwrap().asked - before <= PAGES, "one poll asks for a bounded number of pages");
    let heard = piece.items.iter().map(|item| item.native_id.clone()).collect();
    Ok((heard, piece.place, piece.more))
}

fn happens(deletes: bool) -> impl Strategy<Value = Happens> {
    let late = SignedDuration::from_mins(29).as_millis() as i64;
    let lag = prop_oneof![4 => 0..3_000_i64, 1 => 0..late];
    let vanish = if deletes { 3 } else { 0 };
    prop_oneof![
        4 => prop::collection::vec(lag, 0..14).prop_map(Happens::Appear),
        vanish => (0..12_usize).prop_map(Happens::Vanish),
        4 => (0..600_000_i64).prop_map(Happens::Pass),
    ]
}

/// Runs rounds of happenings with a poll after each, then lets quiet hours go by, with polls until nothing more is
/// announced.
fn run(server: &Mutex<Server>, search: bool, rounds: &[Vec<Happens>]) {
    let mut place = String::new();
    let mut heard: BTreeSet<String> = BTreeSet::new();
    let mut poll_once = |place: &mut String| {
        let (items, left, more) = poll(server, place, search).unwrap();
        heard.extend(items);
        *place = left;
        more
    };
    poll_once(&mut place);
    for round in rounds {
        for what in round {
            server.lock().unwrap().happen(what);
        }
        poll_once(&mut place);
    }
    server.lock().unwrap().script.clear();
    for _ in 0..3 {
        server.lock().unwrap().happen(&Happens::Pass(7_200_000));
        let polls = (0..100).take_while(|_| poll_once(&mut place)).count();
        assert!(polls < 100, "it never ends");
    }
    let server = server.lock().unwrap();
    let lost: Vec<_> = server.posts.keys().filter(|number| !heard.contains(&uri(**number))).collect();
    assert!(lost.is_empty(), "lost {lost:?} of {}", server.next);
}

proptest! {
    #[test]
    fn a_search_by_time_loses_nothing_while_posts_come_and_go(
        rounds in prop::collection::vec(prop::collection::vec(happens(true), 0..5), 1..6),
        script in prop::collection::vec(happens(true), 0..20),
    ) {
        run(&server(Manner::Times, script), true, &rounds);
    }

    #[test]
    fn a_search_by_cursor_loses_nothing_where_time_is_ignored(
        rounds in prop::collection::vec(prop::collection::vec(happens(true), 0..5), 1..6),
        script in prop::collection::vec(happens(true), 0..20),
    ) {
        run(&server(Manner::Keys, script), true, &rounds);
    }

    #[test]
    fn notifications_lose_nothing_while_posts_come_and_go(
        rounds in prop::collection::vec(prop::collection::vec(happens(true), 0..5), 1..6),
        script in prop::collection::vec(happens(true), 0..20),
    ) {
        run(&server(Manner::Keys, script), false, &rounds);
    }
}

#[test]
fn many_posts_of_one_moment_are_read_by_cursor() {
    let server = server(Manner::Times, Vec::new());
    let (_, place, _) = poll(&server, "", true).unwrap();
    server.lock().unwrap().happen(&Happens::Pass(1_000));
    server.lock().unwrap().happen(&Happens::Appear(vec![0; LIMIT * 3 + 1]));
    let (heard, _, more) = poll(&server, &place, true).unwrap();
    let heard: BTreeSet<String> = heard.into_iter().collect();
    assert_eq!((heard.len(), more), (LIMIT * 3 + 1, false));
}

#[test]
fn a_flood_is_read_newest_first_and_the_rest_with_the_next_polls() {
    let server = server(Manner::Times, Vec::new());
    let (_, mut place, _) = poll(&server, "", true).unwrap();
    let count = LIMIT * PAGES * 3;
    for _ in 0..count {
        server.lock().unwrap().happen(&Happens::Pass(7_000));
        server.lock().unwrap().happen(&Happens::Appear(vec![0]));
    }
    let mut heard = Vec::new();
    let mut polls = 0;
    loop {
        let (items, left, more) = poll(&server, &place, true).unwrap();
        if polls == 0 {
            assert_eq!(items[0], uri(count - 1));
        }
        heard.extend(items);
        place = left;
        polls += 1;
        if !more {
            break;
        }
    }
    let each: BTreeSet<String> = heard.iter().cloned().collect();
    assert_eq!(each.len(), count);
    assert!((3..=8).contains(&polls), "{polls}");
}

#[test]
fn the_first_poll_looks_back_a_little_and_tells_of_no_more() {
    let server = server(Manner::Times, Vec::new());
    for _ in 0..40 {
        server.lock().unwrap().happen(&Happens::Appear(vec![0]));
        server.lock().unwrap().happen(&Happens::Pass(60_000));
    }
    let (heard, place, more) = poll(&server, "", true).unwrap();
    assert!(heard.len() > LIMIT && heard.len() <= 2 * LIMIT && !more, "{}", heard.len());
    assert!(!place.contains("\"at\""));
    let (again, _, _) = poll(&server, "not a place", true).unwrap();
    assert_eq!(again, heard, "a place that cannot be read is a new beginning");
}
