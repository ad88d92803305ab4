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
const ASIDES: [&str; 22] = [
    "before we send",
    "before sending",
    "before posting",
    "before this goes",
    "to sign off",
    "don't send",
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
            let joined = word.low.contains('_') && word.low.len() > 4;
            let priced = word.low == "x"
                && draft.get(..word.span.start).is_some_and(|text| text.ends_with(['$', '£', '€', '₹']));
            let pattern = joined || priced || matches!(word.low.as_str(), "hh" | "mm" | "dd" | "yyyy" | "tk" | "yy");
            if crossed || dotted || value || pattern {
                slots.push(Slot { span: word.span.clone(), sure: true });
            }
        }
    }
    // What the mention says itself is spoken of, not forgotten.
    for slot in &mut slots {
        let text = draft.get(slot.span.clone()).unwrap_or_default();
        slot.sure &= !quoted.contains(text);
    }
    slots.sort_by_key(|slot| slot.span.start);
    slots
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
                if !note(inner) {
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
            '<' if !letters || inner.starts_with(['3', '-', '/', ' ']) => continue,
            // A link in Markdown.
            '[' if draft.get(end..).is_some_and(|rest| rest.starts_with('(')) => continue,
            _ if !letters && !inner.starts_with("??") && inner != "?" => continue,
            _ => !code,
        };
        slots.push(Slot { span: at..end, sure });
        taken = end;
    }
}

/// Whether what stands in parentheses is a note to oneself or a marker.
fn note(inner: &str) -> bool {
    let words = Words::read(inner);
    let low = |at: usize| words.list.get(at).map_or("", |word| word.low.as_str());
    let verb = |at: usize| NOTE_VERBS.iter().take(21).any(|verb| *verb == low(at));
    let named = words.list.first().is_some_and(|word| word.capital) && words.list.len() > 2;
    let value = |at: usize| VALUES.contains(&low(at));
    let last = words.list.len().saturating_sub(1);
    (words.list.len() == 1 && value(0))
        || (words.list.len() <= 3
            && (value(last) || (value(0) && low(last) == "here"))
            && low(0) != "in"
            && words.list.len() > 1)
        || (inner.ends_with('?') && words.list.len() <= 2)
        || (verb(0) && words.list.len() > 1)
        || (named && (inner.contains(':') || low(1) == "to" || verb(1)))
}

/// `____`, `####`, `$XX` stay visible as runs of a sign.
fn drawn(draft: &str, slots: &mut Vec<Slot>) {
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
                run = c.filter(|c| matches!(c, '_' | '#')).map(|c| (at, c));
            }
        }
    }
}
