use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;

use super::super::shelf::{NOW, Shelf, row};
use super::super::{Reloaded, ScreenSettings};
use super::*;
use crate::domain::{SourceId, Subject, Timestamp};
use crate::engine::{ManualClock, SystemClock};
use crate::tui::app::{self, Cmd, Emoji, KeyNames, Reconfigured};
use crate::tui::input::{KeyChoice, Keymap};
use crate::tui::terminal::{Modes, TerminalError};

/// What happened to the terminal.
#[derive(Default)]
struct Desk {
    written: Mutex<Vec<u8>>,
    log: Mutex<Vec<&'static str>>,
    gone: AtomicBool,
    full: AtomicBool,
    size: Mutex<(u16, u16)>,
    alone: AtomicBool,
}

impl Desk {
    /// What was written.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }

    /// What a terminal of 100×30 shows by now.
    fn shows(&self, text: &str) -> bool {
        let side = |length: u16| std::num::NonZeroU16::new(length).unwrap();
        let mut terminal = vt100::Parser::new(side(30), side(100), 0);
        terminal.process(&self.written.lock().unwrap());
        terminal.screen().contents().contains(text)
    }
}

struct FakeConsole {
    desk: Arc<Desk>,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl Console for FakeConsole {
    async fn next(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }
    fn try_next(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }
    fn size(&self) -> io::Result<(u16, u16)> {
        if self.desk.gone.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(*self.desk.size.lock().unwrap())
    }
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.desk.gone.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(5));
        }
        if self.desk.full.load(Ordering::SeqCst) {
            return Err(io::Error::other("out of ink"));
        }
        self.desk.written.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }
    fn leave(&mut self) {
        self.desk.log.lock().unwrap().push("leave");
    }
    fn enter(&mut self) -> Result<(), TerminalError> {
        self.desk.log.lock().unwrap().push("enter");
        Ok(())
    }
    fn can_stop(&self) -> bool {
        !self.desk.alone.load(Ordering::SeqCst)
    }
    fn stop(&mut self) {
        self.desk.log.lock().unwrap().push("stop");
    }
}

struct Town {
    news: broadcast::Sender<News>,
    collects: AtomicBool,
}

#[async_trait::async_trait]
impl Newsroom for Town {
    fn subscribe(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }
    fn so_far(&self) -> Vec<News> {
        Vec::new()
    }
    fn refresh(&self, _: Option<SourceId>) -> bool {
        self.collects.load(Ordering::SeqCst)
    }
    async fn pause(&self, paused: bool) -> crate::store::StoreResult<()> {
        self.news.send(News::Paused(paused)).unwrap();
        Ok(())
    }

    async fn correct(
        &self,
        ids: &[crate::domain::MentionId],
        _: Option<crate::domain::SubjectId>,
        _: crate::domain::Said,
        _: crate::domain::Occasion,
    ) -> crate::store::StoreResult<Vec<crate::domain::CorrectionId>> {
        Ok(ids.iter().map(|id| crate::domain::CorrectionId(id.0)).collect())
    }

    async fn undo_corrections(&self, ids: &[crate::domain::CorrectionId]) -> crate::store::StoreResult<u64> {
        Ok(ids.len() as u64)
    }

    async fn reasons(&self, _: crate::domain::MentionId) -> crate::store::StoreResult<Option<crate::engine::Reasons>> {
        Ok(None)
    }
}

/// A screen with everything around it.
struct World {
    desk: Arc<Desk>,
    shelf: Arc<Shelf>,
    town: Arc<Town>,
    clock: Arc<ManualClock>,
    type_in: mpsc::UnboundedSender<Heard>,
    tell: mpsc::Sender<Signal>,
    cycle: Cycle<FakeConsole>,
}

fn world(change: impl FnOnce(&mut Setup)) -> World {
    let desk = Arc::new(Desk { size: Mutex::new((100, 30)), ..Desk::default() });
    let shelf = Arc::new(Shelf::of((9_960..9_990).map(|id| row(id, "a chain snapped")).collect()));
    let town = Arc::new(Town { news: broadcast::channel(8).0, collects: AtomicBool::new(true) });
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()));
    let mut model = app::Setup::new("Ferris", TimeZone::UTC, Timestamp::UNIX_EPOCH, (0, 0));
    model.subjects = vec![Subject { id: SubjectId(1), name: "Ferris".to_owned(), role: Role::Brand }];
    let mut setup = Setup {
        store: Arc::clone(&shelf) as _,
        newsroom: Arc::clone(&town) as _,
        model,
        keymap: Keymap::new(&[]).unwrap(),
        theme: Theme::mono(),
        clock: Arc::clone(&clock) as _,
        screen: ScreenSettings::default(),
        save_watch: None,
        eraser: None,
        reload: None,
        narrator: mpsc::channel(1).1,
    };
    change(&mut setup);
    let (type_in, heard) = mpsc::unbounded_channel();
    let (tell, signals) = mpsc::channel(16);
    let console = FakeConsole { desk: Arc::clone(&desk), heard };
    let cycle = Cycle::new(console, signals, setup).unwrap();
    World { desk, shelf, town, clock, type_in, tell, cycle }
}

impl World {
    fn key(&self, sign: char) {
        self.code(KeyCode::Char(sign), KeyModifiers::NONE);
    }

    fn code(&self, code: KeyCode, modifiers: KeyModifiers) {
        let event = Event::Key(KeyEvent::new(code, modifiers));
        self.type_in.send(Heard { at: Instant::now(), event }).unwrap();
    }

    /// Goes round until the condition holds.
    async fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
            let mut round = Box::pin(self.cycle.go_round());
            if let Ok(ended) = tokio::time::timeout(Duration::from_millis(20), &mut round).await {
                panic!("ended with {ended:?} before {what}");
            }
        }
    }

    fn notice(&self) -> String {
        self.cycle.model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_key_leaves() {
    let mut world = world(|_| ());
    world.code(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(world.cycle.run().await.unwrap(), Why::Asked);
}

#[tokio::test]
async fn signals_come_before_keys() {
    let mut world = world(|_| ());
    world.code(KeyCode::Char('c'), KeyModifiers::CONTROL);
    world.tell.send(Signal::End(Why::Terminated)).await.unwrap();
    assert_eq!(world.cycle.run().await.unwrap(), Why::Terminated);
}

#[tokio::test]
async fn a_terminal_that_is_gone_ends_it_however_that_shows() {
    // The reader says so.
    let mut by_reader = world(|_| ());
    by_reader.type_in.send(Heard { at: Instant::now(), event: Event::Closed }).unwrap();
    assert_eq!(by_reader.cycle.run().await.unwrap(), Why::HungUp);
    // A frame cannot be written.
    let mut by_frame = world(|_| ());
    by_frame.desk.gone.store(true, Ordering::SeqCst);
    assert_eq!(by_frame.cycle.run().await.unwrap(), Why::HungUp);
    // Nothing is drawn and nothing is read: the watch asks.
    let mut by_watch = world(|_| ());
    by_watch.until("a first frame", |world| world.desk.text().contains("Ferris")).await;
    by_watch.desk.gone.store(true, Ordering::SeqCst);
    by_watch.cycle.watch = Instant::now();
    assert_eq!(by_watch.cycle.run().await.unwrap(), Why::HungUp);
}

#[tokio::test]
async fn any_other_error_of_drawing_is_told() {
    let mut world = world(|_| ());
    world.desk.full.store(true, Ordering::SeqCst);
    let error = world.cycle.run().await.unwrap_err();
    assert_eq!(error.to_string(), "the screen cannot be drawn any more: out of ink");
}

#[tokio::test]
async fn rows_of_the_store_reach_the_screen_and_then_it_rests() {
    let mut world = world(|_| ());
    world.until("the rows", |world| world.desk.text().contains("a chain snapped")).await;
    world.until("rest", |world| world.cycle.frames.due().is_none()).await;
    let written = world.desk.text().len();
    let round = tokio::time::timeout(Duration::from_millis(300), world.cycle.go_round()).await;
    assert!(round.is_err());
    assert_eq!(world.desk.text().len(), written, "something was written while nothing changed");
}

#[tokio::test]
async fn who_lags_behind_the_news_reads_the_store_again() {
    let mut world = world(|setup| setup.clock = Arc::new(SystemClock));
    world.until("the rows", |world| world.desk.text().contains("a chain snapped")).await;
    world.shelf.add(row(9_999, "the one that was missed"));
    // More than the channel holds, none of which concerns rows.
    for _ in 0..20 {
        world.town.news.send(News::Source { source: SourceId(1), polling: true, outcome: None }).unwrap();
    }
    world.until("the missed row", |world| world.desk.shows("the one that was missed")).await;
}

#[tokio::test]
async fn the_minute_changes_on_the_screen() {
    let mut world = world(|_| ());
    world.until("the time", |world| world.desk.text().contains("09:00")).await;
    world.clock.set(Timestamp::from_second(NOW + 60).unwrap());
    // Whatever wakes the loop makes it look at the clock.
    world.type_in.send(Heard { at: Instant::now(), event: Event::Focus(true) }).unwrap();
    let minute = Timestamp::from_second(NOW + 60).unwrap();
    world.until("the next minute", |world| world.cycle.model.context().now() == minute).await;
}

#[tokio::test]
async fn to_the_shell_and_back() {
    let mut world = world(|_| ());
    world.until("a first frame", |world| world.desk.text().contains("Ferris")).await;
    world.desk.log.lock().unwrap().clear();
    world.desk.written.lock().unwrap().clear();
    *world.desk.size.lock().unwrap() = (80, 24);
    world.code(KeyCode::Char('z'), KeyModifiers::CONTROL);
    let tell = world.tell.clone();
    let mut shell = tokio::task::JoinSet::new();
    shell.spawn(async move { tell.send(Signal::Continued).await.unwrap() });
    world.until("the screen again", |world| world.desk.text().contains("\x1b[2J")).await;
    let log = world.desk.log.lock().unwrap().clone();
    assert_eq!(log[..2], ["leave", "stop"]);
    assert!(log.ends_with(&["leave", "enter"]), "{log:?}");
    assert_eq!(world.cycle.screen.size(), (80, 24));
}

#[tokio::test]
async fn a_signal_ends_a_program_that_waits_in_the_shell() {
    let mut world = world(|_| ());
    world.code(KeyCode::Char('z'), KeyModifiers::CONTROL);
    let tell = world.tell.clone();
    let desk = Arc::clone(&world.desk);
    let mut shell = tokio::task::JoinSet::new();
    shell.spawn(async move {
        while !desk.log.lock().unwrap().contains(&"stop") {
            tokio::task::yield_now().await;
        }
        tell.send(Signal::End(Why::Terminated)).await.unwrap();
    });
    assert_eq!(world.cycle.run().await.unwrap(), Why::Terminated);
}

#[tokio::test]
async fn a_burst_of_sizes_is_measured_once_and_at_last() {
    let mut world = world(|_| ());
    world.until("a first frame", |world| world.desk.text().contains("Ferris")).await;
    world.desk.written.lock().unwrap().clear();
    for columns in 60..76 {
        *world.desk.size.lock().unwrap() = (columns, 20);
        world.tell.send(Signal::Resized).await.unwrap();
    }
    world.until("the last size", |world| world.cycle.screen.size() == (75, 20)).await;
    world.until("the repaint", |world| world.desk.text().contains("Ferris")).await;
    assert_eq!(world.desk.text().matches("\x1b[2J").count(), 1);
}

#[tokio::test]
async fn a_new_configuration_brings_new_keys() {
    let undo = KeyChoice { action: "leave".to_owned(), place: String::new(), keys: vec![("x".into(), String::new())] };
    let mut world = world(|setup| {
        setup.reload = Some(Arc::new(move || {
            let keymap = Keymap::new(std::slice::from_ref(&undo)).unwrap();
            Box::pin(async move {
                let model = Reconfigured {
                    writer: app::Writer::default(),
                    subjects: Vec::new(),
                    watches: Vec::new(),
                    tell_factor: 10.0,
                    target: crate::domain::time::SignedDuration::from_mins(10),
                    hours: None,
                    voice: None,
                    emoji: Emoji::Text,
                    keys: KeyNames::default(),
                };
                Ok(Reloaded { model, keymap, theme: Theme::mono(), notice: "read anew".to_owned() })
            })
        }));
    });
    world.tell.send(Signal::Reload).await.unwrap();
    world.until("the notice", |world| world.notice() == "read anew").await;
    world.key('x');
    assert_eq!(world.cycle.run().await.unwrap(), Why::Asked);
}

#[tokio::test]
async fn without_a_configuration_there_is_nothing_to_read_anew() {
    let mut world = world(|_| ());
    world.tell.send(Signal::Reload).await.unwrap();
    world.until("the notice", |world| world.notice().contains("no configuration file")).await;
}

#[tokio::test]
async fn the_title_is_told_only_when_wanted_and_the_bell_rings_only_when_allowed() {
    let mut plain = world(|_| ());
    plain.cycle.carry_out(vec![Cmd::Bell]).unwrap();
    assert!(!plain.desk.text().contains('\x07'), "{:?}", plain.desk.text());
    let mut loud = world(|setup| {
        setup.screen.bell = true;
        setup.screen.modes = Modes { title: true, ..Modes::default() };
    });
    assert!(loud.desk.text().contains("\x1b]2;goodword · Ferris\x07"));
    loud.cycle.carry_out(vec![Cmd::Bell]).unwrap();
    assert!(loud.desk.text().ends_with('\x07'));
}

#[tokio::test]
async fn what_cannot_be_done_here_is_said() {
    let mut world = world(|_| ());
    world.town.collects.store(false, Ordering::SeqCst);
    world.desk.alone.store(true, Ordering::SeqCst);
    world.cycle.browser = Browser::new(None, Surroundings { ssh: true, ..Surroundings::default() });
    for (command, said) in [
        (Cmd::Refresh(None), "another goodword collects"),
        (Cmd::Browse("https://example.com/1".to_owned()), "no browser here, the link is https://example.com/1"),
        (Cmd::Copy("words".to_owned()), "sent to the terminal's clipboard: 5 characters"),
    ] {
        world.cycle.carry_out(vec![command.clone()]).unwrap();
        assert!(world.notice().contains(said), "{command:?}: {}", world.notice());
        world.cycle.tell(Msg::Act { action: app::Action::Down, count: None }, Urgency::Key).unwrap();
    }
    world.cycle.carry_out(vec![Cmd::Suspend]).unwrap();
    world.until("the notice", |world| world.notice().contains("no shell")).await;
}

#[tokio::test]
async fn five_hundred_news_a_second_are_folded_into_few_frames_and_a_key_is_not_kept_waiting() {
    let mut world = world(|setup| setup.clock = Arc::new(SystemClock));
    world.until("a first frame", |world| world.desk.text().contains("Ferris")).await;
    world.desk.written.lock().unwrap().clear();
    let (town, shelf, type_in) = (Arc::clone(&world.town), Arc::clone(&world.shelf), world.type_in.clone());
    let pressed = Arc::new(Mutex::new(None));
    let pressing = Arc::clone(&pressed);
    let mut flood = tokio::task::JoinSet::new();
    flood.spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        for step in 0..100_i64 {
            pace.tick().await;
            for id in 0..5 {
                let new = row(20_000 + 5 * step + id, "one of many");
                shelf.add(new.clone());
                let _ = town.news.send(News::Recorded { source: SourceId(1), new: Arc::new([new]), changed: 0 });
            }
            if step == 50 {
                *pressing.lock().unwrap() = Some(Instant::now());
                let event = Event::Key(KeyEvent::new(KeyCode::Char('7'), KeyModifiers::NONE));
                type_in.send(Heard { at: Instant::now(), event }).unwrap();
            }
        }
    });
    let mut echoed = None;
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1_100) {
        world.cycle.draw_if_due().unwrap();
        if world.cycle.model.status().pending() == "7" && world.cycle.frames.due().is_none() {
            echoed.get_or_insert_with(Instant::now);
        }
        let woken = tokio::time::timeout(Duration::from_millis(50), world.cycle.wait()).await;
        if let Ok(woken) = woken {
            world.cycle.take(woken).unwrap();
        }
        world.cycle.drain().unwrap();
        world.cycle.timers_struck().unwrap();
    }
    let frames = world.desk.text().matches("\x1b[?2026h").count();
    // At most ten a second, the key's, and those of the answers to it: nowhere near the hundred batches.
    assert!((2..=45).contains(&frames), "{frames} frames");
    let waited = echoed.expect("the key was drawn") - pressed.lock().unwrap().expect("the key was pressed");
    assert!(waited < Duration::from_millis(100), "{waited:?} on a machine that has other work too");
}

#[tokio::test]
async fn one_key_pauses_all_traffic_and_lifts_it_again() {
    let mut world = world(|_| ());
    world.key('P');
    world.until("the pause", |world| world.cycle.model.status().paused() && !world.notice().is_empty()).await;
    assert!(world.notice().contains("paused"), "{}", world.notice());
    world.key('R');
    world.until("the refusal", |world| world.notice().contains("lift")).await;
    world.key('P');
    world.until("the end of it", |world| !world.cycle.model.status().paused()).await;
    world.until("a word about it", |world| world.notice().contains("asked again")).await;
}

/// The first mention, and an answer to it begun with these words.
async fn writes(world: &mut World, words: &str) {
    world.until("the rows", |world| world.desk.text().contains("a chain snapped")).await;
    world.key('j');
    world.key('r');
    world.until("the sheet", |world| world.cycle.model.composer().is_some()).await;
    for sign in words.chars() {
        world.key(sign);
    }
    let words = words.to_owned();
    let written = move |world: &World| world.cycle.model.composer().is_some_and(|sheet| sheet.paper().text() == words);
    world.until("the words", written).await;
}

#[tokio::test]
async fn a_hang_up_stores_what_was_being_written() {
    let mut world = world(|_| ());
    writes(&mut world, "half a thought").await;
    world.desk.gone.store(true, Ordering::SeqCst);
    world.type_in.send(Heard { at: Instant::now(), event: Event::Closed }).unwrap();
    assert_eq!(world.cycle.run().await.unwrap(), Why::HungUp);
    world.cycle.close().await;
    let kept = world.shelf.tray.outgoings.lock().unwrap().clone();
    assert_eq!(kept.iter().map(|one| one.text()).collect::<Vec<_>>(), ["half a thought"]);
}

#[tokio::test]
async fn four_tenths_of_a_second_after_a_letter_it_is_stored() {
    let mut world = world(|setup| setup.clock = Arc::new(SystemClock));
    writes(&mut world, "words").await;
    world.until("the draft", |world| !world.shelf.tray.outgoings.lock().unwrap().is_empty()).await;
    assert_eq!(world.shelf.tray.outgoings.lock().unwrap()[0].text(), "words");
}

#[tokio::test]
async fn the_editor_has_the_terminal_and_gives_it_back() {
    let directory = tempfile::tempdir().unwrap();
    for (editor, expected, notice) in [
        ("printf 'from the editor\\n' >", "from the editor", ""),
        ("false", "words", "the editor failed"),
        ("/no/such/editor", "words", "the editor failed"),
    ] {
        let mut world = world(|setup| {
            setup.screen.editor = Some(editor.to_owned());
            setup.screen.scratch = Some(directory.path().to_owned());
        });
        writes(&mut world, "words").await;
        world.desk.log.lock().unwrap().clear();
        let at = Instant::now() + Duration::from_secs(1);
        let chord = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::CONTROL);
        world.type_in.send(Heard { at, event: Event::Key(chord) }).unwrap();
        let at = at + Duration::from_millis(100);
        world.type_in.send(Heard { at, event: Event::Key(KeyEvent::from(KeyCode::Char('e'))) }).unwrap();
        // In one piece: what is dropped in the middle would end the editor.
        let back = |world: &World| world.desk.log.lock().unwrap().contains(&"enter");
        let began = Instant::now();
        while !back(&world) && began.elapsed() < Duration::from_secs(20) {
            let _ = tokio::time::timeout(Duration::from_secs(2), world.cycle.go_round()).await;
        }
        assert!(world.desk.log.lock().unwrap().starts_with(&["leave"]), "{editor}");
        assert!(world.notice().contains(notice), "{editor}: {}", world.notice());
        assert_eq!(world.cycle.model.composer().unwrap().paper().text(), expected, "{editor}");
        assert_eq!(world.shelf.tray.outgoings.lock().unwrap()[0].text(), "words", "stored before");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "the file is gone");
    }
}
