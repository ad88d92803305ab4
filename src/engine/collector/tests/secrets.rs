//! Secrets that the network refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use secrecy::SecretString;

use super::*;
use crate::sources::{Credentials, SourceError};

#[derive(Default)]
struct Keys {
    stamp: AtomicU64,
    dropped: AtomicUsize,
}

#[async_trait]
impl Credentials for Keys {
    async fn secret(&self) -> Result<SecretString, SourceError> {
        Ok(SecretString::from("x"))
    }

    fn has_secret(&self) -> bool {
        true
    }

    fn drop_secret(&self) {
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }

    fn stamp(&self) -> Option<u64> {
        Some(self.stamp.load(Ordering::SeqCst))
    }

    async fn session(&self) -> Option<SecretString> {
        None
    }

    async fn keep_session(&self, _session: &SecretString) -> Result<(), SourceError> {
        Ok(())
    }
}

fn of(keys: &Arc<Keys>, script: &Arc<Script>) -> Source {
    let keys: Arc<dyn Credentials> = Arc::<Keys>::clone(keys);
    Source { credentials: Some(keys), ..source("account", "a.example", script) }
}

#[tokio::test(start_paused = true)]
async fn a_refused_secret_is_dropped_and_a_new_one_is_tried_soon() {
    let scene = Scene::new();
    let keys = Arc::new(Keys::default());
    let refused = || Step::Fail(SourceErrorKind::Refused, Retry::Never);
    let script = Script::new(vec![refused(), refused(), Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![of(&keys, &script)]).await;
    pass(MINUTE * 60).await;
    assert_eq!((script.asked(), keys.dropped.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(scene.store.source("account").health, SourceHealth::Stopped);
    // Somebody logs in while it runs: first with a wrong secret.
    for (stamp, asked, health) in [(1, 2, SourceHealth::Stopped), (2, 3, SourceHealth::Working)] {
        keys.stamp.store(stamp, Ordering::SeqCst);
        pass(SECOND * 12).await;
        assert_eq!((script.asked(), scene.store.source("account").health), (asked, health));
    }
    keys.stamp.store(3, Ordering::SeqCst);
    pass(SECOND * 60).await;
    assert_eq!((script.asked(), keys.dropped.load(Ordering::SeqCst)), (3, 2), "a good one is not asked about");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn who_stopped_before_a_start_notices_a_new_secret_too() {
    let scene = Scene::new();
    let keys = Arc::new(Keys::default());
    let script = Script::new(vec![Step::Fail(SourceErrorKind::Refused, Retry::Never), Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![of(&keys, &script)]).await;
    pass(SECOND).await;
    handle.shutdown().await;
    let (handle, _events) = scene.start_as("two", vec![of(&keys, &script)]).await;
    pass(SECOND * 30).await;
    assert_eq!(script.asked(), 1, "it was stopped a moment ago");
    keys.stamp.store(1, Ordering::SeqCst);
    pass(SECOND * 12).await;
    assert_eq!(script.asked(), 2);
    handle.shutdown().await;
}
