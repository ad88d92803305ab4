//! goodword: hears what is said in public about a brand and helps to answer it, in a terminal.
//!
//! The rooms, from the ground up; an import runs downwards only, and never to a room on the same floor:
//!
//! | floor | room | what it is for |
//! |---|---|---|
//! | 5 | `cli` | one file per subcommand |
//! | 4 | `tui` | the screen: pure app core, view, theme, input, terminal, runtime |
//! | 3 | `engine` | when to poll, how an item becomes a mention, alerts, the lease |
//! | 3 | `config` | file, paths, secrets, validation, reload |
//! | 2 | `sources` | networks: the source traits, the polite HTTP client, a file per network |
//! | 2 | `store` | the `Store` trait, SQLite, migrations, the conformance suite |
//! | 2 | `language` | pure: language, sentiment, intent, about us or not |
//! | 2 | `watch` | pure: the query language |
//! | 2 | `measure` | pure: trend, spike, share of voice |
//! | 2 | `demo` | a loopback town: real HTTP servers that replay a scenario |
//! | 1 | `domain` | the vocabulary; `domain::clean` is the only door to `SafeText` |

// What the tests share names this library as they do.
#[cfg(test)]
extern crate self as goodword;

pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod language;
pub mod measure;
pub mod sources;
pub mod store;
pub mod tui;
pub mod watch;
