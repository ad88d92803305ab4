//! The shelf's outbox: drafts, what is held, and the wish to send, in memory. It sends nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use goodword::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Part, Saved, Submission, Verdict};
use goodword::domain::time::SignedDuration;
use goodword::domain::{CaseId, MentionId, Network, OutgoingId, SafeText, Timestamp};
use goodword::store::outbox::Submit;
use goodword::store::{Outbox, StoreResult};

use super::Shelf;

/// What lies in the outbox.
#[derive(Default)]
pub struct Tray {
    /// All of it, in the order in which it was begun.
    pub outgoings: Mutex<Vec<Outgoing>>,
    /// Accounts.
    pub identities: Mutex<Vec<Identity>>,
    /// All sending is stopped.
    pub stopped: AtomicBool,
    /// Every wish to send.
    pub submits: Mutex<Vec<Submit>>,
}

impl Shelf {
    fn turn_to(&self, id: OutgoingId, from: &[OutgoingState], to: OutgoingState, at: Timestamp) -> StoreResult<bool> {
        self.check()?;
        let mut all = self.tray.outgoings.lock().unwrap();
        let found = all.iter_mut().find(|one| one.id == id && from.contains(&one.state));
        Ok(found
            .map(|one| {
                one.state = to;
                one.changed = at;
                one.revision += 1;
            })
            .is_some())
    }
}

fn outgoing(id: OutgoingId, draft: &Draft, network: Network, at: Timestamp) -> Outgoing {
    Outgoing {
        id,
        state: OutgoingState::Draft,
        source: draft.source,
        network,
        case: draft.case,
        mention: draft.mention,
        target: draft.target.clone(),
        parts: draft.parts.iter().map(|text| Part { text: text.clone(), ..Part::default() }).collect(),
        visibility: draft.visibility,
        content_warning: draft.content_warning.clone(),
        lang: draft.lang.clone(),
        voice: draft.voice.as_deref().map(|voice| SafeText::line(voice, 80)),
        approved: None,
        created: at,
        changed: at,
        next: None,
        attempts: 0,
        trouble: SafeText::default(),
        remarks: Vec::new(),
        dry: false,
        revision: 1,
    }
}

#[async_trait]
impl Outbox for Shelf {
    async fn save_draft(&self, draft: &Draft, at: Timestamp) -> StoreResult<Option<Saved>> {
        self.check()?;
        let identities = self.tray.identities.lock().unwrap();
        let known = identities.iter().find(|identity| identity.source == draft.source);
        let network = known.map_or(Network::FEED, |identity| identity.network.clone());
        let mut all = self.tray.outgoings.lock().unwrap();
        let Some(Saved { id, revision }) = draft.over else {
            let id = OutgoingId(all.len() as i64 + 1);
            all.push(outgoing(id, draft, network, at));
            return Ok(Some(Saved { id, revision: 1 }));
        };
        let same = |one: &&mut Outgoing| one.saved() == Saved { id, revision } && one.state == OutgoingState::Draft;
        let Some(old) = all.iter_mut().find(same) else {
            return Ok(None);
        };
        let (created, revision) = (old.created, old.revision + 1);
        *old = Outgoing { created, revision, ..outgoing(id, draft, network, at) };
        Ok(Some(Saved { id, revision }))
    }

    async fn draft_for(
        &self,
        mention: Option<MentionId>,
        case: Option<CaseId>,
        voice: Option<&str>,
    ) -> StoreResult<Option<Outgoing>> {
        self.check()?;
        let all = self.tray.outgoings.lock().unwrap();
        let fits = |one: &&Outgoing| {
            one.state == OutgoingState::Draft
                && (mention.is_some() && one.mention == mention || case.is_some() && one.case == case)
        };
        let own = |one: &&Outgoing| fits(one) && one.voice.as_ref().map(SafeText::as_str) == voice;
        Ok(all.iter().rfind(own).or_else(|| all.iter().rfind(fits)).cloned())
    }

    async fn outgoings(&self, states: &[OutgoingState], limit: u32) -> StoreResult<Vec<Outgoing>> {
        self.check()?;
        let all = self.tray.outgoings.lock().unwrap();
        let mut found: Vec<Outgoing> = all.iter().filter(|one| states.contains(&one.state)).cloned().collect();
        found.sort_by_key(|one| (std::cmp::Reverse(one.changed), std::cmp::Reverse(one.id)));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn outgoing(&self, id: OutgoingId) -> StoreResult<Option<Outgoing>> {
        self.check()?;
        Ok(self.tray.outgoings.lock().unwrap().iter().find(|one| one.id == id).cloned())
    }

    async fn submit(&self, id: OutgoingId, submit: &Submit) -> StoreResult<Submission> {
        self.check()?;
        self.tray.submits.lock().unwrap().push(submit.clone());
        let mut all = self.tray.outgoings.lock().unwrap();
        let same = |one: &&mut Outgoing| {
            one.saved() == Saved { id, revision: submit.revision } && one.state == OutgoingState::Draft
        };
        let Some(one) = all.iter_mut().find(same) else {
            return Ok(Submission::Stale);
        };
        if submit.approval {
            one.state = OutgoingState::AwaitingApproval;
            return Ok(Submission::AwaitingApproval);
        }
        let until = submit.at + submit.hold;
        one.state = OutgoingState::Held;
        one.next = Some(until);
        one.changed = submit.at;
        Ok(Submission::Held(until))
    }

    async fn approve(
        &self,
        id: OutgoingId,
        voice: &str,
        _: &str,
        _: SignedDuration,
        at: Timestamp,
    ) -> StoreResult<bool> {
        let wrote = |one: &Outgoing| one.voice.as_ref().is_none_or(|writer| writer.as_str() == voice);
        if self.tray.outgoings.lock().unwrap().iter().any(|one| one.id == id && wrote(one)) {
            return Ok(false);
        }
        self.turn_to(id, &[OutgoingState::AwaitingApproval], OutgoingState::Held, at)
    }

    async fn recall(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        self.turn_to(id, &[OutgoingState::Held, OutgoingState::AwaitingApproval], OutgoingState::Draft, at)
    }

    async fn withdraw(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        use OutgoingState::{AwaitingApproval, Draft, Failed, Held, Withdrawn};
        self.turn_to(id, &[Draft, Held, AwaitingApproval, Failed], Withdrawn, at)
    }

    async fn redraft(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        self.turn_to(id, &[OutgoingState::Failed, OutgoingState::Withdrawn], OutgoingState::Draft, at)
    }

    async fn settle(&self, id: OutgoingId, verdict: &Verdict, at: Timestamp) -> StoreResult<bool> {
        let to = match verdict {
            Verdict::ItIsOut(_) => OutgoingState::Sent,
            Verdict::ItIsNotOut => OutgoingState::Draft,
        };
        self.turn_to(id, &[OutgoingState::Uncertain, OutgoingState::Failed], to, at)
    }

    async fn sent_lately(&self, since: Timestamp, limit: u32) -> StoreResult<Vec<(OutgoingId, String)>> {
        self.check()?;
        let all = self.tray.outgoings.lock().unwrap();
        let out = |one: &&Outgoing| one.state == OutgoingState::Sent && one.changed >= since;
        Ok(all.iter().filter(out).take(limit as usize).map(|one| (one.id, one.text())).collect())
    }

    async fn identities(&self) -> StoreResult<Vec<Identity>> {
        self.check()?;
        Ok(self.tray.identities.lock().unwrap().clone())
    }

    async fn stop_sending(&self, stopped: bool, _: Timestamp) -> StoreResult<()> {
        self.check()?;
        self.tray.stopped.store(stopped, Ordering::SeqCst);
        Ok(())
    }

    async fn sending_stopped(&self) -> StoreResult<bool> {
        self.check()?;
        Ok(self.tray.stopped.load(Ordering::SeqCst))
    }
}
