//! The commands, one file each.

pub mod args;
pub mod completions;
pub mod init;
pub mod when;
