//! What `reply` and `post` share: a process that sends, what speaks against it, and waiting until it is clear what became
//! of it.

use std::io::{IsTerminal, Read};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, sleep, timeout};

use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use crate::domain::outbox::{Outgoing, OutgoingState, Part, Saved, Seen, Submission};
use crate::domain::{Clock, OutgoingId, SafeText, TextRules};
use crate::engine::{Door, Engine, EngineHandle, Event, Standing, SystemClock};
use crate::sources::Source;
use crate::store::Outbox;
use crate::store::outbox::Submit;
use crate::store::sqlite::SqliteStore;

/// Largest text that is read from standard input, in bytes.
const LARGEST: u64 = 1 << 20;
/// How long it is waited for a process that sends, and for what the account's network accepts.
const SETTLING: Duration = Duration::from_secs(5);
/// How long one of unknown fate is waited for.
const DOUBT: Duration = Duration::from_secs(180);
/// How often the outbox is looked at though nothing was told.
const LOOK: Duration = Duration::from_secs(1);
/// The exit code when it is neither sent nor given up: uncertain, or waiting for a second voice.
const OPEN: u8 = 3;

/// The words: those given, else what stands on standard input. `what` is what a person is asked to type.
///
/// # Errors
/// When there are none.
pub fn words(given: Option<&str>, what: &str, how: &str) -> CliResult<String> {
    let text = match given {
        Some(text) => text.to_owned(),
        None => {
            if std::io::stdin().is_terminal() {
                output::remark(format!("goodword: type the {what}, then Ctrl-D"));
            }
            let mut text = String::new();
            std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)?;
            text
        }
    };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(
            CliError::message(format!("there is nothing to send: {how}, or the words on standard input")).refused()
        );
    }
    Ok(text)
}

/// Sends, and asks no source for what is new: unless another process does all that already.
///
/// # Errors
/// When the engine does not start.
pub async fn start(house: &House, store: &Arc<SqliteStore>, sources: Vec<Source>) -> CliResult<EngineHandle> {
    let mut plan = house.plan(Arc::clone(store), sources);
    plan.listens = false;
    Engine::start(plan).await.map_err(|error| CliError::message(error.to_string()))
}

/// Somebody who sends from the command line.
pub struct Sending<'a> {
    /// Where it is kept.
    pub store: &'a SqliteStore,
    /// Who sends it.
    pub engine: &'a EngineHandle,
    /// Who writes.
    pub voice: Option<String>,
    /// It is told as JSON.
    pub json: bool,
}

impl Sending<'_> {
    /// Sends a draft on its way and waits until it is clear what became of it: 0 when it was sent, 3 when nobody knows
    /// or a second voice must approve.
    ///
    /// # Errors
    /// What keeps it from being sent; the draft stays.
    pub async fn send(&self, saved: Saved, door: &Door, seen: Seen, news: &mut Receiver<Event>) -> CliResult<u8> {
        let id = saved.id;
        if self.store.sending_stopped().await? {
            return Err(kept(id, "all sending is stopped: `goodword outbox resume` lifts it"));
        }
        let manner = self.engine.manner();
        if manner.approval && self.voice.is_none() {
            return Err(kept(
                id,
                "not sent: a second voice must approve, so say who writes: add a [[voice]] and give --voice NAME",
            ));
        }
        let submit = Submit {
            revision: saved.revision,
            seen,
            hold: manner.hold_at(&door.network),
            approval: manner.approval,
            dry: manner.dry,
            token: crate::engine::outbox::token(),
            process: self.engine.process().to_owned(),
            voice: self.voice.clone(),
            at: SystemClock.now(),
        };
        let submission = self.store.submit(id, &submit).await?;
        self.engine.outbox_changed();
        match submission {
            Submission::Held(until) => {
                let seconds = until.duration_since(SystemClock.now()).as_secs().max(0);
                output::remark(format!("goodword: goes out under {} in {seconds} s; Ctrl-C takes it back", door.name));
                self.wait(id, news).await
            }
            Submission::AwaitingApproval => {
                self.tell(id, "waits for a second voice to approve it").await?;
                Ok(OPEN)
            }
            Submission::Changed { turns, claimed } => Err(kept(id, &changed(&turns, claimed.as_ref()))),
            Submission::Answered(other, by) => Err(kept(
                id,
                &format!(
                    "the outgoing {other}{} to the same post is on its way or out",
                    by.map(|by| format!(" by {by}")).unwrap_or_default()
                ),
            )),
            Submission::Stale => Err(kept(id, "it was changed elsewhere")),
        }
    }

    /// What the account's network accepts, when that is known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rules(&self, door: &Door) -> CliResult<Option<TextRules>> {
        let identities = self.store.identities().await?;
        Ok(identities.into_iter().find(|known| known.source == door.source).and_then(|known| known.rules))
    }

    /// Waits until somebody talks to the networks, and until it is known what the account's network accepts.
    pub async fn settle(&self, door: &Door) {
        let begun = Instant::now();
        let known = async || {
            let known = self.store.identities().await.unwrap_or_default();
            known.iter().any(|known| known.source == door.source && known.rules.is_some())
        };
        while begun.elapsed() < SETTLING {
            match self.engine.standing() {
                Some(Standing::Following { .. }) => return,
                Some(Standing::Collecting) if known().await => return,
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Waits until it is clear what became of it. Ctrl-C takes it back while it is held; once it is too late for that,
    /// a second one leaves it alone.
    async fn wait(&self, id: OutgoingId, news: &mut Receiver<Event>) -> CliResult<u8> {
        let mut doubtful: Option<Instant> = None;
        let mut interrupts = 0;
        let mut trouble = SafeText::default();
        loop {
            let Some(now) = self.store.outgoing(id).await? else {
                return Err(CliError::message("it is gone from the outbox"));
            };
            if now.trouble != trouble {
                trouble = now.trouble.clone();
                if !trouble.is_empty() && !ended(now.state) {
                    output::remark(format!("goodword: {trouble}"));
                }
            }
            if ended(now.state) {
                return self.end(&now);
            }
            doubtful = (now.state == OutgoingState::Uncertain).then(|| doubtful.unwrap_or_else(Instant::now));
            if now.state == OutgoingState::Uncertain && now.next.is_none()
                || doubtful.is_some_and(|since| since.elapsed() > DOUBT)
                || interrupts > 1
            {
                self.tell(id, "nobody knows whether it is out: `goodword outbox settle` tells goodword").await?;
                return Ok(OPEN);
            }
            tokio::select! {
                _ = timeout(LOOK, about(id, news)) => {}
                pressed = tokio::signal::ctrl_c() => {
                    pressed?;
                    interrupts += 1;
                    let taken = self.store.recall(id, SystemClock.now()).await?;
                    self.engine.outbox_changed();
                    if !taken {
                        output::remark("goodword: too late to take it back; once more to leave it alone");
                    }
                }
            }
        }
    }

    fn end(&self, now: &Outgoing) -> CliResult<u8> {
        let last = now.parts.last();
        let name = |part: &Part| part.native_id.as_deref().map(|id| SafeText::line(id, 200));
        let place = last.and_then(|part| part.url.clone().or_else(|| name(part)));
        let (code, words) = match now.state {
            OutgoingState::Sent if now.dry => (0, "rehearsed: nothing was sent (dry_run)".to_owned()),
            OutgoingState::Sent => (0, format!("sent: {}", place.unwrap_or_default())),
            OutgoingState::Failed => (1, format!("not sent: {}", now.trouble)),
            OutgoingState::Draft if now.trouble.is_empty() => (1, format!("taken back: it is the draft {}", now.id)),
            OutgoingState::Draft => (1, format!("{}: it is the draft {}", now.trouble, now.id)),
            _ => (1, "withdrawn".to_owned()),
        };
        self.print(now, &words)?;
        now.remarks.iter().for_each(|remark| output::remark(format!("goodword: {remark}")));
        if code == 0 { Ok(0) } else { Err(CliError::Said(code)) }
    }

    async fn tell(&self, id: OutgoingId, words: &str) -> CliResult {
        match self.store.outgoing(id).await? {
            Some(now) => self.print(&now, words),
            None => Ok(()),
        }
    }

    fn print(&self, now: &Outgoing, words: &str) -> CliResult {
        if self.json { output::json(&super::outbox::as_json(now)) } else { output::line(words) }
    }
}

/// Why it was not sent, and where its words are.
pub fn kept(id: OutgoingId, why: &str) -> CliError {
    CliError::message(format!("{why}\nthe text is kept as the draft {id}"))
}

/// Fails when a network does not take a text.
///
/// # Errors
/// Then, with how long it is.
pub fn must_fit(rules: Option<&TextRules>, text: &str) -> CliResult {
    let Some(rules) = rules.filter(|rules| !rules.fits(text)) else { return Ok(()) };
    let most = rules.longest.map(|most| format!(", of at most {most}")).unwrap_or_default();
    Err(CliError::message(format!("it does not fit: {} signs{most}", rules.length(text))))
}

/// Whether nothing more happens to it by itself.
fn ended(state: OutgoingState) -> bool {
    use OutgoingState::{Draft, Failed, Sent, Withdrawn};
    matches!(state, Draft | Failed | Sent | Withdrawn)
}

/// Returns when something was told about it.
async fn about(id: OutgoingId, news: &mut Receiver<Event>) {
    loop {
        match news.recv().await {
            Ok(Event::Outgoing { id: known, .. }) if known == id => return,
            Ok(_) => {}
            Err(_) => return sleep(LOOK).await,
        }
    }
}

fn changed(turns: &[crate::domain::case::Turn], claimed: Option<&SafeText>) -> String {
    let mut words = "the thread has moved on:".to_owned();
    for turn in turns {
        words.push_str(&format!("\n  {:.0} {}: {}", turn.at, turn.who, SafeText::line(turn.text.as_str(), 200)));
    }
    if let Some(voice) = claimed {
        words.push_str(&format!("\n  {voice} has claimed it"));
    }
    words
}
