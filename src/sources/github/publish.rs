//! Publishing answers: comments on issues and pull requests, and in discussions.

use async_trait::async_trait;
use serde_json::json;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::lenient::{Readable, made_since, moment, not_accepted, same_words};
use crate::sources::{
    Count, Outgoing, OwnPosts, Publish, PublishError, Published, SourceError, SourceErrorKind, TextRules,
};

use super::actor::{author, is_me};
use super::discussions::older_comments;
use super::graph::{self, Actor, Added, Node, One};
use super::hub::Hub;
use super::ids::{Part, PostId};
use super::item::web;
use super::lookup::no_post;
use super::shapes::{Comment, Repository};

/// Longest text that GitHub takes, in characters.
const LONGEST: usize = 65_536;
/// So much before an attempt is asked for when it is looked for.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);

#[async_trait]
impl Publish for Hub {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let parent = answered(outgoing)?;
        if outgoing.visibility != Visibility::Public {
            let seen = self.seen_by(&parent, now).await.map_err(PublishError::not_sent)?;
            outgoing.must_not_widen(seen, "GitHub")?;
        }
        if parent.discussion {
            return self.answer_discussion(&parent, outgoing, now).await;
        }
        let path = match parent.part {
            Part::Review(comment) => {
                format!("repos/{}/pulls/{}/comments/{comment}/replies", parent.repository, parent.number)
            }
            _ => format!("repos/{}/issues/{}/comments", parent.repository, parent.number),
        };
        let body = json!({ "body": outgoing.text });
        let comment: Comment = self.post(&path, &body, now).await.map_err(PublishError::by_kind)?;
        if comment.id == 0 {
            return Err(unsaid(self.host()));
        }
        Ok(published(&parent, &comment))
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let parent = answered(outgoing).map_err(|error| error.error)?;
        let me = self.me(now).await?;
        if parent.discussion {
            return self.find_in_discussion(&parent, outgoing, since, now).await;
        }
        let from = since.saturating_sub(BEFORE).unwrap_or(since).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let list = if matches!(parent.part, Part::Review(_)) { "pulls" } else { "issues" };
        let path = format!("repos/{}/{list}/{}/comments", parent.repository, parent.number);
        let query = [("since", from.as_str()), ("per_page", "100")];
        let read: Readable<Comment> = self.get(&path, &query, true, now).await?;
        let ours = read.list.iter().find(|comment| {
            is_me(comment.user.as_ref(), me)
                && made_since(moment(comment.created_at.as_deref()), since)
                && same_words(comment.body.as_deref().unwrap_or_default(), &outgoing.text)
        });
        Ok(ours.map(|comment| published(&parent, comment)))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules {
            count: Count::Characters,
            longest: Some(LONGEST),
            shortest: 1,
            markdown: true,
            own_posts: OwnPosts::ByHand,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        match self.me(now).await? {
            Some(me) if self.has_token() => Ok(author(Some(me))),
            _ => Err(crate::sources::account::no_secret()),
        }
    }
}

impl Hub {
    /// Who reads what is written where this stands. Asked anew: a repository may have been opened meanwhile.
    async fn seen_by(&self, id: &PostId, now: Timestamp) -> Result<Visibility, SourceError> {
        let repository: Repository = self.get(&format!("repos/{}", id.repository), &[], true, now).await?;
        Ok(if repository.private { Visibility::Private } else { Visibility::Public })
    }

    async fn answer_discussion(
        &self,
        parent: &PostId,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Published, PublishError> {
        // Nothing was sent yet, whatever goes wrong here.
        let discussion = self.place_of(parent, now).await.map_err(PublishError::not_sent)?;
        let above = match &parent.part {
            Part::Node(comment) => Some(self.top_of(comment, now).await.map_err(PublishError::not_sent)?),
            _ => None,
        };
        let variables =
            json!({ "discussion": discussion, "above": above, "body": outgoing.text, "token": outgoing.token });
        let (added, remarks): (Added, _) =
            self.graph(&graph::add_comment(), variables, true, now).await.map_err(PublishError::by_kind)?;
        let comment = added.add_discussion_comment.and_then(|added| added.comment);
        let Some(comment) = comment.filter(|comment| !comment.id.is_empty()) else { return Err(unsaid(self.host())) };
        Ok(Published { remarks, ..said(parent, &comment) })
    }

    /// The node of a discussion that may be answered.
    async fn place_of(&self, id: &PostId, now: Timestamp) -> Result<String, SourceError> {
        let (owner, name) = id.repository.split_once('/').unwrap_or_default();
        let variables = json!({ "owner": owner, "name": name, "number": id.number });
        let (one, _): (One, _) = self.graph(graph::PLACE, variables, true, now).await?;
        let found = one.repository.and_then(|repository| repository.discussion);
        let Some(discussion) = found.filter(|discussion| !discussion.id.is_empty()) else {
            return Err(no_post(&id.to_string()));
        };
        if discussion.locked {
            return Err(SourceError::new(
                SourceErrorKind::Refused,
                &format!("the discussion {} in {} is locked", id.number, id.repository),
                "nobody without special rights may answer",
            ));
        }
        Ok(discussion.id)
    }

    /// The comment at the top of the one that is answered: replies hang below comments, never below replies.
    async fn top_of(&self, comment: &str, now: Timestamp) -> Result<String, SourceError> {
        let (node, _): (Node, _) = self.graph(graph::ABOVE, json!({ "comment": comment }), true, now).await?;
        let above = node.node.and_then(|node| node.reply_to).map(|above| above.id).filter(|id| !id.is_empty());
        Ok(above.unwrap_or_else(|| comment.to_owned()))
    }

    async fn find_in_discussion(
        &self,
        parent: &PostId,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let me = self.me(now).await?;
        let mut discussion = self.discussion(parent, now).await?;
        older_comments(self, &mut discussion, true, now).await?;
        let comments = &discussion.comments.nodes.list;
        let all = comments.iter().flat_map(|comment| std::iter::once(comment).chain(&comment.replies.nodes.list));
        let ours = all.into_iter().find(|comment| {
            is_me(comment.author.as_ref().map(Actor::user).as_ref(), me)
                && made_since(moment(comment.created_at.as_deref()), since)
                && same_words(comment.body.as_deref().unwrap_or_default(), &outgoing.text)
        });
        Ok(ours.map(|comment| said(parent, comment)))
    }
}

/// What is answered.
fn answered(outgoing: &Outgoing) -> Result<PostId, PublishError> {
    if outgoing.quote.is_some() {
        return Err(not_accepted("GitHub has no quotes of that kind", "quote in the words: > like this"));
    }
    let Some(parent) = outgoing.parent.as_deref() else {
        return Err(not_accepted(
            "at GitHub only answers are written from here",
            "open an issue or a discussion in the browser",
        ));
    };
    PostId::read(parent).ok_or_else(|| PublishError::not_sent(no_post(parent)))
}

/// The server took it, but does not say as what.
fn unsaid(host: &str) -> PublishError {
    PublishError::uncertain(SourceError::new(
        SourceErrorKind::NotUnderstood,
        &format!("{host} does not say which comment it made"),
        "look at the thread in the browser",
    ))
}

fn published(parent: &PostId, comment: &Comment) -> Published {
    let on_line = matches!(parent.part, Part::Review(_));
    let part = if on_line { Part::Review(comment.id) } else { Part::Comment(comment.id) };
    Published {
        native_id: parent.with(part).to_string(),
        url: web(&comment.html_url),
        at: moment(comment.created_at.as_deref()),
        remarks: Vec::new(),
    }
}

fn said(parent: &PostId, comment: &graph::Comment) -> Published {
    Published {
        native_id: parent.with(Part::Node(comment.id.clone())).to_string(),
        url: web(&comment.url),
        at: moment(comment.created_at.as_deref()),
        remarks: Vec::new(),
    }
}
