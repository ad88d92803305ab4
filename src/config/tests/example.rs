//! What the example file promises.

use super::*;

/// The example with everything switched on.
fn switched_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(code) if code.starts_with(|c: char| c.is_ascii_alphabetic() || c == '[') => code.to_owned(),
        _ => line.to_owned(),
    };
    let one_secret = |line: &String| !line.starts_with("password_command") && !line.starts_with("token_env");
    EXAMPLE.lines().map(on).filter(one_secret).map(|line| line + "\n").collect()
}

#[test]
fn parses_as_it_is_and_holds_the_defaults() {
    let example = good(EXAMPLE);
    let least = good(BRAND);
    assert_eq!(example.brand, least.brand);
    assert!(example.rivals.is_empty() && example.sources.is_empty() && example.keys.is_empty());
    assert_eq!(example.watches, least.watches);
}

#[test]
fn what_is_switched_off_is_true() {
    let on = good(&switched_on());
    let least = good(BRAND);
    assert_eq!(on.collect, least.collect);
    assert_eq!(on.retention, least.retention);
    assert_eq!(ScreenSettings { browser: None, ..on.screen.clone() }, least.screen);
    assert_eq!(on.weights, least.weights);
    assert_eq!(OutboxSettings { hold_by_network: Vec::new(), ..on.outbox.clone() }, least.outbox);
    let holds: Vec<_> =
        on.outbox.hold_by_network.iter().map(|(network, hold)| (network.name(), hold.as_secs())).collect();
    assert_eq!(holds, [("mastodon", 30), ("bluesky", 5)]);
    let http = HttpSettings { contact: None, user_agent: None, ..on.http.clone() };
    assert_eq!(http, least.http);
    let source = &on.sources[0];
    assert_eq!((source.settings.shortest, source.settings.longest), (least.collect.shortest, least.collect.longest));
    assert!(on.data.is_some() && on.http.contact.is_some() && !on.keys.is_empty());
    let mut networks: Vec<&str> = on.sources.iter().map(|source| source.settings.network.name()).collect();
    networks.dedup();
    let kinds: Vec<&str> = crate::sources::networks::KINDS.iter().map(|kind| kind.network.name()).collect();
    assert_eq!(networks, kinds, "every network has its part, in the order of the list");
    for source in &on.sources {
        let settings = &source.settings;
        let none = crate::sources::SourceSettings::named(settings.name.clone(), settings.network.clone());
        assert_eq!((settings.stream, settings.keep_running), (none.stream, none.keep_running), "{}", settings.name);
    }
    assert_eq!((on.watches[0].subject.as_str(), on.watches[0].context.len()), ("Ferris Bikes", 2));
}

#[test]
fn every_key_is_there_with_a_comment_above() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for section in schema::SECTIONS {
        let header = section.header();
        let is_header = |line: &str| line.trim_start_matches('#').starts_with('[');
        let mut body: Vec<&str> = Vec::new();
        for (start, _) in lines.iter().enumerate().filter(|(_, line)| line.trim_start_matches('#') == header) {
            assert!(lines[start - 1].starts_with("# "), "{header} in line {} has no comment", start + 1);
            let end = lines[start + 1..].iter().position(|line| is_header(line));
            body.extend(&lines[start..end.map_or(lines.len(), |end| start + 1 + end)]);
        }
        assert!(!body.is_empty(), "{header} is missing");
        for key in section.keys {
            let is_key = |line: &str| line.trim_start_matches('#').starts_with(&format!("{key} = "));
            let places: Vec<usize> = (0..body.len()).filter(|at| is_key(body[*at])).collect();
            assert!(!places.is_empty(), "{key} of {header} is missing");
            // `longest` stands with `shortest` below one comment.
            let told = places.iter().any(|at| body[at - 1].starts_with("# "));
            assert!(told || *key == "longest", "{key} of {header} has no comment");
        }
    }
}

#[test]
fn every_key_of_the_schema_is_really_read() {
    for section in schema::SECTIONS {
        for key in section.keys {
            let text = format!("{}\n{key} = 1979-05-27\n", section.header());
            let path =
                if section.many { format!("{}[1].{key}", section.name) } else { format!("{}.{key}", section.name) };
            let errors = parse(&text).unwrap_err();
            assert!(
                errors.iter().any(|error| error.key == path && error.kind == ErrorKind::WrongType),
                "{path}: {errors}"
            );
        }
    }
}
