//! Trends of every subject over a period. The counts come from the store; formulas live in `figures`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::cmd::Load;
use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::figures::{self, Net};
use super::page::{Line, Page, Tone};
use super::text;
use super::when;
use crate::domain::time::SignedDuration;
use crate::domain::{Counts, SubjectId, Timestamp};

/// How far back the trends go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// 24 hours.
    #[default]
    Day,
    /// 7 days in quarters of a day.
    Week,
    /// 30 days.
    Month,
}

impl Period {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Month => "30 d",
        }
    }

    /// Width of a bucket and how many there are.
    pub fn buckets(self) -> (SignedDuration, u32) {
        match self {
            Self::Day => (SignedDuration::from_hours(1), 24),
            Self::Week => (SignedDuration::from_hours(6), 28),
            Self::Month => (SignedDuration::from_hours(24), 30),
        }
    }

    /// What a bucket is, in words.
    pub fn bucket_name(self) -> &'static str {
        match self {
            Self::Day => "an hour",
            Self::Week => "six hours",
            Self::Month => "a day",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Day => Self::Week,
            Self::Week => Self::Month,
            Self::Month => Self::Day,
        }
    }

    /// When the first bucket begins, so that the last one holds this moment and buckets begin at full times of
    /// the reader's clock.
    pub fn from(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let (bucket, count) = self.buckets();
        let width = bucket.as_secs();
        let offset = i64::from(zone.to_offset(now).seconds());
        let local = now.as_second() + offset;
        let start = local.div_euclid(width) * width - i64::from(count.saturating_sub(1)) * width - offset;
        Timestamp::from_second(start).unwrap_or(now)
    }
}

/// What a subject's trend adds up to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    /// All counts of the period.
    pub counts: Counts,
    /// Net sentiment, plain and k-weighted; `None` for too few.
    pub net: Option<Net>,
    /// Share of voice; `None` for too few.
    pub share: Option<f64>,
}

/// Trends of every subject.
#[derive(Debug, Clone, Default)]
pub struct Trends {
    period: Period,
    from: Option<Timestamp>,
    series: BTreeMap<SubjectId, Arc<[Counts]>>,
    cursor: Cursor<SubjectId>,
}

impl Trends {
    /// How far back they go.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Goes on to the next period.
    pub fn step_period(&mut self) {
        self.period = self.period.next();
        self.series.clear();
        self.from = None;
    }

    /// The clock moved. Tells whether another bucket has begun, so that all must be read again.
    pub fn tick(&mut self, context: &Context) -> bool {
        let from = self.period.from(context.now(), context.zone());
        let moved = self.from != Some(from);
        self.from = Some(from);
        moved
    }

    /// The question for a subject.
    pub fn ask(&self, subject: SubjectId, context: &Context) -> Load {
        let (bucket, buckets) = self.period.buckets();
        let from = self.from.unwrap_or_else(|| self.period.from(context.now(), context.zone()));
        Load::Trend { subject, from, bucket, buckets }
    }

    /// The answer. Tells whether it differs.
    pub fn answer(&mut self, subject: SubjectId, counts: Arc<[Counts]>) -> bool {
        let changed = self.series.get(&subject).is_none_or(|known| **known != *counts);
        self.series.insert(subject, counts);
        changed
    }

    /// Subjects that left the configuration are forgotten.
    pub fn retain(&mut self, context: &Context) {
        self.series.retain(|id, _| context.subjects().iter().any(|subject| subject.id == *id));
    }

    /// A subject's counts, oldest bucket first; `None` before the first answer.
    pub fn series(&self, subject: SubjectId) -> Option<&[Counts]> {
        self.series.get(&subject).map(AsRef::as_ref)
    }

    /// What a subject's trend adds up to.
    pub fn sums(&self, subject: SubjectId, context: &Context) -> Option<Sums> {
        let counts = figures::sum(self.series(subject)?);
        let everybody: Vec<(SubjectId, u64)> =
            self.series.iter().map(|(id, series)| (*id, figures::sum(series.iter()).total())).collect();
        let shares = figures::shares_of_voice(&everybody).unwrap_or_default();
        Some(Sums {
            counts,
            net: figures::net(&counts, context.tell_factor()),
            share: shares.into_iter().find(|(id, _)| *id == subject).map(|(_, share)| share),
        })
    }

    /// The selected subject.
    pub fn selected(&self) -> Option<SubjectId> {
        self.cursor.selected()
    }

    /// Place of the selected subject.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, context: &Context) {
        self.cursor.go(motion, &ids(context), usize::MAX);
    }

    /// Keeps the selection valid.
    pub fn settle(&mut self, context: &Context) {
        self.cursor.settle(&ids(context), usize::MAX);
    }

    /// What the figures are made of.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        let k = context.tell_factor_text();
        page.prose(
            Tone::Text,
            0,
            &format!(
                "Each bar is {} (where there is no room, neighbours are added up), the last {}. It counts public mentions that are about the subject, by the time they were published. A bar is marked where more readings are negative than positive.",
                self.period.bucket_name(),
                self.period.name()
            ),
        );
        page.gap();
        page.prose(Tone::Strong, 0, "net = (P − N) / (P + N + U)");
        page.prose(Tone::Strong, 0, "k net = (P − k·N) / (P + k·N + U)");
        page.prose(
            Tone::Text,
            2,
            &format!(
                "P positive, N negative, U neutral readings. k = {k}, the tell factor: happy people tell one friend, unhappy ones {k}. Below {} readings it says \"too few\". Readings in a language that cannot be read are not guessed and count in no net.",
                figures::FEWEST_READINGS
            ),
        );
        for subject in context.subjects() {
            page.heading(subject.name.as_str());
            match self.sums(subject.id, context) {
                Some(sums) => arithmetic(page, &sums, context),
                None => page.line(Line::of(Tone::Muted, "  not read yet")),
            }
        }
    }

    /// What the share of voice is made of.
    pub fn explain_voice(&self, page: &mut Page, context: &Context) {
        page.prose(
            Tone::Text,
            0,
            &format!(
                "Share of voice: a subject's public mentions of the last {}, divided by those of all subjects. A mention of two subjects counts for both. Below {} mentions it says \"too few\".",
                self.period.name(),
                figures::FEWEST_READINGS
            ),
        );
        page.gap();
        let mut all = 0;
        for subject in context.subjects() {
            let total = self.sums(subject.id, context).map_or(0, |sums| sums.counts.total());
            all += total;
            page.line(
                Line::of(Tone::Text, format!("  {:>9}  ", text::grouped(total)))
                    .with(Tone::Text, subject.name.as_str()),
            );
        }
        page.line(Line::of(Tone::Strong, format!("  {:>9}  together", text::grouped(all))));
        page.gap();
        page.line(Line::of(
            Tone::Muted,
            format!("  since {}", when::full(context.zone(), context.now(), self.from.unwrap_or(context.now()))),
        ));
    }
}

fn ids(context: &Context) -> Vec<SubjectId> {
    context.subjects().iter().map(|subject| subject.id).collect()
}

fn arithmetic(page: &mut Page, sums: &Sums, context: &Context) {
    let counts = &sums.counts;
    page.prose(
        Tone::Text,
        2,
        &format!(
            "P {}  N {}  U {}  unreadable {}  ·  complaints {}  questions {}  praise {}",
            text::grouped(counts.positive),
            text::grouped(counts.negative),
            text::grouped(counts.neutral),
            text::grouped(counts.unscored),
            text::grouped(counts.complaints),
            text::grouped(counts.questions),
            text::grouped(counts.praises)
        ),
    );
    let Some(net) = sums.net else {
        let scored = figures::scored(counts);
        page.prose(Tone::Muted, 2, &format!("too few: {scored} readings of {}", figures::FEWEST_READINGS));
        return;
    };
    page.prose(
        Tone::Text,
        2,
        &format!(
            "net = ({} − {}) / {} = {}",
            counts.positive,
            counts.negative,
            figures::scored(counts),
            signed(net.plain).trim()
        ),
    );
    let k = context.tell_factor_text();
    page.prose(
        Tone::Text,
        2,
        &format!(
            "k net = ({p} − {k}·{n}) / ({p} + {k}·{n} + {u}) = {}",
            signed(net.weighted).trim(),
            p = counts.positive,
            n = counts.negative,
            u = counts.neutral
        ),
    );
}

/// A score with its sign: "+0.12", "−0.41", "0.00".
pub fn signed(score: f64) -> String {
    let magnitude = format!("{:.2}", score.abs());
    match magnitude.as_str() {
        "0.00" => " 0.00".to_owned(),
        _ if score < 0.0 => format!("−{magnitude}"),
        _ => format!("+{magnitude}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bucket_holds_the_present_and_buckets_begin_at_full_local_times() {
        let zone = TimeZone::fixed(jiff::tz::offset(5));
        for period in [Period::Day, Period::Week, Period::Month] {
            let now: Timestamp = "2025-11-22T09:17:00Z".parse().unwrap();
            let from = period.from(now, &zone);
            let (bucket, count) = period.buckets();
            let end = from + bucket * i32::try_from(count).unwrap();
            assert!(end > now && end - bucket <= now, "{period:?}");
            assert_eq!((from.as_second() + 5 * 3_600) % bucket.as_secs(), 0);
            assert_eq!(from.as_second() % 900, 0);
        }
    }

    #[test]
    fn scores_carry_their_sign() {
        assert_eq!(signed(0.124), "+0.12");
        assert_eq!(signed(-0.41), "−0.41");
        assert_eq!(signed(-0.001), " 0.00");
    }
}
