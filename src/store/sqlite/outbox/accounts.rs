//! Accounts that can be published under.

use sqlx::sqlite::SqliteConnection;

use super::LINE;
use crate::domain::outbox::Identity;
use crate::domain::{Network, SafeText, SourceId};
use crate::store::Lease;
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::{Done, Fault};
use crate::store::sqlite::lease;

/// Those of sources that are configured, in the roster's order.
pub(in crate::store::sqlite) async fn identities(conn: &mut SqliteConnection) -> Done<Vec<Identity>> {
    type Row = (i64, String, String, Option<String>, String, String, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT s.id, s.name, n.name, c.name, a.handle, a.name, a.rules FROM account a JOIN source s ON s.id = a.source
         JOIN network n ON n.id = s.network LEFT JOIN scope c ON c.id = s.scope
         WHERE s.position IS NOT NULL ORDER BY s.position",
    )
    .fetch_all(conn)
    .await?;
    let identity = |(source, source_name, network, scope, handle, name, rules): Row| Identity {
        source: SourceId(source),
        source_name: SafeText::line(&source_name, LINE),
        network: Network::named(&network),
        scope,
        handle: SafeText::line(&handle, LINE),
        name: SafeText::line(&name, LINE),
        rules: rules.and_then(|rules| serde_json::from_str(&rules).ok()),
    };
    Ok(rows.into_iter().map(identity).collect())
}

/// Keeps what was learned.
pub(in crate::store::sqlite) async fn keep_identities(
    conn: &mut SqliteConnection,
    held: &Lease,
    known: &[Identity],
) -> Done<()> {
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let mut changed = 0;
    for Identity { source, handle, name, rules, .. } in known {
        let rules = rules.as_ref().map(serde_json::to_string).transpose();
        let rules = rules.map_err(|error| Fault::other(error.to_string()))?;
        let done = sqlx::query(
            "INSERT INTO account VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (source) DO UPDATE SET handle = ?2, name = ?3, rules = coalesce(?4, rules)
             WHERE (handle, name) <> (?2, ?3) OR rules IS NOT coalesce(?4, rules)",
        )
        .bind(source.0)
        .bind(handle.as_str())
        .bind(name.as_str())
        .bind(rules)
        .execute(&mut *tx)
        .await?;
        changed += done.rows_affected();
    }
    // An open transaction that wrote nothing is no news to anybody.
    if changed > 0 {
        tx.commit().await?;
    }
    Ok(())
}
