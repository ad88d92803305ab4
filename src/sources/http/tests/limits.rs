//! Limits of hosts and accounts, against servers that keep to their own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use wiremock::{Request as Asked, Respond};

use super::*;

fn of(account: &str, url: Url) -> Request {
    Request::get(url).of_account(account).bearer("hunter2")
}

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn answers(server: &MockServer, at: &str, status: u16, headers: &[(&'static str, &str)]) {
    let template = headers
        .iter()
        .fold(ResponseTemplate::new(status), |template, (name, value)| template.insert_header(*name, *value));
    Mock::given(path(at)).respond_with(template).mount(server).await;
}

#[tokio::test]
async fn polling_stops_at_the_reserve_and_replies_go_on() {
    let server = MockServer::start().await;
    let headers = [("ratelimit-limit", "100"), ("ratelimit-remaining", "10"), ("ratelimit-reset", "300")];
    answers(&server, "/posts", 200, &headers).await;
    let client = client();
    let poll = || of("mock:1", url(&server, "/posts"));
    client.send(poll(), now()).await.unwrap();
    let kept = client.send(poll(), now()).await.unwrap_err();
    assert_eq!((kept.kind, kept.retry), (SourceErrorKind::TooMany, Retry::NotBefore(after(301))));
    assert!(!kept.whole_host && kept.to_string().contains("10 of 100") && kept.advice.contains("replies"), "{kept}");
    client.send(poll().urgent(), now()).await.unwrap();
    // Another account and those without one have counts of their own.
    client.send(of("mock:2", url(&server, "/posts")), now()).await.unwrap();
    get(&client, url(&server, "/posts")).await.unwrap();
    // The count starts anew.
    client.send(poll(), after(301)).await.unwrap();
    let [meter] = client.meters(&host_of(&poll().url), Some("mock:1")).try_into().unwrap();
    assert_eq!((meter.name.as_str(), meter.used, meter.limit), ("requests", 90.0, Some(100.0)));
}

#[tokio::test]
async fn urgent_requests_stop_when_nothing_is_left() {
    let server = MockServer::start().await;
    let headers =
        [("x-ratelimit-limit", "300"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "2026-11-22T12:05:00.5Z")];
    answers(&server, "/", 200, &headers).await;
    let client = client();
    let reply = || of("mock:1", url(&server, "/")).urgent();
    client.send(reply(), now()).await.unwrap();
    let error = client.send(reply(), now()).await.unwrap_err();
    assert!(matches!(error.retry, Retry::NotBefore(at) if at > after(300) && at <= after(302)), "{error:?}");
    assert!(error.advice.contains("12:05 UTC"), "{error}");
}

#[tokio::test]
async fn a_complaint_holds_back_the_account_and_says_until_when() {
    let server = MockServer::start().await;
    answers(&server, "/a", 429, &[("retry-after", "120")]).await;
    answers(&server, "/b", 200, &[]).await;
    let client = client();
    let error = client.send(of("mock:1", url(&server, "/a")), now()).await.unwrap().success().unwrap_err();
    assert_eq!((error.retry, error.whole_host), (Retry::NotBefore(after(120)), false), "{error}");
    for request in [of("mock:1", url(&server, "/b")), of("mock:1", url(&server, "/b")).urgent()] {
        let error = client.send(request, now()).await.unwrap_err();
        assert_eq!((error.retry, error.whole_host), (Retry::NotBefore(after(120)), false), "{error}");
        assert!(error.advice.contains("12:02 UTC"), "{error}");
    }
    assert_eq!(client.account_held_until(&host_of(&url(&server, "/")), "mock:1", now()), Some(after(120)));
    client.send(of("mock:2", url(&server, "/b")), now()).await.unwrap();
    get(&client, url(&server, "/b")).await.unwrap();
}

#[tokio::test]
async fn a_second_account_that_is_refused_shows_that_the_address_is_limited() {
    let server = MockServer::start().await;
    let spent =
        [("x-ratelimit-limit", "300"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "2026-11-22T12:04:00Z")];
    for headers in [&[("retry-after", "240")][..], &spent] {
        server.reset().await;
        answers(&server, "/", 429, headers).await;
        let client = client();
        let one = client.send(of("mock:1", url(&server, "/")), now()).await.unwrap().success().unwrap_err();
        let two = client.send(of("mock:2", url(&server, "/")), now()).await.unwrap().success().unwrap_err();
        assert!(!one.whole_host && two.whole_host, "{headers:?}");
        let held = get(&client, url(&server, "/")).await.unwrap_err();
        assert_eq!((held.retry, held.whole_host), (Retry::NotBefore(after(240)), true));
    }
}

#[tokio::test]
async fn one_count_that_is_used_up_leaves_the_others() {
    let server = MockServer::start().await;
    let told = |resource, limit, left| {
        [
            ("x-ratelimit-resource", resource),
            ("x-ratelimit-limit", limit),
            ("x-ratelimit-remaining", left),
            ("x-ratelimit-reset", "1795348920"),
        ]
    };
    answers(&server, "/search/issues", 403, &told("search", "30", "0")).await;
    answers(&server, "/repos/o/r/issues/1/comments", 201, &told("core", "5000", "4000")).await;
    let client = client();
    let search = || of("github:1", url(&server, "/search/issues"));
    let reply = || {
        Request::post_json(url(&server, "/repos/o/r/issues/1/comments"), b"{}".to_vec()).of_account("github:1").urgent()
    };
    let error = client.send(search(), now()).await.unwrap().success().unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::TooMany, Retry::NotBefore(after(120))));
    client.send(reply(), now()).await.unwrap().success().unwrap();
    client.send(reply(), now()).await.unwrap().success().unwrap();
    assert!(client.send(search(), now()).await.is_err(), "the search is still held back");
    let meters = client.meters(&host_of(&search().url), Some("github:1"));
    let told: Vec<_> = meters.iter().map(|meter| (meter.name.as_str(), meter.used, meter.limit)).collect();
    assert_eq!(told, [("core", 1000.0, Some(5000.0)), ("search", 30.0, Some(30.0))]);
}

#[tokio::test]
async fn complaints_without_headers_are_understood_by_their_words() {
    let server = MockServer::start().await;
    for (at, status, body, is_complaint) in [
        ("/lemmy", 400, r#"{"error":"rate_limit_error"}"#, true),
        ("/stack", 400, r#"{"error_id":502,"error_name":"throttle_violation"}"#, true),
        ("/github", 403, r#"{"message":"You have exceeded a secondary rate limit."}"#, true),
        ("/plain", 403, r#"{"message":"Must have admin rights"}"#, false),
        ("/page", 403, "<p>about rate_limit_error</p>", false),
    ] {
        let template = ResponseTemplate::new(status).set_body_string(body);
        Mock::given(path(at)).respond_with(template).mount(&server).await;
        let error = client().send(of("mock:1", url(&server, at)), now()).await.unwrap().success().unwrap_err();
        let expected = if is_complaint { Retry::NotBefore(after(60)) } else { error.retry };
        assert_eq!((error.kind == SourceErrorKind::TooMany, error.retry), (is_complaint, expected), "{at}: {error}");
    }
}

#[tokio::test]
async fn a_host_that_is_busy_is_left_alone_by_all() {
    let server = MockServer::start().await;
    answers(&server, "/", 503, &[("retry-after", "30")]).await;
    let client = client();
    client.send(of("mock:1", url(&server, "/")), now()).await.unwrap();
    let error = client.send(of("mock:2", url(&server, "/")).urgent(), now()).await.unwrap_err();
    assert_eq!((error.retry, error.whole_host), (Retry::NotBefore(after(30)), true));
    assert_eq!(client.held_until(&url(&server, "/"), now()), Some(after(30)));
}

#[tokio::test]
async fn an_urgent_request_does_not_stand_behind_polls() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(4));
    Mock::given(path("/slow")).respond_with(slow).mount(&server).await;
    answers(&server, "/reply", 200, &[]).await;
    // One turn at the host and one altogether, both taken, and more in line.
    let client = Client::new(HttpSettings { per_host: 1, at_once: 1, ..HttpSettings::default() }).unwrap();
    let polls = futures_util::future::join_all((0..3).map(|_| client.send(of("mock:1", url(&server, "/slow")), now())));
    let reply = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        client.send(of("mock:1", url(&server, "/reply")).urgent(), now()).await.unwrap();
        begun.elapsed()
    };
    tokio::select! {
        _ = polls => panic!("the polls were first"),
        waited = reply => assert!(waited < Duration::from_secs(1), "{waited:?}"),
    }
}

#[tokio::test]
async fn hold_backs_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("holds.json");
    let server = MockServer::start().await;
    answers(&server, "/", 429, &[("retry-after", "3600")]).await;
    let start = |now| Client::keeping(HttpSettings::default(), file.clone(), now).unwrap();
    start(now()).send(of("mock:1", url(&server, "/")), now()).await.unwrap();
    let error = start(after(60)).send(of("mock:1", url(&server, "/")).urgent(), after(60)).await.unwrap_err();
    assert_eq!(error.retry, Retry::NotBefore(after(3600)), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    start(after(3601)).send(of("mock:1", url(&server, "/")), after(3601)).await.unwrap();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains("mock:1") && !kept.contains("hunter2"), "{kept}");
}

#[tokio::test]
async fn what_an_answer_asks_for_inside_is_kept_too() {
    let server = MockServer::start().await;
    answers(&server, "/", 200, &[]).await;
    let (client, host) = (client(), host_of(&url(&server, "/")));
    client.leave_alone(&host, Some("mock:1"), after(10), now());
    assert!(client.send(of("mock:1", url(&server, "/")).urgent(), now()).await.is_err());
    client.send(of("mock:1", url(&server, "/")), after(10)).await.unwrap();
    client.send(of("mock:2", url(&server, "/")), now()).await.unwrap();
}

/// A server that grants so many requests in a window, and refuses the rest.
struct Granting {
    limit: u32,
    window: u32,
    clock: Mutex<i64>,
    used: Mutex<(i64, u32)>,
    refused: AtomicU32,
    shape: u8,
}

impl Granting {
    fn count(&self) -> ResponseTemplate {
        let second = *self.clock.lock().unwrap();
        let window = second / i64::from(self.window);
        let mut used = self.used.lock().unwrap();
        if used.0 != window {
            *used = (window, 0);
        }
        let resets = (window + 1) * i64::from(self.window);
        let refused = used.1 >= self.limit;
        if refused {
            self.refused.fetch_add(1, Ordering::Relaxed);
        } else {
            used.1 += 1;
        }
        let template = ResponseTemplate::new(if refused { 429 } else { 200 });
        let left = (self.limit - used.1).to_string();
        let limit = self.limit.to_string();
        let at = after(resets);
        match self.shape {
            0 => template
                .insert_header("x-ratelimit-limit", &*limit)
                .insert_header("x-ratelimit-remaining", &*left)
                .insert_header("x-ratelimit-reset", &*at.to_string()),
            1 => template
                .insert_header("ratelimit-limit", &*limit)
                .insert_header("ratelimit-remaining", &*left)
                .insert_header("ratelimit-reset", &*at.as_second().to_string()),
            2 => template
                .insert_header("x-ratelimit-used", &*used.1.to_string())
                .insert_header("x-ratelimit-remaining", &*format!("{left}.0"))
                .insert_header("x-ratelimit-reset", &*(resets - second).to_string()),
            _ => template.insert_header("ratelimit", &*format!("\"default\";r={left};t={}", resets - second)),
        }
    }
}

struct Shared(std::sync::Arc<Granting>);

impl Respond for Shared {
    fn respond(&self, _: &Asked) -> ResponseTemplate {
        self.0.count()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Polls(usize),
    /// Polls that are given up while they are under way.
    GivenUp(usize),
    Replies(u32),
    Wait(i64),
}

mod never_starved {
    use proptest::prelude::*;

    use super::*;

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (1..40_usize).prop_map(Step::Polls),
            1 => (1..9_usize).prop_map(Step::GivenUp),
            3 => (1..5_u32).prop_map(Step::Replies),
            1 => (1..90_i64).prop_map(Step::Wait),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

        /// However often one polls: the server never refuses, and replies are let through as long as there are no more
        /// of them in a window than the reserve has.
        #[test]
        fn polling_never_takes_a_reply_its_turn(
            limit in 8..120_u32,
            shape in 0..4_u8,
            per_host in 1..9_usize,
            steps in prop::collection::vec(step(), 1..12),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let server = MockServer::start().await;
                let checked = check(&server, limit, shape, per_host, steps).await;
                // The server waits for its own lock when it is dropped, and needs a turn of the runtime for that.
                tokio::task::yield_now().await;
                checked
            })?;
        }
    }

    async fn check(
        server: &MockServer,
        limit: u32,
        shape: u8,
        per_host: usize,
        steps: Vec<Step>,
    ) -> Result<(), TestCaseError> {
        const WINDOW: u32 = 60;
        let model = std::sync::Arc::new(Granting {
            limit,
            window: WINDOW,
            clock: Mutex::new(0),
            used: Mutex::new((0, 0)),
            refused: AtomicU32::new(0),
            shape,
        });
        Mock::given(method("GET")).respond_with(Shared(std::sync::Arc::clone(&model))).mount(server).await;
        let client = Client::new(HttpSettings { per_host, ..HttpSettings::default() }).unwrap();
        // Before the first answer nothing is known.
        client.send(of("mock:1", url(server, "/poll")), now()).await.unwrap();
        let mut replies = (0, 0);
        let mut polled = 0;
        for step in steps {
            let second = *model.clock.lock().unwrap();
            match step {
                Step::Wait(seconds) => *model.clock.lock().unwrap() += seconds,
                Step::Polls(many) => {
                    let polls = (0..many).map(|_| client.send(of("mock:1", url(server, "/poll")), after(second)));
                    let answers = futures_util::future::join_all(polls).await;
                    polled += answers.iter().filter(|answer| answer.is_ok()).count();
                    for refused in answers.into_iter().filter_map(Result::err) {
                        prop_assert!(matches!(refused.retry, Retry::NotBefore(at) if at > after(second)));
                    }
                }
                Step::GivenUp(many) => {
                    let polls = (0..many).map(|_| client.send(of("mock:1", url(server, "/poll")), after(second)));
                    let _ = tokio::time::timeout(Duration::from_millis(1), futures_util::future::join_all(polls)).await;
                    // What is on its way arrives before anything else is asked.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Step::Replies(many) => {
                    let window = second / i64::from(WINDOW);
                    if replies.0 != window {
                        replies = (window, 0);
                    }
                    // The last second of a window is not known to be of the old or the new one.
                    let reserve = (limit / 10).max(3).min(limit / 2) - 1;
                    for _ in 0..many {
                        replies.1 += 1;
                        let reply = client.send(of("mock:1", url(server, "/reply")).urgent(), after(second)).await;
                        if replies.1 <= reserve {
                            let answer = reply.map_err(|error| TestCaseError::fail(format!("{error} at {second}")))?;
                            prop_assert!(answer.status.is_success(), "refused at {second}");
                        }
                    }
                }
            }
        }
        prop_assert_eq!(model.refused.load(Ordering::Relaxed), 0);
        prop_assert!(polled == 0 || model.used.lock().unwrap().1 > 0);
        Ok(())
    }
}
