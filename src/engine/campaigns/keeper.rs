//! Which acts and responses belong to which campaign, in line with the store: read once, then changed only by what
//! changed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::flow::{Flow, Responded, Response};
use super::matching::{Matching, link_query, links, queries, tags};
use super::report::{Own, Report, as_of, begin};
use super::{Board, Scale, suggest};
use crate::domain::stream::Filter;
use crate::domain::time::SignedDuration;
use crate::domain::{
    Act, ActId, Campaign, CampaignId, MentionId, PersonId, Role, SafeText, SubjectId, Timestamp, Visibility,
};
use crate::engine::books::Books;
use crate::engine::books::stakes::Stake;
use crate::engine::trial::{Scope, search};
use crate::measure::giving::ledger::Cover;
use crate::store::{ResponseRow, Store, StoreResult};

/// How far back responses are searched for at least, so that an act that comes late seldom makes it begin again.
const BACK: SignedDuration = SignedDuration::from_hours(150 * 24);
/// Changes that are read at once.
const PIECE: u32 = 2_000;
/// Mentions, acts or people that are asked for at once.
const AT_ONCE: usize = 500;
/// Acts that are read from the store at once.
const PAGE: u32 = 2_000;
/// Longest words of an act or a mention that are shown in a line, in characters.
const LINE: usize = 200;

/// What is kept of an act.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    at: Timestamp,
    /// Of which campaigns it is.
    members: Vec<CampaignId>,
    /// Hashtags with their sign, and links.
    marks: Vec<String>,
    pub(super) account: SafeText,
    pub(super) text: SafeText,
}

/// A campaign and what belongs to it.
struct Tracked {
    campaign: Campaign,
    acts: BTreeSet<(Timestamp, ActId)>,
    responded: Responded,
    places: HashMap<MentionId, Timestamp>,
    /// Who had an exchange with us before `known_before`.
    known: HashMap<PersonId, bool>,
    known_before: Option<Timestamp>,
    /// From when on responses were searched for; what was said before the first act is none.
    searched: Option<Timestamp>,
    /// The sums as of a beginning and an end; `None` when something changed since.
    flow: Option<((Timestamp, Timestamp), Arc<Flow>)>,
}

impl Tracked {
    fn new(campaign: Campaign) -> Self {
        Self {
            campaign,
            acts: BTreeSet::new(),
            responded: Responded::new(),
            places: HashMap::new(),
            known: HashMap::new(),
            known_before: None,
            searched: None,
            flow: None,
        }
    }

    /// An act came that is older than everything that was searched.
    fn began_earlier(&self) -> bool {
        let begin = begin(&self.campaign, self.acts.first().map(|(at, _)| *at));
        self.searched.zip(begin).is_some_and(|(searched, begin)| begin < searched)
    }

    /// Whether the words of one of these are among what is shown.
    fn shows(&self, mentions: &[MentionId]) -> bool {
        let days = self.flow.iter().flat_map(|(_, flow)| &flow.days);
        days.flat_map(|day| &day.posts).any(|post| mentions.contains(&post.mention))
    }

    fn take_out(&mut self, mention: MentionId) -> Option<Response> {
        let at = self.places.remove(&mention)?;
        self.flow = None;
        self.responded.remove(&(at, mention))
    }

    fn put(&mut self, mention: MentionId, at: Timestamp, response: Response) {
        self.take_out(mention);
        self.flow = None;
        self.places.insert(mention, at);
        self.responded.insert((at, mention), response);
    }
}

/// Keeps campaigns in line with the store.
pub struct Keeper {
    scale: Scale,
    brand: Option<SubjectId>,
    place: i64,
    tracked: Vec<Tracked>,
    matching: Matching,
    acts: HashMap<ActId, Kept>,
    dismissed: Vec<String>,
}

impl Keeper {
    /// Reads everything.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: &dyn Store, scale: Scale, now: Timestamp) -> StoreResult<Self> {
        let mut keeper = Self::of_acts(store, scale, now).await?;
        keeper.read_responses(store, now).await?;
        Ok(keeper)
    }

    /// What the books need to know of the campaigns, for whoever looks once. Responses are not read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn stakes(store: &dyn Store, scale: Scale, now: Timestamp) -> StoreResult<Vec<Stake>> {
        if store.campaigns().await?.is_empty() {
            return Ok(Vec::new());
        }
        let keeper = Self::of_acts(store, scale, now).await?;
        let one = |tracked: &Tracked| super::stake(&tracked.campaign, tracked.acts.iter().map(|(_, act)| *act));
        Ok(keeper.tracked.iter().map(one).collect())
    }

    /// Reads the acts, and no responses yet.
    async fn of_acts(store: &dyn Store, scale: Scale, now: Timestamp) -> StoreResult<Self> {
        let place = store.campaign_place().await?;
        let campaigns = store.campaigns().await?;
        let subjects = store.adopted().await?.subjects;
        let brand = subjects.iter().find(|subject| subject.role == Role::Brand).map(|subject| subject.id);
        let names = store.source_names().await?.into_iter().collect();
        let mut keeper = Self {
            scale,
            brand,
            place,
            matching: Matching::new(&campaigns, names),
            tracked: campaigns.into_iter().map(Tracked::new).collect(),
            acts: HashMap::new(),
            dismissed: store.dismissed_suggestions().await?,
        };
        keeper.read_acts(store, now).await?;
        Ok(keeper)
    }

    /// Takes in what changed since it was last looked at. Tells whether anything did that campaigns are made of.
    ///
    /// # Errors
    /// When the store cannot be read; what was not taken in is taken in the next time.
    pub async fn look(&mut self, store: &dyn Store, now: Timestamp) -> StoreResult<bool> {
        let mut changed = false;
        loop {
            let news = store.campaign_news(self.place, PIECE).await?;
            if news.too_old || (news.campaigns && self.are_others(store).await?) {
                *self = Self::open(store, self.scale.clone(), now).await?;
                return Ok(true);
            }
            changed |= news.campaigns;
            changed |= self.take_acts(store, &news.acts, now).await?;
            if self.tracked.iter().any(Tracked::began_earlier) {
                *self = Self::open(store, self.scale.clone(), now).await?;
                return Ok(true);
            }
            changed |= self.take_mentions(store, &news.mentions).await?;
            for tracked in &mut self.tracked {
                let met = news.people.iter().filter(|person| tracked.known.remove(person).is_some()).count();
                if met > 0 {
                    (tracked.flow, changed) = (None, true);
                }
            }
            self.place = news.place;
            if !news.more {
                return Ok(changed);
            }
        }
    }

    /// Reads the definitions again. True when other acts or responses may belong to them; what was paid, and what is
    /// not wanted as a suggestion, is taken in.
    async fn are_others(&mut self, store: &dyn Store) -> StoreResult<bool> {
        let campaigns = store.campaigns().await?;
        self.dismissed = store.dismissed_suggestions().await?;
        let same = campaigns.len() == self.tracked.len()
            && campaigns
                .iter()
                .zip(&self.tracked)
                .all(|(one, tracked)| one.id == tracked.campaign.id && one.terms == tracked.campaign.terms);
        if same {
            self.tracked.iter_mut().zip(campaigns).for_each(|(tracked, campaign)| tracked.campaign = campaign);
        }
        Ok(!same)
    }

    async fn read_acts(&mut self, store: &dyn Store, now: Timestamp) -> StoreResult<()> {
        let mut before = None;
        loop {
            let page = store.acts(before, PAGE).await?;
            let (full, oldest) = (page.len() >= PAGE as usize, page.last().map(|act| act.published));
            for act in &page {
                self.put_act(act, now);
            }
            // Several may share the moment at which a page ends: it is asked for again, unless there is nothing else.
            let Some(oldest) = oldest.filter(|_| full) else { return Ok(()) };
            let next = oldest.saturating_add(SignedDuration::from_millis(1)).unwrap_or(oldest);
            let next = if before == Some(next) { oldest } else { next };
            if before == Some(next) {
                return Ok(());
            }
            before = Some(next);
        }
    }

    /// The campaigns that it is of.
    fn put_act(&mut self, act: &Act, now: Timestamp) -> Vec<CampaignId> {
        if act.visibility == Visibility::Private {
            return Vec::new();
        }
        let members = self.matching.of_act(act, self.tracked.iter().map(|tracked| &tracked.campaign));
        for tracked in self.tracked.iter_mut().filter(|tracked| members.contains(&tracked.campaign.id)) {
            tracked.acts.insert((act.published, act.id));
        }
        // Of what belongs to none only what may be suggested matters.
        if members.is_empty() && now.duration_since(act.published) > suggest::WITHIN {
            return members;
        }
        let text = act.text.as_str();
        let marks = tags(text).into_iter().map(|tag| format!("#{tag}")).chain(links(text)).collect();
        let shown = if members.is_empty() { SafeText::default() } else { SafeText::line(text, LINE) };
        let kept = Kept { at: act.published, members, marks, account: act.author.clone(), text: shown };
        let members = kept.members.clone();
        self.acts.insert(act.id, kept);
        members
    }

    fn take_act_out(&mut self, id: ActId) -> Option<Kept> {
        let kept = self.acts.remove(&id)?;
        for tracked in self.tracked.iter_mut().filter(|tracked| kept.members.contains(&tracked.campaign.id)) {
            tracked.acts.remove(&(kept.at, id));
        }
        Some(kept)
    }

    async fn take_acts(&mut self, store: &dyn Store, ids: &[ActId], now: Timestamp) -> StoreResult<bool> {
        if ids.is_empty() {
            return Ok(false);
        }
        let mut moved = Vec::new();
        for piece in ids.chunks(AT_ONCE) {
            let acts = store.whole_acts(piece).await?;
            let mut before: HashMap<ActId, Vec<CampaignId>> =
                piece.iter().filter_map(|id| Some((*id, self.take_act_out(*id)?.members))).collect();
            for act in &acts {
                let members = self.put_act(act, now);
                if before.remove(&act.id).unwrap_or_default() != members {
                    moved.push(act.id);
                }
            }
            moved.extend(before.into_iter().filter(|(_, members)| !members.is_empty()).map(|(id, _)| id));
        }
        self.follow_acts(store, &moved).await?;
        Ok(true)
    }

    /// These acts are of other campaigns than before: so are those who answered them.
    async fn follow_acts(&mut self, store: &dyn Store, moved: &[ActId]) -> StoreResult<()> {
        if moved.is_empty() {
            return Ok(());
        }
        let left: HashSet<ActId> = moved.iter().copied().collect();
        for tracked in &mut self.tracked {
            let of = |response: &Response| response.answers.is_some_and(|act| left.contains(&act));
            let ids: Vec<MentionId> =
                tracked.responded.iter().filter(|(_, one)| of(one) && !one.by_words).map(|(key, _)| key.1).collect();
            for id in ids {
                tracked.take_out(id);
            }
        }
        for piece in moved.chunks(AT_ONCE) {
            for row in store.responses_to(piece).await? {
                let by_words = self.by_words(row.mention);
                self.put_response(&row, &by_words);
            }
        }
        Ok(())
    }

    /// The campaigns whose words a mention is known to have.
    fn by_words(&self, mention: MentionId) -> Vec<CampaignId> {
        let has = |tracked: &&Tracked| {
            let at = tracked.places.get(&mention);
            at.and_then(|at| tracked.responded.get(&(*at, mention))).is_some_and(|response| response.by_words)
        };
        self.tracked.iter().filter(has).map(|tracked| tracked.campaign.id).collect()
    }

    async fn read_responses(&mut self, store: &dyn Store, now: Timestamp) -> StoreResult<()> {
        let mut found: HashMap<MentionId, Vec<CampaignId>> = HashMap::new();
        for tracked in &mut self.tracked {
            let terms = &tracked.campaign.terms;
            let lately = now.saturating_sub(BACK).unwrap_or(now);
            let first = tracked.acts.first().map_or(lately, |(at, _)| lately.min(*at));
            let since = terms.since.or_else(|| begin(&tracked.campaign, Some(first)));
            tracked.searched = since;
            for query in queries(terms) {
                let filter = Filter { since, until: terms.until, ..Filter::default() };
                let scope = Scope { filter, most_found: None, most_scanned: None, now };
                let stop = tokio_util::sync::CancellationToken::new();
                let mut ids = Vec::new();
                search(store, &query, &scope, &stop, |piece| {
                    ids.extend(piece.found.into_iter().map(|finding| finding.mention.row.id));
                    true
                })
                .await?;
                for id in ids {
                    let of = found.entry(id).or_default();
                    if !of.contains(&tracked.campaign.id) {
                        of.push(tracked.campaign.id);
                    }
                }
            }
        }
        let mut ids: Vec<MentionId> = found.keys().copied().collect();
        ids.sort_unstable();
        for piece in ids.chunks(AT_ONCE) {
            for row in store.response_rows(piece).await? {
                self.put_response(&row, found.get(&row.mention).map_or(&[], Vec::as_slice));
            }
        }
        let mut members: Vec<ActId> =
            self.acts.iter().filter(|(_, kept)| !kept.members.is_empty()).map(|(id, _)| *id).collect();
        members.sort_unstable();
        for piece in members.chunks(AT_ONCE) {
            for row in store.responses_to(piece).await? {
                self.put_response(&row, found.get(&row.mention).map_or(&[], Vec::as_slice));
            }
        }
        Ok(())
    }

    async fn take_mentions(&mut self, store: &dyn Store, ids: &[MentionId]) -> StoreResult<bool> {
        let mut changed = false;
        if self.tracked.is_empty() {
            return Ok(false);
        }
        for piece in ids.chunks(AT_ONCE) {
            let rows = store.response_rows(piece).await?;
            let there: HashSet<MentionId> = rows.iter().map(|row| row.mention).collect();
            for gone in piece.iter().filter(|id| !there.contains(id)) {
                for tracked in &mut self.tracked {
                    changed |= tracked.take_out(*gone).is_some();
                }
            }
            let mut words: HashMap<MentionId, Vec<CampaignId>> = HashMap::new();
            let public: Vec<MentionId> =
                rows.iter().filter(|row| row.visibility != Visibility::Private).map(|row| row.mention).collect();
            if !self.matching.is_empty() && !public.is_empty() {
                let whole = store.mentions_numbered(&public).await?;
                words.extend(whole.iter().map(|mention| (mention.row.id, self.matching.of_mention(mention))));
            }
            for row in &rows {
                changed |= self.put_response(row, words.get(&row.mention).map_or(&[], Vec::as_slice));
            }
            // What is shown of it may have other words now.
            for tracked in self.tracked.iter_mut().filter(|tracked| tracked.shows(piece)) {
                (tracked.flow, changed) = (None, true);
            }
        }
        Ok(changed)
    }

    /// Brings a mention to the campaigns that it responds to, and takes it from the others. Tells whether that changed
    /// anything.
    fn put_response(&mut self, row: &ResponseRow, words: &[CampaignId]) -> bool {
        let answered = row.answers.and_then(|act| self.acts.get(&act)).map_or(&[][..], |kept| kept.members.as_slice());
        let reading = self.brand.and_then(|brand| row.readings.iter().find(|reading| reading.subject == brand));
        let reading = reading.filter(|reading| reading.about);
        let has = |intent| reading.is_some_and(|reading| reading.intents.has(intent));
        let complains = has(crate::domain::Intent::Complaint);
        let mut changed = false;
        for tracked in &mut self.tracked {
            let (id, terms) = (tracked.campaign.id, &tracked.campaign.terms);
            let by_words = words.contains(&id) && terms.spans(row.published);
            if row.visibility == Visibility::Private || !(by_words || answered.contains(&id)) {
                changed |= tracked.take_out(row.mention).is_some();
                continue;
            }
            let response = Response {
                person: row.person,
                praise: has(crate::domain::Intent::Praise) && !complains,
                // Who came back happy is no complaint any more, and no praise.
                complaint: complains && !row.recovered,
                open: row.open,
                history: row.history,
                by_words,
                answers: row.answers,
            };
            let at = tracked.places.get(&row.mention);
            let known = at.and_then(|at| tracked.responded.get(&(*at, row.mention)));
            if known != Some(&response) || at != Some(&row.published) {
                tracked.put(row.mention, row.published, response);
                changed = true;
            }
        }
        changed
    }

    /// The sums of a campaign's responses, asked for anew where something changed.
    async fn flow(&mut self, store: &dyn Store, index: usize, now: Timestamp) -> StoreResult<Arc<Flow>> {
        let Self { tracked, scale, .. } = self;
        let Some(tracked) = tracked.get_mut(index) else { return Ok(Arc::default()) };
        let first = tracked.acts.first().map(|(at, _)| *at);
        let Some(begin) = begin(&tracked.campaign, first) else { return Ok(Arc::default()) };
        let end = as_of(&tracked.campaign, now);
        // Nothing is published after now: only a beginning or an end that moves makes other sums.
        let end = if tracked.campaign.terms.until.is_some_and(|until| until <= now) { end } else { Timestamp::MAX };
        if let Some((span, flow)) = &tracked.flow
            && *span == (begin, end)
            && tracked.known_before == Some(begin)
        {
            return Ok(Arc::clone(flow));
        }
        if tracked.known_before != Some(begin) {
            tracked.known.clear();
            tracked.known_before = Some(begin);
        }
        let strangers: BTreeSet<PersonId> = tracked
            .responded
            .values()
            .filter_map(|response| response.person)
            .filter(|person| !tracked.known.contains_key(person))
            .collect();
        let strangers: Vec<PersonId> = strangers.into_iter().collect();
        for piece in strangers.chunks(AT_ONCE) {
            let known: HashSet<PersonId> = store.known_before(piece, begin).await?.into_iter().collect();
            tracked.known.extend(piece.iter().map(|person| (*person, known.contains(person))));
        }
        let mut flow = Flow::of(&tracked.responded, &tracked.known, (begin, end), &scale.zone, &scale.table);
        name(store, &mut flow).await?;
        let flow = Arc::new(flow);
        tracked.flow = Some(((begin, end), Arc::clone(&flow)));
        Ok(flow)
    }

    /// Everything about campaigns now, with books that are in line with the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn board(&mut self, store: &dyn Store, books: &Books, now: Timestamp) -> StoreResult<Board> {
        let mut reports = Vec::with_capacity(self.tracked.len());
        for index in 0..self.tracked.len() {
            let flow = self.flow(store, index, now).await?;
            let Some(tracked) = self.tracked.get(index) else { continue };
            let own = |(at, act): &(Timestamp, ActId)| Some(Own { at: *at, act: *act, kept: self.acts.get(act)? });
            let acts: Vec<Own<'_>> = tracked.acts.iter().filter_map(own).collect();
            reports.push(Arc::new(Report::of(&tracked.campaign, &acts, &flow, books, &self.scale, now)));
        }
        reports.sort_by_key(|report| (!report.running, std::cmp::Reverse(report.begin), report.campaign.id));
        let sums = books.ledger.sums(now);
        let Scale { size, table, .. } = self.scale;
        Ok(Board {
            now,
            reports,
            suggestions: self.suggestions(now),
            balance: books.ledger.balance(now),
            sums,
            next: Cover::of(sums.given, sums.asked, table.hard_ask, size),
            size,
            table,
        })
    }

    fn suggestions(&self, now: Timestamp) -> Vec<suggest::Suggestion> {
        let terms = || self.tracked.iter().map(|tracked| &tracked.campaign.terms);
        let taken = |mark: &str| match mark.strip_prefix('#') {
            Some(tag) => terms().any(|terms| terms.tags.iter().any(|one| one.to_lowercase() == tag)),
            None => link_query(mark).is_some_and(|query| terms().any(|terms| terms.words.contains(&query))),
        };
        let acts = self.acts.values().filter(|kept| kept.at <= now).map(|kept| (kept.at, kept.marks.as_slice()));
        let mut found = suggest::suggestions(acts, &self.dismissed, now);
        found.retain(|one| !taken(&one.key));
        found
    }
}

/// Gives people their names, and posts their words.
async fn name(store: &dyn Store, flow: &mut Flow) -> StoreResult<()> {
    let people: Vec<PersonId> = flow.people.iter().map(|one| one.person).collect();
    if !people.is_empty() {
        let names: HashMap<PersonId, SafeText> = store.names_of(&people).await?.into_iter().collect();
        for one in &mut flow.people {
            one.name = names.get(&one.person).cloned().unwrap_or_default();
        }
    }
    let posts: Vec<MentionId> = flow.days.iter().flat_map(|day| &day.posts).map(|post| post.mention).collect();
    for piece in posts.chunks(AT_ONCE) {
        let whole = store.mentions_numbered(piece).await?;
        for post in flow.days.iter_mut().flat_map(|day| &mut day.posts) {
            if let Some(mention) = whole.iter().find(|mention| mention.row.id == post.mention) {
                post.author = mention.row.author.clone();
                post.text = SafeText::line(mention.full_text().as_str(), LINE);
            }
        }
    }
    Ok(())
}
