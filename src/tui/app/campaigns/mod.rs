//! The campaigns on the screen: the list with what could be one, the whole of the selected one, and what a person
//! changes about them. The figures come from the engine, which measures anew whenever something changed.

pub mod form;
mod gauge;
mod page;
mod plot;
mod sum;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

pub use gauge::{gauge, named_above};
pub use page::{band_tone, health_words};

use self::form::Form;
use super::Model;
use super::action::Action;
use super::cmd::Cmd;
use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::layout::{Pane, View};
use super::marks::Undo;
use super::msg::Weight;
use super::overlay::Overlay;
use super::page::{Line, Page, Tone};
use crate::domain::{CampaignChange, CampaignId, Paid, SafeText};
use crate::engine::campaigns::{Board, Report, Suggestion};

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowId {
    Campaign(CampaignId),
    /// A hash of what is suggested.
    Suggestion(u64),
}

/// What a row of the list stands for.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A campaign.
    Campaign(&'a Report),
    /// What could be one.
    Suggestion(&'a Suggestion),
}

/// The campaigns.
#[derive(Debug, Clone, Default)]
pub struct Campaigns {
    board: Option<Arc<Board>>,
    cursor: Cursor<RowId>,
    height: usize,
    page: Page,
    scroll: usize,
    page_height: usize,
    /// Changes on their way to the store, and what to say when they are there.
    under_way: BTreeMap<u64, String>,
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Campaigns {
    /// Everything about campaigns; `None` until it was measured.
    pub fn board(&self) -> Option<&Board> {
        self.board.as_deref()
    }

    /// The same, to be looked at elsewhere.
    pub(super) fn board_as_is(&self) -> Option<Arc<Board>> {
        self.board.clone()
    }

    /// Whether a campaign runs now.
    pub fn any_runs(&self) -> bool {
        self.board().is_some_and(|board| board.running().next().is_some())
    }

    /// The rows of the list: campaigns, then what could be one.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let board = self.board.iter();
        let reports = board.clone().flat_map(|board| &board.reports).map(|report| Row::Campaign(report));
        reports.chain(board.flat_map(|board| &board.suggestions).map(Row::Suggestion))
    }

    fn ids(&self) -> Vec<RowId> {
        let id = |row: Row<'_>| match row {
            Row::Campaign(report) => RowId::Campaign(report.campaign.id),
            Row::Suggestion(one) => RowId::Suggestion(hash(&one.key)),
        };
        self.rows().map(id).collect()
    }

    /// The selected row.
    pub fn selected(&self) -> Option<Row<'_>> {
        self.rows().nth(self.cursor.index())
    }

    /// Place of the selected row.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible row.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// The whole of the selected campaign.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// How far it is scrolled.
    pub fn scrolled(&self) -> usize {
        self.scroll
    }

    pub(super) fn go(&mut self, motion: Motion) {
        let (ids, before) = (self.ids(), self.cursor.selected());
        self.cursor.go(motion, &ids, self.height.max(1));
        if self.cursor.selected() != before {
            self.scroll = 0;
        }
    }

    pub(super) fn scroll(&mut self, motion: Motion) {
        let most = self.page.lines().len().saturating_sub(self.page_height);
        self.scroll = motion.apply(self.scroll, most + 1, self.page_height.max(1));
    }

    pub(super) fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.cursor.settle(&self.ids(), self.height);
    }

    pub(super) fn compose(&mut self, columns: usize, height: usize, context: &Context) {
        let mut page = Page::new(columns);
        match (self.selected(), self.board()) {
            (Some(Row::Campaign(report)), Some(board)) => page::whole(report, board, &mut page, context),
            (Some(Row::Suggestion(one)), _) => page::suggestion(one, &mut page, context),
            _ => {}
        }
        self.page = page;
        self.page_height = height.max(1);
        self.scroll = self.scroll.min(self.page.lines().len().saturating_sub(self.page_height));
    }

    /// The sums of the campaigns that run, down to their acts; between campaigns the brand's balance.
    pub(super) fn explain_running(&self, page: &mut Page, context: &Context) {
        let Some(board) = self.board() else { return page.line(Line::of(Tone::Muted, "reading …")) };
        for report in board.running() {
            sum::explain(report, board, page, context);
            page.gap();
        }
        sum::balance(board, page);
    }

    /// The sum of the selected campaign, down to its acts.
    pub(super) fn explain_selected(&self, page: &mut Page, context: &Context) {
        let Some(board) = self.board() else { return page.line(Line::of(Tone::Muted, "reading …")) };
        match self.selected() {
            Some(Row::Campaign(report)) => sum::explain(report, board, page, context),
            Some(Row::Suggestion(one)) => page::suggestion(one, page, context),
            None => page.prose(Tone::Text, 0, "There is no campaign yet."),
        }
        page.gap();
        sum::balance(board, page);
    }
}

/// What can be done here.
pub fn hints(campaigns: &Campaigns, focus: Pane) -> &'static [Action] {
    match (campaigns.selected(), focus) {
        (_, Pane::Campaign) => &[Action::Back, Action::Explain, Action::Paid, Action::EditCampaign],
        (Some(Row::Suggestion(_)), _) => &[Action::Open, Action::Dismiss, Action::NewCampaign, Action::Undo],
        (Some(Row::Campaign(_)), _) => &[
            Action::Open,
            Action::Explain,
            Action::Paid,
            Action::NewCampaign,
            Action::EditCampaign,
            Action::RemoveCampaign,
            Action::Undo,
        ],
        (None, _) => &[Action::NewCampaign, Action::Explain],
    }
}

impl Model {
    /// What keys mean where campaigns are shown. False when it is none of theirs.
    pub(super) fn act_on_campaigns(&mut self, action: Action, cmds: &mut Vec<Cmd>) -> bool {
        let on_gauge = self.desk.focus() == Pane::Giving;
        if action == Action::Open && on_gauge {
            self.show(View::Campaigns, cmds);
            return true;
        }
        let here = self.desk.view() == View::Campaigns;
        if action == Action::Help && (on_gauge || here) {
            let sheet = super::explain::sheet(self);
            self.push(sheet);
            return true;
        }
        if !here {
            let elsewhere =
                matches!(action, Action::NewCampaign | Action::EditCampaign | Action::RemoveCampaign | Action::Paid);
            if elsewhere {
                self.status.say(Weight::Info, "go to the campaigns first");
            }
            return elsewhere;
        }
        let promised = match self.campaigns.selected() {
            Some(Row::Campaign(report)) => report.promised.clone(),
            _ => Vec::new(),
        };
        let selected = self.campaigns.selected().map(|row| match row {
            Row::Campaign(report) => Ok(report.campaign.clone()),
            Row::Suggestion(one) => Err(Box::new(one.clone())),
        });
        match (action, selected) {
            (Action::NewCampaign, _) => self.push(Overlay::Campaign(Box::default())),
            (Action::Open, Some(Err(one))) => self.change_campaigns(CampaignChange::Save(None, one.terms), cmds),
            (Action::Open, Some(Ok(_))) => self.desk.read_campaign(),
            (Action::Dismiss, Some(Err(one))) => self.change_campaigns(CampaignChange::Dismiss(one.key), cmds),
            (Action::EditCampaign | Action::RemoveCampaign, Some(Ok(campaign))) if campaign.configured => {
                self.status
                    .say(Weight::Info, "this campaign stands in the configuration: change it there, then reload");
            }
            (Action::EditCampaign, Some(Ok(campaign))) => {
                let form = Form::edit(&campaign, &self.context);
                self.push(Overlay::Campaign(Box::new(form)));
            }
            (Action::RemoveCampaign, Some(Ok(campaign))) => {
                self.change_campaigns(CampaignChange::Remove(campaign.id), cmds);
            }
            (Action::Paid, Some(Ok(campaign))) => {
                self.push(Overlay::Campaign(Box::new(Form::paid(&campaign, &promised))));
            }
            (Action::EditCampaign | Action::RemoveCampaign | Action::Paid | Action::Dismiss | Action::Open, _) => {}
            _ => return false,
        }
        true
    }

    /// Changes something about campaigns.
    pub(super) fn change_campaigns(&mut self, change: CampaignChange, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        self.marks.sent(question);
        let told = self.told(&change);
        self.campaigns.under_way.insert(question, told);
        self.send_campaign(question, change, cmds);
    }

    /// The same, or undoing it, under a number.
    pub(super) fn send_campaign(&mut self, question: u64, change: CampaignChange, cmds: &mut Vec<Cmd>) {
        let (voice, at) = (self.context.signs_as().to_owned(), self.context.now());
        cmds.push(Cmd::ChangeCampaigns { question, change: Box::new(change), voice, at });
    }

    fn told(&self, change: &CampaignChange) -> String {
        let name = |id: CampaignId| {
            let reports = self.campaigns.board().into_iter().flat_map(|board| &board.reports);
            let mut named = reports.filter(|report| report.campaign.id == id);
            named.next().map_or_else(String::new, |report| SafeText::line(&report.campaign.terms.name, 60).to_string())
        };
        match change {
            CampaignChange::Save(None, terms) => format!("the campaign {} is made", SafeText::line(&terms.name, 60)),
            CampaignChange::Save(Some(_), terms) => {
                format!("the campaign {} is changed", SafeText::line(&terms.name, 60))
            }
            CampaignChange::Remove(id) => format!("the campaign {} is taken away", name(*id)),
            CampaignChange::Restore(_) => "the campaign is back".to_owned(),
            CampaignChange::Pay(id, Paid::Whole) => format!("{}: the whole was paid", name(*id)),
            CampaignChange::Pay(id, Paid::Part(sum)) => format!("{}: paid {sum} so far", name(*id)),
            CampaignChange::Pay(id, Paid::Nothing) => format!("{}: nothing was paid", name(*id)),
            CampaignChange::Dismiss(key) => format!("{} is not suggested any more", SafeText::line(key, 60)),
            CampaignChange::Unpay(_) | CampaignChange::Repay(_) | CampaignChange::Recall(_) => "done".to_owned(),
        }
    }

    /// The store changed something about campaigns.
    pub(super) fn campaigns_changed(&mut self, question: u64, undo: CampaignChange) -> bool {
        let Some(undone) = self.marks.done(question, Undo::Campaign(Box::new(undo))) else { return false };
        let told = self.campaigns.under_way.remove(&question).unwrap_or_else(|| "done".to_owned());
        let words = if undone {
            "undone: the campaigns are as they were".to_owned()
        } else {
            match self.context.keys().short(Action::Undo) {
                Some(key) => format!("{told}; {key} undoes it"),
                None => told,
            }
        };
        self.status.say(Weight::Info, &words);
        true
    }

    /// It could not.
    pub(super) fn campaign_failed(&mut self, question: u64) -> bool {
        self.campaigns.under_way.remove(&question).is_some() && self.marks.failed(question)
    }

    /// Campaigns were measured anew. Tells whether that shows.
    pub(super) fn measured(&mut self, board: Arc<Board>) -> bool {
        self.campaigns.board = Some(board);
        self.campaigns.cursor.settle(&self.campaigns.ids(), self.campaigns.height.max(1));
        let sheet = self.sum_is_measured();
        sheet || self.shows(Pane::Giving) || self.shows(Pane::Campaigns) || self.shows(Pane::Campaign)
    }

    /// A sum that is open is that of the new figures: whoever was forgotten stands in it no more.
    fn sum_is_measured(&mut self) -> bool {
        if !matches!(self.desk.focus(), Pane::Giving | Pane::Campaigns | Pane::Campaign) {
            return false;
        }
        let Overlay::Explain(fresh) = super::explain::sheet(self) else { return false };
        let open = self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Explain(sheet) if sheet.title() == fresh.title() => Some(sheet),
            _ => None,
        });
        open.is_some_and(|open| open.turn_into(fresh))
    }
}
