//! Reading the inbox: order, pages, filters, figures.

use super::*;

pub(crate) async fn the_inbox_pages_by_due(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    // Many are due in the same moment.
    let all = (0..90).map(|n| town.complaint(&format!("n{n}"), &format!("p{n}"), (n * 7) % 30)).collect();
    town.record(SQUARE, all).await;
    let whole = town.store.inbox(&everybody(), None, at(NOW), 1_000).await.unwrap();
    assert_eq!(whole.len(), 90);
    let key = |row: &CaseRow| InboxKey { due: row.due, id: row.id };
    assert!(whole.iter().zip(whole.iter().skip(1)).all(|(one, next)| key(one) < key(next)));
    let mut paged = Vec::new();
    loop {
        let after = paged.last().map(key);
        let page = town.store.inbox(&InboxFilter::default(), after, at(NOW), 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, whole);
}

pub(crate) async fn the_inbox_is_filtered(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ids = [town.open("a", "kim", 0).await, town.open("b", "lou", 1).await, town.open("c", "kim", 2).await];
    town.stand(ids[1], CaseStatus::Resolved, 9).await;
    town.stand(ids[2], CaseStatus::HandedOver, 9).await;
    assert_eq!(town.inbox(&InboxFilter::default(), 0).await, [ids[0], ids[2]], "what is handed over is open");
    assert_eq!(town.inbox(&InboxFilter { closed: true, ..InboxFilter::default() }, 0).await, ids);
    let kim = town.whole("a").await.person;
    assert_eq!(town.inbox(&InboxFilter { person: kim, ..everybody() }, 0).await, [ids[0], ids[2]]);
    let lou = town.whole("b").await.person;
    assert!(town.inbox(&InboxFilter { person: lou, ..InboxFilter::default() }, 0).await.is_empty());
    let card = town.store.person_card(kim.unwrap(), 9).await.unwrap().unwrap();
    assert_eq!(card.open, [ids[0], ids[2]]);
}

pub(crate) async fn one_row_stands_for_a_story(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let story = |name: &str, who: &str, offset: i64, words: u64| NewMention {
        fingerprint: Fingerprint { words: Some(words), ..Fingerprint::default() },
        ..town.complaint(name, who, offset)
    };
    let all = vec![story("a", "p1", 3, 1), story("b", "p2", 1, 1), story("c", "p3", 2, 2), story("d", "p4", 4, 1)];
    let new = town.record(SQUARE, all).await.new;
    let mut ids = Vec::new();
    for row in new {
        ids.push(town.store.case_of(row.id).await.unwrap().unwrap());
    }
    let grouped = InboxFilter { one_per_story: true, ..InboxFilter::default() };
    assert_eq!(town.inbox(&grouped, 0).await, [ids[1], ids[2]]);
    assert_eq!(town.store.inbox(&grouped, None, at(NOW), 9).await.unwrap()[0].mention.group_size, 3);
    // Another stands for it once the first is done.
    town.stand(ids[1], CaseStatus::Resolved, 9).await;
    assert_eq!(town.inbox(&grouped, 0).await, [ids[2], ids[0]]);
}

pub(crate) async fn figures_add_up(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let figures =
        async |offset| town.store.inbox_figures(at(NOW + offset), at(NOW + offset) - TARGET, 10.0).await.unwrap();
    let mut question = town.complaint("q", "max", 0);
    question.readings = vec![reading(town.brand(), NEUTRAL, &[Intent::Question])];
    let mut unknown = town.complaint("u", "nobody", 30 * MINUTE);
    unknown.need.as_mut().unwrap().weighing.followers = None;
    town.record(SQUARE, vec![town.complaint("a", "kim", 0), town.complaint("b", "lou", 300), question, unknown]).await;
    let ids = town.inbox(&everybody(), 0).await;
    let kim = town.store.case_of(town.whole("a").await.row.id).await.unwrap().unwrap();
    let now = figures(MINUTE).await;
    assert_eq!((now.open, now.late, now.next_opened), (4, 0, Some(at(NOW))));
    let now = figures(600).await;
    assert_eq!((now.late, now.next_opened), (2, Some(at(NOW + 300))), "at the target it is late");
    // k · (1 - 2^-(minutes/60)) · log10(10 + followers), by hand: two hours, 115 and 90 minutes.
    let wait = |minutes: f64| 1.0 - (-minutes / 60.0).exp2();
    let (two, almost, rest) = (20.0 * wait(120.0), 20.0 * wait(115.0), 10.0 * 110f64.log10() * wait(90.0));
    let close = |found: f64, wanted: f64| (found - wanted).abs() < 1e-3;
    let now = figures(2 * HOUR).await;
    assert!(close(now.debt, two + almost + rest), "{now:?}");
    town.stand(kim, CaseStatus::Acknowledged, 900).await;
    let now = figures(2 * HOUR).await;
    assert!(close(now.debt, two / 2.0 + almost + rest), "{now:?}");
    assert_eq!(now.late, 3);
    town.change(kim, CaseChange::Snooze(Some(Snooze::UntilReply)), &by("", 950)).await;
    let now = figures(2 * HOUR).await;
    assert!(close(now.debt, two / 2.0 + almost + rest) && now.snoozed == 1, "putting aside changes nothing");
    town.stand(kim, CaseStatus::Resolved, 1_000).await;
    let now = figures(2 * HOUR).await;
    assert!(close(now.debt, almost + rest) && (now.open, now.snoozed) == (3, 0), "{now:?}");
    // Long after, all that can be told is told.
    let now = figures(90 * DAY).await;
    assert!(close(now.debt, 20.0 + 10.0 * 110f64.log10()), "{now:?}");
    assert_eq!(ids.len(), 4);
}

pub(crate) async fn lateness_is_told_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let late =
        async |offset| town.store.went_late(&town.lease, at(NOW + offset), at(NOW + offset) - TARGET).await.unwrap();
    let (one, two) = (town.open("a", "kim", 60).await, town.open("b", "lou", 0).await);
    let news = late(599).await;
    assert_eq!((news.count, news.first, news.next_opened), (0, None, Some(at(NOW))));
    let news = late(620).await;
    assert_eq!((news.count, news.first.map(|row| row.id), news.next_opened), (1, Some(two), Some(at(NOW + 60))));
    let news = late(700).await;
    assert_eq!((news.count, news.first.map(|row| row.id), news.next_opened), (1, Some(one), None));
    assert_eq!(late(800).await.count, 0);
    // Who was answered in time is not late; who writes again may be.
    town.stand(one, CaseStatus::Resolved, 900).await;
    let mut again = town.complaint("c", "kim", HOUR);
    again.item.root = Some("id:a".into());
    town.record(SQUARE, vec![again]).await;
    assert_eq!(late(HOUR + 600).await.first.map(|row| row.id), Some(one));
    let many = (0..40).map(|n| town.complaint(&format!("n{n}"), &format!("p{n}"), HOUR)).collect();
    town.record(SQUARE, many).await;
    assert_eq!(late(2 * HOUR).await.count, 40);
    let lost = Lease { epoch: town.lease.epoch - 1, ..town.lease.clone() };
    assert!(
        !is_lost(&town.store.went_late(&lost, at(NOW + 2 * HOUR), at(NOW + 2 * HOUR) - TARGET).await),
        "nothing to write"
    );
    town.open("d", "max", 2 * HOUR).await;
    assert!(is_lost(&town.store.went_late(&lost, at(NOW + 3 * HOUR), at(NOW + 3 * HOUR) - TARGET).await));
}

pub(crate) async fn a_person_has_a_card(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut first = town.complaint("a", "kim", 0);
    first.item.author.followers = Some(9);
    first.item.author.name = Some("Kim K".into());
    town.record(SQUARE, vec![first]).await;
    town.record(SQUARE, vec![town.thanks("b", "kim", 90, "id:x"), town.complaint("c", "lou", 1)]).await;
    town.do_acts(SQUARE, vec![town.answer("reply", 60, "a"), town.answer("other", 60, "c")]).await;
    let person = town.whole("a").await.person.unwrap();
    let card = town.store.person_card(person, 9).await.unwrap().unwrap();
    assert_eq!((card.who.as_str(), card.name.as_str(), card.followers), ("kim", "Kim K", Some(9)));
    assert_eq!((card.mentions, card.answers, card.since), (2, 1, Some(at(NOW))));
    let said: Vec<(&str, bool)> = card.turns.iter().map(|turn| (turn.native_id.as_str(), turn.ours)).collect();
    assert_eq!(said, [("id:b", false), ("act:reply", true), ("id:a", false)]);
    assert_eq!(town.store.person_card(person, 1).await.unwrap().unwrap().turns.len(), 1);
    assert_eq!(town.store.person_card(crate::domain::PersonId(4_711), 9).await.unwrap(), None);
    assert!(town.store.thread(MentionId(4_711), 9).await.unwrap().is_empty());
}
