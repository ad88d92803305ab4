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
    let piped = format!("{}\n", Stage::words(1));
    home.run_with(&["reply", &stage.mention(1)], &words).ends(1).says(&["nearly the same", "--yes"]);
    home.run_with(&["reply", &stage.mention(1), "--json", "--yes"], &piped).ends(0);
    assert_eq!(stage.truth().len(), 2);
}

#[test]
fn what_the_coach_stops_is_kept_as_a_draft() {
    let stage = calm(1, "");
    let home = stage.home();
    let mention = stage.mention(0);
    let text = "Hi [NAME], so sorry about the chain. A new one goes out today.";
    let stopped = home.run(&["reply", &mention, "--yes", "--text", text]).ends(1);
    stopped.says(&["[NAME] is not filled in yet", "kept as the draft 1"]);
    home.run(&["reply", &mention, "--text", "Buy our new S3 now, only 999!"]).ends(1).says(&["--yes", "the draft 2"]);
    home.run(&["reply", &mention, "--yes", "--text", &"long ".repeat(200)]).ends(1).says(&[
        "too many",
        "--parts",
        "the draft 3",
    ]);
    // The same words again are the same draft, whatever stops them.
    home.run(&["reply", &mention, "--text", "Buy our new S3 now, only 999!"]).ends(1).says(&["--yes", "the draft 2"]);
    home.run(&["reply", &mention, "--voice", "Kim", "--text", "Buy our new S3 now, only 999!"])
        .ends(1)
        .says(&["the draft 4"]);
    home.run(&["reply", "999", "--text", "hello"]).ends(1).says(&["no mention 999"]);
    home.run(&["reply", &mention, "--text", " "]).ends(2);
    home.run(&["reply", &mention, "--as", "elsewhere", "--text", &Stage::words(0)])
        .ends(2)
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
fn what_waits_for_approval_is_sent_by_a_second_voice_and_by_no_other() {
    let stage = calm(1, "hold = \"0s\"\napproval = true\n");
    let (home, mention, words) = (stage.home(), stage.mention(0), Stage::words(0));
    home.run(&["reply", &mention, "--text", &words]).ends(1).says(&["answering.voice", "--voice NAME", "the draft 1"]);
    home.run(&["outbox", "withdraw", "1"]).ends(0).says(&["redraft"]);
    let waits = home.run(&["reply", &mention, "--text", &words, "--voice", "Ana"]).ends(3);
    waits.says(&["waits for a second voice", "outbox approve 2"]);
    assert!(stage.truth().is_empty());
    let state = || home.run(&["outbox", "--json"]).ends(0).json()["state"].as_str().unwrap().to_owned();
    assert_eq!(state(), "awaiting_approval");
    home.run(&["outbox", "approve", "2"]).ends(1).says(&["say who approves", "--voice NAME"]);
    home.run(&["outbox", "approve", "2", "--voice", "Ana"]).ends(1).says(&["you wrote it"]);
    home.run(&["outbox", "approve", "9", "--voice", "Kim"]).ends(1).says(&["no 9"]);
    assert_eq!((state().as_str(), stage.truth().is_empty()), ("awaiting_approval", true));
    let sent = home.run(&["outbox", "approve", "2", "--voice", "Kim"]).ends(0);
    sent.says(&["goes out under", "this process sends it", "sent: http://127.0.0.1:"]);
    assert_eq!(stage.truth().get(&words), Some(&1));
    home.run(&["outbox", "approve", "2", "--voice", "Kim"]).ends(1).says(&["it is sent"]);
}

#[test]
fn an_answer_is_signed_as_on_the_screen_and_long_ones_go_out_in_parts() {
    let voices = "hold = \"0s\"\n\n[answering]\nvoice = \"Ana\"\n\n[[voice]]\nname = \"Ana\"\nsignature = \"^AK\"\n\n\
                  [[voice]]\nname = \"Kim\"\n";
    let stage = calm(3, voices);
    let (home, words) = (stage.home(), Stage::words(0));
    home.run(&["reply", &stage.mention(0), "--text", &words]).ends(0);
    assert_eq!(stage.truth().get(&format!("{words} ^AK")), Some(&1), "{:?}", stage.truth());
    let own = format!("{} ^AK", Stage::words(1));
    home.run(&["reply", &stage.mention(1), "--yes", "--text", &own]).ends(0);
    assert_eq!(stage.truth().get(&own), Some(&1), "signed once");
    home.run(&["reply", &stage.mention(1), "--voice", "Lou", "--text", &words]).ends(2).says(&["Ana, Kim"]);
    let long = "So sorry about the chain. I send you a new one today. ".repeat(14);
    home.run(&["reply", &stage.mention(2), "--voice", "kim", "--parts", "--text", &long]).ends(1).says(&["2 posts"]);
    home.run(&["reply", &stage.mention(2), "--voice", "kim", "--parts", "--yes", "--text", &long]).ends(0);
    assert_eq!(stage.truth().len(), 4, "{:?}", stage.truth());
}
