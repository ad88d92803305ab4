//! What GraphQL is asked, and what it answers.

use serde::Deserialize;

use crate::sources::lenient::{Readable, or_default};

use super::shapes::User;

/// Who wrote something. Bots and organisations have ids too.
const ACTOR: &str = "fragment A on Actor { login ... on User { databaseId name } ... on Bot { databaseId } \
    ... on Organization { databaseId name } ... on Mannequin { databaseId } }";
/// A comment of a discussion.
const COMMENT: &str = "fragment C on DiscussionComment { id body bodyHTML url createdAt lastEditedAt deletedAt \
    author { ...A } replyTo { id author { ...A } } }";
/// A discussion.
const DISCUSSION: &str = "fragment D on Discussion { id number title body bodyHTML url createdAt updatedAt \
    lastEditedAt locked author { ...A } repository { nameWithOwner isPrivate isArchived } }";

/// Discussions that a search finds, each with its newest comments.
pub(super) fn search() -> String {
    format!(
        "query($q: String!, $after: String) {{ search(query: $q, type: DISCUSSION, first: 20, after: $after) {{ \
         pageInfo {{ hasNextPage endCursor }} nodes {{ ...D ... on Discussion {{ comments(last: 30) {{ \
         pageInfo {{ hasPreviousPage startCursor }} nodes {{ ...C replies(last: 20) {{ nodes {{ ...C }} }} }} }} }} }} \
         }} }} {DISCUSSION} {COMMENT} {ACTOR}"
    )
}

/// Older comments of a discussion.
pub(super) fn comments() -> String {
    format!(
        "query($id: ID!, $before: String) {{ node(id: $id) {{ ... on Discussion {{ comments(last: 50, before: $before) \
         {{ pageInfo {{ hasPreviousPage startCursor }} nodes {{ ...C replies(last: 50) {{ nodes {{ ...C }} }} }} }} }} \
         }} }} {COMMENT} {ACTOR}"
    )
}

/// One discussion by its number.
pub(super) fn discussion() -> String {
    format!(
        "query($owner: String!, $name: String!, $number: Int!) {{ repository(owner: $owner, name: $name) {{ \
         discussion(number: $number) {{ ...D comments(last: 50) {{ pageInfo {{ hasPreviousPage startCursor }} \
         nodes {{ ...C replies(last: 50) {{ nodes {{ ...C }} }} }} }} }} }} }} {DISCUSSION} {COMMENT} {ACTOR}"
    )
}

/// What we wrote ourselves: comments on issues and pull requests, comments of discussions, issues.
pub(super) fn own() -> String {
    format!(
        "query($n: Int!, $after: String) {{ viewer {{ \
         issueComments(first: $n, after: $after, orderBy: {{ field: UPDATED_AT, direction: DESC }}) {{ \
         pageInfo {{ hasNextPage endCursor }} nodes {{ databaseId body bodyHTML url createdAt updatedAt lastEditedAt \
         issue {{ number locked author {{ ...A }} }} pullRequest {{ number locked author {{ ...A }} }} \
         repository {{ nameWithOwner isPrivate isArchived }} }} }} \
         repositoryDiscussionComments(last: $n) {{ nodes {{ ...C discussion {{ number locked author {{ ...A }} \
         repository {{ nameWithOwner isPrivate isArchived }} }} }} }} \
         issues(first: 10, orderBy: {{ field: CREATED_AT, direction: DESC }}) {{ nodes {{ number title body bodyHTML \
         url createdAt locked repository {{ nameWithOwner isPrivate isArchived }} }} }} }} }} {COMMENT} {ACTOR}"
    )
}

/// What a reply in a discussion needs to know: the discussion, and under which comment it goes.
pub(super) const PLACE: &str = "query($owner: String!, $name: String!, $number: Int!) { \
    repository(owner: $owner, name: $name) { discussion(number: $number) { id locked } } }";
/// Replies hang below a comment, not below a reply.
pub(super) const ABOVE: &str = "query($comment: ID!) { node(id: $comment) { ... on DiscussionComment { id \
    replyTo { id } } } }";

/// Adds a comment to a discussion.
pub(super) fn add_comment() -> String {
    format!(
        "mutation($discussion: ID!, $above: ID, $body: String!, $token: String!) {{ addDiscussionComment(input: {{ \
         discussionId: $discussion, replyToId: $above, body: $body, clientMutationId: $token }}) {{ \
         comment {{ ...C }} }} }} {COMMENT} {ACTOR}"
    )
}

/// Somebody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Actor {
    #[serde(deserialize_with = "or_default")]
    pub(super) login: String,
    #[serde(rename = "databaseId")]
    pub(super) id: Option<u64>,
    pub(super) name: Option<String>,
}

impl Actor {
    pub(super) fn user(&self) -> User {
        User { id: self.id, login: self.login.clone(), name: self.name.clone(), followers: None }
    }
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Repository {
    #[serde(deserialize_with = "or_default")]
    pub(super) name_with_owner: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) is_private: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) is_archived: bool,
}

/// Where a page ends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
    pub(super) has_previous_page: bool,
    pub(super) start_cursor: Option<String>,
}

/// A list in pages.
#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub(super) struct Connection<T> {
    #[serde(deserialize_with = "or_default")]
    pub(super) page_info: PageInfo,
    pub(super) nodes: Readable<T>,
}

impl<T> Default for Connection<T> {
    fn default() -> Self {
        Self { page_info: PageInfo::default(), nodes: Readable::default() }
    }
}

/// A discussion.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Discussion {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    pub(super) number: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    pub(super) body: Option<String>,
    #[serde(rename = "bodyHTML")]
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) last_edited_at: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) locked: bool,
    pub(super) author: Option<Actor>,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository: Repository,
    #[serde(deserialize_with = "or_default")]
    pub(super) comments: Connection<Comment>,
}

/// A comment of a discussion.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Comment {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    pub(super) body: Option<String>,
    #[serde(rename = "bodyHTML")]
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
    pub(super) created_at: Option<String>,
    pub(super) last_edited_at: Option<String>,
    pub(super) deleted_at: Option<String>,
    pub(super) author: Option<Actor>,
    pub(super) reply_to: Option<Above>,
    #[serde(deserialize_with = "or_default")]
    pub(super) replies: Connection<Comment>,
    /// Only asked for with our own comments.
    pub(super) discussion: Option<Box<Discussion>>,
}

/// The comment that another answers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Above {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    pub(super) author: Option<Actor>,
}

/// The answer to [`search`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    #[serde(deserialize_with = "or_default")]
    pub(super) search: Connection<Discussion>,
}

/// The answer to [`comments`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Older {
    pub(super) node: Option<Discussion>,
}

/// The answer to [`discussion`] and [`PLACE`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct One {
    pub(super) repository: Option<OneOf>,
}

/// What is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OneOf {
    pub(super) discussion: Option<Discussion>,
}

/// The answer to [`ABOVE`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    pub(super) node: Option<Comment>,
}

/// The answer to [`add_comment`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Added {
    pub(super) add_discussion_comment: Option<AddedComment>,
}

/// What is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AddedComment {
    pub(super) comment: Option<Comment>,
}

/// The answer to [`own`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Own {
    #[serde(deserialize_with = "or_default")]
    pub(super) viewer: Viewer,
}

/// What is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Viewer {
    #[serde(deserialize_with = "or_default")]
    pub(super) issue_comments: Connection<OwnComment>,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository_discussion_comments: Connection<Comment>,
    #[serde(deserialize_with = "or_default")]
    pub(super) issues: Connection<OwnIssue>,
}

/// A comment of ours on an issue or pull request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OwnComment {
    #[serde(rename = "databaseId")]
    pub(super) id: u64,
    pub(super) body: Option<String>,
    #[serde(rename = "bodyHTML")]
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) issue: Option<OwnThread>,
    pub(super) pull_request: Option<OwnThread>,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository: Repository,
}

/// The thread of a comment of ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnThread {
    pub(super) number: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) locked: bool,
    pub(super) author: Option<Actor>,
}

/// An issue of ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OwnIssue {
    pub(super) number: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    pub(super) body: Option<String>,
    #[serde(rename = "bodyHTML")]
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
    pub(super) created_at: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) locked: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository: Repository,
}
