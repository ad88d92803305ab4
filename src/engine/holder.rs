//! The name of a process that holds the lease, and whether that process is still there.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// A name that no other process has: host, process id, and a part that tells the process-id namespace and is
/// otherwise random.
pub fn holder_name() -> String {
    format!("{}:{}:{}-{:08x}", host(), std::process::id(), namespace(), fastrand::u32(..))
}

/// Whether the process of this name was on this machine, where process ids mean the same as here, and is gone.
/// False where that cannot be told.
pub(super) fn is_gone(name: &str) -> bool {
    seen_from_here(name).is_some_and(has_ended)
}

/// Whether the process of this name is on this machine and runs. False where that cannot be told.
pub(super) fn is_alive(name: &str) -> bool {
    seen_from_here(name).is_some_and(|id| !has_ended(id))
}

/// The process of this name, if its process id means the same as here.
fn seen_from_here(name: &str) -> Option<Pid> {
    let mut parts = name.split(':');
    let (at, id, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let same = at == host() && rest.split('-').next() == Some(namespace().as_str());
    id.parse().ok().filter(|_| same).and_then(Pid::from_raw)
}

fn has_ended(id: Pid) -> bool {
    test_kill_process(id) == Err(Errno::SRCH) || is_zombie(id)
}

/// Ended, but its parent has not asked how.
fn is_zombie(id: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.chars().filter(|sign| sign.is_ascii_alphanumeric() || ".-_".contains(*sign)).collect())
        .filter(|name: &String| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// Digits of the process-id namespace, where there is such a thing: containers may share a host's name.
fn namespace() -> String {
    let link = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn name_of(id: u32) -> String {
        format!("{}:{id}:{}-00000000", host(), namespace())
    }

    #[test]
    fn no_two_names_are_the_same_and_they_tell_where_to_look() {
        let (one, two) = (holder_name(), holder_name());
        assert_ne!(one, two);
        assert_eq!(one.split(':').nth(1), Some(std::process::id().to_string().as_str()));
        assert_eq!(one.split(':').count(), 3);
    }

    #[test]
    fn a_process_is_gone_when_it_has_ended_and_was_here() {
        assert!(!is_gone(&holder_name()), "this one lives");
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
        let name = name_of(child.id());
        assert!(!is_gone(&name) && is_alive(&name));
        child.kill().unwrap();
        let gone = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            is_gone(&name)
        });
        assert!(gone, "ended, though nobody has asked how");
        child.wait().unwrap();
        assert!(is_gone(&name) && !is_alive(&name));
        assert!(!is_gone(&name.replacen(&host(), "elsewhere", 1)), "another machine cannot be looked into");
        assert!(!is_gone(&format!("{}:{}:1-0", host(), child.id())), "nor another namespace");
        assert!(!is_alive("one") && !is_gone("one") && !is_gone("a:b:c") && !is_gone(""));
    }
}
