//! The rehearsal beside a post that is written: what it would do to the books, and what would be better. Read where no
//! key waits for it, like the coach.

use std::ops::Range;
use std::sync::Arc;

use super::Composer;
use crate::domain::Timestamp;
use crate::engine::campaigns::Board;
use crate::engine::rehearsal::Rehearsal;
use crate::engine::rehearsal::live::Rehearsed;
use crate::engine::rehearsal::told;
use crate::measure::giving::Side;
use crate::measure::giving::health::POINTS;
use crate::measure::giving::ledger::{Balance, FEWEST_ACTS};
use crate::tui::app::cmd::Load;
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::clip;

/// Words that are quoted as the reason of a gesture.
const BECAUSE: usize = 6;
/// Signs of a bar.
const BAR: usize = 10;

/// What is rehearsed.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// The words that were asked about last.
    asked: Option<String>,
    rehearsed: Option<Arc<Rehearsed>>,
    page: Page,
    /// For how many columns the page was written; `None`: it has to be.
    written: Option<(usize, usize)>,
    height: usize,
    scroll: usize,
}

impl Desk {
    /// What came of it last, whatever the words are now.
    pub fn rehearsed(&self) -> Option<&Rehearsed> {
        self.rehearsed.as_deref()
    }

    /// Whether it is about these words.
    pub fn is_about(&self, text: &str) -> bool {
        self.rehearsed.as_ref().is_some_and(|rehearsed| rehearsed.about == text)
    }

    /// The language that was read.
    pub fn lang(&self) -> Option<&str> {
        self.rehearsed.as_ref()?.lang.as_deref()
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// First visible line.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// It would go out elsewhere: it is rehearsed anew.
    pub(super) fn doubt(&mut self) {
        self.asked = None;
    }

    /// Turns a page.
    pub(super) fn go(&mut self, down: bool) {
        let most = self.page.lines().len().saturating_sub(self.height);
        let step = self.height.saturating_sub(1).max(1);
        self.scroll = if down { (self.scroll + step).min(most) } else { self.scroll.saturating_sub(step) };
    }

    pub(super) fn compose(&mut self, columns: usize, height: usize, _context: &Context) {
        self.height = height;
        if self.written != Some((columns, height)) {
            self.written = Some((columns, height));
            let mut page = Page::new(columns);
            match &self.rehearsed {
                Some(rehearsed) => {
                    write(&mut page, rehearsed, false);
                    if page.lines().len() > height {
                        page = Page::new(columns);
                        write(&mut page, rehearsed, true);
                    }
                }
                None => page.line(Line::of(Tone::Muted, "reading the books …")),
            }
            self.page = page;
        }
        self.scroll = self.scroll.min(self.page.lines().len().saturating_sub(height));
    }
}

impl Composer {
    /// Whether the words are to be rehearsed: the coach has read them, and they were not asked about yet.
    pub fn wants_rehearsal(&self) -> bool {
        self.post && self.is_coached() && self.rehearsing.asked.as_deref() != Some(self.paper.text().trim())
    }

    /// The books, or the campaigns, are others: a post is rehearsed anew.
    pub fn doubt_rehearsal(&mut self) {
        self.rehearsing.doubt();
    }

    /// Asks for it.
    pub fn ask_rehearsal(&mut self, board: Option<Arc<Board>>, context: &Context) -> Option<Load> {
        if !self.post {
            return None;
        }
        let text = self.paper.text().trim().to_owned();
        self.rehearsing.asked = Some(text.clone());
        let account = self.identity().map(|identity| identity.handle.to_string()).unwrap_or_default();
        Some(Load::Rehearsal { text, now: context.now(), by: context.writer().rehearsing.clone(), account, board })
    }

    /// What came of it.
    pub fn take_rehearsal(&mut self, rehearsed: Arc<Rehearsed>, now: Timestamp) {
        if !self.post {
            return;
        }
        if !self.lang_said && self.lang != rehearsed.lang && !rehearsed.about.is_empty() {
            self.lang.clone_from(&rehearsed.lang);
            self.due = self.due.or_else(|| now.checked_add(super::PAUSE).ok());
        }
        self.rehearsing.rehearsed = Some(rehearsed);
        self.rehearsing.written = None;
    }

    /// It could not be had: the same words are asked about again when they are another ones.
    pub fn is_rehearsed(&self) -> bool {
        self.rehearsing.is_about(self.paper.text().trim())
    }

    /// Words that the rehearsal points at, as it stands.
    pub fn rehearsal_marks(&self) -> Vec<Range<usize>> {
        let text = self.paper.text();
        let Some(rehearsed) = self.rehearsing.rehearsed().filter(|_| self.is_rehearsed()) else { return Vec::new() };
        let skipped = text.len() - text.trim_start().len();
        let rehearsal = &rehearsed.rehearsal;
        let told = matches!(rehearsal.side, Side::Ask(_) | Side::Condition(_));
        let parts = rehearsal.gesture.parts.iter().filter(|part| told && part.weight > 0.0).map(|part| &part.span);
        let careful = rehearsal.profiting.iter().flat_map(|found| found.words.iter().chain([&found.disaster]));
        let mut marks: Vec<Range<usize>> =
            parts.chain(careful).map(|span| span.start + skipped..span.end + skipped).collect();
        marks.sort_by_key(|mark| (mark.start, mark.end));
        marks
    }

    /// What the rehearsal says against these words, as far as it has read them.
    pub fn rehearsal_warnings(&self) -> Vec<String> {
        let rehearsed = self.rehearsing.rehearsed().filter(|_| self.post && self.is_rehearsed());
        rehearsed.map(|one| told::warnings(&one.rehearsal, &one.about)).unwrap_or_default()
    }

    /// What the rehearsal says against sending these words. They are read at once when nobody has yet.
    pub(super) fn warnings(&self, context: &Context) -> Vec<String> {
        let Some(rehearsed) = self.rehearsing.rehearsed().filter(|_| self.post) else { return Vec::new() };
        let text = self.paper.text();
        let text = text.trim();
        let fresh = (!self.is_rehearsed()).then(|| rehearsed.again(text, context.now()));
        let rehearsal = fresh.as_ref().map_or(&rehearsed.rehearsal, |fresh| &fresh.rehearsal);
        told::warnings(rehearsal, text)
    }
}

/// Everything about a post. Where it must be scrolled, what would be worth most stands in front.
fn write(page: &mut Page, rehearsed: &Rehearsed, scrolled: bool) {
    let rehearsal = &rehearsed.rehearsal;
    let text = rehearsed.about.as_str();
    if text.is_empty() {
        page.prose(Tone::Muted, 0, "Write, and this says what the post would do.");
        books(page, rehearsed, true);
        return presence(page, rehearsed);
    }
    let (tone, sign) = match rehearsal.side {
        Side::Give(_) | Side::Exempt(_) => (Tone::Good, "+ "),
        Side::Ask(_) => (Tone::Question, "? "),
        Side::Condition(_) => (Tone::Warn, "! "),
        Side::None => (Tone::Text, "· "),
    };
    let sure = rehearsal.gesture.probability(rehearsal.gesture.gesture) * 100.0;
    page.line(
        Line::of(tone, format!("{sign}{}", told::does(rehearsal.deed.deed)))
            .with(Tone::Muted, format!(" · {sure:.0} % sure")),
    );
    let best = rehearsal.advice.iter().max_by(|one, two| one.points.total_cmp(&two.points)).filter(|_| scrolled);
    if let Some(best) = best {
        let words = format!("better: +{:.0}  {}", best.points, told::better(&best.change));
        page.line(Line::of(Tone::Strong, clip(&words, page.columns()).into_owned()));
    }
    page.prose(Tone::Text, 2, &told::counts_as(rehearsal.side));
    books(page, rehearsed, false);
    if let Some(within) = rehearsal.within.as_ref().filter(|within| !within.falls()) {
        page.prose(Tone::Text, 0, &told::campaign(within));
    }
    health(page, rehearsal);
    if !rehearsal.advice.is_empty() {
        page.heading("Better");
        for advice in &rehearsal.advice {
            page.prose(Tone::Text, 0, &format!("+{:.0}  {}", advice.points, told::better(&advice.change)));
        }
    }
    reasons(page, rehearsal, text);
    presence(page, rehearsed);
}

/// How the books stand, and would.
fn books(page: &mut Page, rehearsed: &Rehearsed, now_only: bool) {
    let (full, rehearsal) = (rehearsed.full, &rehearsed.rehearsal);
    let (before, after) = (rehearsal.before.balance(), rehearsal.after.balance());
    let stale = if matches!(rehearsed.balance, Balance::Stale(..)) { ", stale" } else { "" };
    let (tone, words) = match (rehearsed.enough, now_only) {
        (false, _) => (Tone::Muted, format!("balance: too few, {} of {FEWEST_ACTS} acts", rehearsed.acts)),
        (true, true) => (Tone::Text, format!("balance {before:.2} of the {full:.2} that are full marks{stale}")),
        (true, false) => (Tone::Text, format!("balance {before:.2} → {after:.2}, full marks {full:.2}{stale}")),
    };
    page.prose(tone, 0, &words);
    if now_only && rehearsed.next.is_early() {
        page.prose(Tone::Warn, 0, &format!("next ask: {} short", told::gives(rehearsed.next.missing)));
    } else if now_only {
        page.prose(Tone::Good, 0, "next ask: covered");
    } else if rehearsal.cover.is_some_and(|cover| !cover.is_early()) {
        page.prose(Tone::Good, 0, "covered: enough was given before it");
    }
}

/// The parts of the health that the post itself decides.
fn health(page: &mut Page, rehearsal: &Rehearsal) {
    let Some(health) = &rehearsal.health else { return };
    for (name, share, most) in
        [("giving", health.parts.giving, POINTS.giving), ("personal", health.parts.personal, POINTS.personal)]
    {
        page.line(
            Line::of(Tone::Muted, format!("{name:<9}"))
                .with(Tone::Text, bar(share))
                .with(Tone::Text, format!(" {:.0} of {most:.0}", share * most)),
        );
    }
    if health.held {
        page.prose(Tone::Bad, 0, "! the cap holds the health at 39 or less until the whole is paid");
    }
}

fn bar(share: f64) -> String {
    // A share of ten signs: far below what would be cut off.
    let full = ((share.clamp(0.0, 1.0) * BAR as f64).round() as usize).min(BAR);
    format!("{}{}", "█".repeat(full), "░".repeat(BAR - full))
}

/// What made it so.
fn reasons(page: &mut Page, rehearsal: &Rehearsal, text: &str) {
    let words = told::because(rehearsal, text, BECAUSE);
    if !words.is_empty() {
        page.heading("By these words");
        page.prose(Tone::Muted, 0, &words.join(", "));
    }
    if let Some((trigger, sure)) = rehearsal.gesture.trigger {
        page.prose(Tone::Muted, 0, &format!("waits for: {} ({:.0} % sure)", trigger.name(), sure * 100.0));
    }
}

/// How personal the brand comes across.
fn presence(page: &mut Page, rehearsed: &Rehearsed) {
    let presence = &rehearsed.presence;
    page.heading("Presence · 4 weeks");
    let (tone, sign) = match presence.share() {
        Some(share) if share >= presence.full => (Tone::Good, "✓ "),
        Some(_) => (Tone::Warn, "~ "),
        None => (Tone::Muted, ""),
    };
    page.prose(tone, 0, &format!("{sign}{}", presence.personal_in_words()));
    if let Some(words) = presence.sameness_in_words() {
        let canned = presence.sameness.is_some_and(|same| same.alarms());
        let (tone, sign) = if canned { (Tone::Warn, "! ") } else { (Tone::Muted, "") };
        page.prose(tone, 0, &format!("{sign}{words}"));
    }
}
