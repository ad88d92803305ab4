//! The example file that documents every key, and configurations made from a few answers.

use url::Url;

use super::strings::quote;
use crate::domain::BrandSize;

/// The example: every key, with a comment each. `init` starts from it.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// What a configuration is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Name of the brand.
    pub brand: String,
    /// How big it is.
    pub size: BrandSize,
    /// Names of rivals.
    pub rivals: Vec<String>,
    /// Addresses of feeds or sites.
    pub feeds: Vec<Url>,
    /// A query for the brand, in place of the one made from its name.
    pub query: Option<String>,
    /// Listen to no public feeds.
    pub no_public_feeds: bool,
    /// Write down the networks that need no account.
    pub public_networks: bool,
}

/// Names for feeds: their hosts without `www.`, numbered where two are the same.
pub fn feed_names(feeds: &[Url]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(feeds.len());
    for feed in feeds {
        let host = feed.host_str().unwrap_or("feed").trim_start_matches("www.");
        let taken = |name: &String| names.contains(name);
        let numbered = (2..).map(|number| format!("{host} {number}"));
        let free = std::iter::once(host.to_owned()).chain(numbered).find(|name| !taken(name));
        names.extend(free);
    }
    names
}

/// The answers alone, without comments.
pub fn bare(answers: &Answers) -> String {
    let mut text = format!("[brand]\nname = {}\nsize = {}\n", quote(&answers.brand), quote(answers.size.name()));
    text.push_str(&rivals(answers));
    text.push_str(&watch(answers));
    text.push_str(&sources(answers));
    if answers.no_public_feeds {
        text.push_str("\n[collect]\npublic_feeds = false\n");
    }
    text
}

/// The example with the answers in it.
pub fn commented(answers: &Answers) -> String {
    let mut text = String::with_capacity(EXAMPLE.len() + 1_000);
    let mut blocks = Blocks { rest: EXAMPLE };
    text.push_str(blocks.until("name = \"Ferris Bikes\"\n"));
    text.push_str(&format!("name = {}\n", quote(&answers.brand)));
    text.push_str(blocks.until("size = \"small\"\n"));
    text.push_str(&format!("size = {}\n", quote(answers.size.name())));
    for (mark, addition) in
        [("#[[rival]]\n", rivals(answers)), ("#[[watch]]\n", watch(answers)), ("#[[source]]\n", sources(answers))]
    {
        text.push_str(blocks.until(mark));
        text.push_str(mark);
        text.push_str(blocks.until("\n\n"));
        text.push('\n');
        text.push_str(&addition);
        text.push('\n');
    }
    if answers.no_public_feeds {
        text.push_str(blocks.until("#public_feeds = true\n"));
        text.push_str("public_feeds = false\n");
    }
    text.push_str(blocks.rest);
    text
}

/// Walks through the example from mark to mark. A test makes sure that all marks are there.
struct Blocks {
    rest: &'static str,
}

impl Blocks {
    /// Everything before the next mark; goes on behind it.
    fn until(&mut self, mark: &str) -> &'static str {
        match self.rest.split_once(mark) {
            Some((before, after)) => {
                self.rest = after;
                before
            }
            None => "",
        }
    }
}

fn rivals(answers: &Answers) -> String {
    answers.rivals.iter().map(|rival| format!("\n[[rival]]\nname = {}\n", quote(rival))).collect()
}

fn watch(answers: &Answers) -> String {
    let Some(query) = &answers.query else { return String::new() };
    format!("\n[[watch]]\nname = {}\nquery = {}\n", quote(&answers.brand), quote(query))
}

fn sources(answers: &Answers) -> String {
    let named = feed_names(&answers.feeds).into_iter().zip(&answers.feeds);
    let feeds =
        named.map(|(name, url)| format!("\n[[source]]\nname = {}\nurl = {}\n", quote(&name), quote(url.as_str())));
    feeds.chain(answers.public_networks.then(|| NETWORKS.to_owned())).collect()
}

/// The networks that need no account.
const NETWORKS: &str = "
# Every post of Bluesky as it is written, looked through here. Take it out where the line is slow or metered.
[[source]]
name = \"bluesky\"
network = \"bluesky\"

# Stories and comments on Hacker News that have one of your names in them.
[[source]]
name = \"hacker news\"
network = \"hackernews\"
";
