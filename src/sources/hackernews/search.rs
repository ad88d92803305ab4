//! One phrase, searched by date. The search gives at most 1000 hits, the newest, and none of what is beyond; so what
//! is beyond is asked for by sliding the end of the time down to the oldest hit that was given.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::SourceError;
use crate::sources::parts::Piece;

use super::places::Site;
use super::shapes::Hit;

/// Hits in one answer: all that the search ever gives.
const HITS: usize = 1_000;
/// How far the first search looks back.
const FIRST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The search learns of posts late and in no order: this much before the newest hit is asked for again, in seconds.
const OVERLAP: i64 = 3_600;

/// Where a search was left, in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Window {
    /// Everything until here was heard.
    heard: Option<i64>,
    /// The newest hit of a search that is not at its end.
    newest: Option<i64>,
    /// It goes on from here downwards.
    until: Option<i64>,
}

/// Searches once and says where to go on.
pub(super) async fn search(site: &Site, phrase: &str, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
    let mut window: Window = serde_json::from_str(place).unwrap_or_default();
    let first = now.saturating_sub(FIRST).map_or(0, Timestamp::as_second);
    let heard = window.heard.unwrap_or(first);
    let mut range = format!("created_at_i>{heard}");
    if let Some(until) = window.until {
        range.push_str(&format!(",created_at_i<={until}"));
    }
    let query = [
        ("query", quoted(phrase)),
        ("tags", "(story,comment)".to_owned()),
        ("numericFilters", range),
        ("typoTolerance", "false".to_owned()),
        ("advancedSyntax", "true".to_owned()),
        ("hitsPerPage", HITS.to_string()),
    ];
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let found = site.search(&query, now).await?;
    let given = found.hits.len();
    let hits: Vec<Hit> = found.hits.into_iter().filter_map(|hit| serde_json::from_value(hit).ok()).collect();
    let times: Vec<i64> = hits.iter().filter_map(|hit| hit.created_at_i).collect();
    let all_given = given < found.per_page.clamp(1, HITS) && found.all <= given as u64;
    window.newest = window.newest.max(times.iter().copied().max());
    let oldest = times.iter().copied().min();
    let more = match oldest {
        Some(oldest) if !all_given => {
            // More posts of one second than an answer holds cannot be had; they must not hold the rest up.
            let stuck = window.until == Some(oldest) && times.iter().all(|time| *time == oldest);
            window.until = Some(if stuck { oldest - 1 } else { oldest });
            true
        }
        _ => {
            let newest = window.newest.map(|newest| newest.min(now.as_second()) - OVERLAP);
            window = Window { heard: Some(heard).max(newest), ..Window::default() };
            false
        }
    };
    let mut items: Vec<_> = hits.into_iter().filter_map(Hit::item).map(|item| site.marked(item)).collect();
    let unread = given - items.len();
    let remarks =
        if unread > 0 { vec![format!("{unread} hits could not be read and were left out")] } else { Vec::new() };
    items.reverse();
    Ok(Piece { items, place: serde_json::to_string(&window).unwrap_or_default(), more, remarks, ..Piece::default() })
}

/// The phrase as the search takes it: quoted, so that its words must stand side by side.
fn quoted(phrase: &str) -> String {
    let bare: String = phrase.chars().filter(|sign| *sign != '"').collect();
    format!("\"{}\"", bare.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_quoted_and_quotes_in_them_are_not() {
        assert_eq!(quoted(" Ferris  \"Bikes\" "), "\"Ferris Bikes\"");
    }
}
