use proptest::prelude::*;

use super::*;

fn want(width: u16, height: u16, view: View, focus: Pane) -> Want {
    Want {
        size: (width, height),
        view,
        focus,
        reading: focus == Pane::Detail,
        zoomed: false,
        banner: false,
        subjects: 2,
        campaign: false,
    }
}

fn panes(want: &Want) -> Vec<Pane> {
    layout(want).panes.into_iter().map(|(pane, _)| pane).collect()
}

#[test]
fn a_small_screen_shows_the_stream_alone() {
    assert_eq!(panes(&want(40, 10, View::Dashboard, Pane::Stream)), [Pane::Stream]);
    assert_eq!(panes(&want(40, 10, View::Dashboard, Pane::Giving)), [Pane::Giving]);
}

#[test]
fn the_classic_screen_has_what_to_answer_first_the_stream_and_the_figures() {
    assert_eq!(
        panes(&want(80, 24, View::Dashboard, Pane::Stream)),
        [Pane::First, Pane::Stream, Pane::Sentiment, Pane::Giving]
    );
    assert_eq!(panes(&want(80, 24, View::Dashboard, Pane::Detail)), [Pane::Detail]);
}

#[test]
fn the_case_is_beside_the_inbox_below_it_or_alone() {
    assert_eq!(panes(&want(120, 36, View::Inbox, Pane::Inbox)), [Pane::Inbox, Pane::Case]);
    assert_eq!(panes(&want(80, 40, View::Inbox, Pane::Inbox)), [Pane::Inbox, Pane::Case]);
    assert_eq!(panes(&want(80, 24, View::Inbox, Pane::Inbox)), [Pane::Inbox]);
    let reading = Want { reading: true, ..want(80, 24, View::Inbox, Pane::Case) };
    assert_eq!(panes(&reading), [Pane::Case]);
}

#[test]
fn the_clocks_are_among_the_figures_and_under_the_stream_where_it_is_high() {
    for (width, height, has) in [(80, 24, false), (80, 44, true), (100, 24, true), (120, 36, true), (200, 50, true)] {
        let panes = panes(&want(width, height, View::Dashboard, Pane::Stream));
        assert_eq!(panes.contains(&Pane::Clocks), has, "{width}x{height}");
        assert!(width < 100 || panes.contains(&Pane::Signals) && panes.contains(&Pane::Sources), "{width}x{height}");
    }
    assert_eq!(panes(&want(40, 10, View::Dashboard, Pane::Clocks)), [Pane::Clocks]);
}

#[test]
fn a_campaign_that_runs_has_room_for_its_sentence_and_takes_none_when_it_ended() {
    let rows = |height, campaign| {
        layout(&Want { campaign, subjects: 1, ..want(80, height, View::Dashboard, Pane::Stream) }).rows(Pane::Giving)
    };
    assert_eq!((rows(24, false), rows(24, true)), (2, 4));
    assert_eq!((rows(20, false), rows(20, true)), (2, 3));
    let with = Want { campaign: true, ..want(80, 24, View::Dashboard, Pane::Stream) };
    assert!(layout(&with).columns(Pane::Giving) >= 39 && layout(&with).columns(Pane::Sentiment) >= 39);
}

#[test]
fn a_large_screen_shows_the_mention_beside_the_list() {
    let panes = panes(&want(200, 50, View::Dashboard, Pane::Stream));
    assert!(panes.contains(&Pane::Detail) && panes.contains(&Pane::Sources) && panes.contains(&Pane::Voice));
}

proptest! {
    #[test]
    fn nothing_overlaps_and_all_fits(
        width in 0u16..320, height in 0u16..120, view in 0usize..7, focus in 0usize..15,
        reading: bool, zoomed: bool, banner: bool, subjects in 0u16..9,
        campaign: bool,
    ) {
        let views = [
            View::Dashboard,
            View::Trends,
            View::Sources,
            View::Signals,
            View::Watches,
            View::Trial,
            View::Inbox,
        ];
        let focuses = [
            Pane::First, Pane::Stream, Pane::Detail, Pane::Sentiment, Pane::Voice, Pane::Giving, Pane::Sources,
            Pane::Signals, Pane::Trends, Pane::Watches, Pane::Trial, Pane::Reading, Pane::Inbox, Pane::Case,
            Pane::Clocks,
        ];
        let (size, view, focus) = ((width, height), views[view], focuses[focus]);
        let want = Want { size, view, focus, reading, zoomed, banner, subjects, campaign };
        let layout = layout(&want);
        let mut taken = std::collections::BTreeSet::new();
        let mut areas: Vec<Area> = layout.panes.iter().map(|(_, area)| *area).collect();
        areas.extend(&layout.dividers);
        areas.extend(layout.hints);
        areas.extend(layout.banner);
        areas.push(layout.status);
        for area in areas {
            prop_assert!(area.x + area.width <= width && area.y + area.height <= height, "{:?}", area);
            for x in area.x..area.x + area.width {
                for y in area.y..area.y + area.height {
                    prop_assert!(taken.insert((x, y)), "{},{} is taken twice", x, y);
                }
            }
        }
        if !too_small(want.size) {
            prop_assert_eq!(taken.len(), usize::from(width) * usize::from(height), "a hole");
            for (pane, area) in &layout.panes {
                prop_assert!(area.height >= 2 && area.width >= 12, "{:?} {:?}", pane, area);
            }
        }
    }
}
