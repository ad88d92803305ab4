//! The counts that the store keeps so that nothing large is ever counted: gathered while a transaction works,
//! written once at its end. Whatever adds, changes or erases a mention goes through here.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;

use super::Kept;
use crate::domain::{Intent, Sentiment};
use crate::store::sqlite::bulk::{json, json_rows};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::quarter_of;

/// Differences to the stored counts.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Tally {
    /// Mentions and unread ones by source.
    sources: BTreeMap<i64, [i64; 2]>,
    /// Readings and unread complaints by subject.
    subjects: BTreeMap<i64, [i64; 2]>,
    quarters: BTreeMap<i64, i64>,
    trend: BTreeMap<(i64, i64), [i64; 7]>,
    stories: BTreeMap<i64, i64>,
}

impl Tally {
    /// Counts a mention `sign` times: 1 when it comes, -1 when it goes. Its story is counted apart, since an edit
    /// does not change it.
    pub(super) fn count(&mut self, kept: &Kept, sign: i64) {
        let unread = if kept.read { 0 } else { sign };
        add(self.sources.entry(kept.source).or_default(), [sign, unread]);
        if !kept.is_private() {
            *self.quarters.entry(quarter_of(kept.place)).or_default() += sign;
        }
        for reading in kept.about() {
            let waiting = if reading.is_complaint() { unread } else { 0 };
            add(self.subjects.entry(reading.subject.0).or_default(), [sign, waiting]);
            if !kept.is_private() {
                let likeliest = reading.likeliest();
                let one = |yes: bool| if yes { sign } else { 0 };
                let counts = [
                    one(likeliest == Some(Sentiment::Negative)),
                    one(likeliest == Some(Sentiment::Neutral)),
                    one(likeliest == Some(Sentiment::Positive)),
                    one(likeliest.is_none()),
                    one(reading.intents.has(Intent::Complaint)),
                    one(reading.intents.has(Intent::Praise)),
                    one(reading.intents.has(Intent::Question)),
                ];
                add(self.trend.entry((reading.subject.0, quarter_of(kept.place))).or_default(), counts);
            }
        }
    }

    /// A mention joined a story that had begun (1) or left its story (-1).
    pub(super) fn story(&mut self, story: i64, sign: i64) {
        *self.stories.entry(story).or_default() += sign;
    }

    /// So many more (or fewer) are unread in a source.
    pub(in crate::store::sqlite) fn unread(&mut self, source: i64, more: i64) {
        add(self.sources.entry(source).or_default(), [0, more]);
    }

    /// So many more (or fewer) unread complaints about a subject.
    pub(in crate::store::sqlite) fn waiting(&mut self, subject: i64, more: i64) {
        add(self.subjects.entry(subject).or_default(), [0, more]);
    }

    /// Writes the differences.
    pub(in crate::store::sqlite) async fn write(self, conn: &mut SqliteConnection) -> Done<()> {
        let pairs = |counts: BTreeMap<i64, [i64; 2]>| -> Vec<[i64; 3]> {
            let changed = counts.into_iter().filter(|(_, counts)| *counts != [0, 0]);
            changed.map(|(id, [first, second])| [id, first, second]).collect()
        };
        let single = |counts: BTreeMap<i64, i64>| -> Vec<[i64; 2]> {
            counts.into_iter().filter(|(_, count)| *count != 0).map(|(id, count)| [id, count]).collect()
        };
        apply(
            conn,
            "UPDATE source SET mentions = mentions + (j.value ->> 1), unread = unread + (j.value ->> 2)
             FROM json_each(?) j WHERE source.id = (j.value ->> 0)",
            &pairs(self.sources),
        )
        .await?;
        apply(
            conn,
            "UPDATE subject SET mentions = mentions + (j.value ->> 1), waiting = waiting + (j.value ->> 2)
             FROM json_each(?) j WHERE subject.id = (j.value ->> 0)",
            &pairs(self.subjects),
        )
        .await?;
        let quarters = single(self.quarters);
        apply(
            conn,
            "INSERT INTO quarter SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
             ON CONFLICT (quarter) DO UPDATE SET mentions = mentions + excluded.mentions",
            &quarters,
        )
        .await?;
        if quarters.iter().any(|[_, count]| *count < 0) {
            let fewer = json(quarters.iter().map(|[quarter, _]| *quarter));
            sqlx::query("DELETE FROM quarter WHERE quarter IN (SELECT value FROM json_each(?)) AND mentions = 0")
                .bind(fewer)
                .execute(&mut *conn)
                .await?;
        }
        trend(conn, self.trend).await?;
        stories(conn, &single(self.stories)).await
    }
}

fn add<const N: usize>(counts: &mut [i64; N], more: [i64; N]) {
    for (count, more) in counts.iter_mut().zip(more) {
        *count += more;
    }
}

async fn apply<const N: usize>(conn: &mut SqliteConnection, sql: &'static str, rows: &[[i64; N]]) -> Done<()> {
    if !rows.is_empty() {
        sqlx::query(sql).bind(json_rows(rows.iter().copied())).execute(conn).await?;
    }
    Ok(())
}

async fn trend(conn: &mut SqliteConnection, trend: BTreeMap<(i64, i64), [i64; 7]>) -> Done<()> {
    let rows: Vec<[i64; 9]> = trend
        .into_iter()
        .filter(|(_, counts)| counts.iter().any(|count| *count != 0))
        .map(|((subject, quarter), [n, u, p, x, c, h, q])| [subject, quarter, n, u, p, x, c, h, q])
        .collect();
    apply(
        conn,
        "INSERT INTO trend SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
             value ->> 6, value ->> 7, value ->> 8 FROM json_each(?) WHERE true
         ON CONFLICT (subject, quarter) DO UPDATE SET negative = negative + excluded.negative,
             neutral = neutral + excluded.neutral, positive = positive + excluded.positive,
             unscored = unscored + excluded.unscored, complaints = complaints + excluded.complaints,
             praises = praises + excluded.praises, questions = questions + excluded.questions",
        &rows,
    )
    .await?;
    let fewer: Vec<[i64; 2]> = rows
        .iter()
        .filter(|row| row.iter().skip(2).any(|count| *count < 0))
        .map(|[subject, quarter, ..]| [*subject, *quarter])
        .collect();
    apply(
        conn,
        "DELETE FROM trend WHERE (subject, quarter) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
             AND negative + neutral + positive + unscored = 0",
        &fewer,
    )
    .await
}

/// A story has a row once it has two members.
async fn stories(conn: &mut SqliteConnection, rows: &[[i64; 2]]) -> Done<()> {
    let more: Vec<[i64; 2]> = rows.iter().filter(|[_, count]| *count > 0).copied().collect();
    apply(
        conn,
        "INSERT INTO story SELECT value ->> 0, 1 + (value ->> 1) FROM json_each(?) WHERE true
         ON CONFLICT (id) DO UPDATE SET size = size + excluded.size - 1",
        &more,
    )
    .await?;
    let fewer: Vec<[i64; 2]> = rows.iter().filter(|[_, count]| *count < 0).copied().collect();
    apply(
        conn,
        "UPDATE story SET size = size + (j.value ->> 1) FROM json_each(?) j WHERE story.id = (j.value ->> 0)",
        &fewer,
    )
    .await?;
    apply(conn, "DELETE FROM story WHERE id IN (SELECT value ->> 0 FROM json_each(?)) AND size < 2", &fewer).await
}
