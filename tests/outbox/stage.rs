//! A town that misbehaves, a person's home, and one reply after the other.

use std::collections::HashMap;
use std::fmt;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use goodword::demo::{Scenario, Town};
use goodword::engine::SystemClock;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::home::{BRAND, Home};

/// Longest that it is waited for anything to come to rest.
const PATIENCE: Duration = Duration::from_secs(180);
/// A lease lives fifteen seconds.
const PAST_THE_LEASE: Duration = Duration::from_secs(17);

/// How a run ends. Moments are in thousandths of what a whole reply takes here and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The replying process, which sends by itself, is killed.
    Alone(u64),
    /// Another process sends; the replying one is killed.
    Follower(u64),
    /// Another process sends, and is killed.
    Holder(u64),
    /// Both are killed.
    Both(u64),
    /// Another process sends, and is stopped past its lease, then woken.
    HolderSleeps,
    /// Nobody is killed.
    None,
}

impl Ending {
    /// The ending of this number: half of them alone, at moments from before the first draft to after the answer.
    pub fn of(number: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let moment = random.u64(300..1_300);
        match random.u8(0..9) {
            0..=3 => Self::Alone(moment),
            4 | 5 => Self::Follower(moment),
            6 => Self::Holder(moment),
            7 => Self::Both(moment),
            _ => Self::None,
        }
    }
}

/// What became of all runs.
#[derive(Debug, Clone, Default)]
pub struct Count {
    pub runs: usize,
    /// Out, and known to be.
    pub sent: usize,
    /// Nobody is sure, and it was told.
    pub uncertain: usize,
    /// Of those, how many are out.
    pub uncertain_out: usize,
    /// A draft, with its words.
    pub drafts: usize,
    /// Failed, with its words.
    pub failed: usize,
    /// Killed before there was a draft.
    pub never_began: usize,
}

impl Count {
    pub fn add(&mut self, more: &Self) {
        let Self { runs, sent, uncertain, uncertain_out, drafts, failed, never_began } = more;
        self.runs += runs;
        self.sent += sent;
        self.uncertain += uncertain;
        self.uncertain_out += uncertain_out;
        self.drafts += drafts;
        self.failed += failed;
        self.never_began += never_began;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, sent, uncertain, uncertain_out, drafts, failed, never_began } = self;
        write!(
            f,
            "{runs} runs: {sent} sent, {uncertain} uncertain and told ({uncertain_out} of them out), {drafts} drafts, \
             {failed} failed, {never_began} killed before there was a draft; 0 lost, 0 twice"
        )
    }
}

/// Kills its process when dropped.
struct Running(Child);

impl Running {
    fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    fn kill(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Waits for its end; false when it takes too long.
    fn ends(&mut self, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if self.0.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where runs take place.
pub struct Stage {
    runtime: Runtime,
    _town: Town,
    square: String,
    home: Home,
    /// Number of the mention that each run answers.
    mentions: HashMap<usize, i64>,
    runs: Vec<(usize, Ending)>,
    /// How long a reply takes from its start to the network's answer.
    whole: Duration,
}

impl Stage {
    /// A town that misbehaves as its seed says, with a complaint for every run, and a home that has heard them all.
    pub fn open(seed: u64, runs: usize) -> Self {
        let faults = format!(r#", "keeps_tokens": {}, "faults": {{"seed": {seed}, "share": 0.5}}"#, seed % 2 == 1);
        // One more, to see how long it takes.
        let mut stage = Self::with(&faults, runs + 1, "");
        let begun = Instant::now();
        let mut reply = stage.reply(runs);
        while stage.truth().is_empty() && begun.elapsed() < Duration::from_secs(20) {
            if reply.0.try_wait().unwrap().is_some() {
                break;
            }
        }
        stage.whole = begun.elapsed().clamp(Duration::from_millis(300), Duration::from_secs(15));
        reply.kill();
        stage
    }

    /// A town of these properties, and a home with this in its configuration.
    pub fn with(properties: &str, runs: usize, config: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut story = format!(
            r#"{{"about":"","brand":"{BRAND}","size":"small","rivals":[],"watches":[],"places":[{{"name":"square","format":"town","account":"ferrisbikes"{properties}}}]}}"#
        );
        for run in 0..runs {
            let at = run as f64 - runs as f64;
            story.push_str(&format!("\n{{\"at\":{at},\"in\":\"square\",\"by\":\"p{run}\",\"text\":\"@ferrisbikes my ferris chain broke, number {run} today\"}}"));
        }
        let scenario = Scenario::parse(&story).unwrap();
        let town = runtime.block_on(Town::open(scenario, Arc::new(SystemClock), 1.0)).unwrap();
        let square = town.addresses()[0].1.clone();
        let home = Home::new();
        home.configure(&format!(
            "[brand]\nname = \"{BRAND}\"\n\n[[source]]\nname = \"square\"\nnetwork = \"town\"\nurl = \"{square}\"\n\n\
             [collect]\npublic_feeds = false\nshortest = \"10s\"\nlongest = \"10s\"\n\n[outbox]\n{}",
            if config.is_empty() { "hold = \"0s\"\n" } else { config }
        ));
        home.run(&["collect", "--once"]).ends(0);
        let number = |text: &str| text.rsplit("number ").next()?.split(' ').next()?.parse().ok();
        let mentions = home
            .exported()
            .iter()
            .filter_map(|line| Some((number(line["text"].as_str()?)?, line["id"].as_i64()?)))
            .collect::<HashMap<usize, i64>>();
        assert_eq!(mentions.len(), runs, "every complaint was heard");
        Self { runtime, _town: town, square, home, mentions, runs: Vec::new(), whole: Duration::from_secs(1) }
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The mention of a run, as an argument.
    pub fn mention(&self, run: usize) -> String {
        self.mentions[&run].to_string()
    }

    /// The words of a run's reply.
    pub fn words(run: usize) -> String {
        format!("So sorry about the chain, p{run}. A new one goes out today, reply {run}.")
    }

    fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.home.command(arguments);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        Running(command.spawn().unwrap())
    }

    fn reply(&self, run: usize) -> Running {
        self.start(&["reply", &self.mention(run), "--yes", "--text", &Self::words(run)])
    }

    /// One run, and its end.
    pub fn run(&mut self, run: usize, ending: Ending) {
        self.runs.push((run, ending));
        let whole = self.whole;
        let pause = |part: u64| std::thread::sleep(whole * u32::try_from(part).unwrap() / 1_000);
        match ending {
            Ending::Alone(moment) => {
                let reply = self.reply(run);
                pause(moment);
                reply.kill();
            }
            Ending::Follower(moment) | Ending::Holder(moment) | Ending::Both(moment) => {
                let holder = self.holder();
                let mut reply = self.reply(run);
                pause(moment);
                match ending {
                    Ending::Follower(_) => reply.kill(),
                    Ending::Holder(_) => {
                        holder.kill();
                        reply.ends(whole * 2);
                        return;
                    }
                    _ => {
                        holder.kill();
                        reply.kill();
                        return;
                    }
                }
                pause(500);
                holder.kill();
            }
            Ending::HolderSleeps => self.sleeps(run),
            Ending::None => {
                let mut reply = self.reply(run);
                reply.ends(whole * 4);
            }
        }
    }

    /// A process that holds the lease.
    fn holder(&self) -> Running {
        let holder = self.start(&["collect"]);
        // Whether it has the lease yet when the reply begins is one of the things that vary.
        std::thread::sleep(self.whole * fastrand::u32(100..900) / 1_000);
        holder
    }

    /// The holder is stopped at some moment of a reply, past its lease, and woken.
    fn sleeps(&self, run: usize) {
        let holder = self.holder();
        let reply = self.reply(run);
        std::thread::sleep(self.whole * fastrand::u32(300..1_300) / 1_000);
        kill_process(holder.pid(), Signal::STOP).unwrap();
        let other = self.start(&["collect"]);
        std::thread::sleep(PAST_THE_LEASE);
        kill_process(holder.pid(), Signal::CONT).unwrap();
        std::thread::sleep(Duration::from_secs(3));
        for process in [holder, reply, other] {
            process.kill();
        }
    }

    /// What stands in the outbox, by the words.
    fn outbox(&self) -> HashMap<String, Vec<Value>> {
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for line in self.home.run(&["outbox", "--all", "--json"]).ends(0).lines() {
            let words = line["parts"][0]["text"].as_str().unwrap().to_owned();
            found.entry(words).or_default().push(line);
        }
        found
    }

    /// What the town has, by the words.
    pub fn truth(&self) -> HashMap<String, usize> {
        let address = format!("{}api/own?limit=500", self.square);
        let text = self.runtime.block_on(async { reqwest::get(address).await.unwrap().text().await.unwrap() });
        let posts: Vec<Value> = serde_json::from_str(&text).unwrap();
        let mut found = HashMap::new();
        for post in posts {
            *found.entry(post["text"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        found
    }

    /// Lets everything come to rest that can, and fails unless nothing is lost, nothing is out twice, and what is said
    /// of each is true.
    pub fn judge(self) -> Count {
        let _holder = self.start(&["collect"]);
        let moves = |line: &Value| {
            let state = line["state"].as_str().unwrap();
            // Found at the first look, if it can be; what is not there is looked for much longer.
            let looked = line["trouble"].as_str().unwrap().contains(": looked for ");
            matches!(state, "held" | "sending") || state == "uncertain" && !looked
        };
        let deadline = Instant::now() + PATIENCE;
        let outbox = loop {
            let outbox = self.outbox();
            if !outbox.values().flatten().any(moves) {
                break outbox;
            }
            assert!(Instant::now() < deadline, "it never comes to rest: {outbox:#?}");
            std::thread::sleep(Duration::from_millis(500));
        };
        let truth = self.truth();
        let mut count = Count { runs: self.runs.len(), ..Count::default() };
        for (run, ending) in &self.runs {
            let words = Self::words(*run);
            let out = truth.get(&words).copied().unwrap_or_default();
            let told = format!("run {run} ({ending:?}), {out} times out: {:?}", outbox.get(&words));
            assert!(out <= 1, "published twice: {told}");
            let Some([line]) = outbox.get(&words).map(Vec::as_slice) else {
                assert!(out == 0 && !outbox.contains_key(&words), "lost: {told}");
                count.never_began += 1;
                continue;
            };
            match line["state"].as_str().unwrap() {
                "sent" => {
                    assert_eq!(out, 1, "not out: {told}");
                    count.sent += 1;
                }
                "uncertain" => {
                    assert!(!line["trouble"].as_str().unwrap().is_empty(), "not told: {told}");
                    count.uncertain += 1;
                    count.uncertain_out += out;
                }
                "draft" => {
                    assert_eq!(out, 0, "out: {told}");
                    count.drafts += 1;
                }
                "failed" => {
                    assert_eq!(out, 0, "out: {told}");
                    count.failed += 1;
                }
                _ => panic!("it never comes to rest: {told}"),
            }
        }
        count
    }
}
