//! How long people take in a large store.

use std::time::Instant;

use super::*;
use crate::domain::PersonId;
use crate::domain::person::{PeopleFilter, PeopleOrder};
use crate::store::Store;
use crate::store::conformance::people::Plain;
use crate::store::people::{People, Whom};

/// The list of people, a card, and forgetting somebody, with 100,000 acts and 1,000,000 mentions of 20,000 people in the
/// store: `cargo test --release --lib people_size -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "fills a store of a million mentions"]
#[allow(clippy::print_stdout)] // what it measures
async fn people_in_a_store_of_a_million_mentions() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let subjects = vec![("Ferris".into(), crate::domain::Role::Brand)];
    let sources = vec![RosterSource::alone("paper", Network::FEED)];
    let adopted = store.adopt(&Roster { subjects, sources, ..Roster::default() }).await.unwrap();
    let brand = adopted.subjects[0].id.0;
    let begun = Instant::now();
    store.crowd(NOW, 100_000, 1_000_000, brand).await;
    {
        let mut conn = store.connections.writer().await.unwrap();
        // One of them wrote as much as five thousand mentions.
        for sql in [
            "INSERT OR REPLACE INTO person (id, network, key, handle, name, followers)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                 SELECT i, 1, 'hrider' || i, 'rider' || i, 'Rider Number' || i, i FROM n",
            "INSERT INTO person_word (person, word) SELECT id, handle FROM person WHERE id <= 20000",
            "UPDATE body SET person = 7 WHERE id % 200 = 11",
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await.unwrap();
        }
    }
    println!("filled in {:?}", begun.elapsed());
    let begun = Instant::now();
    while store.settle_ties(&Plain, 200).await.unwrap() == 200 {}
    println!("ties added up in {:?}", begun.elapsed());
    for order in [PeopleOrder::Strength, PeopleOrder::LastContact, PeopleOrder::SilentRegulars] {
        for words in ["", "rider77", "rider"] {
            let filter = PeopleFilter { order, words: words.into() };
            let begun = Instant::now();
            let rows = store.people(&filter, None, at(NOW), 100).await.unwrap();
            println!("{order:?} {words:?}: {} people in {:?}", rows.len(), begun.elapsed());
        }
    }
    let begun = Instant::now();
    let figures = store.people_figures(at(NOW)).await.unwrap();
    println!("figures {figures:?} in {:?}", begun.elapsed());
    assert!(figures.people > 10_000, "{figures:?}");
    for person in [4_711, 7] {
        let begun = Instant::now();
        let file = store.person_file(PersonId(person), &Plain, 20).await.unwrap().unwrap();
        println!("card of {person}, who wrote {}: {:?}", file.row.sums.theirs, begun.elapsed());
    }
    for person in [4_711, 7] {
        let whom = Whom { handle: format!("rider{person}"), accounts: vec![PersonId(person)], networks: Vec::new() };
        let begun = Instant::now();
        let traces = store.traces(&whom).await.unwrap();
        let looked = begun.elapsed();
        let begun = Instant::now();
        let erased = store.forget(&whom, at(NOW)).await.unwrap();
        let forgot = begun.elapsed();
        let begun = Instant::now();
        let proof = store.prove(&erased, None).await.unwrap();
        println!(
            "forgetting {} mentions: traces {looked:?}, erased {forgot:?}, {} bytes proven {:?}",
            traces.mentions,
            proof.bytes,
            begun.elapsed()
        );
        assert!(proof.left.is_empty(), "{:?}", proof.left);
    }
}
