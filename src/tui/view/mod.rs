//! Draws the model. One file a pane; no clock, no I/O, nothing is decided here.

mod ascii;
mod brush;
mod campaigns;
mod clocks;
mod composer;
mod detail;
mod first;
mod gauge;
mod giving;
mod hints;
mod inbox;
mod outbox;
mod overlay;
mod people;
mod row;
mod search;
mod sentiment;
mod signals;
mod sources;
mod spark;
mod status;
mod stream;
mod trends;
mod watches;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::brush::Brush;
use super::app::Model;
use super::app::layout::{self, Area, Pane};
use super::theme::Theme;

/// Draws the whole screen. The model knows the size of the terminal; a buffer of another size (a resize that the
/// model has not heard of yet) is drawn as far as it goes.
pub fn draw(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let within = area.intersection(buffer.area);
    if within.is_empty() {
        return;
    }
    let mut brush = Brush::new(buffer, *theme);
    if layout::too_small(model.desk().size()) {
        status::too_small(&mut brush, model, Area::new(within.x, within.y, within.width, within.height));
    } else {
        screen(&mut brush, model);
    }
    if theme.is_ascii() {
        ascii::replace(buffer, within);
    }
}

fn screen(brush: &mut Brush<'_>, model: &Model) {
    let layout = model.desk().layout();
    status::line(brush, model, layout.status);
    if let Some(area) = layout.banner {
        status::banner(brush, model, area);
    }
    for (pane, area) in &layout.panes {
        draw_pane(brush, model, *pane, *area);
    }
    for divider in &layout.dividers {
        for y in divider.y..divider.y + divider.height {
            brush.sign(divider.x, y, "│", brush.theme.line());
        }
    }
    if let Some(top) = model.overlays().last() {
        overlay::draw(brush, top, model);
    }
    match layout.hints {
        Some(area) => hints::bar(brush, model, area),
        None => hints::notice_only(brush, model, layout.status),
    }
}

fn draw_pane(brush: &mut Brush<'_>, model: &Model, pane: Pane, area: Area) {
    let focused = model.desk().focus() == pane;
    match pane {
        Pane::First => first::draw(brush, model, area, focused),
        Pane::Stream => stream::draw(brush, model, area, focused),
        Pane::Detail => detail::draw(brush, model, area, focused),
        Pane::Sentiment => sentiment::draw(brush, model, area, focused),
        Pane::Voice => sentiment::voice(brush, model, area, focused),
        Pane::Giving => gauge::draw(brush, model, area, focused),
        Pane::Clocks => clocks::draw(brush, model, area, focused),
        Pane::Sources => sources::draw(brush, model, area, focused),
        Pane::Signals => signals::draw(brush, model, area, focused),
        Pane::Trends => trends::draw(brush, model, area, focused),
        Pane::Watches => watches::draw(brush, model, area, focused),
        Pane::Inbox => inbox::draw(brush, model, area, focused),
        Pane::Case => inbox::case(brush, model, area, focused),
        Pane::People => people::draw(brush, model, area, focused),
        Pane::Person => people::card(brush, model, area, focused),
        Pane::Trial => search::draw(brush, model, area, focused),
        Pane::Reading => search::reading(brush, model, area, focused),
        Pane::Composer => composer::draw(brush, model, area),
        Pane::Acts => giving::acts(brush, model, area, focused),
        Pane::Ledger => giving::ledger(brush, model, area, focused),
        Pane::Outbox => outbox::draw(brush, model, area, focused),
        Pane::Campaigns => campaigns::list(brush, model, area, focused),
        Pane::Campaign => campaigns::whole(brush, model, area, focused),
    }
}

#[cfg(test)]
mod tests;
