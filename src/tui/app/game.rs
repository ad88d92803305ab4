//! The game that teaches the readers: one mention at a time, a single key for each, and what was learned at the end.

mod choice;

pub use choice::choose;

use super::Model;
use super::action::Action;
use super::asks::Thing;
use super::cmd::{Cmd, Load};
use super::context::Context;
use super::correct::{INTENTS, SENTIMENTS, choices, factors, intent_factors, toggled};
use super::dossier::{intent_sign, sentiment_sign, without_title};
use super::msg::{Typing, Weight};
use super::overlay::{Overlay, Step};
use super::page::{Line, Page, Tone, piece};
use super::setup::Occasion as Run;
use super::text;
use super::when;
use crate::domain::{
    Filter, Intents, MentionId, MentionRow, Occasion, Overview, SafeText, Said, Sentiment, Span, SubjectId,
};
use crate::engine::SubjectLessons;

/// Mentions that are asked about.
pub const ROUND: usize = 20;
/// With fewer a game is not worth it.
const FEWEST: usize = 5;
/// Newest mentions among which those are chosen.
const AMONG: u32 = 300;

/// Rows from which on there is room for more than the words and the choices.
const ROOMY: usize = 11;
/// Lines that are kept free for the words of a mention.
const WORDS: usize = 6;

/// An answer of the player.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    game: u64,
    id: MentionId,
    subject: SubjectId,
    /// What was asked.
    said: Said,
    /// What was said besides, of what the mention wants.
    kinds: Option<Intents>,
}

/// A mention that is asked about.
#[derive(Debug, Clone)]
struct Item {
    row: MentionRow,
    said: Option<Said>,
    /// What it wants, where the player says so.
    kinds: Option<Intents>,
    /// What of that was sent.
    sent: Option<Intents>,
}

/// A game.
#[derive(Debug, Clone)]
pub struct Game {
    number: u64,
    subject: SubjectId,
    name: SafeText,
    /// `None` while the mentions are being read.
    items: Option<Vec<Item>>,
    at: usize,
}

impl Game {
    fn new(number: u64, subject: SubjectId, name: &str) -> Self {
        Self { number, subject, name: SafeText::line(name, 80), items: None, at: 0 }
    }

    fn deal(&mut self, rows: Vec<MentionRow>) {
        self.items = Some(rows.into_iter().map(|row| Item { row, said: None, kinds: None, sent: None }).collect());
    }

    fn items(&self) -> &[Item] {
        self.items.as_deref().unwrap_or_default()
    }

    fn over(&self) -> bool {
        self.items.is_some() && self.at >= self.items().len()
    }

    fn answered(&self) -> usize {
        self.items().iter().filter(|item| item.said.is_some() || item.sent.is_some()).count()
    }

    /// Takes a key in.
    pub(super) fn type_in(&mut self, typing: &Typing) -> Step {
        if self.over() {
            let ends = matches!(typing, Typing::Submit | Typing::Cancel | Typing::Character(' '));
            if matches!(typing, Typing::Character('b') | Typing::Backspace | Typing::Left) {
                self.at = self.at.saturating_sub(1);
            }
            return if ends { Step::Close } else { Step::Stay };
        }
        let key = match typing {
            Typing::Character(key) => key.to_ascii_lowercase(),
            Typing::Backspace | Typing::Left => 'b',
            Typing::Right | Typing::Next | Typing::Submit => 's',
            Typing::Cancel => return self.stop(),
            _ => return Step::Stay,
        };
        if let Some((_, kind)) = INTENTS.into_iter().find(|(known, _)| *known == key) {
            if let Some(item) = self.current() {
                item.kinds = toggled(item.kinds, kind);
            }
            return Step::Stay;
        }
        match key {
            '-' | '1' => self.answer(Said::sentiment(Sentiment::Negative)),
            '0' | '2' => self.answer(Said::sentiment(Sentiment::Neutral)),
            '+' | '=' | '3' => self.answer(Said::sentiment(Sentiment::Positive)),
            'n' => self.answer(Said::about(false)),
            'b' => {
                self.at = self.at.saturating_sub(1);
                Step::Stay
            }
            's' => self.skip(),
            _ => Step::Stay,
        }
    }

    fn current(&mut self) -> Option<&mut Item> {
        self.items.as_mut().and_then(|items| items.get_mut(self.at))
    }

    fn stop(&mut self) -> Step {
        if self.answered() == 0 {
            return Step::Close;
        }
        self.at = self.items().len();
        Step::Stay
    }

    /// Goes on without a word on the sentiment; what was said of the kind counts.
    fn skip(&mut self) -> Step {
        if self.current().is_some_and(|item| item.kinds.is_some() && item.kinds != item.sent) {
            return self.answer(Said::default());
        }
        self.at += 1;
        Step::Stay
    }

    fn answer(&mut self, said: Said) -> Step {
        let (game, subject) = (self.number, self.subject);
        let Some(item) = self.items.as_mut().and_then(|items| items.get_mut(self.at)) else { return Step::Stay };
        // What is not about us wants nothing of us.
        let kinds = item.kinds.filter(|kinds| said.about != Some(false) && item.sent != Some(*kinds));
        item.sent = kinds.or(item.sent);
        // Whoever tells the sentiment of what they said was not about us says that it is.
        let again = item.said.is_some_and(|before| before.about == Some(false)) && said.sentiment.is_some();
        let said = if again { Said { about: Some(true), ..said } } else { said };
        item.said = Some(said).filter(|said| !said.is_nothing()).or(item.said);
        self.at += 1;
        Step::Answer(Box::new(Answer { game, id: item.row.id, subject, said, kinds }))
    }

    /// The keys, for the hint bar.
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.over() {
            return &[("Enter", "close"), ("b", "back")];
        }
        &[
            ("- 0 +", "sounds"),
            ("c q p m o", "wants"),
            ("n", "not about us"),
            ("s", "skip"),
            ("b", "back"),
            ("Esc", "stop"),
        ]
    }

    /// The title of its frame.
    pub fn title(&self) -> String {
        format!("Teach the readers · {}", self.name)
    }

    /// How far it is.
    pub fn progress(&self) -> String {
        if self.items.is_none() || self.over() {
            return String::new();
        }
        format!("{} of {}", self.at + 1, self.items().len())
    }

    /// What it shows in so many columns and rows.
    pub fn page(&self, columns: usize, rows: usize, context: &Context) -> Page {
        let mut page = Page::new(columns);
        match self.items().get(self.at) {
            Some(item) => self.question(&mut page, item, rows, context),
            None if self.items.is_none() => page.line(Line::of(Tone::Muted, "choosing mentions …")),
            None => self.summary(&mut page, context),
        }
        page
    }

    /// The question. The choices stand at the same place for every mention, so that nothing jumps under the eye, and are
    /// seen on the smallest screen.
    fn question(&self, page: &mut Page, item: &Item, rows: usize, context: &Context) {
        let row = &item.row;
        let mut keys = Page::new(page.columns());
        let said = item.said.unwrap_or_default();
        let elsewhere = said.about == Some(false);
        let each = SENTIMENTS.map(|(key, sentiment)| {
            let (_, name, _) = sentiment_sign(sentiment);
            (key, name, said.sentiment == Some(sentiment) && !elsewhere)
        });
        choices(&mut keys, &[each[0], each[1], each[2], ('n', "not about us", elsewhere)]);
        let roomy = rows >= ROOMY;
        if roomy {
            self.kinds(&mut keys, item);
        }
        if roomy {
            page.prose(Tone::Muted, 0, &format!("How do these words sound about {}?", self.name));
            page.gap();
        }
        page.flow(
            vec![
                piece(Tone::Strong, text::fold(row.author.as_str(), context.emoji()).into_owned()),
                piece(Tone::Muted, when::full(context.zone(), context.now(), row.published)),
                piece(Tone::Muted, row.network.name().to_owned()),
            ],
            " · ",
        );
        if roomy {
            page.gap();
        }
        let taken = page.lines().len() + keys.lines().len() + usize::from(roomy);
        let room = rows.saturating_sub(taken).max(1);
        let mut words = Page::new(page.columns());
        if !row.title.is_empty() {
            words.prose(Tone::Strong, 0, &text::fold(row.title.as_str(), context.emoji()));
        }
        let without = without_title(row.excerpt.as_str(), row.title.as_str());
        words.prose(Tone::Text, 0, &text::fold(without, context.emoji()));
        let long = words.lines().len() > room;
        let shown = if long { room.saturating_sub(1) } else { words.lines().len() };
        words.lines().iter().take(shown).for_each(|line| page.line(line.clone()));
        if long {
            page.line(Line::of(Tone::Muted, text::ELLIPSIS));
        }
        let rest = if roomy { room.min(WORDS).saturating_sub(words.lines().len()) + 1 } else { 0 };
        (0..rest).for_each(|_| page.line(Line::new()));
        keys.lines().iter().for_each(|line| page.line(line.clone()));
    }

    /// What it is read to want, and the keys that say something else: these do not go on by themselves.
    fn kinds(&self, page: &mut Page, item: &Item) {
        let read = item.row.readings.iter().find(|reading| reading.subject == self.subject);
        let mut pieces = vec![piece(Tone::Muted, "read as")];
        pieces.extend(read.into_iter().flat_map(|reading| reading.intents.iter()).map(|intent| {
            let (sign, tone) = intent_sign(intent);
            piece(tone, format!("{sign} {}", intent.name()))
        }));
        pieces.push(piece(Tone::Muted, "wants something else? say so first:"));
        page.flow(pieces, "  ");
        let said = item.kinds.unwrap_or_default();
        choices(page, &INTENTS.map(|(key, intent)| (key, intent.name(), said.has(intent))));
    }

    fn summary(&self, page: &mut Page, context: &Context) {
        let answered = self.answered();
        if answered == 0 {
            page.prose(Tone::Text, 0, "Nothing was answered, so nothing was learned.");
            return;
        }
        let scored = self.items().iter().filter_map(|item| {
            let reading = item.row.readings.iter().find(|reading| reading.subject == self.subject)?;
            Some((item.said?, reading.likeliest()?))
        });
        let agreed = scored.filter(|(said, read)| said.sentiment == Some(*read)).count();
        let kinds = self.items().iter().filter(|item| item.sent.is_some()).count() as u64;
        let besides = if kinds == 0 { String::new() } else { format!(" You said of {kinds} what they want.") };
        page.prose(
            Tone::Strong,
            0,
            &format!(
                "You answered {answered} of {}; the readers had said the same of {agreed}.{besides}",
                self.items().len()
            ),
        );
        page.gap();
        match context.lessons().of(self.subject) {
            Some(lessons) => lessons_learned(page, lessons),
            None => page.line(Line::of(Tone::Muted, "learning …")),
        }
        page.gap();
        let keys = context.keys();
        let key = |action| keys.short(action).unwrap_or_default();
        page.prose(
            Tone::Muted,
            0,
            &format!(
                "What comes from now on is read as you taught it. {} undoes the whole game, {} corrects a mention whenever you see it, {} plays again.",
                key(Action::Undo),
                key(Action::Correct),
                key(Action::Teach)
            ),
        );
    }
}

fn lessons_learned(page: &mut Page, lessons: &SubjectLessons) {
    let from = text::grouped(u64::from(lessons.corrections));
    page.prose(Tone::Text, 0, &format!("Learned from {from} corrections, these and earlier ones."));
    match lessons.errors {
        Some((before, after)) => page.prose(
            Tone::Text,
            0,
            &format!(
                "The shares of negative, neutral and positive among them were {:.0} points off; as taught they are {:.0}.",
                before * 100.0,
                after * 100.0
            ),
        ),
        None => page.prose(Tone::Muted, 0, "Too few of sentiment to tell an error before and after."),
    }
    if lessons.sentiment.from > 0 {
        page.prose(Tone::Text, 0, &factors(lessons.sentiment.biases));
    }
    if lessons.intents.from > 0 {
        page.prose(Tone::Text, 0, &intent_factors(lessons.intents.biases));
    }
    if lessons.senses.from() > 0 {
        page.prose(
            Tone::Text,
            0,
            &format!(
                "What else the name means: learned from {}.",
                text::counted(u64::from(lessons.senses.from()), "mark")
            ),
        );
    }
}

/// When the game is offered: once, when a first reading has brought enough mentions and nothing was ever corrected.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Offer {
    /// Mentions that there were when the program began.
    first: Option<u64>,
    made: bool,
}

impl Model {
    /// Begins a game.
    pub(super) fn start_game(&mut self) {
        let Some(subject) = self.stream.subject().or_else(|| self.context.brand_id()) else {
            return self.status.say(Weight::Info, "there is nobody to read mentions for yet");
        };
        let number = self.asks.number();
        let name = self.context.subject_name(subject).to_owned();
        self.push(Overlay::Game(Box::new(Game::new(number, subject, &name))));
        self.asks.now(Thing::Candidates);
    }

    fn game(&mut self) -> Option<&mut Game> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Game(game) => Some(&mut **game),
            _ => None,
        })
    }

    /// Whether a game is on.
    pub(super) fn playing(&self) -> bool {
        self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Game(_)))
    }

    /// The mentions to choose from; `None` when nobody waits for them.
    pub(super) fn candidates(&mut self) -> Option<Load> {
        let game = self.game().filter(|game| game.items.is_none())?;
        let filter = Box::new(Filter { subject: Some(game.subject), ..Filter::default() });
        Some(Load::Rows { filter, span: Span::Newest, limit: AMONG })
    }

    /// The mentions to choose from are there.
    pub(super) fn deal(&mut self, rows: &[MentionRow]) -> bool {
        let Some(game) = self.game().filter(|game| game.items.is_none()) else { return false };
        let chosen = choose(rows, game.subject, ROUND);
        let count = chosen.len();
        game.deal(chosen);
        if count < FEWEST {
            self.close_game();
            let words = format!("too few mentions to ask about: {count}, from {FEWEST} on a game is worth it");
            self.status.say(Weight::Info, &words);
        }
        true
    }

    /// The mentions to choose from cannot be read.
    pub(super) fn no_game(&mut self) {
        if self.game().is_some_and(|game| game.items.is_none()) {
            self.close_game();
        }
    }

    fn close_game(&mut self) {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Game(_)));
    }

    /// The player answered.
    pub(super) fn answer_game(&mut self, answer: &Answer, cmds: &mut Vec<Cmd>) {
        let Answer { game, id, subject, said, kinds } = *answer;
        // Of the sentiment everybody is asked; of the kind whoever finds it wrong says so.
        let kinds = kinds.map(Said::intents).unwrap_or_default();
        for (said, occasion) in [(kinds, Occasion::Volunteered), (said, Occasion::Asked)] {
            if said.is_nothing() {
                continue;
            }
            let question = self.asks.number();
            self.marks.sent_in(question, game);
            cmds.push(Cmd::Correct { question, ids: vec![id], subject: Some(subject), said, occasion });
        }
    }

    /// Offers a game, if it is time for it. Tells whether it did.
    pub(super) fn offer_game(&mut self, overview: &Overview) -> bool {
        let first = *self.offer.first.get_or_insert(overview.mentions);
        let enough = ROUND as u64;
        let never = *self.context.lessons() == crate::engine::Lessons::default();
        let due = !self.offer.made && first < enough && overview.mentions >= enough && never;
        if !due || self.context.occasion() == Run::ReadOnly {
            return false;
        }
        self.offer.made = true;
        let key = self.context.keys().short(Action::Teach).unwrap_or_else(|| Action::Teach.name().to_owned());
        let words =
            format!("`{key}` asks about {ROUND} of these mentions: a minute that teaches what is negative for you");
        self.status.say(Weight::Info, &words);
        true
    }
}

#[cfg(test)]
mod tests;
