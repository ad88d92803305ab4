//! The files: who may read them, what is left in them, what several processes do with them.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[tokio::test]
async fn nobody_else_may_read_it() {
    let directory = directory();
    let data = directory.0.path().join("deep/data");
    let store = SqliteStore::open(&data).await.unwrap();
    let (lease, source) = settle(&store).await;
    store.record(&lease, &batch(source, 0)).await.unwrap();
    let copy = directory.0.path().join("copy");
    store.backup(&copy).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in [store.path().to_owned(), open::beside(store.path(), "-wal"), open::beside(store.path(), "-shm"), copy]
    {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn what_is_erased_is_in_no_file() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    for number in 0..5 {
        store.record(&lease, &batch(source, number)).await.unwrap();
    }
    let mut secret = mention(5_000, &format!("zzwords {}", "zzlong ".repeat(3_000)));
    secret.item.native_id = "zznative".into();
    secret.item.aliases = vec!["zzalias".into()];
    secret.item.title = Some("zztitle".into());
    secret.item.url = Some("https://zzurl.example/".into());
    secret.item.links = vec!["https://zzlink.example/".into()];
    secret.item.author = Author {
        native_id: Some("zzid".into()),
        handle: Some("zzhandle".into()),
        name: Some("zzname".into()),
        followers: None,
    };
    let batch_of = |mentions, deleted| RecordBatch { mentions, deleted, ..batch(source, 4) };
    store.record(&lease, &batch_of(vec![secret.clone()], vec![])).await.unwrap();
    // Once edited, too: neither version may stay.
    secret.item.text = "zzedited".into();
    secret.content = 2;
    store.record(&lease, &batch_of(vec![secret], vec![])).await.unwrap();
    let holds = || {
        std::fs::read_dir(directory.0.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            // The index keeps only the part of a word in which it differs from the one before.
            bytes.windows(5).any(|window| {
                [b"zzlon", b"zznat", b"zzali", b"zztit", b"zzurl", b"zzlin", b"zzid\0", b"zzhan", b"zznam", b"zzedi"]
                    .contains(&window.try_into().unwrap())
                    || window == b"itle\0"
            })
        })
    };
    assert!(holds());
    store.record(&lease, &batch_of(vec![], vec!["zznative".into()])).await.unwrap();
    store.close().await;
    assert!(!holds());
    assert_eq!(damage(store.path()).await, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_a_new_directory_at_once() {
    let directory = directory();
    let open = || SqliteStore::open(directory.0.path());
    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());
    for store in [a, b, c, d] {
        store.unwrap().adopt(&Roster::default()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_write_and_nothing_is_lost() {
    let directory = directory();
    let (one, other) =
        (SqliteStore::open(directory.0.path()).await.unwrap(), SqliteStore::open(directory.0.path()).await.unwrap());
    let (lease, source) = settle(&one).await;
    one.record(&lease, &batch(source, 0)).await.unwrap();
    let ids: Vec<MentionId> =
        one.page(&everything(), Span::Newest, 20).await.unwrap().iter().map(|row| row.id).collect();
    let record = async {
        for number in 1..15 {
            one.record(&lease, &batch(source, number)).await.unwrap();
        }
    };
    let mark = async {
        for round in 0..15 {
            other.mark_read(&ids, round % 2 == 0).await.unwrap();
        }
        other.mark_read(&ids, false).await.unwrap();
    };
    tokio::join!(record, mark);
    assert_eq!(whole_batches(&other).await, 15);
}

/// Every window is read along its lane: nothing is sorted, and nothing is scanned but the stream itself.
#[tokio::test]
async fn nothing_is_sorted() {
    use crate::domain::search::Narrowing;
    use crate::domain::stream::Key;
    use crate::domain::{GroupId, Intent, Sentiment, SourceId};
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let mut conn = store.connections.reader().await.unwrap();
    let key = Key { published: at(NOW), id: MentionId(1) };
    let mut seen = 0;
    for bits in 0..512_u32 {
        let on = |bit: u32| bits & 1 << bit != 0;
        let filter = Filter {
            subject: on(0).then_some(SubjectId(1)),
            sentiment: on(1).then_some(Sentiment::Negative),
            intent: on(1).then_some(Intent::Praise),
            source: on(2).then_some(SourceId(1)),
            network: on(3).then_some(Network::FEED),
            unread: on(4),
            group: on(5).then_some(GroupId(1)),
            one_per_group: on(6),
            since: on(7).then_some(at(NOW - 10)),
            until: on(7).then_some(at(NOW + 10)),
            narrowing: on(8).then(|| Narrowing::Word("word".into())),
            private: on(1),
        };
        for lane in query::Lane::ALL {
            for span in [Span::Newest, Span::OlderThan(key), Span::NewerThan(key)] {
                let Some(asked) = query::Asked::new(&mut conn, &filter).await.unwrap() else { continue };
                let Some(asked) = asked.along(lane) else { continue };
                let window = query::Window { columns: rows::WHOLE, joins: rows::JOINS, span, also: None, limit: 100 };
                let (sql, arguments) = asked.sql(&window).ready().unwrap();
                let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
                let plan: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as_with(explain, arguments).fetch_all(&mut *conn).await.unwrap();
                let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
                let bad = |step: &&str| {
                    step.contains("TEMP B-TREE")
                        || (step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE INDEX") && *step != "SCAN m")
                };
                assert!(!steps.iter().any(bad), "{sql}\n{steps:#?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 2_000, "{seen}");
}
