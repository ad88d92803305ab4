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
fn the_whole_of_the_clocks_is_a_key_away() {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let (mut town, mut model) = clocks((width, height), width == 120);
        // Where there is no room for the pane, it is what a lone pane shows.
        if model.desk().focus() != layout::Pane::Clocks {
            town.tell(&mut model, Msg::Resize(40, 10));
            for _ in 0..10 {
                if model.desk().focus() != layout::Pane::Clocks {
                    town.press(&mut model, Action::NextPane);
                }
            }
            town.press(&mut model, Action::Explain);
            insta::assert_snapshot!("clocks_whole_40x10", words(&paint(&model, &Theme::standard())));
            continue;
        }
        town.press(&mut model, Action::Explain);
        insta::assert_snapshot!(format!("clocks_whole_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
}
