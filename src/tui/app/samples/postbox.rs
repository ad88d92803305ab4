//! The outbox of the town, in memory: drafts are kept, answers are held, and what a test wants goes wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{minutes_ago, now};
use crate::domain::case::{PersonCard, Promise, Turn};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Part, Submission, Target, Verdict};
use crate::domain::text_rules::Count;
use crate::domain::time::SignedDuration;
use crate::domain::{
    ActId, Answerable, BrandSize, Deed, Give, Mention, Network, OutgoingId, PersonId, PromiseId, SafeText, SourceId,
    TextRules, Visibility,
};
use crate::engine::books::Books;
use crate::engine::rehearsal::live::Rehearsing;
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Entry, Ledger};
use crate::tui::app::composer::errand::{Errand, Opened, Submit, Told, Tray, Wanted};
use crate::tui::app::msg::Answer;

/// The outbox in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Postbox {
    pub(crate) identities: Vec<Identity>,
    pub(crate) outgoings: Vec<Outgoing>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) card: Option<PersonCard>,
    pub(crate) sent: Vec<(OutgoingId, String)>,
    /// Our last replies.
    pub(crate) replies: Vec<String>,
    /// So many gives stand in the books that posts are rehearsed against; `None`: there are no books.
    pub(crate) gives: Option<i64>,
    pub(crate) stopped: bool,
    pub(crate) answerable: Answerable,
    /// What the store says to the next wish to send, instead of holding it.
    pub(crate) next: Option<Submission>,
    pub(crate) submitted: Vec<Submit>,
    pub(crate) by_hand: Vec<String>,
    pub(crate) saves: usize,
    drafts: BTreeMap<u64, OutgoingId>,
}

/// An account.
pub(crate) fn identity(source: i64, handle: &str, rules: TextRules) -> Identity {
    Identity {
        source: SourceId(source),
        source_name: SafeText::line(&format!("source {source}"), 80),
        network: Network::named("mastodon"),
        scope: Some("hachyderm.io".to_owned()),
        handle: SafeText::line(handle, 80),
        name: SafeText::line("Ferris Bikes", 80),
        rules: Some(rules),
    }
}

/// What the servers of the town take.
pub(crate) fn rules() -> TextRules {
    TextRules {
        count: Count::Graphemes,
        longest: Some(300),
        shortest: 1,
        address_counts: Some(23),
        warning_counts: true,
        names_whom: true,
        ..TextRules::default()
    }
}

/// Something in the outbox.
pub(crate) fn outgoing(id: i64, state: OutgoingState, words: &str) -> Outgoing {
    Outgoing {
        id: OutgoingId(id),
        state,
        source: SourceId(2),
        network: Network::named("mastodon"),
        case: None,
        mention: None,
        target: Target {
            parent: Some("native-1".into()),
            root: None,
            quote: None,
            who: Some("ana@hachyderm.io".into()),
        },
        parts: vec![Part { text: words.to_owned(), native_id: None, url: None }],
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en".into()),
        voice: Some(SafeText::line("Kim", 80)),
        approved: None,
        created: minutes_ago(9),
        changed: minutes_ago(id % 60),
        next: None,
        attempts: 0,
        trouble: SafeText::default(),
        remarks: Vec::new(),
        dry: false,
        revision: 1,
    }
}

/// A turn of a thread.
pub(crate) fn turn(minutes: i64, ours: bool, words: &str) -> Turn {
    Turn {
        at: minutes_ago(minutes),
        ours,
        who: SafeText::line(if ours { "ferris@hachyderm.io" } else { "ana@hachyderm.io" }, 80),
        text: SafeText::block(words),
        mention: None,
        act: None,
        native_id: format!("turn-{minutes}"),
    }
}

/// A person that we know.
pub(crate) fn card() -> PersonCard {
    PersonCard {
        person: PersonId(7),
        who: SafeText::line("ana@hachyderm.io", 80),
        name: SafeText::line("Ana Example", 80),
        followers: Some(310),
        turns: vec![
            turn(90, false, "third time this month, no answer from support"),
            turn(4_000, true, "Glad to hear it rides well."),
        ],
        mentions: 6,
        answers: 2,
        since: Some(minutes_ago(60 * 24 * 80)),
        promises: vec![Promise {
            id: PromiseId(1),
            text: SafeText::line("refund", 80),
            due: minutes_ago(-60 * 26),
            kept: None,
        }],
        open: Vec::new(),
    }
}

/// So many gives, the newest an hour ago.
fn books(gives: i64) -> Books {
    let entry = |number: i64| Entry {
        act: ActId(number),
        at: minutes_ago(60 * (1 + number)),
        deed: Deed::Give(Give::Teach),
        to: None,
        same: None,
    };
    let ledger = Ledger::new((0..gives).map(entry).collect(), BrandSize::Small, Table::default());
    Books { ledger, acts: Vec::new() }
}

impl Postbox {
    /// Two accounts at the town's server, of which the second is used on weekends.
    pub(crate) fn of_mastodon() -> Self {
        Self {
            identities: vec![
                identity(2, "ferris@hachyderm.io", rules()),
                identity(3, "ferris-rides@hachyderm.io", rules()),
            ],
            turns: vec![turn(95, false, "Chain snapped after two days."), turn(93, true, "Sorry! Which model is it?")],
            card: Some(card()),
            ..Self::default()
        }
    }

    /// What a post would do, once there are books.
    pub(crate) fn rehearse(&self, text: &str, now: crate::domain::Timestamp, by: &Rehearsing) -> Answer {
        match self.gives {
            Some(gives) => {
                Answer::Rehearsed(Arc::new(by.rehearse(&Arc::new(by.on(&books(gives), now)), text, now, None)))
            }
            None => Answer::Failed(SafeText::line("there are no books", 80)),
        }
    }

    pub(crate) fn tray(&self) -> Told {
        let empty = |one: &&Outgoing| one.state == OutgoingState::Withdrawn && one.text().trim().is_empty();
        let items = self.outgoings.iter().filter(|one| !empty(one)).cloned().collect();
        Told::Tray(Arc::new(Tray { items, stopped: self.stopped, identities: self.identities.clone() }))
    }

    /// Another screen is at it, whose sheets are numbered from the beginning.
    pub(crate) fn another_screen(&mut self) {
        self.drafts.clear();
    }

    fn sent_lately(&self) -> Vec<(OutgoingId, String)> {
        let out = |one: &&Outgoing| matches!(one.state, OutgoingState::Sent | OutgoingState::Held);
        let fresh = self.outgoings.iter().filter(out).map(|one| (one.id, one.text()));
        fresh.chain(self.sent.iter().cloned()).collect()
    }

    fn find(&mut self, id: OutgoingId) -> Option<&mut Outgoing> {
        self.outgoings.iter_mut().find(|one| one.id == id)
    }

    fn turn_to(&mut self, id: OutgoingId, from: &[OutgoingState], to: OutgoingState) -> Told {
        let found = self.find(id).filter(|one| from.contains(&one.state));
        Told::Done(found.map(|one| one.state = to).is_some())
    }

    fn save(&mut self, session: u64, draft: &Draft) -> Told {
        self.saves += 1;
        let known = self.drafts.get(&session).copied().or(draft.over.map(|over| over.id));
        let alive =
            |id: &OutgoingId| self.outgoings.iter().any(|one| one.id == *id && one.state == OutgoingState::Draft);
        let anew = known.is_some() && known.filter(alive).is_none();
        let id = known.filter(alive).unwrap_or(OutgoingId(100 + self.outgoings.len() as i64));
        self.outgoings.retain(|one| one.id != id);
        let parts = draft.parts.iter().map(|text| Part { text: text.clone(), native_id: None, url: None }).collect();
        self.outgoings.push(Outgoing {
            id,
            source: draft.source,
            mention: draft.mention,
            case: draft.case,
            target: draft.target.clone(),
            parts,
            visibility: draft.visibility,
            content_warning: draft.content_warning.clone(),
            lang: draft.lang.clone(),
            voice: draft.voice.as_deref().map(|voice| SafeText::line(voice, 80)),
            changed: now(),
            ..outgoing(id.0, OutgoingState::Draft, "")
        });
        self.drafts.insert(session, id);
        Told::Saved(id, anew)
    }

    fn submit(&mut self, wish: Submit) -> Told {
        let id = self.drafts.get(&wish.session).copied();
        self.submitted.push(wish);
        if let Some(other) = self.next.take() {
            return Told::Submitted(other, None);
        }
        let until = now() + SignedDuration::from_secs(10);
        match id.and_then(|id| self.find(id)).filter(|one| one.state == OutgoingState::Draft) {
            Some(one) => {
                one.state = OutgoingState::Held;
                one.next = Some(until);
                Told::Submitted(Submission::Held(until), Some(Box::new(one.clone())))
            }
            None => Told::Submitted(Submission::Stale, None),
        }
    }

    /// Does an errand. `mention` is what a wanted mention is.
    pub(crate) fn carry_out(
        &mut self,
        errand: Errand,
        mention: impl Fn(crate::domain::MentionId) -> Option<Mention>,
    ) -> Told {
        use OutgoingState::{AwaitingApproval, Draft, Failed, Held, Sent, Uncertain, Withdrawn};
        match errand {
            // Only the town knows cases.
            Errand::Line(_) => Told::Line(Vec::new()),
            Errand::Open(wanted, voice) => {
                let fits = |one: &&Outgoing| {
                    one.state == Draft
                        && match wanted {
                            Wanted::Mention(id) => {
                                let writer = one.voice.as_ref().map(|name| name.as_str());
                                one.mention == Some(id) && (writer.is_none() || writer == voice.as_deref())
                            }
                            Wanted::Outgoing(id) => one.id == id,
                            Wanted::Post { anew, .. } => !anew && one.is_post(),
                        }
                };
                let own =
                    |one: &&Outgoing| fits(one) && one.voice.as_ref().map(|name| name.as_str()) == voice.as_deref();
                let mut newest = self.outgoings.iter().rev();
                let draft = newest.clone().find(own).or_else(|| newest.find(fits));
                let id = match wanted {
                    Wanted::Mention(id) => Some(id),
                    Wanted::Outgoing(_) => draft.and_then(|draft| draft.mention),
                    Wanted::Post { .. } => None,
                };
                let post = matches!(wanted, Wanted::Post { .. }) || draft.is_some_and(Outgoing::is_post);
                let answerable = self.answerable;
                let person = self.card.as_ref().map(|card| card.person);
                let mention = id.and_then(mention).map(|mention| Arc::new(Mention { answerable, person, ..mention }));
                let out = self.outgoings.iter().filter(|one| matches!(one.state, Sent | Held));
                Told::Opened(Box::new(Opened {
                    post,
                    mention,
                    turns: if post { Vec::new() } else { self.turns.clone() },
                    card: self.card.clone().filter(|_| !post),
                    replies: if post { Vec::new() } else { self.replies.clone() },
                    case: None,
                    identities: self.identities.clone(),
                    until_known: Some(SourceId(2)).filter(|_| self.identities.is_empty()),
                    draft: draft.cloned(),
                    used: out.map(|one| (one.network.clone(), one.source)).collect(),
                    sent: self.sent_lately(),
                }))
            }
            Errand::Save { session, draft } => self.save(session, &draft),
            Errand::Submit(wish) => self.submit(wish),
            Errand::Approve(id, ..) => self.turn_to(id, &[AwaitingApproval], Held),
            Errand::Recall(id) => self.turn_to(id, &[Held, AwaitingApproval], Draft),
            Errand::Redraft(id) => self.turn_to(id, &[Failed, Withdrawn], Draft),
            Errand::Withdraw(id) => self.turn_to(id, &[Draft, Held, AwaitingApproval, Failed], Withdrawn),
            Errand::Discard(session, id) => match self.drafts.remove(&session).or(id.map(|saved| saved.id)) {
                Some(id) => self.turn_to(id, &[Draft], Withdrawn),
                None => Told::Done(false),
            },
            Errand::Settle(id, Verdict::ItIsOut(_)) => self.turn_to(id, &[Uncertain, Failed], Sent),
            Errand::Settle(id, Verdict::ItIsNotOut) => self.turn_to(id, &[Uncertain], Draft),
            Errand::Stop(stopped) => {
                self.stopped = stopped;
                Told::Done(true)
            }
            Errand::ByHand { text, .. } => {
                self.by_hand.push(text);
                Told::Done(true)
            }
        }
    }
}
