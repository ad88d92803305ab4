//! The words of the view of acts: a row's signs, all about an act, why it was read so, and the books line by line.

use std::ops::Range;

use super::super::context::Context;
use super::super::page::{Line, Page, Piece, Tone, piece};
use super::super::{text, when};
use crate::domain::{BrandSize, Gesture, Money, SafeText};
use crate::engine::books::parts::Part;
use crate::engine::books::shown::{Shown, Standing, Summary, Verdict};
use crate::engine::books::stakes::{Pledged, Promises};
use crate::engine::campaigns::words::many;
use crate::measure::giving::ledger::{Balance, Cover, Discount, FEWEST_ACTS, Line as Entry};
use crate::measure::giving::sameness::FEWEST_REPLIES;
use crate::measure::giving::{Side, full_marks, gives_per_ask};

/// Words of the text that are shown as the reason, the weightiest.
const PARTS: usize = 6;

/// Tone and sign of a gesture: never colour alone.
pub fn look(gesture: Gesture) -> (Tone, &'static str) {
    match gesture {
        Gesture::Give => (Tone::Good, "+"),
        Gesture::Ask => (Tone::Warn, "−"),
        Gesture::Conditional => (Tone::Bad, "±"),
        Gesture::Talk => (Tone::Muted, "·"),
    }
}

/// Gives, rounded up: half a give is one to do.
fn gives(missing: f64) -> String {
    let whole = missing.ceil();
    format!("{whole:.0} {}", if whole == 1.0 { "give" } else { "gives" })
}

/// What an act brought into the books, in a word or two, for its row.
pub fn note(line: &Entry) -> (Tone, String) {
    match (line.discounted, line.cover, line.side) {
        (Some(Discount::ThankedAlready), ..) => (Tone::Muted, "thanked already".to_owned()),
        (Some(Discount::SaidAlready), ..) => (Tone::Muted, "said already".to_owned()),
        (None, Some(cover), _) if cover.is_early() => (Tone::Bad, format!("! {} short", gives(cover.missing))),
        (None, Some(_), side) => (Tone::Text, format!("−{:.0} covered", side.asked())),
        (None, None, Side::Exempt(weight)) => (Tone::Good, format!("+{weight:.0} exempt")),
        (None, None, Side::Give(weight)) => (Tone::Good, format!("+{weight:.0}")),
        (None, None, _) => (Tone::Muted, String::new()),
    }
}

/// All about an act, below the list.
pub fn about(page: &mut Page, standing: &Standing, context: &Context) {
    let (tone, sign) = look(standing.line.entry.deed.gesture());
    let head = vec![
        piece(tone, format!("{sign} {}", standing.line.entry.deed.words())),
        piece(Tone::Muted, sure(standing)),
        piece(Tone::Muted, when::full(context.zone(), context.now(), standing.act.published)),
        piece(
            Tone::Muted,
            format!("{} {}", standing.read.network, SafeText::line(&standing.read.account, 60)).trim().to_owned(),
        ),
        piece(Tone::Muted, format!("to {}", standing.audience.words())),
    ];
    page.flow(head, "  ");
    page.prose(Tone::Text, 0, &in_the_books(standing));
    page.gap();
    page.prose(Tone::Text, 0, text::fold(standing.act.text.as_str(), context.emoji()).as_ref());
}

fn sure(standing: &Standing) -> String {
    if standing.read.confirmed() {
        "✓ you said so".to_owned()
    } else {
        format!("read with {:.0} %", standing.read.sure * 100.0)
    }
}

/// The line of the books in a sentence.
fn in_the_books(standing: &Standing) -> String {
    let line = &standing.line;
    let left = standing.left * 100.0;
    match (line.discounted, line.side) {
        (Some(Discount::ThankedAlready), _) => {
            "It counts nothing: the same person was thanked within the week before.".to_owned()
        }
        (Some(Discount::SaidAlready), _) => {
            "It counts nothing: one of the hundred replies before it says nearly the same.".to_owned()
        }
        (None, Side::Give(weight)) => format!("A give of {weight:.0}, of which {left:.0} % is left by now."),
        (None, Side::Exempt(weight)) => format!(
            "All proceeds, no cap, by a brand of this size: a give of {weight:.0}, of which {left:.0} % is left by now."
        ),
        (None, Side::Ask(weight) | Side::Condition(weight)) => {
            let cover = line.cover.map_or_else(String::new, |cover| format!(" {}", covered(&cover)));
            let what = if matches!(line.side, Side::Condition(_)) { "A condition: an ask" } else { "An ask" };
            format!("{what} of {weight:.0}, of which {left:.0} % is left by now.{cover}")
        }
        (None, Side::None) => "It neither gives nor asks.".to_owned(),
    }
}

fn covered(cover: &Cover) -> String {
    let then = format!("G {:.1} given and A {:.1} asked just before it", cover.given, cover.asked);
    if cover.is_early() {
        format!("It came early: {} short, with {then} ({:.0} % covered).", gives(cover.missing), cover.covered * 100.0)
    } else {
        format!("It was covered, with {then}.")
    }
}

/// Why an act was read so: its words with those that made the verdict, and its line of the books.
pub fn verdict(page: &mut Page, verdict: &Verdict, context: &Context) {
    let standing = &verdict.standing;
    let read = &standing.read;
    let (tone, sign) = look(read.read.gesture());
    let mut line = Line::of(Tone::Muted, "read as ").with(tone, format!("{sign} {}", read.read.words()));
    line = line.with(Tone::Muted, format!("  {} with {:.0} %", read.gesture.name(), read.sure * 100.0));
    page.line(line);
    if let Some(said) = read.said {
        let (tone, sign) = look(said.gesture());
        page.line(Line::of(Tone::Found, "you said ").with(tone, format!("{sign} {}", said.words())));
    }
    if read.read.gesture() != read.gesture {
        page.prose(Tone::Muted, 0, "Asking for what is needed to help somebody asks nothing of them.");
    }
    page.gap();
    let marked = marked(verdict);
    for paragraph in lines(standing.act.text.as_str()) {
        let words = words(standing.act.text.as_str(), paragraph, &marked, context);
        if words.is_empty() { page.gap() } else { page.flow(words, " ") }
    }
    page.gap();
    if marked.is_empty() {
        page.prose(Tone::Muted, 0, "No single word made the verdict.");
    } else {
        page.flow(vec![piece(Tone::Found, "marked"), piece(Tone::Muted, "words made the verdict")], " ");
    }
    if let Some(trigger) = read.trigger {
        page.prose(Tone::Text, 0, &format!("It waits for: {}.", trigger.name()));
    }
    if let Some(promise) = &read.promise {
        let cap = promise.cap.as_deref().map(|cap| format!("The cap, as written: {}", SafeText::line(cap, 200)));
        let amount = promise.amount.as_ref().map(|amount| format!("that is {amount}"));
        let words: Vec<String> = cap.into_iter().chain(amount).collect();
        page.prose(Tone::Text, 0, &words.join("; "));
    }
    page.heading("In the books");
    page.prose(Tone::Text, 0, &in_the_books(standing));
    let personal = if read.is_personal(&standing.line) { "It is personal" } else { "It is not personal" };
    page.prose(
        Tone::Muted,
        0,
        &format!(
            "{personal} (signed, as one person, or a reply that is no form letter). Said to {}.",
            standing.audience.words()
        ),
    );
}

/// The places of the words that speak most for the verdict.
fn marked(verdict: &Verdict) -> Vec<Range<usize>> {
    let mut parts: Vec<_> = verdict.gesture.parts.iter().filter(|part| part.weight > 0.0).collect();
    parts.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    let parts = parts.into_iter().take(PARTS).map(|part| part.span.clone());
    parts.chain(verdict.deed.words.iter().cloned()).collect()
}

/// The lines of a text, by their places.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split('\n').scan(0, |begin, line| {
        let place = *begin..*begin + line.len();
        *begin = place.end + 1;
        Some(place)
    })
}

/// The words of a line, each in the tone of what it did for the verdict.
fn words(text: &str, line: Range<usize>, marked: &[Range<usize>], context: &Context) -> Vec<Piece> {
    let Some(words) = text.get(line.clone()) else { return Vec::new() };
    let mut pieces = Vec::new();
    let mut begin = line.start;
    for chunk in words.split_inclusive(char::is_whitespace) {
        let word = chunk.trim_end();
        let place = begin..begin + word.len();
        begin += chunk.len();
        if word.is_empty() {
            continue;
        }
        let told = marked.iter().any(|mark| mark.start < place.end && place.start < mark.end);
        let tone = if told { Tone::Found } else { Tone::Text };
        pieces.push(piece(tone, text::fold(word, context.emoji()).into_owned()));
    }
    pieces
}

/// Before anything is known.
pub fn nothing(page: &mut Page, known: bool) {
    page.prose(Tone::Muted, 0, if known { "Nobody keeps books here." } else { "reading …" });
}

/// The books: the balance and what it is made of, line by line.
pub fn books(page: &mut Page, shown: &Shown, context: &Context) {
    let summary = &shown.summary;
    if shown.all == 0 {
        page.prose(
            Tone::Muted,
            0,
            "No post of ours is known: they are collected from the accounts that you log in with and from feeds of your own.",
        );
        return;
    }
    balance(page, summary, context);
    next_asks(page, summary);
    early(page, summary, context);
    how(page, summary);
    if summary.promises != Promises::default() {
        page.heading("Promised, given and paid");
        promised(page, 0, &summary.promises);
        page.prose(Tone::Muted, 0, "Promised and given by the words of the posts; paid as a person entered it.");
    }
    if !summary.campaigns.is_empty() {
        page.heading("By campaign");
    }
    for (name, one, promises) in &summary.campaigns {
        part(page, name, one);
        promised(page, 2, promises);
    }
    for (heading, parts) in [("To whom", &summary.audiences), ("By account", &summary.accounts)] {
        page.heading(heading);
        parts.iter().for_each(|(name, one)| part(page, name, one));
    }
}

fn balance(page: &mut Page, summary: &Summary, context: &Context) {
    let full = full_marks(summary.size);
    let line = match summary.balance {
        Balance::TooFew(acts) => Line::of(Tone::Strong, "too few")
            .with(Tone::Muted, format!(": {}, {FEWEST_ACTS} are needed", many(acts, "post", "posts"))),
        Balance::Standing(balance) => {
            let (tone, sign) = if balance >= full { (Tone::Good, "✓") } else { (Tone::Warn, "↓") };
            Line::of(tone, format!("{sign} {balance:.2}"))
                .with(Tone::Muted, format!(" of the {full:.2} that are full marks"))
        }
        Balance::Stale(balance, since) => Line::of(Tone::Strong, format!("{balance:.2}")).with(
            Tone::Warn,
            format!(" stale: nothing was published since {}", when::full(context.zone(), context.now(), since)),
        ),
    };
    page.line(line);
    page.line(
        Line::of(Tone::Text, format!("G {:.1} given   A {:.1} asked", summary.sums.given, summary.sums.asked))
            .with(Tone::Muted, format!("   halved every {:.0} d", summary.table.half_life_days)),
    );
    if !matches!(summary.balance, Balance::TooFew(_)) {
        page.line(Line::of(
            Tone::Muted,
            format!(
                "(G+1)/(G+A+2) = {:.1}/{:.1}",
                summary.sums.given + 1.0,
                summary.sums.given + summary.sums.asked + 2.0
            ),
        ));
    }
}

fn next_asks(page: &mut Page, summary: &Summary) {
    page.heading("Next ask");
    for (name, cover) in [("soft", summary.soft), ("hard", summary.hard)] {
        let (tone, words) = if cover.is_early() {
            (Tone::Bad, format!("! {} short", gives(cover.missing)))
        } else {
            (Tone::Good, "✓ covered".to_owned())
        };
        page.line(Line::of(Tone::Text, format!("{name}  ")).with(tone, words));
    }
}

fn early(page: &mut Page, summary: &Summary, context: &Context) {
    let (count, missing) = summary.whole.early;
    page.heading(format!("Early asks: {count}"));
    if count > 0 {
        page.line(Line::of(Tone::Muted, format!("{} missing in all", gives(missing))));
    }
    for (at, cover) in &summary.early {
        page.line(
            Line::of(Tone::Muted, format!("{} ", when::stamp(context.zone(), context.now(), *at)))
                .with(Tone::Bad, format!("{} short", gives(cover.missing)))
                .with(Tone::Muted, format!("  G {:.1}  A {:.1} then", cover.given, cover.asked)),
        );
    }
}

fn how(page: &mut Page, summary: &Summary) {
    page.heading("How it is said");
    let percent = |share: Option<f64>, words: &str| match share {
        Some(share) => format!("{:.0} % {words}", share * 100.0),
        None => format!("too few: {words}"),
    };
    page.prose(Tone::Text, 0, &percent(summary.unconditional, "of what was given waits for nobody"));
    page.prose(Tone::Text, 0, &percent(summary.whole.personal_share(), "of the posts are personal"));
    let alike = match summary.whole.canned_share() {
        Some(share) => format!("{:.0} % of the replies resemble another", share * 100.0),
        None => format!("sameness: too few, {} replies, {FEWEST_REPLIES} are needed", summary.whole.replies.0),
    };
    page.prose(Tone::Text, 0, &alike);
}

/// What was promised, given and paid, a line each currency or thing.
fn promised(page: &mut Page, indent: usize, promises: &Promises) {
    for pledged in &promises.units {
        page.prose(Tone::Text, indent, &of_unit(pledged));
    }
    for name in &promises.whole {
        page.prose(Tone::Text, indent, &format!("the whole was paid: {}", SafeText::line(name, 60)));
    }
}

fn of_unit(pledged: &Pledged) -> String {
    let sum = |amount: f64| {
        let sum = pledged.sum(amount);
        Money { unit: sum.unit.map(|unit| SafeText::line(&unit, 40).to_string()), ..sum }.to_string()
    };
    let kind = if pledged.money { "money" } else { "effort" };
    let all = [(pledged.on_condition, "on a condition"), (pledged.given, "given away"), (pledged.paid, "paid")];
    let told: Vec<String> =
        all.iter().filter(|(amount, _)| *amount > 0.0).map(|(amount, how)| format!("{} {how}", sum(*amount))).collect();
    let open = pledged.on_condition - pledged.paid;
    let open = if open > 0.0 { format!("; {} still open", sum(open)) } else { String::new() };
    format!("{kind}: {}{open}", told.join(", "))
}

fn part(page: &mut Page, name: &str, part: &Part) {
    let balance = part.balance().map_or_else(|| "too few".to_owned(), |balance| format!("{balance:.2}"));
    let posts = if part.acts == 1 { "post " } else { "posts" };
    let wide = page.columns().saturating_sub(33).clamp(8, 30);
    let mut line = Line::of(Tone::Text, text::fit(SafeText::line(name, 60).as_str(), wide))
        .with(Tone::Muted, format!("{:>5} {posts} ", text::short_number(part.acts as u64)))
        .with(Tone::Strong, format!("{balance:>7} "))
        .with(Tone::Muted, format!("+{:.0} −{:.0}", part.sums.given, part.sums.asked));
    if part.early.0 > 0 {
        line = line.with(Tone::Bad, format!(" !{}", part.early.0));
    }
    page.line(line);
}

/// What the books are made of.
pub fn explain(page: &mut Page) {
    let lines: [(Gesture, &str); 4] = [
        (Gesture::Give, "gives: answer, teach, thank, share 1; fix, donate 2"),
        (Gesture::Ask, "asks: soft (read, follow, repost) 1; hard (buy, sign up) 2"),
        (Gesture::Conditional, "gives on a condition: an ask of 2, of 3 when capped"),
        (Gesture::Talk, "neither gives nor asks"),
    ];
    for (gesture, words) in lines {
        let (tone, sign) = look(gesture);
        page.line(Line::of(tone, format!(" {sign} ")).with(Tone::Text, words));
    }
    page.gap();
    page.prose(Tone::Text, 0, "Each weight halves in a fortnight; their sums are G and A, the balance is (G+1)/(G+A+2), shown from ten posts on. At most one thank for each person and week counts; replies that say nearly the same count once. All proceeds without a cap are a give of 2 from a solo or small brand.");
    page.gap();
    page.prose(Tone::Text, 0, "An ask is early when too little was given before it: for each ask so many gives are full marks, by the size of the brand:");
    let sizes = [BrandSize::Solo, BrandSize::Small, BrandSize::Medium, BrandSize::Large, BrandSize::Enterprise];
    let names = ["solo", "small", "medium", "large", "enterprise"];
    let told = sizes
        .into_iter()
        .zip(names)
        .map(|(size, name)| piece(Tone::Muted, format!("{name} {:.1}", gives_per_ask(size))));
    page.flow(told.collect(), "   ");
    page.gap();
    page.prose(Tone::Text, 0, "To whom: a reply goes to somebody who knows us when we answered them a day or more before, else to a stranger; what answers nobody goes to the public. Posts that are not public are in no sum.");
}
