//! `reply` and `outbox` when all goes well, and when it does not.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::stage::Stage;

/// A town that behaves.
fn calm(runs: usize, config: &str) -> Stage {
    Stage::with("", runs, config)
}

#[test]
fn a_reply_is_sent_once_and_the_mention_is_answered() {
    let stage = calm(2, "");
    let (home, words) = (stage.home(), Stage::words(0));
    let sent = home.run(&["reply", &stage.mention(0), "--text", &words, "--voice", "Ana"]).ends(0);
    assert!(sent.out.starts_with("sent: http://127.0.0.1:"), "{}", sent.everything());
    assert_eq!(stage.truth().get(&words), Some(&1));
    let line = home.run(&["outbox", "--all", "--json"]).ends(0).json();
    assert_eq!((line["state"].as_str(), line["voice"].as_str()), (Some("sent"), Some("Ana")));
    assert_eq!(line["attempts"], 1);
    // The same post is found among our own later, and is the same act.
    home.run(&["collect", "--once"]).ends(0);
    assert_eq!(home.exported().len(), 2);
    // The words may come from a pipe.
    home.run_with(&["reply", &stage.mention(1), "--json"], &format!("{}\n", Stage::words(1))).ends(0);
    assert_eq!(stage.truth().len(), 2);
}

#[test]
fn what_the_coach_stops_is_kept_as_a_draft() {
    let stage = calm(1, "");
    let home = stage.home();
    let mention = stage.mention(0);
    let text = "Hi [NAME], so sorry about the chain. A new one goes out today.";
    let stopped = home.run(&["reply", &mention, "--yes", "--text", text]).ends(1);
    stopped.says(&["placeholder", "kept as the draft 1"]);
    home.run(&["reply", &mention, "--text", "Buy our new S3 now, only 999!"]).ends(1).says(&["--yes", "the draft 2"]);
    home.run(&["reply", &mention, "--yes", "--text", &"long ".repeat(200)]).ends(1).says(&["does not fit", "500"]);
    home.run(&["reply", "999", "--text", "hello"]).ends(1).says(&["no mention 999"]);
    home.run(&["reply", &mention, "--text", " "]).ends(2);
    home.run(&["reply", &mention, "--as", "elsewhere", "--text", &Stage::words(0)])
        .ends(1)
        .says(&["only as \"square\""]);
    assert!(stage.truth().is_empty());
    home.run(&["outbox"]).ends(0).says(&["draft", "Buy our new S3", "p0"]);
    home.run(&["outbox", "withdraw", "2"]).ends(0);
    home.run(&["outbox", "withdraw", "2"]).ends(1).says(&["2 is withdrawn"]);
}

#[test]
fn a_held_reply_can_be_taken_back() {
    let stage = calm(1, "hold = \"30s\"\n");
    let home = stage.home();
    let mut child = home.command(&["reply", &stage.mention(0), "--text", &Stage::words(0)]).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !home.run(&["outbox", "--json"]).out.contains("\"held\"") {
        assert!(Instant::now() < deadline, "it is never held");
        std::thread::sleep(Duration::from_millis(100));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let line = home.run(&["outbox", "--json"]).ends(0).json();
    assert_eq!((line["state"].as_str(), line["parts"][0]["text"].as_str()), (Some("draft"), Some(&*Stage::words(0))));
    assert!(stage.truth().is_empty());
}

#[test]
fn sending_that_is_stopped_stays_stopped_until_it_is_lifted() {
    let stage = calm(1, "");
    let home = stage.home();
    home.run(&["outbox", "stop"]).ends(0);
    home.run(&["reply", &stage.mention(0), "--text", &Stage::words(0)]).ends(1).says(&["stopped", "the draft 1"]);
    home.run(&["outbox"]).ends(0).says(&["all sending is stopped"]);
    home.run(&["outbox", "resume"]).ends(0);
    home.run(&["reply", &stage.mention(0), "--text", &Stage::words(0)]).ends(0);
}

#[test]
fn a_dry_run_sends_nothing_and_says_so() {
    let stage = calm(1, "hold = \"0s\"\ndry_run = true\n");
    stage.home().run(&["reply", &stage.mention(0), "--text", &Stage::words(0)]).ends(0).says(&["rehearsed"]);
    assert!(stage.truth().is_empty());
}

#[test]
fn what_waits_for_approval_is_not_sent() {
    let stage = calm(1, "hold = \"0s\"\napproval = true\n");
    stage.home().run(&["reply", &stage.mention(0), "--text", &Stage::words(0)]).ends(3).says(&["second voice"]);
    assert!(stage.truth().is_empty());
    let line = stage.home().run(&["outbox", "--json"]).ends(0).json();
    assert_eq!(line["state"], "awaiting_approval");
}
