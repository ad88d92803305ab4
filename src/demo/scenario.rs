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
    /// Who of the brand's people signs, and how.
    #[serde(default)]
    pub voices: Vec<ScenarioVoice>,
    /// Texts that the brand's people have ready.
    #[serde(default)]
    pub replies: Vec<ScenarioReply>,
    /// Campaigns that run in the story.
    #[serde(default)]
    pub campaigns: Vec<ScenarioCampaign>,
    /// What a narrator says, and when.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// A voice of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioVoice {
    /// Its name.
    pub name: String,
    /// How it signs.
    pub signature: String,
}

/// A saved reply of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioReply {
    /// Its name.
    pub name: String,
    /// Its words, blanks in braces.
    pub text: String,
}

/// A campaign of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioCampaign {
    /// Its name.
    pub name: String,
    /// Hashtags of its posts, without the sign.
    pub tags: Vec<String>,
}

/// A line of the narrator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// When, in minutes from the start of the scenario.
    pub at: f64,
    /// The line.
    pub say: String,
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
    /// A name by which later posts of the place answer this one.
    #[serde(default)]
    pub id: Option<String>,
    /// On a square: the name of the post that it answers, an earlier one of the same place.
    #[serde(default)]
    pub to: Option<String>,
    /// Handle of the author; on a square, who bears the brand's handle there is the brand.
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
/// A gift that waits for reposts, of an enterprise, after an earthquake.
const BING: &str = include_str!("../../assets/demo/bing-2011.ndjson");
/// All proceeds of a shop of one, among people who know her.
const MADAME_MOI: &str = include_str!("../../assets/demo/madame-moi-2011.ndjson");
/// The head of the company answers within ten minutes, and stays with it.
const LASTPASS: &str = include_str!("../../assets/demo/lastpass-2010.ndjson");
/// A help desk that hands over, and then tells the next steps.
const PARTNER_DESK: &str = include_str!("../../assets/demo/partner-desk-2010.ndjson");

impl Scenario {
    /// Names of the scenarios that come with the program, the default first.
    pub const NAMES: [&'static str; 5] =
        ["everyday", "bing-2011", "madame-moi-2011", "lastpass-2010", "partner-desk-2010"];

    /// A scenario that comes with the program; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Result<Self, ScenarioError>> {
        let text = match name {
            "everyday" => EVERYDAY,
            "bing-2011" => BING,
            "madame-moi-2011" => MADAME_MOI,
            "lastpass-2010" => LASTPASS,
            "partner-desk-2010" => PARTNER_DESK,
            _ => return None,
        };
        Some(Self::parse(text))
    }

    /// Reads a scenario from NDJSON.
    ///
    /// # Errors
    /// [`ScenarioError`] with the line that cannot be read, names an unknown place or subject.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let mut lines =
            text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty());
        let (at, first) = lines.next().ok_or(ScenarioError::Empty)?;
        let mut frame: Frame = read(at, first)?;
        if frame.notes.iter().any(|note| !note.at.is_finite()) {
            return Err(ScenarioError::Line { line: at, detail: "`at` must be a number of minutes".to_owned() });
        }
        frame.notes.sort_by(|a, b| a.at.total_cmp(&b.at));
        for watch in &frame.watches {
            if watch.subject != frame.brand && !frame.rivals.contains(&watch.subject) {
                return Err(ScenarioError::Line { line: at, detail: format!("no subject named {}", watch.subject) });
            }
        }
        let mut posts: Vec<Post> = Vec::new();
        for (at, line) in lines {
            let post: Post = read(at, line)?;
            let wrong = |detail: String| Err(ScenarioError::Line { line: at, detail });
            let Some(place) = frame.places.iter().find(|place| place.name == post.place) else {
                return wrong(format!("no place named {}", post.place));
            };
            let numbers = post.then.iter().map(|then| then.after).chain([post.at]);
            if !numbers.into_iter().all(f64::is_finite) {
                return wrong("`at` must be a number of minutes".to_owned());
            }
            let named = |name: &String| posts.iter().any(|other| other.place == post.place && other.is(name));
            if post.id.as_ref().is_some_and(named) {
                return wrong("two posts of one place have the same `id`".to_owned());
            }
            if let Some(to) = &post.to {
                let earlier =
                    posts.iter().any(|other| other.place == post.place && other.is(to) && other.at <= post.at);
                if place.format != Format::Town || !earlier {
                    return wrong(format!("no earlier post of the square {} has the `id` {to}", post.place));
                }
            }
            posts.push(post);
        }
        // Equal moments keep the order of the file: an answer comes after what it answers.
        posts.sort_by(|a, b| a.at.total_cmp(&b.at));
        Ok(Self { frame, posts })
    }
}

impl Post {
    fn is(&self, name: &str) -> bool {
        self.id.as_deref() == Some(name)
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
    fn who_is_answered_answers_soon() {
        for name in Scenario::NAMES {
            let scenario = Scenario::named(name).unwrap().unwrap();
            let late = scenario.posts.iter().flat_map(|post| &post.then).find(|then| then.after * 60.0 > 10.0);
            assert!(late.is_none(), "{name}: nobody waits for that before a screen: {late:?}");
        }
    }

    #[test]
    fn an_answer_names_an_earlier_post_of_its_square() {
        let story = |posts: &str| {
            let frame = r#"{"about":"","brand":"B","size":"solo","rivals":[],"watches":[],"places":[{"name":"s","format":"town"},{"name":"f","format":"rss"}]}"#;
            Scenario::parse(&format!("{frame}\n{posts}")).map_err(|error| error.to_string())
        };
        let first = r#"{"at":1,"in":"s","by":"a","id":"one"}"#;
        assert!(story(&format!("{first}\n{}", r#"{"at":1,"in":"s","by":"b","to":"one"}"#)).is_ok());
        for wrong in [
            r#"{"at":1,"in":"s","by":"b","to":"two"}"#,
            r#"{"at":0,"in":"s","by":"b","to":"one"}"#,
            r#"{"at":2,"in":"f","by":"b","to":"one"}"#,
            r#"{"at":2,"in":"s","by":"b","id":"one"}"#,
        ] {
            let error = story(&format!("{first}\n{wrong}")).unwrap_err();
            assert!(error.starts_with("scenario line 3: ") && error.contains("`id`"), "{error}");
        }
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
