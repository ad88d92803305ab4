//! What people say of readings.

use super::*;
use crate::domain::stream::Counts;
use crate::domain::{
    Correction, CorrectionId, IntentShares, Mention, MentionId, NewCorrection, Occasion, Said, Sentiment,
};
use crate::store::Retention;

const UNTAUGHT: Shares = Shares { negative: 0.25, neutral: 0.5, positive: 0.25 };
const INTENTS: IntentShares = IntentShares([0.5, 0.25, 0.125, 0.0625, 0.0625]);

async fn say(town: &Town, id: MentionId, subject: SubjectId, said: Said) -> Vec<CorrectionId> {
    say_when(town, id, subject, said, Occasion::Volunteered).await
}

async fn say_when(
    town: &Town,
    mention: MentionId,
    subject: SubjectId,
    said: Said,
    occasion: Occasion,
) -> Vec<CorrectionId> {
    let (untaught, untaught_intents, at) = (Some(UNTAUGHT), Some(INTENTS), at(NOW + 60));
    town.store
        .correct(&[NewCorrection { mention, subject, said, untaught, untaught_intents, occasion, at }])
        .await
        .unwrap()
}

async fn whole(town: &Town, id: MentionId) -> Mention {
    town.store.mention(id).await.unwrap().unwrap()
}

/// The only mention that there is, as it was recorded.
async fn one(town: &Town, new: NewMention) -> Mention {
    let recorded = town.record(2, vec![new]).await;
    whole(town, recorded.new[0].id).await
}

async fn found(town: &Town, sentiment: Sentiment) -> usize {
    town.page(&Filter { sentiment: Some(sentiment), subject: Some(town.brand()), ..everything() }).await.len()
}

async fn counts(town: &Town) -> Counts {
    let hour = SignedDuration::from_hours(1);
    town.store.trend(town.brand(), at(NOW - 1_800), hour, 2).await.unwrap().into_iter().fold(
        Counts::default(),
        |all, one| Counts {
            negative: all.negative + one.negative,
            neutral: all.neutral + one.neutral,
            positive: all.positive + one.positive,
            unscored: all.unscored + one.unscored,
            complaints: all.complaints + one.complaints,
            praises: all.praises + one.praises,
            questions: all.questions + one.questions,
        },
    )
}

async fn waiting(town: &Town) -> u64 {
    town.store.overview(at(NOW), Some(town.brand())).await.unwrap().unread_complaints
}

async fn standing(town: &Town) -> Vec<Correction> {
    town.store.corrections(100).await.unwrap()
}

pub(crate) async fn a_persons_word_stands_at_once_and_everywhere(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = one(&town, town.mention("a", 0)).await;
    let figures = (counts(&town).await, waiting(&town).await);
    assert_eq!((figures.0.neutral, figures.1), (1, 0));
    let version = town.store.corrections_version().await.unwrap();
    let said = Said { intents: Some(Intents::of(&[Intent::Complaint])), ..Said::sentiment(Sentiment::Negative) };
    let ids = say(&town, before.row.id, town.brand(), said).await;
    assert_eq!(ids.len(), 1);
    let after = whole(&town, before.row.id).await;
    assert_eq!(after.row.readings, [said.over(&before.row.readings[0])]);
    assert_eq!(town.page(&everything()).await[0].readings, after.row.readings);
    assert_eq!((found(&town, Sentiment::Negative).await, found(&town, Sentiment::Neutral).await), (1, 0));
    let now = counts(&town).await;
    assert_eq!((now.negative, now.neutral, now.complaints, now.total()), (1, 0, 1, 1));
    assert_eq!(waiting(&town).await, 1);
    // What was read is kept beside what was said.
    let correction = after.correction(town.brand()).unwrap();
    assert_eq!(correction.read, before.row.readings[0]);
    assert_eq!((correction.said, correction.untaught, correction.at), (said, Some(UNTAUGHT), at(NOW + 60)));
    assert_eq!((correction.occasion, correction.id), (Occasion::Volunteered, ids[0]));
    assert_eq!((correction.untaught_intents, correction.intents_occasion), (Some(INTENTS), Occasion::Volunteered));
    assert_eq!(standing(&town).await, after.corrections);
    assert!(town.store.corrections_version().await.unwrap() > version);
    assert_eq!(town.store.mentions(&everything(), Span::Newest, 9).await.unwrap(), [after]);

    assert_eq!(town.store.undo_corrections(&ids, at(NOW + 90)).await.unwrap(), 1);
    assert_eq!(whole(&town, before.row.id).await, before, "exactly as it was");
    assert_eq!((counts(&town).await, waiting(&town).await), figures);
    assert_eq!((found(&town, Sentiment::Negative).await, found(&town, Sentiment::Neutral).await), (0, 1));
    assert_eq!(standing(&town).await, []);
    assert_eq!(town.store.undo_corrections(&ids, at(NOW + 91)).await.unwrap(), 0, "once");
}

pub(crate) async fn the_last_word_stands_and_is_taken_back_in_any_order(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = one(&town, town.mention("a", 0)).await;
    let id = before.row.id;
    let first = say(&town, id, town.brand(), Said::sentiment(Sentiment::Negative)).await;
    let second = say(&town, id, town.brand(), Said::intents(Intents::of(&[Intent::Praise, Intent::Question]))).await;
    let third = say(&town, id, town.brand(), Said::sentiment(Sentiment::Positive)).await;
    let all = standing(&town).await;
    assert_eq!(all.len(), 1, "what stands of a mention is one");
    assert_eq!((all[0].said.sentiment, all[0].id), (Some(Sentiment::Positive), third[0]));
    assert_eq!(all[0].read, before.row.readings[0]);
    town.store.undo_corrections(&first, at(NOW)).await.unwrap();
    assert_eq!(whole(&town, id).await.row.readings[0].likeliest(), Some(Sentiment::Positive));
    town.store.undo_corrections(&third, at(NOW)).await.unwrap();
    let left = whole(&town, id).await.row.readings[0].clone();
    assert_eq!((left.sentiment, left.intents), (before.row.readings[0].sentiment, all[0].said.intents.unwrap()));
    town.store.undo_corrections(&second, at(NOW)).await.unwrap();
    assert_eq!(whole(&town, id).await, before);
}

pub(crate) async fn not_about_us_leaves_our_mentions(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = one(&town, town.mention("a", 0)).await;
    let ours = Filter { subject: Some(town.brand()), ..everything() };
    let ids = say(&town, before.row.id, town.brand(), Said::about(false)).await;
    assert_eq!(town.page(&ours).await.len(), 0);
    assert_eq!((town.page(&everything()).await.len(), counts(&town).await.total()), (1, 0));
    town.store.undo_corrections(&ids, at(NOW)).await.unwrap();
    assert_eq!((town.page(&ours).await.len(), counts(&town).await.total()), (1, 1));
}

pub(crate) async fn a_persons_word_outlives_an_edit(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = one(&town, town.mention("a", 0)).await;
    let id = before.row.id;
    let ids = say(&town, id, town.brand(), Said::sentiment(Sentiment::Negative)).await;
    // Brought again as it was, by another source, and by one that knows that it addresses us.
    town.record(2, vec![town.mention("a", 0)]).await;
    let mut addressed = town.mention("a", 0);
    addressed.item.addressed = true;
    addressed.readings = vec![reading(town.brand(), POSITIVE, &[Intent::Praise])];
    town.record(3, vec![addressed]).await;
    assert_eq!(whole(&town, id).await.row.readings[0].likeliest(), Some(Sentiment::Negative));
    assert_eq!((counts(&town).await.negative, counts(&town).await.total()), (1, 1));
    // Edited, and read anew: the person's word on the sentiment stands, the intents are the new ones.
    let mut edited = NewMention { content: 2, ..town.mention("a", 0) };
    edited.readings = vec![reading(town.brand(), POSITIVE, &[Intent::Question])];
    town.record(2, vec![edited.clone()]).await;
    let after = whole(&town, id).await;
    let stands = &after.row.readings[0];
    assert_eq!((stands.likeliest(), stands.intents), (Some(Sentiment::Negative), Intents::of(&[Intent::Question])));
    assert_eq!(after.correction(town.brand()).unwrap().read, edited.readings[0]);
    // Edited so that nothing names the brand any more: what was said of it stays with it.
    let elsewhere = NewMention { content: 3, readings: vec![], ..town.mention("a", 0) };
    town.record(2, vec![elsewhere]).await;
    assert_eq!(whole(&town, id).await.row.readings[0].likeliest(), Some(Sentiment::Negative));
    town.record(2, vec![NewMention { content: 4, ..edited.clone() }]).await;
    town.store.undo_corrections(&ids, at(NOW)).await.unwrap();
    assert_eq!(whole(&town, id).await.row.readings, edited.readings, "as it is read now");
    assert_eq!((counts(&town).await.positive, counts(&town).await.total()), (1, 1));
}

pub(crate) async fn corrections_go_with_their_author_and_outlive_their_age_as_numbers(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut private = town.mention("private", -90_000);
    private.item.visibility = crate::domain::Visibility::Private;
    let recorded = town.record(2, vec![town.mention("old", -90_000), town.mention("new", 0), private]).await;
    say(&town, recorded.new[2].id, town.brand(), Said::sentiment(Sentiment::Negative)).await;
    let (old, new) = (recorded.new[0].id, recorded.new[1].id);
    say_when(&town, old, town.brand(), Said::sentiment(Sentiment::Negative), Occasion::Asked).await;
    say(&town, old, town.brand(), Said::intents(Intents::of(&[Intent::Praise]))).await;
    let ids = say(&town, old, town.brand(), Said::about(true)).await;
    let gone = say(&town, old, town.brand(), Said::sentiment(Sentiment::Positive)).await;
    town.store.undo_corrections(&gone, at(NOW)).await.unwrap();
    say(&town, new, town.brand(), Said::sentiment(Sentiment::Positive)).await;
    let version = town.store.corrections_version().await.unwrap();
    let day = Retention { mentions: SignedDuration::from_hours(24) };
    assert_eq!(town.store.retain(&town.lease, at(NOW), &day).await.unwrap(), 2);
    let left = standing(&town).await;
    assert_eq!(left.len(), 2, "what is not public leaves nothing");
    let aged = left.iter().find(|one| one.mention.is_none()).unwrap();
    let said = Said { about: Some(true), sentiment: Some(Sentiment::Negative), ..aged.said };
    assert_eq!((aged.said, aged.said.intents), (said, Some(Intents::of(&[Intent::Praise]))));
    // Each keeps how it came about: the sentiment was asked for, the intents were not.
    assert_eq!((aged.occasion, aged.intents_occasion), (Occasion::Asked, Occasion::Volunteered));
    assert_eq!(aged.untaught_intents, Some(INTENTS));
    assert_eq!((aged.untaught, aged.read.sentiment), (Some(UNTAUGHT), shares(0.1, 0.8, 0.1)));
    assert!(town.store.corrections_version().await.unwrap() > version);
    assert_eq!(town.store.undo_corrections(&ids, at(NOW)).await.unwrap(), 0, "there is nothing to give back");
    town.delete(2, &["new"]).await;
    let left = standing(&town).await;
    assert!(left.len() == 1 && left[0].mention.is_none(), "{left:?}");
}

pub(crate) async fn what_nobody_read_is_not_corrected(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let before = one(&town, town.mention("a", 0)).await;
    let version = town.store.corrections_version().await.unwrap();
    for (id, subject) in [(MentionId(before.row.id.0 + 7), town.brand()), (before.row.id, town.rival())] {
        assert_eq!(say(&town, id, subject, Said::sentiment(Sentiment::Negative)).await, []);
    }
    assert_eq!(say(&town, before.row.id, town.brand(), Said::default()).await, [], "nothing was said");
    assert_eq!(town.store.undo_corrections(&[CorrectionId(99)], at(NOW)).await.unwrap(), 0);
    assert_eq!((whole(&town, before.row.id).await, standing(&town).await), (before, vec![]));
    assert_eq!(town.store.corrections_version().await.unwrap(), version);
}

pub(crate) async fn a_long_list_is_corrected_at_once_and_others_see_it(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let all: Vec<NewMention> =
        (0..700).map(|n| NewMention { read: n % 2 == 0, ..town.mention(&format!("m{n}"), i64::from(n)) }).collect();
    let ids: Vec<MentionId> = town.record(0, all).await.new.iter().map(|row| row.id).collect();
    let said = Said { intents: Some(Intents::of(&[Intent::Complaint])), ..Said::sentiment(Sentiment::Negative) };
    let new = |id: &MentionId| NewCorrection {
        mention: *id,
        subject: town.brand(),
        said,
        untaught: None,
        untaught_intents: None,
        occasion: Occasion::Asked,
        at: at(NOW),
    };
    let kept = town.store.correct(&ids.iter().map(new).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(kept.len(), 700);
    assert_eq!(waiting(&town).await, 350);
    let other = grounds.open().await;
    assert_eq!(other.corrections(1_000).await.unwrap().len(), 700);
    assert_eq!(other.corrections(10).await.unwrap()[0].id, kept[699], "the newest first");
    assert_eq!(other.undo_corrections(&kept, at(NOW)).await.unwrap(), 700);
    assert_eq!((waiting(&town).await, standing(&town).await.len()), (0, 0));
}
