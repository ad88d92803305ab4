//! Scenes that several screens show.

use super::*;

pub(super) fn found(town: &mut Town, size: (u16, u16)) -> Model {
    let mut model = screen(town, size, &[Action::Search]);
    let cmds = typed(town, &mut model, "chain OR stem");
    let [Cmd::Try { question, query }] = cmds.as_slice() else { panic!("{cmds:?}") };
    let hits =
        town.rows.iter().filter(|row| row.excerpt.as_str().contains("chain") || row.title.as_str().contains("stem"));
    let rows: Vec<_> = hits.map(|row| (row.clone(), vec![SafeText::line("chain", 9)])).collect();
    let found = Found {
        query: query.clone(),
        explained: vec!["any of".into(), "  word chain".into(), "  word stem".into()],
        matched: rows.len() as u64,
        rows,
        scanned: 120_040,
        per_hour: Some(1.42),
        ..Found::default()
    };
    town.tell(&mut model, Msg::Answer { question: *question, answer: Answer::Trial(found.into()) });
    model
}

/// What twenty answers may have taught.
pub(super) fn lessons() -> crate::engine::Lessons {
    let sentiment = crate::language::correct::Learned { biases: [0.74, -0.2, -0.54], from: 19 };
    let taught = crate::engine::SubjectLessons {
        corrections: 20,
        sentiment,
        errors: Some((0.124, 0.031)),
        ..crate::engine::SubjectLessons::default()
    };
    crate::engine::Lessons::default().with(crate::domain::SubjectId(1), taught)
}
