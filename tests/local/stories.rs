//! The stories that come with goodword, replayed by the town over loopback HTTP and collected as the program does, and
//! what becomes of their campaigns when one thing is another.

use std::sync::Arc;
use std::time::Duration;

use goodword::demo::{Format, Scenario, Town};
use goodword::domain::campaign::Terms;
use goodword::domain::time::SignedDuration;
use goodword::domain::{BrandSize, Clock, Role, Timestamp};
use goodword::engine::books::Books;
use goodword::engine::campaigns::{Keeper, Report, Scale};
use goodword::engine::{EnginePlan, ManualClock, poll_all_once};
use goodword::language::Readers;
use goodword::measure::giving::Table;
use goodword::measure::giving::health::{Band, Health};
use goodword::store::sqlite::SqliteStore;
use goodword::store::{Campaigns, Cases, Roster, RosterWatch, Store};
use tokio_util::sync::CancellationToken;

use super::source;

/// When the stories begin.
fn begun() -> Timestamp {
    "2011-03-12T12:00:00Z".parse().unwrap()
}

/// A story that was played to its end, collected into a store.
struct Played {
    store: Arc<SqliteStore>,
    readers: Arc<Readers>,
    scale: Scale,
    end: Timestamp,
    _directory: tempfile::TempDir,
}

impl Played {
    async fn of(story: &Scenario) -> Self {
        let frame = &story.frame;
        let last = story.posts.iter().map(|post| post.at).fold(0.0, f64::max);
        let end = begun() + SignedDuration::from_secs_f64(60.0 * (last + 1.0));
        let clock = Arc::new(ManualClock::at(begun()));
        let town = Town::open(story.clone(), Arc::clone(&clock) as Arc<dyn Clock>, 1.0).await.unwrap();
        clock.set(end);
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let sources = town.addresses().iter().map(|(name, address)| {
            source("town", |settings| (settings.name, settings.url) = (name.clone(), address.parse().ok()))
        });
        assert!(frame.places.iter().all(|place| place.format == Format::Town));
        let watch = |watch: &goodword::demo::ScenarioWatch| RosterWatch {
            name: watch.name.clone(),
            subject: watch.subject.clone(),
            query: watch.query.clone(),
            context: watch.context.clone(),
        };
        let roster = Roster {
            subjects: vec![(frame.brand.clone(), Role::Brand)],
            watches: frame.watches.iter().map(watch).collect(),
            ..Roster::default()
        };
        let readers = Arc::new(Readers::trained());
        let (size, sources) = (frame.size, sources.collect());
        let plan = EnginePlan {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            size,
            ..EnginePlan::new(Arc::clone(&store) as Arc<dyn Store>, sources, roster, Arc::clone(&readers), None)
        };
        let reports = poll_all_once(plan, &CancellationToken::new(), Duration::from_secs(60), &mut |_, _, _| {}).await;
        assert!(reports.unwrap().iter().all(|report| report.error.is_none()));
        town.close().await;
        let terms = |campaign: &goodword::demo::ScenarioCampaign| Terms {
            name: campaign.name.clone(),
            tags: campaign.tags.clone(),
            ..Terms::default()
        };
        let terms: Vec<Terms> = frame.campaigns.iter().map(terms).collect();
        store.adopt_campaigns(&terms).await.unwrap();
        let scale = Scale { size, table: Table::default(), zone: jiff::tz::TimeZone::UTC };
        Self { store, readers, scale, end, _directory: directory }
    }

    /// Its only campaign.
    async fn report(&self) -> Arc<Report> {
        let Scale { size, table, .. } = self.scale;
        let books = Books::open(&*self.store, self.readers.gesture.as_ref(), size, table).await.unwrap();
        let mut keeper = Keeper::open(&*self.store, self.scale.clone(), self.end).await.unwrap();
        let board = keeper.board(&*self.store, &books, self.end).await.unwrap();
        assert_eq!(board.reports.len(), 1);
        Arc::clone(&board.reports[0])
    }
}

async fn health(story: &Scenario) -> Health {
    let report = Played::of(story).await.report().await;
    report.health.clone().expect("a campaign with posts")
}

fn story(name: &str) -> Scenario {
    Scenario::named(name).unwrap().unwrap()
}

/// The same story with the brand's own post of this name saying something else.
fn instead(mut story: Scenario, id: &str, words: &str) -> Scenario {
    let post = story.posts.iter_mut().find(|post| post.id.as_deref() == Some(id)).unwrap();
    words.clone_into(&mut post.text);
    story
}

/// The same story with everybody who answers in it saying this.
fn received(mut story: Scenario, words: &str) -> Scenario {
    let us = story.frame.places[0].account.clone().unwrap();
    for post in story.posts.iter_mut().filter(|post| post.at > 0.0 && post.by != us) {
        post.text = format!("@{us} {words}");
    }
    story
}

/// The same story without a word between the brand and people before it begins.
fn among_strangers(mut story: Scenario) -> Scenario {
    let named = |post: &goodword::demo::Post| post.at < 0.0 && (post.to.is_some() || post.id.is_some());
    story.posts.retain(|post| !named(post));
    story
}

fn sized(mut story: Scenario, size: BrandSize) -> Scenario {
    story.frame.size = size;
    story
}

fn points(health: &Health) -> f64 {
    health.health.expect("enough responses")
}

#[tokio::test]
async fn a_dollar_for_each_repost_is_red_and_every_change_moves_it_as_it_should() {
    let told = health(&story("bing-2011")).await;
    assert_eq!(told.band(), Some(Band::Red), "{told:?}");
    assert!(told.held && told.conditional > 0.99, "{told:?}");
    let given = "We are giving $100,000 to the people hit by the earthquake in Japan. #helpjapan";
    let given = instead(story("bing-2011"), "offer", given);
    let simply = health(&given).await;
    assert!(!simply.held && simply.parts.giving > told.parts.giving && points(&simply) > points(&told), "{simply:?}");
    // Had it just given the money, it would have had the goodwill too.
    let warm = health(&received(given, "thank you, that is wonderful")).await;
    assert_eq!(warm.band(), Some(Band::Green), "{warm:?}");
    // Good words alone do not help while the cap stands.
    let praised = health(&received(story("bing-2011"), "thank you, that is wonderful")).await;
    assert!(praised.parts.reception > told.parts.reception && praised.held && praised.band() == Some(Band::Red));
}

#[tokio::test]
async fn all_proceeds_of_a_shop_of_one_are_green_and_every_change_moves_it_as_it_should() {
    let told = health(&story("madame-moi-2011")).await;
    assert_eq!(told.band(), Some(Band::Green), "{told:?}");
    let large = health(&sized(story("madame-moi-2011"), BrandSize::Enterprise)).await;
    assert!(points(&told) - points(&large) >= 20.0, "{} {}", points(&told), points(&large));
    let small = health(&sized(story("madame-moi-2011"), BrandSize::Small)).await;
    assert!(points(&small) <= points(&told) && points(&small) > points(&large));
    let strange = health(&among_strangers(story("madame-moi-2011"))).await;
    assert!(strange.tied < told.tied && strange.parts.ties < told.parts.ties, "{strange:?} {told:?}");
    let scolded = health(&received(story("madame-moi-2011"), "this is awful, I am so disappointed")).await;
    assert!(scolded.parts.reception < told.parts.reception && points(&scolded) < points(&told));
    let capped = "Whoever buys one: ten euros of each scarf go to the Red Cross for Japan, at most 500 euros. \
                  — Moi #scarvesforjapan";
    let capped = health(&instead(story("madame-moi-2011"), "offer", capped)).await;
    assert!(capped.parts.giving < told.parts.giving, "{capped:?}");
}

/// Minutes from the first complaint to our first word to its author.
async fn first_word(name: &str) -> (i64, bool) {
    let story = story(name);
    let played = Played::of(&story).await;
    let us = story.frame.places[0].account.clone().unwrap();
    let told = |post: &&goodword::demo::Post| post.at > 0.0 && post.by != us;
    let complaint = story.posts.iter().find(told).unwrap();
    let all = played.store.mentions(&Default::default(), goodword::domain::Span::Newest, 500).await.unwrap();
    let mention = all.iter().find(|mention| mention.text.as_str() == complaint.text).unwrap();
    let answers = played.store.answers(mention.row.id).await.unwrap();
    let thread = played.store.thread(mention.row.id, 50).await.unwrap();
    let happy = thread.iter().rev().find(|turn| !turn.ours).unwrap();
    let last = all.iter().find(|mention| mention.native_id == happy.native_id).unwrap();
    let praises = last.row.readings[0].intents.has(goodword::domain::Intent::Praise);
    (answers[0].published.duration_since(mention.row.published).as_mins(), praises)
}

#[tokio::test]
async fn who_asks_is_answered_within_ten_minutes_and_comes_back_happy() {
    for name in ["lastpass-2010", "partner-desk-2010"] {
        let (minutes, happy) = first_word(name).await;
        assert!(minutes <= 10 && happy, "{name}: {minutes} min, happy: {happy}");
    }
}
