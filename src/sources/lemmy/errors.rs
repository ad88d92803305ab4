//! What a Lemmy server says when it refuses: a short name in `error`, whatever the status.

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::failure;
use crate::sources::http::{Response, host_of};
use crate::sources::{Retry, SourceError, SourceErrorKind};

/// How long a server that says "rate_limit_error" without a time is left alone: its allowances fill up again
/// within ten minutes at most, bit by bit.
const REST: SignedDuration = SignedDuration::from_mins(2);

/// The name of the error in an answer.
pub(super) fn name(response: &Response) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    body.get("error")?.as_str().map(str::to_owned)
}

/// Whether the error means that the token is not (or no longer) good.
pub(super) fn is_logged_out(response: &Response) -> bool {
    response.status.as_u16() == 401 || matches!(name(response).as_deref(), Some("not_logged_in" | "incorrect_login"))
}

/// The failure that an answer stands for.
pub(super) fn of_answer(response: Response, now: Timestamp) -> SourceError {
    let host = host_of(&response.url);
    let Some(name) = name(&response) else { return failure(response, |_| None) };
    let error = |kind, what: &str, advice: &str| SourceError::new(kind, &format!("{host}: {what} ({name})"), advice);
    let refused = |what, advice| error(SourceErrorKind::Refused, what, advice);
    match name.as_str() {
        "rate_limit_error" | "rate_limited" | "too_many_requests" => {
            let until = response.rate.not_before().or_else(|| now.saturating_add(REST).ok()).unwrap_or(now);
            error(SourceErrorKind::TooMany, "it asks for fewer requests", "it will be asked less often")
                .retrying(Retry::NotBefore(until))
                .for_whole_host()
        }
        "not_logged_in" | "incorrect_login" | "password_incorrect" | "couldnt_find_that_username_or_email" => refused(
            "the account or its password is wrong, or its token was revoked",
            "run `goodword login lemmy` again",
        ),
        "missing_totp_token" | "incorrect_totp token" | "incorrect_totp_token" => refused(
            "the account is protected by a second factor",
            "run `goodword login lemmy`: it asks for the code once and keeps a token",
        ),
        "email_not_verified" => refused("the account's mail address is not verified", "open the mail of the server"),
        "registration_application_is_pending" => refused("the account waits for approval", "ask its admins"),
        "site_ban" | "deleted" => refused("the account is banned or deleted", "ask the admins of the server"),
        "person_is_banned_from_community" | "banned_from_community" | "community_ban" => {
            refused("the account is banned from this community", "ask its moderators")
        }
        "instance_is_private" => refused("the server shows nothing without an account", "configure an account on it"),
        "locked" | "post_is_locked" => refused("the post is locked", "nobody can answer it any more"),
        "person_is_blocked" => refused("its author blocked this account", "nothing can be answered there"),
        "max_comment_depth_reached" => refused("the thread is too deep", "answer a post further up"),
        "invalid_body_field" | "post_body_too_long" | "body_too_long" => {
            refused("the text is empty or too long", "10,000 signs are the most")
        }
        "slurs" | "blocked_url" => {
            refused("the server does not accept a word or address in the text", "change the text")
        }
        "language_not_allowed" => refused("the community does not accept this language", "answer in the browser"),
        _ if is_missing(&name) => {
            error(SourceErrorKind::NotFound, "it is not there", "it was deleted, or never was on this server")
        }
        _ => failure(response, |_| Some(name.clone())),
    }
}

fn is_missing(name: &str) -> bool {
    name == "not_found" || name == "couldnt_get_comments" || name.starts_with("couldnt_find_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_servers_have_a_name_for_each_thing_that_is_missing() {
        assert!(is_missing("couldnt_find_post") && is_missing("not_found") && !is_missing("locked"));
    }
}
