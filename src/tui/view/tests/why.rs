//! Why a mention is read as it is.

use super::*;

#[test]
fn the_words_behind_a_reading_on_every_size() {
    for (width, height) in SIZES {
        let mut town = Town::trouble();
        let mut model = screen(&mut town, (width, height), &[Action::OpenFirst, Action::Why]);
        insta::assert_snapshot!(format!("why_{width}x{height}"), words(&paint(&model, &Theme::standard())));
        town.press(&mut model, Action::Back);
        assert!(model.overlays().is_empty());
    }
}

#[test]
fn a_corrected_and_taught_reading_is_explained() {
    let mut town = Town::trouble();
    let mut model = screen(&mut town, (80, 24), &[Action::OpenFirst, Action::SayPositive, Action::Why]);
    town.tell(&mut model, Msg::Engine(Event::Learned(lessons().into())));
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    insta::assert_snapshot!("why_corrected_80x24", words(&paint(&model, &Theme::standard())));
}

#[test]
fn words_that_decided_stand_out_without_colour() {
    let mut town = Town::trouble();
    let model = screen(&mut town, (80, 24), &[Action::OpenFirst, Action::Why]);
    insta::assert_snapshot!("why_styles", styles(&paint(&model, &Theme::standard())));
    let buffer = paint(&model, &Theme::mono());
    let bold = Modifier::BOLD | Modifier::UNDERLINED;
    let set_off: String =
        buffer.content.iter().filter(|cell| cell.modifier.contains(bold)).map(|cell| cell.symbol()).collect();
    assert!(set_off.contains("−!falls") && !set_off.contains("stems"), "{set_off}");
}

#[test]
fn it_is_asked_in_the_lists_as_well() {
    for keys in [&[Action::Down, Action::Why][..], &[Action::ViewInbox, Action::Down, Action::Why]] {
        let mut town = Town::with_cases();
        let model = screen(&mut town, (120, 36), keys);
        let text = words(&paint(&model, &Theme::standard()));
        // The made-up inbox knows mentions that the made-up store has not.
        let told = text.contains("about this subject") || text.contains("not stored any more");
        assert!(text.contains("Why it is read so") && told, "{text}");
    }
}
