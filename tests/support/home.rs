//! A person's home for a test: a directory of its own with a configuration, and the program run in it without a
//! terminal.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use portable_pty::CommandBuilder;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Longest that a command without a terminal may take. It is ended by force then.
const PATIENCE: Duration = Duration::from_secs(60);

/// The brand that every configuration speaks for.
pub const BRAND: &str = "Ferris Bikes";

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ran {
    /// Fails with everything that was said unless the exit code is this.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.everything());
        self
    }

    /// The lines of standard output, each of which must be JSON.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(line).collect()
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.everything()))
    }

    /// Everything that it said.
    pub fn everything(&self) -> String {
        format!("--- out\n{}\n--- err\n{}", self.out, self.err)
    }

    /// Fails unless everything that it said holds all of these.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        let said = self.everything();
        for text in texts {
            assert!(said.contains(text), "{text:?} is missing:\n{said}");
        }
        self
    }
}

/// The directory, gone at the end of the test.
pub struct Home(tempfile::TempDir);

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a directory"));
        std::fs::create_dir(home.path("tmp")).expect("a directory");
        home
    }

    /// A home with a configuration that listens to these feeds, by name and address, and to nothing else.
    pub fn listening(feeds: &[(&str, String)]) -> Self {
        let home = Self::new();
        let mut text = format!("[brand]\nname = \"{BRAND}\"\n\n[[rival]]\nname = \"Northwheel\"\n\n");
        text.push_str("[[watch]]\nname = \"ferris\"\nquery = 'ferris'\n\n");
        text.push_str("[[watch]]\nname = \"northwheel\"\nsubject = \"Northwheel\"\nquery = 'northwheel'\n\n");
        for (name, url) in feeds {
            text.push_str(&format!("[[source]]\nname = \"{name}\"\nurl = \"{url}\"\n\n"));
        }
        text.push_str("[collect]\npublic_feeds = false\nshortest = \"10s\"\nlongest = \"10s\"\n");
        home.configure(&text);
        home
    }

    /// Writes the configuration where the program looks for it without being told.
    pub fn configure(&self, text: &str) {
        let file = self.config();
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        std::fs::write(&file, text).expect("a configuration");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    }

    /// A path in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    /// A path in it as an argument.
    pub fn text(&self, relative: &str) -> String {
        self.path(relative).to_str().expect("text").to_owned()
    }

    /// Writes a file; gives its path as an argument.
    pub fn write(&self, relative: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(relative), text).expect("a file");
        self.text(relative)
    }

    /// The platform's own place for the configuration.
    pub fn config(&self) -> PathBuf {
        self.path(".config/goodword/config.toml")
    }

    /// The platform's own place for the data.
    pub fn data(&self) -> PathBuf {
        self.path(".local/share/goodword")
    }

    fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("HOME", self.text("")),
            ("TMPDIR", self.text("tmp")),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("PATH", "/usr/bin:/bin".into()),
        ]
    }

    /// The program for a pseudo-terminal.
    pub fn screen(&self, arguments: &[&str]) -> CommandBuilder {
        let mut command = super::program(env!("CARGO_BIN_EXE_goodword"));
        command.args(arguments);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.cwd(self.path(""));
        command
    }

    /// The program without a terminal.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goodword"));
        command.args(arguments).env_clear().envs(self.environment()).current_dir(self.path(""));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs the program with this on its standard input.
    #[track_caller]
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
        let pid = Pid::from_child(&child);
        let (mut to, input) = (child.stdin.take().expect("a pipe"), input.to_owned());
        // A program that does not read all of it closes the pipe.
        std::thread::spawn(move || to.write_all(input.as_bytes()).is_ok());
        let (tell, ended) = mpsc::channel();
        std::thread::spawn(move || tell.send(child.wait_with_output()));
        let output = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            kill_process(pid, Signal::KILL).expect("a signal");
            panic!("{arguments:?} does not end")
        });
        let output = output.expect("the program can be waited for");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Every stored mention as `export` writes it, oldest first.
    #[track_caller]
    pub fn exported(&self) -> Vec<Value> {
        let mut lines = self.run(&["export", "--private"]).ends(0).lines();
        lines.reverse();
        lines
    }

    /// What each stored mention says, sorted.
    #[track_caller]
    pub fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> =
            self.exported().iter().map(|line| line["text"].as_str().expect("text").to_owned()).collect();
        texts.sort();
        texts
    }

    /// Every file in it, with what it holds.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.0.path(), &mut files);
        files
    }
}

fn collect(directory: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let held = std::fs::read(&path).expect("a file");
            files.push((path, held));
        }
    }
}
