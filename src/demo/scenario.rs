//! A scenario: places, and what is posted there and when. Data, in `assets/demo/`.

use serde::Deserialize;

use crate::domain::subject::BrandSize;

/// A story to replay. The first line of its file is the frame, every further line a [`Post`] (NDJSON).
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Who, where and which watches.
    pub frame: Frame,
    /// What is posted, by time.
    pub posts: Vec<Post>,
}

/// The first line of a scenario.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// One line about the story, and that its people are invented.
    pub about: String,
    /// The brand's name.
    pub brand: String,
    /// The brand's size.
    pub size: BrandSize,
    /// Rivals by name.
    pub rivals: Vec<String>,
    /// Watches.
    pub watches: Vec<ScenarioWatch>,
    /// Places, each a server of its own.
    pub places: Vec<Place>,
}

/// A watch of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioWatch {
    /// Its name.
    pub name: String,
    /// Its subject: the brand or a rival.
    pub subject: String,
    /// Its query.
    pub query: String,
    /// Words that speak for the subject being meant.
    #[serde(default)]
    pub context: Vec<String>,
}

/// How a place publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0.
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// A square where people talk with one another, and where we can answer.
    Town,
}

/// A server of the town.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name, which is the source's name too.
    pub name: String,
    /// How it publishes.
    pub format: Format,
    /// How long it takes to answer, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// It answers 503 during the first so many minutes of the scenario.
    #[serde(default)]
    pub broken_minutes: f64,
    /// A square: the brand's handle there; without it, the brand's name.
    #[serde(default)]
    pub account: Option<String>,
    /// A square: the same `Idempotency-Key` posts once.
    #[serde(default = "yes")]
    pub keeps_tokens: bool,
    /// A square: how it misbehaves when something is posted there.
    #[serde(default)]
    pub faults: Option<Faults>,
}

fn yes() -> bool {
    true
}

/// How a square misbehaves when something is posted there: it drops the connection before or after it took the post, is
/// slow, answers 500 though it took the post, asks to be left alone, or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The same seed gives the same sequence of mishaps.
    pub seed: u64,
    /// The share of requests that go wrong, 0 to 1.
    pub share: f64,
}

/// What the author of a post says once the brand has answered it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// So many minutes after the answer.
    pub after: f64,
    /// The words.
    pub text: String,
}

/// Something that is posted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// When, in minutes from the start of the scenario; below zero for what happened before.
    pub at: f64,
    /// Name of the place.
    #[serde(rename = "in")]
    pub place: String,
    /// Handle of the author.
    pub by: String,
    /// Headline, where the place has headlines.
    #[serde(default)]
    pub title: String,
    /// The words.
    #[serde(default)]
    pub text: String,
    /// Address of the page that it is about, when it is not about itself.
    #[serde(default)]
    pub link: Option<String>,
    /// How many follow the author, on a square.
    #[serde(default)]
    pub followers: u64,
    /// What the author says once we have answered, on a square.
    #[serde(default)]
    pub then: Vec<Then>,
}

/// Why a scenario cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file is empty.
    #[error("the scenario is empty: its first line must be the frame")]
    Empty,
    /// A line is not what it should be.
    #[error("scenario line {line}: {detail}")]
    Line {
        /// The line, the first being 1.
        line: usize,
        /// What is wrong with it.
        detail: String,
    },
}

/// The everyday scenario: a small maker of bicycles on an ordinary morning that turns out not to be one.
const EVERYDAY: &str = include_str!("../../assets/demo/everyday.ndjson");

impl Scenario {
    /// Names of the scenarios that come with the program, the default first.
    pub const NAMES: [&'static str; 1] = ["everyday"];

    /// A scenario that comes with the program; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Result<Self, ScenarioError>> {
        match name {
            "everyday" => Some(Self::parse(EVERYDAY)),
            _ => None,
        }
    }

    /// Reads a scenario from NDJSON.
    ///
    /// # Errors
    /// [`ScenarioError`] with the line that cannot be read, names an unknown place or subject.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let mut lines =
            text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty());
        let (at, first) = lines.next().ok_or(ScenarioError::Empty)?;
        let frame: Frame = read(at, first)?;
        for watch in &frame.watches {
            if watch.subject != frame.brand && !frame.rivals.contains(&watch.subject) {
                return Err(ScenarioError::Line { line: at, detail: format!("no subject named {}", watch.subject) });
            }
        }
        let mut posts = Vec::new();
        for (at, line) in lines {
            let post: Post = read(at, line)?;
            if !frame.places.iter().any(|place| place.name == post.place) {
                return Err(ScenarioError::Line { line: at, detail: format!("no place named {}", post.place) });
            }
            let numbers = post.then.iter().map(|then| then.after).chain([post.at]);
            if !numbers.into_iter().all(f64::is_finite) {
                return Err(ScenarioError::Line { line: at, detail: "`at` must be a number of minutes".to_owned() });
            }
            posts.push(post);
        }
        posts.sort_by(|a, b| a.at.total_cmp(&b.at));
        Ok(Self { frame, posts })
    }
}

fn read<'a, T: Deserialize<'a>>(line: usize, text: &'a str) -> Result<T, ScenarioError> {
    serde_json::from_str(text).map_err(|error| ScenarioError::Line { line, detail: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_ships_can_be_read() {
        for name in Scenario::NAMES {
            let scenario = Scenario::named(name).unwrap().unwrap();
            assert!(scenario.posts.iter().any(|post| post.at < 0.0), "{name} has a past");
            assert!(scenario.posts.iter().any(|post| post.at > 0.0), "{name} goes on");
        }
        assert!(Scenario::named("nowhere").is_none());
    }

    #[test]
    fn an_error_names_the_line() {
        let frame = r#"{"about":"","brand":"B","size":"solo","rivals":[],"watches":[],"places":[]}"#;
        let unknown_place = format!("{frame}\n\n{}", r#"{"at":1,"in":"nowhere","by":"a"}"#);
        assert_eq!(Scenario::parse(&unknown_place).unwrap_err().to_string(), "scenario line 3: no place named nowhere");
        assert!(matches!(Scenario::parse(" \n"), Err(ScenarioError::Empty)));
        let misspelt = format!("{frame}\n{}", r#"{"at":1,"in":"x","by":"a","txet":""}"#);
        assert!(Scenario::parse(&misspelt).unwrap_err().to_string().contains("unknown field `txet`"));
    }
}
