//! Why a mention was read as it was: its words, those that decided set off, and for each subject what spoke for and
//! against every verdict. Computed by the engine when somebody asks.

use std::sync::Arc;

use super::Model;
use super::asks::Thing;
use super::context::Context;
use super::correct::{both_words, factors, intent_factors, told};
use super::dossier::{intent_sign, sentiment_sign};
use super::explain;
use super::msg::Weight;
use super::overlay::{Overlay, Sheet, area};
use super::page::{Line, Page, Piece, Tone, piece};
use super::text;
use crate::domain::{MentionId, MentionRow, Reading, Sentiment, Shares, SubjectId};
use crate::engine::{IntentReasons, Reasons, SubjectReasons};

mod marked;
mod ranked;

use self::marked::{Mark, marked};
use self::ranked::{Ranked, ranked};

/// Lines of the mention that are shown; of a longer one those with words that decided.
const MOST_LINES: usize = 12;
/// From this difference of a probability on a reading is another one.
const ANOTHER: f32 = 0.05;

/// The sheet.
#[derive(Debug, Clone)]
pub struct Why {
    row: MentionRow,
    /// Whose reading comes first.
    first: Option<SubjectId>,
    /// `None` until the engine answers, and inside when the mention is not stored any more.
    reasons: Option<Option<Arc<Reasons>>>,
    sheet: Sheet,
}

impl Why {
    fn new(row: MentionRow, first: Option<SubjectId>, context: &Context, size: (u16, u16)) -> Self {
        let sheet = Sheet::new("Why it is read so", Page::new(2), 1);
        let mut why = Self { row, first, reasons: None, sheet };
        why.fit(context, size);
        why
    }

    /// The mention.
    pub fn id(&self) -> MentionId {
        self.row.id
    }

    /// What is shown.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    pub(super) fn sheet_mut(&mut self) -> &mut Sheet {
        &mut self.sheet
    }

    fn answer(&mut self, reasons: Option<Arc<Reasons>>, context: &Context, size: (u16, u16)) -> bool {
        // An answer to a question about another mention is nobody's.
        if reasons.as_ref().is_some_and(|reasons| reasons.mention.row.id != self.row.id) {
            return false;
        }
        self.reasons = Some(reasons);
        self.fit(context, size);
        true
    }

    /// Composes it anew for a terminal of this size.
    pub(super) fn fit(&mut self, context: &Context, size: (u16, u16)) {
        let area = area(size);
        let mut page = Page::new(usize::from(area.width.saturating_sub(4)));
        match &self.reasons {
            None => {
                page.prose(Tone::Text, 0, self.row.excerpt.as_str());
                page.gap();
                page.line(Line::of(Tone::Muted, "looking at the words …"));
            }
            Some(None) => page.prose(Tone::Warn, 0, "This mention is not stored any more."),
            Some(Some(reasons)) => compose(&mut page, reasons, self.first, context),
        }
        self.sheet.replace(page, usize::from(area.height.saturating_sub(2)));
    }
}

fn compose(page: &mut Page, reasons: &Reasons, first: Option<SubjectId>, context: &Context) {
    let words = reasons.mention.full_text();
    let mut subjects: Vec<&SubjectReasons> = reasons.subjects.iter().collect();
    subjects.sort_by_key(|one| Some(one.subject) != first);
    let marks = subjects.first().map(|one| marks(one, &words)).unwrap_or_default();
    let lines = marked(&words, &marks, page.columns());
    let long = lines.len() > MOST_LINES;
    let telling = |line: &&Line| !long || line.0.iter().any(|piece| piece.tone != Tone::Text);
    for line in lines.iter().filter(telling).take(MOST_LINES) {
        page.line(line.clone());
    }
    if long {
        page.line(Line::of(Tone::Muted, "… only the lines with words that decided"));
    }
    if subjects.is_empty() {
        page.gap();
        page.line(Line::of(Tone::Muted, "not read for any subject"));
    }
    for one in subjects {
        subject(page, one, reasons, &words, context);
    }
    page.heading("How mentions are read");
    explain::detail(page, context);
}

/// The words that decided for a subject, as they are set off in the text.
fn marks(one: &SubjectReasons, words: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for found in ranked(&one.sentiment, words) {
        let (sign, tone) = if found.weight > 0.0 { ("+", Tone::Pro) } else { ("−", Tone::Contra) };
        marks.extend(found.spans.into_iter().map(|span| Mark { span, sign: sign.to_owned(), tone }));
    }
    for intent in one.intents.iter().filter(|intent| one.now.intents.has(intent.intent)) {
        let (sign, _) = intent_sign(intent.intent);
        for found in ranked(&intent.words, words).into_iter().filter(|found| found.weight > 0.0) {
            let tone = Tone::Found;
            marks.extend(found.spans.into_iter().map(|span| Mark { span, sign: sign.trim().to_owned(), tone }));
        }
    }
    marks
}

fn subject(page: &mut Page, one: &SubjectReasons, reasons: &Reasons, words: &str, context: &Context) {
    page.heading(context.subject_name(one.subject).to_owned());
    let stored = reasons.mention.row.readings.iter().find(|reading| reading.subject == one.subject);
    let correction = reasons.mention.correction(one.subject);
    match (correction, stored) {
        (Some(correction), _) => both_words(page, correction.said, &correction.read),
        (None, Some(stored)) if another(stored, &one.now) => {
            let mut pieces = vec![piece(Tone::Muted, "    when it came it was read as")];
            pieces.extend(told(stored));
            page.flow(pieces, "  ");
            page.prose(Tone::Muted, 4, "what was learned since reads it as below; nothing is read anew by itself");
        }
        _ => {}
    }
    sentiment(page, one, words);
    for intent in &one.intents {
        wanted(page, intent, one.now.intents.has(intent.intent), words);
    }
    let (tone, about) =
        if one.now.about { (Tone::Text, "about this subject") } else { (Tone::Warn, "≠ not about this subject") };
    page.line(Line::of(Tone::Text, "  ").with(tone, about));
    behind(page, &ranked(&one.about, words), ["for it", "against it"], "its name decides, or the watch that found it");
    learned(page, one, context);
}

/// Whether two readings differ in what is shown of them.
fn another(stored: &Reading, now: &Reading) -> bool {
    let far = |one: Shares, other: Shares| {
        (one.negative - other.negative).abs() > ANOTHER || (one.positive - other.positive).abs() > ANOTHER
    };
    let sentiment = match (stored.sentiment, now.sentiment) {
        (Some(one), Some(other)) => far(one, other),
        (one, other) => one.is_some() != other.is_some(),
    };
    sentiment || stored.intents != now.intents
}

fn sentiment(page: &mut Page, one: &SubjectReasons, words: &str) {
    let Some(shares) = one.now.sentiment else {
        page.prose(Tone::Muted, 2, "no sentiment: this language cannot be read, and is not guessed");
        return;
    };
    let mut line = Line::of(Tone::Text, "  ");
    for piece in three(shares) {
        line = line.with(piece.tone, piece.text).with(Tone::Text, "  ");
    }
    if shares.likeliest().1 < Shares::UNCERTAIN_BELOW {
        line = line.with(Tone::Warn, "~ uncertain");
    }
    page.line(line);
    behind(page, &ranked(&one.sentiment, words), ["for positive", "for negative"], "no single word stands out");
}

/// The three probabilities, the likeliest in its colour.
fn three(shares: Shares) -> Vec<Piece> {
    let each = [
        (Sentiment::Negative, shares.negative),
        (Sentiment::Neutral, shares.neutral),
        (Sentiment::Positive, shares.positive),
    ];
    let (likeliest, _) = shares.likeliest();
    let tell = |(sentiment, share): (Sentiment, f32)| {
        let (sign, name, tone) = sentiment_sign(sentiment);
        let tone = if sentiment == likeliest { tone } else { Tone::Muted };
        piece(tone, format!("{sign} {name} {:.0} %", share * 100.0))
    };
    each.into_iter().map(tell).collect()
}

fn wanted(page: &mut Page, intent: &IntentReasons, holds: bool, words: &str) {
    let (sign, tone) = intent_sign(intent.intent);
    let share = intent.share.map_or_else(String::new, |share| format!(" {:.0} %", share * 100.0));
    let name = format!("{sign} {}{share}", intent.intent.name()).trim().to_owned();
    let line = Line::of(Tone::Text, "  ").with(if holds { tone } else { Tone::Muted }, name);
    page.line(if holds { line } else { line.with(Tone::Muted, ", not taken") });
    let nothing = if holds { "no single word stands out" } else { "" };
    behind(page, &ranked(&intent.words, words), ["for it", "against it"], nothing);
}

/// Words with their weights, those above 0 and those below each on lines of their own.
fn behind(page: &mut Page, found: &[Ranked], names: [&str; 2], nothing: &str) {
    if found.is_empty() && !nothing.is_empty() {
        page.prose(Tone::Muted, 6, nothing);
    }
    for (name, sign, above) in [(names[0], "+", true), (names[1], "−", false)] {
        let those = found.iter().filter(|one| (one.weight > 0.0) == above);
        let pieces: Vec<Piece> =
            those.map(|one| piece(Tone::Text, format!("{} {sign}{:.1}", one.words, one.weight.abs()))).collect();
        if !pieces.is_empty() {
            indented(page, &format!("{name}: "), pieces);
        }
    }
}

/// Pieces after a name, wrapped under the first one.
fn indented(page: &mut Page, name: &str, pieces: Vec<Piece>) {
    let margin = 6 + text::width(name);
    let mut inner = Page::new(page.columns().saturating_sub(margin).max(12));
    inner.flow(pieces, "  ");
    for (at, line) in inner.lines().iter().enumerate() {
        let start = if at == 0 { format!("      {name}") } else { " ".repeat(margin) };
        let mut whole = Line::of(Tone::Muted, start);
        whole.0.extend(line.0.iter().cloned());
        page.line(whole);
    }
}

/// What corrections changed in these figures.
fn learned(page: &mut Page, one: &SubjectReasons, context: &Context) {
    let Some(lessons) = context.lessons().of(one.subject) else { return };
    let from = text::counted(u64::from(lessons.corrections), "correction");
    page.line(Line::of(Tone::Text, "  ").with(Tone::Strong, format!("learned from {from}")));
    if let Some(untaught) = one.untaught.filter(|_| lessons.sentiment.from > 0) {
        let mut pieces = vec![piece(Tone::Muted, "without them:")];
        pieces.extend(three(untaught).into_iter().map(|one| piece(Tone::Muted, one.text)));
        let mut line = Line::of(Tone::Text, "      ");
        for piece in pieces {
            line = line.with(piece.tone, piece.text).with(Tone::Text, "  ");
        }
        page.line(line);
        page.prose(Tone::Muted, 6, &factors(lessons.sentiment.biases));
    }
    if lessons.intents.from > 0 {
        page.prose(Tone::Muted, 6, &intent_factors(lessons.intents.biases));
    }
}

impl Model {
    /// Asks why the mention under the cursor is read as it is.
    pub(super) fn ask_why(&mut self) {
        let Some(row) = self.current() else {
            return self.status.say(Weight::Info, "no mention is selected");
        };
        let shown = self.stream.subject().filter(|id| row.readings.iter().any(|reading| reading.subject == *id));
        let first = shown.or_else(|| row.lead().map(|reading| reading.subject));
        let why = Why::new(row, first, &self.context, self.desk.size());
        self.push(Overlay::Why(Box::new(why)));
        self.asks.now(Thing::Why);
    }

    /// The sheet, while it lies there.
    pub(super) fn why(&self) -> Option<&Why> {
        self.overlays.iter().find_map(|overlay| match overlay {
            Overlay::Why(why) => Some(&**why),
            _ => None,
        })
    }

    /// The engine told why.
    pub(super) fn answer_why(&mut self, reasons: Option<Arc<Reasons>>) -> bool {
        let (context, size) = (&self.context, self.desk.size());
        self.overlays.iter_mut().any(|overlay| match overlay {
            Overlay::Why(why) => why.answer(reasons.clone(), context, size),
            _ => false,
        })
    }

    /// Something was learned, or mentions changed: what is told may be another story now.
    pub(super) fn doubt_why(&mut self) {
        if self.why().is_some() {
            self.asks.stale(Thing::Why);
        }
    }
}

#[cfg(test)]
mod tests;
