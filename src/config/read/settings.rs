//! The sections that only set how things are done.

use std::path::{Path, PathBuf};

use toml::Spanned;

use crate::config::error::ErrorKind;
use crate::config::paths::resolve;
use crate::config::reader::Reader;
use crate::config::schema;
use crate::config::section::Section;
use crate::config::settings::{
    AnsweringSettings, BODY_BOUNDS, Binding, CollectSettings, ColourChoice, EmojiChoice, OutboxSettings,
    PER_HOST_BOUNDS, RETENTION_BOUNDS, RETENTION_DAYS, ScreenSettings, TIMEOUT_BOUNDS, Weights,
};
use crate::config::{HttpSettings, PrivateAddresses, interval};
use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::measure::hours::WorkingHours;
use crate::sources::networks;
use crate::store::Retention;

/// The bounds between which a source is asked. A bound that is given moves the other, inherited one along.
pub(super) fn intervals(
    section: &Section<'_>,
    shortest: SignedDuration,
    longest: SignedDuration,
) -> (SignedDuration, SignedDuration) {
    let low = section.interval("shortest", CollectSettings::INTERVAL);
    let high = section.interval("longest", CollectSettings::INTERVAL);
    match (low, high) {
        (Some(low), Some(high)) => {
            if low.value > high.value {
                let message = "`shortest` is longer than `longest`";
                let key = section.path("shortest");
                section.reader.complain(ErrorKind::BadValue, low.place, &key, message, "swap the two");
            }
            (low.value, high.value)
        }
        (Some(low), None) => (low.value, longest.max(low.value)),
        (None, Some(high)) => (shortest.min(high.value), high.value),
        (None, None) => (shortest, longest),
    }
}

pub(super) fn collect(reader: &Reader<'_>) -> CollectSettings {
    let mut settings = CollectSettings::default();
    let Some(section) = reader.section(schema::COLLECT) else { return settings };
    settings.public_feeds = section.flag("public_feeds").unwrap_or(settings.public_feeds);
    (settings.shortest, settings.longest) = intervals(&section, settings.shortest, settings.longest);
    if let Some(most) = section.whole("concurrency", CollectSettings::CONCURRENCY) {
        settings.concurrency = usize::try_from(most).unwrap_or(usize::MAX);
    }
    if let Some(most) = section.whole("watch_ceiling", CollectSettings::WATCH_CEILING) {
        settings.watch_ceiling = u32::try_from(most).unwrap_or(u32::MAX);
    }
    if let Some(days) = section.whole("own_history_days", CollectSettings::OWN_HISTORY_DAYS) {
        settings.own_history_days = u32::try_from(days).unwrap_or(u32::MAX);
    }
    settings
}

pub(super) fn http(reader: &Reader<'_>, collect: &CollectSettings) -> HttpSettings {
    let mut settings = HttpSettings { at_once: collect.concurrency, ..HttpSettings::default() };
    let Some(section) = reader.section(schema::HTTP) else { return settings };
    let header = |key: &str| {
        let text = section.text(key)?;
        if text.get_ref().chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            return Some(text.into_inner());
        }
        let message = format!("`{key}` is sent to servers and may hold plain ASCII characters only");
        section.refuse(key, &text, message, "write it without accents, emoji and line breaks");
        None
    };
    settings.contact = header("contact");
    settings.user_agent = header("user_agent");
    if let Some(timeout) = section.interval("timeout", TIMEOUT_BOUNDS) {
        settings.timeout = timeout.value;
    }
    if let Some(most) = section.whole("max_body_mb", BODY_BOUNDS) {
        settings.largest_body = most * 1_000_000;
    }
    if let Some(most) = section.whole("per_host", PER_HOST_BOUNDS) {
        settings.per_host = usize::try_from(most).unwrap_or(usize::MAX);
    }
    let words = [
        ("allow", PrivateAddresses::Allow),
        ("not-by-redirect", PrivateAddresses::NotByRedirect),
        ("refuse", PrivateAddresses::Refuse),
    ];
    settings.private_addresses = section.choice("private_addresses", &words).unwrap_or_default();
    settings
}

pub(super) fn retention(reader: &Reader<'_>) -> Retention {
    let days = reader.section(schema::RETENTION).and_then(|section| section.whole("days", RETENTION_BOUNDS));
    let hours = i64::try_from(days.unwrap_or(RETENTION_DAYS)).unwrap_or_default() * 24;
    Retention { mentions: SignedDuration::from_hours(hours) }
}

pub(super) fn answering(reader: &Reader<'_>) -> AnsweringSettings {
    let mut settings = AnsweringSettings::default();
    if let Some(section) = reader.section(schema::ANSWERING) {
        let target = section.interval("target", AnsweringSettings::TARGET);
        settings.target = target.map_or(settings.target, |target| target.value);
        settings.hours = hours(&section);
    }
    settings
}

/// The working hours, in their zone.
fn hours(section: &Section<'_>) -> Option<WorkingHours> {
    let zone = section.text("time_zone").and_then(|text| time_zone(section, &text));
    let text = section.text("hours")?;
    match WorkingHours::parse(text.get_ref(), zone.unwrap_or_else(jiff::tz::TimeZone::system)) {
        Ok(hours) => Some(hours),
        Err(error) => {
            section.refuse("hours", &text, error.to_string(), "as in \"Mon-Fri 9:00-18:00, Sat 10:00-14:00\"");
            None
        }
    }
}

pub(super) fn screen(reader: &Reader<'_>) -> ScreenSettings {
    let mut settings = ScreenSettings::default();
    let Some(section) = reader.section(schema::SCREEN) else { return settings };
    let colours = [("auto", ColourChoice::Auto), ("16", ColourChoice::Sixteen), ("none", ColourChoice::None)];
    let emoji = [("text", EmojiChoice::Text), ("raw", EmojiChoice::Raw)];
    settings.colour = section.choice("colour", &colours).unwrap_or_default();
    settings.emoji = section.choice("emoji", &emoji).unwrap_or_default();
    settings.time_zone = section.text("time_zone").and_then(|text| time_zone(&section, &text));
    settings.bell = section.flag("bell").unwrap_or(settings.bell);
    settings.browser = section.text("browser").map(Spanned::into_inner).filter(|command| !command.trim().is_empty());
    settings.sync_output = section.flag("sync_output").unwrap_or(settings.sync_output);
    settings
}

fn time_zone(section: &Section<'_>, text: &Spanned<String>) -> Option<jiff::tz::TimeZone> {
    if text.get_ref() == "system" {
        return None;
    }
    let zone = jiff::tz::TimeZone::get(text.get_ref());
    if zone.is_err() {
        let message = format!("this computer knows no time zone \"{}\"", text.get_ref());
        section.refuse("time_zone", text, message, "write \"system\", \"UTC\" or a name like \"Europe/Paris\"");
    }
    zone.ok()
}

pub(super) fn outbox(reader: &Reader<'_>) -> OutboxSettings {
    let mut outbox = OutboxSettings::default();
    let Some(section) = reader.section(schema::OUTBOX) else { return outbox };
    let hold = section.interval("hold", OutboxSettings::HOLD);
    outbox.hold = hold.map_or(outbox.hold, |hold| hold.value);
    outbox.approval = section.flag("approval").unwrap_or(outbox.approval);
    outbox.dry_run = section.flag("dry_run").unwrap_or(outbox.dry_run);
    for text in section.texts("hold_by_network") {
        let named = text.get_ref().split_once(char::is_whitespace).and_then(|(network, hold)| {
            let network = Network::named(network);
            let hold = interval::parse(hold.trim()).filter(|hold| OutboxSettings::HOLD.contains(&hold.as_secs()))?;
            networks::kind(&network).map(|_| (network, hold))
        });
        match named {
            Some(named) => outbox.hold_by_network.push(named),
            None => section.refuse(
                "hold_by_network",
                &text,
                format!("`{}` is no network with a time", text.get_ref()),
                "write the network and a time up to 10m: [\"mastodon 30s\", \"bluesky 5s\"]",
            ),
        }
    }
    outbox
}

pub(super) fn weights(reader: &Reader<'_>) -> Weights {
    let mut weights = Weights::default();
    if let Some(section) = reader.section(schema::WEIGHTS) {
        weights.tell_factor = section.number("tell_factor", Weights::TELL_FACTOR).unwrap_or(weights.tell_factor);
    }
    weights
}

pub(super) fn keys(reader: &Reader<'_>) -> Vec<Binding> {
    let lists = reader.section(schema::KEYS).map(|section| section.lists()).unwrap_or_default();
    lists.into_iter().map(|(action, chords)| Binding { action, chords }).collect()
}

pub(super) fn data(reader: &Reader<'_>, directory: &Path) -> Option<PathBuf> {
    let text = reader.section(schema::DATA)?.text("directory")?;
    Some(resolve(Path::new(text.get_ref()), directory))
}
