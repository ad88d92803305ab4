//! `campaigns`: have they given before they asked, and what was paid of what they promised.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::args::{CampaignsArgs, CampaignsCommand, Everywhere};
use super::error::{CliError, CliResult};
use super::house::{self, House};
use super::output::{self, Table};
use crate::domain::{CampaignChange, Clock, Money, Paid, SafeText, Timestamp};
use crate::engine::SystemClock;
use crate::engine::books::Books;
use crate::engine::campaigns::{ActLine, Board, Keeper, Report, paid, words};
use crate::measure::giving::Side;
use crate::measure::giving::health::{Health, POINTS};
use crate::store::sqlite::SqliteStore;
use crate::store::{Campaigns, Store, StoreError};

/// Lists the campaigns, shows one, or writes down what was paid. The exit code is 0 when there was one, else 1.
///
/// # Errors
/// When the configuration or the store cannot be read, or there is no such campaign.
pub async fn run(arguments: &CampaignsArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let house = House::of_file(everywhere)?;
    let store = house::existing_store(&house.data).await?;
    let done = carry_out(arguments, &house, &store).await;
    store.close().await;
    done
}

async fn carry_out(arguments: &CampaignsArgs, house: &House, store: &SqliteStore) -> CliResult<u8> {
    join(house, store, "").await?;
    match &arguments.command {
        None => list(&board(house, store).await?, &house.zone(), arguments.printing.json),
        Some(CampaignsCommand::Show { name, printing }) => {
            let board = board(house, store).await?;
            let report = board.named(name).ok_or_else(|| unknown(name, &board))?;
            show(report, &board, &house.zone(), printing.json || arguments.printing.json)
        }
        Some(CampaignsCommand::Paid { name, amount, voice }) => {
            let paid = paid::read(&amount.join(" ")).map_err(|why| CliError::message(why).refused())?;
            let voice = super::voice::named(&house.config, voice.clone())?.unwrap_or_default();
            let campaigns = store.campaigns().await?;
            let wanted = name.trim().to_lowercase();
            let found = campaigns.iter().find(|campaign| campaign.terms.name.to_lowercase() == wanted);
            let Some(campaign) = found else { return Err(unknown(name, &board(house, store).await?)) };
            let promised = board(house, store).await?.named(name).map(|report| report.promised.clone());
            let paid =
                paid::against(paid, &promised.unwrap_or_default()).map_err(|why| CliError::message(why).refused())?;
            let change = CampaignChange::Pay(campaign.id, paid);
            store.change_campaigns(&change, &voice, SystemClock.now()).await?;
            let board = board(house, store).await?;
            let report = board.named(name).ok_or_else(|| unknown(name, &board))?;
            output::line(format!(
                "{}: {}",
                SafeText::line(&report.campaign.terms.name, 80),
                words::given(report).unwrap_or_else(|| "nothing is recorded as paid".to_owned())
            ))?;
            output::line(health(report))?;
            Ok(0)
        }
    }
}

/// Brings the configuration's campaigns into the store, for who collects; where that can only be read, what was brought
/// in before stands.
///
/// # Errors
/// When the store refuses for another reason.
pub async fn adopt(house: &House, store: &SqliteStore) -> CliResult {
    match store.adopt_campaigns(&house.config.campaign_terms()).await {
        Ok(()) | Err(StoreError::ReadOnly { .. } | StoreError::Full { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The same for who comes for one errand: none is taken away, and while another process than `by` collects, what that one
/// took on stands.
///
/// # Errors
/// When the store refuses for another reason than that it can only be read.
pub async fn join(house: &House, store: &SqliteStore, by: &str) -> CliResult {
    match store.join_campaigns(&house.config.campaign_terms(), by, SystemClock.now()).await {
        Ok(()) | Err(StoreError::ReadOnly { .. } | StoreError::Full { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn board(house: &House, store: &SqliteStore) -> CliResult<Board> {
    let (scale, now) = (house.scale(), SystemClock.now());
    let readers = house.readers();
    let books = Books::open(store, readers.gesture.as_ref(), scale.size, scale.table).await?;
    let mut keeper = Keeper::open(store, scale, now).await?;
    Ok(keeper.board(store, &books, now).await?)
}

/// There is no such campaign.
pub fn unknown(name: &str, board: &Board) -> CliError {
    let known: Vec<&str> = board.reports.iter().map(|report| report.campaign.terms.name.as_str()).collect();
    let known = if known.is_empty() {
        "there is none yet; add a [[campaign]] to the configuration, or make one on the screen (F8)".to_owned()
    } else {
        format!("there are: {}", SafeText::line(&known.join(", "), 300))
    };
    CliError::message(format!("there is no campaign \"{}\"; {known}", SafeText::line(name, 80)))
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

fn last_day(report: &Report, zone: &TimeZone) -> Option<String> {
    let until = report.campaign.terms.until?.checked_sub(jiff::SignedDuration::from_secs(1)).ok()?;
    Some(day(until, zone))
}

/// The health in words.
fn health(report: &Report) -> String {
    match report.health.as_ref().and_then(|health| Some((health.health?, health.band()?))) {
        Some((points, band)) => format!("{} {points:.0} {}", words::sign(band), words::band(band)),
        None => words::sentence(report),
    }
}

fn list(board: &Board, zone: &TimeZone, json: bool) -> CliResult<u8> {
    if json {
        for report in &board.reports {
            output::json(&summary(report))?;
        }
        return Ok(u8::from(board.reports.is_empty()));
    }
    if board.reports.is_empty() {
        output::line(
            "There is no campaign yet: add a [[campaign]] to the configuration, or make one on the screen (F8).",
        )?;
    } else {
        let mut sheet = Table::new(&["HEALTH", "CAMPAIGN", "BEGAN", "ENDS", "POSTS", "RESPONSES", "WHAT MATTERS MOST"]);
        for report in &board.reports {
            sheet.row(vec![
                match report.health.as_ref().and_then(|health| health.health) {
                    Some(_) => health(report),
                    None => "too few".to_owned(),
                },
                SafeText::line(&report.campaign.terms.name, 40).to_string(),
                report.begin.map_or_else(String::new, |at| day(at, zone)),
                last_day(report, zone).unwrap_or_default(),
                report.acts.len().to_string(),
                report.responses.all.to_string(),
                words::sentence(report),
            ]);
        }
        output::block(sheet.render())?;
    }
    output::line("")?;
    output::line(format!("balance   {}", words::balance(board)))?;
    output::line(format!("next ask  {}", words::next_ask(&board.next)))?;
    for one in &board.suggestions {
        let key = SafeText::line(&one.key, 80);
        output::line(format!("suggested {key}: {} posts of the last 30 days share it", one.acts))?;
    }
    Ok(u8::from(board.reports.is_empty()))
}

fn show(report: &Report, board: &Board, zone: &TimeZone, json: bool) -> CliResult<u8> {
    if json {
        output::json(&whole(report, board))?;
        return Ok(0);
    }
    let name = SafeText::line(&report.campaign.terms.name, 80);
    output::line(format!("{name}: {}", health(report)))?;
    output::line(words::sentence(report))?;
    if let Some(given) = words::given(report) {
        output::line(given)?;
    }
    output::line(format!("next ask  {}", words::next_ask(&report.next)))?;
    if let Some(health) = &report.health {
        for (name, share, points) in parts(health) {
            output::line(format!("{name:<9} {:>5.1} of {points:.0}", share * points))?;
        }
    }
    let responses = &report.responses;
    output::line(format!(
        "\n{}, {} praise, {} complain ({} open); {} of {} knew us before",
        words::many(responses.all, "response", "responses"),
        responses.praise,
        responses.complaints,
        report.open,
        responses.known,
        words::many(responses.people, "person", "people"),
    ))?;
    for fell in report.days.iter().filter(|day| day.falls) {
        output::line(format!(
            "backlash on {}: reception fell to {:.0} of 20",
            day(fell.start, zone),
            fell.reception * POINTS.reception
        ))?;
        for post in &fell.posts {
            output::line(format!("  {}: {}", post.author, post.text))?;
        }
    }
    if !report.acts.is_empty() {
        let mut sheet = Table::new(&["DAY", "DOES", "GIVES", "ASKS", "COVER", "PERSONAL", "WORDS"]);
        report.acts.iter().for_each(|act| sheet.row(row(act, zone)));
        output::line("")?;
        output::block(sheet.render())?;
    }
    Ok(0)
}

fn row(act: &ActLine, zone: &TimeZone) -> Vec<String> {
    let weight = |weight: f64| if weight > 0.0 { format!("{weight:.0}") } else { String::new() };
    vec![
        day(act.at, zone),
        act.deed.words().to_owned(),
        weight(act.posted.side.given()),
        weight(act.posted.side.asked()),
        act.posted.cover.map_or_else(String::new, |cover| format!("{:.2}", cover.covered)),
        if act.posted.personal { "yes" } else { "" }.to_owned(),
        SafeText::line(act.text.as_str(), 80).to_string(),
    ]
}

fn parts(health: &Health) -> [(&'static str, f64, f64); 4] {
    let parts = &health.parts;
    [
        ("giving", parts.giving, POINTS.giving),
        ("ties", parts.ties, POINTS.ties),
        ("reception", parts.reception, POINTS.reception),
        ("personal", parts.personal, POINTS.personal),
    ]
}

fn summary(report: &Report) -> Value {
    let terms = &report.campaign.terms;
    let health = report.health.as_ref();
    json!({
        "campaign": report.campaign.id,
        "name": terms.name,
        "configured": report.campaign.configured,
        "tags": terms.tags,
        "words": terms.words,
        "accounts": terms.accounts,
        "begin": report.begin,
        "until": terms.until,
        "as_of": report.as_of,
        "running": report.running,
        "health": health.and_then(|health| health.health),
        "band": health.and_then(Health::band).map(words::band),
        "acts": report.acts.len(),
        "responses": report.responses.all,
        "people": report.responses.people,
        "known": report.responses.known,
        "praise": report.responses.praise,
        "complaints": report.responses.complaints,
        "open_complaints": report.open,
        "promised": report.promised.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "paid": match &report.campaign.paid {
            Paid::Nothing => Value::Null,
            Paid::Part(sum) => json!(sum.to_string()),
            Paid::Whole => json!("all"),
        },
        "whole_paid": report.whole,
        "next_ask": { "covered": report.next.covered, "missing": report.next.missing },
        "matters_most": words::sentence(report),
    })
}

fn whole(report: &Report, board: &Board) -> Value {
    let mut whole = summary(report);
    let Some(fields) = whole.as_object_mut() else { return whole };
    if let Some(health) = &report.health {
        fields.insert(
            "parts".to_owned(),
            json!({
                "giving": health.parts.giving,
                "ties": health.parts.ties,
                "reception": health.parts.reception,
                "personal": health.parts.personal,
                "sum": health.sum,
                "held": health.held,
                "balance": health.balance,
                "cover": health.cover,
                "conditional": health.conditional,
                "asking": health.asking,
                "tied": health.tied,
                "net": health.net,
                "personal_share": health.personal,
            }),
        );
    }
    let lift = |lift: &crate::measure::giving::lift::Lift| {
        let one = Report { lifts: vec![*lift], ..report.clone() };
        json!({ "to": lift.to, "how": words::lift(&one) })
    };
    let money = |money: &Option<Money>| money.as_ref().map(ToString::to_string);
    let lists = [
        ("lifts", report.lifts.iter().map(lift).collect::<Vec<_>>()),
        (
            "posts",
            report
                .acts
                .iter()
                .map(|act| {
                    json!({
                        "act": act.act, "at": act.at, "account": act.account.as_str(), "text": act.text.as_str(),
                        "does": act.deed.name(), "given": act.posted.side.given(), "asked": act.posted.side.asked(),
                        "exempt": matches!(act.posted.side, Side::Exempt(_)), "personal": act.posted.personal,
                        "surely_capped": act.posted.surely_capped, "cap": act.cap, "amount": money(&act.amount),
                        "covered": act.posted.cover.map(|cover| cover.covered),
                        "missing": act.posted.cover.map(|cover| cover.missing),
                    })
                })
                .collect(),
        ),
        (
            "days",
            report
                .days
                .iter()
                .map(|day| {
                    json!({
                        "day": day.start, "responses": day.all, "praise": day.praise, "complaints": day.complaints,
                        "reception": day.reception, "backlash": day.falls,
                        "posts": day.posts.iter().map(|post| post.mention).collect::<Vec<_>>(),
                    })
                })
                .collect(),
        ),
        ("trend", report.trend.iter().map(|(at, health)| json!({ "at": at, "health": health })).collect()),
        (
            "responders",
            report
                .people
                .iter()
                .map(|one| json!({ "name": one.name.as_str(), "known": one.known, "responses": one.responses }))
                .collect(),
        ),
        (
            "payments",
            report
                .campaign
                .payments
                .iter()
                .map(|one| {
                    let paid = match &one.paid {
                        Paid::Nothing => "nothing".to_owned(),
                        Paid::Part(sum) => sum.to_string(),
                        Paid::Whole => "all".to_owned(),
                    };
                    json!({ "paid": paid, "voice": one.voice, "at": one.at })
                })
                .collect(),
        ),
    ];
    for (name, list) in lists {
        fields.insert(name.to_owned(), Value::Array(list));
    }
    fields.insert("brand_balance".to_owned(), json!(words::balance(board)));
    whole
}
