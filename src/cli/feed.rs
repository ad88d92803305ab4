//! `feed`: shows what is read from a feed, for people who wonder why something is missing.

use std::path::Path;

use serde_json::json;

use super::args::{Everywhere, FeedArgs};
use super::error::{CliError, CliResult};
use super::output;
