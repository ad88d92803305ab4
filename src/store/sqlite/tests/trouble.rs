//! A full disk, a damaged file, a directory that cannot be written, a process that is killed.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_full_disk_leaves_everything_consistent() {
    let directory = directory();
    let bounded = SqliteStore::open_bounded(directory.0.path(), Some(200)).await.unwrap();
    let (lease, source) = settle(&bounded).await;
    let mut number = 0;
    let error = loop {
        match bounded.record(&lease, &batch(source, number)).await {
            Ok(recorded) => assert_eq!(recorded.new.len(), 20),
            Err(error) => break error,
        }
        number += 1;
    };
    assert!(matches!(&error, StoreError::Full { path } if path == bounded.path()), "{error:?}");
    assert!(number > 2);
    assert_eq!(whole_batches(&bounded).await, number);
    // It says so every time, and other work goes on.
    let again = bounded.record(&lease, &batch(source, number)).await;
    assert!(matches!(again, Err(StoreError::Full { .. })), "{again:?}");
    assert!(matches!(
        bounded.take_lease("town", at(NOW + 1), SignedDuration::from_secs(30)).await.unwrap(),
        LeaseState::Ours(_)
    ));
    let first = bounded.page(&everything(), Span::Newest, 1).await.unwrap()[0].id;
    assert_eq!(bounded.mark_read(&[first], true).await.unwrap(), 1);
    assert_eq!(bounded.mark_read(&[first], false).await.unwrap(), 1);
    assert_eq!(whole_batches(&bounded).await, number);
    bounded.close().await;

    // Room was made: it goes on where it was.
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    assert_eq!(store.record(&lease, &batch(source, number)).await.unwrap().new.len(), 20);
    assert_eq!(whole_batches(&store).await, number + 1);
    store.close().await;
    assert_eq!(damage(store.path()).await, "ok");
}

#[tokio::test]
async fn damage_is_told_and_survived() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    for number in 0..10 {
        store.record(&lease, &batch(source, number)).await.unwrap();
    }
    store.close().await;
    let path = store.path().to_owned();
    let good = std::fs::read(&path).unwrap();
    let told = |error: &StoreError| {
        assert!(matches!(error, StoreError::Damaged { path: told, .. } if *told == path), "{error:?}");
        assert!(error.to_string().contains("goodword restore"));
    };

    // Another kind of file; cut off; a first page of zeros.
    let mut zeros = good.clone();
    zeros[..4096].fill(0);
    for bad in
        [b"not a database, but longer than a header would be".repeat(200), good[..good.len() / 2].to_vec(), zeros]
    {
        std::fs::write(&path, &bad).unwrap();
        told(&SqliteStore::open(directory.0.path()).await.unwrap_err());
        assert_eq!(std::fs::read(&path).unwrap(), bad, "the damaged file is kept as it is");
    }

    // Every page in turn: whatever is asked, the answer is the truth or an error, never a panic or nonsense.
    let mut shown = 0;
    for page in 1..good.len() / 4096 {
        let mut bad = good.clone();
        bad[page * 4096..][..4096].fill(0xa5);
        std::fs::write(&path, bad).unwrap();
        for leftover in ["-wal", "-shm"] {
            std::fs::remove_file(super::super::open::beside(&path, leftover)).ok();
        }
        match SqliteStore::open(directory.0.path()).await {
            Err(error) => {
                shown += 1;
                told(&error);
            }
            Ok(store) => {
                match store.mentions(&everything(), Span::Newest, 1_000).await {
                    Ok(all) => assert_eq!(all.len(), 200),
                    Err(error) => {
                        shown += 1;
                        told(&error);
                    }
                }
                store.close().await;
            }
        }
    }
    assert!(shown > 10, "{shown} pages");
}

#[tokio::test]
async fn a_newer_schema_and_other_databases_are_refused() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    store.close().await;
    let mut conn = connect(store.path()).await;
    sqlx::query("PRAGMA user_version = 99").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let error = SqliteStore::open(directory.0.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, known: migrate::KNOWN, .. }), "{error:?}");

    let other = tempfile::tempdir().unwrap();
    let mut conn = SqliteConnectOptions::new()
        .filename(other.path().join(open::FILE))
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    sqlx::query("CREATE TABLE recipes (name)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let error = SqliteStore::open(other.path()).await.unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");
}

/// Runs this very test again as a user without rights, since to root nothing is read-only.
fn as_nobody(test: &str, directory: &Path) -> std::process::Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env("GOODWORD_TEST_DIRECTORY", directory).current_dir("/");
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    command.output().unwrap()
}

#[tokio::test]
async fn what_cannot_be_written_is_told() {
    const NAME: &str = "store::sqlite::tests::trouble::what_cannot_be_written_is_told";
    if let Some(given) = std::env::var_os("GOODWORD_TEST_DIRECTORY") {
        let error = SqliteStore::open(Path::new(&given)).await.unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        return;
    }
    let directory = directory();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let data = directory.0.path().join("data");
    mode(directory.0.path(), 0o755);
    let refused = |what: &str, directory: &Path| {
        let output = as_nobody(NAME, directory);
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stdout));
    };
    // No right to make it; an empty one; one with a database; one whose file alone is closed.
    mode(directory.0.path(), 0o555);
    refused("no directory", &data);
    mode(directory.0.path(), 0o755);
    std::fs::create_dir(&data).unwrap();
    mode(&data, 0o555);
    refused("empty directory", &data);
    mode(&data, 0o755);
    SqliteStore::open(&data).await.unwrap().close().await;
    mode(&data.join(open::FILE), 0o666);
    mode(&data, 0o555);
    refused("closed directory", &data);
    mode(&data.join(open::FILE), 0o444);
    mode(&data, 0o777);
    refused("closed file", &data);
    mode(&data, 0o755);
}

#[tokio::test]
async fn what_cannot_be_written_can_be_read() {
    const NAME: &str = "store::sqlite::tests::trouble::what_cannot_be_written_can_be_read";
    if let Some(given) = std::env::var_os("GOODWORD_TEST_DIRECTORY") {
        let store = SqliteStore::open_or_read(Path::new(&given)).await.unwrap();
        assert_eq!(whole_batches(&store).await, 2);
        assert!(!store.sources().await.unwrap().is_empty());
        let error = store.set_paused(true).await.unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        store.close().await;
        return;
    }
    let directory = directory();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let data = directory.0.path().join("data");
    mode(directory.0.path(), 0o755);
    let store = SqliteStore::open(&data).await.unwrap();
    let (lease, source) = settle(&store).await;
    for number in 0..2 {
        store.record(&lease, &batch(source, number)).await.unwrap();
    }
    let read = |what: &str| {
        for suffix in ["", "-wal", "-shm"] {
            let file = open::beside(&data.join(open::FILE), suffix);
            if file.exists() {
                mode(&file, 0o444);
            }
        }
        mode(&data, 0o555);
        let output = as_nobody(NAME, &data);
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stdout));
        mode(&data, 0o755);
    };
    read("while another process writes");
    store.close().await;
    read("alone");
}

/// What the process does that is killed: records one batch after the other and says when each is done.
#[tokio::test]
#[ignore = "started by killing_it_leaves_whole_batches"]
async fn a_process_that_records() {
    let Some(directory) = std::env::var_os("GOODWORD_TEST_DIRECTORY") else { return };
    let store = SqliteStore::open(Path::new(&directory)).await.unwrap();
    let (lease, source) = settle(&store).await;
    for number in whole_batches(&store).await.. {
        store.record(&lease, &batch(source, number)).await.unwrap();
        writeln!(std::io::stdout(), "done {number}").unwrap();
    }
}

#[tokio::test]
async fn killing_it_leaves_whole_batches() {
    const NAME: &str = "store::sqlite::tests::trouble::a_process_that_records";
    let directory = directory();
    let mut last = 0;
    for round in 1..=4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture", "--ignored"])
            .env("GOODWORD_TEST_DIRECTORY", directory.0.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut done = said.filter_map(|line| line.split("done ").nth(1).and_then(|number| number.parse::<u64>().ok()));
        // Killed in the middle of what comes after a few more.
        let told = done.by_ref().nth(2 * round).expect("it records");
        child.kill().unwrap();
        let told = done.last().unwrap_or(told);
        child.wait().unwrap();
        let store = SqliteStore::open(directory.0.path()).await.unwrap();
        let found = whole_batches(&store).await;
        assert!(found > told, "what was said to be done is there: {found} batches, {told} was the last");
        assert!(found > last);
        last = found;
        store.close().await;
        assert_eq!(damage(store.path()).await, "ok");
    }
}

#[tokio::test]
async fn a_recording_that_is_dropped_half_way_changes_nothing() {
    let directory = directory();
    let store = SqliteStore::open(directory.0.path()).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mut number = 0;
    let mut dropped = 0;
    for step in 0..60 {
        let next = batch(source, number);
        let patience = Duration::from_micros(step * 150);
        match tokio::time::timeout(patience, store.record(&lease, &next)).await {
            Ok(done) => assert_eq!(done.unwrap().new.len(), 20),
            Err(_) => dropped += 1,
        }
        // Whole or not at all, once what was under way has come to its end; and the next one works.
        store.take_lease("town", at(NOW), SignedDuration::from_secs(30)).await.unwrap();
        number = whole_batches(&store).await;
    }
    assert!(dropped > 5, "only {dropped} were dropped");
    store.record(&lease, &batch(source, number)).await.unwrap();
    assert_eq!(whole_batches(&store).await, number + 1);
}

/// With a file system that is really full: `mount -t tmpfs -o size=4m none DIR`, then
/// `GOODWORD_SMALL_DISK=DIR cargo test --lib a_file_system_that_is_full -- --ignored`.
#[tokio::test]
#[ignore = "needs a small file system of its own"]
async fn a_file_system_that_is_full() {
    let disk = std::path::PathBuf::from(std::env::var_os("GOODWORD_SMALL_DISK").expect("GOODWORD_SMALL_DISK is set"));
    let directory = disk.join("data");
    std::fs::write(disk.join("ballast"), vec![1; 1 << 20]).unwrap();
    let store = SqliteStore::open(&directory).await.unwrap();
    let (lease, source) = settle(&store).await;
    let mut number = 0;
    let error = loop {
        match store.record(&lease, &batch(source, number)).await {
            Ok(_) => number += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(whole_batches(&store).await, number);
    let copy = store.backup(&disk.join("copy")).await.unwrap_err();
    assert!(matches!(copy, StoreError::Full { .. }), "{copy:?}");
    assert!(!disk.join("copy").exists());
    // Room is made: the same store goes on by itself.
    std::fs::remove_file(disk.join("ballast")).unwrap();
    assert_eq!(store.record(&lease, &batch(source, number)).await.unwrap().new.len(), 20);
    assert_eq!(whole_batches(&store).await, number + 1);
    store.close().await;
    assert_eq!(damage(store.path()).await, "ok");
}
