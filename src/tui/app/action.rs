//! The one table of actions: keys, help, the hint bar and the palette all come from it.

/// What an action is about; the headings of the help, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Moving about.
    Move,
    /// The views.
    Views,
    /// Panes within a view.
    Panes,
    /// What is done with mentions.
    Mentions,
    /// Writing answers, and what becomes of them.
    Answers,
    /// What is done with cases.
    Cases,
    /// What is done with campaigns.
    Campaigns,
    /// Searching, and trying watches.
    Search,
    /// The people who had to do with us.
    People,
    /// Numbers.
    Figures,
    /// The program itself.
    Program,
}

impl Group {
    /// Every group, in the order of the help.
    pub const ALL: [Self; 11] = [
        Self::Move,
        Self::Views,
        Self::Panes,
        Self::Mentions,
        Self::Answers,
        Self::Cases,
        Self::Campaigns,
        Self::Search,
        Self::People,
        Self::Figures,
        Self::Program,
    ];

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Move => "Moving",
            Self::Views => "Views",
            Self::Panes => "Panes",
            Self::Mentions => "Mentions",
            Self::Answers => "Answers",
            Self::Cases => "Cases",
            Self::Campaigns => "Campaigns",
            Self::Search => "Search and watches",
            Self::People => "People",
            Self::Figures => "Figures",
            Self::Program => "Program",
        }
    }
}

/// Where an action means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Wherever one is.
    Everywhere,
    /// Where a mention is selected or open.
    Mentions,
    /// Where a search is on the screen.
    Search,
    /// While an answer is written. Only these keys, and those that leave, are actions there.
    Composer,
    /// Where the outbox is on the screen.
    Outbox,
    /// Where the campaigns are on the screen.
    Campaigns,
}

/// One line of the table.
#[derive(Debug)]
struct Entry {
    name: &'static str,
    describe: &'static str,
    keys: &'static [&'static str],
    group: Group,
    place: Place,
}

macro_rules! actions {
    ($($variant:ident, $describe:literal, $name:literal, [$($key:literal),*], $group:ident, $place:ident;)+) => {
        /// Something that a person can ask for with a key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(
                #[doc = concat!($describe, ".")]
                $variant,
            )+
        }

        impl Action {
            /// Every action, in the order of the help.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => &Entry {
                        name: $name,
                        describe: $describe,
                        keys: &[$($key),*],
                        group: Group::$group,
                        place: Place::$place,
                    },)+
                }
            }
        }
    };
}

actions! {
    Down, "One row down", "down", ["j", "down"], Move, Everywhere;
    Up, "One row up", "up", ["k", "up"], Move, Everywhere;
    HalfPageDown, "Half a page down", "half-page-down", ["ctrl-d"], Move, Everywhere;
    HalfPageUp, "Half a page up", "half-page-up", ["ctrl-u"], Move, Everywhere;
    PageDown, "A page down", "page-down", ["pagedown", "ctrl-f"], Move, Everywhere;
    PageUp, "A page up", "page-up", ["pageup"], Move, Everywhere;
    Top, "To the newest row, and follow what comes in", "top", ["g g", "home"], Move, Everywhere;
    Bottom, "To the oldest row", "bottom", ["shift-g", "end"], Move, Everywhere;
    Open, "Open what is selected", "open", ["enter"], Move, Everywhere;
    Back, "Close what is on top, or go back", "back", ["esc", "ctrl-g"], Move, Everywhere;
    NextUnread, "Next unread mention", "next-unread", ["shift-j"], Move, Mentions;
    PreviousUnread, "Unread mention before", "previous-unread", ["shift-k"], Move, Mentions;
    OpenFirst, "Open what to answer first", "answer-first", ["!"], Move, Everywhere;
    NextPane, "Focus the next pane", "next-pane", ["tab"], Panes, Everywhere;
    PreviousPane, "Focus the pane before", "previous-pane", ["shift-backtab"], Panes, Everywhere;
    Zoom, "The focused pane alone, or all again", "zoom", ["z"], Panes, Everywhere;
    ViewDashboard, "The dashboard", "dashboard", ["f1", "g d"], Views, Everywhere;
    ViewTrends, "Sentiment trends, large", "trends", ["f2", "g t"], Views, Everywhere;
    ViewSources, "The sources and how they fare", "sources", ["f3", "g s"], Views, Everywhere;
    ViewSignals, "Signals: what had to be told at once", "signals", ["f4", "g i"], Views, Everywhere;
    ViewWatches, "The watches and their queries", "watches", ["f5", "g w"], Views, Everywhere;
    ViewOutbox, "The outbox: what is on its way, in doubt, failed or to be approved", "outbox", ["g o"], Views, Everywhere;
    ViewActs, "Our own posts as gives and asks, and the books", "acts", ["f9", "g a"], Views, Everywhere;
    ViewInbox, "The inbox: what waits for an answer, in its order", "inbox", ["f6", "g n"], Views, Everywhere;
    ViewPeople, "The people who had to do with us", "people", ["f7", "g e"], Views, Everywhere;
    ViewCampaigns, "The campaigns: have they given before they asked", "campaigns", ["f8", "g k"], Views, Everywhere;
    ViewClocks, "How fast we answer, and what became of people", "clocks", ["f10", "g r"], Views, Everywhere;
    Mark, "Mark for a batch, or unmark", "mark", ["space"], Mentions, Mentions;
    ToggleRead, "Read or unread: the marked ones, else the selected one", "toggle-read", ["m"], Mentions, Mentions;
    ReadAll, "Everything in this list is read", "read-all", ["shift-a"], Mentions, Mentions;
    Undo, "Undo the last change", "undo", ["u"], Mentions, Everywhere;
    Correct, "Correct how it was read: sentiment, intents, about us", "correct", ["x"], Mentions, Mentions;
    SayNegative, "It is negative: the marked ones, else the selected one", "say-negative", ["-"], Mentions, Mentions;
    SayNeutral, "It is neutral", "say-neutral", ["0"], Mentions, Mentions;
    SayPositive, "It is positive", "say-positive", ["+"], Mentions, Mentions;
    SayElsewhere, "The name means something else here: not about us", "say-not-about-us", ["~"], Mentions, Mentions;
    NextTab, "Show: all, complaints, questions, praise, unread", "next-tab", ["]", "right"], Mentions, Mentions;
    PreviousTab, "The same, backwards", "previous-tab", ["[", "left"], Mentions, Mentions;
    NextSubject, "Whose mentions: all, the brand, each rival", "next-subject", ["b"], Mentions, Mentions;
    ToggleGroups, "One row a story, or every single mention", "stories", ["t"], Mentions, Mentions;
    CopyLink, "Copy the mention's link", "copy-link", ["y"], Mentions, Mentions;
    CopyText, "Copy the mention's words", "copy-text", ["shift-y"], Mentions, Mentions;
    Browse, "Open the link in a browser, or show it", "browse", ["o"], Mentions, Mentions;
    Reply, "Answer the mention, or write on at its draft", "reply", ["r"], Answers, Mentions;
    Post, "Write a post of our own, or write on at its draft", "post", ["p"], Answers, Everywhere;
    Send, "Send what is written", "send", ["ctrl-x s", "ctrl-enter"], Answers, Composer;
    SendAnyway, "Yes, send it all the same", "send-anyway", ["ctrl-y"], Answers, Composer;
    Skip, "On to the next one of a batch, without an answer; a new post beside this draft", "skip", ["ctrl-x n"], Answers, Composer;
    SavedReply, "Put a saved reply in", "saved-reply", ["ctrl-r"], Answers, Composer;
    Editor, "Write on in $EDITOR", "editor", ["ctrl-x e", "ctrl-x ctrl-e"], Answers, Composer;
    Quote, "Quote the selected turn of the thread (PgUp, PgDn select)", "quote", ["ctrl-x q"], Answers, Composer;
    Identity, "Send under the next account", "identity", ["ctrl-x i"], Answers, Composer;
    Parts, "Send as several posts when it is too long, or not", "parts", ["ctrl-x p"], Answers, Composer;
    Visibility, "Who may read it: narrower, never wider than what is answered", "visibility", ["ctrl-x v"], Answers, Composer;
    Warning, "With a content warning: that of what is answered, or your own; or without", "content-warning", ["ctrl-x w"], Answers, Composer;
    Language, "The next language", "language", ["ctrl-x l"], Answers, Composer;
    RecallHere, "Take back what is held, or what failed, into this sheet", "recall-here", ["ctrl-x shift-u"], Answers, Composer;
    UndoText, "Undo in the text", "undo-text", ["ctrl-x u"], Answers, Composer;
    RedoText, "Redo in the text", "redo-text", ["ctrl-x r"], Answers, Composer;
    Recall, "Take back what is held in the outbox, the newest first", "recall", ["shift-u"], Answers, Everywhere;
    StopSending, "Stop all sending, until it is lifted", "stop-sending", ["shift-x"], Answers, Everywhere;
    Approve, "Approve what another voice wrote", "approve", ["shift-o"], Answers, Outbox;
    ItIsOut, "It is out: you have seen it there", "it-is-out", ["v"], Answers, Outbox;
    ItIsNotOut, "It is not out: a draft again", "it-is-not-out", ["shift-v"], Answers, Outbox;
    Withdraw, "Give it up; its words stay readable", "withdraw", ["del", "shift-w"], Answers, Outbox;
    Resolve, "Solved: the case is closed", "resolve", ["e"], Cases, Mentions;
    Acknowledge, "We have heard: acknowledge the case, or open a closed one again", "acknowledge", ["a"], Cases, Mentions;
    Snooze, "Put aside until a time, or until they write again", "snooze", ["s"], Cases, Mentions;
    Dismiss, "Nothing is to be done; asks why", "dismiss", ["d"], Cases, Mentions;
    Claim, "Take it on for half an hour, or let it go", "claim", ["c"], Cases, Mentions;
    HandOver, "Hand over: to whom and where, and by when", "hand-over", ["h"], Cases, Mentions;
    Note, "Write a note for ourselves", "note", ["#"], Cases, Mentions;
    Promise, "Write down a promise and when it is due", "promise", ["shift-d"], Cases, Mentions;
    KeepPromise, "A promise is kept", "keep-promise", ["shift-e"], Cases, Mentions;
    MarkAll, "Mark all cases of this list, or unmark them", "mark-all", ["shift-m"], Cases, Mentions;
    NewCampaign, "Make a campaign; Enter on a suggestion makes the suggested one, d lets it be", "new-campaign", ["shift-c"], Campaigns, Campaigns;
    EditCampaign, "Change which posts a campaign is made of", "edit-campaign", ["shift-f"], Campaigns, Campaigns;
    RemoveCampaign, "Take a campaign away (u brings it back)", "remove-campaign", ["shift-z"], Campaigns, Campaigns;
    Paid, "Write down what was paid so far, or that the whole was", "paid", ["$"], Campaigns, Campaigns;
    Search, "Search with a query; tries a watch before it is saved", "search", ["/"], Search, Everywhere;
    SearchNext, "Next row that the search found", "search-next", ["n"], Search, Search;
    SearchPrevious, "Row before that the search found", "search-previous", ["shift-n"], Search, Search;
    SaveWatch, "Save the query that is being tried as a watch", "save-watch", ["w"], Search, Search;
    ShowPerson, "Who wrote it: the card of the person", "person", ["@"], People, Mentions;
    PersonWhileWriting, "The card of the person who is answered", "person-card", ["ctrl-x o"], People, Composer;
    MergePeople, "The account that looks alike is the same person; asks first", "same-person", ["&"], People, Everywhere;
    ForgetPerson, "Erase the person of the card or of the list for good; shows what goes and asks for the handle", "forget-person", ["ctrl-x f"], People, Everywhere;
    NextPeriod, "Trends over 24 hours, 7 days or 30 days", "next-period", ["shift-t"], Figures, Everywhere;
    Why, "Why the mention is read so, word by word", "why", ["shift-i"], Figures, Mentions;
    Explain, "What the figures here are made of", "explain", ["=", "i"], Figures, Everywhere;
    Refresh, "Poll the selected source, or all of them, now", "refresh", ["shift-r"], Program, Everywhere;
    Pause, "Hold back all traffic with the networks, or let it go on", "pause", ["shift-p"], Program, Everywhere;
    Teach, "Teach the readers: a minute on twenty of your mentions", "teach", ["g l"], Program, Everywhere;
    Palette, "Every action by name", "palette", [":", "ctrl-p"], Program, Everywhere;
    Help, "Keys and signs", "help", ["?"], Program, Everywhere;
    Reload, "Read the configuration again", "reload", ["g c"], Program, Everywhere;
    Redraw, "Paint everything anew", "redraw", ["ctrl-l"], Program, Everywhere;
    Suspend, "To the shell, until fg", "suspend", ["ctrl-z"], Program, Everywhere;
    Quit, "Close what is on top; on the dashboard, leave", "quit", ["q"], Program, Everywhere;
    Leave, "Leave at once", "leave", ["ctrl-c"], Program, Everywhere;
}

impl Action {
    /// Whether it may be done where nothing can be seen, the terminal being too small.
    pub fn is_for_the_blind(self) -> bool {
        matches!(self, Self::Leave | Self::Suspend | Self::Redraw | Self::StopSending)
    }

    /// Its name, kebab-case: what the `[keys]` table of the configuration and the palette call it.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it does, a line without a full stop.
    pub fn describe(self) -> &'static str {
        self.entry().describe
    }

    /// Its keys when the configuration says nothing: chords as crokey reads them; the chords of a sequence
    /// are separated by a space ("g g").
    pub fn default_keys(self) -> &'static [&'static str] {
        self.entry().keys
    }

    /// What it is about.
    pub fn group(self) -> Group {
        self.entry().group
    }

    /// Where it means something.
    pub fn place(self) -> Place {
        self.entry().place
    }

    /// The action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.entry().name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_is_named_described_and_bound_once() {
        let mut names = BTreeSet::new();
        let mut keys = BTreeSet::new();
        for action in Action::ALL {
            assert!(names.insert(action.name()), "{} names two actions", action.name());
            assert!(action.name().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", action.name());
            assert!(!action.describe().is_empty() && !action.describe().ends_with('.'));
            assert!(!action.default_keys().is_empty(), "{} has no key", action.name());
            for key in action.default_keys() {
                assert!(keys.insert(*key), "{key} is bound twice");
            }
            assert_eq!(Action::named(action.name()), Some(*action));
        }
        assert_eq!(Action::named("no-such-thing"), None);
    }

    #[test]
    fn every_default_chord_parses_and_none_clashes_with_terminals() {
        for action in Action::ALL {
            for sequence in action.default_keys() {
                for chord in sequence.split(' ') {
                    assert!(crokey::parse(chord).is_ok(), "{chord}");
                    for taken in ["ctrl-a", "ctrl-b", "ctrl-s", "ctrl-q"] {
                        assert_ne!(chord, taken, "{taken} belongs to screen, tmux or the terminal");
                    }
                    assert!(!chord.contains("alt-"), "{chord}: Alt is slow and often taken");
                }
            }
        }
    }

    #[test]
    fn no_default_sequence_hides_a_shorter_one() {
        let all: Vec<&str> = Action::ALL.iter().flat_map(|action| action.default_keys().iter().copied()).collect();
        for one in &all {
            for other in &all {
                assert!(!other.starts_with(&format!("{one} ")), "{one} would never let {other} be typed");
            }
        }
    }
}
