//! Which pane lies where, for every size. Pure arithmetic, so that scrolling knows heights before anything is drawn.

/// A rectangle of the screen, in columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Area {
    /// Leftmost column.
    pub x: u16,
    /// Topmost row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// An area.
    pub fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self { x, y, width, height }
    }

    /// What is left below the title row.
    pub fn body(self) -> Self {
        Self::new(self.x, self.y.saturating_add(1), self.width, self.height.saturating_sub(1))
    }

    fn take_top(&mut self, rows: u16) -> Self {
        let rows = rows.min(self.height);
        let top = Self { height: rows, ..*self };
        self.y += rows;
        self.height -= rows;
        top
    }

    fn take_bottom(&mut self, rows: u16) -> Self {
        let rows = rows.min(self.height);
        self.height -= rows;
        Self { y: self.y + self.height, height: rows, ..*self }
    }

    /// Splits off columns at the left; one column between stays free for the divider.
    fn take_left(&mut self, columns: u16) -> (Self, Self) {
        let columns = columns.min(self.width);
        let left = Self { width: columns, ..*self };
        let divider = Self { x: self.x + columns, width: 1.min(self.width - columns), ..*self };
        let gone = columns + divider.width;
        self.x += gone;
        self.width -= gone;
        (left, divider)
    }
}

/// A view: what fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum View {
    /// Mentions, what to answer first, figures.
    #[default]
    Dashboard,
    /// Trends, large.
    Trends,
    /// The sources.
    Sources,
    /// The signals.
    Signals,
    /// The watches.
    Watches,
    /// A search, or the trial of a watch.
    Trial,
    /// An answer is written.
    Composer,
    /// The outbox.
    Outbox,
    /// The inbox: cases in the order in which they want an answer.
    Inbox,
    /// The campaigns.
    Campaigns,
    /// What we published ourselves, and the books.
    Acts,
    /// The people who had to do with us.
    People,
}

/// A part of the screen with a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// What to answer first.
    First,
    /// The stream of mentions.
    Stream,
    /// The whole of the selected mention.
    Detail,
    /// Sentiment, compact.
    Sentiment,
    /// Share of voice.
    Voice,
    /// Giving before receiving.
    Giving,
    /// How fast we answer.
    Clocks,
    /// The sources.
    Sources,
    /// The signals.
    Signals,
    /// Trends, large.
    Trends,
    /// The watches.
    Watches,
    /// What a query finds.
    Trial,
    /// How a query was read.
    Reading,
    /// The sheet on which an answer is written, and what it answers.
    Composer,
    /// The outbox.
    Outbox,
    /// The cases of the inbox.
    Inbox,
    /// The whole of one case.
    Case,
    /// The campaigns, and what could be one.
    Campaigns,
    /// The whole of one campaign.
    Campaign,
    /// What we published ourselves, as gives and asks.
    Acts,
    /// The books.
    Ledger,
    /// The people who had to do with us.
    People,
    /// The card of one person.
    Person,
}

/// A pane with a list, taken apart: what is above, the rows, and what says more about the selected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Above the rows.
    pub head: Area,
    /// The rows.
    pub list: Area,
    /// Below the rows.
    pub foot: Area,
}

/// A table of sources, signals or watches: column heads and more about the selected row, where there is room.
pub fn table(body: Area) -> Parts {
    let mut list = body;
    let head = if body.height >= 10 { list.take_top(1) } else { Area::default() };
    let foot = if body.height >= 12 { list.take_bottom(5) } else { Area::default() };
    Parts { head, list, foot }
}

/// The pane of a search: the query with room for the error under it, and the tally.
pub fn search(body: Area) -> Parts {
    let mut list = body;
    let head = list.take_top(if body.height >= 6 { 3 } else { 2 });
    Parts { head, list, foot: Area::default() }
}

/// The outbox: its rows, and all about the selected one below.
pub fn outbox(body: Area) -> Parts {
    let mut list = body;
    let foot = if body.height >= 6 { list.take_bottom(body.height / 2) } else { Area::default() };
    Parts { head: Area::default(), list, foot }
}

/// What the layout depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The view.
    pub view: View,
    /// The pane in focus.
    pub focus: Pane,
    /// The detail pane was opened, and has all the room that it needs.
    pub reading: bool,
    /// Only the pane in focus.
    pub zoomed: bool,
    /// A line about trouble that concerns everything lies under the status line.
    pub banner: bool,
    /// How many subjects there are.
    pub subjects: u16,
    /// A campaign runs: its gauge says more than the balance does.
    pub campaign: bool,
}

/// Smallest terminal that can be used, columns and rows.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Rows from which there is a hint bar.
pub const HINTS_FROM: u16 = 14;

/// Where everything lies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The status line.
    pub status: Area,
    /// Trouble that concerns everything.
    pub banner: Option<Area>,
    /// The hint bar.
    pub hints: Option<Area>,
    /// Panes, in the order of Tab.
    pub panes: Vec<(Pane, Area)>,
    /// Lines between columns.
    pub dividers: Vec<Area>,
}

impl Layout {
    /// Where a pane lies, when it is on the screen.
    pub fn pane(&self, pane: Pane) -> Option<Area> {
        self.panes.iter().find(|(one, _)| *one == pane).map(|(_, area)| *area)
    }

    /// Rows of a pane below its title; 0 when it is not on the screen.
    pub fn rows(&self, pane: Pane) -> usize {
        self.pane(pane).map_or(0, |area| usize::from(area.body().height))
    }

    /// Columns of a pane; 0 when it is not on the screen.
    pub fn columns(&self, pane: Pane) -> usize {
        self.pane(pane).map_or(0, |area| usize::from(area.width))
    }

    fn put(&mut self, pane: Pane, area: Area) {
        if area.width > 0 && area.height > 0 {
            self.panes.push((pane, area));
        }
    }
}

/// Whether a terminal is too small to show anything useful.
pub fn too_small(size: (u16, u16)) -> bool {
    size.0 < SMALLEST.0 || size.1 < SMALLEST.1
}

/// Lays the screen out.
pub fn layout(want: &Want) -> Layout {
    let mut layout = Layout::default();
    if too_small(want.size) {
        return layout;
    }
    let (width, height) = want.size;
    let mut body = Area::new(0, 0, width, height);
    layout.status = body.take_top(1);
    if want.banner {
        layout.banner = Some(body.take_top(1));
    }
    if height >= HINTS_FROM {
        layout.hints = Some(body.take_bottom(1));
    }
    if want.zoomed {
        layout.put(want.focus, body);
        return layout;
    }
    match want.view {
        View::Dashboard => dashboard(&mut layout, want, body),
        View::Trends => trends(&mut layout, want, body),
        View::Sources => layout.put(Pane::Sources, body),
        View::Signals => layout.put(Pane::Signals, body),
        View::Watches => layout.put(Pane::Watches, body),
        View::Trial => trial(&mut layout, want, body),
        View::Composer => layout.put(Pane::Composer, body),
        View::Outbox => layout.put(Pane::Outbox, body),
        View::Inbox => list_and_page(&mut layout, want, body, Pane::Inbox, Pane::Case),
        View::People => list_and_page(&mut layout, want, body, Pane::People, Pane::Person),
        View::Campaigns => campaigns(&mut layout, want, body),
        View::Acts => acts(&mut layout, want, body),
    }
    layout
}

/// Columns from which the stream has room for panes beside it.
const TWO_COLUMNS: u16 = 100;
/// Columns from which the whole mention is shown beside the list.
const THREE_COLUMNS: u16 = 160;

fn dashboard(layout: &mut Layout, want: &Want, body: Area) {
    if want.reading && (body.width < TWO_COLUMNS || body.height < 14) {
        layout.put(Pane::Detail, body);
    } else if body.width < 60 || body.height < 14 {
        layout.put(if on_dashboard(want.focus) { want.focus } else { Pane::Stream }, body);
    } else if body.width < TWO_COLUMNS {
        stacked(layout, want, body);
    } else if body.width < THREE_COLUMNS {
        two_columns(layout, want, body);
    } else {
        three_columns(layout, want, body);
    }
}

/// Panes that a screen with room for one pane may still show when a person tabs to them.
fn on_dashboard(pane: Pane) -> bool {
    ONE_PANE.contains(&pane)
}

/// The order of Tab where there is room for one pane only.
pub const ONE_PANE: [Pane; 7] =
    [Pane::Stream, Pane::First, Pane::Sentiment, Pane::Giving, Pane::Clocks, Pane::Signals, Pane::Sources];

fn sentiment_rows(want: &Want) -> u16 {
    want.subjects.clamp(1, 6) + 2
}

/// Rows of sentiment and giving side by side; a running campaign has room for the sentence that matters most.
fn strip_rows(want: &Want, room: u16) -> u16 {
    let rows = sentiment_rows(want).min(5);
    match want.campaign {
        true => rows.max(if room >= 18 { 5 } else { 4 }),
        false => rows,
    }
}

fn stacked(layout: &mut Layout, want: &Want, mut body: Area) {
    let first = if body.height >= 20 { 4 } else { 3 };
    layout.put(Pane::First, body.take_top(first));
    let strip = if body.height >= 15 { Some(body.take_bottom(strip_rows(want, body.height))) } else { None };
    let clocks = (body.height >= 32).then(|| body.take_bottom(3));
    let preview = (body.height >= 24).then(|| body.take_bottom(body.height / 3));
    layout.put(Pane::Stream, body);
    if let Some(preview) = preview {
        layout.put(Pane::Detail, preview);
    }
    if let Some(clocks) = clocks {
        layout.put(Pane::Clocks, clocks);
    }
    if let Some(mut strip) = strip {
        let sentiment = match (want.campaign, strip.width) {
            (false, width) => width * 3 / 5,
            (true, width @ 78..) => width / 2,
            (true, width) => width * 2 / 5,
        };
        let (left, divider) = strip.take_left(sentiment);
        layout.put(Pane::Sentiment, left);
        layout.put(Pane::Giving, strip);
        layout.dividers.push(divider);
    }
}

fn two_columns(layout: &mut Layout, want: &Want, mut body: Area) {
    let reading = want.reading;
    let share = if reading { body.width / 2 } else { body.width * 31 / 50 };
    let (mut left, divider) = body.take_left(share);
    layout.dividers.push(divider);
    let tall = left.height >= 28;
    layout.put(Pane::First, left.take_top(if tall { 6 } else { 4 }));
    if reading {
        layout.put(Pane::Stream, left);
        layout.put(Pane::Detail, body);
        return;
    }
    let preview = tall.then(|| left.take_bottom(left.height * 2 / 5));
    layout.put(Pane::Stream, left);
    if let Some(preview) = preview {
        layout.put(Pane::Detail, preview);
    }
    figures(layout, want, body);
}

fn three_columns(layout: &mut Layout, want: &Want, mut body: Area) {
    let figure_columns = (body.width / 4).clamp(44, 60);
    let rest = body.width - figure_columns - 2;
    let (mut left, divider) = body.take_left(rest * 11 / 20);
    layout.dividers.push(divider);
    let (middle, divider) = body.take_left(rest - rest * 11 / 20);
    layout.dividers.push(divider);
    layout.put(Pane::First, left.take_top(if left.height >= 28 { 8 } else { 4 }));
    layout.put(Pane::Stream, left);
    layout.put(Pane::Detail, middle);
    figures(layout, want, body);
}

/// The column of figures: what is most useful first, as far as there is room.
fn figures(layout: &mut Layout, want: &Want, mut column: Area) {
    layout.put(Pane::Sentiment, column.take_top(sentiment_rows(want)));
    if want.subjects > 1 && column.height >= 22 {
        layout.put(Pane::Voice, column.take_top(want.subjects.clamp(2, 6) + 2));
    }
    if column.height < 10 {
        layout.put(Pane::Giving, column);
        return;
    }
    let giving = match column.height {
        40.. => 13,
        24.. => 9,
        _ if want.campaign && column.height >= 15 => 7,
        _ => 6,
    };
    layout.put(Pane::Giving, column.take_top(giving));
    if column.height >= 8 {
        layout.put(Pane::Clocks, column.take_top(if column.height >= 18 { 4 } else { 3 }));
    }
    if column.height >= 8 {
        layout.put(Pane::Signals, column.take_top(column.height / 2));
    }
    layout.put(Pane::Sources, column);
}

fn trends(layout: &mut Layout, want: &Want, mut body: Area) {
    if body.width >= 90 && want.subjects > 1 {
        let (left, divider) = body.take_left(body.width * 2 / 3);
        layout.dividers.push(divider);
        layout.put(Pane::Trends, left);
        layout.put(Pane::Voice, body);
    } else {
        layout.put(Pane::Trends, body);
    }
}

fn trial(layout: &mut Layout, want: &Want, mut body: Area) {
    if want.reading && body.width < TWO_COLUMNS {
        layout.put(Pane::Detail, body);
        return;
    }
    if body.width < TWO_COLUMNS {
        if body.height >= 16 {
            let reading = body.take_bottom(body.height / 3);
            layout.put(Pane::Trial, body);
            layout.put(Pane::Reading, reading);
        } else {
            layout.put(if want.focus == Pane::Reading { Pane::Reading } else { Pane::Trial }, body);
        }
        return;
    }
    let (left, divider) = body.take_left(body.width * 11 / 20);
    layout.dividers.push(divider);
    layout.put(Pane::Trial, left);
    if want.reading && body.height < 28 {
        layout.put(Pane::Detail, body);
        return;
    }
    if body.height < 16 {
        layout.put(Pane::Reading, body);
        return;
    }
    layout.put(Pane::Reading, body.take_top((body.height / 3).max(8)));
    layout.put(Pane::Detail, body);
}

fn acts(layout: &mut Layout, want: &Want, mut body: Area) {
    if body.width >= TWO_COLUMNS {
        let (left, divider) = body.take_left(body.width * 29 / 50);
        layout.dividers.push(divider);
        layout.put(Pane::Acts, left);
        layout.put(Pane::Ledger, body);
    } else {
        layout.put(if want.focus == Pane::Ledger { Pane::Ledger } else { Pane::Acts }, body);
    }
}

/// Rows from which the selected case is shown below the list on a narrow screen.
const CASE_BELOW_FROM: u16 = 32;

/// A list, and beside or below it the page of what is selected.
fn list_and_page(layout: &mut Layout, want: &Want, mut body: Area, list: Pane, page: Pane) {
    if body.width >= TWO_COLUMNS {
        let (left, divider) = body.take_left(body.width * 11 / 20);
        layout.dividers.push(divider);
        layout.put(list, left);
        layout.put(page, body);
    } else if want.reading && want.focus == page {
        layout.put(page, body);
    } else if body.height >= CASE_BELOW_FROM {
        let below = body.take_bottom(body.height / 2);
        layout.put(list, body);
        layout.put(page, below);
    } else {
        layout.put(list, body);
    }
}

/// Columns of the list of campaigns beside the whole of one.
const CAMPAIGNS: u16 = 58;

fn campaigns(layout: &mut Layout, want: &Want, mut body: Area) {
    if body.width >= TWO_COLUMNS {
        let (left, divider) = body.take_left(CAMPAIGNS.min(body.width * 9 / 20));
        layout.dividers.push(divider);
        layout.put(Pane::Campaigns, left);
        layout.put(Pane::Campaign, body);
    } else if want.focus == Pane::Campaign && (want.reading || body.height < 16) {
        layout.put(Pane::Campaign, body);
    } else if body.height >= 16 {
        let list = body.take_top((body.height / 3).clamp(6, 12));
        layout.put(Pane::Campaigns, list);
        layout.put(Pane::Campaign, body);
    } else {
        layout.put(Pane::Campaigns, body);
    }
}

#[cfg(test)]
mod tests;
