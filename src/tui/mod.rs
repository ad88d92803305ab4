//! The screen. `app` is pure (model, messages, commands, update), `view` draws it, `theme` gives meanings
//! their styles, `input` turns chords into actions, `terminal` owns the terminal, `runtime` is the loop.

pub mod app;
pub mod input;
pub mod runtime;
pub mod terminal;
pub mod theme;
pub mod view;
