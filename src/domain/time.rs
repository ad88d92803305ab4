//! Moments. The clock itself lives in `engine`; everything else is told what time it is.

pub use jiff::{SignedDuration, Timestamp};

/// Tells the time. Injected, so that tests never wait for it.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The moment a post counts as published: the time it claims, but never later than when we first saw it.
/// A post without a usable claim counts as published when it was first seen.
pub fn published(claimed: Option<Timestamp>, first_seen: Timestamp) -> Timestamp {
    claimed.map_or(first_seen, |claimed| claimed.min(first_seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_from_the_future_counts_as_first_seen() {
        let seen = Timestamp::from_second(1_000).unwrap();
        let later = Timestamp::from_second(2_000).unwrap();
        let earlier = Timestamp::from_second(500).unwrap();
        assert_eq!(published(Some(later), seen), seen);
        assert_eq!(published(Some(earlier), seen), earlier);
        assert_eq!(published(None, seen), seen);
    }
}
