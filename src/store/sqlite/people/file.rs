//! Everything that is kept of a person.

use sqlx::sqlite::SqliteConnection;

use super::settle::history;
use super::{list, members};
use crate::domain::person::{Acquaintance, PersonCase, PersonFile, PersonRow, Went};
use crate::domain::{CaseId, MentionId, PersonId, SafeText};
use crate::store::people::AddUp;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::from_millis;
use crate::store::sqlite::rows::AUTHOR;
use crate::store::sqlite::{cases, place};

/// Most lines of what a tie is made of.
const LINES: usize = 1_000;
/// Most attitudes.
const ATTITUDES: usize = 200;
/// Most cases.
const CASES: i64 = 20;
/// Longest words of a line, in characters.
const WORDS: usize = 160;

/// Everything that is kept of the person whose account this is.
pub(super) async fn of(
    conn: &mut SqliteConnection,
    person: PersonId,
    add_up: &dyn AddUp,
    turns: u32,
) -> Done<Option<PersonFile>> {
    let accounts = members(conn, [person.0]).await?;
    let Some(card) = cases::person_card(conn, person, turns).await? else { return Ok(None) };
    let history = history(conn, &accounts).await?;
    let root = accounts.first().copied().unwrap_or(person.0);
    let (handles, followers) = list::named(conn, [root].into_iter()).await?.remove(&root).unwrap_or_default();
    let row = PersonRow { id: PersonId(root), handles, followers, sums: add_up.sums(&history.plain()) };
    // The words of those that are shown are cleaned, and no others: somebody may have written thousands.
    let mut went = history.went;
    went.sort_by_key(|went| (std::cmp::Reverse(went.at), went.exchange));
    went.truncate(LINES);
    let went = went
        .into_iter()
        .map(|went| Went { at: went.at, exchange: went.exchange, words: SafeText::line(&went.words, WORDS) })
        .collect();
    let attitudes = history.attitudes;
    let attitudes = attitudes.get(attitudes.len().saturating_sub(ATTITUDES)..).unwrap_or_default().to_vec();
    let people = json(accounts.iter().copied());
    Ok(Some(PersonFile {
        row,
        card,
        cases: their_cases(conn, &people).await?,
        went,
        attitudes,
        known_to: known_to(conn, &people).await?,
        alike: list::alike(conn, &accounts).await?,
    }))
}

async fn their_cases(conn: &mut SqliteConnection, people: &str) -> Done<Vec<PersonCase>> {
    let rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT c.id, c.status, c.opened, c.place FROM json_each(?) j
         CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value ORDER BY c.opened DESC, c.id DESC LIMIT ?",
    )
    .bind(people)
    .bind(CASES)
    .fetch_all(conn)
    .await?;
    let case = |(id, status, opened, place): (i64, i64, i64, i64)| PersonCase {
        id: CaseId(id),
        status: cases::status_from(status),
        opened: from_millis(opened),
        mention: Some(MentionId(place::number(place))),
    };
    Ok(rows.into_iter().map(case).collect())
}

/// Who of us has answered them: accounts by what they published, voices by what they signed.
async fn known_to(conn: &mut SqliteConnection, people: &str) -> Done<Vec<Acquaintance>> {
    let rows: Vec<(bool, Option<String>, i64, i64)> = sqlx::query_as(
        "SELECT 0, coalesce(p.handle, p.name, a.author) AS who, count(*), max(a.published) FROM json_each(?1) j
         CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
         CROSS JOIN act a INDEXED BY act_answers ON a.answers = b.id LEFT JOIN person p ON p.id = a.person
         GROUP BY who
         UNION ALL
         SELECT 1, s.voice, count(*), max(s.at) FROM json_each(?1) j
         CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
         CROSS JOIN step s INDEXED BY step_case ON s.case_id = c.id
         WHERE s.kind IN (2, 3) AND s.undone = 0 AND s.voice IS NOT NULL GROUP BY s.voice
         ORDER BY 3 DESC, 4 DESC LIMIT 20",
    )
    .bind(people)
    .fetch_all(conn)
    .await?;
    let known = |(voice, who, times, last): (bool, Option<String>, i64, i64)| Acquaintance {
        who: SafeText::line(&who.unwrap_or_default(), AUTHOR),
        voice,
        times: times.unsigned_abs(),
        last: from_millis(last),
    };
    Ok(rows.into_iter().map(known).filter(|known| !known.who.is_empty()).collect())
}
