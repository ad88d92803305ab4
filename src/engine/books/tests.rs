//! The books held in memory against those made from scratch, on a store in a file.

use std::sync::Arc;

use proptest::prelude::*;

use super::parts::{Acquaintances, Audience, By};
use super::*;
use crate::domain::time::SignedDuration;
use crate::domain::{Author, CorrectionId, Deed, Give, Item, Role};
use crate::language::RuleGesture;
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Fingerprint, Lease, LeaseState, NewAct, NewMention, PollOutcome, RecordBatch, Roster, RosterSource, Store,
};

/// 2025-11-22 09:00 UTC.
const NOW: i64 = 1_763_802_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A store with one source.
struct Town {
    store: Arc<dyn Store>,
    lease: Lease,
    source: SourceId,
    _directory: tempfile::TempDir,
}

impl Town {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let source = RosterSource {
            scope: Some("mastodon:town".into()),
            ..RosterSource::alone("square", Network::fixed("mastodon"))
        };
        let roster =
            Roster { subjects: vec![("Ferris".into(), Role::Brand)], sources: vec![source], ..Roster::default() };
        let source = store.adopt(&roster).await.unwrap().sources[0];
        let life = SignedDuration::from_secs(60);
        let LeaseState::Ours(lease) = store.take_lease("town", at(NOW), life).await.unwrap() else { panic!() };
        Self { store, lease, source, _directory: directory }
    }

    async fn record(&self, mentions: Vec<NewMention>, acts: Vec<NewAct>, deleted: Vec<String>) {
        let outcome = PollOutcome::worked(at(NOW), true);
        let batch = RecordBatch { mentions, acts, deleted, ..RecordBatch::empty(self.source, outcome) };
        self.store.record(&self.lease, &batch).await.unwrap();
    }

    async fn read(&self) {
        let reader = RuleGesture::new();
        let unread = self.store.unread_acts(reader.version(), 1_000).await.unwrap();
        let read = |one: crate::store::Unread| {
            let reading = reading::read(&reader, one.text.as_str(), one.reply);
            (one, reading)
        };
        let all: Vec<_> = unread.into_iter().map(read).collect();
        self.store.keep_act_readings(&self.lease, reader.version(), &all).await.unwrap();
    }

    fn keeper(&self) -> Bookkeeper {
        Bookkeeper::new(Arc::clone(&self.store), BrandSize::Medium, Table::default())
    }
}

fn act(number: u8, second: i64, text: &str, parent: Option<String>) -> NewAct {
    NewAct {
        item: Item {
            native_id: format!("act{number}"),
            text: text.into(),
            author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
            claimed: Some(at(second)),
            parent,
            own: true,
            ..Item::default()
        },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
    }
}

fn mention(number: u8) -> NewMention {
    NewMention {
        item: Item {
            native_id: format!("m{number}"),
            text: "Ferris?".into(),
            author: Author { native_id: Some(format!("by{}", number % 3)), ..Author::default() },
            claimed: Some(at(NOW - 100 * 86_400)),
            ..Item::default()
        },
        first_seen: at(NOW),
        history: false,
        read: false,
        lang: None,
        matches: Vec::new(),
        readings: Vec::new(),
        need: None,
        fingerprint: Fingerprint::default(),
        content: 1,
    }
}

const TEXTS: [&str; 8] = [
    "thank you, that made our morning!",
    "@a sorry to hear that, please find the new manual here, page two has the answer",
    "@b sorry to hear that, please find the new manual here, page two has the answer",
    "Order the S2 now, 20 % off until Sunday",
    "Read our new post on winter chains",
    "We donated $2,000 to the shelter",
    "For each retweet we give $1, at most $100,000, to the earthquake fund",
    "Good morning from the workshop",
];

#[derive(Debug, Clone)]
enum Happening {
    Post { number: u8, hours: i64, text: usize, to: Option<u8> },
    TakenDown(u8),
    Mention(u8),
    MentionGone(u8),
    Said(u8, usize),
    Unsaid,
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..14u8, 0..400i64, 0..TEXTS.len(), prop::option::of(0..6u8))
            .prop_map(|(number, hours, text, to)| Happening::Post { number, hours, text, to }),
        1 => (0..14u8).prop_map(Happening::TakenDown),
        2 => (0..6u8).prop_map(Happening::Mention),
        1 => (0..6u8).prop_map(Happening::MentionGone),
        2 => (0..14u8, 0..Deed::ALL.len()).prop_map(|(number, deed)| Happening::Said(number, deed)),
        1 => Just(Happening::Unsaid),
    ]
}

async fn happen(town: &Town, happening: Happening, said: &mut Vec<CorrectionId>) {
    match happening {
        // The same number again is an edit.
        Happening::Post { number, hours, text, to } => {
            let parent = to.map(|to| format!("m{to}"));
            town.record(vec![], vec![act(number, NOW - hours * 3_600, TEXTS[text], parent)], vec![]).await;
            town.read().await;
        }
        Happening::TakenDown(number) => town.record(vec![], vec![], vec![format!("act{number}")]).await,
        Happening::Mention(number) => town.record(vec![mention(number)], vec![], vec![]).await,
        Happening::MentionGone(number) => town.record(vec![], vec![], vec![format!("m{number}")]).await,
        Happening::Said(number, deed) => {
            let acts = town.store.acts(None, 100).await.unwrap();
            if let Some(act) = acts.iter().find(|act| act.native_id == format!("act{number}")) {
                said.extend(town.store.correct_acts(&[act.id], Deed::ALL[deed], at(NOW)).await.unwrap());
            }
        }
        Happening::Unsaid => {
            let last: Vec<CorrectionId> = said.pop().into_iter().collect();
            town.store.undo_act_corrections(&last, at(NOW)).await.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_books_in_memory_are_those_from_scratch(all in prop::collection::vec(any_happening(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let town = Town::new().await;
            let (keeper, mut said) = (town.keeper(), Vec::new());
            for happening in all {
                happen(&town, happening, &mut said).await;
                let (held, scratch) = (keeper.books().await.unwrap(), town.keeper().books().await.unwrap());
                prop_assert_eq!(&*held, &*scratch);
            }
            // Whoever only looks reads for themselves and comes to the same.
            let reader = RuleGesture::new();
            let opened = Books::open(&*town.store, &reader, BrandSize::Medium, Table::default());
            prop_assert_eq!(&opened.await.unwrap(), &*keeper.books().await.unwrap());
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn acts_that_nobody_read_are_read_by_whoever_looks() {
    let town = Town::new().await;
    town.record(vec![], vec![act(1, NOW - 60, TEXTS[6], None), act(2, NOW - 50, TEXTS[5], None)], vec![]).await;
    assert!(town.keeper().books().await.unwrap().acts.is_empty());
    // The rules alone find no cap.
    let readers = crate::language::Readers::trained();
    let books = Books::open(&*town.store, readers.gesture.as_ref(), BrandSize::Medium, Table::default());
    let books = books.await.unwrap();
    let [condition, gift] = books.acts.as_slice() else { panic!("{:?}", books.acts) };
    assert_eq!(condition.deed(), Deed::Conditional { capped: true, all_proceeds: false });
    assert_eq!(gift.deed(), Deed::Give(Give::Donate));
    assert!(!condition.confirmed() && &*condition.account == "ferris");
    let pledged = books.promises(&[], at(NOW), None).units;
    assert_eq!(pledged.len(), 1, "{pledged:?}");
    assert_eq!((pledged[0].unit.as_str(), pledged[0].money), ("USD", true));
    assert_eq!((pledged[0].on_condition, pledged[0].given, pledged[0].acts), (100_000.0, 2_000.0, 2));
    assert!(books.promises(&[], at(NOW), Some(at(NOW))).units.is_empty());
}

#[tokio::test]
async fn what_is_not_public_is_in_no_book_and_what_is_old_stays() {
    let town = Town::new().await;
    let mut secret = act(1, NOW - 60, TEXTS[0], None);
    secret.item.visibility = Visibility::Private;
    let old = act(2, NOW - 901 * 86_400, TEXTS[1], Some("m0".into()));
    let ask = act(3, NOW - 900 * 86_400, TEXTS[3], None);
    town.record(vec![], vec![secret, old, ask, act(4, NOW - 30, TEXTS[4], None)], vec![]).await;
    town.read().await;
    let keeper = town.keeper();
    let books = keeper.books().await.unwrap();
    assert_eq!(books.acts.len(), 3);
    let cover = books.ledger.lines()[1].cover.unwrap();
    assert!(cover.asked > 0.9, "an old ask is judged by what was said before it: {cover:?}");
    drop(books);
    // What turns out not to be public leaves.
    let mut withdrawn = act(4, NOW - 30, TEXTS[4], None);
    withdrawn.item.visibility = Visibility::Private;
    town.record(vec![], vec![withdrawn], vec![]).await;
    assert_eq!(keeper.books().await.unwrap().acts.len(), 2);
}

/// What is left out beyond the most acts, at a steady number of acts a day, half of them gives and half asks: how much
/// the balance would move if all that is left out were large gives.
fn left_out(a_day: f64) -> f64 {
    let table = Table::default();
    let left =
        |age: f64| table.decay(at(NOW).checked_sub(SignedDuration::from_secs_f64(age * 86_400.0)).unwrap(), at(NOW));
    let kept_days = (MOST as f64 / a_day).floor();
    let sum = |days: std::ops::Range<u32>| days.map(|day| left(f64::from(day))).sum::<f64>();
    let (kept, out) = (a_day * sum(0..kept_days as u32), a_day * sum(kept_days as u32..5_000));
    let balance = |given: f64| (given + 1.0) / (given + kept / 2.0 + 2.0);
    balance(kept / 2.0 + table.large_give * out) - balance(kept / 2.0)
}

#[test]
fn what_is_left_out_is_less_than_what_can_be_seen() {
    // The figures that the documentation of MOST tells.
    assert_eq!((MOST as f64 / 900.0).floor(), 111.0);
    assert_eq!(format!("{:.4}", left_out(900.0)), "0.0041");
    // Two digits of a balance are shown.
    for a_day in [10.0, 100.0, 500.0, 900.0] {
        assert!(left_out(a_day) < 0.005, "{a_day}: {}", left_out(a_day));
    }
    assert!(left_out(2_000.0) > 0.005, "more than that would be seen");
}

#[tokio::test]
async fn a_part_is_one_account_or_one_audience() {
    let town = Town::new().await;
    let day = 86_400;
    let mut other = act(5, NOW - day, TEXTS[4], None);
    other.item.author = Author { native_id: Some("them".into()), handle: Some("shop".into()), ..Author::default() };
    let acts = vec![
        act(1, NOW - 10 * day, TEXTS[1], Some("m0".into())),
        act(2, NOW - 10 * day + 600, TEXTS[2], Some("m3".into())),
        act(3, NOW - 2 * day, "@a it takes tyres of up to 2.35 inches", Some("m0".into())),
        act(4, NOW - 2 * day, "@c it is, we checked in the workshop this morning", Some("m1".into())),
        other,
    ];
    town.record(vec![mention(0), mention(1), mention(3)], acts, vec![]).await;
    town.read().await;
    let books = town.keeper().books().await.unwrap();
    let acquaintances = Acquaintances::of(&books);
    let audiences: Vec<Audience> = books.acts.iter().map(|read| acquaintances.audience(read)).collect();
    // The second answers the same person within the same day: no acquaintance yet.
    let [one, two, known, stranger, public] = audiences.as_slice() else { panic!("{audiences:?}") };
    assert_eq!(
        (one, two, known, stranger, public),
        (&Audience::Stranger, &Audience::Stranger, &Audience::Known, &Audience::Stranger, &Audience::Public)
    );
    let canned: Vec<bool> = books.ledger.lines().iter().map(|line| line.canned).collect();
    assert_eq!(canned, [false, true, false, false, false]);
    let accounts = books.parts(By::Account, at(NOW), None);
    let told: Vec<(&str, usize)> = accounts.iter().map(|(name, part)| (name.as_str(), part.acts)).collect();
    assert_eq!(told, [("mastodon ferris", 4), ("mastodon shop", 1)]);
    let whole = books.part(at(NOW), None, |_, _| true);
    let sums = books.ledger.sums(at(NOW));
    assert!((whole.sums.given - sums.given).abs() < 1e-9 && (whole.sums.asked - sums.asked).abs() < 1e-9);
    let given: f64 = books.parts(By::Audience, at(NOW), None).iter().map(|(_, part)| part.sums.given).sum();
    assert!((given - sums.given).abs() < 1e-9);
    assert_eq!((whole.replies, whole.balance(), whole.canned_share()), ((4, 1), None, None));
    assert_eq!(books.part(at(NOW), Some(at(NOW - 3 * day)), |_, _| true).acts, 3);
}

#[test]
fn what_ends_as_a_voice_signs_is_personal() {
    let rules = || Box::new(crate::language::gesture::RuleGesture::new());
    let text = "The workshop is open on Saturday, bring the old chain. ~ana at Ferris";
    let plain = reading::read(rules().as_ref(), text, false);
    let signed = crate::language::gesture::signed::Signed::new(rules(), ["~ana at Ferris".to_owned()]);
    assert!(!plain.personal && reading::read(&signed, text, false).personal);
}
