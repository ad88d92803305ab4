use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::tui::app::samples::{Town, setup};

fn paint(model: &Model, theme: &Theme) -> Buffer {
    let (width, height) = model.desk().size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    draw(model, theme, buffer.area, &mut buffer);
    buffer
}

/// The words of a buffer, a line a row, without what is empty at the right.
fn words(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut row = String::new();
        let mut skip = 0;
        for x in buffer.area.left()..buffer.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = crate::tui::app::text::width(symbol).saturating_sub(1);
            row.push_str(symbol);
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn look() {
    use crate::tui::app::msg::Typing;
    use crate::tui::app::{Action, Msg};
    let mut see = |size, actions: &[Action], typed: &str| {
        let mut town = Town::trouble();
        let mut model = town.model(setup(size));
        for action in actions {
            town.press(&mut model, *action);
        }
        for c in typed.chars() {
            town.tell(&mut model, Msg::Type(Typing::Character(c)));
        }
        println!("{}", words(&paint(&model, &Theme::standard())));
    };
    use Action::*;
    see((80, 24), &[OpenFirst], "");
    see((120, 36), &[OpenFirst], "");
    see((80, 24), &[ViewTrends], "");
    see((120, 36), &[ViewTrends], "");
    see((80, 24), &[ViewSources], "");
    see((120, 36), &[ViewSignals], "");
    see((80, 24), &[ViewWatches], "");
    see((80, 24), &[Help], "");
    see((80, 24), &[Palette], "re");
    see((80, 24), &[Explain], "");
    see((80, 24), &[NextPane, NextPane, Explain], "");
    see((80, 24), &[Search], "chain AND");
    see((120, 36), &[Search], "chain AND");
    see((40, 10), &[OpenFirst], "");
    see((40, 10), &[Help], "");
}
