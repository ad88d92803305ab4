use super::*;
use crate::domain::{Correction, Shares};
use crate::engine::SubjectLessons;
use crate::language::correct::Learned;
use crate::tui::app::msg::Msg;
use crate::tui::app::samples::{Town, now, reading, row, setup};

fn morning() -> (Town, Model) {
    let mut town = Town::morning();
    let model = town.model(setup((120, 36)));
    (town, model)
}

fn typed(town: &mut Town, model: &mut Model, keys: &str) {
    for key in keys.chars() {
        town.tell(model, Msg::Type(Typing::Character(key)));
    }
}

fn notice(model: &Model) -> &str {
    model.status().shown().map_or("", |notice| notice.text.as_str())
}

fn selected(model: &Model) -> MentionRow {
    model.stream().selected().unwrap().clone()
}

#[test]
fn one_key_corrects_the_selected_mention_and_undo_gives_back_what_was() {
    let (mut town, mut model) = morning();
    let before = selected(&model);
    assert_eq!(before.readings[0].likeliest(), Some(Sentiment::Positive));
    town.press(&mut model, Action::SayNegative);
    assert_eq!(notice(&model), "corrected 1 mention; u undoes it");
    let said = &town.said[0];
    assert_eq!((said.mention, said.subject), (Some(before.id), SubjectId(1)));
    assert_eq!((said.said, said.occasion), (Said::sentiment(Sentiment::Negative), Occasion::Volunteered));
    town.tell(&mut model, Msg::Clock(now() + crate::domain::time::SignedDuration::from_secs(2)));
    assert_eq!(selected(&model).readings[0].likeliest(), Some(Sentiment::Negative), "the list shows it");
    town.press(&mut model, Action::Undo);
    assert_eq!(notice(&model), "undone: 1 correction");
    assert_eq!(town.rows.iter().find(|row| row.id == before.id), Some(&before));
}

#[test]
fn marked_rows_are_corrected_together() {
    let (mut town, mut model) = morning();
    for _ in 0..3 {
        town.press(&mut model, Action::Mark);
    }
    town.press(&mut model, Action::SayElsewhere);
    assert_eq!(notice(&model), "corrected 3 mentions; u undoes it");
    assert!(model.marks().is_empty());
    assert!(town.said.iter().all(|one| one.said == Said::about(false)));
    town.press(&mut model, Action::Undo);
    assert!(town.said.is_empty());
}

#[test]
fn the_popup_takes_two_intents_and_says_them_with_enter() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Correct);
    typed(&mut town, &mut model, "-cq");
    assert!(town.said.is_empty(), "nothing is said before Enter");
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert!(model.overlays().is_empty());
    let said = town.said[0].said;
    assert_eq!(said.sentiment, Some(Sentiment::Negative));
    assert_eq!(said.intents, Some(Intents::of(&[Intent::Complaint, Intent::Question])));
    assert_eq!(said.about, None);
    // Nothing said, or thought better of: nothing happens.
    for end in [Typing::Submit, Typing::Cancel] {
        town.press(&mut model, Action::Correct);
        if end == Typing::Cancel {
            typed(&mut town, &mut model, "+");
        }
        town.tell(&mut model, Msg::Type(end));
        assert!(model.overlays().is_empty());
    }
    assert_eq!(town.said.len(), 1);
}

#[test]
fn keys_say_and_unsay_and_a_third_intent_begins_anew() {
    let mut correcting = Correcting::of_one(&row(1), None, morning().1.context());
    for (key, said) in [
        ('-', Said::sentiment(Sentiment::Negative)),
        ('0', Said::sentiment(Sentiment::Neutral)),
        ('0', Said::default()),
        ('c', Said::intents(Intents::of(&[Intent::Complaint]))),
        ('q', Said::intents(Intents::of(&[Intent::Complaint, Intent::Question]))),
        ('p', Said::intents(Intents::of(&[Intent::Praise]))),
        ('p', Said::default()),
        ('n', Said::about(false)),
        ('a', Said::about(true)),
        ('x', Said::about(true)),
    ] {
        correcting.type_in(&Typing::Character(key));
        assert_eq!(correcting.said(), said, "after {key}");
    }
}

#[test]
fn another_subject_of_the_mention_can_be_meant() {
    let (mut town, mut model) = morning();
    let both = model.stream().window().iter().position(|row| row.readings.len() == 2).unwrap();
    for _ in 0..both {
        town.press(&mut model, Action::Down);
    }
    town.press(&mut model, Action::Correct);
    town.tell(&mut model, Msg::Type(Typing::Next));
    typed(&mut town, &mut model, "+");
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert_eq!(town.said[0].subject, SubjectId(2));
}

#[test]
fn a_mention_that_is_gone_cannot_be_corrected() {
    let (mut town, mut model) = morning();
    town.rows.clear();
    town.press(&mut model, Action::SayPositive);
    assert!(notice(&model).starts_with("nothing was corrected"), "{}", notice(&model));
    town.press(&mut model, Action::Undo);
    assert_eq!(notice(&model), "nothing to undo");
}

#[test]
fn what_the_readers_learned_is_known_until_they_unlearn_it() {
    let (_, mut model) = morning();
    let sentiment = Learned { biases: [0.5, 0.0, -0.5], from: 3 };
    let taught = SubjectLessons { corrections: 3, sentiment, ..SubjectLessons::default() };
    let lessons = Arc::new(Lessons::default().with(SubjectId(1), taught));
    assert!(model.update(Msg::Engine(crate::engine::Event::Learned(Arc::clone(&lessons)))).dirty);
    assert!(!model.update(Msg::Engine(crate::engine::Event::Learned(lessons))).dirty, "nothing new");
    let mut page = Page::new(80);
    learned(&mut page, model.context());
    let words: Vec<String> = page.lines().iter().map(Line::words).collect();
    assert!(words.iter().any(|line| line == "Ferris Bikes: learned from 3 corrections"), "{words:?}");
    assert!(words.iter().any(|line| line.contains("negative count ×1.6")), "{words:?}");
}

#[test]
fn both_words_are_told_of_every_kind() {
    let read = reading(1, Sentiment::Neutral, 0.52, &[Intent::Question]);
    let said = Said {
        intents: Some(Intents::of(&[Intent::Complaint])),
        about: Some(true),
        ..Said::sentiment(Sentiment::Negative)
    };
    let correction = Correction {
        id: CorrectionId(1),
        mention: None,
        subject: SubjectId(1),
        read,
        untaught: Some(Shares { negative: 0.3, neutral: 0.4, positive: 0.3 }),
        untaught_intents: None,
        said,
        occasion: Occasion::Asked,
        intents_occasion: Occasion::Asked,
        at: now(),
    };
    let mut page = Page::new(120);
    both_words(&mut page, correction.said, &correction.read);
    let words: Vec<String> = page.lines().iter().map(|line| line.words().trim().to_owned()).collect();
    assert_eq!(
        words,
        ["you said  − negative  ! complaint  about this subject", "the reader said  · neutral 52 %  ? question"]
    );
}
