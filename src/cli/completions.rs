//! `completions` and `man`: what shells and manual readers want to know, made from the argument definitions.

use std::io::{self, Write};
use std::path::Path;

use clap_complete::Shell;

use super::args::command;

/// Writes the completions for a shell.
///
/// # Errors
/// When `output` cannot be written.
pub fn completions(shell: Shell, output: &mut dyn Write) -> io::Result<()> {
    // The generator panics when its output fails (a closed pipe), so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "goodword", &mut script);
    output.write_all(&script)
}

/// Writes the manual page of the whole command.
///
/// # Errors
/// When `output` cannot be written.
pub fn manual(output: &mut dyn Write) -> io::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    output.write_all(&page)
}

/// Writes the manual pages of the command and of all its subcommands into a directory, which is made if needed.
///
/// # Errors
/// When a page cannot be written.
pub fn manuals(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    clap_mangen::generate_to(command(), directory)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_completes_every_command() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            completions(*shell, &mut script).unwrap();
            let script = String::from_utf8(script).unwrap();
            for sub in command().get_subcommands() {
                assert!(script.contains(sub.get_name()), "{shell}: {}", sub.get_name());
            }
        }
    }

    #[test]
    fn a_closed_pipe_is_an_error_and_no_panic() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(completions(Shell::Bash, &mut Closed).is_err());
        assert!(manual(&mut Closed).is_err());
    }

    #[test]
    fn there_is_a_page_for_every_command() {
        let directory = tempfile::tempdir().unwrap();
        let deep = directory.path().join("man1");
        manuals(&deep).unwrap();
        for name in ["goodword", "goodword-watch", "goodword-init", "goodword-query-match", "goodword-man"] {
            let page = std::fs::read_to_string(deep.join(format!("{name}.1"))).unwrap();
            assert!(page.contains(".SH SYNOPSIS"), "{name}");
        }
        let mut page = Vec::new();
        manual(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("goodword demo") && page.contains(".SH SUBCOMMANDS"), "{page}");
    }
}
