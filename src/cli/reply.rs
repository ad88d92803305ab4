//! `reply`: answers a mention the way the screen does. It is the same sheet, written on without a screen: the same
//! signature, the same coach, the same things that block; then held, sent by whoever holds the lease, and waited for.

use super::args::{Everywhere, ReplyArgs};
use super::desk::{Desk, Sending, words};
use super::error::{CliError, CliResult};
use super::house::House;
use super::sending::{NAME, start};
use super::voice;
use crate::domain::{Answerable, Clock, Mention, MentionId, SafeText};
use crate::engine::{Door, SystemClock};
use crate::store::Store;
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::Wanted;

/// Replies. The exit code is 0 when it was sent, 3 when nobody knows or a second voice must approve, else 1.
///
/// # Errors
/// What keeps it from being sent; its text is kept as a draft from the moment at which there was one.
pub async fn run(arguments: &ReplyArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, arguments.voice.clone())?;
    let text = words(arguments.text.as_deref(), "answer")?;
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
    let sending = Sending { yes: arguments.yes, json: arguments.printing.json, advice: "" };
    let desk = Desk::new(&house, &store, &engine, voice, sending);
    let done = Answering { arguments, mention: &mention, desk }.reply(&text, &scopes).await;
    engine.shutdown().await;
    store.close().await;
    done
}

struct Answering<'a> {
    arguments: &'a ReplyArgs,
    mention: &'a Mention,
    desk: Desk<'a>,
}

impl Answering<'_> {
    async fn reply(&self, text: &str, scopes: &[Option<String>]) -> CliResult<u8> {
        let door = self.door(scopes)?;
        let draft = self.sheet(text, &door).await?;
        self.desk.send(&door, draft, async || self.sheet(text, &door).await).await
    }

    /// The sheet as the screen would open it under this account, with the words on it.
    async fn sheet(&self, text: &str, door: &Door) -> CliResult<Composer> {
        let mut sheet = self.desk.open(Wanted::Mention(self.mention.row.id), door).await?;
        let now = SystemClock.now();
        sheet.take_answer(text, now);
        if self.arguments.parts {
            sheet.toggle_parts(now);
        }
        Ok(sheet)
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
        let adopted = self.desk.engine().adopted();
        let place = adopted.sources.iter().position(|known| *known == source);
        let scope = place.and_then(|place| scopes.get(place)).cloned().flatten();
        let fits = |door: &Door| door.source == source || scope.is_some() && door.scope == scope;
        let mut doors: Vec<Door> = self.desk.engine().publishers().into_iter().filter(fits).collect();
        let names: Vec<String> = doors.iter().map(|door| format!("\"{}\"", SafeText::line(&door.name, NAME))).collect();
        if let Some(name) = &self.arguments.account {
            doors.retain(|door| door.name.eq_ignore_ascii_case(name));
        } else {
            doors.sort_by_key(|door| door.source != source);
        }
        doors.into_iter().next().ok_or_else(|| match (names.as_slice(), &self.arguments.account) {
            ([], _) => CliError::message(
                "no account in the configuration reaches it: its source cannot publish, and no other source knows its \
                 posts by the same names",
            ),
            (_, name) => CliError::message(format!(
                "it cannot be answered as \"{}\", only as {}",
                SafeText::line(name.as_deref().unwrap_or_default(), NAME),
                names.join(" or ")
            ))
            .refused(),
        })
    }
}
