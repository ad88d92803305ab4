//! The inbox: cases in the order in which they want an answer. Our own columns first, foreign words last.

use super::brush::{Brush, inner, row_at};
use crate::domain::Timestamp;
use crate::domain::case::{Aftermath, CaseRow, CaseStatus, Snooze};
use crate::tui::app::asks::Thing;
use crate::tui::app::dossier::{forewords, intent_sign, sentiment_sign};
use crate::tui::app::inbox::clock::{self, WIDE, clock};
use crate::tui::app::inbox::{Tab, file::CaseFile};
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{clip, fit, fold, grouped, short_number};
use crate::tui::app::{Action, Model, when};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let inbox = model.inbox();
    let body = brush.pane(area, &title(model, area.width, focused), &right(model), focused);
    if inbox.window().is_empty() {
        return empty(brush, model, body);
    }
    let visible = inbox.window().iter().enumerate().skip(inbox.offset()).take(usize::from(body.height));
    for (line, (index, row)) in visible.enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        let line = compose(model, row, usize::from(area.width), true);
        brush.line(area.x, area.y, area.width, &line);
        if index == inbox.index() {
            brush.wash(area, brush.theme.selected(focused));
        }
    }
}

fn title(model: &Model, width: u16, focused: bool) -> Line {
    let inbox = model.inbox();
    let mut line = Line::of(Tone::Strong, if inbox.stories() { "Inbox" } else { "Inbox, single cases" });
    if inbox.story().is_some() {
        line = Line::of(Tone::Strong, "Inbox · one story");
    }
    if focused && width >= 62 && inbox.waiting() == 0 && inbox.marked().is_empty() {
        line = line.with(Tone::Muted, " · ");
        for tab in Tab::ALL {
            let chosen = tab == inbox.tab();
            let words = if chosen { format!("[{}]", tab.name()) } else { format!(" {} ", tab.name()) };
            line = line.with(if chosen { Tone::Strong } else { Tone::Muted }, words);
        }
    } else {
        line = line.with(Tone::Text, format!(" · {}", inbox.tab().name()));
    }
    match inbox.marked().len() {
        _ if inbox.is_marking() => line.with(Tone::Good, " · marking …"),
        0 => line,
        count => line.with(Tone::Good, format!(" · ✓ {} marked", grouped(count as u64))),
    }
}

fn right(model: &Model) -> Line {
    let inbox = model.inbox();
    if inbox.waiting() > 0 {
        return Line::of(Tone::Strong, format!("▲ {} new", grouped(inbox.waiting())));
    }
    if inbox.loading() {
        let failed = model.asks().has_failed(Thing::Cases);
        return Line::of(Tone::Muted, if failed { "" } else { "reading …" });
    }
    match inbox.figures().known().filter(|_| inbox.tab() == Tab::Open && inbox.story().is_none()) {
        // Read before the rows were: the next figures come within a second.
        Some(figures) if figures.open == 0 && !inbox.window().is_empty() => Line::of(Tone::Muted, listed(model)),
        Some(figures) => {
            let open = grouped(figures.open.saturating_sub(figures.snoozed));
            match figures.late {
                0 => Line::of(Tone::Muted, format!("{open} open")),
                late => Line::of(Tone::Bad, format!("{} late", grouped(late))).with(Tone::Muted, format!(" of {open}")),
            }
        }
        None => Line::of(Tone::Muted, listed(model)),
    }
}

/// How many the list holds, and of what: a row is a case, or a story of several.
fn listed(model: &Model) -> String {
    let inbox = model.inbox();
    let rows = inbox.window().len() as u64;
    let whole = inbox.window().at_top() && inbox.window().reaches_last();
    let stories = inbox.window().iter().any(|row| inbox.is_story(row));
    let what = match inbox.tab() {
        _ if stories && rows == 1 => "story",
        _ if stories => "stories",
        _ if inbox.story().is_some() => "here",
        Tab::Open => "open",
        Tab::Mine => "mine",
        Tab::Unclaimed => "unclaimed",
        Tab::Snoozed => "snoozed",
        Tab::All => "in all",
    };
    format!("{}{} {what}", grouped(rows), if whole { "" } else { "+" })
}

/// A case in a row. `marks`: with the column of marks.
pub(super) fn compose(model: &Model, row: &CaseRow, width: usize, marks: bool) -> Line {
    let context = model.context();
    let now = context.now();
    let shown = clock(row, now, context.lateness());
    let mut line = Line::new();
    if marks {
        let marked = model.inbox().marked().contains(&row.id);
        line = line.with(if marked { Tone::Good } else { Tone::Text }, if marked { "✓" } else { " " });
    }
    line = line.with(shown.tone, format!("{} {}", shown.sign, fit(&shown.words, WIDE)));
    let (sentiment, sentiment_tone) = match row.sentiment {
        Some(sentiment) => {
            let (sign, _, tone) = sentiment_sign(sentiment);
            (sign, tone)
        }
        None => (" ", Tone::Muted),
    };
    let (intent, intent_tone) = intent_sign(row.intents.primary());
    line = line.with(sentiment_tone, sentiment).with(intent_tone, intent).with(Tone::Text, " ");
    if width >= 110 {
        let network = fold(row.mention.network.name(), context.emoji()).into_owned();
        line = line.with(Tone::Muted, fit(&network, 9)).with(Tone::Text, " ");
    }
    let who_columns = match width {
        0..=49 => 10,
        50..=79 => 15,
        80..=119 => 19,
        _ => 24,
    };
    let who = fold(row.who.as_str(), context.emoji());
    line = line.with(Tone::Text, fit(&who, who_columns)).with(Tone::Text, " ");
    if width >= 56 {
        let followers = row.weighing.followers.map_or_else(|| "?".to_owned(), short_number);
        line = line.with(Tone::Muted, format!("{followers:>4} "));
    }
    line = tags(model, row, line, now, width >= 100);
    for foreword in forewords(&row.mention, width < 100).into_iter().filter(|piece| !piece.text.starts_with('↵')) {
        line = line.with(foreword.tone, fold(&foreword.text, context.emoji()));
    }
    let mention = &row.mention;
    let words = if mention.title.is_empty() { &mention.excerpt } else { &mention.title };
    let weight = if row.status.is_open() { Tone::Text } else { Tone::Muted };
    line.with(weight, fold(words.as_str(), context.emoji()))
}

/// What is peculiar to a case, as short as can be.
fn tags(model: &Model, row: &CaseRow, mut line: Line, now: Timestamp, long: bool) -> Line {
    let context = model.context();
    if let Some((tone, words)) = model.outbox().tag(row, now) {
        line = line.with(tone, format!("{words} "));
    }
    if row.mention.group_size > 1 && model.inbox().story().is_none() {
        line = line.with(Tone::Strong, format!("×{} ", short_number(u64::from(row.mention.group_size))));
    }
    if row.mentions > 1 {
        let words = if long { format!("{} mentions ", row.mentions) } else { format!("{}m ", row.mentions) };
        line = line.with(Tone::Text, words);
    }
    if let Some(claim) = clock::claimed(row, now) {
        let ours = claim.voice.as_str() == context.signs_as();
        let until = if long { format!(" {}", when::clock(context.zone(), claim.until)) } else { String::new() };
        let name = fold(claim.voice.as_str(), context.emoji());
        line = line.with(if ours { Tone::Good } else { Tone::Warn }, format!("@{name}{until} "));
    }
    if clock::is_aside(row, now) {
        let words = match row.snooze {
            Some(Snooze::Until(until)) => format!("z {} ", when::stamp(context.zone(), now, until).trim()),
            _ => "z until they reply ".to_owned(),
        };
        line = line.with(Tone::Muted, words);
    }
    if let Some(due) = row.promise.filter(|_| row.status.is_open()) {
        let (tone, sign) = if due <= now { (Tone::Bad, "▲") } else { (Tone::Text, "") };
        let stamp = when::stamp(context.zone(), now, due);
        line = line.with(tone, format!("{sign}promise {} ", stamp.trim()));
    }
    if let Some(handed) = row.handed.as_ref().filter(|_| row.status == CaseStatus::HandedOver) {
        let tone = if row.is_overdue(now) { Tone::Bad } else { Tone::Text };
        let to = clip(handed.to.as_str(), if long { 28 } else { 14 });
        let due =
            handed.due.map(|due| format!(" {}", when::stamp(context.zone(), now, due).trim())).unwrap_or_default();
        line = line.with(tone, format!("→{}{due} ", fold(&to, context.emoji())));
    }
    if row.reopened > 0 && row.status == CaseStatus::New {
        line = line.with(Tone::Warn, "again ");
    }
    match row.aftermath {
        Some(Aftermath::Recovered) => match context.keys().short(Action::Resolve).filter(|_| row.is_happy_end()) {
            Some(key) => line.with(Tone::Good, format!("happy: {key} resolves ")),
            None => line.with(Tone::Good, "happy "),
        },
        Some(Aftermath::Unhappy) => line.with(Tone::Bad, "unhappy "),
        _ => line,
    }
}

/// Nothing to show: why, and what to do.
fn empty(brush: &mut Brush<'_>, model: &Model, body: Area) {
    let body = inner(body, 1);
    let inbox = model.inbox();
    if model.asks().has_failed(Thing::Cases) {
        brush.prose(body, "The inbox could not be read; it is asked for again within a minute.", Tone::Bad);
        return;
    }
    if inbox.loading() {
        brush.prose(body, "reading …", Tone::Muted);
        return;
    }
    let keys = model.context().keys();
    let key = |action| keys.short(action).unwrap_or_default();
    let snoozed = inbox.figures().known().map_or(0, |figures| figures.snoozed);
    let (words, tone) = match inbox.tab() {
        _ if inbox.story().is_some() => {
            (format!("Nothing of this story is left here. {} goes back.", key(Action::Back)), Tone::Muted)
        }
        Tab::Open if snoozed > 0 => (
            format!(
                "✓ Nobody waits for an answer now; {snoozed} put aside. {} shows the other lists.",
                key(Action::NextTab)
            ),
            Tone::Good,
        ),
        Tab::Open if model.first().of_cases() => (
            format!(
                "✓ Nobody waits for an answer. {} shows the other lists, closed cases among them.",
                key(Action::NextTab)
            ),
            Tone::Good,
        ),
        Tab::Open => (
            format!(
                "No case was opened yet. A complaint, a question or praise for {} opens one by itself; {} on any mention opens one by hand.",
                model.context().brand(),
                key(Action::Acknowledge)
            ),
            Tone::Muted,
        ),
        Tab::Mine => {
            (format!("You have claimed nothing. {} takes a case on for half an hour.", key(Action::Claim)), Tone::Muted)
        }
        Tab::Unclaimed => ("Every open case is claimed.".to_owned(), Tone::Muted),
        Tab::Snoozed => {
            (format!("Nothing is put aside. {} puts a case aside until a time.", key(Action::Snooze)), Tone::Muted)
        }
        Tab::All => ("There is no case at all.".to_owned(), Tone::Muted),
    };
    brush.prose(body, &words, tone);
}

/// The whole of one case.
pub(super) fn case(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let file: &CaseFile = model.inbox().file();
    let page = if file.row().is_some() { Ok(file.scrolled()) } else { Err("no case is selected") };
    brush.scrolled(area, &Line::of(Tone::Strong, "Case"), page, focused);
}
