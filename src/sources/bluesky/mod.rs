//! Bluesky with an account.

pub(in crate::sources) mod record;
