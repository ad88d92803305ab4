//! The commands, one file each. Knows every room below; holds no logic of its own beyond putting them together,
//! printing, and the exit code.

mod analyze;
pub mod args;
mod backup;
mod campaigns;
mod check;
mod clocks;
mod coach;
mod collect;
pub mod completions;
mod dashboard;
mod demo;
mod desk;
mod error;
mod export;
mod feed;
mod forget;
mod gesture;
mod house;
mod import;
mod inbox;
pub mod init;
mod ledger;
mod lines;
mod login;
mod lookup;
mod outbox;
mod output;
mod people;
mod post;
mod prompt;
mod query;
mod record;
mod rehearse;
mod reply;
mod search;
mod sending;
mod train;
mod voice;
mod watch;
pub mod when;

use std::io::IsTerminal;

pub use error::{CliError, CliResult};

use args::{Args, Command, InitArgs, ManArgs};
use house::House;

/// Carries out what the arguments ask for. Gives the exit code.
///
/// # Errors
/// What went wrong, for a person; nothing of it was printed yet.
pub fn run(args: Args) -> CliResult<u8> {
    let everywhere = args.everywhere;
    match args.command {
        Some(Command::Init(init)) => write_config(&init, &everywhere),
        Some(Command::Completions(arguments)) => {
            completions::completions(arguments.shell, &mut std::io::stdout().lock())?;
            Ok(0)
        }
        Some(Command::Man(ManArgs { dir })) => {
            match dir {
                Some(dir) => completions::manuals(&dir).map_err(|error| CliError::file(dir, error))?,
                None => completions::manual(&mut std::io::stdout().lock())?,
            }
            Ok(0)
        }
        Some(Command::Query(query)) => match query.command {
            args::QueryCommand::Explain(explain) => query::explain(&explain),
            args::QueryCommand::Match(matching) => query::matching(&matching),
            args::QueryCommand::Try(attempt) => wait(query::attempt(&attempt, &everywhere)),
        },
        Some(Command::Analyze(arguments)) => analyze::run(&arguments),
        Some(Command::Gesture(arguments)) => gesture::run(arguments),
        Some(Command::Coach(arguments)) => coach::run(&arguments),
        Some(Command::Train(arguments)) => train::run(&arguments),
        Some(Command::Watch(watch)) => wait(watch::run(&watch, &everywhere)),
        Some(Command::Demo(demo)) => wait(demo::run(&demo, &everywhere)),
        Some(Command::Check(printing)) => wait(check::run(printing, &everywhere)),
        Some(Command::Login(arguments)) => wait(login::login(&arguments, &everywhere)),
        Some(Command::Logout(arguments)) => login::logout(&arguments, &everywhere),
        Some(Command::Lookup(arguments)) => wait(lookup::run(&arguments, &everywhere)),
        Some(Command::Collect(collect)) => wait(collect::run(&collect, &everywhere)),
        Some(Command::Post(post)) => wait(post::run(&post, &everywhere)),
        Some(Command::Reply(reply)) => wait(reply::run(&reply, &everywhere)),
        Some(Command::Outbox(outbox)) => wait(outbox::run(&outbox, &everywhere)),
        Some(Command::Import(import)) => wait(import::run(&import, &everywhere)),
        Some(Command::Inbox(arguments)) => wait(inbox::run(&arguments, &everywhere)),
        Some(Command::Search(search)) => wait(search::run(&search, &everywhere)),
        Some(Command::Clocks(clocks)) => wait(clocks::run(&clocks, &everywhere)),
        Some(Command::Ledger(ledger)) => wait(ledger::run(&ledger, &everywhere)),
        Some(Command::Campaigns(campaigns)) => wait(campaigns::run(&campaigns, &everywhere)),
        Some(Command::Rehearse(rehearse)) => wait(rehearse::run(&rehearse, &everywhere)),
        Some(Command::Export(export)) => wait(export::run(&export, &everywhere)),
        Some(Command::Feed(feed)) => wait(feed::run(&feed, &everywhere)),
        Some(Command::People(people)) => wait(people::run(&people, &everywhere)),
        Some(Command::Forget(forget)) => wait(forget::run(&forget, &everywhere)),
        Some(Command::Backup(backup)) => wait(backup::backup(&backup, &everywhere)),
        Some(Command::Restore(restore)) => wait(backup::restore(&restore, &everywhere)),
        None => wait(dashboard::ordinary(&everywhere, args.voice)),
    }
}

/// Runs a command that waits for networks or the store.
fn wait(command: impl Future<Output = CliResult<u8>>) -> CliResult<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // Each thread keeps memory of its own; more would not be faster.
        .max_blocking_threads(6)
        .thread_name("goodword")
        .enable_all()
        .build()
        .map_err(|error| CliError::message(format!("the system does not let goodword start its threads: {error}")))?;
    let result = runtime.block_on(command);
    // A parse or a look-up that still runs must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    result
}

fn write_config(arguments: &InitArgs, everywhere: &args::Everywhere) -> CliResult<u8> {
    let paths = House::paths(everywhere);
    let path = paths.config_file().map_err(|error| CliError::message(error.to_string()))?;
    let person = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let mut dialogue =
        init::Dialogue { input: &mut std::io::stdin().lock(), output: &mut std::io::stdout().lock(), person };
    let target = init::Target { path: &path, by_flag: everywhere.config.is_some() };
    init::run(arguments, target, &mut dialogue).map_err(|error| CliError::message(error.to_string()))?;
    Ok(0)
}
