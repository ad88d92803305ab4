//! Publishing: posts and answers in the account's name (docs.joinmastodon.org/methods/statuses/#create).

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::api::{json, segment};
use crate::sources::http::{HeaderName, HeaderValue, Request};
use crate::sources::{
    Count, Outgoing, Publish, PublishError, Published, SourceError, SourceErrorKind as Kind, TextRules,
};

use super::entities::{Status, readable};
use super::facts::{Facts, Program};
use super::item::{View, moment};
use super::server::{Me, Pace, Server, is_missing};
use super::{trouble, words};

/// Pages of own posts that are looked through for one of unknown fate.
const PAGES: usize = 5;
/// Clocks may differ by this much.
const CLOCKS: SignedDuration = SignedDuration::from_mins(2);
const SCOPE: &str = "write:statuses";

/// Publishes under one account.
pub(super) struct Voice {
    pub server: Arc<Server>,
}

/// What a post is about to be, all inherited.
struct Draft {
    text: String,
    parent: Option<String>,
    quote: Option<String>,
    reach: Reach,
    /// The narrowest that the server tells of: snac calls everything private that is not for everybody, what goes
    /// to the addressed alone too.
    narrowest: Reach,
    warning: String,
    remarks: Vec<String>,
}

/// Who may read a post, in the words of this family, from wide to narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    Public,
    Unlisted,
    Private,
    Direct,
}

/// Of what is answered: who may read it, and whether we wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answered {
    reach: Reach,
    ours: bool,
}

impl Reach {
    /// A server's word; one that it invented itself is taken for the narrowest.
    pub(super) fn of(named: &str) -> Self {
        match named {
            "public" | "" => Self::Public,
            "unlisted" => Self::Unlisted,
            "private" => Self::Private,
            _ => Self::Direct,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    /// What is wanted, never wider than what it answers. What is private goes to whom it addresses; only a post of
    /// our own that addresses nobody, or that goes on below one of ours for the followers, goes to the followers.
    ///
    /// What somebody wrote for *their* followers is answered directly, to them alone. As `private` the answer would
    /// go to *our* followers, who were not meant to know of it, while the author may not be among them.
    fn wanted(visibility: Visibility, parent: Option<Answered>, text: &str) -> Self {
        match (visibility, parent) {
            (_, Some(parent)) if parent.reach >= Self::Private => {
                if parent.ours {
                    parent.reach
                } else {
                    Self::Direct
                }
            }
            (Visibility::Private, Some(_)) => Self::Direct,
            (Visibility::Private, None) if text.contains('@') => Self::Direct,
            (Visibility::Private, None) => Self::Private,
            (Visibility::Public, parent) => parent.map_or(Self::Public, |parent| parent.reach),
            (Visibility::Unlisted, _) => Self::Unlisted,
        }
    }
}

impl Voice {
    /// Makes everything ready for sending. Nothing is sent.
    async fn draft(&self, outgoing: &Outgoing, me: &Me, facts: &Facts, now: Timestamp) -> Result<Draft, SourceError> {
        let parent = match &outgoing.parent {
            Some(id) => Some(self.status(id, now).await.map_err(|error| parent_gone(self.server.host(), error))?),
            None => None,
        };
        let mut draft = Draft {
            text: outgoing.text.clone(),
            parent: outgoing.parent.clone(),
            quote: None,
            reach: Reach::wanted(
                outgoing.visibility,
                parent
                    .as_ref()
                    .map(|parent| Answered { reach: Reach::of(&parent.visibility), ours: parent.account.id == me.id }),
                &outgoing.text,
            ),
            narrowest: if matches!(facts.program, Program::Snac) { Reach::Private } else { Reach::Direct },
            warning: outgoing.content_warning.clone().unwrap_or_default(),
            remarks: Vec::new(),
        };
        if let Some(parent) = &parent {
            if parent.account.id != me.id {
                draft.text = words::addressed(&draft.text, &parent.account.acct);
            }
            if draft.warning.trim().is_empty() {
                draft.warning.clone_from(&parent.spoiler_text);
            }
        }
        if let Some(quote) = &outgoing.quote {
            if facts.quotes {
                draft.quote = Some(quote.clone());
            } else {
                // Servers that know no quotes show the address instead.
                let quoted = self.status(quote, now).await?;
                if let Some(address) = quoted.url.or(quoted.uri) {
                    draft.text = format!("{}\n\n{address}", draft.text.trim_end());
                }
                draft.remarks.push(format!("{} knows no quotes: it is linked to instead", self.server.host()));
            }
        }
        Ok(draft)
    }

    async fn status(&self, id: &str, now: Timestamp) -> Result<Status, SourceError> {
        let path = format!("api/v1/statuses/{}", segment(id));
        let status: Status = self.server.get(&path, &[], "read:statuses", Pace::Urgent, now).await?;
        if status.id.is_empty() {
            return Err(trouble::senseless(self.server.host(), "the post that was asked for"));
        }
        Ok(status)
    }

    fn request(&self, draft: &Draft, outgoing: &Outgoing, facts: &Facts) -> Result<Request, SourceError> {
        let mut fields = vec![("status", draft.text.as_str()), ("visibility", draft.reach.name())];
        fields.extend(draft.parent.as_deref().map(|parent| ("in_reply_to_id", parent)));
        fields.extend(draft.quote.as_deref().map(|quote| ("quoted_status_id", quote)));
        if !draft.warning.trim().is_empty() {
            fields.push(("spoiler_text", draft.warning.as_str()));
        }
        let lang = outgoing.lang.as_deref().and_then(language);
        fields.extend(lang.map(|lang| ("language", lang)));
        let request = Request::post_form(self.server.api.url("api/v1/statuses", &[])?, &fields);
        let token = HeaderValue::from_str(&outgoing.token).ok().filter(|_| facts.takes_tokens());
        Ok(match token {
            Some(token) => request.header(HeaderName::from_static("idempotency-key"), token),
            None => request,
        })
    }

    /// What the server says of what it has published.
    fn published(&self, status: &Status, draft: &Draft) -> Published {
        let host = self.server.host();
        let mut remarks = draft.remarks.clone();
        if draft.parent.is_some() && status.in_reply_to_id != draft.parent {
            remarks.push(format!(
                "{host} has published it, but not below what it answers: that post may have been deleted just now"
            ));
        }
        let shown = Reach::of(&status.visibility);
        if shown < draft.reach.min(draft.narrowest) {
            remarks.push(format!(
                "{host} shows it to more people ({}) than was wanted ({})",
                status.visibility,
                draft.reach.name()
            ));
        }
        Published {
            native_id: status.id.clone(),
            url: status.url.clone().or_else(|| status.uri.clone()),
            at: moment(status.created_at.as_deref()),
            remarks,
        }
    }

    /// The newest own posts, down to this moment.
    async fn own_since(&self, me: &Me, since: Timestamp, now: Timestamp) -> Result<Vec<Status>, SourceError> {
        let path = format!("api/v1/accounts/{}/statuses", segment(&me.id));
        let mut found: Vec<Status> = Vec::new();
        for _ in 0..PAGES {
            let below = found.last().map(|status| status.id.clone());
            let mut query = vec![("limit", "40"), ("exclude_reblogs", "true")];
            query.extend(below.as_deref().map(|below| ("max_id", below)));
            let entries: Vec<Value> = self.server.get(&path, &query, "read:statuses", Pace::Urgent, now).await?;
            let (page, _) = readable(entries, |status: &Status| &status.id);
            let known = |status: &Status| found.iter().any(|known| known.id == status.id);
            let new: Vec<Status> = page.into_iter().filter(|status| !known(status)).collect();
            let past = new.iter().any(|status| moment(status.created_at.as_deref()).is_some_and(|at| at < since));
            let ends = new.is_empty() || past;
            found.extend(new);
            if ends {
                break;
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl Publish for Voice {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let me = self.server.account(Pace::Urgent, now).await.map_err(PublishError::not_sent)?;
        let facts = self.server.facts(Pace::Urgent, now).await.map_err(PublishError::not_sent)?;
        let draft = self.draft(outgoing, &me, &facts, now).await.map_err(PublishError::not_sent)?;
        let request = self.request(&draft, outgoing, &facts).map_err(PublishError::not_sent)?;
        let response = match self.server.send(request, Pace::Urgent, now).await {
            Ok(response) => response,
            // Nothing was sent: the host is left alone, the address refused, or no safe line could be had.
            Err(error) if matches!(error.kind, Kind::TooMany | Kind::BadAddress | Kind::Insecure | Kind::Local) => {
                return Err(PublishError::not_sent(error));
            }
            Err(error) => return Err(PublishError::uncertain(error)),
        };
        let code = response.status.as_u16();
        let response = self.server.judged(response, SCOPE).map_err(|error| match code {
            // Whoever says that the request was wrong has not carried it out.
            400..=407 | 409..=499 => PublishError::not_sent(error),
            _ => PublishError::uncertain(error),
        })?;
        let status: Status = json(&response).map_err(PublishError::uncertain)?;
        if status.id.is_empty() {
            return Err(PublishError::uncertain(trouble::senseless(self.server.host(), "the id of the new post")));
        }
        Ok(self.published(&status, &draft))
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let me = self.server.account(Pace::Urgent, now).await?;
        let since = since.saturating_sub(CLOCKS).unwrap_or(Timestamp::MIN);
        let view = View { domain: self.server.host(), me: Some(&me) };
        for status in self.own_since(&me, since, now).await? {
            let recent = moment(status.created_at.as_deref()).is_none_or(|at| at >= since);
            let text = view.item(&status).text;
            // A server that lost the parent on the way has published it all the same.
            let below = status.in_reply_to_id == outgoing.parent || status.in_reply_to_id.is_none();
            let quoted = outgoing.quote.is_some() && words::begins(&text, &outgoing.text);
            if recent && below && (words::same(&text, &outgoing.text) || quoted) {
                let draft = Draft {
                    text: String::new(),
                    parent: outgoing.parent.clone(),
                    quote: None,
                    reach: Reach::Public,
                    narrowest: Reach::Direct,
                    warning: String::new(),
                    remarks: Vec::new(),
                };
                return Ok(Some(self.published(&status, &draft)));
            }
        }
        Ok(None)
    }

    async fn rules(&self, now: Timestamp) -> Result<TextRules, SourceError> {
        let facts = self.server.facts(Pace::Urgent, now).await?;
        Ok(rules(&facts))
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        Ok(self.server.account(Pace::Urgent, now).await?.author())
    }
}

/// What a server accepts as a text.
pub(super) fn rules(facts: &Facts) -> TextRules {
    TextRules {
        // Mastodon and Pleroma count what people see as one sign, the others code points, which are never fewer.
        count: match facts.program {
            Program::Mastodon(..) | Program::Pleroma => Count::Graphemes,
            _ => Count::Characters,
        },
        longest: facts.longest,
        shortest: 1,
        address_counts: facts.address_counts.filter(|_| matches!(facts.program, Program::Mastodon(..))),
        warning_counts: true,
        retry_safe: facts.keeps_tokens(),
        markdown: false,
        ..TextRules::default()
    }
}

fn parent_gone(host: &str, error: SourceError) -> SourceError {
    if !is_missing(&error) {
        return error;
    }
    SourceError::new(
        Kind::Gone,
        &format!("the post that it answers is no longer at {host}"),
        "its author may have deleted it; nothing was sent",
    )
}

/// A language as servers take it: ISO 639, with a script or region only for Chinese.
fn language(tag: &str) -> Option<&str> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    let known = (2..=3).contains(&primary.len()) && primary.bytes().all(|sign| sign.is_ascii_alphabetic());
    known.then_some(if primary.eq_ignore_ascii_case("zh") { tag } else { primary })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_never_wider_than_what_it_answers() {
        use Visibility::{Private, Public, Unlisted};
        for (wanted, parent, to_them, to_us) in [
            (Public, "public", "public", "public"),
            (Public, "unlisted", "unlisted", "unlisted"),
            (Public, "private", "direct", "private"),
            (Public, "direct", "direct", "direct"),
            (Public, "local", "direct", "direct"),
            (Unlisted, "public", "unlisted", "unlisted"),
            (Unlisted, "private", "direct", "private"),
            (Unlisted, "direct", "direct", "direct"),
            (Private, "public", "direct", "direct"),
            (Private, "unlisted", "direct", "direct"),
            (Private, "private", "direct", "private"),
            (Private, "direct", "direct", "direct"),
        ] {
            for (ours, got) in [(false, to_them), (true, to_us)] {
                let answered = Answered { reach: Reach::of(parent), ours };
                let reach = Reach::wanted(wanted, Some(answered), "hi");
                assert_eq!(reach.name(), got, "{wanted:?} below {parent}, ours: {ours}");
                assert!(reach >= answered.reach);
            }
        }
        for (wanted, text, got) in [
            (Public, "@ana hi", "public"),
            (Unlisted, "hi", "unlisted"),
            (Private, "hi", "private"),
            (Private, "@ana hi", "direct"),
        ] {
            assert_eq!(Reach::wanted(wanted, None, text).name(), got, "{wanted:?} {text}");
        }
    }

    #[test]
    fn languages_are_sent_as_servers_take_them() {
        for (tag, sent) in
            [("en-GB", Some("en")), ("de", Some("de")), ("zh-Hant", Some("zh-Hant")), ("", None), ("x", None)]
        {
            assert_eq!(language(tag), sent, "{tag}");
        }
    }
}
