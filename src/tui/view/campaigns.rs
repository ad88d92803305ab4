//! The campaigns: a row each with what could be one, the whole of the selected one, and the form of one.

use super::brush::{Brush, inner, row_at};
use super::overlay::frame;
use super::search::prompt;
use crate::domain::SafeText;
use crate::engine::campaigns::{Report, Suggestion};
use crate::tui::app::campaigns::form::Form;
use crate::tui::app::campaigns::{Row, health_words};
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::fit;
use crate::tui::app::{Action, Model};

/// Columns of the label of a line of the form.
const LABEL: usize = 12;

pub(super) fn list(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let campaigns = model.campaigns();
    let running = campaigns.board().map_or(0, |board| board.running().count());
    let right = if running > 0 { Line::of(Tone::Muted, format!("{running} run")) } else { Line::new() };
    let body = brush.pane(area, &Line::of(Tone::Strong, "Campaigns"), &right, focused);
    if campaigns.rows().next().is_none() {
        let key = model.context().keys().short(Action::NewCampaign).unwrap_or_default();
        let words = match campaigns.board() {
            None => "reading …".to_owned(),
            Some(_) => format!(
                "No campaign yet. {key} makes one: posts of yours that share a hashtag, words, an account or days."
            ),
        };
        brush.prose(inner(body, MARGIN), &words, Tone::Muted);
        return;
    }
    let visible = campaigns.rows().enumerate().skip(campaigns.offset()).take(usize::from(body.height));
    for (line, (index, row)) in visible.enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        let line = match row {
            Row::Campaign(report) => campaign(report, model, usize::from(area.width)),
            Row::Suggestion(one) => suggested(one),
        };
        brush.line(area.x, area.y, area.width, &line);
        if index == campaigns.index() {
            brush.wash(area, brush.theme.selected(focused));
        }
    }
}

fn campaign(report: &Report, model: &Model, columns: usize) -> Line {
    let (tone, health) = health_words(report);
    let tone = if report.running { tone } else { Tone::Muted };
    let zone = model.context().zone();
    let day = |at: crate::domain::Timestamp| at.to_zoned(zone.clone()).strftime("%-d %b").to_string();
    let from = report.begin.or(report.campaign.terms.since).map_or_else(|| "…".to_owned(), day);
    let until = match report.campaign.terms.until {
        Some(_) => day(report.as_of.max(report.begin.unwrap_or(report.as_of))),
        None => "now".to_owned(),
    };
    let dates = if report.running { format!("since {from}") } else { format!("{from} – {until}") };
    let name = SafeText::line(&report.campaign.terms.name, 60);
    let room = columns.saturating_sub(43).max(8);
    Line::of(tone, format!(" {}", fit(&health, 11)))
        .with(Tone::Strong, format!(" {} ", fit(name.as_str(), room)))
        .with(Tone::Muted, fit(&dates, 16))
        .with(Tone::Text, format!("{:>4}", report.acts.len()))
        .with(Tone::Muted, " → ")
        .with(Tone::Text, format!("{:<5}", report.responses.all))
}

fn suggested(one: &Suggestion) -> Line {
    let key = SafeText::line(&one.key, 60);
    Line::of(Tone::Question, " +          ")
        .with(Tone::Text, format!(" {key}"))
        .with(Tone::Muted, format!("  {} posts share it", one.acts))
}

pub(super) fn whole(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let campaigns = model.campaigns();
    let title = match campaigns.selected() {
        Some(Row::Suggestion(_)) => "Suggested",
        _ => "This campaign",
    };
    let page = campaigns.page();
    let rows = usize::from(area.body().height);
    let more = if page.lines().len() > rows {
        let seen = ((campaigns.scrolled() + rows) * 100 / page.lines().len()).min(100);
        Line::of(Tone::Muted, format!("{seen} %"))
    } else {
        Line::new()
    };
    let body = inner(brush.pane(area, &Line::of(Tone::Strong, title), &more, focused), MARGIN);
    brush.page(body, page, campaigns.scrolled());
}

/// Lines that a person fills in.
pub(super) fn form(brush: &mut Brush<'_>, form: &Form, area: Area, model: &Model) {
    let _ = model;
    let lines = u16::try_from(form.lines().count()).unwrap_or(6);
    let height = (lines + 4).min(area.height);
    let width = area.width.min(76);
    let area = Area {
        x: area.x + (area.width - width) / 2,
        y: area.y + area.height.saturating_sub(height) / 2,
        width,
        height,
    };
    let body = frame(brush, area, form.title(), "");
    let mut told = "";
    for (index, (label, example, line)) in form.lines().enumerate() {
        let row = Area { y: row_at(body, index), height: 1, ..body };
        if row.y >= body.y + body.height {
            return;
        }
        let here = index == form.index();
        let sign = if here { "> " } else { "  " };
        prompt(brush, row, &format!("{sign}{} ", fit(label, LABEL)), line, here);
        if here {
            told = example;
        }
    }
    let foot = Area { y: row_at(body, usize::from(lines) + 1), height: 1, ..body };
    if foot.y < body.y + body.height {
        match form.refused() {
            Some(why) => brush.say(foot.x, foot.y, foot.width, &format!("! {why}"), Tone::Bad),
            None => brush.say(foot.x, foot.y, foot.width, told, Tone::Muted),
        };
    }
}
