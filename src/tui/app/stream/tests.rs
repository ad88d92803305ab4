use super::*;
use crate::domain::{Span, Timestamp};
use crate::tui::app::cmd::Load;
use crate::tui::app::samples::row;

fn rows(ids: impl IntoIterator<Item = i64>) -> Vec<MentionRow> {
    ids.into_iter().map(row).collect()
}

/// A stream that has read the newest of mentions 1 to 1,000.
fn stream() -> Stream {
    let mut stream = Stream::new(Some(SubjectId(1)));
    stream.fit(10);
    assert!(matches!(stream.ask_rows(), Some(Load::Rows { span: Span::Newest, .. })));
    assert!(stream.answer_rows(&rows((801..=1_000).rev())));
    stream
}

fn selected(stream: &Stream) -> i64 {
    stream.selected().unwrap().id.0
}

#[test]
fn at_the_top_it_follows() {
    let mut stream = stream();
    assert_eq!(selected(&stream), 1_000);
    assert_eq!(stream.recorded(0), Stale::Rows);
    stream.ask_rows().unwrap();
    stream.answer_rows(&rows((803..=1_002).rev()));
    assert_eq!(selected(&stream), 1_002);
    assert_eq!(stream.waiting(), 0);
}

#[test]
fn elsewhere_it_stays_put_and_counts() {
    let mut stream = stream();
    stream.go(Motion::Rows(3));
    assert_eq!(stream.recorded(0), Stale::Above);
    assert!(!stream.needs_rows());
    let Some(Load::NewAbove { filter }) = stream.ask_above() else { panic!("no question") };
    assert_eq!(filter.since, Some(row(1_000).published));
    assert!(stream.answer_above(13), "twelve and the first row itself");
    assert_eq!((stream.waiting(), selected(&stream), stream.offset()), (12, 997, 0));
    stream.go(Motion::Top);
    assert!(stream.following());
    assert_eq!(stream.waiting(), 0);
    assert!(matches!(stream.ask_rows(), Some(Load::Rows { span: Span::Newest, .. })));
    stream.answer_rows(&rows((813..=1_012).rev()));
    assert_eq!(selected(&stream), 1_012);
}

#[test]
fn newest_rows_that_come_after_the_reader_moved_away_change_nothing() {
    let mut stream = stream();
    stream.recorded(0);
    stream.ask_rows().unwrap();
    stream.go(Motion::Rows(2));
    stream.answer_rows(&rows((803..=1_002).rev()));
    assert_eq!((selected(&stream), stream.window().first().unwrap().id.0), (998, 1_000));
}

#[test]
fn scrolling_near_an_edge_loads_more_and_the_window_stays_bounded() {
    let mut stream = stream();
    let mut oldest = 801;
    for _ in 0..4 {
        stream.go(Motion::Rows(190));
        let Some(Load::Rows { span: Span::OlderThan(from), .. }) = stream.ask_rows() else { panic!("no question") };
        assert_eq!(from.id.0, oldest);
        assert!(!stream.needs_rows(), "one at a time");
        stream.answer_rows(&rows((oldest - 200..oldest).rev()));
        oldest -= 200;
        assert!(stream.window().len() <= crate::tui::app::window::BOUND);
    }
    let here = selected(&stream);
    assert!(!stream.window().reaches_newest());
    stream.go(Motion::Rows(-500));
    let Some(Load::Rows { span: Span::NewerThan(_), .. }) = stream.ask_rows() else { panic!("no way back") };
    let first = stream.window().first().unwrap().id.0;
    let selected_before = selected(&stream);
    stream.answer_rows(&rows(first + 1..=first + 200));
    assert_eq!(selected(&stream), selected_before);
    assert!(selected_before > here);
}

#[test]
fn the_oldest_row_is_one_key_away() {
    let mut stream = stream();
    stream.go(Motion::Bottom);
    let Some(Load::Rows { span: Span::NewerThan(from), .. }) = stream.ask_rows() else { panic!("no question") };
    assert_eq!(from.published, Timestamp::MIN);
    stream.answer_rows(&rows(1..=200));
    assert_eq!(selected(&stream), 1);
    assert!(stream.window().reaches_oldest() && !stream.window().reaches_newest());
    stream.go(Motion::Top);
    stream.ask_rows().unwrap();
    stream.answer_rows(&rows((801..=1_000).rev()));
    assert_eq!(selected(&stream), 1_000);
}

#[test]
fn a_changed_stretch_is_read_again_without_moving() {
    let mut stream = stream();
    stream.go(Motion::Rows(5));
    assert_eq!(stream.recorded(1), Stale::Both);
    let Some(Load::Rows { span: Span::OlderThan(from), limit, .. }) = stream.ask_rows() else { panic!("no question") };
    assert_eq!((from.id.0, limit), (1_001, 200));
    let mut again = rows((801..=1_000).rev());
    again.retain(|row| row.id.0 != 997);
    again[4].edited = true;
    stream.answer_rows(&again);
    assert_eq!((selected(&stream), stream.index()), (995, 4));
    assert!(stream.window().position(MentionId(997)).is_none());
}

#[test]
fn tabs_subjects_and_stories_start_over() {
    let mut stream = stream();
    stream.go(Motion::Rows(5));
    stream.step_tab(1);
    assert_eq!(stream.tab(), Tab::Complaints);
    assert!(stream.following() && stream.loading());
    assert_eq!(stream.filter().intent, Some(Intent::Complaint));
    stream.step_tab(-2);
    assert!(stream.filter().unread);
    stream.toggle_stories();
    assert!(!stream.filter().one_per_group);
}

#[test]
fn unread_mentions_are_found_both_ways() {
    let mut stream = stream();
    let ids = (990..=999).map(MentionId).collect();
    stream.set_read(&ids, true);
    assert!(stream.go_unread(true));
    assert_eq!(selected(&stream), 989);
    assert!(stream.go_unread(false));
    assert_eq!(selected(&stream), 1_000);
    assert!(!stream.following(), "the reader chose this row");
    assert!(!stream.go_unread(false));
}
