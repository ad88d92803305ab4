//! `ledger`: what the brand gave and what it asked, and whether an ask would be covered now.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{Everywhere, LedgerArgs};
use super::error::CliResult;
use super::house::House;
use super::output::{self, Table as Sheet};
use crate::domain::{BrandSize, Clock, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::engine::books::{Books, Read};
use crate::engine::presence::Presence;
use crate::engine::rehearsal::told::{does, gives};
use crate::language::Readers;
use crate::measure::giving::ledger::{Balance, Discount, Line};
use crate::measure::giving::{Side, Table, full_marks};
use crate::store::Store;

/// Prints the books. The exit code is 0 when there was an act, else 1.
///
/// # Errors
/// When the configuration or the store cannot be read.
pub async fn run(arguments: &LedgerArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let size = house.config.brand.size;
    let table = Table { tell_factor: house.config.weights.tell_factor, ..Table::default() };
    let store = super::house::existing_store(&house.data).await?;
    let (readers, now) = (Readers::trained(), SystemClock.now());
    let books = Books::open(&*store, readers.gesture.as_ref(), size, table, now).await;
    store.close().await;
    let books = books?;
    let telling = Telling { books: &books, size, table, now };
    match (arguments.printing.json, arguments.acts) {
        (true, acts) => {
            output::json(&telling.summary())?;
            if acts {
                telling.pairs().try_for_each(|(line, read)| output::json(&telling.act(line, read)))?;
            }
        }
        (false, acts) => {
            if acts && !books.acts.is_empty() {
                output::block(telling.acts().render())?;
                output::line("")?;
            }
            telling.words().into_iter().try_for_each(output::line)?;
        }
    }
    Ok(u8::from(books.acts.is_empty()))
}

struct Telling<'a> {
    books: &'a Books,
    size: BrandSize,
    table: Table,
    now: Timestamp,
}

impl Telling<'_> {
    fn pairs(&self) -> impl Iterator<Item = (&Line, &Read)> {
        self.books.ledger.lines().iter().zip(&self.books.acts)
    }

    /// What each account gave and asked, undecayed.
    fn accounts(&self) -> BTreeMap<String, (usize, f64, f64)> {
        let mut accounts: BTreeMap<String, (usize, f64, f64)> = BTreeMap::new();
        for (line, read) in self.pairs() {
            let name = format!("{} {}", read.act.network.name(), SafeText::line(read.act.author.as_str(), 60));
            let account = accounts.entry(name).or_default();
            account.0 += 1;
            account.1 += line.side.given();
            account.2 += line.side.asked();
        }
        accounts
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
        let sums = ledger.sums(self.now);
        let full = full_marks(self.size);
        let mut words = vec![match ledger.balance(self.now) {
            Balance::TooFew(acts) => format!("balance     too few: {acts} acts, 10 are needed"),
            Balance::Standing(balance) => format!("balance     {balance:.2} of the {full:.2} that are full marks"),
            Balance::Stale(balance, since) => {
                format!("balance     {balance:.2} of {full:.2}, stale: nothing was published since {}", day(since))
            }
        }];
        words.push(format!(
            "            (G+1)/(G+A+2) with G {:.1} given and A {:.1} asked, each halved every {:.0} days",
            sums.given, sums.asked, self.table.half_life_days
        ));
        if let Some(share) = ledger.share_unconditional(self.now) {
            words.push(format!("no strings  {:.0} % of what was given waits for nobody", share * 100.0));
        }
        let next = ledger.next_ask(self.table.hard_ask, self.size, self.now);
        words.push(if next.is_early() {
            format!("next ask    {} short of covering one of weight {}", gives(next.missing), self.table.hard_ask)
        } else {
            format!("next ask    covered (one of weight {})", self.table.hard_ask)
        });
        let early: Vec<&Line> = ledger.lines().iter().filter(|line| is_early(line)).collect();
        words.push(format!("early asks  {}", early.len()));
        for line in early.iter().rev().take(5) {
            let missing = line.cover.map_or(0.0, |cover| cover.missing);
            words.push(format!("            {} {} short", day(line.entry.at), gives(missing)));
        }
        let presence = Presence::of(self.books.acts.iter().map(|read| &read.act), self.size, self.now);
        words.push(format!("presence    {}", presence.personal_in_words()));
        words.extend(presence.sameness_in_words().map(|words| format!("            {words}")));
        words.push(String::new());
        for (name, (acts, given, asked)) in self.accounts() {
            words.push(format!("{name}: {acts} acts, {given:.0} given, {asked:.0} asked (not decayed)"));
        }
        words
    }

    fn acts(&self) -> Sheet {
        let mut sheet = Sheet::new(&["DAY", "DOES", "GIVES", "ASKS", "", "WORDS"]);
        for (line, read) in self.pairs() {
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
                SafeText::line(read.act.text.as_str(), 80).to_string(),
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
        let next = ledger.next_ask(self.table.hard_ask, self.size, self.now);
        let presence = Presence::of(self.books.acts.iter().map(|read| &read.act), self.size, self.now);
        json!({
            "acts": self.books.acts.len(),
            "given": sums.given,
            "asked": sums.asked,
            "balance": balance,
            "stale": stale,
            "full_marks": full_marks(self.size),
            "unconditional": ledger.share_unconditional(self.now),
            "personal": presence.share(),
            "personal_full_marks": presence.full,
            "canned_replies": presence.sameness.map(|same| same.canned),
            "next_ask": { "weight": self.table.hard_ask, "covered": next.covered, "missing": next.missing },
            "early_asks": ledger.lines().iter().filter(|line| is_early(line)).count(),
        })
    }

    fn act(&self, line: &Line, read: &Read) -> Value {
        json!({
            "act": read.act.id,
            "at": line.entry.at,
            "network": read.act.network.name(),
            "account": read.act.author.as_str(),
            "text": read.act.text.as_str(),
            "gesture": read.gesture.gesture.name(),
            "does": does(line.entry.deed),
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
}

fn is_early(line: &Line) -> bool {
    line.cover.is_some_and(|cover| cover.is_early())
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
}
