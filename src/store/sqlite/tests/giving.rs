//! What the books are made of: how SQLite goes about it, and what older files lack.

use super::*;
use crate::store::giving::Giving;
use crate::store::{NewAct, RecordBatch};

/// Nothing is scanned, and nothing sorted, however many acts and mentions there are.
#[tokio::test]
async fn the_books_are_read_along_their_indices() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let plans = crate::store::sqlite::giving::plans(&mut store.connections.reader().await.unwrap()).await.unwrap();
    assert_eq!(plans.len(), 8);
    for (sql, steps) in plans {
        // What people said is read whole when it is exported, the newest first.
        let bad =
            |step: &&String| step.contains("TEMP B-TREE") || (step.starts_with("SCAN") && step.as_str() != "SCAN c");
        assert!(!steps.iter().any(|step| bad(&step)), "{sql}\n{steps:#?}");
    }
}

/// A file from before there were responses: they are found in pieces.
#[tokio::test]
async fn responses_of_old_mentions_are_found() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    let act = NewAct {
        item: Item { native_id: "post".into(), text: "Ride with us".into(), own: true, ..Item::default() },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: 1,
    };
    let answering = |number: u64| {
        let mut new = mention(number, "yes");
        new.item.parent = Some("post".into());
        new
    };
    let batch = RecordBatch {
        mentions: (1..=1_200).map(answering).chain([mention(2_000, "no")]).collect(),
        acts: vec![act],
        ..RecordBatch::empty(source, conformance::outcome(NOW))
    };
    store.record(&lease, &batch).await.unwrap();
    let act = store.acts(None, 9).await.unwrap()[0].id;
    let all = store.responses(act, None, 9_000).await.unwrap();
    assert_eq!(all.len(), 1_200);
    {
        let mut conn = store.connections.writer().await.unwrap();
        let old = "DELETE FROM response; UPDATE head SET unlinked = next - 1";
        sqlx::raw_sql(old).execute(&mut *conn).await.unwrap();
    }
    let mut pieces = 0;
    while store.link_responses(&lease).await.unwrap() > 0 {
        pieces += 1;
    }
    assert_eq!((pieces, store.responses(act, None, 9_000).await.unwrap()), (2, all));
}
