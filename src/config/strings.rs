//! TOML strings: writing them, and finding the place of a character of their value in the file.

use std::fmt::Write;

/// A value as a basic TOML string, quotes included. Control characters and marks that turn the direction of
/// writing are escaped, so that the file shows what it holds.
pub fn quote(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || super::document::printable(c.encode_utf8(&mut [0; 4])).starts_with('\u{FFFD}') => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The byte in `raw`, a string as written with its quotes, at which the character number `index` (from 0) of its
/// value begins; the closing quote for the number after the last. `None` when `raw` is no string of `value`.
pub fn byte_of(raw: &str, value: &str, index: usize) -> Option<usize> {
    let (quotes, escapes) = if raw.starts_with("\"\"\"") {
        (3, true)
    } else if raw.starts_with("'''") {
        (3, false)
    } else if raw.starts_with('"') {
        (1, true)
    } else if raw.starts_with('\'') {
        (1, false)
    } else {
        return None;
    };
    let inner = raw.get(quotes..raw.len().checked_sub(quotes)?)?;
    let mut starts = starts(inner, quotes == 3, escapes);
    let end = inner.len();
    if starts.len() != value.chars().count() {
        return None;
    }
    starts.push(end);
    starts.get(index).map(|start| start + quotes)
}

/// Where each character of the value begins in the text between the quotes.
fn starts(inner: &str, lines: bool, escapes: bool) -> Vec<usize> {
    let mut starts = Vec::with_capacity(inner.len());
    let mut chars = inner.char_indices().peekable();
    if lines {
        // A line break right after the opening quotes is not part of the value.
        chars.next_if(|(_, c)| *c == '\r');
        chars.next_if(|(_, c)| *c == '\n');
    }
    while let Some((at, c)) = chars.next() {
        if c != '\\' || !escapes {
            starts.push(at);
            continue;
        }
        let digits = match chars.next().map(|(_, c)| c) {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            // A backslash at the end of a line swallows the white space that follows.
            Some(c) if c.is_whitespace() => {
                while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                continue;
            }
            _ => 0,
        };
        starts.push(at);
        for _ in 0..digits {
            chars.next();
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(quoted: &str) -> String {
        let document = format!("key = {quoted}");
        let table: toml::Table = document.parse().unwrap();
        table["key"].as_str().unwrap().to_owned()
    }

    #[test]
    fn places_are_found_through_every_kind_of_string() {
        for raw in [
            r#""a\"b \u00e9\t fin""#,
            "'a\"b \\ fin'",
            "\"\"\"\na\"b \\\n   fin\"\"\"",
            "'''\na\"b\n fin'''",
            r#""\x41\e fin""#,
        ] {
            let value = read(raw);
            let index = value.chars().position(|c| c == 'f').unwrap();
            let byte = byte_of(raw, &value, index).unwrap();
            assert!(raw[byte..].starts_with("fin"), "{raw}: {byte}");
            assert_eq!(byte_of(raw, &value, index + 3).map(|end| &raw[end..end + 1]), Some(&raw[..1]));
        }
    }

    #[test]
    fn what_is_no_string_has_no_places() {
        assert_eq!(byte_of("12", "12", 0), None);
        assert_eq!(byte_of("\"", "", 0), None);
        assert_eq!(byte_of("\"ab\"", "abc", 0), None);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(value in any::<String>()) {
            let quoted = quote(&value);
            prop_assert!(!quoted.chars().any(char::is_control));
            prop_assert_eq!(read(&quoted), value);
        }

        #[test]
        fn every_character_of_a_quoted_value_has_its_place(value in any::<String>()) {
            let quoted = quote(&value);
            for (index, c) in value.chars().enumerate() {
                let byte = byte_of(&quoted, &value, index).unwrap();
                prop_assert!(quoted[byte..].starts_with(['\\', c]));
            }
        }
    }
}
