//! Which campaign a text belongs to.

use std::collections::HashMap;

use crate::domain::{Act, Campaign, CampaignId, Mention, SourceId, Terms, Visibility};
use crate::watch::{Matcher, Post, Query, phrase};

/// The queries of all campaigns, compiled.
pub(super) struct Matching {
    matcher: Matcher,
    /// Whose query each of the matcher's is.
    owners: Vec<CampaignId>,
    names: HashMap<SourceId, String>,
}

/// The queries of a campaign: its hashtags and its words. One that cannot be read any more is left out.
pub(super) fn queries(terms: &Terms) -> Vec<Query> {
    let tags = terms.tags.iter().map(|tag| format!("#{tag}"));
    tags.chain(terms.words.iter().cloned()).filter_map(|query| Query::parse(&query).ok()).collect()
}

/// Whether a text that is not published yet has a hashtag of a campaign, or fits its words.
pub fn has_words_of(terms: &Terms, text: &str) -> bool {
    let urls = links(text);
    let post = Post { text, author: "", source: "", network: "", lang: "", urls: &urls, image_descriptions: &[] };
    !Matcher::new(&queries(terms)).matches(&post).is_empty()
}

/// The query by which a link is found.
pub(super) fn link_query(link: &str) -> Option<String> {
    let bare = link.split_once("://").map_or(link, |(_, bare)| bare);
    let query = format!("url:{}", bare.trim_end_matches('/'));
    let query = if Query::parse(&query).is_ok() { query } else { phrase(bare) };
    Query::parse(&query).is_ok().then_some(query)
}

impl Matching {
    pub(super) fn new(campaigns: &[Campaign], names: HashMap<SourceId, String>) -> Self {
        let (mut all, mut owners) = (Vec::new(), Vec::new());
        for campaign in campaigns {
            for query in queries(&campaign.terms) {
                all.push(query);
                owners.push(campaign.id);
            }
        }
        Self { matcher: Matcher::new(&all), owners, names }
    }

    /// No campaign asks for words.
    pub(super) fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    fn hits(&self, post: &Post<'_>) -> Vec<CampaignId> {
        let mut hits: Vec<CampaignId> =
            self.matcher.matches(post).iter().filter_map(|hit| self.owners.get(hit.query).copied()).collect();
        hits.dedup();
        hits
    }

    fn name(&self, source: SourceId) -> &str {
        self.names.get(&source).map_or("", String::as_str)
    }

    /// The campaigns that an act belongs to.
    pub(super) fn of_act<'a>(&self, act: &Act, campaigns: impl Iterator<Item = &'a Campaign>) -> Vec<CampaignId> {
        if act.visibility == Visibility::Private {
            return Vec::new();
        }
        let urls = links(act.text.as_str());
        let hits = self.hits(&Post {
            text: act.text.as_str(),
            author: act.author.as_str(),
            source: self.name(act.source),
            network: act.network.name(),
            lang: act.lang.as_deref().unwrap_or_default(),
            urls: &urls,
            image_descriptions: &[],
        });
        let belongs = |campaign: &&Campaign| {
            let terms = &campaign.terms;
            terms.spans(act.published)
                && terms.has_account(act.author.as_str())
                && (!terms.has_words() || hits.contains(&campaign.id))
        };
        campaigns.filter(belongs).map(|campaign| campaign.id).collect()
    }

    /// The campaigns whose hashtags or words a mention has.
    pub(super) fn of_mention(&self, mention: &Mention) -> Vec<CampaignId> {
        let text = mention.full_text();
        let urls: Vec<String> = mention.url.iter().chain(&mention.links).map(ToString::to_string).collect();
        let images: Vec<String> = mention.image_descriptions.iter().map(ToString::to_string).collect();
        self.hits(&Post {
            text: &text,
            author: mention.row.author.as_str(),
            source: self.name(mention.row.source),
            network: mention.row.network.name(),
            lang: mention.lang.as_deref().unwrap_or_default(),
            urls: &urls,
            image_descriptions: &images,
        })
    }
}

/// The links in a text, as they are written.
pub(super) fn links(text: &str) -> Vec<String> {
    let trim =
        |word: &str| word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '»', '”']).to_owned();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | '<' | '>' | '[' | '"'));
    words.filter(|word| word.starts_with("https://") || word.starts_with("http://")).map(trim).collect()
}

/// The hashtags in a text, in small letters, without the sign.
pub(super) fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in text.split_whitespace().filter(|word| !word.contains("://")) {
        for (at, _) in word.match_indices(['#', '＃']) {
            let before = word.get(..at).and_then(|before| before.chars().next_back());
            let rest = word.get(at..).unwrap_or_default().trim_start_matches(['#', '＃']);
            let tag: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let tag = tag.to_lowercase();
            let whole = !before.is_some_and(char::is_alphanumeric) && tag.chars().any(char::is_alphabetic);
            if whole && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_published_yet_belongs_by_its_tags_or_words() {
        let terms =
            Terms { tags: vec!["WinterRide".into()], words: vec!["\"brake check\"".into()], ..Terms::default() };
        assert!(has_words_of(&terms, "Join us on Sunday. #winterride"));
        assert!(has_words_of(&terms, "A free brake check for everybody"));
        assert!(!has_words_of(&terms, "Winter is coming, and so are our brakes"));
        assert!(!has_words_of(&Terms::default(), "anything"));
    }

    #[test]
    fn tags_and_links_are_found_as_they_are_written() {
        assert_eq!(
            tags("Join the #WinterRide, #winterride and (#Warm_2026)! a#b #1 https://a.example/#top"),
            ["winterride", "warm_2026"]
        );
        assert_eq!(
            links("see (https://ferris.example/ride?x=1). or http://b.example,"),
            ["https://ferris.example/ride?x=1", "http://b.example"]
        );
        let query = link_query("https://ferris.example/ride/").unwrap();
        assert_eq!(query, "url:ferris.example/ride");
    }
}
