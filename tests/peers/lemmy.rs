//! A real Lemmy server, started by `tests/peers/lemmy.sh`: it is fresh, and its admin is the brand.

use std::sync::Arc;

use goodword::domain::{Network, Timestamp, Visibility};
use goodword::sources::api::Api;
use goodword::sources::{MemoryCredentials, Outgoing, Source, SourceSettings, networks};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{now, tools, variable};

/// A person at the server.
struct Someone<'a> {
    api: &'a Api,
    token: SecretString,
    now: Timestamp,
}

impl Someone<'_> {
    /// Does something; the token goes where this version looks for it.
    async fn does(&self, path: &str, mut what: Value) -> Value {
        use secrecy::ExposeSecret;
        what["auth"] = self.token.expose_secret().into();
        self.api.post(&format!("api/v3/{path}"), &what, Some(&self.token), self.now).await.unwrap()
    }
}

async fn token(api: &Api, path: &str, who: Value, now: Timestamp) -> SecretString {
    let answer: Value = api.post(&format!("api/v3/user/{path}"), &who, None, now).await.unwrap();
    SecretString::from(answer["jwt"].as_str().unwrap())
}

async fn heard(source: &mut Source, cursor: &mut String, now: Timestamp) -> Vec<goodword::domain::Item> {
    let mut items = Vec::new();
    loop {
        let batch = source.listen.poll(cursor, now).await.unwrap();
        items.extend(batch.items);
        *cursor = batch.cursor;
        if !batch.more {
            return items;
        }
    }
}

#[tokio::test]
#[ignore = "needs the server of tests/peers/lemmy.sh"]
async fn lemmy_is_heard_and_answered() {
    let base: url::Url = variable("GOODWORD_PEER_LEMMY").parse().unwrap();
    let password = variable("GOODWORD_PEER_LEMMY_PASSWORD");
    let tools = tools(Arc::new(MemoryCredentials::of(&password)));
    let api = Api::new(tools.client.clone(), &base);
    let now = now();
    let word = format!("acmeflux{}", now.as_second());

    let admin = token(&api, "login", json!({"username_or_email": "admin", "password": password}), now).await;
    let admin = Someone { api: &api, token: admin, now };
    let community = admin.does("community", json!({"name": format!("c{}", now.as_second()), "title": "Peer"})).await;
    let community = community["community_view"]["community"]["id"].clone();
    let ana = json!({"username": format!("ana{}", now.as_second()), "password": "a long password",
        "password_verify": "a long password", "show_nsfw": false});
    let ana = Someone { api: &api, token: token(&api, "register", ana, now).await, now };

    let settings = SourceSettings {
        url: Some(base.clone()),
        account: Some("admin".into()),
        search: vec![word.clone()],
        ..SourceSettings::named("peer", Network::named("lemmy"))
    };
    let mut source = networks::open(&settings, &tools).unwrap();
    let mut cursor = String::new();
    heard(&mut source, &mut cursor, now).await;

    // Somebody complains and names us.
    let post = json!({"name": format!("my {word} broke"), "body": "it **just** stopped", "community_id": community});
    let post = ana.does("post", post).await["post_view"]["post"]["id"].as_i64().unwrap();
    let words = format!("anyone here? @admin@localhost:{}", base.port().unwrap());
    let comment = ana.does("comment", json!({"content": words, "post_id": post})).await;
    let comment = format!("comment/{}", comment["comment_view"]["comment"]["id"]);
    let items = heard(&mut source, &mut cursor, now).await;
    assert!(items.iter().any(|item| item.native_id == format!("post/{post}") && !item.own));
    assert!(items.iter().any(|item| item.native_id == comment && item.addressed));

    // We answer, find the answer again, and know it as ours.
    let publish = source.publish.clone().unwrap();
    let outgoing = Outgoing {
        text: "We are sorry. Which serial number?".into(),
        parent: Some(comment.clone()),
        root: Some(format!("post/{post}")),
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en".into()),
        token: "0123456789abcdef".into(),
    };
    let published = publish.publish(&outgoing, now).await.unwrap();
    assert!(published.remarks.is_empty(), "{published:?}");
    let found = publish.find(&outgoing, now, now).await.unwrap().unwrap();
    assert_eq!(found.native_id, published.native_id);
    let items = heard(&mut source, &mut cursor, now).await;
    let own = items.iter().find(|item| item.native_id == published.native_id).unwrap();
    assert!(own.own && own.parent.as_deref() == Some(comment.as_str()));
    let thread = source.lookup.clone().unwrap().thread(&published.native_id, now).await.unwrap();
    assert_eq!(thread.len(), 3);

    // What is deleted is told at a second look.
    ana.does("post/delete", json!({"post_id": post, "deleted": true})).await;
    let mut gone = false;
    for _ in 0..3 {
        let items = heard(&mut source, &mut cursor, now).await;
        gone |= items.iter().any(|item| item.native_id == format!("post/{post}") && item.deleted);
    }
    assert!(gone);
}
