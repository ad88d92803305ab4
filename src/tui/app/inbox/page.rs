//! What the case view says of a case, as a page: who waits and for how long, what was said by whom, what we promised,
//! the person, and every step so far.

use super::change::snooze_words;
use super::clock::{self, Haste, clock, short};
use super::weigh;
use crate::domain::case::{
    Aftermath, Case, CaseRow, CaseStatus, Dismissal, Passage, PersonCard, Promise, Step, StepKind, Turn,
};
use crate::domain::{SafeText, Timestamp, Visibility};
use crate::tui::app::action::Action;
use crate::tui::app::context::Context;
use crate::tui::app::dossier::{PRIVATE, intent_sign, sentiment_sign};
use crate::tui::app::page::{Line, Page, Piece, Tone, piece};
use crate::tui::app::text;
use crate::tui::app::when;

/// Lines of one turn on the person's card.
const CARD_LINES: usize = 2;

/// The word for a status.
pub(in crate::tui::app) fn status_name(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::New => "new",
        CaseStatus::Acknowledged => "acknowledged",
        CaseStatus::HandedOver => "handed over",
        CaseStatus::Resolved => "resolved",
        CaseStatus::Dismissed => "dismissed",
    }
}

/// The words for a reason.
pub(in crate::tui::app) fn dismissal_name(dismissal: Dismissal) -> &'static str {
    match dismissal {
        Dismissal::NotAboutUs => "not about us",
        Dismissal::Spam => "spam",
        Dismissal::NoAnswerNeeded => "needs no answer",
        Dismissal::Duplicate => "a duplicate",
    }
}

/// What became of the person, with its sign.
pub fn aftermath_words(aftermath: Aftermath) -> (&'static str, Tone) {
    match aftermath {
        Aftermath::Waiting => ("… waiting for their next words", Tone::Muted),
        Aftermath::Recovered => ("+ came back happy", Tone::Good),
        Aftermath::Silent => ("· silent since our answer", Tone::Muted),
        Aftermath::Unhappy => ("− still unhappy", Tone::Bad),
    }
}

/// It is not in the store any more.
pub(super) fn gone(page: &mut Page) {
    page.prose(
        Tone::Warn,
        0,
        "This case is not stored any more: its author took the words down or was forgotten, or they grew older than what is kept.",
    );
}

/// What the list knows, until the store answers.
pub(super) fn brief(page: &mut Page, row: &CaseRow, context: &Context) {
    head(page, row, context);
    page.gap();
    page.prose(Tone::Text, 0, row.mention.excerpt.as_str());
}

/// All of it.
pub(super) fn whole(page: &mut Page, row: &CaseRow, case: &Case, person: Option<&PersonCard>, context: &Context) {
    head(page, row, context);
    page.heading("Thread");
    if case.turns.is_empty() {
        page.line(Line::of(Tone::Muted, "  nothing of it is stored any more"));
    }
    for one in &case.turns {
        turn(page, one, usize::MAX, context);
    }
    if !case.promises.is_empty() {
        page.heading("Promises");
        for one in &case.promises {
            promise(page, one, context);
        }
    }
    if let Some(person) = person {
        card(page, person, case, context);
    }
    page.heading("History");
    for step in &case.steps {
        history(page, step, context);
    }
}

fn head(page: &mut Page, row: &CaseRow, context: &Context) {
    let now = context.now();
    let mut who = vec![piece(Tone::Strong, row.who.as_str())];
    who.push(match row.weighing.followers {
        Some(followers) => piece(Tone::Text, text::counted(followers, "follower")),
        None => piece(Tone::Muted, "followers unknown"),
    });
    who.push(piece(Tone::Muted, row.mention.network.name().to_owned()));
    if row.private || row.mention.visibility == Visibility::Private {
        who.push(piece(Tone::Bad, format!("{PRIVATE} private")));
    }
    page.flow(who, " · ");
    page.flow(wants(row), "  ");
    page.flow(clocks(row, context), " · ");
    let mut rest = Vec::new();
    if let Some(claim) = clock::claimed(row, now) {
        let until = when::clock(context.zone(), claim.until);
        let ours = claim.voice.as_str() == context.signs_as();
        let tone = if ours { Tone::Good } else { Tone::Warn };
        rest.push(piece(tone, format!("@{} has it until {until}", claim.voice)));
    }
    if let Some(snooze) = row.snooze.filter(|_| clock::is_aside(row, now)) {
        let words = snooze_words(snooze, |at| when::full(context.zone(), now, at));
        rest.push(piece(Tone::Warn, format!("put aside {words}")));
    }
    rest.extend(handed(row, context));
    if let Some(due) = row.promise {
        let (tone, sign) = if due <= now { (Tone::Bad, "▲") } else { (Tone::Text, "") };
        rest.push(piece(tone, format!("{sign}promise due {}", when::full(context.zone(), now, due))));
    }
    if let Some(aftermath) = row.aftermath {
        let (words, tone) = aftermath_words(aftermath);
        rest.push(piece(tone, words));
    }
    page.flow(rest, " · ");
    if row.is_happy_end() {
        page.prose(Tone::Good, 0, &resolves(context));
    }
}

/// What to do next when somebody came back happy.
pub(super) fn resolves(context: &Context) -> String {
    match context.keys().short(Action::Resolve) {
        Some(key) => format!("→ {key} resolves it: they came back happy"),
        None => "→ it can be resolved: they came back happy".to_owned(),
    }
}

/// Who has it, and by when they should be done.
fn handed(row: &CaseRow, context: &Context) -> Option<Piece> {
    let handed = row.handed.as_ref().filter(|_| row.status == CaseStatus::HandedOver)?;
    let at = |at| when::full(context.zone(), context.now(), at);
    Some(match handed.due {
        Some(due) if row.is_overdue(context.now()) => {
            piece(Tone::Bad, format!("▲ with {}, was due {}", handed.to, at(due)))
        }
        Some(due) => piece(Tone::Text, format!("with {}, due {}", handed.to, at(due))),
        None => piece(Tone::Text, format!("with {}, no reminder", handed.to)),
    })
}

fn wants(row: &CaseRow) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = row
        .intents
        .iter()
        .map(|intent| {
            let (sign, tone) = intent_sign(intent);
            piece(tone, format!("{sign} {}", intent.name()).trim().to_owned())
        })
        .collect();
    if let Some(sentiment) = row.sentiment {
        let (sign, name, tone) = sentiment_sign(sentiment);
        pieces.push(piece(tone, format!("{sign} {name}")));
    }
    if row.mentions > 1 {
        pieces.push(piece(Tone::Text, format!("{} mentions", row.mentions)));
    }
    if row.mention.group_size > 1 {
        pieces.push(piece(Tone::Text, format!("×{} in the story", text::grouped(u64::from(row.mention.group_size)))));
    }
    pieces
}

/// Status and clocks.
fn clocks(row: &CaseRow, context: &Context) -> Vec<Piece> {
    let now = context.now();
    let shown = clock(row, now, context.lateness());
    let mut pieces = vec![piece(shown.tone, format!("{} {}", shown.sign, status_name(row.status)))];
    if let Some(reason) = row.dismissal.filter(|_| row.status == CaseStatus::Dismissed) {
        pieces.push(piece(Tone::Text, dismissal_name(reason)));
    }
    match shown.haste {
        Haste::Late => pieces.push(piece(Tone::Bad, format!("{} late", shown.words.trim_start_matches('+')))),
        Haste::Soon | Haste::InTime => pieces.push(piece(shown.tone, shown.words)),
        Haste::Overdue => {
            pieces.push(piece(Tone::Bad, format!("overdue by {}", shown.words.trim_start_matches("due +"))))
        }
        Haste::Calm => {}
    }
    pieces.push(piece(Tone::Text, format!("opened {}", when::full(context.zone(), now, row.opened))));
    let after = |at: Timestamp| short(at.duration_since(row.opened));
    if let Some(at) = row.acknowledged {
        pieces.push(piece(Tone::Text, format!("acknowledged after {}", after(at))));
    }
    if let Some(at) = row.closed {
        pieces.push(piece(Tone::Text, format!("closed after {}", after(at))));
    }
    if row.reopened > 0 {
        let times = if row.reopened == 1 { "once".to_owned() } else { format!("{} times", row.reopened) };
        pieces.push(piece(Tone::Warn, format!("opened again {times}")));
    }
    if row.status.is_open() {
        let cost = weigh::exposure(row, now, context.tell_factor());
        if cost > 0.0 {
            pieces.push(piece(Tone::Muted, format!("debt {cost:.1}")));
        }
    }
    pieces
}

/// A turn: theirs at the margin, ours set in.
fn turn(page: &mut Page, turn: &Turn, lines: usize, context: &Context) {
    let indent = if turn.ours { 4 } else { 0 };
    let who = match (turn.ours, turn.who.is_empty()) {
        (true, true) => "us".to_owned(),
        (true, false) => format!("us · {}", turn.who),
        (false, true) => "they".to_owned(),
        (false, false) => turn.who.to_string(),
    };
    let sign = if turn.ours { "↵ " } else { "" };
    page.line(
        Line::of(Tone::Text, " ".repeat(indent))
            .with(if turn.ours { Tone::Good } else { Tone::Strong }, format!("{sign}{who}"))
            .with(Tone::Muted, format!("  {}", when::full(context.zone(), context.now(), turn.at))),
    );
    let room = page.columns().saturating_sub(indent + 2);
    let mut wrapped = text::wrap(turn.text.as_str(), room, lines.saturating_add(1));
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            *last = text::clip(&format!("{last} …"), room).into_owned();
        }
    }
    for line in wrapped {
        page.line(Line::of(Tone::Text, " ".repeat(indent + 2)).with(Tone::Text, line));
    }
}

fn promise(page: &mut Page, promise: &Promise, context: &Context) {
    let now = context.now();
    let at = |at: Timestamp| when::full(context.zone(), now, at);
    let (tone, sign, words) = match promise.kept {
        Some(kept) => (Tone::Good, "✓", format!("kept {}", at(kept))),
        None if promise.due <= now => (Tone::Bad, "▲", format!("was due {}", at(promise.due))),
        None => (Tone::Text, "·", format!("due {}", at(promise.due))),
    };
    let line = format!("{sign} {words}: {}", promise.text);
    page.prose(tone, 2, &line);
}

/// What went both ways with the person, but for what the page says already.
fn card(page: &mut Page, card: &PersonCard, case: &Case, context: &Context) {
    page.heading(format!("{} and us", if card.who.is_empty() { "They" } else { card.who.as_str() }));
    let mut pieces = Vec::new();
    if !card.name.is_empty() && card.name != card.who {
        pieces.push(piece(Tone::Text, card.name.as_str()));
    }
    if let Some(followers) = card.followers {
        pieces.push(piece(Tone::Text, format!("{} followers", text::grouped(followers))));
    }
    pieces.push(piece(Tone::Text, text::counted(card.mentions, "mention")));
    pieces.push(piece(Tone::Text, format!("{} of ours", text::counted(card.answers, "answer"))));
    if let Some(since) = card.since {
        pieces.push(piece(Tone::Muted, format!("heard since {}", when::full(context.zone(), context.now(), since))));
    }
    page.flow(pieces, " · ");
    let others = card.open.iter().filter(|id| **id != case.row.id).count();
    if others > 0 {
        let words =
            if others == 1 { "another case is open".to_owned() } else { format!("{others} more cases are open") };
        page.prose(Tone::Warn, 0, &words);
    }
    for one in card.promises.iter().filter(|one| case.promises.iter().all(|known| known.id != one.id)) {
        promise(page, one, context);
    }
    let elsewhere = |turn: &&Turn| case.turns.iter().all(|known| known.native_id != turn.native_id);
    for one in card.turns.iter().filter(elsewhere) {
        turn(page, one, CARD_LINES, context);
    }
}

fn history(page: &mut Page, step: &Step, context: &Context) {
    let now = context.now();
    let at = |at: Timestamp| when::full(context.zone(), now, at);
    let words = match &step.kind {
        StepKind::Opened => "opened".to_owned(),
        StepKind::TheyWrote(_) => "they wrote again".to_owned(),
        StepKind::Answered(_) => format!("answered on the network{}", under(step)),
        StepKind::AnsweredByHand(words) => format!("answered by hand: {words}"),
        StepKind::Status(status, reason) => match reason {
            Some(reason) => format!("{}: {}", status_name(*status), dismissal_name(*reason)),
            None => status_name(*status).to_owned(),
        },
        StepKind::Snoozed(Some(snooze)) => format!("put aside {}", snooze_words(*snooze, at)),
        StepKind::Snoozed(None) => "brought back".to_owned(),
        StepKind::Claimed(Some(until)) => format!("taken on until {}", at(*until)),
        StepKind::Claimed(None) => "let go".to_owned(),
        StepKind::HandedTo(to, Some(due)) => format!("handed over to {to}, due {}", at(*due)),
        StepKind::HandedTo(to, None) => format!("handed over to {to}"),
        StepKind::Note(words) => format!("note: {words}"),
        StepKind::Promised(_, words) => format!("promised: {words}"),
        StepKind::Kept(_) => "a promise kept".to_owned(),
        StepKind::Reopened => "opened again".to_owned(),
        StepKind::Outgoing { passage, writer, .. } => passed(*passage, step, writer.as_ref()),
    };
    let voice = step.voice.as_ref().map_or_else(String::new, |voice| format!(" {voice}"));
    let undone = if step.undone { " (undone)" } else { "" };
    let tone = match (&step.kind, step.undone) {
        (_, true) => Tone::Muted,
        (StepKind::Note(_), _) => Tone::Strong,
        _ => Tone::Text,
    };
    page.prose(tone, 2, &format!("{}{voice}: {words}{undone}", at(step.at)));
}

/// Under which account it went, or was to go.
fn under(step: &Step) -> String {
    let account = step.account.as_ref().map(|account| account.as_str().trim().trim_start_matches('@'));
    account.filter(|account| !account.is_empty()).map(|account| format!(" under @{account}")).unwrap_or_default()
}

/// What became of an answer in the outbox.
fn passed(passage: Passage, step: &Step, writer: Option<&SafeText>) -> String {
    let under = under(step);
    let by = writer.filter(|writer| step.voice.as_ref() != Some(*writer)).map(|writer| format!(" by {writer}"));
    let answer = format!("the answer{}{under}", by.unwrap_or_default());
    match passage {
        Passage::Held => format!("sent an answer on its way{under}: held first"),
        Passage::AwaitsApproval => format!("sent an answer on its way{under}: to be approved first"),
        Passage::Approved => format!("approved {answer}: held first"),
        Passage::TakenBack => format!("{answer} was taken back: a draft again"),
        Passage::LeftBehind => format!("{answer} was not sent: the program that held it ended; a draft again"),
        Passage::Uncertain => format!("? nobody knew whether {answer} was out"),
        Passage::Failed => format!("! {answer} did not go out"),
        Passage::GivenUp => format!("{answer} was given up"),
        Passage::FoundOut => format!("{answer} was found out there by a person"),
        Passage::FoundMissing => format!("{answer} was not out there, a person looked: a draft again"),
        Passage::Out => format!("{answer} went out"),
        Passage::Rehearsed => format!("{answer} was rehearsed: sent to no network"),
    }
}
