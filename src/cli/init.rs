//! `init`: writes a commented configuration after a few questions.

use std::io::{self, BufRead, Write};
use std::path::Path;

use url::Url;

use super::args::{InitArgs, Size};
use crate::config::edit::{self, EditError};
use crate::config::template::{Answers, commented};
use crate::config::{Config, ConfigErrors, Document, judge_address, query_for};
use crate::domain::{BrandSize, SafeText};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Nobody is there to answer.
    #[error("there is no terminal to ask on: give --brand NAME and --yes")]
    NobodyToAsk,
    /// The answers ended before the questions.
    #[error("the questions were not answered: nothing was written")]
    Stopped,
    /// The answers make no good configuration.
    #[error("{0}")]
    Wrong(ConfigErrors),
    /// The file cannot be written, or is there already.
    #[error(transparent)]
    File(#[from] EditError),
    /// The terminal cannot be read or written.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

/// Where to ask.
pub struct Dialogue<'a> {
    /// Answers, a line each.
    pub input: &'a mut dyn BufRead,
    /// Questions.
    pub output: &'a mut dyn Write,
    /// A person is there: both are a terminal.
    pub person: bool,
}

/// Where to write.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The file.
    pub path: &'a Path,
    /// It was named with `--config`, so that the next commands need that too.
    pub by_flag: bool,
}

/// Asks for what the arguments leave open, writes the file and says what to do next.
///
/// # Errors
/// [`InitError`]; nothing was written then.
pub fn run(arguments: &InitArgs, target: Target<'_>, dialogue: &mut Dialogue<'_>) -> Result<(), InitError> {
    let path = target.path;
    // Before the questions: nobody likes to answer in vain.
    if path.exists() && !arguments.force {
        return Err(EditError::Exists(path.to_owned()).into());
    }
    let answers = if arguments.yes {
        given(arguments, arguments.brand.clone().ok_or(InitError::NobodyToAsk)?)
    } else if dialogue.person {
        ask(arguments, dialogue)?
    } else {
        return Err(InitError::NobodyToAsk);
    };
    // The bare form finds what is wrong with the answers; the commented one is judged as it will be read.
    Config::of_answers(&answers).map_err(InitError::Wrong)?;
    let text = commented(&answers);
    Config::parse(Document::new(path, text.as_str())).map_err(InitError::Wrong)?;
    edit::create(path, &text, arguments.force)?;
    let shown = SafeText::line(&path.to_string_lossy(), 1_000);
    let goodword = if target.by_flag { format!("goodword --config {}", shell_word(&shown)) } else { "goodword".into() };
    writeln!(dialogue.output, "Wrote {shown}; every other setting is explained in it.\n")?;
    writeln!(dialogue.output, "Next:")?;
    writeln!(dialogue.output, "  {goodword} check   tries every source once")?;
    writeln!(dialogue.output, "  {goodword}         opens the dashboard")?;
    Ok(())
}

/// A path as a shell takes it.
fn shell_word(path: &SafeText) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ',');
    if path.as_str().chars().all(plain) {
        path.to_string()
    } else {
        format!("'{}'", path.as_str().replace('\'', "'\\''"))
    }
}

/// What the arguments say.
fn given(arguments: &InitArgs, brand: String) -> Answers {
    Answers {
        brand,
        size: arguments.size.map(BrandSize::from).unwrap_or_default(),
        rivals: arguments.rival.clone(),
        feeds: arguments.feed.clone(),
        public_networks: true,
        ..Answers::default()
    }
}

fn ask(arguments: &InitArgs, dialogue: &mut Dialogue<'_>) -> Result<Answers, InitError> {
    writeln!(dialogue.output, "A few questions; Enter takes what stands in brackets.\n")?;
    let brand = match &arguments.brand {
        Some(brand) => brand.clone(),
        None => question(dialogue, "Name of the brand", |answer| match query_for(answer, &[]) {
            Ok(_) if !answer.is_empty() => Ok(answer.to_owned()),
            _ => Err("Write the name as people write it.".to_owned()),
        })?,
    };
    let mut answers = given(arguments, brand);
    if arguments.size.is_none() {
        answers.size = question(dialogue, "How big is it: solo, small, medium, large, enterprise [small]", size)?;
    }
    if arguments.rival.is_empty() {
        let brand = answers.brand.clone();
        let read = |answer: &str| rivals(answer, &brand);
        answers.rivals = question(dialogue, "Rivals to compare with, with commas between [none]", read)?;
    }
    if arguments.feed.is_empty() {
        answers.feeds = question(dialogue, "Feeds or sites to listen to, with spaces between [public feeds]", feeds)?;
    }
    writeln!(dialogue.output)?;
    Ok(answers)
}

/// Asks until the answer is good.
fn question<T>(
    dialogue: &mut Dialogue<'_>,
    text: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, InitError> {
    loop {
        write!(dialogue.output, "{text}: ")?;
        dialogue.output.flush()?;
        let mut line = String::new();
        if dialogue.input.read_line(&mut line)? == 0 {
            writeln!(dialogue.output)?;
            return Err(InitError::Stopped);
        }
        match read(line.trim()) {
            Ok(answer) => return Ok(answer),
            Err(trouble) => writeln!(dialogue.output, "  {}", SafeText::line(&trouble, 300))?,
        }
    }
}

fn size(answer: &str) -> Result<BrandSize, String> {
    if answer.is_empty() {
        return Ok(BrandSize::default());
    }
    let size = <Size as clap::ValueEnum>::from_str(answer, true);
    size.map(BrandSize::from).map_err(|_| "Write solo, small, medium, large or enterprise.".to_owned())
}

fn rivals(answer: &str, brand: &str) -> Result<Vec<String>, String> {
    let mut rivals: Vec<String> = Vec::new();
    for name in answer.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        if same(brand) {
            return Err(format!("{name} is the brand itself."));
        }
        if query_for(name, &[]).is_err() {
            return Err(format!("{name} cannot be searched for."));
        }
        if !rivals.iter().any(|other| same(other)) {
            rivals.push(name.to_owned());
        }
    }
    Ok(rivals)
}

fn feeds(answer: &str) -> Result<Vec<Url>, String> {
    let mut feeds = Vec::new();
    for address in answer.split_whitespace() {
        // People type addresses as they say them.
        let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
        let url = judge_address(&whole).map_err(|(message, help)| format!("{address}: {message}; {help}."))?;
        if !feeds.contains(&url) {
            feeds.push(url);
        }
    }
    Ok(feeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `init` with some answers; what it said, and the file that it wrote.
    fn init(arguments: &InitArgs, typed: &str, person: bool, path: &Path) -> (Result<(), InitError>, String) {
        let mut output = Vec::new();
        let mut dialogue = Dialogue { input: &mut typed.as_bytes(), output: &mut output, person };
        let result = run(arguments, Target { path, by_flag: true }, &mut dialogue);
        (result, String::from_utf8(output).unwrap())
    }

    #[test]
    fn asks_and_writes_what_was_answered() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("goodword/config.toml");
        let typed = "\nFerris \"Bikes\"\nhuge\nLarge\nferris \"bikes\"\nRival Wheels, , Other, rival wheels\n\
                     ftp://x.example\nferris.example https://news.example/feed ferris.example\n";
        let (result, said) = init(&InitArgs::default(), typed, true, &path);
        result.unwrap();
        let next = format!("goodword --config {} check", path.display());
        assert!(said.contains(&next), "{said}");
        for trouble in ["Write the name", "Write solo", "the brand itself", "cannot be read"] {
            assert!(said.contains(trouble), "{trouble}: {said}");
        }
        let config = Config::load(&path).unwrap();
        assert_eq!((config.brand.name.as_str(), config.brand.size), ("Ferris \"Bikes\"", BrandSize::Large));
        assert_eq!(
            config.rivals.iter().map(|rival| rival.name.as_str()).collect::<Vec<_>>(),
            ["Rival Wheels", "Other"]
        );
        let urls: Vec<_> =
            config.sources.iter().filter_map(|source| source.settings.url.as_ref()).map(Url::as_str).collect();
        assert_eq!(urls, ["https://ferris.example/", "https://news.example/feed"]);
        let names: Vec<_> = config.sources.iter().map(|source| source.settings.name.as_str()).skip(2).collect();
        assert_eq!(names, ["bluesky", "hacker news"]);
    }

    #[test]
    fn paths_are_quoted_for_the_shell_where_needed() {
        let word = |path| shell_word(&SafeText::line(path, 100));
        assert_eq!(word("/home/a/c.toml"), "/home/a/c.toml");
        assert_eq!(word("/home/a b/it's.toml"), "'/home/a b/it'\\''s.toml'");
    }

    #[test]
    fn arguments_spare_the_questions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        let arguments = InitArgs {
            brand: Some("Ferris".into()),
            size: Some(Size::Solo),
            rival: vec!["Rival".into()],
            feed: vec!["https://a.example/".parse().unwrap()],
            yes: true,
            force: false,
        };
        init(&arguments, "", false, &path).0.unwrap();
        let config = Config::load(&path).unwrap();
        assert_eq!(
            (config.brand.name.as_str(), config.brand.size, config.sources.len()),
            ("Ferris", BrandSize::Solo, 3)
        );
        let before = std::fs::read_to_string(&path).unwrap();
        let again = InitArgs { brand: Some("Other".into()), yes: true, ..InitArgs::default() };
        let (result, _) = init(&again, "", false, &path);
        assert!(result.unwrap_err().to_string().contains("--force"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
        init(&InitArgs { force: true, ..again }, "", false, &path).0.unwrap();
        assert_eq!(Config::load(&path).unwrap().brand.name, "Other");
    }

    #[test]
    fn nothing_is_written_without_answers() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        let (result, _) = init(&InitArgs::default(), "", false, &path);
        assert!(matches!(result, Err(InitError::NobodyToAsk)));
        let (result, _) = init(&InitArgs::default(), "Ferris\n", true, &path);
        assert!(matches!(result, Err(InitError::Stopped)));
        let same =
            InitArgs { brand: Some("Ferris".into()), rival: vec!["ferris".into()], yes: true, ..InitArgs::default() };
        let (result, _) = init(&same, "", false, &path);
        assert!(matches!(result, Err(InitError::Wrong(_))));
        assert!(!path.exists());
    }
}
