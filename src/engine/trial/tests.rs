use super::*;
use crate::domain::{Clock, Item};
use crate::engine::doubles::town::{Scene, pass};
use crate::engine::doubles::{Script, Step, item, source};

/// A store with these mentions, from a source named `news`.
async fn stored(items: Vec<Item>) -> Scene {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(items)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(std::time::Duration::from_secs(1)).await;
    handle.shutdown().await;
    scene
}

fn scope(scene: &Scene) -> Scope {
    Scope { filter: Filter::default(), most_found: None, most_scanned: None, now: scene.clock.now() }
}

async fn find(scene: &Scene, query: &str, scope: &Scope) -> (Vec<Piece>, Progress) {
    let mut pieces = Vec::new();
    let query = Query::parse(query).unwrap();
    let stop = CancellationToken::new();
    let tell = |piece| {
        pieces.push(piece);
        true
    };
    let progress = search(&*scene.store, &query, scope, &stop, tell).await.unwrap();
    (pieces, progress)
}

fn ids(pieces: &[Piece]) -> Vec<&str> {
    pieces.iter().flat_map(|piece| &piece.found).map(|finding| finding.mention.native_id.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn findings_come_newest_first_with_the_words_that_matched() {
    let titled = Item { title: Some("Stems recalled".into()), ..item("b", "by Ferris, says FERRIS", -30) };
    let scene = stored(vec![item("a", "Ferris again", -60), titled, item("c", "else", -10)]).await;
    let (pieces, progress) = find(&scene, "ferris OR stems", &scope(&scene)).await;
    assert_eq!(ids(&pieces), ["b", "a"]);
    let words: Vec<&str> = pieces[0].found[0].words.iter().map(SafeText::as_str).collect();
    assert_eq!(words, ["Stems", "Ferris", "FERRIS"]);
    assert_eq!((progress.scanned, progress.matched, progress.complete), (3, 2, true));
    assert!((progress.per_hour.unwrap() - 2.0).abs() < 0.01, "two within the hour that is stored: {progress:?}");
}

#[tokio::test(start_paused = true)]
async fn a_query_may_ask_for_source_author_and_address() {
    let scene = stored(vec![item("a", "x", -60)]).await;
    for (query, found) in [
        ("source:news", 1),
        ("author:ana x", 1),
        ("url:example.org", 1),
        ("network:feed", 1),
        ("source:other", 0),
        ("author:bob", 0),
    ] {
        assert_eq!(find(&scene, query, &scope(&scene)).await.1.matched, found, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_streams_page_by_page_and_ends_when_it_is_enough() {
    let items = (0..1_700).map(|number| item(&number.to_string(), "ferris", -number)).collect();
    let scene = stored(items).await;
    let (pieces, progress) = find(&scene, "ferris", &scope(&scene)).await;
    assert_eq!(pieces.iter().map(|piece| piece.progress.scanned).collect::<Vec<_>>(), [500, 1_000, 1_500, 1_700]);
    assert!(pieces[..3].iter().all(|piece| !piece.progress.complete) && progress.complete);
    let numbers: Vec<i64> = ids(&pieces).into_iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(numbers, (0..1_700).collect::<Vec<_>>(), "each once, newest first");
    assert!((progress.per_hour.unwrap() - 60.0).abs() < 0.5, "one a minute: {progress:?}");

    let few = Scope { most_found: Some(700), ..scope(&scene) };
    let (pieces, progress) = find(&scene, "ferris", &few).await;
    assert_eq!((ids(&pieces).len(), progress.matched, progress.complete), (700, 700, false));
    let short = Scope { most_scanned: Some(400), ..scope(&scene) };
    assert_eq!(find(&scene, "nothing", &short).await.1.scanned, 500, "whole pages");
}

#[tokio::test(start_paused = true)]
async fn it_stops_when_told_to() {
    let items = (0..1_700).map(|number| item(&number.to_string(), "ferris", -number)).collect();
    let scene = stored(items).await;
    let query = Query::parse("ferris").unwrap();
    let before = scene.store.look(|inside| inside.pages);
    let stop = CancellationToken::new();
    let tell = |_| {
        stop.cancel();
        true
    };
    let progress = search(&*scene.store, &query, &scope(&scene), &stop, tell).await.unwrap();
    assert_eq!((progress.scanned, progress.complete), (500, false));
    let refused = search(&*scene.store, &query, &scope(&scene), &CancellationToken::new(), |_| false).await.unwrap();
    assert_eq!(refused.scanned, 500);
    assert_eq!(scene.store.look(|inside| inside.pages) - before, 2);
}

#[tokio::test(start_paused = true)]
async fn the_rate_speaks_of_the_newest_week_and_of_no_short_time() {
    let week = 7 * 24 * 60;
    let mut items: Vec<Item> = (0..168).map(|hour| item(&format!("new{hour}"), "ferris", -60 * hour)).collect();
    items.extend((0..300).map(|number| item(&format!("old{number}"), "ferris", -week - 10 - number)));
    let scene = stored(items).await;
    let rate = find(&scene, "ferris", &scope(&scene)).await.1.per_hour.unwrap();
    assert!((rate - 1.0).abs() < 0.02, "{rate}");
    let scene = stored(vec![item("a", "ferris", -5)]).await;
    assert_eq!(find(&scene, "ferris", &scope(&scene)).await.1.per_hour, None);
}
