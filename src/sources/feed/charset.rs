//! Bytes to text, by what the feed is written in and not only by what it says.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a document a declaration is looked for.
const PROLOG: usize = 1024;

/// A text and the charset that it was read in.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Whether it had to be guessed because what was declared did not fit.
    pub(super) guessed: bool,
}

/// Reads bytes as text: byte order mark, then a charset of the `Content-Type`, then the one of the XML
/// declaration, each only if the bytes fit it; bytes that are UTF-8 with letters beyond ASCII are UTF-8 whatever
/// was declared (nothing else looks like it by chance); else the charset is guessed.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some(text) = utf_32(bytes) {
        return Decoded { text: text.into(), guessed: false };
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
        return Decoded { text, guessed: false };
    }
    if let Some(encoding) = utf_16_by_shape(bytes) {
        return Decoded { text: encoding.decode_without_bom_handling(bytes).0, guessed: false };
    }
    let declared = [content_type.and_then(of_content_type), of_declaration(bytes)];
    let stateful = declared.into_iter().flatten().any(|encoding| encoding.name() == "ISO-2022-JP");
    if !stateful && let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.into(), guessed: false };
    }
    for encoding in declared.into_iter().flatten() {
        // A UTF-16 label on bytes that do not look like it is a lie.
        if encoding == UTF_16LE || encoding == UTF_16BE || encoding == UTF_8 {
            continue;
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return Decoded { text, guessed: false };
        }
    }
    Decoded { text: guess(bytes), guessed: true }
}

/// Almost UTF-8 (a few broken bytes in a long text) stays UTF-8; anything else is what it looks like.
fn guess(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.matches('\u{FFFD}').count();
    let whole = text.chars().filter(|sign| !sign.is_ascii()).count() - broken;
    if broken * 4 < whole {
        return text;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let encoding = if encoding == UTF_8 { WINDOWS_1252 } else { encoding };
    encoding.decode_without_bom_handling(bytes).0
}

/// The charset parameter of a `Content-Type`.
fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("charset") {
            return None;
        }
        Encoding::for_label(value.trim().trim_matches(['"', '\'']).as_bytes())
    })
}

/// The `encoding` of an XML declaration, or the `charset` of a page's `meta`.
fn of_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let prolog = String::from_utf8_lossy(bytes.get(..bytes.len().min(PROLOG))?);
    let lower = prolog.to_ascii_lowercase();
    let value = match lower.split_once("<?xml") {
        Some((_, rest)) => {
            let declaration = rest.split_once("?>")?.0;
            declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?
        }
        None => lower.split_once("charset=")?.1,
    };
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|sign: char| !(sign.is_ascii_alphanumeric() || "-_:.".contains(sign))).unwrap_or(value.len());
    Encoding::for_label(value.get(..end)?.as_bytes())
}

/// UTF-16 without a mark: the first sign of a feed is `<` or `{`, or white space.
fn utf_16_by_shape(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<' | b'{', 0, _, ..] => Some(UTF_16BE),
        [b'<' | b'{', 0, _, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

/// UTF-32 with a mark or by its shape. No browser reads it any more, some feeds are still written in it.
fn utf_32(bytes: &[u8]) -> Option<String> {
    let (mark, big) = match bytes {
        [0, 0, 0xFE, 0xFF, ..] => (4, true),
        [0xFF, 0xFE, 0, 0, ..] => (4, false),
        [0, 0, 0, b'<' | b'{', ..] => (0, true),
        [b'<' | b'{', 0, 0, 0, ..] => (0, false),
        _ => return None,
    };
    let units = bytes.get(mark..)?.chunks_exact(4);
    let read = |unit: &[u8]| {
        let unit: [u8; 4] = unit.try_into().ok()?;
        char::from_u32(if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) })
    };
    Some(units.map(|unit| read(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], content_type: Option<&str>) -> String {
        decode(bytes, content_type).text.into_owned()
    }

    #[test]
    fn declarations_are_believed_where_they_fit() {
        let latin = b"<?xml version='1.0' encoding=\"iso-8859-1\"?><a>caf\xe9</a>";
        assert!(read(latin, None).contains("café"));
        let russian = b"<?xml version='1.0' encoding='utf-8'?><a>\xd0\xd2\xc9\xd7\xc5\xd4</a>";
        assert!(read(russian, Some("text/xml; charset=\"KOI8-R\"")).contains("привет"));
        let japanese = b"<?xml version='1.0' encoding='ISO-2022-JP'?><a>\x1b$B$\"\x1b(B</a>";
        assert!(read(japanese, None).contains('あ'));
    }

    #[test]
    fn utf_8_is_known_whatever_is_declared() {
        let lie = "<?xml version='1.0' encoding='iso-8859-1'?><a>café</a>";
        assert!(read(lie.as_bytes(), Some("text/xml; charset=iso-8859-1")).contains("café"));
        assert!(!decode(lie.as_bytes(), None).guessed);
        let mut almost = "<a>".to_owned() + &"é".repeat(50) + "</a>";
        almost.push('x');
        let mut almost = almost.into_bytes();
        almost.push(0xE9);
        assert!(read(&almost, None).contains("ééé"));
    }

    #[test]
    fn undeclared_old_charsets_are_guessed() {
        let french = b"<rss><title>L'\xe9t\xe9 \xe0 la plage, c'est tr\xe8s agr\xe9able</title></rss>";
        let decoded = decode(french, Some("text/xml; charset=utf-8"));
        assert!(decoded.guessed && decoded.text.contains("L'été à la plage, c'est très agréable"));
    }

    #[test]
    fn wide_charsets_are_known_with_and_without_a_mark() {
        let text = "<a>é😀</a>";
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide: Vec<u8> = text.chars().flat_map(|sign| u32::from(sign).to_le_bytes()).collect();
        for bytes in [
            big.clone(),
            little.clone(),
            wide.clone(),
            [vec![0xFE, 0xFF], big].concat(),
            [vec![0xFF, 0xFE], little].concat(),
            [vec![0xFF, 0xFE, 0, 0], wide].concat(),
            [b"\xEF\xBB\xBF".to_vec(), text.as_bytes().to_vec()].concat(),
        ] {
            assert_eq!(read(&bytes, Some("text/xml; charset=windows-1251")), text);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_some_text(bytes in proptest::collection::vec(any::<u8>(), 0..300), label in "[a-z0-9-]{0,12}") {
            let _ = decode(&bytes, Some(&format!("text/xml; charset={label}")));
        }

        #[test]
        fn utf_8_stays_what_it_is(text in "<\\PC{0,80}") {
            prop_assert_eq!(read(text.as_bytes(), None), text);
        }
    }
}
