//! `post`: publishes a post of our own the way the screen does. It is the same sheet, written on without a screen: the same
//! signature, the same things that block and warn, its rehearsal among them; then held, sent by whoever holds the lease,
//! and waited for.

use std::sync::Arc;

use super::args::{Everywhere, PostArgs};
use super::desk::{Desk, Sending, words};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{NAME, start};
use super::voice;
use crate::domain::{Clock, SafeText};
use crate::engine::campaigns::Keeper;
use crate::engine::rehearsal::Setting;
use crate::engine::{Door, SystemClock};
use crate::store::{Outbox, Store};
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::Wanted;

/// Publishes a post. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &PostArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = words(arguments.text.as_deref(), "post")?;
    let sources = house.sources()?;
    let store = house.store().await?;
    let engine = start(&house, &store, sources).await?;
    let sending = Sending {
        yes: arguments.yes,
        json: arguments.printing.json,
        advice: "`goodword rehearse` says what would be better; ",
    };
    let desk = Desk::new(&house, &store, &engine, voice, sending);
    let done = Poster { arguments, house: &house, desk }.post(&text).await;
    engine.shutdown().await;
    store.close().await;
    done
}

struct Poster<'a> {
    arguments: &'a PostArgs,
    house: &'a House,
    desk: Desk<'a>,
}

impl Poster<'_> {
    async fn post(&self, text: &str) -> CliResult<u8> {
        let door = self.door().await?;
        let draft = self.sheet(text, &door).await?;
        let again = async || {
            let mut sheet = self.sheet(text, &door).await?;
            self.rehearse(&mut sheet).await?;
            Ok(sheet)
        };
        self.desk.send(&door, draft, again).await
    }

    /// The account that it goes out under: the one that is named by its source or its handle, else the only one.
    async fn door(&self) -> CliResult<Door> {
        let doors = self.desk.engine().publishers();
        let known = self.desk.store().identities().await?;
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
        let mut sheet = self.desk.open(Wanted::Post { anew: true }, door).await?;
        let now = SystemClock.now();
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
        let (rehearsing, now) = (&self.desk.context().writer().rehearsing, SystemClock.now());
        let books = rehearsing.books(self.desk.store()).await?;
        let ground = rehearsing.ground(&books, self.desk.store(), now).await?;
        super::campaigns::join(self.house, self.desk.store(), self.desk.engine().process()).await?;
        let mut keeper = Keeper::open(self.desk.store(), self.house.scale(), now).await?;
        let board = keeper.board(self.desk.store(), &books, now).await?;
        let text = sheet.paper().text().trim().to_owned();
        let account = sheet.identity().map(|identity| identity.handle.to_string()).unwrap_or_default();
        let setting = Setting::found(&board, &text, &account);
        sheet.take_rehearsal(Arc::new(rehearsing.rehearse(&ground, &text, now, setting)), now);
        Ok(())
    }
}

/// A handle without its sign, for comparing.
fn bare(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}
