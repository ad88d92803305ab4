//! Draws the model. One file a pane; no clock, no I/O, nothing is decided here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::Model;
use super::theme::Theme;

/// Draws the whole screen.
pub fn draw(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let _ = (model, theme, area, buffer);
}
