use super::*;
use crate::domain::{Item, Reading, SubjectId};
use crate::store::Fingerprint;

const SOURCE: SourceId = SourceId(1);

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

fn mention(watches: &[i64], intents: &[Intent]) -> NewMention {
    NewMention {
        item: Item::default(),
        first_seen: at(0),
        history: false,
        read: false,
        lang: None,
        matches: watches.iter().map(|id| WatchId(*id)).collect(),
        readings: vec![Reading { subject: SubjectId(1), about: true, sentiment: None, intents: Intents::of(intents) }],
        need: None,
        fingerprint: Fingerprint::default(),
        content: 0,
    }
}

fn batch(watches: &[i64], count: usize) -> Vec<NewMention> {
    vec![mention(watches, &[Intent::Other]); count]
}

fn unread(mentions: &[NewMention]) -> usize {
    mentions.iter().filter(|mention| !mention.read).count()
}

#[test]
fn beyond_the_ceiling_mentions_arrive_read_and_one_flood_is_told() {
    let mut gauge = Gauge::default();
    let mut mentions = batch(&[7], 700);
    let floods = gauge.pass(SOURCE, at(0), 10_000, &mut mentions, |_| true);
    assert_eq!(floods, [Flood { watch: WatchId(7), an_hour: 601, source: None }]);
    assert_eq!(unread(&mentions), 600);
    assert!(gauge.is_throttled(WatchId(7)));
    let mut more = batch(&[7], 5);
    assert!(gauge.pass(SOURCE, at(1), 5, &mut more, |_| true).is_empty(), "told once");
    assert_eq!(unread(&more), 0);
}

#[test]
fn more_than_half_of_a_busy_source_is_a_flood() {
    let mut gauge = Gauge::default();
    let mut mentions = batch(&[7], 250);
    let floods = gauge.pass(SOURCE, at(0), 400, &mut mentions, |_| true);
    assert_eq!(floods, [Flood { watch: WatchId(7), an_hour: 201, source: Some(SOURCE) }]);
    assert_eq!(unread(&mentions), 200);

    let mut gauge = Gauge::default();
    let mut mentions = batch(&[7], 250);
    assert!(gauge.pass(SOURCE, at(0), 5_000, &mut mentions, |_| true).is_empty(), "a small part of a big source");
    assert_eq!(unread(&mentions), 250);
}

#[test]
fn history_and_known_items_count_for_nothing() {
    let mut gauge = Gauge::default();
    let mut mentions = batch(&[7], 2_000);
    for mention in &mut mentions[..1_000] {
        mention.history = true;
    }
    assert!(gauge.pass(SOURCE, at(0), 2_000, &mut mentions, |_| false).is_empty());
    assert_eq!(unread(&mentions), 2_000);
}

#[test]
fn what_asks_something_of_us_or_was_found_otherwise_stays_unread() {
    let mut gauge = Gauge::default();
    gauge.pass(SOURCE, at(0), 10_000, &mut batch(&[7], 700), |_| true);
    let mut mentions = vec![
        mention(&[7], &[Intent::Complaint]),
        mention(&[7], &[Intent::Question]),
        mention(&[7, 8], &[Intent::Other]),
        mention(&[], &[Intent::Other]),
        mention(&[7], &[Intent::Praise]),
    ];
    gauge.pass(SOURCE, at(1), 5, &mut mentions, |_| true);
    assert_eq!(mentions.iter().map(|mention| mention.read).collect::<Vec<_>>(), [false, false, false, false, true]);
    let mut not_about_us = vec![mention(&[7], &[Intent::Complaint])];
    not_about_us[0].readings[0].about = false;
    gauge.pass(SOURCE, at(1), 1, &mut not_about_us, |_| true);
    assert!(not_about_us[0].read);
}

#[test]
fn the_throttle_goes_when_the_hour_is_calm_again_and_a_new_flood_is_told_again() {
    let mut gauge = Gauge::default();
    gauge.pass(SOURCE, at(0), 10_000, &mut batch(&[7], 700), |_| true);
    gauge.pass(SOURCE, at(59), 10, &mut batch(&[7], 1), |_| true);
    assert!(gauge.is_throttled(WatchId(7)));
    let mut calm = batch(&[7], 10);
    gauge.pass(SOURCE, at(61), 10, &mut calm, |_| true);
    assert!(!gauge.is_throttled(WatchId(7)));
    assert_eq!(unread(&calm), 10);
    assert_eq!(gauge.pass(SOURCE, at(62), 10_000, &mut batch(&[7], 700), |_| true).len(), 1);
}

#[test]
fn a_clock_that_jumps_back_does_not_stop_the_counting() {
    let mut gauge = Gauge::default();
    gauge.pass(SOURCE, at(100), 1_000_000, &mut batch(&[7], 300), |_| true);
    let floods = gauge.pass(SOURCE, at(10), 1_000_000, &mut batch(&[7], 400), |_| true);
    assert_eq!(floods.len(), 1);
}
