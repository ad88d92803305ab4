use std::time::Duration;

use super::*;
use crate::domain::time::SignedDuration;
use crate::domain::{Item, SignalKind, SubjectId, Timestamp};
use crate::engine::doubles::town::{BRAND, Scene, drain, pass, plan, settle};
use crate::engine::doubles::{Script, Step, item, source};
use crate::engine::event::Event;
use crate::sources::Publish;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn what_a_source_says_is_stored_with_its_cursor_and_then_told() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "hello Ferris", -5), item("b", "again", -3)])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert_eq!(scene.store.texts(), ["hello Ferris", "again"]);
    assert_eq!(scene.store.source("news").cursor, "c1");
    let told = drain(&mut events);
    let kinds: Vec<&str> = told
        .iter()
        // The first measure of campaigns comes when it is ready.
        .filter(|event| !matches!(event, Event::Campaigns(_)))
        .map(|event| match event {
            Event::Standing(Standing::Collecting) => "collecting",
            Event::Source { polling: true, .. } => "polling",
            Event::Recorded { new, .. } if new.len() == 2 => "recorded",
            Event::Source { polling: false, outcome: Some(_), .. } => "polled",
            _ => "else",
        })
        .collect();
    assert_eq!(kinds, ["collecting", "polling", "recorded", "polled"]);
    let polled = told.iter().rfind(|event| matches!(event, Event::Source { .. }));
    let Some(Event::Source { outcome: Some(outcome), .. }) = polled else { panic!("{told:?}") };
    assert_eq!((outcome.items, outcome.new, outcome.name.as_str()), (2, 2, "news"));
    assert!(outcome.took >= Duration::from_millis(5) && outcome.next.is_some() && outcome.trouble.is_none());
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn one_collects_the_other_follows_and_takes_over_when_the_first_falls_silent() {
    let scene = Scene::new();
    let (one, two) = (Script::new(vec![Step::items(vec![])]), Script::new(vec![Step::items(vec![])]));
    let (first, _first_events) = scene.start_as("one", vec![source("news", "a.example", &one)]).await;
    settle().await;
    let (second, mut events) = scene.start_as("two", vec![source("news", "a.example", &two)]).await;
    pass(MINUTE).await;
    assert_eq!(first.standing(), Some(Standing::Collecting));
    assert_eq!(second.standing(), Some(Standing::Following { holder: "one".into() }));
    assert_eq!(two.asked(), 0);
    let changes = drain(&mut events).into_iter().filter(|event| matches!(event, Event::Changed)).count();
    assert!(changes <= 1, "one commit was made, {changes} changes were told");
    assert!(!second.refresh(None));

    drop(first); // as good as killed: nothing is given back
    pass(SECOND * 16).await;
    assert_eq!(second.standing(), Some(Standing::Collecting));
    assert_eq!(two.asked(), 0, "the first asked a minute ago");
    pass(MINUTE * 6).await;
    assert_eq!(two.asked(), 1);
    second.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_given_back_is_taken_at_once() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (first, _first_events) = scene.start_as("one", vec![source("news", "a.example", &script)]).await;
    settle().await;
    let (second, _second_events) = scene.start_as("two", vec![source("news", "a.example", &script)]).await;
    pass(SECOND * 2).await;
    first.shutdown().await;
    pass(Duration::from_millis(600)).await;
    assert_eq!(second.standing(), Some(Standing::Collecting));
    second.shutdown().await;
    assert!(scene.store.look(|inside| inside.lease.is_none()), "and given back in turn");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_lost_the_lease_stops_at_once_and_follows() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Slow(SECOND * 5, vec![item("a", "too late", -5)])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    scene.store.look(|inside| {
        inside.epoch += 1;
        let until = Timestamp::from_second(crate::engine::doubles::START + 3_600).unwrap();
        inside.lease = Some(Lease { holder: "thief".into(), epoch: inside.epoch, until });
    });
    pass(SECOND * 10).await;
    assert_eq!(handle.standing(), Some(Standing::Following { holder: "thief".into() }));
    assert!(scene.store.look(|inside| inside.records.is_empty()), "nothing was written under the lost lease");
    assert_eq!(script.load.lock().unwrap().0, 0, "the poll was dropped");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn while_paused_nothing_is_asked() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    handle.pause(true).await.unwrap();
    pass(MINUTE * 60).await;
    assert_eq!(script.asked(), 1);
    handle.pause(false).await.unwrap();
    pass(SECOND).await;
    assert_eq!(script.asked(), 2);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn shutting_down_drops_a_poll_that_hangs_and_gives_the_lease_back() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Hang]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    let begun = tokio::time::Instant::now();
    handle.shutdown().await;
    assert!(begun.elapsed() <= SECOND * 2);
    assert!(scene.store.look(|inside| inside.lease.is_none()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_holder_does_nothing_but_renew() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE).await;
    let before = scene.store.look(|inside| inside.lease_asked);
    pass(MINUTE).await;
    let asked = scene.store.look(|inside| inside.lease_asked) - before;
    assert!((8..=9).contains(&asked), "{asked}");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_erased_and_told() {
    let scene = Scene::new();
    let mut items: Vec<_> = (0..2_500).map(|number| item(&number.to_string(), "old", -60 * 24 * 400)).collect();
    items.push(item("new", "new", -5));
    let script = Script::new(vec![Step::items(items), Step::items(vec![])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE).await;
    assert_eq!(scene.store.texts().len(), 2_501);
    pass(MINUTE).await;
    assert_eq!(scene.store.texts(), ["new"]);
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Erased(2_500))));
    handle.shutdown().await;
}

fn watched(queries: &[(&str, &str)]) -> Roster {
    let watch = |(name, query): &(&str, &str)| crate::store::RosterWatch {
        name: (*name).into(),
        subject: BRAND.into(),
        query: (*query).into(),
        context: vec![],
    };
    let subjects = vec![(BRAND.into(), crate::domain::Role::Brand)];
    Roster { subjects, watches: queries.iter().map(watch).collect(), sources: vec![] }
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_stored_whole_told_once_and_does_not_bury_what_asks_something() {
    let scene = Scene::new();
    let mut items: Vec<_> = (0..900).map(|number| item(&format!("f{number}"), "ferris ferris", 5)).collect();
    items.push(item("complaint", "my Ferris is broken", 5));
    let script = Script::new(vec![Step::items(vec![]), Step::items(items)]);
    let quiet = Source { everything: false, ..source("news", "a.example", &script) };
    let plan =
        EnginePlan { roster: watched(&[("brand", "ferris")]), ..plan(&scene.store, &scene.clock, "one", vec![quiet]) };
    let handle = Engine::start(plan).await.unwrap();
    pass(MINUTE * 7).await;
    let (stored, unread, last_read) = scene.store.look(|inside| {
        let unread = inside.mentions.iter().filter(|(row, ..)| !row.read).count();
        (inside.mentions.len(), unread, inside.mentions[900].0.read)
    });
    assert_eq!((stored, unread, last_read), (901, 451, false), "half of the 901, and the complaint");
    let floods =
        scene.store.look(|inside| inside.signals.iter().map(|signal| signal.text.to_string()).collect::<Vec<_>>());
    assert_eq!(floods.iter().filter(|text| text.contains("`brand` floods")).count(), 1, "{floods:?}");
    handle.shutdown().await;
}

fn orders(roster: Roster) -> Orders {
    Orders { roster, ..Orders::default() }
}

#[tokio::test(start_paused = true)]
async fn watches_can_be_exchanged_while_it_collects() {
    let scene = Scene::new();
    let script =
        Script::new(vec![Step::items(vec![item("a", "stems", -5)]), Step::items(vec![item("b", "more stems", 4)])]);
    let quiet = Source { everything: false, ..source("news", "a.example", &script) };
    let plan =
        EnginePlan { roster: watched(&[("brand", "ferris")]), ..plan(&scene.store, &scene.clock, "one", vec![quiet]) };
    let handle = Engine::start(plan).await.unwrap();
    pass(SECOND).await;
    let refused = handle.rewatch(orders(watched(&[("brand", "ferris AND (")]))).await;
    assert!(matches!(refused, Err(EngineError::Intake(_))));
    assert_eq!(handle.adopted().watches[0].query, "ferris");
    let adopted = handle.rewatch(orders(watched(&[("brand", "ferris"), ("stems", "stems")]))).await.unwrap();
    assert_eq!((adopted.watches.len(), adopted.sources.len()), (2, 1));
    pass(MINUTE * 6).await;
    assert_eq!(scene.store.texts(), ["more stems"]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_target_counts_from_now_on() {
    let scene = Scene::new();
    let addressed = Item { addressed: true, ..item("b", "stems?", 4) };
    let script = Script::new(vec![Step::items(vec![item("a", "stems", -5)]), Step::items(vec![addressed])]);
    let quiet = Source { everything: false, ..source("news", "a.example", &script) };
    let plan = plan(&scene.store, &scene.clock, "one", vec![quiet]);
    let (roster, usual) = (plan.roster.clone(), plan.answering.clone());
    let handle = Engine::start(plan).await.unwrap();
    let with = |target, roster: &Roster| Orders {
        roster: roster.clone(),
        answering: AnsweringSettings { target: SignedDuration::from_mins(target), ..usual.clone() },
        ..Orders::default()
    };
    let late = || scene.store.look(|inside| inside.signals.iter().filter(|one| one.kind == SignalKind::Late).count());
    handle.rewatch(with(120, &roster)).await.unwrap();
    pass(MINUTE * 6).await;
    let wait = scene.store.look(|inside| inside.cases[0].row.due.duration_since(inside.cases[0].row.opened));
    assert!(wait > SignedDuration::from_hours(2), "its place is by the new target: {wait:?}");
    pass(MINUTE * 60).await;
    assert_eq!(late(), 0, "an hour of two");
    // What is refused changes nothing.
    let refused = handle.rewatch(with(5, &watched(&[("brand", "ferris AND (")]))).await;
    assert!(refused.is_err());
    pass(MINUTE * 2).await;
    assert_eq!(late(), 0);
    handle.rewatch(with(30, &roster)).await.unwrap();
    pass(MINUTE + SECOND).await;
    assert_eq!(late(), 1);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_cannot_be_read_stops_the_start() {
    let scene = Scene::new();
    let plan = EnginePlan { roster: watched(&[("w", "NOT")]), ..plan(&scene.store, &scene.clock, "one", vec![]) };
    let error = Engine::start(plan).await.err().unwrap();
    assert!(error.to_string().contains("`w`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_can_only_be_read_starts_and_collects_when_there_is_room() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "x", -5)])]);
    scene.store.look(|inside| {
        for _ in 0..3 {
            inside.refusals.push_back(StoreError::Full { path: "/data/x.db".into() });
        }
    });
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    assert!(handle.trouble().unwrap().contains("is full"));
    pass(SECOND * 4).await;
    assert_eq!((handle.standing(), script.asked()), (None, 0));
    pass(SECOND * 20).await;
    assert_eq!((handle.trouble(), handle.standing()), (None, Some(Standing::Collecting)));
    assert_eq!(scene.store.texts(), ["x"]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_others_commit_is_told_within_about_a_second() {
    let scene = Scene::new();
    let (handle, mut events) = scene.start_as("one", vec![]).await;
    pass(SECOND * 20).await;
    drain(&mut events);
    pass(SECOND * 20).await;
    let told = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::Changed)).count();
    assert_eq!(told(&drain(&mut events)), 0, "nobody else is there");
    for _ in 0..8 {
        // At any moment between two renewals of the lease.
        pass(SECOND).await;
        drain(&mut events);
        scene.store.look(|inside| {
            inside.version += 1;
            inside.strangers += 1;
        });
        pass(Duration::from_millis(1_100)).await;
        assert_eq!(told(&drain(&mut events)), 1);
    }
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_survives_restarts_and_holds_for_everybody() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let news = || vec![source("news", "a.example", &script)];
    let (first, mut events) = scene.start_as("one", news()).await;
    pass(SECOND).await;
    let (second, mut followed) = scene.start_as("two", news()).await;
    pass(SECOND * 2).await;
    // Whoever only follows may pause too; the one that collects notices, and so does a third.
    second.pause(true).await.unwrap();
    assert!(second.is_paused());
    scene.store.look(|inside| inside.strangers += 1);
    pass(SECOND * 10).await;
    assert!(first.is_paused());
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Paused(true))));
    assert_eq!(drain(&mut followed).iter().filter(|event| matches!(event, Event::Paused(_))).count(), 1, "told once");
    pass(MINUTE * 60).await;
    assert_eq!(script.asked(), 1);
    first.shutdown().await;
    pass(SECOND * 20).await;
    assert_eq!(second.standing(), Some(Standing::Collecting));
    assert_eq!(script.asked(), 1, "the next one that collects is paused as well");
    second.shutdown().await;
    let (third, _events) = scene.start_as("three", news()).await;
    pass(MINUTE * 60).await;
    assert!(third.is_paused());
    assert_eq!(script.asked(), 1);
    let stop = CancellationToken::new();
    let mut nothing = |_: &OnceReport, _: usize, _: usize| panic!("nothing is asked");
    let once =
        poll_all_once(plan(&scene.store, &scene.clock, "once", news()), &stop, Duration::from_secs(60), &mut nothing)
            .await;
    assert!(matches!(once, Err(EngineError::Paused)));
    third.pause(false).await.unwrap();
    pass(SECOND).await;
    assert_eq!(script.asked(), 2);
    third.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_not_paused() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    scene.store.look(|inside| inside.refusals.push_back(StoreError::Full { path: "/data/x.db".into() }));
    assert!(handle.pause(true).await.is_err());
    assert!(!handle.is_paused());
    pass(MINUTE * 10).await;
    assert!(script.asked() > 1);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_brands_own_people_do_not_mention_it() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "by ana", -1)])]);
    let mut plan = plan(&scene.store, &scene.clock, "one", vec![source("news", "a.example", &script)]);
    plan.team = vec!["@ANA".into()];
    let handle = Engine::start(plan).await.unwrap();
    pass(SECOND).await;
    assert!(scene.store.texts().is_empty());
    assert_eq!(scene.store.look(|inside| inside.acts.len()), 1);
    handle.shutdown().await;
}

/// Publishes nothing, and knows nobody.
struct Mute;

#[async_trait::async_trait]
impl Publish for Mute {
    async fn publish(
        &self,
        _: &crate::sources::Outgoing,
        _: Timestamp,
    ) -> Result<crate::sources::Published, crate::sources::PublishError> {
        Ok(crate::sources::Published::default())
    }
    async fn find(
        &self,
        _: &crate::sources::Outgoing,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Option<crate::sources::Published>, crate::sources::SourceError> {
        Ok(None)
    }
    async fn rules(&self, _: Timestamp) -> Result<crate::sources::TextRules, crate::sources::SourceError> {
        Ok(crate::sources::TextRules::default())
    }
    async fn identity(&self, _: Timestamp) -> Result<crate::domain::Author, crate::sources::SourceError> {
        Ok(crate::domain::Author::default())
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_one_that_collects_publishes() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let sources = || {
        let account = Source {
            publish: Some(Arc::new(Mute)),
            scope: Some("bluesky".into()),
            ..source("account", "b.example", &script)
        };
        vec![source("news", "a.example", &script), account]
    };
    let (first, _events) = scene.start_as("one", sources()).await;
    pass(SECOND).await;
    let (second, _events) = scene.start_as("two", sources()).await;
    pass(SECOND * 2).await;
    let [news, account] = first.adopted().sources[..] else { panic!("two sources") };
    for handle in [&first, &second] {
        let doors = handle.publishers();
        assert_eq!((doors.len(), doors[0].source, doors[0].scope.as_deref()), (1, account, Some("bluesky")));
    }
    assert!(first.publisher(account).is_some() && first.publisher(news).is_none() && first.lookup(account).is_none());
    assert!(second.publisher(account).is_none(), "it only follows");
    first.pause(true).await.unwrap();
    assert!(first.publisher(account).is_none(), "nothing goes out while all traffic is paused");
    first.shutdown().await;
    second.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_public_sets_off_nothing() {
    let scene = Scene::new();
    let private = |n: i64| crate::domain::Item {
        visibility: crate::domain::Visibility::Private,
        ..item(&n.to_string(), "a secret about Ferris, broken", 0)
    };
    let script = Script::new(vec![Step::items((0..50).map(private).collect())]);
    let one = Source { everything: false, ..source("letters", "a.example", &script) };
    let mut plan = plan(&scene.store, &scene.clock, "one", vec![one]);
    plan.roster = watched(&[("brand", "ferris")]);
    plan.ceilings = crate::engine::flood::Ceilings { an_hour: 5, with_half_a_source: 2 };
    let handle = Engine::start(plan).await.unwrap();
    pass(MINUTE * 5).await;
    assert_eq!(scene.store.texts().len(), 50);
    let signals = scene.store.look(|inside| inside.signals.clone());
    assert!(signals.is_empty(), "{signals:?}");
    assert!(scene.store.look(|inside| inside.mentions.iter().all(|(row, ..)| !row.read)), "each waits for an answer");
    handle.shutdown().await;
}

/// Number of the brand.
const US: SubjectId = SubjectId(1);

#[tokio::test(start_paused = true)]
async fn what_is_corrected_is_learned_and_used_for_what_comes_then() {
    use crate::domain::{Occasion, Said, Sentiment};
    let scene = Scene::new();
    let first: Vec<_> = (0..30).map(|n| item(&format!("a{n}"), &format!("Ferris does number {n}"), -60)).collect();
    let script = Script::new(vec![Step::items(first), Step::items(vec![item("later", "Ferris does it again", -5)])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert_eq!(handle.lessons().of(US), None);
    let ids = scene.store.look(|inside| inside.mentions.iter().map(|(row, ..)| row.id).collect::<Vec<_>>());
    let before = scene.store.look(|inside| inside.mentions[0].0.readings[0].clone());
    let untaught = before.sentiment.unwrap();
    drain(&mut events);
    let kept = handle.correct(&ids, None, Said::sentiment(Sentiment::Negative), Occasion::Asked).await.unwrap();
    assert_eq!(kept.len(), 30);
    pass(SECOND).await;
    let told = drain(&mut events);
    assert!(told.iter().any(|event| matches!(event, Event::Changed)), "{told:?}");
    assert_eq!(told.iter().filter(|event| matches!(event, Event::Learned(_))).count(), 1, "{told:?}");
    let lessons = handle.lessons();
    let lessons = lessons.of(US).unwrap();
    assert_eq!((lessons.corrections, lessons.sentiment.from), (30, 30));
    assert!(scene.store.look(|inside| inside.said.all.iter().all(|one| one.untaught == Some(untaught))));

    handle.refresh(None);
    pass(MINUTE * 10).await;
    let later = scene.store.look(|inside| inside.mentions.last().unwrap().0.readings[0].sentiment.unwrap());
    assert!(later.negative > untaught.negative + 0.2, "{later:?} after {untaught:?}");

    assert_eq!(handle.undo_corrections(&kept).await.unwrap(), 30);
    assert_eq!(handle.lessons().of(US), None, "and unlearned");
    assert_eq!(scene.store.look(|inside| inside.mentions[0].0.readings[0].clone()), before);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn corrections_of_intents_are_learned_used_and_unlearned() {
    use crate::domain::{Intent, IntentShares, Intents, Occasion, Said};
    let scene = Scene::new();
    let first: Vec<_> = (0..30).map(|n| item(&format!("a{n}"), &format!("Ferris is broken {n}"), -60)).collect();
    let later = |name: &str| Step::items(vec![item(name, "Ferris is broken again", -5)]);
    let script = Script::new(vec![Step::items(first), later("then"), later("last")]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    let newest = || scene.store.look(|inside| inside.mentions.last().unwrap().0.readings[0].intents);
    let (complaint, question) = (Intents::of(&[Intent::Complaint]), Intents::of(&[Intent::Question]));
    assert_eq!(newest(), complaint);
    let ids = scene.store.look(|inside| inside.mentions.iter().map(|(row, ..)| row.id).collect::<Vec<_>>());
    let kept = handle.correct(&ids, None, Said::intents(question), Occasion::Volunteered).await.unwrap();
    let lessons = handle.lessons();
    let lessons = lessons.of(US).unwrap();
    assert_eq!((lessons.corrections, lessons.intents.from, lessons.sentiment.from), (30, 30, 0));
    let read = Some(IntentShares([0.6, 0.2, 0.1, 0.05, 0.05]));
    assert!(scene.store.look(|inside| inside.said.all.iter().all(|one| one.untaught_intents == read)));
    let (before, after) = lessons.intent_errors.unwrap();
    assert!(after < before, "{before} {after}");

    handle.refresh(None);
    pass(SECOND * 20).await;
    assert_eq!(scene.store.texts().len(), 31);
    assert_eq!(newest(), question, "what comes then is read as taught");
    let why = handle.reasons(ids[0]).await.unwrap().unwrap();
    let [why] = why.subjects.as_slice() else { panic!("{why:?}") };
    assert_eq!((why.subject, why.now.intents, why.untaught), (US, question, why.now.sentiment));
    let told: Vec<Intent> = why.intents.iter().map(|one| one.intent).collect();
    assert_eq!(told, [Intent::Question, Intent::Complaint], "what holds now, and what it was read as");
    assert!(handle.reasons(crate::domain::MentionId(9_999)).await.unwrap().is_none());

    assert_eq!(handle.undo_corrections(&kept).await.unwrap(), 30);
    assert_eq!(handle.lessons().of(US), None);
    assert_eq!(newest(), question, "nothing is read anew in silence");
    handle.refresh(None);
    pass(SECOND * 20).await;
    assert_eq!((scene.store.texts().len(), newest()), (32, complaint), "and unlearned");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn another_process_learns_from_the_same_corrections() {
    use crate::domain::{Occasion, Said};
    let scene = Scene::new();
    let items = |name: &str| (0..6).map(|n| item(&format!("{name}{n}"), &format!("Ferris wheel {n}"), -60)).collect();
    let (one, two) = (Script::new(vec![Step::items(items("a"))]), Script::new(vec![Step::items(vec![])]));
    let (first, _first_events) = scene.start_as("one", vec![source("news", "a.example", &one)]).await;
    pass(SECOND).await;
    let (second, mut events) = scene.start_as("two", vec![source("news", "a.example", &two)]).await;
    pass(SECOND * 2).await;
    let ids = scene.store.look(|inside| inside.mentions.iter().map(|(row, ..)| row.id).collect::<Vec<_>>());
    drain(&mut events);
    // The follower corrects; the collector hears of a commit of another process.
    second.correct(&ids, Some(US), Said::about(false), Occasion::Volunteered).await.unwrap();
    scene.store.look(|inside| {
        inside.version += 1;
        inside.strangers += 1;
    });
    assert_eq!(second.lessons().of(US).map(|lessons| lessons.senses.from()), Some(6));
    pass(SECOND * 20).await;
    assert_eq!(first.lessons().of(US).map(|lessons| lessons.corrections), Some(6), "the collector learned too");
    // And the other way round: the collector's correction is seen by the follower.
    first.correct(&ids[..1], Some(US), Said::about(true), Occasion::Volunteered).await.unwrap();
    scene.store.look(|inside| inside.version += 1);
    pass(SECOND * 5).await;
    assert_eq!(first.lessons(), second.lessons());
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Learned(_))));
    first.shutdown().await;
    second.shutdown().await;
}
