//! The clocks on the dashboard, and the sheet that tells the whole of them.

use super::*;
use crate::measure::hours::WorkingHours;

fn clocks(size: (u16, u16), hours: bool) -> (Town, Model) {
    let mut town = Town::with_cases();
    let office = WorkingHours::parse("Mon-Sun 7:00-18:00", jiff::tz::TimeZone::UTC).unwrap();
    let mut model = town.model(Setup { hours: hours.then_some(office), ..setup(size) });
    town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
    for _ in 0..10 {
        if model.desk().focus() != layout::Pane::Clocks {
            town.press(&mut model, Action::NextPane);
        }
    }
    (town, model)
}

#[test]
fn the_clocks_on_every_size() {
    for (width, height) in SIZES {
        let (_, model) = clocks((width, height), width == 200);
        insta::assert_snapshot!(format!("clocks_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    let (_, model) = clocks((80, 44), false);
    insta::assert_snapshot!("clocks_80x44", words(&paint(&model, &Theme::standard())));
    let (_, model) = clocks((120, 36), true);
    insta::assert_snapshot!("clocks_styles_120x36", styles(&paint(&model, &Theme::standard())));
}

#[test]
fn the_whole_of_the_clocks_is_two_keys_away_on_every_size() {
    for (width, height) in SIZES {
        let mut town = Town::with_cases();
        let office = WorkingHours::parse("Mon-Sun 7:00-18:00", jiff::tz::TimeZone::UTC).unwrap();
        let mut model = town.model(Setup { hours: (width == 120).then_some(office), ..setup((width, height)) });
        town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
        town.press(&mut model, Action::ViewInbox);
        town.press(&mut model, Action::ViewClocks);
        assert_eq!(model.desk().focus(), layout::Pane::Clocks, "{width}x{height}");
        if (width, height) == (80, 24) {
            insta::assert_snapshot!("clocks_alone_80x24", words(&paint(&model, &Theme::standard())));
        }
        town.press(&mut model, Action::Open);
        insta::assert_snapshot!(format!("clocks_whole_{width}x{height}"), words(&paint(&model, &Theme::standard())));
        if (width, height) == (80, 24) {
            town.press(&mut model, Action::Bottom);
            insta::assert_snapshot!("clocks_whole_end_80x24", words(&paint(&model, &Theme::standard())));
        }
        // Back to where everything is.
        for _ in 0..3 {
            town.press(&mut model, Action::Back);
        }
        assert_eq!((model.desk().focus(), model.desk().zoomed()), (layout::Pane::Stream, false), "{width}x{height}");
    }
}
