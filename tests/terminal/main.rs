//! The screen on a real terminal: it gives the terminal back whatever happens, survives what terminals do, and writes
//! nothing when nothing changes.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)] // tests fail by panicking, and print the figures that they measure

#[path = "../support/mod.rs"]
mod support;

mod endings;
mod life;
mod program;
mod prompts;
