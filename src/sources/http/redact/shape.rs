//! What looks like a secret wherever it stands.

use super::MASK;

/// How tokens of well-known makers begin.
const BEGINNINGS: [&str; 14] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "sk-ant-",
    "sk_live_",
    "AIza",
    "ya29.",
];
/// Shortest rest of such a token.
const SHORTEST_REST: usize = 16;

/// The text with everything masked that looks like a secret.
pub(super) fn mask_shapes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        shown.push_str(before);
        let end = from.find(|sign| !is_part(sign)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        shown.push_str(if is_secret(word) { MASK } else { word });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Signs of which tokens are made. A slash is not among them: a token in a path is a word too.
fn is_part(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "-_.".contains(sign)
}

fn is_secret(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    is_web_token(word)
        || is_app_password(word)
        || BEGINNINGS.iter().any(|start| word.strip_prefix(start).is_some_and(|rest| rest.len() >= SHORTEST_REST))
}

/// A JSON web token, or the beginning of one that was cut off: base64 of `{"`, then more parts.
fn is_web_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() >= 20
}

/// Four groups of four, as app passwords are given out.
fn is_app_password(word: &str) -> bool {
    let mut groups = 0;
    for group in word.split('-') {
        groups += 1;
        let fits = group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !fits || groups > 4 {
            return false;
        }
    }
    groups == 4
}
