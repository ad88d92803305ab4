//! What the figures of a pane are made of, a sheet a pane.

use super::Model;
use super::context::Context;
use super::correct;
use super::layout::Pane;
use super::overlay::Overlay;
use super::page::{Line, Page, Tone};
use super::people;
use super::stream::Tab;
use super::text;
use crate::domain::Shares;

/// The sheet about the pane in focus.
pub(super) fn sheet(model: &Model) -> Overlay {
    let context = model.context();
    let size = model.desk().size();
    match model.desk().focus() {
        Pane::First => Overlay::explain("Why this comes first", size, |page| model.first().explain(page, context)),
        Pane::Stream => Overlay::explain("These mentions, and the status line", size, |page| stream(page, model)),
        Pane::Inbox => Overlay::explain("Why this place", size, |page| {
            model.inbox().explain(model.inbox().selected(), page, context);
        }),
        Pane::Case => Overlay::explain("Why this place", size, |page| {
            model.inbox().explain(model.inbox().file().row(), page, context);
        }),
        Pane::Detail => Overlay::explain("How mentions are read", size, |page| detail(page, context)),
        Pane::Sentiment | Pane::Trends => {
            Overlay::explain("Sentiment", size, |page| model.trends().explain(page, context))
        }
        Pane::Voice => Overlay::explain("Share of voice", size, |page| model.trends().explain_voice(page, context)),
        Pane::Giving => Overlay::explain("Giving before receiving", size, |page| {
            model.campaigns().explain_running(page, context);
        }),
        Pane::Campaigns | Pane::Campaign => Overlay::explain("How this campaign stands", size, |page| {
            model.campaigns().explain_selected(page, context);
        }),
        Pane::Acts | Pane::Ledger => Overlay::explain("The books", size, super::giving::pages::explain),
        Pane::Clocks => Overlay::explain("Clocks", size, |page| model.clocks().explain(page, context)),
        Pane::Sources => Overlay::explain("Sources", size, |page| model.sources().explain(page, context)),
        Pane::Signals => Overlay::explain("Signals", size, |page| model.signals().explain(page, context)),
        Pane::Watches => Overlay::explain("Watches", size, watches),
        Pane::Outbox | Pane::Composer => {
            Overlay::explain("The outbox", size, |page| model.outbox().explain(page, context))
        }
        Pane::People | Pane::Person => {
            Overlay::explain("What this tie is made of", size, |page| match model.people().file().known() {
                Some(file) => people::explain(page, file, context),
                None => page.line(Line::of(Tone::Muted, "nobody is selected")),
            })
        }
        Pane::Trial | Pane::Reading => {
            Overlay::explain("How the query is read", size, |page| model.trial().explain(page))
        }
    }
}

fn stream(page: &mut Page, model: &Model) {
    let (stream, context) = (model.stream(), model.context());
    let whose = stream.subject().map_or("every subject", |id| context.subject_name(id));
    let what = match stream.tab() {
        Tab::All => "Every mention",
        Tab::Complaints => "Complaints",
        Tab::Questions => "Questions",
        Tab::Praise => "Praise",
        Tab::Unread => "Mentions that no person has seen",
    };
    let about = if stream.subject().is_some() {
        " Posts in which the name has another sense are left out; they are among everybody's."
    } else {
        ""
    };
    page.prose(Tone::Text, 0, &format!("{what} about {whose}, newest first, by the time they were published.{about}"));
    page.prose(
        Tone::Text,
        0,
        if stream.stories() {
            "A row is a story: the same link, a repost, or nearly the same words. ×7 tells how many mentions it has."
        } else {
            "A row is a mention."
        },
    );
    page.prose(
        Tone::Muted,
        0,
        &format!(
            "{} rows around here are in memory; older and newer ones are read as you go.",
            text::grouped(stream.window().len() as u64)
        ),
    );
    page.heading("Status line");
    model.inbox().figures().explain(page, context);
    model.status().explain(page, context, model.sources(), model.signals());
}

/// How mentions are read at all.
pub(super) fn detail(page: &mut Page, context: &Context) {
    page.prose(
        Tone::Text,
        0,
        &format!(
            "Every mention is read once for each subject: whether it is about it at all, what it wants (complaint, question, praise, promotion), and its sentiment as three probabilities. The likeliest one is shown; below {:.0} % it is marked ~ as uncertain.",
            Shares::UNCERTAIN_BELOW * 100.0
        ),
    );
    page.gap();
    page.prose(
        Tone::Text,
        0,
        "A complaint is what a post wants, negative is how it sounds: a post can be one without the other.",
    );
    page.gap();
    page.prose(Tone::Text, 0, "A language that cannot be read has no sentiment; it is never guessed to be neutral.");
    correct::learned(page, context);
}

fn watches(page: &mut Page) {
    page.prose(
        Tone::Text,
        0,
        "A watch is a named query that finds mentions of a subject. Enter tries it on the stored mentions: how it is read, what it finds, about how many an hour.",
    );
}
