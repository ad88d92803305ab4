//! Our own posts, and what they answer.

use super::*;
use crate::domain::{Act, Mention, MentionId, OwnHistory, Visibility};
use crate::store::{Lease, NewAct, Retention, StoreError};

const SQUARE: usize = 2;
const MARKET: usize = 3;

impl Town {
    /// A post of ours, published so many seconds after [`NOW`], that answers a mention.
    pub(super) fn act(&self, name: &str, offset: i64, parent: Option<&str>) -> NewAct {
        NewAct {
            item: Item {
                native_id: format!("act:{name}"),
                url: Some(format!("https://town.example/{name}")),
                text: format!("We {name}"),
                author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
                claimed: Some(at(NOW + offset)),
                parent: parent.map(|name| format!("id:{name}")),
                own: true,
                ..Item::default()
            },
            first_seen: at(NOW + offset.max(0)),
            history: false,
            lang: Some("en".into()),
            content: 1,
        }
    }

    pub(super) async fn do_acts(&self, source: usize, acts: Vec<NewAct>) -> Recorded {
        let batch = RecordBatch { acts, ..self.batch(source, vec![]) };
        self.store.record(&self.lease, &batch).await.unwrap()
    }

    pub(super) async fn take_down(&self, source: usize, native: &str) -> Recorded {
        let batch = RecordBatch { deleted: vec![native.into()], ..self.batch(source, vec![]) };
        self.store.record(&self.lease, &batch).await.unwrap()
    }

    pub(super) async fn whole(&self, name: &str) -> Mention {
        let all = self.store.mentions(&everything(), Span::Newest, 1_000).await.unwrap();
        all.into_iter().find(|one| one.row.title.as_str() == format!("Title {name}")).unwrap()
    }

    pub(super) async fn all_acts(&self) -> Vec<Act> {
        self.store.acts(None, 1_000).await.unwrap()
    }

    pub(super) async fn answered(&self, name: &str) -> Option<i64> {
        self.whole(name).await.row.answered.map(Timestamp::as_second)
    }
}

pub(crate) async fn own_history_is_kept_with_the_posts_that_it_covers(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = town.store.sources().await.unwrap();
    assert!(before.iter().all(|state| state.own_history.is_none()));
    let batch = |acts| RecordBatch { acts, cursor: "elsewhere".into(), ..town.batch(SQUARE, vec![]) };
    let first = OwnHistory { place: "p2".into(), reached: Some(at(NOW - 60)), posts: 1, done: false };
    let page = batch(vec![town.act("first", -60, None)]);
    let recorded = town.store.record_own_history(&town.lease, &page, &first).await.unwrap();
    assert_eq!((recorded.acts, town.all_acts().await.len()), (1, 1));
    let states = town.store.sources().await.unwrap();
    let ours = states.iter().find(|state| state.own_history.is_some()).unwrap();
    assert_eq!(ours.own_history.as_ref(), Some(&first));
    let same = before.iter().find(|state| state.id == ours.id).unwrap();
    assert_eq!((&ours.cursor, ours.polled), (&same.cursor, same.polled), "it was no poll");
    let done = OwnHistory { place: String::new(), reached: None, posts: 1, done: true };
    town.store.record_own_history(&town.lease, &batch(Vec::new()), &done).await.unwrap();
    let states = town.store.sources().await.unwrap();
    assert_eq!(states.iter().find_map(|state| state.own_history.clone()), Some(done.clone()));
    let stale = Lease { epoch: town.lease.epoch - 1, ..town.lease.clone() };
    let late = town.store.record_own_history(&stale, &batch(vec![town.act("late", 0, None)]), &first).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    assert_eq!(town.all_acts().await.len(), 1);
}

pub(crate) async fn acts_come_back_whole(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut first = town.act("first", -60, Some("nobody"));
    first.item.title = Some("Recall".into());
    first.item.root = Some("id:root".into());
    first.item.visibility = Visibility::Unlisted;
    first.history = true;
    let mut team = town.act("team", 0, None);
    team.item.own = false;
    team.item.author = Author { name: Some("Kim of Ferris".into()), ..Author::default() };
    assert_eq!(town.do_acts(SQUARE, vec![first, team]).await, Recorded { acts: 2, ..Recorded::default() });
    let acts = town.all_acts().await;
    let [kim, ours] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!((kim.native_id.as_str(), kim.author.as_str(), kim.own), ("act:team", "Kim of Ferris", false));
    assert_eq!((ours.native_id.as_str(), ours.author.as_str(), ours.own), ("act:first", "ferris", true));
    assert_eq!((ours.text.as_str(), ours.lang.as_deref()), ("Recall\n\nWe first", Some("en")));
    assert_eq!(ours.url.as_ref().map(|url| url.as_str()), Some("https://town.example/first"));
    assert_eq!((ours.source, ours.network.name()), (town.source(SQUARE), "mastodon"));
    assert_eq!((ours.parent.as_deref(), ours.root.as_deref()), (Some("id:nobody"), Some("id:root")));
    assert_eq!((ours.published, ours.first_seen), (at(NOW - 60), at(NOW)));
    assert_eq!((ours.history, ours.visibility, ours.answers), (true, Visibility::Unlisted, None));
    assert!(ours.person.is_some() && kim.person.is_none() && ours.edited_at.is_none());
    assert_eq!(town.store.acts(Some(at(NOW)), 9).await.unwrap().len(), 1);
    assert_eq!(town.store.acts(None, 1).await.unwrap()[0].native_id, "act:team");
    assert!(town.page(&everything()).await.is_empty(), "no mention");
    let accounts = town.store.own_accounts().await.unwrap();
    assert_eq!(accounts, [("mastodon:town".to_owned(), "us".to_owned())]);
    town.do_acts(0, vec![town.act("elsewhere", 0, None)]).await;
    assert_eq!(town.store.own_accounts().await.unwrap(), accounts, "ids mean nothing without a scope");
}

pub(crate) async fn acts_are_recorded_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut act = town.act("a", 0, None);
    act.item.aliases = vec!["link".into()];
    assert_eq!(town.do_acts(SQUARE, vec![act.clone(), act.clone()]).await.acts, 1);
    let known = Recorded { known: 1, ..Recorded::default() };
    for source in [SQUARE, MARKET] {
        assert_eq!(town.do_acts(source, vec![act.clone()]).await, known);
    }
    let mut renamed = act.clone();
    renamed.item.native_id = "act:renamed".into();
    assert_eq!(town.do_acts(MARKET, vec![renamed.clone()]).await, known);
    renamed.item.aliases.clear();
    renamed.item.text = "We changed".into();
    renamed.content = 2;
    assert_eq!(town.do_acts(SQUARE, vec![renamed]).await.acts, 1);
    let acts = town.all_acts().await;
    assert_eq!((acts.len(), acts[0].text.as_str(), acts[0].edited_at), (1, "We changed", Some(at(NOW))));
    // Elsewhere it is another; taken down it stays down, under each of its names.
    assert_eq!(town.do_acts(0, vec![act.clone()]).await.acts, 1);
    assert_eq!(town.take_down(MARKET, "act:a").await, Recorded { acts: 1, ..Recorded::default() });
    act.content = 3;
    assert_eq!(town.do_acts(SQUARE, vec![act]).await, known);
    assert_eq!(town.all_acts().await.len(), 1);
}

pub(crate) async fn an_act_answers_whichever_comes_first(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ids: Vec<MentionId> =
        town.record(SQUARE, vec![town.mention("early", 0)]).await.new.iter().map(|row| row.id).collect();
    let recorded =
        town.do_acts(MARKET, vec![town.act("reply", 90, Some("early")), town.act("other", 95, Some("late"))]).await;
    assert_eq!((recorded.acts, recorded.answered.as_slice()), (2, ids.as_slice()));
    let row = town.record(MARKET, vec![town.mention("late", 10)]).await.new.remove(0);
    assert_eq!((row.answered, row.read), (Some(at(NOW + 95)), true), "it arrives as answered");
    assert_eq!(town.answered("early").await, Some(NOW + 90));
    let replies = town.store.answers(ids[0]).await.unwrap();
    assert_eq!((replies.len(), replies[0].native_id.as_str(), replies[0].answers), (1, "act:reply", Some(ids[0])));
    // In one batch, too; not across scopes, and not by an act that is the post itself.
    let mut batch = town.batch(SQUARE, vec![town.mention("same", 20)]);
    batch.acts = vec![town.act("again", 99, Some("same"))];
    assert!(town.store.record(&town.lease, &batch).await.unwrap().new[0].answered.is_some());
    town.record(0, vec![town.mention("far", 0)]).await;
    let mut own = town.act("far", 99, Some("far"));
    own.item.root = Some("act:far".into());
    town.do_acts(SQUARE, vec![own]).await;
    assert_eq!(town.answered("far").await, None);
    // A parent that is learned only later.
    town.record(SQUARE, vec![town.mention("learned", 0)]).await;
    town.do_acts(SQUARE, vec![town.act("vague", 50, None)]).await;
    assert_eq!(town.do_acts(MARKET, vec![town.act("vague", 50, Some("learned"))]).await.answered.len(), 1);
    assert_eq!(town.answered("learned").await, Some(NOW + 50));
    // What the mention was called before it was known by the name that the act answers.
    let named = |id: &str| {
        let mut new = town.mention("named", 0);
        new.item.native_id = id.into();
        new.item.aliases = vec!["alias of named".into()];
        new
    };
    town.record(SQUARE, vec![named("old")]).await;
    town.do_acts(SQUARE, vec![town.act("to new", 70, Some("new"))]).await;
    assert_eq!(town.record(SQUARE, vec![named("id:new")]).await.answered.len(), 1);
    assert_eq!(town.answered("named").await, Some(NOW + 70));
}

pub(crate) async fn a_thread_is_answered_where_only_it_is_known(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("root", 0), town.mention("reply", 1)]).await;
    let with_root = |name: &str, parent: Option<&str>| {
        let mut act = town.act(name, 60, parent);
        act.item.root = Some("id:root".into());
        act
    };
    // To somebody else in the thread: that answers neither.
    town.do_acts(SQUARE, vec![with_root("a", Some("somebody"))]).await;
    assert_eq!((town.answered("root").await, town.answered("reply").await), (None, None));
    town.do_acts(SQUARE, vec![with_root("b", Some("reply"))]).await;
    assert_eq!((town.answered("root").await, town.answered("reply").await), (None, Some(NOW + 60)));
    town.do_acts(SQUARE, vec![with_root("c", None)]).await;
    assert_eq!(town.answered("root").await, Some(NOW + 60));
}

pub(crate) async fn the_earliest_act_counts(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.record(SQUARE, vec![town.mention("a", 0)]).await.new[0].id;
    town.do_acts(SQUARE, vec![town.act("second", 100, Some("a"))]).await;
    assert_eq!(town.do_acts(MARKET, vec![town.act("first", 50, Some("a"))]).await.answered, [id]);
    assert!(town.do_acts(SQUARE, vec![town.act("third", 200, Some("a"))]).await.answered.is_empty());
    assert_eq!(town.answered("a").await, Some(NOW + 50));
    let order: Vec<String> = town.store.answers(id).await.unwrap().into_iter().map(|act| act.native_id).collect();
    assert_eq!(order, ["act:first", "act:second", "act:third"]);
    assert_eq!(town.take_down(SQUARE, "act:first").await.answered, [id]);
    assert_eq!(town.answered("a").await, Some(NOW + 100));
    // An edit of the mention, or of the act, changes nothing about it.
    let mut edited = town.mention("a", 0);
    edited.content = 2;
    town.record(SQUARE, vec![edited]).await;
    let mut act = town.act("second", 100, Some("a"));
    act.content = 2;
    assert!(town.do_acts(SQUARE, vec![act]).await.answered.is_empty());
    assert_eq!(town.answered("a").await, Some(NOW + 100));
    town.take_down(MARKET, "act:second").await;
    assert_eq!(town.take_down(MARKET, "act:third").await.answered, [id]);
    assert_eq!(town.answered("a").await, None);
    assert!(town.whole("a").await.row.read, "a person need not look at it again");
    // What answered a mention that is gone answers nothing.
    town.do_acts(SQUARE, vec![town.act("fourth", 300, Some("a"))]).await;
    town.delete(SQUARE, &["a"]).await;
    assert_eq!(town.all_acts().await[0].answers, None);
}

pub(crate) async fn what_is_answered_waits_no_more(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let complaint = |name: &str| {
        let mut new = town.mention(name, 0);
        new.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
        new
    };
    let figures = async || {
        let overview = town.store.overview(at(0), Some(town.brand())).await.unwrap();
        (overview.unread, overview.unread_complaints)
    };
    let id = town.record(SQUARE, vec![complaint("a"), complaint("b")]).await.new[0].id;
    assert_eq!(figures().await, (2, 2));
    town.do_acts(SQUARE, vec![town.act("reply", 60, Some("a"))]).await;
    assert_eq!(figures().await, (1, 1));
    let waiting = Filter { unread: true, intent: Some(Intent::Complaint), subject: Some(town.brand()), ..everything() };
    assert_eq!(town.titles(&waiting).await, ["b"]);
    // A person may want to see it again; another answer does not overrule that.
    town.store.mark_read(&[id], false).await.unwrap();
    town.do_acts(SQUARE, vec![town.act("more", 50, Some("a"))]).await;
    assert_eq!(figures().await, (2, 2));
}

pub(crate) async fn our_own_posts_are_no_mentions(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    // Somebody who does not know that it is ours brought it first.
    let mut ours = town.mention("ours", 0);
    ours.item.native_id = "act:ours".into();
    ours.item.parent = Some("id:a".into());
    let rows = town.record(SQUARE, vec![ours.clone(), town.mention("a", 0)]).await.new;
    let recorded = town.do_acts(MARKET, vec![town.act("ours", 5, Some("a"))]).await;
    assert_eq!((recorded.acts, recorded.deleted.as_slice()), (1, &[rows[0].id][..]));
    assert_eq!(recorded.answered, [rows[1].id]);
    assert_eq!(town.titles(&everything()).await, ["a"]);
    assert_eq!(town.store.sources().await.unwrap()[SQUARE].mentions, 1);
    // It does not come back as a mention; its edits and its end count whoever tells of them.
    ours.content = 1;
    assert_eq!(town.record(SQUARE, vec![ours.clone()]).await, Recorded { known: 1, ..Recorded::default() });
    ours.content = 9;
    ours.item.text = "Ferris says more".into();
    assert_eq!(town.record(SQUARE, vec![ours.clone()]).await, Recorded { acts: 1, ..Recorded::default() });
    assert_eq!(town.all_acts().await[0].text.as_str(), "Title ours\n\nFerris says more");
    // Both in one batch: ours wins.
    let mut batch = town.batch(SQUARE, vec![ours.clone()]);
    batch.mentions[0].item.native_id = "act:both".into();
    batch.acts = vec![town.act("both", 6, None)];
    let recorded = town.store.record(&town.lease, &batch).await.unwrap();
    assert_eq!((recorded.new.len(), recorded.acts), (0, 1));
    let recorded = town.take_down(SQUARE, "act:ours").await;
    assert_eq!((recorded.acts, recorded.answered.as_slice()), (1, &[rows[1].id][..]));
    assert_eq!(town.record(SQUARE, vec![ours]).await.known, 1, "nor as a mention");
    assert_eq!(town.titles(&everything()).await, ["a"]);
}

pub(crate) async fn acts_grow_old(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let day = 86_400;
    let old = (0..1_100).map(|n| town.act(&format!("old{n}"), -100 * day - n, None)).collect();
    town.do_acts(SQUARE, old).await;
    town.record(SQUARE, vec![town.mention("a", -95 * day), town.mention("b", 0)]).await;
    town.do_acts(SQUARE, vec![town.act("to a", -80 * day, Some("a")), town.act("to b", -91 * day, Some("b"))]).await;
    let retention = Retention { mentions: SignedDuration::from_hours(24 * 90) };
    let retain = async || town.store.retain(&town.lease, at(NOW), &retention).await.unwrap();
    assert_eq!(retain().await, 1_000);
    assert_eq!(retain().await, 102);
    assert_eq!(retain().await, 0);
    let acts = town.all_acts().await;
    assert_eq!((acts.len(), acts[0].answers), (1, None), "the mention that it answered is gone");
    assert_eq!(town.answered("b").await, Some(NOW - 91 * day), "answered is answered");
    assert_eq!(town.do_acts(MARKET, vec![town.act("old7", -100 * day - 7, None)]).await.known, 1);
}
