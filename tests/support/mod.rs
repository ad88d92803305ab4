//! Drives a program on a pseudo-terminal and reads its screen. Waiting is always for something, with a deadline;
//! nothing sleeps.
//!
//! ```ignore
//! let mut command = support::program(env!("CARGO_BIN_EXE_goodword"));
//! command.arg("demo");
//! let mut pty = Pty::spawn(command, 120, 36);
//! pty.wait_for("Mentions");
//! pty.keys("q");
//! assert_eq!(pty.wait_exit(), 0);
//! ```
#![allow(dead_code)] // every test program uses a part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod home;
pub mod newsstand;
pub mod shelf;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// Longest wait for anything. Generous: the machine may be busy, and a wait that succeeds ends at once.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// A command with an environment of its own: a plain terminal, UTF-8, UTC, no configuration of the person.
pub fn program(path: impl AsRef<std::ffi::OsStr>) -> CommandBuilder {
    let mut command = CommandBuilder::new(path);
    command.env_clear();
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("PATH", "/usr/bin:/bin")] {
        command.env(name, value);
    }
    command
}

/// What the terminal has shown.
pub struct Shown {
    parser: vt100::Parser,
    /// Every byte that the program wrote.
    pub raw: Vec<u8>,
    /// The program closed the terminal.
    pub ended: bool,
}

impl Shown {
    /// The screen as text, a line a row, ends trimmed.
    pub fn text(&self) -> String {
        let columns = self.parser.screen().size().1.get();
        let lines: Vec<String> = self.parser.screen().rows(0, columns).map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n")
    }

    /// Whether the screen shows this somewhere.
    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// Whether the program is on the alternate screen.
    pub fn is_alternate(&self) -> bool {
        self.parser.screen().alternate_screen()
    }

    /// Whether the cursor is hidden.
    pub fn hides_cursor(&self) -> bool {
        self.parser.screen().hide_cursor()
    }

    /// Whether pastes are bracketed.
    pub fn brackets_paste(&self) -> bool {
        self.parser.screen().bracketed_paste()
    }

    /// How often a sequence of bytes was written.
    pub fn count(&self, bytes: &[u8]) -> usize {
        self.raw.windows(bytes.len()).filter(|window| *window == bytes).count()
    }
}

type Shared = Arc<(Mutex<Shown>, Condvar)>;

/// A program on a pseudo-terminal.
pub struct Pty {
    shared: Shared,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    pid: Pid,
    exit: mpsc::Receiver<u32>,
    hanging_up: Arc<AtomicBool>,
}

impl Pty {
    /// Starts the command on a terminal of so many columns and rows.
    pub fn spawn(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let pid = Pid::from_raw(child.process_id().expect("a process id").cast_signed()).expect("a process id");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let side = |length: u16| NonZeroU16::new(length).expect("a terminal has a size");
        let parser = vt100::Parser::new(side(rows), side(columns), 0);
        let shared: Shared = Arc::new((Mutex::new(Shown { parser, raw: Vec::new(), ended: false }), Condvar::new()));
        let reading = Arc::clone(&shared);
        let hanging_up = Arc::new(AtomicBool::new(false));
        let leaving = Arc::clone(&hanging_up);
        std::thread::spawn(move || {
            let mut bytes = [0; 8_192];
            loop {
                let read = reader.read(&mut bytes).unwrap_or(0);
                let mut shown = reading.0.lock().unwrap();
                shown.parser.process(&bytes[..read]);
                shown.raw.extend_from_slice(&bytes[..read]);
                reading.1.notify_all();
                if read == 0 || leaving.load(Ordering::SeqCst) {
                    break;
                }
            }
            // Before it is told: whoever waits for the end may want the terminal closed.
            drop(reader);
            reading.0.lock().unwrap().ended = true;
            reading.1.notify_all();
        });
        let (tell, exit) = mpsc::channel();
        std::thread::spawn(move || {
            let status = child.wait().expect("the program can be waited for");
            let _ = tell.send(status.exit_code());
        });
        Self { shared, master: Some(pair.master), writer: Some(writer), pid, exit, hanging_up }
    }

    /// Looks at what was shown so far.
    pub fn look<T>(&self, look: impl FnOnce(&Shown) -> T) -> T {
        look(&self.shared.0.lock().unwrap())
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.look(Shown::text)
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.look(|shown| shown.raw.len())
    }

    /// Waits until the condition holds; gives how long that took. Panics with the screen after [`DEADLINE`].
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut(&Shown) -> bool) -> Duration {
        let began = Instant::now();
        let mut shown = self.shared.0.lock().unwrap();
        while !holds(&shown) {
            let left = DEADLINE.saturating_sub(began.elapsed());
            assert!(!left.is_zero(), "waited in vain for {what}; the screen:\n{}", shown.text());
            shown = self.shared.1.wait_timeout(shown, left).unwrap().0;
        }
        began.elapsed()
    }

    /// Waits until the screen shows this.
    pub fn wait_for(&self, text: &str) -> Duration {
        self.wait_until(&format!("{text:?}"), |shown| shown.shows(text))
    }

    /// Waits until the screen shows this no more.
    pub fn wait_gone(&self, text: &str) -> Duration {
        self.wait_until(&format!("{text:?} to go"), |shown| !shown.shows(text))
    }

    /// Watches for so long; gives the bytes that were written meanwhile. For tests of what must *not* happen.
    pub fn watch(&self, time: Duration) -> Vec<u8> {
        let until = Instant::now() + time;
        let mut shown = self.shared.0.lock().unwrap();
        let from = shown.raw.len();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return shown.raw[from..].to_vec();
            }
            shown = self.shared.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Types, all at once.
    pub fn keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the terminal has not hung up");
        writer.write_all(keys.as_bytes()).expect("the terminal takes keys");
        writer.flush().expect("the terminal takes keys");
    }

    /// Types into a prompt that begins with this mark, and Enter when it stands there.
    pub fn submit(&mut self, mark: &str, words: &str) {
        self.keys(words);
        self.wait_for(&format!("{mark}{words}"));
        // Keys as quick as these are taken for a paste, and Enter right behind one for a part of it.
        self.watch(Duration::from_millis(250));
        self.keys("\r");
    }

    /// Gives the terminal a size, the same one perhaps. The system tells the program only about another one.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.shared.0.lock().unwrap().parser.screen_mut().set_size(
            NonZeroU16::new(rows).expect("a terminal has a size"),
            NonZeroU16::new(columns).expect("a terminal has a size"),
        );
        self.master.as_ref().expect("the terminal has not hung up").resize(size(columns, rows)).expect("a new size");
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("the program can be signalled");
    }

    /// The process id of the command that was started.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The terminal's local modes as text: `ICANON` and `ECHO` stand there when it is not raw.
    pub fn modes(&self) -> String {
        let modes = self.master.as_ref().and_then(|master| master.get_termios()).expect("the terminal has modes");
        format!("{:?}", modes.local_flags)
    }

    /// Waits for the end; gives the exit code (a signal's number is not told).
    pub fn wait_exit(&self) -> u32 {
        self.exit.recv_timeout(DEADLINE).expect("the program ends")
    }

    /// Waits for the end and until everything that was written has arrived; gives the exit code.
    pub fn wait_end(&self) -> u32 {
        let code = self.wait_exit();
        self.wait_until("the end of the output", |shown| shown.ended);
        code
    }

    /// Fails unless the terminal is the program's own: another screen, raw, without a cursor.
    #[track_caller]
    pub fn assert_taken(&self) {
        self.look(|shown| {
            assert!(shown.is_alternate() && shown.hides_cursor() && shown.brackets_paste());
        });
        assert!(!self.modes().contains("ICANON"), "not raw: {}", self.modes());
    }

    /// Fails unless the terminal is as it was before the program took it.
    #[track_caller]
    pub fn assert_restored(&self) {
        self.look(|shown| {
            assert!(!shown.is_alternate(), "still on the alternate screen:\n{}", shown.text());
            assert!(!shown.hides_cursor(), "no cursor");
            assert!(!shown.brackets_paste(), "pastes are still bracketed");
            for (on, off) in [("\x1b[?1004h", "\x1b[?1004l"), ("\x1b[?7l", "\x1b[?7h"), ("\x1b[?2026h", "\x1b[?2026l")]
            {
                let last = |sequence: &str| {
                    shown.raw.windows(sequence.len()).rposition(|window| window == sequence.as_bytes())
                };
                assert!(last(off) > last(on), "{off:?} is missing");
            }
        });
        let modes = self.modes();
        assert!(modes.contains("ICANON") && modes.contains("ECHO"), "still raw: {modes}");
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> Option<u32> {
        self.exit.try_recv().ok()
    }

    /// Stops reading what the program writes, as a stalled link does, until the end of the function given.
    pub fn while_stalled<T>(&self, act: impl FnOnce(&Self) -> T) -> T {
        let _shown = self.shared.0.lock().unwrap();
        act(self)
    }

    /// Closes the terminal under the program, which must be one that paints when the window changes.
    pub fn hang_up(&mut self) {
        // The reader holds the terminal open while it waits: another size makes it return.
        self.hanging_up.store(true, Ordering::SeqCst);
        self.resize(91, 27);
        self.wait_until("the last bytes", |shown| shown.ended);
        self.writer = None;
        self.master = None;
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = kill_process(self.pid, Signal::KILL);
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// CPU time that a process used so far, all of its threads.
pub fn cpu_time(pid: Pid) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).expect("/proc");
    let after_name = stat.rsplit(") ").next().expect("a name in brackets");
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime");
    Duration::from_millis(ticks * 10)
}

/// Context switches of a process so far, all of its threads.
pub fn switches(pid: Pid) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).expect("/proc");
    tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok())
        .flat_map(|status| status.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.contains("ctxt_switches"))
        .filter_map(|line| line.rsplit('\t').next()?.trim().parse::<u64>().ok())
        .sum()
}
