//! Bluesky against recorded answers, a mock with faults, and models.

mod paging;
