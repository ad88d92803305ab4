//! Our own posts as gives and asks, the books, why a post was read so, and the popup that corrects it.

use super::*;

fn posts(size: (u16, u16)) -> (Town, Model) {
    let mut town = Town::morning();
    let mut model = town.model(setup(size));
    town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
    town.press(&mut model, Action::ViewActs);
    (town, model)
}

fn snapshot(name: &str, model: &Model) {
    let (width, height) = model.desk().size();
    insta::assert_snapshot!(format!("{name}_{width}x{height}"), words(&paint(model, &Theme::standard())));
}

#[test]
fn the_posts_and_the_books_on_every_size() {
    for size in [(40, 10), (80, 24), (120, 36), (200, 50)] {
        let (mut town, mut model) = posts(size);
        town.press(&mut model, Action::Down);
        town.press(&mut model, Action::Down);
        snapshot("posts", &model);
        town.press(&mut model, Action::NextPane);
        if size.0 < 100 {
            snapshot("books", &model);
        }
    }
    let (_, model) = posts((120, 36));
    insta::assert_snapshot!("posts_styles_120x36", styles(&paint(&model, &Theme::standard())));
}

#[test]
fn why_a_post_was_read_so_and_what_a_person_says() {
    for size in [(80, 24), (120, 36), (200, 50)] {
        let (mut town, mut model) = posts(size);
        town.press(&mut model, Action::Down);
        town.press(&mut model, Action::Down);
        town.press(&mut model, Action::Open);
        snapshot("why_read_so", &model);
        town.press(&mut model, Action::Back);
        town.press(&mut model, Action::Correct);
        snapshot("judging", &model);
        town.tell(&mut model, Msg::Type(Typing::Character('d')));
        snapshot("judged", &model);
    }
}

#[test]
fn the_books_explain_themselves_and_say_that_there_is_nothing() {
    let (mut town, mut model) = posts((80, 24));
    town.press(&mut model, Action::NextPane);
    town.press(&mut model, Action::Explain);
    snapshot("explain_books", &model);
    let mut model = Town::empty().model(setup((80, 24)));
    let _ = model.update(Msg::Act { action: Action::ViewActs, count: None });
    snapshot("posts_before_the_answer", &model);
}
