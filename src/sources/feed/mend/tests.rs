//! What is mended, and that nothing else is touched.

use proptest::prelude::*;

use super::*;

fn mended(text: &str) -> String {
    mend(text).text.into_owned()
}

#[test]
fn a_sound_feed_is_not_copied() {
    let sound = "<rss version=\"2.0\"><channel><item><title>AT&amp;T — é</title></item></channel></rss>";
    let result = mend(sound);
    assert!(matches!(result.text, Cow::Borrowed(_)) && !result.repaired);
    assert_eq!(result.entries, 1);
}

#[test]
fn what_xml_does_not_know_becomes_what_was_meant() {
    for (wrong, right) in [
        ("<a>AT&T & co</a>", "<a>AT&amp;T &amp; co</a>"),
        ("<a>caf&eacute;&nbsp;x &lt;b&gt;</a>", "<a>café\u{A0}x &lt;b&gt;</a>"),
        ("<a b='?x=1&y=2&copy=3'/>", "<a b='?x=1&amp;y=2&amp;copy=3'/>"),
        ("<a>&#146;&#x26;&#60;&#0;&#x1f;</a>", "<a>’&amp;&lt;\u{FFFD}</a>"),
        ("<a>1 < 2 <3</a>", "<a>1 &lt; 2 &lt;3</a>"),
        ("<a>x\u{0}\u{8}\u{FFFE}\u{1F}y\u{FB01}</a>", "<a>xy\u{FB01}</a>"),
        ("<a><![CDATA[R&D < \u{1}]]></a>", "<a><![CDATA[R&D < ]]></a>"),
        ("Warning: x in y.php\n<a/>", "<a/>"),
        ("<!-- a & b --><a/>", "<!-- a & b --><a/>"),
    ] {
        assert_eq!(mended(wrong), right);
    }
}

#[test]
fn empty_elements_and_odd_versions_are_written_as_the_parser_wants_them() {
    assert_eq!(
        mended("<item><title/><guid /><link/><link> </link><b/></item>"),
        "<item><title></title><guid ></guid><b/></item>"
    );
    assert_eq!(mended("<feed><title/></feed>"), "<feed><title/></feed>");
    assert_eq!(mended("<rss a='b' version = '2.0.1'><channel>"), "<rss a='b' version = '2.0'><channel>");
    assert_eq!(mended("<rss version=\"0.94\"><channel>"), "<rss version=\"2.0\"><channel>");
    assert_eq!(mended("<rss version=\"0.91\"><channel>"), "<rss version=\"0.91\"><channel>");
    assert_eq!(mended("<rss><channel>"), "<rss><channel>");
}

#[test]
fn html_that_was_not_escaped_is_escaped() {
    assert_eq!(
        mended("<rss><channel><item><description>a <br> b & c<p x='1'>d</description></item></channel></rss>"),
        "<rss><channel><item><description>a &lt;br&gt; b &amp; c&lt;p x=&apos;1&apos;&gt;d</description></item></channel></rss>"
    );
    let sound = "<feed><entry><content type='xhtml'><div>a <b>c</b><br/></div></content></entry></feed>";
    assert_eq!(mended(sound), sound);
    assert_eq!(
        mended("<feed><entry><content type='xhtml'><div>a<br>b</div></content></entry></feed>"),
        "<feed><entry><content type=\"html\">&lt;div&gt;a&lt;br&gt;b&lt;/div&gt;</content></entry></feed>"
    );
    assert_eq!(
        mended("<rss><channel><item><fullitem><b>x</b></fullitem><body>y</body></item></channel></rss>"),
        "<rss><channel><item><content:encoded>&lt;b&gt;x&lt;/b&gt;</content:encoded><content:encoded>y</content:encoded></item></channel></rss>"
    );
    assert_eq!(
        mended("<feed><entry><title type='application/xhtml+xml'>a &lt; b</title></entry></feed>"),
        "<feed><entry><title type=\"html\">a &lt; b</title></entry></feed>"
    );
    let unclosed = "<rss><channel><item><title>a<item><title>b</title></item></channel></rss>";
    assert_eq!(mended(unclosed), unclosed);
}

#[test]
fn entries_outside_of_the_channel_are_taken_in() {
    assert_eq!(mended("<rss><channel><a/></channel> <item/></rss>"), "<rss><channel><a/> <item/></channel></rss>");
    assert_eq!(mended("<rss><item>x</item></rss>"), "<rss><channel><item>x</item></channel></rss>");
}

#[test]
fn links_of_atom_become_links_of_rss() {
    assert_eq!(
        mended("<item><link href='http://a.example/?b=1&c=2'/><link rel='self' href='x&y'/></item>"),
        "<item><link>http://a.example/?b=1&amp;c=2</link><atom:link rel='self' href='x&amp;y'/></item>"
    );
}

#[test]
fn what_begins_like_markup_and_is_none_is_text() {
    assert_eq!(mended("<a><![CDATA[x</a>"), "<a>x</a>");
    assert_eq!(mended("<!DOCTYPE a><a><!DOCTYPE b></a>"), "<!DOCTYPE a><a>&lt;!DOCTYPE b></a>");
}

#[test]
fn hostile_markup_takes_linear_time() {
    let begun = std::time::Instant::now();
    for piece in [
        "<title>",
        "<rss ",
        "</channel",
        "<title",
        "<item><title><b>",
        "<![CDATA[",
        "<!--",
        "<link/",
        "&#",
        "://10.0.0.1/",
        "<a b='",
    ] {
        let _ = mended(&piece.repeat(1_000_000 / piece.len()));
    }
    for number in 0..20 {
        let hosts: String =
            (0..2_000).map(|host| format!("http://10.{number}.{}.{}/ ", host / 200, host % 200)).collect();
        let _ = mended(&hosts);
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn hosts_on_private_networks_travel_under_cover_and_come_back() {
    let text = "<link>http://127.0.0.1:8080/a</link><a href='https://forum.lan/b?c=http://localhost/'/><link>http://a.example/</link>";
    let result = mend(text);
    assert!(!result.text.contains("127.0.0.1") && !result.text.contains("forum.lan"));
    assert!(result.text.contains("http://a.example/"));
    assert_eq!(result.covers.lift(result.text.into_owned()), text);
}

proptest! {
    #[test]
    fn anything_is_mended_and_only_once(text in "(<[/!a-z]{0,5}|[ -~]|\\PC|&#?x?[0-9a-z]{0,9};?|://(10.0.0.1|a)|<!\\[CDATA\\[|\\]\\]>){0,60}") {
        let once = mended(&format!("<rss><channel>{text}</channel></rss>"));
        let again = mend(&once);
        let forbidden = again.text.contains('\0');
        prop_assert!(!forbidden);
        prop_assert_eq!(again.covers.lift(again.text.clone().into_owned()), once);
    }
}
