//! Authors who delete their accounts.

use super::*;
use crate::domain::MentionId;
use crate::domain::search::Narrowing;
use crate::domain::stream::Counts;

const SQUARE: usize = 2;
const MARKET: usize = 3;

impl Town {
    /// A mention by the account of this number.
    fn by(&self, who: &str, name: &str) -> NewMention {
        let mut new = self.mention(name, 0);
        new.item.author =
            Author { native_id: Some(who.into()), handle: Some(format!("{who}.example")), ..Author::default() };
        new
    }

    async fn leave(&self, source: usize, who: &[&str], mentions: Vec<NewMention>) -> Recorded {
        let gone = who.iter().map(|id| (*id).to_owned()).collect();
        let batch = RecordBatch { gone, ..self.batch(source, mentions) };
        self.store.record(&self.lease, &batch).await.unwrap()
    }
}

pub(crate) async fn who_leaves_takes_everything_along(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let text = |name: &str| NewMention {
        fingerprint: Fingerprint { words: Some(9), ..Fingerprint::default() },
        ..town.by("ana", name)
    };
    let new = town
        .record(SQUARE, vec![text("a"), text("b"), NewMention { item: town.by("kim", "c").item, ..text("c") }])
        .await
        .new;
    assert_eq!(new[2].group_size, 3);
    let other = town.record(MARKET, vec![town.by("ana", "d")]).await.new[0].id;
    town.record(0, vec![town.by("ana", "far")]).await;
    assert_eq!(
        town.do_acts(SQUARE, vec![town.act("reply", 60, Some("a")), town.act("other", 60, Some("c"))]).await.acts,
        2
    );

    // Those whom nobody knows change nothing, nor does one whose handle it is.
    assert_eq!(town.leave(MARKET, &["nobody", "", "ana.example"], vec![]).await, Recorded::default());
    let ids: Vec<MentionId> = new.iter().take(2).map(|row| row.id).chain([other]).collect();
    assert_eq!(town.leave(MARKET, &["nobody", "ana"], vec![]).await, Recorded { deleted: ids, ..Recorded::default() });
    assert_eq!(town.titles(&everything()).await, ["far", "c"]);
    assert_eq!(town.whole("c").await.row.group_size, 1);
    let word = |word: &str| Filter { narrowing: Some(Narrowing::Word(word.into())), ..everything() };
    assert!(town.page(&word("a")).await.is_empty() && town.page(&word("d")).await.is_empty());
    assert_eq!(town.page(&word("c")).await.len(), 1);
    let counts = town.store.trend(town.brand(), at(NOW), SignedDuration::from_mins(15), 1).await.unwrap();
    assert_eq!(counts.iter().map(Counts::total).sum::<u64>(), 2);
    assert_eq!(town.store.overview(at(0), None).await.unwrap().mentions, 2);
    let states = town.store.sources().await.unwrap();
    assert_eq!([0, SQUARE, MARKET].map(|at| states[at].mentions), [1, 1, 0]);
    let acts = town.store.acts(None, 9).await.unwrap();
    assert_eq!(acts.iter().filter(|act| act.answers.is_some()).count(), 1, "one answers nothing any more");

    // It does not come back, whoever shows it; others of the name do, and what is elsewhere stays.
    for source in [SQUARE, MARKET] {
        assert_eq!(town.record(source, vec![text("a"), text("b"), text("d")]).await.known, 3);
    }
    assert_eq!(town.leave(SQUARE, &["ana"], vec![]).await, Recorded::default(), "told twice");
    assert_eq!(town.leave(0, &["ana"], vec![]).await.deleted.len(), 1, "a scope of its own");
}

pub(crate) async fn who_leaves_within_a_batch_says_nothing_in_it(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.by("ana", "old")]).await;
    let recorded = town.leave(SQUARE, &["ana"], vec![town.by("ana", "new"), town.by("kim", "other")]).await;
    assert_eq!((recorded.new.len(), recorded.deleted.len()), (1, 1));
    assert_eq!(town.titles(&everything()).await, ["other"]);
    // One of ours who leaves takes their acts along.
    town.do_acts(SQUARE, vec![town.act("reply", 60, Some("other"))]).await;
    assert!(town.whole("other").await.row.answered.is_some());
    let mut batch = RecordBatch { gone: vec!["us".into()], ..town.batch(MARKET, vec![]) };
    batch.acts = vec![town.act("late", 70, None)];
    let recorded = town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!((recorded.acts, recorded.answered.len()), (1, 1));
    assert!(town.store.acts(None, 9).await.unwrap().is_empty());
    assert!(town.whole("other").await.row.answered.is_none());
    assert_eq!(town.do_acts(SQUARE, vec![town.act("reply", 60, Some("other"))]).await.known, 1);
}

pub(crate) async fn a_loud_account_leaves_at_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    for piece in 0..4 {
        let mentions = (0..300).map(|n| town.by(if n % 10 == 0 { "kim" } else { "ana" }, &format!("{piece} {n}")));
        town.record(SQUARE, mentions.collect()).await;
    }
    let gone: Vec<String> = (0..500).map(|n| format!("nobody {n}")).chain(["ana".to_owned()]).collect();
    let batch = RecordBatch { gone, cursor: "after".into(), ..town.batch(MARKET, vec![]) };
    let recorded = town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!(recorded.deleted.len(), 4 * 270);
    assert_eq!(town.page(&everything()).await.len(), 4 * 30);
    assert_eq!(town.store.sources().await.unwrap()[MARKET].cursor, "after");
}
