//! Panics: the screen goes first, then the log is written, then whoever listened before is told.
//!
//! A panic in a task is caught by whoever owns the task, so the screen stays and only the log is told; a panic of
//! the screen itself ends the program. Which of the two it is, is known by the task that panics.

use std::future::Future;
use std::io::Write;
use std::sync::Once;

use super::guard;
use crate::domain::SafeText;
use crate::sources::http::redact_text;

/// Longest line that a panic leaves in the log, in characters; it may quote foreign text.
const LONGEST: usize = 2_000;

tokio::task_local! {
    static SCREEN: ();
}

/// Runs the future that owns the screen: a panic in it is fatal and gives the terminal back.
pub async fn fatal<F: Future>(screen: F) -> F::Output {
    SCREEN.scope((), screen).await
}

/// Puts the hook before the present one. The first call counts, later ones do nothing.
pub fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let ours = SCREEN.try_with(|()| ()).is_ok();
            let busy = guard::is_active();
            if ours {
                guard::restore();
            }
            let words = panic.to_string();
            let masked = redact_text(&words);
            let told = SafeText::line(&masked, LONGEST);
            tracing::error!(target: "goodword::panic", fatal = ours, "{told}");
            // The previous hook prints, which would tear a screen that stays.
            if (ours || !busy) && masked == words {
                previous(panic);
            } else if ours || !busy {
                // It would print the words as they are, and a secret stands in them. Nobody is left to tell when
                // standard error is gone too.
                let _ = writeln!(std::io::stderr(), "{told}");
            }
        }));
    });
}
