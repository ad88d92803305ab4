//! What is said of a task that did not end as it should.

use tokio::task::JoinError;

/// One line about a task that panicked or was stopped.
pub(crate) fn what_happened(error: JoinError) -> String {
    if error.is_cancelled() {
        return "it was stopped".to_owned();
    }
    let payload = error.into_panic();
    let words = payload
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    words.lines().next().unwrap_or_default().to_owned()
}
