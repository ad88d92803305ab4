//! `outbox`: what is about to be published, was, or was not; and what a person does about it.

mod approve;

use serde_json::{Value, json};

use super::args::{Everywhere, OutboxArgs, OutboxCommand};
use super::error::{CliError, CliResult};
use super::house::{data_directory, existing_store};
use super::output::{self, Table};
use crate::domain::outbox::{Outgoing, OutgoingState, Verdict};
use crate::domain::{Clock, OutgoingId, SafeText};
use crate::engine::SystemClock;
use crate::store::Outbox;
use crate::store::sqlite::SqliteStore;

/// Most that is listed.
const MOST: u32 = 1_000;
/// Words of a text that are shown.
const WORDS: usize = 60;

/// Lists the outbox, or changes something in it. A change that came too late ends with 1.
///
/// # Errors
/// When there is no outbox yet, or the store refuses.
pub async fn run(arguments: &OutboxArgs, everywhere: &Everywhere) -> CliResult<u8> {
    if let Some(OutboxCommand::Approve { id, voice }) = &arguments.command {
        return approve::run(OutgoingId(*id), voice.clone(), arguments.printing.json, everywhere).await;
    }
    let store = existing_store(&data_directory(everywhere)?).await?;
    let done = match &arguments.command {
        None => list(&store, arguments).await,
        Some(command) => change(&store, command).await,
    };
    crate::store::Store::close(&*store).await;
    done
}

async fn list(store: &SqliteStore, arguments: &OutboxArgs) -> CliResult<u8> {
    use OutgoingState::{AwaitingApproval, Draft, Failed, Held, Sending, Sent, Uncertain, Withdrawn};
    let all = [Draft, AwaitingApproval, Held, Sending, Uncertain, Failed, Sent, Withdrawn];
    let states = if arguments.all { &all[..] } else { all.get(..6).unwrap_or_default() };
    let found = store.outgoings(states, MOST).await?;
    if store.sending_stopped().await? {
        output::remark("goodword: all sending is stopped; `goodword outbox resume` lifts it");
    }
    if arguments.printing.json {
        found.iter().try_for_each(|outgoing| output::json(&as_json(outgoing)))?;
        return Ok(0);
    }
    if found.is_empty() {
        let more = if arguments.all { "" } else { "; --all lists what was sent or given up as well" };
        output::remark(format!("nothing is in the outbox{more}"));
        return Ok(0);
    }
    let mut table = Table::new(&["ID", "STATE", "NETWORK", "TO", "TEXT", "NOTE"]);
    for outgoing in &found {
        table.row(vec![
            outgoing.id.to_string(),
            state(outgoing.state).to_owned(),
            outgoing.network.to_string(),
            SafeText::line(outgoing.target.who.as_deref().unwrap_or("-"), 30).to_string(),
            SafeText::line(&outgoing.text(), WORDS).to_string(),
            note(outgoing),
        ]);
    }
    output::block(table.render())?;
    Ok(0)
}

fn note(outgoing: &Outgoing) -> String {
    if !outgoing.trouble.is_empty() {
        return outgoing.trouble.to_string();
    }
    let last = outgoing.parts.last();
    match outgoing.state {
        OutgoingState::Sent if outgoing.dry => "rehearsed, not sent".to_owned(),
        OutgoingState::Sent => last.and_then(|part| part.url.as_ref()).map(ToString::to_string).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The name of a state, as in JSON.
pub fn state(state: OutgoingState) -> &'static str {
    match state {
        OutgoingState::Draft => "draft",
        OutgoingState::AwaitingApproval => "awaiting_approval",
        OutgoingState::Held => "held",
        OutgoingState::Sending => "sending",
        OutgoingState::Sent => "sent",
        OutgoingState::Uncertain => "uncertain",
        OutgoingState::Failed => "failed",
        OutgoingState::Withdrawn => "withdrawn",
    }
}

/// One of them for scripts.
pub fn as_json(outgoing: &Outgoing) -> Value {
    let parts: Vec<Value> = outgoing
        .parts
        .iter()
        .map(|part| json!({ "text": part.text, "native_id": part.native_id, "url": part.url.as_ref().map(SafeText::as_str) }))
        .collect();
    json!({
        "id": outgoing.id,
        "state": state(outgoing.state),
        "network": outgoing.network,
        "mention": outgoing.mention,
        "to": outgoing.target.who.as_deref().map(|who| SafeText::line(who, 200).to_string()),
        "parts": parts,
        "voice": outgoing.voice.as_ref().map(SafeText::as_str),
        "approved": outgoing.approved.as_ref().map(SafeText::as_str),
        "created": outgoing.created,
        "changed": outgoing.changed,
        "next": outgoing.next,
        "attempts": outgoing.attempts,
        "trouble": outgoing.trouble.as_str(),
        "remarks": outgoing.remarks.iter().map(SafeText::as_str).collect::<Vec<_>>(),
        "dry": outgoing.dry,
    })
}

async fn change(store: &SqliteStore, command: &OutboxCommand) -> CliResult<u8> {
    let now = SystemClock.now();
    let (done, said) = match command {
        // It needs an engine.
        OutboxCommand::Approve { .. } => return Ok(0),
        OutboxCommand::Recall { id } => (store.recall(OutgoingId(*id), now).await?, "taken back: it is a draft again"),
        OutboxCommand::Withdraw { id } => {
            (store.withdraw(OutgoingId(*id), now).await?, "withdrawn; `goodword outbox redraft` brings it back")
        }
        OutboxCommand::Redraft { id } => (store.redraft(OutgoingId(*id), now).await?, "it is a draft again"),
        OutboxCommand::Settle { id, out, not_out: _ } => {
            let verdict = match out {
                Some(place) => Verdict::ItIsOut(Some(place.clone()).filter(|place| !place.is_empty())),
                None => Verdict::ItIsNotOut,
            };
            let said = if out.is_some() { "settled: it is out" } else { "settled: it is not out, and a draft again" };
            (store.settle(OutgoingId(*id), &verdict, now).await?, said)
        }
        OutboxCommand::Stop => {
            store.stop_sending(true, now).await?;
            (true, "all sending is stopped until it is lifted")
        }
        OutboxCommand::Resume => {
            store.stop_sending(false, now).await?;
            (true, "sending goes on; what was held can be taken back for ten seconds")
        }
    };
    if done {
        output::line(said)?;
        return Ok(0);
    }
    let (OutboxCommand::Recall { id }
    | OutboxCommand::Withdraw { id }
    | OutboxCommand::Redraft { id }
    | OutboxCommand::Settle { id, .. }) = command
    else {
        return Ok(0);
    };
    Err(CliError::message(match store.outgoing(OutgoingId(*id)).await? {
        Some(now) => format!("that cannot be done with it any more: {id} is {}", state(now.state)),
        None => format!("there is no {id} in the outbox"),
    }))
}
