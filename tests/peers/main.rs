//! Real servers instead of recorded answers. Each module has a script of the same name that installs and starts its
//! server and prints the variables that its tests read; without a server running they are of no use, so they are
//! ignored unless asked for: `cargo test --test peers -- --ignored NAME`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// Tests fail by panicking.

use goodword::domain::Timestamp;
use goodword::sources::Tools;
use goodword::sources::http::{Client, HttpSettings};

mod bluesky;
mod lemmy;
mod mastodon;

/// A variable that the start script printed.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; start the server with its script first"))
}

/// The present moment: real servers go by it.
#[allow(clippy::disallowed_methods)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Tools with a client of their own.
fn tools(credentials: std::sync::Arc<dyn goodword::sources::Credentials>) -> Tools {
    Tools { client: Client::new(HttpSettings::default()).unwrap(), credentials }
}
