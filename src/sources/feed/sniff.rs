//! Tells a feed from everything else that is served in its place.

use super::parse::NotAFeed;

/// How far into a document its first element is looked for.
const FAR: usize = 64 * 1024;

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Xml,
    Json,
}

/// What a text is, by its first element, and where that begins: programs print their troubles in front of feeds.
///
/// # Errors
/// What it is instead of a feed.
pub(super) fn sniff(text: &str) -> Result<(Shape, &str), NotAFeed> {
    let start = text.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '\u{FEFF}' || sign == '\0');
    if start.is_empty() {
        return Err(NotAFeed::Empty);
    }
    if start.starts_with('{') {
        return Ok((Shape::Json, start));
    }
    let declared = beginning(start).find("<?xml ").filter(|at| *at > 0).and_then(|at| start.get(at..));
    if let Some(declared) = declared
        && first_element(declared).is_some_and(|name| by_name(name).is_ok())
    {
        return Ok((Shape::Xml, declared));
    }
    match first_element(start) {
        Some(name) => by_name(name).map(|shape| (shape, start)),
        None if start.starts_with("\u{1F}") || start.starts_with("PK") => Err(NotAFeed::Other("a packed file".into())),
        None if start.starts_with("%PDF") => Err(NotAFeed::Other("a PDF".into())),
        None if start.starts_with('<') => Err(NotAFeed::Broken("markup without an element".into())),
        None => Err(NotAFeed::Other("plain text or something unknown".into())),
    }
}

fn beginning(text: &str) -> &str {
    let far = (0..=text.len().min(FAR)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..far).unwrap_or_default()
}

fn by_name(name: &str) -> Result<Shape, NotAFeed> {
    let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    match local.as_str() {
        "rss" | "feed" | "rdf" => Ok(Shape::Xml),
        "html" | "head" | "body" | "meta" | "title" | "script" | "div" | "p" | "link" | "center" | "h1" => {
            Err(NotAFeed::WebPage)
        }
        "opml" => Err(NotAFeed::Other("a list of feeds (OPML)".into())),
        "urlset" | "sitemapindex" => Err(NotAFeed::Other("a site map".into())),
        "svg" => Err(NotAFeed::Other("a picture (SVG)".into())),
        _ => {
            let shown: String = name.chars().take(40).filter(|sign| !sign.is_control()).collect();
            Err(NotAFeed::Other(format!("XML of another kind (<{shown}>)")))
        }
    }
}

/// The name of the first element, declarations, comments and stray text before it passed over.
fn first_element(text: &str) -> Option<&str> {
    let mut rest = beginning(text);
    loop {
        rest = rest.get(rest.find('<')? + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.get(comment.find("-->")?..)?;
            continue;
        }
        if let Some(doctype) = rest.get(..8).filter(|start| start.eq_ignore_ascii_case("!doctype")) {
            let what = rest.get(doctype.len()..)?.trim_start();
            if what.get(..4).is_some_and(|what| what.eq_ignore_ascii_case("html")) {
                return Some("html");
            }
            rest = after_doctype(rest)?;
            continue;
        }
        if !rest.starts_with(|sign: char| sign.is_alphabetic() || sign == '_') {
            continue;
        }
        let end = rest.find(|sign: char| sign.is_whitespace() || matches!(sign, '>' | '/'))?;
        return rest.get(..end);
    }
}

/// What follows a doctype, whose own declarations stand in square brackets.
fn after_doctype(text: &str) -> Option<&str> {
    let bracket = text.find('[');
    let end = text.find('>')?;
    let end = match bracket {
        Some(bracket) if bracket < end => text.find("]>").or_else(|| text.find(']'))?,
        _ => end,
    };
    text.get(end + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_known_by_their_first_element() {
        for text in [
            "<?xml version='1.0'?><rss version='2.0'/>",
            "\n\n  <rdf:RDF xmlns='x'>",
            "<feed >",
            "<a:feed xmlns:a='x'>",
            "<!-- <html> --><!DOCTYPE rss [<!ENTITY a '<html>'>]><rss>",
            "<?xml-stylesheet href='a>b'?><rss>",
        ] {
            assert_eq!(sniff(text).map(|(shape, _)| shape), Ok(Shape::Xml), "{text}");
        }
        assert_eq!(sniff(" {\"version\":1}"), Ok((Shape::Json, "{\"version\":1}")));
        assert_eq!(sniff("<br/>Notice<?xml version='1.0'?><rss>"), Ok((Shape::Xml, "<?xml version='1.0'?><rss>")));
    }

    #[test]
    fn everything_else_is_named() {
        for page in ["<!DOCTYPE html><p>", "<!doctype HTML PUBLIC 'x'>", "<html>", "\u{FEFF}<HEAD>"] {
            assert_eq!(sniff(page), Err(NotAFeed::WebPage), "{page}");
        }
        assert_eq!(sniff(" \n"), Err(NotAFeed::Empty));
        assert!(matches!(sniff("<urlset>"), Err(NotAFeed::Other(what)) if what.contains("site map")));
        assert!(matches!(sniff("%PDF-1.4"), Err(NotAFeed::Other(what)) if what == "a PDF"));
        assert!(matches!(sniff("hello"), Err(NotAFeed::Other(_))));
        assert!(matches!(sniff("<soap:Envelope>"), Err(NotAFeed::Other(what)) if what.contains("soap:Envelope")));
    }
}
