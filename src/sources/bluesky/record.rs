//! A post as its author's repository holds it (lexicon `app.bsky.feed.post`) and the item that it makes.
//!
//! Whoever gets the record from elsewhere than the AppView (a relay, a stream) has nothing but this: no handle, no
//! counts, no moment of indexing. Shapes are read with patience: a part that is not as the lexicon says is left
//! out, and the rest of the post is still heard.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::{Author, Item, Timestamp};
use crate::sources::feed::words::web_address;

/// The collection of posts.
pub(in crate::sources) const POSTS: &str = "app.bsky.feed.post";
/// What the network names an account whose handle cannot be verified.
const NO_HANDLE: &str = "handle.invalid";
/// Posts do not claim an earlier year and mean it; programs that have no date claim 1970.
const FIRST_YEAR: i16 = 1990;

/// A post.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::sources) struct PostRecord {
    /// Its words.
    #[serde(deserialize_with = "lenient")]
    pub text: String,
    /// When its author's program says that it was written: RFC 3339, unchecked.
    #[serde(deserialize_with = "lenient")]
    pub created_at: String,
    /// Languages that its author claims (BCP 47).
    #[serde(deserialize_with = "lenient")]
    pub langs: Vec<String>,
    /// What it answers.
    #[serde(deserialize_with = "lenient")]
    pub reply: Option<ReplyRef>,
    /// What parts of its text mean.
    #[serde(deserialize_with = "lenient")]
    pub facets: Vec<Facet>,
    /// What hangs below it.
    #[serde(deserialize_with = "lenient")]
    pub embed: Option<Embed>,
    /// Warnings that its author put on it.
    #[serde(deserialize_with = "lenient")]
    pub labels: SelfLabels,
    /// Hashtags besides those in the text, without the `#`.
    #[serde(deserialize_with = "lenient")]
    pub tags: Vec<String>,
}

/// A post in one very version (`com.atproto.repo.strongRef`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct StrongRef {
    /// Its at-uri.
    pub uri: String,
    /// The hash of its content.
    pub cid: String,
}

/// What a post answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct ReplyRef {
    /// The first post of the thread.
    pub root: StrongRef,
    /// The post that it answers.
    pub parent: StrongRef,
}

/// What a piece of the text means (`app.bsky.richtext.facet`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Facet {
    /// Its meanings.
    pub features: Vec<Feature>,
}

/// One meaning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Feature {
    /// The account that is mentioned.
    pub did: Option<String>,
    /// The address that is linked.
    pub uri: Option<String>,
    /// The hashtag, without the `#`.
    pub tag: Option<String>,
}

/// What hangs below a post (`app.bsky.embed.*`). The kinds are told apart by what they hold.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Embed {
    /// Pictures.
    #[serde(deserialize_with = "lenient")]
    pub images: Vec<Image>,
    /// The description of a video.
    #[serde(deserialize_with = "lenient")]
    pub alt: Option<String>,
    /// The card of a web page.
    #[serde(deserialize_with = "lenient")]
    pub external: Option<External>,
    /// What is quoted.
    #[serde(deserialize_with = "lenient")]
    pub record: Option<Quoted>,
    /// Pictures, video or card beside what is quoted.
    #[serde(deserialize_with = "lenient")]
    pub media: Option<Box<Embed>>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Image {
    /// Its description.
    pub alt: String,
}

/// The card of a web page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct External {
    /// Its address.
    pub uri: String,
}

/// What is quoted; one level deeper when media stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Quoted {
    /// The at-uri of a post, list or feed.
    pub uri: String,
    /// The same, beside media.
    pub record: StrongRef,
}

/// Warnings of the author (`com.atproto.label.defs#selfLabels`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct SelfLabels {
    /// Each.
    pub values: Vec<SelfLabel>,
}

/// One warning of the author.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct SelfLabel {
    /// Its name.
    pub val: String,
}

/// Reads a part as far as it is what the lexicon says; anything else counts as not there.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Part<T> {
        Understood(T),
        Other(IgnoredAny),
    }
    Ok(match Part::<T>::deserialize(deserializer)? {
        Part::Understood(part) => part,
        Part::Other(_) => T::default(),
    })
}

/// Warnings that the network knows: the name of the label and the words for a person.
const WARNINGS: [(&str, &str); 4] = [
    ("porn", "Adult content"),
    ("sexual", "Suggestive content"),
    ("nudity", "Nudity"),
    ("graphic-media", "Graphic media"),
];

/// The words for a warning label; a label that the network does not define keeps its name.
fn warning_words(label: &str) -> &str {
    WARNINGS.iter().find(|(name, _)| *name == label).map_or(label, |(_, words)| words)
}

/// The label for a warning in words, where the network has one: its name, its words, and some that people use.
pub(in crate::sources) fn warning_label(warning: &str) -> Option<&'static str> {
    let warning = warning.trim().to_lowercase();
    let known = WARNINGS.iter().find(|(name, words)| warning == *name || warning == words.to_lowercase());
    known.map(|(name, _)| *name).or(match warning.as_str() {
        "nsfw" | "adult" | "porn content" => Some("porn"),
        "suggestive" | "lewd" => Some("sexual"),
        "nude" => Some("nudity"),
        "gore" | "violence" | "blood" | "graphic" => Some("graphic-media"),
        _ => None,
    })
}

/// The at-uri of a post.
pub(in crate::sources) fn post_uri(did: &str, rkey: &str) -> String {
    format!("at://{did}/{POSTS}/{rkey}")
}

/// Account (DID or handle) and record key of the at-uri of a post. `None` for anything else.
pub(in crate::sources) fn post_parts(uri: &str) -> Option<(&str, &str)> {
    let mut parts = uri.strip_prefix("at://")?.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(account), Some(POSTS), Some(key), None) if !account.is_empty() && !key.is_empty() => Some((account, key)),
        _ => None,
    }
}

/// Where a person reads a post: `account` is a handle or a DID.
pub(in crate::sources) fn post_address(account: &str, rkey: &str) -> String {
    format!("https://bsky.app/profile/{account}/post/{rkey}")
}

/// A handle that can be used: not the stand-in for one that cannot be verified.
pub(in crate::sources) fn usable_handle(handle: &str) -> Option<&str> {
    (!handle.is_empty() && handle != NO_HANDLE).then_some(handle)
}

/// Whether a name has the form of a handle (atproto.com/specs/handle): at least two labels with dots between them, of
/// letters, digits and hyphens, no hyphen at either end, the last one beginning with a letter.
pub(in crate::sources) fn is_handle(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let top = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && top.starts_with(|sign: char| sign.is_ascii_alphabetic())
}

/// A moment as posts claim them: RFC 3339; one without a zone counts as UTC. `None` for what is none, and for what
/// lies before 1990.
pub(in crate::sources) fn moment(text: &str) -> Option<Timestamp> {
    let read = text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    (read.to_zoned(TimeZone::UTC).year() >= FIRST_YEAR).then_some(read)
}

impl PostRecord {
    /// The accounts (DIDs) that it mentions. Only these are told of the post by the network.
    pub(in crate::sources) fn mentioned(&self) -> impl Iterator<Item = &str> {
        self.features().filter_map(|feature| feature.did.as_deref())
    }

    /// The at-uri of the post that it quotes.
    pub(in crate::sources) fn quoted(&self) -> Option<&str> {
        let record = self.embed.as_ref()?.record.as_ref()?;
        [record.uri.as_str(), record.record.uri.as_str()].into_iter().find(|uri| post_parts(uri).is_some())
    }

    fn features(&self) -> impl Iterator<Item = &Feature> {
        self.facets.iter().flat_map(|facet| &facet.features)
    }

    fn embeds(&self) -> impl Iterator<Item = &Embed> {
        let outer = self.embed.as_ref();
        outer.into_iter().chain(outer.and_then(|embed| embed.media.as_deref()))
    }

    /// Links of the text, then those of cards, then the quoted post; each once.
    fn links(&self) -> Vec<String> {
        let quoted = self.quoted().and_then(post_parts).map(|(account, key)| post_address(account, key));
        let cards = self.embeds().filter_map(|embed| embed.external.as_ref()).map(|card| card.uri.as_str());
        let written = self.features().filter_map(|feature| feature.uri.as_deref()).chain(cards);
        let mut links: Vec<String> = Vec::new();
        for link in written.filter_map(|link| web_address(link, None)).chain(quoted) {
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links
    }

    fn image_descriptions(&self) -> Vec<String> {
        let pictures = self.embeds().flat_map(|embed| embed.images.iter().map(|image| image.alt.as_str()));
        let videos = self.embeds().filter_map(|embed| embed.alt.as_deref());
        pictures.chain(videos).filter(|words| !words.trim().is_empty()).map(str::to_owned).collect()
    }

    /// Its words, and below them the hashtags that its author put beside the text: a search finds it by those, so
    /// they must be there to be matched again.
    fn words(&self) -> String {
        let beside: Vec<String> = self
            .tags
            .iter()
            .map(|tag| format!("#{}", tag.trim_start_matches('#')))
            .filter(|tag| tag.len() > 1 && !self.text.to_lowercase().contains(&tag.to_lowercase()))
            .collect();
        if beside.is_empty() { self.text.clone() } else { format!("{}\n\n{}", self.text, beside.join(" ")) }
    }

    fn warning(&self) -> Option<String> {
        let names = self.labels.values.iter().map(|label| label.val.as_str());
        // Labels that begin with `!` steer programs and warn of nothing.
        let words: Vec<&str> =
            names.filter(|name| !name.is_empty() && !name.starts_with('!')).map(warning_words).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// When it was published: the time that it claims, but not later than when the network saw it.
    pub(super) fn claimed(&self, indexed: Option<Timestamp>) -> Option<Timestamp> {
        match (moment(&self.created_at), indexed) {
            (Some(created), Some(indexed)) => Some(created.min(indexed)),
            (created, indexed) => created.or(indexed),
        }
    }

    /// The item that the record at `uri` makes. Its author is known by id only, unless a handle comes with it.
    /// `indexed` is when the network saw it: what claims to be later was published then.
    pub(in crate::sources) fn item(&self, uri: &str, handle: Option<&str>, indexed: Option<Timestamp>) -> Item {
        let handle = handle.and_then(usable_handle);
        let parts = post_parts(uri);
        let did = parts.map(|(account, _)| account);
        let filled = |reference: &StrongRef| (!reference.uri.is_empty()).then(|| reference.uri.clone());
        Item {
            native_id: uri.to_owned(),
            url: parts.map(|(account, key)| post_address(handle.unwrap_or(account), key)),
            text: self.words(),
            author: Author {
                native_id: did.map(str::to_owned),
                handle: handle.map(str::to_owned),
                ..Author::default()
            },
            claimed: self.claimed(indexed),
            lang: self.langs.first().cloned(),
            links: self.links(),
            image_descriptions: self.image_descriptions(),
            parent: self.reply.as_ref().and_then(|reply| filled(&reply.parent)),
            root: self.reply.as_ref().and_then(|reply| filled(&reply.root)),
            content_warning: self.warning(),
            ..Item::default()
        }
    }
}
