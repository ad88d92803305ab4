//! Search engines hand out links to themselves that lead on to the page; people want the page.

use url::Url;

/// The page behind a search engine's redirecting link (Google Alerts, Google search, Bing News); `None` for any
/// other link.
pub(super) fn unwrapped(link: &str) -> Option<String> {
    if !(link.contains("google.") || link.contains("bing.com")) {
        return None;
    }
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let names: &[&str] = match url.path() {
        "/url" if host.starts_with("google.") => &["url", "q"],
        "/news/apiclick.aspx" if host == "bing.com" => &["url"],
        _ => return None,
    };
    let target =
        names.iter().find_map(|name| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value))?;
    let target = Url::parse(&target).ok()?;
    matches!(target.scheme(), "http" | "https").then(|| target.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_behind_an_alert_is_found() {
        for (link, page) in [
            (
                "https://www.google.com/url?rct=j&sa=t&url=https://news.example/a%3Fb%3Dc&ct=ga&usg=x",
                Some("https://news.example/a?b=c"),
            ),
            ("https://www.google.co.uk/url?q=http://news.example/", Some("http://news.example/")),
            (
                "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fnews.example%2fa&c=1",
                Some("https://news.example/a"),
            ),
            ("https://www.google.com/url?url=javascript:alert(1)", None),
            ("https://news.google.com/rss/articles/CBMi", None),
            ("https://evil.example/url?url=https://news.example/&x=google.com", None),
        ] {
            assert_eq!(unwrapped(link).as_deref(), page, "{link}");
        }
    }
}
