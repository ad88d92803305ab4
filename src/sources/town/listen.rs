//! Hears everything that is posted in the town.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Capabilities, Timestamp};
use crate::sources::{Batch, Listen, SourceError};

use super::square::Square;

/// Posts in one answer.
const PAGE: usize = 200;

/// Listens to a town. The cursor is the number of the last post that was heard.
pub(super) struct Ear {
    square: Arc<Square>,
}

impl Ear {
    pub(super) fn new(square: Arc<Square>) -> Self {
        Self { square }
    }
}

#[async_trait]
impl Listen for Ear {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let after = cursor.parse::<u64>().unwrap_or(0);
        let posts = self.square.posts(after, PAGE, now).await?;
        let last = posts.iter().map(|post| post.number).max().unwrap_or(after).max(after);
        Ok(Batch {
            unchanged: posts.is_empty(),
            more: posts.len() >= PAGE,
            items: posts.into_iter().filter(|post| !post.id.is_empty()).map(super::shapes::Post::item).collect(),
            cursor: last.to_string(),
            ..Batch::default()
        })
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { publishes: true, looks_up: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        self.square.host()
    }
}
