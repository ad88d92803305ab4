//! A database of the first schema is brought up to date with everything that is in it.

use super::*;
use crate::domain::Visibility;
use crate::store::{NewAct, Recorded, Retention};

const FIRST: &str = include_str!("../migrations/0001_house.sql");

/// A file as the first goodword left it: one source with five mentions, of which two are one story with a third that
/// is not public, and one erased name.
pub(super) async fn old(directory: &Path) {
    let path = directory.join(open::FILE);
    let mut conn = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(FIRST).execute(&mut conn).await.unwrap();
    let marks =
        format!("PRAGMA application_id = {}; PRAGMA user_version = 1; PRAGMA journal_mode = WAL", migrate::APPLICATION);
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut conn).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO network VALUES (1, 'feed');
         INSERT INTO source (id, name, network, position, cursor, health, mentions, unread)
             VALUES (7, 'paper', 1, 0, 'here', 1, 4, 3);
         INSERT INTO person VALUES (1, 1, 'hby', 'by', NULL, NULL);
         UPDATE head SET next = 5, revision = 9;",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    for (id, story, private) in [(1_i64, 1_i64, 0_i64), (2, 1, 0), (3, 1, 1), (4, 4, 0)] {
        let published = NOW - 1_000 + id;
        let place = published << 31 | id;
        sqlx::query("INSERT INTO mention VALUES (?, ?, 7, 1, ?, ?, ?, 0, 5)")
            .bind(place)
            .bind(id)
            .bind(story)
            .bind(i64::from(id == 4))
            .bind(private)
            .execute(&mut conn)
            .await
            .unwrap();
        let key = xxhash_rust::xxh3::xxh3_64(format!("id{id}").as_bytes()).cast_signed();
        sqlx::query(
            "INSERT INTO body (id, place, content, native_id, keys, first_seen, flags, visibility, person, readings,
                 fingerprint, text) VALUES (?1, ?2, 1, 'id' || ?1, ?3, ?4, 3, ?5, 1, x'', x'00', 'words ' || ?1)",
        )
        .bind(id)
        .bind(place)
        .bind(key.to_le_bytes().to_vec())
        .bind(NOW * 1_000)
        .bind(private * 2)
        .execute(&mut conn)
        .await
        .unwrap();
        sqlx::query("INSERT INTO identity VALUES (7, ?, ?)").bind(key).bind(id).execute(&mut conn).await.unwrap();
        sqlx::query("INSERT INTO mark VALUES (?, ?, ?)")
            .bind(published.div_euclid(5 * 86_400))
            .bind(99 + private)
            .bind(place)
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query("INSERT INTO quarter VALUES (?, 1) ON CONFLICT (quarter) DO UPDATE SET mentions = mentions + 1")
            .bind(published.div_euclid(900))
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query("INSERT INTO search (rowid, words) VALUES (?, 'words ' || ?)")
            .bind(place)
            .bind(id)
            .execute(&mut conn)
            .await
            .unwrap();
    }
    let gone = xxhash_rust::xxh3::xxh3_64(b"id9").cast_signed();
    sqlx::query("INSERT INTO gone VALUES (7, ?, ?, 20000)").bind(gone).bind(NOW).execute(&mut conn).await.unwrap();
    sqlx::raw_sql("INSERT INTO story VALUES (1, 3)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn an_old_database_is_brought_up_to_date() {
    let directory = directory();
    old(directory.0.path()).await;
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let rows = store.page(&everything(), Span::Newest, 9).await.unwrap();
    let seen: Vec<(i64, u32, Visibility)> = rows.iter().map(|row| (row.id.0, row.group_size, row.visibility)).collect();
    let (public, private) = (Visibility::Public, Visibility::Private);
    assert_eq!(seen, [(4, 1, public), (3, 1, private), (2, 2, public), (1, 2, public)]);
    assert!(rows.iter().all(|row| row.answered.is_none() && row.content_warning.is_empty()));
    assert_eq!(store.overview(at(NOW - 86_400), None).await.unwrap().today, 3);
    assert!(!store.paused().await.unwrap());
    let state = store.sources().await.unwrap().remove(0);
    assert_eq!((state.cursor.as_str(), state.live, state.meters.len()), ("here", false, 0));

    // The old names still lead to the old mentions, whatever comes now.
    let (lease, source) = settle(&store).await;
    let again = |number: u64| NewMention { content: 1, ..mention(number, &format!("words {number}")) };
    let batch = |mentions, acts| RecordBatch { mentions, acts, ..batch(source, 0) };
    let known = store.record(&lease, &batch(vec![again(1), again(4), again(9)], vec![])).await.unwrap();
    assert_eq!(known, Recorded { known: 3, ..Recorded::default() });
    let reply = NewAct {
        item: Item { native_id: "reply".into(), parent: Some("id2".into()), claimed: Some(at(NOW)), ..Item::default() },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: 1,
    };
    assert_eq!(store.record(&lease, &batch(vec![], vec![reply])).await.unwrap().answered, [MentionId(2)]);
    let new = store.record(&lease, &batch(vec![again(70)], vec![])).await.unwrap().new;
    assert_eq!(new[0].id, MentionId(5));
    let retention = Retention { mentions: SignedDuration::from_hours(-24) };
    while store.retain(&lease, at(NOW + 999_999), &retention).await.unwrap() > 0 {}
    assert!(store.page(&everything(), Span::Newest, 9).await.unwrap().is_empty());
    store.close().await;
    assert_eq!(damage(store.path()).await, "ok");
    let mut conn = connect(store.path()).await;
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM identity) + (SELECT count(*) FROM act) + (SELECT count(*) FROM deed)
             + (SELECT count(*) FROM story) + (SELECT count(*) FROM quarter) + (SELECT count(*) FROM person)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_old_copy_comes_back_with_the_new_schema() {
    let directory = directory();
    old(directory.0.path()).await;
    let data = directory.0.path().join("data");
    let copy = directory.0.path().join(open::FILE);
    restore(&copy, &data, at(NOW)).await.unwrap();
    let store = SqliteStore::open(&data).await.unwrap();
    assert_eq!(store.count(&everything(), 9).await.unwrap(), 4);
    assert!(store.acts(None, 9).await.unwrap().is_empty());
}

/// Ids that were taken down and that nobody knows: no row anywhere, and one bounded question.
#[tokio::test]
async fn unknown_deletions_write_nothing_but_the_cursor() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    store.record(&lease, &batch(source, 0)).await.unwrap();
    let rows = async || {
        let mut conn = store.connections.reader().await.unwrap();
        let mut all = Vec::new();
        for table in ["mention", "body", "identity", "gone", "deed", "act", "mark", "reading", "story"] {
            let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            all.push(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *conn).await.unwrap());
        }
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM head").fetch_one(&mut *conn).await.unwrap();
        (all, revision)
    };
    let before = rows().await;
    let deleted = (0..10_000).map(|n| format!("at://did:plc:{n}/app.bsky.feed.post/{n}")).collect();
    let batch = RecordBatch { mentions: vec![], deleted, cursor: "later".into(), ..batch(source, 0) };
    assert_eq!(store.record(&lease, &batch).await.unwrap(), Recorded::default());
    assert_eq!(rows().await, before);
    assert_eq!(store.sources().await.unwrap()[0].cursor, "later");
}

/// A copy holds acts and what they answer.
#[tokio::test]
async fn acts_are_in_a_copy() {
    let directory = directory();
    let store = SqliteStore::open(&directory.0.path().join("data")).await.unwrap();
    let (lease, source) = settle(&store).await;
    let reply = NewAct {
        item: Item { native_id: "reply".into(), parent: Some("id3".into()), text: "we".into(), ..Item::default() },
        first_seen: at(NOW + 60),
        history: false,
        lang: None,
        content: 1,
    };
    store.record(&lease, &RecordBatch { acts: vec![reply], ..batch(source, 0) }).await.unwrap();
    store.set_paused(true).await.unwrap();
    let copy = directory.0.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.close().await;
    let back = directory.0.path().join("back");
    restore(&copy, &back, at(NOW)).await.unwrap();
    let store = SqliteStore::open(&back).await.unwrap();
    let act = store.acts(None, 9).await.unwrap().remove(0);
    let answered = store.mention(act.answers.unwrap()).await.unwrap().unwrap();
    assert_eq!((answered.native_id.as_str(), answered.row.answered), ("id3", Some(at(NOW + 60))));
    assert_eq!(store.answers(answered.row.id).await.unwrap(), [act]);
    assert!(store.paused().await.unwrap());
}
