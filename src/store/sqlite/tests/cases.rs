//! Cases in a file: at a size where scanning would show, brought in from an older schema, and what they cost.

#![allow(clippy::print_stdout)] // measurements

use super::*;
use crate::domain::case::{CaseChange, CaseStatus, InboxFilter, InboxKey, Weighing};
use crate::domain::{CaseId, Intent, Intents, PersonId, Reading, Shares, SubjectId};
use crate::store::cases::ByHand;
use crate::store::sqlite::cases::plan;
use crate::store::{Cases, Need, NewAct};

const TARGET: SignedDuration = SignedDuration::from_mins(10);

fn need(second: i64) -> Need {
    Need { weighing: Weighing { severity: 10.0, followers: Some(90), reposts_per_hour: 0.0 }, due: at(second + 600) }
}

fn complaint(number: u64) -> NewMention {
    let shares = Shares { negative: 0.8, neutral: 0.1, positive: 0.1 };
    let reading = Reading {
        subject: SubjectId(1),
        about: true,
        sentiment: Some(shares),
        intents: Intents::of(&[Intent::Complaint]),
    };
    let new = mention(number, &"many words ".repeat(20));
    NewMention { need: Some(need(NOW)), first_seen: at(NOW), readings: vec![reading], ..new }
}

/// A store with so many open cases, each like the first one but for its numbers and moments.
async fn crowded(store: &SqliteStore, cases: i64) {
    let (lease, source) = settle(store).await;
    let batch = RecordBatch { mentions: vec![complaint(0)], ..batch(source, 0) };
    store.record(&lease, &batch).await.unwrap();
    let mut conn = store.connections.writer().await.unwrap();
    sqlx::query(
        "INSERT INTO cases SELECT n, realm, n, who, NULL, source, network, CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END,
             dismissal, snooze, CASE WHEN n % 97 = 0 THEN 'ana' END, CASE WHEN n % 97 = 0 THEN 9e15 END,
             opened - n * 7000, published, due + n % 5000 * 1000, severity, followers, reposts, reach, wanted,
             CASE WHEN n % 10 = 0 THEN opened END, closed, reopened, answerer, told, answered, aftermath, promise,
             place, mentions, intents, sentiment, n / 3, private, revision, handed_to, handed_due, handed_told
         FROM cases, (WITH RECURSIVE c (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT n FROM c)
         WHERE id = 1",
    )
    .bind(cases)
    .execute(&mut *conn)
    .await
    .unwrap();
}

fn filters() -> Vec<InboxFilter> {
    let all = InboxFilter { closed: true, snoozed: true, ..InboxFilter::default() };
    vec![
        InboxFilter::default(),
        all.clone(),
        InboxFilter { voice: Some("ana".into()), ..InboxFilter::default() },
        InboxFilter { unclaimed: true, ..InboxFilter::default() },
        InboxFilter { person: Some(PersonId(1)), ..all.clone() },
        InboxFilter { one_per_story: true, ..InboxFilter::default() },
        InboxFilter { one_per_story: true, ..all },
    ]
}

#[tokio::test]
async fn a_crowded_inbox_pages_by_key() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    crowded(&store, 100_000).await;
    let mut conn = store.connections.reader().await.unwrap();
    for filter in filters() {
        let plan = plan::inbox(&mut conn, &filter).await.unwrap();
        assert!(plan.iter().any(|line| line.contains("SEARCH c USING INDEX cases_")), "{filter:?}: {plan:?}");
        assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "sorted for {filter:?}: {plan:?}");
        let scans = plan.iter().filter(|line| line.starts_with("SCAN"));
        assert_eq!(scans.count(), 0, "{filter:?}: {plan:?}");
    }
    for line in plan::figures(&mut conn).await.unwrap() {
        let bare = line.contains("USING INDEX") || (line.starts_with("SCAN") && !line.contains("COVERING"));
        assert!(!bare || line.contains("CONSTANT ROW"), "looks into the rows: {line}");
    }
    drop(conn);
    // From anywhere in it, a page costs what a page costs.
    let began = std::time::Instant::now();
    let mut after = None;
    for _ in 0..20 {
        let rows = store.inbox(&InboxFilter::default(), after, at(NOW), 50).await.unwrap();
        assert_eq!(rows.len(), 50);
        after = rows.last().map(|row| InboxKey { due: row.due, id: row.id });
    }
    let deep = Some(InboxKey { due: at(NOW + 5_000), id: CaseId(0) });
    assert_eq!(store.inbox(&InboxFilter::default(), deep, at(NOW), 50).await.unwrap().len(), 50);
    let pages = began.elapsed();
    let began = std::time::Instant::now();
    let figures = store.inbox_figures(at(NOW), at(NOW) - TARGET, 10.0).await.unwrap();
    let sums = began.elapsed();
    println!("21 pages of 50 among 100,000 cases: {pages:?}; figures: {sums:?}");
    assert_eq!((figures.open, figures.snoozed), (100_000, 0));
    assert!(pages.as_secs() < 5 && sums.as_secs() < 5, "{pages:?}, {sums:?}");
    // The debt by the minute is that of each by itself.
    let mut conn = store.connections.reader().await.unwrap();
    let each: Vec<(i64, i64)> = sqlx::query_as("SELECT status, opened FROM cases").fetch_all(&mut *conn).await.unwrap();
    let one = |(status, opened): (i64, i64)| {
        let hours = (NOW * 1_000 - opened) as f64 / 3_600_000.0;
        (if status == 0 { 1.0 } else { 0.5 }) * 20.0 * (1.0 - (-hours).exp2())
    };
    let exact: f64 = each.into_iter().map(one).sum();
    assert!((figures.debt - exact).abs() < exact * 1e-4, "{} against {exact}", figures.debt);
}

/// Cases open on what an older goodword stored, and its threads are found by what the posts say.
#[tokio::test]
async fn old_mentions_come_to_cases() {
    let directory = directory();
    migrating::old(directory.0.path()).await;
    let path = directory.0.path().join(open::FILE);
    let mut conn = connect(&path).await;
    sqlx::raw_sql("UPDATE body SET parent = 'id1' WHERE id = 2").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    assert!(store.inbox(&InboxFilter::default(), None, at(NOW), 9).await.unwrap().is_empty());
    let by = ByHand { voice: Some("ana".into()), at: at(NOW) };
    let id = store.open_case(MentionId(2), &need(NOW), &by).await.unwrap().unwrap();
    assert_eq!(store.case(id, at(NOW)).await.unwrap().unwrap().thread, "id1");
    // The same person answers in that thread, which the old post began; and so do we.
    let (lease, source) = settle(&store).await;
    let mut more = mention(70, "still broken");
    more.item.author.handle = Some("by".into());
    more.item.parent = Some("id2".into());
    more.need = Some(need(NOW));
    let reply = NewAct {
        item: Item { native_id: "reply".into(), parent: Some("id2".into()), claimed: Some(at(NOW)), ..Item::default() },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: 1,
    };
    let batch = RecordBatch { mentions: vec![more], acts: vec![reply], ..batch(source, 0) };
    let new = store.record(&lease, &batch).await.unwrap().new[0].id;
    assert_eq!(store.case_of(new).await.unwrap(), Some(id));
    let case = store.case(id, at(NOW)).await.unwrap().unwrap();
    assert_eq!((case.row.status, case.row.mentions), (CaseStatus::Acknowledged, 2));
    let turns: Vec<&str> = case.turns.iter().map(|turn| turn.native_id.as_str()).collect();
    assert!(turns.contains(&"id1") && turns.contains(&"reply") && turns.contains(&"id70"), "{turns:?}");
    assert_eq!(KNOWN_TABLES.len(), plan::tables(&mut store.connections.reader().await.unwrap()).await.unwrap());
}

const KNOWN_TABLES: [&str; 5] = ["cases", "member", "promise", "step", "turn"];

/// Nothing of a case is left in any table once its mentions are gone, whatever was done to it.
#[tokio::test]
async fn nothing_dangles() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mentions: Vec<NewMention> = (0..30).map(complaint).collect();
    store.record(&lease, &RecordBatch { mentions, ..batch(source, 0) }).await.unwrap();
    let rows = store.inbox(&InboxFilter::default(), None, at(NOW), 99).await.unwrap();
    let ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
    let by = ByHand { voice: None, at: at(NOW + 1) };
    for change in [
        CaseChange::Promise("x".into(), at(NOW + 9)),
        CaseChange::Status(CaseStatus::Resolved, None),
        CaseChange::Status(CaseStatus::New, None),
        CaseChange::Note("y".into()),
    ] {
        assert_eq!(store.change_cases(&ids, &change, &by).await.unwrap().cases.len(), 30);
    }
    let deleted = (0..30).map(|n| format!("id{n}")).collect();
    store.record(&lease, &RecordBatch { mentions: vec![], deleted, ..batch(source, 1) }).await.unwrap();
    let mut conn = connect(store.path()).await;
    for table in KNOWN_TABLES {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut conn).await.unwrap(), 0, "{table}");
    }
}

/// What cases cost while recording; run by hand: `cargo test --lib what_cases_cost -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn what_cases_cost() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mut number = 0;
    for round in 0..3 {
        for (what, asks) in [("without needs", false), ("with needs", true)] {
            let mut took = std::time::Duration::ZERO;
            for _ in 0..10 {
                let mentions = (0..500).map(|n| complaint(number + n));
                let mentions = mentions.map(|new| NewMention { need: new.need.filter(|_| asks), ..new }).collect();
                number += 500;
                let began = std::time::Instant::now();
                store.record(&lease, &RecordBatch { mentions, ..batch(source, number) }).await.unwrap();
                took += began.elapsed();
            }
            println!("round {round}, {what}: {:?} for a batch of 500", took / 10);
        }
    }
}
