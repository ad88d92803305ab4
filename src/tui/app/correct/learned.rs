//! What corrections taught, in words.

use super::super::action::Action;
use super::super::context::Context;
use super::super::page::{Line, Page, Tone};
use super::super::text;
use crate::domain::Intent;

/// What was learned for every subject, for the explanation of readings.
pub(in crate::tui::app) fn learned(page: &mut Page, context: &Context) {
    page.heading("What your corrections taught");
    let taught = context.subjects().iter().filter_map(|one| Some((one, context.lessons().of(one.id)?)));
    let mut none = true;
    for (subject, lessons) in taught {
        none = false;
        let from = text::grouped(u64::from(lessons.corrections));
        let plural = if lessons.corrections == 1 { "correction" } else { "corrections" };
        page.line(
            Line::of(Tone::Strong, subject.name.as_str().to_owned())
                .with(Tone::Text, format!(": learned from {from} {plural}")),
        );
        if lessons.sentiment.from > 0 {
            page.prose(Tone::Text, 2, &factors(lessons.sentiment.biases));
        }
        match lessons.errors {
            Some((before, after)) => page.prose(
                Tone::Text,
                2,
                &format!(
                    "Among these mentions the shares of negative, neutral and positive were {:.0} points off; as taught they are {:.0}.",
                    before * 100.0,
                    after * 100.0
                ),
            ),
            None if lessons.sentiment.from > 0 => page.prose(Tone::Muted, 2, "Too few of sentiment to tell an error."),
            None => {}
        }
        if lessons.intents.from > 0 {
            page.prose(Tone::Text, 2, &intent_factors(lessons.intents.biases));
        }
        if let Some((before, after)) = lessons.intent_errors {
            page.prose(
                Tone::Text,
                2,
                &format!(
                    "The shares of the five intents among them were {:.0} points off; as taught they are {:.0}.",
                    before * 100.0,
                    after * 100.0
                ),
            );
        }
        if lessons.senses.from() > 0 {
            let marks = text::grouped(u64::from(lessons.senses.from()));
            page.prose(Tone::Text, 2, &format!("What else the name means: learned from {marks} marked mentions."));
        }
    }
    if none {
        page.prose(Tone::Muted, 0, "Nothing was corrected yet.");
    }
    let keys = context.keys();
    if let (Some(correct), Some(teach)) = (keys.short(Action::Correct), keys.short(Action::Teach)) {
        page.prose(
            Tone::Muted,
            0,
            &format!("{correct} corrects a mention; {teach} asks about twenty of them, which takes a minute. What is learned is used for what comes from then on."),
        );
    }
}

/// By how much more, or less, each class is read now.
pub(in crate::tui::app) fn factors(biases: [f32; 3]) -> String {
    let [negative, neutral, positive] = biases.map(|bias| format!("{:.1}", bias.exp()));
    format!("The odds of negative count ×{negative}, of neutral ×{neutral}, of positive ×{positive}.")
}

/// The same of the intents.
pub(in crate::tui::app) fn intent_factors(biases: [f32; 5]) -> String {
    let each =
        Intent::ALL.into_iter().zip(biases).map(|(intent, bias)| format!("{} ×{:.1}", intent.name(), bias.exp()));
    format!("The odds of intents count: {}.", each.collect::<Vec<_>>().join(", "))
}
