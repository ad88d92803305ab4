use serde_json::{Value, json};

use super::*;
use crate::cli::args::Exported;
use crate::domain::time::SignedDuration;
use crate::domain::{
    Intent, IntentShares, Intents, Item, Network, NewCorrection, Reading, Role, Said, Shares, SubjectId,
};
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Fingerprint, LeaseState, NewMention, PollOutcome, RecordBatch, Retention, Roster, RosterSource, Store,
};

const NOW: i64 = 1_750_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOW + second).unwrap()
}

fn mention(name: &str, second: i64, visibility: Visibility) -> NewMention {
    let shares = Shares { negative: 0.25, neutral: 0.5, positive: 0.25 };
    NewMention {
        item: Item {
            native_id: name.to_owned(),
            title: Some("Ferris".to_owned()),
            text: format!("chain {name}\u{1b}[31m"),
            claimed: Some(at(second)),
            visibility,
            ..Item::default()
        },
        first_seen: at(second),
        history: false,
        read: false,
        need: None,
        lang: Some("en".to_owned()),
        matches: vec![],
        readings: vec![Reading {
            subject: SubjectId(1),
            about: true,
            sentiment: Some(shares),
            intents: Intents::of(&[Intent::Other]),
        }],
        fingerprint: Fingerprint::default(),
        content: 1,
    }
}

/// A store with three corrected mentions: an old one, a public one and one that is not public.
async fn store(directory: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(directory).await.unwrap();
    let roster = Roster {
        subjects: vec![("Ferris".to_owned(), Role::Brand)],
        watches: vec![],
        sources: vec![RosterSource::alone("paper", Network::FEED)],
    };
    let adopted = store.adopt(&roster).await.unwrap();
    let LeaseState::Ours(lease) = store.take_lease("test", at(0), SignedDuration::from_mins(1)).await.unwrap() else {
        panic!("somebody holds it")
    };
    let mentions = vec![
        mention("old", -100_000, Visibility::Public),
        mention("new", 0, Visibility::Public),
        mention("whispered", 1, Visibility::Private),
    ];
    let batch = RecordBatch { mentions, ..RecordBatch::empty(adopted.sources[0], PollOutcome::worked(at(0), true)) };
    let ids: Vec<_> = store.record(&lease, &batch).await.unwrap().new.iter().map(|row| row.id).collect();
    let said = Said { intents: Some(Intents::of(&[Intent::Complaint])), ..Said::sentiment(Sentiment::Negative) };
    let correction = |place: usize| NewCorrection {
        mention: ids[place],
        subject: adopted.subjects[0].id,
        said,
        untaught: Some(Shares { negative: 0.5, neutral: 0.25, positive: 0.25 }),
        untaught_intents: Some(IntentShares([0.25, 0.5, 0.125, 0.0, 0.125])),
        occasion: Occasion::Asked,
        at: at(60 + place as i64),
    };
    let _ = store.correct(&[correction(0), correction(1), correction(2)]).await.unwrap();
    store.retain(&lease, at(0), &Retention { mentions: SignedDuration::from_hours(24) }).await.unwrap();
    store
}

async fn lines(store: &SqliteStore, arguments: ExportArgs, since: Option<Timestamp>) -> Vec<Value> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let arguments = ExportArgs { output: Some(file.path().to_owned()), ..arguments };
    check(&arguments).unwrap();
    write(store, &arguments, (since, None)).await.unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn asked() -> ExportArgs {
    ExportArgs {
        what: Exported::Corrections,
        format: Format::Ndjson,
        query: None,
        since: None,
        until: None,
        private: false,
        output: None,
    }
}

#[tokio::test]
async fn what_was_read_and_what_was_said_are_written_side_by_side() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let all = lines(&store, asked(), None).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let [new, old] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (&new["text"], &new["lang"], &new["subject"]),
        (&json!("Ferris\n\nchain new"), &json!("en"), &json!("Ferris"))
    );
    assert_eq!(
        new["read"],
        json!({"about": true, "sentiment": "neutral", "probabilities": [0.25, 0.5, 0.25], "intents": ["other"]})
    );
    assert_eq!(new["said"], json!({"sentiment": "negative", "intents": ["complaint"], "about": null}));
    assert_eq!((&new["untaught"], &new["occasion"]), (&json!([0.5, 0.25, 0.25]), &json!("asked")));
    let intents = (json!([0.25, 0.5, 0.125, 0.0, 0.125]), json!("asked"));
    for line in [new, old] {
        assert_eq!((&line["untaught_intents"], &line["intents_occasion"]), (&intents.0, &intents.1));
    }
    assert_eq!(new["at"], json!("2025-06-15T15:07:41Z"));
    assert_eq!((&old["mention"], &old["text"], &old["said"]), (&Value::Null, &Value::Null, &new["said"]));

    let private = lines(&store, ExportArgs { private: true, ..asked() }, None).await;
    assert_eq!((private.len(), &private[0]["text"]), (3, &json!("Ferris\n\nchain whispered")));
    assert_eq!(lines(&store, asked(), Some(at(61))).await.len(), 1, "only the newer one");
    store.close().await;
}

#[test]
fn what_means_nothing_for_corrections_is_refused() {
    let csv = ExportArgs { format: Format::Csv, ..asked() };
    let query = ExportArgs { query: Some("chain".to_owned()), ..asked() };
    for (arguments, word) in [(csv, "JSON lines"), (query, "--since")] {
        let why = check(&arguments).unwrap_err().to_string();
        assert!(why.contains(word), "{why}");
    }
    assert!(check(&asked()).is_ok());
}
