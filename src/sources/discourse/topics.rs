//! Asking for topics, and for what an account wrote.

use crate::domain::Timestamp;
use crate::sources::SourceError;
use crate::sources::lenient::Readable;

use super::forum::Forum;
use super::shapes::{Topic, User, UserAction, UserActions};

/// A topic with the posts around one of its posts.
pub(super) async fn topic_near(
    forum: &Forum,
    topic: u64,
    number: u64,
    urgent: bool,
    now: Timestamp,
) -> Result<Topic, SourceError> {
    let path = if number > 1 { format!("t/{topic}/{number}.json") } else { format!("t/{topic}.json") };
    let mut topic: Topic = forum.get(&path, &[], urgent, now).await?;
    // The posts of a topic do not repeat which topic they are of on every version.
    for post in &mut topic.post_stream.posts.list {
        if post.topic_id == 0 {
            post.topic_id = topic.id;
        }
    }
    Ok(topic)
}

/// Topics (4) and replies (5) of an account, newest first.
pub(super) async fn own_actions(
    forum: &Forum,
    me: &User,
    offset: u64,
    urgent: bool,
    now: Timestamp,
) -> Result<Readable<UserAction>, SourceError> {
    let offset = offset.to_string();
    let query = [("username", me.username.as_str()), ("filter", "4,5"), ("offset", offset.as_str())];
    let actions: UserActions = forum.get("user_actions.json", &query, urgent, now).await?;
    Ok(actions.user_actions)
}
