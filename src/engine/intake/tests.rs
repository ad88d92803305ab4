use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::domain::{Author, Intent, Role};
use crate::engine::doubles::{START, item, readers};
use crate::store::{Adopted, Fingerprint};

const BRAND: SubjectId = SubjectId(1);
const RIVAL: SubjectId = SubjectId(2);

fn watch(id: i64, subject: SubjectId, query: &str) -> WatchRule {
    WatchRule { id: WatchId(id), subject, name: format!("w{id}"), query: query.into(), context: vec!["bike".into()] }
}

fn intake(watches: Vec<WatchRule>) -> Intake {
    let subjects = vec![
        Subject { id: RIVAL, name: "Velora".into(), role: Role::Rival },
        Subject { id: BRAND, name: "Ferris".into(), role: Role::Brand },
    ];
    let adopted = Adopted { subjects, watches, sources: vec![SourceId(1)] };
    Intake::new(&adopted, readers()).unwrap()
}

fn usual() -> Intake {
    intake(vec![
        watch(1, BRAND, "ferris NOT wheel"),
        watch(2, RIVAL, "velora OR velorabikes"),
        watch(3, BRAND, "stem*"),
    ])
}

fn from(everything: bool) -> SourceInfo {
    SourceInfo { id: SourceId(1), name: "news".into(), network: Network::FEED, everything }
}

fn arrival(first_poll: bool) -> Arrival {
    Arrival { now: Timestamp::from_second(START).unwrap(), first_poll, pushed: false }
}

fn take(intake: &Intake, items: Vec<Item>) -> Vec<NewMention> {
    intake.mentions(&from(false), items, arrival(false)).mentions
}

fn one(intake: &Intake, text: &str) -> Option<NewMention> {
    take(intake, vec![item("a", text, -1)]).pop()
}

#[test]
fn what_a_watch_finds_is_a_mention_and_the_rest_is_not() {
    let intake = usual();
    let found = one(&intake, "My Ferris has a loose stem").unwrap();
    assert_eq!(found.matches, [WatchId(1), WatchId(3)]);
    assert_eq!(found.readings.iter().map(|reading| reading.subject).collect::<Vec<_>>(), [BRAND]);
    assert!(one(&intake, "nothing of the kind").is_none());
}

#[test]
fn every_subject_that_a_mention_speaks_of_gets_a_reading_brand_first() {
    let found = one(&usual(), "Velora is broken, Ferris is not").unwrap();
    assert_eq!(found.readings.iter().map(|reading| reading.subject).collect::<Vec<_>>(), [BRAND, RIVAL]);
    assert!(found.readings[1].sentiment.unwrap().negative > 0.5, "each is read for itself");

    // The brand's own watch leaves it out, but it is named.
    let named = one(&usual(), "velorabikes on a Ferris wheel").unwrap();
    assert_eq!(named.matches, [WatchId(2)]);
    assert_eq!(named.readings.len(), 2);
    assert!(!named.readings[0].about, "another sense of the word");
}

#[test]
fn what_needs_an_answer_says_so() {
    let intake = usual().with_answering(AnsweringSettings {
        target: SignedDuration::from_mins(20),
        hours: None,
        tell_factor: 5.0,
    });
    let need = |found: NewMention| found.need;
    let found = one(&intake, "my Ferris is broken").and_then(need).unwrap();
    assert!((found.weighing.severity - 5.0).abs() < 1e-9, "k of the settings");
    // 5 · log10(110) = 10.2: log2(240/10.207) = 4.5554 targets of 20 minutes.
    let wait = found.due.duration_since(arrival(false).now).as_secs();
    assert_eq!(wait, 5_466);
    assert_eq!(one(&intake, "a Ferris passed by").and_then(need), None, "it asks nothing");
    assert_eq!(one(&intake, "velora is broken").and_then(need), None, "a rival's complaint is not ours");
    let to_us = Item { addressed: true, ..item("a", "velora is broken", -1) };
    assert!(take(&intake, vec![to_us.clone()]).remove(0).need.is_some());
    // History, and our own people.
    let old = Item { claimed: Some(arrival(false).now - SignedDuration::from_hours(25)), ..to_us };
    assert_eq!(take(&intake, vec![old]).remove(0).need, None);
    let intake = intake.with_team(&["kim".to_owned()]);
    let ours = Item {
        author: Author { handle: Some("kim".into()), ..Author::default() },
        ..item("b", "Ferris is broken", -1)
    };
    assert!(take(&intake, vec![ours]).is_empty());
}

#[test]
fn image_descriptions_are_searched_too() {
    let described = Item { image_descriptions: vec!["a red Ferris on a hill".into()], ..item("a", "look!", -1) };
    assert_eq!(take(&usual(), vec![described]).len(), 1);
}

#[test]
fn the_title_counts_as_words_and_author_and_source_can_be_asked_for() {
    let intake = intake(vec![watch(1, BRAND, "recall author:ana source:news")]);
    let titled = Item { title: Some("Recall!".into()), ..item("a", "of stems", -1) };
    assert_eq!(take(&intake, vec![titled]).len(), 1);
    let name_alone = Author { name: Some("ana".into()), ..Author::default() };
    let feed_author = Item { author: name_alone, ..item("b", "recall", -1) };
    assert_eq!(take(&intake, vec![feed_author]).len(), 1);
}

#[test]
fn a_language_is_told_before_matching_only_when_a_watch_asks_for_it() {
    let intake = intake(vec![watch(1, BRAND, "ferris lang:de")]);
    assert!(intake.language_first && !usual().language_first);
    assert_eq!(one(&intake, "Ferris und mehr").unwrap().lang.as_deref(), Some("de"));
    assert!(one(&intake, "Ferris and more").is_none());
    assert_eq!(one(&usual(), "Ferris und mehr").unwrap().lang.as_deref(), Some("de"));
}

#[test]
fn an_everything_source_brings_mentions_of_the_brand_whatever_the_watches_say() {
    let items = vec![item("a", "not a word of it, broken", -1), item("b", "Velora only", -1)];
    let taken = usual().mentions(&from(true), items, arrival(false)).mentions;
    assert_eq!(taken[0].matches, []);
    assert_eq!(taken[0].readings.iter().map(|reading| reading.subject).collect::<Vec<_>>(), [BRAND]);
    assert!(taken[0].readings[0].about && taken[0].readings[0].intents.has(Intent::Complaint));
    assert_eq!(taken[1].matches, [WatchId(2)]);
    assert_eq!(taken[1].readings.iter().map(|reading| reading.subject).collect::<Vec<_>>(), [BRAND, RIVAL]);
}

#[test]
fn what_addresses_us_is_a_mention_what_we_wrote_is_none_and_what_went_is_deleted() {
    let items = vec![
        Item { addressed: true, ..item("a", "hello?", -1) },
        Item { own: true, ..item("b", "Ferris says hello", -1) },
        Item { deleted: true, ..item("c", "", -1) },
    ];
    let taken = usual().mentions(&from(false), items, arrival(false));
    assert_eq!(taken.mentions.iter().map(|mention| mention.item.native_id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(taken.mentions[0].readings[0].subject, BRAND);
    assert_eq!(taken.deleted, ["c"]);
    assert_eq!(taken.acts.iter().map(|act| act.item.native_id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn what_the_brands_own_people_write_is_an_act_whatever_the_source() {
    let team = usual().with_team(&["ana".to_owned()]);
    let others = Item { author: Author { handle: Some("kim".into()), ..Author::default() }, ..item("b", "Ferris", -1) };
    let taken = team.mentions(&from(true), vec![item("a", "Ferris und mehr", -90), others], arrival(true));
    assert_eq!((taken.acts.len(), taken.mentions.len()), (1, 1));
    let act = &taken.acts[0];
    assert_eq!((act.item.native_id.as_str(), act.lang.as_deref(), act.history), ("a", Some("de"), true));
    assert_eq!(act.content, content_hash(&item("other", "Ferris und mehr", 0)));
}

#[test]
fn a_content_warning_is_matched_and_its_change_is_an_edit() {
    let warned = |warning: Option<&str>| Item { content_warning: warning.map(Into::into), ..item("a", "ouch", -1) };
    assert_eq!(take(&usual(), vec![warned(Some("Ferris, brakes"))]).len(), 1);
    assert!(take(&usual(), vec![warned(None)]).is_empty());
    assert_ne!(content_hash(&warned(Some("a"))), content_hash(&warned(Some("b"))));
    assert_ne!(content_hash(&warned(None)), content_hash(&warned(Some(""))), "it is hashed apart from the words");
}

#[test]
fn what_a_stream_pushes_undated_is_no_history() {
    let undated = Item { claimed: None, ..item("a", "ferris", 0) };
    let pushed = |item: Item| {
        let taken = usual().mentions(&from(false), vec![item], Arrival { pushed: true, ..arrival(true) });
        taken.mentions[0].history
    };
    assert!(!pushed(undated));
    assert!(pushed(item("a", "ferris", -90)), "what it tells of the past is");
}

#[test]
fn history_is_told_from_news() {
    let hour = 60;
    let undated = Item { claimed: None, ..item("a", "ferris", 0) };
    // (item, first poll, history, read)
    let table = [
        (item("a", "ferris", -59), true, false, false),
        (item("a", "ferris", -61), true, true, false),
        (item("a", "ferris", -25 * hour), true, true, true),
        (item("a", "ferris", 90 * hour), true, false, false), // claims to be from the future
        (undated.clone(), true, true, false),
        (undated, false, false, false),
        (item("a", "ferris", -23 * hour), false, false, false),
        (item("a", "ferris", -25 * hour), false, true, false),
    ];
    for (item, first_poll, history, read) in table {
        let claimed = item.claimed;
        let taken = usual().mentions(&from(false), vec![item], arrival(first_poll)).mentions;
        assert_eq!((taken[0].history, taken[0].read), (history, read), "{claimed:?} {first_poll}");
        assert_eq!(taken[0].first_seen, arrival(true).now);
    }
}

#[test]
fn what_is_dated_before_we_came_asks_for_nothing_and_what_has_no_date_asks_everywhere() {
    let complaint = |claimed| Item { claimed, addressed: true, ..item("a", "my Ferris chain snapped", 0) };
    let ago = |minutes: i64| Some(Timestamp::from_second(START - 60 * minutes).unwrap());
    // (published, first poll, pushed, asks)
    let table = [
        (None, true, false, true),
        (None, true, true, true),
        (None, false, false, true),
        (ago(59), true, false, true),
        (ago(61), true, false, false),
        (ago(61), true, true, false),
        (ago(23 * 60), false, false, true),
        (ago(25 * 60), false, false, false),
    ];
    for (claimed, first_poll, pushed, asks) in table {
        let arrival = Arrival { pushed, ..arrival(first_poll) };
        let taken = usual().mentions(&from(false), vec![complaint(claimed)], arrival).mentions;
        assert_eq!(taken[0].need.is_some(), asks, "{claimed:?} {first_poll} {pushed}");
    }
}

#[test]
fn an_edit_changes_the_hash_of_the_content_and_a_tracking_mark_does_not() {
    let original = Item { title: Some("a".into()), ..item("a", "b", 0) };
    let hash = content_hash(&original);
    assert_eq!(hash, content_hash(&Item { url: Some("https://x/?utm=1".into()), ..original.clone() }));
    for edited in [
        Item { text: "c".into(), ..original.clone() },
        Item { title: Some("ab".into()), text: String::new(), ..original.clone() },
        Item { title: None, text: "ab".into(), ..original.clone() },
        Item { image_descriptions: vec!["d".into()], ..original.clone() },
    ] {
        assert_ne!(hash, content_hash(&edited), "{edited:?}");
    }
}

#[test]
fn mentions_carry_marks_for_grouping() {
    let text = "Ferris recalls forty thousand stems after several riders reported cracks near the clamp this week";
    let found = one(&usual(), text).unwrap();
    assert_ne!(found.fingerprint, Fingerprint::default());
    let copied = Item { url: found.item.url.clone(), ..item("b", text, -3) };
    assert_eq!(take(&usual(), vec![copied])[0].fingerprint, found.fingerprint);
}

#[test]
fn a_refused_query_names_its_watch() {
    let adopted = Adopted { watches: vec![watch(1, BRAND, "ferris AND (")], ..Adopted::default() };
    let error = Intake::new(&adopted, readers()).err().unwrap();
    assert!(error.to_string().contains("`w1`") && error.to_string().contains("column"), "{error}");
}

#[tokio::test]
async fn large_answers_are_worked_through_in_pieces_and_keep_their_order() {
    let (intake, source) = (Arc::new(usual()), Arc::new(from(false)));
    let items: Vec<Item> = (0..1_001).map(|number| item(&number.to_string(), "ferris", -1)).collect();
    let taken = take_in(&intake, &source, items, arrival(false)).await.unwrap();
    let order: Vec<usize> = taken.mentions.iter().map(|mention| mention.item.native_id.parse().unwrap()).collect();
    assert_eq!(order, (0..1_001).collect::<Vec<_>>());
}

/// The lists are read once, not for every case.
static RULES: LazyLock<Arc<Readers>> = LazyLock::new(|| Arc::new(Readers::rule_based()));

fn foreign() -> impl Strategy<Value = Item> {
    let text = prop_oneof![any::<String>(), "(ferris|velora|wheel|@|#|http://|[ \n\u{202e}\u{0}é漢🚲]){0,40}"];
    let fields = (text.clone(), proptest::option::of(text.clone()), proptest::option::of(text.clone()));
    let lists = (proptest::collection::vec(text.clone(), 0..3), proptest::collection::vec(text, 0..3));
    (fields, lists, any::<(bool, bool, bool)>(), any::<i64>()).prop_map(|(fields, lists, flags, second)| Item {
        native_id: fields.0.clone(),
        text: fields.0,
        title: fields.1.clone(),
        url: fields.2.clone(),
        lang: fields.1,
        repost_of: fields.2,
        links: lists.0,
        image_descriptions: lists.1,
        claimed: Timestamp::from_second(second / 40_000_000).ok(),
        addressed: flags.0,
        own: flags.1,
        deleted: flags.2,
        ..Item::default()
    })
}

proptest! {
    #[test]
    fn whatever_a_source_says_nothing_is_lost_and_nothing_falls_over(
        items in proptest::collection::vec(foreign(), 0..8), first_poll: bool,
    ) {
        let adopted = Adopted {
            subjects: vec![Subject { id: BRAND, name: "Ferris".into(), role: Role::Brand }],
            watches: vec![watch(1, BRAND, "ferris NOT wheel"), watch(2, BRAND, "velora lang:en")],
            sources: vec![],
        };
        let intake = Intake::new(&adopted, Arc::clone(&RULES)).unwrap();
        let deleted = items.iter().filter(|item| item.deleted).count();
        let others = items.iter().filter(|item| !item.deleted && !item.own).count();
        let addressed = items.iter().filter(|item| !item.deleted && !item.own && item.addressed).count();
        let all = intake.mentions(&from(true), items.clone(), arrival(first_poll));
        prop_assert_eq!((all.mentions.len(), all.deleted.len()), (others, deleted));
        for mention in &all.mentions {
            prop_assert_eq!(mention.readings.iter().map(|reading| reading.subject).collect::<Vec<_>>(), [BRAND]);
            prop_assert!(!mention.read || mention.history);
        }
        let some = intake.mentions(&from(false), items, arrival(first_poll));
        prop_assert!(some.mentions.len() >= addressed && some.mentions.len() <= others);
        prop_assert!(some.mentions.iter().all(|mention| mention.item.addressed || !mention.matches.is_empty()));
    }
}
