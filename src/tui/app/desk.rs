//! Where the reader is: which view, which pane has the focus, and how the screen is laid out.

use super::layout::{self, Layout, ONE_PANE, Pane, View, Want};

/// Where the reader is.
#[derive(Debug, Clone)]
pub struct Desk {
    size: (u16, u16),
    view: View,
    focus: Pane,
    /// The list from which the mention in the detail pane was opened.
    origin: Pane,
    /// The detail pane was opened by a person, not only reached with Tab.
    reading: bool,
    zoomed: bool,
    layout: Layout,
}

impl Desk {
    /// At the stream of the dashboard.
    pub fn new(size: (u16, u16)) -> Self {
        Self {
            size,
            view: View::Dashboard,
            focus: Pane::Stream,
            origin: Pane::Stream,
            reading: false,
            zoomed: false,
            layout: Layout::default(),
        }
    }

    /// Columns and rows of the terminal.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// The view.
    pub fn view(&self) -> View {
        self.view
    }

    /// The pane in focus.
    pub fn focus(&self) -> Pane {
        self.focus
    }

    /// The list that the mention in the detail pane comes from.
    pub fn origin(&self) -> Pane {
        self.origin
    }

    /// Only the pane in focus is shown.
    pub fn zoomed(&self) -> bool {
        self.zoomed
    }

    /// How the screen is laid out.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    /// Shows a view, its main pane in focus.
    pub fn show(&mut self, view: View) {
        self.view = view;
        self.zoomed = false;
        self.reading = false;
        self.focus = match view {
            View::Dashboard => Pane::Stream,
            View::Trends => Pane::Trends,
            View::Sources => Pane::Sources,
            View::Signals => Pane::Signals,
            View::Watches => Pane::Watches,
            View::Trial => Pane::Trial,
            View::Composer => Pane::Composer,
            View::Outbox => Pane::Outbox,
            View::Inbox => Pane::Inbox,
            View::Campaigns => Pane::Campaigns,
            View::Acts => Pane::Acts,
            View::People => Pane::People,
        };
        if matches!(self.focus, Pane::Stream | Pane::Trial) {
            self.origin = self.focus;
        }
    }

    /// Gives a pane the focus.
    pub fn focus_on(&mut self, pane: Pane) {
        self.focus = pane;
        self.reading = false;
        if matches!(pane, Pane::Stream | Pane::First | Pane::Trial) {
            self.origin = pane;
        }
    }

    /// Opens the detail pane for a row of a list.
    pub fn read(&mut self, origin: Pane) {
        self.origin = origin;
        self.focus = Pane::Detail;
        self.reading = true;
    }

    /// Opens the case view.
    pub fn read_case(&mut self) {
        self.focus = Pane::Case;
        self.reading = true;
    }

    /// Opens the whole of a campaign.
    pub fn read_campaign(&mut self) {
        self.focus = Pane::Campaign;
        self.reading = true;
    }

    /// Opens the card of a person.
    pub fn read_person(&mut self) {
        self.focus = Pane::Person;
        self.reading = true;
    }

    /// Closes the detail pane, the case view, the whole of a campaign, or the card of a person.
    pub fn stop_reading(&mut self) {
        if self.focus == Pane::Person {
            self.focus_on(Pane::People);
        } else if self.focus == Pane::Case {
            self.focus_on(Pane::Inbox);
        } else if self.focus == Pane::Campaign {
            self.focus_on(Pane::Campaigns);
        } else if self.focus == Pane::Detail {
            self.focus_on(self.origin);
        }
    }

    /// The focused pane alone, or all again.
    pub fn toggle_zoom(&mut self) {
        self.zoomed = !self.zoomed;
    }

    /// Gives the next (or previous) pane the focus.
    pub fn step(&mut self, by: isize) {
        let mut ring: Vec<Pane> = self.layout.panes.iter().map(|(pane, _)| *pane).collect();
        if self.view == View::Dashboard && (ring.len() <= 1 || self.zoomed) {
            ring = if self.focus == Pane::Detail { vec![Pane::Detail, self.origin] } else { ONE_PANE.to_vec() };
        } else if self.view == View::Trial && ring.len() <= 1 {
            ring = vec![Pane::Trial, Pane::Reading];
        } else if self.view == View::Inbox && ring.len() <= 1 {
            ring = vec![Pane::Inbox, Pane::Case];
        } else if self.view == View::Campaigns && ring.len() <= 1 {
            ring = vec![Pane::Campaigns, Pane::Campaign];
        } else if self.view == View::Acts && (ring.len() <= 1 || self.zoomed) {
            ring = vec![Pane::Acts, Pane::Ledger];
        } else if self.view == View::People && ring.len() <= 1 {
            ring = vec![Pane::People, Pane::Person];
        }
        let Some(place) = ring.iter().position(|pane| *pane == self.focus) else {
            if let Some(first) = ring.first() {
                self.focus_on(*first);
            }
            return;
        };
        let next = (place as isize + by).rem_euclid(ring.len().max(1) as isize);
        if let Some(pane) = usize::try_from(next).ok().and_then(|next| ring.get(next)) {
            self.focus_on(*pane);
        }
    }

    /// Lays the screen out anew; a focus that is not on the screen goes to the view's main pane.
    pub fn lay_out(&mut self, banner: bool, subjects: usize, campaign: bool) {
        let subjects = u16::try_from(subjects).unwrap_or(u16::MAX);
        self.layout = layout::layout(&self.want(banner, subjects, campaign));
        if self.layout.panes.is_empty() || self.layout.pane(self.focus).is_some() {
            return;
        }
        if matches!(self.focus, Pane::Detail | Pane::Case | Pane::Campaign | Pane::Person) {
            // There was room for it beside the list, and now there is not.
            self.reading = true;
        } else {
            let (origin, zoomed) = (self.origin, self.zoomed);
            self.show(self.view);
            (self.origin, self.zoomed) = (origin, zoomed);
        }
        self.layout = layout::layout(&self.want(banner, subjects, campaign));
    }

    fn want(&self, banner: bool, subjects: u16, campaign: bool) -> Want {
        Want {
            size: self.size,
            view: self.view,
            focus: self.focus,
            reading: self.reading,
            zoomed: self.zoomed,
            banner,
            subjects,
            campaign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(width: u16, height: u16) -> Desk {
        let mut desk = Desk::new((width, height));
        desk.lay_out(false, 2, false);
        desk
    }

    #[test]
    fn tab_goes_round_and_back() {
        for size in [(40, 10), (80, 24), (120, 36), (200, 50)] {
            let mut desk = desk(size.0, size.1);
            let start = desk.focus();
            let mut seen = vec![start];
            loop {
                desk.step(1);
                desk.lay_out(false, 2, false);
                assert!(desk.layout().pane(desk.focus()).is_some());
                if desk.focus() == start {
                    break;
                }
                seen.push(desk.focus());
                assert!(seen.len() < 20, "Tab does not come round at {size:?}: {seen:?}");
            }
            assert!(seen.len() >= 4, "{size:?}: {seen:?}");
            desk.step(-1);
            desk.lay_out(false, 2, false);
            assert_eq!(Some(&desk.focus()), seen.last(), "{size:?}");
        }
    }

    #[test]
    fn reading_ends_where_it_began() {
        let mut desk = desk(80, 24);
        desk.focus_on(Pane::First);
        desk.read(Pane::First);
        desk.lay_out(false, 2, false);
        assert_eq!(desk.layout().panes.len(), 1);
        desk.stop_reading();
        assert_eq!(desk.focus(), Pane::First);
    }
}
