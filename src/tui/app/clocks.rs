//! The clocks of today on the dashboard, and the whole of them: each network, each voice, and what became of people.

use std::sync::Arc;

use super::cmd::Load;
use super::composer::advice;
use super::context::Context;
use super::inbox::clock::short;
use super::page::{Line, Page, Tone};
use super::text::{fit, grouped, width};
use super::when;
use crate::domain::time::SignedDuration;
use crate::engine::aftermath::{Followed, MOST_COACHED};
use crate::engine::timekeeping::{self, Reckoning, percent};
use crate::measure::aftermath::{FEWEST_OUTCOMES, Outcomes};
use crate::measure::clocks::{self, FEWEST_CASES, Quantile};

/// How far back it is summed up what became of people. Their next words are waited for up to three days.
const FOLLOWED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Below this a wait is told in words.
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// Columns from which figures stand in a table.
const TABLE_FROM: usize = 72;

/// The clocks of today.
#[derive(Debug, Clone, Default)]
pub struct Clocks {
    reckonings: Option<Arc<[Reckoning]>>,
    followed: Option<Arc<Followed>>,
}

impl Clocks {
    /// The clocks over all cases; `None` while they are not known.
    pub fn all(&self) -> Option<&Reckoning> {
        self.reckonings.as_deref()?.first()
    }

    /// Whether the figures change by themselves: somebody may wait, or the day may end.
    pub(super) fn run(&self) -> bool {
        self.all().is_none_or(|all| all.calendar.cases > 0)
    }

    /// The question for the clocks of the reader's day.
    pub(super) fn ask(context: &Context) -> Load {
        let now = context.now();
        Load::Clocks {
            from: when::start_of_day(context.zone(), now),
            now,
            target: context.target(),
            hours: context.hours().cloned(),
        }
    }

    /// The question for what became of people.
    pub(super) fn ask_followed(context: &Context) -> Load {
        let now = context.now();
        let from = now.saturating_sub(FOLLOWED).unwrap_or(now);
        Load::Followed { from, now, coach: context.writer().coach.clone() }
    }

    /// The clocks. Tells whether anything changed.
    pub(super) fn answer(&mut self, reckonings: Arc<[Reckoning]>) -> bool {
        let changed = self.reckonings.as_ref() != Some(&reckonings);
        self.reckonings = Some(reckonings);
        changed
    }

    /// What became of people.
    pub(super) fn answer_followed(&mut self, followed: Arc<Followed>) {
        self.followed = Some(followed);
    }

    /// The figures of the pane, a label each, the most useful first; in few columns with short labels.
    pub fn lines(&self, columns: usize, context: &Context) -> Vec<Line> {
        let Some(all) = self.all() else { return vec![Line::of(Tone::Muted, "reading …")] };
        if all.calendar.cases == 0 {
            return vec![Line::of(Tone::Muted, "no case began today")];
        }
        let wide = columns >= 44;
        let label = |long: &str, brief: &str| {
            let (label, columns) = if wide { (long, 14) } else { (brief, 7) };
            Line::of(Tone::Muted, fit(label, columns))
        };
        let mut lines = vec![first_word(label("acknowledged", "ack"), &all.calendar, context)];
        if let Some(working) = &all.working {
            lines.push(first_word(label("working hours", "hours"), working, context));
        }
        lines.push(quantiles(label("solved", "solved"), all.calendar.resolve));
        lines
    }

    /// How many wait for a first word, for the title.
    pub fn waiting(&self) -> Option<String> {
        let waiting = self.all()?.calendar.waiting;
        (waiting > 0).then(|| format!("{} {}", grouped(waiting as u64), if waiting == 1 { "waits" } else { "wait" }))
    }

    /// The whole: every network and voice, how many wait, what the figures mean, and what became of people.
    pub(super) fn explain(&self, page: &mut Page, context: &Context) {
        let target = short(context.target());
        match self.reckonings.as_deref() {
            None => page.line(Line::of(Tone::Muted, "reading …")),
            Some(reckonings) => {
                page.line(Line::of(Tone::Heading, "Cases that began today, by the calendar"));
                table(page, &target, reckonings.iter().map(|one| (one.heading(), &one.calendar)));
                if reckonings.iter().any(|one| one.working.is_some()) {
                    page.heading("The same in working hours");
                    let working = reckonings.iter().filter_map(|one| Some((one.heading(), one.working.as_ref()?)));
                    table(page, &target, working);
                }
            }
        }
        page.heading("What it means");
        let late = match context.hours() {
            Some(_) => "In the inbox a case is late by working hours.",
            None => "Every hour counts, for no working hours are configured.",
        };
        for words in [
            "The clocks begin when we first have a post, and stop with our first word: an answer, an acknowledgement, a hand-over or the solution. Half of all cases had it within P50, nine in ten within P90. Who waits still is counted with the time waited so far (Kaplan-Meier): leaving them out would flatter us. \">2h\" was not reached by the longest wait of two hours; \"too new\": all wait under a minute."
                .to_owned(),
            format!(
                "≤{target} is the share with a first word within the target; the unanswered are misses once they are older. Dismissed cases are neither. {late} Below {FEWEST_CASES} cases nothing is said. A voice is the one that answered first; voices and networks come by name. What is not public is left out."
            ),
        ] {
            page.prose(Tone::Text, 0, &words);
            page.gap();
        }
        page.heading("After the answer · 7 days");
        match self.followed.as_deref() {
            None => page.line(Line::of(Tone::Muted, "reading …")),
            Some(followed) => outcomes(page, followed),
        }
    }
}

/// A quantile in few columns.
fn brief(quantile: Quantile) -> String {
    match quantile {
        Quantile::Reached(took) if took < MINUTE => "<1m".to_owned(),
        // Nobody has waited for a minute yet: there is nothing to compare.
        Quantile::Beyond(longest) if longest < MINUTE => "too new".to_owned(),
        _ => timekeeping::told(quantile, short).replace("> ", ">"),
    }
}

fn quantiles(line: Line, [half, nine]: [Quantile; 2]) -> Line {
    match half {
        Quantile::TooFew => line.with(Tone::Muted, "too few"),
        Quantile::Beyond(longest) if longest < MINUTE => line.with(Tone::Muted, "all wait under a minute"),
        _ => line
            .with(Tone::Muted, "P50 ")
            .with(Tone::Text, format!("{:<5}", brief(half)))
            .with(Tone::Muted, "P90 ")
            .with(Tone::Text, format!("{:<5}", brief(nine))),
    }
}

fn first_word(line: Line, clocks: &clocks::Clocks, context: &Context) -> Line {
    let line = quantiles(line, clocks.acknowledge);
    match clocks.within.last() {
        Some((_, within)) if within.share().is_some() => {
            line.with(Tone::Muted, format!(" ≤{} ", short(context.target()))).with(Tone::Strong, percent(within))
        }
        _ => line,
    }
}

fn table<'a>(page: &mut Page, target: &str, rows: impl Iterator<Item = (String, &'a clocks::Clocks)>) {
    let within = format!("≤{target}");
    let heads = ["cases", "wait", "P50", "P90", within.as_str(), "solved P50", "P90"].map(str::to_owned);
    let cells = rows.map(|(name, clocks)| {
        let [half, nine] = clocks.acknowledge.map(brief);
        let [solved, last] = clocks.resolve.map(brief);
        let share = clocks.within.last().map_or_else(String::new, |(_, within)| percent(within));
        let (cases, waiting) = (grouped(clocks.cases as u64), grouped(clocks.waiting as u64));
        (name, vec![cases, waiting, half, nine, share, solved, last])
    });
    columns(page, &heads, cells.collect());
}

fn outcomes(page: &mut Page, followed: &Followed) {
    if followed.all.answered() == 0 {
        page.line(Line::of(Tone::Muted, "no case of these days is answered"));
        return;
    }
    let heads = ["answered", "came happy", "silent", "unhappy", "open"].map(str::to_owned);
    let mut rows = vec![("all".to_owned(), outcome(followed.all))];
    rows.extend(followed.voices.iter().map(|(voice, sums)| (format!("voice {voice}"), outcome(*sums))));
    if followed.unnamed.answered() > 0 {
        rows.push(("elsewhere, no voice".to_owned(), outcome(followed.unnamed)));
    }
    rows.push(("coach: nothing".to_owned(), outcome(followed.fine)));
    rows.extend(followed.flagged.iter().map(|(flag, sums)| (advice::name(*flag).to_owned(), outcome(*sums))));
    columns(page, &heads, rows);
    page.gap();
    let cut = if followed.cut { format!(", the newest {MOST_COACHED}") } else { String::new() };
    page.prose(
        Tone::Text,
        0,
        &format!(
            "What people said within 72 hours after our last answer: thanks or nothing bad, nothing at all, or still a complaint. Open ones may still write and are in no share. The coach reads our first public answers again{cut}: those it has nothing against, and those with each flag; one with two flags is in both. Below {FEWEST_OUTCOMES} outcomes nothing is said. That an answer was flagged does not prove that it is the reason."
        ),
    );
}

fn outcome(sums: Outcomes) -> Vec<String> {
    let mut cells = vec![grouped(sums.answered() as u64)];
    cells.extend(match sums.shares() {
        Some(shares) => shares.map(|share| format!("{:.0} %", share * 100.0)),
        None => ["too few", "", ""].map(str::to_owned),
    });
    cells.push(grouped(sums.waiting as u64));
    cells
}

/// Figures side by side under their heads; where there are too few columns, each name with its figures in words.
fn columns(page: &mut Page, heads: &[String], rows: Vec<(String, Vec<String>)>) {
    if page.columns() < TABLE_FROM {
        for (name, cells) in rows {
            let figures: Vec<String> = heads
                .iter()
                .zip(&cells)
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(head, cell)| format!("{head} {cell}"))
                .collect();
            page.prose(Tone::Strong, 0, &name);
            page.prose(Tone::Text, 2, &figures.join(" · "));
        }
        return;
    }
    let wide: Vec<usize> = heads.iter().map(|head| width(head).max(7) + 1).collect();
    let names = page.columns().saturating_sub(wide.iter().sum()).min(24);
    let line = |tone, name: &str, cells: &[String]| {
        let mut line = Line::of(tone, fit(name, names));
        for (cell, columns) in cells.iter().zip(&wide) {
            line = line.with(tone, format!("{cell:>columns$}"));
        }
        line
    };
    page.line(line(Tone::Muted, "", heads));
    for (name, cells) in rows {
        page.line(line(Tone::Text, &name, &cells));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::hours::WorkingHours;
    use crate::tui::app::samples::cases::Cases;
    use crate::tui::app::samples::{Town, minutes_ago, now, setup};
    use crate::tui::app::{Model, Msg, Setup};

    fn words(model: &Model, columns: usize) -> Vec<String> {
        model.clocks().lines(columns, model.context()).iter().map(|line| line.words().trim_end().to_owned()).collect()
    }

    #[test]
    fn the_pane_tells_the_clocks_of_today_and_says_when_there_is_too_little() {
        let mut town = Town::empty();
        assert_eq!(words(&town.model(setup((120, 36))), 45), ["no case began today"]);
        town.cases = Cases::many(3);
        let model = town.model(setup((120, 36)));
        assert_eq!(words(&model, 45), ["acknowledged  too few", "solved        too few"]);
        assert_eq!(model.clocks().waiting().as_deref(), Some("3 wait"));
        let mut town = Town::empty();
        town.cases = Cases::many(12);
        town.cases.all.iter_mut().for_each(|case| case.row.opened = now() - SignedDuration::from_secs(20));
        let model = town.model(setup((120, 36)));
        assert_eq!(
            words(&model, 45),
            ["acknowledged  all wait under a minute", "solved        all wait under a minute"]
        );
        assert!(words(&model, 36).iter().all(|line| crate::tui::app::text::width(line) <= 36));
        let model = Town::with_cases().model(setup((120, 36)));
        assert_eq!(words(&model, 45), ["acknowledged  P50 10m  P90 >24m  ≤10m 80 %", "solved        P50 6h   P90 6h"]);
        assert!(words(&model, 36)[0].starts_with("ack    P50"));
    }

    #[test]
    fn working_hours_stand_beside_the_calendar_where_they_are_configured() {
        let hours = WorkingHours::parse("Mon-Sun 0:00-24:00", jiff::tz::TimeZone::UTC).unwrap();
        let mut town = Town::with_cases();
        let model = town.model(Setup { hours: Some(hours), ..setup((120, 36)) });
        let lines = words(&model, 45);
        assert_eq!(lines[0].replace("acknowledged ", "working hours"), lines[1], "{lines:?}");
    }

    #[test]
    fn the_clocks_are_asked_anew_with_the_minute_and_when_cases_change() {
        let mut town = Town::with_cases();
        let mut model = town.model(setup((120, 36)));
        let asks = |cmds: &[crate::tui::app::Cmd]| {
            let clocks = |cmd: &&crate::tui::app::Cmd| {
                matches!(cmd, crate::tui::app::Cmd::Load { load: Load::Clocks { .. }, .. })
            };
            cmds.iter().filter(clocks).count()
        };
        let cmds = model.update(Msg::Clock(minutes_ago(-1))).cmds;
        assert_eq!(asks(&cmds), 1);
        town.serve(&mut model, cmds);
        let mut asked = 0;
        for _ in 0..50 {
            let cmds = model.update(Msg::Engine(crate::engine::Event::Changed)).cmds;
            asked += asks(&cmds);
            town.serve(&mut model, cmds);
        }
        assert_eq!(asked, 0, "they rest for a while");
        assert_eq!(asks(&model.update(Msg::Clock(minutes_ago(-2))).cmds), 1);
    }
}
