//! Opens a link in a browser where there is one on this machine, and says where there is none.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// What the environment tells of where the person sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// The person sits at another machine.
    pub ssh: bool,
    /// There is a graphical session here.
    pub graphical: bool,
    /// tmux lies between.
    pub tmux: bool,
}

impl Surroundings {
    /// Reads them from the environment, through the function given.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        Self {
            ssh: set("SSH_CONNECTION") || set("SSH_TTY"),
            graphical: cfg!(target_os = "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY"),
            tmux: set("TMUX"),
        }
    }

    /// Those of this process.
    pub fn here() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }
}

/// The command that opens links, and the children that it left.
#[derive(Debug, Default)]
pub struct Browser {
    command: Vec<String>,
    children: Vec<Child>,
}

/// Most openers that may run at once.
const MOST: usize = 16;

impl Browser {
    /// The configured command decides (words, the first being the program; `{}` stands for the link, which else
    /// comes last). Without one: the system's opener where the person sits at this machine, and nothing elsewhere.
    pub fn new(configured: Option<&str>, around: Surroundings) -> Self {
        let system = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let command = match configured.map(str::trim) {
            Some(words) if !words.is_empty() => words.split_whitespace().map(str::to_owned).collect(),
            _ if around.graphical && !around.ssh => vec![system.to_owned()],
            _ => Vec::new(),
        };
        Self { command, children: Vec::new() }
    }

    /// Whether there is a browser here.
    pub fn is_there(&self) -> bool {
        !self.command.is_empty()
    }

    /// The program and its arguments for a link; `None` when there is no browser, or when the address is no link
    /// of the web (it comes from strangers).
    fn words(&self, link: &str) -> Option<Vec<String>> {
        let is_web = link.starts_with("https://") || link.starts_with("http://");
        if self.command.is_empty() || !is_web || link.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
            return None;
        }
        let mut words: Vec<String> = self.command.iter().map(|word| word.replace("{}", link)).collect();
        if !self.command.iter().any(|word| word.contains("{}")) {
            words.push(link.to_owned());
        }
        Some(words)
    }

    /// Opens a link, without a shell, in a process group of its own and far from our screen. `Ok(false)` when it
    /// cannot be opened here.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn open(&mut self, link: &str) -> io::Result<bool> {
        self.reap();
        let Some(words) = self.words(link).filter(|_| self.children.len() < MOST) else { return Ok(false) };
        let Some((program, arguments)) = words.split_first() else { return Ok(false) };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        self.children.push(child);
        Ok(true)
    }

    /// Lets go of openers that ended.
    pub fn reap(&mut self) {
        self.children.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Surroundings = Surroundings { ssh: false, graphical: true, tmux: false };

    #[test]
    fn the_environment_tells_where_the_person_sits() {
        let over_ssh = Surroundings::read(|name| (name == "SSH_CONNECTION").then(|| "1.2.3.4 5 6 7".to_owned()));
        assert!(over_ssh.ssh);
        let desk = Surroundings::read(|name| (name == "WAYLAND_DISPLAY").then(|| "wayland-0".to_owned()));
        assert!(desk.graphical && !desk.ssh && !desk.tmux);
    }

    #[test]
    fn there_is_a_browser_only_where_the_person_sits() {
        assert!(Browser::new(None, DESK).is_there());
        assert!(!Browser::new(None, Surroundings { ssh: true, ..DESK }).is_there());
        assert!(
            !Browser::new(None, Surroundings { graphical: cfg!(target_os = "macos"), ssh: true, tmux: true })
                .is_there()
        );
        assert!(Browser::new(Some("lynx"), Surroundings { ssh: true, ..DESK }).is_there(), "chosen on purpose");
        assert!(Browser::new(Some("  "), DESK).is_there(), "an empty setting is none");
    }

    #[test]
    fn the_link_is_one_argument_wherever_it_stands() {
        let link = "https://example.com/?a=b;c&d='e'";
        assert_eq!(Browser::new(Some("firefox --new-tab"), DESK).words(link).unwrap(), ["firefox", "--new-tab", link]);
        assert_eq!(Browser::new(Some("ssh desk open {}"), DESK).words(link).unwrap(), ["ssh", "desk", "open", link]);
    }

    #[test]
    fn only_links_of_the_web_are_opened() {
        let browser = Browser::new(None, DESK);
        for link in ["file:///etc/passwd", "javascript:alert(1)", "-x", "https://a b", "https://a\n", "mailto:x@y.z"] {
            assert_eq!(browser.words(link), None, "{link:?}");
        }
    }

    #[test]
    fn openers_are_started_and_let_go() {
        let mut browser = Browser::new(Some("true"), DESK);
        assert!(browser.open("https://example.com").unwrap());
        assert!(!browser.open("file:///x").unwrap());
        assert!(Browser::new(Some("/no/such/program"), DESK).open("https://example.com").is_err());
    }
}
