//! What the detail pane says of a mention, as a page.

use super::context::Context;
use super::correct::both_words;
use super::page::{Line, Page, Piece, Tone, piece};
use super::text;
use super::when;
use crate::domain::{Act, Answerable, Intent, Mention, MentionRow, Reading, SafeText, Sentiment, Shares, Visibility};

/// Answers that are shown.
const MOST_ANSWERS: usize = 20;
/// Members of a story that are listed.
const MOST_MEMBERS: usize = 50;

/// The sign and the word for a sentiment.
pub fn sentiment_sign(sentiment: Sentiment) -> (&'static str, &'static str, Tone) {
    match sentiment {
        Sentiment::Negative => ("−", "negative", Tone::Negative),
        Sentiment::Neutral => ("·", "neutral", Tone::Muted),
        Sentiment::Positive => ("+", "positive", Tone::Positive),
    }
}

/// The sign for an intent; a space for none worth one.
pub fn intent_sign(intent: Intent) -> (&'static str, Tone) {
    match intent {
        Intent::Complaint => ("!", Tone::Complaint),
        Intent::Question => ("?", Tone::Question),
        Intent::Praise => ("*", Tone::Positive),
        Intent::Promo => ("$", Tone::Muted),
        Intent::Other => (" ", Tone::Muted),
    }
}

/// What a row says before the words of a mention: that it is not public, that it is answered, and its author's warning.
/// Signs alone where `short`; the detail has the words.
pub fn forewords(row: &MentionRow, short: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut say = |tone, sign: &str, word: &str| {
        pieces.push(piece(tone, if short { format!("{sign} ") } else { format!("{sign} {word} ") }));
    };
    if row.visibility == Visibility::Private {
        say(Tone::Bad, PRIVATE, "private");
    }
    if row.answered.is_some() {
        say(Tone::Good, ANSWERED, "answered");
    }
    if !row.content_warning.is_empty() {
        pieces.push(piece(Tone::Warn, format!("cw: {} · ", row.content_warning)));
    }
    pieces
}

/// The sign of what is not public.
pub const PRIVATE: &str = "⚿";
/// The sign of what is answered.
pub const ANSWERED: &str = "↵";

/// A text without the headline that many feeds repeat at its start.
pub fn without_title<'a>(text: &'a str, title: &str) -> &'a str {
    match text.strip_prefix(title).filter(|_| !title.is_empty()) {
        Some(rest) if !rest.starts_with(char::is_alphanumeric) => {
            rest.trim_start_matches(|c: char| c.is_whitespace() || ".,:;-–—…|".contains(c))
        }
        _ => text,
    }
}

/// What the lists know, until the store answers.
pub fn brief(page: &mut Page, row: &MentionRow, context: &Context) {
    head(page, row, None, context);
    page.gap();
    warning(page, row);
    if !row.title.is_empty() {
        page.prose(Tone::Strong, 0, row.title.as_str());
        page.gap();
    }
    page.prose(Tone::Text, 0, without_title(row.excerpt.as_str(), row.title.as_str()));
}

/// It is not in the store any more. Whose it was is not said: they may have been forgotten.
pub fn gone(page: &mut Page) {
    page.prose(
        Tone::Warn,
        0,
        "This mention is not stored any more: its author took it down or was forgotten, or it grew older than what is kept.",
    );
}

/// Everything that is known of a mention.
#[derive(Debug, Clone, Copy)]
pub struct Whole<'a> {
    /// Its row, as it is marked now.
    pub row: &'a MentionRow,
    /// It.
    pub mention: &'a Mention,
    /// Members of its story.
    pub members: &'a [MentionRow],
    /// What we answered, earliest first.
    pub answers: &'a [Act],
    /// What a search found in it.
    pub found: &'a [SafeText],
}

/// All of it.
pub fn whole(page: &mut Page, whole: &Whole<'_>, context: &Context) {
    let Whole { row, mention, members, answers, found } = *whole;
    head(page, row, Some(mention), context);
    page.gap();
    warning(page, row);
    if !row.title.is_empty() {
        words(page, Tone::Strong, row.title.as_str(), found);
        page.gap();
    }
    words(page, Tone::Text, without_title(mention.text.as_str(), row.title.as_str()), found);
    if !mention.image_descriptions.is_empty() {
        page.heading("Images");
        for description in &mention.image_descriptions {
            page.prose(Tone::Text, 2, description.as_str());
        }
    }
    if !mention.links.is_empty() {
        page.heading("Links");
        for link in &mention.links {
            page.prose(Tone::Link, 2, link.as_str());
        }
    }
    answered(page, row, answers, context);
    readings(page, row, mention, context);
    if !mention.watches.is_empty() {
        page.heading("Found by");
        let names = mention.watches.iter().map(|(_, name)| piece(Tone::Text, SafeText::line(name, 80).as_str()));
        page.flow(names.collect(), ", ");
    }
    story(page, row, members, context);
}

fn head(page: &mut Page, row: &MentionRow, mention: Option<&Mention>, context: &Context) {
    let mut who: Vec<Piece> = vec![piece(Tone::Strong, row.author.as_str())];
    if let Some(name) = mention.map(|mention| &mention.author_name).filter(|name| **name != row.author) {
        who.push(piece(Tone::Text, name.as_str()));
    }
    if let Some(followers) = row.followers {
        who.push(piece(Tone::Text, format!("{} followers", text::grouped(followers))));
    }
    page.flow(who, " · ");
    let mut when = vec![piece(Tone::Text, when::full(context.zone(), context.now(), row.published))];
    when.push(piece(Tone::Muted, heard(row)));
    when.push(piece(Tone::Muted, row.network.name().to_owned()));
    if let Some(edited) = mention.and_then(|mention| mention.edited_at) {
        when.push(piece(Tone::Warn, format!("edited {}", when::full(context.zone(), context.now(), edited))));
    } else if row.edited {
        when.push(piece(Tone::Warn, "edited"));
    }
    match row.visibility {
        Visibility::Public => {}
        Visibility::Unlisted => when.push(piece(Tone::Warn, "unlisted")),
        Visibility::Private => when.push(piece(Tone::Bad, format!("{PRIVATE} private: in no statistic and no export"))),
    }
    if row.answered.is_some() {
        when.push(piece(Tone::Good, format!("{ANSWERED} answered")));
    }
    when.push(if row.read { piece(Tone::Muted, "read") } else { piece(Tone::Strong, "unread") });
    page.flow(when, " · ");
    match mention.map(|mention| &mention.url) {
        Some(Some(url)) => page.prose(Tone::Link, 0, url.as_str()),
        Some(None) => page.line(Line::of(Tone::Muted, "no link")),
        None => {}
    }
    match mention.map(|mention| mention.answerable) {
        Some(Answerable::InBrowser) => page.prose(Tone::Muted, 0, "can be answered in a browser only"),
        Some(Answerable::Nowhere) => {
            page.prose(Tone::Muted, 0, "cannot be answered: closed, or its author lets nobody answer");
        }
        Some(Answerable::AsSource) | None => {}
    }
}

fn warning(page: &mut Page, row: &MentionRow) {
    if !row.content_warning.is_empty() {
        page.prose(Tone::Warn, 0, &format!("cw: {}", row.content_warning));
        page.gap();
    }
}

/// Who of us answered, when, and how long after it was published and heard.
fn answered(page: &mut Page, row: &MentionRow, answers: &[Act], context: &Context) {
    if row.answered.is_none() {
        return;
    }
    page.heading(format!("{ANSWERED} Answered"));
    if answers.is_empty() {
        page.line(Line::of(Tone::Muted, "  what was answered is not stored any more"));
    }
    for act in answers.iter().take(MOST_ANSWERS) {
        let who = if act.author.is_empty() { "one of us" } else { act.author.as_str() };
        let mut pieces = vec![
            piece(Tone::Strong, who.to_owned()),
            piece(Tone::Text, when::full(context.zone(), context.now(), act.published)),
            piece(Tone::Text, format!("{} after it was published", later(act.published, row.published))),
        ];
        if row.first_seen.duration_since(row.published).as_mins() > 0 {
            pieces.push(piece(Tone::Muted, format!("{} after it was heard", later(act.published, row.first_seen))));
        }
        page.flow(pieces, " · ");
        page.prose(Tone::Text, 2, act.text.as_str());
        if let Some(url) = &act.url {
            page.prose(Tone::Link, 2, url.as_str());
        }
    }
}

/// How long after a moment another was; what was earlier (an answer that we heard before the mention) is at once.
fn later(one: crate::domain::Timestamp, other: crate::domain::Timestamp) -> String {
    match one.duration_since(other) {
        delay if delay.as_secs() < 60 => "less than a minute".to_owned(),
        delay => when::long(delay),
    }
}

/// The hearing delay: how long after its publication we had it.
fn heard(row: &MentionRow) -> String {
    if row.history {
        return "from the source's history".to_owned();
    }
    match row.first_seen.duration_since(row.published) {
        delay if delay.as_mins() < 1 => "heard at once".to_owned(),
        delay => format!("heard {} later", when::long(delay)),
    }
}

fn readings(page: &mut Page, row: &MentionRow, mention: &Mention, context: &Context) {
    page.heading("How it was read");
    if row.readings.is_empty() {
        page.line(Line::of(Tone::Muted, "  not read for any subject"));
    }
    for reading in &row.readings {
        page.line(Line::of(Tone::Text, "  ").with(Tone::Strong, context.subject_name(reading.subject)));
        let correction = mention.correction(reading.subject);
        if !reading.about {
            page.prose(Tone::Warn, 4, "≠ the word has another sense here: not about this subject");
            correction.into_iter().for_each(|one| both_words(page, one.said, &one.read));
            continue;
        }
        let pieces = reading.intents.iter().map(|intent| {
            let (sign, tone) = intent_sign(intent);
            piece(tone, format!("{sign} {}", intent.name()).trim().to_owned())
        });
        let mut line = Line::of(Tone::Text, "    ");
        for (place, piece) in pieces.enumerate() {
            line = line.with(Tone::Muted, if place > 0 { "  " } else { "" }).with(piece.tone, piece.text);
        }
        page.line(line);
        match correction {
            Some(one) if one.said.sentiment.is_some() => {}
            _ => sentiment(page, reading, mention),
        }
        correction.into_iter().for_each(|one| both_words(page, one.said, &one.read));
        if let Some(lessons) = context.lessons().of(reading.subject) {
            let from = text::grouped(u64::from(lessons.corrections));
            let plural = if lessons.corrections == 1 { "correction" } else { "corrections" };
            page.prose(Tone::Muted, 4, &format!("the readers learned from {from} {plural}"));
        }
    }
}

fn sentiment(page: &mut Page, reading: &Reading, mention: &Mention) {
    let Some(shares) = reading.sentiment else {
        let lang = mention.lang.as_deref().map_or_else(String::new, |lang| format!(" ({})", SafeText::line(lang, 12)));
        page.prose(Tone::Muted, 4, &format!("no sentiment: this language{lang} cannot be read, and is not guessed"));
        return;
    };
    let each = [
        (Sentiment::Negative, shares.negative),
        (Sentiment::Neutral, shares.neutral),
        (Sentiment::Positive, shares.positive),
    ];
    let (likeliest, probability) = shares.likeliest();
    let pieces = each.map(|(sentiment, share)| {
        let (sign, name, tone) = sentiment_sign(sentiment);
        let tone = if sentiment == likeliest { tone } else { Tone::Muted };
        piece(tone, format!("{sign} {name} {:.0} %", share * 100.0))
    });
    let mut line = Line::of(Tone::Text, "    ");
    for (place, piece) in pieces.into_iter().enumerate() {
        line = line.with(Tone::Muted, if place > 0 { "  " } else { "" }).with(piece.tone, piece.text);
    }
    page.line(line);
    if probability < Shares::UNCERTAIN_BELOW {
        page.prose(Tone::Warn, 4, "~ uncertain: none reaches a half");
    }
}

fn story(page: &mut Page, row: &MentionRow, members: &[MentionRow], context: &Context) {
    if row.group_size <= 1 && members.iter().all(|member| member.id == row.id) {
        return;
    }
    page.heading(format!("The story: {} mentions", text::grouped(u64::from(row.group_size))));
    for member in members.iter().filter(|member| member.id != row.id).take(MOST_MEMBERS) {
        let stamp = when::stamp(context.zone(), context.now(), member.published);
        let author = text::fit(&text::fold(member.author.as_str(), context.emoji()), 20);
        let words = if member.title.is_empty() { &member.excerpt } else { &member.title };
        let words = text::fold(words.as_str(), context.emoji());
        let room = page.columns().saturating_sub(2 + when::STAMP + 1 + 20 + 1);
        page.line(
            Line::of(Tone::Muted, format!("  {stamp} "))
                .with(Tone::Text, author)
                .with(Tone::Muted, format!(" {}", text::clip(&words, room))),
        );
    }
}

/// Foreign words, wrapped; what a search found in them stands out.
fn words(page: &mut Page, tone: Tone, words: &str, found: &[SafeText]) {
    let lowered: Vec<String> =
        found.iter().map(|one| one.as_str().to_lowercase()).filter(|one| !one.is_empty()).collect();
    for line in text::wrap(words, page.columns(), usize::MAX) {
        page.line(marked(tone, line, &lowered));
    }
}

fn marked(tone: Tone, line: String, found: &[String]) -> Line {
    let lower = line.to_lowercase();
    // Lower-casing may change lengths in some languages; then nothing is marked rather than the wrong letters.
    if found.is_empty() || lower.len() != line.len() {
        return Line::of(tone, line);
    }
    let mut result = Line::new();
    let mut done = 0;
    while let Some((start, end)) = next_found(&lower, found, done) {
        let (Some(before), Some(hit)) = (line.get(done..start), line.get(start..end)) else { break };
        result = result.with(tone, before).with(Tone::Found, hit);
        done = end;
    }
    result.with(tone, line.get(done..).unwrap_or_default())
}

fn next_found(line: &str, found: &[String], from: usize) -> Option<(usize, usize)> {
    let rest = line.get(from..)?;
    found
        .iter()
        .filter_map(|one| rest.find(one.as_str()).map(|start| (from + start, from + start + one.len())))
        .min_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_headline_is_said_once() {
        assert_eq!(without_title("Chain snapped. Day one.", "Chain snapped"), "Day one.");
        assert_eq!(without_title("Chain snapped", "Chain snapped"), "");
        assert_eq!(without_title("Chains snap", "Chain"), "Chains snap");
        assert_eq!(without_title("Day one.", ""), "Day one.");
    }

    #[test]
    fn what_was_found_stands_out() {
        let found = ["chain".to_owned(), "chain snapped".to_owned()];
        let line = marked(Tone::Text, "My Chain snapped, the chain!".to_owned(), &found);
        let hits: Vec<&str> =
            line.0.iter().filter(|piece| piece.tone == Tone::Found).map(|piece| piece.text.as_str()).collect();
        assert_eq!(hits, ["Chain snapped", "chain"]);
        assert_eq!(line.words(), "My Chain snapped, the chain!");
        assert_eq!(marked(Tone::Text, "İstanbul".to_owned(), &found).0.len(), 1);
    }
}
