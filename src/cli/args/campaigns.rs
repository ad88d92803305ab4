//! What `campaigns` may be told.

use clap::Args as ClapArgs;

use super::Printing;

/// `campaigns`.
#[derive(Debug, Clone, ClapArgs)]
pub struct CampaignsArgs {
    /// How to print.
    #[command(flatten)]
    pub printing: Printing,
    /// What is done; without one, they are listed.
    #[command(subcommand)]
    pub command: Option<CampaignsCommand>,
}

/// What is done about a campaign.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CampaignsCommand {
    /// Show one: its health with its parts, its posts, and who responded
    Show {
        /// Its name
        name: String,
        /// How to print.
        #[command(flatten)]
        printing: Printing,
    },
    /// Write down what was paid so far, all in all
    Paid {
        /// Its name
        name: String,
        /// So much, as in "62,000 USD", or all
        #[arg(required = true, value_name = "AMOUNT|all", num_args = 1..)]
        amount: Vec<String>,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        voice: Option<String>,
    },
}
