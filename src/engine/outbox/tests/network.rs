//! A network in memory that keeps the truth, and does not always tell it.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::{Notify, watch};

use super::seconds;
use crate::domain::{Author, Clock, TextRules, Timestamp};
use crate::engine::ManualClock;
use crate::engine::clock::after;
use crate::sources::{Outgoing, Publish, PublishError, Published, Retry, SourceError, SourceErrorKind as Kind};

/// What goes wrong with one request to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    None,
    /// It cannot be reached, for certain.
    Away,
    /// It wants to be left alone for so many seconds.
    Wait(i64),
    /// It does not like the post.
    Refuse,
    /// It never heard of it, and nobody knows.
    LostRequest,
    /// It has it, and nobody knows.
    LostAnswer,
    /// Nothing happens until the test goes on; then it takes the post.
    Stall,
    /// The process ends just before it hears of it.
    EndBefore,
    /// The process ends just after it took it.
    EndAfter,
    /// The publisher falls over.
    Panic,
}

struct Post {
    text: String,
    parent: Option<String>,
    token: String,
    at: Timestamp,
    shown: Timestamp,
}

#[derive(Default)]
struct Inside {
    posts: Vec<Post>,
    plan: VecDeque<Mishap>,
    asked: Vec<String>,
    hidden: i64,
    /// Looking fails so often.
    blind: u32,
}

pub(super) struct Town {
    clock: Arc<ManualClock>,
    keeps_tokens: bool,
    inside: Mutex<Inside>,
    stalled: Notify,
    onwards: watch::Sender<u32>,
}

impl Town {
    pub(super) fn new(clock: Arc<ManualClock>, keeps_tokens: bool) -> Arc<Self> {
        Arc::new(Self {
            clock,
            keeps_tokens,
            inside: Mutex::default(),
            stalled: Notify::new(),
            onwards: watch::Sender::new(0),
        })
    }

    /// What goes wrong next, one after the other.
    pub(super) fn plan(&self, mishaps: impl IntoIterator<Item = Mishap>) {
        let plan: VecDeque<Mishap> = mishaps.into_iter().collect();
        self.inside.lock().unwrap().plan = plan;
    }

    /// New posts are not shown for so many seconds.
    pub(super) fn hide_for(&self, time: i64) {
        self.inside.lock().unwrap().hidden = time;
    }

    /// The next looks fail.
    pub(super) fn blind(&self, times: u32) {
        self.inside.lock().unwrap().blind = times;
    }

    /// How many posts have these words, shown or not.
    pub(super) fn count(&self, text: &str) -> usize {
        self.inside.lock().unwrap().posts.iter().filter(|post| post.text == text).count()
    }

    /// How often it was asked to publish these words.
    pub(super) fn asked(&self, text: &str) -> usize {
        self.inside.lock().unwrap().asked.iter().filter(|asked| *asked == text).count()
    }

    /// What each post answers, in order.
    pub(super) fn parents(&self) -> Vec<String> {
        self.inside.lock().unwrap().posts.iter().map(|post| post.parent.clone().unwrap_or_default()).collect()
    }

    /// A request has stalled, or its process has ended.
    pub(super) async fn stalled(&self) {
        self.stalled.notified().await;
    }

    /// A stall that nobody waited for is over: it says nothing of the next request.
    pub(super) fn calm(&self) {
        let _ = self.stalled().now_or_never();
    }

    /// What has stalled goes on.
    pub(super) fn go_on(&self) {
        self.onwards.send_modify(|times| *times += 1);
    }

    fn take(&self, outgoing: &Outgoing) -> Published {
        let mut inside = self.inside.lock().unwrap();
        let known = inside.posts.iter().position(|post| self.keeps_tokens && post.token == outgoing.token);
        let place = known.unwrap_or(inside.posts.len());
        if known.is_none() {
            let now = self.clock.now();
            let shown = after(now, seconds(inside.hidden));
            let Outgoing { text, parent, token, .. } = outgoing.clone();
            inside.posts.push(Post { text, parent, token, at: now, shown });
        }
        named(&inside.posts[place], place)
    }
}

fn named(post: &Post, place: usize) -> Published {
    Published { native_id: format!("post {}", place + 1), url: None, at: Some(post.at), remarks: Vec::new() }
}

#[async_trait]
impl Publish for Town {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let mishap = {
            let mut inside = self.inside.lock().unwrap();
            inside.asked.push(outgoing.text.clone());
            inside.plan.pop_front().unwrap_or(Mishap::None)
        };
        let error = |kind| SourceError::new(kind, "it did not work", "wait");
        match mishap {
            Mishap::None => Ok(self.take(outgoing)),
            Mishap::Away => Err(PublishError::not_sent(error(Kind::Unreachable))),
            Mishap::Wait(time) => {
                let until = Retry::NotBefore(after(now, seconds(time)));
                Err(PublishError::not_sent(error(Kind::TooMany).retrying(until)))
            }
            Mishap::Refuse => Err(PublishError::not_sent(error(Kind::Refused))),
            Mishap::LostRequest => Err(PublishError::uncertain(error(Kind::TimedOut))),
            Mishap::LostAnswer => {
                self.take(outgoing);
                Err(PublishError::uncertain(error(Kind::ServerTrouble)))
            }
            Mishap::Stall => {
                let mut onwards = self.onwards.subscribe();
                self.stalled.notify_one();
                onwards.changed().await.unwrap();
                Ok(self.take(outgoing))
            }
            Mishap::EndBefore => {
                self.stalled.notify_one();
                pending().await
            }
            Mishap::EndAfter => {
                self.take(outgoing);
                self.stalled.notify_one();
                pending().await
            }
            Mishap::Panic => panic!("the publisher fell over"),
        }
    }

    async fn find(&self, outgoing: &Outgoing, _: Timestamp, now: Timestamp) -> Result<Option<Published>, SourceError> {
        let mut inside = self.inside.lock().unwrap();
        if inside.blind > 0 {
            inside.blind -= 1;
            return Err(SourceError::new(Kind::Unreachable, "it is away", "wait"));
        }
        let found = inside
            .posts
            .iter()
            .enumerate()
            .find(|(_, post)| post.text == outgoing.text && post.parent == outgoing.parent && post.shown <= now);
        Ok(found.map(|(place, post)| named(post, place)))
    }

    async fn rules(&self, _: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules { retry_safe: self.keeps_tokens, ..TextRules::default() })
    }

    async fn identity(&self, _: Timestamp) -> Result<Author, SourceError> {
        Ok(Author { native_id: Some("us".into()), ..Author::default() })
    }
}
