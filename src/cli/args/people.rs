//! What the commands about people take.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::Printing;
use crate::domain::person::PeopleOrder;

/// `people`.
#[derive(Debug, Clone, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PeopleArgs {
    /// In which order
    #[arg(long, value_enum, default_value_t)]
    pub order: PeopleOrdered,
    /// Only those in whose handle or name words begin with these
    #[arg(long, value_name = "WORDS")]
    pub words: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
    /// What is done; without one, they are listed.
    #[command(subcommand)]
    pub command: Option<PeopleCommand>,
}

/// What is done about people.
#[derive(Debug, Clone, Subcommand)]
pub enum PeopleCommand {
    /// Everything that is kept of a person
    Show(ShowArgs),
}

/// `people show`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ShowArgs {
    /// Their handle, or the network's own id
    #[arg(value_name = "HANDLE")]
    pub handle: String,
    /// The network, when several know the handle
    #[arg(long, value_name = "NETWORK")]
    pub network: Option<String>,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// Orders of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PeopleOrdered {
    /// The strongest tie first.
    #[default]
    Strength,
    /// The last contact first.
    LastContact,
    /// Regulars with whom nothing went either way for four weeks.
    SilentRegulars,
}

impl From<PeopleOrdered> for PeopleOrder {
    fn from(order: PeopleOrdered) -> Self {
        match order {
            PeopleOrdered::Strength => Self::Strength,
            PeopleOrdered::LastContact => Self::LastContact,
            PeopleOrdered::SilentRegulars => Self::SilentRegulars,
        }
    }
}

/// `forget`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ForgetArgs {
    /// Their handle, or the network's own id
    #[arg(value_name = "HANDLE")]
    pub handle: String,
    /// Only on this network; may be repeated. Names one where the handle is not stored, too, so that it never will be
    #[arg(long, value_name = "NETWORK")]
    pub network: Vec<String>,
    /// Erase without asking
    #[arg(long, short)]
    pub yes: bool,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}
