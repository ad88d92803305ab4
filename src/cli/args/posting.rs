//! The arguments of `post`.

use clap::Args as ClapArgs;

use super::Printing;

/// `post`.
#[derive(Debug, Clone, ClapArgs)]
pub struct PostArgs {
    /// The words [otherwise: standard input]
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Name of the source, or the handle, to publish under [otherwise: the only one that publishes]
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    pub account: Option<String>,
    /// Who of you writes
    #[arg(long, value_name = "NAME")]
    pub voice: Option<String>,
    /// For everybody, but in no public list
    #[arg(long)]
    pub unlisted: bool,
    /// What is shown instead of the words until somebody wants to read them
    #[arg(long, value_name = "WORDS")]
    pub warning: Option<String>,
    /// Language of the words [otherwise: as it is read]
    #[arg(long, value_name = "BCP47")]
    pub lang: Option<String>,
    /// As several posts when it is too long for one
    #[arg(long)]
    pub parts: bool,
    /// Send it though coach or rehearsal warn
    #[arg(long, short)]
    pub yes: bool,
    /// How it is printed.
    #[command(flatten)]
    pub printing: Printing,
}
