//! What became of a person after our answer.
//!
//! What they say within 72 hours after our last answer, in the thread or to us elsewhere, decides; of several words the
//! last. Who recovered and gets a further answer ("glad to hear") stays recovered until they say otherwise.

use sqlx::sqlite::SqliteConnection;

use super::super::codec::{self, flag};
use super::super::fault::Done;
use super::super::place;
use super::state::State;
use super::word::{RECOVERED, Said};
use super::work::{AFTER, Work};

/// Answers of a case that are looked at, newest first.
const MOST: i64 = 20;

/// Finds out anew what became of the persons of the judged cases.
pub(super) async fn judge(conn: &mut SqliteConnection, work: &mut Work) -> Done<()> {
    for case in std::mem::take(&mut work.judged) {
        let Some(state) = work.states.get(&case) else { continue };
        let answers = answers(conn, case).await?;
        let words = words(conn, state, &answers).await?;
        let (answered, aftermath) = (answers.last().copied(), verdict(&answers, &words));
        if let Some(state) = work.states.get_mut(&case)
            && (state.answered, state.aftermath) != (answered, aftermath)
        {
            (state.answered, state.aftermath) = (answered, aftermath);
            work.changed.insert(case);
        }
    }
    Ok(())
}

/// When we answered, oldest first.
async fn answers(conn: &mut SqliteConnection, case: i64) -> Done<Vec<i64>> {
    let mut answers: Vec<i64> = sqlx::query_scalar(
        "SELECT at FROM step WHERE case_id = ? AND kind IN (2, 3) AND undone = 0 ORDER BY at DESC LIMIT ?",
    )
    .bind(case)
    .bind(MOST)
    .fetch_all(conn)
    .await?;
    answers.reverse();
    Ok(answers)
}

/// What they said since our first answer, oldest first: when, and what it makes of an answer.
async fn words(conn: &mut SqliteConnection, state: &State, answers: &[i64]) -> Done<Vec<(i64, i64)>> {
    let (Some(first), Some(last)) = (answers.first(), answers.last()) else { return Ok(Vec::new()) };
    let start = |millis: i64| place::start_of(millis.div_euclid(1_000));
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT k.place, b.readings FROM member k INDEXED BY member_case CROSS JOIN body b ON b.id = k.mention
             WHERE k.case_id = ?1 AND k.place >= ?3 AND k.place < ?4
         UNION
         SELECT b.place, b.readings FROM body b INDEXED BY body_person
             WHERE b.person = ?2 AND b.flags & ?5 <> 0 AND b.place >= ?3 AND b.place < ?4
         ORDER BY 1",
    )
    .bind(state.id)
    .bind(state.person)
    .bind(start(*first))
    .bind(start(last.saturating_add(AFTER + 1_000)))
    .bind(flag::ADDRESSED)
    .fetch_all(conn)
    .await?;
    let word = |(at, readings): (i64, Vec<u8>)| {
        (place::second_of(at).saturating_mul(1_000), Said::of(&codec::readings_from(&readings)).verdict())
    };
    Ok(rows.into_iter().map(word).collect())
}

/// The verdict of words on answers, both oldest first; `None` when nothing was said that counts.
fn verdict(answers: &[i64], words: &[(i64, i64)]) -> Option<i64> {
    let mut verdict = None;
    for (at, answer) in answers.iter().enumerate() {
        let next = answers.get(at + 1).copied().unwrap_or(i64::MAX);
        let until = answer.saturating_add(AFTER).min(next);
        let said = words.iter().rev().find(|(when, _)| when > answer && *when <= until);
        verdict = said.map(|(_, verdict)| *verdict).or(verdict.filter(|verdict| *verdict == RECOVERED));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::super::word::UNHAPPY;
    use super::*;

    const H: i64 = 3_600_000;

    #[test]
    fn the_last_words_within_three_days_of_an_answer_count() {
        assert_eq!(verdict(&[], &[(5, RECOVERED)]), None);
        assert_eq!(verdict(&[10], &[]), None);
        assert_eq!(verdict(&[10], &[(10, UNHAPPY), (9, UNHAPPY)]), None, "said before");
        assert_eq!(verdict(&[0], &[(72 * H, RECOVERED)]), Some(RECOVERED));
        assert_eq!(verdict(&[0], &[(72 * H + 1, RECOVERED)]), None, "too late");
        assert_eq!(verdict(&[0], &[(H, RECOVERED), (2 * H, UNHAPPY)]), Some(UNHAPPY));
        assert_eq!(verdict(&[0, 3 * H], &[(H, UNHAPPY)]), None, "we answered again");
        assert_eq!(verdict(&[0, 3 * H], &[(H, RECOVERED)]), Some(RECOVERED), "glad to hear");
        assert_eq!(verdict(&[0, 3 * H], &[(H, RECOVERED), (4 * H, UNHAPPY)]), Some(UNHAPPY));
    }
}
