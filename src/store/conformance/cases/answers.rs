//! Answers, threads, and what became of the person.

use super::*;

pub(crate) async fn an_answer_acknowledges(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    let revision = town.row(id).await.revision;
    town.do_acts(MARKET, vec![town.answer("reply", 4 * MINUTE, "a")]).await;
    let case = town.case(id, 300).await;
    let act = town.all_acts().await[0].id;
    assert_eq!((case.row.status, case.row.acknowledged), (CaseStatus::Acknowledged, Some(at(NOW + 4 * MINUTE))));
    assert!(case.row.revision > revision);
    assert_eq!(case.row.aftermath, Some(Aftermath::Waiting));
    assert_eq!(kinds(&case)[1], (StepKind::Answered(act), false));
    assert_eq!(case.turns.iter().map(|turn| turn.ours).collect::<Vec<_>>(), [false, true]);
    assert_eq!((case.turns[1].act, case.turns[1].native_id.as_str()), (Some(act), "act:reply"));
    // Told again, nothing changes; an earlier answer counts from then on; both taken down, nobody has answered.
    town.do_acts(MARKET, vec![town.answer("reply", 4 * MINUTE, "a")]).await;
    assert_eq!(town.case(id, 300).await, case);
    town.do_acts(SQUARE, vec![town.answer("first", 2 * MINUTE, "a")]).await;
    assert_eq!(town.row(id).await.acknowledged, Some(at(NOW + 2 * MINUTE)));
    town.take_down(SQUARE, "act:reply").await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged), (CaseStatus::Acknowledged, Some(at(NOW + 2 * MINUTE))));
    town.take_down(SQUARE, "act:first").await;
    let case = town.case(id, 0).await;
    assert_eq!((case.row.status, case.row.acknowledged, case.row.aftermath), (CaseStatus::New, None, None));
    assert_eq!(case.steps.iter().filter(|step| step.undone).count(), 2, "told as undone, not taken out");
    // In the other order.
    town.do_acts(SQUARE, vec![town.answer("third", 5 * MINUTE, "a")]).await;
    town.do_acts(SQUARE, vec![town.answer("second", 3 * MINUTE, "a")]).await;
    town.take_down(SQUARE, "act:second").await;
    assert_eq!(town.row(id).await.acknowledged, Some(at(NOW + 5 * MINUTE)));
}

pub(crate) async fn an_answer_may_be_there_first(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.do_acts(SQUARE, vec![town.answer("early", -30, "a")]).await;
    let id = town.open("a", "kim", 0).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged), (CaseStatus::Acknowledged, Some(at(NOW - 30))));
    // In one batch.
    let mut batch = town.batch(SQUARE, vec![town.complaint("b", "lou", 0)]);
    batch.acts = vec![town.answer("same", 9, "b")];
    let new = town.store.record(&town.lease, &batch).await.unwrap().new;
    let id = town.store.case_of(new[0].id).await.unwrap().unwrap();
    assert_eq!(town.row(id).await.acknowledged, Some(at(NOW + 9)));
}

/// Where only parents are told, our answers link what they say in one thread.
pub(crate) async fn threads_go_through_our_answers(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    town.do_acts(SQUARE, vec![town.answer("reply", 60, "a")]).await;
    let new = town.record(SQUARE, vec![town.thanks("b", "kim", 120, "act:reply")]).await.new;
    assert_eq!(town.store.case_of(new[0].id).await.unwrap(), Some(id));
    assert_eq!(town.row(id).await.aftermath, Some(Aftermath::Recovered));
    let turns = town.store.thread(new[0].id, 100).await.unwrap();
    let said: Vec<(&str, bool)> = turns.iter().map(|turn| (turn.native_id.as_str(), turn.ours)).collect();
    assert_eq!(said, [("id:a", false), ("act:reply", true), ("id:b", false)]);
    assert_eq!(town.store.thread(new[0].id, 2).await.unwrap()[0].native_id, "act:reply", "the newest");
    // Their reply came before our answer was known here: it is brought along when the answer comes.
    let id = town.open("c", "lou", 0).await;
    let reply = town.record(SQUARE, vec![town.thanks("d", "lou", 200, "act:late")]).await.new[0].id;
    assert_eq!(town.store.case_of(reply).await.unwrap(), None);
    town.do_acts(SQUARE, vec![town.answer("late", 100, "c")]).await;
    assert_eq!(town.store.case_of(reply).await.unwrap(), Some(id));
    let row = town.row(id).await;
    assert_eq!((row.aftermath, row.mentions), (Some(Aftermath::Recovered), 2));
    // The same when it had opened a case of its own, of which nobody took care yet.
    let id = town.open("e", "max", 0).await;
    let mut again = town.complaint("f", "max", 300);
    again.item.parent = Some("act:later".into());
    let again = town.record(SQUARE, vec![again]).await.new[0].id;
    let own = town.store.case_of(again).await.unwrap().unwrap();
    assert_ne!(own, id);
    town.do_acts(SQUARE, vec![town.answer("later", 100, "e")]).await;
    assert_eq!(town.store.case_of(again).await.unwrap(), Some(id));
    assert_eq!(town.store.case(own, at(NOW)).await.unwrap(), None);
    let row = town.row(id).await;
    assert_eq!((row.status, row.mentions, row.aftermath), (CaseStatus::Acknowledged, 2, Some(Aftermath::Unhappy)));
}

pub(crate) async fn what_became_of_them_is_watched(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let aftermath = async |id, offset| town.case(id, offset).await.row.aftermath;
    let id = town.open("a", "kim", 0).await;
    assert_eq!(aftermath(id, 9).await, None);
    town.do_acts(SQUARE, vec![town.answer("one", 60, "a")]).await;
    assert_eq!(aftermath(id, 72 * HOUR).await, Some(Aftermath::Waiting));
    assert_eq!(aftermath(id, 72 * HOUR + 61).await, Some(Aftermath::Silent));
    let mut angry = town.thanks("b", "kim", 120, "id:a");
    angry.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Other])];
    town.record(SQUARE, vec![angry]).await;
    assert_eq!(aftermath(id, 100 * HOUR).await, Some(Aftermath::Unhappy));
    town.do_acts(SQUARE, vec![town.answer("two", 180, "b")]).await;
    assert_eq!(aftermath(id, 200).await, Some(Aftermath::Waiting), "our last answer counts");
    let mut plain = town.thanks("c", "kim", 240, "id:a");
    plain.readings = vec![reading(town.brand(), NEUTRAL, &[Intent::Other])];
    town.record(SQUARE, vec![plain]).await;
    assert_eq!(aftermath(id, 300).await, Some(Aftermath::Recovered), "not negative");
    town.do_acts(SQUARE, vec![town.answer("glad", 300, "c")]).await;
    assert_eq!(aftermath(id, 100 * HOUR).await, Some(Aftermath::Recovered), "they stay so");
    town.delete(SQUARE, &["c"]).await;
    assert_eq!(aftermath(id, 100 * HOUR).await, Some(Aftermath::Silent), "as if it had not been said");
    // Too late is silence.
    let id = town.open("d", "lou", 0).await;
    town.do_acts(SQUARE, vec![town.answer("three", 60, "d")]).await;
    town.record(SQUARE, vec![town.thanks("e", "lou", 72 * HOUR + 61, "id:d")]).await;
    assert_eq!(aftermath(id, 80 * HOUR).await, Some(Aftermath::Silent));
    // To us elsewhere counts, elsewhere not to us does not.
    let id = town.open("f", "max", 0).await;
    town.do_acts(SQUARE, vec![town.answer("four", 60, "f")]).await;
    town.record(SQUARE, vec![town.thanks("g", "max", 70, "id:nowhere")]).await;
    assert_eq!(aftermath(id, 100).await, Some(Aftermath::Waiting));
    let mut to_us = town.thanks("h", "max", 80, "id:nowhere else");
    to_us.item.addressed = true;
    town.record(SQUARE, vec![to_us]).await;
    assert_eq!(aftermath(id, 100).await, Some(Aftermath::Recovered));
}

pub(crate) async fn it_opens_again_when_they_write(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    town.do_acts(SQUARE, vec![town.answer("reply", 60, "a")]).await;
    town.stand(id, CaseStatus::Resolved, 600).await;
    // Kind words soon after ask for nothing more, even where they would open a case elsewhere.
    let mut thanks = town.thanks("b", "kim", 700, "id:a");
    thanks.need = Some(need(1.0, NOW + 700));
    town.record(SQUARE, vec![thanks]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.mentions, row.aftermath), (CaseStatus::Resolved, 2, Some(Aftermath::Recovered)));
    let mut again = town.complaint("c", "kim", 2 * HOUR);
    again.item.parent = Some("id:a".into());
    town.record(SQUARE, vec![again]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.reopened, row.closed, row.acknowledged), (CaseStatus::New, 1, None, None));
    assert_eq!((row.opened, row.due), (at(NOW + 2 * HOUR), at(NOW + 2 * HOUR + 10 * MINUTE)));
    assert_eq!(row.aftermath, Some(Aftermath::Unhappy));
    assert_eq!(town.case(id, 0).await.steps.last().unwrap().kind, StepKind::Reopened);
    // An answer from before the new turn does not acknowledge it; one to the new words does.
    town.do_acts(SQUARE, vec![town.answer("old", HOUR, "a")]).await;
    assert_eq!(town.row(id).await.status, CaseStatus::New);
    town.do_acts(SQUARE, vec![town.answer("new", 2 * HOUR + 60, "c")]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.acknowledged), (CaseStatus::Acknowledged, Some(at(NOW + 2 * HOUR + 60))));
    // Both turns are told to the clocks.
    let clocks = town.store.clocks(at(NOW), at(NOW + DAY), at(NOW + 99 * DAY), 9).await.unwrap();
    let [first, second] = clocks.as_slice() else { panic!("{clocks:?}") };
    assert_eq!((first.case, first.opened, first.acknowledged), (id, at(NOW), Some(at(NOW + 60))));
    assert_eq!((first.resolved, first.dismissed, first.intent), (Some(at(NOW + 600)), None, Intent::Complaint));
    assert_eq!(first.aftermath, Some(Aftermath::Unhappy), "what they said in the end");
    assert_eq!((second.opened, second.published), (at(NOW + 2 * HOUR), at(NOW + 2 * HOUR)));
    assert_eq!((second.acknowledged, second.resolved), (Some(at(NOW + 2 * HOUR + 60)), None));
    assert_eq!((second.aftermath, second.network.name()), (Some(Aftermath::Silent), "mastodon"));
    assert_eq!(town.store.clocks(at(NOW + 1), at(NOW + DAY), at(NOW), 9).await.unwrap().len(), 1);
    assert_eq!(town.store.clocks(at(NOW), at(NOW + DAY), at(NOW), 1).await.unwrap()[0].opened, at(NOW));
}

pub(crate) async fn first_answers_are_told_with_what_became(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.open("a", "kim", 0).await;
    town.open("b", "lou", 5).await;
    let mut hidden = town.complaint("c", "mia", 6);
    hidden.item.visibility = Visibility::Private;
    town.record(SQUARE, vec![hidden]).await;
    let answer = |name: &str, offset, to: &str, text: &str| {
        let mut act = town.answer(name, offset, to);
        act.item.text = text.into();
        act
    };
    let first = answer("first", 60, "a", "Sorry about the chain, Kim. A new one is on its way.");
    town.do_acts(SQUARE, vec![answer("second", 90, "a", "It is there tomorrow."), first]).await;
    town.do_acts(SQUARE, vec![answer("hidden", 60, "c", "Sorry, Mia.")]).await;
    let told = async |now: i64| town.store.first_answers(at(NOW), at(NOW + DAY), at(NOW + now), 9).await.unwrap();
    let [one] = &told(100).await[..] else { panic!("one is answered in public") };
    assert_eq!((one.case, one.aftermath), (id, Some(Aftermath::Waiting)));
    assert_eq!(one.answer.as_str(), "Sorry about the chain, Kim. A new one is on its way.");
    assert!(one.intents.has(Intent::Complaint) && !one.mention.is_empty());
    assert_eq!(told(99 * DAY).await[0].aftermath, Some(Aftermath::Silent));
    town.record(SQUARE, vec![town.thanks("d", "kim", 120, "act:first")]).await;
    assert_eq!(told(200).await[0].aftermath, Some(Aftermath::Recovered));
    // A second turn of the clocks has a first answer of its own, and the newest turn comes first.
    town.stand(id, CaseStatus::Resolved, 600).await;
    let mut again = town.complaint("e", "kim", HOUR);
    again.item.parent = Some("id:a".into());
    town.record(SQUARE, vec![again]).await;
    assert_eq!(told(2 * HOUR).await.len(), 1, "the new words are not answered yet");
    town.do_acts(SQUARE, vec![answer("third", HOUR + 60, "e", "Not good enough, sorry.")]).await;
    let both = told(2 * HOUR).await;
    let words: Vec<&str> = both.iter().map(|one| one.answer.as_str()).collect();
    assert_eq!(words, ["Not good enough, sorry.", "Sorry about the chain, Kim. A new one is on its way."]);
    assert_eq!(town.store.first_answers(at(NOW + 1), at(NOW + DAY), at(NOW + DAY), 9).await.unwrap().len(), 1);
    assert_eq!(town.store.first_answers(at(NOW), at(NOW + DAY), at(NOW + DAY), 1).await.unwrap()[0], both[0]);
}
