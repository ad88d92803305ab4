//! The sources and how they fare.

use super::brush::{Brush, inner, row_at};
use crate::domain::time::Timestamp;
use crate::domain::{OwnHistory, SafeText, SourceHealth, SourceState};
use crate::tui::app::Model;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::lists::{health_sign, worries};
use crate::tui::app::meters;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{self, fit, short_number};
use crate::tui::app::when;

/// Columns that a reason keeps beside a meter, and the gap between the two.
const LEAST_REASON: usize = 20;
const GAP: usize = 2;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let sources = model.sources();
    let (working, all) = sources.working();
    let unasked = sources.states().iter().filter(|state| state.health == SourceHealth::New).count();
    let tally = match (sources.known(), working == all) {
        (false, _) => Line::new(),
        (true, true) if unasked > 0 => Line::of(Tone::Muted, format!("{unasked} of {all} not asked yet")),
        (true, true) => Line::of(Tone::Good, format!("✓ all {all} work")),
        (true, false) => Line::of(Tone::Bad, format!("! {} of {all} want a look", all - working)),
    };
    let body = brush.pane(area, &Line::of(Tone::Strong, "Sources"), &tally, focused);
    if sources.states().is_empty() {
        let words = if sources.known() { "no source is configured" } else { "reading …" };
        brush.say(body.x + 1, body.y, body.width.saturating_sub(2), words, Tone::Muted);
        return;
    }
    let parts = layout::table(body);
    if parts.head.height > 0 {
        let words = columns(body.width, " ", "source", "asked", "next", "mentions");
        brush.say(parts.head.x, parts.head.y, parts.head.width, &words, Tone::Muted);
    }
    let visible = sources.states().iter().enumerate().skip(sources.offset()).take(usize::from(parts.list.height));
    for (line, (index, state)) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        row(brush, model, area, state);
        if focused && index == sources.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
    if parts.foot.height > 0
        && let Some(state) = sources.selected()
    {
        foot(brush, model, state, parts.foot);
    }
}

/// A trouble without the host that it begins with: the row names the source already.
pub(super) fn reason(trouble: &str) -> &str {
    match trouble.split_once(' ') {
        Some((host, rest)) if host.contains(['.', ':']) && !host.ends_with(':') => {
            rest.strip_prefix("answered ").unwrap_or(rest)
        }
        _ => trouble,
    }
}

/// The columns of the table, as far as the width allows: sign, name, asked, next, mentions; trouble comes after.
fn columns(width: u16, sign: &str, name: &str, asked: &str, next: &str, mentions: &str) -> String {
    match width {
        0..=39 => format!(" {sign} {}", fit(name, 20)),
        40..=59 => format!(" {sign} {} {}", fit(name, 22), fit(asked, 8)),
        60..=99 => format!(" {sign} {} {} {}", fit(name, 26), fit(asked, 8), fit(next, 8)),
        _ => format!(" {sign} {} {} {} {mentions:>8}", fit(name, 34), fit(asked, 8), fit(next, 8)),
    }
}

fn row(brush: &mut Brush<'_>, model: &Model, area: Area, state: &SourceState) {
    let now = model.context().now();
    let (sign, word, tone) = health_sign(state.health);
    let asked = match state.live {
        true if !model.status().paused() => "live".to_owned(),
        _ => state.polled.map_or_else(|| "never".to_owned(), |at| when::since(now, at)),
    };
    let next = match () {
        () if model.status().paused() => "paused".to_owned(),
        () if state.live => "—".to_owned(),
        () if model.sources().is_polling(state.id) => "asking".to_owned(),
        () => due(state.next, now),
    };
    let name = SafeText::line(&state.name, 80);
    let words = columns(area.width, " ", name.as_str(), &asked, &next, &short_number(state.mentions));
    let used = brush.say(area.x, area.y, area.width, &words, Tone::Text);
    brush.say(area.x + 1, area.y, 1, sign, tone);
    let why = match state.health {
        _ if worries(state) && !state.trouble.is_empty() => reason(state.trouble.as_str()),
        SourceHealth::New | SourceHealth::Waiting => word,
        _ if worries(state) => word,
        _ => "",
    };
    let rest = Area { x: area.x + used + 2, width: area.width.saturating_sub(used + 2), ..area };
    let taken = meter(brush, state, rest, now, text::width(why));
    brush.say(rest.x, rest.y, rest.width.saturating_sub(taken), why, tone);
}

/// The fullest meter at the right end of a row, as short as it must be to leave room for what is wrong. Returns the
/// columns that it takes, with the gap before it.
fn meter(brush: &mut Brush<'_>, state: &SourceState, area: Area, now: Timestamp, why: usize) -> u16 {
    let Some(meter) = meters::fullest(&state.meters, now) else { return 0 };
    let gap = if why == 0 { 0 } else { GAP };
    let room = usize::from(area.width).saturating_sub(why.min(LEAST_REASON) + gap);
    let Some(words) = meters::short(meter, now).into_iter().find(|words| text::width(words) < room) else { return 0 };
    // A column stays free at the right, as in the head.
    let wide = u16::try_from(text::width(&words)).unwrap_or(area.width) + 1;
    let tone = if meters::is_high(meter, now) { Tone::Warn } else { Tone::Muted };
    brush.say(area.x + area.width - wide, area.y, wide, &words, tone);
    wide + u16::try_from(gap).unwrap_or_default()
}

/// How far back our own posts were fetched.
fn own_history(history: &OwnHistory, now: Timestamp) -> Option<String> {
    let days = now.duration_since(history.reached?).as_hours() / 24;
    let posts = short_number(history.posts);
    Some(match history.done {
        true => format!("own posts of {days} days: {posts}"),
        false => format!("fetching own posts: {posts}, back to {days} days ago"),
    })
}

fn due(next: Option<Timestamp>, now: Timestamp) -> String {
    match next {
        Some(at) if at <= now => "due".to_owned(),
        Some(at) => match when::long(at.duration_since(now)).as_str() {
            "now" => "< 1 min".to_owned(),
            other => other.to_owned(),
        },
        None => "—".to_owned(),
    }
}

/// What went wrong with the selected source, and what to do, in full; then what its network counts.
fn foot(brush: &mut Brush<'_>, model: &Model, state: &SourceState, area: Area) {
    let area = inner(Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area }, 1);
    let (sign, word, tone) = health_sign(state.health);
    let name = SafeText::line(&state.name, 80);
    let line = Line::of(tone, format!("{sign} {word}")).with(Tone::Text, "  ").foreign(Tone::Strong, &name);
    brush.line(area.x, area.y, area.width, &line);
    let rest = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let (now, zone) = (model.context().now(), model.context().zone());
    let mut counted: Vec<String> = state.meters.iter().map(|meter| meters::full(meter, now, zone)).collect();
    counted.extend(state.own_history.as_ref().and_then(|history| own_history(history, now)));
    let counted = counted.join(" · ");
    let wanted = text::wrap(&counted, usize::from(rest.width), usize::from(rest.height.saturating_sub(1))).len();
    let wanted = if counted.is_empty() { 0 } else { u16::try_from(wanted).unwrap_or_default() };
    let trouble = state.trouble.as_str();
    let trouble = if trouble.is_empty() { "nothing is wrong with it" } else { trouble };
    let used = brush.prose(Area { height: rest.height - wanted, ..rest }, trouble, Tone::Text);
    let high = state.meters.iter().any(|meter| meters::is_high(meter, now));
    let below = Area { y: rest.y + used, height: rest.height.saturating_sub(used), ..rest };
    brush.prose(below, &counted, if high { Tone::Warn } else { Tone::Muted });
}
