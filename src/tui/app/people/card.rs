//! The words of a card, and the sum that a tie is.

use crate::domain::case::CaseStatus;
use crate::domain::person::{Exchange, PersonFile};
use crate::domain::{SafeText, Sentiment, Timestamp};
use crate::measure::ties::{HALF_LIFE_DAYS, Tie, weight};
use crate::tui::app::action::Action;
use crate::tui::app::context::Context;
use crate::tui::app::dossier::sentiment_sign;
use crate::tui::app::page::{Line, Page, Piece, Tone, piece};
use crate::tui::app::{text, when};

/// Turns on the card.
const TURNS: usize = 8;
/// Lines of one turn.
const TURN_LINES: usize = 3;
/// Cases on the card.
const CASES: usize = 6;
/// Columns of the small chart of attitudes.
const COLUMNS: usize = 24;
/// Attitudes below which none is drawn.
const FEW: usize = 3;
/// Lines of the sum.
const SUMMED: usize = 300;

/// The card of a person.
pub fn about(page: &mut Page, file: &PersonFile, context: &Context) {
    let (now, sums) = (context.now(), &file.row.sums);
    let tie = Tie::of(sums, now);
    for handle in &file.row.handles {
        let who = text::fold(handle.who.as_str(), context.emoji());
        let mut line = Line::of(Tone::Strong, who).with(Tone::Muted, format!("  {}", handle.network));
        if !handle.name.is_empty() && handle.name != handle.who {
            line = line.with(Tone::Text, format!("  {}", text::fold(handle.name.as_str(), context.emoji())));
        }
        page.line(line);
    }
    let mut facts = tied(file, now);
    facts.push(piece(Tone::Text, text::counted(u64::from(sums.turns), "two-way turn")));
    if let Some(last) = tie.last {
        facts.push(piece(Tone::Text, format!("last contact {}", when::ago(now, last))));
    }
    if let Some(followers) = file.row.followers {
        facts.push(piece(Tone::Muted, text::counted(followers, "follower")));
    }
    page.flow(facts, " · ");
    let counts = [
        (sums.theirs, "they wrote"),
        (sums.ours, "we answered"),
        (sums.resolved, "solved"),
        (sums.praises, "praise"),
        (sums.gives, "we gave"),
        (sums.asks, "we asked"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    page.flow(counts.map(|(count, what)| piece(Tone::Muted, format!("{what} {count}×"))).collect(), " · ");
    attitudes(page, file, context);
    acquaintances(page, file, now);
    promises(page, file, context);
    cases(page, file, context);
    alike(page, file, context);
    turns(page, file, context);
}

/// How close the tie is, in pieces.
pub fn tied(file: &PersonFile, now: Timestamp) -> Vec<Piece> {
    let tie = Tie::of(&file.row.sums, now);
    let mut facts = vec![piece(Tone::Strong, format!("strength {:.1}", tie.strength))];
    facts.push(piece(Tone::Text, format!("reciprocity {:.2}", tie.reciprocity)));
    if tie.regular {
        facts.push(piece(Tone::Good, "● regular".to_owned()));
    } else if file.row.sums.regular {
        facts.push(piece(Tone::Warn, "○ was a regular".to_owned()));
    }
    facts
}

fn attitudes(page: &mut Page, file: &PersonFile, context: &Context) {
    page.heading("How they spoke of us");
    if file.attitudes.len() < FEW {
        let few = text::counted(file.attitudes.len() as u64, "post");
        return page.line(Line::of(Tone::Muted, format!("  too few: {few} with a sentiment, {FEW} are needed")));
    }
    let mut line = Line::of(Tone::Text, "  ");
    for column in columns(&file.attitudes, COLUMNS) {
        let (bar, tone) = match column {
            None => (" ", Tone::Muted),
            Some(net) if net < -0.5 => ("▁", Tone::Negative),
            Some(net) if net < -0.05 => ("▂", Tone::Negative),
            Some(net) if net <= 0.05 => ("▄", Tone::Text),
            Some(net) if net <= 0.5 => ("▆", Tone::Good),
            Some(_) => ("█", Tone::Good),
        };
        line = line.with(tone, bar);
    }
    page.line(line);
    let mut counts = Vec::new();
    for sentiment in [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive] {
        let many = file.attitudes.iter().filter(|(_, one)| *one == sentiment).count();
        let (sign, name, tone) = sentiment_sign(sentiment);
        counts.push(piece(tone, format!("{sign} {many} {name}")));
    }
    if let (Some((first, _)), Some((last, _))) = (file.attitudes.first(), file.attitudes.last()) {
        let stamp = |at: Timestamp| when::stamp(context.zone(), context.now(), at).trim().to_owned();
        counts.push(piece(Tone::Muted, format!("{} to {}", stamp(*first), stamp(*last))));
    }
    page.flow(counts, " · ");
}

/// The mean attitude, -1 to 1, in so many equal stretches of time; `None` where nothing was said.
fn columns(attitudes: &[(Timestamp, Sentiment)], room: usize) -> Vec<Option<f64>> {
    let (Some((first, _)), Some((last, _))) = (attitudes.first(), attitudes.last()) else { return Vec::new() };
    let span = last.duration_since(*first).as_secs_f64().max(1.0);
    let mut sums = vec![(0.0, 0u32); room];
    for (at, sentiment) in attitudes {
        let place = at.duration_since(*first).as_secs_f64() / span * room as f64;
        if let Some(sum) = sums.get_mut((place as usize).min(room.saturating_sub(1))) {
            sum.0 += match sentiment {
                Sentiment::Negative => -1.0,
                Sentiment::Neutral => 0.0,
                Sentiment::Positive => 1.0,
            };
            sum.1 += 1;
        }
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect()
}

fn acquaintances(page: &mut Page, file: &PersonFile, now: Timestamp) {
    page.heading("Who of us knows them");
    if file.known_to.is_empty() {
        page.line(Line::of(Tone::Muted, "  nobody has answered them yet"));
    }
    for known in &file.known_to {
        let what = if known.voice { "voice" } else { "account" };
        page.line(
            Line::of(Tone::Text, "  ")
                .with(Tone::Strong, known.who.as_str())
                .with(Tone::Muted, format!(" {what}, {}×, {}", known.times, when::ago(now, known.last))),
        );
    }
}

fn promises(page: &mut Page, file: &PersonFile, context: &Context) {
    if file.card.promises.is_empty() {
        return;
    }
    page.heading("Promised and not kept");
    for promise in &file.card.promises {
        let late = promise.due <= context.now();
        let stamp = when::stamp(context.zone(), context.now(), promise.due);
        page.line(
            Line::of(if late { Tone::Bad } else { Tone::Muted }, format!("  {}{stamp} ", if late { "! " } else { "" }))
                .with(Tone::Text, SafeText::line(promise.text.as_str(), 200).as_str()),
        );
    }
}

fn cases(page: &mut Page, file: &PersonFile, context: &Context) {
    if file.cases.is_empty() {
        return;
    }
    page.heading("Cases");
    for case in file.cases.iter().take(CASES) {
        let (tone, words) = match case.status {
            CaseStatus::New => (Tone::Bad, "new"),
            CaseStatus::Acknowledged => (Tone::Warn, "acknowledged"),
            CaseStatus::HandedOver => (Tone::Warn, "handed over"),
            CaseStatus::Resolved => (Tone::Good, "solved"),
            CaseStatus::Dismissed => (Tone::Muted, "dismissed"),
        };
        let stamp = when::stamp(context.zone(), context.now(), case.opened);
        page.line(Line::of(Tone::Muted, format!("  {stamp} ")).with(tone, words));
    }
    if file.cases.len() > CASES {
        page.line(Line::of(Tone::Muted, format!("  and {} more", file.cases.len() - CASES)));
    }
}

fn alike(page: &mut Page, file: &PersonFile, context: &Context) {
    if file.alike.is_empty() && file.row.handles.len() < 2 {
        return;
    }
    page.heading("One person?");
    let key = |action: Action| context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
    for handle in &file.alike {
        page.line(
            Line::of(Tone::Question, "  ? ")
                .with(Tone::Strong, text::fold(handle.who.as_str(), context.emoji()))
                .with(Tone::Muted, format!("  {}: the same handle or name", handle.network)),
        );
    }
    if !file.alike.is_empty() {
        let words =
            format!("{} says that it is the same person; nobody is merged without a person.", key(Action::MergePeople));
        page.prose(Tone::Muted, 2, &words);
    }
    if file.row.handles.len() > 1 {
        let words = format!("Accounts above are one person, a person said; {} takes them apart.", key(Action::Undo));
        page.prose(Tone::Muted, 2, &words);
    }
}

fn turns(page: &mut Page, file: &PersonFile, context: &Context) {
    page.heading("Last turns");
    if file.card.turns.is_empty() {
        page.line(Line::of(Tone::Muted, "  none"));
    }
    for turn in file.card.turns.iter().take(TURNS) {
        let stamp = when::stamp(context.zone(), context.now(), turn.at);
        let (sign, tone) = if turn.ours { ("←", Tone::Good) } else { ("→", Tone::Text) };
        let words = text::fold(turn.text.as_str(), context.emoji()).replace('\n', " ");
        let lines = text::wrap(&words, page.columns().saturating_sub(when::STAMP + 5), TURN_LINES);
        for (place, words) in lines.into_iter().enumerate() {
            let head = if place == 0 { format!("  {stamp} ") } else { " ".repeat(when::STAMP + 3) };
            let line = Line::of(Tone::Muted, head).with(tone, if place == 0 { sign } else { " " });
            page.line(line.with(Tone::Text, format!(" {words}")));
        }
    }
}

/// The sum that a tie is, line by line.
pub fn explain(page: &mut Page, file: &PersonFile, context: &Context) {
    let now = context.now();
    let tie = Tie::of(&file.row.sums, now);
    page.line(Line::of(Tone::Strong, format!("{}: strength {:.2}", file.row.who(), tie.strength)));
    page.prose(
        Tone::Text,
        0,
        &format!(
            "The sum of what went both ways in public, each halved every {HALF_LIFE_DAYS:.0} days: two-way turn {:+.0}, \
             complaint resolved {:+.0}, their praise {:+.0}, our give {:+.0}, our ask {:+.0}. What went one way only counts \
             for reciprocity: min(in, out) / max(in, out) = {:.2}.",
            weight(Exchange::TwoWay),
            weight(Exchange::Resolved),
            weight(Exchange::TheirPraise),
            weight(Exchange::OurGive),
            weight(Exchange::OurAsk),
            tie.reciprocity,
        ),
    );
    page.prose(Tone::Text, 0, "A regular has two-way turns in 3 of the last 12 calendar weeks. Nothing beyond the exchange with the brand is kept.");
    page.gap();
    for went in file.went.iter().filter(|went| weight(went.exchange) != 0.0).take(SUMMED) {
        let days = now.duration_since(went.at).as_secs_f64() / 86_400.0;
        let worth = weight(went.exchange) * (-days / HALF_LIFE_DAYS).exp2();
        let stamp = when::stamp(context.zone(), now, went.at);
        let words = text::fold(went.words.as_str(), context.emoji());
        page.line(
            Line::of(Tone::Muted, format!("{stamp} "))
                .with(Tone::Strong, format!("{worth:+6.2} "))
                .with(Tone::Text, text::fit(went.exchange.name(), 19))
                .with(Tone::Muted, text::clip(&words, page.columns().saturating_sub(34)).into_owned()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attitudes_are_drawn_over_equal_stretches_of_time() {
        let at = |day: i64| Timestamp::from_second(1_750_000_000 + day * 86_400).unwrap();
        let said = [(at(0), Sentiment::Negative), (at(0), Sentiment::Neutral), (at(9), Sentiment::Positive)];
        assert_eq!(columns(&said, 3), [Some(-0.5), None, Some(1.0)]);
        assert_eq!(columns(&[], 3), []);
    }
}
