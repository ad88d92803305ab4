//! What Reddit says when it refuses: by status, and inside answers of success.

use serde::Deserialize;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::failure;
use crate::sources::http::Response;
use crate::sources::{Retry, SourceError, SourceErrorKind};

/// The failure that an answer stands for.
pub(super) fn of_answer(response: Response) -> SourceError {
    let status = response.status.as_u16();
    let scope = response.text("www-authenticate").is_some_and(|value| value.contains("insufficient_scope"));
    let error = failure(response, |body| {
        let word = |name: &str| body.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        word("reason").or_else(|| word("message")).or_else(|| word("error_description"))
    });
    if error.retry != Retry::Never || error.kind != SourceErrorKind::Refused {
        return error;
    }
    let advice = match status {
        401 => "the token was refused twice: run `goodword login reddit` again",
        403 if scope => {
            "the token may not do this: run `goodword login reddit` again, which asks for all that is needed"
        }
        403 => "the subreddit is private, or this account is banned from it or suspended; try it in the browser",
        _ => return error,
    };
    SourceError { advice: advice.to_owned(), ..error }
}

/// What stands inside an answer to something that was to change (`api_type=json`).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Changed {
    pub(super) json: Outcome,
}

/// See [`Changed`].
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Outcome {
    /// Triples of a code, words and a field.
    errors: Vec<Vec<serde_json::Value>>,
    /// Seconds to wait, with the code RATELIMIT; newer answers tell it in the words only.
    ratelimit: Option<f64>,
    pub(super) data: serde_json::Value,
}

impl Outcome {
    /// The error inside, if there is one: nothing was done then.
    pub(super) fn error(&self, now: Timestamp) -> Option<SourceError> {
        let first = self.errors.first()?;
        let word = |place: usize| first.get(place).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (code, words) = (word(0).to_uppercase(), word(1));
        Some(self.named(&code, words, now))
    }

    fn named(&self, code: &str, words: &str, now: Timestamp) -> SourceError {
        let said = |advice: &str| {
            let what = if words.is_empty() {
                format!("Reddit refuses: {code}")
            } else {
                format!("Reddit refuses: {words} ({code})")
            };
            SourceError::new(SourceErrorKind::Refused, &what, advice)
        };
        match code {
            "RATELIMIT" => {
                let wait = self.ratelimit.map(seconds).or_else(|| wait(words)).unwrap_or(SignedDuration::from_mins(10));
                let until = now.saturating_add(wait.min(SignedDuration::from_hours(24))).unwrap_or(now);
                let time = until.strftime("%H:%M UTC").to_string();
                SourceError::new(
                    SourceErrorKind::TooMany,
                    "Reddit lets this account write only now and then",
                    format!("it can be tried again at {time}; an account with more karma waits less"),
                )
                .retrying(Retry::NotBefore(until))
            }
            "THREAD_LOCKED" | "TOO_OLD" => said("nobody can answer there any more"),
            "DELETED_COMMENT" | "DELETED_LINK" | "COMMENT_NOT_ACCESSIBLE" | "THING_NOT_FOUND" => SourceError {
                kind: SourceErrorKind::NotFound,
                ..said("what it answers was deleted").retrying(Retry::Never)
            },
            "TOO_LONG" => said("shorten the text: 10,000 characters is the most"),
            "NO_TEXT" => said("write something"),
            "USER_REQUIRED" => said("run `goodword login reddit` again"),
            "USER_BLOCKED" | "USER_BLOCKED_MESSAGE" => said("one of the two blocked the other"),
            "SUBREDDIT_NOTALLOWED" | "SUBREDDIT_OUTBOUND_CROSSPOSTING_DISABLED" | "BANNED_FROM_SUBREDDIT" => {
                said("this account may not write there; ask the subreddit's moderators")
            }
            "BAD_CAPTCHA" => said("Reddit wants proof that a person writes: answer in the browser"),
            _ => said("try it in the browser"),
        }
    }
}

fn seconds(seconds: f64) -> SignedDuration {
    SignedDuration::from_secs(seconds.clamp(1.0, 86_400.0).ceil() as i64)
}

/// How long the words ask to wait: "try again in 9 minutes", "take a break for 35 seconds before trying again".
fn wait(words: &str) -> Option<SignedDuration> {
    let words: Vec<&str> =
        words.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let number: i64 = number.parse().ok().filter(|number| (0..=86_400).contains(number))?;
        let unit = unit.to_ascii_lowercase();
        // A minute more than said: the words round down.
        match unit.as_str() {
            "millisecond" | "milliseconds" => Some(SignedDuration::from_secs(1)),
            "second" | "seconds" => Some(SignedDuration::from_secs(number + 1)),
            "minute" | "minutes" => Some(SignedDuration::from_mins(number + 1)),
            "hour" | "hours" => Some(SignedDuration::from_mins(number * 60 + 1)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_how_long_to_wait() {
        for (words, expected) in [
            ("you are doing that too much. try again in 9 minutes.", Some(600)),
            ("Looks like you've been doing that a lot. Take a break for 35 seconds before trying again.", Some(36)),
            ("Take a break for 1 hour before trying again", Some(3_660)),
            ("try again in 500 milliseconds", Some(1)),
            ("try again later", None),
            ("404 minutes99999999999999999999", None),
        ] {
            assert_eq!(wait(words).map(|wait| wait.as_secs()), expected, "{words}");
        }
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        let now = Timestamp::from_second(1_000).unwrap();
        let of = |code: &str, words: &str| {
            let body = serde_json::json!({"json": {"errors": [[code, words, "text"]]}});
            let changed: Changed = serde_json::from_value(body).unwrap();
            changed.json.error(now).unwrap()
        };
        let limited = of("RATELIMIT", "try again in 9 minutes.");
        assert_eq!(limited.retry, Retry::NotBefore(Timestamp::from_second(1_600).unwrap()));
        assert!(!limited.whole_host, "reading goes on");
        assert_eq!(of("DELETED_COMMENT", "that comment has been deleted").kind, SourceErrorKind::NotFound);
        for code in ["THREAD_LOCKED", "TOO_LONG", "NO_TEXT", "DELETED_LINK", "SOMETHING_NEW"] {
            let error = of(code, "words of the server");
            assert_eq!(error.retry, Retry::Never, "{code}");
            assert!(error.what.as_str().contains(code) && !error.advice.is_empty(), "{error}");
        }
        let body = serde_json::json!({"json": {"ratelimit": 12.5, "errors": [["RATELIMIT", "soon", "x"]]}});
        let changed: Changed = serde_json::from_value(body).unwrap();
        let until = Timestamp::from_second(1_013).unwrap();
        assert_eq!(changed.json.error(now).unwrap().retry, Retry::NotBefore(until));
        assert!(Changed::default().json.error(now).is_none());
    }
}
