//! A made-up morning for tests: mentions, sources and signals, and a store that answers the model's questions.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::cmd::{Cmd, Load};
use super::msg::{Answer, Msg};
use super::setup::Setup;
use super::{Action, Model};
use crate::domain::time::SignedDuration;
use crate::domain::{
    Counts, Filter, GroupId, Intent, Intents, Key, Mention, MentionId, MentionRow, Network, Overview, Reading, Role,
    SafeText, Sentiment, Shares, Signal, SignalId, SignalKind, SourceHealth, SourceId, SourceState, Span, Subject,
    SubjectId, Timestamp, Visibility, WatchId, WatchRule,
};

/// 2025-11-22 09:00 UTC: the present moment of the tests.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_763_802_000).unwrap()
}

/// So many minutes before [`now`].
pub(crate) fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() - minutes * 60).unwrap()
}

/// A plain unread mention; higher numbers are newer, a minute apart, 2,000 being now.
pub(crate) fn row(id: i64) -> MentionRow {
    MentionRow {
        id: MentionId(id),
        group: GroupId(id),
        group_size: 1,
        source: SourceId(1),
        network: Network::FEED,
        author: SafeText::line("ana@hachyderm.io", 80),
        followers: None,
        title: SafeText::default(),
        excerpt: SafeText::line(&format!("words of mention {id}"), 400),
        published: minutes_ago(2_000 - id),
        first_seen: minutes_ago(2_000 - id),
        history: false,
        read: false,
        edited: false,
        visibility: Visibility::Public,
        readings: vec![reading(1, Sentiment::Neutral, 0.8, &[Intent::Other])],
    }
}

/// A reading with this likeliest sentiment and probability.
pub(crate) fn reading(subject: i64, sentiment: Sentiment, probability: f32, intents: &[Intent]) -> Reading {
    let rest = (1.0 - probability) / 2.0;
    let share = |one| if one == sentiment { probability } else { rest };
    Reading {
        subject: SubjectId(subject),
        about: true,
        sentiment: Some(Shares {
            negative: share(Sentiment::Negative),
            neutral: share(Sentiment::Neutral),
            positive: share(Sentiment::Positive),
        }),
        intents: Intents::of(intents),
    }
}

/// A setup with a brand and a rival.
pub(crate) fn setup(size: (u16, u16)) -> Setup {
    let mut setup = Setup::new("Ferris Bikes", TimeZone::UTC, now(), size);
    let subject = |id, name: &str, role| Subject { id: SubjectId(id), name: name.to_owned(), role };
    setup.subjects = vec![subject(1, "Ferris Bikes", Role::Brand), subject(2, "Crab Cycles", Role::Rival)];
    let watch = |id, subject, name: &str, query: &str, context: &[&str]| WatchRule {
        id: WatchId(id),
        subject: SubjectId(subject),
        name: name.to_owned(),
        query: query.to_owned(),
        context: context.iter().map(ToString::to_string).collect(),
    };
    setup.watches = vec![
        watch(1, 1, "ferris", "\"ferris bikes\" OR #ferrisbikes OR @ferris", &["bike", "chain", "ride"]),
        watch(2, 1, "stems", "ferris NEAR/8 (stem OR recall)", &[]),
        watch(3, 2, "crab", "\"crab cycles\" -seafood", &["bike"]),
    ];
    setup.can_save_watch = true;
    setup
}

struct Post<'a>(i64, &'a str, Option<u64>, u32, &'a str, &'a str, Vec<Reading>);

fn of(post: &Post<'_>, id: i64) -> MentionRow {
    let Post(minutes, author, followers, story, title, words, readings) = post;
    MentionRow {
        group_size: *story,
        source: SourceId(1 + id % 3),
        author: SafeText::line(author, 80),
        followers: *followers,
        title: SafeText::line(title, 300),
        excerpt: SafeText::line(words, MentionRow::EXCERPT),
        published: minutes_ago(*minutes),
        first_seen: minutes_ago(*minutes - 2),
        readings: readings.clone(),
        ..row(id)
    }
}

/// Forty mentions of a night, one of them burning, newest first.
pub(crate) fn night() -> Vec<MentionRow> {
    use Intent::{Complaint, Other, Praise, Promo, Question};
    use Sentiment::{Negative, Neutral, Positive};
    let us = |sentiment, probability, intent| vec![reading(1, sentiment, probability, &[intent])];
    let both = vec![reading(1, Positive, 0.7, &[Praise]), reading(2, Negative, 0.6, &[Other])];
    let mut homonym = reading(1, Neutral, 0.9, &[Other]);
    homonym.about = false;
    let unread_language = Reading { sentiment: None, ..reading(1, Neutral, 0.9, &[Other]) };
    let posts = [
        Post(
            4,
            "lou.bsky.social",
            Some(340),
            1,
            "",
            "two years in and I still love my Ferris, best commuter I ever had",
            us(Positive, 0.93, Praise),
        ),
        Post(
            11,
            "kvs",
            None,
            1,
            "Ask: does the S2 take a 2.4\" tyre?",
            "The manual says 2.2 but I have seen photos with wider ones. Anyone tried?",
            us(Neutral, 0.8, Question),
        ),
        Post(
            17,
            "cyclingnews.example",
            Some(48_200),
            7,
            "Ferris Bikes recalls S2 stems after two falls",
            "The maker asks owners of the S2 built in spring to stop riding until the stem is exchanged.",
            us(Negative, 0.71, Complaint),
        ),
        Post(
            23,
            "自転車好き",
            Some(1_250),
            1,
            "",
            "フェリスの新しいチェーンは最高です。毎日の通勤に使っています。",
            vec![unread_language],
        ),
        Post(
            38,
            "ana@hachyderm.io",
            Some(12_300),
            1,
            "",
            "chain snapped after 2 days, 3rd time this month, no answer from support. I nearly went under a bus.",
            us(Negative, 0.96, Complaint),
        ),
        Post(
            52,
            "bargains.example",
            None,
            1,
            "70 % off bike lights with code FERRIS",
            "Click here",
            us(Neutral, 0.55, Promo),
        ),
        Post(61, "مريم", Some(800), 1, "", "دراجة فيريس رائعة جدا", us(Positive, 0.44, Praise)),
        Post(
            75,
            "bike 👨‍👩‍👧 family ❤️",
            Some(90),
            1,
            "",
            "Rode 40 km with the kids 👍🏽 on our Ferris tandem 🇩🇪 today",
            us(Positive, 0.9, Praise),
        ),
        Post(
            90,
            "fairground.example",
            None,
            1,
            "The ferris wheel bikes past the pier",
            "A parade of bicycles went around the wheel",
            vec![homonym],
        ),
        Post(102, "velo_max", Some(2_100), 1, "", "Ferris beats Crab Cycles on brakes, any day", both),
    ];
    let mut rows: Vec<MentionRow> = posts.iter().enumerate().map(|(n, post)| of(post, 2_000 - n as i64)).collect();
    for n in 0..30i64 {
        let mixed = match n % 5 {
            0 => us(Negative, 0.8, Complaint),
            1 => us(Positive, 0.8, Praise),
            2 => vec![reading(2, Negative, 0.7, &[Complaint])],
            3 => us(Neutral, 0.48, Question),
            _ => us(Neutral, 0.9, Other),
        };
        let words = format!("mention {n} of a long night about the Ferris, its wheels and where to get them");
        let post = Post(120 + n * 17, "rider", Some(40 + 10 * n as u64), 1, "", &words, mixed);
        rows.push(MentionRow { read: n > 20, ..of(&post, 1_900 - n) });
    }
    rows
}

/// A store in memory that answers like a runtime would.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) rows: Vec<MentionRow>,
    pub(crate) sources: Vec<SourceState>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) busy: bool,
}

impl Town {
    /// Nothing heard yet, no source asked.
    pub(crate) fn empty() -> Self {
        let sources = ["Google News: ferris bikes", "Mastodon #ferris", "HN search"];
        let sources =
            sources.iter().enumerate().map(|(n, name)| state(n as i64 + 1, name, SourceHealth::New)).collect();
        Self { rows: Vec::new(), sources, signals: Vec::new(), busy: false }
    }

    /// The morning after the night.
    pub(crate) fn morning() -> Self {
        let mut town = Self { rows: night(), busy: true, ..Self::empty() };
        for (n, state) in town.sources.iter_mut().enumerate() {
            state.health = SourceHealth::Working;
            state.polled = Some(minutes_ago(n as i64 + 1));
            state.answered = state.polled;
            state.next = Some(minutes_ago(-(n as i64) * 4));
            state.interval = Some(SignedDuration::from_mins(5));
            state.mentions = 1_000 * (n as u64 + 1);
        }
        town
    }

    /// A morning on which things are broken.
    pub(crate) fn trouble() -> Self {
        let mut town = Self::morning();
        let mut failing = state(7, "bikeforum.example", SourceHealth::Failing);
        failing.trouble = SafeText::line(
            "503 from bikeforum.example, the fourth time: it is asked again at 09:20; if it stays away, open the page in a browser",
            300,
        );
        failing.failures = 4;
        failing.polled = Some(minutes_ago(6));
        let mut stopped = state(8, "old-blog.example", SourceHealth::Stopped);
        stopped.trouble = SafeText::line("410 Gone: the feed was taken down; remove it from the configuration", 300);
        town.sources.extend([failing, stopped]);
        town.signals = vec![
            signal(
                3,
                SignalKind::Spike,
                12,
                "Ferris Bikes: 14 mentions in the last hour, usually 2; \"recall\", \"stem\"; mostly negative",
            ),
            signal(2, SignalKind::Silence, 200, "HN search brought nothing for 9 h, usually every 40 min"),
        ];
        town
    }

    fn accepts(row: &MentionRow, filter: &Filter) -> bool {
        let subject = |reading: &&Reading| filter.subject.is_none_or(|id| reading.subject == id && reading.about);
        let mut readings = row.readings.iter().filter(subject);
        let fits = match filter.intent {
            Some(intent) => readings.any(|reading| reading.intents.has(intent)),
            None => filter.subject.is_none() || readings.next().is_some(),
        };
        fits && (!filter.unread || !row.read)
            && filter.group.is_none_or(|group| row.group == group)
            && filter.since.is_none_or(|since| row.published >= since)
    }

    fn matching(&self, filter: &Filter) -> Vec<MentionRow> {
        let mut rows: Vec<MentionRow> = self.rows.iter().filter(|row| Self::accepts(row, filter)).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(Key { published: row.published, id: row.id }));
        rows
    }

    fn load(&self, load: Load) -> Answer {
        match load {
            Load::Rows { filter, span, limit } => {
                let mut rows = self.matching(&filter);
                let key = |row: &MentionRow| Key { published: row.published, id: row.id };
                match span {
                    Span::Newest => {}
                    Span::OlderThan(place) => rows.retain(|row| key(row) < place),
                    Span::NewerThan(place) => {
                        rows.retain(|row| key(row) > place);
                        rows.reverse();
                    }
                }
                rows.truncate(limit as usize);
                Answer::Rows(rows.into())
            }
            Load::NewAbove { filter } => Answer::NewAbove(self.matching(&filter).len() as u64),
            Load::Detail { id, group } => {
                let mention = self.rows.iter().find(|row| row.id == id).map(|row| Arc::new(whole(row)));
                let members = self.rows.iter().filter(|row| row.group == group).cloned().collect();
                Answer::Detail(mention, members)
            }
            Load::Trend { subject, buckets, .. } => Answer::Trend(subject, self.trend(subject, buckets)),
            Load::Overview { .. } => {
                let unread: Vec<&MentionRow> = self.rows.iter().filter(|row| !row.read).collect();
                let complaints = unread.iter().filter(|row| {
                    row.readings.iter().any(|reading| reading.subject == SubjectId(1) && reading.is_complaint())
                });
                Answer::Overview(Overview {
                    mentions: self.rows.len() as u64 + if self.busy { 120_000 } else { 0 },
                    today: self.rows.len() as u64,
                    unread: unread.len() as u64,
                    unread_complaints: complaints.count() as u64,
                })
            }
            Load::Sources => Answer::Sources(self.sources.clone().into()),
            Load::Signals => Answer::Signals(self.signals.clone().into()),
        }
    }

    fn trend(&self, subject: SubjectId, buckets: u32) -> Arc<[Counts]> {
        (0..u64::from(buckets))
            .map(|n| {
                if !self.busy {
                    return Counts::default();
                }
                let wave = (n * 7 + subject.0 as u64 * 3) % 11;
                let burning = if subject == SubjectId(1) && n + 3 > u64::from(buckets) { 9 } else { 0 };
                Counts {
                    negative: wave / 5 + burning,
                    neutral: wave / 2,
                    positive: wave / 3,
                    unscored: wave / 10,
                    complaints: wave / 6 + burning / 2,
                    praises: wave / 5,
                    questions: wave / 7,
                }
            })
            .collect()
    }

    /// What the store says to a command; nothing for commands that ask nothing.
    pub(crate) fn answer(&mut self, cmd: Cmd) -> Option<Msg> {
        let (question, answer) = match cmd {
            Cmd::Load { question, load } => (question, self.load(load)),
            Cmd::MarkRead { question, ids, read } => (question, self.mark(|row| ids.contains(&row.id), read)),
            Cmd::MarkAllRead { question, filter, last } => {
                (question, self.mark(|row| row.id <= last && Self::accepts(row, &filter), true))
            }
            Cmd::SaveWatch { question, name, .. } => {
                (question, Answer::Saved(SafeText::line(&format!("saved as watch {name}"), 100)))
            }
            Cmd::SeeSignal(id) => {
                for signal in self.signals.iter_mut().filter(|signal| signal.id == id) {
                    signal.seen = true;
                }
                return None;
            }
            _ => return None,
        };
        Some(Msg::Answer { question, answer })
    }

    fn mark(&mut self, accepts: impl Fn(&MentionRow) -> bool, read: bool) -> Answer {
        let mut changed = Vec::new();
        for row in self.rows.iter_mut().filter(|row| accepts(row) && row.read != read) {
            row.read = read;
            changed.push(row.id);
        }
        Answer::Marked(changed, read)
    }

    /// A model that has asked everything that it wants to know.
    pub(crate) fn model(&mut self, setup: Setup) -> Model {
        let (mut model, cmds) = Model::new(setup);
        self.serve(&mut model, cmds);
        model
    }

    /// Answers commands until the model asks nothing more; returns what was no question.
    pub(crate) fn serve(&mut self, model: &mut Model, cmds: Vec<Cmd>) -> Vec<Cmd> {
        let mut waiting = std::collections::VecDeque::from(cmds);
        let mut others = Vec::new();
        let mut rounds = 0;
        while let Some(cmd) = waiting.pop_front() {
            rounds += 1;
            assert!(rounds < 1_000, "the model never stops asking: {cmd:?}");
            match self.answer(cmd.clone()) {
                Some(msg) => waiting.extend(model.update(msg).cmds),
                None => others.push(cmd),
            }
        }
        others
    }

    /// A message and everything that it leads to.
    pub(crate) fn tell(&mut self, model: &mut Model, msg: Msg) -> Vec<Cmd> {
        let cmds = model.update(msg).cmds;
        self.serve(model, cmds)
    }

    /// A key and everything that it leads to.
    pub(crate) fn press(&mut self, model: &mut Model, action: Action) -> Vec<Cmd> {
        self.tell(model, Msg::Act { action, count: None })
    }
}

fn state(id: i64, name: &str, health: SourceHealth) -> SourceState {
    SourceState {
        id: SourceId(id),
        name: name.to_owned(),
        network: Network::FEED,
        cursor: String::new(),
        health,
        trouble: SafeText::default(),
        failures: 0,
        polled: None,
        answered: None,
        fresh: None,
        next: None,
        interval: None,
        mentions: 0,
    }
}

/// A signal that nobody has seen.
pub(crate) fn signal(id: i64, kind: SignalKind, minutes: i64, words: &str) -> Signal {
    Signal {
        id: SignalId(id),
        kind,
        at: minutes_ago(minutes),
        subject: Some(SubjectId(1)),
        source: None,
        text: SafeText::line(words, 300),
        seen: false,
    }
}

fn whole(row: &MentionRow) -> Mention {
    Mention {
        row: row.clone(),
        person: None,
        native_id: format!("native-{}", row.id),
        url: Some(SafeText::line(&format!("https://hachyderm.io/@ana/{}", row.id), 300)),
        text: SafeText::block(&format!("{}\n\nSecond paragraph, which only the whole mention has.", row.excerpt)),
        author_name: SafeText::line("Ana Example", 80),
        lang: Some("en".to_owned()),
        links: vec![SafeText::line("https://ferris-bikes.example/support/chains", 300)],
        image_descriptions: vec![SafeText::line("A bicycle chain in two pieces on a wet road", 300)],
        claimed: Some(row.published),
        edited_at: None,
        watches: vec![(WatchId(1), "ferris".to_owned())],
        parent: None,
        root: None,
    }
}
