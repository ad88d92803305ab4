//! A made-up morning for tests: mentions, sources and signals, and a store that answers the model's questions.

use jiff::tz::TimeZone;

use super::setup::Setup;
use crate::domain::{
    GroupId, Intent, Intents, MentionId, MentionRow, Network, Reading, Role, SafeText, Sentiment, Shares, Signal,
    SignalId, SignalKind, SourceHealth, SourceId, SourceState, Subject, SubjectId, Timestamp, Visibility, WatchId,
    WatchRule,
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
        content_warning: SafeText::default(),
        answered: None,
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
        meters: Vec::new(),
        live: false,
        own_history: None,
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

pub(crate) mod books;
pub(crate) mod campaigns;
pub(crate) mod cases;
mod crowd;
pub(crate) mod postbox;
pub(crate) mod reasons;
mod town;

pub(crate) use town::Town;
