//! Within what a name means the same: a source of its own, or all sources of one scope.
//!
//! The realm of a source without a scope is its number; that of the others is the number of their scope, negative.

use sqlx::sqlite::SqliteConnection;

use super::fault::Done;

/// The number of a scope; a new name is brought in.
pub(super) async fn scope(conn: &mut SqliteConnection, name: &str) -> Done<i64> {
    sqlx::query("INSERT INTO scope (name) VALUES (?) ON CONFLICT DO NOTHING").bind(name).execute(&mut *conn).await?;
    Ok(sqlx::query_scalar("SELECT id FROM scope WHERE name = ?").bind(name).fetch_one(conn).await?)
}

/// The realm of a source.
pub(super) fn of(source: i64, scope: Option<i64>) -> i64 {
    scope.map_or(source, |scope| -scope)
}

/// A source gets its first scope: what it knows is known in there from now on. Names that the scope knows already
/// stay what they are there.
pub(super) async fn take_along(conn: &mut SqliteConnection, source: i64, scope: i64) -> Done<()> {
    let realm = of(source, Some(scope));
    for sql in [
        "UPDATE OR IGNORE identity SET realm = ?2 WHERE realm = ?1",
        "DELETE FROM identity WHERE realm = ?1 AND ?2 < 0",
        "UPDATE OR IGNORE gone SET realm = ?2 WHERE realm = ?1",
        "DELETE FROM gone WHERE realm = ?1 AND ?2 < 0",
        "UPDATE OR IGNORE deed SET realm = ?2 WHERE realm = ?1",
        "DELETE FROM deed WHERE realm = ?1 AND ?2 < 0",
        "UPDATE act SET realm = ?2 WHERE realm = ?1",
        "UPDATE OR IGNORE cases SET realm = ?2 WHERE realm = ?1",
        "UPDATE outgoing SET realm = ?2 WHERE realm = ?1",
        "UPDATE body SET realm = ?2 WHERE realm IS NULL
             AND id IN (SELECT id FROM mention INDEXED BY mention_source WHERE source = ?1)",
    ] {
        sqlx::query(sql).bind(source).bind(realm).execute(&mut *conn).await?;
    }
    Ok(())
}
