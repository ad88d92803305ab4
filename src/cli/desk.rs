//! The desk at which `reply` and `post` write: the screen's own sheet without a screen, with the same signature and the same
//! things that block and ask. What is written is a draft from the first moment, then held, sent by whoever holds the lease,
//! and waited for.

use std::io::{IsTerminal, Read};
use std::sync::Arc;

use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{Counter, OPEN, unknown};
use super::{output, voice};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Saved, Submission};
use crate::domain::{Clock, OutgoingId, SafeText};
use crate::engine::{Door, EngineHandle, SystemClock};
use crate::store::outbox::Submit;
use crate::store::sqlite::SqliteStore;
use crate::store::{Outbox, Store};
use crate::tui::app::Setup;
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::{Errand, Opened, Submit as Wish, Wanted};
use crate::tui::app::composer::gate::{Go, Outside};
use crate::tui::app::context::Context;
use crate::tui::runtime::everything_for;

/// Largest text that is read from standard input, in bytes.
const LARGEST: u64 = 1 << 20;
/// Drafts, the newest, among which the same words are looked for.
const DRAFTS: u32 = 1_000;

/// The words: those given, else what stands on standard input.
///
/// # Errors
/// When there are none, or standard input cannot be read.
pub fn words(given: Option<&str>, what: &str) -> CliResult<String> {
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
        let why = format!("there is nothing to send: give the {what}, or write it on standard input");
        return Err(CliError::message(why).refused());
    }
    Ok(text)
}

/// How a command was told to send.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// What the sheet asks is answered with yes.
    pub yes: bool,
    /// It is told for scripts.
    pub json: bool,
    /// What else helps where the sheet asks, before "--yes sends it all the same"; may be empty.
    pub advice: &'static str,
}

/// Where one text is written, held and sent.
pub struct Desk<'a> {
    store: &'a SqliteStore,
    engine: &'a EngineHandle,
    context: Context,
    counter: Counter<'a>,
    sending: Sending,
}

impl<'a> Desk<'a> {
    /// A desk at which this voice writes.
    pub fn new(
        house: &House,
        store: &'a SqliteStore,
        engine: &'a EngineHandle,
        voice: Option<String>,
        sending: Sending,
    ) -> Self {
        let writer = voice::writer(&house.config, voice.as_deref(), Arc::new(house.readers()));
        let setup =
            Setup { voice, writer, ..Setup::new(&house.config.brand.name, house.zone(), SystemClock.now(), (80, 24)) };
        let counter = Counter { store, engine, json: sending.json };
        Self { store, engine, context: Context::new(&setup), counter, sending }
    }

    /// What is stored.
    pub const fn store(&self) -> &'a SqliteStore {
        self.store
    }

    /// What sends, or follows who does.
    pub const fn engine(&self) -> &'a EngineHandle {
        self.engine
    }

    /// What the sheet knows of who writes, and when.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The sheet as the screen would open it under this account, empty whatever drafts there are.
    ///
    /// # Errors
    /// When what it needs cannot be read, or the sheet does not open.
    pub async fn open(&self, wanted: Wanted, door: &Door) -> CliResult<Composer> {
        let opened = everything_for(self.store, wanted, self.context.voice(), SystemClock.now()).await?;
        let known = opened.identities.iter().find(|identity| identity.source == door.source).cloned();
        let identity = known.unwrap_or_else(|| unknown(door));
        let opened = Opened { identities: vec![identity], draft: None, used: Vec::new(), ..opened };
        Composer::open(0, opened, &self.context).map_err(CliError::message)
    }

    /// Keeps what is on the sheet as a draft (the one that is there, when its words are the same), opens the sheet `again` once it is known what the network accepts, and
    /// sends it from there. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve.
    ///
    /// # Errors
    /// What keeps it from being sent; from the draft on, with the draft's number.
    pub async fn send(
        &self,
        door: &Door,
        mut sheet: Composer,
        again: impl AsyncFnOnce() -> CliResult<Composer>,
    ) -> CliResult<u8> {
        let Some(Errand::Save { draft, .. }) = sheet.save(&self.context) else {
            return Err(CliError::message("there is nothing to send"));
        };
        let there = self.same(&draft).await?;
        let saved = self.keep(there, *draft).await?;
        let id = saved.id;
        self.counter.settle(door.source).await;
        let kept = |why: CliError| CliError::message(format!("{why}\nthe text is kept as the draft {id}"));
        let (sheet, submission) = self.submit(door, saved, again).await.map_err(kept)?;
        self.follow(id, sheet, &submission).await
    }

    async fn submit(
        &self,
        door: &Door,
        saved: Saved,
        again: impl AsyncFnOnce() -> CliResult<Composer>,
    ) -> CliResult<(Composer, Submission)> {
        let mut sheet = again().await?;
        let (draft, wish) = self.through_the_gate(&mut sheet).await?;
        let saved = self.keep(Some(saved), draft).await?;
        let submission = self.store.submit(saved.id, &self.order(door, saved.revision, &wish)).await?;
        self.engine.outbox_changed();
        Ok((sheet, submission))
    }

    /// Waits for what was submitted, or tells what keeps it.
    async fn follow(&self, id: OutgoingId, mut sheet: Composer, submission: &Submission) -> CliResult<u8> {
        let kept = |why: String| CliError::message(format!("{why}\nthe text is kept as the draft {id}"));
        match submission {
            Submission::Held(_) => {
                let mut news = self.engine.subscribe();
                let account = sheet.identity().map(Identity::shown).unwrap_or_default();
                if let Some(held) = self.store.outgoing(id).await? {
                    self.counter.announce(&held, &account);
                }
                self.counter.wait(id, &mut news).await
            }
            Submission::AwaitingApproval => {
                let words = format!("waits for a second voice: `goodword outbox approve {id} --voice NAME`");
                self.counter.tell(id, &words).await?;
                Ok(OPEN)
            }
            Submission::Changed { .. } | Submission::Answered(..) => {
                sheet.submitted(submission);
                let reasons = sheet.asking().map(|asking| asking.reasons.join("\n  ")).unwrap_or_default();
                Err(kept(format!("not sent, the thread has moved on:\n  {reasons}")))
            }
            Submission::Stale => Err(kept("not sent: it was changed elsewhere".to_owned())),
        }
    }

    /// Sends it from the sheet: what blocks there blocks here, and what is asked there needs `--yes`.
    async fn through_the_gate(&self, sheet: &mut Composer) -> CliResult<(Draft, Wish)> {
        if self.store.sending_stopped().await? {
            return Err(CliError::message("all sending is stopped: `goodword outbox resume` lifts it"));
        }
        if sheet.is_by_hand() {
            return Err(CliError::message(sheet.remark().unwrap_or_else(|| "it goes by hand there".to_owned())));
        }
        let outside = Outside { stopped: false, paused: self.store.paused().await? };
        let mut go = sheet.send(outside, &self.context);
        let asked = sheet.asking().map(|asking| asking.reasons.join("\n  "));
        if let Some(reasons) = asked {
            if !self.sending.yes {
                let advice = self.sending.advice;
                return Err(CliError::message(format!("not sent:\n  {reasons}\n{advice}--yes sends it all the same")));
            }
            output::remark(format!("goodword: sent all the same (--yes), though:\n  {reasons}"));
            go = sheet.send_anyway(outside, &self.context);
        }
        let (mut draft, mut wish) = (None, None);
        if let Go::Send(errands) = go {
            for errand in errands {
                match errand {
                    Errand::Save { draft: words, .. } => draft = Some(*words),
                    Errand::Submit(submit) => wish = Some(submit),
                    _ => {}
                }
            }
        }
        draft.zip(wish).ok_or_else(|| {
            let blocked = sheet.blocked().join("\n  ");
            let over = !sheet.parted() && sheet.tally(&self.context).is_over();
            let parts = if over { "\n--parts lets it go out as several posts" } else { "" };
            CliError::message(format!("not sent:\n  {blocked}{parts}"))
        })
    }

    /// The draft of this voice that says the same under the same account in the same place.
    async fn same(&self, draft: &Draft) -> CliResult<Option<Saved>> {
        let signature = self.context.writer().signature.as_deref().unwrap_or_default().trim();
        let bare = |words: &str| {
            let words = words.trim_end();
            words.strip_suffix(signature).unwrap_or(words).trim_end().to_owned()
        };
        let words: Vec<String> = draft.parts.iter().map(|part| bare(part)).collect();
        let same = |one: &Outgoing| {
            one.mention == draft.mention
                && one.source == draft.source
                && one.target.parent == draft.target.parent
                && one.voice.as_ref().map(SafeText::as_str) == draft.voice.as_deref()
                && one.parts.iter().map(|part| bare(&part.text)).eq(words.iter().cloned())
        };
        let drafts = self.store.outgoings(&[OutgoingState::Draft], DRAFTS).await?;
        Ok(drafts.iter().find(|one| same(one)).map(|one| Saved { id: one.id, revision: one.revision }))
    }

    async fn keep(&self, over: Option<Saved>, draft: Draft) -> CliResult<Saved> {
        let saved = self.store.save_draft(&Draft { over, ..draft }, SystemClock.now()).await?;
        saved.ok_or_else(|| CliError::message("the draft could not be saved: it was changed elsewhere"))
    }

    fn order(&self, door: &Door, revision: i64, wish: &Wish) -> Submit {
        let manner = self.engine.manner();
        Submit {
            revision,
            seen: wish.seen.clone(),
            hold: manner.hold_at(&door.network),
            approval: manner.approval,
            dry: manner.dry,
            token: crate::engine::outbox::token(),
            process: self.engine.process().to_owned(),
            voice: wish.voice.clone(),
            at: SystemClock.now(),
        }
    }
}
