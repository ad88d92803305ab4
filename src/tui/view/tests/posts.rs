//! Posts of our own, and what they would do.

use super::*;
use crate::domain::time::SignedDuration;

/// A post that is being written against books of so many gives.
fn posting(size: (u16, u16), gives: i64, text: &str) -> Model {
    let mut town = Town::answering();
    town.post.gives = Some(gives);
    let mut model = screen(&mut town, size, &[Action::Post]);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::block(text))));
    for milliseconds in [450, 900] {
        let later = now() + SignedDuration::from_millis(milliseconds);
        town.tell(&mut model, Msg::Clock(later));
    }
    model
}

#[test]
fn a_post_is_rehearsed_on_every_size() {
    let offer = "For every repost we give $1 to the people of the earthquake, up to $100,000.";
    for (width, height) in SIZES {
        let model = posting((width, height), 12, offer);
        insta::assert_snapshot!(format!("post_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    insta::assert_snapshot!("post_empty_120x36", words(&paint(&posting((120, 36), 12, ""), &Theme::standard())));
    let gift = "Free brake checks at the old mill on Saturday, for any bike. I bring the tea.";
    insta::assert_snapshot!("post_gift_80x24", words(&paint(&posting((80, 24), 12, gift), &Theme::standard())));
}
