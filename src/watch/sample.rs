//! Posts as people write them in a file to try a query on.

use serde::{Deserialize, Deserializer};

use super::Post;

/// A post in JSON. Every field may be missing or null; fields that are not known here are passed over.
///
/// ```
/// let line = r#"{"text": "kiln is slow", "author": "mara.w", "source": "forum", "lang": "en", "urls": []}"#;
/// let post = goodword::watch::SamplePost::read(line).unwrap();
/// let query = goodword::watch::Query::parse("kiln slow").unwrap();
/// assert_eq!(goodword::watch::Matcher::new(&[query]).matches(&post.as_post()).len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct SamplePost {
    /// Headline; becomes part of the text.
    #[serde(deserialize_with = "null_is_empty")]
    title: String,
    #[serde(deserialize_with = "null_is_empty")]
    text: String,
    #[serde(deserialize_with = "null_is_empty")]
    author: String,
    #[serde(deserialize_with = "null_is_empty")]
    source: String,
    #[serde(deserialize_with = "null_is_empty")]
    network: String,
    #[serde(deserialize_with = "null_is_empty")]
    lang: String,
    /// Its own address; becomes one of the addresses.
    #[serde(deserialize_with = "null_is_empty")]
    url: String,
    #[serde(deserialize_with = "null_is_empty")]
    urls: Vec<String>,
    #[serde(deserialize_with = "null_is_empty")]
    image_descriptions: Vec<String>,
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

impl SamplePost {
    /// Reads a line of NDJSON.
    ///
    /// # Errors
    /// The line is no JSON object, or a field has another type: strings, and lists of strings for `urls` and
    /// `image_descriptions`.
    pub fn read(line: &str) -> Result<Self, serde_json::Error> {
        // A list would be taken for the fields in their order.
        if !line.trim_start().starts_with('{') {
            return Err(serde::de::Error::custom("a post is an object, as in {\"text\": \"kiln is slow\"}"));
        }
        let mut post: Self = serde_json::from_str(line)?;
        if !post.title.is_empty() {
            post.text = format!("{}\n\n{}", std::mem::take(&mut post.title), post.text);
        }
        if !post.url.is_empty() {
            post.urls.push(std::mem::take(&mut post.url));
        }
        Ok(post)
    }

    /// The post as the matcher sees it.
    pub fn as_post(&self) -> Post<'_> {
        Post {
            text: &self.text,
            author: &self.author,
            source: &self.source,
            network: &self.network,
            lang: &self.lang,
            urls: &self.urls,
            image_descriptions: &self.image_descriptions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_leave_much_out() {
        let post = SamplePost::read(
            r#"{"title": "Down", "text": "again", "author": null, "url": "https://a.example", "x": 1}"#,
        );
        let post = post.unwrap();
        let seen = post.as_post();
        assert_eq!((seen.text, seen.author, seen.urls.len()), ("Down\n\nagain", "", 1));
        assert!(SamplePost::read("[]").is_err() && SamplePost::read(r#"{"text": 5}"#).is_err());
    }
}
