//! Parses the arguments, runs, prints the error once.

use std::io::Write;
use std::process::ExitCode;

use goodword::cli;

fn main() -> ExitCode {
    let arguments = match cli::args::parse_from(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match cli::run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let text = error.to_string();
            if !text.is_empty() && error.exit_code() != 0 {
                // Nobody is left to tell when standard error is gone too.
                let _ = writeln!(std::io::stderr(), "goodword: {text}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}
