//! `outbox approve`: a second voice approves; then it is held, sent and waited for.

use crate::cli::args::Everywhere;
use crate::cli::error::{CliError, CliResult};
use crate::cli::house::House;
use crate::cli::sending::{Counter, start};
use crate::cli::{outbox, voice};
use crate::domain::outbox::{Identity, Outgoing, OutgoingState};
use crate::domain::{Clock, OutgoingId, SafeText};
use crate::engine::{EngineHandle, SystemClock};
use crate::store::sqlite::SqliteStore;
use crate::store::{Outbox, Store};
use crate::tui::app::outbox::may_approve;

/// Approves, and waits. The exit code is 0 when it was sent, 3 when nobody knows, else 1.
///
/// # Errors
/// What keeps it from being approved or sent.
pub async fn run(id: OutgoingId, voice: Option<String>, json: bool, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let _log = house.log(everywhere);
    let voice = voice::named(&house.config, voice)?;
    let sources = house.sources()?;
    let store = house.store().await?;
    let voice = match waiting(&store, id, voice.as_deref()).await {
        Ok(voice) => voice,
        Err(why) => {
            store.close().await;
            return Err(why);
        }
    };
    let engine = start(&house, &store, sources).await?;
    let done = approve(&store, &engine, id, &voice, json).await;
    engine.shutdown().await;
    store.close().await;
    done
}

/// The voice that approves, when it may.
async fn waiting(store: &SqliteStore, id: OutgoingId, voice: Option<&str>) -> CliResult<String> {
    let Some(found) = store.outgoing(id).await? else {
        return Err(CliError::message(format!("there is no {id} in the outbox")));
    };
    if found.state != OutgoingState::AwaitingApproval {
        return Err(CliError::message(format!(
            "{id} waits for nobody's approval: it is {}",
            outbox::state(found.state)
        )));
    }
    let voice = may_approve(&found, voice).map_err(|why| CliError::message(format!("not approved: {why}")))?;
    if store.sending_stopped().await? {
        return Err(CliError::message("not approved: all sending is stopped; `goodword outbox resume` lifts it"));
    }
    Ok(voice.to_owned())
}

async fn approve(store: &SqliteStore, engine: &EngineHandle, id: OutgoingId, voice: &str, json: bool) -> CliResult<u8> {
    let counter = Counter { store, engine, json };
    let mut news = engine.subscribe();
    let Some(found) = store.outgoing(id).await? else {
        return Err(CliError::message(format!("{id} is gone from the outbox")));
    };
    counter.settle(found.source).await;
    let hold = engine.manner().hold_at(&found.network);
    if !store.approve(id, voice, engine.process(), hold, SystemClock.now()).await? {
        return Err(CliError::message(format!(
            "not approved: {id} was changed meanwhile; `goodword outbox` shows how"
        )));
    }
    engine.outbox_changed();
    if let Some(held) = store.outgoing(id).await? {
        counter.announce(&held, &account(store, &held).await?);
    }
    counter.wait(id, &mut news).await
}

/// The account that it goes out under, as it is shown.
async fn account(store: &SqliteStore, held: &Outgoing) -> CliResult<String> {
    let known = store.identities().await?.into_iter().find(|known| known.source == held.source);
    Ok(known.as_ref().map_or_else(|| SafeText::line(held.network.name(), 40).to_string(), Identity::shown))
}
