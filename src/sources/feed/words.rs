//! HTML to the words that a person would read, with the links and image descriptions that went with them.

use url::Url;

use super::markup::{Piece, Pieces, attribute, push_decoded};

/// Most links that are kept of one text.
const LINKS: usize = 100;
/// Most image descriptions that are kept of one text.
const IMAGES: usize = 50;
/// Longest text, in bytes.
const LONGEST: usize = 256 * 1024;

/// What a text says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::sources) struct Words {
    /// Its words; paragraphs apart by an empty line.
    pub(in crate::sources) text: String,
    /// Web addresses that it links to, in order, each once.
    pub(in crate::sources) links: Vec<String>,
    /// What its images show.
    pub(in crate::sources) images: Vec<String>,
}

/// Elements whose content is not for reading.
const UNREAD: [&str; 7] = ["script", "style", "template", "noscript", "svg", "head", "select"];
/// Elements that stand apart from what is around them by an empty line.
const PARAGRAPHS: [&str; 14] =
    ["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "figure"];
/// Elements that begin a new line.
const LINES: [&str; 22] = [
    "html",
    "body",
    "div",
    "li",
    "tr",
    "dt",
    "dd",
    "section",
    "article",
    "header",
    "footer",
    "figcaption",
    "caption",
    "hr",
    "aside",
    "main",
    "nav",
    "form",
    "address",
    "center",
    "details",
    "summary",
];
/// Elements without a break around them.
const INLINE: [&str; 26] = [
    "a", "b", "i", "em", "strong", "span", "font", "u", "s", "small", "big", "sub", "sup", "code", "tt", "mark", "del",
    "ins", "abbr", "acronym", "cite", "q", "strike", "img", "wbr", "bdi",
];

/// The words of an HTML text. Text without any tag keeps its line breaks: it was never HTML.
pub(in crate::sources) fn of_html(html: &str, base: Option<&Url>) -> Words {
    let mut writer = Writer::new(html, base);
    writer.keep_lines = !has_tag(html);
    writer.run(|_, _| true);
    writer.finish()
}

/// The words of plain text: white space tidied, everything else as it is.
pub(super) fn of_plain(text: &str) -> Words {
    let mut writer = Writer::new("", None);
    writer.keep_lines = true;
    writer.push(text);
    writer.finish()
}

/// A headline that may hold HTML, on one line. Only well-known tags, and others that have attributes, are taken
/// for tags: `Vec<String>` stays.
pub(in crate::sources) fn of_title(title: &str) -> String {
    let mut writer = Writer::new(title, None);
    let mut odd: Vec<&str> = Vec::new();
    writer.run(|name, attributes| {
        let among = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
        let known = among(&INLINE) || among(&PARAGRAPHS) || among(&LINES) || among(&UNREAD) || among(&["br"]);
        if !known && attributes.contains('=') && odd.len() < 10 {
            odd.push(name);
        }
        known || among(&odd)
    });
    one_line(&writer.finish().text)
}

/// Plain text on one line.
pub(in crate::sources) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether anything in the text is a tag.
pub(super) fn has_tag(text: &str) -> bool {
    text.contains('<') && Pieces::of(text).any(|piece| matches!(piece, Piece::Open { .. } | Piece::Close { .. }))
}

/// White space that is owed before the next word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Paragraph,
}

struct Writer<'a> {
    pieces: Pieces<'a>,
    base: Option<&'a Url>,
    words: Words,
    gap: Gap,
    keep_lines: bool,
    preformatted: u32,
    /// Elements of [`UNREAD`] that are never closed in the rest: their content is read after all.
    unclosed: Vec<&'static str>,
}

impl<'a> Writer<'a> {
    fn new(html: &'a str, base: Option<&'a Url>) -> Self {
        Self {
            pieces: Pieces::of(html),
            base,
            words: Words::default(),
            gap: Gap::None,
            keep_lines: false,
            preformatted: 0,
            unclosed: Vec::new(),
        }
    }

    fn run(&mut self, mut is_tag: impl FnMut(&'a str, &'a str) -> bool) {
        let mut decoded = String::new();
        while let Some(piece) = self.pieces.next() {
            if self.words.text.len() >= LONGEST {
                break;
            }
            match piece {
                Piece::Text(text) if text.contains('&') => {
                    decoded.clear();
                    push_decoded(text, &mut decoded);
                    self.push(&decoded);
                }
                Piece::Text(text) | Piece::Literal(text) => self.push(text),
                Piece::Open { name, attributes, whole } => {
                    if is_tag(name, attributes) {
                        self.open(&name.to_ascii_lowercase(), attributes);
                    } else {
                        self.push(whole);
                    }
                }
                Piece::Close { name, whole } => {
                    if is_tag(name, "") {
                        self.close(&name.to_ascii_lowercase());
                    } else {
                        self.push(whole);
                    }
                }
            }
        }
    }

    fn open(&mut self, name: &str, attributes: &str) {
        match name {
            "br" => self.line_break(),
            "a" => {
                if let Some(link) = attribute(attributes, "href") {
                    self.link(&link);
                }
            }
            "img" => self.image(attributes),
            "li" => {
                self.owe(Gap::Line);
                self.push("- ");
            }
            "td" | "th" => self.owe(Gap::Space),
            "pre" => {
                self.preformatted += 1;
                self.owe(Gap::Paragraph);
            }
            _ => {
                if let Some(unread) = UNREAD.into_iter().find(|unread| *unread == name) {
                    self.leave_out(unread, attributes);
                } else {
                    self.owe_around(name);
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.owe(Gap::Paragraph);
            }
            // An opening `<br>` written as a closing one.
            "br" => self.line_break(),
            "td" | "th" => self.owe(Gap::Space),
            _ => self.owe_around(name),
        }
    }

    fn owe_around(&mut self, name: &str) {
        if PARAGRAPHS.contains(&name) {
            self.owe(Gap::Paragraph);
        } else if LINES.contains(&name) {
            self.owe(Gap::Line);
        }
    }

    fn owe(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn line_break(&mut self) {
        self.gap = if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Line };
    }

    fn leave_out(&mut self, name: &'static str, attributes: &str) {
        if attributes.trim_end().ends_with('/') || self.unclosed.contains(&name) {
            return;
        }
        if !self.pieces.skip_to_close(name) {
            // A script that is never closed would run to the end; anything else was a slip.
            if matches!(name, "script" | "style") {
                self.pieces.stop();
            }
            self.unclosed.push(name);
        }
    }

    fn link(&mut self, link: &str) {
        if self.words.links.len() >= LINKS {
            return;
        }
        if let Some(link) = web_address(link, self.base)
            && !self.words.links.contains(&link)
        {
            self.words.links.push(link);
        }
    }

    fn image(&mut self, attributes: &str) {
        let Some(alt) = attribute(attributes, "alt") else { return };
        let alt = alt.trim();
        if alt.is_empty() {
            return;
        }
        // Emoji are served as images; they belong into the text.
        let emoji =
            alt.chars().count() <= 8 && !alt.chars().any(|sign| sign.is_ascii_alphanumeric() || sign.is_alphabetic());
        let shortcode =
            alt.len() > 2 && alt.len() <= 40 && alt.starts_with(':') && alt.ends_with(':') && !alt.contains(' ');
        if emoji || shortcode {
            self.push(alt);
        } else if self.words.images.len() < IMAGES {
            self.words.images.push(one_line(alt));
        }
    }

    /// Appends text, with runs of white space as one space (or as their line breaks, where those count).
    fn push(&mut self, text: &str) {
        let keep = self.keep_lines || self.preformatted > 0;
        for sign in text.chars() {
            match sign {
                '\n' if keep => self.line_break(),
                // Soft hyphens would tear words apart for the reader of the words.
                '\u{AD}' => {}
                sign if sign.is_whitespace() => self.owe(Gap::Space),
                sign => {
                    self.settle();
                    self.words.text.push(sign);
                }
            }
        }
    }

    fn settle(&mut self) {
        let owed = match std::mem::replace(&mut self.gap, Gap::None) {
            Gap::None => return,
            _ if self.words.text.is_empty() => return,
            Gap::Space => " ",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        };
        self.words.text.push_str(owed);
    }

    fn finish(mut self) -> Words {
        if self.words.text.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|at| self.words.text.is_char_boundary(*at)).unwrap_or(0);
            self.words.text.truncate(end);
        }
        self.words
    }
}

/// A link as a whole web address; `None` for anything but the web and for places on the same page.
pub(in crate::sources) fn web_address(link: &str, base: Option<&Url>) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.starts_with('#') {
        return None;
    }
    let url = match (Url::parse(link), base) {
        (Ok(url), _) => url,
        (Err(_), Some(base)) => base.join(link).ok()?,
        (Err(_), None) => return None,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(html: &str) -> String {
        of_html(html, None).text
    }

    #[test]
    fn paragraphs_lines_and_lists_keep_their_shape() {
        assert_eq!(text("<p>One</p><p>Two<br>three</p>"), "One\n\nTwo\nthree");
        assert_eq!(text("<ul><li>a</li><li><b>b</b>c</li></ul>done"), "- a\n- bc\n\ndone");
        assert_eq!(text("a<br><br/>b"), "a\n\nb");
        assert_eq!(text("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"), "1 2\n3");
        assert_eq!(text("<pre>a\n  b</pre>"), "a\nb");
        assert_eq!(text("  lots \n of\t<i>space</i> "), "lots of space");
    }

    #[test]
    fn words_are_not_torn_apart_or_glued() {
        assert_eq!(text("F<b>err</b>is"), "Ferris");
        assert_eq!(text(r#"<span class="invisible">https://</span><span>a.example/b</span>"#), "https://a.example/b");
        assert_eq!(text("<div>one</div><div>two</div>"), "one\ntwo");
        assert_eq!(text("sus\u{AD}pen&shy;sion"), "suspension");
        assert_eq!(text("a&nbsp;b"), "a b");
    }

    #[test]
    fn text_that_was_never_html_keeps_its_lines() {
        assert_eq!(text("first\nsecond &amp; third\n\n\nlast"), "first\nsecond & third\n\nlast");
        assert_eq!(text("if a < b\nthen"), "if a < b\nthen");
        assert_eq!(of_plain("<b>not</b> &amp; markup").text, "<b>not</b> &amp; markup");
    }

    #[test]
    fn links_and_images_are_collected() {
        let base = "https://a.example/posts/1".parse().unwrap();
        let html = r##"<a href="/x">x</a> <a href="https://b.example/?q=1&amp;r=2">y</a> <a href="/x">again</a>
            <a href="#top">t</a> <a href="javascript:x()">j</a> <a href="mailto:a@b">m</a>
            <img src="1.png" alt="A snapped  chain"><img alt=""><img class="emoji" alt="😡"><img alt=":blobcat:">"##;
        let words = of_html(html, Some(&base));
        assert_eq!(words.links, ["https://a.example/x", "https://b.example/?q=1&r=2"]);
        assert_eq!(words.images, ["A snapped chain"]);
        assert_eq!(words.text, "x y again t j m 😡:blobcat:");
    }

    #[test]
    fn what_is_not_for_reading_is_left_out() {
        assert_eq!(text("a<script>if (1<2) x('</b>')</script>b<style>p{}</style>c"), "abc");
        assert_eq!(text("a<svg>never closed"), "anever closed");
        assert_eq!(text("a<SCRIPT>never closed"), "a");
        assert_eq!(text("a<noscript><img alt='twice'></noscript>b"), "ab");
        assert_eq!(text("<![CDATA[a &amp; <b>]]>"), "a &amp; <b>");
    }

    #[test]
    fn titles_lose_known_tags_only() {
        assert_eq!(of_title("<b>Ferris</b> Bikes &amp; co"), "Ferris Bikes & co");
        assert_eq!(of_title("Why Vec<String> beats <T>\n twice"), "Why Vec<String> beats <T> twice");
        assert_eq!(of_title("</String> I <3 you"), "</String> I <3 you");
    }

    #[test]
    fn hostile_html_takes_linear_time() {
        let begun = std::time::Instant::now();
        for piece in ["<a", "<svg>", "<!--", "<a \"", "<p>", "&", "<![CDATA[", "</", "<a href='", "<script>", "<pre>\n"]
        {
            let _ = text(&piece.repeat(1_000_000 / piece.len()));
        }
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(html in "(<[/!?a-z]{0,4}|[ -~]|\\PC|&#?x?[0-9a-z]{0,9};?){0,60}") {
            let _ = text(&html);
            let _ = of_title(&html);
        }

        #[test]
        fn plain_words_come_through(words in proptest::collection::vec("[a-zé]{1,8}", 1..10)) {
            let html = format!("<div><p>{}</p></div>", words.join(" </b><i>"));
            prop_assert_eq!(text(&html), words.join(" "));
        }
    }
}
