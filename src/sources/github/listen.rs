//! Listening to a server, part by part.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Timestamp};
use crate::sources::again::Again;
use crate::sources::lenient::{read, written};
use crate::sources::parts::{Piece, Round};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind, SourceSettings};

use super::hub::Hub;
use super::ids::repository;
use super::issues::{Asking, List};

/// Where is kept what is looked at again.
const AGAIN: &str = "again";
/// Requests that are granted an hour without a token, less what is left to people.
const WITHOUT_TOKEN: i64 = 50;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Notifications,
    Own,
    List(String, List),
    RepositoryDiscussions(String),
    Issues(String),
    Pulls(String),
    Discussions(String),
}

impl Part {
    fn name(&self) -> String {
        match self {
            Self::Notifications => "notifications".to_owned(),
            Self::Own => "own posts".to_owned(),
            Self::List(place, List::Issues) => format!("issues of {place}"),
            Self::List(place, List::Comments) => format!("comments of {place}"),
            Self::List(place, List::Reviews) => format!("reviews of {place}"),
            Self::RepositoryDiscussions(place) => format!("discussions of {place}"),
            Self::Issues(term) => format!("issues with {term}"),
            Self::Pulls(term) => format!("pull requests with {term}"),
            Self::Discussions(term) => format!("discussions with {term}"),
        }
    }
}

/// Listens to a server.
pub(super) struct Listener {
    hub: Arc<Hub>,
    search: Vec<String>,
    places: Vec<String>,
    /// Polls so far. Parts take turns in going first, so that a spent count starves none of them for good.
    turn: usize,
}

impl Listener {
    pub(super) fn new(hub: Arc<Hub>, settings: &SourceSettings) -> Self {
        let search = settings.search.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty());
        let places = settings.places.iter().filter_map(|place| repository(place));
        Self { hub, search: search.collect(), places: places.collect(), turn: 0 }
    }

    fn parts(&self) -> Vec<Part> {
        let has_token = self.hub.has_token();
        let mut parts = Vec::new();
        if has_token {
            parts.extend([Part::Notifications, Part::Own]);
        }
        for place in &self.places {
            parts.extend([List::Issues, List::Comments, List::Reviews].map(|list| Part::List(place.clone(), list)));
            if has_token {
                parts.push(Part::RepositoryDiscussions(place.clone()));
            }
        }
        for term in &self.search {
            parts.extend([Part::Issues(term.clone()), Part::Pulls(term.clone())]);
            if has_token {
                parts.push(Part::Discussions(term.clone()));
            }
        }
        parts
    }

    async fn ask(&self, part: &Part, place: &str, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        match part {
            Part::Notifications => asking.notifications(place).await,
            Part::Own => asking.own(place).await,
            Part::List(repository, list) => asking.list(repository, *list, place).await,
            Part::RepositoryDiscussions(repository) => asking.discussions(&format!("repo:{repository}"), place).await,
            Part::Issues(term) => asking.search(term, "is:issue", place).await,
            Part::Pulls(term) => asking.search(term, "is:pull-request", place).await,
            Part::Discussions(term) => {
                let words = term.replace(['"', '\\'], " ");
                asking.discussions(&format!("\"{}\" in:title,body,comments is:public", words.trim()), place).await
            }
        }
    }

    /// What is worth knowing, and how long to rest, without a token.
    fn without_token(&self, batch: &mut Batch) {
        batch.remarks.push(
            "without a token only issues and pull requests are heard, and 10 searches a minute and 60 other requests \
             an hour are granted; `goodword login github` lifts that"
                .to_owned(),
        );
        let requests = i64::try_from(self.places.len() * 3).unwrap_or(0);
        if requests > 0 {
            batch.rest = batch.rest.max(Some(SignedDuration::from_secs(3_600 * requests / WITHOUT_TOKEN)));
        }
    }
}

#[async_trait]
impl Listen for Listener {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut parts = self.parts();
        let names: Vec<String> = parts.iter().map(Part::name).collect();
        let count = parts.len().max(1);
        parts.rotate_left(self.turn % count);
        self.turn = self.turn.wrapping_add(1);
        let me = self.hub.me(now).await?;
        let asking = Asking { hub: &self.hub, me, now };
        let mut round = Round::begin(cursor);
        round.places().keep(|part| part == AGAIN || names.iter().any(|name| name == part));
        let mut again: Again = read(round.places().of(AGAIN));
        let (mut answered, mut spent) = (0, None::<SourceError>);
        for part in &parts {
            let name = part.name();
            let place = round.places().of(&name).to_owned();
            let piece = self.ask(part, &place, &asking).await;
            match piece {
                // One of the server's counts is used up; parts that use another go on.
                Err(error) if error.kind == SourceErrorKind::TooMany && !error.whole_host => spent = Some(error),
                piece => {
                    answered += usize::from(piece.is_ok());
                    if let Ok(piece) = &piece {
                        again.note(&piece.items, &self.search, now);
                    }
                    if round.add(&name, piece).is_break() {
                        break;
                    }
                }
            }
        }
        if let (Some(spent), 0) = (&spent, answered) {
            return Err(spent.clone());
        }
        let looked = asking.again(&mut again).await;
        round.places().set(AGAIN, written(&again));
        let mut batch = round.finish()?;
        batch.items.extend(looked);
        batch.meters = self.hub.meters();
        if let Some(spent) = spent {
            batch.remarks.push(spent.to_string());
            batch.more = false;
        }
        if !self.hub.has_token() {
            self.without_token(&mut batch);
        }
        Ok(batch)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            streams: false,
            publishes: self.hub.has_token(),
            looks_up: true,
            tells_deletions: self.hub.has_token(),
        }
    }

    fn host(&self) -> &str {
        self.hub.host()
    }
}
