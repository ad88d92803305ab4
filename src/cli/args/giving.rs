//! Arguments of the commands about the books.

use clap::{Args as ClapArgs, ValueEnum};

use super::super::when::When;
use super::commands::Printing;

/// `ledger`.
#[derive(Debug, Clone, ClapArgs)]
pub struct LedgerArgs {
    /// Every act with what it gave or asked
    #[arg(long)]
    pub acts: bool,
    /// Each account, each campaign with what it promised and what was paid of that, or each audience: people who know
    /// us, strangers, the public
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<LedgerBy>,
    /// Only what was published at this time or later: 2026-05-01, or 30d; the balance is that of everything
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
}

/// By what the books are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LedgerBy {
    /// The account that published.
    Account,
    /// The campaign that it belongs to.
    Campaign,
    /// To whom it was said.
    Audience,
}
