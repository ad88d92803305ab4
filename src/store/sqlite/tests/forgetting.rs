//! Forgetting: no byte is left in any file, copies forget too, and the questions of the list of people use their indices.

use proptest::prelude::*;

use super::*;
use crate::domain::person::PeopleOrder;
use crate::store::conformance::people::Plain;
use crate::store::people::{People, Whom};
use crate::store::sqlite::copies;
use crate::store::{NewAct, Store};

fn author(who: &str) -> Author {
    Author {
        native_id: Some(format!("did:plc:{who}")),
        handle: Some(format!("{who}.example")),
        name: Some(format!("{who} Müller-Lüdenscheidt")),
        followers: None,
    }
}

fn says(who: &str, number: u64, text: &str) -> NewMention {
    let mut new = mention(number, text);
    new.item.author = author(who);
    new.item.native_id = format!("at://did:plc:{who}/post/{number}");
    new.item.url = Some(format!("https://town.example/@{who}.example/{number}"));
    new
}

async fn record(store: &SqliteStore, lease: &Lease, source: crate::domain::SourceId, mentions: Vec<NewMention>) {
    store.record(lease, &RecordBatch { mentions, ..batch(source, 0) }).await.unwrap();
}

/// Whether the bytes are in any file of the directory, in any case of ASCII letters.
fn left(directory: &Path, bytes: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let content = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let bytes = bytes.as_bytes().to_ascii_lowercase();
        if content.windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn whom(store: &SqliteStore, handle: &str) -> Whom {
    let accounts = store.accounts(handle, None).await.unwrap();
    Whom { handle: handle.into(), accounts: accounts.iter().map(|account| account.person).collect(), networks: vec![] }
}

#[tokio::test]
async fn no_byte_is_left_while_another_has_the_store_open() {
    let directory = directory();
    let data = directory.0.path();
    let store = SqliteStore::open(data).await.unwrap();
    let (lease, source) = settle(&store).await;
    let words = "the quick brown derailleur jumped over my lazy chainring again yesterday";
    let many = (0..200).map(|number| says("yolanda", number, &format!("{words} {number} {}", "more ".repeat(300))));
    record(&store, &lease, source, many.collect()).await;
    let others = (200..400).map(|number| says("yolandabel", number, &format!("quite another thing {number}")));
    record(&store, &lease, source, others.collect()).await;
    let act = NewAct {
        item: Item {
            native_id: "ours".into(),
            text: "@Yolanda.example sorry! > the quick brown derailleur jumped over".into(),
            author: Author { native_id: Some("us".into()), ..Author::default() },
            parent: Some("at://did:plc:yolanda/post/3".into()),
            own: true,
            ..Item::default()
        },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: 3,
    };
    store.record(&lease, &RecordBatch { acts: vec![act], mentions: vec![], ..batch(source, 0) }).await.unwrap();
    let logs = data.join("log");
    std::fs::create_dir(&logs).unwrap();
    std::fs::write(logs.join("goodword.log"), "yolanda.example wrote\n").unwrap();
    let other = SqliteStore::open(data).await.unwrap();
    other.page(&everything(), Span::Newest, 50).await.unwrap();
    assert!(!left(data, "yolanda.example").is_empty());

    let erased = store.forget(&whom(&store, "@YOLANDA.example").await, at(NOW)).await.unwrap();
    assert_eq!((erased.traces.mentions, erased.traces.acts), (200, 1));
    assert!(erased.pieces.iter().any(|piece| piece.contains("brown derailleur")), "{:?}", erased.pieces);
    let another = erased.pieces.iter().find(|piece| piece.contains("quite another"));
    assert_eq!(another, None);
    let proof = store.prove(&erased, Some(&logs)).await.unwrap();
    assert_eq!(proof.left, [], "{proof:?}");
    assert!(proof.files >= 3 && proof.emptied == 1, "{proof:?}");
    for trace in ["yolanda.example", "did:plc:yolanda/", "yolanda Müller", "brown derailleur"] {
        assert_eq!(left(data, trace), [""; 0], "{trace}");
    }
    assert_eq!(std::fs::metadata(logs.join("goodword.log")).unwrap().len(), 0);
    let acts = other.acts(None, 9).await.unwrap();
    assert_eq!((acts[0].text.as_str(), &acts[0].parent), ("@… sorry! > …", &None));
    assert_eq!(other.page(&everything(), Span::Newest, 500).await.unwrap().len(), 200, "others are there");
    assert_eq!(other.sources().await.unwrap()[0].mentions, 200);
    record(&other, &lease, source, vec![says("yolanda", 900, "back again")]).await;
    assert_eq!(other.count(&everything(), 999).await.unwrap(), 200, "not collected by anybody");
    store.close().await;
    other.close().await;
    assert_eq!(damage(&data.join(open::FILE)).await, "ok");
}

#[tokio::test]
async fn what_is_left_is_told_and_what_is_no_trace_is_explained() {
    let directory = directory();
    let data = directory.0.path();
    let store = SqliteStore::open(data).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mut plain = says("ana", 1, "my bottom bracket creaks terribly in the rain");
    plain.item.author.handle = Some("ana".into());
    plain.item.author.name = None;
    plain.item.url = None;
    plain.item.native_id = "1".into();
    let bob = says("bob", 2, "ana and susana ride bananas");
    record(&store, &lease, source, vec![plain, bob]).await;
    let erased = store.forget(&whom(&store, "ana").await, at(NOW)).await.unwrap();
    let proof = store.prove(&erased, None).await.unwrap();
    assert_eq!(proof.left, []);
    let whys: Vec<&str> = proof.explained.iter().filter_map(|left| left.why.as_deref()).collect();
    assert!(
        whys.iter().any(|why| why.contains("longer word")) && whys.iter().any(|why| why.contains("same word")),
        "{proof:?}"
    );

    std::fs::write(data.join("export.csv"), "1,ana,hello\n2,susana,hello\n").unwrap();
    std::fs::write(data.join("old.csv"), "susana\n").unwrap();
    let proof = store.prove(&erased, None).await.unwrap();
    assert_eq!(proof.left.len(), 1, "{proof:?}");
    assert!(proof.left[0].place.contains("export.csv"));
}

#[tokio::test]
async fn a_copy_that_is_brought_back_forgets_again() {
    let directory = directory();
    let data = directory.0.path().join("data");
    let copy = directory.0.path().join("copy.db");
    let store = SqliteStore::open(&data).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mut nameless = says("x", 5, "a feed knows a name alone of this author");
    nameless.item.author = Author { name: Some("Zacharias Zweistein".into()), ..Author::default() };
    nameless.item.native_id = "n5".into();
    nameless.item.url = None;
    record(
        &store,
        &lease,
        source,
        vec![
            says("yolanda", 1, "my bottom bracket creaks terribly in the rain"),
            says("bob", 2, "thanks @yolanda.example for the tip"),
            nameless,
        ],
    )
    .await;
    store.backup(&copy).await.unwrap();
    let erased = store.forget(&whom(&store, "yolanda.example").await, at(NOW)).await.unwrap();
    assert_eq!(store.prove(&erased, None).await.unwrap().left, []);
    let feed = Whom { handle: "zacharias zweistein".into(), networks: vec![Network::FEED], accounts: vec![] };
    let erased = store.forget(&feed, at(NOW)).await.unwrap();
    assert_eq!(erased.traces.mentions, 1);
    assert_eq!(store.prove(&erased, None).await.unwrap().left, []);
    store.close().await;

    // By the list that lies beside the database, and by the one in it.
    for lost in [false, true] {
        if lost {
            std::fs::remove_file(data.join("forgotten")).unwrap();
        }
        let restored = restore(&copy, &data, at(NOW)).await.unwrap();
        assert_eq!(restored.forgotten, 2);
        assert_eq!(left(&data, "yolanda.example"), [""; 0]);
        assert_eq!(left(&data, "bottom bracket"), [""; 0]);
        assert_eq!(left(&data, "Zweistein"), [""; 0]);
        let store = SqliteStore::open(&data).await.unwrap();
        let rows = store.mentions(&everything(), Span::Newest, 9).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["thanks @… for the tip"]);
        store.close().await;
    }
    assert!(std::fs::read_to_string(&copy).is_err() && !left(directory.0.path(), "yolanda.example").is_empty());
}

#[tokio::test]
async fn the_list_of_people_never_looks_at_everybody() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let mut conn = store.connections.reader().await.unwrap();
    let plan = async |conn: &mut SqliteConnection, sql: &str| -> String {
        let rows: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(conn).await.unwrap();
        rows.into_iter().map(|row| row.3 + "\n").collect()
    };
    for order in PeopleOrder::ALL {
        for (words, few) in [(0, false), (2, false), (2, true)] {
            for after in [false, true] {
                let sql = people::page_sql(order, words, few, after);
                let plan = plan(&mut conn, &sql).await;
                assert!(!plan.contains("SCAN person") && !plan.contains("SCAN p\n"), "{sql}\n{plan}");
                if few {
                    assert!(plan.contains("SEARCH w USING PRIMARY KEY (word>? AND word<?)"), "{sql}\n{plan}");
                    assert!(plan.contains("SEARCH t USING INTEGER PRIMARY KEY"), "{sql}\n{plan}");
                } else {
                    assert!(!plan.contains("TEMP B-TREE"), "in the order of the index: {sql}\n{plan}");
                    assert!(plan.contains("USING INDEX tie_"), "{sql}\n{plan}");
                    assert!(!after || plan.contains("SEARCH t USING INDEX tie_"), "{sql}\n{plan}");
                }
            }
        }
    }
    let plan = plan(&mut conn, people::MAYBE_REGULAR).await;
    assert!(plan.contains("SEARCH tie USING COVERING INDEX tie_week (week>?)"), "{plan}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn whoever_is_forgotten_leaves_no_byte_and_nobody_else_is_touched(
        posts in prop::collection::vec((0usize..6, 0usize..4, any::<bool>()), 1..40),
        victim in 0usize..6,
    ) {
        const WHO: [&str; 6] = ["yolanda", "yolandabel", "xyolanda", "ξένιαπέτρου", "Юлияпетрова", "yolanda_b"];
        const SAYS: [&str; 4] = [
            "crackling bottom brackets everywhere I look today",
            "wobbling derailleur hangers spoil every ride of mine",
            "splendid saddles were never so comfortable before",
            "punctured tubeless tyres refuse to seal themselves",
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let directory = directory();
            let data = directory.0.path();
            let store = SqliteStore::open(data).await.unwrap();
            let (lease, source) = settle(&store).await;
            let mut mentions = Vec::new();
            let mut acts = Vec::new();
            for (number, (who, text, answered)) in posts.iter().enumerate() {
                let new = says(WHO[*who], number as u64, &format!("{} says {} {number}", WHO[*who], SAYS[*text]));
                if *answered {
                    let item = Item {
                        native_id: format!("r{number}"),
                        text: format!("@{}.example sorry to hear it, number {number}", WHO[*who]),
                        parent: Some(new.item.native_id.clone()),
                        own: true,
                        ..Item::default()
                    };
                    acts.push(NewAct { item, first_seen: at(NOW), history: false, lang: None, content: 1 });
                }
                mentions.push(new);
            }
            store.record(&lease, &RecordBatch { mentions, acts, ..batch(source, 0) }).await.unwrap();
            while store.settle_ties(&Plain, 5).await.unwrap() == 5 {}
            let handle = format!("{}.example", WHO[victim]);
            let others = async || {
                let mentions = store.mentions(&everything(), Span::Newest, 999).await.unwrap();
                let mentions: Vec<_> =
                    mentions.into_iter().filter(|one| one.row.author.as_str() != handle).map(|one| (one.row.id, one.text, one.url, one.person)).collect();
                let acts = store.acts(None, 999).await.unwrap();
                let acts: Vec<_> = acts.into_iter().filter(|act| !act.text.as_str().starts_with(&format!("@{handle}")) && !act.text.as_str().starts_with("@…")).collect();
                let people = store.people(&Default::default(), None, at(NOW), 99).await.unwrap();
                (mentions, acts, people.into_iter().filter(|row| row.who() != handle).collect::<Vec<_>>())
            };
            let before = others().await;
            let erased = store.forget(&whom(&store, &handle).await, at(NOW)).await.unwrap();
            let proof = store.prove(&erased, None).await.unwrap();
            assert!(proof.left.is_empty(), "{proof:?}");
            while store.settle_ties(&Plain, 5).await.unwrap() == 5 {}
            assert_eq!(others().await, before);
            assert_eq!(left(data, &format!("@{handle}")), [""; 0]);
            assert_eq!(left(data, &format!("did:plc:{}/", WHO[victim])), [""; 0]);
            assert!(store.accounts(&handle, None).await.unwrap().is_empty());
            store.close().await;
            assert_eq!(damage(&data.join(open::FILE)).await, "ok");
        });
    }
}

/// Searching files gives up the locks of whoever has them open; without these another process takes us for gone, and
/// removes the log that we write to.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_proof_leaves_the_store_its_locks() {
    use std::os::unix::fs::MetadataExt;

    let directory = directory();
    let data = directory.0.path();
    let store = SqliteStore::open(data).await.unwrap();
    let (lease, source) = settle(&store).await;
    record(&store, &lease, source, vec![says("yolanda", 1, "my chain snapped again")]).await;
    let locks = |file: &str| {
        let inode = std::fs::metadata(data.join(file)).map(|known| known.ino()).unwrap_or_default();
        let all = std::fs::read_to_string("/proc/locks").unwrap();
        let ours = |line: &&str| line.split_whitespace().any(|word| word.ends_with(&format!(":{inode}")));
        all.lines().filter(ours).count()
    };
    let both = || (locks(open::FILE) > 0, locks(&format!("{}-shm", open::FILE)) > 0);
    assert_eq!(both(), (true, true), "as long as it is open");
    let erased = store.forget(&whom(&store, "yolanda").await, at(NOW)).await.unwrap();
    copies(data);
    assert_eq!(both(), (true, true), "looking for copies reads what is in use by nobody");
    assert_eq!(store.prove(&erased, None).await.unwrap().left, []);
    store.page(&everything(), Span::Newest, 50).await.unwrap();
    assert_eq!(both(), (true, true), "and after the proof");
    store.close().await;
}
