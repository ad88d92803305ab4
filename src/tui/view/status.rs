//! The status line, the banner, and what a terminal that is too small shows.

use super::brush::Brush;
use crate::domain::case::InboxFigures;
use crate::engine::Standing;
use crate::tui::app::inbox::figures::Figures;
use crate::tui::app::layout::{Area, SMALLEST};
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::setup::Occasion;
use crate::tui::app::text::{clip, grouped, short_number};
use crate::tui::app::when;
use crate::tui::app::{Action, Model};

pub(super) fn line(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let clock = when::clock(model.context().zone(), model.context().now());
    let room = area.width.saturating_sub(8);
    let most = usize::from(room);
    // The widest wording that fits; what matters least is left out first.
    let wording = [Wording::Full, Wording::Short, Wording::Brief, Wording::Tight]
        .into_iter()
        .map(|wording| compose(model, wording, most))
        .find(|line| line.width() <= most)
        .unwrap_or_else(|| compose(model, Wording::Tight, most));
    brush.line(area.x, area.y, room, &wording);
    brush.say(area.x + area.width.saturating_sub(6), area.y, 5, &clock, Tone::Strong);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    Full,
    Short,
    /// Without what matters least: that all is well with collecting.
    Brief,
    Tight,
}

fn compose(model: &Model, wording: Wording, room: usize) -> Line {
    let brand = model.context().brand().as_str();
    let mut line = Line::of(Tone::Text, " ");
    if wording == Wording::Full {
        line = line.with(Tone::Muted, "goodword · ");
    }
    line = line.with(Tone::Strong, clip(brand, (room / 3).max(8)));
    match model.context().occasion() {
        Occasion::Ordinary => {}
        Occasion::Demo => line = line.with(Tone::Warn, if wording == Wording::Tight { " demo" } else { " · demo" }),
        Occasion::ReadOnly => {
            line = line.with(Tone::Warn, if wording == Wording::Tight { " ro" } else { " · read only" })
        }
    }
    if wording == Wording::Tight && model.status().paused() {
        // What is cut off at the end must not be this.
        line = line.with(Tone::Warn, " paused");
    }
    let outbox = model.outbox().status(model.context().now(), wording != Wording::Full);
    if wording == Wording::Tight {
        // What is cut off at the end must not be this either.
        line = outbox.into_iter().fold(line, |line, (tone, words)| line.with(tone, format!(" {words}")));
        line = counts(model, line, wording);
        return sources(model, line, wording);
    }
    line = counts(model, line, wording);
    line = sources(model, line, wording);
    line = outbox.into_iter().fold(line, |line, (tone, words)| line.with(tone, format!("   {words}")));
    if model.status().paused() {
        return line.with(Tone::Warn, "   paused");
    }
    match model.status().standing() {
        Some(Standing::Collecting) if wording == Wording::Brief => line,
        Some(Standing::Collecting) => line.with(Tone::Muted, "   collecting"),
        Some(Standing::Following { .. }) => line.with(Tone::Warn, "   following"),
        None => line,
    }
}

fn counts(model: &Model, line: Line, wording: Wording) -> Line {
    let Some(overview) = model.status().overview() else { return line };
    let (unread, complaints) = (overview.unread, overview.unread_complaints);
    let gap = if wording == Wording::Full { "     " } else { "   " };
    let open = model.inbox().figures().known().is_some_and(|figures| figures.open > 0);
    let mut line = line.with(Tone::Text, if wording == Wording::Tight { " " } else { gap });
    if let Some(figures) = model.inbox().figures().known().filter(|figures| figures.open > 0) {
        line = cases(line, &figures, wording);
    } else if complaints > 0 {
        let words = match wording {
            Wording::Tight => format!("!{} ", short_number(complaints)),
            _ if complaints == 1 => "! 1 complaint   ".to_owned(),
            _ => format!("! {} complaints   ", grouped(complaints)),
        };
        line = line.with(Tone::Complaint, words);
    }
    let words = match wording {
        // Where cases are told and room is scarce, what nobody has read matters less.
        Wording::Brief if open => String::new(),
        Wording::Tight => format!("●{}", short_number(unread)),
        _ => format!("{} unread", grouped(unread)),
    };
    let line = line.with(Tone::Text, words);
    match (model.signals().unseen(), wording) {
        (0, _) => line,
        (unseen, Wording::Tight) => line.with(Tone::Bad, format!(" ▲{unseen}")),
        (unseen, Wording::Short | Wording::Brief) => line.with(Tone::Bad, format!("   ▲ {unseen}")),
        (1, _) => line.with(Tone::Bad, "   ▲ 1 signal"),
        (unseen, _) => line.with(Tone::Bad, format!("   ▲ {unseen} signals")),
    }
}

/// The inbox: how many are open and late, and what that costs.
fn cases(line: Line, figures: &InboxFigures, wording: Wording) -> Line {
    let (open, late) = (figures.open, figures.late);
    let tone = if late > 0 { Tone::Bad } else { Tone::Strong };
    if wording == Wording::Tight {
        let words = if late > 0 {
            format!("▲{}/{} ", short_number(late), short_number(open))
        } else {
            format!("{} open ", short_number(open))
        };
        return line.with(tone, words);
    }
    let mut line = line.with(Tone::Strong, format!("{} open", grouped(open)));
    if late > 0 {
        line = line.with(Tone::Bad, format!("  ▲ {} late", grouped(late)));
    }
    let due = match (figures.promises_due, figures.hand_overs_due) {
        (0, 0) => None,
        (1, 0) => Some("1 promise due".to_owned()),
        (promises, 0) => Some(format!("{} promises due", grouped(promises))),
        (0, 1) => Some("1 hand-over due".to_owned()),
        (0, handed) => Some(format!("{} hand-overs due", grouped(handed))),
        (promises, handed) => Some(format!("{} due", grouped(promises + handed))),
    };
    if let Some(words) = due.filter(|_| wording != Wording::Brief) {
        line = line.with(Tone::Bad, format!("  {words}"));
    }
    if figures.debt >= 0.05 {
        line = line.with(Tone::Text, format!("  debt {}", Figures::debt(figures)));
    }
    if wording == Wording::Brief { line } else { line.with(Tone::Text, "   ") }
}

fn sources(model: &Model, line: Line, wording: Wording) -> Line {
    if !model.sources().known() {
        return line;
    }
    let (working, all) = model.sources().working();
    let (tone, sign) = if working < all { (Tone::Bad, "!") } else { (Tone::Text, "") };
    match wording {
        Wording::Tight => line.with(tone, format!(" {working}/{all}{sign}")),
        _ => line.with(tone, format!("   sources {working}/{all}{sign}")),
    }
}

/// Trouble that concerns everything.
pub(super) fn banner(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let stopped = || {
        let key = model.context().keys().short(Action::StopSending).unwrap_or_default();
        model.outbox().stopped().then(|| {
            format!("all sending is stopped, for everybody and also after a restart: {key} twice lets it go on")
        })
    };
    let Some(trouble) = model.status().trouble().map(ToString::to_string).or_else(stopped) else { return };
    brush.say(area.x, area.y, area.width, &format!(" ! {trouble}"), Tone::Bad);
    brush.wash(area, brush.theme.banner());
}

/// What a terminal below the smallest size shows: that it is, and what must not be missed.
pub(super) fn too_small(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let mut y = area.y;
    if let Some(complaints) = model.status().overview().map(|overview| overview.unread_complaints).filter(|n| *n > 0) {
        brush.say(area.x, y, area.width, &format!("! {} unread", short_number(complaints)), Tone::Complaint);
        y += 1;
    }
    if y < area.y + area.height {
        let words = format!("goodword needs {}×{}", SMALLEST.0, SMALLEST.1);
        brush.prose(Area { y, height: area.y + area.height - y, ..area }, &words, Tone::Text);
    }
}
