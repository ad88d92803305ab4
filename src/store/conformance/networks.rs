//! Scopes, what is not public, and what networks tell besides.

use super::*;
use crate::domain::search::Narrowing;
use crate::domain::{Answerable, Mention, Meter, Visibility};

const SQUARE: usize = 2;
const MARKET: usize = 3;

fn private(mut new: NewMention) -> NewMention {
    new.item.visibility = Visibility::Private;
    new
}

pub(crate) async fn a_scope_shares_what_it_knows(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.record(SQUARE, vec![town.mention("a", 0)]).await.new[0].id;
    assert_eq!(town.record(MARKET, vec![town.mention("a", 0)]).await, Recorded { known: 1, ..Recorded::default() });
    let mut edited = town.mention("a", 0);
    edited.item.text = "changed".into();
    edited.content = 2;
    assert_eq!(town.record(MARKET, vec![edited]).await.edited, [id]);
    let whole = town.whole("a").await;
    assert_eq!((whole.text.as_str(), whole.row.source), ("changed", town.source(SQUARE)));
    // An alias that one learned leads the other to it too.
    let mut renamed = town.mention("a", 0);
    renamed.item.aliases = vec!["link".into()];
    renamed.content = 2;
    town.record(SQUARE, vec![renamed.clone()]).await;
    renamed.item.native_id = "another".into();
    assert_eq!(town.record(MARKET, vec![renamed]).await.known, 1);
    // Others do not know it.
    assert_eq!(town.record(0, vec![town.mention("a", 0)]).await.new.len(), 1);
    let states = town.store.sources().await.unwrap();
    assert_eq!([0, SQUARE, MARKET].map(|at| states[at].mentions), [1, 1, 0]);
}

pub(crate) async fn what_was_taken_down_stays_down_in_a_scope(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.record(SQUARE, vec![town.mention("a", 0)]).await.new[0].id;
    town.record(0, vec![town.mention("a", 0)]).await;
    assert_eq!(town.delete(MARKET, &["a"]).await.deleted, [id]);
    for source in [SQUARE, MARKET] {
        assert_eq!(town.record(source, vec![town.mention("a", 0)]).await.known, 1);
    }
    assert_eq!(town.page(&everything()).await[0].source, town.source(0));
}

pub(crate) async fn marks_add_up(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut plain = town.mention("a", 0);
    plain.readings = vec![reading(town.rival(), NEUTRAL, &[Intent::Other])];
    let id = town.record(SQUARE, vec![plain.clone()]).await.new[0].id;
    assert!(!town.whole("a").await.addressed);
    // A notification of the same post: it addresses us, so it was read for the brand as well.
    let mut bell = plain.clone();
    bell.item.addressed = true;
    bell.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
    bell.matches = vec![];
    assert_eq!(town.record(MARKET, vec![bell.clone()]).await.edited, [id]);
    let subjects = |mention: &Mention| mention.row.readings.iter().map(|one| one.subject).collect::<Vec<_>>();
    let whole = town.whole("a").await;
    assert_eq!((whole.addressed, whole.row.edited, whole.edited_at), (true, false, None), "its author changed nothing");
    assert_eq!((subjects(&whole), whole.watches.len()), (vec![town.brand(), town.rival()], 1));
    assert_eq!(town.store.overview(at(0), Some(town.brand())).await.unwrap().unread_complaints, 1);
    // An edit that comes without the notification leaves that reading.
    plain.content = 2;
    assert_eq!(town.record(SQUARE, vec![plain]).await.edited, [id]);
    let whole = town.whole("a").await;
    assert_eq!((whole.addressed, whole.row.edited, subjects(&whole).len()), (true, true, 2));
    bell.content = 2;
    assert_eq!(town.record(MARKET, vec![bell]).await.known, 1);
}

pub(crate) async fn what_was_private_stays_private(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let trend = async || {
        let counts = town.store.trend(town.brand(), at(NOW - 900), SignedDuration::from_mins(15), 3).await.unwrap();
        counts.iter().map(crate::domain::Counts::total).sum::<u64>()
    };
    let today = async || town.store.overview(at(NOW - 900), None).await.unwrap().today;
    town.record(SQUARE, vec![private(town.mention("a", 0)), town.mention("b", 0)]).await;
    assert_eq!((trend().await, today().await), (1, 1));
    // Another source, or the same one, calls it public: it stays what it was.
    for source in [MARKET, SQUARE] {
        town.record(source, vec![town.mention("a", 0)]).await;
        let mut edited = town.mention("a", 0);
        edited.content = source as u64 + 5;
        assert_eq!(town.record(source, vec![edited]).await.edited.len(), 1);
        assert_eq!(town.whole("a").await.row.visibility, Visibility::Private);
    }
    // What was taken for public becomes private at once, and its author changed nothing.
    assert_eq!(town.record(MARKET, vec![private(town.mention("b", 0))]).await.edited.len(), 1);
    let whole = town.whole("b").await;
    assert_eq!((whole.row.visibility, whole.row.edited), (Visibility::Private, false));
    assert_eq!((trend().await, today().await), (0, 0));
    assert!(town.page(&Filter::default()).await.is_empty());
    assert_eq!(town.page(&everything()).await.len(), 2);
    assert_eq!(town.store.count(&Filter::default(), 9).await.unwrap(), 0);
    assert!(town.store.mentions(&Filter::default(), Span::Newest, 9).await.unwrap().is_empty());
    // It waits for an answer all the same.
    assert_eq!(town.store.overview(at(0), None).await.unwrap().unread, 2);
}

pub(crate) async fn what_is_private_is_alone(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let with = |name: &str| {
        let mut new = town.mention(name, 0);
        new.fingerprint = Fingerprint { words: Some(7), similar: Some(7), link: Some(7), repost: Some(7) };
        new.item.url = None;
        new
    };
    let mut repost = private(with("e"));
    repost.item.repost_of = Some("id:a".into());
    town.record(SQUARE, vec![with("a"), private(with("b")), with("c")]).await;
    town.record(0, vec![private(with("d")), with("f")]).await;
    town.record(SQUARE, vec![repost]).await;
    let sizes = async || {
        let mut sizes: Vec<(String, u32)> = town
            .page(&everything())
            .await
            .iter()
            .map(|row| (titles(std::slice::from_ref(row)).remove(0), row.group_size))
            .collect();
        sizes.sort();
        sizes
    };
    let of = |sizes: &[(&str, u32)]| sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect::<Vec<_>>();
    assert_eq!(sizes().await, of(&[("a", 3), ("b", 1), ("c", 3), ("d", 1), ("e", 1), ("f", 3)]));
    // The one that the story began with turns out not to be public: it leaves, the others stay together.
    town.record(SQUARE, vec![private(with("a"))]).await;
    assert_eq!(sizes().await, of(&[("a", 1), ("b", 1), ("c", 2), ("d", 1), ("e", 1), ("f", 2)]));
    let stories = Filter { one_per_group: true, ..everything() };
    assert_eq!(town.page(&stories).await.len(), 5);
    let (a, c) = (town.whole("a").await, town.whole("c").await);
    let members = async |one: &Mention| town.page(&Filter { group: Some(one.row.group), ..everything() }).await.len();
    assert_eq!((members(&a).await, members(&c).await), (1, 2));
    // Nothing that is public joins it later, and taking it down disturbs nobody.
    town.record(1, vec![with("g")]).await;
    assert_eq!(town.whole("g").await.row.group, c.row.group);
    town.delete(SQUARE, &["a", "b"]).await;
    assert_eq!(sizes().await, of(&[("c", 3), ("d", 1), ("e", 1), ("f", 3), ("g", 3)]));
}

pub(crate) async fn a_first_scope_takes_everything_along(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0), town.mention("gone", 0), town.mention("both", 0)]).await;
    town.delete(0, &["gone"]).await;
    town.do_acts(0, vec![town.act("reply", 60, Some("a")), town.act("waits", 60, Some("b"))]).await;
    town.record(SQUARE, vec![town.mention("both", 0)]).await;
    let mut scoped = roster();
    scoped.sources[0].scope = Some("mastodon:town".into());
    assert_eq!(town.store.adopt(&scoped).await.unwrap(), town.adopted);
    let known = Recorded { known: 1, ..Recorded::default() };
    for source in [0, MARKET] {
        for name in ["a", "gone", "both"] {
            assert_eq!(town.record(source, vec![town.mention(name, 0)]).await, known, "{name}");
        }
        assert_eq!(town.do_acts(source, vec![town.act("reply", 60, Some("a"))]).await, known);
    }
    assert!(town.record(SQUARE, vec![town.mention("b", 0)]).await.new[0].answered.is_some());
    // Not to tell the scope is not to take it away.
    town.store.adopt(&roster()).await.unwrap();
    assert_eq!(town.record(0, vec![town.mention("b", 0)]).await, known);
    assert_eq!(town.delete(MARKET, &["a"]).await.deleted.len(), 1);
    // The same name for another kind of place begins anew.
    let mut other = roster();
    other.sources[0].network = Network::named("forum");
    town.store.adopt(&other).await.unwrap();
    assert_eq!(town.record(0, vec![town.mention("b", 0)]).await.new.len(), 1);
}

pub(crate) async fn authors_get_their_handles(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let by = |handle: Option<&str>| {
        let mut new = town.mention("a", 0);
        new.item.author =
            Author { native_id: Some("did:7".into()), handle: handle.map(Into::into), ..Author::default() };
        new
    };
    town.record(SQUARE, vec![by(None)]).await;
    assert_eq!(town.record(MARKET, vec![by(Some("ana.example"))]).await.known, 1);
    assert_eq!(town.whole("a").await.row.author.as_str(), "ana.example");
    // Not to tell it is not to take it away.
    let mut edited = by(None);
    edited.content = 2;
    town.record(SQUARE, vec![edited]).await;
    assert_eq!(town.whole("a").await.row.author.as_str(), "ana.example");
}

pub(crate) async fn warnings_and_ways_to_answer(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ways = [Answerable::AsSource, Answerable::InBrowser, Answerable::Nowhere];
    for (n, way) in ways.into_iter().enumerate() {
        let mut new = town.mention(&n.to_string(), 0);
        new.item.answerable = way;
        new.item.content_warning = (n > 0).then(|| format!("brakes \u{1b}[2J {n}"));
        town.record(SQUARE, vec![new]).await;
        let mention = town.whole(&n.to_string()).await;
        assert_eq!(mention.answerable, way);
        assert_eq!(mention.row.content_warning.as_str().starts_with("brakes"), n > 0);
        assert!(!mention.row.content_warning.as_str().contains('\u{1b}'));
    }
    let brakes = Filter { narrowing: Some(Narrowing::Word("brakes".into())), ..everything() };
    assert_eq!(town.page(&brakes).await.len(), 2, "it is searched like the words");
    let mut edited = town.mention("1", 0);
    edited.content = 2;
    town.record(SQUARE, vec![edited]).await;
    assert_eq!(town.titles(&brakes).await, ["2"]);
    let mention = town.whole("1").await;
    assert_eq!((mention.answerable, mention.row.content_warning.as_str()), (Answerable::AsSource, ""));
}

pub(crate) async fn meters_and_live_are_remembered(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let meter = Meter {
        name: "units today".into(),
        used: 120.5,
        limit: Some(10_000.0),
        currency: None,
        resets: Some(at(NOW + 3_600)),
    };
    let poll = async |meters: Vec<Meter>, live: bool| {
        let mut batch = town.batch(SQUARE, vec![]);
        batch.outcome = PollOutcome { meters, live, ..outcome(NOW) };
        town.store.record(&town.lease, &batch).await.unwrap();
        let state = town.store.sources().await.unwrap().remove(SQUARE);
        (state.meters, state.live)
    };
    assert_eq!(poll(vec![], false).await, (vec![], false));
    assert_eq!(poll(vec![meter.clone()], true).await, (vec![meter.clone()], true));
    assert_eq!(poll(vec![], false).await, (vec![meter.clone()], false), "what was not told stays");
    let odd = Meter { name: "a\u{1b}[2J".repeat(500), ..meter };
    let (meters, _) = poll(vec![odd], true).await;
    assert!(meters[0].name.len() < 1_000 && !meters[0].name.contains('\u{1b}'));
}

pub(crate) async fn pausing_is_remembered(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let other = grounds.open().await;
    assert!(!other.paused().await.unwrap());
    for paused in [true, true, false] {
        town.store.set_paused(paused).await.unwrap();
        assert_eq!(other.paused().await.unwrap(), paused);
    }
}

pub(crate) async fn unknown_deletions_leave_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("a", 0)]).await;
    let deleted: Vec<String> = (0..5_000).map(|n| format!("unknown {n}")).collect();
    let batch = RecordBatch { deleted: deleted.clone(), ..town.batch(SQUARE, vec![]) };
    assert_eq!(town.store.record(&town.lease, &batch).await.unwrap(), Recorded::default());
    // Not even that they were deleted is remembered.
    let mut later = town.mention("later", 0);
    later.item.native_id = deleted[7].clone();
    assert_eq!(town.record(SQUARE, vec![later]).await.new.len(), 1);
}
