//! The ways in which GitHub refuses, told to a person.

use serde_json::Value;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::failure;
use crate::sources::http::{Response, host_of};
use crate::sources::{Retry, SourceError, SourceErrorKind};

/// How long to wait after a complaint about too many requests at once that names no time.
const SECONDARY: SignedDuration = SignedDuration::from_mins(1);

/// What a person should know though the answer is one of success: organisations that hide what is theirs.
pub(super) fn hidden_by_organisations(response: &Response) -> Option<String> {
    let note = response.text("x-github-sso")?;
    note.starts_with("partial-results").then(|| {
        "some organisations hide their posts from this token until it is authorised for their single sign-on".to_owned()
    })
}

/// The failure that an answer stands for.
pub(super) fn of_answer(response: Response, has_token: bool, now: Timestamp) -> SourceError {
    let status = response.status.as_u16();
    let host = host_of(&response.url);
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let message = body.get("message").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let advice = advice(&response, status, &message, has_token);
    let complaint = message.contains("secondary rate limit") || message.contains("abuse detection");
    let mut error = failure(response, said);
    if error.kind == SourceErrorKind::Challenge {
        return error;
    }
    if complaint && error.kind != SourceErrorKind::TooMany {
        let until = now.saturating_add(SECONDARY).unwrap_or(Timestamp::MAX);
        return SourceError::new(
            SourceErrorKind::TooMany,
            &format!("{host} wants fewer requests at a time"),
            "it is left alone for a minute",
        )
        .retrying(Retry::NotBefore(until))
        .for_whole_host();
    }
    if error.kind == SourceErrorKind::TooMany {
        if !has_token {
            error.advice = format!("{}; with a token far more is granted (`goodword login`)", error.advice);
        }
        return error;
    }
    if let Some(advice) = advice {
        error.advice = advice;
    }
    error
}

/// What to do about it.
fn advice(response: &Response, status: u16, message: &str, has_token: bool) -> Option<String> {
    let header = |name: &str| response.text(name).filter(|value| !value.is_empty());
    if status == 401 {
        return Some(
            "the token has run out or was revoked: make a new one (Settings, Developer settings) and log in again"
                .to_owned(),
        );
    }
    if let Some(note) = header("x-github-sso")
        && note.starts_with("required")
    {
        return Some(
            "the organisation wants single sign-on: authorise the token for it (Settings, Developer settings, \
             Tokens, Configure SSO)"
                .to_owned(),
        );
    }
    if message.contains("locked") {
        return Some("the conversation is locked: nobody without special rights may answer".to_owned());
    }
    if !matches!(status, 403 | 404) {
        return (status == 422).then(|| "check the names and words in the configuration of this source".to_owned());
    }
    if let Some(wanted) = header("x-accepted-github-permissions")
        && message.contains("not accessible")
    {
        return Some(format!("the token lacks a permission ({wanted}): change it or make another, and log in again"));
    }
    if message.contains("not accessible") {
        return Some("this kind of token may not do it: use a classic one, or give it the permission".to_owned());
    }
    missing_scope(header("x-oauth-scopes"), header("x-accepted-oauth-scopes"))
        .or_else(|| (status == 404 && !has_token).then(|| "it is not there, or private and needs a token".to_owned()))
}

/// Which scope is missing, by the headers that name what the token has and what would do.
fn missing_scope(has: Option<&str>, wanted: Option<&str>) -> Option<String> {
    let list = |text: &str| -> Vec<String> {
        text.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect()
    };
    let wanted = list(wanted?);
    let has = list(has.unwrap_or_default());
    // A scope holds those below it: `repo` holds `public_repo`.
    let holds = |scope: &String| {
        has.contains(scope)
            || (has.iter().any(|mine| mine == "repo") && (scope == "public_repo" || scope.starts_with("repo:")))
            || has.iter().any(|mine| scope.starts_with(&format!("{mine}:")) || scope == &format!("read:{mine}"))
    };
    if wanted.is_empty() || wanted.iter().any(holds) {
        return None;
    }
    let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
    Some(format!("the token lacks a scope: it has {has}, and needs {}", wanted.join(" or ")))
}

/// The words of a refusal: the message, and what was wrong with each field.
fn said(body: &Value) -> Option<String> {
    let message = body.get("message")?.as_str()?.to_owned();
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    let more: Vec<&str> =
        errors.filter_map(|error| error.get("message").and_then(Value::as_str).or(error.as_str())).collect();
    Some(if more.is_empty() { message } else { format!("{message}: {}", more.join(" ")) })
}

/// The failure that errors inside an answer of GraphQL stand for; `resets` when the count of points starts anew.
pub(super) fn of_graph(host: &str, errors: &[Value], resets: Option<Timestamp>, now: Timestamp) -> SourceError {
    let first = errors.first();
    let text = |name: &str| first.and_then(|error| error.get(name)).and_then(Value::as_str).unwrap_or_default();
    let (kind, message) = (text("type"), text("message"));
    let what = format!("{host} refused (“{}”)", message.chars().take(200).collect::<String>());
    let new = |kind, advice: &str| SourceError::new(kind, &what, advice);
    match kind {
        "RATE_LIMITED" | "RATE_LIMIT" => {
            let until = resets.unwrap_or_else(|| now.saturating_add(SECONDARY).unwrap_or(Timestamp::MAX));
            new(SourceErrorKind::TooMany, "it is asked again when its count starts anew")
                .retrying(Retry::NotBefore(until))
        }
        "INSUFFICIENT_SCOPES" => {
            new(SourceErrorKind::Refused, "make a token with the scope that it names, and log in again")
        }
        "FORBIDDEN" if message.to_ascii_lowercase().contains("saml") => new(
            SourceErrorKind::Refused,
            "authorise the token for the organisation's single sign-on (Settings, Developer settings, Tokens)",
        ),
        "FORBIDDEN" if message.to_ascii_lowercase().contains("locked") => {
            new(SourceErrorKind::Refused, "the conversation is locked: nobody without special rights may answer")
        }
        "FORBIDDEN" => new(SourceErrorKind::Refused, "the token may not do it: give it the right, or use another"),
        "NOT_FOUND" => new(SourceErrorKind::NotFound, "it was deleted, or the token may not see it"),
        "UNPROCESSABLE" => new(SourceErrorKind::Refused, "change the words, or answer in the browser"),
        _ => new(SourceErrorKind::NotUnderstood, "it will be asked again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_holds_the_wanted_one_is_enough() {
        assert_eq!(missing_scope(Some("repo"), Some("public_repo, repo")), None);
        assert_eq!(missing_scope(Some("repo"), Some("public_repo")), None);
        assert_eq!(missing_scope(Some("repo"), Some("")), None);
        assert_eq!(missing_scope(Some("repo"), None), None);
        let told = missing_scope(Some("gist"), Some("notifications, repo")).unwrap();
        assert!(told.contains("has gist") && told.contains("notifications or repo"), "{told}");
        assert!(missing_scope(None, Some("repo")).unwrap().contains("has none"));
    }
}
