//! One outgoing on its way: the network is told, or asked what it has, and what became of it is stored.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{ABSENT, Desk, pace};
use crate::domain::outbox::Outgoing;
use crate::domain::{SafeText, Timestamp};
use crate::engine::{holder, supervise};
use crate::sources::{self, Fate, Publish, PublishError, Published, Retry, SourceError, SourceErrorKind};
use crate::store::outbox::{Attempt, Begin, Job};
use crate::store::{StoreError, StoreResult};

/// What is under way when the program ends gets so long to come to an end.
const LAST_WORDS: Duration = Duration::from_millis(1_500);
/// How often a busy store is tried again with what became of a post, and after how long.
const BUSY_TRIES: u32 = 5;
const BUSY_PAUSE: Duration = Duration::from_millis(300);
/// Longest trouble, in characters.
const LINE: usize = 600;

/// An outgoing on its way.
pub(super) struct Flight {
    pub(super) desk: Desk,
    /// The program ends.
    pub(super) stop: CancellationToken,
}

impl Flight {
    /// Does what the job asks for. Everything that is learned is stored before it returns.
    pub(super) async fn run(&self, job: Job) -> StoreResult<()> {
        if job.look {
            return self.look(job).await;
        }
        // A process of this machine that has ended is swept in a moment.
        if holder::is_gone(&job.process) {
            return Ok(());
        }
        self.send(job, false).await.map(drop)
    }

    fn now(&self) -> Timestamp {
        self.desk.shared.clock.now()
    }

    /// Sends part after part. False when it was not begun.
    async fn send(&self, mut job: Job, mut once_more: bool) -> StoreResult<bool> {
        let mut begun = false;
        while let Some(part) = job.outgoing.parts.iter().position(|part| part.native_id.is_none()) {
            if !self.begin(&job, part, once_more).await? {
                return Ok(begun);
            }
            begun = true;
            let attempt = if job.outgoing.dry { Attempt::Rehearsed } else { self.publish(&job, part, once_more).await };
            let native_id = match &attempt {
                Attempt::Published { native_id, .. } => Some(native_id.clone()),
                Attempt::Rehearsed => Some(String::new()),
                _ => None,
            };
            self.finish(&job.outgoing, part, attempt).await?;
            let (Some(_), Some(known)) = (&native_id, job.outgoing.parts.get_mut(part)) else { return Ok(true) };
            known.native_id = native_id;
            (job.outgoing.attempts, job.since, job.looks, once_more) = (0, None, 0, false);
        }
        Ok(begun)
    }

    async fn begin(&self, job: &Job, part: usize, once_more: bool) -> StoreResult<bool> {
        let shared = &self.desk.shared;
        let lease = shared.keeper.valid(self.desk.epoch).await?;
        let now = self.now();
        let seen = crate::engine::clock::after(now, -ABSENT);
        let wish = Begin { id: job.outgoing.id, token: job.token.clone(), part, once_more, seen, now };
        let begun = shared.store.begin(&lease, &wish).await?;
        if begun {
            self.desk.bell.watcher.notify_one();
        }
        Ok(begun)
    }

    /// Asks the network to publish a part.
    async fn publish(&self, job: &Job, part: usize, once_more: bool) -> Attempt {
        let outgoing = &job.outgoing;
        let Some(publisher) = self.publisher(outgoing) else {
            let trouble = "the goodword that talks to the networks cannot publish there: look at its sources";
            return Attempt::Failed { trouble: clean(trouble) };
        };
        let wire = wire(job, part);
        let asked = async {
            let asked = supervise::caught(publisher.publish(&wire, self.now()));
            self.while_it_is_ours(asked).await
        };
        let answer = tokio::select! { biased; answer = asked => answer, () = self.ends() => None };
        let now = self.now();
        match answer {
            Some(Ok(Ok(published))) => self.published(outgoing, published),
            Some(Ok(Err(error))) => self.failed(job, &error, once_more, now),
            Some(Err(why)) => in_doubt(&format!("goodword fell over while it was being sent: {why}"), job.looks, now),
            None => in_doubt("goodword broke off while it was being sent", job.looks, now),
        }
    }

    fn publisher(&self, outgoing: &Outgoing) -> Option<Arc<dyn Publish>> {
        self.desk.hands(outgoing.source)?.publish
    }

    fn published(&self, outgoing: &Outgoing, published: Published) -> Attempt {
        let author = self.desk.author(outgoing.source).unwrap_or_default();
        let Published { native_id, url, at, remarks } = published;
        Attempt::Published { native_id, url, at, remarks, author }
    }

    fn failed(&self, job: &Job, error: &PublishError, once_more: bool, now: Timestamp) -> Attempt {
        // That a second attempt did not go out says nothing about the first.
        if error.fate == Fate::Uncertain || once_more {
            let looks = if once_more { job.looks } else { 0 };
            // What the network would have a person do is not said: goodword looks first.
            return in_doubt(error.error.what.as_str(), looks, now);
        }
        let attempts = job.outgoing.attempts.saturating_add(1);
        match pace::again(&error.error, attempts, now, (self.desk.shared.dice)()) {
            Some(next) => Attempt::Again { trouble: clean(&format!("not sent yet: {error}")), next },
            None => Attempt::Failed { trouble: clean(&error.to_string()) },
        }
    }

    /// Asks the network whether it has what nobody knows of.
    async fn look(&self, job: Job) -> StoreResult<()> {
        let outgoing = &job.outgoing;
        let Some(part) = outgoing.parts.iter().position(|part| part.native_id.is_none()) else { return Ok(()) };
        let looked = match self.publisher(outgoing) {
            Some(publisher) => {
                let (wire, since) = (wire(&job, part), job.since.unwrap_or(outgoing.changed));
                let asked = async {
                    let asked = supervise::caught(publisher.find(&wire, since, self.now()));
                    self.while_it_is_ours(asked).await
                };
                let answer = tokio::select! { biased; answer = asked => answer, () = self.ends() => None };
                match answer {
                    Some(answer) => answer,
                    // Another process looks from now on.
                    None => return Ok(()),
                }
            }
            None => Err("the goodword that talks to the networks cannot look there".to_owned()),
        };
        let now = self.now();
        let attempt = match looked {
            Ok(Ok(Some(published))) => self.published(outgoing, published),
            Ok(Ok(None)) => {
                let looks = job.looks.saturating_add(1);
                if looks >= pace::ENOUGH && self.may_once_more(&job, now).await? {
                    let again = Job { looks, ..job.clone() };
                    if self.send(again, true).await? {
                        return Ok(());
                    }
                }
                not_found(looks, now)
            }
            Ok(Err(error)) => unanswered(error.what.as_str(), for_good(&error), &job, now),
            Err(why) => unanswered(&why, false, &job, now),
        };
        self.finish(outgoing, part, attempt).await
    }

    /// Whether the network keeps tokens, still knows this one, and somebody is there to see what happens.
    async fn may_once_more(&self, job: &Job, now: Timestamp) -> StoreResult<bool> {
        if !job.since.is_some_and(|since| pace::is_token_alive(since, now)) || holder::is_gone(&job.process) {
            return Ok(false);
        }
        let known = self.desk.shared.store.identities().await?;
        let rules = known.into_iter().find(|known| known.source == job.outgoing.source).and_then(|known| known.rules);
        Ok(rules.is_some_and(|rules| rules.retry_safe))
    }

    /// Stores what became of a part, and tells it.
    async fn finish(&self, outgoing: &Outgoing, part: usize, attempt: Attempt) -> StoreResult<()> {
        let shared = &self.desk.shared;
        let mut tries = 0;
        let recorded = loop {
            let lease = shared.keeper.valid(self.desk.epoch).await?;
            let _pen = shared.pen.lock().await;
            match shared.store.finish(&lease, outgoing.id, part, &attempt, self.now()).await {
                Err(StoreError::Busy) if tries < BUSY_TRIES => tries += 1,
                result => break result?,
            }
            sleep(BUSY_PAUSE).await;
        };
        shared.herald.recorded(outgoing.source, recorded);
        self.desk.bell.ring();
        Ok(())
    }

    /// Lets the network be asked only while the lease is ours: whoever slept past it does not go on where it was, but
    /// finds out what became of it. `None` then. Looked at each time before anything goes on.
    async fn while_it_is_ours<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.desk.shared.keeper.holds(self.desk.epoch) {
                work.as_mut().poll(context).map(Some)
            } else {
                Poll::Ready(None)
            }
        })
        .await
    }

    async fn ends(&self) {
        self.stop.cancelled().await;
        sleep(LAST_WORDS).await;
    }
}

/// A part as its network is told.
fn wire(job: &Job, part: usize) -> sources::Outgoing {
    let Outgoing { target, parts, visibility, content_warning, lang, .. } = &job.outgoing;
    let native = |part: Option<usize>| parts.get(part?)?.native_id.clone().filter(|id| !id.is_empty());
    let above = native(part.checked_sub(1));
    let root = target.root.clone().or_else(|| target.parent.clone().filter(|_| part > 0));
    sources::Outgoing {
        text: parts.get(part).map(|part| part.text.clone()).unwrap_or_default(),
        parent: above.or_else(|| target.parent.clone()),
        root: root.or_else(|| native(Some(0)).filter(|_| part > 0)),
        quote: target.quote.clone().filter(|_| part == 0),
        visibility: *visibility,
        content_warning: content_warning.clone(),
        lang: lang.clone(),
        token: if part == 0 { job.token.clone() } else { format!("{}{part}", job.token) },
    }
}

/// What follows the reason while it is looked for.
const LOOKED_FOR: &str = "; it may or may not be out, and is looked for now";
/// What a person should do where nothing else is left.
const YOURSELF: &str = "look for yourself, then say whether it is out";

/// Nobody knows whether it went out, for this reason.
fn in_doubt(why: &str, looks: u32, now: Timestamp) -> Attempt {
    Attempt::Uncertain { trouble: clean(&format!("{why}{LOOKED_FOR}")), next: pace::look(looks, now), looked: false }
}

/// Whether nobody can ever be asked what went out, as with a command that only publishes.
fn for_good(error: &SourceError) -> bool {
    error.kind == SourceErrorKind::Local && error.retry == Retry::Never
}

fn not_found(looks: u32, now: Timestamp) -> Attempt {
    let next = pace::look(looks, now);
    let times = if looks == 1 { "once".to_owned() } else { format!("{looks} times") };
    let trouble = match next {
        Some(_) => format!("it may or may not be out: looked for {times}, not found yet; it is looked for again"),
        None => format!("it may or may not be out: looked for {times}, not found; {YOURSELF}"),
    };
    Attempt::Uncertain { trouble: clean(&trouble), next, looked: true }
}

/// Where it should have been looked for, that was not possible. Where nobody can ever be asked, a person looks.
fn unanswered(why: &str, for_good: bool, job: &Job, now: Timestamp) -> Attempt {
    if for_good {
        let first = job.outgoing.trouble.as_str();
        let first = first.strip_suffix(LOOKED_FOR).unwrap_or("goodword was broken off while it was sent");
        return Attempt::Uncertain {
            trouble: clean(&format!("{first}; it may or may not be out, and nobody can be asked: {YOURSELF}")),
            next: None,
            looked: false,
        };
    }
    let next = pace::unanswered(job.since.unwrap_or(job.outgoing.changed), now);
    let then = if next.is_some() { "it is looked for again" } else { YOURSELF };
    let trouble = format!("it may or may not be out: it could not be looked for ({why}); {then}");
    Attempt::Uncertain { trouble: clean(&trouble), next, looked: false }
}

fn clean(words: &str) -> SafeText {
    SafeText::line(words, LINE)
}
