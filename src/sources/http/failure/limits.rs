//! Not asked, because somebody wants to be left alone or too little is left.

use crate::domain::Timestamp;
use crate::sources::http::limits::{Held, Refused};
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

/// The host, or an account at it, asked to be left alone.
pub(in crate::sources::http) fn held(host: &str, what: &str, held: Held) -> SourceError {
    let until = moment(held.until);
    let error = |advice| SourceError::new(Kind::TooMany, what, advice).retrying(Retry::NotBefore(held.until));
    if held.whole_host {
        error(format!("{host} is left alone until {until}")).for_whole_host()
    } else {
        error(format!("this account is left alone until {until}; replies wait too"))
    }
}

/// The limits do not let a request through; it was not sent.
pub(in crate::sources::http) fn not_let_through(host: &str, of_account: bool, refused: &Refused) -> SourceError {
    let spent = match refused {
        Refused::Held(whom) => return held(host, &format!("{host} asked for fewer requests"), *whom),
        Refused::Spent(spent) => spent,
    };
    let whose = if of_account { "this account" } else { "us" };
    let what = match spent.limit {
        Some(limit) => format!("{host} has {} of {limit} requests left for {whose}", spent.left),
        None => format!("{host} has {} requests left for {whose}", spent.left),
    };
    let until = moment(spent.until);
    let advice = if spent.left < 1.0 {
        format!("it goes on at {until}, when the count starts anew")
    } else {
        format!("they are kept for replies; polling goes on at {until}")
    };
    SourceError::new(Kind::TooMany, &what, advice).waiting_until(spent.until)
}

fn moment(at: Timestamp) -> String {
    at.strftime("%H:%M UTC on %-d %B").to_string()
}
