//! What the interface answers, as its documentation has it.

use wiremock::matchers::{path, query_param};
use wiremock::{Mock, MockServer};

use super::*;
use crate::domain::Item;

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap_or_else(|| panic!("no {id} in {items:#?}"))
}

#[tokio::test]
async fn a_search_brings_whole_questions_and_answers_once() {
    let server = MockServer::start().await;
    let from = "2026-11-19T12:00:00Z".parse::<Timestamp>().unwrap().as_second().to_string();
    Mock::given(path("/2.3/search/excerpts"))
        .and(query_param("site", "stackoverflow"))
        .and(query_param("q", "\"Ferris Bikes\""))
        .and(query_param("sort", "creation"))
        .and(query_param("order", "asc"))
        .and(query_param("fromdate", from))
        .and(query_param("key", "canary-key"))
        .respond_with(json(answer!("excerpts")))
        .expect(1)
        .mount(&server)
        .await;
    serve(&server, "questions/12", json(answer!("questions"))).await;
    serve(&server, "answers/34", json(answer!("answers"))).await;
    let mut source = source(&server, None, Some("canary-key"));
    assert!(source.publish.is_none() && source.scope.as_deref() == Some("stackexchange"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 2);
    let question = find(&batch.items, "stackoverflow/question/12");
    assert_eq!(question.title.as_deref(), Some("Why doesn't my display light up & beep?"));
    assert_eq!(question.text, "My Ferris Bikes display, see this. Uses Vec<u8>.");
    assert_eq!(question.links, ["https://stackoverflow.com/q/9"]);
    assert_eq!(question.image_descriptions, ["A dark display"]);
    assert_eq!(question.url.as_deref(), Some("https://stackoverflow.com/questions/12/why-doesnt-my-display"));
    assert_eq!(
        (question.author.native_id.as_deref(), question.author.name.as_deref()),
        (Some("stackoverflow/77"), Some("Ana O'Hara"))
    );
    assert_eq!(question.claimed.map(|at| at.as_second()), Some(1_795_340_000));
    assert_eq!(question.edited.map(|at| at.as_second()), Some(1_795_346_000));
    let answer = find(&batch.items, "stackoverflow/answer/34");
    assert_eq!(
        (answer.parent.as_deref(), answer.root.as_deref()),
        (Some("stackoverflow/question/9"), Some("stackoverflow/question/9"))
    );
    assert_eq!(answer.url.as_deref(), Some("https://stackoverflow.com/a/34"));
    let meter = &batch.meters[0];
    assert_eq!((meter.name.as_str(), meter.used, meter.limit), ("requests today", 15.0, Some(300.0)));
    assert_eq!(meter.resets, Some("2026-11-23T00:00:00Z".parse().unwrap()));
    // Three requests of the 270 that polling may still make, over twelve hours.
    assert_eq!(batch.rest, Some(SignedDuration::from_secs(480)));
    assert!(!batch.cursor.contains("canary"));
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("1 hits could not be read")), "{:?}", batch.remarks);
    // The answer ordered a pause of ten seconds; it outlives a restart, and other parts would go on.
    let mut again = super::source(&server, None, Some("canary-key"));
    let later = "2026-11-22T12:00:09Z".parse().unwrap();
    let error = again.listen.poll(&batch.cursor, later).await.unwrap_err();
    assert_eq!(error.retry, crate::sources::Retry::NotBefore("2026-11-22T12:00:10Z".parse().unwrap()));
}

#[tokio::test]
async fn what_was_met_is_not_fetched_again() {
    let server = MockServer::start().await;
    serve(&server, "search/excerpts", json(&answer!("excerpts").replace("\"backoff\":10,", ""))).await;
    serve(&server, "questions/12", json(answer!("questions"))).await;
    serve(&server, "answers/34", json(answer!("answers"))).await;
    let mut source = source(&server, None, None);
    let first = source.listen.poll("", now()).await.unwrap();
    let second = source.listen.poll(&first.cursor, now()).await.unwrap();
    assert!(second.items.is_empty() && !second.more, "{second:?}");
    assert_eq!(asked(&server).await, ["search/excerpts", "questions/12", "answers/34", "search/excerpts"]);
}

#[tokio::test]
async fn our_own_answers_and_what_is_said_to_us_are_heard() {
    let server = MockServer::start().await;
    serve(&server, "search/excerpts", json(r#"{"items":[]}"#)).await;
    serve(&server, "users/501/mentioned", json(answer!("mentioned"))).await;
    serve(&server, "users/501/posts", json(answer!("posts"))).await;
    serve(&server, "users/501/comments", json(r#"{"items":[]}"#)).await;
    serve(&server, "posts/34", json(answer!("posts"))).await;
    serve(&server, "answers/34", json(answer!("answers"))).await;
    let mut source = source(&server, Some("501"), None);
    let batch = source.listen.poll("", now()).await.unwrap();
    let comment = find(&batch.items, "stackoverflow/comment/56");
    assert!(comment.addressed && !comment.own);
    assert_eq!(comment.text, "@FerrisBikes that did not help & now it smells");
    assert_eq!(
        (comment.parent.as_deref(), comment.root.as_deref()),
        (Some("stackoverflow/answer/34"), Some("stackoverflow/question/9"))
    );
    assert_eq!(comment.url.as_deref(), Some("https://stackoverflow.com/q/34#comment56_34"));
    assert!(find(&batch.items, "stackoverflow/answer/34").own);
}

#[tokio::test]
async fn a_thread_is_found_from_any_of_its_posts() {
    let server = MockServer::start().await;
    serve(&server, "comments/56", json(answer!("mentioned"))).await;
    serve(&server, "posts/34", json(answer!("posts"))).await;
    serve(&server, "answers/34", json(answer!("answers"))).await;
    serve(&server, "questions/9", json(&answer!("questions").replace("\"question_id\":12", "\"question_id\":9"))).await;
    serve(&server, "questions/9/answers", json(answer!("answers"))).await;
    serve(
        &server,
        "questions/9/comments",
        json(r#"{"items":[{"comment_id":1,"post_id":9,"body":"First!","creation_date":1795340001}]}"#),
    )
    .await;
    serve(&server, "answers/34/comments", json(answer!("mentioned"))).await;
    let lookup = source(&server, None, None).lookup.unwrap();
    for from in ["stackoverflow/question/9", "stackoverflow/answer/34", "stackoverflow/comment/56"] {
        let thread = lookup.thread(from, now()).await.unwrap();
        let ids: Vec<_> = thread.iter().map(|item| (item.native_id.as_str(), item.parent.as_deref())).collect();
        assert_eq!(
            ids,
            [
                ("stackoverflow/question/9", None),
                ("stackoverflow/comment/1", Some("stackoverflow/question/9")),
                ("stackoverflow/answer/34", Some("stackoverflow/question/9")),
                ("stackoverflow/comment/56", Some("stackoverflow/answer/34")),
            ],
            "{from}"
        );
    }
    assert!(lookup.thread("nonsense", now()).await.is_err());
}

#[tokio::test]
async fn people_are_found_by_number_or_by_a_name_that_only_they_have() {
    let server = MockServer::start().await;
    serve(&server, "users/77", json(answer!("users"))).await;
    serve(&server, "users", json(answer!("users"))).await;
    let lookup = source(&server, None, None).lookup.unwrap();
    let ana = lookup.person("stackoverflow/77", now()).await.unwrap().unwrap();
    assert_eq!((ana.native_id.as_deref(), ana.handle.as_deref()), (Some("stackoverflow/77"), Some("AnaO'Hara")));
    assert_eq!(lookup.person("@AnaO'Hara", now()).await.unwrap().unwrap(), ana);
    assert_eq!(lookup.person("nobody", now()).await.unwrap(), None);
    let doubled = answer!("users").replace("Ana O&#39;Hara", "Ana");
    let server = MockServer::start().await;
    serve(&server, "users", json(&doubled)).await;
    assert_eq!(source(&server, None, None).lookup.unwrap().person("ana", now()).await.unwrap(), None);
}

#[tokio::test]
async fn own_recent_posts_are_whole() {
    let server = MockServer::start().await;
    serve(&server, "users/501/posts", json(answer!("posts"))).await;
    serve(&server, "answers/34", json(answer!("answers"))).await;
    serve(&server, "users/501/comments", json(r#"{"items":[]}"#)).await;
    let own = source(&server, Some("stackoverflow:501"), None).lookup.unwrap().own_recent(5, now()).await.unwrap();
    assert_eq!(own.len(), 1);
    assert!(own[0].own && own[0].text.starts_with("Hold the button"));
}

#[tokio::test]
async fn what_was_heard_is_looked_at_again_with_a_key() {
    let server = MockServer::start().await;
    let recent = answer!("excerpts").replace("\"backoff\":10,", "");
    serve(&server, "search/excerpts", json(&recent)).await;
    serve(&server, "questions/12", json(answer!("questions"))).await;
    let answered = answer!("answers").replace("Hold the button", "On a Ferris Bikes hold the button");
    Mock::given(path("/2.3/answers/34"))
        .respond_with(json(&answered))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    serve(&server, "answers/34", json(r#"{"items":[]}"#)).await;
    let mut source = source(&server, None, Some("canary-key"));
    let batch = source.listen.poll("", now()).await.unwrap();
    let again = source.listen.poll(&batch.cursor, "2026-11-22T13:00:01Z".parse().unwrap()).await.unwrap();
    let told: Vec<_> = again.items.iter().map(|item| (item.native_id.as_str(), item.deleted)).collect();
    assert_eq!(told, [("stackoverflow/answer/34", true), ("stackoverflow/question/12", false)]);
}
