//! Trends and the overview.

use super::*;
use crate::domain::Visibility;
use crate::domain::stream::{Counts, Overview};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// A quarter of an hour begins here.
const START: i64 = NOW - NOW % 900;

async fn trend(town: &Town, subject: SubjectId, from: i64, buckets: u32) -> Vec<Counts> {
    town.store.trend(subject, at(from), QUARTER, buckets).await.unwrap()
}

fn totals(counts: &[Counts]) -> Vec<u64> {
    counts.iter().map(Counts::total).collect()
}

pub(crate) async fn trends_count_public_readings_about_the_subject(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let with = |name: &str, second: i64, readings: Vec<Reading>, visibility| {
        let mut new = town.mention(name, second - NOW);
        new.first_seen = at(NOW + 5_000);
        new.readings = readings;
        new.item.visibility = visibility;
        new
    };
    let brand = |mood, intents: &[Intent]| reading(town.brand(), mood, intents);
    let elsewhere = Reading { about: false, ..brand(NEGATIVE, &[Intent::Complaint]) };
    let unscored = Reading { sentiment: None, ..brand(NEUTRAL, &[Intent::Question]) };
    town.record(
        0,
        vec![
            with("a", START, vec![brand(NEGATIVE, &[Intent::Complaint, Intent::Question])], Visibility::Public),
            with("b", START + 899, vec![brand(POSITIVE, &[Intent::Praise])], Visibility::Public),
            with(
                "c",
                START + 900,
                vec![unscored, reading(town.rival(), NEUTRAL, &[Intent::Other])],
                Visibility::Public,
            ),
            with("d", START, vec![elsewhere], Visibility::Public),
            with("e", START, vec![brand(NEGATIVE, &[Intent::Complaint])], Visibility::Private),
            with("f", START - 1, vec![brand(NEUTRAL, &[Intent::Other])], Visibility::Public),
        ],
    )
    .await;
    // From anywhere within the quarter.
    for from in [START, START + 899] {
        let counts = trend(&town, town.brand(), from, 3).await;
        assert_eq!(
            counts[0],
            Counts { negative: 1, positive: 1, complaints: 1, praises: 1, questions: 1, ..Counts::default() }
        );
        assert_eq!(counts[1], Counts { unscored: 1, questions: 1, ..Counts::default() });
        assert_eq!(counts[2], Counts::default());
    }
    assert_eq!(totals(&trend(&town, town.brand(), START - 1_800, 4).await), [0, 1, 2, 1]);
    assert_eq!(totals(&trend(&town, town.rival(), START, 2).await), [0, 1]);
    let hours = town.store.trend(town.brand(), at(START), SignedDuration::from_hours(1), 2).await.unwrap();
    assert_eq!(totals(&hours), [3, 0]);
}

pub(crate) async fn trends_follow_edits_and_deletions(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let offset = START - NOW;
    town.record(0, vec![town.mention("a", offset), town.mention("b", offset)]).await;
    let mut edited = town.mention("a", offset);
    edited.content = 2;
    edited.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
    town.record(0, vec![edited.clone()]).await;
    let now = async || trend(&town, town.brand(), START, 1).await[0];
    assert_eq!(now().await, Counts { negative: 1, neutral: 1, complaints: 1, ..Counts::default() });
    // Made private: in no statistic any more.
    edited.content = 3;
    edited.item.visibility = Visibility::Private;
    town.record(0, vec![edited]).await;
    assert_eq!(now().await, Counts { neutral: 1, ..Counts::default() });
    town.delete(0, &["b"]).await;
    assert_eq!(now().await, Counts::default());
}

pub(crate) async fn buckets_are_whole_quarters(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ask = async |bucket, buckets| town.store.trend(town.brand(), at(START), bucket, buckets).await;
    for bucket in [SignedDuration::ZERO, SignedDuration::from_secs(901), -QUARTER] {
        assert!(ask(bucket, 1).await.is_err(), "{bucket:?}");
    }
    assert!(ask(QUARTER, 0).await.unwrap().is_empty());
    assert_eq!(ask(SignedDuration::from_hours(6), 120).await.unwrap().len(), 120);
}

pub(crate) async fn the_overview_counts(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let with = |name: &str, second: i64, read: bool, intents: &[Intent]| {
        let mut new = town.mention(name, second - NOW);
        new.read = read;
        new.readings =
            vec![reading(town.brand(), NEGATIVE, intents), reading(town.rival(), NEUTRAL, &[Intent::Complaint])];
        new
    };
    let rows = town
        .record(
            0,
            vec![
                with("a", START - 500, false, &[Intent::Complaint]),
                with("b", START - 400, false, &[Intent::Question]),
                with("c", START - 300, true, &[Intent::Complaint]),
                with("d", START + 10, false, &[Intent::Complaint, Intent::Question]),
            ],
        )
        .await
        .new;
    let ask = async |day| town.store.overview(at(day), Some(town.brand())).await.unwrap();
    assert_eq!(ask(START).await, Overview { mentions: 4, today: 1, unread: 3, unread_complaints: 2 });
    // Also when the day does not begin with a quarter of an hour.
    assert_eq!(ask(START - 400).await.today, 3);
    assert_eq!(ask(START - 399).await.today, 2);
    assert_eq!(ask(START + 11).await.today, 0);
    town.store.mark_read(&[rows[0].id, rows[1].id], true).await.unwrap();
    town.store.mark_read(&[rows[2].id], false).await.unwrap();
    assert_eq!(ask(START).await, Overview { mentions: 4, today: 1, unread: 2, unread_complaints: 2 });
    assert_eq!(town.store.overview(at(START), None).await.unwrap().unread_complaints, 0);
    let rival = town.store.overview(at(START), Some(town.rival())).await.unwrap();
    assert_eq!(rival.unread_complaints, 2);
    town.store.mark_all_read(&everything(), rows[3].id).await.unwrap();
    assert_eq!(ask(START).await, Overview { mentions: 4, today: 1, unread: 0, unread_complaints: 0 });
}
