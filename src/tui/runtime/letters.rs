//! Carries out what composer and outbox ask of the store.
//!
//! What changes something runs in the keeper's one line, in the order in which it was asked for: a draft is saved
//! before it is sent, and a sheet that is saved again before the first answer came still has one draft.

mod line;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Newsroom;
use crate::domain::case::CaseChange;
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Saved, Submission};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, MentionId, Network, SafeText, SourceId, Timestamp, Visibility};
use crate::engine::answering::AnsweringSettings;
use crate::store::cases::ByHand;
use crate::store::outbox::Submit;
use crate::store::{Store, StoreResult};
use crate::tui::app::composer::errand::{Errand, Opened, Submit as Wish, Told, Tray, Wanted};
use crate::tui::app::composer::gate::NO_VOICE;

pub(super) use line::line;

/// Turns of a thread that are shown.
pub(super) const TURNS: u32 = 100;
/// Turns with a person, in any thread, that are shown.
const LAST_TURNS: u32 = 6;
/// Most of the outbox that is listed, and of what was sent.
const LISTED: u32 = 200;
const SENT: u32 = 30;
/// How far back the same words to others are looked for.
const LATELY: SignedDuration = SignedDuration::from_hours(24);
/// Our last replies that a new one is compared with, and the acts among which they are looked for.
const REPLIES: usize = 20;
const ACTS: u32 = 100;
/// Sheets whose drafts are remembered; one is written on at a time.
const SHEETS: usize = 64;

/// Everything that writing needs. What is in the outbox can be written on while it is a draft only.
pub(crate) async fn open(
    store: &dyn Store,
    wanted: Wanted,
    voice: Option<&str>,
    now: Timestamp,
) -> StoreResult<Opened> {
    let draft = match wanted {
        Wanted::Outgoing(id) => store.outgoing(id).await?,
        // What another voice has begun is theirs: it is told, and opened when a person says so.
        Wanted::Mention(id) => store.draft_for(Some(id), None, voice).await?.filter(|draft| {
            let writer = draft.voice.as_ref().map(SafeText::as_str);
            writer.is_none() || writer == voice
        }),
        Wanted::Post { anew: true } => None,
        Wanted::Post { anew: false } => begun_post(store, voice).await?,
    };
    let draft = draft.filter(|draft| draft.state == OutgoingState::Draft);
    let id = match wanted {
        Wanted::Mention(id) => Some(id),
        Wanted::Outgoing(_) => draft.as_ref().and_then(|draft| draft.mention),
        Wanted::Post { .. } => None,
    };
    let post = matches!(wanted, Wanted::Post { .. }) || draft.as_ref().is_some_and(Outgoing::is_post);
    let mut opened = Opened { post, ..Opened::default() };
    if let Some(id) = id {
        opened.mention = store.mention(id).await?.map(Arc::new);
    }
    let source = opened.mention.as_ref().map(|mention| mention.row.source).or(draft.as_ref().map(|draft| draft.source));
    match source {
        _ if post => {
            opened.identities = store.identities().await?;
            if opened.identities.is_empty() {
                opened.until_known = store.source_names().await?.first().map(|(source, _)| *source);
            }
        }
        Some(source) => opened.identities = reaching(store, source).await?,
        None => {}
    }
    if !post {
        opened.replies = replies(store).await?;
    }
    if let Some(mention) = &opened.mention {
        opened.turns = store.thread(mention.row.id, TURNS).await?;
        if let Some(person) = mention.person {
            opened.card = store.person_card(person, LAST_TURNS).await?;
        }
    }
    let case = match &opened.mention {
        Some(mention) => store.case_of(mention.row.id).await?,
        None => draft.as_ref().and_then(|draft| draft.case),
    };
    if let Some(case) = case {
        opened.case = store.case(case, now).await?.map(Box::new);
    }
    let since = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
    // What is on its way to others counts as sent to them: in a batch the next one opens before the last one is out.
    let on_their_way = store.outgoings(&ON_THEIR_WAY, LISTED).await?;
    let fresh = on_their_way.iter().filter(|one| !one.dry && one.changed >= since);
    opened.sent = fresh.map(|one| (one.id, one.text())).collect();
    opened.sent.extend(store.sent_lately(since, LISTED).await?);
    opened.used = used(store).await?;
    opened.draft = draft;
    Ok(opened)
}

/// The post that this voice began and has not sent, the newest one.
async fn begun_post(store: &dyn Store, voice: Option<&str>) -> StoreResult<Option<Outgoing>> {
    let drafts = store.outgoings(&[OutgoingState::Draft], LISTED).await?;
    let own = |one: &Outgoing| one.is_post() && one.voice.as_ref().map(SafeText::as_str) == voice;
    Ok(drafts.into_iter().find(own))
}

/// The words of our last public replies, newest first; nothing that was back-filled.
async fn replies(store: &dyn Store) -> StoreResult<Vec<String>> {
    let acts = store.acts(None, ACTS).await?;
    let live = acts.iter().filter(|act| act.parent.is_some() && !act.history && act.visibility != Visibility::Private);
    Ok(live.map(|act| act.text.to_string()).take(REPLIES).collect())
}

/// The accounts that reach what a source has shown, and those that were used last.
pub(super) async fn accounts(store: &dyn Store, source: Option<SourceId>) -> StoreResult<Told> {
    let known = match source {
        Some(source) => reaching(store, source).await?,
        None => store.identities().await?,
    };
    Ok(Told::Accounts(known, used(store).await?))
}

/// The accounts that reach what a source has shown: its own, and those of its scope, in which a post has the same name.
/// Under any other account of the network the same name may be somebody else's post.
async fn reaching(store: &dyn Store, source: SourceId) -> StoreResult<Vec<Identity>> {
    let scope = store.scope_of(source).await?;
    let mut identities = store.identities().await?;
    identities.retain(|identity| identity.source == source || (scope.is_some() && identity.scope == scope));
    Ok(identities)
}
const ON_THEIR_WAY: [OutgoingState; 4] =
    [OutgoingState::AwaitingApproval, OutgoingState::Held, OutgoingState::Sending, OutgoingState::Uncertain];

/// The account that was last used on each network, the newest first.
async fn used(store: &dyn Store) -> StoreResult<Vec<(Network, SourceId)>> {
    let out = [OutgoingState::Sent, OutgoingState::Sending, OutgoingState::Held, OutgoingState::Uncertain];
    let mut used: Vec<(Network, SourceId)> = Vec::new();
    for outgoing in store.outgoings(&out, LISTED).await? {
        if !used.iter().any(|(network, _)| *network == outgoing.network) {
            used.push((outgoing.network, outgoing.source));
        }
    }
    Ok(used)
}

/// The outbox as a list.
pub(super) async fn tray(store: &dyn Store) -> StoreResult<Tray> {
    use OutgoingState::{AwaitingApproval, Draft, Failed, Held, Sending, Sent, Uncertain, Withdrawn};
    // Many drafts must not crowd out what is in doubt.
    let mut items = store.outgoings(&[Failed, Uncertain, AwaitingApproval, Held, Sending], LISTED).await?;
    items.extend(store.outgoings(&[Draft], LISTED).await?);
    items.extend(store.outgoings(&[Sent], SENT).await?);
    let given_up = store.outgoings(&[Withdrawn], SENT).await?;
    // One whose words were all deleted has nothing to bring back.
    items.extend(given_up.into_iter().filter(|one| !one.text().trim().is_empty()));
    Ok(Tray { items, stopped: store.sending_stopped().await?, identities: store.identities().await? })
}

/// Which draft belongs to which sheet.
#[derive(Debug, Default)]
pub(super) struct Letters {
    drafts: BTreeMap<u64, Saved>,
    /// Sheets whose last save failed: what they hold is not what the store has, and must not be sent.
    unsaved: BTreeSet<u64>,
}

/// Why something was not done, for a person.
pub(super) type Why = String;

impl Letters {
    /// Does one thing.
    pub(super) async fn carry_out(
        &mut self,
        store: &dyn Store,
        newsroom: &dyn Newsroom,
        errand: Errand,
        now: Timestamp,
    ) -> Result<Told, Why> {
        let told = self.attempt(store, newsroom, errand, now).await;
        if !matches!(told, Ok(Told::Saved(..))) {
            newsroom.outbox_changed();
        }
        told
    }

    async fn attempt(
        &mut self,
        store: &dyn Store,
        newsroom: &dyn Newsroom,
        errand: Errand,
        now: Timestamp,
    ) -> Result<Told, Why> {
        let done = |done: StoreResult<bool>| done.map(Told::Done).map_err(|error| error.to_string());
        match errand {
            Errand::Save { session, draft } => self.save(store, session, *draft, now).await,
            Errand::Submit(wish) => self.submit(store, newsroom, wish, now).await,
            Errand::Approve(id, network, voice) => {
                let how = newsroom.how_to_send(&network);
                done(store.approve(id, &voice, &how.process, how.hold, now).await)
            }
            Errand::Recall(id) => done(store.recall(id, now).await),
            Errand::Redraft(id) => done(store.redraft(id, now).await),
            Errand::Withdraw(id) => done(store.withdraw(id, now).await),
            Errand::Discard(session, opened) => match self.drafts.remove(&session).or(opened) {
                Some(saved) => done(give_up(store, saved, now).await),
                None => Ok(Told::Done(false)),
            },
            Errand::Settle(id, verdict) => done(store.settle(id, &verdict, now).await),
            Errand::Stop(stopped) => done(store.stop_sending(stopped, now).await.map(|()| true)),
            Errand::ByHand { session, mention, case, text, voice, answering } => {
                let by = ByHand { voice, at: now };
                let recorded = record(store, mention, case, text, &by, *answering).await?;
                if recorded && let Some(saved) = self.drafts.remove(&session) {
                    give_up(store, saved, now).await.map_err(|error| error.to_string())?;
                }
                Ok(Told::Done(recorded))
            }
            // Reading is done elsewhere, side by side.
            Errand::Open(wanted, voice) => {
                let opened = open(store, wanted, voice.as_deref(), now).await.map_err(|error| error.to_string())?;
                Ok(Told::Opened(Box::new(opened)))
            }
            Errand::Line(aim) => line(store, &aim, now).await.map(Told::Line).map_err(|error| error.to_string()),
        }
    }

    async fn save(&mut self, store: &dyn Store, session: u64, mut draft: Draft, now: Timestamp) -> Result<Told, Why> {
        draft.over = self.drafts.get(&session).copied().or(draft.over);
        self.unsaved.insert(session);
        let failed = |error: crate::store::StoreError| format!("the draft is not saved: {error}");
        let named = draft.over.is_some();
        let mut saved = store.save_draft(&draft, now).await.map_err(failed)?;
        let anew = saved.is_none() && named;
        if anew {
            // It was sent or changed elsewhere: neither those words nor these must be lost.
            draft.over = None;
            saved = store.save_draft(&draft, now).await.map_err(failed)?;
        }
        let saved = saved.ok_or_else(|| "the draft is not saved: the store does not take it".to_owned())?;
        self.unsaved.remove(&session);
        self.drafts.insert(session, saved);
        while self.drafts.len() > SHEETS {
            self.drafts.pop_first();
        }
        Ok(Told::Saved(saved.id, anew))
    }

    async fn submit(
        &mut self,
        store: &dyn Store,
        newsroom: &dyn Newsroom,
        wish: Wish,
        now: Timestamp,
    ) -> Result<Told, Why> {
        let saved = self.drafts.get(&wish.session).copied().filter(|_| !self.unsaved.contains(&wish.session));
        let saved = saved.ok_or_else(|| "not sent: the draft could not be saved first".to_owned())?;
        let how = newsroom.how_to_send(&wish.network);
        if how.approval && wish.voice.as_ref().is_none_or(|voice| voice.trim().is_empty()) {
            return Err(format!("not sent: {NO_VOICE}"));
        }
        let submit = Submit {
            revision: saved.revision,
            seen: wish.seen,
            hold: how.hold,
            approval: how.approval,
            dry: how.dry,
            token: how.token,
            process: how.process,
            voice: wish.voice,
            at: now,
        };
        let submission = store.submit(saved.id, &submit).await.map_err(|error| format!("not sent: {error}"))?;
        let on_its_way = match submission {
            Submission::Held(_) | Submission::AwaitingApproval => {
                store.outgoing(saved.id).await.unwrap_or_else(|error| {
                    tracing::warn!("what was just sent on its way could not be read: {error}");
                    None
                })
            }
            _ => None,
        };
        Ok(Told::Submitted(submission, on_its_way.map(Box::new)))
    }
}

/// Gives a draft up, unless somebody else wrote on it meanwhile: those words are theirs.
async fn give_up(store: &dyn Store, saved: Saved, now: Timestamp) -> StoreResult<bool> {
    let same = store.outgoing(saved.id).await?.is_some_and(|one| one.saved() == saved);
    if same { store.withdraw(saved.id, now).await } else { Ok(false) }
}

/// Records that a person answered where no network tells. False when another voice has the case.
async fn record(
    store: &dyn Store,
    mention: MentionId,
    case: Option<CaseId>,
    text: String,
    by: &ByHand,
    answering: AnsweringSettings,
) -> Result<bool, Why> {
    let plain = |error: crate::store::StoreError| format!("not recorded: {error}");
    let case = match case {
        Some(case) => Some(case),
        None => {
            let found = store.mention(mention).await.map_err(plain)?;
            match found.map(|found| answering.need_by_hand(&found.row, by.at)) {
                Some(need) => store.open_case(mention, &need, by).await.map_err(plain)?,
                None => None,
            }
        }
    };
    let Some(case) = case else { return Err("not recorded: this mention is not in the store any more".to_owned()) };
    let clean = SafeText::block(&text).to_string();
    let changed = store.change_cases(&[case], &CaseChange::AnsweredByHand(clean), by).await.map_err(plain)?;
    Ok(changed.claimed.is_empty())
}

#[cfg(test)]
mod tests;
