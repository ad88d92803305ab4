//! The SQLite store: the conformance suite, and what only a file can go through.

use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;

use super::*;
use crate::store::conformance::{self, Grounds};

/// A data directory.
struct Directory(TempDir);

#[async_trait]
impl Grounds for Directory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path()).await.unwrap())
    }
}

fn directory() -> Directory {
    Directory(tempfile::tempdir().unwrap())
}

mod suite {
    use super::*;
    conformance::conformance!(directory());
}
