//! Recording: identities, edits, deletions, people, retention.

use super::*;
use crate::domain::{Mention, Visibility};
use crate::store::{Retention, StoreError};

fn retention(days: i64) -> Retention {
    Retention { mentions: SignedDuration::from_hours(24 * days) }
}

async fn whole(town: &Town, title: &str) -> Mention {
    let rows = town.page(&everything()).await;
    let row = rows.iter().find(|row| row.title.as_str() == format!("Title {title}")).unwrap();
    town.store.mention(row.id).await.unwrap().unwrap()
}

pub(crate) async fn a_mention_comes_back_whole(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut new = town.mention("a", -100);
    new.item.author = Author {
        native_id: Some("77".into()),
        handle: Some("ana".into()),
        name: Some("Ana B".into()),
        followers: Some(1_234),
    };
    new.item.links = vec!["https://x.example/".into(), "javascript:alert(1)".into()];
    new.item.image_descriptions = vec!["a bike\nin the rain".into(), String::new()];
    new.item.parent = Some("p".into());
    new.item.root = Some("r".into());
    new.item.visibility = Visibility::Unlisted;
    new.history = true;
    new.readings = vec![
        reading(town.brand(), NEGATIVE, &[Intent::Complaint, Intent::Question]),
        Reading { subject: town.rival(), about: false, sentiment: None, intents: Intents::default() },
    ];
    let recorded = town.record(2, vec![new.clone()]).await;
    assert_eq!((recorded.new.len(), recorded.edited.len(), recorded.known), (1, 0, 0));

    let mention = town.store.mention(recorded.new[0].id).await.unwrap().unwrap();
    assert_eq!(mention.row, recorded.new[0]);
    assert_eq!(mention.row, town.page(&everything()).await[0]);
    let row = &mention.row;
    assert_eq!((row.source, row.network.name(), row.group_size), (town.source(2), "mastodon", 1));
    assert_eq!((row.author.as_str(), row.followers), ("ana", Some(1_234)));
    assert_eq!((row.title.as_str(), row.excerpt.as_str()), ("Title a", "Ferris a"));
    assert_eq!((row.published, row.first_seen), (at(NOW - 100), at(NOW)));
    assert_eq!((row.history, row.read, row.edited, row.visibility), (true, false, false, Visibility::Unlisted));
    assert_eq!(row.readings, new.readings);
    assert!(mention.person.is_some());
    assert_eq!((mention.native_id.as_str(), mention.author_name.as_str()), ("id:a", "Ana B"));
    assert_eq!(mention.url.unwrap().as_str(), "https://paper.example/a");
    assert_eq!(mention.links.iter().map(|link| link.as_str()).collect::<Vec<_>>(), ["https://x.example/"]);
    assert_eq!(mention.image_descriptions.len(), 2);
    assert!(mention.image_descriptions[0].as_str().starts_with("a bike"));
    assert_eq!((mention.claimed, mention.edited_at), (new.item.claimed, None));
    assert_eq!(mention.watches, [(town.watch(), "ferris".to_owned())]);
    assert_eq!((mention.parent.as_deref(), mention.root.as_deref()), (Some("p"), Some("r")));
    assert_eq!(mention.lang.as_deref(), Some("en"));
    assert_eq!(town.store.mention(crate::domain::MentionId(999)).await.unwrap(), None);
}

pub(crate) async fn delivered_again_is_known(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let batch = || vec![town.mention("a", 0), town.mention("b", 1)];
    assert_eq!(town.record(0, batch()).await.new.len(), 2);
    let before = town.page(&everything()).await;
    let mut again = batch();
    again[0].first_seen = at(NOW + 500);
    again[0].read = true;
    let recorded = town.record(0, again).await;
    assert_eq!(recorded, Recorded { known: 2, ..Recorded::default() });
    assert_eq!(town.page(&everything()).await, before);
}

pub(crate) async fn edited_is_the_same_mention(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let first = town.record(0, vec![town.mention("a", -50), town.mention("b", -60)]).await.new.remove(0);
    town.store.mark_read(&[first.id], true).await.unwrap();
    let mut edited = town.mention("a", -10);
    edited.content = 2;
    edited.item.text = "Ferris is broken".into();
    edited.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
    edited.matches = vec![town.adopted.watches[1].id];
    let mut batch = town.batch(0, vec![edited.clone()]);
    batch.outcome = outcome(NOW + 60);
    let recorded = town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!(recorded, Recorded { edited: vec![first.id], ..Recorded::default() });

    let mention = whole(&town, "a").await;
    assert_eq!((mention.row.id, mention.text.as_str()), (first.id, "Ferris is broken"));
    assert_eq!((mention.row.edited, mention.edited_at), (true, Some(at(NOW + 60))));
    assert_eq!(mention.row.readings, edited.readings);
    assert_eq!(mention.watches[0].1, "rival");
    // Its place in the stream, and what a person did with it, stay.
    assert_eq!((mention.row.published, mention.row.first_seen), (first.published, first.first_seen));
    assert!(mention.row.read);
    // The index follows.
    let find =
        |word: &str| Filter { narrowing: Some(crate::domain::search::Narrowing::Word(word.into())), ..everything() };
    assert_eq!(town.titles(&find("broken")).await, ["a"]);
    assert_eq!(town.titles(&find("ferris")).await, ["a", "b"]);
    assert_eq!(town.record(0, vec![edited]).await.known, 1);
}

pub(crate) async fn a_changed_id_is_the_same_mention(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let named = |id: &str, aliases: &[&str], content| {
        let mut new = town.mention("a", 0);
        new.item.native_id = id.into();
        new.item.aliases = aliases.iter().map(|&alias| alias.into()).collect();
        new.content = content;
        new
    };
    let id = town.record(0, vec![named("1", &["link", "title"], 1)]).await.new[0].id;
    assert_eq!(town.record(0, vec![named("2", &["other", "title"], 1)]).await.known, 1);
    assert_eq!(whole(&town, "a").await.native_id, "2");
    // Every name that it was ever seen under leads to it.
    assert_eq!(town.record(0, vec![named("3", &["other"], 2)]).await.edited, [id]);
    assert_eq!(town.record(0, vec![named("1", &[], 2)]).await.known, 1);
    assert_eq!(town.record(0, vec![named("title", &[], 2)]).await.known, 1);
    assert_eq!(town.page(&everything()).await.len(), 1);
    // Nothing else does.
    assert_eq!(town.record(0, vec![named("4", &["unknown"], 2)]).await.new.len(), 1);
}

pub(crate) async fn twice_in_a_batch_is_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let version = |text: &str, content, edited: Option<i64>| {
        let mut new = town.mention("a", 0);
        new.item.text = text.into();
        new.item.edited = edited.map(at);
        new.content = content;
        new
    };
    let batch = || vec![version("later", 2, Some(NOW + 5)), version("first", 1, None), town.mention("b", 1)];
    let recorded = town.record(0, batch()).await;
    assert_eq!(recorded.new.len(), 2);
    assert_eq!(whole(&town, "a").await.text.as_str(), "later");
    // The same answer again changes nothing, however often.
    assert_eq!(town.record(0, batch()).await, Recorded { known: 2, ..Recorded::default() });
    assert_eq!(town.page(&everything()).await.len(), 2);
}

pub(crate) async fn a_shared_alias_loses_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let entry = |name: &str, id: &str| {
        let mut new = town.mention(name, 0);
        new.item.native_id = id.into();
        new.item.aliases = vec!["https://paper.example/".into(), format!("title {name}")];
        new
    };
    let batch = |prefix: &str| ["a", "b", "c"].map(|name| entry(name, &format!("{prefix}{name}"))).to_vec();
    assert_eq!(town.record(0, batch("1")).await.new.len(), 3);
    assert_eq!(town.record(0, batch("1")).await.known, 3);
    // The whole feed changes its ids, in another order.
    let mut renamed = batch("2");
    renamed.reverse();
    assert_eq!(town.record(0, renamed).await.known, 3);
    assert_eq!(town.record(0, batch("2")).await.known, 3);
    // One more entry that shares the alias is new.
    let mut more = batch("2");
    more.insert(0, entry("d", "2d"));
    let recorded = town.record(0, more).await;
    assert_eq!((recorded.new.len(), recorded.known, recorded.edited.len()), (1, 3, 0));
    assert_eq!(town.page(&everything()).await.len(), 4);
}

pub(crate) async fn the_same_item_under_two_ids_is_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let entry = |id: &str| {
        let mut new = town.mention("a", 0);
        new.item.native_id = id.into();
        new.item.aliases = vec!["link".into(), "title".into()];
        new
    };
    assert_eq!(town.record(0, vec![entry("1"), entry("2")]).await.new.len(), 1);
    for ids in [["1", "2"], ["2", "1"], ["2", "3"]] {
        let recorded = town.record(0, ids.map(entry).to_vec()).await;
        assert_eq!((recorded.new.len(), recorded.edited.len()), (0, 0), "{ids:?}");
    }
    assert_eq!(town.page(&everything()).await.len(), 1);
}

pub(crate) async fn the_same_id_in_another_source_is_another(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0)]).await;
    assert_eq!(town.record(1, vec![town.mention("a", 0)]).await.new.len(), 1);
    assert_eq!(town.page(&everything()).await.len(), 2);
    assert_eq!(town.delete(0, &["a"]).await.deleted.len(), 1);
    assert_eq!(town.page(&everything()).await[0].source, town.source(1));
}

pub(crate) async fn deleted_is_gone_everywhere(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ids: Vec<_> =
        town.record(0, vec![town.mention("a", 0), town.mention("b", 1)]).await.new.iter().map(|row| row.id).collect();
    let recorded = town.delete(0, &["a", "never seen"]).await;
    assert_eq!(recorded.deleted, [ids[0]]);
    assert_eq!(town.titles(&everything()).await, ["b"]);
    assert_eq!(town.store.mention(ids[0]).await.unwrap(), None);
    let word = Filter { narrowing: Some(crate::domain::search::Narrowing::Word("a".into())), ..everything() };
    assert!(town.page(&word).await.is_empty());
    assert_eq!(town.store.sources().await.unwrap()[0].mentions, 1);
    let overview = town.store.overview(at(0), Some(town.brand())).await.unwrap();
    assert_eq!((overview.mentions, overview.today, overview.unread), (1, 1, 1));
    // A source that still shows it does not bring it back, and numbers are never used again.
    assert_eq!(town.record(0, vec![town.mention("a", 0)]).await, Recorded { known: 1, ..Recorded::default() });
    town.delete(0, &["b"]).await;
    assert!(town.record(0, vec![town.mention("c", 0)]).await.new[0].id > ids[1]);
}

pub(crate) async fn deleted_wins_within_a_batch(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("known", 0)]).await;
    let mut flagged = town.mention("known", 0);
    flagged.item.deleted = true;
    let mut batch = town.batch(0, vec![flagged, town.mention("fleeting", 1), town.mention("stays", 2)]);
    batch.deleted = vec!["id:fleeting".into()];
    let recorded = town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!((recorded.new.len(), recorded.deleted.len()), (1, 1));
    assert_eq!(town.titles(&everything()).await, ["stays"]);
}

pub(crate) async fn people_are_recognised(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let by = |name: &str, native: Option<&str>, handle: Option<&str>, shown: Option<&str>| {
        let mut new = town.mention(name, 0);
        new.item.author = Author {
            native_id: native.map(Into::into),
            handle: handle.map(Into::into),
            name: shown.map(Into::into),
            followers: None,
        };
        new
    };
    town.record(
        2,
        vec![
            by("a", Some("7"), Some("ana"), None),
            by("b", Some("7"), Some("ana_b"), Some("Ana")),
            by("c", Some("8"), Some("ana"), None),
            by("d", None, Some("Kim"), None),
            by("e", None, Some("kim"), None),
            by("f", None, None, Some("A. Writer")),
            by("g", None, None, None),
        ],
    )
    .await;
    town.record(0, vec![by("h", None, Some("kim"), None)]).await;
    let mut people = std::collections::HashMap::new();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let mention = whole(&town, name).await;
        people.insert(name, (mention.person, mention.row.author.as_str().to_owned()));
    }
    // By the network's own id, never by the handle; the newest handle is shown.
    assert_eq!(people["a"], people["b"]);
    assert_eq!(people["a"].1, "ana_b");
    assert_ne!(people["a"].0, people["c"].0);
    // By the handle where there is no id, within one network.
    assert_eq!(people["d"].0, people["e"].0);
    assert_ne!(people["d"].0, people["h"].0);
    // A name alone is no person; without any, the host stands in.
    assert_eq!(people["f"], (None, "A. Writer".to_owned()));
    assert_eq!(people["g"], (None, "paper.example".to_owned()));
}

pub(crate) async fn an_empty_batch_moves_the_cursor(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let batch = RecordBatch { cursor: "next".into(), ..town.batch(2, vec![]) };
    assert_eq!(town.store.record(&town.lease, &batch).await.unwrap(), Recorded::default());
    assert_eq!(town.store.sources().await.unwrap()[2].cursor, "next");
}

pub(crate) async fn an_unknown_source_is_refused(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let batch = RecordBatch { source: SourceId(4711), ..town.batch(0, vec![town.mention("a", 0)]) };
    assert!(matches!(town.store.record(&town.lease, &batch).await, Err(StoreError::Other(_))));
    assert!(town.page(&everything()).await.is_empty());
}

pub(crate) async fn retention_erases_in_pieces(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let old = (0..1_100).map(|n| town.mention(&format!("old{n}"), -100 * 86_400 - n)).collect();
    town.record(0, old).await;
    town.record(1, vec![town.mention("edge", -90 * 86_400), town.mention("new", 0)]).await;
    let retain = async || town.store.retain(&town.lease, at(NOW), &retention(90)).await.unwrap();
    assert_eq!(retain().await, 1_000);
    // The oldest go first.
    assert_eq!(town.store.count(&everything(), 9_999).await.unwrap(), 102);
    assert_eq!(retain().await, 100);
    assert_eq!(retain().await, 0);
    assert_eq!(town.titles(&everything()).await, ["new", "edge"]);
    assert_eq!(town.store.overview(at(0), None).await.unwrap().mentions, 2);
    assert_eq!(town.store.sources().await.unwrap()[0].mentions, 0);
}

pub(crate) async fn erased_does_not_come_back(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let old = |id: &str, days: i64| {
        let mut new = town.mention("a", -days * 86_400);
        new.item.native_id = id.into();
        new.item.aliases = vec!["link".into()];
        new
    };
    town.record(0, vec![old("1", 100)]).await;
    assert_eq!(town.store.retain(&town.lease, at(NOW), &retention(90)).await.unwrap(), 1);
    assert_eq!(town.record(0, vec![old("1", 100)]).await, Recorded { known: 1, ..Recorded::default() });
    assert_eq!(town.record(0, vec![old("2", 100)]).await, Recorded { known: 1, ..Recorded::default() });
    // Something new that only shares a name with it does come.
    assert_eq!(town.record(0, vec![old("3", 1)]).await.new.len(), 1);
}

pub(crate) async fn foreign_text_is_kept_but_bounded(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut new = town.mention("a", 0);
    new.item.text = format!("Ferris \0 {} end", "é".repeat(100_000));
    new.item.native_id = "x".repeat(100_000);
    new.item.url = Some(format!("https://x.example/{}", "y".repeat(100_000)));
    new.item.links = vec!["https://l.example/".into(); 10_000];
    let row = town.record(0, vec![new.clone()]).await.new.remove(0);
    assert!(row.excerpt.as_str().starts_with("Ferris "));
    assert!(row.excerpt.as_str().len() < 10_000);
    let mention = town.store.mention(row.id).await.unwrap().unwrap();
    assert!(mention.links.len() < 1_000);
    assert_eq!(town.record(0, vec![new]).await.known, 1);
}
