//! Kept in line with the store, campaigns are what they are when everything is read anew; whatever came late, out of
//! order, was corrected or taken down.

mod forgotten;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{Board, Keeper, Scale, words};
use crate::domain::time::SignedDuration;
use crate::domain::{
    Author, BrandSize, CampaignChange, CampaignId, Gesture, Intent, Intents, Item, MentionId, Money, Network,
    NewCorrection, Occasion, Paid, PersonId, Reading, Role, Said, Shares, SourceId, SubjectId, Terms, Timestamp,
};
use crate::engine::books::{Bookkeeper, Books};
use crate::language::{Cap, GestureReading, ReadGesture};
use crate::measure::giving::lift::Change;
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Fingerprint, Lease, LeaseState, NewAct, NewMention, PollOutcome, RecordBatch, Roster, RosterSource, Store, Unread,
};

const NOW: i64 = 1_750_000_000;
const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Reads what stands at the beginning of a text.
struct ByWord;

impl ReadGesture for ByWord {
    fn gesture(&self, text: &str, _reply: bool) -> GestureReading {
        let (gesture, place) = match text.split_whitespace().next() {
            Some("For") => (Gesture::Conditional, 2),
            Some("Order" | "Read") => (Gesture::Ask, 1),
            Some("Thank") => (Gesture::Talk, 3),
            _ => (Gesture::Give, 0),
        };
        let mut probabilities = [0.01; 4];
        probabilities[place] = 0.97;
        let cap = text.find("$100,000").and_then(|at| Cap::at(text, at..at + "$100,000".len()));
        GestureReading { gesture, probabilities, trigger: None, cap, all_proceeds: None, parts: Vec::new() }
    }
}

struct House {
    store: Arc<dyn Store>,
    lease: Lease,
    source: SourceId,
    brand: SubjectId,
    scale: Scale,
    _directory: tempfile::TempDir,
}

impl House {
    async fn new(size: BrandSize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let network = Network::named("mastodon");
        let source = RosterSource { name: "square".into(), network, scope: Some("mastodon:town".into()) };
        let subjects = vec![("Ferris".into(), Role::Brand)];
        let adopted = store.adopt(&Roster { subjects, sources: vec![source], ..Roster::default() }).await.unwrap();
        let lease = match store.take_lease("town", at(NOW), SignedDuration::from_hours(1)).await.unwrap() {
            LeaseState::Ours(lease) => lease,
            LeaseState::Theirs(lease) => panic!("it is held: {lease:?}"),
        };
        let scale = Scale { size, ..Scale::default() };
        let (source, brand) = (adopted.sources[0], adopted.subjects[0].id);
        Self { store, lease, source, brand, scale, _directory: directory }
    }

    fn batch(&self) -> RecordBatch {
        let outcome = PollOutcome::worked(at(NOW), true);
        RecordBatch::empty(self.source, outcome)
    }

    async fn record(&self, batch: RecordBatch) {
        self.store.record(&self.lease, &batch).await.unwrap();
    }

    fn act(&self, name: &str, second: i64, text: &str, content: u64) -> NewAct {
        NewAct {
            item: Item {
                native_id: format!("act:{name}"),
                text: text.into(),
                author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
                claimed: Some(at(second)),
                own: true,
                ..Item::default()
            },
            first_seen: at(NOW),
            history: false,
            lang: Some("en".into()),
            content,
        }
    }

    /// The account of the so-many-th writer, when anything of theirs is stored.
    async fn account(&self, who: u8) -> Option<PersonId> {
        let found = self.store.accounts(&format!("w{who}"), None).await.unwrap();
        found.first().map(|account| account.person)
    }

    async fn do_act(&self, act: NewAct) {
        self.record(RecordBatch { acts: vec![act], ..self.batch() }).await;
    }

    fn mention(&self, name: &str, who: &str, second: i64, text: &str, intent: Intent) -> NewMention {
        NewMention {
            item: Item {
                native_id: format!("id:{name}"),
                text: text.into(),
                author: Author { native_id: Some(format!("p{who}")), handle: Some(who.into()), ..Author::default() },
                claimed: Some(at(second)),
                ..Item::default()
            },
            first_seen: at(NOW),
            history: false,
            read: false,
            lang: Some("en".into()),
            matches: vec![],
            readings: vec![Reading {
                subject: self.brand,
                about: true,
                sentiment: Some(Shares { negative: 0.1, neutral: 0.8, positive: 0.1 }),
                intents: Intents::of(&[intent]),
            }],
            need: None,
            fingerprint: Fingerprint::default(),
            content: 1,
        }
    }

    async fn hear(&self, mentions: Vec<NewMention>) {
        self.record(RecordBatch { mentions, ..self.batch() }).await;
    }

    async fn take_down(&self, native: &str) {
        self.record(RecordBatch { deleted: vec![native.to_owned()], ..self.batch() }).await;
    }

    async fn change(&self, change: CampaignChange) -> CampaignChange {
        self.store.change_campaigns(&change, "Ana", at(NOW)).await.unwrap()
    }

    async fn books(&self) -> Books {
        Books::open(&*self.store, &ByWord, self.scale.size, self.scale.table).await.unwrap()
    }

    async fn open(&self) -> Keeper {
        Keeper::open(&*self.store, self.scale.clone(), at(NOW)).await.unwrap()
    }

    async fn board(&self, keeper: &mut Keeper) -> Board {
        keeper.look(&*self.store, at(NOW)).await.unwrap();
        let books = self.books().await;
        keeper.board(&*self.store, &books, at(NOW)).await.unwrap()
    }

    async fn anew(&self) -> Board {
        let mut keeper = self.open().await;
        self.board(&mut keeper).await
    }
}

fn tagged(name: &str) -> Terms {
    Terms { name: name.into(), tags: vec!["ride".into()], ..Terms::default() }
}

const CAPPED: &str = "For every repost of this we give $1 to the flood relief, up to $100,000 #ride";

#[tokio::test]
async fn a_dollar_for_each_repost_is_held_until_the_whole_is_paid_and_says_what_would_lift_it() {
    let house = House::new(BrandSize::Enterprise).await;
    for number in 0..24 {
        let text = format!("@p{number} put a new chain on, then oil it well and turn it {number} times");
        let mut act = house.act(&format!("give{number}"), NOW - 20 * DAY + number, &text, 1);
        act.item.parent = Some(format!("id:none{number}"));
        house.do_act(act).await;
    }
    house.do_act(house.act("bing", NOW - 3 * DAY, CAPPED, 1)).await;
    house.change(CampaignChange::Save(None, tagged("Flood"))).await;
    let mut mentions: Vec<NewMention> = (0..60)
        .map(|n| {
            house.mention(&format!("ok{n}"), &format!("w{n}"), NOW - 2 * DAY + n, "kind of you #ride", Intent::Praise)
        })
        .collect();
    mentions.push(house.mention("early", "x", NOW - 9 * DAY, "#ride before it began", Intent::Complaint));
    mentions.push(house.mention("other", "y", NOW - DAY, "another thing", Intent::Complaint));
    house.hear(mentions).await;
    let mut keeper = house.open().await;
    let board = house.board(&mut keeper).await;
    let report = board.named("flood").unwrap();
    assert_eq!((report.responses.all, report.responses.praise, report.responses.people), (60, 60, 60));
    let health = report.health.as_ref().unwrap();
    assert!(report.acts[0].posted.surely_capped, "{:?}", report.acts);
    assert!(health.held && health.health.unwrap() <= 39.0);
    assert_eq!(report.promised, [Money { amount: 100_000.0, unit: Some("USD".into()) }]);
    assert_eq!(report.lifts[0].change, Change::GiveOutright);
    let promised = report.lifts[0].to;
    assert!(words::sentence(report).starts_with("a capped condition: giving the $100,000 outright would lift it to"));

    let id = report.campaign.id;
    let part = Paid::Part(Money { amount: 62_000.0, unit: Some("USD".into()) });
    house.change(CampaignChange::Pay(id, part)).await;
    let board = house.board(&mut keeper).await;
    let report = board.named("Flood").unwrap();
    assert!(report.health.as_ref().unwrap().held && !report.whole);
    assert!(words::sentence(report).starts_with("a capped condition: giving the remaining $38,000 outright would"));
    assert_eq!(words::given(report).unwrap(), "$62,000 of $100,000 given");

    // What the sentence promises is what recording it brings.
    let undo = house.change(CampaignChange::Pay(id, Paid::Whole)).await;
    let board = house.board(&mut keeper).await;
    let report = board.named("Flood").unwrap();
    let health = report.health.as_ref().unwrap();
    assert!(!health.held && (health.health.unwrap() - promised).abs() < 0.01, "{} {promised}", health.sum);
    assert!(promised > 60.0, "{promised}");
    house.change(undo).await;
    let board = house.board(&mut keeper).await;
    assert!(board.named("Flood").unwrap().health.as_ref().unwrap().held);
    assert_eq!(board.reports, house.anew().await.reports);
}

#[tokio::test]
async fn who_knew_us_before_is_known_also_when_it_turns_out_late() {
    let house = House::new(BrandSize::Small).await;
    house.change(CampaignChange::Save(None, tagged("Ride"))).await;
    house.do_act(house.act("one", NOW - 5 * DAY, "We give ten bikes away #ride", 1)).await;
    let old = house.mention("old", "ana", NOW - 30 * DAY, "does the S2 fit?", Intent::Question);
    let new = house.mention("new", "ana", NOW - 4 * DAY, "lovely #ride", Intent::Praise);
    house.hear(vec![old, new]).await;
    let mut keeper = house.open().await;
    let known = |board: &Board| board.named("Ride").unwrap().responses.known;
    assert_eq!(known(&house.board(&mut keeper).await), 0);
    // Our answer of back then is found only now.
    let mut answer = house.act("answer", NOW - 29 * DAY, "@ana yes, up to 2.35 inches", 1);
    answer.item.parent = Some("id:old".into());
    house.do_act(answer).await;
    let board = house.board(&mut keeper).await;
    assert_eq!(known(&board), 1);
    assert!(board.named("Ride").unwrap().people[0].known);
    house.take_down("id:old").await;
    assert_eq!(known(&house.board(&mut keeper).await), 0, "with what they wrote the exchange is gone");
}

#[tokio::test]
async fn what_several_posts_share_is_suggested_until_it_is_a_campaign_or_not_wanted() {
    let house = House::new(BrandSize::Small).await;
    for number in 0..3 {
        let text = format!("{number} kilometres: https://ferris.example/ride #Ride");
        house.do_act(house.act(&format!("a{number}"), NOW - number * DAY, &text, 1)).await;
    }
    let mut keeper = house.open().await;
    let keys = |board: &Board| board.suggestions.iter().map(|one| one.key.clone()).collect::<Vec<_>>();
    let board = house.board(&mut keeper).await;
    assert_eq!(keys(&board), ["#ride", "https://ferris.example/ride"]);
    let undo = house.change(CampaignChange::Dismiss("#ride".into())).await;
    assert_eq!(keys(&house.board(&mut keeper).await), ["https://ferris.example/ride"]);
    house.change(undo).await;
    for one in &board.suggestions {
        house.change(CampaignChange::Save(None, one.terms.clone())).await;
    }
    let board = house.board(&mut keeper).await;
    assert!(keys(&board).is_empty());
    assert!(board.reports.iter().all(|report| report.acts.len() == 3), "{:?}", board.reports);
}

/// How long it takes from an act that is stored to the gauge that has it, with 100,000 acts and 1,000,000 mentions in
/// the store: `cargo test --release --lib campaigns::tests::the_gauge -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "fills a store of a million mentions"]
#[allow(clippy::print_stdout)] // what it measures
async fn the_gauge_follows_an_act_within_a_frame() {
    use std::time::Instant;

    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
    let network = Network::named("mastodon");
    let source = RosterSource { name: "square".into(), network, scope: Some("mastodon:town".into()) };
    let subjects = vec![("Ferris".into(), Role::Brand)];
    let adopted = store.adopt(&Roster { subjects, sources: vec![source], ..Roster::default() }).await.unwrap();
    let lease = match store.take_lease("town", at(NOW), SignedDuration::from_hours(1)).await.unwrap() {
        LeaseState::Ours(lease) => lease,
        LeaseState::Theirs(lease) => panic!("it is held: {lease:?}"),
    };
    let begun = Instant::now();
    store.crowd(NOW, 100_000, 1_000_000, adopted.subjects[0].id.0).await;
    println!("filled in {:?}", begun.elapsed());
    let (brand, source) = (adopted.subjects[0].id, adopted.sources[0]);
    let store: Arc<dyn Store> = store;
    let scale = Scale { size: BrandSize::Large, ..Scale::default() };
    let house = House { store, lease, source, brand, scale, _directory: directory };
    house.change(CampaignChange::Save(None, tagged("Ride"))).await;
    let books = Bookkeeper::new(Arc::clone(&house.store), house.scale.size, house.scale.table);
    let begun = Instant::now();
    let held = books.books().await.unwrap();
    println!("books of {} acts opened in {:?}", held.acts.len(), begun.elapsed());
    drop(held);
    let begun = Instant::now();
    let mut keeper = house.open().await;
    let held = books.books().await.unwrap();
    let board = keeper.board(&*house.store, &held, at(NOW)).await.unwrap();
    drop(held);
    let (acts, responses) = (board.reports[0].acts.len(), board.reports[0].responses.all);
    println!("campaign of {acts} acts and {responses} responses opened in {:?}", begun.elapsed());
    let mut worst = [Duration::ZERO; 3];
    for number in 0..10 {
        house.do_act(house.act(&format!("new{number}"), NOW - 1, "We give ten wheels away #ride", 1)).await;
        let unread = house.store.unread_acts(1, 10).await.unwrap();
        let read = |one: Unread| {
            let reading = crate::engine::books::reading::read(&ByWord, one.text.as_str(), one.reply);
            (one, reading)
        };
        let readings: Vec<_> = unread.into_iter().map(read).collect();
        house.store.keep_act_readings(&house.lease, 1, &readings).await.unwrap();
        let begun = Instant::now();
        let held = books.books().await.unwrap();
        let booked = begun.elapsed();
        keeper.look(&*house.store, at(NOW)).await.unwrap();
        let looked = begun.elapsed();
        let board = keeper.board(&*house.store, &held, at(NOW)).await.unwrap();
        let made = begun.elapsed();
        assert_eq!(board.reports[0].acts.len(), acts + 1 + number);
        for (worst, took) in worst.iter_mut().zip([booked, looked - booked, made - looked]) {
            *worst = took.max(*worst);
        }
    }
    println!("slowest of ten: books {:?}, what changed {:?}, gauge {:?}", worst[0], worst[1], worst[2]);
}

#[tokio::test]
async fn a_campaign_of_long_ago_is_measured_by_all_its_acts() {
    let house = House::new(BrandSize::Large).await;
    let long_ago = NOW - 400 * DAY;
    let terms = Terms { until: Some(at(long_ago + 60 * DAY)), ..tagged("Ride") };
    house.change(CampaignChange::Save(None, terms)).await;
    // Given before it, so that its ask was covered then.
    for number in 0..30 {
        let name = format!("gave{number}");
        house.do_act(house.act(&name, long_ago - 5 * DAY + number, "We mended a wheel", 1)).await;
    }
    house.do_act(house.act("first", long_ago, CAPPED, 1)).await;
    house.do_act(house.act("second", long_ago + 30 * DAY, "Order the S2 now #ride", 1)).await;
    for number in 0..8 {
        let (name, who) = (format!("said{number}"), format!("w{number}"));
        let mention = house.mention(&name, &who, long_ago + 2 * DAY + number, "lovely #ride", Intent::Praise);
        house.hear(vec![mention]).await;
    }
    let books = house.books().await;
    let mut then = Keeper::open(&*house.store, house.scale.clone(), at(long_ago + 61 * DAY)).await.unwrap();
    let then = then.board(&*house.store, &books, at(long_ago + 61 * DAY)).await.unwrap();
    let mut now = house.open().await;
    let now = house.board(&mut now).await;
    let (then, now) = (&then.reports[0], &now.reports[0]);
    assert_eq!((now.acts.len(), now.responses.all, now.begin), (2, 8, Some(at(long_ago))));
    assert!(now.acts[0].posted.cover.unwrap().given > 15.0, "{:?}", now.acts[0]);
    assert!(now.health.is_some() && now.trend.iter().any(|(_, health)| health.is_some()));
    assert_eq!((&now.acts, &now.health, &now.responses), (&then.acts, &then.health, &then.responses));
    // An act that comes late and is older than all that was searched: what was said after it counts.
    let mut keeper = house.open().await;
    let older = house.mention("early", "w9", long_ago - 350 * DAY, "lovely #ride", Intent::Praise);
    house.hear(vec![older]).await;
    house.do_act(house.act("zero", long_ago - 360 * DAY, "Read our new post #ride", 1)).await;
    let (kept, anew) = (house.board(&mut keeper).await, house.anew().await);
    assert_eq!(kept, anew);
    assert_eq!(kept.reports[0].responses.all, 9);
}

#[derive(Debug, Clone)]
enum Step {
    /// A post of ours, of any day, with the hashtag or not, to the so-many-th mention or nobody.
    Act {
        day: i64,
        text: usize,
        answers: Option<usize>,
    },
    EditAct {
        act: usize,
        text: usize,
    },
    DropAct {
        act: usize,
    },
    /// Somebody writes, of any day, with the hashtag or not, to the so-many-th act or nobody.
    Say {
        who: u8,
        day: i64,
        tag: bool,
        intent: usize,
        to: Option<usize>,
        private: bool,
    },
    EditSay {
        say: usize,
        tag: bool,
        intent: usize,
    },
    DropSay {
        say: usize,
    },
    Correct {
        say: usize,
        intent: usize,
    },
    Uncorrect,
    /// A person confirms that two are one, or that one is not.
    Merge {
        one: u8,
        other: u8,
    },
    Split {
        who: u8,
    },
    Pay {
        whole: bool,
    },
    Redefine {
        terms: usize,
    },
}

const TEXTS: [&str; 6] = [
    CAPPED,
    "Order the S2 now #ride",
    "We donated forty bikes to the school #ride",
    "Thank you all!",
    "Here is how to oil a chain, step by step",
    "Read our new post #ride https://ferris.example/ride",
];
const INTENTS: [Intent; 3] = [Intent::Praise, Intent::Complaint, Intent::Question];

fn terms(number: usize) -> Terms {
    let name = "Ride".to_owned();
    match number {
        0 => tagged("Ride"),
        1 => Terms { name, words: vec!["chain OR lovely".into()], ..Terms::default() },
        2 => Terms { name, since: Some(at(NOW - 20 * DAY)), until: Some(at(NOW - 3 * DAY)), ..tagged("Ride") },
        _ => Terms { name, accounts: vec!["ferris".into()], ..Terms::default() },
    }
}

fn step() -> impl Strategy<Value = Step> {
    let (some, day) = (0_usize..100, 0_i64..30);
    prop_oneof![
        5 => (day.clone(), 0..TEXTS.len(), prop::option::of(some.clone()))
            .prop_map(|(day, text, answers)| Step::Act { day, text, answers }),
        2 => (some.clone(), 0..TEXTS.len()).prop_map(|(act, text)| Step::EditAct { act, text }),
        1 => some.clone().prop_map(|act| Step::DropAct { act }),
        8 => (0_u8..5, day, any::<bool>(), 0..INTENTS.len(), prop::option::of(some.clone()), prop::bool::weighted(0.1))
            .prop_map(|(who, day, tag, intent, to, private)| Step::Say { who, day, tag, intent, to, private }),
        2 => (some.clone(), any::<bool>(), 0..INTENTS.len())
            .prop_map(|(say, tag, intent)| Step::EditSay { say, tag, intent }),
        1 => some.clone().prop_map(|say| Step::DropSay { say }),
        2 => (some, 0..INTENTS.len()).prop_map(|(say, intent)| Step::Correct { say, intent }),
        1 => Just(Step::Uncorrect),
        2 => (0_u8..5, 0_u8..5).prop_map(|(one, other)| Step::Merge { one, other }),
        1 => (0_u8..5).prop_map(|who| Step::Split { who }),
        1 => any::<bool>().prop_map(|whole| Step::Pay { whole }),
        1 => (0_usize..4).prop_map(|terms| Step::Redefine { terms }),
    ]
}

/// What was done so far, to be changed again.
#[derive(Default)]
struct Done {
    acts: Vec<NewAct>,
    says: Vec<NewMention>,
    corrections: Vec<crate::domain::CorrectionId>,
    revision: u64,
}

async fn carry_out(house: &House, campaign: CampaignId, done: &mut Done, step: Step) {
    done.revision += 1;
    let revision = done.revision;
    match step {
        Step::Act { day, text, answers } => {
            let mut act = house.act(&revision.to_string(), NOW - day * DAY - revision as i64, TEXTS[text], revision);
            let answered = answers.filter(|_| !done.says.is_empty()).map(|say| &done.says[say % done.says.len()]);
            act.item.parent = answered.map(|say| say.item.native_id.clone());
            done.acts.push(act.clone());
            house.do_act(act).await;
        }
        Step::EditAct { act, text } if !done.acts.is_empty() => {
            let place = act % done.acts.len();
            let act = &mut done.acts[place];
            (act.item.text, act.content) = (TEXTS[text].to_owned(), revision);
            house.do_act(act.clone()).await;
        }
        Step::DropAct { act } if !done.acts.is_empty() => {
            let act = done.acts.remove(act % done.acts.len());
            house.take_down(&act.item.native_id).await;
        }
        Step::Say { who, day, tag, intent, to, private } => {
            let text = if tag { "lovely #ride" } else { "well" };
            let second = NOW - day * DAY - revision as i64;
            let mut say = house.mention(&revision.to_string(), &format!("w{who}"), second, text, INTENTS[intent]);
            say.content = revision;
            let answered = to.filter(|_| !done.acts.is_empty()).map(|act| &done.acts[act % done.acts.len()]);
            say.item.parent = answered.map(|act| act.item.native_id.clone());
            if private {
                say.item.visibility = crate::domain::Visibility::Private;
            }
            done.says.push(say.clone());
            house.hear(vec![say]).await;
        }
        Step::EditSay { say, tag, intent } if !done.says.is_empty() => {
            let place = say % done.says.len();
            let say = &mut done.says[place];
            (say.item.text, say.content) = (if tag { "chain #ride" } else { "hm" }.to_owned(), revision);
            say.readings[0].intents = Intents::of(&[INTENTS[intent]]);
            house.hear(vec![say.clone()]).await;
        }
        Step::DropSay { say } if !done.says.is_empty() => {
            let say = done.says.remove(say % done.says.len());
            house.take_down(&say.item.native_id).await;
        }
        Step::Correct { say, intent } => {
            let said = Said { intents: Some(Intents::of(&[INTENTS[intent]])), ..Said::about(true) };
            let new = NewCorrection {
                mention: MentionId(say as i64 % (done.says.len() as i64 + 1) + 1),
                subject: house.brand,
                said,
                untaught: None,
                untaught_intents: None,
                occasion: Occasion::Volunteered,
                at: at(NOW),
            };
            done.corrections.extend(house.store.correct(&[new]).await.unwrap());
        }
        Step::Uncorrect => {
            house.store.undo_corrections(&done.corrections, at(NOW)).await.unwrap();
        }
        Step::Merge { one, other } => {
            if let (Some(one), Some(other)) = (house.account(one).await, house.account(other).await) {
                house.store.merge_people(one, other, at(NOW), None).await.unwrap();
            }
        }
        Step::Split { who } => {
            if let Some(account) = house.account(who).await {
                house.store.split_person(account).await.unwrap();
            }
        }
        Step::Pay { whole } => {
            let paid = if whole { Paid::Whole } else { Paid::Part(Money { amount: 5.0, unit: None }) };
            house.change(CampaignChange::Pay(campaign, paid)).await;
        }
        Step::Redefine { terms: number } => {
            house.change(CampaignChange::Save(Some(campaign), terms(number))).await;
        }
        _ => {}
    }
}

/// The rounds of a random history, fewer than a property would have: each is played on a database.
const HISTORIES: usize = 18;
const STEPS: usize = 30;

#[tokio::test]
async fn what_is_kept_is_what_is_read_anew() {
    let mut runner = TestRunner::deterministic();
    let histories = prop::collection::vec(step(), STEPS);
    let mut responses = 0;
    for _ in 0..HISTORIES {
        let history = histories.new_tree(&mut runner).unwrap().current();
        let house = House::new(BrandSize::Large).await;
        let CampaignChange::Remove(campaign) = house.change(CampaignChange::Save(None, terms(0))).await else {
            panic!("making a campaign is undone by taking it away")
        };
        let (mut keeper, mut done) = (house.open().await, Done::default());
        for (number, step) in history.into_iter().enumerate() {
            carry_out(&house, campaign, &mut done, step.clone()).await;
            let (kept, anew) = (house.board(&mut keeper).await, house.anew().await);
            assert_eq!(kept, anew, "step {number}: {step:?}");
            responses += kept.reports[0].responses.all;
        }
    }
    assert!(responses > 300, "hardly anybody responded: {responses}");
}
