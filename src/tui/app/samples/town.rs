//! A store in memory that answers the model's questions.

use std::sync::Arc;

use super::cases::Cases;
use super::postbox::Postbox;
use super::{minutes_ago, night, signal, state};
use crate::domain::case::InboxFilter;
use crate::domain::time::SignedDuration;
use crate::domain::{
    Act, ActId, Answerable, Correction, CorrectionId, Counts, Deed, Filter, Key, Mention, MentionId, MentionRow, Meter,
    Occasion, Overview, Reading, SafeText, Said, Signal, SignalKind, SourceHealth, SourceState, Span, SubjectId,
    WatchId,
};
use crate::tui::app::cmd::{Aim, Cmd, Load};
use crate::tui::app::composer::batch::Next;
use crate::tui::app::composer::errand::{Errand, Told};
use crate::tui::app::msg::{Answer, Msg};
use crate::tui::app::setup::Setup;
use crate::tui::app::{Action, Model};

/// A store in memory that answers like a runtime would.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) rows: Vec<MentionRow>,
    pub(crate) sources: Vec<SourceState>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) answers: Vec<Act>,
    pub(crate) cases: Cases,
    pub(crate) busy: bool,
    /// What people said of readings.
    pub(crate) said: Vec<Correction>,
    pub(crate) post: Postbox,
    /// What people said of acts, one after the other.
    pub(crate) judged: Vec<(ActId, Deed)>,
    /// People who are stored no more.
    pub(crate) forgotten: Vec<crate::domain::PersonId>,
}

impl Town {
    /// Nothing heard yet, no source asked.
    pub(crate) fn empty() -> Self {
        let sources = ["Google News: ferris bikes", "Mastodon #ferris", "HN search"];
        let sources =
            sources.iter().enumerate().map(|(n, name)| state(n as i64 + 1, name, SourceHealth::New)).collect();
        Self {
            rows: Vec::new(),
            sources,
            signals: Vec::new(),
            answers: Vec::new(),
            cases: Cases::default(),
            busy: false,
            said: Vec::new(),
            post: Postbox::default(),
            judged: Vec::new(),
            forgotten: Vec::new(),
        }
    }

    /// The morning after the night.
    pub(crate) fn morning() -> Self {
        let mut town = Self { rows: night(), busy: true, ..Self::empty() };
        for (n, state) in town.sources.iter_mut().enumerate() {
            state.health = SourceHealth::Working;
            state.polled = Some(minutes_ago(n as i64 + 1));
            state.answered = state.polled;
            state.next = Some(minutes_ago(-(n as i64) * 4));
            state.interval = Some(SignedDuration::from_mins(5));
            state.mentions = 1_000 * (n as u64 + 1);
        }
        town
    }

    /// A morning on which everything came from Mastodon and can be answered there.
    pub(crate) fn answering() -> Self {
        let mut town = Self { post: Postbox::of_mastodon(), ..Self::morning() };
        for row in &mut town.rows {
            row.network = crate::domain::Network::named("mastodon");
            row.source = crate::domain::SourceId(2);
            row.author = SafeText::line("ana@hachyderm.io", 80);
        }
        town
    }

    /// A morning on which things are broken.
    pub(crate) fn trouble() -> Self {
        let mut town = Self::morning();
        let mut failing = state(7, "bikeforum.example", SourceHealth::Failing);
        failing.trouble = SafeText::line(
            "503 from bikeforum.example, the fourth time: it is asked again at 09:20; if it stays away, open the page in a browser",
            300,
        );
        failing.failures = 4;
        failing.polled = Some(minutes_ago(6));
        let mut stopped = state(8, "old-blog.example", SourceHealth::Stopped);
        stopped.trouble = SafeText::line("410 Gone: the feed was taken down; remove it from the configuration", 300);
        town.sources.extend([failing, stopped]);
        town.signals = vec![
            signal(
                3,
                SignalKind::Spike,
                12,
                "Ferris Bikes: 14 mentions in the last hour, usually 2; \"recall\", \"stem\"; mostly negative",
            ),
            signal(2, SignalKind::Silence, 200, "HN search brought nothing for 9 h, usually every 40 min"),
        ];
        town
    }

    /// A morning of trouble with cases in every state.
    pub(crate) fn with_cases() -> Self {
        Self { cases: Cases::morning(), ..Self::trouble() }
    }

    /// A morning of trouble on which the networks count what is asked of them.
    pub(crate) fn metered() -> Self {
        let mut town = Self::trouble();
        let meter = |name: &str, used, limit, minutes: i64| Meter {
            name: name.into(),
            used,
            limit: Some(limit),
            currency: None,
            resets: Some(minutes_ago(-minutes)),
        };
        let money = Meter { currency: Some("USD".into()), resets: None, ..meter("spent", 4.2, 20.0, 0) };
        let counted = [
            vec![money],
            vec![meter("requests", 58.0, 300.0, 4), meter("writes", 27.0, 30.0, 31)],
            vec![meter("quota", 8_430.0, 10_000.0, 600)],
            vec![meter("requests", 2_871.0, 3_000.0, 2)],
        ];
        for (state, meters) in town.sources.iter_mut().zip(counted) {
            state.meters = meters;
        }
        town
    }

    /// A morning on which these people complain on Mastodon, each in a case of their own, the first one due first.
    pub(crate) fn of_riders(names: &[&str]) -> Self {
        let mut town = Self::answering();
        town.rows.truncate(names.len());
        for (n, (row, name)) in town.rows.iter_mut().zip(names).enumerate() {
            row.author = SafeText::line(&format!("{}@riders.example", name.to_lowercase()), 80);
            let mut case = super::cases::case_of(row.clone(), n as i64 + 1);
            case.row.who = row.author.clone();
            town.cases.all.push(case);
        }
        town
    }

    /// Who is to be answered of what is marked.
    fn line(&mut self, aim: &Aim) -> Vec<Next> {
        let all = InboxFilter { closed: true, snoozed: true, ..InboxFilter::default() };
        let rows = self.cases.inbox(&all, None, super::now(), usize::MAX);
        let next = |row: &crate::domain::case::CaseRow, marked: Vec<MentionId>| Next {
            case: Some(row.id),
            mention: row.mention.id,
            marked,
            open: row.status.is_open(),
            answered: row.mention.answered,
        };
        match aim {
            Aim::Cases(ids) => rows.iter().filter(|row| ids.contains(&row.id)).map(|row| next(row, vec![])).collect(),
            Aim::Mentions(ids) => {
                let with = rows.iter().filter(|row| ids.contains(&row.mention.id));
                let mut line: Vec<Next> = with.map(|row| next(row, vec![row.mention.id])).collect();
                let alone = ids.iter().filter(|id| !rows.iter().any(|row| row.mention.id == **id));
                line.extend(alone.map(|id| Next {
                    case: None,
                    mention: *id,
                    marked: vec![*id],
                    open: false,
                    answered: None,
                }));
                line
            }
        }
    }

    fn accepts(row: &MentionRow, filter: &Filter) -> bool {
        let subject = |reading: &&Reading| filter.subject.is_none_or(|id| reading.subject == id && reading.about);
        let mut readings = row.readings.iter().filter(subject);
        let fits = match filter.intent {
            Some(intent) => readings.any(|reading| reading.intents.has(intent)),
            None => filter.subject.is_none() || readings.next().is_some(),
        };
        fits && (!filter.unread || !row.read)
            && filter.group.is_none_or(|group| row.group == group)
            && filter.since.is_none_or(|since| row.published >= since)
    }

    fn matching(&self, filter: &Filter) -> Vec<MentionRow> {
        let mut rows: Vec<MentionRow> = self.rows.iter().filter(|row| Self::accepts(row, filter)).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(Key { published: row.published, id: row.id }));
        rows
    }

    fn load(&mut self, load: Load) -> Answer {
        match load {
            Load::Rows { filter, span, limit } => {
                let mut rows = self.matching(&filter);
                let key = |row: &MentionRow| Key { published: row.published, id: row.id };
                match span {
                    Span::Newest => {}
                    Span::OlderThan(place) => rows.retain(|row| key(row) < place),
                    Span::NewerThan(place) => {
                        rows.retain(|row| key(row) > place);
                        rows.reverse();
                    }
                }
                rows.truncate(limit as usize);
                Answer::Rows(rows.into())
            }
            Load::NewAbove { filter } => Answer::NewAbove(self.matching(&filter).len() as u64),
            Load::Detail { id, group } => {
                let mention = self.rows.iter().find(|row| row.id == id).map(|row| Arc::new(whole(row, &self.said)));
                let members = self.rows.iter().filter(|row| row.group == group).cloned().collect();
                Answer::Detail(mention, members, self.answers.clone().into())
            }
            Load::Why(id) => {
                let row = self.rows.iter().find(|row| row.id == id);
                Answer::Why(row.map(|row| Arc::new(super::reasons::of(whole(row, &self.said)))))
            }
            Load::Trend { subject, buckets, .. } => Answer::Trend(subject, self.trend(subject, buckets)),
            Load::Overview { .. } => {
                let unread: Vec<&MentionRow> = self.rows.iter().filter(|row| !row.read).collect();
                let complaints = unread.iter().filter(|row| {
                    row.readings.iter().any(|reading| reading.subject == SubjectId(1) && reading.is_complaint())
                });
                Answer::Overview(Overview {
                    mentions: self.rows.len() as u64 + if self.busy { 120_000 } else { 0 },
                    today: self.rows.len() as u64,
                    unread: unread.len() as u64,
                    unread_complaints: complaints.count() as u64,
                })
            }
            Load::Sources => Answer::Sources(self.sources.clone().into()),
            Load::Signals => Answer::Signals(self.signals.clone().into()),
            Load::Accounts(_) => Answer::Told(Told::Accounts(self.post.identities.clone(), vec![])),
            Load::Thread(id) => Answer::Thread(id, self.post.turns.clone().into()),
            Load::Outbox => Answer::Told(self.post.tray()),
            Load::Cases { filter, after, now, limit } => {
                Answer::Cases(self.cases.inbox(&filter, after, now, limit as usize).into())
            }
            Load::FirstCases { now, limit } => {
                let open = InboxFilter { one_per_story: true, ..InboxFilter::default() };
                let rows = self.cases.inbox(&open, None, now, limit as usize);
                Answer::FirstCases(rows.into(), !self.cases.all.is_empty())
            }
            Load::CaseIds { filter, now, most } => {
                let rows = self.cases.inbox(&filter, None, now, most);
                Answer::CaseIds(rows.iter().map(|row| row.id).collect())
            }
            Load::Case { id, .. } => {
                let case = self.cases.of(id).cloned().map(Arc::new);
                Answer::Case(case, self.cases.card(id).map(Arc::new))
            }
            Load::People { filter, after, limit, .. } => super::crowd::page(&filter, after, limit as usize),
            Load::Person { whose: super::super::cmd::Whose::Person(id) } if self.forgotten.contains(&id) => {
                Answer::Person(None)
            }
            Load::Person { whose } => super::crowd::card(whose),
            Load::Clocks { from, now, target, hours } => {
                Answer::Clocks(self.cases.reckonings(from, now, target, hours.as_ref()))
            }
            Load::Rehearsal { text, now, by, .. } => self.post.rehearse(&text, now, &by),
            Load::Books { limit } => Answer::Books(Some(super::books::shown(&self.judged, limit).into())),
            Load::Verdict { act } => Answer::Verdict(super::books::verdict(&self.judged, act).map(Arc::new)),
            Load::Followed { .. } => Answer::Followed(self.cases.followed()),
            Load::InboxFigures { now, cut_off, tell_factor } => {
                Answer::InboxFigures(self.cases.figures(now, cut_off, tell_factor))
            }
        }
    }

    /// All of a mention.
    pub(crate) fn whole(&self, id: MentionId) -> Mention {
        self.rows.iter().find(|row| row.id == id).map(|row| whole(row, &self.said)).expect("a mention of the town")
    }

    fn trend(&self, subject: SubjectId, buckets: u32) -> Arc<[Counts]> {
        (0..u64::from(buckets))
            .map(|n| {
                if !self.busy {
                    return Counts::default();
                }
                let wave = (n * 7 + subject.0 as u64 * 3) % 11;
                let burning = if subject == SubjectId(1) && n + 3 > u64::from(buckets) { 9 } else { 0 };
                Counts {
                    negative: wave / 5 + burning,
                    neutral: wave / 2,
                    positive: wave / 3,
                    unscored: wave / 10,
                    complaints: wave / 6 + burning / 2,
                    praises: wave / 5,
                    questions: wave / 7,
                }
            })
            .collect()
    }

    /// What the store says to a command; nothing for commands that ask nothing.
    pub(crate) fn answer(&mut self, cmd: Cmd) -> Option<Msg> {
        let (question, answer) = match cmd {
            Cmd::Load { question, load } => (question, self.load(load)),
            Cmd::MarkRead { question, ids, read } => (question, self.mark(|row| ids.contains(&row.id), read)),
            Cmd::MarkAllRead { question, filter, last } => {
                (question, self.mark(|row| row.id <= last && Self::accepts(row, &filter), true))
            }
            Cmd::ChangeCases { question, order } => (question, Answer::CasesChanged(self.cases.change(&order).into())),
            Cmd::Forget { question, sure: false, .. } => {
                (question, Answer::Remains(vec!["3 mentions of theirs".to_owned(), "1 case".to_owned()]))
            }
            Cmd::Forget { question, .. } => {
                let lines = vec!["Erased:".to_owned(), "searched 4 files: nothing left".to_owned()];
                (question, Answer::Forgotten(Box::new(crate::tui::app::people::Forgotten { clean: true, lines })))
            }
            Cmd::People { question, .. } => (question, Answer::PeopleChanged(true)),
            Cmd::UndoSteps { question, steps, .. } => (question, Answer::StepsUndone(self.cases.undo(&steps))),
            Cmd::Correct { question, ids, subject, said, occasion } => {
                (question, Answer::Corrected(self.correct(&ids, subject, said, occasion)))
            }
            Cmd::CorrectActs { question, acts, deed } => {
                let first = self.judged.len() as i64;
                self.judged.extend(acts.iter().map(|act| (*act, deed)));
                (
                    question,
                    Answer::ActsCorrected((0..acts.len() as i64).map(|one| CorrectionId(first + one)).collect(), deed),
                )
            }
            Cmd::UndoActCorrections { question, ids } => {
                self.judged.truncate(ids.iter().map(|id| id.0 as usize).min().unwrap_or(usize::MAX));
                (question, Answer::ActsUncorrected(ids.len() as u64))
            }
            Cmd::UndoCorrections { question, ids } => (question, Answer::Uncorrected(self.uncorrect(&ids))),
            Cmd::SaveWatch { question, name, .. } => {
                (question, Answer::Saved(SafeText::line(&format!("saved as watch {name}"), 100)))
            }
            Cmd::Errand { question, errand } => {
                if let Errand::Line(aim) = &errand {
                    return Some(Msg::Answer { question, answer: Answer::Told(Told::Line(self.line(aim))) });
                }
                let (rows, said) = (&self.rows, &self.said);
                let mention = |id| rows.iter().find(|row| row.id == id).map(|row| whole(row, said));
                let mut told = self.post.carry_out(errand, mention);
                if let Told::Opened(opened) = &mut told {
                    let id = opened.mention.as_ref().map(|mention| mention.row.id);
                    let case = self.cases.all.iter().find(|case| Some(case.row.mention.id) == id);
                    opened.case = case.cloned().map(Box::new);
                }
                (question, Answer::Told(told))
            }
            Cmd::SeeSignal(id) => {
                for signal in self.signals.iter_mut().filter(|signal| signal.id == id) {
                    signal.seen = true;
                }
                return None;
            }
            _ => return None,
        };
        Some(Msg::Answer { question, answer })
    }

    fn correct(
        &mut self,
        ids: &[MentionId],
        subject: Option<SubjectId>,
        said: Said,
        occasion: Occasion,
    ) -> Vec<CorrectionId> {
        let mut kept = Vec::new();
        for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id)) {
            let Some(subject) = subject.or(row.lead().map(|reading| reading.subject)) else { continue };
            let Some(reading) = row.readings.iter_mut().find(|reading| reading.subject == subject) else { continue };
            let id = CorrectionId(self.said.len() as i64 + 1);
            let read = reading.clone();
            *reading = said.over(reading);
            let (mention, untaught, at) = (Some(row.id), read.sentiment, minutes_ago(0));
            self.said.push(Correction {
                id,
                mention,
                subject,
                read,
                untaught,
                untaught_intents: None,
                said,
                occasion,
                intents_occasion: occasion,
                at,
            });
            kept.push(id);
        }
        kept
    }

    fn uncorrect(&mut self, ids: &[CorrectionId]) -> u64 {
        let (gone, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.said).into_iter().partition(|one| ids.contains(&one.id));
        self.said = left;
        for one in gone.iter().rev() {
            let rows = self.rows.iter_mut().filter(|row| Some(row.id) == one.mention);
            for reading in rows.flat_map(|row| &mut row.readings).filter(|reading| reading.subject == one.subject) {
                reading.clone_from(&one.read);
            }
        }
        gone.len() as u64
    }

    fn mark(&mut self, accepts: impl Fn(&MentionRow) -> bool, read: bool) -> Answer {
        let mut changed = Vec::new();
        for row in self.rows.iter_mut().filter(|row| accepts(row) && row.read != read) {
            row.read = read;
            changed.push(row.id);
        }
        Answer::Marked(changed, read)
    }

    /// A model that has asked everything that it wants to know.
    pub(crate) fn model(&mut self, setup: Setup) -> Model {
        let (mut model, cmds) = Model::new(setup);
        self.serve(&mut model, cmds);
        model
    }

    /// Answers commands until the model asks nothing more; returns what was no question.
    pub(crate) fn serve(&mut self, model: &mut Model, cmds: Vec<Cmd>) -> Vec<Cmd> {
        let mut waiting = std::collections::VecDeque::from(cmds);
        let mut others = Vec::new();
        let mut rounds = 0;
        while let Some(cmd) = waiting.pop_front() {
            rounds += 1;
            assert!(rounds < 1_000, "the model never stops asking: {cmd:?}");
            match self.answer(cmd.clone()) {
                Some(msg) => waiting.extend(model.update(msg).cmds),
                None => others.push(cmd),
            }
        }
        others
    }

    /// A message and everything that it leads to.
    pub(crate) fn tell(&mut self, model: &mut Model, msg: Msg) -> Vec<Cmd> {
        let cmds = model.update(msg).cmds;
        self.serve(model, cmds)
    }

    /// A key and everything that it leads to.
    pub(crate) fn press(&mut self, model: &mut Model, action: Action) -> Vec<Cmd> {
        self.tell(model, Msg::Act { action, count: None })
    }
}

/// Riders are called as their handles say, everybody else Ana.
fn name_of(row: &MentionRow) -> SafeText {
    let rider = row.author.as_str().strip_suffix("@riders.example");
    let mut signs = rider.unwrap_or("ana").chars();
    let first: String = signs.next().into_iter().flat_map(char::to_uppercase).chain(signs).collect();
    SafeText::line(&format!("{first} Example"), 80)
}

fn whole(row: &MentionRow, said: &[Correction]) -> Mention {
    Mention {
        row: row.clone(),
        person: None,
        native_id: format!("native-{}", row.id),
        url: Some(SafeText::line(&format!("https://hachyderm.io/@ana/{}", row.id), 300)),
        text: SafeText::block(&format!("{}\n\nSecond paragraph, which only the whole mention has.", row.excerpt)),
        author_name: name_of(row),
        lang: Some("en".to_owned()),
        links: vec![SafeText::line("https://ferris-bikes.example/support/chains", 300)],
        image_descriptions: vec![SafeText::line("A bicycle chain in two pieces on a wet road", 300)],
        claimed: Some(row.published),
        edited_at: None,
        watches: vec![(WatchId(1), "ferris".to_owned())],
        parent: None,
        root: None,
        addressed: false,
        answerable: Answerable::AsSource,
        corrections: said.iter().filter(|one| one.mention == Some(row.id)).cloned().collect(),
    }
}
