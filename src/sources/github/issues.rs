//! Issues, pull requests and their comments: found by a search, and all of a repository.

use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};
use crate::sources::again::Again;
use crate::sources::http::Validators;
use crate::sources::lenient::{Readable, moment, read, written};
use crate::sources::parts::Piece;
use crate::sources::since::{Next, Since};
use crate::sources::{SourceError, SourceErrorKind};

use super::hub::Hub;
use super::ids::{Part, PostId, repository_of_address};
use super::item::{Thread, changed, of_comment, of_issue};
use super::places::{Search, Waiting};
use super::shapes::{Comment, Found, Issue, User};

/// Entries on a page.
const PAGE: usize = 100;
/// Pages of one list that one poll reads.
const PAGES: u32 = 3;
/// Threads that one poll opens for a part: with a token, and without one.
const THREADS: (usize, usize) = (10, 3);
/// Pages of comments of one thread.
const COMMENT_PAGES: u32 = 5;
/// Longest query that a search takes, in characters.
const LONGEST_QUERY: usize = 256;
/// The search learns of changes late.
const SEARCH_OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Lists of a repository do not; the second itself may not be over.
const LIST_OVERLAP: SignedDuration = SignedDuration::from_secs(1);

/// What one poll works with.
pub(super) struct Asking<'a> {
    pub(super) hub: &'a Hub,
    pub(super) me: Option<&'a User>,
    pub(super) now: Timestamp,
}

/// Which list of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Issues,
    Comments,
    Reviews,
}

impl List {
    fn path(self) -> &'static str {
        match self {
            Self::Issues => "issues",
            Self::Comments => "issues/comments",
            Self::Reviews => "pulls/comments",
        }
    }
}

/// The query of a search: a name as it is written, from a moment on.
fn query(term: &str, kind: &str, since: &str) -> Option<String> {
    let words = term.replace(['"', '\\'], " ");
    let words = words.trim();
    let query = format!("\"{words}\" in:title,body,comments {kind} is:public updated:>={since}");
    (!words.is_empty() && query.chars().count() <= LONGEST_QUERY).then_some(query)
}

impl Asking<'_> {
    /// What a search finds; `kind` is `is:issue` or `is:pull-request`, one of which the server demands. A search
    /// answers with threads, whatever of them matched: what is new in them is read from them.
    pub(super) async fn search(&self, term: &str, kind: &str, place: &str) -> Result<Piece, SourceError> {
        let mut place: Search = read(place);
        let mut piece = Piece::default();
        place.list.begin(self.now);
        if place.wait.is_empty() {
            let Some(query) = query(term, kind, &place.list.since()) else {
                piece.remarks.push(format!("“{term}” is too long to search for at GitHub"));
                return Ok(piece);
            };
            piece.more = self.found(&query, &mut place, &mut piece).await?;
        }
        self.open(&mut place.wait, &mut piece).await?;
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    async fn found(&self, query: &str, place: &mut Search, piece: &mut Piece) -> Result<bool, SourceError> {
        let number = place.list.page_number().to_string();
        let asked =
            [("q", query), ("sort", "updated"), ("order", "asc"), ("per_page", "100"), ("page", number.as_str())];
        let found: Found = self.hub.get("search/issues", &asked, false, self.now).await?;
        piece.remarks.extend(found.items.remark("issues"));
        let all = found.items.list.len() + found.items.skipped;
        let mut changes = Vec::new();
        for issue in &found.items.list {
            let Some(repository) = repository_of_address(&issue.repository_url) else { continue };
            let thread = Thread::of(issue, &repository, false);
            let (made, changed) = (moment(issue.created_at.as_deref()), moment(issue.updated_at.as_deref()));
            let Some(changed) = changed.or(made) else { continue };
            changes.push(changed);
            // A thread stands where it changed last; what was said in it before that may be new too.
            let since = place.list.began();
            if !place.list.meet(&PostId::issue(&repository, issue.number).to_string(), changed) {
                continue;
            }
            if place.list.is_recent(made) {
                piece.items.extend(of_issue(issue, &thread, self.me));
            }
            if issue.comments > 0 {
                let lines = issue.pull_request.is_some();
                place.wait.push(Waiting { thread, since, whole: false, lines });
            }
        }
        if found.incomplete_results && place.list.stays() {
            piece.remarks.push("the search was cut short by the server; it is asked again".to_owned());
            return Ok(false);
        }
        let next = place.list.page(&changes, all >= PAGE, SEARCH_OVERLAP);
        if next == Next::Skipped {
            piece.remarks.push("more changed in one second than the search shows; some of it was left".to_owned());
        }
        Ok(next != Next::Done)
    }

    /// Reads what is new in threads. Those that cannot be seen any more are left out.
    pub(super) async fn open(&self, wait: &mut Vec<Waiting>, piece: &mut Piece) -> Result<(), SourceError> {
        let most = if self.hub.has_token() { THREADS.0 } else { THREADS.1 };
        for opened in 0..most {
            let Some(first) = wait.first().cloned() else { break };
            match self.news(first, piece).await {
                Err(error) if opened > 0 && !passing(&error) => {
                    // What was read is kept; the rest waits for the next poll.
                    piece.remarks.push(error.to_string());
                    break;
                }
                Err(error) if !passing(&error) => return Err(error),
                _ => {
                    wait.remove(0);
                }
            }
        }
        Ok(())
    }

    async fn news(&self, waiting: Waiting, piece: &mut Piece) -> Result<(), SourceError> {
        let Waiting { mut thread, since, whole, lines } = waiting;
        let path = format!("repos/{}/issues/{}", thread.repository, thread.number);
        if whole {
            let issue: Issue = self.hub.get(&path, &[], false, self.now).await?;
            thread = Thread::of(&issue, &thread.repository, thread.private);
            if moment(issue.created_at.as_deref()).is_none_or(|made| made >= since) {
                piece.items.extend(of_issue(&issue, &thread, self.me));
            }
        }
        self.comments(&format!("{path}/comments"), false, &thread, since, piece).await?;
        if lines {
            let path = format!("repos/{}/pulls/{}/comments", thread.repository, thread.number);
            match self.comments(&path, true, &thread, since, piece).await {
                // An issue has no lines.
                Err(error) if error.kind == SourceErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }

    async fn comments(
        &self,
        path: &str,
        on_line: bool,
        thread: &Thread,
        since: Timestamp,
        piece: &mut Piece,
    ) -> Result<(), SourceError> {
        let from = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        for page in 1..=COMMENT_PAGES {
            let number = page.to_string();
            let asked = [("since", from.as_str()), ("per_page", "100"), ("page", number.as_str())];
            let read: Readable<Comment> = self.hub.get(path, &asked, false, self.now).await?;
            let all = read.list.len() + read.skipped;
            let new = read.list.iter().filter(|comment| changed(comment).is_none_or(|changed| changed >= since));
            piece.items.extend(new.filter_map(|comment| of_comment(comment, on_line, thread, self.me)));
            if all < PAGE {
                return Ok(());
            }
        }
        piece.remarks.push(format!("{}#{} has more new comments than are read", thread.repository, thread.number));
        Ok(())
    }

    /// What changed in a list of a repository.
    pub(super) async fn list(&self, repository: &str, list: List, place: &str) -> Result<Piece, SourceError> {
        let mut place: Since = read(place);
        let mut piece = Piece::default();
        place.begin(self.now);
        let about = self.hub.repository(repository, false, self.now).await?;
        for _ in 0..PAGES {
            let (since, number) = (place.since(), place.page_number().to_string());
            let mut asked =
                vec![("sort", "updated"), ("direction", "asc"), ("per_page", "100"), ("since", since.as_str())];
            asked.push(("page", number.as_str()));
            if list == List::Issues {
                asked.push(("state", "all"));
            }
            let path = format!("repos/{repository}/{}", list.path());
            let changes = match list {
                List::Issues => {
                    let read: Option<Readable<Issue>> = self.changed(&path, &asked, &mut place, &mut piece).await?;
                    read.map(|read| {
                        let changes = self.issues(&read.list, repository, about.private, &mut place, &mut piece);
                        (changes, read.list.len() + read.skipped)
                    })
                }
                List::Comments | List::Reviews => {
                    let read: Option<Readable<Comment>> = self.changed(&path, &asked, &mut place, &mut piece).await?;
                    let about = Thread { locked: about.archived, private: about.private, ..Thread::default() };
                    read.map(|read| {
                        let changes = self.said(&read.list, list == List::Reviews, &about, &mut place, &mut piece);
                        (changes, read.list.len() + read.skipped)
                    })
                }
            };
            let Some((changes, all)) = changes else {
                place.page(&[], false, LIST_OVERLAP);
                break;
            };
            let next = place.page(&changes, all >= PAGE, LIST_OVERLAP);
            if place.since() != since || place.page_number().to_string() != number {
                place.keep(Validators::default(), false);
            }
            piece.more = next != Next::Done;
            if !piece.more {
                break;
            }
        }
        piece.place = written(&place);
        Ok(piece)
    }

    /// A page of a list. `None` when nothing changed since it was read last.
    async fn changed<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        place: &mut Since,
        piece: &mut Piece,
    ) -> Result<Option<Readable<T>>, SourceError> {
        let answer = self.hub.get_unless(path, query, place.validators(), false, self.now).await?;
        piece.remarks.extend(answer.remark);
        place.keep(answer.validators, answer.body.is_none());
        let read: Option<Readable<T>> = answer.body;
        piece.remarks.extend(read.as_ref().and_then(|read| read.remark("posts")));
        Ok(read)
    }

    fn issues(
        &self,
        issues: &[Issue],
        repository: &str,
        private: bool,
        place: &mut Since,
        piece: &mut Piece,
    ) -> Vec<Timestamp> {
        let mut changes = Vec::new();
        for issue in issues {
            let made = moment(issue.created_at.as_deref());
            let Some(changed) = moment(issue.updated_at.as_deref()).or(made) else { continue };
            changes.push(changed);
            let thread = Thread::of(issue, repository, private);
            let new = place.meet(&issue.number.to_string(), changed) && place.is_recent(made);
            piece.items.extend(new.then(|| of_issue(issue, &thread, self.me)).flatten());
        }
        changes
    }

    fn said(
        &self,
        comments: &[Comment],
        on_line: bool,
        about: &Thread,
        place: &mut Since,
        piece: &mut Piece,
    ) -> Vec<Timestamp> {
        let mut changes = Vec::new();
        for comment in comments {
            let address = if on_line { &comment.pull_request_url } else { &comment.issue_url };
            let Some(changed) = changed(comment) else { continue };
            changes.push(changed);
            let Some(id) = address.as_deref().and_then(PostId::of_address) else { continue };
            let thread = Thread { repository: id.repository, number: id.number, ..about.clone() };
            let new = place.meet(&comment.id.to_string(), changed);
            piece.items.extend(new.then(|| of_comment(comment, on_line, &thread, self.me)).flatten());
        }
        changes
    }
}

/// Posts that are looked at again at once. Each is a request.
const AGAIN: usize = 10;

impl Asking<'_> {
    /// Whether issues and comments that were heard are still there; without a token too little is granted for that.
    /// Word of those that are not.
    pub(super) async fn again(&self, again: &mut Again) -> Vec<Item> {
        let mut gone = Vec::new();
        if !self.hub.has_token() {
            return gone;
        }
        for native_id in again.due(AGAIN, self.now) {
            let Some(id) = PostId::read(&native_id).filter(|id| !id.discussion) else { continue };
            let path = match id.part {
                Part::Comment(comment) => format!("repos/{}/issues/comments/{comment}", id.repository),
                Part::Review(comment) => format!("repos/{}/pulls/comments/{comment}", id.repository),
                _ => format!("repos/{}/issues/{}", id.repository, id.number),
            };
            match self.hub.get::<serde_json::Value>(&path, &[], false, self.now).await {
                Ok(_) => {}
                Err(error) if matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::Gone) => {
                    gone.push(again.gone(&native_id));
                }
                // It can wait: there is a next time.
                Err(_) => break,
            }
        }
        gone
    }
}

/// Whether a failure is about this thread alone: it was deleted, moved, or may not be seen.
fn passing(error: &SourceError) -> bool {
    matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::Gone | SourceErrorKind::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_a_phrase_that_cannot_be_left() {
        let made = query("a\" OR is:private \"b", "is:issue", "2026-11-22T00:00:00Z").unwrap();
        assert!(made.starts_with("\"a  OR is:private  b\" in:title,body,comments is:issue is:public "), "{made}");
        assert_eq!(made.matches('"').count(), 2);
        assert_eq!(query(&"x".repeat(250), "is:issue", "2026"), None);
        assert_eq!(query(" \"\" ", "is:issue", "2026"), None);
    }
}
