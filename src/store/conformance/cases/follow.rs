//! Cases follow their mentions: erased, edited, ours, private, too old.

use super::*;

pub(crate) async fn a_case_goes_with_its_last_mention(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    town.record(SQUARE, vec![town.thanks("b", "kim", 9, "id:a")]).await;
    let person = town.whole("a").await.person.unwrap();
    town.change(id, CaseChange::Note("a note".into()), &by("ana", 10)).await;
    town.change(id, CaseChange::Promise("a refund".into(), at(NOW + DAY)), &by("ana", 10)).await;
    town.stand(id, CaseStatus::Resolved, 11).await;
    town.stand(id, CaseStatus::New, 12).await;
    town.delete(SQUARE, &["a"]).await;
    let case = town.case(id, 20).await;
    assert_eq!((case.row.mentions, case.row.mention.id), (1, town.whole("b").await.row.id));
    town.delete(SQUARE, &["b"]).await;
    assert_eq!(town.store.case(id, at(NOW)).await.unwrap(), None);
    assert!(town.inbox(&everybody(), 20).await.is_empty());
    assert!(town.store.clocks(at(0), at(NOW + DAY), at(NOW), 9).await.unwrap().is_empty());
    assert_eq!(town.store.next_promise().await.unwrap(), None);
    assert_eq!(town.store.person_card(person, 9).await.unwrap(), None);
    let changed = town.store.change_cases(&[id], &CaseChange::Note("x".into()), &by("", 30)).await.unwrap();
    assert_eq!(changed, Changed::default());
    // The number is not used again.
    assert!(town.open("c", "kim", 0).await > id);
}

pub(crate) async fn what_is_taken_down_is_taken_back(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let in_thread = |mut new: NewMention| {
        new.item.root = Some("id:a".into());
        new
    };
    let id = town.open("a", "kim", 0).await;
    town.stand(id, CaseStatus::Resolved, 60).await;
    let closed = town.row(id).await;
    town.record(SQUARE, vec![in_thread(town.complaint("b", "kim", DAY))]).await;
    assert_eq!(town.row(id).await.reopened, 1);
    town.delete(SQUARE, &["b"]).await;
    let row = town.row(id).await;
    assert_eq!(CaseRow { revision: closed.revision, ..row }, closed, "closed as before");
    assert!(town.case(id, 0).await.steps.iter().all(|step| !matches!(step.kind, StepKind::TheyWrote(_))));
    // Of several that ask, the others decide when its turn comes.
    let mut question = town.complaint("q", "lou", 0);
    question.need = Some(need(3.0, NOW));
    let of_lou = |mut new: NewMention| {
        new.item.root = Some("id:q".into());
        new
    };
    town.record(SQUARE, vec![question, of_lou(town.complaint("r", "lou", 60))]).await;
    let case = town.store.case_of(town.whole("q").await.row.id).await.unwrap().unwrap();
    assert_eq!(town.row(case).await.due, at(NOW + 10 * MINUTE));
    town.delete(SQUARE, &["r"]).await;
    let row = town.row(case).await;
    assert_eq!((row.opened, row.due), (at(NOW), at(NOW + 30 * MINUTE)));
    assert!((row.weighing.severity - 3.0).abs() < 1e-9);
}

pub(crate) async fn what_turns_out_to_be_ours_opens_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut new = town.complaint("a", "us", 0);
    new.item.native_id = "act:a".into();
    let id = town.record(SQUARE, vec![new]).await.new[0].id;
    let id = town.store.case_of(id).await.unwrap().unwrap();
    town.do_acts(SQUARE, vec![town.act("a", 0, None)]).await;
    assert_eq!(town.store.case(id, at(NOW)).await.unwrap(), None);
}

pub(crate) async fn old_cases_go_with_their_mentions(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let many = (0..150).map(|n| town.complaint(&format!("n{n}"), &format!("p{n}"), -100 * DAY - n)).collect();
    town.record(SQUARE, many).await;
    let id = town.open("a", "kim", -95 * DAY).await;
    let mut later = town.complaint("b", "kim", -80 * DAY);
    later.item.root = Some("id:a".into());
    town.record(SQUARE, vec![later]).await;
    let before = town.row(id).await;
    let retention = Retention { mentions: SignedDuration::from_hours(24 * 90) };
    town.store.retain(&town.lease, at(NOW), &retention).await.unwrap();
    assert_eq!(town.inbox(&everybody(), 0).await, [id]);
    let row = town.row(id).await;
    assert_eq!((row.mentions, row.opened, row.due), (1, before.opened, before.due), "it is as old as it is");
}

pub(crate) async fn edits_are_followed(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let edited = |mut new: NewMention, content: u64| {
        new.content = content;
        new
    };
    // What asked nothing asks now.
    let mut plain = wrote(town.mention("a", 0), "kim");
    let mention = town.record(SQUARE, vec![plain.clone()]).await.new[0].id;
    plain.content = 2;
    plain.first_seen = at(NOW + 60);
    plain.need = Some(need(3.0, NOW + 60));
    plain.readings = vec![reading(town.brand(), NEUTRAL, &[Intent::Question])];
    town.record(SQUARE, vec![plain.clone()]).await;
    let id = town.store.case_of(mention).await.unwrap().unwrap();
    let row = town.row(id).await;
    assert_eq!((row.opened, row.due), (at(NOW + 60), at(NOW + 60 + 30 * MINUTE)));
    // It turns into a complaint: its turn comes earlier, and the row says what it says now.
    let mut angry = edited(town.complaint("a", "kim", 120), 3);
    angry.item.claimed = plain.item.claimed;
    town.record(SQUARE, vec![angry.clone()]).await;
    let row = town.row(id).await;
    assert_eq!((row.opened, row.due, row.mentions), (at(NOW + 60), at(NOW + 60 + 10 * MINUTE), 1));
    assert_eq!((row.intents, row.mention.edited), (Intents::of(&[Intent::Complaint]), true));
    // Mending a word after it is closed does not open it again; asking for the first time does.
    town.stand(id, CaseStatus::Resolved, 200).await;
    angry.content = 4;
    town.record(SQUARE, vec![angry]).await;
    assert_eq!(town.row(id).await.status, CaseStatus::Resolved);
    let thanks = town.thanks("b", "kim", 300, "id:a");
    town.record(SQUARE, vec![thanks.clone()]).await;
    let mut again = edited(NewMention { need: Some(need(10.0, NOW + 400)), ..thanks }, 9);
    again.first_seen = at(NOW + 400);
    again.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
    town.record(SQUARE, vec![again]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.reopened, row.mentions), (CaseStatus::New, 1, 2));
}

pub(crate) async fn what_is_not_public_stays_so(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut secret = town.complaint("a", "kim", 0);
    secret.item.visibility = Visibility::Private;
    town.record(SQUARE, vec![secret, town.complaint("b", "lou", 1)]).await;
    let ids = town.inbox(&InboxFilter::default(), 0).await;
    assert_eq!((ids.len(), town.row(ids[0]).await.private, town.row(ids[1]).await.private), (2, true, false));
    let figures = async || town.store.inbox_figures(at(NOW + HOUR), at(NOW + HOUR) - TARGET, 10.0).await.unwrap();
    let debt = figures().await.debt;
    assert!((debt - 10.0).abs() < 0.1, "{debt}: one complaint, 90 followers, an hour");
    assert_eq!(town.store.clocks(at(0), at(NOW + DAY), at(NOW), 9).await.unwrap().len(), 1);
    let mut turned = town.complaint("b", "lou", 1);
    turned.item.visibility = Visibility::Private;
    town.record(SQUARE, vec![turned]).await;
    assert!(town.row(ids[1]).await.private);
    assert!(town.store.clocks(at(0), at(NOW + DAY), at(NOW), 9).await.unwrap().is_empty());
    assert!(figures().await.debt.abs() < 1e-9);
    assert_eq!(figures().await.open, 2, "they are to be answered all the same");
}

pub(crate) async fn foreign_words_in_cases_are_harmless(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    let evil = format!("\u{1b}[2Jline\u{202e}\0 {}", "x".repeat(100_000));
    let voice = by("\u{1b}]0;x\u{7}ana", 1);
    for change in [
        CaseChange::Note(evil.clone()),
        CaseChange::HandOver(evil.clone(), Some(at(NOW + DAY))),
        CaseChange::Promise(evil.clone(), at(NOW + DAY)),
        CaseChange::AnsweredByHand(evil),
        CaseChange::Claim(Some(at(NOW + DAY))),
    ] {
        town.store.change_cases(&[id], &change, &voice).await.unwrap();
    }
    let case = town.case(id, 2).await;
    assert_eq!(case.steps.len(), 6);
    let text = format!("{case:?}");
    assert!(!text.contains('\u{1b}') && !text.contains("\\u{1b}") && !text.contains("\\u{202e}"), "{text}");
    assert!(text.len() < 300_000);
}
