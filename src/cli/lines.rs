//! Commands that read objects from standard input, one a line, and print one a line: memory does not grow with the
//! input, since one line is held at a time.

use std::io::{BufRead, Read, Write};

use super::error::{CliError, CliResult};
use super::output::{Progress, grouped};

/// Longest line, in bytes.
const LONGEST: usize = 4 << 20;

/// Hands every line that is not empty to `answer`, which writes what is printed of it, without the line break, or says
/// why the line cannot be used ("is no object of a post").
///
/// # Errors
/// When a line is too long or cannot be used, naming it; what came before it was printed.
pub fn each_line<I: BufRead, O: Write>(
    input: &mut I,
    output: &mut O,
    mut answer: impl FnMut(&[u8], &mut O) -> Result<std::io::Result<()>, String>,
) -> CliResult {
    let mut progress = Progress::new();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let limit = LONGEST as u64 + 1;
        let taken = Read::take(&mut *input, limit).read_until(b'\n', &mut line)?;
        if taken == 0 {
            break;
        }
        if taken > LONGEST {
            output.flush()?;
            return Err(CliError::message(format!("line {number} is longer than {} bytes", grouped(LONGEST as u64))));
        }
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            continue;
        }
        match answer(trimmed, output) {
            Ok(written) => written?,
            Err(why) => {
                output.flush()?;
                return Err(CliError::message(format!("line {number} {why}")));
            }
        }
        output.write_all(b"\n")?;
        progress.say(|| format!("{} posts", grouped(number)));
    }
    output.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echoed(input: &[u8]) -> (String, CliResult) {
        let mut output = Vec::new();
        let result = each_line(&mut &*input, &mut output, |line, output| {
            if line == b"bad" { Err("is bad".to_owned()) } else { Ok(output.write_all(line)) }
        });
        (String::from_utf8(output).unwrap(), result)
    }

    #[test]
    fn lines_are_answered_one_by_one_and_empty_ones_passed_over() {
        let (printed, result) = echoed(b"a\r\n\n  b\nc");
        assert!(result.is_ok());
        assert_eq!(printed, "a\nb\nc\n");
    }

    /// Gives so many lines, made when they are asked for, and counts the bytes that it gave.
    struct Source<'a> {
        left: u32,
        given: &'a std::cell::Cell<usize>,
    }

    impl Read for Source<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let line = b"a line of some twenty\n";
            if self.left == 0 || into.len() < line.len() {
                return Ok(0);
            }
            self.left -= 1;
            into[..line.len()].copy_from_slice(line);
            self.given.set(self.given.get() + line.len());
            Ok(line.len())
        }
    }

    #[test]
    fn each_line_is_answered_before_more_than_a_buffer_is_read() {
        let given = std::cell::Cell::new(0);
        let mut input = std::io::BufReader::with_capacity(256, Source { left: 50_000, given: &given });
        let (mut taken, mut lines) = (0, 0);
        let result = each_line(&mut input, &mut std::io::sink(), |line, output| {
            taken += line.len() + 1;
            lines += 1;
            assert!(given.get() - taken <= 256, "{} bytes are held", given.get() - taken);
            Ok(output.write_all(line))
        });
        assert!(result.is_ok());
        assert_eq!((lines, given.get()), (50_000, taken));
    }

    #[test]
    fn a_bad_or_endless_line_is_told_with_its_number() {
        let (printed, result) = echoed(b"a\n\nbad\nb\n");
        assert_eq!((printed.as_str(), result.unwrap_err().to_string().as_str()), ("a\n", "line 3 is bad"));
        let (_, result) = echoed(&vec![b'x'; LONGEST + 1]);
        assert!(result.unwrap_err().to_string().starts_with("line 1 is longer than"));
    }
}
