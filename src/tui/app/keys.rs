//! The keys in force, as text: what help, hint bar and palette print. Compiling chords is `input`'s work.

use std::collections::BTreeMap;

use super::action::Action;

/// Which keys call which action now, after the configuration was read. Chords as crokey writes them
/// ("ctrl-d"), sequences with spaces between ("g g").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNames(BTreeMap<Action, Vec<String>>);

impl Default for KeyNames {
    /// The keys of the action table.
    fn default() -> Self {
        Self::of(|action| action.default_keys().iter().map(ToString::to_string).collect())
    }
}

impl KeyNames {
    /// Asks for the keys of every action once.
    pub fn of(keys: impl Fn(Action) -> Vec<String>) -> Self {
        Self(Action::ALL.iter().map(|action| (*action, keys(*action))).collect())
    }

    /// The keys of an action as chord text; empty when it has none.
    pub fn chords(&self, action: Action) -> &[String] {
        self.0.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The first key of an action, short, for the hint bar: "^d", "gg", "Enter".
    pub fn short(&self, action: Action) -> Option<String> {
        self.chords(action).first().map(|sequence| label(sequence))
    }

    /// All keys of an action, short, with spaces between.
    pub fn all(&self, action: Action) -> String {
        self.chords(action).iter().map(|sequence| label(sequence)).collect::<Vec<_>>().join(" ")
    }

    /// What may follow the chords typed so far: the rest of the sequence, short, and its action.
    pub fn continuations(&self, typed: &str) -> Vec<(String, Action)> {
        let mut found = Vec::new();
        for (action, sequences) in &self.0 {
            for sequence in sequences {
                if let Some(rest) = sequence.strip_prefix(typed).and_then(|rest| rest.strip_prefix(' ')) {
                    found.push((label(rest), *action));
                }
            }
        }
        found
    }
}

/// A sequence as a person reads it.
pub fn label(sequence: &str) -> String {
    let chords: Vec<String> = sequence.split(' ').map(chord_label).collect();
    let short = chords.iter().all(|chord| chord.chars().count() == 1);
    chords.join(if short { "" } else { " " })
}

fn chord_label(chord: &str) -> String {
    let lower = chord.to_ascii_lowercase();
    if let Some(key) = lower.strip_prefix("ctrl-") {
        return format!("^{}", chord_label(key));
    }
    if let Some(key) = lower.strip_prefix("alt-") {
        return format!("M-{}", chord_label(key));
    }
    if let Some(key) = lower.strip_prefix("shift-") {
        return match key {
            "backtab" => "S-Tab".to_owned(),
            letter if letter.chars().count() == 1 => letter.to_uppercase(),
            other => format!("S-{}", chord_label(other)),
        };
    }
    match lower.as_str() {
        "space" => "Space",
        "enter" => "Enter",
        "esc" => "Esc",
        "tab" => "Tab",
        "backtab" => "S-Tab",
        "backspace" => "Bksp",
        "delete" | "del" => "Del",
        "insert" | "ins" => "Ins",
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        "home" => "Home",
        "end" => "End",
        "pageup" => "PgUp",
        "pagedown" => "PgDn",
        "hyphen" | "minus" => "-",
        other if other.starts_with('f') && other.len() > 1 => return other.to_uppercase(),
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_plain() {
        for (chord, expected) in [
            ("g g", "gg"),
            ("ctrl-d", "^d"),
            ("shift-g", "G"),
            ("shift-backtab", "S-Tab"),
            ("f1", "F1"),
            ("f", "f"),
            ("space", "Space"),
            ("ctrl-x o", "^x o"),
            ("?", "?"),
        ] {
            assert_eq!(label(chord), expected);
        }
    }

    #[test]
    fn continuations_tell_what_may_follow() {
        let keys = KeyNames::default();
        let after_g = keys.continuations("g");
        assert!(after_g.contains(&("g".to_owned(), Action::Top)));
        assert!(after_g.contains(&("d".to_owned(), Action::ViewDashboard)));
        assert!(keys.continuations("z").is_empty());
    }

    #[test]
    fn the_configuration_replaces_keys() {
        let keys = KeyNames::of(|action| if action == Action::Undo { vec!["ctrl-x u".to_owned()] } else { vec![] });
        assert_eq!(keys.short(Action::Undo).as_deref(), Some("^x u"));
        assert_eq!(keys.short(Action::Down), None);
    }
}
