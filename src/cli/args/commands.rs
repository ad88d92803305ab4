//! What each command takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use url::Url;

use crate::cli::when::When;
use crate::domain::BrandSize;
use crate::domain::time::SignedDuration;

/// `watch`.
#[derive(Debug, Clone, ClapArgs)]
pub struct WatchArgs {
    /// The name to listen for; several words need no quotes
    #[arg(required = true, value_name = "NAME", num_args = 1..)]
    words: Vec<String>,
    /// A feed, or a site that announces one, to listen to as well; may be repeated
    #[arg(long, value_name = "URL", value_parser = address, value_hint = ValueHint::Url)]
    pub feed: Vec<Url>,
    /// Another name, to compare with; may be repeated
    #[arg(long, value_name = "NAME")]
    pub rival: Vec<String>,
    /// What to look for, in place of the name itself
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Listen to the given feeds only, not to public feeds, Hacker News and all of Bluesky
    #[arg(long, requires = "feed")]
    pub no_defaults: bool,
}

impl WatchArgs {
    /// The name to listen for.
    pub fn name(&self) -> String {
        self.words.join(" ")
    }
}

/// `demo`.
#[derive(Debug, Clone, ClapArgs)]
pub struct DemoArgs {
    /// The story to play [otherwise: an everyday one]
    pub name: Option<String>,
    /// How many times faster than life it goes, 0.1 to 1000
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
}

/// `reply`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ReplyArgs {
    /// Number of the mention that is answered
    #[arg(value_name = "MENTION")]
    pub mention: i64,
    /// The words [otherwise: standard input]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Name of the source to answer as
    #[arg(long = "as", value_name = "SOURCE")]
    pub account: Option<String>,
    /// Who of you writes
    #[arg(long, value_name = "NAME")]
    pub voice: Option<String>,
    /// Send it though the coach warns
    #[arg(long, short)]
    pub yes: bool,
    /// Let a text that is too long go out as several posts
    #[arg(long)]
    pub parts: bool,
    /// How it is printed.
    #[command(flatten)]
    pub printing: Printing,
}

/// `outbox`.
#[derive(Debug, Clone, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct OutboxArgs {
    /// What was sent and withdrawn, too
    #[arg(long)]
    pub all: bool,
    /// How it is printed.
    #[command(flatten)]
    pub printing: Printing,
    /// What is done; without one, it is listed.
    #[command(subcommand)]
    pub command: Option<OutboxCommand>,
}

/// What is done about something in the outbox.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum OutboxCommand {
    /// Approve what another voice wrote, and wait until it is sent
    Approve {
        /// Its number
        id: i64,
        /// Who of you approves; else the voice of the configuration
        #[arg(long, value_name = "NAME")]
        voice: Option<String>,
    },
    /// Take back what is held: a draft again
    Recall {
        /// Its number
        id: i64,
    },
    /// Give a draft, or what is held or failed, up
    Withdraw {
        /// Its number
        id: i64,
    },
    /// Make a draft of what failed or was given up
    Redraft {
        /// Its number
        id: i64,
    },
    /// Say what became of something that goodword could not find out
    #[command(group(clap::ArgGroup::new("verdict").required(true).args(["out", "not_out"])))]
    Settle {
        /// Its number
        id: i64,
        /// It is out; with its address, if you know it
        #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
        out: Option<String>,
        /// It is not out: a draft again
        #[arg(long)]
        not_out: bool,
    },
    /// Stop all sending, until it is lifted
    Stop,
    /// Let sending go on
    Resume,
}

/// `init`.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct InitArgs {
    /// Name of the brand
    #[arg(long, value_name = "NAME")]
    pub brand: Option<String>,
    /// How big the brand is; more is expected of a big one
    #[arg(long, value_name = "SIZE", value_enum)]
    pub size: Option<Size>,
    /// A competitor to compare with; may be repeated
    #[arg(long, value_name = "NAME")]
    pub rival: Vec<String>,
    /// A feed, or a site that announces one; may be repeated
    #[arg(long, value_name = "URL", value_parser = address, value_hint = ValueHint::Url)]
    pub feed: Vec<Url>,
    /// Ask nothing; needs --brand
    #[arg(long, short, requires = "brand")]
    pub yes: bool,
    /// Replace a configuration that is there
    #[arg(long)]
    pub force: bool,
}

/// How big a brand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// One person.
    Solo,
    /// A handful of people.
    Small,
    /// Tens to hundreds.
    Medium,
    /// Thousands.
    Large,
    /// A household name.
    Enterprise,
}

impl From<Size> for BrandSize {
    fn from(size: Size) -> Self {
        match size {
            Size::Solo => Self::Solo,
            Size::Small => Self::Small,
            Size::Medium => Self::Medium,
            Size::Large => Self::Large,
            Size::Enterprise => Self::Enterprise,
        }
    }
}

/// `login`.
#[derive(Debug, Clone, ClapArgs)]
pub struct LoginArgs {
    /// The network: bluesky, mastodon, reddit, github and so on
    #[arg(value_name = "NETWORK")]
    pub network: String,
    /// Its server, where the network has several
    #[arg(value_name = "SERVER", value_hint = ValueHint::Hostname)]
    pub server: Option<String>,
    /// The account, where it must be named
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The id of your own app, where the network demands one
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Name of the source in the configuration
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// `logout`.
#[derive(Debug, Clone, ClapArgs)]
pub struct LogoutArgs {
    /// Name of the source
    #[arg(value_name = "SOURCE")]
    pub name: String,
}

/// `lookup`.
#[derive(Debug, Clone, ClapArgs)]
pub struct LookupArgs {
    /// What to look up
    #[arg(value_enum)]
    pub what: Looked,
    /// Name of the source whose account asks
    #[arg(value_name = "SOURCE")]
    pub source: String,
    /// The post's id as `search --json` shows it, or the person's handle
    #[arg(value_name = "ID", required_if_eq_any([("what", "thread"), ("what", "person")]))]
    pub id: Option<String>,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// What can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Looked {
    /// The thread around a post
    Thread,
    /// A person
    Person,
    /// Our own newest posts and replies
    Own,
}

/// `train`.
#[derive(Debug, Clone, ClapArgs)]
pub struct TrainArgs {
    /// The list of labelled texts (TOML)
    #[arg(value_name = "LIST", value_hint = ValueHint::FilePath)]
    pub list: PathBuf,
    /// Folder that the files of the list are in
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub from: PathBuf,
    /// The day to write on the cards, as 2026-11-22; a given day makes the same bytes on every run
    #[arg(long, value_name = "DATE")]
    pub made: jiff::civil::Date,
    /// Folder for the models and their cards
    #[arg(long, value_name = "DIR", default_value = "assets/models", value_hint = ValueHint::DirPath)]
    pub output: PathBuf,
    /// Make only this model; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,
}

/// `analyze`.
#[derive(Debug, Clone, ClapArgs)]
pub struct AnalyzeArgs {
    /// The brand that the posts are about, where a line names none
    #[arg(long, value_name = "NAME", default_value = "")]
    pub brand: String,
    /// A word that speaks for the brand being meant; may be repeated
    #[arg(long, value_name = "WORD")]
    pub context: Vec<String>,
    /// Add the words that made each reading what it is
    #[arg(long)]
    pub explain: bool,
}

/// `gesture`.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct GestureArgs {
    /// Add the probabilities, the number in the cap, and what each word weighs
    #[arg(long)]
    pub explain: bool,
}

/// `coach`.
#[derive(Debug, Clone, ClapArgs)]
pub struct CoachArgs {
    /// Add the words that made each flag hold, and what would be better
    #[arg(long)]
    pub explain: bool,
}

/// Commands that print data.
#[derive(Debug, Clone, Copy, Default, ClapArgs)]
pub struct Printing {
    /// Print JSON, for scripts
    #[arg(long)]
    pub json: bool,
}

/// `collect`.
#[derive(Debug, Clone, ClapArgs)]
pub struct CollectArgs {
    /// Ask every source once, say what came, and end
    #[arg(long)]
    pub once: bool,
    /// With --once: how long to read on where there is more, such as a stream that is behind [default: 60s]
    #[arg(long = "for", value_name = "TIME", value_parser = stretch, requires = "once")]
    pub budget: Option<Duration>,
    /// A line for each visit of a source
    #[arg(long, short)]
    pub verbose: bool,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `import`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ImportArgs {
    /// The file, or - for standard input
    #[arg(value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub from: Input,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// A file or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        if text == "-" { Self::Stdin } else { Self::File(text.into()) }
    }
}

/// `inbox`.
#[derive(Debug, Clone, ClapArgs)]
pub struct InboxArgs {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// What is closed or put aside, too
    #[arg(long)]
    pub all: bool,
    /// Cases that are not public in JSON, too
    #[arg(long, requires = "json")]
    pub private: bool,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `search`.
#[derive(Debug, Clone, ClapArgs)]
pub struct SearchArgs {
    /// What to find: words, "phrases", OR, NOT, NEAR/n, #tag, @account, author:, lang: and so on
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// At most so many, the newest first
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `clocks`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ClocksArgs {
    /// Cases that came at this time or later: 2026-05-01, 2026-05-01T12:00Z, or 30d for thirty days ago [otherwise: 7d]
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// Cases that came before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<When>,
    /// How long an answer may take [otherwise: answering.target of the configuration]
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub target: Option<SignedDuration>,
    /// Count the working hours of the configuration only
    #[arg(long, conflicts_with = "hours")]
    pub working: bool,
    /// Count these working hours only, as in 'Mon-Fri 9:00-18:00, Sat 10:00-14:00'
    #[arg(long, value_name = "HOURS")]
    pub hours: Option<String>,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `rehearse`.
#[derive(Debug, Clone, ClapArgs)]
pub struct RehearseArgs {
    /// The post, or - for standard input
    #[arg(required = true, value_name = "TEXT|-", num_args = 1..)]
    pub words: Vec<String>,
    /// It answers somebody
    #[arg(long)]
    pub reply: bool,
    /// Within this campaign [otherwise: the running one whose hashtags or words it has]
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `export`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ExportArgs {
    /// What to write: mentions, the corrections that were made to their readings, or those made to posts of our own
    #[arg(value_enum, default_value_t)]
    pub what: Exported,
    /// JSON lines for scripts, or CSV for spreadsheets
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Only what a query finds
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Published at this time or later: 2026-05-01, 2026-05-01T12:00Z, or 30d for thirty days ago
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// Published before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<When>,
    /// Posts that are not public, too
    #[arg(long)]
    pub private: bool,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Exported {
    /// Mentions, each with how it was read.
    #[default]
    Mentions,
    /// What people said of readings: what was read, what they said, when.
    Corrections,
    /// What people said that posts of our own do.
    ActCorrections,
}

/// Forms of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// Comma-separated values with a header line.
    Csv,
}

/// `query`.
#[derive(Debug, Clone, ClapArgs)]
pub struct QueryArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: QueryCommand,
}

/// What to do with a query.
#[derive(Debug, Clone, Subcommand)]
pub enum QueryCommand {
    /// Show how a query is read
    #[command(after_help = "Example:\n  goodword query explain 'ferris AND (chain OR brake*)'")]
    Explain(ExplainArgs),
    /// Print those JSON lines of standard input that a query matches
    #[command(
        after_help = "Each line is an object with text and, if you like, author, source, network, lang and urls.\n\
        Ends with 0 when a line matched, with 1 when none did, with 2 when the query is refused.\n\n\
        Example:\n  goodword query match 'ferris -rust' < posts.ndjson"
    )]
    Match(MatchArgs),
    /// Show what a query finds in the stored mentions, why, and how often
    #[command(after_help = "Example:\n  goodword query try 'ferris recall'")]
    Try(ExplainArgs),
}

/// `query explain` and `query try`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ExplainArgs {
    /// The query, in quotes
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `query match`.
#[derive(Debug, Clone, ClapArgs)]
pub struct MatchArgs {
    /// The query, in quotes
    #[arg(allow_hyphen_values = true)]
    pub query: String,
}

/// `feed`.
#[derive(Debug, Clone, ClapArgs)]
pub struct FeedArgs {
    /// A file, or the address of a feed or of a site that announces one
    #[arg(value_name = "FILE|URL")]
    pub from: OsString,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// `backup`.
#[derive(Debug, Clone, ClapArgs)]
pub struct BackupArgs {
    /// The file to write; it must not be there yet
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// `restore`.
#[derive(Debug, Clone, ClapArgs)]
pub struct RestoreArgs {
    /// A file that `backup` wrote
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Replace what is stored now
    #[arg(long)]
    pub force: bool,
}

/// `completions`.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `man`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ManArgs {
    /// Write a page for every command into this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

fn address(text: &str) -> Result<Url, String> {
    crate::config::judge_address(text).map_err(|(message, help)| format!("{message}: {help}"))
}

fn span(text: &str) -> Result<SignedDuration, String> {
    let span = crate::config::interval::parse(text).filter(|span| *span > SignedDuration::ZERO);
    span.ok_or_else(|| "write a number and a unit, such as 10m, 90s or 2h".to_owned())
}

/// A stretch of time: `90s`, `5m`.
fn stretch(text: &str) -> Result<Duration, String> {
    let stretch = crate::config::interval::parse(text).and_then(|stretch| Duration::try_from(stretch).ok());
    stretch.ok_or_else(|| "give a number with its unit, such as 90s or 5m".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "give a number, such as 10".to_owned())?;
    if (0.1..=1000.0).contains(&speed) { Ok(speed) } else { Err("it may be 0.1 to 1000".to_owned()) }
}
