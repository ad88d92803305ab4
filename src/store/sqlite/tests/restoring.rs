//! Copies and bringing them back.

use super::*;

/// A directory with so many batches, and a copy of it.
async fn with_copy(batches: u64) -> (Directory, std::path::PathBuf) {
    let directory = directory();
    let data = directory.0.path().join("data");
    let store = SqliteStore::open(&data).await.unwrap();
    let (lease, source) = settle(&store).await;
    for number in 0..batches {
        store.record(&lease, &batch(source, number)).await.unwrap();
    }
    let copy = directory.0.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.record(&lease, &batch(source, batches)).await.unwrap();
    store.close().await;
    (directory, copy)
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_comes_back_and_what_it_replaces_is_kept() {
    let (directory, copy) = with_copy(3).await;
    let data = directory.0.path().join("data");
    let aside = restore(&copy, &data, at(NOW)).await.unwrap().kept.unwrap();
    assert_eq!(aside, data.join("goodword.db.replaced-1"));
    let store = SqliteStore::open(&data).await.unwrap();
    assert_eq!(whole_batches(&store).await, 3);
    // Whoever held the lease in the copy does not hold it now.
    let taken = store.take_lease("other", at(NOW), SignedDuration::from_secs(30)).await.unwrap();
    assert!(matches!(taken, LeaseState::Ours(lease) if lease.epoch > 1));
    store.close().await;
    // Once more; what was replaced before stays.
    let second = restore(&copy, &data, at(NOW)).await.unwrap().kept.unwrap();
    assert_eq!(names(&data), ["goodword.db", "goodword.db.replaced-1", "goodword.db.replaced-2"]);
    // What was replaced is whole, the newest batch included.
    std::fs::remove_file(&second).unwrap();
    let back = restore(&aside, &directory.0.path().join("elsewhere"), at(NOW)).await.unwrap();
    assert_eq!(back, Restored::default());
    let store = SqliteStore::open(&directory.0.path().join("elsewhere")).await.unwrap();
    assert_eq!(whole_batches(&store).await, 4);
}

#[tokio::test]
async fn nothing_is_replaced_while_somebody_uses_it() {
    let (directory, copy) = with_copy(1).await;
    let data = directory.0.path().join("data");
    let store = SqliteStore::open(&data).await.unwrap();
    let before = names(&data);
    let refused = restore(&copy, &data, at(NOW)).await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
    assert_eq!(names(&data), before);
    // The one that uses it does not notice.
    let (lease, source) = settle(&store).await;
    store.record(&lease, &batch(source, 2)).await.unwrap();
    store.close().await;
    assert!(restore(&copy, &data, at(NOW)).await.unwrap().kept.is_some());
}

#[tokio::test]
async fn only_a_whole_goodword_database_comes_back() {
    let (directory, copy) = with_copy(2).await;
    let data = directory.0.path().join("data");
    let bad = directory.0.path().join("bad");
    let good = std::fs::read(&copy).unwrap();
    let before = names(&data);
    let mut torn = good.clone();
    torn[8 * 4096..10 * 4096].fill(7);
    for bytes in [b"no database".repeat(100), good[..good.len() / 2].to_vec(), torn, vec![]] {
        std::fs::write(&bad, bytes).unwrap();
        let refused = restore(&bad, &data, at(NOW)).await.unwrap_err();
        assert!(matches!(&refused, StoreError::File { path, .. } if *path == bad), "{refused:?}");
    }
    let missing = restore(&directory.0.path().join("nowhere"), &data, at(NOW)).await.unwrap_err();
    assert!(missing.to_string().contains("no such file"), "{missing}");
    assert!(
        restore(&data.join(open::FILE), &data, at(NOW)).await.unwrap_err().to_string().contains("the database itself")
    );

    std::fs::write(&bad, &good).unwrap();
    let mut conn = connect(&bad).await;
    sqlx::query("PRAGMA user_version = 70").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let refused = restore(&bad, &data, at(NOW)).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 70, .. }), "{refused:?}");

    assert_eq!(names(&data), before);
    let store = SqliteStore::open(&data).await.unwrap();
    assert_eq!(whole_batches(&store).await, 3);
}

#[tokio::test]
async fn a_damaged_database_is_replaced_and_kept() {
    let (directory, copy) = with_copy(2).await;
    let data = directory.0.path().join("data");
    let junk = b"junk".repeat(5_000);
    std::fs::write(data.join(open::FILE), &junk).unwrap();
    let aside = restore(&copy, &data, at(NOW)).await.unwrap().kept.unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), junk);
    let store = SqliteStore::open(&data).await.unwrap();
    assert_eq!(whole_batches(&store).await, 2);
}
