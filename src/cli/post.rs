//! `post`: publishes a post of our own the way the screen does. It is the same sheet, written on without a screen: the same
//! signature, the same things that block and warn, its rehearsal among them; then held, sent by whoever holds the lease,
//! and waited for.

use std::io::{IsTerminal, Read};
use std::sync::Arc;

use super::args::{Everywhere, PostArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{Counter, NAME, OPEN, start, unknown};
use super::{output, voice};
use crate::domain::outbox::{Draft, Identity, Saved, Submission};
use crate::domain::{Clock, SafeText};
use crate::engine::campaigns::Keeper;
use crate::engine::rehearsal::Setting;
use crate::engine::{Door, EngineHandle, SystemClock};
use crate::language::Readers;
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

/// Publishes a post. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &PostArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = text(arguments)?;
    let sources = house.sources()?;
    let store = house.store().await?;
    let engine = start(&house, &store, sources).await?;
    let writer = voice::writer(&house.config, voice.as_deref(), Arc::new(Readers::trained()));
    let setup =
        Setup { voice, writer, ..Setup::new(&house.config.brand.name, house.zone(), SystemClock.now(), (80, 24)) };
    let poster = Poster {
        arguments,
        house: &house,
        store: &store,
        engine: &engine,
        context: Context::new(&setup),
        counter: Counter { store: &store, engine: &engine, json: arguments.printing.json },
    };
    let done = poster.post(&text).await;
    engine.shutdown().await;
    store.close().await;
    done
}

/// The words: those given, else what stands on standard input.
fn text(arguments: &PostArgs) -> CliResult<String> {
    let text = match &arguments.text {
        Some(text) => text.clone(),
        None => {
            if std::io::stdin().is_terminal() {
                output::remark("goodword: type the post, then Ctrl-D");
            }
            let mut text = String::new();
            std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)?;
            text
        }
    };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(
            CliError::message("there is nothing to send: give the words, or write them on standard input").refused()
        );
    }
    Ok(text)
}

struct Poster<'a> {
    arguments: &'a PostArgs,
    house: &'a House,
    store: &'a SqliteStore,
    engine: &'a EngineHandle,
    context: Context,
    counter: Counter<'a>,
}

impl Poster<'_> {
    async fn post(&self, text: &str) -> CliResult<u8> {
        let mut news = self.engine.subscribe();
        let door = self.door().await?;
        let mut sheet = self.sheet(text, &door).await?;
        let saved = match sheet.save(&self.context) {
            Some(Errand::Save { draft, .. }) => self.keep(None, *draft).await?,
            _ => return Err(CliError::message("there is nothing to send")),
        };
        let id = saved.id;
        let kept = |why: String| CliError::message(format!("{why}\nthe text is kept as the draft {id}"));
        self.counter.settle(door.source).await;
        let mut sheet = self.sheet(text, &door).await.map_err(|why| kept(why.to_string()))?;
        self.rehearse(&mut sheet).await.map_err(|why| kept(why.to_string()))?;
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
            _ => Err(kept("not sent: it was changed elsewhere".to_owned())),
        }
    }

    /// The account that it goes out under: the one that is named by its source or its handle, else the only one.
    async fn door(&self) -> CliResult<Door> {
        let doors = self.engine.publishers();
        let known = self.store.identities().await?;
        let handle = |door: &Door| {
            let identity = known.iter().find(|known| known.source == door.source);
            identity.map(|identity| bare(identity.handle.as_str())).unwrap_or_default()
        };
        let names: Vec<String> = doors.iter().map(|door| format!("\"{}\"", SafeText::line(&door.name, NAME))).collect();
        let names = names.join(", ");
        if doors.is_empty() {
            return Err(CliError::message(
                "no account in the configuration publishes: add a source with an account, and `goodword login`",
            ));
        }
        let Some(name) = &self.arguments.account else {
            let mut doors = doors.into_iter();
            return match (doors.next(), doors.next()) {
                (Some(only), None) => Ok(only),
                _ => {
                    Err(CliError::message(format!("say under which account: --account with one of {names}")).refused())
                }
            };
        };
        let named = |door: &Door| door.name.eq_ignore_ascii_case(name) || handle(door) == bare(name);
        doors.into_iter().find(named).ok_or_else(|| {
            let name = SafeText::line(name, NAME);
            CliError::message(format!("no account \"{name}\" publishes, only {names}")).refused()
        })
    }

    /// The sheet as the screen would open it under this account, with the words on it.
    async fn sheet(&self, text: &str, door: &Door) -> CliResult<Composer> {
        let now = SystemClock.now();
        let opened = everything_for(self.store, Wanted::Post { anew: true }, self.context.voice(), now).await?;
        let known = opened.identities.iter().find(|identity| identity.source == door.source).cloned();
        let identity = known.unwrap_or_else(|| unknown(door));
        let opened = Opened { identities: vec![identity], draft: None, used: Vec::new(), ..opened };
        let mut sheet = Composer::open(0, opened, &self.context).map_err(CliError::message)?;
        sheet.take_words(text, now);
        if self.arguments.parts {
            sheet.toggle_parts(now);
        }
        if self.arguments.unlisted {
            sheet.next_visibility(now).map_err(CliError::message)?;
        }
        if let Some(warning) = &self.arguments.warning {
            sheet.set_warning(warning.trim().to_owned(), now);
        }
        if let Some(lang) = &self.arguments.lang {
            sheet.set_lang(lang.clone(), now);
        }
        Ok(sheet)
    }

    /// Reads what it would do, within the campaign that it belongs to.
    async fn rehearse(&self, sheet: &mut Composer) -> CliResult {
        let (rehearsing, now) = (&self.context.writer().rehearsing, SystemClock.now());
        let books = rehearsing.books(self.store).await?;
        let ground = rehearsing.ground(&books, self.store, now).await?;
        super::campaigns::adopt(self.house, self.store).await?;
        let mut keeper = Keeper::open(self.store, self.house.scale(), now).await?;
        let board = keeper.board(self.store, &books, now).await?;
        let text = sheet.paper().text().trim().to_owned();
        let account = sheet.identity().map(|identity| identity.handle.to_string()).unwrap_or_default();
        let setting = Setting::found(&board, &text, &account);
        sheet.take_rehearsal(Arc::new(rehearsing.rehearse(&ground, &text, now, setting)), now);
        Ok(())
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
            if !self.arguments.yes {
                return Err(CliError::message(format!(
                    "not sent:\n  {reasons}\n`goodword rehearse` says what would be better; --yes sends it all the same"
                )));
            }
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
}

/// A handle without its sign, for comparing.
fn bare(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}
