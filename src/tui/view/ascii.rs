//! Our own signs in ASCII, for terminals and fonts without the others.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Replaces our signs cell by cell. Foreign words that use the same signs are replaced with them: they mean the same.
pub(super) fn replace(buffer: &mut Buffer, area: Rect) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buffer.cell_mut((x, y)) else { continue };
            if let Some(plain) = plain(cell.symbol()) {
                cell.set_symbol(plain);
            }
        }
    }
}

fn plain(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "─" | "−" | "—" => "-",
        "━" => "=",
        "│" | "▏" | "┃" => "|",
        "┌" | "┐" | "└" | "┘" | "┏" | "┓" | "┗" | "┛" => "+",
        "·" => ".",
        "…" => "~",
        "≤" => "<",
        "◷" => "o",
        "◇" => "?",
        "●" => "*",
        "◌" => "o",
        "✓" => "v",
        "±" => "%",
        "×" => "x",
        "≠" => "#",
        "▲" | "↑" => "^",
        "↓" => "v",
        "→" | "▸" => ">",
        "←" | "↵" => "<",
        "⚿" => "%",
        "▁" => ".",
        "▂" => ":",
        "▃" => "-",
        "▄" => "=",
        "▅" => "+",
        "▆" => "*",
        "▇" => "#",
        "█" => "@",
        "░" => ".",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replacement_is_one_ascii_column() {
        for sign in "─━│−·…≤◷◇●◌✓×≠▲▸↑↓→←↵⚿▁▂▃▄▅▆▇█░┌┐└┘".chars()
        {
            let plain = plain(&sign.to_string()).unwrap();
            assert!(plain.is_ascii() && plain.len() == 1, "{sign}");
        }
        assert_eq!(plain("自"), None);
    }
}
