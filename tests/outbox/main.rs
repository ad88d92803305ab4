//! The outbox as it is really used: the program answers people of a town that misbehaves, and is killed, doubled or
//! stopped in the middle of it. However that ends, no reply is lost, none is published twice, and of every one that
//! nobody is sure of, the person is told.
//!
//! `tests/outbox.sh` runs the long version.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)] // tests fail by panicking, and print what they saw

#[path = "../support/mod.rs"]
mod support;

mod ordinary;
mod posts;
mod screen;
mod stage;

use stage::{Ending, Stage};

/// One after the other, every way of ending.
#[test]
fn a_reply_survives_whatever_ends_it() {
    let mut stage = Stage::open(1, 20);
    for run in 0..20 {
        stage.run(run, Ending::of(run as u64));
    }
    let count = stage.judge();
    println!("{count}");
    assert_eq!(count.runs, 20);
}

/// The holder of the lease is stopped past its lease while another process is there, and woken again.
#[test]
fn a_holder_that_slept_past_its_lease_sends_nothing_twice() {
    let mut stage = Stage::open(2, 2);
    for run in 0..2 {
        stage.run(run, Ending::HolderSleeps);
    }
    let count = stage.judge();
    println!("{count}");
    assert_eq!(count.runs, 2);
}

/// As many runs as GOODWORD_OUTBOX_RUNS says, in as many places at once as GOODWORD_OUTBOX_PLACES says.
#[test]
#[ignore = "takes as long as it is told to: tests/outbox.sh"]
fn many_runs() {
    let number =
        |name: &str, otherwise: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (runs, places) = (number("GOODWORD_OUTBOX_RUNS", 1_000), number("GOODWORD_OUTBOX_PLACES", 2));
    let first = number("GOODWORD_OUTBOX_SEED", 100) as u64;
    const A_STAGE: usize = 50;
    let stages: Vec<(u64, usize)> =
        (0..runs.div_ceil(A_STAGE)).map(|stage| (first + stage as u64, A_STAGE.min(runs - stage * A_STAGE))).collect();
    let stages = std::sync::Mutex::new(stages.into_iter());
    let total = std::sync::Mutex::new(stage::Count::default());
    std::thread::scope(|scope| {
        for _ in 0..places.max(1) {
            scope.spawn(|| {
                loop {
                    let Some((seed, runs)) = stages.lock().unwrap().next() else { return };
                    let mut stage = Stage::open(seed, runs);
                    for run in 0..runs {
                        // Sleeping past a lease takes a while: one in fifty.
                        let ending =
                            if run == 25 { Ending::HolderSleeps } else { Ending::of(seed * 1_000 + run as u64) };
                        stage.run(run, ending);
                    }
                    let count = stage.judge();
                    let mut total = total.lock().unwrap();
                    total.add(&count);
                    println!("seed {seed}: {count}\n  so far: {total}");
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    println!("all in all: {total}");
    assert_eq!(total.runs, runs);
}
