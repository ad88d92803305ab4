//! What the books are made of: readings of acts, what people say of them, and who responded.

use super::*;
use crate::domain::{ActId, ActReading, CorrectionId, Deed, Gesture, Give, MentionId, Money, Trigger, Visibility};
use crate::store::{BookRow, NewAct, Unread};

const SQUARE: usize = 2;
const MARKET: usize = 3;
const READER: i64 = 5;

pub(super) fn reading(deed: Deed) -> ActReading {
    ActReading {
        gesture: deed.gesture(),
        deed,
        sure: 0.75,
        trigger: None,
        cap: None,
        amount: None,
        personal: false,
        sketch: Vec::new(),
    }
}

impl Town {
    async fn unread(&self, reader: i64) -> Vec<Unread> {
        self.store.unread_acts(reader, 100).await.unwrap()
    }

    async fn read(&self, reader: i64, deed: Deed) -> u64 {
        let all: Vec<_> = self.unread(reader).await.into_iter().map(|unread| (unread, reading(deed))).collect();
        self.store.keep_act_readings(&self.lease, reader, &all).await.unwrap()
    }

    async fn rows(&self) -> Vec<BookRow> {
        self.store.book_rows(at(0), None, 1_000).await.unwrap()
    }

    async fn act_named(&self, name: &str) -> ActId {
        let acts = self.all_acts().await;
        acts.iter().find(|act| act.native_id == format!("act:{name}")).unwrap().id
    }

    /// A mention that answers something of ours.
    fn response(&self, name: &str, parent: Option<&str>, root: Option<&str>) -> NewMention {
        let mut new = self.mention(name, 500);
        new.item.parent = parent.map(str::to_owned);
        new.item.root = root.map(str::to_owned);
        new
    }

    async fn responds(&self, name: &str) -> Option<ActId> {
        self.store.responds_to(self.whole(name).await.row.id).await.unwrap()
    }
}

const ANSWER: Deed = Deed::Give(Give::Answer);

pub(crate) async fn readings_come_back_whole(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut secret = town.act("secret", 20, None);
    secret.item.visibility = Visibility::Private;
    let mut titled = town.act("titled", 0, None);
    titled.item.title = Some("Recall".into());
    town.do_acts(SQUARE, vec![titled, town.act("reply", 10, Some("nobody")), secret]).await;
    let rows = town.rows().await;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.reading.is_none() && row.reader == 0 && row.said.is_none()));
    let unread = town.unread(READER).await;
    let texts: Vec<(&str, bool)> = unread.iter().map(|one| (one.text.as_str(), one.reply)).collect();
    assert_eq!(texts, [("We secret", false), ("We reply", true), ("Recall\n\nWe titled", false)]);
    let whole = ActReading {
        gesture: Gesture::Conditional,
        deed: Deed::Conditional { capped: true, all_proceeds: true },
        sure: 0.5,
        trigger: Some(Trigger::Follow),
        cap: Some("at most $2k".into()),
        amount: Some(Money { amount: 2_000.0, unit: Some("USD".into()) }),
        personal: true,
        sketch: vec![3, u32::MAX],
    };
    let all: Vec<_> = unread.into_iter().map(|unread| (unread, whole.clone())).collect();
    assert_eq!(town.store.keep_act_readings(&town.lease, READER, &all).await.unwrap(), 3);
    assert!(town.unread(READER).await.is_empty());
    let rows = town.rows().await;
    assert!(rows.iter().all(|row| row.reading.as_ref() == Some(&whole) && row.reader == READER), "{rows:?}");
    let [secret, reply, titled] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((secret.visibility, reply.visibility), (Visibility::Private, Visibility::Public));
    assert_eq!((reply.reply, titled.reply, titled.published), (true, false, at(NOW)));
    assert_eq!(
        (titled.account.as_str(), titled.network.name(), titled.source),
        ("ferris", "mastodon", town.source(SQUARE))
    );
    // By pieces, and not beyond the beginning.
    let first = town.store.book_rows(at(0), None, 2).await.unwrap();
    let place = first.last().map(|row| (row.published, row.act));
    let rest = town.store.book_rows(at(0), place, 2).await.unwrap();
    assert_eq!([first, rest].concat(), rows);
    assert_eq!(town.store.book_rows(at(NOW + 5), None, 9).await.unwrap().len(), 2);
    let ids: Vec<ActId> = rows.iter().map(|row| row.act).chain([ActId(99)]).collect();
    let acts = town.store.whole_acts(&ids).await.unwrap();
    assert_eq!(acts.iter().map(|act| act.id).collect::<Vec<_>>(), ids[..3]);
    // Without the lease nothing is kept.
    let stranger = Lease { epoch: town.lease.epoch + 1, ..town.lease.clone() };
    assert!(town.store.keep_act_readings(&stranger, 9, &all).await.is_err());
}

pub(crate) async fn what_changes_is_read_anew(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.do_acts(SQUARE, vec![town.act("a", 0, None), town.act("b", 1, None)]).await;
    let old = town.unread(READER).await;
    assert_eq!(town.read(READER, ANSWER).await, 2);
    let edited = NewAct { content: 2, ..town.act("a", 0, None) };
    town.do_acts(SQUARE, vec![edited]).await;
    let unread = town.unread(READER).await;
    assert_eq!(unread.len(), 1);
    let row = town.rows().await.remove(1);
    assert_eq!((row.reader, row.reading), (0, Some(reading(ANSWER))), "what was read stands until then");
    // A reading of the words that it had before comes too late.
    let late: Vec<_> = old.into_iter().map(|unread| (unread, reading(Deed::HardAsk))).collect();
    assert_eq!(town.store.keep_act_readings(&town.lease, READER, &late).await.unwrap(), 1);
    assert_eq!(town.unread(READER).await, unread);
    assert_eq!(town.read(READER, Deed::Talk).await, 1);
    // What turns out to be a reply is read as one.
    town.do_acts(SQUARE, vec![town.act("b", 1, Some("learned"))]).await;
    assert_eq!(town.unread(READER).await.iter().map(|one| one.reply).collect::<Vec<_>>(), [true]);
    town.read(READER, Deed::Talk).await;
    // Another reader reads everything again, an older one as well as a newer one.
    for reader in [READER + 1, READER - 1] {
        assert_eq!((town.unread(reader).await.len(), town.read(reader, ANSWER).await), (2, 2));
        assert!(town.unread(reader).await.is_empty());
    }
}

pub(crate) async fn changes_are_told_to_whoever_keeps_books(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let begin = town.store.books_version().await.unwrap();
    assert_eq!(town.store.book_changes(begin).await.unwrap().rows, []);
    town.do_acts(SQUARE, vec![town.act("a", 0, Some("m")), town.act("b", 1, None)]).await;
    let came = town.store.book_changes(begin).await.unwrap();
    assert_eq!((came.rows.len(), came.gone.len(), came.too_old), (2, 0, false));
    assert_eq!(came.version, town.store.books_version().await.unwrap());
    town.read(READER, ANSWER).await;
    let read = town.store.book_changes(came.version).await.unwrap();
    assert!(read.rows.len() == 2 && read.rows.iter().all(|row| row.reading.is_some()));
    // The mention that one of them answers comes later: from then on it is said to somebody.
    town.record(SQUARE, vec![town.mention("m", -60)]).await;
    let addressed = town.store.book_changes(read.version).await.unwrap();
    let person = town.whole("m").await.person;
    assert!(person.is_some());
    assert_eq!(addressed.rows.iter().map(|row| row.to).collect::<Vec<_>>(), [person]);
    town.take_down(SQUARE, "id:m").await;
    let alone = town.store.book_changes(addressed.version).await.unwrap();
    assert_eq!(alone.rows.iter().map(|row| row.to).collect::<Vec<_>>(), [None]);
    // Another store on the same data knows of it as well.
    let b = town.act_named("b").await;
    town.take_down(SQUARE, "act:b").await;
    let other = grounds.open().await;
    let gone = other.book_changes(alone.version).await.unwrap();
    assert_eq!((gone.rows.len(), gone.gone), (0, vec![b]));
    let all = other.book_changes(begin).await.unwrap();
    assert_eq!((all.rows.len(), all.gone), (1, vec![b]));
    assert_eq!(other.book_changes(gone.version).await.unwrap().version, gone.version);
    assert!(other.book_changes(gone.version + 1).await.unwrap().too_old, "a version of other data");
    // What stays as it was is no change.
    town.do_acts(SQUARE, vec![town.act("a", 0, Some("m"))]).await;
    assert_eq!(town.store.books_version().await.unwrap(), gone.version);
}

pub(crate) async fn a_response_answers_whichever_comes_first(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let early = vec![
        town.response("early", Some("act:post"), None),
        town.response("deep", Some("elsewhere"), Some("act:post")),
        town.response("nothing", None, None),
        town.response("stranger", Some("id:nothing"), None),
    ];
    town.record(SQUARE, early).await;
    assert_eq!(town.responds("early").await, None);
    town.do_acts(SQUARE, vec![town.act("post", 0, None)]).await;
    let post = town.act_named("post").await;
    town.record(MARKET, vec![town.response("late", Some("act:post"), None)]).await;
    for name in ["early", "deep", "late"] {
        assert_eq!(town.responds(name).await, Some(post), "{name}");
    }
    assert_eq!((town.responds("nothing").await, town.responds("stranger").await), (None, None));
    let mut all = Vec::new();
    for name in ["early", "deep", "late"] {
        all.push(town.whole(name).await.row.id);
    }
    all.sort_by_key(|id| std::cmp::Reverse(*id));
    assert_eq!(town.store.responses(post, None, 9).await.unwrap(), all);
    assert_eq!(town.store.responses(post, Some(all[0]), 1).await.unwrap(), all[1..2]);
    // An answer of ours further down the thread: what answers it answers it, and not the first post.
    let mut reply = town.act("reply", 100, Some("early"));
    reply.item.root = Some("act:post".into());
    town.do_acts(SQUARE, vec![reply]).await;
    let reply = town.act_named("reply").await;
    town.record(SQUARE, vec![town.response("again", Some("act:reply"), Some("act:post"))]).await;
    assert_eq!(town.responds("again").await, Some(reply));
    // Where the network names no first post, the thread tells.
    town.record(SQUARE, vec![town.response("below", Some("id:late"), None)]).await;
    assert_eq!(town.responds("below").await, Some(post));
    // Names mean nothing elsewhere.
    town.record(0, vec![town.response("far", Some("act:post"), None)]).await;
    assert_eq!(town.responds("far").await, None);
    // The reply goes: what answered it is still in the thread of the post. The post goes: nothing is left.
    town.take_down(SQUARE, "act:reply").await;
    assert_eq!(town.responds("again").await, Some(post));
    town.take_down(SQUARE, "id:early").await;
    assert_eq!(town.store.responses(post, None, 9).await.unwrap().len(), 4);
    town.take_down(SQUARE, "act:post").await;
    assert_eq!(town.store.responses(post, None, 9).await.unwrap(), []);
    assert_eq!(town.responds("again").await, None);
}

pub(crate) async fn an_edit_may_tell_what_is_answered(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.do_acts(SQUARE, vec![town.act("post", 0, None)]).await;
    town.record(SQUARE, vec![town.response("vague", None, None)]).await;
    assert_eq!(town.responds("vague").await, None);
    let edited = NewMention { content: 2, ..town.response("vague", Some("act:post"), None) };
    town.record(SQUARE, vec![edited]).await;
    assert_eq!(town.responds("vague").await, Some(town.act_named("post").await));
    assert_eq!(town.store.link_responses(&town.lease).await.unwrap(), 0, "nothing old to bring along");
}

pub(crate) async fn a_persons_word_on_an_act_stands(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.do_acts(SQUARE, vec![town.act("a", 0, None), town.act("b", 1, None)]).await;
    town.read(READER, ANSWER).await;
    let (a, b) = (town.act_named("a").await, town.act_named("b").await);
    let said = async || -> Vec<Option<Deed>> { town.rows().await.iter().rev().map(|row| row.said).collect() };
    let version = town.store.books_version().await.unwrap();
    let first = town.store.correct_acts(&[a, b, ActId(99)], Deed::HardAsk, at(NOW)).await.unwrap();
    assert_eq!((first.len(), said().await), (2, vec![Some(Deed::HardAsk); 2]));
    assert!(town.store.books_version().await.unwrap() > version);
    let second = town.store.correct_acts(&[a], Deed::Talk, at(NOW + 1)).await.unwrap();
    // It outlives an edit and a new reader.
    town.do_acts(SQUARE, vec![NewAct { content: 2, ..town.act("a", 0, None) }]).await;
    town.read(READER + 1, Deed::SoftAsk).await;
    assert_eq!(said().await, [Some(Deed::Talk), Some(Deed::HardAsk)]);
    let standing = town.store.act_corrections(9).await.unwrap();
    let told: Vec<_> = standing.iter().map(|one| (one.act, one.deed, one.read, one.at)).collect();
    assert_eq!(told, [(a, Deed::Talk, Some(ANSWER), at(NOW + 1)), (b, Deed::HardAsk, Some(ANSWER), at(NOW))]);
    // Taken back in any order.
    assert_eq!(town.store.undo_act_corrections(&first, at(NOW + 2)).await.unwrap(), 2);
    assert_eq!(said().await, [Some(Deed::Talk), None]);
    assert_eq!(town.store.undo_act_corrections(&second, at(NOW + 2)).await.unwrap(), 1);
    assert_eq!(town.store.undo_act_corrections(&second, at(NOW + 2)).await.unwrap(), 0);
    assert_eq!(town.store.undo_act_corrections(&[CorrectionId(77)], at(NOW)).await.unwrap(), 0);
    assert_eq!((said().await, town.store.act_corrections(9).await.unwrap()), (vec![None, None], vec![]));
    // It goes with its act.
    town.store.correct_acts(&[a], Deed::Talk, at(NOW)).await.unwrap();
    town.take_down(SQUARE, "act:a").await;
    assert_eq!(town.store.act_corrections(9).await.unwrap(), []);
    assert_eq!(town.rows().await.len(), 1);
    let nobody: Option<ActId> = town.store.responds_to(MentionId(99)).await.unwrap();
    assert_eq!(nobody, None);
}
