//! Ties that follow whatever happens, against ties that are added up from scratch.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::person::{PeopleFilter, PersonRow};
use crate::domain::time::SignedDuration;
use crate::domain::{ActReading, Author, CorrectionId, Deed, Item, Network, PersonId, Role, SourceId, Visibility};
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Fingerprint, Lease, LeaseState, NewAct, NewMention, PollOutcome, RecordBatch, Roster, RosterSource, Store,
};

/// 2025-11-22 09:00 UTC.
const NOW: i64 = 1_763_802_000;
const HOUR: i64 = 3_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

struct Town {
    store: Arc<dyn Store>,
    lease: Lease,
    source: SourceId,
    /// The version of the reader: a reader that is taught reads everything anew.
    reader: i64,
    said: Vec<CorrectionId>,
    _directory: tempfile::TempDir,
}

impl Town {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let scope = Some("mastodon:town".into());
        let source = RosterSource { scope, ..RosterSource::alone("square", Network::fixed("mastodon")) };
        let subjects = vec![("Ferris".into(), Role::Brand)];
        let roster = Roster { subjects, sources: vec![source], ..Roster::default() };
        let source = store.adopt(&roster).await.unwrap().sources[0];
        let life = SignedDuration::from_secs(60);
        let LeaseState::Ours(lease) = store.take_lease("town", at(NOW), life).await.unwrap() else { panic!() };
        Self { store, lease, source, reader: 1, said: Vec::new(), _directory: directory }
    }

    async fn record(&self, mentions: Vec<NewMention>, acts: Vec<NewAct>, deleted: Vec<String>) {
        let outcome = PollOutcome::worked(at(NOW), true);
        let batch = RecordBatch { mentions, acts, deleted, ..RecordBatch::empty(self.source, outcome) };
        self.store.record(&self.lease, &batch).await.unwrap();
    }

    /// Reads what is unread: the last word names the deed; another version of the reader takes it for the next one.
    async fn read(&self) {
        let read = |unread: crate::store::Unread| {
            let place: usize = unread.text.as_str().rsplit(' ').next().unwrap().parse().unwrap();
            let deed = Deed::ALL[(place + self.reader as usize) % Deed::ALL.len()];
            let reading = ActReading {
                gesture: deed.gesture(),
                deed,
                sure: 0.8,
                trigger: None,
                cap: None,
                amount: None,
                personal: false,
                sketch: Vec::new(),
            };
            (unread, reading)
        };
        let all: Vec<_> = self.store.unread_acts(self.reader, 1_000).await.unwrap().into_iter().map(read).collect();
        self.store.keep_act_readings(&self.lease, self.reader, &all).await.unwrap();
    }

    async fn account(&self, who: u8) -> Option<PersonId> {
        let found = self.store.accounts(&format!("w{who}"), None).await.unwrap();
        found.first().map(|account| account.person)
    }

    /// Brings the ties in line, and returns them by person.
    async fn settled(&self) -> Vec<PersonRow> {
        while self.store.settle_ties(&Reckoner, 2).await.unwrap() == 2 {}
        let mut rows = self.store.people(&PeopleFilter::default(), None, at(NOW), 100).await.unwrap();
        rows.sort_by_key(|row| row.id);
        rows
    }

    /// The ties as they are when everything is added up anew.
    async fn added_anew(&self) -> Vec<PersonRow> {
        let mut rows: Vec<PersonRow> = Vec::new();
        for who in 0..WRITERS {
            let Some(account) = self.account(who).await else { continue };
            let file = self.store.person_file(account, &Reckoner, 1).await.unwrap().unwrap();
            if file.row.sums.last.is_some() && rows.iter().all(|row| row.id != file.row.id) {
                rows.push(file.row);
            }
        }
        rows.sort_by_key(|row| row.id);
        rows
    }

    /// Gives and asks of our answers to each person, as the books have them.
    async fn booked(&self) -> Vec<(PersonId, u32, u32)> {
        let mut all = std::collections::BTreeMap::<PersonId, (u32, u32)>::new();
        for row in self.store.book_rows(at(0), None, 1_000).await.unwrap() {
            let deed = row.said.or(row.reading.map(|reading| reading.deed));
            let (Some(person), Some(deed)) = (row.to, deed.filter(|_| row.visibility != Visibility::Private)) else {
                continue;
            };
            let (gives, asks) = all.entry(person).or_default();
            match Exchange::of_ours(deed) {
                Some(Exchange::OurGive) => *gives += 1,
                Some(_) => *asks += 1,
                None => {}
            }
        }
        all.into_iter().map(|(person, (gives, asks))| (person, gives, asks)).filter(|one| one.1 + one.2 > 0).collect()
    }
}

const WRITERS: u8 = 4;

fn act(number: u8, second: i64, deed: usize, to: u8, private: bool) -> NewAct {
    let text = format!("act {number} of {deed}");
    NewAct {
        item: Item {
            native_id: format!("act{number}"),
            author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
            claimed: Some(at(second)),
            parent: Some(format!("m{to}")),
            own: true,
            visibility: if private { Visibility::Private } else { Visibility::Public },
            text: text.clone(),
            ..Item::default()
        },
        first_seen: at(NOW),
        history: false,
        lang: None,
        content: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
    }
}

fn mention(number: u8) -> NewMention {
    let who = format!("w{}", number % WRITERS);
    NewMention {
        item: Item {
            native_id: format!("m{number}"),
            text: "Ferris?".into(),
            author: Author { native_id: Some(format!("id-{who}")), handle: Some(who), ..Author::default() },
            claimed: Some(at(NOW - 50 * 24 * HOUR + i64::from(number) * HOUR)),
            addressed: true,
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

#[derive(Debug, Clone)]
enum Happening {
    /// The same number again is an edit; what it answers may come later than itself.
    Act {
        number: u8,
        hours: i64,
        deed: usize,
        to: u8,
        private: bool,
    },
    ActGone(u8),
    Mention(u8),
    MentionGone(u8),
    /// What is unread is read.
    Read,
    /// The reader becomes another one.
    Taught,
    Said(u8, usize),
    Unsaid,
    Merge(u8, u8),
    Split(u8),
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..10u8, 0..1_000i64, 0..Deed::ALL.len(), 0..8u8, prop::bool::weighted(0.1))
            .prop_map(|(number, hours, deed, to, private)| Happening::Act { number, hours, deed, to, private }),
        1 => (0..10u8).prop_map(Happening::ActGone),
        5 => (0..8u8).prop_map(Happening::Mention),
        1 => (0..8u8).prop_map(Happening::MentionGone),
        4 => Just(Happening::Read),
        1 => Just(Happening::Taught),
        4 => (0..10u8, 0..Deed::ALL.len()).prop_map(|(number, deed)| Happening::Said(number, deed)),
        1 => Just(Happening::Unsaid),
        1 => (0..WRITERS, 0..WRITERS).prop_map(|(one, other)| Happening::Merge(one, other)),
        1 => (0..WRITERS).prop_map(Happening::Split),
    ]
}

async fn happen(town: &mut Town, happening: Happening) {
    match happening {
        Happening::Act { number, hours, deed, to, private } => {
            town.record(vec![], vec![act(number, NOW - hours * HOUR, deed, to, private)], vec![]).await;
        }
        Happening::ActGone(number) => town.record(vec![], vec![], vec![format!("act{number}")]).await,
        Happening::Mention(number) => town.record(vec![mention(number)], vec![], vec![]).await,
        Happening::MentionGone(number) => town.record(vec![], vec![], vec![format!("m{number}")]).await,
        Happening::Read => town.read().await,
        Happening::Taught => {
            town.reader += 1;
            town.read().await;
        }
        Happening::Said(number, deed) => {
            let acts = town.store.acts(None, 100).await.unwrap();
            if let Some(act) = acts.iter().find(|act| act.native_id == format!("act{number}")) {
                let said = town.store.correct_acts(&[act.id], Deed::ALL[deed], at(NOW)).await.unwrap();
                town.said.extend(said);
            }
        }
        Happening::Unsaid => {
            let last: Vec<CorrectionId> = town.said.pop().into_iter().collect();
            town.store.undo_act_corrections(&last, at(NOW)).await.unwrap();
        }
        Happening::Merge(one, other) => {
            if let (Some(one), Some(other)) = (town.account(one).await, town.account(other).await) {
                town.store.merge_people(one, other, at(NOW), None).await.unwrap();
            }
        }
        Happening::Split(who) => {
            if let Some(account) = town.account(who).await {
                town.store.split_person(account).await.unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_ties_are_those_from_scratch(all in prop::collection::vec(any_happening(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut town = Town::new().await;
            for happening in all {
                happen(&mut town, happening).await;
                let kept = town.settled().await;
                prop_assert_eq!(&kept, &town.added_anew().await);
                let summed = kept.iter().map(|row| (row.id, row.sums.gives, row.sums.asks));
                let summed: Vec<_> = summed.filter(|one| one.1 + one.2 > 0).collect();
                prop_assert_eq!(summed, town.booked().await, "the ties say what the books say");
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_corrected_deed_moves_the_tie_at_once() {
    let mut town = Town::new().await;
    town.record(vec![mention(1)], vec![act(1, NOW - HOUR, 0, 1, false)], vec![]).await;
    let before = town.settled().await;
    assert_eq!((before[0].sums.turns, before[0].sums.gives), (1, 0), "nobody has read it yet");
    happen(&mut town, Happening::Said(1, Deed::ALL.iter().position(|deed| *deed == Deed::HardAsk).unwrap())).await;
    let asked = town.settled().await;
    assert_eq!((asked[0].sums.gives, asked[0].sums.asks), (0, 1));
    assert!(asked[0].sums.worth < before[0].sums.worth);
    happen(&mut town, Happening::Unsaid).await;
    assert_eq!(town.settled().await, before);
}
