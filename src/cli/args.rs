//! What the command line may say. Definitions only: each command's file does the work.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::paths::Flags;

mod campaigns;
mod commands;
mod giving;
mod people;
mod posting;
#[cfg(test)]
mod tests;
pub use campaigns::{CampaignsArgs, CampaignsCommand};
pub use commands::{
    AnalyzeArgs, BackupArgs, ClocksArgs, CoachArgs, CollectArgs, CompletionsArgs, DemoArgs, ExplainArgs, ExportArgs,
    Exported, FeedArgs, Format, GestureArgs, ImportArgs, InboxArgs, InitArgs, Input, LoginArgs, LogoutArgs, Looked,
    LookupArgs, ManArgs, MatchArgs, OutboxArgs, OutboxCommand, Printing, QueryArgs, QueryCommand, RehearseArgs,
    ReplyArgs, RestoreArgs, SearchArgs, Size, TrainArgs, WatchArgs,
};
pub use giving::{LedgerArgs, LedgerBy};
pub use people::{ForgetArgs, PeopleArgs, PeopleCommand, PeopleOrdered, ShowArgs};
pub use posting::PostArgs;

/// Hear everything said in public about a brand, on a dashboard in the terminal.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "goodword",
    version,
    about = "Hear everything said in public about a brand, on a dashboard in the terminal",
    long_about = "Hear everything said in public about a brand, on a dashboard in the terminal.\n\n\
        Without a command, goodword opens the dashboard on what the configuration names. \
        `goodword init` writes a configuration after a few questions; `goodword watch NAME` and `goodword demo` \
        need none.",
    after_help = "Examples:\n  \
        goodword demo                     look around, without network or account\n  \
        goodword watch \"Ferris Bikes\"     listen for a name, without configuration\n  \
        goodword init                     write a configuration\n  \
        goodword                          open the dashboard\n\n\
        On the dashboard ? shows the keys; x corrects how a mention was read, and g l asks about twenty of your \
        mentions, a minute that teaches the readers what is negative for you.",
    disable_help_subcommand = true,
    propagate_version = false
)]
pub struct Args {
    /// What to do; nothing opens the dashboard.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Who answers at this screen: the name of a voice [or: GOODWORD_VOICE, or answering.voice in the configuration]
    #[arg(long, value_name = "NAME")]
    pub voice: Option<String>,

    /// What every command understands.
    #[command(flatten)]
    pub everywhere: Everywhere,
}

/// What every command understands.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Options for every command")]
pub struct Everywhere {
    /// Configuration file [or: GOODWORD_CONFIG]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Directory for the data [or: GOODWORD_DATA_DIR, or data.directory in the configuration]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,

    /// How much to write into the log: error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL", value_enum, default_value_t, hide_possible_values = true)]
    pub log_level: LogLevel,
}

impl From<&Everywhere> for Flags {
    fn from(everywhere: &Everywhere) -> Self {
        Self { config: everywhere.config.clone(), data: everywhere.data_dir.clone() }
    }
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What looks wrong, too.
    Warn,
    /// What happens, in short.
    #[default]
    Info,
    /// What happens, in detail.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// The commands. Their grouping in the help is [`GROUPS`].
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Listen for a name right away, without configuration
    #[command(
        after_help = "Example:\n  goodword watch \"Ferris Bikes\" --rival \"Rival Wheels\" --feed https://cycling.example/news"
    )]
    Watch(WatchArgs),
    /// Show the dashboard on made-up news, without network or account
    #[command(after_help = "Example:\n  goodword demo --speed 10")]
    Demo(DemoArgs),
    /// Write a configuration, after a few questions
    #[command(
        after_help = "Example without questions:\n  goodword init --brand \"Ferris Bikes\" --size small --rival \"Rival Wheels\" --yes"
    )]
    Init(InitArgs),
    /// Check the configuration and try every source once
    #[command(
        after_help = "Ends with 0 when everything works, with 1 when something does not.\n\nExample:\n  goodword check --json | jq '.sources[] | select(.ok | not)'"
    )]
    Check(Printing),
    /// Give goodword an account of a network
    #[command(
        after_help = "Asks for what is needed; secrets are not shown while you type, and are kept in a file that only you \
        can read. From a script, answer on standard input.\n\nExamples:\n  goodword login bluesky\n  \
        goodword login mastodon social.example\n  pass show forum | goodword login discourse forum.example --account ferris"
    )]
    Login(LoginArgs),
    /// Forget an account
    #[command(after_help = "Example:\n  goodword logout bluesky")]
    Logout(LogoutArgs),
    /// Listen without a screen, for servers
    #[command(after_help = "Example, every quarter of an hour from cron:\n  */15 * * * *  goodword collect --once")]
    Collect(CollectArgs),
    /// Read mentions from a file of JSON lines
    #[command(after_help = "Example:\n  zcat old-mentions.ndjson.gz | goodword import -")]
    Import(ImportArgs),
    /// Show what is to be answered, the most urgent first, with the reason for its place
    #[command(after_help = "Ends with 0 when something is to be answered, else with 1.\n\n\
        Example:\n  goodword inbox --limit 5")]
    Inbox(InboxArgs),
    /// Find stored mentions
    #[command(after_help = "Example:\n  goodword search '\"Ferris Bikes\" (chain OR brake*) -race' --limit 20")]
    Search(SearchArgs),
    /// How fast we answer, the unanswered counted in
    #[command(after_help = "Example:\n  goodword clocks --since 30d --hours 'Mon-Fri 9:00-18:00'")]
    Clocks(ClocksArgs),
    /// What we gave and what we asked, and whether an ask would be covered now
    #[command(after_help = "Example:\n  goodword ledger --acts")]
    Ledger(LedgerArgs),
    /// Have our campaigns given before they asked, and how are they received
    #[command(after_help = "Ends with 0 when there is one, else with 1.\n\n\
        Examples:\n  goodword campaigns --json | jq 'select(.running)'\n  goodword campaigns show \"Winter ride\"\n  \
        goodword campaigns paid \"Winter ride\" 62,000 USD\n  goodword campaigns paid \"Winter ride\" all")]
    Campaigns(CampaignsArgs),
    /// What a post would do before it is published, and what would be better
    #[command(
        after_help = "Example:\n  goodword rehearse 'For each repost we give 1 € to the flood relief, up to 1,000 €'"
    )]
    Rehearse(RehearseArgs),
    /// The people who had to do with us: what went both ways with each
    #[command(after_help = "Examples:\n  goodword people --order silent-regulars\n  \
        goodword people --words ana --json\n  goodword people show ana@social.example")]
    People(PeopleArgs),
    /// Answer a mention
    #[command(
        after_help = "The answer is kept as a draft, held for the time to take it back (Ctrl-C), sent, and waited for. Ends \
        with 0 when it was sent, with 3 when nobody knows yet or a second voice must approve it, else with 1.\n\n\
        Example:\n  goodword reply 1204 --text \"Sorry about the chain, Ana. A new one goes out today.\""
    )]
    Reply(ReplyArgs),
    /// Publish a post of your own
    #[command(
        after_help = "The post is kept as a draft, rehearsed, held for the time to take it back (Ctrl-C), sent, and waited \
        for. Ends with 0 when it was sent, with 3 when nobody knows yet or a second voice must approve it, else with 1.\n\n\
        Example:\n  goodword post \"Free brake checks at the old mill on Saturday, for any bike. ^AK\" --account mastodon"
    )]
    Post(PostArgs),
    /// See what is about to be sent, and what became of it
    #[command(after_help = "Examples:\n  goodword outbox --json | jq 'select(.state == \"uncertain\")'\n  \
        goodword outbox recall 7\n  goodword outbox settle 8 --out https://social.example/@ferris/1\n  \
        goodword outbox settle 8 --not-out")]
    Outbox(OutboxArgs),
    /// Write stored mentions to a file, for spreadsheets and scripts
    #[command(
        after_help = "Example:\n  goodword export --format csv --since 30d --output mentions.csv\n  goodword export corrections > corrections.ndjson"
    )]
    Export(ExportArgs),
    /// See how a query is read, and what it finds
    #[command(after_help = "Example:\n  goodword query explain 'ferris NEAR/3 (bike* OR wheel*) NOT lang:de'")]
    Query(QueryArgs),
    /// Show what is read from a feed, to see why something is missing
    #[command(after_help = "Example:\n  goodword feed https://cycling.example/news")]
    Feed(FeedArgs),
    /// Look up a thread, a person or our own posts at a network
    #[command(after_help = "Example:\n  goodword lookup thread mastodon 113512345678901234")]
    Lookup(LookupArgs),
    /// Read language, sentiment and intent of posts in JSON lines
    #[command(
        after_help = "Each line of standard input is an object with text and, if you like, id, lang and brand.\n\n\
        Example:\n  goodword analyze --brand \"Ferris Bikes\" < posts.ndjson | jq -c 'select(.intents | index(\"complaint\"))'"
    )]
    Analyze(AnalyzeArgs),
    /// Read whether posts of our own give, ask, give on a condition, or talk
    #[command(
        after_help = "Each line of standard input is an object with text and, if you like, reply (true or false) and id.\n\n\
        Example:\n  goodword gesture < our-posts.ndjson | jq -c 'select(.label == \"conditional\")'"
    )]
    Gesture(GestureArgs),
    /// Tell what may be wrong with drafted answers in JSON lines
    #[command(
        after_help = "Each line of standard input is an object with mention, draft and, if you like, mention_intent \
        (complaint, question, praise, promo or other) and id. The flags are pitch, denial, no_acknowledgement, \
        no_next_step, personal_data, placeholder and impersonal; a good draft has none.\n\n\
        Example:\n  goodword coach --explain < drafts.ndjson | jq -r '.remarks[] | .flag + \": \" + .advice'"
    )]
    Coach(CoachArgs),
    /// Make the readers' models anew from labelled texts
    #[command(after_help = "Needed by nobody who only uses goodword: its models are part of the program.\n\n\
        Example:\n  goodword train assets/models/training.toml --from ~/labelled --made 2026-11-22")]
    Train(TrainArgs),
    /// Copy everything that is stored into one file, also while goodword runs
    #[command(after_help = "Example:\n  goodword backup goodword-monday.db")]
    Backup(BackupArgs),
    /// Bring back what `backup` copied
    #[command(after_help = "Example:\n  goodword restore goodword-monday.db --force")]
    Restore(RestoreArgs),
    /// Erase a person everywhere, and prove it
    #[command(
        after_help = "Shows what will be erased and asks first: what they wrote, their cases, what is written to them, and \
        their name and words in what stays, in every database of the data directory. They are not collected again: a list \
        of keyed hashes beside the database keeps them out, also when an older copy is brought back. Then every file of the \
        data directory and of the log is searched, byte by byte, for what they were called and what they wrote.\n\n\
        Ends with 0 when nothing is left, else with 1.\n\n\
        Examples:\n  goodword forget ana@social.example\n  goodword forget ana --network reddit --yes"
    )]
    Forget(ForgetArgs),
    /// Print completions for a shell
    #[command(
        after_help = "Example, for bash:\n  goodword completions bash > ~/.local/share/bash-completion/completions/goodword"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them
    #[command(after_help = "Example:\n  goodword man --dir ~/.local/share/man/man1")]
    Man(ManArgs),
}

/// Headings of the help, and the commands below each. A test makes sure that none is missing.
pub const GROUPS: [(&str, &[&str]); 4] = [
    ("Begin", &["watch", "demo", "init", "login", "check"]),
    ("Every day", &["collect", "inbox", "reply", "post", "outbox", "search", "export", "import"]),
    (
        "Look closer",
        &[
            "query",
            "clocks",
            "people",
            "ledger",
            "campaigns",
            "rehearse",
            "feed",
            "lookup",
            "analyze",
            "gesture",
            "coach",
        ],
    ),
    ("Keep house", &["logout", "backup", "restore", "forget", "completions", "man", "train"]),
];

/// The command with everything that its help says, for parsing, completions and manual pages.
pub fn command() -> clap::Command {
    let command = Args::command();
    // The demo has a configuration and data of its own: it does not offer what it refuses.
    let own = |arg: &&clap::Arg| matches!(arg.get_id().as_str(), "config" | "data_dir");
    let hidden: Vec<clap::Arg> = command.get_arguments().filter(own).map(|arg| arg.clone().hide(true)).collect();
    let command = command.mut_subcommands(|sub| if sub.get_name() == "demo" { sub.args(&hidden) } else { sub });
    let list = grouped(&command);
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{list}Options for every command:\n{{options}}{{after-help}}"
    ))
}

/// The commands by group. clap itself knows one heading for all of them.
fn grouped(command: &clap::Command) -> String {
    let width = command.get_subcommands().map(|sub| sub.get_name().len()).max().unwrap_or_default() + 2;
    let mut list = String::new();
    for (heading, names) in GROUPS {
        list.push_str(&format!("{heading}:\n"));
        for sub in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            list.push_str(&format!("  {:width$}{about}\n", sub.get_name()));
        }
        list.push('\n');
    }
    list
}

/// Reads the arguments; the first is the program's own name.
///
/// # Errors
/// clap's error, which also stands for `--help` and `--version`: print it with its own `exit`.
pub fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(arguments)?;
    Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}
