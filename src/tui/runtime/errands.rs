//! Carries out what the model asks of the store, the engine and the configuration, and brings the answers.
//!
//! Questions run side by side, a few at a time. Changes run one after the other in the order in which they were asked
//! for, and are told only once they are stored. A new trial ends the one before. All of it ends with the loop.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::letters::{self, Letters};
use super::{Eraser, Newsroom, Reload, Reloaded, SaveWatch, trial};
use crate::domain::{
    ActId, CampaignChange, CorrectionId, Deed, Filter, MentionId, Occasion, SafeText, Said, SignalId, Span, StepId,
    SubjectId, Timestamp,
};
use crate::engine::rehearsal::Setting;
use crate::store::cases::ByHand;
use crate::store::people::AddUp;
use crate::store::{Store, StoreResult};
use crate::tui::app::cmd::{Forgetting, Load, Order, PeopleDeed};
use crate::tui::app::composer::errand::{Errand, Told};
use crate::tui::app::msg::{Answer, Msg, Notice, Weight};

mod cases;
mod people;
mod rehearsals;

use rehearsals::Rehearsals;

/// Questions that are asked of the store at the same time.
const AT_ONCE: usize = 4;
/// Questions and changes that wait; more of them are refused.
const WAITING: usize = 256;
/// Other members of a story that are shown beside a mention.
const STORY: u32 = 100;
/// Newest signals that are shown.
const SIGNALS: u32 = 200;
/// A count says no more than this.
const NEW_ABOVE: u64 = 10_000;
/// How long changes may take to be stored when the program ends.
const LAST_CHANGES: Duration = Duration::from_secs(1);

/// What an errand brought.
pub(super) enum Brought {
    /// Messages for the model.
    Message(Msg),
    /// A new configuration.
    Reloaded(Box<Reloaded>),
    /// A watch was saved: tell, then read the configuration anew.
    Saved(Msg),
    /// Nothing to tell.
    Nothing,
}

/// A change to the store.
pub(super) enum Change {
    Read {
        question: u64,
        ids: Vec<MentionId>,
        read: bool,
    },
    AllRead {
        question: u64,
        filter: Box<Filter>,
        last: MentionId,
    },
    Cases {
        question: u64,
        order: Box<Order>,
    },
    UndoSteps {
        question: u64,
        steps: Vec<StepId>,
        by: ByHand,
    },
    People {
        question: u64,
        deed: PeopleDeed,
        at: Timestamp,
    },
    Seen(SignalId),
    Campaigns {
        question: u64,
        newsroom: Arc<dyn Newsroom>,
        change: Box<CampaignChange>,
        voice: String,
        at: Timestamp,
    },
    Correct {
        question: u64,
        newsroom: Arc<dyn Newsroom>,
        words: Words,
    },
    Uncorrect {
        question: u64,
        newsroom: Arc<dyn Newsroom>,
        ids: Vec<CorrectionId>,
    },
    CorrectActs {
        question: u64,
        acts: Vec<ActId>,
        deed: Deed,
    },
    UncorrectActs {
        question: u64,
        ids: Vec<CorrectionId>,
    },
    Errand {
        question: u64,
        errand: Errand,
        at: Timestamp,
    },
    /// Nothing: tells when everything before it is stored.
    Mark(oneshot::Sender<()>),
}

/// What a person says of some mentions.
pub(super) struct Words {
    pub(super) ids: Vec<MentionId>,
    pub(super) subject: Option<SubjectId>,
    pub(super) said: Said,
    pub(super) occasion: Occasion,
}

pub(super) struct Errands {
    store: Arc<dyn Store>,
    newsroom: Arc<dyn Newsroom>,
    save_watch: Option<SaveWatch>,
    reload: Option<Reload>,
    eraser: Option<Arc<dyn Eraser>>,
    tasks: JoinSet<Brought>,
    at_once: Arc<Semaphore>,
    changes: Option<mpsc::Sender<Change>>,
    /// What tasks tell that go on: trials and the keeper of changes.
    tell: mpsc::Sender<Brought>,
    told: mpsc::Receiver<Brought>,
    keeper: JoinSet<()>,
    trial: CancellationToken,
    rehearsals: Rehearsals,
    add_up: Arc<dyn AddUp>,
}

impl Errands {
    pub(super) fn new(
        store: Arc<dyn Store>,
        newsroom: Arc<dyn Newsroom>,
        save_watch: Option<SaveWatch>,
        reload: Option<Reload>,
    ) -> Self {
        let (changes, wanted) = mpsc::channel(WAITING);
        let (tell, told) = mpsc::channel(WAITING);
        let add_up = newsroom.add_up();
        let mut keeper = JoinSet::new();
        keeper.spawn(keep(Arc::clone(&store), Arc::clone(&newsroom), wanted, tell.clone()));
        Self {
            store,
            newsroom,
            save_watch,
            reload,
            eraser: None,
            tasks: JoinSet::new(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            changes: Some(changes),
            tell,
            told,
            keeper,
            trial: CancellationToken::new(),
            rehearsals: Rehearsals::default(),
            add_up,
        }
    }

    /// Somebody can be erased.
    pub(super) fn erasing(self, eraser: Option<Arc<dyn Eraser>>) -> Self {
        Self { eraser, ..self }
    }

    /// Waits for something to be brought. May be dropped without losing anything.
    pub(super) async fn next(&mut self) -> Brought {
        tokio::select! {
            biased;
            Some(brought) = self.told.recv() => brought,
            Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => brought(done),
            else => std::future::pending().await,
        }
    }

    /// Something that was brought already.
    pub(super) fn try_next(&mut self) -> Option<Brought> {
        self.told.try_recv().ok().or_else(|| self.tasks.try_join_next().map(brought))
    }

    /// Reads something; the answer carries the number of the question. `brand` is whose complaints the overview counts.
    pub(super) fn load(&mut self, question: u64, load: Load, brand: Option<SubjectId>) -> Option<Msg> {
        if self.tasks.len() >= WAITING {
            return Some(failed(question, "too much is being read at once: try again"));
        }
        let (store, at_once) = (Arc::clone(&self.store), Arc::clone(&self.at_once));
        let (newsroom, add_up) = (Arc::clone(&self.newsroom), Arc::clone(&self.add_up));
        let rehearsals = self.rehearsals.clone();
        self.tasks.spawn(async move {
            // Closed never: the semaphore lives as long as the tasks.
            let _permit = at_once.acquire_owned().await;
            let answer = match load {
                Load::Rehearsal { text, now, by, account, board } => {
                    let setting = board.and_then(|board| Setting::found(&board, &text, &account));
                    rehearsals.answer(&*store, &*newsroom, &text, now, &by, setting).await
                }
                load => answer(&*store, &*newsroom, &*add_up, load, brand).await,
            };
            Brought::Message(match answer {
                Ok(answer) => Msg::Answer { question, answer },
                Err(error) => failed(question, &error.to_string()),
            })
        });
        None
    }

    /// Changes something, after the changes that were asked for before.
    pub(super) fn change(&mut self, change: Change) -> Option<Msg> {
        let question = match &change {
            Change::Read { question, .. }
            | Change::AllRead { question, .. }
            | Change::Cases { question, .. }
            | Change::UndoSteps { question, .. }
            | Change::Campaigns { question, .. }
            | Change::Correct { question, .. }
            | Change::Uncorrect { question, .. }
            | Change::CorrectActs { question, .. }
            | Change::UncorrectActs { question, .. }
            | Change::People { question, .. }
            | Change::Errand { question, .. } => Some(*question),
            Change::Seen(_) | Change::Mark(_) => None,
        };
        let refused = self.changes.as_ref().is_none_or(|changes| changes.try_send(change).is_err());
        let told = "too much is being changed at once: try again";
        refused.then(|| question.map_or_else(|| trouble(told), |question| failed(question, told)))
    }

    /// An errand of the composer or the outbox: reading runs beside, changes after those that were asked for before.
    pub(super) fn errand(&mut self, question: u64, errand: Errand, at: Timestamp) -> Option<Msg> {
        if !matches!(errand, Errand::Open(..) | Errand::Line(_)) {
            return self.change(Change::Errand { question, errand, at });
        }
        if self.tasks.len() >= WAITING {
            return Some(failed(question, "too much is being read at once: try again"));
        }
        let store = Arc::clone(&self.store);
        self.tasks.spawn(async move {
            let told = match errand {
                Errand::Line(aim) => letters::line(&*store, &aim, at).await.map(Told::Line),
                Errand::Open(wanted, voice) => letters::open(&*store, wanted, voice.as_deref(), at)
                    .await
                    .map(|opened| Told::Opened(Box::new(opened))),
                _ => return Brought::Nothing,
            };
            Brought::Message(answered(question, told.map(Answer::Told)))
        });
        None
    }

    /// Waits a little until the changes that were asked for are stored.
    pub(super) async fn settle(&mut self) {
        let (tell, stored) = oneshot::channel();
        if self.change(Change::Mark(tell)).is_none() && tokio::time::timeout(LAST_CHANGES, stored).await.is_err() {
            tracing::warn!("the last changes could not be stored within {LAST_CHANGES:?}");
        }
    }

    /// Tries a query; ends the trial before.
    pub(super) fn attempt(&mut self, question: u64, query: String, now: Timestamp) {
        self.end_trial();
        let stop = CancellationToken::new();
        self.trial = stop.clone();
        let (store, tell) = (Arc::clone(&self.store), self.tell.clone());
        self.tasks.spawn(async move {
            let (found, mut pieces) = mpsc::channel(4);
            let trying = async {
                let result = trial::attempt(&*store, query, now, &found, &stop).await;
                // Without a sender, passing on comes to its end.
                drop(found);
                result
            };
            let passing_on = async {
                while let Some(trial) = pieces.recv().await {
                    let message = Msg::Answer { question, answer: Answer::Trial(Arc::new(trial)) };
                    if tell.send(Brought::Message(message)).await.is_err() {
                        return;
                    }
                }
            };
            let result = tokio::select! {
                biased;
                // Ended on purpose: nobody waits for what it would still have found.
                () = stop.cancelled() => return Brought::Nothing,
                (result, ()) = async { tokio::join!(trying, passing_on) } => result,
            };
            match result {
                Ok(()) => Brought::Nothing,
                Err(error) => Brought::Message(failed(question, &error.to_string())),
            }
        });
    }

    pub(super) fn end_trial(&mut self) {
        self.trial.cancel();
    }

    /// Saves a watch, where writing a file blocks nobody.
    pub(super) fn save_watch(&mut self, question: u64, name: String, query: String) -> Option<Msg> {
        let Some(save) = self.save_watch.clone() else {
            return Some(failed(
                question,
                "there is no configuration file to save a watch in: make one with `goodword init`",
            ));
        };
        self.tasks.spawn_blocking(move || match save(&name, &query) {
            Ok(told) => {
                let answer = Answer::Saved(SafeText::line(&told, LONGEST_LINE));
                Brought::Saved(Msg::Answer { question, answer })
            }
            Err(why) => Brought::Message(failed(question, &why)),
        });
        None
    }

    /// Looks up what there is of somebody, or erases it; the rest goes on meanwhile.
    pub(super) fn forget(&mut self, question: u64, whom: Forgetting, sure: bool) -> Option<Msg> {
        let Some(eraser) = self.eraser.clone() else {
            return Some(failed(question, "nobody can be erased here: `goodword forget HANDLE` does"));
        };
        self.tasks.spawn(async move {
            let answer = match sure {
                true => eraser.erase(&whom).await.map(|told| Answer::Forgotten(Box::new(told))),
                false => eraser.remains(&whom).await.map(Answer::Remains),
            };
            Brought::Message(match answer {
                Ok(answer) => Msg::Answer { question, answer },
                Err(why) => failed(question, &why),
            })
        });
        None
    }

    /// Holds all traffic back, or lets it go on.
    pub(super) fn pause(&mut self, newsroom: Arc<dyn Newsroom>, paused: bool) {
        self.tasks.spawn(async move {
            match newsroom.pause(paused).await {
                Ok(()) if paused => {
                    Brought::Message(info("all traffic with the networks is paused, also after a restart"))
                }
                Ok(()) => Brought::Message(info("the sources are asked again")),
                Err(why) => Brought::Message(trouble(&why.to_string())),
            }
        });
    }

    /// Reads the configuration anew. `asked` says so when there is none.
    pub(super) fn reload(&mut self, asked: bool) -> Option<Msg> {
        let Some(reload) = self.reload.clone() else {
            return asked.then(|| trouble("there is no configuration file to read anew"));
        };
        self.tasks.spawn(async move {
            match reload().await {
                Ok(reloaded) => Brought::Reloaded(Box::new(reloaded)),
                Err(why) => Brought::Message(trouble(&why)),
            }
        });
        None
    }

    /// Ends everything; changes that were asked for are stored first.
    pub(super) async fn close(&mut self) {
        self.end_trial();
        self.changes = None;
        self.told.close();
        if tokio::time::timeout(LAST_CHANGES, self.keeper.join_next()).await.is_err() {
            tracing::warn!("the last changes could not be stored within {LAST_CHANGES:?}");
        }
        // Waits until the tasks let go of the store; only a file that is being written cannot be left half done.
        let _ = tokio::time::timeout(LAST_CHANGES, self.tasks.shutdown()).await;
    }
}

/// Longest line for the status line, in characters.
pub(super) const LONGEST_LINE: usize = 400;

/// A line of trouble for the status line.
pub(super) fn trouble(text: &str) -> Msg {
    Msg::Notice(Notice { weight: Weight::Trouble, text: SafeText::line(text, LONGEST_LINE) })
}

/// A line for the status line.
pub(super) fn info(text: &str) -> Msg {
    Msg::Notice(Notice { weight: Weight::Info, text: SafeText::line(text, LONGEST_LINE) })
}

fn failed(question: u64, why: &str) -> Msg {
    Msg::Answer { question, answer: Answer::Failed(SafeText::line(why, LONGEST_LINE)) }
}

/// A task that panicked is a mistake of ours: the panic hook has written it down, the screen goes on.
fn brought(done: Result<Brought, JoinError>) -> Brought {
    match done {
        Ok(brought) => brought,
        Err(error) if error.is_panic() => Brought::Message(mistake()),
        Err(_) => Brought::Nothing,
    }
}

/// Stores changes one after the other. One at which the store panics is one that failed, the others go on.
async fn keep(
    store: Arc<dyn Store>,
    newsroom: Arc<dyn Newsroom>,
    mut wanted: mpsc::Receiver<Change>,
    tell: mpsc::Sender<Brought>,
) {
    let mut letters = Letters::default();
    while let Some(change) = wanted.recv().await {
        let stored = AssertUnwindSafe(make(&*store, &*newsroom, &mut letters, change)).catch_unwind().await;
        let message = stored.unwrap_or_else(|_| Some(mistake()));
        if let Some(message) = message {
            // When the loop is gone, the rest is stored all the same.
            let _ = tell.send(Brought::Message(message)).await;
        }
    }
}

async fn make(store: &dyn Store, newsroom: &dyn Newsroom, letters: &mut Letters, change: Change) -> Option<Msg> {
    match change {
        Change::Read { question, ids, read } => {
            let stored = store.mark_read(&ids, read).await;
            Some(answered(question, stored.map(|_| Answer::Marked(ids, read))))
        }
        Change::AllRead { question, filter, last } => {
            let stored = store.mark_all_read(&filter, last).await;
            Some(answered(question, stored.map(|ids| Answer::Marked(ids, true))))
        }
        Change::Cases { question, order } => Some(answered(question, cases::change(store, *order).await)),
        Change::UndoSteps { question, steps, by } => {
            let undone = store.undo_steps(&steps, &by).await;
            Some(answered(question, undone.map(Answer::StepsUndone)))
        }
        Change::Campaigns { question, newsroom, change, voice, at } => {
            let undo = store.change_campaigns(&change, &voice, at).await;
            newsroom.campaigns_changed();
            Some(answered(question, undo.map(|undo| Answer::CampaignsChanged(Box::new(undo)))))
        }
        Change::People { question, deed, at } => Some(answered(question, people::change(store, deed, at).await)),
        Change::Correct { question, newsroom, words: Words { ids, subject, said, occasion } } => {
            let kept = newsroom.correct(&ids, subject, said, occasion).await;
            Some(answered(question, kept.map(Answer::Corrected)))
        }
        Change::Uncorrect { question, newsroom, ids } => {
            let undone = newsroom.undo_corrections(&ids).await;
            Some(answered(question, undone.map(Answer::Uncorrected)))
        }
        Change::CorrectActs { question, acts, deed } => {
            let kept = newsroom.correct_acts(&acts, deed).await;
            Some(answered(question, kept.map(|ids| Answer::ActsCorrected(ids, deed))))
        }
        Change::UncorrectActs { question, ids } => {
            let undone = newsroom.undo_act_corrections(&ids).await;
            Some(answered(question, undone.map(Answer::ActsUncorrected)))
        }
        Change::Errand { question, errand, at } => Some(match letters.carry_out(store, newsroom, errand, at).await {
            Ok(told) => Msg::Answer { question, answer: Answer::Told(told) },
            Err(why) => failed(question, &why),
        }),
        Change::Mark(tell) => {
            // Who asked may have gone on.
            let _ = tell.send(());
            None
        }
        Change::Seen(signal) => store.see_signal(signal).await.err().map(|error| trouble(&error.to_string())),
    }
}

/// Something panicked: the panic hook has written down what.
fn mistake() -> Msg {
    trouble("something went wrong inside goodword; the log tells what. It goes on")
}

fn answered(question: u64, result: StoreResult<Answer>) -> Msg {
    match result {
        Ok(answer) => Msg::Answer { question, answer },
        Err(error) => failed(question, &error.to_string()),
    }
}

/// Asks the store, or who knows of readers.
async fn answer(
    store: &dyn Store,
    newsroom: &dyn Newsroom,
    add_up: &dyn AddUp,
    load: Load,
    brand: Option<SubjectId>,
) -> StoreResult<Answer> {
    Ok(match load {
        Load::Rows { filter, span, limit } => Answer::Rows(store.page(&filter, span, limit).await?.into()),
        Load::NewAbove { filter } => Answer::NewAbove(store.count(&filter, NEW_ABOVE).await?),
        Load::Detail { id, group } => {
            let mention = store.mention(id).await?.map(Arc::new);
            let story = Filter { group: Some(group), private: true, ..Filter::default() };
            let mut rows = store.page(&story, Span::Newest, STORY).await?;
            rows.retain(|row| row.id != id);
            let answered = mention.as_ref().is_some_and(|mention| mention.row.answered.is_some());
            let answers = if answered { store.answers(id).await? } else { Vec::new() };
            Answer::Detail(mention, rows.into(), answers.into())
        }
        Load::Why(id) => Answer::Why(newsroom.reasons(id).await?.map(Arc::new)),
        Load::Trend { subject, from, bucket, buckets } => {
            Answer::Trend(subject, store.trend(subject, from, bucket, buckets).await?.into())
        }
        Load::Overview { day } => Answer::Overview(store.overview(day, brand).await?),
        Load::Sources => Answer::Sources(store.sources().await?.into()),
        Load::Signals => Answer::Signals(store.signals(SIGNALS).await?.into()),
        Load::Thread(mention) => Answer::Thread(mention, store.thread(mention, letters::TURNS).await?.into()),
        Load::Accounts(source) => Answer::Told(letters::accounts(store, source).await?),
        Load::Books { limit } => Answer::Books(newsroom.show_books(limit).await?.map(Arc::new)),
        Load::Verdict { act } => Answer::Verdict(newsroom.verdict(act).await?.map(Arc::new)),
        Load::Outbox => Answer::Told(Told::Tray(Arc::new(letters::tray(store).await?))),
        load @ (Load::People { .. } | Load::Person { .. }) => people::answer(store, add_up, load).await?,
        load @ (Load::Cases { .. }
        | Load::FirstCases { .. }
        | Load::CaseIds { .. }
        | Load::Case { .. }
        | Load::Clocks { .. }
        | Load::Followed { .. }
        | Load::Rehearsal { .. }
        | Load::InboxFigures { .. }) => cases::answer(store, load).await?,
    })
}

#[cfg(test)]
mod tests;
