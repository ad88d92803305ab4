//! Stories: what is grouped, and what never is.

use super::*;
use crate::domain::GroupId;

/// Names of the mentions of each story, the oldest story first.
async fn stories(town: &Town) -> Vec<String> {
    let mut stories: std::collections::BTreeMap<GroupId, Vec<String>> = std::collections::BTreeMap::new();
    let rows = town.page(&everything()).await;
    for (row, title) in rows.iter().zip(titles(&rows)) {
        stories.entry(row.group).or_default().push(title);
    }
    for row in &rows {
        assert_eq!(row.group_size as usize, stories[&row.group].len(), "{}", row.title);
    }
    stories
        .into_values()
        .map(|mut names| {
            names.sort();
            names.join(" ")
        })
        .collect()
}

impl Town {
    fn printed(&self, name: &str, offset: i64, fingerprint: Fingerprint) -> NewMention {
        let mut new = self.mention(name, offset);
        new.fingerprint = fingerprint;
        new
    }
}

const fn linked(link: u64) -> Fingerprint {
    Fingerprint { link: Some(link), repost: None, words: None, similar: None }
}

const fn worded(words: u64) -> Fingerprint {
    Fingerprint { link: None, repost: None, words: Some(words), similar: None }
}

const fn like(similar: u64) -> Fingerprint {
    Fingerprint { link: None, repost: None, words: None, similar: Some(similar) }
}

pub(crate) async fn the_same_marks_are_one_story(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let reposted = Fingerprint { repost: Some(1), ..Fingerprint::default() };
    // Equal numbers of different kinds mean nothing; the order of the batch and the source do not matter.
    town.record(
        0,
        vec![
            town.printed("a", 0, linked(1)),
            town.printed("b", 1, worded(1)),
            town.printed("c", 2, reposted),
            town.printed("d", 3, like(1)),
            town.mention("e", 4),
            town.printed("f", 5, linked(1)),
        ],
    )
    .await;
    let rows = town
        .record(
            1,
            vec![
                town.printed("g", -6, linked(1)),
                town.printed("h", 7, worded(1)),
                town.printed("i", 8, reposted),
                town.mention("j", 9),
            ],
        )
        .await
        .new;
    assert_eq!(rows[0].group_size, 3);
    assert_eq!(stories(&town).await, ["a f g", "b h", "c i", "d", "e", "j"]);
}

pub(crate) async fn the_same_address_in_two_sources(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let with = |name: &str, url: &str| {
        let mut new = town.mention(name, 0);
        new.item.url = Some(url.into());
        new
    };
    town.record(0, vec![with("a", "https://x.example/1"), with("b", "https://x.example/2")]).await;
    town.record(
        1,
        vec![with("c", "http://x.example/1/#top"), with("d", "https://x.example/12"), with("e", "mailto:a@x.example")],
    )
    .await;
    town.record(2, vec![with("f", "mailto:a@x.example"), with("g", "https://x.example/2")]).await;
    assert_eq!(stories(&town).await, ["a c", "b g", "d", "e", "f"]);
}

pub(crate) async fn the_same_address_in_one_source_is_two(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let home = |name: &str| {
        let mut new = town.mention(name, 0);
        new.item.url = Some("https://paper.example/".into());
        new
    };
    town.record(0, vec![home("a"), home("b")]).await;
    town.record(0, vec![home("c")]).await;
    assert_eq!(stories(&town).await, ["a", "b", "c"]);
}

pub(crate) async fn near_duplicates_by_simhash(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let base = 0x0123_4567_89ab_cdef_u64;
    // Three differing bits in three bands, in one band, and four of them.
    let (spread, packed, far) = (base ^ 1 ^ 1 << 20 ^ 1 << 63, base ^ 0b111 << 30, base ^ 0b1111 << 8);
    town.record(0, vec![town.printed("a", 0, like(base)), town.printed("b", 1, like(spread))]).await;
    town.record(1, vec![town.printed("c", 2, like(packed)), town.printed("d", 3, like(far))]).await;
    assert_eq!(stories(&town).await, ["a b c", "d"]);
}

pub(crate) async fn a_repost_joins_its_original(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let repost = |name: &str, of: &str| {
        let mut new = town.mention(name, 10);
        new.item.repost_of = Some(of.into());
        new
    };
    town.record(0, vec![town.mention("a", 0), town.mention("b", 0), repost("c", "id:a")]).await;
    town.record(0, vec![repost("d", "id:a"), repost("e", "id:unknown")]).await;
    // By address from another source; an id there means nothing.
    town.record(1, vec![repost("f", "https://paper.example/b"), repost("g", "id:a")]).await;
    assert_eq!(stories(&town).await, ["a c d", "b f", "e", "g"]);
}

pub(crate) async fn old_mentions_are_left_alone(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let day = 86_400;
    town.record(
        0,
        vec![
            town.printed("a", -31 * day, worded(1)),
            town.printed("b", -31 * day, worded(1)),
            town.printed("c", -29 * day, worded(1)),
            town.printed("d", -29 * day, like(7)),
        ],
    )
    .await;
    town.record(1, vec![town.printed("e", -10, worded(1)), town.printed("f", -10, like(7))]).await;
    assert_eq!(stories(&town).await, ["a", "b", "c e", "d f"]);
    // Two days later the older ones are out of reach, the younger ones not.
    let mut batch = town.batch(2, vec![town.printed("g", 0, like(7)), town.printed("h", 2 * day, worded(1))]);
    batch.outcome = outcome(NOW + 2 * day);
    town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!(stories(&town).await, ["a", "b", "c e h", "d f g"]);
    let mut batch = town.batch(2, vec![town.printed("i", 33 * day, like(7))]);
    batch.outcome = outcome(NOW + 33 * day);
    town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!(stories(&town).await, ["a", "b", "c e h", "d f g", "i"]);
}

pub(crate) async fn an_edit_stays_in_its_story(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(
        0,
        vec![town.printed("a", 0, worded(1)), town.printed("b", 1, worded(1)), town.printed("c", 2, worded(2))],
    )
    .await;
    let mut edited = town.printed("b", 1, worded(2));
    edited.content = 2;
    town.record(0, vec![edited]).await;
    assert_eq!(stories(&town).await, ["a b", "c"]);
    // Others are compared with its new words; of the two that have them the newest leads.
    town.record(1, vec![town.printed("d", 3, worded(1)), town.printed("e", 3, worded(2))]).await;
    assert_eq!(stories(&town).await, ["a b d", "c e"]);
}

pub(crate) async fn sizes_follow_deletions(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let all = ["a", "b", "c"].map(|name| town.printed(name, 0, like(9)));
    town.record(0, all.to_vec()).await;
    town.delete(0, &["a"]).await;
    assert_eq!(stories(&town).await, ["b c"]);
    // The story goes on though its first mention is gone.
    town.record(1, vec![town.printed("d", 1, like(9))]).await;
    assert_eq!(stories(&town).await, ["b c d"]);
    town.delete(0, &["b", "c"]).await;
    town.delete(1, &["d"]).await;
    town.record(1, vec![town.printed("e", 1, like(9))]).await;
    assert_eq!(stories(&town).await, ["e"]);
}

pub(crate) async fn another_process_groups_too(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let next = grounds.open().await;
    town.record(0, vec![town.printed("a", 0, like(5))]).await;
    for (round, name) in ["b", "c", "d", "e"].into_iter().enumerate() {
        let store = if round % 2 == 0 { &next } else { &town.store };
        let batch = town.batch(round % 2, vec![town.printed(name, 1, like(5 ^ 1 << round))]);
        store.record(&town.lease, &batch).await.unwrap();
    }
    town.delete(0, &["a"]).await;
    let batch = town.batch(2, vec![town.printed("f", 2, like(5))]);
    next.record(&town.lease, &batch).await.unwrap();
    assert_eq!(stories(&town).await, ["b c d e f"]);
}
