use super::*;
use crate::engine::doubles::{PausedClock, Script, Step, item, source};
use crate::sources::{Retry, SourceErrorKind};

#[tokio::test(start_paused = true)]
async fn each_source_says_what_worked_and_what_to_do() {
    let good = Script::new(vec![Step::items(vec![item("a", "x", -5), item("b", "x", -3)])]);
    let bad = Script::new(vec![Step::Fail(SourceErrorKind::NotFound, Retry::Daily)]);
    let broken = Script::new(vec![Step::Panic]);
    let hangs = Script::new(vec![Step::Hang]);
    let sources = vec![
        source("good", "A.example", &good),
        source("bad", "a.example", &bad),
        source("broken", "a.example", &broken),
        source("hangs", "a.example", &hangs),
    ];
    let mut told = 0;
    let reports = check(sources, PausedClock::new(), 2, |_| told += 1).await;
    assert_eq!(told, 4);
    assert_eq!(
        reports.iter().map(|report| report.name.as_str()).collect::<Vec<_>>(),
        ["good", "bad", "broken", "hangs"]
    );
    assert_eq!(reports.iter().map(CheckReport::worked).collect::<Vec<_>>(), [true, false, false, false]);
    assert_eq!((reports[0].items, reports[0].newest), (2, item("b", "x", -3).claimed));
    assert!(reports[0].took >= Duration::from_millis(5));
    assert_eq!(reports[1].error.as_ref().unwrap().advice, "look at it");
    assert!(reports[2].error.as_ref().unwrap().what.as_str().contains("the source fell over"));
    assert_eq!(reports[3].error.as_ref().unwrap().kind, SourceErrorKind::TimedOut);
    assert_eq!(good.asked.lock().unwrap()[0].1, "", "asked as for the first time");
}
