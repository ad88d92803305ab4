use proptest::prelude::*;

use super::*;
use crate::domain::{Network, SafeText, SourceId};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn bounds() -> Bounds {
    Bounds { shortest: MINUTE * 5, longest: HOUR }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn now() -> Timestamp {
    at(1_750_000_000)
}

fn state() -> SourceState {
    SourceState {
        id: SourceId(1),
        name: "a".into(),
        network: Network::FEED,
        cursor: String::new(),
        health: SourceHealth::New,
        trouble: SafeText::default(),
        failures: 0,
        polled: None,
        answered: None,
        fresh: None,
        next: None,
        interval: None,
        mentions: 0,
        meters: Vec::new(),
        live: false,
        own_history: None,
    }
}

#[test]
fn the_interval_follows_what_is_new() {
    // (before, fresh, expected), all in minutes, bounds 5 and 60
    let table = [
        (None, true, 5),
        (None, false, 5),
        (Some(40), true, 20),
        (Some(20), true, 10),
        (Some(8), true, 5),
        (Some(5), true, 5),
        (Some(20), false, 30),
        (Some(50), false, 60),
        (Some(60), false, 60),
        (Some(600), false, 60),
    ];
    for (before, fresh, expected) in table {
        let decision = after_answer(bounds(), before.map(SignedDuration::from_mins), fresh, None, now(), 0.5);
        assert_eq!(decision.interval, SignedDuration::from_mins(expected), "{before:?} {fresh}");
        assert_eq!(decision.health, SourceHealth::Working);
        assert_eq!(decision.failures, 0);
    }
}

#[test]
fn the_next_poll_is_jittered_within_bounds_and_never_below_the_servers_wish() {
    // (before minutes, rest minutes, random, expected pause in seconds); nothing new, so x 1.5 applies first
    let table = [
        (20, None, 0.0, 27 * 60),
        (20, None, 1.0, 33 * 60),
        (20, None, 0.5, 30 * 60),
        (60, None, 0.0, 54 * 60),
        (60, None, 1.0, 60 * 60),
        (20, Some(45), 0.0, 45 * 60),
        (20, Some(45), 1.0, 2970),
        (20, Some(6_000), 0.7, 60 * 60), // a wish beyond the longest interval counts as the longest
        (20, Some(1), 0.0, 27 * 60),
    ];
    for (before, rest, random, seconds) in table {
        let before = Some(SignedDuration::from_mins(before));
        let decision = after_answer(bounds(), before, false, rest.map(SignedDuration::from_mins), now(), random);
        let pause = decision.next.unwrap().duration_since(now());
        assert_eq!(pause.as_secs(), seconds, "{before:?} {rest:?} {random}");
    }
}

#[test]
fn the_shortest_interval_is_never_undercut_by_jitter() {
    let decision = after_answer(bounds(), Some(MINUTE * 5), true, None, now(), 0.0);
    assert_eq!(decision.next.unwrap().duration_since(now()), MINUTE * 5);
}

#[test]
fn failures_hold_back_longer_and_longer() {
    // (failures before, most seconds)
    for (before, most) in [(0, 60), (1, 120), (2, 240), (5, 1_920), (8, 15_360), (9, 21_600), (400, 21_600)] {
        let failure =
            Failure { failures: before, interval: Some(HOUR), retry: Retry::BackOff, away: false, by_choice: false };
        let longest = after_failure(bounds(), failure, now(), 1.0);
        assert_eq!(longest.next.unwrap().duration_since(now()).as_secs(), most, "{before}");
        let shortest = after_failure(bounds(), failure, now(), 0.0);
        assert_eq!(shortest.next.unwrap().duration_since(now()), SHORTEST_PAUSE);
        assert_eq!(longest.failures, before.saturating_add(1));
        assert_eq!(longest.health, SourceHealth::Failing);
        assert_eq!(longest.interval, HOUR, "the interval is kept for when it works again");
    }
}

#[test]
fn with_the_network_away_nobody_waits_for_hours() {
    let failure = Failure { failures: 30, interval: None, retry: Retry::BackOff, away: true, by_choice: false };
    let pause = after_failure(bounds(), failure, now(), 1.0).next.unwrap().duration_since(now());
    assert_eq!(pause, LONGEST_PAUSE_AWAY);
}

#[test]
fn a_named_moment_is_obeyed_up_to_a_day() {
    // (asked for, in seconds from now; expected)
    for (asked, expected) in [(-50, 10), (0, 10), (30, 30), (7_200, 7_200), (1_000_000, 86_400)] {
        let retry = Retry::NotBefore(after(now(), SignedDuration::from_secs(asked)));
        let failure = Failure { failures: 0, interval: Some(HOUR), retry, away: false, by_choice: false };
        let decision = after_failure(bounds(), failure, now(), 0.3);
        assert_eq!(decision.next.unwrap().duration_since(now()).as_secs(), expected);
    }
    let again = Failure { failures: 4, interval: None, retry: Retry::NotBefore(now()), away: false, by_choice: false };
    let decision = after_failure(bounds(), again, now(), 1.0);
    assert_eq!(decision.next.unwrap().duration_since(now()), MINUTE * 8, "it named moments in vain");
}

#[test]
fn what_looks_gone_is_asked_daily_and_what_is_gone_never() {
    let failure = |retry| Failure { failures: 0, interval: None, retry, away: false, by_choice: false };
    let daily = after_failure(bounds(), failure(Retry::Daily), now(), 0.5);
    assert_eq!(daily.next.unwrap().duration_since(now()), HOUR * 24);
    let never = after_failure(bounds(), failure(Retry::Never), now(), 0.5);
    assert_eq!((never.next, never.health), (None, SourceHealth::Stopped));
}

#[test]
fn what_is_on_this_machine_is_looked_at_every_few_minutes_at_most() {
    let longest = |failures| {
        let failure = Failure { failures, interval: Some(HOUR), retry: Retry::Soon, away: false, by_choice: false };
        let decision = after_failure(bounds(), failure, now(), 1.0);
        assert_eq!((decision.health, decision.failures), (SourceHealth::Failing, failures + 1));
        decision.next.unwrap().duration_since(now())
    };
    assert_eq!([0, 1, 2, 50].map(longest), [MINUTE, MINUTE * 2, MINUTE * 3, MINUTE * 3]);
}

#[test]
fn holding_back_by_ourselves_is_no_failure() {
    let until = after(now(), MINUTE * 20);
    let retry = Retry::NotBefore(until);
    let failure = Failure { failures: 2, interval: Some(HOUR), retry, away: false, by_choice: true };
    let decision = after_failure(bounds(), failure, now(), 0.7);
    assert_eq!((decision.next, decision.interval), (Some(until), HOUR));
    assert_eq!((decision.failures, decision.health), (2, SourceHealth::Waiting));
    let state = SourceState {
        failures: 0,
        health: SourceHealth::Waiting,
        polled: Some(now()),
        next: decision.next,
        interval: Some(HOUR),
        ..state()
    };
    assert!(told_to_wait(&state));
    let again = first_check(bounds(), &state, now(), 0, 16, 0.5);
    assert_eq!(again, Some(until), "a start changes nothing of it");
}

#[test]
fn a_servers_wish_is_told_from_our_own_pause() {
    for (retry, told) in [
        (Retry::NotBefore(after(now(), MINUTE * 5)), true),
        (Retry::NotBefore(after(now(), HOUR * 3)), true),
        (Retry::BackOff, false),
        (Retry::Daily, false),
    ] {
        for random in [0.0, 0.1, 0.25, 0.5, 0.99, 1.0] {
            for interval in [None, Some(MINUTE), Some(MINUTE * 5), Some(HOUR), Some(HOUR * 24)] {
                let failure = Failure { failures: 3, interval, retry, away: false, by_choice: false };
                let wide = Bounds { shortest: MINUTE, longest: HOUR * 24 };
                let decision = after_failure(wide, failure, now(), random);
                let state = SourceState {
                    failures: decision.failures,
                    polled: Some(now()),
                    next: decision.next,
                    interval: Some(decision.interval),
                    ..state()
                };
                assert_eq!(told_to_wait(&state), told, "{retry:?} {random} {interval:?}");
            }
        }
    }
}

#[test]
fn after_a_start_the_future_is_kept_and_the_overdue_spread() {
    let first = |state: &SourceState, place| first_check(bounds(), state, now(), place, 16, 0.5);
    assert_eq!(first(&state(), 0), Some(now()));
    assert_eq!(first(&state(), 15), Some(now()));
    let later = first(&state(), 16).unwrap();
    assert!(later > now());
    assert!(first(&state(), 40).unwrap() > later);
    assert_eq!(first(&state(), 1_000_000).unwrap().duration_since(now()), FIRST_CHECK_SPREAD);

    let waiting = SourceState { next: Some(after(now(), MINUTE * 30)), ..state() };
    assert_eq!(first(&waiting, 0), waiting.next);
    let overdue = SourceState { next: Some(after(now(), -MINUTE)), ..state() };
    assert_eq!(first(&overdue, 0), Some(now()));
    let bounds_were_shortened = SourceState { next: Some(after(now(), HOUR * 20)), ..state() };
    assert_eq!(first(&bounds_were_shortened, 0), Some(after(now(), HOUR)));
    let held_back = SourceState { failures: 2, health: SourceHealth::Failing, ..bounds_were_shortened };
    assert_eq!(first(&held_back, 0), held_back.next);
}

#[test]
fn a_stopped_source_is_asked_once_after_a_start_but_not_in_a_loop_of_starts() {
    let first = |state: &SourceState| first_check(bounds(), state, now(), 0, 16, 0.5);
    let stopped = SourceState { health: SourceHealth::Stopped, failures: 1, ..state() };
    let just_now = SourceState { polled: Some(after(now(), -MINUTE)), ..stopped.clone() };
    assert_eq!(first(&just_now), None);
    let an_hour_ago = SourceState { polled: Some(after(now(), -HOUR)), ..stopped };
    assert_eq!(first(&an_hour_ago), Some(now()));
}

fn durations() -> impl Strategy<Value = SignedDuration> {
    (1_000_i64..200_000_000).prop_map(SignedDuration::from_millis)
}

proptest! {
    #[test]
    fn an_answer_always_leads_to_a_poll_within_the_bounds(
        shortest in durations(), longest in durations(), before in proptest::option::of(durations()),
        fresh: bool, rest in proptest::option::of(durations()), random in 0.0_f64..=1.0,
    ) {
        let bounds = Bounds { shortest, longest };
        let decision = after_answer(bounds, before, fresh, rest, now(), random);
        let pause = decision.next.unwrap().duration_since(now());
        let longest = longest.max(shortest);
        prop_assert!(decision.interval >= shortest && decision.interval <= longest);
        prop_assert!(pause >= shortest && pause <= longest, "{pause:?} not in {shortest:?}..{longest:?}");
        prop_assert!(pause >= rest.unwrap_or(shortest).min(longest));
        let wanted = decision.interval.max(bounds.clamp(rest.unwrap_or(shortest)));
        let slack = SignedDuration::from_millis(2);
        prop_assert!(pause >= wanted - wanted / 10 - slack && pause <= wanted + wanted / 10 + slack);
    }

    #[test]
    fn a_failure_never_hammers_and_never_forgets(
        shortest in durations(), longest in durations(), interval in proptest::option::of(durations()),
        failures: u32, wish in -100_000_i64..1_000_000, kind in 0..3_u8, away: bool, random in 0.0_f64..=1.0,
    ) {
        let retry = match kind {
            0 => Retry::BackOff,
            1 => Retry::NotBefore(after(now(), SignedDuration::from_secs(wish))),
            _ => Retry::Daily,
        };
        let failure = Failure { failures, interval, retry, away, by_choice: false };
        let decision = after_failure(Bounds { shortest, longest }, failure, now(), random);
        let pause = decision.next.unwrap().duration_since(now());
        prop_assert!(pause >= SignedDuration::from_secs(7) && pause <= SignedDuration::from_hours(27));
        if let Retry::NotBefore(moment) = retry {
            let obeyed = moment.duration_since(now()).min(LONGEST_WISH);
            prop_assert!(pause >= obeyed);
        }
        prop_assert_eq!(decision.failures, failures.saturating_add(1));
        prop_assert_eq!(decision.health, SourceHealth::Failing);
    }
}
