//! Notifications: what was said to us, and in the threads that we began or spoke in.

use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};
use crate::sources::SourceError;
use crate::sources::http::Validators;
use crate::sources::lenient::{Readable, moment, read, written};
use crate::sources::parts::Piece;
use crate::sources::since::Since;

use super::ids::{PostId, repository};
use super::issues::Asking;
use super::item::Thread;
use super::places::{Search, Waiting};
use super::shapes::Notification;

/// Entries on a page.
const PAGE: usize = 50;
/// Pages that one poll reads.
const PAGES: u32 = 5;
/// What is said in threads for these reasons is said to us, or answers us.
const REASONS: [&str; 5] = ["mention", "team_mention", "author", "comment", "manual"];
/// A thread may be told of a little before its comment can be read.
const OVERLAP: SignedDuration = SignedDuration::from_mins(1);

impl Asking<'_> {
    /// What we were notified of. Nothing is marked as read.
    pub(super) async fn notifications(&self, place: &str) -> Result<Piece, SourceError> {
        let mut place: Search = read(place);
        let mut piece = Piece::default();
        place.list.begin(self.now);
        if place.wait.is_empty() {
            self.bells(&mut place, &mut piece).await?;
        }
        let read = piece.items.len();
        self.open(&mut place.wait, &mut piece).await?;
        for item in piece.items.iter_mut().skip(read) {
            // What a team was called for names the team, not the account.
            item.addressed |= !item.own && is_team_call(item);
        }
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    async fn bells(&self, place: &mut Search, piece: &mut Piece) -> Result<(), SourceError> {
        let since = place.list.since();
        let mut changes = Vec::new();
        for page in 1..=PAGES {
            let number = page.to_string();
            let query = [("all", "true"), ("since", since.as_str()), ("per_page", "50"), ("page", number.as_str())];
            let validators = if page == 1 { place.list.validators() } else { Validators::default() };
            let answer = self.hub.get_unless("notifications", &query, validators, false, self.now).await?;
            if page == 1 {
                piece.rest = answer.poll_interval.map(|seconds| SignedDuration::from_secs(seconds.clamp(0, 3600)));
                place.list.keep(answer.validators, answer.body.is_none());
            }
            piece.remarks.extend(answer.remark);
            let Some(bells): Option<Readable<Notification>> = answer.body else {
                place.list.page(&[], false, OVERLAP);
                return Ok(());
            };
            piece.remarks.extend(bells.remark("notifications"));
            let all = bells.list.len() + bells.skipped;
            for bell in &bells.list {
                let Some(changed) = moment(bell.updated_at.as_deref()) else { continue };
                changes.push(changed);
                self.want(bell, changed, place, piece).await?;
            }
            if all < PAGE {
                break;
            }
            if page == PAGES {
                piece.remarks.push("there are more notifications than are read; the oldest were left".to_owned());
            }
        }
        place.list.page(&changes, false, OVERLAP);
        if place.list.since() != since {
            // The next question is another one, but the server still knows when it last had news.
            let modified = place.list.validators().last_modified;
            place.list.keep(Validators { etag: None, last_modified: modified }, false);
        }
        Ok(())
    }

    /// Notes which thread to read for a notification.
    async fn want(
        &self,
        bell: &Notification,
        changed: Timestamp,
        place: &mut Search,
        piece: &mut Piece,
    ) -> Result<(), SourceError> {
        let Some(repository) = repository(&bell.repository.full_name) else { return Ok(()) };
        let name = bell.subject.url.clone().unwrap_or_else(|| format!("{repository} {}", bell.subject.kind));
        if !place.list.meet(&name, changed) || !REASONS.contains(&bell.reason.as_str()) {
            return Ok(());
        }
        let since = place.list.began().saturating_sub(OVERLAP).unwrap_or(changed);
        match (bell.subject.kind.as_str(), bell.subject.url.as_deref().and_then(PostId::of_address)) {
            ("Issue" | "PullRequest", Some(id)) => {
                let thread = Thread {
                    repository: id.repository,
                    number: id.number,
                    private: bell.repository.private,
                    ..Thread::default()
                };
                let lines = bell.subject.kind == "PullRequest";
                place.wait.push(Waiting { thread, since, whole: true, lines });
            }
            // Of a discussion only the repository is told.
            ("Discussion", _) => {
                let found = self.discussions(&format!("repo:{repository}"), &written(&Since::starting(since))).await?;
                piece.items.extend(found.items);
                piece.remarks.extend(found.remarks);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether it calls a team (`@owner/team`) of the owner of the repository.
fn is_team_call(item: &Item) -> bool {
    let owner = item.native_id.split('/').next().unwrap_or_default();
    !owner.is_empty() && item.text.to_ascii_lowercase().contains(&format!("@{owner}/"))
}
