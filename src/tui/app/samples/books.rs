//! Books of a made-up brand for tests.

use std::sync::Arc;

use super::{minutes_ago, now};
use crate::domain::{
    Act, ActId, BrandSize, Deed, Gesture, Give, Money, Network, Paid, PersonId, SafeText, SourceId, Trigger, Visibility,
};
use crate::engine::books::parts::Acquaintances;
use crate::engine::books::shown::{Shown, Standing, Summary, Verdict};
use crate::engine::books::stakes::Stake;
use crate::engine::books::{Books, Promise, Read};
use crate::language::{Evidence, GestureReading};
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Entry, Ledger};
use crate::measure::giving::sameness::Sketch;

const CAPPED: Deed = Deed::Conditional { capped: true, all_proceeds: false };

/// Deed, minutes ago, to whom, words.
const POSTS: [(Deed, i64, Option<i64>, &str); 14] = [
    (Deed::Give(Give::Answer), 12, Some(1), "@ana a new chain is in the post, it should be with you on Friday. ^AK"),
    (Deed::Give(Give::Thank), 40, Some(2), "@lou thank you, that made our morning!"),
    (CAPPED, 180, None, "For each retweet we give $1, at most $100,000, to the earthquake fund"),
    (Deed::HardAsk, 300, None, "The S2 is in stock again, order yours now"),
    (Deed::Give(Give::Thank), 500, Some(2), "@lou thanks for the lovely picture!"),
    (Deed::Give(Give::Answer), 1_500, Some(3), "@kvs the S2 takes tyres of up to 2.35 inches"),
    (Deed::Talk, 2_000, None, "Good morning from the workshop"),
    (Deed::Give(Give::Answer), 2_900, Some(1), "@ana could be the batch of May: we look into it today"),
    (Deed::Give(Give::Answer), 2_950, Some(4), "@cy sorry to hear that, please send us your order number by message"),
    (Deed::Give(Give::Answer), 2_960, Some(5), "@di sorry to hear that, please send us your order number by message"),
    (Deed::SoftAsk, 4_000, None, "Read our new post on winter chains"),
    (Deed::Give(Give::Teach), 6_000, None, "Here is how to true a wheel with two spoons"),
    (Deed::Give(Give::Donate), 9_000, None, "We gave 40 bicycles to the shelter this morning"),
    (Deed::Give(Give::Share), 12_000, None, "Great piece by the people of Oak Street on lights"),
];

fn act(number: usize) -> Act {
    let (_, minutes, to, words) = POSTS[number];
    Act {
        id: ActId(100 - number as i64),
        source: SourceId(2),
        network: Network::named("mastodon"),
        native_id: format!("post{number}"),
        parent: to.map(|to| format!("of{to}")),
        root: None,
        answers: None,
        author: SafeText::line("ferris@bikes.example", 80),
        person: None,
        own: true,
        text: SafeText::block(words),
        url: None,
        lang: None,
        visibility: Visibility::Public,
        published: minutes_ago(minutes),
        first_seen: minutes_ago(minutes),
        history: false,
        edited_at: None,
    }
}

fn books(judged: &[(ActId, Deed)]) -> Books {
    let mut acts = Vec::new();
    let mut entries = Vec::new();
    for (number, (deed, _, to, words)) in POSTS.iter().enumerate().rev() {
        let act = act(number);
        let said = judged.iter().rev().find(|(id, _)| *id == act.id).map(|(_, said)| *said);
        let promise = match deed {
            Deed::Conditional { .. } => Some(("at most $100,000", 100_000.0, "USD")),
            Deed::Give(Give::Donate) => Some(("", 40.0, "bicycles")),
            _ => None,
        };
        let promise = promise.map(|(cap, amount, unit)| {
            let cap = Some(cap).filter(|cap| !cap.is_empty()).map(Box::from);
            Box::new(Promise { cap, amount: Some(Money { amount, unit: Some(unit.to_owned()) }) })
        });
        entries.push(Entry {
            act: act.id,
            at: act.published,
            deed: said.unwrap_or(*deed),
            to: to.map(PersonId),
            same: to.map(|_| Sketch::of(words)),
        });
        acts.push(Read {
            act: act.id,
            published: act.published,
            source: act.source,
            network: act.network.clone(),
            account: Arc::from(act.author.as_str()),
            reply: to.is_some(),
            to: to.map(PersonId),
            gesture: deed.gesture(),
            read: *deed,
            sure: 0.83,
            trigger: (*deed == CAPPED).then_some(Trigger::Share),
            promise,
            personal: words.ends_with("^AK"),
            said,
        });
    }
    Books { ledger: Ledger::new(entries, BrandSize::Medium, Table::default()), acts }
}

/// A campaign of which a part was paid.
fn stakes() -> Vec<Stake> {
    let paid = Paid::Part(Money { amount: 62_000.0, unit: Some("USD".to_owned()) });
    vec![Stake { name: "Quake fund".to_owned(), acts: [ActId(98)].into(), paid: vec![(minutes_ago(60), paid)] }]
}

/// What the screen shows of them, with what people said of acts.
pub(crate) fn shown(judged: &[(ActId, Deed)], limit: usize) -> Shown {
    let books = books(judged);
    let acts = (0..POSTS.len().min(limit)).filter_map(|number| standing(&books, number)).collect();
    Shown { acts, all: POSTS.len(), summary: Summary::of(&books, &stakes(), now()) }
}

fn standing(books: &Books, number: usize) -> Option<Standing> {
    let act = act(number);
    let (line, read) = books.find(act.published, act.id)?;
    let left = books.ledger.table().decay(line.entry.at, now());
    let audience = Acquaintances::of(books).audience(read);
    Some(Standing { line: line.clone(), read: read.clone(), audience, left, act })
}

/// Why an act was read so.
pub(crate) fn verdict(judged: &[(ActId, Deed)], act: ActId) -> Option<Verdict> {
    let number = usize::try_from(100 - act.0).ok().filter(|number| *number < POSTS.len())?;
    let standing = standing(&books(judged), number)?;
    let text = standing.act.text.as_str();
    let parts = ["For each retweet", "order", "thank", "Here is how"].iter().filter_map(|words| {
        let at = text.find(words)?;
        Some(Evidence { span: at..at + words.len(), weight: 1.0, why: "words" })
    });
    let gesture = GestureReading {
        gesture: standing.read.gesture,
        probabilities: Gesture::ALL.map(|one| if one == standing.read.gesture { 0.83 } else { 0.05 }),
        trigger: None,
        cap: None,
        all_proceeds: None,
        parts: parts.collect(),
    };
    let deed = crate::language::DeedReading { deed: standing.read.read, words: Vec::new() };
    Some(Verdict { standing, gesture, deed })
}
