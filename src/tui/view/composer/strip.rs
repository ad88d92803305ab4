//! Below the text: what is asked, what blocks, what the coach says; the first that there is. Everything is said in
//! whole, in as many rows as it takes; what has no room is named.

use super::super::brush::{Brush, inner};
use crate::domain::Answerable;
use crate::tui::app::composer::{Composer, Way, advice};
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::{ELLIPSIS, wrap};
use crate::tui::app::{Action, Model};

/// Rows that one thing to say may take; no strip is higher.
const MOST_ROWS: usize = 8;

/// One thing to say.
struct Saying {
    tone: Tone,
    /// What it is, in a word or two.
    lead: String,
    /// The rest, behind it.
    words: String,
    /// What is left of it where there is no room: a name.
    short: String,
}

impl Saying {
    fn new(tone: Tone, lead: impl Into<String>, words: impl Into<String>) -> Self {
        Self { tone, lead: lead.into(), words: words.into(), short: String::new() }
    }

    /// Its rows: the lead in its tone, everything after the first row set in.
    fn rows(&self, columns: usize) -> Vec<Line> {
        let inset = 2.min(columns / 4);
        let whole = format!("{}{}", self.lead, self.words);
        let mut rows = wrap(&whole, columns, 1);
        let first = rows.pop().unwrap_or_default();
        let rest = whole.strip_prefix(first.as_str()).unwrap_or_default().trim_start();
        let mut lines = vec![match first.split_at_checked(self.lead.len()) {
            Some((lead, words)) => Line::of(self.tone, lead).with(Tone::Text, words),
            None => Line::of(self.tone, first),
        }];
        for row in wrap(rest, columns.saturating_sub(inset), MOST_ROWS).into_iter().filter(|row| !row.is_empty()) {
            lines.push(Line::of(Tone::Text, " ".repeat(inset)).with(Tone::Text, row));
        }
        lines
    }
}

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, sheet: &Composer, area: Area) {
    let body = inner(area, MARGIN);
    let (columns, rows) = (usize::from(body.width), usize::from(body.height));
    let mut page = Page::new(columns);
    if let Some(asking) = sheet.asking() {
        let asked = asking.reasons.iter().map(|reason| Saying::new(Tone::Warn, "? ", reason.as_str())).collect();
        let most = if rows > 1 { rows - 1 } else { rows };
        say(&mut page, asked, columns, most);
        if rows > 1 {
            page.line(keys(model, asking.yes()));
        }
    } else if !sheet.blocked().is_empty() {
        let blocked = |reason: &String| Saying::new(Tone::Bad, "! not sent: ", reason.as_str());
        say(&mut page, sheet.blocked().iter().map(blocked).collect(), columns, rows);
    } else if sheet.is_sending() {
        page.line(Line::of(Tone::Muted, "into the outbox …"));
    } else {
        let notes = model.sheet_notes().into_iter().map(|(tone, words)| Saying::new(tone, words, ""));
        say(&mut page, notes.chain(coach(sheet)).collect(), columns, rows);
    }
    brush.page(body, &page, 0);
}

fn keys(model: &Model, what: &str) -> Line {
    let yes = model.context().keys().short(Action::SendAnyway).unwrap_or_default();
    Line::of(Tone::Key, yes)
        .with(Tone::Text, format!(" {what}   "))
        .with(Tone::Key, "Esc")
        .with(Tone::Text, " back to the text")
}

/// Says one after the other, as long as there is room; the last row then names, or counts, the rest.
fn say(page: &mut Page, sayings: Vec<Saying>, columns: usize, most: usize) {
    let mut left = most;
    for (index, saying) in sayings.iter().enumerate() {
        let rows = saying.rows(columns);
        let behind = sayings.get(index + 1..).unwrap_or_default();
        if rows.len() + usize::from(!behind.is_empty()) <= left {
            left -= rows.len();
            rows.into_iter().for_each(|row| page.line(row));
            continue;
        }
        // The worst one, and the last one, are better cut than only named.
        let keep = match (behind.is_empty(), index) {
            (true, _) => left,
            (false, 0) => left.saturating_sub(1),
            (false, _) => 0,
        };
        if keep == 0 {
            return rest(page, sayings.get(index..).unwrap_or_default(), left);
        }
        put_cut(page, rows, keep, columns);
        return rest(page, behind, left - keep);
    }
}

/// The first rows; where there were more, the last of them says so.
fn put_cut(page: &mut Page, rows: Vec<Line>, keep: usize, columns: usize) {
    let cut = rows.len() > keep;
    for (index, row) in rows.into_iter().take(keep).enumerate() {
        let mut row = row;
        if cut && index + 1 == keep {
            row = row.with(Tone::Text, ELLIPSIS);
            while row.width() > columns {
                let Some(piece) = row.0.iter_mut().rev().nth(1).filter(|piece| !piece.text.is_empty()) else { break };
                piece.text.pop();
            }
        }
        page.line(row);
    }
}

/// What has no room of its own, in one row.
fn rest(page: &mut Page, sayings: &[Saying], left: usize) {
    let Some(first) = sayings.first().filter(|_| left > 0) else { return };
    if sayings.len() == 1 {
        return page.line(Line::of(first.tone, first.lead.as_str()).with(Tone::Text, first.words.as_str()));
    }
    let names: Vec<&str> = sayings.iter().map(|one| one.short.as_str()).filter(|short| !short.is_empty()).collect();
    let words = if names.is_empty() { format!("and {} more", sayings.len()) } else { names.join(" · ") };
    let sign = first.lead.split(' ').next().unwrap_or_default();
    page.line(Line::of(first.tone, format!("{sign} {words}")));
}

fn coach(sheet: &Composer) -> Vec<Saying> {
    let advice = sheet.advice();
    let mut sayings = Vec::new();
    for warning in sheet.rehearsal_warnings() {
        sayings.push(Saying::new(Tone::Warn, "~ ", warning));
    }
    if let Some((alike, of)) = advice.canned() {
        let lead = format!("~ {alike} of your last {of} replies say nearly this");
        sayings.push(Saying { short: "canned".to_owned(), ..Saying::new(Tone::Warn, lead, ": write to this person") });
    } else if advice.same() > 0 && sheet.is_post() {
        let lead = "~ nearly the same was published a while ago";
        sayings.push(Saying { short: "the same again".to_owned(), ..Saying::new(Tone::Warn, lead, "") });
    } else if advice.same() > 0 {
        let others = if advice.same() == 1 { "1 other".to_owned() } else { format!("{} others", advice.same()) };
        let lead = format!("~ the same was just sent to {others}");
        sayings.push(Saying {
            short: format!("the same to {others}"),
            ..Saying::new(Tone::Warn, lead, ": say something meant for this person")
        });
    }
    for remark in advice.remarks() {
        let name = advice::name(remark.flag);
        let words = format!(": {}", remark.advice);
        sayings.push(Saying { short: name.to_owned(), ..Saying::new(Tone::Warn, format!("~ {name}"), words) });
    }
    if let Some(remark) = sheet.remark() {
        sayings.push(Saying::new(Tone::Muted, remark, ""));
    } else if sayings.is_empty() && !sheet.paper().is_blank() && sheet.is_coached() {
        sayings.push(Saying::new(Tone::Good, "✓ ", "the coach has nothing to say"));
    }
    if let (Way::ByHand, Some(mention)) = (sheet.way(), sheet.mention()) {
        let why = if mention.answerable == Answerable::InBrowser {
            "this can be answered in the browser only".to_owned()
        } else {
            format!("no account of yours publishes on {}", sheet.network())
        };
        sayings.push(Saying::new(Tone::Muted, why, ""));
    }
    sayings
}
