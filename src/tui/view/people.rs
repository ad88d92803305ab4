//! The people who had to do with us, and the card of one of them.

use super::brush::{Brush, inner, row_at};
use crate::domain::person::PersonRow;
use crate::measure::ties::{FEW_TURNS, Tie};
use crate::tui::app::asks::Thing;
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::people::order_name;
use crate::tui::app::text::{clip, fold, grouped, short_number};
use crate::tui::app::{Action, Model, when};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let people = model.people();
    let filter = people.filter();
    let mut title = Line::of(Tone::Strong, "People").with(Tone::Text, format!(" · {}", order_name(filter.order)));
    if !filter.words.is_empty() {
        title = title.with(Tone::Found, format!(" · {}", clip(&filter.words, 24)));
    }
    let body = brush.pane(area, &title, &right(model, area.width), focused);
    if people.rows().is_empty() {
        return empty(brush, model, body);
    }
    let visible = people.rows().iter().enumerate().skip(people.offset()).take(usize::from(body.height));
    for (line, (index, row)) in visible.enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        brush.line(area.x, area.y, area.width, &compose(model, row, usize::from(area.width)));
        if index == people.index() {
            brush.wash(area, brush.theme.selected(focused));
        }
    }
}

/// How many there are, and how many of the turns are with regulars.
fn right(model: &Model, width: u16) -> Line {
    let Some(figures) = model.people().figures() else { return Line::new() };
    if figures.unsettled > 0 {
        return Line::of(Tone::Muted, format!("adding up {} …", grouped(figures.unsettled)));
    }
    let many = grouped(figures.people);
    if width < 60 {
        return Line::of(Tone::Muted, many);
    }
    let share = match figures.turns {
        turns @ ..FEW_TURNS => format!("long-term: too few, {turns} of {FEW_TURNS} turns"),
        turns => format!("long-term {:.0} %", figures.regular_turns as f64 / turns as f64 * 100.0),
    };
    Line::of(Tone::Text, share).with(Tone::Muted, format!(" · {} regular · {many}", grouped(figures.regulars)))
}

/// A person in a row: our own columns first, foreign words last.
fn compose(model: &Model, row: &PersonRow, width: usize) -> Line {
    let context = model.context();
    let tie = Tie::of(&row.sums, context.now());
    let (sign, tone) = match (tie.regular, row.sums.regular) {
        (true, _) => ("●", Tone::Good),
        (false, true) => ("○", Tone::Warn),
        _ => (" ", Tone::Text),
    };
    let silent = tie.last.map(|last| when::since(context.now(), last)).unwrap_or_default();
    let mut line = Line::of(tone, format!(" {sign} "))
        .with(Tone::Strong, format!("{:>6.1} ", tie.strength))
        .with(Tone::Muted, format!("{silent:>7} "));
    if width >= 56 {
        let (turns, theirs, ours) = (row.sums.turns, row.sums.theirs, row.sums.ours);
        let both = format!("⇄{:>4} →{:>4} ←{:>4}  ", short(turns), short(theirs), short(ours));
        line = line.with(Tone::Muted, both);
    }
    for (place, handle) in row.handles.iter().enumerate() {
        if place > 0 {
            line = line.with(Tone::Muted, " = ");
        }
        line = line.with(Tone::Text, fold(handle.who.as_str(), context.emoji()).into_owned());
        if width >= 76 {
            line = line.with(Tone::Muted, format!(" {}", handle.network));
        }
    }
    line
}

fn short(count: u32) -> String {
    short_number(u64::from(count))
}

fn empty(brush: &mut Brush<'_>, model: &Model, body: Area) {
    let people = model.people();
    let key = |action: Action| model.context().keys().short(action).unwrap_or_else(|| "no key".to_owned());
    let words = if model.asks().has_failed(Thing::People) {
        "The people could not be read; it is tried again with the next minute.".to_owned()
    } else if !people.known() {
        "reading …".to_owned()
    } else if !people.filter().words.is_empty() {
        format!("Nobody's handle or name has words that begin so. {} changes them.", key(Action::Search))
    } else if people.filter().order != crate::domain::person::PeopleOrder::Strength {
        format!("Nobody: no regular has been silent for four weeks. {} shows another order.", key(Action::NextTab))
    } else {
        "Nobody yet: whoever writes to the brand or about it appears here, with what went both ways.".to_owned()
    };
    brush.prose(inner(body, MARGIN), &words, Tone::Muted);
}

pub(super) fn card(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let file = model.people().file();
    let page = match (file.known(), file.whose(), file.gone()) {
        (Some(_), _, _) => Ok(file.scrolled()),
        (None, None, _) => Err("nobody is selected"),
        (None, Some(_), true) => {
            Err("nothing is kept of this author: the network tells a name alone, or they are gone")
        }
        (None, Some(_), false) => Err("reading …"),
    };
    brush.scrolled(area, &Line::of(Tone::Strong, "Person"), page, focused);
}
