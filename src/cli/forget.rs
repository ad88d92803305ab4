//! `forget`: erases a person everywhere, and proves it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::args::{Everywhere, ForgetArgs};
use super::error::{CliError, CliResult};
use super::prompt::Terminal;
use super::{house, output};
use crate::domain::person::{Handle, Traces};
use crate::domain::{Clock, Network, SafeText};
use crate::engine::{EngineHandle, SystemClock};
use crate::sources::Person as _;
use crate::store::people::{Erased, People, Whom};
use crate::store::sqlite::{Left, Proof, SqliteStore, copies};
use crate::store::{Store, StoreResult};
use crate::tui::app::cmd::Forgetting;
use crate::tui::app::people::Forgotten;
use crate::tui::runtime::Eraser;

/// Erases a person. The exit code is 0 when nothing is left, else 1.
///
/// # Errors
/// When nobody is called so, several may be meant, the person at the terminal does not say yes, or the store refuses.
pub async fn run(arguments: &ForgetArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let directory = house::data_directory(everywhere)?;
    let logs = house::log_directory(everywhere)?;
    let store = house::existing_store(&directory).await?;
    let result = forget(arguments, &store, &directory, &logs).await;
    store.close().await;
    let Some((erased, proof)) = result? else { return Ok(1) };
    tell(arguments, &erased, &proof)?;
    Ok(u8::from(!proof.left.is_empty()))
}

async fn forget(
    arguments: &ForgetArgs,
    store: &SqliteStore,
    directory: &Path,
    logs: &Path,
) -> CliResult<Option<(Erased, Proof)>> {
    let whom = whom(arguments, store).await?;
    let traces = store.traces(&whom).await?;
    let others = open_copies(directory).await?;
    if !arguments.yes {
        announce(&traces, &whom, &others)?;
        let question = "Type yes to erase all of this for good";
        if Terminal::new().ask(question).await.is_none_or(|answer| answer.trim() != "yes") {
            output::remark("nothing was erased");
            close(others).await;
            return Ok(None);
        }
    }
    Ok(Some(erase(&whom, store, others, logs).await?))
}

async fn open_copies(directory: &Path) -> StoreResult<Vec<SqliteStore>> {
    let mut others = Vec::new();
    for path in copies(directory) {
        others.push(SqliteStore::open_copy(&path).await?);
    }
    Ok(others)
}

/// Erases somebody in the store and in copies of it, and searches for what is left.
async fn erase(
    whom: &Whom,
    store: &SqliteStore,
    copies: Vec<SqliteStore>,
    logs: &Path,
) -> StoreResult<(Erased, Proof)> {
    let erased = async {
        let mut erased = store.forget(whom, SystemClock.now()).await?;
        in_copies(&copies, whom, &mut erased).await?;
        Ok(erased)
    };
    let erased = erased.await;
    close(copies).await;
    let erased = erased?;
    let proof = store.prove(&erased, Some(logs)).await?;
    Ok((erased, proof))
}

/// Erases people for the screen, the same way.
pub struct ForScreen {
    /// Where they are erased.
    pub store: Arc<SqliteStore>,
    /// What is told that the store has changed.
    pub engine: Arc<EngineHandle>,
    /// The data directory.
    pub data: PathBuf,
    /// The directory of the logs.
    pub logs: PathBuf,
}

impl ForScreen {
    async fn forget(&self, whom: &Whom) -> StoreResult<(Erased, Proof)> {
        erase(whom, &self.store, open_copies(&self.data).await?, &self.logs).await
    }
}

#[async_trait::async_trait]
impl Eraser for ForScreen {
    async fn remains(&self, whom: &Forgetting) -> Result<Vec<String>, String> {
        let traces = self.store.traces(&of_screen(whom)).await.map_err(|error| error.to_string())?;
        let mut lines = counts(&traces);
        lines.extend(copies(&self.data).iter().map(|copy| format!("the same in {}", copy.display())));
        Ok(lines.iter().map(|line| SafeText::line(line, 400).to_string()).collect())
    }

    async fn erase(&self, whom: &Forgetting) -> Result<Forgotten, String> {
        let done = self.forget(&of_screen(whom)).await;
        self.engine.changed_here();
        let (erased, proof) = done.map_err(|error| error.to_string())?;
        let lines = told(&erased, &proof).iter().map(|line| SafeText::line(line, 600).to_string()).collect();
        Ok(Forgotten { clean: proof.left.is_empty(), lines })
    }
}

fn of_screen(whom: &Forgetting) -> Whom {
    Whom { handle: whom.handle.clone(), accounts: whom.accounts.clone(), networks: Vec::new() }
}

async fn close(stores: Vec<SqliteStore>) {
    for store in stores {
        store.close().await;
    }
}

/// Erases them in the copies that lie in the data directory, too.
async fn in_copies(copies: &[SqliteStore], whom: &Whom, erased: &mut Erased) -> StoreResult<()> {
    let networks: BTreeSet<String> =
        erased.traces.accounts.iter().map(|account| account.network.name().to_owned()).collect();
    let handles: Vec<String> = erased.names.clone();
    for copy in copies {
        let mut accounts = Vec::new();
        for handle in &handles {
            let found = copy.accounts(handle, None).await?;
            let meant = |account: &&Handle| {
                networks.contains(account.network.name()) || whom.networks.contains(&account.network)
            };
            accounts.extend(found.iter().filter(meant).map(|account| account.person));
        }
        let more = copy.forget(&Whom { accounts, ..whom.clone() }, SystemClock.now()).await?;
        erased.names.extend(more.names.into_iter().filter(|name| !handles.contains(name)));
        erased.pieces.extend(more.pieces);
        copy.rewrite().await?;
    }
    erased.names.sort_unstable();
    erased.names.dedup();
    erased.pieces.sort_unstable();
    erased.pieces.dedup();
    Ok(())
}

/// Who is meant.
async fn whom(arguments: &ForgetArgs, store: &SqliteStore) -> CliResult<Whom> {
    let shown = SafeText::line(&arguments.handle, 80);
    if arguments.handle.trim().trim_start_matches('@').is_empty() {
        return Err(CliError::message("an empty handle is nobody's").refused());
    }
    let found = store.accounts(&arguments.handle, None).await?;
    let wanted = |account: &&Handle| {
        arguments.network.is_empty() || arguments.network.iter().any(|name| name == account.network.name())
    };
    let accounts: Vec<&Handle> = found.iter().filter(wanted).collect();
    let networks: BTreeSet<&str> = accounts.iter().map(|account| account.network.name()).collect();
    if arguments.network.is_empty() && networks.len() > 1 && !are_one(store, &accounts).await? {
        let networks: Vec<&str> = networks.into_iter().collect();
        let message = format!(
            "{shown} is known on {}: these may be different people. Name one with --network, or each with a --network of \
             its own",
            networks.join(", ")
        );
        return Err(CliError::message(message).refused());
    }
    if accounts.is_empty() && arguments.network.is_empty() {
        return Err(CliError::message(format!(
            "nobody who is stored is called {shown}. Write the handle as the mentions show it (`goodword people --words …` \
             finds people), or add --network NAME to take the name out of texts and to keep it from being collected"
        )));
    }
    Ok(Whom {
        handle: arguments.handle.clone(),
        accounts: accounts.iter().map(|account| account.person).collect(),
        networks: arguments.network.iter().map(|network| Network::named(network)).collect(),
    })
}

/// Whether a person has said that these accounts are one person.
async fn are_one(store: &SqliteStore, accounts: &[&Handle]) -> CliResult<bool> {
    let Some(first) = accounts.first() else { return Ok(true) };
    let whom = Whom { accounts: vec![first.person], ..Whom::default() };
    let one = store.traces(&whom).await?.accounts;
    Ok(accounts.iter().all(|account| one.iter().any(|other| other.person == account.person)))
}

/// Says what will be erased.
fn announce(traces: &Traces, whom: &Whom, copies: &[SqliteStore]) -> CliResult {
    for account in &traces.accounts {
        let name = if account.name.is_empty() { String::new() } else { format!(" ({})", account.name) };
        output::line(format!("{} on {}{name}", account.who, account.network))?;
    }
    if traces.accounts.is_empty() {
        let networks: Vec<&str> = whom.networks.iter().map(Network::name).collect();
        output::line(format!(
            "{} on {}: no account of that name is stored",
            SafeText::line(&whom.handle, 80),
            networks.join(", ")
        ))?;
    }
    output::line("\nThis will be erased:")?;
    for line in counts(traces) {
        output::line(format!("  {line}"))?;
    }
    for copy in copies {
        output::line(format!("  the same in {}", copy.path().display()))?;
    }
    output::line("The logs will be emptied. They will not be collected again.\n")
}

/// What there is, a line each.
fn counts(traces: &Traces) -> Vec<String> {
    let lines = [
        (traces.mentions, "mention of theirs", "mentions of theirs"),
        (traces.reposts, "repost of theirs by others", "reposts of theirs by others"),
        (traces.cases, "case, with its notes, promises and history", "cases, with their notes, promises and history"),
        (traces.outgoing, "draft or message to them", "drafts and messages to them"),
        (
            traces.acts,
            "post of ours to them: their name and words in it",
            "posts of ours to them: their name and words in them",
        ),
        (traces.named, "other text that names them: the name in it", "other texts that name them: the name in them"),
        (traces.corrections, "correction of how they were read", "corrections of how they were read"),
    ];
    let lines = lines.into_iter().filter(|(count, ..)| *count > 0);
    let mut lines: Vec<String> = lines
        .map(|(count, one, many)| format!("{} {}", output::grouped(count), if count == 1 { one } else { many }))
        .collect();
    if lines.is_empty() {
        lines.push("nothing is stored".to_owned());
    }
    lines
}

/// Says what was erased and what was found.
fn tell(arguments: &ForgetArgs, erased: &Erased, proof: &Proof) -> CliResult {
    if arguments.printing.json {
        let left =
            |left: &Left| json!({ "place": left.place, "what": left.what, "times": left.times, "why": left.why });
        let traces = &erased.traces;
        return output::json(&json!({
            "accounts": traces.accounts.len(),
            "mentions": traces.mentions,
            "reposts": traces.reposts,
            "cases": traces.cases,
            "outgoing": traces.outgoing,
            "acts": traces.acts,
            "named": traces.named,
            "corrections": traces.corrections,
            "searched_files": proof.files,
            "searched_bytes": proof.bytes,
            "left": proof.left.iter().map(left).collect::<Vec<_>>(),
            "explained": proof.explained.iter().map(left).collect::<Vec<_>>(),
        }));
    }
    told(erased, proof).iter().try_for_each(output::line)
}

/// The same in lines.
fn told(erased: &Erased, proof: &Proof) -> Vec<String> {
    let mut lines = vec!["Erased:".to_owned()];
    lines.extend(counts(&erased.traces).iter().map(|line| format!("  {line}")));
    let searched = format!("searched {} files, {} bytes", output::grouped(proof.files), output::grouped(proof.bytes));
    match proof.left.is_empty() {
        true => lines.push(format!("{searched}: nothing left")),
        false => {
            lines.push(format!("{searched}: something is left"));
            lines.extend(proof.left.iter().map(|left| {
                let place = SafeText::line(&left.place, 400);
                format!("  {place}: {}, {}", left.what, times(left.times))
            }));
        }
    }
    if !proof.explained.is_empty() {
        lines.push("Found and not theirs:".to_owned());
        lines.extend(proof.explained.iter().map(|left| {
            let (place, why) = (SafeText::line(&left.place, 400), left.why.as_deref().unwrap_or_default());
            format!("  {place}: {}: {why}", times(left.times))
        }));
    }
    lines.push(
        "Copies that lie elsewhere still hold them: `goodword restore` forgets them again when it brings one back here."
            .to_owned(),
    );
    lines
}

fn times(times: u64) -> String {
    if times == 1 { "once".to_owned() } else { format!("{} times", output::grouped(times)) }
}
