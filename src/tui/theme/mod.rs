//! Meanings become styles here and nowhere else.

/// The styles in force.
#[derive(Debug, Clone)]
pub struct Theme {
    colour: bool,
}

impl Theme {
    /// Sixteen ANSI colours on the terminal's own background; readable on light and dark alike.
    pub fn standard() -> Self {
        Self { colour: true }
    }

    /// No colour at all (`NO_COLOR`): bold, dim, underline and reverse only.
    pub fn mono() -> Self {
        Self { colour: false }
    }

    /// Whether it uses colours.
    pub fn has_colour(&self) -> bool {
        self.colour
    }
}
