//! The screen on a real terminal: it gives the terminal back whatever happens, survives what terminals do, and writes
//! nothing when nothing changes.
#![allow(clippy::print_stdout, missing_docs)] // the figures that it measures

#[path = "../support/mod.rs"]
mod support;

mod endings;
mod life;
mod program;
