//! `ledger`: what the brand gave and what it asked, by account, audience and campaign, what it promised and what was paid
//! of that, and whether an ask would be covered now.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{Everywhere, LedgerArgs, LedgerBy};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output::{self, Table as Sheet};
use crate::domain::{Act, ActId, Clock, Deed, Money, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::engine::books::parts::{By, Part};
use crate::engine::books::shown::by_campaign;
use crate::engine::books::stakes::{Pledged, Promises, Stake};
use crate::engine::books::{Books, Read};
use crate::engine::campaigns::Keeper;
use crate::engine::campaigns::words::many;
use crate::measure::giving::ledger::{Balance, Discount, Line};
use crate::measure::giving::{Side, full_marks};
use crate::store::Store;

/// Prints the books. The exit code is 0 when there was an act, else 1.
///
/// # Errors
/// When the configuration or the store cannot be read.
pub async fn run(arguments: &LedgerArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let now = SystemClock.now();
    let since = match arguments.since {
        Some(when) => Some(
            when.moment(now, &TimeZone::system())
                .ok_or_else(|| CliError::message("that time is outside of the years that can be counted").refused())?,
        ),
        None => None,
    };
    let store = super::house::existing_store(&house.data).await?;
    let readers = house.readers();
    let size = house.config.brand.size;
    let looked = async {
        super::campaigns::join(&house, &store, "").await?;
        let books = Books::open(&*store, readers.gesture.as_ref(), size, house.table()).await?;
        let stakes = Keeper::stakes(&*store, house.scale(), now).await?;
        let acts = if arguments.acts { texts(&*store, &books, now, since).await? } else { HashMap::new() };
        Ok::<_, CliError>((books, stakes, acts))
    };
    let looked = looked.await;
    store.close().await;
    let (books, stakes, acts) = looked?;
    let telling = Telling { books: &books, stakes: &stakes, acts, now, since, by: arguments.by };
    if arguments.printing.json {
        output::json(&telling.summary())?;
        telling.shown().try_for_each(|(line, read)| match telling.acts.get(&read.act) {
            Some(act) => output::json(&act_as_json(line, read, act)),
            None => Ok(()),
        })?;
    } else {
        if arguments.acts && !books.acts.is_empty() {
            output::block(telling.sheet_of_acts().render())?;
            output::line("")?;
        }
        telling.words().into_iter().try_for_each(output::line)?;
        for sheet in [telling.sheet_of_parts(), telling.sheet_of_promises()].into_iter().flatten() {
            output::line("")?;
            output::block(sheet.render())?;
        }
    }
    Ok(u8::from(books.acts.is_empty()))
}

/// Acts whose words are read at once.
const PIECE: usize = 1_000;

/// The words of the acts that are printed.
async fn texts(
    store: &dyn Store,
    books: &Books,
    now: Timestamp,
    since: Option<Timestamp>,
) -> CliResult<HashMap<ActId, Act>> {
    let wanted: Vec<ActId> = books
        .acts
        .iter()
        .filter(|read| read.published <= now && since.is_none_or(|since| read.published >= since))
        .map(|read| read.act)
        .collect();
    let mut texts = HashMap::with_capacity(wanted.len());
    for piece in wanted.chunks(PIECE) {
        texts.extend(store.whole_acts(piece).await?.into_iter().map(|act| (act.id, act)));
    }
    Ok(texts)
}

struct Telling<'a> {
    books: &'a Books,
    stakes: &'a [Stake],
    acts: HashMap<ActId, Act>,
    now: Timestamp,
    since: Option<Timestamp>,
    by: Option<LedgerBy>,
}

impl Telling<'_> {
    fn shown(&self) -> impl Iterator<Item = (&Line, &Read)> {
        let within = |at: Timestamp| at <= self.now && self.since.is_none_or(|since| at >= since);
        self.books.pairs().filter(move |(line, _)| within(line.entry.at))
    }

    fn words(&self) -> Vec<String> {
        let ledger = &self.books.ledger;
        if self.books.acts.is_empty() {
            return vec![
                "No act is known: posts of your own are collected from the accounts that you log in with and from \
                 feeds of your own."
                    .to_owned(),
            ];
        }
        let (sums, table) = (ledger.sums(self.now), ledger.table());
        let full = full_marks(ledger.size());
        let mut words = vec![match ledger.balance(self.now) {
            Balance::TooFew(acts) => format!("balance     too few: {}, 10 are needed", many(acts, "act", "acts")),
            Balance::Standing(balance) => format!("balance     {balance:.2} of the {full:.2} that are full marks"),
            Balance::Stale(balance, since) => {
                format!("balance     {balance:.2} of {full:.2}, stale: nothing was published since {}", day(since))
            }
        }];
        words.push(format!(
            "            (G+1)/(G+A+2) with G {:.1} given and A {:.1} asked, each halved every {:.0} days",
            sums.given, sums.asked, table.half_life_days
        ));
        if let Some(share) = ledger.share_unconditional(self.now) {
            words.push(format!("no strings  {:.0} % of what was given waits for nobody", share * 100.0));
        }
        for (name, weight) in [("next ask   ", table.soft_ask), ("           ", table.hard_ask)] {
            let kind = if weight == table.soft_ask { "soft" } else { "hard" };
            let next = ledger.next_ask(weight, ledger.size(), self.now);
            words.push(if next.is_early() {
                format!("{name} a {kind} one (weight {weight}) is {} short of being covered", gives(next.missing))
            } else {
                format!("{name} a {kind} one (weight {weight}) is covered")
            });
        }
        let whole = self.whole();
        words.push(format!("early asks  {}", whole.early.0));
        let early: Vec<&Line> = self.shown().map(|(line, _)| line).filter(|line| is_early(line)).collect();
        for line in early.iter().rev().take(5) {
            let missing = line.cover.map_or(0.0, |cover| cover.missing);
            words.push(format!("            {} {} short", day(line.entry.at), gives(missing)));
        }
        if let Some(share) = whole.personal_share() {
            words.push(format!(
                "personal    {:.0} % of the posts: signed, as a person, or written for one",
                share * 100.0
            ));
        }
        words.push(match whole.canned_share() {
            Some(share) => format!("sameness    {:.0} % of the replies resemble another", share * 100.0),
            None => format!("sameness    too few: {} replies, 8 are needed", whole.replies.0),
        });
        let promises = self.books.promises(self.stakes, self.now, self.since);
        words.extend(promises.units.iter().map(pledged));
        words.extend(promises.whole.iter().map(|name| {
            format!("paid        the whole of what \"{}\" promised, by the word of a person", SafeText::line(name, 60))
        }));
        words
    }

    fn whole(&self) -> Part {
        self.books.part(self.now, self.since, |_, _| true)
    }

    fn parts(&self) -> Option<(&'static str, Vec<(String, Part)>)> {
        let (head, by) = match self.by? {
            LedgerBy::Account => ("ACCOUNT", By::Account),
            LedgerBy::Audience => ("TO", By::Audience),
            LedgerBy::Campaign => ("CAMPAIGN", By::Campaign(self.stakes)),
        };
        Some((head, self.books.parts(by, self.now, self.since)))
    }

    fn sheet_of_parts(&self) -> Option<Sheet> {
        let (head, parts) = self.parts().filter(|(_, parts)| !parts.is_empty())?;
        let mut sheet =
            Sheet::new(&[head, "ACTS", "GIVEN", "ASKED", "BALANCE", "EARLY", "NO STRINGS", "PERSONAL", "ALIKE"]);
        let percent = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{:.0} %", share * 100.0));
        for (name, part) in parts {
            sheet.row(vec![
                SafeText::line(&name, 60).to_string(),
                part.acts.to_string(),
                format!("{:.1}", part.sums.given),
                format!("{:.1}", part.sums.asked),
                part.balance().map_or_else(|| "too few".to_owned(), |balance| format!("{balance:.2}")),
                part.early.0.to_string(),
                percent(part.unconditional),
                percent(part.personal_share()),
                part.canned_share().map_or_else(|| "too few".to_owned(), |share| percent(Some(share))),
            ]);
        }
        Some(sheet)
    }

    /// What each campaign promised and what was given of it, a row each currency or thing.
    fn sheet_of_promises(&self) -> Option<Sheet> {
        let campaigns = self.campaigns();
        let mut sheet = Sheet::new(&["CAMPAIGN", "", "PROMISED", "GIVEN BY THE POSTS", "PAID", "OPEN"]);
        let mut any = false;
        for (name, _, promises) in &campaigns {
            let name = SafeText::line(name, 60).to_string();
            for one in &promises.units {
                let sum = |amount: f64| if amount > 0.0 { clean(one.sum(amount)) } else { String::new() };
                sheet.row(vec![
                    name.clone(),
                    kind(one).to_owned(),
                    sum(one.on_condition),
                    sum(one.given),
                    sum(one.paid),
                    sum(one.on_condition - one.paid),
                ]);
            }
            for _ in &promises.whole {
                let mut row = vec![name.clone()];
                row.extend(["", "", "", "the whole", ""].map(str::to_owned));
                sheet.row(row);
            }
            any |= *promises != Promises::default();
        }
        any.then_some(sheet)
    }

    /// Each campaign with what it promised, when that is asked for.
    fn campaigns(&self) -> Vec<(String, Part, Promises)> {
        match self.by {
            Some(LedgerBy::Campaign) => by_campaign(self.books, self.stakes, self.now, self.since),
            _ => Vec::new(),
        }
    }

    fn sheet_of_acts(&self) -> Sheet {
        let mut sheet = Sheet::new(&["DAY", "DOES", "GIVES", "ASKS", "", "WORDS"]);
        for (line, read) in self.shown() {
            let weight = |weight: f64| if weight > 0.0 { format!("{weight:.0}") } else { String::new() };
            let remark = match (line.discounted, line.cover) {
                (Some(Discount::ThankedAlready), _) => "thanked this week already".to_owned(),
                (Some(Discount::SaidAlready), _) => "said already".to_owned(),
                (None, Some(cover)) if cover.is_early() => format!("early, {} short", gives(cover.missing)),
                _ => String::new(),
            };
            sheet.row(vec![
                day(line.entry.at),
                does(line.entry.deed),
                weight(line.side.given()),
                weight(line.side.asked()),
                remark,
                self.acts
                    .get(&read.act)
                    .map_or_else(String::new, |act| SafeText::line(act.text.as_str(), 80).to_string()),
            ]);
        }
        sheet
    }

    fn summary(&self) -> Value {
        let ledger = &self.books.ledger;
        let sums = ledger.sums(self.now);
        let (balance, stale) = match ledger.balance(self.now) {
            Balance::TooFew(_) => (None, false),
            Balance::Standing(balance) => (Some(balance), false),
            Balance::Stale(balance, _) => (Some(balance), true),
        };
        let ask = |weight: f64| {
            let next = ledger.next_ask(weight, ledger.size(), self.now);
            json!({ "weight": weight, "covered": next.covered, "missing": next.missing })
        };
        let whole = self.whole();
        let mut summary = json!({
            "acts": self.books.acts.len(),
            "given": sums.given,
            "asked": sums.asked,
            "balance": balance,
            "stale": stale,
            "full_marks": full_marks(ledger.size()),
            "unconditional": ledger.share_unconditional(self.now),
            "next_ask": ask(ledger.table().hard_ask),
            "next_soft_ask": ask(ledger.table().soft_ask),
            "early_asks": whole.early.0,
            "personal": whole.personal_share(),
            "canned": whole.canned_share(),
        });
        let Some(all) = summary.as_object_mut() else { return summary };
        all.extend(promises_as_json(&self.books.promises(self.stakes, self.now, self.since)));
        if let Some((_, parts)) = self.parts() {
            let campaigns = self.campaigns();
            let part = |(name, part): &(String, Part)| {
                let mut told = part_as_json(name, part);
                let promises = campaigns.iter().find(|(campaign, ..)| campaign == name).map(|(.., promises)| promises);
                if let (Some(told), Some(promises)) = (told.as_object_mut(), promises) {
                    told.extend(promises_as_json(promises));
                }
                told
            };
            all.insert("parts".to_owned(), parts.iter().map(part).collect());
        }
        summary
    }
}

fn part_as_json(name: &str, part: &Part) -> Value {
    json!({
        "name": name,
        "acts": part.acts,
        "given": part.sums.given,
        "asked": part.sums.asked,
        "balance": part.balance(),
        "early_asks": part.early.0,
        "missing": part.early.1,
        "unconditional": part.unconditional,
        "personal": part.personal_share(),
        "replies": part.replies.0,
        "canned": part.canned_share(),
    })
}

fn promises_as_json(promises: &Promises) -> serde_json::Map<String, Value> {
    let pledged = |pledged: &Pledged| {
        json!({
            "unit": pledged.unit,
            "money": pledged.money,
            "on_condition": pledged.on_condition,
            "given": pledged.given,
            "paid": pledged.paid,
            "acts": pledged.acts,
        })
    };
    let mut told = serde_json::Map::new();
    told.insert("pledged".to_owned(), promises.units.iter().map(pledged).collect());
    told.insert("paid_whole".to_owned(), json!(promises.whole));
    told
}

fn act_as_json(line: &Line, read: &Read, act: &Act) -> Value {
    let promise = read.promise.as_deref();
    json!({
        "act": read.act,
        "at": line.entry.at,
        "network": read.network.name(),
        "account": &*read.account,
        "text": act.text.as_str(),
        "gesture": line.entry.deed.gesture().name(),
        "does": does(line.entry.deed),
        "deed": line.entry.deed.name(),
        "confirmed": read.confirmed(),
        "read": read.read.name(),
        "sure": f64::from((read.sure * 10_000.0).round()) / 10_000.0,
        "trigger": read.trigger.map(crate::domain::Trigger::name),
        "cap": promise.and_then(|promise| promise.cap.as_deref()),
        "amount": promise.and_then(|promise| promise.amount.as_ref()),
        "personal": read.is_personal(line),
        "given": line.side.given(),
        "asked": line.side.asked(),
        "exempt": matches!(line.side, Side::Exempt(_)),
        "discounted": line.discounted.map(|discount| match discount {
            Discount::ThankedAlready => "thanked_already",
            Discount::SaidAlready => "said_already",
        }),
        "covered": line.cover.map(|cover| cover.covered),
        "missing": line.cover.map(|cover| cover.missing),
    })
}

/// What was promised, given and paid of one unit, as a line.
fn pledged(pledged: &Pledged) -> String {
    let sum = |amount: f64| clean(pledged.sum(amount));
    let mut words = format!(
        "{:<6}      {} promised on a condition, {} given away, by the words of {}",
        kind(pledged),
        sum(pledged.on_condition),
        sum(pledged.given),
        many(pledged.acts, "act", "acts")
    );
    if pledged.paid > 0.0 {
        words.push_str(&format!("; {} paid, by the word of a person", sum(pledged.paid)));
    }
    words
}

fn kind(pledged: &Pledged) -> &'static str {
    if pledged.money { "money" } else { "effort" }
}

/// A sum as it may be printed.
fn clean(sum: Money) -> String {
    Money { unit: sum.unit.map(|unit| SafeText::line(&unit, 40).to_string()), ..sum }.to_string()
}

fn is_early(line: &Line) -> bool {
    line.cover.is_some_and(|cover| cover.is_early())
}

/// A deed in a word or two.
pub fn does(deed: Deed) -> String {
    deed.words().to_owned()
}

/// Gives, rounded up: half a give is one to do.
pub fn gives(missing: f64) -> String {
    let whole = missing.ceil();
    format!("{whole:.0} {}", if whole == 1.0 { "give" } else { "gives" })
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
}
