//! The one table of actions: keys, help, the hint bar and the palette all come from it.

/// Something that a person can ask for with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the newest row.
    Top,
    /// To the oldest row.
    Bottom,
    /// Open what is selected.
    Open,
    /// Close what is on top, or go back.
    Back,
    /// Next unread mention.
    NextUnread,
    /// Focus the next pane.
    NextPane,
    /// Focus the pane before.
    PreviousPane,
    /// The focused pane alone, or all again.
    Zoom,
    /// The dashboard.
    ViewDashboard,
    /// Sentiment trends, large.
    ViewTrends,
    /// The sources and how they fare.
    ViewSources,
    /// Signals.
    ViewSignals,
    /// The watches.
    ViewWatches,
    /// Mark for a batch, or unmark.
    Mark,
    /// Read or unread.
    ToggleRead,
    /// Everything in this list is read.
    ReadAll,
    /// Undo the last change.
    Undo,
    /// Search with a query; also tries a watch before it is saved.
    Search,
    /// Next match of the search in the detail view, or next row.
    SearchNext,
    /// The one before.
    SearchPrevious,
    /// Save the query that is being tried as a watch.
    SaveWatch,
    /// Cycle through what the stream shows: all, complaints, questions, praise, unread.
    NextTab,
    /// The same, backwards.
    PreviousTab,
    /// Next subject: the brand, each rival, all.
    NextSubject,
    /// Stories or every single mention.
    ToggleGroups,
    /// 24 hours, 7 days, 30 days.
    NextPeriod,
    /// Poll the selected source, or all, now.
    Refresh,
    /// Copy the selected mention's link.
    CopyLink,
    /// Copy its words.
    CopyText,
    /// Open its link in a browser, or show it where there is none.
    Browse,
    /// What a number is made of.
    Explain,
    /// Every action by name.
    Palette,
    /// Keys and what they do.
    Help,
    /// Paint everything anew.
    Redraw,
    /// To the shell, until `fg`.
    Suspend,
    /// Leave.
    Quit,
}
