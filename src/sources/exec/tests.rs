//! Commands that behave, that fail, that hang, that flood: what they print is heard once, and none outlives its poll.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::*;
use crate::domain::Timestamp;
use crate::sources::{Batch, MemoryCredentials, Retry};

pub(super) const SECRET: &str = "canary-7f3a9b";

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

pub(super) fn command(line: &str) -> Command {
    Command { line: line.to_owned(), credentials: Arc::new(MemoryCredentials::default()) }
}

pub(super) fn with_secret(line: &str) -> Command {
    Command { line: line.to_owned(), credentials: Arc::new(MemoryCredentials::of(SECRET)) }
}

fn once(line: &str) -> Once {
    Once::new(command(line), false)
}

fn stream(line: &str) -> Stream {
    let mut stream = Stream::new(command(line), false);
    stream.patience.idle = Duration::from_millis(400);
    stream.patience.gathering = Duration::from_millis(50);
    stream.patience.first_pause = Duration::from_millis(20);
    stream
}

fn texts(batch: &Batch) -> Vec<&str> {
    batch.items.iter().map(|item| item.text.as_str()).collect()
}

/// Whether a process is there and does more than wait to be buried.
fn lives(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z")
}

fn pid_in(file: &Path) -> i32 {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        if let Ok(pid) = std::fs::read_to_string(file).unwrap_or_default().trim().parse() {
            return pid;
        }
        assert!(std::time::Instant::now() < deadline, "{} holds no number", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The signal is on its way; the kernel may take a moment.
fn ends(pid: i32) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while lives(pid) {
        assert!(std::time::Instant::now() < deadline, "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A command whose child and grandchild write their numbers into files.
fn family(directory: &Path) -> String {
    let at = |name: &str| directory.join(name).display().to_string();
    format!("sleep 300 & echo $! > {}; (sleep 300 & echo $! > {}; wait) & wait", at("child"), at("grandchild"))
}

fn family_ends(directory: &Path) {
    ends(pid_in(&directory.join("child")));
    ends(pid_in(&directory.join("grandchild")));
}

#[tokio::test]
async fn what_a_command_prints_is_one_batch_and_its_cursor_comes_back() {
    let script = r#"
        printf '{"text":"from %s","native_id":"%s"}\n' "${GOODWORD_CURSOR:-nowhere}" "$GOODWORD_CURSOR"
        echo '{"meter":{"name":"units","used":3,"limit":10}}'
        echo '{"delete":"old"}'
        echo '{"remark":"half was cut"}'
        echo 'nonsense'
        printf '{"cursor":"%s1"}' "$GOODWORD_CURSOR"
    "#;
    let mut source = once(script);
    let first = source.poll("", now()).await.unwrap();
    assert_eq!(texts(&first), ["from nowhere", ""]);
    assert!(first.items[1].deleted && first.items[1].native_id == "old");
    assert_eq!((first.meters[0].used, first.more), (3.0, false));
    assert_eq!(first.remarks, ["half was cut", "line 5: it is no JSON from column 2 on: “onsense”"]);
    let second = source.poll(&first.cursor, now()).await.unwrap();
    assert_eq!(texts(&second)[0], "from 1");
    let not_stored = source.poll(&first.cursor, now()).await.unwrap();
    assert_eq!(texts(&not_stored)[0], "from 1", "a cursor that was not stored counts for nothing");
    assert_eq!(texts(&source.poll(&not_stored.cursor, now()).await.unwrap())[0], "from 11");
}

#[tokio::test]
async fn a_command_reads_nothing_and_prints_nothing_without_harm() {
    let batch = once("cat; echo; exit 0").poll("{\"cursor\":\"7\"}", now()).await.unwrap();
    assert_eq!((batch.items.len(), batch.cursor.as_str(), batch.more), (0, "{\"cursor\":\"7\"}", false));
}

#[tokio::test]
async fn a_failure_says_what_the_command_complained_about_last() {
    let error = once("echo first >&2; printf 'no \\033[31mkey\\n\\n' >&2; exit 3").poll("", now()).await.unwrap_err();
    assert_eq!(error.what.as_str(), "the command failed (exit code 3): no key");
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Local, Retry::BackOff));
    let error = once("printf 'no end' >&2; kill -9 $$").poll("", now()).await.unwrap_err();
    assert!(error.what.contains("signal: 9") && error.what.ends_with(": no end"), "{error}");
    let error = once("no-such-command-at-all").poll("", now()).await.unwrap_err();
    assert!(error.what.contains("127") && error.what.contains("not found"), "{error}");
    let long = once("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1").poll("", now()).await.unwrap_err();
    assert!(long.what.chars().count() <= SourceError::LONGEST, "{}", long.what.len());
}

#[tokio::test]
async fn what_was_said_before_a_failure_is_kept_and_the_failure_is_told_after_it() {
    let mut source = once("echo '{\"text\":\"one\"}'; echo '{\"cursor\":\"c\"}'; echo broken >&2; exit 1");
    let batch = source.poll("", now()).await.unwrap();
    assert_eq!((texts(&batch), batch.more), (vec!["one"], true));
    let error = source.poll(&batch.cursor, now()).await.unwrap_err();
    assert!(error.what.ends_with("broken"), "{error}");
    let again = source.poll(&batch.cursor, now()).await.unwrap();
    assert_eq!(texts(&again), ["one"], "it is run again after that");
    let not_stored = source.poll(&batch.cursor, now()).await.unwrap();
    assert_eq!(texts(&not_stored), ["one"], "a failure belongs to what was stored before it");
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_with_all_that_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let mut source = once(&format!("echo '{{\"text\":\"before\"}}'; {}", family(directory.path())));
    source.bounds.time = Duration::from_millis(700);
    let batch = source.poll("", now()).await.unwrap();
    assert_eq!((texts(&batch), batch.more), (vec!["before"], true));
    family_ends(directory.path());
    let error = source.poll(&batch.cursor, now()).await.unwrap_err();
    assert!(error.what.contains("took longer than 0.7 s"), "{error}");
}

#[tokio::test]
async fn a_poll_that_is_dropped_ends_the_command() {
    let directory = tempfile::tempdir().unwrap();
    let mut source = once(&family(directory.path()));
    let child = directory.path().join("grandchild");
    let started = async {
        while std::fs::read_to_string(&child).unwrap_or_default().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ended = source.poll("", now()) => panic!("{ended:?}"),
        () = started => {}
    }
    family_ends(directory.path());
}

#[tokio::test]
async fn what_a_command_leaves_behind_ends_with_it_and_holds_nothing_up() {
    let directory = tempfile::tempdir().unwrap();
    let pid = directory.path().join("pid");
    let begun = Instant::now();
    let script = format!("sleep 300 & echo $! > {}; echo '{{\"text\":\"done\"}}'", pid.display());
    assert_eq!(texts(&once(&script).poll("", now()).await.unwrap()), ["done"]);
    ends(pid_in(&pid));
    // One that leaves the group and keeps the pipe is waited for a second at most.
    let script = "setsid sleep 8 & echo '{\"text\":\"done\"}'";
    assert_eq!(texts(&once(script).poll("", now()).await.unwrap()), ["done"]);
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let mut source = once("yes '{\"text\":\"x\"}'");
    source.bounds.lines = 700;
    let batch = timeout(Duration::from_secs(20), source.poll("", now())).await.unwrap().unwrap();
    assert_eq!(batch.items.len(), 700);
    assert!(batch.remarks[0].contains("more than 700 lines"), "{:?}", batch.remarks);
    let mut endless = once("cat /dev/zero");
    endless.bounds.bytes = 3 << 20;
    let batch = timeout(Duration::from_secs(20), endless.poll("", now())).await.unwrap().unwrap();
    assert!(batch.items.is_empty() && batch.remarks[0].contains("3 MB"), "{:?}", batch.remarks);
}

#[tokio::test]
async fn a_secret_is_in_the_environment_and_nowhere_else() {
    let directory = tempfile::tempdir().unwrap();
    let seen = directory.path().join("seen");
    let script = format!(
        "printf %s \"$GOODWORD_SECRET\" > {0}; tr '\\0' ' ' < /proc/$$/cmdline > {0}.argv; echo \"bad key $GOODWORD_SECRET\" >&2; exit 1",
        seen.display()
    );
    let error = Once::new(with_secret(&script), false).poll("", now()).await.unwrap_err();
    assert_eq!(std::fs::read_to_string(&seen).unwrap(), SECRET);
    let argv = std::fs::read_to_string(directory.path().join("seen.argv")).unwrap();
    assert!(argv.starts_with("sh -c") && !argv.contains(SECRET), "{argv}");
    assert!(error.what.ends_with("bad key ***"), "{error}");
    assert!(!format!("{error} {error:?}").contains(SECRET));
    let without = "[ -z \"${GOODWORD_SECRET+set}\" ] && echo '{\"text\":\"none\"}'";
    assert_eq!(texts(&once(without).poll("", now()).await.unwrap()), ["none"]);
}

#[tokio::test]
async fn a_stream_brings_what_is_printed_while_it_is_printed() {
    let mut source = stream("echo '{\"text\":\"one\"}'; sleep 0.3; echo '{\"text\":\"two\"}'; sleep 300");
    let first = source.poll("", now()).await.unwrap();
    assert_eq!((texts(&first), first.more), (vec!["one"], true));
    let second = source.poll(&first.cursor, now()).await.unwrap();
    assert_eq!(texts(&second), ["two"]);
    let nothing = source.poll(&second.cursor, now()).await.unwrap();
    assert_eq!((nothing.items.len(), &nothing.cursor, nothing.more), (0, &second.cursor, true));
}

#[tokio::test]
async fn what_is_not_stored_is_handed_over_again() {
    let mut source = stream("echo '{\"text\":\"one\"}'; sleep 300");
    let first = source.poll("", now()).await.unwrap();
    assert_eq!(source.poll("", now()).await.unwrap(), first, "not stored");
    let elsewhere = Place { batch: 40, cursor: "theirs".into() };
    let led_on = source.poll(&elsewhere.written(), now()).await.unwrap();
    assert_eq!(texts(&led_on), ["one"]);
    assert_eq!(
        Place::read(&led_on.cursor),
        Place { batch: 41, cursor: "theirs".into() },
        "another process's cursor stays"
    );
    assert!(source.poll(&led_on.cursor, now()).await.unwrap().items.is_empty(), "stored");
}

#[tokio::test]
async fn a_fast_printer_waits_and_loses_nothing() {
    const LINES: usize = 30_000;
    let directory = tempfile::tempdir().unwrap();
    let done = directory.path().join("done");
    let script = format!(
        "i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo '{{\"native_id\":\"'$i'\",\"text\":\"x\"}}'; done; echo 1 > {}; sleep 300",
        done.display()
    );
    let mut source = stream(&script);
    let (mut cursor, mut heard, mut dropped) = (String::new(), 0, 0);
    while heard < LINES {
        // Every third poll is dropped in the middle, every fifth batch is not stored.
        if heard % 3 == 0 && timeout(Duration::from_micros(200), source.poll(&cursor, now())).await.is_err() {
            dropped += 1;
        }
        let batch = source.poll(&cursor, now()).await.unwrap();
        assert!(batch.items.len() <= 500);
        if dropped % 5 == 1 {
            dropped += 1;
            assert_eq!(source.poll(&cursor, now()).await.unwrap(), batch);
        }
        for item in &batch.items {
            heard += 1;
            assert_eq!(item.native_id, heard.to_string());
        }
        if heard == 500 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(!done.exists(), "a command that is not heard must wait");
        }
        cursor = batch.cursor;
    }
    assert_eq!(heard, LINES);
}

#[tokio::test]
async fn a_stream_goes_on_from_the_cursor_and_starts_again_by_itself() {
    let mut source =
        stream("echo '{\"text\":\"from '$GOODWORD_CURSOR'\"}'; echo '{\"cursor\":\"'$GOODWORD_CURSOR'x\"}'");
    let (mut cursor, mut heard) = (Place { batch: 0, cursor: "0".into() }.written(), Vec::new());
    while heard.len() < 3 {
        let batch = source.poll(&cursor, now()).await.unwrap();
        heard.extend(batch.items.iter().map(|item| item.text.clone()));
        assert!(
            batch.items.is_empty() || batch.remarks.iter().any(|remark| remark.contains("started again")),
            "{batch:?}"
        );
        cursor = batch.cursor;
    }
    assert_eq!(heard[..3], ["from 0", "from 0x", "from 0xx"]);
    assert!(Place::read(&cursor).cursor.starts_with("0xxx"));
}

#[tokio::test]
async fn a_stream_that_fails_says_so_after_what_it_said() {
    let mut source = stream("echo '{\"text\":\"one\"}'; echo 'lost the line' >&2; exit 4");
    let batch = source.poll("", now()).await.unwrap();
    assert_eq!(texts(&batch), ["one"]);
    let error = source.poll(&batch.cursor, now()).await.unwrap_err();
    assert_eq!(error.what.as_str(), "the command failed (exit code 4): lost the line");
    assert_eq!(texts(&source.poll(&batch.cursor, now()).await.unwrap()), ["one"], "it runs again");

    let mut source = stream("exit 0");
    source.patience.first_pause = Duration::from_millis(300);
    let ended = source.poll("", now()).await.unwrap();
    let begun = Instant::now();
    source.poll(&ended.cursor, now()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(200), "one that ends at once is not started in a loop");
}

#[tokio::test]
async fn a_stream_that_is_dropped_or_left_alone_ends_its_command() {
    let directory = tempfile::tempdir().unwrap();
    let mut source = stream(&family(directory.path()));
    source.poll("", now()).await.unwrap();
    assert!(lives(pid_in(&directory.path().join("grandchild"))), "it runs on between two polls");
    drop(source);
    family_ends(directory.path());

    let directory = tempfile::tempdir().unwrap();
    let mut source = stream(&family(directory.path()));
    source.patience.absence = Duration::from_millis(100);
    source.poll("", now()).await.unwrap();
    let pid = pid_in(&directory.path().join("child"));
    let gone = async {
        while lives(pid) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("nobody listens, and it runs on");
    let batch = source.poll("", now()).await.unwrap();
    assert!(batch.remarks[0].contains("while nobody listened"), "{batch:?}");
    source.poll(&batch.cursor, now()).await.unwrap();
    assert!(lives(pid_in(&directory.path().join("child"))), "it is taken up again");
}

#[tokio::test]
async fn what_a_source_can_do_follows_from_its_settings() {
    let tools = Tools {
        client: crate::sources::http::Client::new(crate::sources::http::HttpSettings::default()).unwrap(),
        credentials: Arc::new(MemoryCredentials::default()),
    };
    let base = SourceSettings::named("status", KIND.network.clone());
    assert!(open(&base, &tools).is_err(), "no command");
    let listening = SourceSettings { command: Some("true".into()), ..base };
    let source = open(&listening, &tools).unwrap();
    assert!(source.publish.is_none() && !source.listen.capabilities().publishes);
    assert!(!source.listen.capabilities().streams);
    let both = SourceSettings {
        publish_command: Some("true".into()),
        keep_running: true,
        account: Some("ferris".into()),
        ..listening
    };
    let source = open(&both, &tools).unwrap();
    assert!(source.listen.capabilities().publishes && source.listen.capabilities().streams);
    let publisher = source.publish.unwrap();
    assert_eq!(publisher.identity(now()).await.unwrap().handle.as_deref(), Some("ferris"));
    assert!(!publisher.rules(now()).await.unwrap().retry_safe);
}
