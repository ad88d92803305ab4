//! Looking up topics and people.

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::api::segment;
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::forum::{Forum, author};
use super::item::{Around, Thread, parts};
use super::shapes::{MorePosts, Post, Profile, Topic, User};
use super::topics::{own_actions, topic_near};

/// Most posts of a topic that are looked up.
const MOST: usize = 200;
/// Posts at the beginning of a longer topic that are looked up besides those around the one that was asked for.
const BEGINNING: usize = 20;
/// Posts that are asked for at once.
const AT_ONCE: usize = 50;

/// Which posts of a topic are worth showing around one of them: all, or the first ones and those around it.
fn chosen(stream: &[u64], number: u64) -> Vec<u64> {
    if stream.len() <= MOST {
        return stream.to_vec();
    }
    let room = MOST - BEGINNING;
    // Numbers run ahead of places where posts were deleted.
    let at = usize::try_from(number.saturating_sub(1)).unwrap_or(0).min(stream.len());
    let from = at.saturating_sub(room / 2).clamp(BEGINNING, stream.len() - room);
    let (first, around) = (stream.iter().take(BEGINNING), stream.iter().skip(from).take(room));
    first.chain(around).copied().collect()
}

impl Forum {
    /// The posts of a topic that a thread shows, oldest first.
    async fn posts_of(&self, topic: &mut Topic, number: u64, now: Timestamp) -> Result<Vec<Post>, SourceError> {
        let mut posts = std::mem::take(&mut topic.post_stream.posts.list);
        let wanted = chosen(&topic.post_stream.stream, number);
        let missing: Vec<u64> = wanted.into_iter().filter(|id| !posts.iter().any(|post| post.id == *id)).collect();
        for some in missing.chunks(AT_ONCE) {
            let ids: Vec<String> = some.iter().map(u64::to_string).collect();
            let query: Vec<(&str, &str)> = ids.iter().map(|id| ("post_ids[]", id.as_str())).collect();
            let more: MorePosts = self.get(&format!("t/{}/posts.json", topic.id), &query, true, now).await?;
            posts.extend(
                more.post_stream
                    .posts
                    .list
                    .into_iter()
                    .map(|post| Post { topic_id: if post.topic_id == 0 { topic.id } else { post.topic_id }, ..post }),
            );
        }
        posts.sort_by_key(|post| post.post_number);
        posts.dedup_by_key(|post| post.post_number);
        Ok(posts)
    }
}

#[async_trait]
impl Lookup for Forum {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let Some((topic, number)) = parts(native_id) else { return Err(no_post(native_id)) };
        let (me, known) = (self.me(now).await?, self.known(true, now).await?);
        let mut topic = topic_near(self, topic, number, true, now).await?;
        let thread = Thread::of(&topic);
        let posts = self.posts_of(&mut topic, number, now).await?;
        let around = Around { forum: self, known: &known, me };
        Ok(posts.iter().filter_map(|post| around.item(post, &thread)).collect())
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let name = id_or_handle.trim().trim_start_matches('@');
        let is_id = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        // Only admins may ask by number; a name may consist of digits too.
        if is_id && self.is_own().await? {
            match self.get::<User>(&format!("admin/users/{name}.json"), &[], true, now).await {
                Ok(user) if user.id != 0 => return Ok(Some(author(&user))),
                Err(error) if error.kind != SourceErrorKind::NotFound && error.kind != SourceErrorKind::Refused => {
                    return Err(error);
                }
                _ => {}
            }
        }
        match self.get::<Profile>(&format!("u/{}.json", segment(name)), &[], true, now).await {
            Ok(profile) => Ok(profile.user.as_ref().map(author)),
            Err(error) if error.kind == SourceErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let Some(me) = self.me(now).await? else { return Ok(Vec::new()) };
        let (mut items, _) = own_items(self, me, 0, limit as usize, true, now).await?;
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        let Some(me) = self.me(now).await? else { return Ok(OwnPage::default()) };
        let offset = place.parse::<u64>().unwrap_or(0);
        let (items, actions) = own_items(self, me, offset, usize::MAX, false, now).await?;
        let next = (actions > 0).then(|| (offset + actions as u64).to_string());
        Ok(OwnPage { items, next })
    }
}

/// What we wrote, the newest first, from the `offset`-th on; and how many of our deeds that page of the forum named.
async fn own_items(
    forum: &Forum,
    me: &User,
    offset: u64,
    limit: usize,
    urgent: bool,
    now: Timestamp,
) -> Result<(Vec<Item>, usize), SourceError> {
    let known = forum.known(urgent, now).await?;
    let around = Around { forum, known: &known, me: Some(me) };
    let actions = own_actions(forum, me, offset, urgent, now).await?;
    let mut items: Vec<Item> = Vec::new();
    for action in actions.list.iter().take(limit) {
        if items.iter().any(|item| parts(&item.native_id) == Some((action.topic_id, action.post_number))) {
            continue;
        }
        let topic = topic_near(forum, action.topic_id, action.post_number, urgent, now).await?;
        let thread = Thread::of(&topic);
        // One topic often holds several of them.
        items.extend(topic.post_stream.posts.list.iter().filter_map(|post| around.item(post, &thread)).filter(
            |item| {
                let place = parts(&item.native_id);
                item.own && actions.list.iter().any(|action| place == Some((action.topic_id, action.post_number)))
            },
        ));
    }
    items.sort_by_key(|item| std::cmp::Reverse(item.claimed));
    let mut met = std::collections::HashSet::new();
    items.retain(|item| met.insert(item.native_id.clone()));
    Ok((items, actions.list.len()))
}

/// The name is not one of a post of a forum.
pub(super) fn no_post(native_id: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::NotFound,
        &format!("“{native_id}” names no post of a forum"),
        "open the post in the browser",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_topic_the_beginning_and_what_is_around_are_chosen() {
        let stream: Vec<u64> = (1..=1000).collect();
        assert_eq!(chosen(&stream[..150], 3).len(), 150);
        for number in [1, 15, 500, 990, 5000] {
            let ids = chosen(&stream, number);
            assert_eq!(ids.len(), MOST, "{number}");
            assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{number}");
            assert!(ids.contains(&number.min(1000)), "{number}");
        }
    }
}
