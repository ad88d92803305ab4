//! A mention in one row. Our own columns first, foreign words last, so that a width that a terminal judges otherwise
//! moves nothing of ours.

use super::brush::Brush;
use crate::domain::{Intent, Role, Shares};
use crate::domain::{MentionRow, Reading, SubjectId};
use crate::tui::app::Model;
use crate::tui::app::dossier::{forewords, intent_sign, sentiment_sign, without_title};
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{fit, fold};
use crate::tui::app::when;

/// What a row is drawn for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whose readings count; `None` for everybody's.
    pub(super) subject: Option<SubjectId>,
    /// It is the selected one.
    pub(super) selected: bool,
    /// Its pane has the focus.
    pub(super) focused: bool,
}

/// Draws a mention in a row.
pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, row: &MentionRow, look: Look) {
    let line = compose(model, row, usize::from(area.width), look.subject);
    brush.line(area.x, area.y, area.width, &line);
    if look.selected {
        brush.wash(area, brush.theme.selected(look.focused));
    }
}

fn compose(model: &Model, row: &MentionRow, width: usize, subject: Option<SubjectId>) -> Line {
    let context = model.context();
    let reading = subject.map_or_else(|| row.lead(), |id| row.readings.iter().find(|reading| reading.subject == id));
    let weight = if row.read { Tone::Muted } else { Tone::Text };
    let mark = if model.marks().has(row.id) {
        ("✓", Tone::Good)
    } else if row.read {
        (" ", Tone::Muted)
    } else {
        ("●", Tone::Strong)
    };
    let (sentiment, sentiment_tone) = sentiment(reading);
    let (intent, intent_tone) = intent(reading);
    let stamp = when::stamp(context.zone(), context.now(), row.published);
    let mut line = Line::of(mark.1, mark.0)
        .with(sentiment_tone, sentiment)
        .with(intent_tone, intent)
        .with(Tone::Muted, format!(" {stamp} "));
    if width >= 96 {
        line = line.with(Tone::Muted, fit(source(model, row), 12)).with(Tone::Text, " ");
    }
    let author_columns = match width {
        0..=49 => 9,
        50..=79 => 16,
        80..=119 => 19,
        _ => 24,
    };
    let author = fold(row.author.as_str(), context.emoji());
    line = line.with(weight, fit(&author, author_columns)).with(Tone::Text, " ");
    if row.group_size > 1 {
        line = line.with(Tone::Strong, format!("×{} ", row.group_size));
    }
    if let Some(rival) = other_subject(model, reading, subject) {
        line = line.with(Tone::Muted, format!("[{rival}] "));
    }
    for foreword in forewords(row, width < 60) {
        line = line.with(foreword.tone, fold(&foreword.text, context.emoji()));
    }
    words(line, row, weight, model)
}

fn words(line: Line, row: &MentionRow, weight: Tone, model: &Model) -> Line {
    let emoji = model.context().emoji();
    let excerpt = fold(row.excerpt.as_str(), emoji);
    if row.title.is_empty() {
        return line.with(weight, excerpt);
    }
    let title = fold(row.title.as_str(), emoji);
    let rest = without_title(&excerpt, &title);
    let rest = if rest.is_empty() { String::new() } else { format!(" — {rest}") };
    line.with(weight, title).with(Tone::Muted, rest)
}

fn source<'a>(model: &'a Model, row: &'a MentionRow) -> &'a str {
    match model.sources().name(row.source) {
        "" => row.network.name(),
        name => name,
    }
}

fn sentiment(reading: Option<&Reading>) -> (&'static str, Tone) {
    match reading {
        None => (" ", Tone::Muted),
        Some(reading) if !reading.about => ("≠", Tone::Muted),
        Some(reading) => match reading.sentiment.map(|shares| shares.likeliest()) {
            None => (" ", Tone::Muted),
            Some((_, probability)) if probability < Shares::UNCERTAIN_BELOW => ("~", Tone::Warn),
            Some((likeliest, _)) => {
                let (sign, _, tone) = sentiment_sign(likeliest);
                (sign, tone)
            }
        },
    }
}

fn intent(reading: Option<&Reading>) -> (&'static str, Tone) {
    let primary = reading.filter(|reading| reading.about).map_or(Intent::Other, |reading| reading.intents.primary());
    intent_sign(primary)
}

/// Among everybody's mentions, a rival's is named.
fn other_subject<'a>(model: &'a Model, reading: Option<&Reading>, subject: Option<SubjectId>) -> Option<&'a str> {
    let id = reading.filter(|_| subject.is_none())?.subject;
    model
        .context()
        .subjects()
        .iter()
        .find(|subject| subject.id == id && subject.role == Role::Rival)
        .map(|subject| subject.name.as_str())
}
