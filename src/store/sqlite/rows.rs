//! From rows of the database to what the screen shows. The only place where stored foreign text is read, and
//! where it becomes `SafeText`.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::codec::{self, flag};
use super::place::{from_millis, published};
use crate::domain::{
    Answerable, Correction, GroupId, Mention, MentionId, MentionRow, Network, PersonId, SafeText, SourceId, WatchId,
};

/// What [`row`] needs; `m` is the mention, the rest comes with [`JOINS`].
pub(super) const COLUMNS: &str = "m.place, m.id, m.source, m.story, m.read, coalesce(s.size, 1), w.name,
    b.first_seen, b.flags, b.edited_at, b.visibility, b.readings, b.url, b.title, substr(b.text, 1, 1600),
    coalesce(p.handle, p.name, b.author), p.followers, m.answered, b.warning";

/// What [`mention`] needs.
pub(super) const WHOLE: &str = "m.place, m.id, m.source, m.story, m.read, coalesce(s.size, 1), w.name,
    b.first_seen, b.flags, b.edited_at, b.visibility, b.readings, b.url, b.title, b.text,
    coalesce(p.handle, p.name, b.author), p.followers, m.answered, b.warning,
    b.person, b.native_id, coalesce(p.name, b.author), b.lang, b.links, b.images, b.claimed, b.watches, b.parent, b.root";

/// Where the columns come from.
pub(super) const JOINS: &str = "CROSS JOIN body b ON b.id = m.id CROSS JOIN network w ON w.id = m.network
    LEFT JOIN story s ON s.id = m.story LEFT JOIN person p ON p.id = b.person";

/// Longest name of an author, in characters.
pub(super) const AUTHOR: usize = 200;
/// Longest headline, in characters.
const TITLE: usize = 1_000;
/// Longest content warning, in characters.
const WARNING: usize = 300;
/// Longest address, in characters.
const ADDRESS: usize = 2_000;

fn text(row: &SqliteRow, column: usize) -> sqlx::Result<Option<&str>> {
    row.try_get(column)
}

/// A line of the stream from [`COLUMNS`] (or [`WHOLE`], which begin alike).
pub(super) fn row(row: &SqliteRow) -> sqlx::Result<MentionRow> {
    let url = text(row, 12)?;
    let author = text(row, 15)?.filter(|author| !author.trim().is_empty());
    let flags: i64 = row.try_get(8)?;
    Ok(MentionRow {
        id: MentionId(row.try_get(1)?),
        group: GroupId(row.try_get(3)?),
        group_size: u32::try_from(row.try_get::<i64, _>(5)?).unwrap_or(1),
        source: SourceId(row.try_get(2)?),
        network: Network::named(row.try_get(6)?),
        author: match author {
            Some(author) => SafeText::line(author, AUTHOR),
            None => SafeText::line(&url.and_then(host).unwrap_or_default(), AUTHOR),
        },
        followers: row.try_get::<Option<i64>, _>(16)?.map(i64::unsigned_abs),
        title: SafeText::line(text(row, 13)?.unwrap_or_default(), TITLE),
        excerpt: SafeText::line(text(row, 14)?.unwrap_or_default(), MentionRow::EXCERPT),
        published: published(row.try_get(0)?),
        first_seen: from_millis(row.try_get(7)?),
        history: flags & flag::HISTORY != 0,
        read: row.try_get(4)?,
        edited: row.try_get::<Option<i64>, _>(9)?.is_some(),
        visibility: codec::visibility_from(row.try_get(10)?),
        content_warning: SafeText::line(text(row, 18)?.unwrap_or_default(), WARNING),
        answered: row.try_get::<Option<i64>, _>(17)?.map(from_millis),
        readings: codec::readings_from(row.try_get(11)?),
    })
}

/// A whole mention from [`WHOLE`]. `watches` are all there are, by number; its corrections are taken out of those given.
pub(super) fn mention(
    whole: &SqliteRow,
    watches: &[(WatchId, String)],
    corrections: &mut BTreeMap<MentionId, Vec<Correction>>,
) -> sqlx::Result<Mention> {
    let found = codec::list_from(text(whole, 26)?).filter_map(|number| number.parse().ok()).map(WatchId);
    let name = |id: WatchId| watches.iter().find(|(known, _)| *known == id).cloned();
    let addresses = |column| -> sqlx::Result<Vec<SafeText>> {
        let list = codec::list_from(text(whole, column)?);
        Ok(list.filter_map(address).collect())
    };
    let moment = |column| -> sqlx::Result<_> { Ok(whole.try_get::<Option<i64>, _>(column)?.map(from_millis)) };
    let flags: i64 = whole.try_get(8)?;
    let row = row(whole)?;
    Ok(Mention {
        corrections: corrections.remove(&row.id).unwrap_or_default(),
        row,
        person: whole.try_get::<Option<i64>, _>(19)?.map(PersonId),
        native_id: whole.try_get(20)?,
        url: text(whole, 12)?.and_then(address),
        text: SafeText::block(text(whole, 14)?.unwrap_or_default()),
        author_name: SafeText::line(text(whole, 21)?.unwrap_or_default(), AUTHOR),
        lang: text(whole, 22)?.and_then(language),
        links: addresses(23)?,
        image_descriptions: codec::list_from(text(whole, 24)?).map(SafeText::block).collect(),
        claimed: moment(25)?,
        edited_at: moment(9)?,
        watches: found.filter_map(name).collect(),
        parent: whole.try_get(27)?,
        root: whole.try_get(28)?,
        addressed: flags & flag::ADDRESSED != 0,
        answerable: answerable(flags),
    })
}

fn answerable(flags: i64) -> Answerable {
    if flags & flag::NOWHERE != 0 {
        Answerable::Nowhere
    } else if flags & flag::IN_BROWSER != 0 {
        Answerable::InBrowser
    } else {
        Answerable::AsSource
    }
}

/// An address that may be opened: `http` and `https` only.
pub(super) fn address(foreign: &str) -> Option<SafeText> {
    let scheme = foreign.split_once("://")?.0;
    let open = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    open.then(|| SafeText::line(foreign, ADDRESS))
}

/// The host of an address, for posts that do not name their author.
fn host(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// A language code as it may be shown: letters, digits and hyphens.
pub(super) fn language(foreign: &str) -> Option<String> {
    let plain = foreign.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && !foreign.is_empty() && foreign.len() <= 35).then(|| foreign.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_shown() {
        assert_eq!(address("https://a.example/x").unwrap().as_str(), "https://a.example/x");
        assert_eq!(address("HTTP://a.example").unwrap().as_str(), "HTTP://a.example");
        for foreign in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "tag:a,2020:1", ""] {
            assert_eq!(address(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_host_stands_in_for_an_author() {
        assert_eq!(host("https://www.cycling.example/a?b"), Some("cycling.example".to_owned()));
        assert_eq!(host("nonsense"), None);
    }

    #[test]
    fn a_language_is_a_code() {
        assert_eq!(language("pt-BR"), Some("pt-BR".to_owned()));
        assert_eq!(language("\u{1b}[2J"), None);
        assert_eq!(language(""), None);
    }
}
