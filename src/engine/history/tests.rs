use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::domain::Author;
use crate::engine::doubles::town::{Scene, pass};
use crate::engine::doubles::{START, Script, Step, item, source};
use crate::sources::{OwnPage, SourceErrorKind};

const HOUR: Duration = Duration::from_secs(3_600);

/// An account that has posted daily for a while, ten posts a page.
struct Diary {
    days: usize,
    asked: Mutex<Vec<String>>,
    fails: Mutex<usize>,
}

impl Diary {
    fn of(days: usize) -> Arc<Self> {
        Arc::new(Self { days, asked: Mutex::default(), fails: Mutex::default() })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Lookup for Diary {
    async fn thread(&self, _: &str, _: Timestamp) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }
    async fn person(&self, _: &str, _: Timestamp) -> Result<Option<Author>, SourceError> {
        Ok(None)
    }
    async fn own_recent(&self, _: u32, _: Timestamp) -> Result<Vec<Item>, SourceError> {
        panic!("pages are asked for")
    }
    async fn own_before(&self, place: &str, _: Timestamp) -> Result<OwnPage, SourceError> {
        self.asked.lock().unwrap().push(place.to_owned());
        let mut fails = self.fails.lock().unwrap();
        if *fails > 0 {
            *fails -= 1;
            return Err(SourceError::new(SourceErrorKind::ServerTrouble, "out of order", "wait"));
        }
        let first = place.parse().unwrap_or(0);
        let day = |day: usize| Item { own: true, ..item(&format!("own-{day}"), "we answered", -1_440 * day as i64) };
        let last = (first + 10).min(self.days);
        Ok(OwnPage { items: (first..last).map(day).collect(), next: (last < self.days).then(|| last.to_string()) })
    }
}

fn account(diary: &Arc<Diary>) -> crate::sources::Source {
    let quiet = Script::new(vec![Step::items(Vec::new())]);
    crate::sources::Source { lookup: Some(Arc::<Diary>::clone(diary) as _), ..source("ours", "example.org", &quiet) }
}

#[tokio::test(start_paused = true)]
async fn our_posts_are_fetched_back_to_ninety_days_and_no_further() {
    let (scene, diary) = (Scene::new(), Diary::of(400));
    let (engine, _events) = scene.start(vec![account(&diary)]).await;
    pass(Duration::from_secs(30)).await;
    let half = scene.store.source("ours").own_history.unwrap();
    assert!(!half.done && half.posts >= 10, "{half:?}");
    pass(HOUR).await;
    let whole = scene.store.source("ours").own_history.unwrap();
    assert_eq!((whole.done, whole.posts), (true, 90), "{whole:?}");
    let back = Timestamp::from_second(START - 89 * 86_400).unwrap();
    assert_eq!(whole.reached, Some(back));
    assert_eq!(diary.asked().len(), 10, "nine pages and one of which nothing is wanted: {:?}", diary.asked());
    let acts = crate::store::Store::acts(&*scene.store, None, 500).await.unwrap();
    assert_eq!(acts.len(), 90);
    assert!(
        acts.iter()
            .filter(|act| act.published < back.saturating_add(SignedDuration::from_hours(24 * 80)).unwrap())
            .all(|act| act.history)
    );
    pass(HOUR).await;
    assert_eq!(diary.asked().len(), 10, "it is never asked again");
    engine.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_network_that_fails_is_left_alone_and_asked_where_it_was() {
    let (scene, diary) = (Scene::new(), Diary::of(25));
    let (engine, _events) = scene.start(vec![account(&diary)]).await;
    pass(FIRST + Duration::from_secs(1)).await;
    *diary.fails.lock().unwrap() = 1;
    pass(Duration::from_secs(10)).await;
    let failed = diary.asked().len();
    assert_eq!(diary.asked().last().map(String::as_str), Some("10"));
    pass(REST - Duration::from_secs(60)).await;
    assert_eq!(diary.asked().len(), failed, "it rests");
    pass(Duration::from_secs(180)).await;
    assert_eq!(diary.asked(), ["", "10", "10", "20"]);
    let history = scene.store.source("ours").own_history.unwrap();
    assert_eq!((history.done, history.posts), (true, 25));
    engine.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_all_traffic_is_held_back() {
    let (scene, diary) = (Scene::new(), Diary::of(5));
    let (engine, _events) = scene.start(vec![account(&diary)]).await;
    engine.pause(true).await.unwrap();
    pass(HOUR).await;
    assert!(diary.asked().is_empty());
    engine.pause(false).await.unwrap();
    pass(Duration::from_secs(600)).await;
    assert_eq!(diary.asked(), [""]);
    engine.shutdown().await;
}
