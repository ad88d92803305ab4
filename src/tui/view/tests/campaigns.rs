//! Campaigns on every size, in words and in styles.

use std::sync::Arc;

use super::*;
use crate::tui::app::samples::campaigns::{between, two};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

fn shown(size: (u16, u16), board: crate::engine::campaigns::Board, actions: &[Action]) -> Model {
    let mut town = Town::morning();
    let mut model = town.model(setup(size));
    town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
    town.tell(&mut model, Msg::Engine(Event::Campaigns(Arc::new(board))));
    for action in actions {
        town.press(&mut model, *action);
    }
    model
}

fn both(name: &str, model: &Model) {
    let (width, height) = model.desk().size();
    let buffer = paint(model, &Theme::standard());
    insta::assert_snapshot!(format!("{name}_{width}x{height}"), words(&buffer));
    insta::assert_snapshot!(format!("{name}_styles_{width}x{height}"), styles(&buffer));
}

#[test]
fn the_gauge_of_the_campaigns_that_run() {
    for size in SIZES {
        both("gauge", &shown(size, two(), &[]));
    }
}

#[test]
fn the_gauge_between_campaigns() {
    for size in SIZES {
        both("gauge_between", &shown(size, between(), &[]));
    }
}

#[test]
fn the_campaigns_and_the_whole_of_one() {
    for size in SIZES {
        both("campaigns", &shown(size, two(), &[Action::ViewCampaigns]));
    }
    both("campaign_open", &shown((80, 24), two(), &[Action::ViewCampaigns, Action::Open]));
}

#[test]
fn a_suggestion_is_shown_calmly() {
    let keys = [Action::ViewCampaigns, Action::Bottom];
    for size in SIZES {
        both("campaign_suggested", &shown(size, two(), &keys));
    }
}

#[test]
fn the_sum_opens_line_by_line() {
    for size in SIZES {
        both("campaign_sum", &shown(size, two(), &[Action::ViewCampaigns, Action::Help]));
    }
}

#[test]
fn the_forms_of_a_campaign() {
    both("campaign_form", &shown((80, 24), two(), &[Action::ViewCampaigns, Action::EditCampaign]));
    both("campaign_paid", &shown((80, 24), two(), &[Action::ViewCampaigns, Action::Paid]));
}

#[test]
fn no_campaign_yet() {
    let mut none = between();
    (none.reports, none.suggestions) = (Vec::new(), Vec::new());
    both("campaigns_none", &shown((80, 24), none, &[Action::ViewCampaigns]));
}
