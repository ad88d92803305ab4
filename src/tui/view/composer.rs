//! The sheet on which an answer is written: the thread above, the person beside, the account in sight, the text with
//! what the coach points at, and what speaks against sending.

mod strip;

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::brush::{Brush, inner, row_at};
use super::search::prompt;
use crate::domain::case::PersonCard;
use crate::domain::outbox::Identity;
use crate::domain::{SafeText, Visibility};
use crate::tui::app::Model;
use crate::tui::app::composer::paper::Row;
use crate::tui::app::composer::replies::{Picker, ROWS};
use crate::tui::app::composer::{Composer, Way};
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Page, Tone, piece};
use crate::tui::app::people::tied;
use crate::tui::app::text::{clip, counted, fit, width};
use crate::tui::app::when;
use crate::tui::theme::Theme;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let Some(sheet) = model.composer() else { return };
    let room = sheet.room(area);
    thread(brush, model, sheet, room.thread, room.card.is_some());
    if let Some(divider) = room.divider {
        for y in divider.y..divider.y + divider.height {
            brush.sign(divider.x, y, "│", brush.theme.line());
        }
    }
    if let Some(card) = room.card {
        if sheet.is_post() { rehearsal(brush, sheet, card) } else { person(brush, model, sheet, card) }
    }
    text(brush, model, sheet, room.sheet);
    strip::draw(brush, model, sheet, room.strip);
}

/// The person in a few words, where there is no room for the card.
fn in_short(title: Line, sheet: &Composer, model: &Model) -> Line {
    let Some(card) = sheet.card() else { return title };
    let now = model.context().now();
    let late = card.promises.iter().any(|promise| promise.due < now);
    let title = match card.promises.len() as u64 {
        0 => title,
        _ if late => title.with(Tone::Bad, " · ! a promise is due"),
        many => title.with(Tone::Warn, format!(" · {} open", counted(many, "promise"))),
    };
    title.with(Tone::Muted, format!(" · {}", counted(card.mentions, "mention")))
}

fn thread(brush: &mut Brush<'_>, model: &Model, sheet: &Composer, area: Area, beside: bool) {
    if area.height == 0 {
        return;
    }
    let turns = counted(sheet.thread().turns().len() as u64, "turn");
    let title = match model.batch() {
        Some((place, many)) => Line::of(Tone::Strong, format!("Answer {place} of {many} · ")),
        None => Line::of(Tone::Strong, "Answer "),
    };
    let title = title.with(Tone::Strong, sheet.whom());
    let title = title.with(Tone::Muted, format!(" · {}", sheet.network()));
    let title = match sheet.theirs() {
        Some((who, when)) => {
            title.with(Tone::Warn, format!(" · draft by {who}, {}", when::ago(model.context().now(), *when)))
        }
        None => title,
    };
    let title = if beside { title } else { in_short(title, sheet, model) };
    let right = match sheet.thread().unseen() {
        0 => Line::of(Tone::Muted, turns),
        unseen => Line::of(Tone::Muted, format!("{turns}, ")).with(Tone::Bad, format!("{unseen} new: PgDn")),
    };
    let body = inner(brush.pane(area, &title, &right, false), MARGIN);
    brush.page(body, sheet.thread().page(), sheet.thread().scroll());
}

fn person(brush: &mut Brush<'_>, model: &Model, sheet: &Composer, area: Area) {
    let body = inner(brush.pane(area, &Line::of(Tone::Strong, "Person"), &Line::new(), false), MARGIN);
    let mut page = Page::new(usize::from(body.width));
    match sheet.card() {
        Some(card) => about(&mut page, card, model),
        None => page.prose(Tone::Muted, 0, "nothing is known of this person yet"),
    }
    brush.page(body, &page, 0);
}

fn about(page: &mut Page, card: &PersonCard, model: &Model) {
    let (zone, now) = (model.context().zone(), model.context().now());
    page.line(Line::new().foreign(Tone::Strong, &card.who));
    if card.name != card.who && !card.name.is_empty() {
        page.line(Line::new().foreign(Tone::Text, &card.name));
    }
    let mut facts = vec![
        piece(Tone::Text, counted(card.mentions, "mention")),
        piece(Tone::Text, format!("{} of ours", counted(card.answers, "answer"))),
    ];
    facts.extend(card.followers.map(|many| piece(Tone::Text, counted(many, "follower"))));
    facts.extend(card.since.map(|since| piece(Tone::Muted, format!("known for {}", when::since(now, since)))));
    page.flow(facts, " · ");
    let tie = model.people().file().known().filter(|file| file.row.handles.iter().any(|one| one.person == card.person));
    if let Some(file) = tie {
        let mut facts = vec![piece(Tone::Muted, "tie:")];
        facts.extend(tied(file, now));
        page.flow(facts, " ");
    }
    if !card.promises.is_empty() {
        page.heading("We promised");
        for promise in &card.promises {
            let late = promise.due < now;
            let (tone, sign) = if late { (Tone::Bad, "! ") } else { (Tone::Warn, "") };
            page.prose(tone, 0, &format!("{sign}{} by {}", promise.text, when::full(zone, now, promise.due)));
        }
    }
    if !card.turns.is_empty() {
        page.heading("Last turns");
        for turn in card.turns.iter().take(6) {
            let (tone, sign) = if turn.ours { (Tone::Good, "→ ") } else { (Tone::Muted, "  ") };
            let stamp = when::stamp(zone, now, turn.at);
            let words = SafeText::line(turn.text.as_str(), 200);
            page.line(Line::of(Tone::Muted, stamp).with(tone, format!(" {sign}")).foreign(Tone::Text, &words));
        }
    }
}

/// What the post would do; `…` while other words are read.
fn rehearsal(brush: &mut Brush<'_>, sheet: &Composer, area: Area) {
    let desk = sheet.rehearsing();
    let pending = !sheet.is_rehearsed();
    let right = Line::of(Tone::Muted, if pending { "…" } else { "" });
    let title = Line::of(Tone::Strong, "Post").with(Tone::Muted, " · what it would do");
    let body = inner(brush.pane(area, &title, &right, false), MARGIN);
    brush.page(body, desk.page(), desk.scroll());
}

/// Under which account, for whom and how: what must not be overlooked.
fn heading(model: &Model, sheet: &Composer) -> Line {
    let mut line = match sheet.way() {
        Way::Publish { identities, .. } => {
            let account = sheet.identity().map(Identity::shown).unwrap_or_default();
            let tone = if sheet.is_unusual() { Tone::Bad } else { Tone::Strong };
            let sign = if sheet.is_unusual() { "! " } else { "" };
            let mut line = Line::of(tone, format!("{sign}as {account}"));
            if sheet.is_post() {
                line = line.with(Tone::Muted, format!(" · {}", sheet.network()));
            }
            if identities.len() > 1 {
                line = line.with(Tone::Muted, format!(" ({} of {})", place(sheet), identities.len()));
            }
            line
        }
        Way::ByHand => Line::of(Tone::Warn, "by hand: the words go to the clipboard"),
    };
    if sheet.is_post() && sheet.is_by_hand() {
        line = line.with(Tone::Warn, " · by hand");
    }
    line = match sheet.visibility() {
        Visibility::Public => line,
        Visibility::Unlisted => line.with(Tone::Warn, " · unlisted"),
        Visibility::Private => line.with(Tone::Warn, " · private"),
    };
    if !sheet.warning().is_empty() {
        line = line.with(Tone::Warn, format!(" · CW {}", clip(SafeText::line(sheet.warning(), 80).as_str(), 24)));
    }
    if let Some(lang) = sheet.lang() {
        line = line.with(Tone::Muted, format!(" · {}", SafeText::line(lang, 12)));
    }
    match model.context().voice() {
        Some(voice) => line.with(Tone::Muted, format!(" · by {voice}")),
        None => line,
    }
}

fn place(sheet: &Composer) -> usize {
    match sheet.way() {
        Way::Publish { chosen, .. } => chosen + 1,
        Way::ByHand => 0,
    }
}

/// What is left of the network's measure, and into how many posts it goes.
fn measure(model: &Model, sheet: &Composer) -> Line {
    let tally = sheet.tally(model.context());
    let words = tally.words(&sheet.rules());
    let posts = sheet.posts(model.context()).map(|posts| posts.len());
    match posts {
        Some(1) => Line::of(Tone::Muted, words),
        Some(many) => Line::of(Tone::Warn, format!("{many} posts")),
        None => Line::of(Tone::Bad, words),
    }
}

fn text(brush: &mut Brush<'_>, model: &Model, sheet: &Composer, area: Area) {
    if area.height == 0 {
        return;
    }
    let body = inner(brush.pane(area, &heading(model, sheet), &measure(model, sheet), true), MARGIN);
    let paper = sheet.paper();
    let words = paper.text();
    let rows = paper.rows(usize::from(body.width));
    let mut marks = if sheet.is_coached() { sheet.advice().marks() } else { Vec::new() };
    marks.extend(sheet.rehearsal_marks());
    let styles = Styles { marks: &marks, selected: paper.selected().map(|(from, to)| from..to), theme: brush.theme };
    for (line, row) in rows.iter().skip(paper.scroll()).take(usize::from(body.height)).enumerate() {
        row_of_text(brush, body, row_at(body, line), &words, row, &styles);
    }
    let (index, column) = paper.place(&rows);
    if let Some(line) = index.checked_sub(paper.scroll()).filter(|line| *line < usize::from(body.height)) {
        let x = body.x + u16::try_from(column).unwrap_or(0).min(body.width.saturating_sub(1));
        brush.wash(Area::new(x, row_at(body, line), 1, 1), brush.theme.selected(true));
    }
    if paper.text().trim().is_empty() && body.height > 0 {
        let words = if sheet.is_post() { "write your post here" } else { "write your answer here" };
        brush.say(body.x + 2, body.y, body.width.saturating_sub(2), words, Tone::Muted);
    }
}

struct Styles<'a> {
    marks: &'a [Range<usize>],
    selected: Option<Range<usize>>,
    theme: Theme,
}

/// A row, sign by sign, so that what is pointed at can be told from the rest.
fn row_of_text(brush: &mut Brush<'_>, body: Area, y: u16, words: &str, row: &Row, styles: &Styles<'_>) {
    let mut x = body.x;
    let end = body.x + body.width;
    for (at, sign) in words.get(row.from..row.to).unwrap_or_default().grapheme_indices(true) {
        let at = row.from + at;
        let mut style = styles.theme.tone(Tone::Text);
        if styles.marks.iter().any(|mark| mark.contains(&at)) {
            style = styles.theme.tone(Tone::Found);
        }
        if styles.selected.as_ref().is_some_and(|selected| selected.contains(&at)) {
            style = styles.theme.selected(true);
        }
        if x >= end {
            return;
        }
        x += brush.put(x, y, end - x, sign, style).max(u16::try_from(width(sign)).unwrap_or(1));
    }
}

/// The saved replies, and the words of the selected one.
pub(super) fn replies(brush: &mut Brush<'_>, picker: &Picker, area: Area) {
    let rows = u16::try_from(ROWS).unwrap_or(8);
    let area = Area { height: area.height.min(rows + 9), ..area };
    let body = super::overlay::frame(brush, area, "Saved replies", "");
    prompt(brush, Area { height: 1, ..body }, "> ", picker.prompt(), true);
    let list = Area { y: body.y + 1, height: body.height.saturating_sub(1).min(rows), ..body };
    if picker.found().next().is_none() {
        brush.say(list.x, list.y, list.width, "no such reply", Tone::Muted);
    }
    let height = usize::from(list.height).max(1);
    let offset = picker.offset().max((picker.index() + 1).saturating_sub(height));
    for (line, (index, reply)) in picker.found().enumerate().skip(offset).take(height).enumerate() {
        let area = Area { y: row_at(list, line), height: 1, ..list };
        let used = brush.say(
            area.x,
            area.y,
            area.width,
            &format!("{} ", fit(SafeText::line(&reply.name, 40).as_str(), 20)),
            Tone::Strong,
        );
        let words = SafeText::line(&reply.text, 200);
        brush.say(area.x + used, area.y, area.width.saturating_sub(used), words.as_str(), Tone::Muted);
        if index == picker.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
    if let Some(reply) = picker.selected() {
        let below = Area { y: list.y + list.height + 1, height: body.height.saturating_sub(list.height + 2), ..body };
        brush.prose(below, SafeText::block(&reply.text).as_str(), Tone::Text);
    }
}
