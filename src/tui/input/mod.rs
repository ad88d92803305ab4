//! From keys to actions. Pure: no clock, no terminal; moments come in as arguments.
//!
//! - [`chord`]: one key with its modifiers, as text and as the terminal sends it;
//! - [`keymap`]: which chords and sequences call which action, the user's choices over the table's;
//! - [`resolver`]: what a key means now, after what was typed before it;
//! - [`typing`]: the keys of a prompt; [`burst`] tells typing from pasting.
//!
//! Knows the actions and the input modes of `tui::app`, and nothing else of the house.

pub mod burst;
pub mod chord;
pub mod keymap;
pub mod resolver;
pub mod typing;

pub use keymap::{KeyChoice, Keymap, KeymapError};
pub use resolver::{Resolved, Resolver};
