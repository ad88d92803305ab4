//! How the composer shares its room. Pure arithmetic, so that scrolling knows heights before anything is drawn.

use crate::tui::app::layout::Area;

/// Columns from which the person's card stands beside.
pub const CARD_FROM: u16 = 100;

/// Where everything lies; panes with their title rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// The thread.
    pub thread: Area,
    /// The person's card.
    pub card: Option<Area>,
    /// The line between them and the card.
    pub divider: Option<Area>,
    /// The text.
    pub sheet: Area,
    /// What the coach says, and what speaks against sending.
    pub strip: Area,
}

/// Shares an area.
pub fn room(area: Area) -> Room {
    let mut left = area;
    let (mut card, mut divider) = (None, None);
    if area.width >= CARD_FROM {
        let wide = (area.width / 3).clamp(34, 56);
        left.width = area.width - wide - 1;
        divider = Some(Area { x: area.x + left.width, width: 1, ..area });
        card = Some(Area { x: area.x + left.width + 1, width: wide, ..area });
    }
    let strip = match left.height {
        0..9 => 1,
        9..16 => 2,
        16..30 => 4,
        _ => 6,
    };
    let strip = strip.min(left.height.saturating_sub(2));
    let above = left.height - strip;
    let thread = if above < 6 { 0 } else { (above * 2 / 5).max(2) };
    let sheet = above - thread;
    Room {
        thread: Area { height: thread, ..left },
        card,
        divider,
        sheet: Area { y: left.y + thread, height: sheet, ..left },
        strip: Area { y: left.y + above, height: strip, ..left },
    }
}

/// Shares an area for a post of our own: no thread; its rehearsal stands beside the text, on a narrow screen above it.
pub fn for_a_post(area: Area) -> Room {
    let Room { thread, card, divider, sheet, strip } = room(area);
    match card {
        Some(_) => {
            let whole = Area { height: thread.height + sheet.height, ..thread };
            Room { thread: Area { height: 0, ..thread }, card, divider, sheet: whole, strip }
        }
        None => {
            let card = Some(thread).filter(|above| above.height > 0);
            Room { thread: Area { height: 0, ..thread }, card, divider, sheet, strip }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_belongs_to_one_part_at_every_size() {
        for width in [40, 80, 99, 100, 120, 200, 300] {
            for height in 0..100 {
                let area = Area::new(0, 1, width, height);
                let room = room(area);
                assert_eq!(room.thread.height + room.sheet.height + room.strip.height, height);
                assert!(height < 3 || room.sheet.height >= 2, "{height}: {room:?}");
                assert_eq!(room.card.is_some(), width >= CARD_FROM);
                assert!(room.card.is_none_or(|card| card.x + card.width == width));
                let post = for_a_post(area);
                let above = if width < CARD_FROM { post.card.map_or(0, |card| card.height) } else { 0 };
                assert_eq!((post.thread.height, above + post.sheet.height + post.strip.height), (0, height));
            }
        }
    }
}
