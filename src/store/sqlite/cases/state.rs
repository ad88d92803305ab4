//! A case as it lies in the database, in the parts that change together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::super::bulk::{Cell, Insert, json};
use super::super::fault::Done;
use crate::domain::case::{CaseStatus, Dismissal, Weighing};

/// Until they write again, as a moment.
pub(super) const UNTIL_REPLY: i64 = i64::MAX;
/// Followers of somebody of whom they are not known.
const UNKNOWN_FOLLOWERS: i64 = 100;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) status: i64,
    pub(super) dismissal: Option<i64>,
    pub(super) closed: Option<i64>,
}

/// That we said that we heard.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Heard {
    pub(super) at: Option<i64>,
    pub(super) voice: Option<String>,
}

/// A turn of the clocks and the place in the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Clock {
    pub(super) opened: i64,
    pub(super) published: i64,
    pub(super) due: i64,
    #[serde(with = "exact")]
    pub(super) severity: f64,
    pub(super) followers: Option<i64>,
    #[serde(with = "exact")]
    pub(super) reposts: f64,
    pub(super) wanted: i64,
    pub(super) reopened: i64,
    pub(super) told: bool,
}

/// Numbers come back as they were, to the last bit.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(number.to_bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}

impl Clock {
    /// Takes the weighing of a mention over.
    pub(super) fn weigh(&mut self, weighing: &Weighing) {
        self.severity = weighing.severity;
        self.followers = weighing.followers.and_then(|count| i64::try_from(count).ok());
        self.reposts = weighing.reposts_per_hour;
    }
}

/// Put aside until then.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Aside {
    pub(super) until: Option<i64>,
}

/// Who has taken it on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Taken {
    /// Empty when the voice has no name.
    pub(super) voice: Option<String>,
    pub(super) until: Option<i64>,
}

/// Who has it while it is handed over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Handed {
    pub(super) to: Option<String>,
    pub(super) due: Option<i64>,
    pub(super) told: bool,
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pledge {
    pub(super) id: i64,
    /// It was there before.
    pub(super) was: bool,
    pub(super) kept: Option<i64>,
}

/// The parts that a step changed, as they were before it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) heard: Option<Heard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<Clock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aside: Option<Aside>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) taken: Option<Taken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handed: Option<Handed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pledge: Option<Pledge>,
    /// They wrote something that asks for an answer: what opened the case again before cannot be undone any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) asked: bool,
}

impl Before {
    /// As it is stored; `None` when nothing changed that could be undone.
    pub(super) fn stored(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::to_string(self).ok()).flatten()
    }

    /// From what is stored.
    pub(super) fn read(stored: Option<&str>) -> Self {
        stored.and_then(|stored| serde_json::from_str(stored).ok()).unwrap_or_default()
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) id: i64,
    pub(super) realm: i64,
    pub(super) thread: i64,
    pub(super) who: i64,
    pub(super) person: Option<i64>,
    pub(super) source: i64,
    pub(super) network: i64,
    pub(super) standing: Standing,
    pub(super) aside: Aside,
    pub(super) taken: Taken,
    pub(super) handed: Handed,
    pub(super) clock: Clock,
    pub(super) heard: Heard,
    pub(super) answered: Option<i64>,
    pub(super) aftermath: Option<i64>,
    pub(super) promise: Option<i64>,
    pub(super) shown: Shown,
    pub(super) revision: i64,
}

/// What its mentions say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) place: i64,
    pub(super) mentions: i64,
    pub(super) intents: i64,
    pub(super) sentiment: Option<i64>,
    pub(super) story: i64,
    pub(super) private: bool,
}

const COLUMNS: &str = "id, realm, thread, who, person, source, network, status, dismissal, snooze, voice, claimed,
    opened, published, due, severity, followers, reposts, reach, wanted, acknowledged, closed, reopened, answerer,
    told, answered, aftermath, promise, place, mentions, intents, sentiment, story, private, revision,
    handed_to, handed_due, handed_told";
const WIDTH: usize = 38;

const CASES: Insert = Insert {
    head: "INSERT INTO cases (id, realm, thread, who, person, source, network, status, dismissal, snooze, voice,
        claimed, opened, published, due, severity, followers, reposts, reach, wanted, acknowledged, closed, reopened,
        answerer, told, answered, aftermath, promise, place, mentions, intents, sentiment, story, private, revision,
        handed_to, handed_due, handed_told)",
    width: WIDTH,
    tail: "ON CONFLICT (id) DO UPDATE SET thread = excluded.thread, who = excluded.who, person = excluded.person,
        status = excluded.status, dismissal = excluded.dismissal, snooze = excluded.snooze, voice = excluded.voice,
        claimed = excluded.claimed, opened = excluded.opened, published = excluded.published, due = excluded.due,
        severity = excluded.severity, followers = excluded.followers, reposts = excluded.reposts,
        reach = excluded.reach, wanted = excluded.wanted, acknowledged = excluded.acknowledged,
        closed = excluded.closed, reopened = excluded.reopened, answerer = excluded.answerer, told = excluded.told,
        answered = excluded.answered, aftermath = excluded.aftermath, promise = excluded.promise,
        place = excluded.place, mentions = excluded.mentions, intents = excluded.intents,
        sentiment = excluded.sentiment, story = excluded.story, private = excluded.private,
        revision = excluded.revision, handed_to = excluded.handed_to, handed_due = excluded.handed_due,
        handed_told = excluded.handed_told",
    most: 64,
};

impl State {
    /// Something remains to be done.
    pub(super) fn is_open(&self) -> bool {
        status_from(self.standing.status).is_open()
    }

    /// Who has claimed it at that moment; empty when they have no name.
    pub(super) fn claimed_by(&self, now: i64) -> Option<&str> {
        let valid = self.taken.until.is_some_and(|until| until > now);
        valid.then(|| self.taken.voice.as_deref().unwrap_or_default())
    }

    #[allow(clippy::cast_precision_loss)] // followers
    fn cells(self) -> [Cell; WIDTH] {
        let reach = (10.0 + self.clock.followers.unwrap_or(UNKNOWN_FOLLOWERS).max(0) as f64).log10();
        [
            Cell::Int(self.id),
            Cell::Int(self.realm),
            Cell::Int(self.thread),
            Cell::Int(self.who),
            Cell::from(self.person),
            Cell::Int(self.source),
            Cell::Int(self.network),
            Cell::Int(self.standing.status),
            Cell::from(self.standing.dismissal),
            Cell::from(self.aside.until),
            Cell::from(self.taken.voice),
            Cell::from(self.taken.until),
            Cell::Int(self.clock.opened),
            Cell::Int(self.clock.published),
            Cell::Int(self.clock.due),
            Cell::Real(self.clock.severity),
            Cell::from(self.clock.followers),
            Cell::Real(self.clock.reposts),
            Cell::Real(reach),
            Cell::Int(self.clock.wanted),
            Cell::from(self.heard.at),
            Cell::from(self.standing.closed),
            Cell::Int(self.clock.reopened),
            Cell::from(self.heard.voice),
            Cell::from(self.clock.told),
            Cell::from(self.answered),
            Cell::from(self.aftermath),
            Cell::from(self.promise),
            Cell::Int(self.shown.place),
            Cell::Int(self.shown.mentions),
            Cell::Int(self.shown.intents),
            Cell::from(self.shown.sentiment),
            Cell::Int(self.shown.story),
            Cell::from(self.shown.private),
            Cell::Int(self.revision),
            Cell::from(self.handed.to),
            Cell::from(self.handed.due),
            Cell::from(self.handed.told),
        ]
    }
}

fn state(row: &SqliteRow) -> sqlx::Result<State> {
    Ok(State {
        id: row.try_get(0)?,
        realm: row.try_get(1)?,
        thread: row.try_get(2)?,
        who: row.try_get(3)?,
        person: row.try_get(4)?,
        source: row.try_get(5)?,
        network: row.try_get(6)?,
        standing: Standing { status: row.try_get(7)?, dismissal: row.try_get(8)?, closed: row.try_get(21)? },
        aside: Aside { until: row.try_get(9)? },
        taken: Taken { voice: row.try_get(10)?, until: row.try_get(11)? },
        clock: Clock {
            opened: row.try_get(12)?,
            published: row.try_get(13)?,
            due: row.try_get(14)?,
            severity: row.try_get(15)?,
            followers: row.try_get(16)?,
            reposts: row.try_get(17)?,
            wanted: row.try_get(19)?,
            reopened: row.try_get(22)?,
            told: row.try_get(24)?,
        },
        heard: Heard { at: row.try_get(20)?, voice: row.try_get(23)? },
        answered: row.try_get(25)?,
        aftermath: row.try_get(26)?,
        promise: row.try_get(27)?,
        shown: Shown {
            place: row.try_get(28)?,
            mentions: row.try_get(29)?,
            intents: row.try_get(30)?,
            sentiment: row.try_get(31)?,
            story: row.try_get(32)?,
            private: row.try_get(33)?,
        },
        revision: row.try_get(34)?,
        handed: Handed { to: row.try_get(35)?, due: row.try_get(36)?, told: row.try_get(37)? },
    })
}

/// Loads cases by number; what is not there is left out.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    ids: impl IntoIterator<Item = i64>,
) -> Done<BTreeMap<i64, State>> {
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE id IN (SELECT value FROM json_each(?))");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(json(ids)).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| state(row).map(|state| (state.id, state))).collect::<sqlx::Result<_>>()?)
}

/// Writes cases, new ones and over what was there; each gets a higher revision.
pub(super) async fn save(conn: &mut SqliteConnection, states: impl IntoIterator<Item = State>) -> Done<()> {
    let cells = states.into_iter().flat_map(|state| State { revision: state.revision + 1, ..state }.cells());
    CASES.run(conn, cells.collect()).await
}

/// Status as a number.
pub(super) fn status(status: CaseStatus) -> i64 {
    match status {
        CaseStatus::New => 0,
        CaseStatus::Acknowledged => 1,
        CaseStatus::HandedOver => 2,
        CaseStatus::Resolved => 3,
        CaseStatus::Dismissed => 4,
    }
}

/// Status of a number.
pub(in crate::store::sqlite) fn status_from(number: i64) -> CaseStatus {
    match number {
        0 => CaseStatus::New,
        1 => CaseStatus::Acknowledged,
        2 => CaseStatus::HandedOver,
        3 => CaseStatus::Resolved,
        _ => CaseStatus::Dismissed,
    }
}

/// A reason as a number.
pub(super) fn dismissal(reason: Dismissal) -> i64 {
    match reason {
        Dismissal::NotAboutUs => 0,
        Dismissal::Spam => 1,
        Dismissal::NoAnswerNeeded => 2,
        Dismissal::Duplicate => 3,
    }
}

/// The reason of a number.
pub(super) fn dismissal_from(number: i64) -> Dismissal {
    match number {
        0 => Dismissal::NotAboutUs,
        1 => Dismissal::Spam,
        3 => Dismissal::Duplicate,
        _ => Dismissal::NoAnswerNeeded,
    }
}
