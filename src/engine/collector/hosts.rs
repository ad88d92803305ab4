//! One poll at a time for each host, and hosts that asked to be left alone.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::Timestamp;

#[derive(Debug, Default)]
struct Host {
    busy: bool,
    held: Option<Timestamp>,
}

/// What is known of the hosts behind the sources. A source without a host is a host of its own.
#[derive(Debug, Default)]
pub(super) struct Hosts(HashMap<Arc<str>, Host>);

impl Hosts {
    /// When the host may be asked for a source that is due at `due`; `None` while it is being asked.
    pub(super) fn free_at(&self, host: &str, due: Timestamp) -> Option<Timestamp> {
        match self.0.get(host) {
            Some(host) if host.busy => None,
            Some(host) => Some(host.held.map_or(due, |held| held.max(due))),
            None => Some(due),
        }
    }

    /// The same for a stream, which does not wait until others were answered.
    pub(super) fn not_before(&self, host: &str, due: Timestamp) -> Timestamp {
        let held = self.0.get(host).and_then(|host| host.held);
        held.map_or(due, |held| held.max(due))
    }

    /// Whether the host asked to be left alone beyond this moment.
    pub(super) fn is_held(&self, host: &str, now: Timestamp) -> bool {
        self.0.get(host).and_then(|host| host.held).is_some_and(|held| held > now)
    }

    pub(super) fn begin(&mut self, host: &Arc<str>) {
        if !host.is_empty() {
            self.0.entry(Arc::clone(host)).or_default().busy = true;
        }
    }

    pub(super) fn end(&mut self, host: &str) {
        if let Some(host) = self.0.get_mut(host) {
            host.busy = false;
        }
    }

    /// Nothing is asked of this host before that moment.
    pub(super) fn hold(&mut self, host: &Arc<str>, until: Timestamp) {
        let entry = self.0.entry(Arc::clone(host)).or_default();
        entry.held = Some(entry.held.map_or(until, |held| held.max(until)));
    }

    /// It answered well: nothing holds it back any more.
    pub(super) fn release(&mut self, host: &str) {
        if let Some(host) = self.0.get_mut(host) {
            host.held = None;
        }
    }

    /// Nobody is being asked.
    pub(super) fn all_idle(&mut self) {
        for host in self.0.values_mut() {
            host.busy = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_once_at_a_time_and_not_before_it_wants_to_be() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut hosts = Hosts::default();
        let name: Arc<str> = "example.org".into();
        assert_eq!(hosts.free_at(&name, at(10)), Some(at(10)));
        hosts.begin(&name);
        assert_eq!(hosts.free_at(&name, at(10)), None);
        hosts.hold(&name, at(50));
        hosts.hold(&name, at(40));
        hosts.end(&name);
        assert_eq!(hosts.free_at(&name, at(10)), Some(at(50)));
        assert_eq!(hosts.free_at(&name, at(60)), Some(at(60)));
        assert_eq!((hosts.not_before(&name, at(10)), hosts.not_before("other", at(10))), (at(50), at(10)));
        assert!(hosts.is_held(&name, at(49)) && !hosts.is_held(&name, at(50)));
        hosts.release(&name);
        assert_eq!(hosts.free_at(&name, at(10)), Some(at(10)));
        let nowhere: Arc<str> = "".into();
        hosts.begin(&nowhere);
        assert_eq!(hosts.free_at(&nowhere, at(1)), Some(at(1)), "local sources do not wait for one another");
    }
}
