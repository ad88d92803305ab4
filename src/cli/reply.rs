//! `reply`: answers a mention the way the screen does: saved as a draft, coached, held, sent by whoever holds the lease,
//! and waited for.

use super::args::{Everywhere, ReplyArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{Sending, kept, must_fit, start, words};
use super::voice;
use crate::domain::outbox::{Draft, Saved, Seen, Target};
use crate::domain::{Answerable, Clock, Mention, MentionId, SafeText, Timestamp};
use crate::engine::{Door, EngineHandle, SystemClock};
use crate::language::Readers;
use crate::language::coach::{Flag, ReadCoach, Remark, RuleCoach};
use crate::store::sqlite::SqliteStore;
use crate::store::{Cases, Outbox, Store};

/// Turns of the thread that count as seen.
const TURNS: u32 = 100;

/// Replies. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &ReplyArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = words(arguments.text.as_deref(), "answer", "give --text")?;
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
        let sending = Sending {
            store: self.store,
            engine: self.engine,
            voice: self.voice.clone(),
            json: self.arguments.printing.json,
        };
        let mut news = self.engine.subscribe();
        let door = self.door(scopes)?;
        let saved = self.save(text, &door).await?;
        sending.settle(&door).await;
        let rules = sending.rules(&door).await?;
        must_fit(rules.as_ref(), text)
            .and_then(|()| self.check(text))
            .map_err(|why| kept(saved.id, &why.to_string()))?;
        let seen = Seen { newest: self.newest().await?, ..Seen::default() };
        sending.send(saved, &door, seen, &mut news).await
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

    /// What the coach says.
    fn check(&self, text: &str) -> CliResult {
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

    /// When the newest turn of the thread was said.
    async fn newest(&self) -> CliResult<Option<Timestamp>> {
        let thread = self.store.thread(self.mention.row.id, TURNS).await.unwrap_or_default();
        let answers = self.store.answers(self.mention.row.id).await?;
        let said = thread.iter().map(|turn| turn.at).chain(answers.iter().map(|act| act.published));
        Ok(said.chain([self.mention.row.published]).max())
    }
}
