//! `backup` and `restore`.

use super::args::{BackupArgs, Everywhere, RestoreArgs};
use super::error::{CliError, CliResult};
use super::house;
use super::output;
use crate::domain::Clock;
use crate::engine::SystemClock;
use crate::store::Store;
use crate::store::sqlite::{self, SqliteStore};

/// Copies everything into a new file, also while goodword runs.
///
/// # Errors
/// When nothing is stored, or the file is there already or cannot be written.
pub async fn backup(arguments: &BackupArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let store = house::existing_store(&house::data_directory(everywhere)?).await?;
    output::remark(format!("copying to {} …", arguments.file.display()));
    let copied = store.backup(&arguments.file).await;
    store.close().await;
    copied?;
    let size = std::fs::metadata(&arguments.file).map_or(0, |file| file.len());
    output::line(format!("wrote {} ({} kB)", arguments.file.display(), output::grouped(size.div_ceil(1024))))?;
    Ok(0)
}

/// Puts a copy in the place of what is stored; what was there before is kept beside it.
///
/// # Errors
/// When the file is no backup, something is stored already and `--force` is missing, or goodword runs.
pub async fn restore(arguments: &RestoreArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let directory = house::data_directory(everywhere)?;
    if SqliteStore::is_at(&directory) && !arguments.force {
        return Err(CliError::message(format!(
            "{} holds mentions already: give --force to put the copy in their place (they are kept beside it)",
            directory.display()
        )));
    }
    output::remark(format!("looking at {} …", arguments.file.display()));
    let sqlite::Restored { kept, forgotten } = sqlite::restore(&arguments.file, &directory, SystemClock.now()).await?;
    output::line(format!("restored {} to {}", arguments.file.display(), directory.display()))?;
    if forgotten > 0 {
        let people = if forgotten == 1 { "person" } else { "people" };
        output::line(format!("{forgotten} {people} on the list of the forgotten: taken out of it"))?;
    }
    if let Some(kept) = kept {
        output::line(format!("what was there before is kept as {}", kept.display()))?;
    }
    Ok(0)
}
