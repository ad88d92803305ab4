//! Bluesky: a whole network of the reference implementation, started by `tests/peers/bluesky.sh`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use goodword::domain::{Item, Network, Visibility};
use goodword::sources::networks::{self, kind};
use goodword::sources::{
    Credentials, Fate, LoginRequest, MemoryCredentials, Outgoing, Person, Retry, Source, SourceErrorKind,
    SourceSettings,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{now, tools, variable};

/// Longest that the AppView may take to show what was written.
const PATIENCE: Duration = Duration::from_secs(30);

struct Role {
    handle: String,
    did: String,
    password: String,
}

fn role(name: &str) -> Role {
    let of = |suffix: &str| variable(&format!("GOODWORD_BLUESKY_{name}{suffix}"));
    Role { handle: of(""), did: of("_DID"), password: of("_PASSWORD") }
}

fn source_with(role: &Role, search: &[&str], hashtags: &[&str], credentials: Arc<dyn Credentials>) -> Source {
    let settings = SourceSettings {
        url: Some(variable("GOODWORD_BLUESKY_URL").parse().unwrap()),
        account: Some(role.handle.clone()),
        search: search.iter().map(|term| (*term).to_owned()).collect(),
        hashtags: hashtags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..SourceSettings::named("Bluesky", Network::fixed("bluesky"))
    };
    networks::open(&settings, &tools(credentials)).unwrap()
}

fn source(role: &Role, search: &[&str], hashtags: &[&str]) -> Source {
    source_with(role, search, hashtags, Arc::new(MemoryCredentials::of(&role.password)))
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

async fn publish(source: &Source, outgoing: &Outgoing) -> String {
    source.publish.as_ref().unwrap().publish(outgoing, now()).await.unwrap().native_id
}

/// Polls on until an item is there.
async fn hear(source: &mut Source, cursor: &mut String, wanted: impl Fn(&Item) -> bool) -> Item {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let batch = source.listen.poll(cursor, now()).await.unwrap();
        assert_eq!(batch.remarks, Vec::<String>::new());
        *cursor = batch.cursor;
        if let Some(item) = batch.items.into_iter().find(&wanted) {
            return item;
        }
        assert!(tokio::time::Instant::now() < until, "nothing was heard");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Asks the server without our program in between.
async fn raw(method: &str, body: Option<Value>, query: &[(&str, &str)], token: Option<&str>) -> Value {
    let base = variable("GOODWORD_BLUESKY_URL");
    let client = reqwest::Client::new();
    let url = reqwest::Url::parse_with_params(&format!("{base}/xrpc/{method}"), query).unwrap();
    let request = match body {
        Some(body) => client.post(url).header("content-type", "application/json").body(body.to_string()),
        None => client.get(url),
    };
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method}: {text}"))
}

async fn raw_token(role: &Role) -> String {
    let body = json!({ "identifier": role.handle, "password": role.password });
    let session = raw("com.atproto.server.createSession", Some(body), &[], None).await;
    session["accessJwt"].as_str().unwrap_or_else(|| panic!("{session}")).to_owned()
}

/// The record at an at-uri as the repository holds it.
async fn record(uri: &str) -> Value {
    let parts: Vec<&str> = uri.trim_start_matches("at://").split('/').collect();
    let query = [("repo", parts[0]), ("collection", parts[1]), ("rkey", parts[2])];
    raw("com.atproto.repo.getRecord", None, &query, None).await
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh"]
async fn bluesky_hears_searches_hashtags_notifications_and_own_posts() {
    let (brand, user) = (role("BRAND"), role("USER"));
    let (term, tag) = (word("acmeflux"), word("tag"));
    let mut ears = source(&brand, &[&term], &[&tag]);
    let mouth = source(&user, &[], &[]);
    let mut cursor = String::new();

    let plain = publish(&mouth, &outgoing(&format!("my {term} broke ☹ again"), None)).await;
    let heard = hear(&mut ears, &mut cursor, |item| item.native_id == plain).await;
    assert!(!heard.addressed && !heard.own);
    assert_eq!(heard.author.native_id.as_deref(), Some(user.did.as_str()));
    assert_eq!(heard.author.handle.as_deref(), Some(user.handle.as_str()));
    assert_eq!(heard.lang.as_deref(), Some("en"));
    assert!(heard.url.unwrap().contains(&user.handle));
    assert!(now().duration_since(heard.claimed.unwrap()).as_secs() < 60);

    let tagged = publish(&mouth, &outgoing(&format!("look #{tag}"), None)).await;
    hear(&mut ears, &mut cursor, |item| item.native_id == tagged).await;

    let mention = publish(&mouth, &outgoing(&format!("hey @{}, are you there?", brand.handle), None)).await;
    let heard = hear(&mut ears, &mut cursor, |item| item.native_id == mention).await;
    assert!(heard.addressed && !heard.own);

    let own = publish(&ears, &outgoing("we are here", None)).await;
    let heard = hear(&mut ears, &mut cursor, |item| item.native_id == own).await;
    assert!(heard.own && !heard.addressed);

    let quoting = Outgoing { quote: Some(own.clone()), ..outgoing("hear, hear", None) };
    let quote = publish(&mouth, &quoting).await;
    let heard = hear(&mut ears, &mut cursor, |item| item.native_id == quote).await;
    assert!(heard.addressed, "a quote of ours is said to us");
    assert_eq!(heard.links.len(), 1);

    // Nobody else's client may find its notifications marked as seen.
    let token = raw_token(&brand).await;
    let unread = raw("app.bsky.notification.getUnreadCount", None, &[], Some(&token)).await;
    assert!(unread["count"].as_u64().unwrap() >= 1, "{unread}");
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh"]
async fn bluesky_replies_hang_where_they_belong_and_read_back() {
    let (brand, user) = (role("BRAND"), role("USER"));
    let (desk, mouth) = (source(&brand, &[], &[]), source(&user, &[], &[]));
    let asking = format!("does the s2 take a 2.4 tyre, @{}?", brand.handle);
    let question = publish(&mouth, &outgoing(&asking, None)).await;
    hear(&mut source(&brand, &[], &[]), &mut String::new(), |item| item.native_id == question).await;
    let mut ears = source(&user, &[], &[]);
    let mut cursor = String::new();

    let text = format!("Grüße @{}! Yes 🚲 see https://example.com/tyres?w=2.4. #ferris", user.handle);
    let answering = Outgoing { content_warning: Some("nudity".to_owned()), ..outgoing(&text, Some(&question)) };
    let answer = publish(&desk, &answering).await;
    let stored = record(&answer).await;
    let facets = stored["value"]["facets"].as_array().unwrap();
    let piece = |facet: &Value| {
        let index = |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
        String::from_utf8(text.as_bytes()[index("byteStart")..index("byteEnd")].to_vec()).unwrap()
    };
    let pieces: Vec<String> = facets.iter().map(piece).collect();
    assert_eq!(
        pieces,
        [format!("@{}", user.handle), "https://example.com/tyres?w=2.4".to_owned(), "#ferris".to_owned()]
    );
    assert_eq!(facets[0]["features"][0]["did"], json!(user.did));
    assert_eq!(stored["value"]["labels"]["values"][0]["val"], json!("nudity"));
    assert_eq!(stored["value"]["langs"], json!(["en"]));

    let heard = hear(&mut ears, &mut cursor, |item| item.native_id == answer).await;
    assert!(heard.addressed);
    assert_eq!((heard.parent.as_deref(), heard.root.as_deref()), (Some(question.as_str()), Some(question.as_str())));
    let thanks = publish(&mouth, &outgoing("thank you!", Some(&answer))).await;
    let mut desk_ears = source(&brand, &[], &[]);
    hear(&mut desk_ears, &mut String::new(), |item| item.native_id == thanks).await;
    let welcome = publish(&desk, &outgoing("any time", Some(&thanks))).await;
    let stored = record(&welcome).await;
    assert_eq!(stored["value"]["reply"]["root"]["uri"], json!(question), "the root is the first post, not the parent");
    assert_eq!(stored["value"]["reply"]["parent"]["uri"], json!(thanks));

    let lookup = desk.lookup.as_ref().unwrap();
    let until = tokio::time::Instant::now() + PATIENCE;
    let all = [question.as_str(), answer.as_str(), thanks.as_str(), welcome.as_str()];
    for asked in all {
        loop {
            let thread = lookup.thread(asked, now()).await.unwrap();
            let ids: Vec<&str> = thread.iter().map(|item| item.native_id.as_str()).collect();
            if ids == all {
                assert_eq!(thread.iter().map(|item| item.own).collect::<Vec<_>>(), [false, true, false, true]);
                break;
            }
            assert!(tokio::time::Instant::now() < until, "the thread of {asked} is {ids:?}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    let person = lookup.person(&user.handle, now()).await.unwrap().unwrap();
    assert_eq!(person.native_id.as_deref(), Some(user.did.as_str()));
    assert!(person.followers.is_some());
    assert_eq!(lookup.person("nobody-at-all.test", now()).await.unwrap(), None);
    assert_eq!(lookup.own_recent(1, now()).await.unwrap()[0].native_id, welcome);
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh"]
async fn bluesky_publishes_once_however_often_it_is_tried() {
    let brand = role("BRAND");
    let desk = source(&brand, &[], &[]);
    let mouth = desk.publish.as_ref().unwrap();
    let once = outgoing(&word("only once "), None);
    assert_eq!(mouth.find(&once, now(), now()).await.unwrap(), None);
    let first = mouth.publish(&once, now()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let second = mouth.publish(&once, now()).await.unwrap();
    assert_eq!((&first.native_id, first.at), (&second.native_id, second.at), "the time of the first stands");
    let found = mouth.find(&once, now(), now()).await.unwrap().unwrap();
    assert_eq!((&found.native_id, found.at), (&first.native_id, first.at));
    let query = [("repo", brand.did.as_str()), ("collection", "app.bsky.feed.post"), ("limit", "100")];
    let records = raw("com.atproto.repo.listRecords", None, &query, None).await;
    let same =
        records["records"].as_array().unwrap().iter().filter(|record| record["value"]["text"] == json!(once.text));
    assert_eq!(same.count(), 1);
    // Other words under the same token never overwrite what was published.
    let other = Outgoing { text: "other words".to_owned(), ..once.clone() };
    let error = mouth.publish(&other, now()).await.unwrap_err();
    assert_eq!(error.fate, Fate::NotSent);
    assert_eq!(record(&first.native_id).await["value"]["text"], json!(once.text));
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh"]
async fn bluesky_sessions_are_kept_renewed_and_made_anew() {
    let brand = role("BRAND");
    let credentials = Arc::new(MemoryCredentials::of(&brand.password));
    let session = async |credentials: &Arc<MemoryCredentials>| -> Value {
        serde_json::from_str(credentials.session().await.unwrap().expose_secret()).unwrap()
    };
    let poll = async |credentials: &Arc<MemoryCredentials>| {
        let credentials: Arc<dyn Credentials> = credentials.clone();
        source_with(&brand, &[], &[], credentials).listen.poll("", now()).await.unwrap()
    };
    poll(&credentials).await;
    let first = session(&credentials).await;
    poll(&credentials).await;
    let second = session(&credentials).await;
    assert_eq!(first, second, "a restart goes on with the session that was kept");

    let spoil = async |mut kept: Value, key: &str| {
        kept["open"][key] = json!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl");
        credentials.keep_session(&SecretString::from(kept.to_string())).await.unwrap();
    };
    spoil(second.clone(), "access").await;
    poll(&credentials).await;
    let third = session(&credentials).await;
    assert_ne!(third["open"]["access"], second["open"]["access"]);
    assert_eq!(third["tried"].as_array().unwrap().len(), 1, "it was renewed, not logged in again");

    spoil(third.clone(), "access").await;
    let mut kept = session(&credentials).await;
    kept["open"]["refresh"] = kept["open"]["access"].clone();
    credentials.keep_session(&SecretString::from(kept.to_string())).await.unwrap();
    poll(&credentials).await;
    let fourth = session(&credentials).await;
    assert_eq!(fourth["tried"].as_array().unwrap().len(), 2, "it was logged in again, and that is counted");
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh"]
async fn bluesky_makes_threadgates_and_blocks_visible() {
    let (brand, guest) = (role("BRAND"), role("GUEST"));
    let (desk, mouth) = (source(&brand, &[], &[]), source(&guest, &[], &[]));
    let token = raw_token(&guest).await;
    let gated = publish(&mouth, &outgoing("no answers please", None)).await;
    let open = publish(&mouth, &outgoing("answers welcome", None)).await;
    let gate = json!({ "repo": guest.did, "collection": "app.bsky.feed.threadgate", "rkey": gated.rsplit('/').next(),
        "record": { "$type": "app.bsky.feed.threadgate", "post": gated, "allow": [], "createdAt": now().to_string() } });
    raw("com.atproto.repo.putRecord", Some(gate), &[], Some(&token)).await;
    let lookup = desk.lookup.as_ref().unwrap();
    let until = tokio::time::Instant::now() + PATIENCE;
    let closed = |items: &[Item]| items.iter().any(|item| item.answerable == goodword::domain::Answerable::Nowhere);
    while !lookup.thread(&gated, now()).await.is_ok_and(|items| closed(&items)) {
        assert!(tokio::time::Instant::now() < until, "the gate is not seen");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mouthpiece = desk.publish.as_ref().unwrap();
    let hidden = mouthpiece.publish(&outgoing("still", Some(&gated)), now()).await.unwrap();
    assert!(matches!(&hidden.remarks[..], [remark] if remark.contains("some people only")), "{:?}", hidden.remarks);
    let seen = mouthpiece.publish(&outgoing("gladly", Some(&open)), now()).await.unwrap();
    assert_eq!(seen.remarks, Vec::<String>::new());

    let block = json!({ "repo": guest.did, "collection": "app.bsky.graph.block",
        "record": { "$type": "app.bsky.graph.block", "subject": brand.did, "createdAt": now().to_string() } });
    let blocked = raw("com.atproto.repo.createRecord", Some(block), &[], Some(&token)).await;
    while lookup.thread(&open, now()).await.is_ok() {
        assert!(tokio::time::Instant::now() < until, "the block is not seen");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let error = mouthpiece.publish(&outgoing("hello?", Some(&open)), now()).await.unwrap_err();
    assert_eq!((error.fate, error.error.kind), (Fate::NotSent, SourceErrorKind::NotFound));
    let undo = json!({ "repo": guest.did, "collection": "app.bsky.graph.block",
        "rkey": blocked["uri"].as_str().unwrap().rsplit('/').next() });
    raw("com.atproto.repo.deleteRecord", Some(undo), &[], Some(&token)).await;
}

struct Typist(String);

#[async_trait]
impl Person for Typist {
    async fn tell(&self, _words: &str) {}
    async fn ask(&self, _question: &str) -> Option<String> {
        None
    }
    async fn ask_secret(&self, _question: &str) -> Option<SecretString> {
        Some(SecretString::from(self.0.as_str()))
    }
}

#[tokio::test]
#[ignore = "needs the network of tests/peers/bluesky.sh, started with RATE_LIMITS=1"]
async fn bluesky_limits_are_told_and_kept() {
    let guest = role("GUEST");
    let login = kind(&Network::fixed("bluesky")).unwrap().login.unwrap();
    let request = LoginRequest {
        url: Some(variable("GOODWORD_BLUESKY_URL").parse().unwrap()),
        account: Some(format!("nobody-{}", guest.handle)),
        ..LoginRequest::default()
    };
    let typist = Typist("abcd-efgh-ijkl-mnop".to_owned());
    let mut tried = 0;
    let error = loop {
        // A client each: one that was told to wait would not ask again.
        let tools = tools(Arc::new(MemoryCredentials::default()));
        let error = login.login(&request, &tools, &typist, now()).await.err().unwrap();
        if error.kind != SourceErrorKind::Refused {
            break error;
        }
        tried += 1;
        assert!(tried <= 30, "no limit was met; was it started with RATE_LIMITS=1?");
    };
    assert_eq!(error.kind, SourceErrorKind::TooMany);
    assert!(matches!(error.retry, Retry::NotBefore(at) if at > now()), "{error:?}");
    let brand = role("BRAND");
    let batch = source(&brand, &[], &[]).listen.poll("", now()).await.unwrap();
    let names: Vec<&str> = batch.meters.iter().map(|meter| meter.name.as_str()).collect();
    assert_eq!(names, ["requests", "log-ins in 24 h"]);
}
