//! What `reply`, `post` and `outbox approve` share: they start an engine that sends and does not listen, and wait until it is
//! clear what became of an outgoing.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, sleep, timeout};

use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use crate::domain::outbox::{Identity, Outgoing, OutgoingState, Part};
use crate::domain::{Clock, OutgoingId, SafeText, SourceId};
use crate::engine::{Door, Engine, EngineHandle, Event, Standing, SystemClock};
use crate::sources::Source;
use crate::store::Outbox;
use crate::store::sqlite::SqliteStore;

/// Longest name of an account, in characters.
pub const NAME: usize = 60;
/// How long it is waited for a process that sends, and for what the account's network accepts.
const SETTLING: Duration = Duration::from_secs(5);
/// How long one of unknown fate is waited for.
const DOUBT: Duration = Duration::from_secs(180);
/// How often the outbox is looked at though nothing was told.
const LOOK: Duration = Duration::from_secs(1);
/// The exit code when it is neither sent nor given up: uncertain, or waiting for a second voice.
pub const OPEN: u8 = 3;

/// Sends, and asks no source for what is new: unless another process does all that already.
///
/// # Errors
/// When the engine does not start.
pub async fn start(house: &House, store: &Arc<SqliteStore>, sources: Vec<Source>) -> CliResult<EngineHandle> {
    let mut plan = house.plan(Arc::clone(store), sources);
    plan.listens = false;
    Engine::start(plan).await.map_err(|error| CliError::message(error.to_string()))
}

/// An account whose network has not told who it is: it has a name, and no handle.
pub fn unknown(door: &Door) -> Identity {
    Identity {
        source: door.source,
        source_name: SafeText::line(&door.name, NAME),
        network: door.network.clone(),
        scope: door.scope.clone(),
        handle: SafeText::default(),
        name: SafeText::default(),
        rules: None,
    }
}

/// Somebody who waits for an outgoing.
pub struct Counter<'a> {
    /// The store.
    pub store: &'a SqliteStore,
    /// What sends, or follows who does.
    pub engine: &'a EngineHandle,
    /// It is told for scripts.
    pub json: bool,
}

impl Counter<'_> {
    /// Waits until somebody talks to the networks, and until it is known what the account's network accepts.
    pub async fn settle(&self, source: SourceId) {
        let begun = Instant::now();
        let known = async || {
            let known = self.store.identities().await.unwrap_or_default();
            known.iter().any(|known| known.source == source && known.rules.is_some())
        };
        while begun.elapsed() < SETTLING {
            match self.engine.standing() {
                Some(Standing::Following { .. }) => return,
                Some(Standing::Collecting) if known().await => return,
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Who sends what is held here, in words.
    pub fn sender(&self) -> String {
        match self.engine.standing() {
            Some(Standing::Following { holder }) => {
                format!("{} sends it, while this waits", SafeText::line(&holder, 80))
            }
            Some(Standing::Collecting) => "this process sends it".to_owned(),
            None => "nobody talks to the networks yet: it goes out when somebody does, while this waits".to_owned(),
        }
    }

    /// What is known of it, once it is held: when it goes out, under which account, and who sends it.
    pub fn announce(&self, held: &Outgoing, account: &str) {
        let until = held.next.map_or(0, |until| until.duration_since(SystemClock.now()).as_secs().max(0));
        let who = self.sender();
        output::remark(format!("goodword: goes out under {account} in {until} s ({who}); Ctrl-C takes it back"));
    }

    /// Waits until it is clear what became of it. Ctrl-C takes it back while it is held; once it is too late for that,
    /// a second one leaves it alone.
    ///
    /// # Errors
    /// When it was not sent, or the store refuses.
    pub async fn wait(&self, id: OutgoingId, news: &mut Receiver<Event>) -> CliResult<u8> {
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

    /// Tells how it stands.
    ///
    /// # Errors
    /// When it cannot be read or printed.
    pub async fn tell(&self, id: OutgoingId, words: &str) -> CliResult {
        match self.store.outgoing(id).await? {
            Some(now) => self.print(&now, words),
            None => Ok(()),
        }
    }

    fn print(&self, now: &Outgoing, words: &str) -> CliResult {
        if self.json { output::json(&super::outbox::as_json(now)) } else { output::line(words) }
    }
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
