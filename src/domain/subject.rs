//! Who we listen for: the brand and its rivals, and the named queries that find them.

use serde::{Deserialize, Serialize};

use super::ids::{SubjectId, WatchId};

/// How a subject relates to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// We speak for it.
    Brand,
    /// A competitor, watched for share of voice.
    Rival,
}

/// How big the brand is: what is asked of its generosity grows with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandSize {
    /// One person.
    Solo,
    /// A handful of people.
    #[default]
    Small,
    /// Tens to hundreds.
    Medium,
    /// Thousands.
    Large,
    /// A household name.
    Enterprise,
}

impl BrandSize {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Solo => "solo",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Enterprise => "enterprise",
        }
    }
}

/// The brand or a rival, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its number in the store.
    pub id: SubjectId,
    /// Its name, from the configuration.
    pub name: String,
    /// Brand or rival.
    pub role: Role,
}

/// A watch as stored: which subject, under which name, by which query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchRule {
    /// Its number in the store.
    pub id: WatchId,
    /// Whom it finds.
    pub subject: SubjectId,
    /// Its name, from the configuration.
    pub name: String,
    /// The query in the watch language.
    pub query: String,
    /// Words that speak for the subject being meant (ambiguous brand words).
    pub context: Vec<String>,
}
