//! The program that the tests drive: the real screen on a real terminal, over a store in memory and news that a
//! script makes up. It is this test binary itself, started again.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use goodword::domain::{Role, SourceId, Subject, SubjectId, Timestamp};
use goodword::engine::{Event, Standing, SystemClock};
use goodword::tui::app;
use goodword::tui::input::Keymap;
use goodword::tui::runtime::{Newsroom, ScreenSettings, Setup, run};
use goodword::tui::theme::Theme;
use portable_pty::CommandBuilder;
use tokio::sync::broadcast;

use crate::support::shelf::{Shelf, row};
use crate::support::{Pty, program};

const SCRIPT: &str = "GOODWORD_TEST_SCRIPT";
/// What the newest mention says.
pub const NEWEST: &str = "chain snapped after two days";

/// The command that shows the screen.
pub fn command(script: &str) -> CommandBuilder {
    let mut command = program(std::env::current_exe().unwrap());
    command.args(arguments());
    command.env(SCRIPT, script);
    command
}

/// The same as a line for a shell.
pub fn line(script: &str) -> String {
    let path = std::env::current_exe().unwrap();
    format!("{SCRIPT}={script} '{}' {}", path.display(), arguments().join(" "))
}

/// A screen of 100×30 that shows the mentions.
pub fn start(script: &str) -> Pty {
    let pty = Pty::spawn(command(script), 100, 30);
    pty.wait_for(NEWEST);
    pty
}

fn arguments() -> [&'static str; 5] {
    ["--exact", "program::screen", "--ignored", "--nocapture", "--test-threads=1"]
}

/// What happens when a person asks to refresh.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Nothing,
    PanicOfTheScreen,
    PanicWithASecret,
    PanicOfATask,
    Stray,
    Stuck,
    Flood,
}

struct Town {
    script: Script,
    shelf: Arc<Shelf>,
    news: broadcast::Sender<Event>,
}

#[async_trait::async_trait]
impl Newsroom for Town {
    fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.news.subscribe()
    }

    fn so_far(&self) -> Vec<Event> {
        vec![Event::Standing(Standing::Collecting)]
    }

    #[allow(clippy::print_stderr)]
    fn refresh(&self, _: Option<SourceId>) -> bool {
        match self.script {
            Script::PanicOfTheScreen => panic!("the town fell down"),
            Script::PanicWithASecret => panic!("the town fell at https://ana:hunter2@town.example/, token=hunter2"),
            Script::PanicOfATask => {
                self.shelf.panics.store(true, Ordering::SeqCst);
                let _ = self.news.send(Event::Changed);
            }
            Script::Stray => eprintln!("a stray line"),
            Script::Stuck => loop {
                std::thread::park();
            },
            Script::Nothing | Script::Flood => {}
        }
        true
    }

    async fn pause(&self, paused: bool) -> goodword::store::StoreResult<()> {
        goodword::store::Store::set_paused(&*self.shelf, paused).await
    }

    async fn correct(
        &self,
        ids: &[goodword::domain::MentionId],
        _: Option<goodword::domain::SubjectId>,
        _: goodword::domain::Said,
        _: goodword::domain::Occasion,
    ) -> goodword::store::StoreResult<Vec<goodword::domain::CorrectionId>> {
        Ok(ids.iter().map(|id| goodword::domain::CorrectionId(id.0)).collect())
    }

    async fn undo_corrections(&self, ids: &[goodword::domain::CorrectionId]) -> goodword::store::StoreResult<u64> {
        Ok(ids.len() as u64)
    }

    async fn reasons(
        &self,
        _: goodword::domain::MentionId,
    ) -> goodword::store::StoreResult<Option<goodword::engine::Reasons>> {
        Ok(None)
    }
}

/// Five hundred mentions a second, one by one.
async fn flood(shelf: Arc<Shelf>, news: broadcast::Sender<Event>) {
    let next = AtomicI64::new(10_000);
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    loop {
        pace.tick().await;
        for _ in 0..10 {
            let new = row(next.fetch_add(1, Ordering::SeqCst), "one of very many");
            shelf.add(new.clone());
            let _ = news.send(Event::Recorded { source: SourceId(1), new: Arc::new([new]), changed: 0 });
        }
    }
}

async fn show(script: Script) -> i32 {
    let shelf = Arc::new(Shelf::of((9_900..9_999).map(|id| row(id, "a word")).chain([row(9_999, NEWEST)]).collect()));
    let (news, _) = broadcast::channel(512);
    let mut tasks = tokio::task::JoinSet::new();
    if script == Script::Flood {
        tasks.spawn(flood(Arc::clone(&shelf), news.clone()));
    }
    let mut model = app::Setup::new("Ferris Bikes", jiff::tz::TimeZone::UTC, Timestamp::UNIX_EPOCH, (0, 0));
    model.subjects = vec![Subject { id: SubjectId(1), name: "Ferris Bikes".to_owned(), role: Role::Brand }];
    let ended = run(Setup {
        store: Arc::clone(&shelf) as _,
        newsroom: Arc::new(Town { script, shelf, news }),
        model,
        keymap: Keymap::new(&[]).unwrap(),
        theme: Theme::standard(),
        clock: Arc::new(SystemClock),
        screen: ScreenSettings::default(),
        save_watch: None,
        eraser: None,
        reload: None,
        narrator: tokio::sync::mpsc::channel(1).1,
    })
    .await;
    let (said, code) = match ended {
        Ok(why) => (format!("ended: {why:?}"), why.exit_code()),
        Err(error) => (error.to_string(), 1),
    };
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stdout(), "{said}");
    code
}

#[test]
#[ignore = "is started by the other tests, on a terminal"]
fn screen() {
    let Ok(script) = std::env::var(SCRIPT) else { return };
    let script = match script.as_str() {
        "panic-of-the-screen" => Script::PanicOfTheScreen,
        "panic-with-a-secret" => Script::PanicWithASecret,
        "panic-of-a-task" => Script::PanicOfATask,
        "stray" => Script::Stray,
        "stuck" => Script::Stuck,
        "flood" => Script::Flood,
        _ => Script::Nothing,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let code = runtime.block_on(show(script));
    std::process::exit(code);
}
