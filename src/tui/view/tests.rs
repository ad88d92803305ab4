use std::fmt::Write as _;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use self::scenes::{found, lessons};
use super::*;
use crate::domain::outbox::{Outgoing, OutgoingState};
use crate::domain::{Act, ActId, MentionRow, Network, SafeText, SourceId, Visibility};
use crate::engine::{Event, Standing};
use crate::tui::app::composer::replies::SavedReply;
use crate::tui::app::msg::{Answer, Notice, Trial as Found, Typing, Weight};
use crate::tui::app::samples::postbox::outgoing;
use crate::tui::app::samples::{Town, minutes_ago, now, row, setup};
use crate::tui::app::{Action, Cmd, Msg, Occasion, Setup, text};

mod answering;
mod campaigns;
mod clocks;
mod giving;
mod inbox;
mod people;
mod posts;
mod scenes;
mod why;

fn paint(model: &Model, theme: &Theme) -> Buffer {
    let (width, height) = model.desk().size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    draw(model, theme, buffer.area, &mut buffer);
    buffer
}

/// The words of a buffer, a line a row, without what is empty at the right.
fn words(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut row = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(text::width(symbol)).unwrap().max(1);
        }
        writeln!(text, "{}", row.trim_end()).unwrap();
    }
    text
}

/// The styles of a buffer: per row the runs of columns that are not plain.
fn styles(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in buffer.area.left()..buffer.area.right() {
            let cell = &buffer[(x, y)];
            let mut name = String::new();
            if cell.fg != Color::Reset {
                write!(name, "{:?} ", cell.fg).unwrap();
            }
            if cell.bg != Color::Reset {
                write!(name, "on {:?} ", cell.bg).unwrap();
            }
            if cell.modifier != Modifier::empty() {
                write!(name, "{:?}", cell.modifier).unwrap();
            }
            match runs.last_mut() {
                Some((_, end, last)) if *last == name && *end + 1 == x => *end = x,
                _ => runs.push((x, x, name)),
            }
        }
        let runs = runs.iter().filter(|(_, _, name)| !name.is_empty());
        let runs: Vec<String> = runs.map(|(from, to, name)| format!("{from}-{to} {}", name.trim())).collect();
        writeln!(text, "{y:>2}: {}", runs.join(", ")).unwrap();
    }
    text
}

/// A screen after some keys.
fn screen(town: &mut Town, size: (u16, u16), actions: &[Action]) -> Model {
    let mut model = town.model(setup(size));
    town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
    for action in actions {
        town.press(&mut model, *action);
    }
    model
}

fn text_of(town: &mut Town, size: (u16, u16), actions: &[Action]) -> String {
    words(&paint(&screen(town, size, actions), &Theme::standard()))
}

fn typed(town: &mut Town, model: &mut Model, words: &str) -> Vec<Cmd> {
    for c in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(c)));
    }
    town.tell(model, Msg::Type(Typing::Submit))
}

const SIZES: [(u16, u16); 4] = [(40, 10), (80, 24), (120, 36), (200, 50)];

#[test]
fn the_morning_on_every_size() {
    for (width, height) in SIZES {
        let text = text_of(&mut Town::trouble(), (width, height), &[]);
        insta::assert_snapshot!(format!("morning_{width}x{height}"), text);
    }
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    for (width, height) in [(1, 1), (20, 4), (39, 10)] {
        let text = text_of(&mut Town::trouble(), (width, height), &[]);
        insta::assert_snapshot!(format!("small_{width}x{height}"), text);
    }
}

#[test]
fn nothing_heard_yet() {
    for (width, height) in [(40, 10), (80, 24), (120, 36)] {
        let text = text_of(&mut Town::empty(), (width, height), &[]);
        insta::assert_snapshot!(format!("empty_{width}x{height}"), text);
    }
    let (model, _) = Model::new(setup((80, 24)));
    insta::assert_snapshot!("before_the_first_answer", words(&paint(&model, &Theme::standard())));
}

#[test]
fn a_mention_is_read() {
    for (width, height) in SIZES {
        let text = text_of(&mut Town::trouble(), (width, height), &[Action::OpenFirst]);
        insta::assert_snapshot!(format!("detail_{width}x{height}"), text);
    }
}

/// A town in which one mention is answered, one is private and one comes with a warning.
fn with_forewords() -> Town {
    let mut town = Town::trouble();
    let rows = &mut town.rows;
    rows[0].answered = Some(minutes_ago(1));
    rows[0].read = true;
    rows[1].visibility = Visibility::Private;
    rows[3].content_warning = SafeText::line("bicycles", 80);
    rows[4].visibility = Visibility::Private;
    rows[4].content_warning = SafeText::line("blood", 80);
    let words = SafeText::block("Thank you! Two years is a long way.\nWe hope to see you at the ride on Sunday.");
    town.answers = vec![act(minutes_ago(1), words)];
    town
}

fn act(published: crate::domain::Timestamp, text: SafeText) -> Act {
    Act {
        id: ActId(1),
        source: SourceId(2),
        network: Network::named("bluesky"),
        native_id: "reply".to_owned(),
        parent: None,
        root: None,
        answers: None,
        author: SafeText::line("ferris-bikes.example", 80),
        person: None,
        own: true,
        text,
        url: Some(SafeText::line("https://bsky.app/profile/ferris-bikes.example/post/1", 200)),
        lang: None,
        visibility: Visibility::Public,
        published,
        first_seen: published,
        history: false,
        edited_at: None,
    }
}

#[test]
fn what_is_answered_private_or_warned_of_says_so() {
    for (width, height) in [(40, 10), (80, 24), (120, 36)] {
        let text = text_of(&mut with_forewords(), (width, height), &[]);
        insta::assert_snapshot!(format!("forewords_{width}x{height}"), text);
    }
    let answered = text_of(&mut with_forewords(), (80, 24), &[Action::Open, Action::Zoom]);
    insta::assert_snapshot!("detail_answered_80x24", answered);
    let mut town = with_forewords();
    let model = screen(&mut town, (80, 24), &[Action::Down, Action::Open, Action::Zoom]);
    let private = words(&paint(&model, &Theme::standard()));
    insta::assert_snapshot!("detail_private_80x24", private);
    let ascii = words(&paint(&screen(&mut town, (80, 24), &[]), &Theme::standard().in_ascii()));
    assert!(ascii.contains("% private") && ascii.contains("< answered"), "{ascii}");
}

#[test]
fn a_pause_is_seen_on_every_size_and_a_stream_is_live() {
    let mut town = Town::trouble();
    town.sources[1].live = true;
    for (width, height) in SIZES {
        let mut model = screen(&mut town, (width, height), &[Action::ViewSources]);
        let live = words(&paint(&model, &Theme::standard()));
        assert!(live.contains("live") || width < 60, "{live}");
        assert!(!live.contains("paused"), "{live}");
        town.tell(&mut model, Msg::Engine(Event::Paused(true)));
        let paused = words(&paint(&model, &Theme::standard()));
        assert!(paused.lines().next().unwrap().contains("paused"), "{paused}");
        assert!(!paused.contains("live") && !paused.contains("asking"), "{paused}");
        town.tell(&mut model, Msg::Engine(Event::Paused(false)));
        assert_eq!(words(&paint(&model, &Theme::standard())), live);
    }
}

#[test]
fn every_view() {
    for (name, action) in [
        ("trends", Action::ViewTrends),
        ("sources", Action::ViewSources),
        ("signals", Action::ViewSignals),
        ("watches", Action::ViewWatches),
    ] {
        for (width, height) in [(80, 24), (120, 36)] {
            let text = text_of(&mut Town::trouble(), (width, height), &[action]);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), text);
        }
    }
}

#[test]
fn meters_of_the_sources() {
    for (width, height) in [(40, 10), (60, 14), (80, 24), (120, 36), (200, 50)] {
        let text = text_of(&mut Town::metered(), (width, height), &[Action::ViewSources]);
        insta::assert_snapshot!(format!("meters_{width}x{height}"), text);
    }
    let healthy = [Action::ViewSources, Action::Down, Action::Down, Action::Down];
    insta::assert_snapshot!("meters_of_a_healthy_source", text_of(&mut Town::metered(), (80, 24), &healthy));
    let model = screen(&mut Town::metered(), (80, 24), &[Action::ViewSources]);
    let coloured = styles(&paint(&model, &Theme::standard()));
    assert!(coloured.lines().any(|row| row.contains("Magenta")), "a high meter is not coloured: {coloured}");
}

#[test]
fn everything_that_lies_on_top() {
    for (name, keys) in [
        ("help", &[Action::Help][..]),
        ("palette", &[Action::Palette][..]),
        ("explain_first", &[Action::PreviousPane, Action::Down, Action::Explain][..]),
        ("explain_stream", &[Action::Explain][..]),
        ("explain_sentiment", &[Action::NextPane, Action::Explain][..]),
        ("explain_giving", &[Action::NextPane, Action::NextPane, Action::Explain][..]),
    ] {
        let text = text_of(&mut Town::trouble(), (80, 24), keys);
        insta::assert_snapshot!(format!("{name}_80x24"), text);
    }
    insta::assert_snapshot!("help_40x10", text_of(&mut Town::trouble(), (40, 10), &[Action::Help]));
    insta::assert_snapshot!("help_120x36", text_of(&mut Town::trouble(), (120, 36), &[Action::Help]));
}

#[test]
fn a_palette_with_a_few_letters() {
    let mut town = Town::morning();
    let mut model = screen(&mut town, (80, 24), &[Action::Palette]);
    for c in "copy".chars() {
        town.tell(&mut model, Msg::Type(Typing::Character(c)));
    }
    insta::assert_snapshot!(words(&paint(&model, &Theme::standard())));
}

/// An answer that is being written, with these words on the sheet.
fn writing(town: &mut Town, size: (u16, u16), words: &str) -> Model {
    let mut model = screen(town, size, &[Action::Down, Action::Reply]);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::block(words))));
    town.tell(&mut model, Msg::Clock(now() + crate::domain::time::SignedDuration::from_millis(450)));
    model
}

const DRAFT: &str = "Hi {name}, that is not true: our chains never snap.\nBuy the new S3 today, 20% off with the code FERRIS, and you will forget about it.";

#[test]
fn an_answer_is_written_on_every_size() {
    for (width, height) in SIZES {
        let model = writing(&mut Town::answering(), (width, height), DRAFT);
        insta::assert_snapshot!(format!("composer_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    let model = writing(&mut Town::answering(), (80, 24), DRAFT);
    insta::assert_snapshot!("composer_styles", styles(&paint(&model, &Theme::standard())));
    insta::assert_snapshot!("composer_styles_mono", styles(&paint(&model, &Theme::mono())));
}

#[test]
fn one_of_several_says_which_one_it_is() {
    for size in [(80, 24), (120, 36)] {
        let mut town = Town::of_riders(&["Lou", "Kim", "Max"]);
        let mut model = screen(&mut town, size, &[Action::ViewInbox, Action::MarkAll, Action::Reply]);
        let kind = "Hi Lou! I am sorry that your chain snapped. I am sending you a new one today.";
        town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::block(kind))));
        town.press(&mut model, Action::Send);
        let text = words(&paint(&model, &Theme::standard()));
        insta::assert_snapshot!(format!("composer_batch_{}x{}", size.0, size.1), text);
    }
}

#[test]
fn what_speaks_against_sending_is_shown_before_it_is_sent() {
    let mut town = Town::answering();
    let mut model = writing(&mut town, (80, 24), DRAFT);
    town.press(&mut model, Action::Send);
    insta::assert_snapshot!("composer_blocked", words(&paint(&model, &Theme::standard())));
    let long = "Sorry that your chain snapped. We send a new one today. ".repeat(7);
    let mut town = Town::answering();
    let mut model = writing(&mut town, (120, 36), &long);
    insta::assert_snapshot!("composer_too_long", words(&paint(&model, &Theme::standard())));
    town.press(&mut model, Action::Parts);
    town.press(&mut model, Action::Send);
    insta::assert_snapshot!("composer_asking", words(&paint(&model, &Theme::standard())));
    let mut town = Town::answering();
    town.post.identities.clear();
    let model = writing(&mut town, (80, 24), "Sorry that your chain snapped.");
    insta::assert_snapshot!("composer_by_hand", words(&paint(&model, &Theme::standard())));
}

#[test]
fn saved_replies_are_chosen_from_a_list() {
    let mut town = Town::answering();
    let mut setup = setup((80, 24));
    let reply = |name: &str, text: &str| SavedReply { name: name.into(), text: text.into() };
    setup.writer.replies = vec![
        reply("chain", "{handle} sorry that your chain broke, {name}.\nA new one is on its way: {link}"),
        reply("opening hours", "{brand} is open from nine to six."),
    ];
    let mut model = town.model(setup);
    for action in [Action::Down, Action::Reply, Action::SavedReply] {
        town.press(&mut model, action);
    }
    insta::assert_snapshot!("composer_replies", words(&paint(&model, &Theme::standard())));
}

#[test]
fn the_outbox_on_every_size() {
    let mut town = Town::answering();
    let held = Outgoing {
        next: Some(minutes_ago(0) + crate::domain::time::SignedDuration::from_secs(8)),
        ..outgoing(5, OutgoingState::Held, "We send you a new chain today.")
    };
    let mut failed = outgoing(6, OutgoingState::Failed, "Sorry about the brake. Write me the number of the frame?");
    failed.trouble = SafeText::line("the server refused it: the text is longer than it allows; shorten it", 200);
    let mut uncertain = outgoing(7, OutgoingState::Uncertain, "Thank you, Lou!");
    uncertain.trouble =
        SafeText::line("the server broke off before it answered; your posts are looked through for it", 200);
    uncertain.next = Some(minutes_ago(-1));
    town.post.outgoings = vec![
        held,
        failed,
        uncertain,
        outgoing(8, OutgoingState::Sent, "Glad to hear it."),
        outgoing(9, OutgoingState::AwaitingApproval, "We recall the stems of 2024."),
    ];
    for (width, height) in SIZES {
        let text = text_of(&mut town.clone(), (width, height), &[Action::ViewOutbox]);
        insta::assert_snapshot!(format!("outbox_{width}x{height}"), text);
    }
    let text = text_of(&mut town.clone(), (120, 36), &[Action::ViewOutbox, Action::Down, Action::StopSending]);
    insta::assert_snapshot!("outbox_stopped", text);
    insta::assert_snapshot!("outbox_empty", text_of(&mut Town::answering(), (80, 24), &[Action::ViewOutbox]));
}

#[test]
fn a_refused_query_points_at_the_column() {
    for (width, height) in [(40, 10), (80, 24)] {
        let mut town = Town::morning();
        let mut model = screen(&mut town, (width, height), &[Action::Search]);
        let cmds = typed(&mut town, &mut model, "自転車 OR (chain NEAR/x snap");
        let [Cmd::Try { question, query }] = cmds.as_slice() else { panic!("{cmds:?}") };
        let refused = Some((15, "NEAR wants a number from 1 to 100; write NEAR/5".to_owned()));
        let found = Found { query: query.clone(), refused, ..Found::default() };
        town.tell(&mut model, Msg::Answer { question: *question, answer: Answer::Trial(found.into()) });
        insta::assert_snapshot!(format!("refused_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
}

#[test]
fn a_query_that_found_something() {
    for (width, height) in [(80, 24), (120, 36)] {
        let mut town = Town::morning();
        let model = found(&mut town, (width, height));
        insta::assert_snapshot!(format!("found_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    let mut town = Town::morning();
    let mut model = found(&mut town, (80, 24));
    town.press(&mut model, Action::SaveWatch);
    insta::assert_snapshot!("name_the_watch", words(&paint(&model, &Theme::standard())));
}

#[test]
fn what_is_new_above_is_told_and_notices_and_banners_are_seen() {
    let mut town = Town::morning();
    let mut model = screen(&mut town, (80, 24), &[Action::Down, Action::Mark]);
    let fresh: Vec<_> = (2_001..2_013).map(row).collect();
    town.rows.extend(fresh.clone());
    let recorded = Event::Recorded { source: crate::domain::SourceId(1), new: fresh.into(), changed: 0 };
    town.tell(&mut model, Msg::Engine(recorded));
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    let trouble =
        "the disk that holds /var/lib/goodword/goodword.db is full: make room, then goodword goes on by itself";
    town.tell(&mut model, Msg::Engine(Event::StoreTrouble(Some(trouble.into()))));
    insta::assert_snapshot!("waiting_and_banner_80x24", words(&paint(&model, &Theme::standard())));
    let notice =
        Notice { weight: Weight::Trouble, text: SafeText::line("the terminal has no browser: https://example", 200) };
    town.tell(&mut model, Msg::Notice(notice.clone()));
    let shown = words(&paint(&model, &Theme::standard()));
    assert!(shown.trim_end().ends_with("! the terminal has no browser: https://example"), "{shown}");
    let mut model = screen(&mut town, (40, 10), &[]);
    town.tell(&mut model, Msg::Notice(notice));
    assert!(words(&paint(&model, &Theme::standard())).starts_with(" ! the terminal has no browser"));
}

#[test]
fn a_sequence_begun_shows_what_may_follow() {
    let mut town = Town::morning();
    let mut model = screen(&mut town, (80, 24), &[]);
    town.tell(&mut model, Msg::Pending("g".into()));
    let text = words(&paint(&model, &Theme::standard()));
    let bar = text.lines().last().unwrap();
    assert!(bar.contains("t trends") && bar.contains("d dashboard"), "{bar}");
}

#[test]
fn styles_with_and_without_colour() {
    let mut town = Town::trouble();
    let model = screen(&mut town, (80, 24), &[]);
    insta::assert_snapshot!("styles_colour", styles(&paint(&model, &Theme::standard())));
    let mono = paint(&model, &Theme::mono());
    assert!(mono.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    insta::assert_snapshot!("styles_mono", styles(&mono));
    assert_eq!(words(&mono), words(&paint(&model, &Theme::standard())), "the words never depend on colour");
    let reading = screen(&mut town, (80, 24), &[Action::OpenFirst]);
    insta::assert_snapshot!("styles_detail", styles(&paint(&reading, &Theme::standard())));
}

#[test]
fn in_ascii_every_sign_of_ours_is_ascii() {
    let mut town = Town::trouble();
    town.rows.retain(|row| row.author.as_str().is_ascii() && row.excerpt.as_str().is_ascii());
    for keys in [&[][..], &[Action::ViewTrends], &[Action::ViewSources], &[Action::Palette], &[Action::OpenFirst]] {
        let model = screen(&mut town.clone(), (120, 36), keys);
        let text = words(&paint(&model, &Theme::standard().in_ascii()));
        assert!(text.is_ascii(), "{}", text.chars().filter(|c| !c.is_ascii()).collect::<String>());
    }
    insta::assert_snapshot!("ascii_80x24", {
        let model = screen(&mut town, (80, 24), &[]);
        words(&paint(&model, &Theme::mono().in_ascii()))
    });
}

#[test]
fn demo_and_read_only_are_said() {
    for occasion in [Occasion::Demo, Occasion::ReadOnly] {
        let mut town = Town::morning();
        let model = town.model(Setup { occasion, ..setup((80, 24)) });
        let text = words(&paint(&model, &Theme::standard()));
        assert!(text.contains(if occasion == Occasion::Demo { "demo" } else { "read only" }), "{text}");
    }
}

#[test]
fn strange_scripts_keep_our_columns_in_place() {
    let strange = ["自転車好き", "مريم", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "Ӝ̶̢̛͚̹́a̴", "กำลัง", "🇩🇪🇫🇷", "ﷺ", "한국어", "e\u{301}e\u{301}"];
    let mut town = Town::morning();
    town.rows = strange
        .iter()
        .enumerate()
        .map(|(n, name)| MentionRow {
            author: SafeText::line(name, 80),
            excerpt: SafeText::line(&format!("{name} {name} 👍🏽❤️ end"), 400),
            ..row(2_000 - n as i64)
        })
        .collect();
    for (width, height) in SIZES {
        let model = screen(&mut town, (width, height), &[Action::Down]);
        let buffer = paint(&model, &Theme::standard());
        let area = model.desk().layout().pane(Pane::Stream).unwrap().body();
        for line in 0..strange.len().min(usize::from(area.height)) {
            let y = area.y + u16::try_from(line).unwrap();
            assert_eq!(buffer[(area.x, y)].symbol(), "●", "row {line} at {width}x{height}");
            assert_eq!(buffer[(area.x + 7, y)].symbol(), ":", "row {line} at {width}x{height}");
        }
        for divider in &model.desk().layout().dividers {
            for y in divider.y..divider.y + divider.height {
                assert_eq!(buffer[(divider.x, y)].symbol(), "│");
            }
        }
    }
}

#[test]
fn nothing_that_a_feed_says_reaches_the_terminal_raw() {
    // Cleaning is the work of SafeText; here: the view adds no way around it, and no cell holds more than a sign.
    let mut town = Town::trouble();
    let model = screen(&mut town, (200, 50), &[Action::OpenFirst]);
    for cell in &paint(&model, &Theme::standard()).content {
        assert!(!cell.symbol().chars().any(char::is_control), "{:?}", cell.symbol());
    }
}

#[test]
fn an_unchanged_model_paints_the_same() {
    let mut town = Town::trouble();
    let model = screen(&mut town, (200, 50), &[]);
    let before = paint(&model, &Theme::standard());
    let mut later = model.clone();
    let soon = crate::domain::Timestamp::from_second(now().as_second() + 30).unwrap();
    assert!(!later.update(Msg::Clock(soon)).dirty);
    assert!(before.diff(&paint(&later, &Theme::standard())).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn any_screen_after_any_keys_can_be_drawn(
        keys in prop::collection::vec(0..Action::ALL.len(), 0..12),
        typed in "\\PC{0,10}",
        width in 0u16..230, height in 0u16..70,
        drawn_width in 0u16..230, drawn_height in 0u16..70,
        offset in 0u16..5,
    ) {
        let mut town = if width % 2 == 0 { Town::answering() } else { Town::trouble() };
        let mut model = town.model(setup((width, height)));
        for key in keys {
            town.press(&mut model, Action::ALL[key]);
        }
        for c in typed.chars() {
            town.tell(&mut model, Msg::Type(Typing::Character(c)));
        }
        paint(&model, &Theme::standard());
        // A buffer of another size and place than the model believes in.
        let area = Rect::new(offset, offset, drawn_width, drawn_height);
        let mut buffer = Buffer::empty(area);
        draw(&model, &Theme::mono().in_ascii(), area, &mut buffer);
    }
}

#[test]
fn readings_are_corrected_in_a_popup() {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let mut town = Town::trouble();
        let mut model = screen(&mut town, (width, height), &[Action::Down, Action::Correct]);
        for key in ['-', 'c', 'q'] {
            town.tell(&mut model, Msg::Type(Typing::Character(key)));
        }
        insta::assert_snapshot!(format!("correcting_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    let mut town = Town::trouble();
    let model = screen(&mut town, (80, 24), &[Action::Mark, Action::Mark, Action::Correct]);
    insta::assert_snapshot!("correcting_many_80x24", words(&paint(&model, &Theme::standard())));
}

#[test]
fn a_corrected_mention_tells_both_words() {
    let mut town = Town::trouble();
    let mut model = screen(&mut town, (80, 24), &[Action::OpenFirst, Action::SayPositive, Action::Zoom]);
    town.tell(&mut model, Msg::Engine(Event::Learned(lessons().into())));
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    town.press(&mut model, Action::Bottom);
    insta::assert_snapshot!("corrected_80x24", words(&paint(&model, &Theme::standard())));
    for action in [Action::Explain, Action::Bottom] {
        town.press(&mut model, action);
    }
    insta::assert_snapshot!("explain_learned_80x24", words(&paint(&model, &Theme::standard())));
}

#[test]
fn the_game_on_every_size() {
    for (width, height) in SIZES {
        let mut town = Town::trouble();
        let mut model = screen(&mut town, (width, height), &[Action::Teach]);
        for key in ['-', '+', 'b'] {
            town.tell(&mut model, Msg::Type(Typing::Character(key)));
        }
        insta::assert_snapshot!(format!("game_{width}x{height}"), words(&paint(&model, &Theme::standard())));
        for key in "+0n-0+-0+-0+-0+-0+-0+-0+".chars() {
            town.tell(&mut model, Msg::Type(Typing::Character(key)));
        }
        town.tell(&mut model, Msg::Engine(Event::Learned(lessons().into())));
        insta::assert_snapshot!(format!("game_over_{width}x{height}"), words(&paint(&model, &Theme::standard())));
    }
    let mut town = Town::trouble();
    let model = screen(&mut town, (80, 24), &[Action::Teach]);
    let coloured = styles(&paint(&model, &Theme::standard()));
    assert!(!coloured.contains("White") && !coloured.contains("Black"), "unseen on light or dark: {coloured}");
}
