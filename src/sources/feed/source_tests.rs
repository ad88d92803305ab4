//! A feed as a source.
