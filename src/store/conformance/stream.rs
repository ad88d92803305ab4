//! Paging, filters, search, marks of reading.

use super::*;
use crate::domain::search::Narrowing;
use crate::domain::stream::Key;
use crate::domain::{Mention, MentionId, Sentiment, Visibility};

fn key(row: &MentionRow) -> Key {
    Key { published: row.published, id: row.id }
}

/// A stream with every kind of mention in it.
async fn varied(grounds: &dyn Grounds) -> Town {
    let town = Town::new(grounds).await;
    let moods = [NEGATIVE, NEUTRAL, POSITIVE];
    for source in 0..3 {
        let mentions = (0..40_usize)
            .map(|n| {
                // Several share a second; the order of recording is not that of publishing.
                let mut new = town.mention(&format!("{source}-{n}"), -((n as i64 * 7) % 20) * 60);
                new.read = n % 3 == 0;
                new.item.visibility =
                    [Visibility::Public, Visibility::Private, Visibility::Unlisted, Visibility::Public][n % 4];
                new.fingerprint.words = (n % 5 == 0).then_some((n % 15) as u64);
                new.readings = vec![reading(town.brand(), moods[n % 3], &[Intent::ALL[n % 5]])];
                if n % 2 == 0 {
                    let mut rival = reading(town.rival(), moods[(n + 1) % 3], &[Intent::ALL[(n + 2) % 5]]);
                    rival.about = n % 4 == 0;
                    new.readings.push(rival);
                }
                if n % 7 == 0 {
                    new.readings[0].sentiment = None;
                }
                new.item.text = format!("Ferris {} {}", if n % 2 == 0 { "chain" } else { "saddle" }, n);
                new
            })
            .collect();
        town.record(source, mentions).await;
    }
    town
}

/// Filters of every kind and many of their combinations.
fn filters(town: &Town, stories: &[MentionRow]) -> Vec<Filter> {
    let group = stories.iter().find(|row| row.group_size > 2).unwrap().group;
    let plain = everything;
    let mut filters = vec![
        Filter::default(),
        plain(),
        Filter { group: Some(group), ..plain() },
        Filter { network: Some(Network::named("nowhere")), ..plain() },
        Filter { narrowing: Some(Narrowing::Everything), ..plain() },
    ];
    for bits in 0..256_u32 {
        let on = |bit: u32| bits & 1 << bit != 0;
        filters.push(Filter {
            subject: on(0).then_some(if on(7) { town.rival() } else { town.brand() }),
            sentiment: on(1).then_some(if on(6) { Sentiment::Negative } else { Sentiment::Positive }),
            intent: on(2).then_some(if on(5) { Intent::Complaint } else { Intent::Praise }),
            source: (on(3) && on(4)).then_some(town.source(1)),
            network: (on(3) && !on(4)).then_some(Network::FEED),
            unread: on(4),
            one_per_group: on(5),
            since: on(6).then_some(at(NOW - 900)),
            until: on(7).then_some(at(NOW - 300)),
            narrowing: (on(1) && on(6)).then(|| Narrowing::Word("chain".into())),
            private: on(2),
            group: None,
        });
    }
    filters
}

/// What the filter finds, decided in plain Rust over everything there is.
fn plain(all: &[Mention], filter: &Filter) -> Vec<MentionId> {
    let has = |mention: &Mention, wanted: &dyn Fn(&Reading) -> bool| {
        mention.row.readings.iter().any(|reading| {
            filter.subject.is_none_or(|subject| reading.subject == subject && reading.about) && wanted(reading)
        })
    };
    let matches = |mention: &&Mention| {
        let row = &mention.row;
        (filter.private || row.visibility != Visibility::Private)
            && (filter.subject.is_none() || has(mention, &|_| true))
            && filter.sentiment.is_none_or(|mood| has(mention, &|reading| reading.likeliest() == Some(mood)))
            && filter.intent.is_none_or(|intent| has(mention, &|reading| reading.intents.has(intent)))
            && filter.source.is_none_or(|source| row.source == source)
            && filter.network.as_ref().is_none_or(|network| row.network == *network)
            && filter.group.is_none_or(|group| row.group == group)
            && !(filter.unread && row.read)
            && filter.since.is_none_or(|since| row.published >= since)
            && filter.until.is_none_or(|until| row.published < until)
            && match &filter.narrowing {
                Some(Narrowing::Word(word)) => mention.text.as_str().contains(word.as_str()),
                _ => true,
            }
    };
    let mut found: Vec<&Mention> = all.iter().filter(matches).collect();
    found.sort_by_key(|mention| std::cmp::Reverse(key(&mention.row)));
    let mut seen = std::collections::HashSet::new();
    found.retain(|mention| !filter.one_per_group || seen.insert(mention.row.group));
    found.iter().map(|mention| mention.row.id).collect()
}

async fn all(town: &Town) -> Vec<Mention> {
    town.store.mentions(&everything(), Span::Newest, 10_000).await.unwrap()
}

pub(crate) async fn every_filter_finds_what_it_says(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    let all = all(&town).await;
    assert_eq!(all.len(), 120);
    let mut found_something = 0;
    for filter in filters(&town, &town.page(&everything()).await) {
        let wanted = plain(&all, &filter);
        found_something += usize::from(!wanted.is_empty());
        let found: Vec<MentionId> = town.page(&filter).await.iter().map(|row| row.id).collect();
        assert_eq!(found, wanted, "{filter:?}");
        assert_eq!(town.store.count(&filter, 9_999).await.unwrap(), wanted.len() as u64, "{filter:?}");
        assert_eq!(town.store.count(&filter, 3).await.unwrap(), wanted.len().min(3) as u64);
        // From a place in the middle, both ways.
        let Some(middle) = all.iter().map(|mention| key(&mention.row)).nth(50) else { panic!("too few") };
        let place = |id: &MentionId| all.iter().map(|one| key(&one.row)).find(|key| key.id == *id).unwrap();
        let older: Vec<MentionId> = wanted.iter().copied().filter(|id| place(id) < middle).take(7).collect();
        let newer: Vec<MentionId> = wanted.iter().copied().rev().filter(|id| place(id) > middle).take(7).collect();
        let ids = async |span| -> Vec<MentionId> {
            town.store.page(&filter, span, 7).await.unwrap().iter().map(|row| row.id).collect()
        };
        assert_eq!(ids(Span::OlderThan(middle)).await, older, "{filter:?}");
        assert_eq!(ids(Span::NewerThan(middle)).await, newer, "{filter:?}");
    }
    assert!(found_something > 150, "only {found_something} filters found anything");
}

pub(crate) async fn pages_fit_together(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    for filter in [everything(), Filter { one_per_group: true, ..Filter::default() }] {
        let whole = town.page(&filter).await;
        assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(key(row))));
        let mut pieces = Vec::new();
        let mut span = Span::Newest;
        loop {
            let page = town.store.page(&filter, span, 7).await.unwrap();
            let Some(last) = page.last() else { break };
            span = Span::OlderThan(key(last));
            pieces.extend(page);
        }
        assert_eq!(pieces, whole);
    }
    assert!(town.store.page(&everything(), Span::Newest, 0).await.unwrap().is_empty());
}

pub(crate) async fn both_ways_agree(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    let whole = town.page(&everything()).await;
    for (at, row) in whole.iter().enumerate() {
        let older = town.store.page(&everything(), Span::OlderThan(key(row)), 5).await.unwrap();
        assert_eq!(older, whole[at + 1..(at + 6).min(whole.len())]);
        let newer = town.store.page(&everything(), Span::NewerThan(key(row)), 5).await.unwrap();
        let mut wanted = whole[at.saturating_sub(5)..at].to_vec();
        wanted.reverse();
        assert_eq!(newer, wanted);
    }
}

pub(crate) async fn one_row_a_story(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let worded = |name: &str, offset: i64| {
        let mut new = town.mention(name, offset);
        new.fingerprint.words = Some(1);
        new
    };
    town.record(0, vec![worded("a", -30), worded("b", -10), town.mention("c", -20)]).await;
    town.record(1, vec![worded("d", -40)]).await;
    let grouped = Filter { one_per_group: true, ..Filter::default() };
    assert_eq!(town.titles(&grouped).await, ["b", "c"]);
    // The newest within the rest of the filter stands for the story.
    assert_eq!(town.titles(&Filter { source: Some(town.source(1)), ..grouped.clone() }).await, ["d"]);
    assert_eq!(town.titles(&Filter { until: Some(at(NOW - 20)), ..grouped.clone() }).await, ["a"]);
    // A page that begins below it does not show the story again.
    let first = town.page(&grouped).await.remove(0);
    let below = town.store.page(&grouped, Span::OlderThan(key(&first)), 9).await.unwrap();
    assert_eq!(titles(&below), ["c"]);
    // What a person read does not hide the story's unread members.
    town.store.mark_read(&[first.id], true).await.unwrap();
    assert_eq!(town.titles(&Filter { unread: true, ..grouped }).await, ["c", "a"]);
}

pub(crate) async fn words_narrow_and_never_lose(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let texts = [
        ("a", "Ferris's chain snapped"),
        ("b", "FERRIS Crème brûlée"),
        ("c", "the rival ferrisbikes"),
        ("d", "東京で走る"),
        ("e", "don't 🔥"),
    ];
    let mentions = texts.iter().enumerate().map(|(n, (name, text))| {
        let mut new = town.mention(name, -(n as i64));
        new.item.title = Some(format!("Title {name}"));
        new.item.text = (*text).into();
        new
    });
    let mut mentions: Vec<NewMention> = mentions.collect();
    mentions[4].item.image_descriptions = vec!["a broken derailleur".into(), "wet road".into()];
    town.record(0, mentions).await;
    let found =
        async |narrowing: Narrowing| town.titles(&Filter { narrowing: Some(narrowing), ..everything() }).await.concat();
    let word = |word: &str| Narrowing::Word(word.into());
    assert_eq!(found(word("ferris")).await, "ab");
    assert_eq!(found(word("title")).await, "abcde");
    assert_eq!(found(word("creme")).await, "b");
    assert_eq!(found(word("dont")).await, "e");
    assert_eq!(found(word("derailleur")).await, "e");
    assert_eq!(found(Narrowing::Prefix("ferr".into())).await, "abc");
    assert_eq!(found(word("京で走")).await, "d");
    assert!(found(Narrowing::Phrase(vec!["chain".into(), "snapped".into()])).await.contains('a'));
    // A possessive between the words of a phrase does not lose it, nor the end of the title.
    assert!(found(Narrowing::Phrase(vec!["ferris".into(), "chain".into()])).await.contains('a'));
    assert!(found(Narrowing::Phrase(vec!["a".into(), "ferris".into()])).await.contains('a'));
    assert_eq!(found(Narrowing::All(vec![word("ferris"), word("brulee")])).await, "b");
    assert_eq!(found(Narrowing::Any(vec![word("brulee"), word("rival")])).await, "bc");
    assert_eq!(found(Narrowing::Any(vec![word("brulee"), Narrowing::Everything])).await, "abcde");
    assert_eq!(found(Narrowing::Any(vec![])).await, "");
    assert_eq!(found(Narrowing::All(vec![])).await, "abcde");
    assert!(found(word("🔥")).await.contains('e'));
}

pub(crate) async fn questions_cannot_break_out(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0)]).await;
    let deep = (0..5_000).fold(Narrowing::Word("ferris".into()), |inner, _| Narrowing::All(vec![inner]));
    let wide = Narrowing::Any((0..3_000).map(|n| Narrowing::Word(format!("w{n}"))).collect());
    let hostile = ["\"", "a\" OR \"b", "*", "NEAR(", "words:a", "'; DROP TABLE mention; --", "\0", "-", "^a", "(", ""];
    for text in hostile {
        for narrowing in
            [Narrowing::Word(text.into()), Narrowing::Prefix(text.into()), Narrowing::Phrase(vec![text.into()])]
        {
            let filter = Filter { narrowing: Some(narrowing.clone()), ..everything() };
            assert!(town.store.page(&filter, Span::Newest, 9).await.is_ok(), "{narrowing:?}");
        }
    }
    for narrowing in [deep, wide] {
        let filter = Filter { narrowing: Some(narrowing), ..everything() };
        assert!(town.store.page(&filter, Span::Newest, 9).await.is_ok());
        // Taken apart piece by piece: dropping something so deep at once would need as deep a stack.
        let mut left = filter.narrowing;
        while let Some(Narrowing::All(mut inner)) = left {
            left = inner.pop();
        }
    }
    let network = Filter { network: Some(Network::named("x' OR 1 = 1 --")), ..everything() };
    assert!(town.page(&network).await.is_empty());
    assert_eq!(town.titles(&everything()).await, ["a"]);
}

pub(crate) async fn reading_marks_are_kept(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let ids: Vec<MentionId> = town
        .record(0, ["a", "b", "c"].map(|name| town.mention(name, 0)).to_vec())
        .await
        .new
        .iter()
        .map(|row| row.id)
        .collect();
    let mark = async |ids: &[MentionId], read| town.store.mark_read(ids, read).await.unwrap();
    assert_eq!(mark(&[ids[0], ids[1], ids[1], MentionId(999)], true).await, 2);
    assert_eq!(mark(&ids, true).await, 1);
    assert_eq!(mark(&ids, true).await, 0);
    assert_eq!(mark(&[], true).await, 0);
    assert_eq!(mark(&[ids[2]], false).await, 1);
    assert_eq!(town.titles(&Filter { unread: true, ..everything() }).await, ["c"]);
    assert_eq!(town.store.overview(at(0), None).await.unwrap().unread, 1);
}

pub(crate) async fn marking_all_says_what_changed(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    let filter = Filter { subject: Some(town.rival()), ..Filter::default() };
    let found = town.page(&filter).await;
    let last = found.iter().map(|row| row.id).nth(found.len() / 2).unwrap();
    let wanted: Vec<MentionId> = found.iter().filter(|row| !row.read && row.id <= last).map(|row| row.id).collect();
    assert!(!wanted.is_empty() && wanted.len() < found.len());
    let before = town.page(&everything()).await;
    let mut changed = town.store.mark_all_read(&filter, last).await.unwrap();
    assert!(town.store.mark_all_read(&filter, last).await.unwrap().is_empty());
    // Undone by what it said.
    assert_eq!(town.store.mark_read(&changed, false).await.unwrap(), wanted.len() as u64);
    assert_eq!(town.page(&everything()).await, before);
    changed.sort();
    let mut sorted = wanted;
    sorted.sort();
    assert_eq!(changed, sorted);
    let nothing = Filter { narrowing: Some(Narrowing::Any(vec![])), ..everything() };
    assert!(town.store.mark_all_read(&nothing, last).await.unwrap().is_empty());
}

pub(crate) async fn whole_mentions_come_in_the_order_of_the_page(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    let filter = Filter { unread: true, ..Filter::default() };
    let rows = town.store.page(&filter, Span::Newest, 20).await.unwrap();
    let mentions = town.store.mentions(&filter, Span::Newest, 20).await.unwrap();
    assert_eq!(mentions.iter().map(|mention| mention.row.clone()).collect::<Vec<_>>(), rows);
    let older = Span::OlderThan(key(&rows[5]));
    let mentions = town.store.mentions(&filter, older, 4).await.unwrap();
    assert_eq!(mentions.iter().map(|mention| mention.row.clone()).collect::<Vec<_>>(), rows[6..10]);
    assert_eq!(town.store.mention(rows[0].id).await.unwrap().unwrap().row, rows[0]);
}

pub(crate) async fn paging_while_new_ones_arrive(grounds: &dyn Grounds) {
    let town = varied(grounds).await;
    let reader = grounds.open().await;
    let before: Vec<MentionId> = town.page(&everything()).await.iter().map(|row| row.id).collect();
    let write = async {
        for n in 0..40 {
            town.record(n % 3, vec![town.mention(&format!("late{n}"), -((n as i64 * 31) % 1_200))]).await;
        }
    };
    let read = async {
        let mut seen = Vec::new();
        let mut span = Span::Newest;
        loop {
            let page = reader.page(&everything(), span, 5).await.unwrap();
            let Some(last) = page.last() else { break seen };
            span = Span::OlderThan(key(last));
            seen.extend(page.iter().map(|row| row.id));
        }
    };
    let ((), seen) = tokio::join!(write, read);
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), seen.len(), "a mention came twice");
    assert!(before.iter().all(|id| seen.contains(id)), "a mention that was there all the time was lost");
}
