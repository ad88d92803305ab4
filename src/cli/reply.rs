//! `reply`: answers a mention the way the screen does. It is the same sheet, written on without a screen: the same
//! signature, the same coach, the same things that block; then held, sent by whoever holds the lease, and waited for.

use std::io::{IsTerminal, Read};
use std::sync::Arc;

use super::args::{Everywhere, ReplyArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{Counter, OPEN, start, unknown};
use super::{output, voice};
use crate::domain::outbox::{Draft, Identity, Saved, Submission};
use crate::domain::{Answerable, Clock, Mention, MentionId, SafeText};
use crate::engine::{Door, EngineHandle, SystemClock};
use crate::language::Readers;
use crate::store::outbox::Submit;
use crate::store::sqlite::SqliteStore;
use crate::store::{Outbox, Store};
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::{Errand, Opened, Submit as Wish, Wanted};
use crate::tui::app::composer::gate::{Go, Outside};
use crate::tui::app::context::Context;
use crate::tui::app::{Setup, Writer};
use crate::tui::runtime::everything_for;

/// Largest text that is read from standard input, in bytes.
const LARGEST: u64 = 1 << 20;

/// Replies. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &ReplyArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = text(arguments)?;
    let sources = house.sources()?;
    let scopes: Vec<Option<String>> = sources.iter().map(|source| source.scope.clone()).collect();
    let store = house.store().await?;
    let mention = store.mention(MentionId(arguments.mention)).await?.ok_or_else(|| {
        CliError::message(format!(
            "there is no mention {}: `goodword search` and `goodword export` name them",
            arguments.mention
        ))
    })?;
    let engine = start(&house, &store, sources).await?;
    let writer = voice::writer(&house.config, voice.as_deref(), Arc::new(Readers::trained()));
    let desk = Desk {
        arguments,
        store: &store,
        engine: &engine,
        mention: &mention,
        context: context(&house, voice, writer),
        counter: Counter { store: &store, engine: &engine, json: arguments.printing.json },
    };
    let done = desk.reply(&text, &scopes).await;
    engine.shutdown().await;
    store.close().await;
    done
}

/// What the sheet must know of who writes, and when.
fn context(house: &House, voice: Option<String>, writer: Writer) -> Context {
    let setup =
        Setup { voice, writer, ..Setup::new(&house.config.brand.name, house.zone(), SystemClock.now(), (80, 24)) };
    Context::new(&setup)
}

/// The words: those given, else what stands on standard input.
fn text(arguments: &ReplyArgs) -> CliResult<String> {
    let text = match &arguments.text {
        Some(text) => text.clone(),
        None => {
            if std::io::stdin().is_terminal() {
                output::remark("goodword: type the answer, then Ctrl-D");
            }
            let mut text = String::new();
            std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)?;
            text
        }
    };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(
            CliError::message("there is nothing to send: give --text, or the words on standard input").refused()
        );
    }
    Ok(text)
}

struct Desk<'a> {
    arguments: &'a ReplyArgs,
    store: &'a SqliteStore,
    engine: &'a EngineHandle,
    mention: &'a Mention,
    context: Context,
    counter: Counter<'a>,
}

impl Desk<'_> {
    async fn reply(&self, text: &str, scopes: &[Option<String>]) -> CliResult<u8> {
        let mut news = self.engine.subscribe();
        let door = self.door(scopes)?;
        let mut sheet = self.sheet(text, &door).await?;
        let saved = match sheet.save(&self.context) {
            Some(Errand::Save { draft, .. }) => self.keep(None, *draft).await?,
            _ => return Err(CliError::message("there is nothing to send")),
        };
        let id = saved.id;
        let kept = |why: String| CliError::message(format!("{why}\nthe text is kept as the draft {id}"));
        self.counter.settle(door.source).await;
        let mut sheet = self.sheet(text, &door).await.map_err(|why| kept(why.to_string()))?;
        let (draft, wish) = self.through_the_gate(&mut sheet).await.map_err(|why| kept(why.to_string()))?;
        let saved = self.keep(Some(saved), draft).await.map_err(|why| kept(why.to_string()))?;
        let submission = self.store.submit(id, &self.submit(&door, saved.revision, &wish)).await?;
        self.engine.outbox_changed();
        match &submission {
            Submission::Held(_) => {
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
                sheet.submitted(&submission);
                let reasons = sheet.asking().map(|asking| asking.reasons.join("\n  ")).unwrap_or_default();
                Err(kept(format!("not sent, the thread has moved on:\n  {reasons}")))
            }
            Submission::Stale => Err(kept("not sent: it was changed elsewhere".to_owned())),
        }
    }

    /// The sheet as the screen would open it under this account, with the words on it.
    async fn sheet(&self, text: &str, door: &Door) -> CliResult<Composer> {
        let now = SystemClock.now();
        let wanted = Wanted::Mention(self.mention.row.id);
        let opened = everything_for(self.store, wanted, self.context.voice(), now).await?;
        let known = opened.identities.iter().find(|identity| identity.source == door.source).cloned();
        let identity = known.unwrap_or_else(|| unknown(door));
        // Every call is an answer of its own: an earlier draft is left alone.
        let opened = Opened { identities: vec![identity], draft: None, used: Vec::new(), ..opened };
        let mut sheet = Composer::open(0, opened, &self.context).map_err(CliError::message)?;
        sheet.take_answer(text, now);
        if self.arguments.parts {
            sheet.toggle_parts(now);
        }
        Ok(sheet)
    }

    /// Sends it from the sheet: what blocks there blocks here, and what is asked there needs `--yes`.
    async fn through_the_gate(&self, sheet: &mut Composer) -> CliResult<(Draft, Wish)> {
        if self.store.sending_stopped().await? {
            return Err(CliError::message("all sending is stopped: `goodword outbox resume` lifts it"));
        }
        let outside = Outside { stopped: false, paused: self.store.paused().await? };
        let mut go = sheet.send(outside, &self.context);
        let asked = sheet.asking().map(|asking| asking.reasons.join("\n  "));
        if let Some(reasons) = asked {
            if !self.arguments.yes {
                return Err(CliError::message(format!("not sent:\n  {reasons}\n--yes sends it all the same")));
            }
            go = sheet.send_anyway(outside, &self.context);
        }
        let mut draft = None;
        let mut wish = None;
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
            let parts = if sheet.parted() || !sheet.tally(&self.context).is_over() {
                ""
            } else {
                "\n--parts lets it go out as several posts"
            };
            CliError::message(format!("not sent:\n  {blocked}{parts}"))
        })
    }

    async fn keep(&self, over: Option<Saved>, draft: Draft) -> CliResult<Saved> {
        let saved = self.store.save_draft(&Draft { over, ..draft }, SystemClock.now()).await?;
        saved.ok_or_else(|| CliError::message("the draft could not be saved: it was changed elsewhere"))
    }

    fn submit(&self, door: &Door, revision: i64, wish: &Wish) -> Submit {
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

    /// The account that it goes out under: the one that is named, else the source's own, else another that knows the
    /// post by the same name.
    fn door(&self, scopes: &[Option<String>]) -> CliResult<Door> {
        match self.mention.answerable {
            Answerable::AsSource => {}
            Answerable::InBrowser => return Err(CliError::message("it can be answered in the browser only")),
            Answerable::Nowhere => {
                return Err(CliError::message("it can be answered nowhere: it is closed or archived"));
            }
        }
        let source = self.mention.row.source;
        let adopted = self.engine.adopted();
        let place = adopted.sources.iter().position(|known| *known == source);
        let scope = place.and_then(|place| scopes.get(place)).cloned().flatten();
        let fits = |door: &Door| door.source == source || scope.is_some() && door.scope == scope;
        let mut doors: Vec<Door> = self.engine.publishers().into_iter().filter(fits).collect();
        let names: Vec<String> = doors.iter().map(|door| format!("\"{}\"", SafeText::line(&door.name, 60))).collect();
        if let Some(name) = &self.arguments.account {
            doors.retain(|door| door.name.eq_ignore_ascii_case(name));
        } else {
            doors.sort_by_key(|door| door.source != source);
        }
        doors.into_iter().next().ok_or_else(|| {
            CliError::message(match (names.as_slice(), &self.arguments.account) {
                ([], _) => {
                    "no account in the configuration reaches it: its source cannot publish, and no other source \
                            knows its posts by the same names"
                        .to_owned()
                }
                (_, name) => format!(
                    "it cannot be answered as \"{}\", only as {}",
                    SafeText::line(name.as_deref().unwrap_or_default(), 60),
                    names.join(" or ")
                ),
            })
        })
    }
}
