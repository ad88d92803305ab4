//! The commands that need no terminal, as scripts and servers run them: the real program, real files, real feeds.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// Tests fail by panicking.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod books;
mod copies;
mod first;
mod listen;
mod mentions;
mod people;
mod proxies;
mod queries;
mod secrets;
