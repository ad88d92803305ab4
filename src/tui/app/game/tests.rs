use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{GroupId, Intent};
use crate::tui::app::layout::Pane;
use crate::tui::app::msg::Msg;
use crate::tui::app::samples::{Town, minutes_ago, reading, row, setup};

const US: SubjectId = SubjectId(1);

fn read(id: i64, sentiment: Sentiment, probability: f32) -> MentionRow {
    MentionRow { readings: vec![reading(1, sentiment, probability, &[Intent::Other])], ..row(id) }
}

fn classes(chosen: &[MentionRow]) -> Vec<usize> {
    [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive]
        .map(|one| chosen.iter().filter(|row| row.readings[0].likeliest() == Some(one)).count())
        .to_vec()
}

#[test]
fn the_three_sentiments_are_asked_about_alike_though_one_is_rare() {
    let mut rows: Vec<MentionRow> = (0..200).map(|id| read(id, Sentiment::Neutral, 0.9)).collect();
    rows.extend((200..207).map(|id| read(id, Sentiment::Negative, 0.6)));
    rows.extend((300..340).map(|id| read(id, Sentiment::Positive, 0.7)));
    let chosen = choose(&rows, US, 20);
    assert_eq!(classes(&chosen), [7, 7, 6]);
    assert!(chosen.windows(2).take(18).all(|two| two[0].readings[0].likeliest() != two[1].readings[0].likeliest()));
    rows.retain(|row| row.readings[0].likeliest() != Some(Sentiment::Negative));
    assert_eq!(classes(&choose(&rows, US, 20)), [0, 10, 10], "what there is not is not waited for");
}

#[test]
fn uncertain_ones_come_first_and_certain_ones_are_among_them() {
    let rows: Vec<MentionRow> = (0..60).map(|id| read(id, Sentiment::Negative, 0.4 + id as f32 / 110.0)).collect();
    let chosen = choose(&rows, US, 9);
    let ids: Vec<i64> = chosen.iter().map(|row| row.id.0).collect();
    assert_eq!(ids, [0, 1, 30, 2, 3, 31, 4, 5, 32]);
}

#[test]
fn nothing_is_asked_that_cannot_teach() {
    let mut rows = vec![read(1, Sentiment::Negative, 0.5); 3];
    rows[1].id = MentionId(2); // the same story
    rows[2].id = MentionId(3);
    rows[2].group = GroupId(3); // another story, the same words
    let said = MentionRow { readings: vec![Said::sentiment(Sentiment::Positive).over(&row(4).readings[0])], ..row(4) };
    let mut unread = row(5);
    unread.readings[0].sentiment = None;
    let mut elsewhere = row(6);
    elsewhere.readings[0].about = false;
    let rival = MentionRow { readings: vec![reading(2, Sentiment::Negative, 0.6, &[Intent::Other])], ..row(7) };
    let empty = MentionRow { excerpt: SafeText::default(), ..row(8) };
    rows.extend([said, unread, elsewhere, rival, empty, read(9, Sentiment::Neutral, 0.7)]);
    let chosen: Vec<i64> = choose(&rows, US, 20).iter().map(|row| row.id.0).collect();
    assert_eq!(chosen, [1, 9]);
}

proptest! {
    #[test]
    fn a_choice_is_of_what_there_is_each_once(
        kinds in prop::collection::vec((0u8..3, 0.34f32..0.999), 0..80), most in 0usize..30,
    ) {
        let class = |kind| [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive][usize::from(kind)];
        let rows: Vec<MentionRow> =
            kinds.iter().enumerate().map(|(id, (kind, share))| read(id as i64, class(*kind), *share)).collect();
        let chosen = choose(&rows, US, most);
        prop_assert_eq!(chosen.len(), most.min(rows.len()));
        let ids: BTreeSet<MentionId> = chosen.iter().map(|row| row.id).collect();
        prop_assert_eq!(ids.len(), chosen.len());
        prop_assert_eq!(choose(&rows, US, most), chosen);
    }
}

fn morning() -> (Town, Model) {
    let mut town = Town::morning();
    let model = town.model(setup((80, 24)));
    (town, model)
}

fn typed(town: &mut Town, model: &mut Model, keys: &str) {
    for key in keys.chars() {
        town.tell(model, Msg::Type(Typing::Character(key)));
    }
}

fn page(model: &Model) -> String {
    let Some(Overlay::Game(game)) = model.overlays().last() else { return String::new() };
    game.page(100, 20, model.context()).lines().iter().map(Line::words).collect::<Vec<_>>().join("\n")
}

fn progress(model: &Model) -> String {
    model
        .overlays()
        .iter()
        .find_map(|overlay| if let Overlay::Game(game) = overlay { Some(game.progress()) } else { None })
        .unwrap_or_default()
}

fn notice(model: &Model) -> &str {
    model.status().shown().map_or("", |notice| notice.text.as_str())
}

#[test]
fn every_answer_is_kept_at_once_and_the_whole_game_is_one_undo() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::SayNegative);
    town.press(&mut model, Action::Teach);
    assert_eq!(progress(&model), "1 of 20");
    typed(&mut town, &mut model, "-");
    assert_eq!((progress(&model).as_str(), town.said.len()), ("2 of 20", 2));
    assert_eq!((town.said[1].said, town.said[1].occasion), (Said::sentiment(Sentiment::Negative), Occasion::Asked));
    typed(&mut town, &mut model, "+n0");
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert_eq!(town.said.len(), 5);
    assert!(page(&model).starts_with("You answered 4 of 20"), "{}", page(&model));
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert!(model.overlays().is_empty());
    town.press(&mut model, Action::Undo);
    assert_eq!(notice(&model), "undone: 4 corrections");
    assert_eq!(town.said.len(), 1, "what was said before the game stays");
}

#[test]
fn one_goes_back_and_says_something_else() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Teach);
    typed(&mut town, &mut model, "nb");
    assert_eq!(progress(&model), "1 of 20");
    assert!(page(&model).contains("[not about us]"), "{}", page(&model));
    typed(&mut town, &mut model, "+");
    let [first, second] = town.said.as_slice() else { panic!("{:?}", town.said) };
    assert_eq!(first.mention, second.mention);
    assert_eq!(first.said.then(second.said), Said { about: Some(true), ..Said::sentiment(Sentiment::Positive) });
    typed(&mut town, &mut model, "bbbb");
    assert_eq!(progress(&model), "1 of 20");
}

#[test]
fn what_a_mention_wants_is_said_before_it_is_left() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Teach);
    typed(&mut town, &mut model, "cq");
    assert!(town.said.is_empty() && progress(&model) == "1 of 20", "nothing is sent before it is left");
    assert!(page(&model).contains("[complaint]") && page(&model).contains("[question]"), "{}", page(&model));
    typed(&mut town, &mut model, "-");
    let both = Intents::of(&[Intent::Complaint, Intent::Question]);
    let said: Vec<_> = town.said.iter().map(|one| (one.said, one.occasion)).collect();
    assert_eq!(
        said,
        [(Said::intents(both), Occasion::Volunteered), (Said::sentiment(Sentiment::Negative), Occasion::Asked)]
    );
    // Of what is skipped the kind counts; of what is not about us nothing else does; nothing is sent twice.
    typed(&mut town, &mut model, "psmn");
    assert_eq!(town.said[2].said, Said::intents(Intents::of(&[Intent::Praise])));
    assert_eq!(town.said[3].said, Said::about(false));
    typed(&mut town, &mut model, "bbs");
    assert_eq!(town.said.len(), 4);
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(page(&model).contains("You answered 3 of 20") && page(&model).contains("of 2 what they want"));
    town.tell(&mut model, Msg::Type(Typing::Submit));
    town.press(&mut model, Action::Undo);
    assert!(town.said.is_empty(), "the whole game is one undo");
}

#[test]
fn skipping_says_nothing_and_stopping_at_once_leaves_nothing() {
    let (mut town, mut model) = morning();
    town.press(&mut model, Action::Teach);
    typed(&mut town, &mut model, "ss");
    town.tell(&mut model, Msg::Type(Typing::Right));
    assert_eq!(progress(&model), "4 of 20");
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(model.overlays().is_empty() && town.said.is_empty());
    town.press(&mut model, Action::Teach);
    typed(&mut town, &mut model, &"s".repeat(20));
    assert!(page(&model).starts_with("Nothing was answered"), "{}", page(&model));
    typed(&mut town, &mut model, "b");
    assert_eq!(progress(&model), "20 of 20");
}

#[test]
fn with_too_few_mentions_there_is_no_game() {
    let mut town = Town::empty();
    town.rows = (0..4).map(|id| read(id, Sentiment::Neutral, 0.6)).collect();
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::Teach);
    assert!(model.overlays().is_empty());
    assert!(notice(&model).starts_with("too few mentions to ask about: 4"), "{}", notice(&model));
    assert_eq!(model.desk().focus(), Pane::Stream);
}

#[test]
fn the_store_that_cannot_be_read_ends_the_game() {
    let (_, mut model) = morning();
    let update = model.update(Msg::Act { action: Action::Teach, count: None });
    let question = update.cmds.iter().find_map(|cmd| match cmd {
        Cmd::Load { question, load: Load::Rows { limit: AMONG, .. } } => Some(*question),
        _ => None,
    });
    let answer = crate::tui::app::msg::Answer::Failed(SafeText::line("the disk is gone", 80));
    let _ = model.update(Msg::Answer { question: question.unwrap(), answer });
    assert!(model.overlays().is_empty());
    assert_eq!(notice(&model), "the disk is gone");
}

#[test]
fn the_game_is_offered_once_when_a_first_reading_has_brought_enough() {
    let mut town = Town::empty();
    let mut model = town.model(setup((80, 24)));
    assert_eq!(notice(&model), "");
    let later = |town: &mut Town, model: &mut Model, minutes: i64| {
        town.tell(model, Msg::Engine(crate::engine::Event::Changed));
        town.tell(model, Msg::Clock(minutes_ago(-minutes)));
        notice(model).to_owned()
    };
    town.rows = (0..19).map(|id| read(id, Sentiment::Neutral, 0.6)).collect();
    assert_eq!(later(&mut town, &mut model, 1), "");
    town.rows.push(read(19, Sentiment::Neutral, 0.6));
    let told = later(&mut town, &mut model, 2);
    assert!(told.contains("`gl` asks about 20 of these mentions"), "{told}");
    town.press(&mut model, Action::Down);
    town.rows.push(read(20, Sentiment::Neutral, 0.6));
    assert_eq!(later(&mut town, &mut model, 3), "", "once");

    let (mut town, mut model) = morning();
    assert_eq!(later(&mut town, &mut model, 1), "", "who has been here before is not asked");
}
