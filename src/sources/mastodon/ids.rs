//! Ids of posts. They are opaque, and two things are still worth knowing where the kind of id is a well-known one:
//! which of two is newer, and what an id of a few minutes earlier would be. A post that arrives late from another
//! server is given the id of the moment at which it was written, so reading on from the newest id would miss it.
//!
//! | kind | servers | looks like |
//! |---|---|---|
//! | snowflake | Mastodon | decimal; the milliseconds since 1970 above the lowest 16 bits |
//! | number | notifications, others | decimal |
//! | ULID | GoToSocial | 26 signs of Crockford's base 32, the first ten are milliseconds |
//! | flake | Pleroma, Akkoma | 18 letters and digits, in order of their codes |
//! | anything | snac and others | no order is known |

use std::cmp::Ordering;

use crate::domain::time::SignedDuration;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Milliseconds since 1970 that a snowflake may hold: 2015 to 2100.
const SNOWFLAKE: std::ops::Range<u64> = 1_420_070_400_000..4_102_444_800_000;
const ULID_LENGTH: usize = 26;
const ULID_TIME: usize = 10;
const FLAKE_LENGTH: usize = 18;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Ulid,
    Flake,
    Unknown,
}

fn form(id: &str) -> Form {
    if !id.is_empty() && id.bytes().all(|sign| sign.is_ascii_digit()) {
        Form::Number
    } else if id.len() == ULID_LENGTH && id.bytes().all(|sign| CROCKFORD.contains(&sign.to_ascii_uppercase())) {
        Form::Ulid
    } else if id.len() == FLAKE_LENGTH && id.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        Form::Flake
    } else {
        Form::Unknown
    }
}

/// Which of two ids is newer; `None` when that cannot be told from them.
pub(super) fn order(one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    match (form(one), form(other)) {
        (Form::Number, Form::Number) => {
            let bare = |id: &str| id.trim_start_matches('0').to_owned();
            let (one, other) = (bare(one), bare(other));
            Some(one.len().cmp(&other.len()).then_with(|| one.cmp(&other)))
        }
        (Form::Ulid, Form::Ulid) => Some(one.to_ascii_uppercase().cmp(&other.to_ascii_uppercase())),
        (Form::Flake, Form::Flake) => Some(one.cmp(other)),
        _ => None,
    }
}

/// The newest of some ids, given newest first as servers list them; by their own order where all have one.
pub(super) fn newest<'a>(ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut newest: Option<&str> = None;
    for id in ids {
        match newest {
            None => newest = Some(id),
            Some(so_far) if order(id, so_far) == Some(Ordering::Greater) => newest = Some(id),
            Some(_) => {}
        }
    }
    newest
}

/// An id of the same kind that a post would have had so much earlier; the id itself where no time is in it.
pub(super) fn earlier(id: &str, by: SignedDuration) -> String {
    let by = u64::try_from(by.as_millis()).unwrap_or(0);
    match form(id) {
        Form::Number => {
            let Ok(number) = id.parse::<u64>() else { return id.to_owned() };
            let millis = number >> 16;
            if SNOWFLAKE.contains(&millis) { (millis.saturating_sub(by) << 16).to_string() } else { id.to_owned() }
        }
        Form::Ulid => {
            let time = id.get(..ULID_TIME).unwrap_or_default();
            let millis = time.bytes().fold(0_u64, |sum, sign| {
                let value = CROCKFORD.iter().position(|known| *known == sign.to_ascii_uppercase()).unwrap_or(0);
                (sum << 5) | value as u64
            });
            ulid_of(millis.saturating_sub(by))
        }
        Form::Flake | Form::Unknown => id.to_owned(),
    }
}

/// The first ULID of a moment.
fn ulid_of(millis: u64) -> String {
    let signs = (0..ULID_TIME).rev().map(|place| {
        let value = (millis >> (5 * place)) & 31;
        usize::try_from(value).ok().and_then(|value| CROCKFORD.get(value)).copied().map_or('0', char::from)
    });
    signs.chain(std::iter::repeat_n('0', ULID_LENGTH - ULID_TIME)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_have_an_order_and_others_have_none() {
        assert_eq!(order("999", "1000"), Some(Ordering::Less));
        assert_eq!(order("0", "1"), Some(Ordering::Less));
        assert_eq!(order("01FC3TZ5CFG6H65GCKCJRKA669", "01FC3TZ5CFG6H65GCKCJRKA66A"), Some(Ordering::Less));
        assert_eq!(order("9toJCu5YZW7O7gfvH6", "9toJCu5YZW7O7gfvH7"), Some(Ordering::Less));
        let (one, other) = ("1795345224cf1118550fea5dbda284d86501e18843", "179534522419f095295be1f1f2dcf3db491a617f0c");
        assert_eq!(order(one, other), None);
        assert_eq!(order(one, one), Some(Ordering::Equal));
        assert_eq!(order("12", "01FC3TZ5CFG6H65GCKCJRKA669"), None);
        assert_eq!(newest(["5", "12", "7"].into_iter()), Some("12"));
        assert_eq!(newest([other, one].into_iter()), Some(other));
    }

    #[test]
    fn ten_minutes_earlier_is_an_id_of_ten_minutes_earlier() {
        let ten = SignedDuration::from_mins(10);
        let now: u64 = 1_795_345_224_000;
        assert_eq!(earlier(&((now << 16) + 77).to_string(), ten), ((now - 600_000) << 16).to_string());
        let ulid = format!("{}CFG6H65GCKCJRKA6", ulid_of(now).get(..10).unwrap());
        let before = earlier(&ulid, ten);
        assert_eq!(before, ulid_of(now - 600_000));
        assert_eq!((before.len(), order(&before, &ulid)), (26, Some(Ordering::Less)));
        for timeless in ["1795345141690", "42", "9toJCu5YZW7O7gfvH6", "1795345224cf1118550fea5dbda284d86501e18843", ""]
        {
            assert_eq!(earlier(timeless, ten), timeless);
        }
    }
}
