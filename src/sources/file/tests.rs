//! A file under every treatment that growing files get: nothing is lost and nothing comes twice.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::follow::Follower;
use super::*;
use crate::sources::ndjson::LONGEST_LINE;
use crate::sources::{MemoryCredentials, Retry};

/// A moment at which every file has been quiet for long, though the machine's clock may run on for years.
pub(super) fn later() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

/// The moment at which a file was touched last, and so many seconds.
fn after_touch(path: &Path, seconds: i64) -> Timestamp {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).unwrap();
    Timestamp::from_second(metadata.mtime().max(metadata.ctime()) + seconds).unwrap()
}

pub(super) struct Desk {
    directory: tempfile::TempDir,
    follower: Follower,
    pub(super) cursor: String,
    pub(super) heard: Vec<String>,
    remarks: Vec<String>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let follower = Follower::new(directory.path().join("heard.ndjson"));
        Self { directory, follower, cursor: String::new(), heard: vec![], remarks: vec![] }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.at("heard.ndjson")
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn restart(&mut self) {
        self.follower = Follower::new(self.path());
    }

    pub(super) fn write(&self, text: impl AsRef<[u8]>) {
        let mut file = File::options().append(true).create(true).open(self.path()).unwrap();
        file.write_all(text.as_ref()).unwrap();
    }

    pub(super) fn look_at(&mut self, now: Timestamp) -> Result<bool, SourceError> {
        let batch = self.follower.look(&self.cursor, now)?;
        assert!(batch.items.len() <= 500);
        self.heard.extend(batch.items.into_iter().map(|item| item.native_id));
        self.remarks.extend(batch.remarks);
        self.cursor = batch.cursor;
        Ok(!batch.unchanged)
    }

    /// Takes all that is there.
    pub(super) fn hear(&mut self) {
        while self.look_at(later()).unwrap() {}
    }

    fn error(&mut self) -> SourceError {
        self.look_at(later()).unwrap_err()
    }
}

pub(super) fn line(id: &str) -> String {
    format!("{{\"native_id\":\"{id}\",\"text\":\"words\"}}\n")
}

#[test]
fn lines_are_taken_when_they_are_whole() {
    let mut desk = Desk::new();
    desk.write(line("1") + "{\"native_id\":\"2\",");
    desk.hear();
    assert_eq!(desk.heard, ["1"]);
    desk.write("\"text\":\"words\"}");
    desk.hear();
    desk.restart();
    desk.hear();
    assert_eq!(desk.heard, ["1"], "it may go on");
    desk.write(format!("\n{}nonsense\n\n{}", line("3"), line("4")));
    desk.hear();
    assert_eq!(desk.heard, ["1", "2", "3", "4"]);
    assert_eq!(desk.remarks, ["line 4: it is no JSON from column 2 on: “onsense”"], "lines are counted across polls");
    desk.write("{\"delete\":\"1\"}\n");
    desk.hear();
    assert_eq!(desk.heard.len(), 5);
}

#[test]
fn a_file_that_is_missing_is_told_and_heals_by_itself() {
    let mut desk = Desk::new();
    let error = desk.error();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Local, Retry::Soon));
    assert!(error.what.ends_with("heard.ndjson is not there"), "{error}");
    desk.write(line("1"));
    desk.hear();
    fs::remove_file(desk.path()).unwrap();
    assert!(desk.error().what.ends_with("is not there"));
    desk.restart();
    assert!(desk.error().what.ends_with("is not there"));
    desk.write(line("2"));
    desk.hear();
    assert_eq!(desk.heard, ["1", "2"]);
}

#[test]
fn what_is_no_plain_file_is_refused_at_once() {
    let mut desk = Desk::new();
    fs::create_dir(desk.path()).unwrap();
    let error = desk.error();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::BadAddress, Retry::Never));
    assert!(error.what.contains("is a directory"), "{error}");
    fs::remove_dir(desk.path()).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        desk.path(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let error = desk.error();
    assert!(error.what.contains("is a pipe") && error.advice.contains("exec"), "{error}");
    fs::remove_file(desk.path()).unwrap();
    std::os::unix::fs::symlink("/dev/null", desk.path()).unwrap();
    assert!(desk.error().what.contains("is a device"));
    fs::remove_file(desk.path()).unwrap();
    fs::write(desk.at("elsewhere"), line("1")).unwrap();
    std::os::unix::fs::symlink(desk.at("elsewhere"), desk.path()).unwrap();
    desk.hear();
    assert_eq!(desk.heard, ["1"], "a link to a plain file is followed");
}

#[test]
fn a_long_backlog_comes_in_pieces() {
    let mut desk = Desk::new();
    let ids: Vec<String> = (0..2_345).map(|number| number.to_string()).collect();
    desk.write(ids.iter().map(|id| line(id)).collect::<String>());
    let mut pieces = 0;
    while desk.look_at(later()).unwrap() {
        pieces += 1;
        desk.restart();
    }
    assert_eq!((pieces, &desk.heard), (5, &ids));
}

#[test]
fn a_renamed_file_is_read_to_its_end_before_the_new_one() {
    for restarts in [false, true] {
        let mut desk = Desk::new();
        desk.write(line("1"));
        desk.hear();
        desk.write(line("2"));
        fs::rename(desk.path(), desk.at("heard.ndjson.1")).unwrap();
        if restarts {
            desk.restart();
        }
        desk.hear_while_the_new_one_is_missing();
        desk.write(line("3"));
        let touched = after_touch(&desk.at("heard.ndjson.1"), 4);
        assert!(!desk.look_at(touched).unwrap(), "its writer may still hold it");
        File::options()
            .append(true)
            .open(desk.at("heard.ndjson.1"))
            .unwrap()
            .write_all(b"{\"text\":\"t\",\"native_id\":\"late\"}")
            .unwrap();
        desk.hear();
        assert_eq!(desk.heard, ["1", "2", "late", "3"], "a last line needs no end when nothing follows");
        assert!(desk.remarks.is_empty(), "{:?}", desk.remarks);
    }
}

impl Desk {
    fn hear_while_the_new_one_is_missing(&mut self) {
        assert!(self.look_at(later()).unwrap());
        assert_eq!(self.heard, ["1", "2"]);
        assert!(self.error().what.ends_with("is not there"));
    }
}

#[test]
fn several_rotations_between_two_looks_lose_nothing() {
    let mut desk = Desk::new();
    let mut wanted = Vec::new();
    for number in 0..6 {
        desk.write(line(&number.to_string()));
        wanted.push(number.to_string());
        if number == 0 {
            desk.hear();
        }
        for old in (1..number).rev() {
            fs::rename(desk.at(&format!("heard.ndjson.{old}")), desk.at(&format!("heard.ndjson.{}", old + 1))).unwrap();
        }
        if number > 0 {
            fs::rename(desk.path(), desk.at("heard.ndjson.1")).unwrap();
        }
    }
    desk.write(line("now"));
    wanted.push("now".to_owned());
    fs::write(desk.at("heard.ndjson.9.gz"), "packed").unwrap();
    desk.restart();
    desk.hear();
    assert_eq!(desk.heard, wanted);
}

#[test]
fn a_copied_and_cut_file_loses_nothing() {
    let mut desk = Desk::new();
    desk.write(line("1"));
    desk.hear();
    desk.write(line("2"));
    fs::copy(desk.path(), desk.at("heard-20260102.ndjson")).unwrap();
    File::options().write(true).open(desk.path()).unwrap().set_len(0).unwrap();
    desk.write(line("3") + &line("4") + &line("5"));
    desk.hear();
    assert_eq!(desk.heard, ["1", "2", "3", "4", "5"]);
    assert!(desk.remarks.is_empty(), "{:?}", desk.remarks);
}

#[test]
fn a_cut_file_is_read_from_its_start_and_the_loss_is_told() {
    let mut desk = Desk::new();
    desk.write(line("1") + &line("2"));
    desk.hear();
    desk.write(line("lost"));
    File::create(desk.path()).unwrap();
    desk.write(line("3"));
    desk.hear();
    assert_eq!(desk.heard, ["1", "2", "3"]);
    assert!(desk.remarks[0].contains("was cut or replaced after line 2"), "{:?}", desk.remarks);
    // Longer than before, so that only what stood before the place tells.
    File::create(desk.path()).unwrap();
    desk.write((4..9).map(|number| line(&number.to_string())).collect::<String>());
    desk.restart();
    desk.hear();
    assert_eq!(desk.heard[3..], ["4", "5", "6", "7", "8"]);
    // A writer that goes on where it was leaves a hole.
    let writer = File::options().write(true).open(desk.path()).unwrap();
    File::options().write(true).open(desk.path()).unwrap().set_len(0).unwrap();
    std::os::unix::fs::FileExt::write_at(&writer, line("9").as_bytes(), 3 << 20).unwrap();
    desk.hear();
    assert_eq!(desk.heard.last().unwrap(), "9");
}

#[test]
fn a_file_that_is_replaced_as_a_whole_is_read_on() {
    let mut desk = Desk::new();
    let mut whole = line("1");
    for number in 2..6 {
        fs::write(desk.at("new"), &whole).unwrap();
        fs::rename(desk.at("new"), desk.path()).unwrap();
        if number == 4 {
            desk.restart();
        }
        desk.hear();
        whole.push_str(&line(&number.to_string()));
    }
    assert_eq!(desk.heard, ["1", "2", "3", "4"]);
    assert!(desk.remarks.is_empty(), "{:?}", desk.remarks);
}

#[test]
fn a_line_that_never_ends_is_skipped_across_looks_and_restarts() {
    let mut desk = Desk::new();
    desk.write(line("1"));
    let piece = vec![b'x'; LONGEST_LINE / 2];
    for _ in 0..5 {
        desk.write(&piece);
        desk.hear();
        desk.restart();
    }
    desk.write("\n".to_owned() + &line("2"));
    desk.hear();
    assert_eq!(desk.heard, ["1", "2"]);
    assert_eq!(desk.remarks, ["line 2: it is longer than 4 MB"]);
}

#[test]
fn a_cursor_of_another_path_or_none_begins_anew() {
    let mut desk = Desk::new();
    desk.write(line("1"));
    for cursor in ["", "garbage", "{}", "{\"path\":7,\"offset\":400,\"file\":{\"dev\":1,\"ino\":2}}"] {
        desk.cursor = cursor.to_owned();
        desk.hear();
    }
    assert_eq!(desk.heard, ["1", "1", "1", "1"]);
    assert!(desk.remarks.is_empty(), "{:?}", desk.remarks);
}

#[tokio::test]
async fn a_source_brings_what_is_written_while_it_waits() {
    let desk = Desk::new();
    let settings = SourceSettings { path: Some(desk.path()), ..SourceSettings::named("f", KIND.network.clone()) };
    let client = crate::sources::http::Client::new(crate::sources::http::HttpSettings::default()).unwrap();
    let tools = Tools { client, credentials: Arc::new(MemoryCredentials::default()) };
    assert!(open(&SourceSettings { path: None, ..settings.clone() }, &tools).is_err());
    let mut source = open(&settings, &tools).unwrap();
    assert!(source.listen.capabilities().streams);
    let now = later();
    assert!(source.listen.poll("", now).await.is_err());
    desk.write(line("1"));
    let first = source.listen.poll("", now).await.unwrap();
    assert_eq!((first.items.len(), first.more), (1, true));
    let (second, ()) = tokio::join!(source.listen.poll(&first.cursor, now), async {
        sleep(Duration::from_millis(700)).await;
        desk.write(line("2"));
    });
    assert_eq!(second.unwrap().items[0].native_id, "2");

    let mut on_schedule = open(&SourceSettings { stream: false, ..settings }, &tools).unwrap();
    assert!(!on_schedule.listen.capabilities().streams);
    let begun = Instant::now();
    let first = on_schedule.listen.poll("", now).await.unwrap();
    assert_eq!((first.items.len(), first.more), (2, true));
    let nothing = on_schedule.listen.poll(&first.cursor, now).await.unwrap();
    assert_eq!((nothing.items.len(), nothing.more, nothing.unchanged), (0, false, true));
    assert!(begun.elapsed() < Duration::from_millis(450), "it does not wait");
}
