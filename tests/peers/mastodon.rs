//! Mastodon's family: snac, started by `tests/peers/snac.sh`, and mastodon_mock, started by
//! `tests/peers/mastodon_mock.sh`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use goodword::domain::time::SignedDuration;
use goodword::domain::{Item, Network, Visibility};
use goodword::sources::http::{Client, HttpSettings, Request};
use goodword::sources::networks::{self, kind};
use goodword::sources::{
    Fate, LoginRequest, MemoryCredentials, Outgoing, Person, Published, Source, SourceErrorKind, SourceSettings, Tools,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{now, tools, variable};

/// Longest that a server may take to show what was written; snac delivers to itself as to a stranger, in ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of the family.
#[derive(Clone, Copy)]
struct Server(&'static str);

const SNAC: Server = Server("SNAC");
const MOCK: Server = Server("MASTODON_MOCK");

impl Server {
    fn of(self, suffix: &str) -> String {
        variable(&format!("GOODWORD_{}_{suffix}", self.0))
    }

    fn settings(self) -> SourceSettings {
        SourceSettings {
            url: Some(self.of("URL").parse().unwrap()),
            stream: false,
            ..SourceSettings::named("peer", Network::fixed("mastodon"))
        }
    }

    fn open(self, token: &str, settings: &SourceSettings) -> Source {
        networks::open(settings, &tools(Arc::new(MemoryCredentials::of(&self.of(token))))).unwrap()
    }

    fn brand(self) -> Source {
        self.open("TOKEN", &self.settings())
    }

    fn ana(self) -> Source {
        self.open("OTHER_TOKEN", &self.settings())
    }
}

/// Letters that stand in no other run's posts.
fn word(name: &str) -> String {
    format!("{name}{}", now().as_microsecond())
}

fn outgoing(text: &str, parent: Option<&str>) -> Outgoing {
    Outgoing {
        text: text.to_owned(),
        parent: parent.map(str::to_owned),
        root: None,
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en".to_owned()),
        token: word("token0123456789"),
    }
}

async fn post(source: &Source, outgoing: &Outgoing) -> Published {
    source.publish.as_ref().unwrap().publish(outgoing, now()).await.unwrap()
}

async fn say(source: &Source, text: &str) -> String {
    post(source, &outgoing(text, None)).await.native_id
}

async fn handle(source: &Source) -> String {
    source.publish.as_ref().unwrap().identity(now()).await.unwrap().handle.unwrap()
}

/// Polls on until an item is there. People are addressed by their names alone: neither server reads a port in a handle.
async fn hear(source: &mut Source, cursor: &mut String, wanted: impl Fn(&Item) -> bool) -> Item {
    let until = Instant::now() + PATIENCE;
    loop {
        let batch = source.listen.poll(cursor, now()).await.unwrap();
        *cursor = batch.cursor;
        if let Some(item) = batch.items.into_iter().find(&wanted) {
            return item;
        }
        assert!(Instant::now() < until, "nothing was heard");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn hears_who_addresses_us_and_hashtags(server: Server) {
    let (mut brand, ana) = (server.brand(), server.ana());
    let mut cursor = String::new();
    hear_all(&mut brand, &mut cursor).await;
    let loud = word("loud");
    let id = say(&ana, &format!("@brand the chain snapped, {loud} & not 😀 https://a.example/x?y=1")).await;
    let mention = hear(&mut brand, &mut cursor, |item| item.text.contains(&loud)).await;
    assert!(mention.addressed && !mention.own, "{mention:?}");
    assert_eq!(mention.visibility, Visibility::Public);
    assert!(
        mention.text.contains(&format!("snapped, {loud} &")) && mention.text.contains("not 😀"),
        "{}",
        mention.text
    );
    assert_eq!(mention.author.handle, Some(handle(&ana).await));
    assert_eq!(mention.links, ["https://a.example/x?y=1"]);
    let thread = brand.lookup.as_ref().unwrap().thread(&mention.native_id, now()).await.unwrap();
    assert!(thread.iter().any(|item| item.text.contains(&loud)));
    assert!((mention.claimed.unwrap().duration_since(now())).abs() < SignedDuration::from_mins(1));

    let tag = word("tag");
    let settings = SourceSettings { hashtags: vec![format!("#{tag}")], ..server.settings() };
    let mut follower = server.open("TOKEN", &settings);
    let mut place = String::new();
    hear_all(&mut follower, &mut place).await;
    let tagged = say(&ana, &format!("rides #{tag} home")).await;
    let heard = hear(&mut follower, &mut place, |item| item.native_id == tagged).await;
    assert!(!heard.addressed && !heard.own && heard.links.is_empty(), "{heard:?}");
    assert_ne!(id, tagged);
    let own = say(&brand, &format!("we ride too #{tag}")).await;
    let heard = hear(&mut follower, &mut place, |item| item.native_id == own).await;
    assert!(heard.own && !heard.addressed, "{heard:?}");
}

/// Reads everything that is there.
async fn hear_all(source: &mut Source, cursor: &mut String) -> Vec<Item> {
    let mut all = Vec::new();
    loop {
        let batch = source.listen.poll(cursor, now()).await.unwrap();
        *cursor = batch.cursor;
        all.extend(batch.items);
        if !batch.more {
            return all;
        }
    }
}

async fn leaves_no_gap(server: Server) {
    let ana = server.ana();
    let tag = word("many");
    let settings = SourceSettings { hashtags: vec![tag.clone()], ..server.settings() };
    let mut brand = server.open("TOKEN", &settings);
    let mut cursor = String::new();
    hear_all(&mut brand, &mut cursor).await;
    let mut written = Vec::new();
    for part in 0..3 {
        for number in 0..[95, 1, 45][part] {
            written.push(say(&ana, &format!("number {part} {number} #{tag}")).await);
        }
        let heard: Vec<String> =
            hear_all(&mut brand, &mut cursor).await.into_iter().map(|item| item.native_id).collect();
        let missing: Vec<&String> = written.iter().filter(|id| !heard.contains(id)).collect();
        assert!(missing.is_empty(), "part {part}: {} of {} are missing", missing.len(), written.len());
        assert!(!cursor.is_empty());
        written.clear();
    }
    assert!(hear_all(&mut brand, &mut cursor).await.iter().all(|item| !item.text.contains("number 0")));
}

async fn answers_below_what_it_answers(server: Server) {
    let (brand, ana) = (server.brand(), server.ana());
    let question = post(&ana, &outgoing(&format!("does it fit? {}", word("q")), None)).await;
    let answer = outgoing("Sorry! Which *serial* number is it?", Some(&question.native_id));
    let published = post(&brand, &answer).await;
    assert_eq!(published.remarks, Vec::<String>::new());
    let lookup = brand.lookup.as_ref().unwrap();
    let thread = lookup.thread(&question.native_id, now()).await.unwrap();
    let ours = thread.iter().find(|item| item.native_id == published.native_id).unwrap();
    assert_eq!((ours.own, ours.parent.as_deref()), (true, Some(question.native_id.as_str())));
    assert!(ours.text.starts_with("@ana"), "{}", ours.text);
    let found = brand.publish.as_ref().unwrap().find(&answer, now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, published.native_id);
    let other = outgoing("Something else entirely", Some(&question.native_id));
    assert_eq!(brand.publish.as_ref().unwrap().find(&other, now(), now()).await.unwrap(), None);
    let recent = lookup.own_recent(5, now()).await.unwrap();
    assert!(recent.iter().any(|item| item.native_id == published.native_id && item.own));
    let gone = outgoing("To nobody", Some("999999999999"));
    let error = brand.publish.as_ref().unwrap().publish(&gone, now()).await.unwrap_err();
    assert_eq!((error.fate, error.error.kind), (Fate::NotSent, SourceErrorKind::Gone), "{error}");
    assert!(lookup.own_recent(5, now()).await.unwrap().iter().all(|item| !item.text.contains("To nobody")));
}

async fn knows_people(server: Server) {
    let (brand, ana) = (server.brand(), server.ana());
    let them = ana.publish.as_ref().unwrap().identity(now()).await.unwrap();
    let lookup = brand.lookup.as_ref().unwrap();
    let by_handle = lookup.person(them.handle.as_deref().unwrap(), now()).await.unwrap().unwrap();
    assert_eq!(by_handle.native_id, them.native_id);
    let by_id = lookup.person(them.native_id.as_deref().unwrap(), now()).await.unwrap().unwrap();
    assert_eq!(by_id.handle, them.handle);
    assert_eq!(lookup.person("nobody-of-this-name", now()).await.unwrap(), None);
}

async fn keeps_private_what_is_private(server: Server) {
    let (mut brand, ana) = (server.brand(), server.ana());
    let mut cursor = String::new();
    hear_all(&mut brand, &mut cursor).await;
    let secret = word("secret");
    let private = Outgoing {
        visibility: Visibility::Private,
        content_warning: Some("money".to_owned()),
        ..outgoing(&format!("@brand my order {secret}"), None)
    };
    post(&ana, &private).await;
    let heard = hear(&mut brand, &mut cursor, |item| item.text.contains(&secret)).await;
    assert_eq!(heard.visibility, Visibility::Private);
    assert_eq!(heard.content_warning.as_deref(), Some("money"));
    let answer = post(&brand, &outgoing("We look into it.", Some(&heard.native_id))).await;
    assert_eq!(answer.remarks, Vec::<String>::new());
    let ours = brand.lookup.as_ref().unwrap().thread(&answer.native_id, now()).await.unwrap();
    let ours = ours.iter().find(|item| item.native_id == answer.native_id).unwrap();
    assert_eq!((ours.visibility, ours.content_warning.as_deref()), (Visibility::Private, Some("money")));
}

async fn refuses_a_bad_token(server: Server) {
    let settings = server.settings();
    let tools = tools(Arc::new(MemoryCredentials::of("no-such-token")));
    let error = networks::open(&settings, &tools).unwrap().listen.poll("", now()).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Refused, "{error}");
    assert!(error.advice.contains("goodword login mastodon"), "{error}");
    let settings = SourceSettings { account: Some("somebody".to_owned()), ..settings };
    let error = server.open("TOKEN", &settings).listen.poll("", now()).await.unwrap_err();
    assert!(error.what.as_str().contains("belongs to @brand"), "{error}");
}

/// Both servers, each with everything that both can do.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod snac {
            $(#[tokio::test]
            #[ignore = "needs tests/peers/snac.sh"]
            async fn $name() {
                super::$name(super::SNAC).await;
            })+
        }
        mod mastodon_mock {
            $(#[tokio::test]
            #[ignore = "needs tests/peers/mastodon_mock.sh"]
            async fn $name() {
                super::$name(super::MOCK).await;
            })+
        }
    };
}

on_both!(
    hears_who_addresses_us_and_hashtags,
    leaves_no_gap,
    answers_below_what_it_answers,
    knows_people,
    keeps_private_what_is_private,
    refuses_a_bad_token,
);

/// A person with a browser.
struct Visitor {
    server: Server,
    told: Mutex<Vec<String>>,
}

impl Visitor {
    /// The code that the page behind the told address shows once the person has allowed the program.
    async fn code(&self) -> String {
        let told = self.told.lock().unwrap().join("\n");
        let address = told.split_whitespace().find(|word| word.contains("/oauth/authorize?")).unwrap().to_owned();
        let address: url::Url = address.parse().unwrap();
        let asked: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
        assert_eq!(asked["redirect_uri"], "urn:ietf:wg:oauth:2.0:oob");
        assert!(asked["scope"].contains("write:statuses"), "{asked:?}");
        if self.server.0 == "MASTODON_MOCK" {
            return "mockcode_brand".to_owned();
        }
        let (password, id) = (self.server.of("PASSWORD"), asked["client_id"].as_str());
        let fields = [
            ("login", "brand"),
            ("passwd", password.as_str()),
            ("redir", "urn:ietf:wg:oauth:2.0:oob"),
            ("cid", id),
            ("state", ""),
        ];
        let page = address.join("/oauth/x-snac-login").unwrap();
        let client = Client::new(HttpSettings::default()).unwrap();
        let page = client.send(Request::post_form(page, &fields), now()).await.unwrap();
        let page = String::from_utf8(page.body).unwrap();
        let is_code = |word: &&str| word.len() == 32 && word.bytes().all(|sign| sign.is_ascii_hexdigit());
        page.split(|sign: char| !sign.is_ascii_alphanumeric()).find(is_code).unwrap().to_owned()
    }
}

#[async_trait]
impl Person for Visitor {
    async fn tell(&self, words: &str) {
        self.told.lock().unwrap().push(words.to_owned());
    }
    async fn ask(&self, _question: &str) -> Option<String> {
        None
    }
    async fn ask_secret(&self, question: &str) -> Option<SecretString> {
        if question.starts_with("Code") { Some(SecretString::from(self.code().await)) } else { None }
    }
}

async fn logs_in(server: Server) {
    let login = kind(&Network::fixed("mastodon")).unwrap().login.unwrap();
    let request = LoginRequest { url: Some(server.of("URL").parse().unwrap()), ..LoginRequest::default() };
    let tools: Tools = tools(Arc::new(MemoryCredentials::default()));
    let visitor = Visitor { server, told: Mutex::default() };
    let logged_in = login.login(&request, &tools, &visitor, now()).await.unwrap();
    assert!(logged_in.account.starts_with("brand@localhost:"), "{}", logged_in.account);
    let credentials = Arc::new(MemoryCredentials::of(logged_in.secret.expose_secret()));
    let settings = SourceSettings { account: Some(logged_in.account), ..server.settings() };
    let mut source = networks::open(&settings, &super::tools(credentials)).unwrap();
    source.listen.poll("", now()).await.unwrap();
    say(&source, &format!("written after logging in {}", word("x"))).await;
}

#[tokio::test]
#[ignore = "needs tests/peers/snac.sh"]
async fn snac_logs_in() {
    logs_in(SNAC).await;
}

#[tokio::test]
#[ignore = "needs tests/peers/mastodon_mock.sh"]
async fn mastodon_mock_logs_in() {
    logs_in(MOCK).await;
}

#[tokio::test]
#[ignore = "needs tests/peers/mastodon_mock.sh"]
async fn mastodon_mock_publishes_a_token_once() {
    let brand = MOCK.brand();
    assert!(brand.publish.as_ref().unwrap().rules(now()).await.unwrap().retry_safe);
    let once = outgoing(&format!("only once {}", word("o")), None);
    let first = post(&brand, &once).await;
    let second = post(&brand, &once).await;
    assert_eq!(first.native_id, second.native_id);
}

#[tokio::test]
#[ignore = "needs tests/peers/snac.sh"]
async fn snac_says_that_a_retry_is_not_safe() {
    let brand = SNAC.brand();
    let publish = brand.publish.as_ref().unwrap();
    let rules = publish.rules(now()).await.unwrap();
    assert!(!rules.retry_safe);
    assert_eq!(rules.longest, Some(100_000));
    let twice = outgoing(&format!("not twice {}", word("t")), None);
    let since = now();
    assert_eq!(publish.find(&twice, since, now()).await.unwrap(), None);
    let first = post(&brand, &twice).await;
    assert_eq!(publish.find(&twice, since, now()).await.unwrap().unwrap().native_id, first.native_id);
    // Why one must look before trying again:
    assert_ne!(post(&brand, &twice).await.native_id, first.native_id);
}

#[tokio::test]
#[ignore = "needs tests/peers/snac.sh"]
async fn snac_is_polled_since_it_does_not_stream() {
    let settings = SourceSettings { stream: true, hashtags: vec!["bikes".to_owned()], ..SNAC.settings() };
    let mut brand = SNAC.open("TOKEN", &settings);
    assert!(brand.listen.capabilities().streams);
    let mut cursor = String::new();
    let mut remarks = Vec::new();
    for _ in 0..4 {
        let batch = brand.listen.poll(&cursor, now()).await.unwrap();
        cursor = batch.cursor;
        remarks.extend(batch.remarks);
        if !batch.more {
            break;
        }
    }
    let told: Vec<&String> = remarks.iter().filter(|remark| remark.contains("polled")).collect();
    assert_eq!(told.len(), 1, "{remarks:?}");
    assert!(!brand.listen.capabilities().streams);
}

/// Tells the mock to fail.
async fn fault(fault: Value) {
    let client = Client::new(HttpSettings::default()).unwrap();
    let url: url::Url = format!("{}/api/v1/_mock/faults", MOCK.of("URL")).parse().unwrap();
    let request =
        if fault.is_null() { Request::delete(url) } else { Request::post_json(url, fault.to_string().into()) };
    assert!(client.send(request, now()).await.unwrap().status.is_success());
}

/// Faults concern every test that asks the mock, so they are one test, run alone.
#[tokio::test]
#[ignore = "needs tests/peers/mastodon_mock.sh, alone"]
async fn mastodon_mock_faults() {
    fault(Value::Null).await;
    let brand = MOCK.brand();
    let publish = brand.publish.as_ref().unwrap();
    publish.identity(now()).await.unwrap();
    let writing = |effect: Value, count: u32| json!({ "match": { "methods": ["POST"], "path": "/api/v1/statuses" }, "effect": effect, "count": count });
    let reading = |effect: Value| json!({ "match": { "methods": ["GET"], "path": "/api/v1/notifications" }, "effect": effect, "count": 1 });

    // A server that stumbled may have published: unknown, and the same token may be sent again.
    let once = outgoing(&format!("after the stumble {}", word("f")), None);
    fault(writing(json!({ "type": "status", "status": 503 }), 1)).await;
    let error = publish.publish(&once, now()).await.unwrap_err();
    assert_eq!((error.fate, error.error.kind), (Fate::Uncertain, SourceErrorKind::ServerTrouble), "{error}");
    assert_eq!(publish.find(&once, now(), now()).await.unwrap(), None);
    let sent = post(&brand, &once).await;
    assert_eq!(publish.find(&once, now(), now()).await.unwrap().unwrap().native_id, sent.native_id);

    // An answer that cannot be read: it may have been published, and it was not.
    let garbled = outgoing(&format!("garbled {}", word("g")), None);
    fault(writing(json!({ "type": "malformed" }), 1)).await;
    assert_eq!(publish.publish(&garbled, now()).await.unwrap_err().fate, Fate::Uncertain);
    fault(Value::Null).await;

    // Slow, and still there.
    fault(reading(json!({ "type": "latency", "delay_ms": 900 }))).await;
    let mut listener = MOCK.brand();
    listener.listen.poll("", now()).await.unwrap();
    // One part that fails does not keep the others from being heard.
    fault(reading(json!({ "type": "malformed" }))).await;
    let batch = listener.listen.poll("", now()).await.unwrap();
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("notifications")), "{:?}", batch.remarks);
    fault(Value::Null).await;

    // Last, since the host is left alone afterwards: too many requests.
    fault(writing(json!({ "type": "ratelimit" }), 1)).await;
    let error = publish.publish(&outgoing("too many", None), now()).await.unwrap_err();
    assert_eq!((error.fate, error.error.kind), (Fate::NotSent, SourceErrorKind::TooMany), "{error}");
    fault(Value::Null).await;
}

#[tokio::test]
#[ignore = "needs tests/peers/mastodon_mock.sh"]
async fn mastodon_mock_streams() {
    let tag = word("live");
    let settings = SourceSettings { stream: true, hashtags: vec![tag.clone()], ..MOCK.settings() };
    let (mut brand, ana) = (MOCK.open("TOKEN", &settings), MOCK.ana());
    let mut cursor = String::new();
    let first = brand.listen.poll(&cursor, now()).await.unwrap();
    assert!(first.more, "a stream goes on");
    assert!(first.remarks.iter().any(|remark| remark.contains("server-sent events")), "{:?}", first.remarks);
    cursor = first.cursor;

    let begun = Instant::now();
    let id = say(&ana, &format!("live and loud #{tag}")).await;
    hear(&mut brand, &mut cursor, |item| item.native_id == id).await;
    let loud = say(&ana, "@brand do you hear?").await;
    let mention = hear(&mut brand, &mut cursor, |item| item.native_id == loud).await;
    assert!(mention.addressed);
    assert!(begun.elapsed() < Duration::from_secs(4), "pushed and not polled: {:?}", begun.elapsed());

    let client = Client::new(HttpSettings::default()).unwrap();
    let url: url::Url = format!("{}/api/v1/statuses/{id}", MOCK.of("URL")).parse().unwrap();
    let edit = Request::put_json(url.clone(), json!({ "status": format!("quieter #{tag}") }).to_string().into());
    assert!(client.send(edit.bearer(&MOCK.of("OTHER_TOKEN")), now()).await.unwrap().status.is_success());
    let edited = hear(&mut brand, &mut cursor, |item| item.native_id == id).await;
    assert!(edited.text.starts_with("quieter") && edited.edited.is_some(), "{edited:?}");
    let delete = Request::delete(url).bearer(&MOCK.of("OTHER_TOKEN"));
    assert!(client.send(delete, now()).await.unwrap().status.is_success());
    assert!(hear(&mut brand, &mut cursor, |item| item.native_id == id && item.deleted).await.deleted);
}
