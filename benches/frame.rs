//! What a frame costs: the whole screen drawn by a busy model, and what a key and an arriving batch cost the model.
//!
//! `cargo bench --bench frame`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::Arc;

use goodword::domain::{
    Counts, GroupId, Intent, Intents, MentionId, MentionRow, Network, Overview, Reading, Role, SafeText, Shares,
    SourceId, Subject, SubjectId, Timestamp, Visibility,
};
use goodword::engine::Event;
use goodword::tui::app::cmd::Load;
use goodword::tui::app::composer::errand::Told;
use goodword::tui::app::msg::Answer;
use goodword::tui::app::{Action, Cmd, Model, Msg, Setup};
use goodword::tui::theme::Theme;
use goodword::tui::view;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn main() {
    divan::main();
}

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 50)];

fn now() -> Timestamp {
    Timestamp::from_second(1_763_802_000).unwrap()
}

fn row(id: i64) -> MentionRow {
    let shares = Shares { negative: 0.7, neutral: 0.2, positive: 0.1 };
    let intent = if id % 3 == 0 { Intent::Complaint } else { Intent::Question };
    MentionRow {
        id: MentionId(id),
        group: GroupId(id),
        group_size: u32::try_from(id % 9).unwrap(),
        source: SourceId(1),
        network: Network::FEED,
        author: SafeText::line("ana@hachyderm.example", 80),
        followers: Some(12_300),
        title: SafeText::line("Ferris Bikes recalls S2 stems after two falls", 300),
        excerpt: SafeText::line(
            &"chain snapped after 2 days, no answer 自転車 from support ".repeat(7),
            MentionRow::EXCERPT,
        ),
        published: Timestamp::from_second(now().as_second() - 60 * (10_000 - id)).unwrap(),
        first_seen: now(),
        history: false,
        read: id % 4 == 0,
        edited: false,
        visibility: Visibility::Public,
        content_warning: SafeText::default(),
        answered: None,
        readings: vec![Reading {
            subject: SubjectId(1),
            about: true,
            sentiment: Some(shares),
            intents: Intents::of(&[intent]),
        }],
    }
}

fn answer(load: &Load) -> Answer {
    match load {
        Load::Rows { limit, .. } => Answer::Rows((0..i64::from(*limit)).map(|n| row(9_000 - n)).collect()),
        Load::NewAbove { .. } => Answer::NewAbove(12),
        Load::Detail { .. } => Answer::Detail(None, Arc::new([]), Arc::new([])),
        Load::Trend { subject, buckets, .. } => {
            let counts =
                (0..u64::from(*buckets)).map(|n| Counts { negative: n % 5, positive: n % 7, ..Counts::default() });
            Answer::Trend(*subject, counts.collect())
        }
        Load::Overview { .. } => {
            Answer::Overview(Overview { mentions: 1_000_000, today: 1_204, unread: 40, unread_complaints: 7 })
        }
        Load::Sources => Answer::Sources(Arc::new([])),
        Load::Signals => Answer::Signals(Arc::new([])),
        Load::Cases { .. } => Answer::Cases(Arc::new([])),
        Load::FirstCases { .. } => Answer::FirstCases(Arc::new([]), false),
        Load::CaseIds { .. } => Answer::CaseIds(Arc::new([])),
        Load::Case { .. } => Answer::Case(None, None),
        Load::InboxFigures { .. } => Answer::InboxFigures(Default::default()),
        Load::Outbox => Answer::Told(Told::Tray(Arc::default())),
        Load::Thread(mention) => Answer::Thread(*mention, Arc::new([])),
        Load::Accounts(_) => Answer::Told(Told::Accounts(Vec::new(), Vec::new())),
        Load::Clocks { .. } => Answer::Clocks(Arc::new([])),
        Load::Followed { .. } => Answer::Followed(Arc::default()),
        Load::Why(_) => Answer::Why(None),
        Load::Books { .. } => Answer::Books(None),
        Load::Verdict { .. } => Answer::Verdict(None),
        Load::People { .. } => Answer::People(Arc::new([]), None),
        Load::Person { .. } => Answer::Person(None),
        // Nobody writes a post here.
        Load::Rehearsal { .. } => Answer::Failed(SafeText::line("nobody rehearses", 40)),
    }
}

fn busy(size: (u16, u16)) -> Model {
    let mut setup = Setup::new("Ferris Bikes", TimeZone::UTC, now(), size);
    let subject = |id, name: &str, role| Subject { id: SubjectId(id), name: name.to_owned(), role };
    setup.subjects = vec![subject(1, "Ferris Bikes", Role::Brand), subject(2, "Crab Cycles", Role::Rival)];
    let (mut model, mut cmds) = Model::new(setup);
    for _ in 0..50 {
        let Some(cmd) = cmds.pop() else { break };
        if let Cmd::Load { question, load } = cmd {
            cmds.extend(model.update(Msg::Answer { question, answer: answer(&load) }).cmds);
        }
    }
    assert!(model.stream().window().len() > 100);
    model
}

#[divan::bench(args = SIZES)]
fn a_frame(bencher: divan::Bencher<'_, '_>, size: (u16, u16)) {
    let model = busy(size);
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buffer = Buffer::empty(area);
    bencher.bench_local(|| {
        buffer.reset();
        view::draw(divan::black_box(&model), &Theme::standard(), area, &mut buffer);
    });
}

#[divan::bench(args = SIZES)]
fn a_key(bencher: divan::Bencher<'_, '_>, size: (u16, u16)) {
    let model = busy(size);
    bencher.with_inputs(|| model.clone()).bench_local_values(|mut model| {
        let update = model.update(Msg::Act { action: Action::Down, count: None });
        (model, update)
    });
}

#[divan::bench(args = SIZES)]
fn a_batch_of_ten(bencher: divan::Bencher<'_, '_>, size: (u16, u16)) {
    let model = busy(size);
    let new: Arc<[MentionRow]> = (9_001..9_011).map(row).collect();
    bencher.with_inputs(|| model.clone()).bench_local_values(|mut model| {
        let event = Event::Recorded { source: SourceId(1), new: Arc::clone(&new), changed: 0 };
        let update = model.update(Msg::Engine(event));
        (model, update)
    });
}
