//! Correcting how mentions were read: the popup, what is sent, and what is told afterwards.

use std::sync::Arc;

use super::Model;
use super::action::Action;
use super::asks::Thing;
use super::cmd::Cmd;
use super::context::Context;
use super::dossier::{intent_sign, sentiment_sign};
use super::layout::Pane;
use super::marks::Undo;
use super::msg::{Typing, Weight};
use super::overlay::{Overlay, Step};
use super::page::{Line, Page, Piece, Tone, piece};
use super::text;
use crate::domain::{
    CorrectionId, Intent, Intents, MentionId, MentionRow, Occasion, Reading, SafeText, Said, Sentiment, SubjectId,
};
use crate::engine::Lessons;

mod learned;

pub(super) use self::learned::{factors, intent_factors, learned};

/// The keys of the popup, for the hint bar.
pub const HINTS: &[(&str, &str)] =
    &[("- 0 +", "sentiment"), ("c q p m o", "intents"), ("a n", "about us"), ("Enter", "keep"), ("Esc", "do not")];

/// Keys of the sentiments.
pub(super) const SENTIMENTS: [(char, Sentiment); 3] =
    [('-', Sentiment::Negative), ('0', Sentiment::Neutral), ('+', Sentiment::Positive)];
/// Keys of the intents.
pub(super) const INTENTS: [(char, Intent); 5] = [
    ('c', Intent::Complaint),
    ('q', Intent::Question),
    ('p', Intent::Praise),
    ('m', Intent::Promo),
    ('o', Intent::Other),
];
/// Most intents that hold at once.
const MOST_INTENTS: usize = 2;

/// For whom something is said.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    /// `None`: for whom the stream shows the reading, mention by mention.
    subject: Option<SubjectId>,
    name: String,
    /// How it is read now, where that is one mention.
    reading: Option<Reading>,
}

/// What a person is about to say of some mentions.
#[derive(Debug, Clone, PartialEq)]
pub struct Correcting {
    ids: Vec<MentionId>,
    choices: Vec<Choice>,
    chosen: usize,
    said: Said,
    words: SafeText,
}

impl Correcting {
    fn of_one(row: &MentionRow, first: Option<SubjectId>, context: &Context) -> Self {
        let first = first.or_else(|| row.lead().map(|reading| reading.subject));
        let mut readings: Vec<&Reading> = row.readings.iter().collect();
        readings.sort_by_key(|reading| Some(reading.subject) != first);
        let choice = |reading: &Reading| Choice {
            subject: Some(reading.subject),
            name: context.subject_name(reading.subject).to_owned(),
            reading: Some(reading.clone()),
        };
        Self {
            ids: vec![row.id],
            choices: readings.into_iter().map(choice).collect(),
            chosen: 0,
            said: Said::default(),
            words: if row.title.is_empty() { row.excerpt.clone() } else { row.title.clone() },
        }
    }

    fn of_many(ids: Vec<MentionId>, subject: Option<SubjectId>, context: &Context) -> Self {
        let name = subject.map_or_else(|| "as each is shown".to_owned(), |id| context.subject_name(id).to_owned());
        let choices = vec![Choice { subject, name, reading: None }];
        Self { ids, choices, chosen: 0, said: Said::default(), words: SafeText::default() }
    }

    /// What is said so far.
    pub fn said(&self) -> Said {
        self.said
    }

    /// Takes a key in.
    pub(super) fn type_in(&mut self, typing: &Typing) -> Step {
        match typing {
            Typing::Character(key) => self.key(key.to_ascii_lowercase()),
            Typing::Next | Typing::Previous if !self.choices.is_empty() => {
                let by = if *typing == Typing::Next { 1 } else { self.choices.len() - 1 };
                self.chosen = (self.chosen + by) % self.choices.len();
                self.said = Said::default();
            }
            Typing::Submit if !self.said.is_nothing() => return Step::Say(Box::new(self.clone())),
            Typing::Submit | Typing::Cancel => return Step::Close,
            _ => {}
        }
        Step::Stay
    }

    fn key(&mut self, key: char) {
        if let Some((_, sentiment)) = SENTIMENTS.into_iter().find(|(known, _)| *known == key) {
            self.said.sentiment = Some(sentiment).filter(|said| self.said.sentiment != Some(*said));
        } else if let Some((_, intent)) = INTENTS.into_iter().find(|(known, _)| *known == key) {
            self.said.intents = toggled(self.said.intents, intent);
        } else if key == 'a' || key == 'n' {
            self.said.about = Some(key == 'a').filter(|said| self.said.about != Some(*said));
        }
    }

    /// The title of the popup.
    pub fn title(&self) -> String {
        match self.ids.len() {
            1 => "Correct how it was read".to_owned(),
            many => format!("Correct how {} mentions were read", text::grouped(many as u64)),
        }
    }

    /// What the popup shows.
    pub fn page(&self, columns: usize, context: &Context) -> Page {
        let mut page = Page::new(columns);
        if !self.words.is_empty() {
            let words = text::fold(self.words.as_str(), context.emoji());
            page.line(Line::of(Tone::Muted, text::clip(&words, columns).into_owned()));
            page.gap();
        }
        let Some(choice) = self.choices.get(self.chosen) else { return page };
        let mut whose = Line::of(Tone::Muted, "for ").with(Tone::Strong, choice.name.clone());
        if self.choices.len() > 1 {
            whose = whose.with(Tone::Key, "  Tab").with(Tone::Muted, " another subject");
        }
        page.line(whose);
        if let Some(reading) = &choice.reading {
            let mut pieces = vec![piece(Tone::Muted, "read as")];
            pieces.extend(told(reading));
            page.flow(pieces, "  ");
        }
        page.gap();
        let keys = SENTIMENTS.map(|(key, sentiment)| {
            let (_, name, _) = sentiment_sign(sentiment);
            (key, name, self.said.sentiment == Some(sentiment))
        });
        choices(&mut page, &keys);
        let intents = self.said.intents.unwrap_or_default();
        choices(&mut page, &INTENTS.map(|(key, intent)| (key, intent.name(), intents.has(intent))));
        let about = self.said.about;
        choices(&mut page, &[('a', "about us", about == Some(true)), ('n', "not about us", about == Some(false))]);
        page
    }
}

/// A line of keys and what they say; what is said stands out.
pub(super) fn choices(page: &mut Page, all: &[(char, &str, bool)]) {
    let mut line = Line::new();
    for (key, name, said) in all {
        let wide = name.chars().count() + 7;
        if !line.0.is_empty() && line.width() + wide > page.columns() + 3 {
            page.line(std::mem::take(&mut line));
        }
        let (tone, name) = if *said { (Tone::Found, format!("[{name}]")) } else { (Tone::Text, format!(" {name} ")) };
        line = line.with(Tone::Key, key.to_string()).with(Tone::Text, " ").with(tone, name).with(Tone::Text, "   ");
    }
    page.line(line);
}

/// The set with one more or one less; a third starts anew.
pub(super) fn toggled(set: Option<Intents>, intent: Intent) -> Option<Intents> {
    let before = set.unwrap_or_default();
    if before.has(intent) {
        let left: Vec<Intent> = before.iter().filter(|one| *one != intent).collect();
        return (!left.is_empty()).then(|| Intents::of(&left));
    }
    Some(if before.iter().count() < MOST_INTENTS { before.with(intent) } else { Intents::of(&[intent]) })
}

/// A reading in a few words.
pub(super) fn told(reading: &Reading) -> Vec<Piece> {
    if !reading.about {
        return vec![piece(Tone::Warn, "≠ not about this subject")];
    }
    let mut pieces = Vec::new();
    match reading.sentiment {
        Some(shares) => {
            let (likeliest, share) = shares.likeliest();
            let (sign, name, tone) = sentiment_sign(likeliest);
            pieces.push(piece(tone, format!("{sign} {name} {:.0} %", share * 100.0)));
        }
        None => pieces.push(piece(Tone::Muted, "no sentiment")),
    }
    pieces.extend(intents(reading.intents));
    pieces
}

fn intents(intents: Intents) -> impl Iterator<Item = Piece> {
    intents.iter().map(|intent| {
        let (sign, tone) = intent_sign(intent);
        piece(tone, format!("{sign} {}", intent.name()).trim().to_owned())
    })
}

/// What a person said and what the readers had said, for the page of a mention.
pub(super) fn both_words(page: &mut Page, said: Said, read: &Reading) {
    let mut ours = vec![piece(Tone::Found, "you said")];
    if let Some(sentiment) = said.sentiment {
        let (sign, name, tone) = sentiment_sign(sentiment);
        ours.push(piece(tone, format!("{sign} {name}")));
    }
    ours.extend(said.intents.into_iter().flat_map(intents));
    if let Some(about) = said.about {
        ours.push(piece(Tone::Warn, if about { "about this subject" } else { "≠ not about this subject" }));
    }
    let mut theirs = vec![piece(Tone::Muted, "the reader said")];
    theirs.extend(told(read));
    for pieces in [ours, theirs] {
        let mut line = Line::of(Tone::Text, "    ");
        for piece in pieces {
            line = line.with(piece.tone, piece.text).with(Tone::Text, "  ");
        }
        page.line(line);
    }
}

impl Model {
    /// The mentions that a correction is about, and for whom: the marked ones, else the current one.
    fn corrected_ones(&self) -> (Vec<MentionId>, Option<SubjectId>) {
        if !self.marks.is_empty() {
            return (self.marks.ids(), self.stream.subject());
        }
        let Some(row) = self.current() else { return (Vec::new(), None) };
        let shown = self.stream.subject().filter(|id| row.readings.iter().any(|reading| reading.subject == *id));
        (vec![row.id], shown)
    }

    /// Opens the popup.
    pub(super) fn open_correcting(&mut self) {
        let (ids, subject) = self.corrected_ones();
        let correcting = if self.marks.is_empty() {
            let Some(row) = self.current() else { return };
            if row.readings.is_empty() {
                return self.status.say(Weight::Info, "this mention was read for nobody");
            }
            Correcting::of_one(&row, subject, &self.context)
        } else {
            Correcting::of_many(ids, subject, &self.context)
        };
        self.push(Overlay::Correct(correcting));
    }

    /// Says something of the marked mentions, else of the current one.
    pub(super) fn say(&mut self, said: Said, cmds: &mut Vec<Cmd>) {
        let (ids, subject) = self.corrected_ones();
        self.correct(ids, subject, said, cmds);
    }

    /// Says what the popup held.
    pub(super) fn carry_out_correcting(&mut self, correcting: Correcting, cmds: &mut Vec<Cmd>) {
        let subject = correcting.choices.get(correcting.chosen).and_then(|choice| choice.subject);
        self.correct(correcting.ids, subject, correcting.said, cmds);
    }

    fn correct(&mut self, ids: Vec<MentionId>, subject: Option<SubjectId>, said: Said, cmds: &mut Vec<Cmd>) {
        if ids.is_empty() {
            return;
        }
        if self.desk.focus() == Pane::Stream {
            self.stream.hold();
        }
        if ids.iter().any(|id| self.marks.has(*id)) {
            self.marks.take();
        }
        let question = self.asks.number();
        self.marks.sent(question);
        cmds.push(Cmd::Correct { question, ids, subject, said, occasion: Occasion::Volunteered });
    }

    /// Corrections were kept.
    pub(super) fn corrected(&mut self, question: u64, ids: Vec<CorrectionId>) -> bool {
        let count = ids.len();
        let Some(undone) = self.marks.done(question, Undo::Corrections { ids, game: None }) else { return false };
        self.readings_changed();
        if self.playing() || undone {
            return true;
        }
        if count == 0 {
            self.status
                .say(Weight::Trouble, "nothing was corrected: these mentions are gone, or not read for this subject");
            return true;
        }
        let undo = self.context.keys().short(Action::Undo).map_or_else(String::new, |key| format!("; {key} undoes it"));
        let what =
            if count == 1 { "1 mention".to_owned() } else { format!("{} mentions", text::grouped(count as u64)) };
        self.status.say(Weight::Info, &format!("corrected {what}{undo}"));
        true
    }

    /// Corrections were taken back.
    pub(super) fn uncorrected(&mut self, question: u64, count: u64) -> bool {
        let nothing = Undo::Corrections { ids: Vec::new(), game: None };
        if self.marks.done(question, nothing).is_none() {
            return false;
        }
        self.readings_changed();
        let what = if count == 1 { "1 correction".to_owned() } else { format!("{} corrections", text::grouped(count)) };
        self.status.say(Weight::Info, &format!("undone: {what}"));
        true
    }

    fn readings_changed(&mut self) {
        self.rows_changed(1);
        self.changed_elsewhere();
        if self.detail.row().is_some() {
            self.asks.hurry(Thing::Detail);
        }
    }

    /// The readers learned something.
    pub(super) fn learned(&mut self, lessons: Arc<Lessons>) -> bool {
        let changed = *lessons != *self.context.lessons();
        self.context.learn(lessons);
        if changed {
            self.detail.invalidate();
            self.doubt_why();
        }
        changed
    }
}

#[cfg(test)]
mod tests;
