//! Meanings become styles here and nowhere else.
//!
//! The sixteen ANSI colours on the terminal's own background, so that light and dark terminals both work: no black,
//! no white, no yellow (invisible on one of the two), no blue (too dark on black). Nothing is told by colour alone.

use ratatui::style::{Color, Modifier, Style};

use super::app::page::Tone;

/// The styles in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    colour: bool,
    ascii: bool,
}

impl Theme {
    /// Sixteen ANSI colours on the terminal's own background; readable on light and dark alike.
    pub fn standard() -> Self {
        Self { colour: true, ascii: false }
    }

    /// No colour at all (`NO_COLOR`): bold, dim, underline and reverse only.
    pub fn mono() -> Self {
        Self { colour: false, ascii: false }
    }

    /// The same with our own signs, lines and bars in ASCII; foreign words stay as they are.
    #[must_use]
    pub fn in_ascii(self) -> Self {
        Self { ascii: true, ..self }
    }

    /// Whether it uses colours.
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    /// Whether our own signs are ASCII.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// The style of a meaning.
    pub fn tone(&self, tone: Tone) -> Style {
        let plain = Style::new();
        match tone {
            Tone::Text => plain,
            Tone::Muted => plain.add_modifier(Modifier::DIM),
            Tone::Strong | Tone::Heading | Tone::Key => plain.add_modifier(Modifier::BOLD),
            Tone::Negative => self.coloured(Color::Red, Modifier::empty()),
            Tone::Positive | Tone::Good => self.coloured(Color::Green, Modifier::empty()),
            Tone::Complaint | Tone::Bad => self.coloured(Color::Red, Modifier::BOLD),
            Tone::Question => self.coloured(Color::Cyan, Modifier::BOLD),
            Tone::Warn => self.coloured(Color::Magenta, Modifier::empty()),
            Tone::Link => plain.add_modifier(Modifier::UNDERLINED),
            Tone::Pro => self.coloured(Color::Green, Modifier::BOLD | Modifier::UNDERLINED),
            Tone::Contra => self.coloured(Color::Red, Modifier::BOLD | Modifier::UNDERLINED),
            Tone::Found => self.coloured(Color::Magenta, Modifier::BOLD | Modifier::UNDERLINED),
        }
    }

    fn coloured(&self, colour: Color, modifier: Modifier) -> Style {
        let style = Style::new().add_modifier(modifier);
        if self.colour { style.fg(colour) } else { style }
    }

    /// The bar over the selected row; weaker where the pane has not the focus.
    pub fn selected(&self, focused: bool) -> Style {
        if focused {
            // Dim and coloured words in a reversed row are hard to read: all of it is plain.
            Style::new()
                .fg(Color::Reset)
                .bg(Color::Reset)
                .remove_modifier(Modifier::DIM)
                .add_modifier(Modifier::REVERSED)
        } else {
            Style::new().add_modifier(Modifier::UNDERLINED)
        }
    }

    /// Lines between panes.
    pub fn line(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The title of a pane.
    pub fn title(&self, focused: bool) -> Style {
        if focused { self.coloured(Color::Cyan, Modifier::BOLD) } else { Style::new().add_modifier(Modifier::BOLD) }
    }

    /// A bar of a chart.
    pub fn bar(&self) -> Style {
        if self.colour { Style::new().fg(Color::Cyan) } else { Style::new().add_modifier(Modifier::DIM) }
    }

    /// A bar of a chart where negative readings prevail.
    pub fn bad_bar(&self) -> Style {
        self.coloured(Color::Red, Modifier::BOLD)
    }

    /// A line about trouble that concerns everything.
    pub fn banner(&self) -> Style {
        self.coloured(Color::Red, Modifier::BOLD | Modifier::REVERSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONES: [Tone; 17] = [
        Tone::Text,
        Tone::Muted,
        Tone::Strong,
        Tone::Heading,
        Tone::Negative,
        Tone::Positive,
        Tone::Complaint,
        Tone::Question,
        Tone::Good,
        Tone::Warn,
        Tone::Bad,
        Tone::Key,
        Tone::Link,
        Tone::Found,
        Tone::Pro,
        Tone::Contra,
        Tone::Text,
    ];

    fn all(theme: Theme) -> Vec<Style> {
        let mut styles: Vec<Style> = TONES.iter().map(|tone| theme.tone(*tone)).collect();
        styles.extend([theme.selected(true), theme.selected(false), theme.line(), theme.title(true)]);
        styles.extend([theme.title(false), theme.bar(), theme.bad_bar(), theme.banner()]);
        styles
    }

    #[test]
    fn only_colours_that_show_on_light_and_dark() {
        for style in all(Theme::standard()) {
            assert!(
                matches!(
                    style.fg,
                    None | Some(Color::Reset | Color::Red | Color::Green | Color::Cyan | Color::Magenta)
                ),
                "{style:?}"
            );
            assert!(matches!(style.bg, None | Some(Color::Reset)), "{style:?}");
        }
    }

    #[test]
    fn without_colour_there_is_none() {
        for style in all(Theme::mono()) {
            assert!(matches!(style.fg, None | Some(Color::Reset)), "{style:?}");
        }
    }
}
