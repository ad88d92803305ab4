//! A post of our own on the sheet, from the key to the outbox.

use crate::domain::outbox::OutgoingState;
use crate::domain::time::SignedDuration;
use crate::domain::{Network, OwnPosts, SafeText, TextRules, Visibility};
use crate::tui::app::action::Action;
use crate::tui::app::composer::gate::Then;
use crate::tui::app::msg::Typing;
use crate::tui::app::samples::postbox::{identity, outgoing, rules};
use crate::tui::app::samples::{Town, setup};
use crate::tui::app::{Cmd, InputMode, Model, Msg};

fn town() -> Town {
    let mut town = Town::answering();
    town.post.gives = Some(0);
    town
}

fn open(town: &mut Town) -> Model {
    let mut model = town.model(setup((120, 36)));
    town.press(&mut model, Action::Post);
    model
}

fn write(town: &mut Town, model: &mut Model, words: &str) {
    town.tell(model, Msg::Type(Typing::pasted(SafeText::block(words))));
    town.tell(model, Msg::Clock(model.context().now() + SignedDuration::from_millis(450)));
    town.tell(model, Msg::Clock(model.context().now() + SignedDuration::from_millis(450)));
}

fn said(model: &Model) -> String {
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn reasons(model: &Model) -> String {
    model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.reasons.join("\n")).unwrap_or_default()
}

fn page(model: &Model) -> String {
    let sheet = model.composer().expect("the sheet is open");
    let lines: Vec<String> = sheet.rehearsing().page().lines().iter().map(|line| line.words()).collect();
    lines.join("\n")
}

fn blocked(model: &Model) -> String {
    model.composer().map(|sheet| sheet.blocked().join("\n")).unwrap_or_default()
}

const GIVE: &str = "Free brake checks at the old mill on Saturday, for any bike. I bring the tea.";
const ASK: &str = "Order the new S2 now in our shop: buy it today!";

#[test]
fn one_key_leads_to_a_post_that_goes_out_like_a_reply() {
    let mut town = town();
    let mut model = open(&mut town);
    assert_eq!(model.input_mode(), InputMode::Composer);
    let sheet = model.composer().unwrap();
    assert!(sheet.is_post() && sheet.mention().is_none() && sheet.card().is_none());
    assert_eq!((sheet.visibility(), sheet.whom().as_str()), (Visibility::Public, "everybody"));
    write(&mut town, &mut model, GIVE);
    assert_eq!((town.post.outgoings.len(), town.post.outgoings[0].text().as_str()), (1, GIVE), "a draft by itself");
    town.press(&mut model, Action::Send);
    assert!(model.composer().is_none(), "asked: {}{}", reasons(&model), blocked(&model));
    let sent = &town.post.outgoings[0];
    assert!(sent.is_post() && sent.state == OutgoingState::Held && sent.text() == GIVE);
    assert_eq!(town.post.submitted[0].network, Network::named("mastodon"));
    assert!(said(&model).starts_with("goes out in"), "{}", said(&model));
    town.press(&mut model, Action::Recall);
    let sheet = model.composer().unwrap();
    assert!(sheet.is_post() && sheet.paper().text() == GIVE, "taken back and written on");
}

#[test]
fn what_was_begun_comes_back_and_another_can_be_begun_beside_it() {
    let mut town = town();
    let mut model = open(&mut town);
    write(&mut town, &mut model, "half a thought");
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(said(&model).contains("the draft is kept: p brings it back"), "{}", said(&model));
    town.press(&mut model, Action::Post);
    assert_eq!(model.composer().unwrap().paper().text(), "half a thought");
    town.press(&mut model, Action::Skip);
    assert_eq!(model.composer().unwrap().paper().text(), "", "a new one");
    write(&mut town, &mut model, "another one");
    let texts: Vec<String> = town.post.outgoings.iter().map(|one| one.text()).collect();
    assert_eq!(texts, ["half a thought", "another one"]);
}

#[test]
fn what_it_would_do_is_rehearsed_while_it_is_written() {
    let mut town = town();
    let mut model = open(&mut town);
    assert!(page(&model).contains("Write, and this says"), "{}", page(&model));
    assert!(page(&model).contains("too few"), "{}", page(&model));
    write(&mut town, &mut model, ASK);
    let sheet = model.composer().unwrap();
    assert!(sheet.is_rehearsed() && !sheet.rehearsal_marks().is_empty());
    let page = page(&model);
    for words in ["hard ask", "an ask of 2", "Better", "let a person sign it", "giving", "By these words"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(sheet.rehearsal_warnings().concat().contains("comes too early: "));
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("comes too early"), "{}", reasons(&model));
    assert!(town.post.submitted.is_empty());
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1, "it warns and never blocks");
}

#[test]
fn where_the_rehearsal_must_be_scrolled_the_best_change_stands_in_front() {
    let mut town = town();
    let mut model = open(&mut town);
    town.tell(&mut model, Msg::Resize(80, 24));
    write(&mut town, &mut model, ASK);
    let shown = page(&model);
    let place = shown.lines().position(|line| line.starts_with("better: +"));
    assert_eq!(place, Some(1), "{shown}");
    assert!(shown.contains("Better"), "all of it is below: {shown}");
    town.tell(&mut model, Msg::Resize(200, 60));
    assert!(!page(&model).contains("better: +"), "said once where there is room: {}", page(&model));
}

#[test]
fn an_ask_that_is_covered_goes_out_with_the_chord_alone() {
    let mut town = town();
    town.post.gives = Some(20);
    let mut model = open(&mut town);
    write(&mut town, &mut model, ASK);
    assert!(page(&model).contains("covered: enough was given"), "{}", page(&model));
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted.len(), 1, "{}", reasons(&model));
}

#[test]
fn who_sends_before_anybody_has_read_it_is_warned_all_the_same() {
    let mut town = town();
    let mut model = open(&mut town);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::block(ASK))));
    assert!(!model.composer().unwrap().is_rehearsed());
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("comes too early"), "{}", reasons(&model));
}

#[test]
fn a_store_without_books_keeps_nobody_from_posting() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    write(&mut town, &mut model, ASK);
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted.len(), 1);
}

#[test]
fn profiting_from_a_disaster_is_said_and_marked() {
    let mut town = town();
    town.post.gives = Some(20);
    let mut model = open(&mut town);
    write(&mut town, &mut model, "After the earthquake: 20% off all our helmets, buy now with the code QUAKE.");
    let sheet = model.composer().unwrap();
    let (warnings, marks) = (sheet.rehearsal_warnings().concat(), sheet.rehearsal_marks());
    assert!(warnings.contains("sounds like profiting"), "{warnings}");
    let text = model.composer().unwrap().paper().text();
    assert!(marks.iter().any(|mark| text[mark.clone()].contains("earthquake")), "{marks:?}");
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("sounds like profiting"), "{}", reasons(&model));
}

#[test]
fn the_account_last_used_comes_first_and_another_one_costs_a_key() {
    let mut town = town();
    let bluesky = TextRules { lists_all: true, longest: Some(60), ..rules() };
    let mut other = identity(9, "ferris.example", bluesky);
    other.network = Network::named("bluesky");
    town.post.identities.push(other);
    town.post.outgoings.push(outgoing(1, OutgoingState::Sent, "hello"));
    town.post.outgoings[0].source = crate::domain::SourceId(3);
    let mut model = open(&mut town);
    let handle = |model: &Model| model.composer().unwrap().identity().unwrap().handle.to_string();
    assert_eq!(handle(&model), "ferris-rides@hachyderm.io", "the one that was used last");
    assert!(!model.composer().unwrap().is_unusual());
    write(&mut town, &mut model, GIVE);
    let mut seen = vec![handle(&model)];
    while seen.len() < 3 {
        town.press(&mut model, Action::Identity);
        seen.push(handle(&model));
    }
    seen.sort();
    assert_eq!(seen, ["ferris-rides@hachyderm.io", "ferris.example", "ferris@hachyderm.io"]);
    while handle(&model) != "ferris@hachyderm.io" {
        town.press(&mut model, Action::Identity);
    }
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("under @ferris@hachyderm.io"), "{}", reasons(&model));
    // Another network: nothing was used there yet, and it counts by its own rules.
    while handle(&model) != "ferris.example" {
        town.press(&mut model, Action::Identity);
    }
    let sheet = model.composer().unwrap();
    assert_eq!((sheet.network().name(), sheet.is_unusual()), ("bluesky", false));
    assert!(sheet.tally(model.context()).is_over());
}

#[test]
fn unlisted_is_a_key_away_where_the_network_knows_it() {
    let mut town = town();
    let mut model = open(&mut town);
    write(&mut town, &mut model, GIVE);
    town.press(&mut model, Action::Visibility);
    assert_eq!(model.composer().unwrap().visibility(), Visibility::Unlisted);
    for identity in &mut town.post.identities {
        identity.rules = Some(TextRules { lists_all: true, ..rules() });
    }
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::Post);
    assert_eq!(model.composer().unwrap().visibility(), Visibility::Unlisted, "the draft's");
    town.press(&mut model, Action::Send);
    assert!(blocked(&model).contains("lists every post"), "{}", blocked(&model));
    town.press(&mut model, Action::Visibility);
    assert_eq!(model.composer().unwrap().visibility(), Visibility::Public);
    town.press(&mut model, Action::Visibility);
    assert!(said(&model).contains("lists every post"), "{}", said(&model));
}

#[test]
fn a_warning_is_written_and_taken_away() {
    let mut town = town();
    let mut model = open(&mut town);
    write(&mut town, &mut model, GIVE);
    town.press(&mut model, Action::Warning);
    assert_eq!(model.input_mode(), InputMode::Prompt);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::line("crash", 9))));
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert_eq!(model.composer().unwrap().warning(), "crash");
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.outgoings[0].content_warning.as_deref(), Some("crash"));
    town.press(&mut model, Action::Recall);
    town.press(&mut model, Action::Warning);
    town.tell(&mut model, Msg::Type(Typing::DeleteToStart));
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert_eq!(model.composer().unwrap().warning(), "");
}

#[test]
fn the_language_is_read_until_a_person_chooses() {
    let mut town = town();
    let mut model = open(&mut town);
    assert_eq!(model.composer().unwrap().lang(), None);
    write(&mut town, &mut model, "Am Samstag prüfen wir eure Bremsen an der alten Mühle, kostenlos und für jedes Rad.");
    assert_eq!(model.composer().unwrap().lang(), Some("de"));
    town.press(&mut model, Action::Language);
    let chosen = model.composer().unwrap().lang().map(str::to_owned);
    assert_ne!(chosen.as_deref(), Some("de"));
    write(&mut town, &mut model, " Und Tee gibt es auch.");
    assert_eq!(model.composer().unwrap().lang(), chosen.as_deref());
}

#[test]
fn a_long_one_becomes_a_thread_of_our_own() {
    let mut town = town();
    let mut model = open(&mut town);
    write(&mut town, &mut model, &format!("{GIVE} ").repeat(5));
    town.press(&mut model, Action::Send);
    assert!(blocked(&model).contains("too many"), "{}", blocked(&model));
    town.press(&mut model, Action::Parts);
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("2 posts"), "{}", reasons(&model));
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.outgoings[0].parts.len(), 2);
}

#[test]
fn a_headline_is_asked_for_where_the_network_wants_one() {
    let mut town = town();
    for identity in &mut town.post.identities {
        identity.rules = Some(TextRules { own_posts: OwnPosts::Titled, ..rules() });
    }
    let mut model = open(&mut town);
    assert!(model.composer().unwrap().remark().unwrap().contains("headline"));
    write(&mut town, &mut model, GIVE);
    town.press(&mut model, Action::Send);
    assert!(blocked(&model).contains("headline"), "{}", blocked(&model));
    town.tell(&mut model, Msg::Type(Typing::DeleteToStart));
    write(&mut town, &mut model, &format!("Brake checks\n\n{GIVE}"));
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted.len(), 1, "{}{}", blocked(&model), reasons(&model));
}

#[test]
fn where_posts_go_by_hand_the_words_are_handed_out_and_nothing_is_claimed() {
    let mut town = town();
    for identity in &mut town.post.identities {
        identity.rules = Some(TextRules { own_posts: OwnPosts::ByHand, ..rules() });
    }
    let mut model = open(&mut town);
    assert!(model.composer().unwrap().remark().unwrap().contains("by hand"));
    write(&mut town, &mut model, GIVE);
    let cmds = town.press(&mut model, Action::Send);
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Copy(words) if words == GIVE)), "{cmds:?}");
    assert_eq!(model.composer().unwrap().asking().unwrap().then, Then::Posted);
    town.press(&mut model, Action::SendAnyway);
    assert!(model.composer().is_none() && town.post.submitted.is_empty());
    assert_eq!(town.post.outgoings[0].state, OutgoingState::Withdrawn, "its words stay readable");
}

#[test]
fn a_reply_like_many_of_ours_is_told_to_be_canned() {
    let letter = "I am sorry that your chain snapped. I am sending you a new one today and you have it tomorrow.";
    let own = |n: usize| format!("reply number {n} says something of its own about wheel {n} and rider {n}");
    let mut town = Town::answering();
    town.post.replies = (0..20).map(|n| if n < 7 { format!("@p{n} {letter} ^AK") } else { own(n) }).collect();
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    write(&mut town, &mut model, letter);
    assert_eq!(model.composer().unwrap().advice().canned(), Some((7, 20)));
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("7 of your last 20 replies say nearly this"), "{}", reasons(&model));
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1);
    town.post.replies.truncate(7);
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    write(&mut town, &mut model, letter);
    assert_eq!(model.composer().unwrap().advice().canned(), None, "too few to say");
}

#[test]
fn a_post_is_begun_before_any_account_is_known_and_takes_one_that_comes() {
    let mut town = town();
    let known = std::mem::take(&mut town.post.identities);
    let mut model = open(&mut town);
    assert!(model.composer().is_some_and(|sheet| sheet.is_post() && sheet.identity().is_none()), "{}", said(&model));
    write(&mut town, &mut model, GIVE);
    assert!(town.post.outgoings.iter().any(|one| one.is_post() && one.text() == GIVE), "the draft is kept meanwhile");
    town.press(&mut model, Action::Send);
    assert!(blocked(&model).contains("no account to publish under is known yet"), "{}", blocked(&model));
    town.post.identities = known;
    town.tell(&mut model, Msg::Engine(crate::engine::event::Event::Changed));
    let then = model.context().now() + SignedDuration::from_secs(5);
    town.tell(&mut model, Msg::Clock(then));
    let sheet = model.composer().unwrap();
    assert!(sheet.identity().is_some() && sheet.paper().text() == GIVE);
    assert!(said(&model).contains("your words are as they were"), "{}", said(&model));
}

#[test]
fn books_that_change_are_rehearsed_against_at_once() {
    let mut town = town();
    let mut model = open(&mut town);
    write(&mut town, &mut model, ASK);
    let before = page(&model);
    town.post.gives = Some(40);
    town.tell(&mut model, Msg::Engine(crate::engine::event::Event::Books));
    let then = model.context().now() + SignedDuration::from_millis(300);
    town.tell(&mut model, Msg::Clock(then));
    assert_ne!(page(&model), before, "what was given meanwhile covers the ask");
}
