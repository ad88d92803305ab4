//! What GitHub itself delivers to a receiver of ours ([`crate::sources::webhook`]): the events of a repository or an
//! organisation about issues, pull requests, discussions and their comments.
//!
//! The posts are those that the interfaces give, under the same names. What a reply in a discussion answers is named
//! by a number that no other interface gives, so such a reply is shown below the discussion. Nobody says whose
//! receiver it is, so that nothing is marked as our own, nor as meant for us.
//!
//! Documents: <https://docs.github.com/webhooks/webhook-events-and-payloads>.

use serde::Deserialize;

use crate::domain::Item;
use crate::sources::lenient::{moment, or_default};

use super::discussions::Around;
use super::graph;
use super::item::{Thread, of_comment, of_issue};
use super::shapes::{Comment, Issue, Repository, User};

/// What one delivery says.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sources) enum Told {
    /// Somebody wrote, changed or took down this.
    Post(Box<Item>),
    /// Nothing about words: a label, an assignment, the greeting with which GitHub tries a receiver.
    Nothing,
    /// An event that holds no posts.
    OtherEvent,
    /// It says that it is such an event, and lacks what that must have.
    Senseless(&'static str),
}

/// The body of a delivery, as far as it is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    #[serde(deserialize_with = "or_default")]
    action: String,
    #[serde(deserialize_with = "or_default")]
    repository: Repository,
    issue: Option<Issue>,
    pull_request: Option<Issue>,
    /// It has the fields of an issue.
    discussion: Option<Issue>,
    comment: Option<AnyComment>,
}

/// A comment; one in a discussion goes by its node.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AnyComment {
    #[serde(flatten)]
    comment: Comment,
    #[serde(deserialize_with = "or_default")]
    node_id: String,
}

/// Reads the delivery of an event (`X-GitHub-Event`).
///
/// # Errors
/// When the body is not the JSON of such an event.
pub(in crate::sources) fn read(event: &str, body: &[u8]) -> Result<Told, serde_json::Error> {
    let item = match event {
        "ping" => return Ok(Told::Nothing),
        "issues" => of_thread,
        "issue_comment" => of_answer,
        "pull_request" => of_pull_request,
        "pull_request_review_comment" => of_line,
        "discussion" => of_discussion,
        "discussion_comment" => of_reply,
        _ => return Ok(Told::OtherEvent),
    };
    let payload: Payload = serde_json::from_slice(body)?;
    let (edited, ended) = match payload.action.as_str() {
        "deleted" | "transferred" => (false, true),
        "edited" => (true, false),
        "opened" | "created" | "reopened" | "locked" | "unlocked" => (false, false),
        "" => return Ok(Told::Senseless("the event has no action")),
        _ => return Ok(Told::Nothing),
    };
    let repository = super::ids::repository(&payload.repository.full_name);
    let found = repository.and_then(|repository| item(&payload, &repository, edited));
    let Some(item) = found else {
        return Ok(Told::Senseless("the event does not name its repository and its post"));
    };
    let end = || Item { native_id: item.native_id.clone(), deleted: true, ..Item::default() };
    Ok(Told::Post(Box::new(if ended { end() } else { item })))
}

fn of_thread(payload: &Payload, repository: &str, edited: bool) -> Option<Item> {
    whole(payload.issue.as_ref()?, payload, repository, edited)
}

fn of_pull_request(payload: &Payload, repository: &str, edited: bool) -> Option<Item> {
    whole(payload.pull_request.as_ref()?, payload, repository, edited)
}

fn whole(issue: &Issue, payload: &Payload, repository: &str, edited: bool) -> Option<Item> {
    let item = of_issue(issue, &thread(issue, payload, repository), None)?;
    Some(Item { edited: moment(issue.updated_at.as_deref()).filter(|_| edited), ..item })
}

fn of_answer(payload: &Payload, repository: &str, _: bool) -> Option<Item> {
    let thread = thread(payload.issue.as_ref()?, payload, repository);
    of_comment(&payload.comment.as_ref()?.comment, false, &thread, None)
}

fn of_line(payload: &Payload, repository: &str, _: bool) -> Option<Item> {
    let thread = thread(payload.pull_request.as_ref()?, payload, repository);
    of_comment(&payload.comment.as_ref()?.comment, true, &thread, None)
}

fn thread(issue: &Issue, payload: &Payload, repository: &str) -> Thread {
    let thread = Thread::of(issue, repository, payload.repository.private);
    Thread { locked: thread.locked || payload.repository.archived, ..thread }
}

fn of_discussion(payload: &Payload, _: &str, edited: bool) -> Option<Item> {
    let mut discussion = discussion(payload)?;
    let changed = payload.discussion.as_ref().and_then(|discussion| discussion.updated_at.clone());
    discussion.last_edited_at = changed.filter(|_| edited);
    Some(Around::of(&discussion, None)?.discussion(&discussion))
}

fn of_reply(payload: &Payload, _: &str, edited: bool) -> Option<Item> {
    let AnyComment { comment, node_id } = payload.comment.as_ref()?;
    let comment = graph::Comment {
        id: node_id.clone(),
        body: comment.body.clone(),
        url: comment.html_url.clone(),
        created_at: comment.created_at.clone(),
        last_edited_at: comment.updated_at.clone().filter(|_| edited),
        author: comment.user.as_ref().map(actor),
        ..graph::Comment::default()
    };
    let discussion = discussion(payload)?;
    Around::of(&discussion, None)?.comment(&comment, None)
}

/// A discussion in the shape in which the other interface gives it.
fn discussion(payload: &Payload) -> Option<graph::Discussion> {
    let told = payload.discussion.as_ref()?;
    Some(graph::Discussion {
        number: told.number,
        title: told.title.clone(),
        body: told.body.clone(),
        url: told.html_url.clone(),
        created_at: told.created_at.clone(),
        locked: told.locked,
        author: told.user.as_ref().map(actor),
        repository: graph::Repository {
            name_with_owner: payload.repository.full_name.clone(),
            is_private: payload.repository.private,
            is_archived: payload.repository.archived,
        },
        ..graph::Discussion::default()
    })
}

fn actor(user: &User) -> graph::Actor {
    graph::Actor { login: user.login.clone(), id: user.id, name: user.name.clone() }
}
