//! Against real servers, which a script beside each test starts. Not part of the usual run: `--ignored`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panicking

mod lemmy;
