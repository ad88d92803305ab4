//! `post`: publishes a post of our own the way the screen does: saved as a draft, rehearsed, held, sent by whoever holds
//! the lease, and waited for.

use std::sync::Arc;

use super::args::{Everywhere, PostArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{self, Sending, kept, must_fit};
use super::voice;
use crate::domain::outbox::{Draft, Identity, Saved, Seen, Target};
use crate::domain::{Clock, Intents, OwnPosts, SafeText, TextRules, Visibility};
use crate::engine::rehearsal::live::Rehearsing;
use crate::engine::rehearsal::told;
use crate::engine::{Door, EngineHandle, SystemClock};
use crate::language::Readers;
use crate::language::coach::{Flag, ReadCoach as _, RuleCoach};
use crate::measure::giving::Table;
use crate::store::sqlite::SqliteStore;
use crate::store::{Outbox, Store};
use crate::tui::app::composer::split;

/// Publishes a post. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &PostArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = sending::words(arguments.text.as_deref(), "post", "give the words")?;
    let sources = house.sources()?;
    let store = house.store().await?;
    let engine = sending::start(&house, &store, sources).await?;
    let sending = Sending { store: &store, engine: &engine, voice, json: arguments.printing.json };
    let done = Poster { arguments, house: &house, store: &store, engine: &engine, sending }.post(&text).await;
    engine.shutdown().await;
    store.close().await;
    done
}

struct Poster<'a> {
    arguments: &'a PostArgs,
    house: &'a House,
    store: &'a SqliteStore,
    engine: &'a EngineHandle,
    sending: Sending<'a>,
}

impl Poster<'_> {
    async fn post(&self, text: &str) -> CliResult<u8> {
        let mut news = self.engine.subscribe();
        let known = self.store.identities().await?;
        let door = self.door(&known)?;
        self.sending.settle(&door).await;
        let known = self.store.identities().await?;
        let identity = known.iter().find(|known| known.source == door.source);
        let rules = identity.and_then(|identity| identity.rules.clone()).unwrap_or_default();
        let readers = Arc::new(Readers::trained());
        let text = self.signed(text, identity);
        let whole = self.save(vec![text.clone()], &door, None, &readers).await?;
        let keep = |why: CliError| kept(whole.id, &why.to_string());
        self.accepts(&rules, &door, &text).map_err(keep)?;
        let parts = self.parts(&rules, &text).map_err(keep)?;
        self.heed(&text, readers.clone()).await.map_err(keep)?;
        let saved = if parts.len() > 1 { self.save(parts, &door, Some(whole), &readers).await? } else { whole };
        self.sending.send(saved, &door, Seen::default(), &mut news).await
    }

    /// The account that it goes out under: the one that is named by its source or its handle, else the only one.
    fn door(&self, known: &[Identity]) -> CliResult<Door> {
        let doors = self.engine.publishers();
        let handle = |door: &Door| {
            let identity = known.iter().find(|known| known.source == door.source);
            identity.map(|identity| bare(identity.handle.as_str())).unwrap_or_default()
        };
        let names: Vec<String> = doors.iter().map(|door| format!("\"{}\"", SafeText::line(&door.name, 60))).collect();
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
            let name = SafeText::line(name, 60);
            CliError::message(format!("no account \"{name}\" publishes, only {names}")).refused()
        })
    }

    /// With the signature of the voice, once, unless the account is the voice's own.
    fn signed(&self, text: &str, identity: Option<&Identity>) -> String {
        let voices = self.house.config.voices.iter();
        let voice = voices.clone().find(|voice| Some(&voice.name) == self.sending.voice.as_ref());
        let handle = identity.map(|identity| bare(identity.handle.as_str()));
        let own = voice.is_some_and(|voice| voice.handles.iter().any(|known| Some(bare(known)) == handle));
        let signature = voice.and_then(|voice| voice.signature.as_deref()).map(str::trim).filter(|_| !own);
        match signature.filter(|signature| !signature.is_empty() && !text.ends_with(signature)) {
            Some(signature) => format!("{text} {signature}"),
            None => text.to_owned(),
        }
    }

    async fn save(&self, parts: Vec<String>, door: &Door, over: Option<Saved>, readers: &Readers) -> CliResult<Saved> {
        let lang = self.arguments.lang.clone();
        let lang = lang.or_else(|| parts.first().and_then(|text| readers.language.language(text, None)));
        let draft = Draft {
            over,
            source: door.source,
            case: None,
            mention: None,
            target: Target::default(),
            parts,
            visibility: if self.arguments.unlisted { Visibility::Unlisted } else { Visibility::Public },
            content_warning: self.arguments.warning.clone().filter(|warning| !warning.trim().is_empty()),
            lang,
            voice: self.sending.voice.clone(),
        };
        let saved = self.store.save_draft(&draft, SystemClock.now()).await?;
        saved.ok_or_else(|| CliError::message("the draft could not be saved"))
    }

    /// What the network would not take.
    fn accepts(&self, rules: &TextRules, door: &Door, text: &str) -> CliResult {
        let network = SafeText::line(door.network.name(), 40);
        match rules.own_posts {
            OwnPosts::ByHand => {
                return Err(CliError::message(format!("posts go by hand on {network}: put it there in the browser")));
            }
            OwnPosts::Titled if !text.contains('\n') => {
                return Err(CliError::message(format!(
                    "{network} wants a headline: make the first line the headline, and put the words below it"
                )));
            }
            _ => {}
        }
        if self.arguments.unlisted && rules.lists_all {
            return Err(CliError::message(format!("{network} lists every post for everybody: leave --unlisted out")));
        }
        Ok(())
    }

    /// One post, or several where it is too long and that was asked for.
    fn parts(&self, rules: &TextRules, text: &str) -> CliResult<Vec<String>> {
        let warning = self.arguments.warning.as_deref().unwrap_or_default();
        let fits = |words: &str| split::fits(rules, words, warning);
        if fits(text) || !self.arguments.parts {
            must_fit(Some(rules), text)?;
            return match fits(text) {
                true => Ok(vec![text.to_owned()]),
                false => Err(CliError::message("it does not fit together with its warning: shorten one of them")),
            };
        }
        split::split(text, &fits)
            .ok_or_else(|| CliError::message(format!("it does not fit, also not in {} posts: shorten it", split::MOST)))
    }

    /// What coach and rehearsal say against it.
    async fn heed(&self, text: &str, readers: Arc<Readers>) -> CliResult {
        let none = Intents::default();
        let plain = RuleCoach.coach("", none, text);
        if plain.iter().any(|remark| remark.holds && remark.flag == Flag::Placeholder) {
            return Err(CliError::message("a placeholder was left in: fill in what is missing"));
        }
        if self.arguments.yes {
            return Ok(());
        }
        let coached = readers.coach.coach("", none, text).into_iter();
        let coached = coached.filter(|remark| remark.holds && remark.flag == Flag::PersonalData);
        let mut lines: Vec<String> =
            coached.map(|remark| format!("{}: {}", remark.flag.name(), remark.advice)).collect();
        let config = &self.house.config;
        let table = Table { tell_factor: config.weights.tell_factor, ..Table::default() };
        let rehearsing = Rehearsing::new(readers, config.brand.size, table);
        let now = SystemClock.now();
        let rehearsed = rehearsing.rehearse(&rehearsing.ground(self.store, now).await?, text, now, None);
        lines.extend(told::warnings(&rehearsed.rehearsal, text));
        if lines.is_empty() {
            return Ok(());
        }
        Err(CliError::message(format!(
            "this speaks against it:\n  {}\n`goodword rehearse` says what would be better; --yes sends it all the same",
            lines.join("\n  ")
        )))
    }
}

/// A handle without its sign, for comparing.
fn bare(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}
