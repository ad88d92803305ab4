//! Campaigns: kept, paid, taken away and brought back; and what the store tells of what changed.

use super::*;
use crate::domain::{
    CampaignChange, CampaignId, MentionId, Money, Paid, PersonId, SafeText, Signal, SignalId, SignalKind, Terms,
    Visibility,
};
use crate::store::CampaignNews;

const SQUARE: usize = 2;

fn terms(name: &str, tag: &str) -> Terms {
    Terms { name: name.into(), tags: vec![tag.into()], since: Some(at(NOW)), ..Terms::default() }
}

impl Town {
    async fn alter(&self, change: CampaignChange) -> CampaignChange {
        self.store.change_campaigns(&change, "Ana", at(NOW + 5)).await.unwrap()
    }

    async fn campaign_names(&self) -> Vec<String> {
        self.store.campaigns().await.unwrap().into_iter().map(|one| one.terms.name).collect()
    }

    async fn changed_since(&self, since: i64) -> CampaignNews {
        self.store.campaign_news(since, 1_000).await.unwrap()
    }

    async fn id_of(&self, name: &str) -> MentionId {
        self.whole(name).await.row.id
    }
}

pub(crate) async fn an_errand_ends_no_campaign(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (ride, warm, new) = (terms("Ride", "ride"), terms("Warm", "warm"), terms("New", "new"));
    town.store.adopt_campaigns(&[ride.clone(), warm.clone()]).await.unwrap();
    let before = town.store.campaigns().await.unwrap();
    let place = town.store.campaign_place().await.unwrap();
    let changed = terms("ride", "other");
    // While another process collects, nothing changes; not even for a configuration with no campaign at all.
    for errand in [&[][..], &[changed.clone(), new.clone()]] {
        town.store.join_campaigns(errand, "errand", at(NOW)).await.unwrap();
    }
    assert_eq!(town.store.campaigns().await.unwrap(), before);
    // Where nobody does, what is described anew or in addition is taken in, and none goes.
    let later = at(NOW).saturating_add(SignedDuration::from_hours(24 * 365)).unwrap();
    town.store.join_campaigns(&[], "errand", later).await.unwrap();
    assert_eq!(town.store.campaign_place().await.unwrap(), place, "nothing is written");
    town.store.join_campaigns(&[changed, new], "errand", later).await.unwrap();
    assert_eq!(town.campaign_names().await, ["ride", "Warm", "New"]);
    let after = town.store.campaigns().await.unwrap();
    assert_eq!((after[0].id, after[1].id, &after[0].terms.tags[0]), (before[0].id, before[1].id, &"other".to_owned()));
}

pub(crate) async fn campaigns_of_the_configuration_come_and_go(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (ride, warm) = (terms("Ride", "ride"), terms("Warm", "warm"));
    town.store.adopt_campaigns(&[ride.clone(), warm.clone()]).await.unwrap();
    let all = town.store.campaigns().await.unwrap();
    assert_eq!(all.iter().map(|one| &one.terms).collect::<Vec<_>>(), [&ride, &warm]);
    assert!(all.iter().all(|one| one.configured && one.paid == Paid::Nothing));
    town.alter(CampaignChange::Pay(all[0].id, Paid::Whole)).await;
    let place = town.store.campaign_place().await.unwrap();
    town.store.adopt_campaigns(&[ride.clone(), warm.clone()]).await.unwrap();
    assert_eq!(town.store.campaign_place().await.unwrap(), place, "nothing changed, nothing is written");
    // What left is gone, and has its payments when it comes back under the same name.
    town.store.adopt_campaigns(std::slice::from_ref(&warm)).await.unwrap();
    assert_eq!(town.campaign_names().await, ["Warm"]);
    let back = Terms { name: "RIDE".into(), ..ride };
    town.store.adopt_campaigns(&[warm, back]).await.unwrap();
    let again = town.store.campaigns().await.unwrap();
    assert_eq!(
        (again[1].id, &again[1].paid, town.campaign_names().await[1].as_str()),
        (all[0].id, &Paid::Whole, "RIDE")
    );
    assert!(town.changed_since(place).await.campaigns);
    // What stands in the configuration is changed there.
    for change in [CampaignChange::Remove(all[0].id), CampaignChange::Save(Some(all[0].id), terms("x", "x"))] {
        assert!(town.store.change_campaigns(&change, "", at(NOW)).await.is_err());
    }
    assert_eq!(town.campaign_names().await.len(), 2);
}

pub(crate) async fn campaigns_made_by_hand_are_changed_and_undone(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let remove = town.alter(CampaignChange::Save(None, terms("Ride", "ride"))).await;
    let id = town.store.campaigns().await.unwrap()[0].id;
    assert_eq!(remove, CampaignChange::Remove(id));
    let same = CampaignChange::Save(None, terms("rIDE", "other"));
    let told = town.store.change_campaigns(&same, "", at(NOW)).await.unwrap_err().to_string();
    assert!(told.contains("already"), "{told}");
    let undo = town.alter(CampaignChange::Save(Some(id), terms("Ride on", "ride"))).await;
    assert_eq!(town.campaign_names().await, ["Ride on"]);
    assert_eq!(town.alter(undo).await, CampaignChange::Save(Some(id), terms("Ride on", "ride")));
    assert_eq!(town.campaign_names().await, ["Ride"]);
    let restore = town.alter(remove).await;
    assert!(town.campaign_names().await.is_empty());
    let gone = CampaignChange::Pay(id, Paid::Whole);
    assert!(town.store.change_campaigns(&gone, "", at(NOW)).await.is_err(), "it is not there");
    assert_eq!(town.alter(restore).await, CampaignChange::Remove(id));
    assert_eq!(town.campaign_names().await, ["Ride"]);
    // The configuration takes over a name that is there.
    town.store.adopt_campaigns(&[terms("ride", "other")]).await.unwrap();
    let all = town.store.campaigns().await.unwrap();
    assert!(all.len() == 1 && all[0].id == id && all[0].configured && all[0].terms.tags == ["other"]);
    let missing = CampaignChange::Restore(CampaignId(99));
    assert!(town.store.change_campaigns(&missing, "", at(NOW)).await.is_err());
}

pub(crate) async fn payments_and_dismissals_are_kept_and_undone(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.alter(CampaignChange::Save(None, terms("Ride", "ride"))).await;
    let id = town.store.campaigns().await.unwrap()[0].id;
    let part = Paid::Part(Money { amount: 62_000.0, unit: Some("USD".into()) });
    let unpay = town.alter(CampaignChange::Pay(id, part.clone())).await;
    let unpay_all = town.alter(CampaignChange::Pay(id, Paid::Whole)).await;
    let ride = town.store.campaigns().await.unwrap().remove(0);
    assert_eq!((ride.paid, ride.payments.len()), (Paid::Whole, 2));
    assert_eq!((ride.payments[0].voice.as_str(), ride.payments[0].at), ("Ana", at(NOW + 5)));
    let repay = town.alter(unpay_all).await;
    assert_eq!(town.store.campaigns().await.unwrap()[0].paid, part);
    town.alter(repay).await;
    town.alter(unpay).await;
    let ride = town.store.campaigns().await.unwrap().remove(0);
    assert_eq!((ride.paid, ride.payments.len()), (Paid::Whole, 1));

    let recall = town.alter(CampaignChange::Dismiss("#ride".into())).await;
    town.alter(CampaignChange::Dismiss("#ride".into())).await;
    assert_eq!(town.store.dismissed_suggestions().await.unwrap(), ["#ride"]);
    assert_eq!(town.alter(recall).await, CampaignChange::Dismiss("#ride".into()));
    assert!(town.store.dismissed_suggestions().await.unwrap().is_empty());
}

pub(crate) async fn what_changed_is_told_once_and_in_pieces(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let start = town.store.campaign_place().await.unwrap();
    assert_eq!(town.changed_since(start).await, CampaignNews { place: start, ..CampaignNews::default() });
    town.record(SQUARE, vec![town.mention("a", 0), town.mention("b", 1)]).await;
    let (a, b) = (town.id_of("a").await, town.id_of("b").await);
    let news = town.changed_since(start).await;
    assert_eq!((news.mentions.as_slice(), news.acts.len(), news.more), ([a, b].as_slice(), 0, false));
    let place = news.place;
    // Delivered again is no news; an edit is; an answer concerns the person, too.
    town.record(SQUARE, vec![town.mention("a", 0)]).await;
    assert!(town.changed_since(place).await.mentions.is_empty());
    let mut edited = town.mention("a", 0);
    (edited.content, edited.item.text) = (2, "Ferris other words".into());
    town.record(SQUARE, vec![edited]).await;
    assert_eq!(town.changed_since(place).await.mentions, [a]);
    let place = town.changed_since(place).await.place;
    town.do_acts(SQUARE, vec![town.act("answer", 60, Some("b"))]).await;
    let news = town.changed_since(place).await;
    assert_eq!((news.acts.len(), news.people.len()), (1, 1));
    assert_eq!(news.mentions, [b], "it is answered now");
    let place = news.place;
    town.take_down(SQUARE, "act:answer").await;
    let news = town.changed_since(place).await;
    assert_eq!((news.acts.len(), news.people.len()), (1, 1));
    let place = news.place;
    town.delete(SQUARE, &["b"]).await;
    let news = town.changed_since(place).await;
    assert_eq!((news.mentions.as_slice(), news.people.len()), ([b].as_slice(), 1));
    // In pieces it is the same.
    let (mut since, mut mentions) = (start, Vec::new());
    loop {
        let piece = town.store.campaign_news(since, 1).await.unwrap();
        mentions.extend(piece.mentions);
        since = piece.place;
        if !piece.more {
            break;
        }
    }
    mentions.sort_unstable();
    mentions.dedup();
    assert_eq!((mentions, since), (vec![a, b], town.changed_since(start).await.place));
}

pub(crate) async fn responses_are_told_with_what_became_of_them(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut open = town.mention("open", 0);
    open.readings = vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])];
    let mut secret = town.mention("secret", 1);
    secret.item.visibility = Visibility::Private;
    town.record(SQUARE, vec![open, secret, town.mention("answered", 2)]).await;
    town.do_acts(SQUARE, vec![town.act("answer", 60, Some("answered"))]).await;
    let mut ids = Vec::new();
    for name in ["open", "secret", "answered"] {
        ids.push(town.id_of(name).await);
    }
    let mut asked = ids.clone();
    asked.push(MentionId(999));
    let rows = town.store.response_rows(&asked).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.mention).collect::<Vec<_>>(), ids);
    assert!(rows[0].readings[0].is_complaint() && rows[0].open && !rows[0].recovered && !rows[0].history);
    assert_eq!((rows[0].published, rows[0].person.is_some()), (at(NOW), true));
    assert_eq!((rows[1].visibility, rows[2].open), (Visibility::Private, false));
    assert!(town.store.response_rows(&[]).await.unwrap().is_empty());
    // Who was answered knows us from then on.
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person).collect();
    let before = |second| town.store.known_before(&people, at(NOW + second));
    assert!(before(60).await.unwrap().is_empty());
    assert_eq!(before(61).await.unwrap(), [people[2]]);
    let names = town.store.names_of(&people).await.unwrap();
    assert_eq!(
        names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["by-open", "by-secret", "by-answered"]
    );
    let whole = town.store.mentions_numbered(&ids).await.unwrap();
    assert_eq!(whole.iter().map(|mention| mention.row.id).collect::<Vec<_>>(), ids);
}

pub(crate) async fn accounts_that_are_one_know_us_together(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("answered", 0), town.mention("other", 1), town.mention("third", 2)]).await;
    town.do_acts(SQUARE, vec![town.act("answer", 60, Some("answered")), town.act("late", 90, Some("other"))]).await;
    let mut ids = Vec::new();
    for name in ["answered", "other", "third"] {
        ids.push(town.id_of(name).await);
    }
    let people = async || {
        let rows = town.store.response_rows(&ids).await.unwrap();
        rows.iter().filter_map(|row| row.person).collect::<Vec<PersonId>>()
    };
    let addressed = async || {
        let mut to: Vec<_> = town.store.book_rows(at(0), None, 9).await.unwrap().iter().map(|row| row.to).collect();
        to.reverse();
        to
    };
    let apart = people().await;
    let [answered, other, third] = apart[..] else { panic!("{apart:?}") };
    assert_eq!(addressed().await, [Some(answered), Some(other)]);
    let (news, books) = (town.store.campaign_place().await.unwrap(), town.store.books_version().await.unwrap());

    assert!(town.store.merge_people(other, third, at(NOW), None).await.unwrap());
    assert!(town.store.merge_people(answered, third, at(NOW), None).await.unwrap());
    assert_eq!(people().await, [answered; 3], "they go by one number");
    assert_eq!(addressed().await, [Some(answered); 2]);
    let known = async |person, second| !town.store.known_before(&[person], at(NOW + second)).await.unwrap().is_empty();
    assert!(known(third, 61).await && known(other, 61).await, "one of them was answered");
    assert!(!known(third, 60).await);
    let told = town.changed_since(news).await;
    assert!([answered, other, third].iter().all(|person| told.people.contains(person)), "{:?}", told.people);
    assert!(ids.iter().all(|id| told.mentions.contains(id)), "{:?}", told.mentions);
    assert_eq!(town.store.book_changes(books).await.unwrap().rows.len(), 2);

    // Whoever is met under one account is told of under the number of the person.
    let news = town.store.campaign_place().await.unwrap();
    town.do_acts(SQUARE, vec![town.act("more", 99, Some("third"))]).await;
    assert_eq!(town.changed_since(news).await.people, [answered, third]);

    let (news, books) = (town.store.campaign_place().await.unwrap(), town.store.books_version().await.unwrap());
    town.store.split_person(answered).await.unwrap();
    assert_eq!(people().await, [answered, other, other]);
    assert!(known(third, 91).await && !known(third, 90).await, "the two that are left");
    assert!(known(answered, 61).await);
    let told = town.changed_since(news).await;
    assert!([answered, other, third].iter().all(|person| told.people.contains(person)));
    assert_eq!(town.store.book_changes(books).await.unwrap().rows.len(), 3);
    // The one whose number they go by is no more.
    town.delete(SQUARE, &["other"]).await;
    assert_eq!(people().await, [answered, third]);
}

pub(crate) async fn a_backlash_is_raised_once_a_day(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let signal = |second| Signal {
        id: SignalId(0),
        kind: SignalKind::Backlash,
        at: at(NOW + second),
        subject: None,
        source: None,
        text: SafeText::line("backlash", 80),
        seen: false,
    };
    assert!(raise(&town, 1, 7, &signal(0)).await.is_some());
    assert!(raise(&town, 1, 7, &signal(9_000)).await.is_none(), "the same day");
    assert!(raise(&town, 2, 7, &signal(1)).await.is_some(), "another campaign within the hour");
    assert!(raise(&town, 1, 8, &signal(2)).await.is_some());
    assert_eq!(town.store.signals(9).await.unwrap().len(), 3);
    let lost = Lease { epoch: town.lease.epoch + 1, ..town.lease.clone() };
    assert!(is_lost(&town.store.raise_backlash(&lost, CampaignId(1), 9, &signal(3)).await));
    assert_eq!(town.store.signals(9).await.unwrap().len(), 3);
}

async fn raise(town: &Town, campaign: i64, day: i64, signal: &Signal) -> Option<SignalId> {
    town.store.raise_backlash(&town.lease, CampaignId(campaign), day, signal).await.unwrap()
}
