//! Made-up mentions for tests.

use crate::domain::{
    GroupId, Intent, Intents, MentionId, MentionRow, Network, Reading, SafeText, Sentiment, Shares, SourceId,
    SubjectId, Timestamp, Visibility,
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
