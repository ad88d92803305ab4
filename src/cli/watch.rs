//! `watch`: the dashboard for a name, without configuration and without account.

use super::args::{Everywhere, WatchArgs};
use super::dashboard::{self, Opening};
use super::error::CliResult;
use super::house::House;
use super::output;
use crate::config::template::Answers;
use crate::store::Store;
use crate::tui::app::Occasion;

/// Opens the dashboard on a name.
///
/// # Errors
/// What keeps the dashboard from opening, or ended it.
pub async fn run(arguments: &WatchArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let answers = Answers {
        brand: arguments.name(),
        rivals: arguments.rival.clone(),
        feeds: arguments.feed.clone(),
        query: arguments.query.clone(),
        no_public_feeds: arguments.no_defaults,
        ..Answers::default()
    };
    let house = House::of_answers(&answers, everywhere)?;
    let mut sources = house.sources()?;
    if !arguments.no_defaults {
        sources.extend(house.public_networks()?);
    }
    let store = house.store().await?;
    let strangers = dashboard::refuse_strangers(&house, &store, &sources).await;
    store.close().await;
    strangers?;
    output::line(format!("Listening for {} at:", crate::domain::SafeText::line(&house.config.brand.name, 80)))?;
    for source in &sources {
        output::line(format!("  {} ({})", crate::domain::SafeText::line(&source.name, 80), source.listen.host()))?;
    }
    output::line(format!("What is heard is kept in {}.", house.data.display()))?;
    let notice = format!("listening at {} sources; F3 shows how each fares", sources.len());
    dashboard::open(
        Opening { house, sources, occasion: Occasion::Ordinary, voice: None, notices: vec![notice], narrator: None },
        everywhere,
    )
    .await
}
