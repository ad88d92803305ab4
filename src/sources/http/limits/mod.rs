//! The one place for limits: who may ask whom, how often, and until when not.
//!
//! Limits are kept for each host, and at each host for each account:
//! - What an answer tells of counts belongs to the account of its request, else to the host. A network that has
//!   several counts (GitHub's search beside the rest, Mastodon's uploads) is learned from its answers: each kind of
//!   request (method and beginning of the path) counts towards what its last answer told.
//! - Polling stops at a reserve, [`quota::RESERVE_SHARE`] of what is granted and at least [`quota::RESERVE_LEAST`]
//!   requests, and waits for the reset. What a person waits for goes on until nothing is left.
//! - A complaint (429 and its relatives) holds back the account, urgent requests included. It holds back only one
//!   count when it says which one is used up, and the whole host when the request had no account, when the host is
//!   busy (503), or when a second account at the host is refused while the first is still held back: such a host
//!   limits by address too, as Mastodon does. Until the second complaint that cannot be known, and one more request
//!   is refused than need be.

mod hold;
mod keep;
mod quota;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::{Method, StatusCode};
use url::Url;

use crate::domain::{Meter, Timestamp};

use super::host_of;
use super::message::Request;
use super::rate::RateLimit;
use hold::Hold;
use keep::{Keep, Kept};
use quota::{Flight, Quotas, Refusal};

/// From this many payers on, idle ones are forgotten.
const MANY: usize = 2_000;
/// Segments of a path that make a kind of request.
const SEGMENTS: usize = 3;

/// Whose limits a request counts towards: those of the account at this host, or of the host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Payer {
    host: String,
    account: Option<String>,
}

impl Payer {
    pub(super) fn new(host: &str, account: Option<&str>) -> Self {
        Self { host: host.to_owned(), account: account.map(str::to_owned) }
    }

    fn host(&self) -> Self {
        Self { host: self.host.clone(), account: None }
    }
}

/// What a request is to the limits.
pub(super) struct Kind {
    class: String,
    writes: bool,
    urgent: bool,
}

impl Kind {
    /// The kind of a request that is sent to this address.
    pub(super) fn of(request: &Request, url: &Url) -> Self {
        let path = url.path().trim_matches('/');
        let beginning: Vec<&str> = path.split('/').take(SEGMENTS).map(|part| part.get(..40).unwrap_or(part)).collect();
        Self {
            class: format!("{} {}", request.method, beginning.join("/")),
            writes: request.method != Method::GET,
            urgent: request.urgent,
        }
    }
}

/// Why a request is not let through.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refused {
    /// There was a complaint.
    Held(Held),
    /// Too little is left.
    Spent(Refusal),
}

/// Left alone until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) until: Timestamp,
    /// The whole host, and not an account or a count of it.
    pub(super) whole_host: bool,
}

#[derive(Default)]
struct Entry {
    hold: Hold,
    /// Until when the last complaint goes, even if it holds back one count alone.
    refused: Option<Timestamp>,
    quotas: Quotas,
}

/// All limits that are known.
#[derive(Default)]
pub(super) struct Limits {
    entries: Mutex<HashMap<Payer, Entry>>,
    keep: Option<Keep>,
}

/// A request that was let through. Dropped without an answer, it may have counted.
pub(super) struct Pass<'a> {
    limits: &'a Limits,
    payer: Payer,
    flight: Option<Flight>,
}

impl Limits {
    /// Limits whose hold-backs survive in this file. One that cannot be read or written is done without.
    pub(super) fn kept_in(path: PathBuf, now: Timestamp) -> Self {
        let keep = Keep::new(path);
        let limits = Self { entries: Mutex::default(), keep: None };
        for kept in keep.read() {
            if kept.until > now {
                limits.hold(&Payer { host: kept.host, account: kept.account }, kept.until);
            }
        }
        Self { keep: Some(keep), ..limits }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Payer, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a request through, or says why not.
    pub(super) fn admit(&self, payer: &Payer, kind: &Kind, now: Timestamp) -> Result<Pass<'_>, Refused> {
        let mut entries = self.entries();
        if let Some(held) = held(&entries, payer, now) {
            return Err(Refused::Held(held));
        }
        let quotas = &mut entry(&mut entries, payer, now).quotas;
        let flight = quotas.admit(&kind.class, kind.writes, kind.urgent, now).map_err(Refused::Spent)?;
        drop(entries);
        Ok(Pass { limits: self, payer: payer.clone(), flight: Some(flight) })
    }

    /// Until when this payer is held back by a complaint.
    pub(super) fn held(&self, payer: &Payer, now: Timestamp) -> Option<Held> {
        held(&self.entries(), payer, now)
    }

    /// Holds this payer back at least until then.
    pub(super) fn hold(&self, payer: &Payer, until: Timestamp) {
        self.entries().entry(payer.clone()).or_default().hold.extend(until);
    }

    /// What is counted for this payer; of the host when nothing is known of the account.
    pub(super) fn meters(&self, payer: &Payer) -> Vec<Meter> {
        let entries = self.entries();
        let of = |payer: &Payer| entries.get(payer).map(|entry| entry.quotas.meters()).unwrap_or_default();
        let own = of(payer);
        if own.is_empty() { of(&payer.host()) } else { own }
    }

    /// Keeps the hold-backs that are worth it.
    pub(super) fn save(&self, now: Timestamp) {
        let Some(keep) = &self.keep else { return };
        let entries = self.entries();
        let kept = entries.iter().filter_map(|(payer, entry)| {
            let until = entry.hold.ahead(now)?;
            Some(Kept { host: payer.host.clone(), account: payer.account.clone(), until })
        });
        // Written with the book closed to others: what is kept is what is known.
        keep.write(kept.collect(), now);
    }
}

fn held(entries: &HashMap<Payer, Entry>, payer: &Payer, now: Timestamp) -> Option<Held> {
    let ahead = |payer: &Payer| entries.get(payer).and_then(|entry| entry.hold.ahead(now));
    if let Some(until) = ahead(&payer.host()) {
        return Some(Held { until, whole_host: true });
    }
    ahead(payer).map(|until| Held { until, whole_host: payer.account.is_none() })
}

fn entry<'a>(entries: &'a mut HashMap<Payer, Entry>, payer: &Payer, now: Timestamp) -> &'a mut Entry {
    if entries.len() >= MANY && !entries.contains_key(payer) {
        entries.retain(|_, entry| entry.hold.ahead(now).is_some() || !entry.quotas.is_idle(now));
    }
    entries.entry(payer.clone()).or_default()
}

impl Pass<'_> {
    /// The answer came. Returns until when the asked is left alone now, if it complained.
    pub(super) fn answered(
        mut self,
        status: StatusCode,
        rate: &RateLimit,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Held> {
        let complaint = is_complaint(status, rate, body);
        let well = status.is_success() || status == StatusCode::NOT_MODIFIED;
        let mut entries = self.limits.entries();
        let own = entries.entry(self.payer.clone()).or_default();
        if let Some(flight) = self.flight.take() {
            own.quotas.answered(&flight, rate, well, now);
        }
        if !complaint {
            if well {
                own.hold.calm(now);
                entries.entry(self.payer.host()).or_default().hold.calm(now);
            }
            return None;
        }
        let held = complain(&mut entries, &self.payer, status, rate, now);
        drop(entries);
        self.limits.save(now);
        Some(held)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let Some(flight) = self.flight.take() else { return };
        if let Some(entry) = self.limits.entries().get_mut(&self.payer) {
            entry.quotas.lost(&flight);
        }
    }
}

/// Holds back whom the complaint is about.
fn complain(
    entries: &mut HashMap<Payer, Entry>,
    payer: &Payer,
    status: StatusCode,
    rate: &RateLimit,
    now: Timestamp,
) -> Held {
    let wish = if rate.is_spent() { rate.retry_at.max(rate.resets_at) } else { rate.not_before() };
    let busy = status == StatusCode::SERVICE_UNAVAILABLE;
    let one_count = rate.is_spent() && (rate.resource.is_some() || (payer.account.is_some() && rate.limit.is_some()));
    if let (true, false, Some(until)) = (one_count, busy, wish) {
        // That count alone is used up, and admits nobody before it starts anew.
        let own = entries.entry(payer.clone()).or_default();
        // A narrow count (logins, uploads) says nothing of others.
        let general = rate.resource.is_none() && own.quotas.is_widest(rate);
        if general {
            own.refused = Some(until);
        }
        let whole_host = general && by_address(entries, payer, now);
        if whole_host {
            entries.entry(payer.host()).or_default().hold.extend(until);
        }
        return Held { until, whole_host };
    }
    let whole_host = payer.account.is_none() || busy || by_address(entries, payer, now);
    let whom = if whole_host { payer.host() } else { payer.clone() };
    let entry = entries.entry(whom).or_default();
    let until = entry.hold.complain(wish, now);
    entry.refused = Some(until);
    Held { until, whole_host }
}

/// Whether another account at the host was refused and is still held back: then it is the address that is refused.
fn by_address(entries: &HashMap<Payer, Entry>, payer: &Payer, now: Timestamp) -> bool {
    entries.iter().any(|(other, entry)| {
        other.host == payer.host
            && other.account.is_some()
            && other.account != payer.account
            && entry.refused.is_some_and(|until| until > now)
    })
}

/// Whether the host asks for fewer requests: it says so, or it is busy and names a time, or it refuses because
/// nothing is left of what it grants.
fn is_complaint(status: StatusCode, rate: &RateLimit, body: &[u8]) -> bool {
    match status.as_u16() {
        429 => true,
        503 => rate.retry_at.is_some(),
        403 => {
            rate.is_spent()
                || rate.retry_at.is_some()
                || says(body, &["secondary rate limit", "rate_limit", "ratelimit"])
        }
        400 => says(body, &["rate_limit_error", "throttle_violation", "ratelimitexceeded"]),
        _ => false,
    }
}

/// Whether a short answer in JSON holds one of these. Some networks (Lemmy, Stack Exchange, GitHub) have no header
/// or status for it.
fn says(body: &[u8], signs: &[&str]) -> bool {
    let is_json = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    is_json && body.len() <= 4096 && {
        let words = String::from_utf8_lossy(body).to_ascii_lowercase();
        signs.iter().any(|sign| words.contains(sign))
    }
}

/// The payer of a request at this address.
pub(super) fn payer(url: &Url, account: Option<&str>) -> Payer {
    Payer::new(&host_of(url), account)
}
