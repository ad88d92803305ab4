//! A place where people talk with one another: posts that can be answered, our own account, and people who say what
//! they think of the answer. Plain JSON over HTTP.
//!
//! On request it misbehaves, by a sequence that is the same for the same seed: it drops the connection before or after
//! it has taken a post, is slow, answers 500 although it has taken the post, asks to be left alone, or refuses.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::scenario::{Faults, Place, Scenario, Then};
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Most posts in one answer.
const MOST: usize = 500;
/// Longest post, in characters.
const LONGEST: usize = 500;
/// Seconds that it asks to be left alone.
const REST: u64 = 1;
/// The longest that it is slow.
const SLOWEST: u64 = 400;

/// Somebody there.
#[derive(Debug, Clone, Default, Serialize)]
struct Person {
    id: String,
    handle: String,
    name: String,
    followers: u64,
}

impl Person {
    fn named(handle: &str, followers: u64) -> Self {
        Self { id: format!("u:{handle}"), handle: handle.to_owned(), name: handle.to_owned(), followers }
    }
}

/// A post there.
#[derive(Debug, Clone, Default, Serialize)]
struct Post {
    number: usize,
    id: String,
    by: Person,
    text: String,
    at: Timestamp,
    parent: Option<String>,
    root: Option<String>,
    url: String,
    warning: Option<String>,
    lang: Option<String>,
    private: bool,
    unlisted: bool,
    own: bool,
    to_us: bool,
    #[serde(skip)]
    then: Vec<Then>,
}

/// What is sent to be posted.
#[derive(Debug, Deserialize)]
struct Wish {
    text: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    warning: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    unlisted: bool,
}

/// Something that will be said.
struct Coming {
    at: Timestamp,
    post: Post,
}

#[derive(Default)]
struct Inside {
    posts: Vec<Post>,
    /// Posts of the scenario that were taken over.
    told: usize,
    /// Posts that have a name in the scenario.
    names: HashMap<String, usize>,
    coming: Vec<Coming>,
    /// Tokens and the posts that they stand for.
    tokens: Vec<(String, usize)>,
    /// Requests to post, for the sequence of mishaps.
    asked: u64,
}

/// A place where people talk.
pub(super) struct Square {
    name: String,
    base: String,
    us: Person,
    keeps_tokens: bool,
    faults: Option<Faults>,
    inside: Mutex<Inside>,
}

/// What it answers.
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The body, as JSON.
    pub(super) body: String,
    /// Seconds after which to come again.
    pub(super) retry_after: Option<u64>,
}

/// What goes wrong with a request to post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    None,
    DropBefore,
    DropAfter,
    Slow(u64),
    SlowAfter(u64),
    FailAfter,
    TooMany,
    Refuse,
}

/// The moments of the scenario, for whoever posts there.
pub(super) type Moment<'a> = &'a (dyn Fn(f64) -> Timestamp + Sync);

impl Square {
    pub(super) fn new(place: &Place, brand: &str, base: String) -> Self {
        let handle = place.account.clone().unwrap_or_else(|| {
            brand.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        });
        Self {
            name: place.name.clone(),
            base,
            us: Person { name: brand.to_owned(), ..Person::named(&handle, 0) },
            keeps_tokens: place.keeps_tokens,
            faults: place.faults,
            inside: Mutex::default(),
        }
    }

    /// Takes over what the scenario has said by now.
    fn advance(&self, inside: &mut Inside, scenario: &Scenario, moment: Moment<'_>, now: Timestamp) {
        while let Some(next) = scenario.posts.get(inside.told).filter(|next| moment(next.at) <= now) {
            inside.told += 1;
            if next.place != self.name {
                continue;
            }
            let above = next.to.as_ref().and_then(|name| inside.names.get(name)).and_then(|at| inside.posts.get(*at));
            let own = next.by == self.us.handle;
            let post = Post {
                by: if own { self.us.clone() } else { Person::named(&next.by, next.followers) },
                text: next.text.clone(),
                at: moment(next.at),
                parent: above.map(|above| above.id.clone()),
                root: above.map(|above| above.root.clone().unwrap_or_else(|| above.id.clone())),
                own,
                to_us: !own
                    && (above.is_some_and(|above| above.own) || next.text.contains(&format!("@{}", self.us.handle))),
                then: next.then.clone(),
                ..Post::default()
            };
            let place = self.add(inside, post);
            inside.names.extend(next.id.clone().map(|name| (name, place)));
        }
        inside.coming.sort_by_key(|coming| coming.at);
        let due = inside.coming.partition_point(|coming| coming.at <= now);
        for coming in inside.coming.drain(..due).collect::<Vec<_>>() {
            self.add(inside, Post { at: coming.at, ..coming.post });
        }
    }

    fn add(&self, inside: &mut Inside, post: Post) -> usize {
        let number = inside.posts.len() + 1;
        let id = format!("{}-{number}", self.name);
        let url = format!("{}/posts/{id}", self.base);
        inside.posts.push(Post { number, id, url, ..post });
        number - 1
    }

    /// Answers a request. `None`: the connection is dropped.
    pub(super) async fn answer(
        &self,
        request: &Asked<'_>,
        scenario: &Scenario,
        moment: Moment<'_>,
        now: Timestamp,
    ) -> Option<Answer> {
        if request.posts {
            return self.post(request, scenario, moment, now).await;
        }
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        self.advance(&mut inside, scenario, moment, now);
        let number = |name: &str| request.query(name).and_then(|text| text.parse::<usize>().ok());
        let limit = number("limit").unwrap_or(MOST).min(MOST);
        let (head, rest) = request
            .path
            .trim_start_matches("/api/")
            .split_once('/')
            .unwrap_or((request.path.trim_start_matches("/api/"), ""));
        let posts = &inside.posts;
        Some(match head {
            "me" => ok(&Me { person: &self.us, longest: LONGEST, keeps_tokens: self.keeps_tokens }),
            "posts" => ok(&posts.iter().skip(number("after").unwrap_or(0)).take(limit).collect::<Vec<_>>()),
            "own" => ok(&posts.iter().rev().filter(|post| post.own).take(limit).collect::<Vec<_>>()),
            "thread" => ok(&thread(posts, rest)),
            "people" => match posts.iter().map(|post| &post.by).find(|by| by.id == rest || by.handle == rest) {
                Some(person) => ok(person),
                None => told(404, "nobody of that name"),
            },
            _ => told(404, "there is no such page"),
        })
    }

    async fn post(
        &self,
        request: &Asked<'_>,
        scenario: &Scenario,
        moment: Moment<'_>,
        now: Timestamp,
    ) -> Option<Answer> {
        let mishap = self.mishap();
        match mishap {
            Mishap::DropBefore => return None,
            Mishap::TooMany => return Some(Answer { retry_after: Some(REST), ..told(429, "too many posts") }),
            Mishap::Refuse => return Some(told(422, "the town does not like this post")),
            Mishap::Slow(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
            _ => {}
        }
        let answer = self.take(request, scenario, moment, now);
        match mishap {
            Mishap::DropAfter => None,
            Mishap::FailAfter => Some(told(500, "something fell over")),
            Mishap::SlowAfter(pause) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                Some(answer)
            }
            _ => Some(answer),
        }
    }

    /// What goes wrong this time.
    fn mishap(&self) -> Mishap {
        let Some(faults) = self.faults else { return Mishap::None };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.asked += 1;
        let draw = xxh3_64_with_seed(&inside.asked.to_le_bytes(), faults.seed);
        if (draw % 1_000) as f64 >= faults.share * 1_000.0 {
            return Mishap::None;
        }
        let pause = (draw >> 32) % SLOWEST;
        match (draw >> 16) % 8 {
            0 => Mishap::DropBefore,
            1 | 2 => Mishap::DropAfter,
            3 => Mishap::Slow(pause),
            4 => Mishap::SlowAfter(pause),
            5 => Mishap::FailAfter,
            6 => Mishap::TooMany,
            _ => Mishap::Refuse,
        }
    }

    /// Takes a post, unless it has the one of this token.
    fn take(&self, request: &Asked<'_>, scenario: &Scenario, moment: Moment<'_>, now: Timestamp) -> Answer {
        let Ok(wish) = serde_json::from_slice::<Wish>(request.body) else { return told(400, "that is no post") };
        if wish.text.trim().is_empty() || wish.text.chars().count() > LONGEST {
            return told(422, "a post has 1 to 500 characters");
        }
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        self.advance(&mut inside, scenario, moment, now);
        let token = request.token.filter(|_| self.keeps_tokens);
        if let Some((_, known)) = inside.tokens.iter().find(|(known, _)| Some(known.as_str()) == token) {
            return inside.posts.get(*known).map_or_else(|| told(410, "it is gone"), ok);
        }
        let parent = wish.parent.as_deref().and_then(|id| inside.posts.iter().position(|post| post.id == id));
        if wish.parent.is_some() && parent.is_none() {
            return told(404, "the post that it answers is gone");
        }
        let above = parent.and_then(|above| inside.posts.get(above)).cloned();
        let root = above.as_ref().map(|above| above.root.clone().unwrap_or_else(|| above.id.clone()));
        let post = Post {
            by: self.us.clone(),
            text: wish.text,
            at: now,
            parent: wish.parent,
            root: root.clone(),
            warning: wish.warning,
            lang: wish.lang,
            private: wish.private,
            unlisted: wish.unlisted,
            own: true,
            ..Post::default()
        };
        let place = self.add(&mut inside, post);
        inside.tokens.extend(token.map(|token| (token.to_owned(), place)));
        let Some(ours) = inside.posts.get(place).cloned() else { return told(500, "it is gone") };
        if let Some(above) = above {
            // What its author says to that is said once.
            if let Some(post) = parent.and_then(|above| inside.posts.get_mut(above)) {
                post.then.clear();
            }
            let opened = moment(0.0);
            inside.coming.extend(above.then.iter().map(|then| Coming {
                at: after(now, moment(then.after).duration_since(opened)),
                post: Post {
                    by: above.by.clone(),
                    text: then.text.clone(),
                    parent: Some(ours.id.clone()),
                    root: root.clone(),
                    to_us: true,
                    ..Post::default()
                },
            }));
        }
        Answer { status: 201, ..ok(&ours) }
    }
}

/// A request, as far as it matters.
pub(super) struct Asked<'a> {
    pub(super) posts: bool,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Asked<'_> {
    fn query(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

#[derive(Serialize)]
struct Me<'a> {
    #[serde(flatten)]
    person: &'a Person,
    longest: usize,
    keeps_tokens: bool,
}

fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(moment)
}

fn ok(value: &impl Serialize) -> Answer {
    Answer { status: 200, body: serde_json::to_string(value).unwrap_or_default(), retry_after: None }
}

fn told(status: u16, words: &str) -> Answer {
    Answer { status, body: serde_json::json!({ "error": words }).to_string(), retry_after: None }
}

/// A post and everything in its thread, oldest first.
fn thread<'a>(posts: &'a [Post], id: &str) -> Vec<&'a Post> {
    let root_of = |post: &'a Post| post.root.as_deref().unwrap_or(&post.id);
    let root = posts.iter().find(|post| post.id == id).map(root_of);
    posts.iter().filter(|post| Some(root_of(post)) == root).collect()
}
