//! Publishing commands that send, refuse, fail and hang: what became of a post is told as it is.

use std::time::Duration;

use super::publish::Publisher;
use super::tests::{SECRET, command, now, with_secret};
use crate::domain::Visibility;
use crate::sources::{Fate, Outgoing, Publish, PublishError, Published, Retry};

fn outgoing() -> Outgoing {
    Outgoing {
        text: "We are on it — “soon”\nAna".into(),
        parent: Some("17".into()),
        root: Some("3".into()),
        quote: None,
        visibility: Visibility::Unlisted,
        content_warning: Some("crash".into()),
        lang: Some("en".into()),
        token: "abcdefghijklmnop".into(),
    }
}

async fn publish(line: &str) -> Result<Published, PublishError> {
    Publisher::new(with_secret(line), Some("ferris".into())).publish(&outgoing(), now()).await
}

#[tokio::test]
async fn a_publishing_command_reads_the_post_and_says_where_it_went() {
    let directory = tempfile::tempdir().unwrap();
    let order = directory.path().join("order");
    let script = format!(
        "cat > {}; echo sending; echo '{{\"id\":99,\"url\":\"https://x.example/99\",\"at\":\"2026-01-02T03:04:05Z\"}}'",
        order.display()
    );
    let published = publish(&script).await.unwrap();
    assert_eq!((published.native_id.as_str(), published.url.as_deref()), ("99", Some("https://x.example/99")));
    assert_eq!(published.at.unwrap().to_string(), "2026-01-02T03:04:05Z");
    let read: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(order).unwrap()).unwrap();
    let wanted = serde_json::json!({
        "text": "We are on it — “soon”\nAna", "parent": "17", "root": "3", "quote": null, "visibility": "unlisted",
        "content_warning": "crash", "lang": "en", "token": "abcdefghijklmnop",
    });
    assert_eq!(read, wanted);
}

#[tokio::test]
async fn what_became_of_a_post_is_never_guessed() {
    let cases = [
        ("exit 75", Fate::NotSent, Retry::BackOff, "exit code 75"),
        ("echo '{\"error\":\"closed\",\"sent\":false}'; exit 1", Fate::NotSent, Retry::Never, "says: closed"),
        ("echo '{\"error\":\"closed\",\"sent\":false}'", Fate::NotSent, Retry::Never, "says: closed"),
        ("echo '{\"error\":\"key '$GOODWORD_SECRET'\"}'; exit 1", Fate::Uncertain, Retry::BackOff, "says: key ***"),
        ("echo '{\"error\":\"half\",\"sent\":true}'; exit 75", Fate::Uncertain, Retry::BackOff, "says: half"),
        ("echo '{\"id\":\"1\"}'; exit 75", Fate::Uncertain, Retry::BackOff, "exit code 75"),
        ("echo '{\"id\":\"1\"}'; exit 1", Fate::Uncertain, Retry::BackOff, "exit code 1"),
        ("echo oops >&2; exit 1", Fate::Uncertain, Retry::BackOff, "oops"),
        ("exit 0", Fate::Uncertain, Retry::BackOff, "printed no id"),
        ("echo '{\"id\":\"\"}'", Fate::Uncertain, Retry::BackOff, "printed no id"),
        ("echo garbage", Fate::Uncertain, Retry::BackOff, "printed no id"),
        ("yes | head -c 300000", Fate::Uncertain, Retry::BackOff, "printed no id"),
    ];
    for (line, fate, retry, told) in cases {
        let error = publish(line).await.unwrap_err();
        assert_eq!((error.fate, error.error.retry), (fate, retry), "{line}: {error}");
        assert!(error.to_string().contains(told), "{line}: {error}");
        assert!(!format!("{error:?}").contains(SECRET), "{line}: {error}");
    }
    let mut slow = Publisher::new(command("sleep 300"), None);
    slow.patience = Duration::from_millis(200);
    let error = slow.publish(&outgoing(), now()).await.unwrap_err();
    assert_eq!(error.fate, Fate::Uncertain);
    assert!(slow.find(&outgoing(), now(), now()).await.is_err(), "a command cannot be asked");
}
