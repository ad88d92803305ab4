//! The pure core of the screen: a model, messages that change it, and commands that it asks for.
//! No clock, no I/O, no terminal: the runtime brings messages and carries out commands.

pub mod action;
pub mod cmd;
pub mod msg;

pub use action::Action;
pub use cmd::Cmd;
pub use msg::Msg;
