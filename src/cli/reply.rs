//! `reply`: answers a mention the way the screen does: saved as a draft, coached, held, sent by whoever holds the lease,
//! and waited for.

use std::io::{IsTerminal, Read};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, sleep, timeout};

use super::args::{Everywhere, ReplyArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::{output, voice};
use crate::domain::outbox::{Draft, Outgoing, OutgoingState, Part, Saved, Seen, Submission, Target};
use crate::domain::{Answerable, Clock, Mention, MentionId, OutgoingId, SafeText};
use crate::engine::{Door, Engine, EngineHandle, Event, Standing, SystemClock};
use crate::language::Readers;
use crate::language::coach::{Flag, ReadCoach, Remark, RuleCoach};
use crate::sources::Source;
use crate::store::outbox::Submit;
use crate::store::sqlite::SqliteStore;
use crate::store::{Cases, Outbox, Store};

/// Largest text that is read from standard input, in bytes.
const LARGEST: u64 = 1 << 20;
/// How long it is waited for a process that sends, and for what the account's network accepts.
const SETTLING: Duration = Duration::from_secs(5);
/// How long one of unknown fate is waited for.
const DOUBT: Duration = Duration::from_secs(180);
/// How often the outbox is looked at though nothing was told.
const LOOK: Duration = Duration::from_secs(1);
/// Turns of the thread that count as seen.
const TURNS: u32 = 100;
/// The exit code when it is neither sent nor given up: uncertain, or waiting for a second voice.
const OPEN: u8 = 3;

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
    let desk = Desk { arguments, store: &store, engine: &engine, mention: &mention, voice };
    let done = desk.reply(&text, &scopes).await;
    engine.shutdown().await;
    store.close().await;
    done
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

/// Sends, and asks no source for what is new: unless another process does all that already.
async fn start(house: &House, store: &Arc<SqliteStore>, sources: Vec<Source>) -> CliResult<EngineHandle> {
    let mut plan = house.plan(Arc::clone(store), sources);
    plan.listens = false;
    Engine::start(plan).await.map_err(|error| CliError::message(error.to_string()))
}

struct Desk<'a> {
    arguments: &'a ReplyArgs,
    store: &'a SqliteStore,
    engine: &'a EngineHandle,
    mention: &'a Mention,
    /// Who answers.
    voice: Option<String>,
}

impl Desk<'_> {
    async fn reply(&self, text: &str, scopes: &[Option<String>]) -> CliResult<u8> {
        let mut news = self.engine.subscribe();
        let door = self.door(scopes)?;
        let saved = self.save(text, &door).await?;
        let id = saved.id;
        let kept = |why: String| CliError::message(format!("{why}\nthe text is kept as the draft {id}"));
        self.settle(&door).await;
        self.check(text, &door).await.map_err(|why| kept(why.to_string()))?;
        if self.store.sending_stopped().await? {
            return Err(kept("all sending is stopped: `goodword outbox resume` lifts it".to_owned()));
        }
        if self.engine.manner().approval && self.voice.is_none() {
            return Err(kept(
                "not sent: a second voice must approve, so say who writes: add a [[voice]] and give --voice NAME"
                    .to_owned(),
            ));
        }
        let submission = self.store.submit(id, &self.wish(&door, saved.revision).await?).await?;
        self.engine.outbox_changed();
        match submission {
            Submission::Held(until) => {
                let seconds = until.duration_since(SystemClock.now()).as_secs().max(0);
                output::remark(format!("goodword: goes out under {} in {seconds} s; Ctrl-C takes it back", door.name));
                self.wait(id, &mut news).await
            }
            Submission::AwaitingApproval => {
                self.tell(id, "waits for a second voice to approve it").await?;
                Ok(OPEN)
            }
            Submission::Changed { turns, claimed } => Err(kept(changed(&turns, claimed.as_ref()))),
            Submission::Answered(other, by) => Err(kept(format!(
                "the outgoing {other}{} to the same post is on its way or out",
                by.map(|by| format!(" by {by}")).unwrap_or_default()
            ))),
            Submission::Stale => Err(kept("it was changed elsewhere".to_owned())),
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

    async fn save(&self, text: &str, door: &Door) -> CliResult<Saved> {
        let mention = self.mention;
        let warning = Some(mention.row.content_warning.to_string()).filter(|warning| !warning.is_empty());
        let draft = Draft {
            over: None,
            source: door.source,
            case: self.store.case_of(mention.row.id).await.unwrap_or_default(),
            mention: Some(mention.row.id),
            target: Target {
                parent: Some(mention.native_id.clone()),
                root: mention.root.clone(),
                quote: None,
                who: Some(mention.row.author.to_string()),
            },
            parts: vec![text.to_owned()],
            visibility: mention.row.visibility,
            content_warning: warning,
            lang: None,
            voice: self.voice.clone(),
        };
        let saved = self.store.save_draft(&draft, SystemClock.now()).await?;
        saved.ok_or_else(|| CliError::message("the draft could not be saved"))
    }

    /// Waits until somebody talks to the networks, and until it is known what the account's network accepts.
    async fn settle(&self, door: &Door) {
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

    /// What the network would not take, and what the coach says.
    async fn check(&self, text: &str, door: &Door) -> CliResult {
        let identities = self.store.identities().await?;
        let rules = identities.into_iter().find(|known| known.source == door.source).and_then(|known| known.rules);
        if let Some(rules) = rules.filter(|rules| !rules.fits(text)) {
            let most = rules.longest.map(|most| format!(", of at most {most}")).unwrap_or_default();
            return Err(CliError::message(format!("it does not fit: {} signs{most}", rules.length(text))));
        }
        let readers = Readers::trained();
        let intents = self.mention.row.readings.first().map(|reading| reading.intents).unwrap_or_default();
        let mut remarks = readers.coach.coach(self.mention.text.as_str(), intents, text);
        remarks.retain(|remark| remark.holds);
        // What a reader only takes for a placeholder warns; one that the rules point at blocks.
        let plain = RuleCoach.coach(self.mention.text.as_str(), intents, text);
        let blocks = plain.iter().any(|remark| remark.holds && remark.flag == Flag::Placeholder);
        if remarks.is_empty() || self.arguments.yes && !blocks {
            return Ok(());
        }
        let line = |remark: &Remark| format!("{}: {}", remark.flag.name(), remark.advice);
        let lines: Vec<String> = remarks.iter().map(line).collect();
        let way = if blocks { "fill in what is missing" } else { "--yes sends it all the same" };
        Err(CliError::message(format!("the coach says:\n  {}\n{way}", lines.join("\n  "))))
    }

    async fn wish(&self, door: &Door, revision: i64) -> CliResult<Submit> {
        let thread = self.store.thread(self.mention.row.id, TURNS).await.unwrap_or_default();
        let answers = self.store.answers(self.mention.row.id).await?;
        let said = thread.iter().map(|turn| turn.at).chain(answers.iter().map(|act| act.published));
        let newest = said.chain([self.mention.row.published]).max();
        let manner = self.engine.manner();
        Ok(Submit {
            revision,
            seen: Seen { newest, ..Seen::default() },
            hold: manner.hold_at(&door.network),
            approval: manner.approval,
            dry: manner.dry,
            token: crate::engine::outbox::token(),
            process: self.engine.process().to_owned(),
            voice: self.voice.clone(),
            at: SystemClock.now(),
        })
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
        if self.arguments.printing.json { output::json(&super::outbox::as_json(now)) } else { output::line(words) }
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
