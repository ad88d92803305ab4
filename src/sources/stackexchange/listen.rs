//! Listening to sites, part by part.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Item, Timestamp};
use crate::sources::again::Again;
use crate::sources::lenient::{read, second, written};
use crate::sources::parts::{Piece, Round};
use crate::sources::since::{Next, Since};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind, SourceSettings};

use super::asking::Stack;
use super::item::{Above, Around};
use super::shapes::{Answer, Comment, Excerpt, Post, Question, Wrapper};
use super::sites::{PostId, PostKind, Site};

/// Entries on a page.
const PAGE: usize = 100;
/// The search learns of posts late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(30);
/// Where is kept what is looked at again.
const AGAIN: &str = "again";
/// Posts that are looked at again at once: one request for each kind of them and each site.
const LOOKED_AT: usize = 100;
/// Where what is known of the limits is kept.
const LIMITS: &str = "limits";

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Search(Site, String),
    /// Questions and answers of our own.
    Posts(Site, u64),
    /// Comments of our own.
    Comments(Site, u64),
    /// Comments that name us.
    Mentions(Site, u64),
}

impl Part {
    fn name(&self) -> String {
        match self {
            Self::Search(site, term) => format!("{} with {term}", site.name),
            Self::Posts(site, _) => format!("own posts on {}", site.name),
            Self::Comments(site, _) => format!("own comments on {}", site.name),
            Self::Mentions(site, _) => format!("to us on {}", site.name),
        }
    }
}

/// Listens to sites.
pub(super) struct Listener {
    stack: Arc<Stack>,
    search: Vec<String>,
    /// Polls so far. Parts take turns in going first, so that a pause starves none of them for good.
    turn: usize,
}

/// What one list is asked for.
struct List<'a> {
    method: &'static str,
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    site: &'a str,
}

impl Listener {
    pub(super) fn new(stack: Arc<Stack>, settings: &SourceSettings) -> Self {
        let search = settings.search.iter().map(|term| term.replace('"', " ").trim().to_owned());
        Self { stack, search: search.filter(|term| !term.is_empty()).collect(), turn: 0 }
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for site in &self.stack.sites.0 {
            if let Some(me) = site.account {
                parts.extend([
                    Part::Mentions(site.clone(), me),
                    Part::Posts(site.clone(), me),
                    Part::Comments(site.clone(), me),
                ]);
            }
            parts.extend(self.search.iter().map(|term| Part::Search(site.clone(), term.clone())));
        }
        parts
    }

    async fn ask(&self, part: &Part, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
        let mut place: Since = read(place);
        let mut piece = Piece::default();
        place.begin(now);
        match part {
            Part::Search(site, term) => self.search(site, term, &mut place, &mut piece, now).await?,
            Part::Posts(site, me) => self.posts(site, *me, &mut place, &mut piece, now).await?,
            Part::Comments(site, me) => {
                let (method, path) = ("users/comments", format!("users/{me}/comments"));
                self.comments(site, (method, &path), &mut place, &mut piece, now).await?;
            }
            Part::Mentions(site, me) => {
                let (method, path) = ("users/mentioned", format!("users/{me}/mentioned"));
                self.comments(site, (method, &path), &mut place, &mut piece, now).await?;
                for item in &mut piece.items {
                    item.addressed = !item.own;
                }
            }
        }
        piece.place = written(&place);
        Ok(piece)
    }

    /// A page of a list, oldest first, from where it was left.
    async fn page<T: serde::de::DeserializeOwned>(
        &self,
        list: &List<'_>,
        place: &Since,
        now: Timestamp,
    ) -> Result<Wrapper<T>, SourceError> {
        let from = place.at.unwrap_or_default().as_second().to_string();
        let number = place.page_number().to_string();
        let mut query = vec![("sort", "creation"), ("order", "asc"), ("pagesize", "100"), ("fromdate", from.as_str())];
        query.push(("page", number.as_str()));
        query.extend_from_slice(list.query);
        self.stack.get(list.method, list.path, list.site, &query, false, now).await
    }

    async fn search(
        &self,
        site: &Site,
        term: &str,
        place: &mut Since,
        piece: &mut Piece,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let words = format!("\"{term}\"");
        let query = [("q", words.as_str())];
        let list = List { method: "search/excerpts", path: "search/excerpts", query: &query, site: &site.name };
        let found: Wrapper<Excerpt> = self.page(&list, place, now).await?;
        piece.remarks.extend(found.items.remark("hits"));
        let (mut questions, mut answers, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for hit in &found.items.list {
            let Some(at) = second(hit.creation_date) else { continue };
            made.push(at);
            let (kind, number) = match hit.answer_id.filter(|_| hit.item_type != "question") {
                Some(answer) => (PostKind::Answer, answer),
                None => (PostKind::Question, hit.question_id.unwrap_or_default()),
            };
            if number > 0 && place.meet(&PostId::of(&site.name, kind, number).to_string(), at) {
                if kind == PostKind::Answer { answers.push(number) } else { questions.push(number) }
            }
        }
        piece.items = self.whole(site, &questions, &answers, now).await?;
        finish(place, &made, found.has_more || found.items.list.len() >= PAGE, piece);
        Ok(())
    }

    /// Whole questions and answers.
    async fn whole(
        &self,
        site: &Site,
        questions: &[u64],
        answers: &[u64],
        now: Timestamp,
    ) -> Result<Vec<Item>, SourceError> {
        let around = Around { site: &site.name, me: site.account };
        let asked: Vec<Question> = self.stack.by_ids("questions", questions, "", &site.name, false, now).await?;
        let answered: Vec<Answer> = self.stack.by_ids("answers", answers, "", &site.name, false, now).await?;
        let asked = asked.iter().filter_map(|question| around.question(question));
        Ok(asked.chain(answered.iter().filter_map(|answer| around.answer(answer))).collect())
    }

    async fn posts(
        &self,
        site: &Site,
        me: u64,
        place: &mut Since,
        piece: &mut Piece,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let path = format!("users/{me}/posts");
        let list = List { method: "users/posts", path: &path, query: &[], site: &site.name };
        let found: Wrapper<Post> = self.page(&list, place, now).await?;
        let (mut questions, mut answers, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for post in &found.items.list {
            let Some(at) = second(post.creation_date) else { continue };
            made.push(at);
            if place.meet(&post.post_id.to_string(), at) {
                if post.post_type == "answer" { answers.push(post.post_id) } else { questions.push(post.post_id) }
            }
        }
        piece.items = self.whole(site, &questions, &answers, now).await?;
        finish(place, &made, found.has_more, piece);
        Ok(())
    }

    async fn comments(
        &self,
        site: &Site,
        (method, path): (&'static str, &str),
        place: &mut Since,
        piece: &mut Piece,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let list = List { method, path, query: &[("filter", "withbody")], site: &site.name };
        let found: Wrapper<Comment> = self.page(&list, place, now).await?;
        piece.remarks.extend(found.items.remark("comments"));
        let (mut new, mut made) = (Vec::new(), Vec::new());
        for comment in &found.items.list {
            let Some(at) = second(comment.creation_date) else { continue };
            made.push(at);
            if place.meet(&comment.comment_id.to_string(), at) {
                new.push(comment);
            }
        }
        let posts: Vec<u64> = new.iter().map(|comment| comment.post_id).collect();
        let above = self.stack.above(&site.name, &posts, false, now).await?;
        let around = Around { site: &site.name, me: site.account };
        piece.items =
            new.into_iter().filter_map(|comment| around.comment(comment, above.get(&comment.post_id)?)).collect();
        finish(place, &made, found.has_more, piece);
        Ok(())
    }
}

/// Moves the place on, and notes what follows.
fn finish(place: &mut Since, made: &[Timestamp], full: bool, piece: &mut Piece) {
    let next = place.page(made, full && !made.is_empty(), OVERLAP);
    piece.more = next != Next::Done;
    if next == Next::Skipped {
        piece.remarks.push("more was written in one second than the network shows; some of it was left".to_owned());
    }
}

impl Listener {
    /// Whether questions and answers that were heard are still there, and how they read now.
    async fn again(&self, again: &mut Again, now: Timestamp) -> Vec<Item> {
        let mut items = Vec::new();
        if !self.stack.has_key() {
            return items;
        }
        let due: Vec<PostId> = again.due(LOOKED_AT, now).iter().filter_map(|id| PostId::read(id)).collect();
        for site in &self.stack.sites.0 {
            let of = |kind| -> Vec<u64> {
                due.iter().filter(|id| id.site == site.name && id.kind == kind).map(|id| id.number).collect()
            };
            // It can wait: there is a next time.
            let Ok(found) = self.whole(site, &of(PostKind::Question), &of(PostKind::Answer), now).await else { break };
            let asked = due.iter().filter(|id| id.site == site.name && id.kind != PostKind::Comment);
            let missing = asked.map(PostId::to_string).filter(|id| !found.iter().any(|item| item.native_id == *id));
            items.extend(missing.map(|id| again.gone(&id)).collect::<Vec<_>>());
            items.extend(found);
        }
        items
    }
}

impl Stack {
    /// What posts are, and which question they belong to. A comment does not say what it stands on.
    pub(super) async fn above(
        &self,
        site: &str,
        posts: &[u64],
        urgent: bool,
        now: Timestamp,
    ) -> Result<BTreeMap<u64, Above>, SourceError> {
        let mut ids = posts.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let posts: Vec<Post> = self.by_ids("posts", &ids, "", site, urgent, now).await?;
        let (answers, questions): (Vec<&Post>, Vec<&Post>) = posts.iter().partition(|post| post.post_type == "answer");
        let answers: Vec<u64> = answers.iter().map(|post| post.post_id).collect();
        let answers: Vec<Answer> = self.by_ids("answers", &answers, "", site, urgent, now).await?;
        let of_question = |number| PostId::of(site, PostKind::Question, number);
        let mut above: BTreeMap<u64, Above> = questions
            .iter()
            .map(|post| {
                (post.post_id, Above { post: of_question(post.post_id), root: Some(of_question(post.post_id)) })
            })
            .collect();
        above.extend(answers.iter().map(|answer| {
            let post = PostId::of(site, PostKind::Answer, answer.answer_id);
            (answer.answer_id, Above { post, root: Some(of_question(answer.question_id)) })
        }));
        Ok(above)
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
        let mut round = Round::begin(cursor);
        round.places().keep(|part| part == LIMITS || part == AGAIN || names.iter().any(|name| name == part));
        self.stack.limits.recall(read(round.places().of(LIMITS)));
        let before = self.stack.requests();
        let mut again: Again = read(round.places().of(AGAIN));
        let mut pause: Option<SourceError> = None;
        let mut answered = 0;
        for part in &parts {
            let name = part.name();
            let place = round.places().of(&name).to_owned();
            let piece = self.ask(part, &place, now).await;
            // A pause is of one method: parts that use others go on, and it is told only when nothing else is.
            match piece {
                Err(error) if error.kind == SourceErrorKind::TooMany && !error.whole_host => pause = Some(error),
                piece => {
                    answered += 1;
                    if let Ok(piece) = &piece {
                        again.note(&piece.items, &self.search, now);
                    }
                    if round.add(&name, piece).is_break() {
                        break;
                    }
                }
            }
        }
        if let (Some(pause), 0) = (&pause, answered) {
            return Err(pause.clone());
        }
        let looked = self.again(&mut again, now).await;
        round.places().set(AGAIN, written(&again));
        round.places().set(LIMITS, written(&self.stack.limits.kept(now)));
        let mut batch = round.finish()?;
        batch.items.extend(looked);
        batch.remarks.extend(pause.map(|pause| pause.to_string()));
        batch.meters = self.stack.limits.meters(now);
        let requests = self.stack.requests().wrapping_sub(before);
        batch.rest = batch.rest.max(self.stack.limits.rest(requests, now));
        Ok(batch)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: false, publishes: false, looks_up: true, tells_deletions: self.stack.has_key() }
    }

    fn host(&self) -> &str {
        self.stack.host()
    }
}
