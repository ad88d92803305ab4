//! Feeds on this machine: real HTTP, whose entries a test adds to while the program reads them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// A server that answers with feeds, with entity tags.
pub struct Newsstand {
    runtime: Runtime,
    server: MockServer,
}

/// The entries of one feed.
#[derive(Clone, Default)]
pub struct Pages(Arc<Mutex<Issue>>);

#[derive(Default)]
struct Issue {
    number: u64,
    /// By name, newest first.
    entries: Vec<(String, String)>,
}

impl Pages {
    /// Publishes an entry with these words; in place of the one of that name, if there is one.
    pub fn publish(&self, name: &str, words: &str) {
        let entry = format!(
            "<item><guid isPermaLink=\"false\">{name}</guid><link>https://news.example/{name}</link>\
             <author>{name}-writer</author><description>{words}</description></item>"
        );
        self.publish_raw(name, entry);
    }

    /// Publishes an entry as it stands.
    pub fn publish_raw(&self, name: &str, entry: String) {
        let mut issue = self.0.lock().unwrap();
        issue.number += 1;
        issue.entries.retain(|(known, _)| known != name);
        issue.entries.insert(0, (name.to_owned(), entry));
    }
}

struct Paper(Pages);

impl Respond for Paper {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let issue = self.0.0.lock().unwrap();
        let tag = format!("\"{}\"", issue.number);
        if request.headers.get("if-none-match").is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            return ResponseTemplate::new(304);
        }
        let entries: String = issue.entries.iter().map(|(_, entry)| entry.as_str()).collect();
        let body = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>news</title>{entries}</channel></rss>"
        );
        ResponseTemplate::new(200).insert_header("etag", tag.as_str()).set_body_raw(body, "application/rss+xml")
    }
}

impl Newsstand {
    /// Opens it, with nothing to read.
    pub fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(MockServer::start());
        Self { runtime, server }
    }

    /// The address of a path.
    pub fn url(&self, at: &str) -> String {
        format!("{}{at}", self.server.uri())
    }

    /// The address of a path, with a name and a password before the host.
    pub fn url_with(&self, user: &str, at: &str) -> String {
        self.url(at).replacen("http://", &format!("http://{user}@"), 1)
    }

    /// A feed at a path.
    pub fn feed(&self, at: &str) -> Pages {
        let pages = Pages::default();
        self.answer(at, Paper(pages.clone()));
        pages
    }

    /// Answers as this says.
    pub fn mount(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// Answers at a path with this.
    pub fn answer(&self, at: &str, respond: impl Respond + 'static) {
        let mock = Mock::given(method("GET")).and(path(at)).respond_with(respond);
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// The requests that came so far.
    pub fn requests(&self) -> Vec<Request> {
        self.runtime.block_on(self.server.received_requests()).unwrap_or_default()
    }

    /// Waits until so many requests came.
    #[track_caller]
    pub fn wait_for(&self, requests: usize) {
        let until = Instant::now() + super::DEADLINE;
        while self.requests().len() < requests {
            assert!(Instant::now() < until, "only {} of {requests} requests came", self.requests().len());
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}
