//! Random histories against a plain model: batches with edits, changed ids and deletions, copies by other sources of
//! the scope, acts and what they answer, marks of reading and retention. After every step the store holds what the model holds, its stories are the model's, and every count
//! equals a count from scratch.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::stream::Counts;
use crate::domain::{GroupId, Mention, MentionId, Visibility};
use crate::store::{NewAct, Retention};

mod plain;

use plain::{Kept, KeptAct, Model};

const DAY: i64 = 86_400;
const CASES: usize = 12;
const STEPS: usize = 25;
/// Posts of ours; each answers one of the first posts under one of its ids.
const ACTS: i64 = 12;
/// People; each writes every so manieth of the posts, and of ours. Higher numbers are nobody.
const AUTHORS: i64 = 5;

/// One item as a source shows it.
#[derive(Debug, Clone)]
struct Shown {
    /// Which post; its alias, address and date follow from it.
    post: i64,
    /// Under which of its ids.
    id: u8,
    /// Which state of its content.
    state: u64,
    mark: u64,
    private: bool,
    addressed: bool,
    read: bool,
}

/// One post of ours as a source shows it.
#[derive(Debug, Clone)]
struct Done {
    /// Which; it answers a post under one of its ids.
    number: i64,
    /// Which state of its content.
    state: u64,
}

#[derive(Debug, Clone)]
enum Step {
    Poll {
        source: usize,
        shown: Vec<Shown>,
        done: Vec<Done>,
        deleted: Vec<(i64, u8)>,
        undone: Vec<i64>,
        gone: Vec<i64>,
        later: i64,
    },
    Read {
        every: usize,
        read: bool,
    },
    Retain {
        days: i64,
    },
}

fn shown() -> impl Strategy<Value = Shown> {
    let flags = (prop::bool::weighted(0.15), prop::bool::weighted(0.2), any::<bool>());
    (0_i64..14, 0_u8..2, 0_u64..3, 0_u64..6, flags).prop_map(|(post, id, state, mark, (private, addressed, read))| {
        Shown { post, id, state, mark, private, addressed, read }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let poll = (
        0_usize..4,
        prop::collection::vec(shown(), 0..6),
        prop::collection::vec((0_i64..ACTS, 0_u64..2).prop_map(|(number, state)| Done { number, state }), 0..3),
        prop::collection::vec((0_i64..14, 0_u8..2), 0..2),
        prop::collection::vec(0_i64..ACTS, 0..2),
        prop::collection::vec(0_i64..AUTHORS * 8, 0..2),
        0..2 * DAY,
    )
        .prop_map(|(source, mut shown, mut done, deleted, undone, gone, later)| {
            // A post once in a batch; twice has its own cases.
            let mut seen = HashSet::new();
            shown.retain(|one| seen.insert(one.post));
            let mut seen = HashSet::new();
            done.retain(|one| seen.insert(one.number));
            Step::Poll { source, shown, done, deleted, undone, gone, later }
        });
    prop_oneof![
        8 => poll,
        2 => (1_usize..4, any::<bool>()).prop_map(|(every, read)| Step::Read { every, read }),
        1 => (25_i64..60).prop_map(|days| Step::Retain { days }),
    ]
}

fn native(post: i64, id: u8) -> String {
    format!("id:{post}/{id}")
}

/// Days before [`NOW`] that a post was published: some too old to be grouped, some soon too old to be kept.
fn published(post: i64) -> i64 {
    NOW - post * 5 * DAY - post
}

impl Town {
    fn show(&self, shown: &Shown, now: i64) -> NewMention {
        let mut new = self.mention(&format!("p{}", shown.post), 0);
        new.item.native_id = native(shown.post, shown.id);
        new.item.aliases = vec![format!("alias {}", shown.post)];
        new.item.url = Some(format!("https://x.example/{}", shown.post));
        new.item.author = Author { native_id: Some(author(shown.post)), ..Author::default() };
        new.item.claimed = Some(at(published(shown.post)));
        new.item.text = format!("state{}", shown.state);
        new.item.visibility = if shown.private { Visibility::Private } else { Visibility::Public };
        new.first_seen = at(now);
        new.item.addressed = shown.addressed;
        new.read = shown.read;
        new.content = shown.state;
        let moods = [NEGATIVE, NEUTRAL, POSITIVE];
        new.readings = vec![reading(self.brand(), moods[shown.state as usize], &[Intent::ALL[shown.state as usize]])];
        if shown.mark.is_multiple_of(2) {
            new.readings.push(Reading { sentiment: None, ..reading(self.rival(), NEUTRAL, &[Intent::Complaint]) });
        }
        new.fingerprint = match shown.mark {
            0 => Fingerprint { words: Some(1), ..Fingerprint::default() },
            1 => Fingerprint { link: Some(1), words: Some(2), ..Fingerprint::default() },
            2 => Fingerprint { similar: Some(0b111), ..Fingerprint::default() },
            3 => Fingerprint { similar: Some(0b1_1000), words: Some(2), ..Fingerprint::default() },
            4 => Fingerprint { repost: Some(1), ..Fingerprint::default() },
            _ => Fingerprint::default(),
        };
        new
    }
}

/// Who wrote a post, or one of ours.
fn author(number: i64) -> String {
    format!("did:{}", number % AUTHORS)
}

fn act_name(number: i64) -> String {
    format!("act:{number}")
}

/// What the act answers.
fn target(number: i64) -> String {
    native(number / 2, u8::from(number % 4 == 3))
}

/// When the act was published; some are too old to be kept soon.
fn done_at(number: i64) -> i64 {
    NOW - number * 5 * DAY
}

/// Within what names mean the same.
fn realm(source: usize) -> usize {
    source.min(2)
}

impl Town {
    fn done(&self, done: &Done, now: i64) -> NewAct {
        NewAct {
            item: Item {
                native_id: act_name(done.number),
                text: format!("done{}", done.state),
                parent: Some(target(done.number)),
                claimed: Some(at(done_at(done.number))),
                author: Author { native_id: Some(author(done.number)), ..Author::default() },
                own: true,
                ..Item::default()
            },
            first_seen: at(now),
            history: false,
            lang: None,
            content: done.state,
        }
    }
}

pub(crate) async fn random_histories_agree_with_a_plain_model(grounds: &dyn Grounds) {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(step(), STEPS);
    let town = Town::new(grounds).await;
    // One store for all histories: each begins with everything erased, the erased names forgotten by a new alphabet.
    for case in 0..CASES {
        let steps = strategy.new_tree(&mut runner).unwrap().current();
        let mut model = Model { now: NOW, ..Model::default() };
        let shift = case as i64;
        for (number, step) in steps.iter().enumerate() {
            take(&town, &mut model, step, shift).await;
            compare(&town, &model, &format!("history {case}, step {number}: {step:?}")).await;
        }
        let everything_goes = Retention { mentions: SignedDuration::from_hours(-24 * 365) };
        while town.store.retain(&town.lease, at(model.now), &everything_goes).await.unwrap() > 0 {}
        compare(&town, &Model::default(), "the end").await;
    }
}

/// The names of a history, so that what an earlier one erased is none of its business.
fn renamed(mut new: NewMention, history: i64) -> NewMention {
    new.item.native_id = format!("{history} {}", new.item.native_id);
    new.item.aliases[0] = format!("{history} {}", new.item.aliases[0]);
    new
}

fn renamed_act(mut act: NewAct, history: i64) -> NewAct {
    act.item.native_id = format!("{history} {}", act.item.native_id);
    act.item.parent = act.item.parent.map(|parent| format!("{history} {parent}"));
    act
}

async fn take(town: &Town, model: &mut Model, step: &Step, history: i64) {
    match step {
        Step::Poll { source, shown, done, deleted, undone, gone, later } => {
            model.now += later;
            let mentions = shown.iter().map(|one| renamed(town.show(one, model.now), history)).collect();
            let mut batch = town.batch(*source, mentions);
            batch.outcome = outcome(model.now);
            let down = deleted.iter().map(|(post, id)| native(*post, *id)).chain(undone.iter().copied().map(act_name));
            batch.deleted = down.map(|name| format!("{history} {name}")).collect();
            batch.gone = gone.iter().map(|who| format!("did:{who}")).collect();
            batch.acts = done.iter().map(|one| renamed_act(town.done(one, model.now), history)).collect();
            let recorded = town.store.record(&town.lease, &batch).await.unwrap();
            let rows = town.page(&everything()).await;
            for row in &recorded.new {
                assert!(rows.contains(row), "{row:?} is not in the stream");
            }
            model.poll(town, step);
        }
        Step::Read { every, read } => {
            let mut ids = Vec::new();
            let stored = whole(town).await;
            for (mention, kept) in pair(town, &stored, model) {
                if kept.order % every == 0 {
                    ids.push(mention.row.id);
                }
            }
            for kept in model.kept.iter_mut().filter(|kept| kept.order % every == 0) {
                kept.read = *read;
            }
            town.store.mark_read(&ids, *read).await.unwrap();
        }
        Step::Retain { days } => {
            let retention = Retention { mentions: SignedDuration::from_hours(24 * days) };
            town.store.retain(&town.lease, at(model.now), &retention).await.unwrap();
            model.retain(*days);
        }
    }
}

async fn whole(town: &Town) -> Vec<Mention> {
    town.store.mentions(&everything(), Span::Newest, 10_000).await.unwrap()
}

/// The stored mentions and what the model keeps of each, in the order of the stream.
fn pair<'a>(town: &Town, stored: &'a [Mention], model: &'a Model) -> Vec<(&'a Mention, &'a Kept)> {
    let mut kept: Vec<&Kept> = model.kept.iter().collect();
    kept.sort_by_key(|kept| std::cmp::Reverse(kept.place()));
    let names = |kept: &[&Kept]| kept.iter().map(|one| (one.post, one.source)).collect::<Vec<_>>();
    let source = |mention: &Mention| town.adopted.sources.iter().position(|one| *one == mention.row.source).unwrap();
    let post = |mention: &Mention| mention.row.title.as_str().trim_start_matches("Title p").parse::<i64>().unwrap();
    assert_eq!(stored.iter().map(|one| (post(one), source(one))).collect::<Vec<_>>(), names(&kept));
    stored.iter().zip(kept).collect()
}

async fn compare(town: &Town, model: &Model, when: &str) {
    let stored = whole(town).await;
    let mut stories: HashMap<GroupId, usize> = HashMap::new();
    let mut sizes: HashMap<usize, u32> = HashMap::new();
    for kept in &model.kept {
        *sizes.entry(kept.story).or_default() += 1;
    }
    for (mention, kept) in pair(town, &stored, model) {
        let row = &mention.row;
        assert_eq!(mention.text.as_str(), kept.new.item.text, "{when}");
        assert!(mention.native_id.ends_with(&kept.new.item.native_id), "{when}");
        assert_eq!((row.read, row.edited), (kept.read, kept.edited), "{when}");
        assert_eq!(row.readings, kept.new.readings, "{when}");
        assert_eq!((row.visibility, mention.addressed), (kept.new.item.visibility, kept.new.item.addressed), "{when}");
        assert_eq!(row.answered.map(Timestamp::as_second), kept.answered, "{when}: {row:?}");
        assert_eq!(*stories.entry(row.group).or_insert(kept.story), kept.story, "{when}: {row:?}");
        assert_eq!(row.group_size, sizes[&kept.story], "{when}: {row:?}");
    }
    assert_eq!(stories.len(), sizes.len(), "{when}");
    acts(town, &stored, model, when).await;
    recount(town, &stored, model.now, when).await;
    found_by_words(town, &stored, when).await;
}

/// The acts are those of the model, and each answers what it answers there.
async fn acts(town: &Town, stored: &[Mention], model: &Model, when: &str) {
    let mut kept: Vec<&KeptAct> = model.acts.iter().collect();
    kept.sort_by_key(|act| (act.number, act.realm));
    let post_of = |order: usize| model.kept.iter().find(|one| one.order == order).map(|one| one.post);
    let wanted: Vec<_> = kept
        .iter()
        .map(|act| (act.number, act.realm, format!("done{}", act.state), act.answers.and_then(post_of)))
        .collect();
    let post = |id: MentionId| {
        let row = stored.iter().find(|one| one.row.id == id).map(|one| &one.row);
        row.map(|row| row.title.as_str().trim_start_matches("Title p").parse::<i64>().unwrap())
    };
    let place = |source| realm(town.adopted.sources.iter().position(|one| *one == source).unwrap());
    let mut found: Vec<_> = town
        .store
        .acts(None, 1_000)
        .await
        .unwrap()
        .iter()
        .map(|act| {
            let number = act.native_id.rsplit_once(':').unwrap().1.parse::<i64>().unwrap();
            (number, place(act.source), act.text.to_string(), act.answers.and_then(post))
        })
        .collect();
    found.sort();
    assert_eq!(found, wanted, "{when}");
}

/// Every count equals one from scratch.
async fn recount(town: &Town, stored: &[Mention], now: i64, when: &str) {
    let day = now.max(NOW) - 20 * DAY - 77;
    let overview = town.store.overview(at(day), Some(town.rival())).await.unwrap();
    let count = |wanted: &dyn Fn(&Mention) -> bool| stored.iter().filter(|one| wanted(one)).count() as u64;
    assert_eq!(overview.mentions, count(&|_| true), "{when}");
    let public = |one: &Mention| one.row.visibility != Visibility::Private;
    assert_eq!(overview.today, count(&|one| one.row.published >= at(day) && public(one)), "{when}");
    assert_eq!(overview.unread, count(&|one| !one.row.read), "{when}");
    let complaint = |one: &Reading| one.subject == town.rival() && one.is_complaint();
    let waiting = count(&|one| !one.row.read && one.row.readings.iter().any(complaint));
    assert_eq!(overview.unread_complaints, waiting, "{when}");
    for state in town.store.sources().await.unwrap() {
        assert_eq!(state.mentions, count(&|one| one.row.source == state.id), "{when}");
    }
    for subject in [town.brand(), town.rival()] {
        let from = NOW - 80 * DAY;
        let bucket = SignedDuration::from_hours(1);
        let trend = town.store.trend(subject, at(from), bucket, 24 * 82).await.unwrap();
        let mut wanted: BTreeMap<usize, Counts> = BTreeMap::new();
        for mention in stored.iter().filter(|one| one.row.visibility != Visibility::Private) {
            let start = from - from.rem_euclid(900);
            let bucket = (mention.row.published.as_second() - start) / 3_600;
            for reading in mention.row.readings.iter().filter(|one| one.subject == subject && one.about) {
                add(wanted.entry(bucket as usize).or_default(), reading);
            }
        }
        let found: BTreeMap<usize, Counts> =
            trend.into_iter().enumerate().filter(|(_, counts)| *counts != Counts::default()).collect();
        assert_eq!(found, wanted, "{when}");
    }
}

fn add(counts: &mut Counts, reading: &Reading) {
    use crate::domain::Sentiment;
    match reading.likeliest() {
        Some(Sentiment::Negative) => counts.negative += 1,
        Some(Sentiment::Neutral) => counts.neutral += 1,
        Some(Sentiment::Positive) => counts.positive += 1,
        None => counts.unscored += 1,
    }
    counts.complaints += u64::from(reading.intents.has(Intent::Complaint));
    counts.praises += u64::from(reading.intents.has(Intent::Praise));
    counts.questions += u64::from(reading.intents.has(Intent::Question));
}

/// The index knows the words that the mentions have now, and no others.
async fn found_by_words(town: &Town, stored: &[Mention], when: &str) {
    for state in 0..3 {
        let word = format!("state{state}");
        let filter = Filter { narrowing: Some(crate::domain::search::Narrowing::Word(word.clone())), ..everything() };
        let found: Vec<MentionId> = town.page(&filter).await.iter().map(|row| row.id).collect();
        let wanted: Vec<MentionId> =
            stored.iter().filter(|one| one.text.as_str() == word).map(|one| one.row.id).collect();
        assert_eq!(found, wanted, "{when}");
    }
}
