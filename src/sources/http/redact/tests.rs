use proptest::prelude::*;

use super::*;

#[test]
fn user_password_and_tokens_go_and_the_rest_stays() {
    for (address, shown) in [
        ("https://ana:hunter2@news.example/feed.xml", "https://***@news.example/feed.xml"),
        ("https://reddit.example/.rss?feed=abc123&user=ana", "https://reddit.example/.rss?feed=***&user=ana"),
        ("https://a.example/x?q=ferris+bikes&api_key=K", "https://a.example/x?q=ferris+bikes&api_key=***"),
        ("https://a.example/x?Access_Token=K#auth_token=Z", "https://a.example/x?Access_Token=***#auth_token=***"),
        ("https://a.example/x?access%5Ftoken=K&amp;feed=Z", "https://a.example/x?access%5Ftoken=***&amp;feed=***"),
        ("https://a.example/x?author=ana&sig=1&key=", "https://a.example/x?author=ana&sig=***&key="),
        ("https://a.example/@ana/1?page=2", "https://a.example/@ana/1?page=2"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://ana:hun#ter2@a.example/", "https://***@a.example/"),
        ("https://ana:hun/ter2@a.example/x", "https://***@a.example/x"),
        ("https://ana:hunter2", "https://***"),
        ("https://a.example/in/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x-y_z/feed", "https://a.example/in/***/feed"),
        ("not an address", "not an address"),
    ] {
        assert_eq!(redact(address), shown);
    }
}

#[test]
fn addresses_inside_a_sentence_are_redacted() {
    assert_eq!(
        redact_text("tried (https://u:p@a.example/?token=x) and “http://b.example/?sig=y” twice"),
        "tried (https://***@a.example/?token=***) and “http://b.example/?sig=***” twice"
    );
    assert_eq!(redact_text("see https://a.example/b."), "see https://a.example/b.");
}

#[test]
fn secrets_in_prose_json_and_headers_go() {
    for (text, shown) in [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("sent bearer abcdef to it", "sent bearer *** to it"),
        ("Basic YW5hOmh1bnRlcjI= refused", "Basic *** refused"),
        (r#"{"accessJwt":"abc","did":"did:plc:x"}"#, r#"{"accessJwt":"***","did":"did:plc:x"}"#),
        (r#"{"password": "hun\"ter2", "x": 1}"#, r#"{"password": "***", "x": 1}"#),
        (r#""{\"token\":\"abc\"}""#, r#""{\"token\":\"***\"}""#),
        ("password=hunter2&x=1", "password=***&x=1"),
        ("grant with client_secret = 'a b c' twice", "grant with client_secret = '***' twice"),
        ("the password: hunter2, it says", "the password: ***, it says"),
        ("Cookie: a=1; session=2\nnext", "Cookie: ***\nnext"),
        ("token: Bearer x1y2z3", "token: ***"),
        ("ana:hunter2@a.example refused", "***@a.example refused"),
        ("key abcd-ef23-4567-wxyz was revoked", "key *** was revoked"),
        ("with ghp_0123456789abcdefghij.", "with ***"),
        ("ApiKey { secret: Some(\"abc\") }", "ApiKey { secret: Some(\"***\") }"),
    ] {
        assert_eq!(redact_text(text), shown);
    }
}

#[test]
fn words_of_every_day_stay() {
    for text in [
        "the token may lack a permission (scope): make one",
        "run `goodword login`, or set password_command, token_env or token_file for it",
        "set http.private_addresses = \"allow\" if you trust it with your own network",
        "set token_env = \"MASTODON_TOKEN\" below it",
        "Bearer token is missing",
        "Basic authentication is off, a basic question",
        "error code: 404, author: ana",
        "acct:ana@hachyderm.io and @ana@hachyderm.io wrote at 12:30",
        "at://did:plc:abc/app.bsky.feed.post/3k2yihcdqqs2c",
        "550e8400-e29b-41d4-a716-446655440000 and 2026-11-22",
        "news.example answered 401 Unauthorized: it does not take our login",
    ] {
        assert_eq!(redact_text(text), text);
    }
}

proptest! {
    #[test]
    fn a_password_never_survives(user in "[a-z]{1,8}", password in "[A-Z0-9]{12}", words in "[a-z ]{0,20}") {
        let text = format!("{words} https://{user}:{password}@host.example/a?b=c&token={password} {words}");
        prop_assert!(!redact_text(&text).contains(&password));
    }

    #[test]
    fn no_secret_survives_in_any_dress(
        secret in "[A-Za-z][A-Za-z0-9_.~+/-]{7,40}",
        name in "access_token|refresh_token|token|client_secret|password|api_key|apikey|accessJwt|refreshJwt|Api-Key",
        dress in 0..14_u8,
        words in "[a-z ,.]{0,20}",
    ) {
        // A name may end a sentence's word; what is sought is the secret.
        let secret = format!("{secret}Q7");
        let dressed = match dress {
            0 => format!("https://a.example/x?q=1&{name}={secret}&z=2"),
            1 => format!("https://ana:{secret}@a.example/x"),
            2 => format!("{name}={secret}"),
            3 => format!("{name}: {secret}"),
            4 => format!("{{\"{name}\":\"{secret}\"}}"),
            5 => format!("{{\"{name}\" : \"{secret}\", \"x\": 1}}"),
            6 => format!("Authorization: Bearer {secret}"),
            7 => format!("bearer {secret}"),
            8 => format!("ana:{secret}@a.example"),
            9 => format!("\"{{\\\"{name}\\\":\\\"{secret}\\\"}}\""),
            10 => format!("{name} = '{secret}'"),
            11 => format!("https://a.example/#{name}={secret}"),
            12 => format!("Cookie: sid={secret}; other={secret}"),
            _ => format!("https://a.example/?feed={secret}&user=ana"),
        };
        let text = format!("{words} {dressed} {words}");
        let shown = redact_text(&text);
        prop_assert!(!shown.contains(&secret), "{text} -> {shown}");
        prop_assert_eq!(redact_text(&shown), shown.clone(), "twice is not as once: {}", text);
    }

    #[test]
    fn what_looks_like_a_secret_never_survives(
        app in "[a-z2-7]{4}(-[a-z2-7]{4}){3}",
        claims in "[A-Za-z0-9_-]{20,60}",
        before in "[ (\"',;:/=]",
        after in "[ )\"',;:/]",
    ) {
        let token = format!("eyJhbGciOiJIUzI1NiJ9.eyJ{claims}.{claims}");
        for secret in [&app, &token] {
            let shown = redact_text(&format!("said{before}{secret}{after}then"));
            prop_assert!(!shown.contains(secret.as_str()), "{shown}");
        }
    }

    #[test]
    fn anything_can_be_redacted(text in "\\PC{0,80}") {
        let once = redact_text(&text);
        prop_assert!(redact(&text).len() <= text.len() * 4 + 8);
        let _ = redact_text(&once);
    }
}
