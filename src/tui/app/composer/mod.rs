//! The composer: one sheet on which an answer is written. What is answered stands above, who is answered beside, and
//! under which account it goes out is always in sight.
//!
//! Nothing in here acts: what is to be saved or sent is given back as an errand. Sending is decided in [`gate`].

mod accounts;
pub mod advice;
pub mod batch;
pub mod errand;
pub mod gate;
mod keeping;
mod opening;
pub mod own;
pub mod paper;
pub mod personal;
pub mod rehearsing;
pub mod replies;
pub mod room;
pub mod split;
pub mod tally;
mod template;
pub mod thread;

use std::sync::Arc;

use self::advice::{Advice, Sent};
use self::gate::Asking;
use self::paper::Paper;
use self::tally::Tally;
use self::template::Template;
use self::thread::Thread;
use super::context::Context;
use super::msg::{Pasted, Typing};
use super::text::grouped;
use crate::domain::case::{Claim, PersonCard};
use crate::domain::outbox::{Draft, Identity, Saved, Target};
use crate::domain::time::SignedDuration;
use crate::domain::{
    CaseId, Mention, Network, OutgoingId, OwnPosts, SafeText, SourceId, StepId, TextRules, Timestamp, Visibility,
};

/// So long after the first letter that is not saved yet, everything written so far is saved: a process that is
/// killed loses no more than was written in the meantime.
pub const PAUSE: SignedDuration = SignedDuration::from_millis(400);

/// How an answer gets out.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// Under one of these accounts.
    Publish {
        /// Those that could be chosen, the one last used first.
        identities: Vec<Identity>,
        /// The chosen one.
        chosen: usize,
    },
    /// A person posts it; the program has no way.
    ByHand,
}

/// The case that the answer belongs to, as the writer saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSeen {
    /// Its number.
    pub id: CaseId,
    /// Who has taken it on.
    pub claim: Option<Claim>,
}

/// What a key on the sheet leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// On with writing.
    Stay,
    /// Away from the sheet; the draft is kept.
    Close,
}

/// A sheet.
#[derive(Debug, Clone)]
pub struct Composer {
    session: u64,
    id: Option<OutgoingId>,
    /// What was opened, as it was then; which of its revisions this sheet saved last is known where it is saved.
    opened: Option<Saved>,
    mention: Option<Arc<Mention>>,
    target: Target,
    /// It is a post of our own, which answers nobody.
    post: bool,
    /// Under which source it is kept while no account is known.
    until_known: Option<SourceId>,
    network: Network,
    case: Option<CaseSeen>,
    /// How far the history of the case was when it was looked at last.
    step: Option<StepId>,
    /// The words are another voice's draft, of then; that one is never written over.
    theirs: Option<(SafeText, Timestamp)>,
    card: Option<PersonCard>,
    thread: Thread,
    way: Way,
    /// Under which account something was sent last, network by network.
    used: Vec<(Network, SourceId)>,
    /// The account came to be known after the writer began: it is confirmed before anything is sent.
    unconfirmed: bool,
    paper: Paper,
    /// What stood on the sheet before the writer began; it is no draft.
    pristine: String,
    /// What stood on it when it was opened, the words of the last one of a batch included.
    offered: String,
    /// The words as the next one of a batch gets them.
    template: Template,
    /// What was last given to the store.
    kept: Option<Draft>,
    /// When to save next.
    due: Option<Timestamp>,
    visibility: Visibility,
    widest: Visibility,
    warning: String,
    inherited_warning: String,
    lang: Option<String>,
    /// A person chose the language.
    lang_said: bool,
    parted: bool,
    advice: Advice,
    rehearsing: rehearsing::Desk,
    sent: Vec<Sent>,
    /// Our last replies.
    said: Vec<advice::Said>,
    asking: Option<Asking>,
    blocked: Vec<String>,
    sending: Option<u64>,
    /// What did not go onto the sheet of what was put there last, in words.
    cut: Option<String>,
    columns: usize,
}

impl Composer {
    /// Number of the sheet.
    pub fn session(&self) -> u64 {
        self.session
    }

    /// Number of its draft, once it has one.
    pub fn id(&self) -> Option<OutgoingId> {
        self.id
    }

    /// What is answered.
    pub fn mention(&self) -> Option<&Mention> {
        self.mention.as_deref()
    }

    /// Whom it goes to: handle, else name.
    pub fn whom(&self) -> String {
        let row = self.mention.as_ref().map(|mention| mention.row.author.to_string());
        row.or_else(|| self.target.who.clone()).filter(|who| !who.is_empty()).unwrap_or_else(|| "everybody".to_owned())
    }

    /// Where it goes.
    pub fn network(&self) -> &Network {
        self.identity().filter(|_| self.post).map_or(&self.network, |identity| &identity.network)
    }

    /// Whether it is a post of our own, which answers nobody.
    pub fn is_post(&self) -> bool {
        self.post
    }

    /// Whether a person takes the words there: the program has no way.
    pub fn is_by_hand(&self) -> bool {
        self.way == Way::ByHand || self.post && self.rules().own_posts == OwnPosts::ByHand
    }

    /// The case.
    pub fn case(&self) -> Option<&CaseSeen> {
        self.case.as_ref()
    }

    /// Whose draft the words are, and of when, while they are another voice's.
    pub fn theirs(&self) -> Option<&(SafeText, Timestamp)> {
        self.theirs.as_ref().filter(|_| self.id.is_none())
    }

    /// The person.
    pub fn card(&self) -> Option<&PersonCard> {
        self.card.as_ref()
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// The text.
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// How it gets out.
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// The account that it goes out under.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.way {
            Way::Publish { identities, chosen, .. } => identities.get(*chosen),
            Way::ByHand => None,
        }
    }

    /// Whether another account was used the last time on this network.
    pub fn is_unusual(&self) -> bool {
        let last = self.used.iter().find(|(network, _)| network == self.network());
        last.zip(self.identity()).is_some_and(|((_, last), identity)| *last != identity.source)
    }

    /// Who may read it.
    pub fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// The warning before it.
    pub fn warning(&self) -> &str {
        &self.warning
    }

    /// Language of the words.
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    /// What the coach says, as far as it is about the words as they are.
    pub fn advice(&self) -> &Advice {
        &self.advice
    }

    /// Whether the coach has read the words as they are.
    pub fn is_coached(&self) -> bool {
        self.advice.is_about(&self.paper.text())
    }

    /// What the post would do to the books.
    pub fn rehearsing(&self) -> &rehearsing::Desk {
        &self.rehearsing
    }

    /// What is asked before it is sent.
    pub fn asking(&self) -> Option<&Asking> {
        self.asking.as_ref()
    }

    /// What keeps it from being sent.
    pub fn blocked(&self) -> &[String] {
        &self.blocked
    }

    /// Whether it is on its way into the outbox.
    pub fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    /// Several posts are allowed.
    pub fn parted(&self) -> bool {
        self.parted
    }

    /// What the network accepts.
    pub fn rules(&self) -> TextRules {
        self.identity().and_then(|identity| identity.rules.clone()).unwrap_or_default()
    }

    /// The signature of the voice, unless the account is the voice's own.
    fn signature<'a>(&self, context: &'a Context) -> Option<&'a str> {
        let writer = context.writer();
        let handle = self.identity().map(|identity| bare(identity.handle.as_str()));
        let own = handle
            .filter(|handle| !handle.is_empty())
            .is_some_and(|handle| writer.handles.iter().any(|known| bare(known) == handle));
        writer.signature.as_deref().filter(|signature| !own && !signature.trim().is_empty())
    }

    /// The words without the signature at their end.
    fn unsigned<'a>(&self, words: &'a str, context: &Context) -> &'a str {
        let bare = self.signature(context).and_then(|signature| words.trim_end().strip_suffix(signature.trim()));
        bare.filter(|bare| bare.ends_with(char::is_whitespace)).map_or(words, str::trim_end)
    }

    /// The words as they would go out: with the signature, once.
    pub fn finished(&self, context: &Context) -> String {
        let text = self.paper.text().trim().to_owned();
        match self.signature(context) {
            Some(signature) if !text.trim().is_empty() && !text.ends_with(signature.trim()) => {
                format!("{text} {}", signature.trim())
            }
            _ => text,
        }
    }

    /// What the words come to.
    pub fn tally(&self, context: &Context) -> Tally {
        Tally::of(&self.rules(), &self.finished(context), &self.warning)
    }

    /// The posts that it would become; `None` when it is too long.
    pub fn posts(&self, context: &Context) -> Option<Vec<String>> {
        let (rules, text) = (self.rules(), self.finished(context));
        let fits = |words: &str| split::fits(&rules, words, &self.warning);
        // Too short is told elsewhere: parting does not mend it.
        if !self.tally(context).is_over() {
            return Some(vec![text]);
        }
        if self.parted { split::split(&text, &fits) } else { None }
    }

    /// What did not go onto the sheet of what was put there last: a line for the writer.
    pub fn cut(&self) -> Option<&str> {
        self.cut.as_deref()
    }

    /// Puts pasted words at the cursor; what there is no room for is told.
    fn paste(&mut self, pasted: &Pasted, now: Timestamp) {
        let before = self.paper.text().chars().count();
        let selected = self.paper.selected().and_then(|(from, to)| self.paper.text().get(from..to).map(str::to_owned));
        if self.paper.insert(pasted.text.as_str()) {
            self.changed(now);
        }
        let gone = selected.map_or(0, |words| words.chars().count());
        let put = (self.paper.text().chars().count() + gone).saturating_sub(before);
        self.cut = pasted.cut(put);
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing, context: &Context) -> Step {
        match typing {
            Typing::Cancel if self.asking.take().is_some() => return Step::Stay,
            Typing::Cancel => return Step::Close,
            // Whoever comes back from posting it elsewhere answers the question, and writes nothing by mistake.
            typing
                if self.asking.as_ref().is_some_and(Asking::is_by_hand)
                    && !matches!(typing, Typing::PageUp | Typing::PageDown) => {}
            Typing::PageUp | Typing::PageDown if self.post => self.rehearsing.go(*typing == Typing::PageDown),
            Typing::PageUp => self.thread.step(false),
            Typing::PageDown => self.thread.step(true),
            Typing::Paste(pasted) => self.paste(pasted, context.now()),
            Typing::Jump => self.next_slot(context),
            typing => {
                if self.paper.type_in(typing, self.columns) {
                    self.changed(context.now());
                }
            }
        }
        Step::Stay
    }

    /// The words changed: what was judged and asked about others is void, and they are saved soon.
    pub(super) fn changed(&mut self, now: Timestamp) {
        self.asking = None;
        self.blocked.clear();
        self.cut = None;
        self.template.follow(&self.paper.text(), self.paper.cursor(), self.pristine.len());
        if self.due.is_none() {
            self.due = now.checked_add(PAUSE).ok();
        }
    }

    /// Takes a change back, or makes it again.
    pub fn undo(&mut self, again: bool, now: Timestamp) -> bool {
        let changed = if again { self.paper.redo() } else { self.paper.undo() };
        if changed {
            self.changed(now);
        }
        changed
    }

    /// Puts a saved reply in, apart from what stands before it; the first of its blanks is selected. Tells whether it has
    /// one.
    pub fn insert_reply(&mut self, reply: &replies::SavedReply, context: &Context) -> bool {
        let brand = context.brand().to_string();
        let voice = context.voice().unwrap_or_default();
        let whom = self.person();
        let (handle, name) = (whom.handle.unwrap_or_default(), whom.name.unwrap_or_default());
        let before = self.paper.text();
        let before = before.get(..self.paper.cursor()).unwrap_or_default();
        if before.ends_with(|sign: char| !sign.is_whitespace()) && self.paper.selected().is_none() {
            self.paper.insert(" ");
        }
        let from = self.paper.cursor();
        let known = [("handle", handle.as_str()), ("name", &name), ("brand", &brand), ("voice", voice)];
        self.paper.insert(&reply.filled(&known));
        self.changed(context.now());
        let text = self.paper.text();
        let blank = advice::braces(&text).into_iter().find(|slot| slot.start >= from);
        if let Some(slot) = &blank {
            self.paper.select(slot.start, slot.end);
        }
        blank.is_some()
    }

    /// How the person is addressed: `@handle`.
    fn handle(&self) -> Option<String> {
        let who = self.mention.as_ref().map(|mention| mention.row.author.as_str()).or(self.target.who.as_deref())?;
        let who = who.trim_start_matches('@');
        (!who.is_empty() && !who.contains(char::is_whitespace)).then(|| format!("@{who}"))
    }

    /// The selected turn as a quotation, where the network has markup.
    pub fn quote(&mut self, now: Timestamp) -> Result<(), &'static str> {
        if !self.rules().markdown {
            return Err("this network has no quotations: plain words only");
        }
        let words =
            self.thread.selected().map(|turn| thread::quotation(&turn.text)).ok_or("there is nothing to quote")?;
        self.paper.insert(&words);
        self.changed(now);
        Ok(())
    }

    /// Selects the next marker that was not filled in.
    fn next_slot(&mut self, context: &Context) {
        self.coach(context);
        let text = self.paper.text();
        let mut slots = advice::braces(&text);
        slots.extend(self.advice.slots().iter().cloned());
        slots.sort_by_key(|slot| (slot.start, slot.end));
        let here = self.paper.cursor();
        let next = slots.iter().find(|slot| slot.end > here).or_else(|| slots.first());
        if let Some(slot) = next {
            self.paper.select(slot.start, slot.end);
        }
    }

    /// The next account.
    pub fn next_identity(&mut self, now: Timestamp) {
        if let Way::Publish { identities, chosen, .. } = &mut self.way {
            *chosen = (*chosen + 1) % identities.len().max(1);
            self.rehearsing.doubt();
            self.unconfirmed = false;
            self.changed(now);
        }
    }

    /// The next narrower circle of readers; from the narrowest back to that of what is answered, never beyond. A post of
    /// our own is for everybody where the network lists all.
    ///
    /// # Errors
    /// A line that says why there is no other.
    pub fn next_visibility(&mut self, now: Timestamp) -> Result<(), &'static str> {
        if self.post && self.rules().lists_all && self.visibility == Visibility::Public {
            return Err("this network lists every post for everybody");
        }
        self.visibility = match self.visibility {
            _ if self.post && self.rules().lists_all => Visibility::Public,
            Visibility::Public => Visibility::Unlisted,
            Visibility::Unlisted => Visibility::Private,
            Visibility::Private => self.widest,
        };
        self.changed(now);
        Ok(())
    }

    /// With the warning of what is answered, or without one. False when there is none to toggle: it has to be written.
    pub fn toggle_warning(&mut self, now: Timestamp) -> bool {
        if self.inherited_warning.is_empty() {
            return false;
        }
        let inherited = self.inherited_warning.clone();
        self.set_warning(if self.warning.is_empty() { inherited } else { String::new() }, now);
        true
    }

    /// Puts a warning before it; an empty one takes it away.
    pub fn set_warning(&mut self, warning: String, now: Timestamp) {
        self.warning = warning;
        self.changed(now);
    }

    /// This language, as a person says.
    pub fn set_lang(&mut self, lang: String, now: Timestamp) {
        self.lang = Some(lang);
        self.lang_said = true;
        self.changed(now);
    }

    /// The next language: that of what is answered or was read, English, ..., or none told.
    pub fn next_lang(&mut self, now: Timestamp) {
        let known = self.languages();
        self.lang_said = true;
        let place = known.iter().position(|lang| *lang == self.lang).map_or(0, |place| place + 1);
        self.lang = known.get(place % known.len()).cloned().flatten();
        self.changed(now);
    }

    /// Several posts, or one.
    pub fn toggle_parts(&mut self, now: Timestamp) {
        self.parted = !self.parted;
        self.changed(now);
    }

    /// Into how many posts it goes as it is, in words.
    pub fn told_parts(&self, context: &Context) -> String {
        match self.posts(context).map(|posts| posts.len()) {
            None if self.parted => format!("too long also for {} posts: shorten it", split::MOST),
            None => "one post again: it is too long for that".to_owned(),
            Some(1) if self.parted => "it fits one post as it is; several only when it grows too long".to_owned(),
            Some(1) => "one post again".to_owned(),
            Some(many) => format!("goes out as {many} posts, one below the other"),
        }
    }

    /// Other words from outside (the editor).
    pub fn take_words(&mut self, words: &str, now: Timestamp) {
        let words = words.trim_end_matches('\n');
        let whole = self.paper.replace(words);
        self.changed(now);
        if !whole {
            self.cut = Some(format!(
                "only the first {} bytes of these words are on the sheet: a sheet holds no more",
                grouped(paper::LONGEST as u64)
            ));
        }
    }

    /// Where everything lies in this area.
    pub fn room(&self, area: super::layout::Area) -> room::Room {
        if self.post { room::for_a_post(area) } else { room::room(area) }
    }

    /// A whole answer from outside. Where an answer reaches its person only by their name, it begins with that, unless the
    /// words have it.
    pub fn take_answer(&mut self, words: &str, now: Timestamp) {
        let named = words.to_lowercase().contains(&self.pristine.trim().to_lowercase());
        let address = if named { "" } else { self.pristine.as_str() };
        self.take_words(&format!("{address}{words}"), now);
    }

    /// Brings text and thread in line with the room that they have.
    pub fn fit(&mut self, area: super::layout::Area, context: &Context) {
        let room = self.room(area);
        if let (true, Some(beside)) = (self.post, room.card) {
            let (columns, height) = (beside.width.saturating_sub(2 * super::flow::MARGIN), beside.body().height);
            self.rehearsing.compose(usize::from(columns), usize::from(height), context);
        }
        let thread = room.thread.body();
        let margin = 2 * super::flow::MARGIN;
        self.columns = usize::from(room.sheet.width.saturating_sub(margin));
        self.thread.compose(usize::from(thread.width.saturating_sub(margin)), usize::from(thread.height), context);
        self.paper.fit(self.columns, usize::from(room.sheet.body().height));
    }
}

/// A handle without its sign, for comparing.
fn bare(handle: &str) -> String {
    handle.trim_start_matches('@').to_lowercase()
}

#[cfg(test)]
mod tests;
