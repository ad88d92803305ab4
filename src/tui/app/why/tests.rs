use super::*;
use crate::domain::{Intent, Intents};
use crate::engine::Event;
use crate::engine::{Lessons, SubjectLessons};
use crate::language::correct::Learned;
use crate::language::correct::intents::LearnedIntents;
use crate::tui::app::cmd::{Cmd, Load};
use crate::tui::app::msg::{Answer, Msg};
use crate::tui::app::samples::{Town, setup};
use crate::tui::app::{Action, InputMode};

const SIZE: (u16, u16) = (120, 36);

fn open(town: &mut Town) -> Model {
    let mut model = town.model(setup(SIZE));
    town.press(&mut model, Action::OpenFirst);
    model
}

fn told(model: &Model) -> Vec<String> {
    model.why().unwrap().sheet().page().lines().iter().map(|line| line.words().trim_end().to_owned()).collect()
}

fn asked(cmds: &[Cmd]) -> Option<(u64, MentionId)> {
    cmds.iter().find_map(|cmd| match cmd {
        Cmd::Load { question, load: Load::Why(id) } => Some((*question, *id)),
        _ => None,
    })
}

#[test]
fn it_is_asked_for_the_mention_under_the_cursor_and_late_answers_are_nobodys() {
    let mut town = Town::morning();
    let mut model = open(&mut town);
    let id = model.detail().id().unwrap();
    let update = model.update(Msg::Act { action: Action::Why, count: None });
    let (question, of) = asked(&update.cmds).unwrap();
    assert_eq!((of, model.input_mode()), (id, InputMode::Overlay));
    assert!(told(&model).iter().any(|line| line.contains("looking at the words")));
    // Closed and opened again: the first answer is not waited for any more.
    let _ = model.update(Msg::Act { action: Action::Back, count: None });
    assert!(model.why().is_none());
    let update = model.update(Msg::Act { action: Action::Why, count: None });
    let (again, _) = asked(&update.cmds).unwrap();
    let late = Msg::Answer { question, answer: Answer::Why(None) };
    assert!(again != question && !model.update(late).dirty);
    assert!(model.update(Msg::Answer { question: again, answer: Answer::Why(None) }).dirty);
    assert_eq!(told(&model), ["This mention is not stored any more."]);
}

#[test]
fn explaining_the_detail_tells_why_and_the_words_stand_out() {
    let mut town = Town::morning();
    let mut model = open(&mut town);
    town.press(&mut model, Action::Explain);
    let lines = told(&model);
    let has = |words: &str| assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    has("Ferris Bikes −!recalls S2 stems after two −!falls");
    has("for negative: falls −0.8  recalls −0.6");
    has("! complaint 72 %");
    has("? question 15 %, not taken");
    has("about this subject");
    has("for it: falls +0.7  recalls +0.4");
    let tones: Vec<Tone> = model.why().unwrap().sheet().page().lines()[0].0.iter().map(|piece| piece.tone).collect();
    assert_eq!(tones, [Tone::Text, Tone::Contra, Tone::Text, Tone::Contra]);
    // It may be corrected at once.
    town.press(&mut model, Action::Correct);
    assert!(model.why().is_none() && matches!(model.overlays(), [Overlay::Correct(_)]));
}

#[test]
fn what_is_learned_meanwhile_is_told_anew() {
    let mut town = Town::morning();
    let mut model = open(&mut town);
    town.press(&mut model, Action::Why);
    let taught = SubjectLessons {
        corrections: 12,
        sentiment: Learned { biases: [0.7, 0.0, -0.7], from: 9 },
        intents: LearnedIntents { biases: [-0.7, 0.7, 0.0, 0.0, 0.0], from: 3 },
        ..SubjectLessons::default()
    };
    let lessons = Lessons::default().with(SubjectId(1), taught);
    let mut cmds = model.update(Msg::Engine(Event::Learned(lessons.into()))).cmds;
    if asked(&cmds).is_none() {
        let later = model.context().now() + crate::domain::time::SignedDuration::from_secs(2);
        cmds = model.update(Msg::Clock(later)).cmds;
    }
    let (question, id) = asked(&cmds).expect("it is asked again");
    let mut reasons = crate::tui::app::samples::reasons::of(town.whole(id));
    reasons.subjects[0].now.intents = Intents::of(&[Intent::Question]);
    assert!(model.update(Msg::Answer { question, answer: Answer::Why(Some(Arc::new(reasons))) }).dirty);
    let lines = told(&model);
    for words in [
        "learned from 12 corrections",
        "The odds of negative count ×2.0",
        "complaint ×0.5, question ×2.0",
        "when it came it was read as",
        "nothing is read anew by itself",
    ] {
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    }
}

#[test]
fn of_a_long_text_the_lines_that_decided_are_shown() {
    let mut town = Town::morning();
    let mut model = open(&mut town);
    let id = model.detail().id().unwrap();
    let mut mention = town.whole(id);
    let long = format!("{}snapped.\n{}", "a quiet day.\n".repeat(30), "a quiet night.\n".repeat(30));
    mention.text = crate::domain::SafeText::block(&long);
    let update = model.update(Msg::Act { action: Action::Why, count: None });
    let (question, _) = asked(&update.cmds).unwrap();
    let reasons = crate::tui::app::samples::reasons::of(mention);
    let _ = model.update(Msg::Answer { question, answer: Answer::Why(Some(Arc::new(reasons))) });
    let lines = told(&model);
    assert!(lines.iter().any(|line| line.contains("−!snapped.")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("quiet")), "{lines:#?}");
}
