//! Markers that were not filled in, and notes to oneself that were left in.

use std::ops::Range;

use super::words::{Word, Words};

/// A marker in a draft.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    pub span: Range<usize>,
    /// It can hardly be anything else.
    pub sure: bool,
}

/// Notes to oneself, and words that stand where something is still to come.
const NOTES: [&str; 26] = [
    "todo",
    "tbc",
    "tbd",
    "tba",
    "fixme",
    "lorem",
    "placeholder",
    "note to self",
    "please note to self",
    "insert",
    "replace with",
    "replaceme",
    "double check",
    "check this before",
    "check before sending",
    "fill in",
    "to insert",
    "to add",
    "to confirm",
    "pls add",
    "pls check",
    "pls confirm",
    "add link",
    "add time",
    "draft",
    "xyz",
];

/// What a note in brackets begins with.
const NOTE_VERBS: [&str; 26] = [
    "check", "ask", "confirm", "insert", "add", "verify", "fill", "find", "get", "note", "todo", "tbc", "tbd",
    "update", "paste", "attach", "double", "legal", "pls", "please", "replace", "need", "draft", "link", "same", "or",
];

/// What a marker stands for.
const VALUES: [&str; 34] = [
    "time",
    "date",
    "name",
    "amount",
    "price",
    "link",
    "number",
    "address",
    "day",
    "x",
    "n",
    "eta",
    "url",
    "code",
    "month",
    "hour",
    "hours",
    "city",
    "order",
    "customer",
    "agent",
    "firstname",
    "fname",
    "nombre",
    "email",
    "phone",
    "location",
    "product",
    "brand",
    "store",
    "handle",
    "reason",
    "percent",
    "figure",
];

/// Questions that are answered with braces or brackets.
const ABOUT_CODE: [&str; 30] = [
    "template",
    "templates",
    "merge",
    "tag",
    "tags",
    "variable",
    "variables",
    "syntax",
    "placeholder",
    "placeholders",
    "code",
    "json",
    "html",
    "regex",
    "markdown",
    "css",
    "snippet",
    "shortcode",
    "field",
    "fields",
    "token",
    "param",
    "params",
    "macro",
    "yaml",
    "config",
    "endpoint",
    "curl",
    "format",
    "query",
];

/// How markers are shown that are the answer.
const SHOWING: [&str; 16] = [
    "type", "use", "write", "put", "wrap", "double", "braces", "brackets", "insert", "with", "call", "prints", "post",
    "get", "escape", "curly",
];

/// What is said to a colleague.
const ASIDES: [&str; 24] = [
    "before we send",
    "before sending",
    "sign off before posting",
    "before this goes",
    "to sign off",
    "don't send until",
    "don't send yet",
    "do not send yet",
    "friendlier version",
    "dear agent",
    "not admit",
    "you soften",
    "please soften",
    "wait for statement",
    "version of your reply",
    "insert * here",
    "pls pull",
    "add voucher code here",
    "tone apologetic",
    "can someone check",
    "check w",
    "needs approval",
    "approved line",
    "shorter version",
];

/// Finds them. The mention (`quoted` is its text) tells whether braces are the answer.
pub(super) fn find(quoted: &str, mention: &Words, words: &Words, draft: &str) -> Vec<Slot> {
    let shown = words.list.iter().any(|word| SHOWING.contains(&word.low.as_str()));
    let code = shown && mention.list.iter().any(|word| ABOUT_CODE.contains(&word.low.as_str()));
    let mut slots = Vec::new();
    bracketed(draft, code, &mut slots);
    drawn(draft, &mut slots);
    for (first, end) in ASIDES.iter().flat_map(|phrase| words.find(phrase)) {
        slots.push(Slot { span: words.span(first, end), sure: true });
    }
    let loud = words.list.iter().filter(|word| shouted(draft, word)).count();
    for phrase in NOTES {
        for (first, end) in words.find(phrase) {
            let span = words.span(first, end);
            // In plain letters most of these are words like others.
            let marked = draft.get(span.clone()).is_some_and(|text| text.chars().any(|c| c.is_uppercase()));
            let upper = draft.get(span.clone()).is_some_and(|text| !text.chars().any(char::is_lowercase));
            let note = matches!(
                phrase,
                "note to self" | "check before sending" | "check this before" | "lorem" | "tbc" | "tbd"
            );
            if note || upper || (marked && phrase == "todo") {
                slots.push(Slot { span, sure: note || (upper && loud < 6) });
            }
        }
    }
    for word in &words.list {
        if shouted(draft, word) && loud < 6 {
            let crossed = word.low.len() >= 2 && word.low.chars().all(|c| c == 'x');
            let dotted = word.low.len() >= 3 && word.low.chars().all(|c| matches!(c, 'x' | '.' | '-'));
            let value = word.low.len() > 3 && VALUES.contains(&word.low.as_str());
            // "QUILL_NO_WARN=1" is a setting.
            let set = draft.get(word.span.end..).is_some_and(|rest| rest.starts_with(['=', '(', '`']));
            let joined = word.low.contains('_') && word.low.len() > 4 && !set;
            let priced = word.low == "x"
                && draft.get(..word.span.start).is_some_and(|text| text.ends_with(['$', '£', '€', '₹']));
            let pattern = joined || priced || matches!(word.low.as_str(), "hh" | "mm" | "dd" | "yyyy" | "tk" | "yy");
            // "CVE-XXXX-XXXXX", "3.1.TODO".
            let crossed = crossed
                || word.low.split(['-', '.', '/', '_']).any(|part| {
                    part.len() > 2 && part.chars().all(|c| c == 'x') && part.len() < word.low.len()
                        || matches!(part, "todo" | "tbd" | "tbc" | "fixme")
                });
            if crossed || dotted || value || pattern {
                slots.push(Slot { span: word.span.clone(), sure: true });
            }
        }
    }
    unmeasured(words, &mut slots);
    headed(words, draft, &mut slots);
    // What the mention says itself is spoken of, not forgotten.
    for slot in &mut slots {
        let text = draft.get(slot.span.clone()).unwrap_or_default();
        slot.sure &= !quoted.contains(text);
    }
    slots.sort_by_key(|slot| slot.span.start);
    slots
}

/// "about N hours", "X working days".
fn unmeasured(words: &Words, slots: &mut Vec<Slot>) {
    const UNITS: [&str; 16] = [
        "hour", "hours", "hrs", "minutes", "mins", "min", "days", "day", "weeks", "week", "months", "working",
        "business", "percent", "pm", "am",
    ];
    for (word, next) in words.list.iter().zip(words.list.iter().skip(1)) {
        if word.upper && matches!(word.low.as_str(), "n" | "x" | "xx" | "nn") && UNITS.contains(&next.low.as_str()) {
            slots.push(Slot { span: word.span.clone(), sure: true });
        }
    }
}

/// "Placeholder: ...", "Draft: ...": what a text is called that is not ready.
fn headed(words: &Words, draft: &str, slots: &mut Vec<Slot>) {
    for word in &words.list {
        let head = matches!(word.low.as_str(), "placeholder" | "draft" | "internal" | "todo" | "tbc" | "fixme");
        if head && draft.get(word.span.end..).is_some_and(|rest| rest.starts_with(':')) {
            slots.push(Slot { span: word.span.clone(), sure: true });
        }
    }
}

fn shouted(draft: &str, word: &Word) -> bool {
    let text = draft.get(word.span.clone()).unwrap_or_default();
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// `[..]`, `{..}`, `<..>`, `%..%`, `«..»` and notes in `(..)`.
fn bracketed(draft: &str, code: bool, slots: &mut Vec<Slot>) {
    let mut taken = 0;
    for (at, open) in draft.char_indices() {
        if at < taken {
            continue;
        }
        let close = match open {
            '[' => ']',
            '{' => '}',
            '<' => '>',
            '(' => ')',
            '%' => '%',
            _ => continue,
        };
        let rest = draft.get(at + open.len_utf8()..).unwrap_or_default();
        let rest = rest.get(..rest.floor_char_boundary(90)).unwrap_or(rest);
        let skipped = rest.len() - rest.trim_start_matches(open).len();
        let Some(length) = rest.get(skipped..).and_then(|rest| rest.find(close)) else { continue };
        let inner = rest.get(skipped..skipped + length).unwrap_or_default();
        let closes = rest.get(skipped + length..).unwrap_or_default();
        let end = at + open.len_utf8() + skipped + length + (closes.len() - closes.trim_start_matches(close).len());
        let letters = inner.chars().any(char::is_alphabetic);
        let sure = match open {
            '(' => {
                // "[words](link)" is a link in Markdown.
                if draft.get(..at).is_some_and(|before| before.ends_with(']')) || !note(inner) {
                    continue;
                }
                true
            }
            '%' => {
                if inner.len() < 3 || !inner.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                    continue;
                }
                !code
            }
            '[' if inner.eq_ignore_ascii_case("sic") => continue,
            '<' if !letters || inner.starts_with(['3', '-', '/', ' ']) => continue,
            // A link in Markdown.
            '[' if draft.get(end..).is_some_and(|rest| rest.starts_with('(')) => continue,
            '[' if inner.len() > 1 && inner.chars().all(|c| matches!(c, '$' | '£' | '€' | '₹' | '#' | '*' | '_')) => {
                true
            }
            _ if !letters && !inner.starts_with("??") && inner != "?" => continue,
            // "[add link here]" is a note whatever is spoken of.
            '[' if code => noted(inner),
            '{' => !code && !shown_as(draft, at),
            _ => !code,
        };
        slots.push(Slot { span: at..end, sure });
        taken = end;
    }
}

/// Whether a note of several words begins with what is to be done.
fn noted(inner: &str) -> bool {
    let words = Words::read(inner);
    words.list.len() > 2 && words.list.first().is_some_and(|word| NOTE_VERBS.contains(&word.low.as_str()))
}

/// Whether what begins at a byte is shown as it is to be typed: "Type {name}", "`{name}`".
fn shown_as(draft: &str, at: usize) -> bool {
    let before = draft.get(..at).unwrap_or_default();
    if before.matches('`').count() % 2 == 1 {
        return true;
    }
    let words = Words::read(before);
    let last = words.list.last().filter(|last| before.get(last.span.end..).is_some_and(|rest| rest.trim().is_empty()));
    last.is_some_and(|word| matches!(word.low.as_str(), "type" | "write" | "wrap" | "insert" | "escape" | "as"))
}

/// Whether what stands in parentheses is a note to oneself or a marker.
fn note(inner: &str) -> bool {
    let words = Words::read(inner);
    let low = |at: usize| words.list.get(at).map_or("", |word| word.low.as_str());
    let verb = |at: usize| NOTE_VERBS.iter().take(21).any(|verb| *verb == low(at));
    let named = words.list.first().is_some_and(|word| word.capital) && words.list.len() > 2;
    let value = |at: usize| VALUES.contains(&low(at));
    let last = words.list.len().saturating_sub(1);
    // "(£3 a month)" is a price.
    if inner.chars().any(|c| matches!(c, '$' | '£' | '€' | '₹') || c.is_ascii_digit())
        && words.list.len() <= 3
        && !verb(0)
    {
        return false;
    }
    // "(Is it R or L? Ask crewing)".
    let asks = inner.split_once('?').is_some_and(|(_, rest)| {
        Words::read(rest)
            .list
            .first()
            .is_some_and(|word| matches!(word.low.as_str(), "ask" | "check" | "confirm" | "verify"))
    });
    // "(Tom, can you confirm?)".
    let called = inner.ends_with('?')
        && words
            .list
            .first()
            .is_some_and(|word| word.capital && inner.get(word.span.end..).is_some_and(|rest| rest.starts_with(',')))
        && (1..words.list.len()).any(verb);
    asks || called
        || (value(0) && value(1))
        || (words.list.len() == 1 && value(0))
        || (words.list.len() <= 3
            && (value(last) || (value(0) && low(last) == "here"))
            && low(0) != "in"
            && words.list.len() > 1)
        || (inner.ends_with('?') && words.list.len() <= 2)
        || (verb(0) && words.list.len() > 1)
        || (named && (inner.contains(':') || low(1) == "to" || verb(1)))
}

/// `____`, `####`, `@@` stay visible as runs of a sign.
fn drawn(draft: &str, slots: &mut Vec<Slot>) {
    for open in ["??:", ":??", "$??", "£??", "€??"] {
        slots.extend(draft.match_indices(open).map(|(at, sign)| Slot { span: at..at + sign.len(), sure: true }));
    }
    let mut run: Option<(usize, char)> = None;
    let ends = draft.char_indices().map(|(at, c)| (at, Some(c))).chain([(draft.len(), None)]);
    for (at, c) in ends {
        match run {
            Some((_, sign)) if c == Some(sign) => {}
            _ => {
                if let Some((start, _)) = run.take()
                    && at - start >= 2
                    && !c.is_some_and(|c| c.is_ascii_digit())
                {
                    slots.push(Slot { span: start..at, sure: true });
                }
                run = c.filter(|c| matches!(c, '_' | '#' | '@')).map(|c| (at, c));
            }
        }
    }
}
