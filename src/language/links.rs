//! The form in which links are compared.

use url::{Url, form_urlencoded};

/// Longest address that is taken to pieces, in bytes; a longer one stands for itself.
const LONGEST: usize = 8_192;
/// Redirects within redirects that are unwrapped.
const DEEPEST: usize = 8;

/// The canonical form of an address, so that the same page compares equal however it was linked:
/// `https`, lower-case host without `www.`, `m.`, `mobile.` and `amp.`, no user, default port, fragment, trailing slash
/// or `/amp`, no parameters that only follow readers around (`utm_*`, `fbclid`, `gclid`, `ref`, ...), the others sorted;
/// redirects of search engines and networks unwrapped. What is not an address of the web is returned trimmed.
///
/// It compares and is not meant to be opened: a site may serve `www.` alone.
pub fn canonical_link(url: &str) -> String {
    let trimmed = url.trim();
    if trimmed.len() > LONGEST {
        return trimmed.to_owned();
    }
    let Some(mut parsed) = web_address(trimmed) else { return trimmed.to_owned() };
    for _ in 0..DEEPEST {
        match unwrap_redirect(&parsed) {
            Some(target) => parsed = target,
            None => break,
        }
    }
    let host = bare_host(&parsed);
    if host.is_empty() {
        return trimmed.to_owned();
    }
    let port =
        parsed.port().filter(|port| !matches!(port, 80 | 443)).map(|port| format!(":{port}")).unwrap_or_default();
    let path = bare_path(parsed.path());
    let mut pairs: Vec<(String, String)> =
        parsed.query_pairs().filter(|(name, _)| !follows_readers(name, &host)).map(own).collect();
    pairs.sort();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&pairs);
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("https://{host}{port}{path}{mark}{query}")
}

fn own((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}

fn web_address(text: &str) -> Option<Url> {
    let parsed = Url::parse(text).ok()?;
    (matches!(parsed.scheme(), "http" | "https") && parsed.host_str().is_some()).then_some(parsed)
}

/// The host without the prefixes that serve the same pages in another dress.
fn bare_host(url: &Url) -> String {
    let mut host = url.host_str().unwrap_or_default().trim_end_matches('.').to_lowercase();
    while let Some(rest) = ["www.", "m.", "mobile.", "amp."].iter().find_map(|prefix| host.strip_prefix(prefix)) {
        if !rest.contains('.') {
            break;
        }
        host = rest.to_owned();
    }
    host
}

fn bare_path(path: &str) -> &str {
    let mut path = path.trim_end_matches('/');
    while let Some(rest) = path.strip_suffix("/amp") {
        path = rest.trim_end_matches('/');
    }
    path
}

/// Parameters that say who followed the link from where, not what it shows.
fn follows_readers(name: &str, host: &str) -> bool {
    const NAMES: [&str; 46] = [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "ref",
        "ref_src",
        "ref_url",
        "referrer",
        "referer",
        "cmpid",
        "cmp",
        "ncid",
        "ocid",
        "ito",
        "smid",
        "smtyp",
        "sr_share",
        "share_id",
        "spm",
        "_hsenc",
        "_hsmi",
        "hsctatracking",
        "mkt_tok",
        "vero_id",
        "wt_mc",
        "xtor",
        "guccounter",
        "amp",
        "outputtype",
        "__twitter_impression",
        "ftag",
        "taid",
        "rss",
        "_ga",
        "_gl",
    ];
    const BEGINNINGS: [&str; 8] = ["utm_", "at_", "ns_", "oly_", "guce_referrer", "pk_", "mtm_", "amp_"];
    let name = name.to_ascii_lowercase();
    let on = |site: &str| host == site || host.ends_with(&format!(".{site}"));
    NAMES.contains(&name.as_str())
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || (matches!(name.as_str(), "feature" | "si" | "pp") && (on("youtube.com") || on("youtu.be")))
        || (matches!(name.as_str(), "s" | "t") && (on("twitter.com") || on("x.com")))
}

/// Where a redirect of a search engine or a network leads.
fn unwrap_redirect(url: &Url) -> Option<Url> {
    let host = bare_host(url);
    let path = url.path();
    let names: &[&str] = match host.as_str() {
        "l.facebook.com" | "lm.facebook.com" | "l.instagram.com" | "l.threads.com" => &["u"],
        "facebook.com" if path == "/l.php" => &["u"],
        "out.reddit.com" | "slack-redir.net" => &["url"],
        "t.umblr.com" => &["z"],
        "youtube.com" if path == "/redirect" => &["q"],
        "vk.com" | "away.vk.com" if path == "/away.php" => &["to"],
        "duckduckgo.com" if path.starts_with("/l/") => &["uddg"],
        "steamcommunity.com" if path.starts_with("/linkfilter") => &["u", "url"],
        "bing.com" if path.ends_with("/apiclick.aspx") => &["url"],
        "linkedin.com" if path.starts_with("/redir/redirect") || path.starts_with("/safety/go") => &["url"],
        _ if path == "/url" && is_google(&host) => &["url", "q"],
        _ => return None,
    };
    let target = |name: &&str| url.query_pairs().find(|(found, _)| found == name).and_then(|(_, to)| web_address(&to));
    names.iter().find_map(target)
}

/// `google.com`, `google.de`, `news.google.co.uk`, but not `google.com.example.org`.
fn is_google(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let Some(at) = labels.iter().position(|label| *label == "google") else { return false };
    let ending = labels.get(at + 1..).unwrap_or_default();
    match ending {
        [land] => *land == "com" || land.len() == 2,
        [second, land] => matches!(*second, "co" | "com") && land.len() == 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_page_has_one_form() {
        for other in [
            "http://www.Example.org/news/1/",
            "https://m.example.org/news/1?utm_source=x&utm_medium=y#top",
            "https://amp.example.org:443/news/1/amp/?fbclid=1",
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fnews%2F1&usg=x",
            "https://www.google.co.uk/url?q=https://example.org/news/1",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fnews%2F1%3Ffbclid%3D2&h=abc",
            "https://user:secret@example.org./news/1?ref=feed",
            "  https://example.org/news/1  ",
        ] {
            assert_eq!(canonical_link(other), "https://example.org/news/1", "{other}");
        }
    }

    #[test]
    fn what_chooses_the_page_stays() {
        assert_eq!(canonical_link("http://example.org/?b=2&a=1"), "https://example.org?a=1&b=2");
        assert_eq!(canonical_link("https://youtube.com/watch?v=abc&si=x"), "https://youtube.com/watch?v=abc");
        assert_eq!(canonical_link("https://example.org/?s=search"), "https://example.org?s=search");
        assert_eq!(canonical_link("http://example.org:8080/a"), "https://example.org:8080/a");
        assert_eq!(canonical_link("https://m.example/a"), "https://m.example/a");
        assert_ne!(canonical_link("https://example.org/A"), canonical_link("https://example.org/a"));
        let not_google = "https://google.com.evil.example/url?q=https://example.org";
        assert!(canonical_link(not_google).starts_with("https://google.com.evil.example/url"));
        assert_eq!(canonical_link("mailto:a@b.example"), "mailto:a@b.example");
        assert_eq!(canonical_link("not a link"), "not a link");
    }

    proptest! {
        #[test]
        fn canonical_is_canonical(
            host in "(www\\.|m\\.|amp\\.|l\\.facebook\\.)?[a-z]{1,8}\\.(com|example)",
            path in "(/[a-zA-Z0-9%._~-]{0,6}){0,4}/?(amp/?)?",
            query in "([a-z_]{1,8}=[a-zA-Z0-9%+./:]{0,8}&?){0,4}",
        ) {
            let once = canonical_link(&format!("http://{host}{path}?{query}#x"));
            prop_assert_eq!(canonical_link(&once), once.clone());
            let begins = once.starts_with("https://");
            prop_assert!(begins && !once.contains('#') && !once.ends_with('/'));
        }

        #[test]
        fn any_text_can_be_taken(text in "\\PC{0,200}|https?://\\PC{0,100}") {
            let once = canonical_link(&text);
            prop_assert_eq!(canonical_link(&once), once);
        }
    }
}
