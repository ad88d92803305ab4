//! What every part of the model may know: settings, names and the present moment.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::keys::KeyNames;
use super::setup::{Emoji, Occasion, Reconfigured, Setup, Writer};
use crate::domain::case::NAMELESS;
use crate::domain::time::SignedDuration;
use crate::domain::{Role, SafeText, Subject, SubjectId, Timestamp, WatchRule};
use crate::engine::Lessons;
use crate::engine::answering::AnsweringSettings;
use crate::measure::hours::WorkingHours;
use crate::measure::lateness::Lateness;

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 80;

/// A subject as the screen names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub id: SubjectId,
    /// Its name, clean.
    pub name: SafeText,
    /// Brand or rival.
    pub role: Role,
}

/// Settings, names and the present moment.
#[derive(Debug, Clone)]
pub struct Context {
    brand: SafeText,
    subjects: Vec<Named>,
    watches: Vec<WatchRule>,
    zone: TimeZone,
    now: Timestamp,
    tell_factor: f64,
    occasion: Occasion,
    can_save_watch: bool,
    emoji: Emoji,
    keys: KeyNames,
    voice: Option<SafeText>,
    lateness: Lateness,
    lessons: Arc<Lessons>,
    writer: Writer,
}

fn named(subjects: &[Subject]) -> Vec<Named> {
    subjects
        .iter()
        .map(|subject| Named { id: subject.id, name: SafeText::line(&subject.name, LONGEST_NAME), role: subject.role })
        .collect()
}

fn voice(name: Option<&str>) -> Option<SafeText> {
    name.map(|name| SafeText::line(name, LONGEST_NAME))
}

impl Context {
    /// The context of a new model.
    pub fn new(setup: &Setup) -> Self {
        Self {
            brand: SafeText::line(&setup.brand, LONGEST_NAME),
            subjects: named(&setup.subjects),
            watches: setup.watches.clone(),
            zone: setup.zone.clone(),
            now: setup.now,
            tell_factor: setup.tell_factor,
            occasion: setup.occasion,
            can_save_watch: setup.can_save_watch,
            emoji: setup.emoji,
            keys: setup.keys.clone(),
            voice: voice(setup.voice.as_deref()),
            lateness: Lateness::new(setup.target, setup.hours.clone()),
            lessons: Arc::default(),
            writer: setup.writer.clone(),
        }
    }

    /// Takes a new configuration in.
    pub fn reconfigure(&mut self, new: Reconfigured) {
        self.subjects = named(&new.subjects);
        self.watches = new.watches;
        self.tell_factor = new.tell_factor;
        self.lateness = Lateness::new(new.target, new.hours);
        self.emoji = new.emoji;
        self.keys = new.keys;
        self.voice = voice(new.voice.as_deref());
        self.writer = new.writer;
    }

    /// Takes in what the readers were taught.
    pub fn learn(&mut self, lessons: Arc<Lessons>) {
        self.lessons = lessons;
    }

    /// What people's corrections taught the readers.
    pub fn lessons(&self) -> &Lessons {
        &self.lessons
    }

    /// Takes the present moment in; tells whether the minute that the screen shows is another one. A clock that
    /// was set back is believed.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let before = self.now.as_second().div_euclid(60);
        self.now = now;
        before != now.as_second().div_euclid(60)
    }

    /// The brand's name.
    pub fn brand(&self) -> &SafeText {
        &self.brand
    }

    /// The brand among the subjects.
    pub fn brand_id(&self) -> Option<SubjectId> {
        self.subjects.iter().find(|subject| subject.role == Role::Brand).map(|subject| subject.id)
    }

    /// The subjects, the brand first.
    pub fn subjects(&self) -> &[Named] {
        &self.subjects
    }

    /// A subject's name; empty when it left the configuration.
    pub fn subject_name(&self, id: SubjectId) -> &str {
        self.subjects.iter().find(|subject| subject.id == id).map_or("", |subject| subject.name.as_str())
    }

    /// The watches.
    pub fn watches(&self) -> &[WatchRule] {
        &self.watches
    }

    /// The reader's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The tell factor k.
    pub fn tell_factor(&self) -> f64 {
        self.tell_factor
    }

    /// The tell factor as printed: without decimals where it has none.
    pub fn tell_factor_text(&self) -> String {
        if self.tell_factor.fract() == 0.0 {
            format!("{:.0}", self.tell_factor)
        } else {
            format!("{:.1}", self.tell_factor)
        }
    }

    /// What is peculiar to this run.
    pub fn occasion(&self) -> Occasion {
        self.occasion
    }

    /// Whether a watch can be saved.
    pub fn can_save_watch(&self) -> bool {
        self.can_save_watch
    }

    /// How emoji are shown in lists.
    pub fn emoji(&self) -> Emoji {
        self.emoji
    }

    /// Who writes answers here, and with what help.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Name of the voice that sits here; `None` when nobody has said who they are.
    pub fn voice(&self) -> Option<&str> {
        self.voice.as_ref().map(SafeText::as_str)
    }

    /// The name under which cases are claimed and changed: the voice's, else "me".
    pub fn signs_as(&self) -> &str {
        self.voice().unwrap_or(NAMELESS)
    }

    /// How long an answer may take before its case is late.
    pub fn target(&self) -> SignedDuration {
        self.lateness.target()
    }

    /// When a case is late.
    pub fn lateness(&self) -> &Lateness {
        &self.lateness
    }

    /// How mentions are answered.
    pub fn answering(&self) -> AnsweringSettings {
        AnsweringSettings { target: self.target(), hours: self.hours().cloned(), tell_factor: self.tell_factor }
    }

    /// When somebody is there to answer; `None` where that is not configured.
    pub fn hours(&self) -> Option<&WorkingHours> {
        self.lateness.hours()
    }

    /// The keys in force.
    pub fn keys(&self) -> &KeyNames {
        &self.keys
    }
}
