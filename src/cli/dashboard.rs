//! The dashboard: engine, screen and everything between them, for the configuration, `watch` and `demo` alike.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::args::Everywhere;
use super::error::{CliError, CliResult};
use super::house::{House, orders};
use super::output;
use crate::config::{self, Config, EmojiChoice};
use crate::domain::{Clock, SafeText, SourceHealth};
use crate::engine::{Engine, EngineHandle, SystemClock};
use crate::language::Readers;
use crate::sources::Source;
use crate::store::sqlite::SqliteStore;
use crate::store::{LeaseState, Store};
use crate::tui::app::msg::{Notice, Weight};
use crate::tui::app::{self, Emoji, Occasion};
use crate::tui::input::{KeyChoice, Keymap};
use crate::tui::runtime::{self, Reload, Reloaded, SaveWatch, ScreenSettings, Setup};
use crate::tui::terminal::Modes;
use crate::tui::theme::Theme;

/// A dashboard about to open.
pub struct Opening {
    /// Configuration and places.
    pub house: House,
    /// What is listened to.
    pub sources: Vec<Source>,
    /// What is peculiar to this run.
    pub occasion: Occasion,
    /// Who answers at this screen, when the arguments say so.
    pub voice: Option<String>,
    /// Said first on the status line.
    pub notices: Vec<String>,
    /// Who tells a story beside what happens.
    pub narrator: Option<mpsc::Receiver<String>>,
}

/// `goodword` without a command.
///
/// # Errors
/// What keeps the dashboard from opening, or ended it.
pub async fn ordinary(everywhere: &Everywhere, voice: Option<String>) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let sources = house.sources()?;
    let notices = house.config.remarks().into_iter().chain(super::voice::remarks(&house.config)).collect();
    open(Opening { house, sources, occasion: Occasion::Ordinary, voice, notices, narrator: None }, everywhere).await
}

/// Opens the dashboard and stays until a person leaves.
///
/// # Errors
/// What keeps the dashboard from opening, or ended it.
pub async fn open(opening: Opening, everywhere: &Everywhere) -> CliResult<u8> {
    let Opening { house, sources, occasion, voice, notices, narrator } = opening;
    let keymap = keymap(&house.config)?;
    let asked = voice.clone();
    let voice = super::voice::named(&house.config, voice)?;
    let _log = house.log(everywhere);
    let store = house.store().await?;
    super::campaigns::adopt(&house, &store).await?;
    let plan = house.plan(Arc::clone(&store), sources);
    let coach = Arc::clone(&plan.readers);
    let engine = Arc::new(Engine::start(plan).await.map_err(|error| CliError::message(error.to_string()))?);
    let mut setup = setup(&house, &store, &engine, keymap, occasion, notices);
    setup.model.writer = super::voice::writer(&house.config, voice.as_deref(), Arc::clone(&coach));
    setup.reload = house.file.clone().map(|file| reload(file, Arc::clone(&engine), asked, coach));
    setup.eraser = Some(Arc::new(super::forget::ForScreen {
        store: Arc::clone(&store),
        engine: Arc::clone(&engine),
        data: house.data.clone(),
        logs: house.logs.clone(),
    }));
    setup.model.voice = voice;
    if let Some(narrator) = narrator {
        setup.narrator = narrator;
    }
    setup.model.target = house.config.answering.target;
    setup.model.hours.clone_from(&house.config.answering.hours);
    let ended = runtime::run(setup).await;
    let troubles = troubles(&*store).await;
    // Every other owner went with the screen.
    if let Some(engine) = Arc::into_inner(engine) {
        engine.shutdown().await;
    }
    store.close().await;
    let why = ended?;
    if occasion == Occasion::Ordinary {
        troubles.iter().for_each(output::remark);
    }
    Ok(u8::try_from(why.exit_code()).unwrap_or(1))
}

/// Fails when another process collects into the same data directory for other subjects or sources: they would
/// hide one another's.
///
/// # Errors
/// Then, or when the store cannot be read.
pub async fn refuse_strangers(house: &House, store: &SqliteStore, sources: &[Source]) -> CliResult {
    let (now, life) = (SystemClock.now(), crate::domain::time::SignedDuration::from_secs(2));
    match store.take_lease(&crate::engine::holder_name(), now, life).await? {
        LeaseState::Ours(lease) => store.release_lease(&lease).await?,
        LeaseState::Theirs(lease) => {
            let theirs: Vec<String> = store.sources().await?.into_iter().map(|source| source.name).collect();
            let ours: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            let subjects = store.adopted().await?.subjects;
            let same =
                theirs == ours && subjects.first().is_some_and(|subject| subject.name == house.config.brand.name);
            if !same {
                return Err(CliError::message(format!(
                    "another goodword ({}) listens for {} with the data directory {}: end it, or name another directory \
                     with --data-dir",
                    lease.holder,
                    subjects.first().map_or("something else", |subject| subject.name.as_str()),
                    house.data.display()
                )));
            }
        }
    }
    Ok(())
}

/// A line for each source that does not work, for the shell that the person returns to.
async fn troubles(store: &dyn Store) -> Vec<String> {
    let Ok(sources) = store.sources().await else { return Vec::new() };
    let bad = sources.into_iter().filter(|state| matches!(state.health, SourceHealth::Failing | SourceHealth::Stopped));
    bad.map(|state| format!("{}: {}", SafeText::line(&state.name, 80), state.trouble)).collect()
}

fn setup(
    house: &House,
    store: &Arc<SqliteStore>,
    engine: &Arc<EngineHandle>,
    keymap: Keymap,
    occasion: Occasion,
    notices: Vec<String>,
) -> Setup {
    let config = &house.config;
    let clock = Arc::new(SystemClock);
    let adopted = engine.adopted();
    let mut model = app::Setup::new(config.brand.name.clone(), house.zone(), clock.now(), (80, 24));
    model.subjects.clone_from(&adopted.subjects);
    model.watches.clone_from(&adopted.watches);
    model.tell_factor = config.weights.tell_factor;
    model.occasion = occasion;
    model.can_save_watch = house.file.is_some();
    model.emoji = emoji(config);
    model.keys = keymap.names();
    let warnings = keymap.warnings().iter().map(ToString::to_string);
    model.notices = notices
        .into_iter()
        .chain(warnings)
        .map(|text| Notice { weight: Weight::Info, text: SafeText::line(&text, 300) })
        .collect();
    Setup {
        store: Arc::<SqliteStore>::clone(store),
        newsroom: Arc::<EngineHandle>::clone(engine),
        model,
        theme: theme(config),
        keymap,
        clock,
        screen: ScreenSettings {
            modes: Modes { synchronized: config.screen.sync_output, ..Modes::default() },
            bell: config.screen.bell,
            browser: config.screen.browser.clone(),
            editor: super::voice::editor(),
            scratch: Some(house.data.clone()),
        },
        save_watch: house.file.clone().map(|file| save_watch(file, config.brand.name.clone())),
        reload: None,
        eraser: None,
        narrator: mpsc::channel(1).1,
    }
}

fn theme(config: &Config) -> Theme {
    let colours = config.screen.colour.with_environment(std::env::var_os("NO_COLOR").as_deref());
    let theme = if colours == config::ColourChoice::None { Theme::mono() } else { Theme::standard() };
    if speaks_utf8() { theme } else { theme.in_ascii() }
}

/// Whether the locale says that the terminal shows UTF-8; what says nothing is taken to.
fn speaks_utf8() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        locale.contains("utf-8")
            || locale.contains("utf8")
            || !locale.contains('.') && locale != "c" && locale != "posix"
    })
}

fn emoji(config: &Config) -> Emoji {
    match config.screen.emoji {
        EmojiChoice::Text => Emoji::Text,
        EmojiChoice::Raw => Emoji::Raw,
    }
}

/// The keys of the table with the configuration's over them.
///
/// # Errors
/// What is wrong with them, at its place in the file.
pub fn keymap(config: &Config) -> CliResult<Keymap> {
    let choices: Vec<KeyChoice> = config
        .keys
        .iter()
        .map(|binding| KeyChoice {
            action: binding.action.value.clone(),
            place: config.at(binding.action.place),
            keys: binding.chords.iter().map(|chord| (chord.value.clone(), config.at(chord.place))).collect(),
        })
        .collect();
    Keymap::new(&choices).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        CliError::message(errors.join("\n")).refused()
    })
}

fn save_watch(file: PathBuf, brand: String) -> SaveWatch {
    Arc::new(move |name, query| {
        config::edit::append_watch(&file, name, &brand, query)
            .map(|_| format!("saved the watch \"{name}\" in {}", file.display()))
            .map_err(|error| error.to_string())
    })
}

/// Reads the file again and puts its watches, answering, voices, keys and looks to work; what needs a restart is said.
/// `asked` is the voice that the arguments name, which goes before the file's.
fn reload(file: PathBuf, engine: Arc<EngineHandle>, asked: Option<String>, readers: Arc<Readers>) -> Reload {
    let current: Arc<tokio::sync::Mutex<Option<Config>>> = Arc::default();
    Arc::new(move || {
        let (file, engine, current) = (file.clone(), Arc::clone(&engine), Arc::clone(&current));
        let (asked, readers) = (asked.clone(), Arc::clone(&readers));
        Box::pin(async move {
            let config = Config::load(&file).map_err(|errors| errors.line())?;
            let keymap = keymap(&config).map_err(|error| error.to_string())?;
            let voice = super::voice::named(&config, asked).map_err(|error| error.to_string())?;
            let adopted = engine.rewatch(orders(&config)).await.map_err(|error| error.to_string())?;
            engine.adopt_campaigns(&config.campaign_terms()).await.map_err(|error| error.to_string())?;
            let mut before = current.lock().await;
            let changed =
                before.replace(config.clone()).map(|old| config::reload::Changed::between(&old, config.clone()));
            let restart = changed.is_some_and(|changed| changed.sources || changed.data);
            let notice = if restart {
                "configuration read again; start goodword anew for the changed sources".to_owned()
            } else {
                "configuration read again".to_owned()
            };
            Ok(Reloaded {
                model: app::Reconfigured {
                    subjects: adopted.subjects.clone(),
                    watches: adopted.watches.clone(),
                    tell_factor: config.weights.tell_factor,
                    target: config.answering.target,
                    hours: config.answering.hours.clone(),
                    emoji: emoji(&config),
                    keys: keymap.names(),
                    writer: super::voice::writer(&config, voice.as_deref(), readers),
                    voice,
                },
                theme: theme(&config),
                keymap,
                notice,
            })
        })
    })
}
