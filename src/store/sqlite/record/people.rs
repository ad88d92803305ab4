//! Authors. A person is known by the network's own id where the source tells it, else by the handle; a name alone
//! is no person.

use std::collections::HashMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use crate::domain::Author;
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
    let native = filled(author.native_id.as_deref()).map(|id| format!("i{id}"));
    native.or_else(|| filled(author.handle.as_deref()).map(|handle| format!("h{}", handle.to_lowercase())))
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
        let size = [4, 16, PIECE].into_iter().find(|size| *size >= piece.len()).unwrap_or(PIECE);
        let rows = vec!["(?,?,?,?,?)"; size].join(",");
        let sql = format!(
            "INSERT INTO person (network, key, handle, name, followers, mentions)
             SELECT column1, column2, column3, column4, column5, 0 FROM (VALUES {rows}) WHERE column1 IS NOT NULL
             ON CONFLICT (network, key) DO UPDATE SET handle = coalesce(excluded.handle, handle),
                 name = coalesce(excluded.name, name), followers = coalesce(excluded.followers, followers)
             RETURNING key, id"
        );
        let mut arguments = SqliteArguments::default();
        for (key, author) in piece {
            let bound = arguments
                .add(network)
                .and_then(|()| arguments.add(key.as_str()))
                .and_then(|()| arguments.add(filled(author.handle.as_deref())))
                .and_then(|()| arguments.add(filled(author.name.as_deref())))
                .and_then(|()| arguments.add(author.followers.and_then(|count| i64::try_from(count).ok())));
            bound.map_err(|error| Fault::other(error.to_string()))?;
        }
        for row in sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(conn).await? {
            self.0.insert(row.try_get(0)?, row.try_get(1)?);
        }
        Ok(())
    }
}
