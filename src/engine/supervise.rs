//! Tasks that do not end as they should.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinError;

/// One line about a task that panicked or was stopped.
pub(crate) fn what_happened(error: JoinError) -> String {
    if error.is_cancelled() {
        return "it was stopped".to_owned();
    }
    words(&*error.into_panic())
}

fn words(payload: &(dyn Any + Send)) -> String {
    let words = payload.downcast_ref::<&str>().copied();
    let words = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let line = words.and_then(|words| words.lines().next()).unwrap_or("no reason given");
    line.chars().take(200).collect()
}

/// Runs something that may fall over; says in one line why it did.
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|payload| words(&*payload))
}

/// Pause before a helper that fell over begins anew.
const AGAIN: Duration = Duration::from_secs(60);

/// Runs a helper of the engine; one that falls over begins anew a minute later instead of taking the program
/// along. Ends when the helper ends by itself.
pub(crate) async fn persist<F: Future<Output = ()>>(name: &'static str, begin: impl Fn() -> F) {
    while let Err(why) = caught(begin()).await {
        tracing::error!(helper = name, %why, "a helper fell over; it begins anew in a minute");
        tokio::time::sleep(AGAIN).await;
    }
}
