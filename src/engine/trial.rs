//! Searching what is stored with a query of the watch language: for `/` on the screen, for `goodword search`,
//! and for trying a watch before it is saved.
//!
//! The full-text index narrows as far as the query allows; the watch matcher decides. Pages are read newest
//! first, so that the first findings come at once; a query that cannot be narrowed scans everything, can be
//! stopped at any moment, and says how far it is.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::search::Narrowing;
use crate::domain::stream::{Filter, Key, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{Mention, MentionId, SafeText, SourceId, Timestamp, Visibility};
use crate::store::{Store, StoreError, StoreResult};
use crate::watch::{Matcher, Post, Query};

use super::clock::after;
use super::supervise::what_happened;

/// Mentions read at once.
const PAGE: u32 = 500;
/// The rate is taken over so much of the newest time at most: a watch is judged by how it would fare now.
const RATE_OVER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Below this much time no rate is told.
const RATE_FROM: SignedDuration = SignedDuration::from_mins(30);
/// Words shown for one finding, and their longest length in characters.
const WORDS: usize = 12;
const WORD: usize = 60;

/// What to search, and when it is enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Which mentions; its `narrowing` is overwritten by the query's.
    pub filter: Filter,
    /// Findings after which to stop; `None` for all.
    pub most_found: Option<u64>,
    /// Mentions to look at before stopping; `None` for all.
    pub most_scanned: Option<u64>,
    /// The present moment, from which the rate looks back.
    pub now: Timestamp,
}

/// A mention that the query matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// It.
    pub mention: Mention,
    /// The words that matched, each once, in their order; empty when it matched by its author, address or the like.
    pub words: Vec<SafeText>,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Mentions looked at. Those that the index ruled out are not among them.
    pub scanned: u64,
    /// Mentions that matched.
    pub matched: u64,
    /// About how many an hour, over the newest week of the time that was looked at; `None` while that is less
    /// than half an hour.
    pub per_hour: Option<f64>,
    /// Everything in the scope was looked at.
    pub complete: bool,
}

/// One piece of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What was found since the last piece, newest first.
    pub found: Vec<Finding>,
    /// How far the search is.
    pub progress: Progress,
}

/// Searches; `tell` is given a piece after every page and returns whether to go on. Stops early when `stop` is
/// cancelled or the scope is exhausted.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn search(
    store: &dyn Store,
    query: &Query,
    scope: &Scope,
    stop: &CancellationToken,
    mut tell: impl FnMut(Piece) -> bool + Send,
) -> StoreResult<Progress> {
    let mut trial = Trial::new(store, query, scope).await?;
    let mut span = Span::Newest;
    while !stop.is_cancelled() {
        let page = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            page = store.mentions(&trial.filter, span, PAGE) => page?,
        };
        let last = page.last().map(|mention| Key { published: mention.row.published, id: mention.row.id });
        let is_last = page.len() < PAGE as usize;
        let found = trial.look_at(page).await?;
        trial.progress.complete = is_last;
        if is_last {
            trial.reaches_back_to(store).await?;
        }
        trial.rate(scope.now);
        let goes_on = tell(Piece { found, progress: trial.progress });
        let enough = scope.most_found.is_some_and(|most| trial.progress.matched >= most)
            || scope.most_scanned.is_some_and(|most| trial.progress.scanned >= most);
        match last {
            Some(last) if goes_on && !enough && !is_last => span = Span::OlderThan(last),
            _ => break,
        }
    }
    Ok(trial.progress)
}

struct Trial {
    matcher: Arc<Matcher>,
    names: Arc<HashMap<SourceId, String>>,
    filter: Filter,
    room: u64,
    progress: Progress,
    /// The oldest moment that was looked at.
    back_to: Option<Timestamp>,
    /// Matches within the time of which the rate is taken.
    recent: u64,
    recent_from: Timestamp,
}

impl Trial {
    async fn new(store: &dyn Store, query: &Query, scope: &Scope) -> StoreResult<Self> {
        let names = store.source_names().await?;
        let narrowing = Some(query.narrowing()).filter(|narrowing| *narrowing != Narrowing::Everything);
        Ok(Self {
            matcher: Arc::new(Matcher::new(std::slice::from_ref(query))),
            names: Arc::new(names.into_iter().collect()),
            filter: Filter { narrowing, ..scope.filter.clone() },
            room: scope.most_found.unwrap_or(u64::MAX),
            progress: Progress::default(),
            back_to: None,
            recent: 0,
            recent_from: after(scope.now, -RATE_OVER),
        })
    }

    async fn look_at(&mut self, page: Vec<Mention>) -> StoreResult<Vec<Finding>> {
        self.progress.scanned += page.len() as u64;
        self.back_to = page.last().map(|mention| mention.row.published).or(self.back_to);
        let (matcher, names) = (Arc::clone(&self.matcher), Arc::clone(&self.names));
        let mut found = tokio::task::spawn_blocking(move || decide(&matcher, &names, page))
            .await
            .map_err(|error| StoreError::Other(format!("the search fell over ({})", what_happened(error))))?;
        found.truncate(usize::try_from(self.room - self.progress.matched).unwrap_or(usize::MAX));
        self.progress.matched += found.len() as u64;
        let public = found.iter().filter(|finding| finding.mention.row.visibility != Visibility::Private);
        let recent = public.filter(|finding| finding.mention.row.published >= self.recent_from);
        self.recent += recent.count() as u64;
        Ok(found)
    }

    /// The search is complete: it covers all the time of which anything in the scope is stored.
    async fn reaches_back_to(&mut self, store: &dyn Store) -> StoreResult<()> {
        let filter = Filter { narrowing: None, ..self.filter.clone() };
        let first = Span::NewerThan(Key { published: Timestamp::MIN, id: MentionId(0) });
        let oldest = store.page(&filter, first, 1).await?;
        self.back_to = oldest.first().map(|row| row.published).or(self.back_to);
        Ok(())
    }

    fn rate(&mut self, now: Timestamp) {
        let Some(back_to) = self.back_to else { return };
        let over = now.duration_since(back_to.max(self.recent_from));
        #[allow(clippy::cast_precision_loss)] // counts of mentions
        let per_hour = self.recent as f64 / (over.as_secs_f64() / 3_600.0);
        self.progress.per_hour = (over >= RATE_FROM).then_some(per_hour);
    }
}

/// The matcher's word on every mention of a page.
fn decide(matcher: &Matcher, names: &HashMap<SourceId, String>, page: Vec<Mention>) -> Vec<Finding> {
    page.into_iter()
        .filter_map(|mention| {
            let words = matching(matcher, names, &mention)?;
            Some(Finding { mention, words })
        })
        .collect()
}

/// The words for which a stored mention matches; `None` when it does not match.
fn matching(matcher: &Matcher, names: &HashMap<SourceId, String>, mention: &Mention) -> Option<Vec<SafeText>> {
    let pieces = [mention.row.content_warning.as_str(), mention.row.title.as_str(), mention.text.as_str()];
    let text = pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("\n\n");
    let urls: Vec<String> = mention.url.iter().chain(&mention.links).map(ToString::to_string).collect();
    let images: Vec<String> = mention.image_descriptions.iter().map(ToString::to_string).collect();
    let hit = matcher
        .matches(&Post {
            text: &text,
            author: mention.row.author.as_str(),
            source: names.get(&mention.row.source).map_or("", String::as_str),
            network: mention.row.network.name(),
            lang: mention.lang.as_deref().unwrap_or_default(),
            urls: &urls,
            image_descriptions: &images,
        })
        .into_iter()
        .next()?;
    let mut words: Vec<SafeText> = Vec::new();
    for span in hit.spans {
        let Some(word) = text.get(span).map(|word| SafeText::line(word, WORD)) else { continue };
        if words.len() < WORDS && !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests;
