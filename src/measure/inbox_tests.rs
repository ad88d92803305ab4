use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::*;

const TARGET: SignedDuration = SignedDuration::from_mins(10);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn weighing(severity: f64, followers: Option<u64>, reposts_per_hour: f64) -> Weighing {
    Weighing { severity, followers, reposts_per_hour }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn impact_by_hand() {
    // A complaint by somebody with 90 followers: 10 · log10(100) · 1.
    assert!(close(impact(&weighing(10.0, Some(90), 0.0)), 20.0));
    // The same, reposted five times an hour: half as much again. Beyond 30 an hour it is four times at most.
    assert!(close(impact(&weighing(10.0, Some(90), 5.0)), 30.0));
    assert!(close(impact(&weighing(10.0, Some(90), 30.0)), 80.0));
    assert!(close(impact(&weighing(10.0, Some(90), 1e9)), 80.0));
    // Nobody knows how many: as with 100. Above a million it is as with a million.
    assert!(close(impact(&weighing(3.0, None, 0.0)), 3.0 * 110f64.log10()));
    assert!(close(impact(&weighing(1.0, Some(u64::MAX), 0.0)), 1_000_010f64.log10()));
    // No followers at all: log10(10) = 1.
    assert!(close(impact(&weighing(0.1, Some(0), 0.0)), 0.1));
}

#[test]
fn severity_is_that_of_the_most_urgent_intent() {
    let of = |intents: &[Intent]| severity(Intents::of(intents), 10.0);
    assert!(close(of(&[Intent::Praise, Intent::Complaint]), 10.0));
    assert!(close(of(&[Intent::Praise, Intent::Question]), 3.0));
    assert!(close(of(&[Intent::Promo, Intent::Praise]), 1.0));
    assert!(close(of(&[Intent::Promo]), 0.1));
    assert!(close(of(&[Intent::Other]), 1.0) && close(of(&[]), 1.0));
    assert!(close(severity(Intents::of(&[Intent::Complaint]), 4.0), 4.0));
}

#[test]
fn the_first_hour_of_reposts_is_a_whole_one() {
    assert!(close(reposts_per_hour(12, SignedDuration::from_mins(5)), 12.0));
    assert!(close(reposts_per_hour(12, SignedDuration::from_hours(4)), 3.0));
    assert!(close(reposts_per_hour(12, SignedDuration::from_secs(-9)), 12.0));
}

#[test]
fn due_by_hand() {
    // Impact 240 is due at once, and so is what weighs more.
    assert_eq!(due(at(0), TARGET, 240.0), at(0));
    assert_eq!(due(at(0), TARGET, 1e9), at(0));
    // Half the impact waits one target, a fifteenth log2(15) = 3.906890596 targets = 2,344.134 s.
    assert_eq!(due(at(0), TARGET, 120.0), at(600));
    assert_eq!(due(at(0), TARGET, 16.0).duration_since(at(0)), SignedDuration::from_millis(2_344_134));
    // However light, twelve targets are the most.
    assert_eq!(due(at(0), TARGET, 0.1), at(0) + SignedDuration::from_millis(6_737_291));
    assert_eq!(due(at(0), TARGET, 0.01), at(7_200));
    for none in [0.0, -1.0, f64::NAN] {
        assert_eq!(due(at(0), TARGET, none), at(7_200));
    }
}

#[test]
fn exposure_by_hand() {
    let hour = SignedDuration::from_hours(1);
    let of = |status, waited, followers| exposure(status, waited, followers, 10.0);
    // After an hour half of k · log10(100) = 20; after two three quarters; in the end all of it.
    assert!(close(of(CaseStatus::New, hour, Some(90)), 10.0));
    assert!(close(of(CaseStatus::New, hour * 2, Some(90)), 15.0));
    assert!((of(CaseStatus::New, hour * 1_000, Some(90)) - 20.0).abs() < 1e-6);
    assert!(close(of(CaseStatus::Acknowledged, hour, Some(90)), 5.0));
    assert!(close(of(CaseStatus::HandedOver, hour, Some(90)), 5.0));
    assert!(close(of(CaseStatus::Resolved, hour, Some(90)), 0.0));
    assert!(close(of(CaseStatus::Dismissed, hour, Some(90)), 0.0));
    assert!(close(of(CaseStatus::New, SignedDuration::ZERO, Some(90)), 0.0));
    assert!(close(of(CaseStatus::New, hour, None), 5.0 * 110f64.log10()));
}

fn weights() -> impl Strategy<Value = Weighing> {
    let severity = prop_oneof![Just(10.0), Just(3.0), Just(1.0), Just(0.1)];
    (severity, prop::option::of(0_u64..2_000_000), 0.0..100.0)
        .prop_map(|(severity, followers, reposts)| weighing(severity, followers, reposts))
}

proptest! {
    #[test]
    fn nothing_is_overtaken_by_what_arrives_more_than_twelve_targets_later(
        one in weights(), other in weights(), seconds in 0_i64..100_000, minutes in 1_i64..100, later in 1_i64..100_000,
    ) {
        let target = SignedDuration::from_mins(minutes);
        let first = due(at(seconds), target, impact(&one));
        let bound = target * 12;
        prop_assert!(first >= at(seconds) && first <= at(seconds) + bound);
        let second = due(at(seconds + later) + bound, target, impact(&other));
        prop_assert!(first < second);
    }

    #[test]
    fn whoever_weighs_more_is_never_due_later(one in weights(), more in 0.0..1e3) {
        let heavier = weighing(one.severity + more, one.followers, one.reposts_per_hour + more);
        prop_assert!(due(at(0), TARGET, impact(&heavier)) <= due(at(0), TARGET, impact(&one)));
    }
}

/// One who waits: due, number, arrival in seconds.
type Waiting = std::cmp::Reverse<(Timestamp, usize, i64)>;

/// Ten thousand complaints arrive within an hour and are answered in the order of the inbox, one every so many
/// milliseconds from the beginning on. Returns, for each, when it arrived and when it was answered, in milliseconds.
fn deluge(arrivals: &[(i64, Weighing)], each_millis: i64) -> Vec<(i64, i64)> {
    let mut waiting: BinaryHeap<Waiting> = BinaryHeap::new();
    let mut served = vec![(0, 0); arrivals.len()];
    let (mut next, mut now) = (0, 0);
    for _ in 0..arrivals.len() {
        if waiting.is_empty() {
            now = now.max(arrivals[next].0 * 1_000);
        }
        while let Some((second, weighing)) = arrivals.get(next).filter(|(second, _)| second * 1_000 <= now) {
            waiting.push(std::cmp::Reverse((due(at(*second), TARGET, impact(weighing)), next, *second)));
            next += 1;
        }
        let std::cmp::Reverse((_, number, second)) = waiting.pop().unwrap();
        served[number] = (second * 1_000, now);
        now += each_millis;
    }
    served
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn in_a_deluge_the_gnat_is_answered_too(
        seed in any::<u64>(), each in 200_i64..30_000, gnat in 0_usize..10_000,
    ) {
        // Followers between none and a million, as many in each power of ten; some are reposted a lot.
        let mut state = seed | 1;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut arrivals: Vec<(i64, Weighing)> = (0..10_000_i64)
            .map(|number| {
                let followers = 10f64.powf(random() * 6.0) as u64;
                let reposts = if random() < 0.1 { random() * 100.0 } else { 0.0 };
                (number * 3_600 / 10_000, weighing(10.0, Some(followers), reposts))
            })
            .collect();
        arrivals[gnat].1 = weighing(10.0, Some(3), 0.0);
        let served = deluge(&arrivals, each);
        let bound = 12 * 600 * 1_000;
        // Nobody was answered before somebody who had arrived more than twelve targets earlier and waited.
        let mut by_time: Vec<usize> = (0..served.len()).collect();
        by_time.sort_by_key(|number| served[*number].1);
        let mut latest = i64::MIN;
        for number in by_time {
            let (arrived, _) = served[number];
            prop_assert!(latest <= arrived + bound, "overtaken by what came {} ms later", latest - arrived);
            latest = latest.max(arrived);
        }
        // The complaint of somebody with three followers, impact 10 · log10(13), waits at most for those that arrived
        // before it was due: from then on it is at the top, but for them.
        let (arrived, answered) = served[gnat];
        let wait = due(at(0), TARGET, impact(&arrivals[gnat].1)).duration_since(at(0)).as_millis() as i64;
        prop_assert!(wait <= bound && wait < 45 * 60_000);
        let before = served.iter().filter(|(arrival, _)| *arrival <= arrived + wait).count() as i64;
        prop_assert!(answered <= (before + 1) * each + arrived.max(wait), "{answered} after {arrived}");
        let overtakers = served.iter().filter(|(arrival, when)| *when < answered && *arrival > arrived + wait).count();
        prop_assert_eq!(overtakers, 0);
    }
}
