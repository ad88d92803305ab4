//! Authors. A person is known by the network's own id where the source tells it, else by the handle; a name alone
//! is no person.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use sqlx::Row;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::domain::Author;
use crate::store::sqlite::bulk::{Cell, json};
use crate::store::sqlite::codec::capped;
use crate::store::sqlite::fault::{Done, Fault};

/// Longest id, handle or name, in bytes.
const LONGEST: usize = 1_000;
/// People in one statement.
const PIECE: usize = 64;

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(|text| capped(text, LONGEST))
}

/// What an author is known by; `None` when only a name is told.
fn key(author: &Author) -> Option<String> {
    let native = filled(author.native_id.as_deref()).map(|id| key_of_native(&id));
    native.or_else(|| filled(author.handle.as_deref()).map(|handle| format!("h{}", handle.to_lowercase())))
}

/// What the account of this native id is known by.
pub(super) fn key_of_native(id: &str) -> String {
    format!("i{}", capped(id, LONGEST))
}

/// The name of an author who is no person.
pub(super) fn plain_name(author: &Author) -> Option<String> {
    if key(author).is_some() { None } else { filled(author.name.as_deref()) }
}

/// People by what they are known by.
#[derive(Debug, Default)]
pub(super) struct People(HashMap<String, i64>);

impl People {
    /// The person who is the author.
    pub(super) fn of(&self, author: &Author) -> Option<i64> {
        self.0.get(&key(author)?).copied()
    }

    /// Brings the authors in; what is newly told of them replaces what was known.
    pub(super) async fn bring_in<'a>(
        conn: &mut SqliteConnection,
        network: i64,
        authors: impl Iterator<Item = &'a Author>,
    ) -> Done<Self> {
        let mut distinct: Vec<(String, &Author)> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for author in authors {
            let Some(key) = key(author) else { continue };
            match seen.get(&key).and_then(|at| distinct.get_mut(*at)) {
                Some(known) => known.1 = author,
                None => {
                    seen.insert(key.clone(), distinct.len());
                    distinct.push((key, author));
                }
            }
        }
        let mut people = Self::default();
        for piece in distinct.chunks(PIECE) {
            people.bring_in_piece(conn, network, piece).await?;
        }
        Ok(people)
    }

    async fn bring_in_piece(
        &mut self,
        conn: &mut SqliteConnection,
        network: i64,
        piece: &[(String, &Author)],
    ) -> Done<()> {
        let keys: Vec<&str> = piece.iter().map(|(key, _)| key.as_str()).collect();
        let keys = serde_json::to_string(&keys).map_err(|error| Fault::other(error.to_string()))?;
        let rows = sqlx::query(
            "SELECT key, id, handle, name, followers FROM person
             WHERE network = ? AND key IN (SELECT value FROM json_each(?))",
        )
        .bind(network)
        .bind(keys)
        .fetch_all(&mut *conn)
        .await?;
        let mut told = HashMap::new();
        for row in rows {
            let key: String = row.try_get(0)?;
            self.0.insert(key.clone(), row.try_get(1)?);
            told.insert(key, Told { handle: row.try_get(2)?, name: row.try_get(3)?, followers: row.try_get(4)? });
        }
        // Most people are known and unchanged: only the others are written.
        let news = piece
            .iter()
            .filter(|(key, author)| told.get(key).is_none_or(|before| before.is_changed_by(&Told::by(author))));
        self.write(conn, network, news).await
    }

    async fn write<'a>(
        &mut self,
        conn: &mut SqliteConnection,
        network: i64,
        news: impl Iterator<Item = &'a (String, &'a Author)>,
    ) -> Done<()> {
        let mut arguments = SqliteArguments::default();
        let mut count = 0;
        for (key, author) in news {
            let Told { handle, name, followers } = Told::by(author);
            let cells = [network.into(), key.clone().into(), handle.into(), name.into(), followers.into()];
            for cell in cells {
                Cell::add_to(cell, &mut arguments)?;
            }
            count += 1;
        }
        if count == 0 {
            return Ok(());
        }
        let size = [4, 16, PIECE].into_iter().find(|size| *size >= count).unwrap_or(PIECE);
        let rows = vec!["(?,?,?,?,?)"; size].join(",");
        let sql = format!(
            "INSERT INTO person (network, key, handle, name, followers)
             SELECT column1, column2, column3, column4, column5 FROM (VALUES {rows}) WHERE column1 IS NOT NULL
             ON CONFLICT (network, key) DO UPDATE SET handle = coalesce(excluded.handle, handle),
                 name = coalesce(excluded.name, name), followers = coalesce(excluded.followers, followers)
             RETURNING key, id"
        );
        for row in sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(conn).await? {
            self.0.insert(row.try_get(0)?, row.try_get(1)?);
        }
        Ok(())
    }
}

/// Fills in the handle and name of people of whom only the id was known: pairs of number and author.
pub(super) async fn name(conn: &mut SqliteConnection, unnamed: &[(i64, &Author)]) -> Done<()> {
    for (person, author) in unnamed {
        let Told { handle, name, followers } = Told::by(author);
        sqlx::query(
            "UPDATE person SET handle = ?2, name = coalesce(?3, name), followers = coalesce(?4, followers)
             WHERE id = ?1 AND handle IS NULL",
        )
        .bind(person)
        .bind(handle)
        .bind(name)
        .bind(followers)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// What is told of a person.
struct Told {
    handle: Option<String>,
    name: Option<String>,
    followers: Option<i64>,
}

impl Told {
    fn by(author: &Author) -> Self {
        Self {
            handle: filled(author.handle.as_deref()),
            name: filled(author.name.as_deref()),
            followers: author.followers.and_then(|count| i64::try_from(count).ok()),
        }
    }

    fn is_changed_by(&self, news: &Self) -> bool {
        (news.handle.is_some() && news.handle != self.handle)
            || (news.name.is_some() && news.name != self.name)
            || (news.followers.is_some() && news.followers != self.followers)
    }
}

/// Forgets those of the people who have no mention and no act any more.
pub(super) async fn forget(conn: &mut SqliteConnection, people: impl Iterator<Item = i64>) -> Done<()> {
    sqlx::query(
        "DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))
             AND NOT EXISTS (SELECT 1 FROM body INDEXED BY body_person WHERE body.person = person.id)
             AND NOT EXISTS (SELECT 1 FROM act INDEXED BY act_person WHERE act.person = person.id)",
    )
    .bind(json(people))
    .execute(conn)
    .await?;
    Ok(())
}
