//! The whole program on a terminal: the demo, and dashboards on feeds of this machine.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)] // tests fail by panicking, and print the figures that they measure

#[path = "../support/mod.rs"]
mod support;

mod demo;
mod secrets;
mod together;
mod torn;
