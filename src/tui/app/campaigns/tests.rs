//! What keys do where campaigns are shown.

use std::sync::Arc;

use crate::domain::{CampaignChange, CampaignId, Money, Paid, SafeText};
use crate::engine::Event;
use crate::tui::app::campaigns::{Row, gauge};
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::msg::{Answer, Typing};
use crate::tui::app::overlay::Overlay;
use crate::tui::app::samples::campaigns::{between, two};
use crate::tui::app::samples::{Town, setup};
use crate::tui::app::{Action, Cmd, Model, Msg};

fn campaigns(size: (u16, u16)) -> (Town, Model) {
    let mut town = Town::morning();
    let mut model = town.model(setup(size));
    town.tell(&mut model, Msg::Engine(Event::Campaigns(Arc::new(two()))));
    town.press(&mut model, Action::ViewCampaigns);
    (town, model)
}

fn changes(cmds: &[Cmd]) -> Vec<(u64, CampaignChange)> {
    let change = |cmd: &Cmd| match cmd {
        Cmd::ChangeCampaigns { question, change, .. } => Some((*question, (**change).clone())),
        _ => None,
    };
    cmds.iter().filter_map(change).collect()
}

fn kept(model: &mut Model, question: u64, undo: CampaignChange) -> String {
    let answer = Answer::CampaignsChanged(Box::new(undo));
    assert!(model.update(Msg::Answer { question, answer }).dirty);
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn type_in(town: &mut Town, model: &mut Model, words: &str) {
    for c in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(c)));
    }
}

fn selected(model: &Model) -> String {
    match model.campaigns().selected() {
        Some(Row::Campaign(report)) => report.campaign.terms.name.clone(),
        Some(Row::Suggestion(one)) => one.key.clone(),
        None => String::new(),
    }
}

#[test]
fn a_suggestion_is_accepted_or_dismissed_with_one_key_and_undone() {
    let (mut town, mut model) = campaigns((120, 36));
    town.press(&mut model, Action::Bottom);
    assert_eq!(selected(&model), "#ridehome");
    let made = changes(&town.press(&mut model, Action::Open));
    let [(question, CampaignChange::Save(None, terms))] = made.as_slice() else { panic!("{made:?}") };
    assert_eq!(terms.tags, ["ridehome"]);
    let told = kept(&mut model, *question, CampaignChange::Remove(CampaignId(9)));
    assert!(told.contains("#ridehome is made"), "{told}");
    let undone = changes(&town.press(&mut model, Action::Undo));
    assert_eq!(undone[0].1, CampaignChange::Remove(CampaignId(9)));
    assert!(kept(&mut model, undone[0].0, CampaignChange::Restore(CampaignId(9))).contains("undone"));
    let dismissed = changes(&town.press(&mut model, Action::Dismiss));
    assert_eq!(dismissed[0].1, CampaignChange::Dismiss("#ridehome".into()));
}

#[test]
fn what_was_paid_is_typed_and_what_is_no_sum_is_told() {
    let (mut town, mut model) = campaigns((120, 36));
    town.press(&mut model, Action::Paid);
    for _ in 0..12 {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    type_in(&mut town, &mut model, "soon");
    assert!(changes(&town.tell(&mut model, Msg::Type(Typing::Submit))).is_empty());
    let Some(Overlay::Campaign(form)) = model.overlays().last() else { panic!("the form is gone") };
    assert!(form.refused().unwrap().contains("no sum"));
    for _ in 0..4 {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    type_in(&mut town, &mut model, "70,000 USD");
    let paid = changes(&town.tell(&mut model, Msg::Type(Typing::Submit)));
    let sum = Paid::Part(Money { amount: 70_000.0, unit: Some("USD".into()) });
    assert_eq!(paid[0].1, CampaignChange::Pay(CampaignId(1), sum));
    assert!(model.overlays().is_empty());
}

#[test]
fn a_campaign_is_written_line_by_line() {
    let (mut town, mut model) = campaigns((80, 24));
    town.press(&mut model, Action::NewCampaign);
    type_in(&mut town, &mut model, "Winter");
    assert!(changes(&town.tell(&mut model, Msg::Type(Typing::Submit))).is_empty(), "it says nothing of its posts");
    type_in(&mut town, &mut model, "#winter, #ride");
    town.tell(&mut model, Msg::Type(Typing::Next));
    type_in(&mut town, &mut model, "chain (");
    assert!(changes(&town.tell(&mut model, Msg::Type(Typing::Submit))).is_empty());
    let Some(Overlay::Campaign(form)) = model.overlays().last() else { panic!("the form is gone") };
    assert!(form.index() == 2 && form.refused().is_some());
    town.tell(&mut model, Msg::Type(Typing::Backspace));
    for _ in 0..2 {
        town.tell(&mut model, Msg::Type(Typing::Next));
    }
    type_in(&mut town, &mut model, "2025-11-01");
    let made = changes(&town.tell(&mut model, Msg::Type(Typing::Submit)));
    let [(_, CampaignChange::Save(None, terms))] = made.as_slice() else { panic!("{made:?}") };
    assert_eq!(
        (terms.name.as_str(), terms.tags.join(" "), terms.words.join(" ")),
        ("Winter", "winter ride".into(), "chain".into())
    );
    assert!(terms.since.is_some() && terms.until.is_none());
}

#[test]
fn what_stands_in_the_configuration_is_changed_there() {
    let (mut town, mut model) = campaigns((120, 36));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Down);
    assert_eq!(selected(&model), "Spring cleaning 2025");
    assert!(changes(&town.press(&mut model, Action::RemoveCampaign)).is_empty());
    town.press(&mut model, Action::EditCampaign);
    assert!(model.overlays().is_empty());
    town.press(&mut model, Action::Top);
    let removed = changes(&town.press(&mut model, Action::RemoveCampaign));
    assert_eq!(removed[0].1, CampaignChange::Remove(CampaignId(1)));
    let failed = Answer::Failed(SafeText::line("the disk is full", 80));
    assert!(model.update(Msg::Answer { question: removed[0].0, answer: failed }).dirty);
    assert!(changes(&town.press(&mut model, Action::Undo)).is_empty(), "nothing was changed");
}

#[test]
fn the_gauge_opens_its_sum_and_its_campaign() {
    let (mut town, mut model) = campaigns((120, 36));
    town.press(&mut model, Action::ViewDashboard);
    while model.desk().focus() != Pane::Giving {
        town.press(&mut model, Action::NextPane);
    }
    town.press(&mut model, Action::Help);
    let Some(Overlay::Explain(sheet)) = model.overlays().last() else { panic!("no sheet") };
    let words: String = sheet.page().lines().iter().map(|line| line.words() + "\n").collect();
    for part in ["giving", "N = (P − k·C)", "held at 39", "For every repost", "cap: up to $100,000", "next ask"] {
        assert!(words.contains(part), "{part} is missing in\n{words}");
    }
    town.press(&mut model, Action::Back);
    town.press(&mut model, Action::Open);
    assert_eq!(model.desk().view(), View::Campaigns);
}

#[test]
fn the_gauge_says_what_matters_most_in_any_room() {
    let (_, model) = campaigns((120, 36));
    let lines = |columns, rows| {
        let lines = gauge(model.campaigns(), columns, rows, model.context());
        lines.iter().map(crate::tui::app::page::Line::words).collect::<Vec<_>>()
    };
    for (columns, rows) in [(28, 2), (28, 3), (39, 4), (44, 5), (44, 8), (58, 12), (10, 1)] {
        let lines = lines(columns, rows);
        assert!(lines.len() <= rows && lines[0].starts_with("! 39"), "{lines:?}");
        assert!(rows < 2 || lines.iter().any(|line| line.contains("10 gives short")), "{lines:?}");
        assert!(rows < 2 || lines.iter().any(|line| line.starts_with("a capped condition")), "{lines:?}");
    }
    for (columns, rows) in [(39, 4), (38, 4), (45, 6), (58, 12)] {
        let words = lines(columns, rows).join(" ");
        assert!(words.contains("giving the remaining $38,000 outright would lift it to "), "{words}");
    }
    assert_eq!(lines(38, 4)[0], "! 39 red  g▃ t▃ r▃ p▆  10 gives short");
    assert!(lines(38, 3)[2].ends_with('…'), "what does not fit is cut with a sign");
    assert!(lines(58, 12).join(" ").contains("giving the remaining $38,000 outright would lift it to"));
}

#[test]
fn between_campaigns_the_balance_stands_there() {
    let (mut town, mut model) = campaigns((120, 36));
    town.tell(&mut model, Msg::Engine(Event::Campaigns(Arc::new(between()))));
    let lines = gauge(model.campaigns(), 44, 5, model.context());
    let words: Vec<String> = lines.iter().map(crate::tui::app::page::Line::words).collect();
    assert_eq!(words[0], "balance: 0.75 of 0.80");
    assert!(words[1].starts_with("next ask: ") && words[2].contains("#ridehome"), "{words:?}");
}
