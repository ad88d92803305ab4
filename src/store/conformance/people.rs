//! Ties, accounts that are one person, and forgetting somebody.

use super::*;
use crate::domain::case::{CaseStatus, Weighing};
use crate::domain::outbox::{Draft, OutgoingState, Target};
use crate::domain::person::{
    Exchange, Handle, PeopleFilter, PeopleOrder, PersonFile, PersonRow, TieSums, is_regular, week,
};
use crate::domain::search::Narrowing;
use crate::domain::{Deed, Give, Network, NewCorrection, Occasion, PersonId, Said, Sentiment, Visibility};
use crate::store::cases::ByHand;
use crate::store::people::{AddUp, Whom};
use crate::store::{Need, NewAct, Unread};

const SQUARE: usize = 2;
const MARKET: usize = 3;
const DAY: i64 = 86_400;

/// Adds up plainly: a turn weighs 2, praise 4, a solved complaint 3, a give 1, an ask -1, without decay.
pub(crate) struct Plain;

impl AddUp for Plain {
    fn sums(&self, went: &[(Timestamp, Exchange)]) -> TieSums {
        let count = |kind| u32::try_from(went.iter().filter(|(_, one)| *one == kind).count()).unwrap();
        let turns: Vec<i64> =
            went.iter().filter(|(_, kind)| *kind == Exchange::TwoWay).map(|(at, _)| week(*at)).collect();
        let newest = turns.iter().copied().max().unwrap_or_default();
        let weeks = turns.iter().filter(|one| newest - **one < 12).fold(0, |all, one| all | 1 << (newest - one));
        let mut sums = TieSums {
            theirs: count(Exchange::TheyWrote),
            ours: count(Exchange::WeWrote),
            turns: count(Exchange::TwoWay),
            resolved: count(Exchange::Resolved),
            praises: count(Exchange::TheirPraise),
            gives: count(Exchange::OurGive),
            asks: count(Exchange::OurAsk),
            last: went.iter().map(|(at, _)| *at).max(),
            week: newest,
            weeks,
            regular: is_regular(newest, weeks, newest),
            worth: 0.0,
        };
        let weigh = |count: u32, weight: f64| f64::from(count) * weight;
        sums.worth =
            weigh(sums.turns, 2.0) + weigh(sums.resolved, 3.0) + weigh(sums.praises, 4.0) + weigh(sums.gives, 1.0)
                - weigh(sums.asks, 1.0);
        sums
    }
}

impl Town {
    /// A mention by an account, so many days after [`NOW`].
    fn says(&self, who: &str, name: &str, day: i64) -> NewMention {
        let mut new = self.mention(name, day * DAY);
        new.item.author = Author {
            native_id: Some(format!("did:{who}")),
            handle: Some(format!("{who}.example")),
            name: Some(format!("{who} Ruiz")),
            followers: Some(7),
        };
        new
    }

    fn we_say(&self, name: &str, to: &str, text: &str, day: i64) -> NewAct {
        let item = Item {
            native_id: format!("id:{name}"),
            text: text.into(),
            author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
            parent: Some(format!("id:{to}")),
            claimed: Some(at(NOW + day * DAY)),
            own: true,
            ..Item::default()
        };
        NewAct { item, first_seen: at(NOW + day * DAY), history: false, lang: None, content: 2 }
    }

    async fn answers_with(&self, acts: Vec<NewAct>) {
        let batch = RecordBatch { acts, ..self.batch(SQUARE, vec![]) };
        self.store.record(&self.lease, &batch).await.unwrap();
        self.read_gifts().await;
    }

    /// Reads what is unread: a gift is a give, what tells to buy an ask.
    async fn read_gifts(&self) {
        let read = |unread: Unread| {
            let deed = match unread.text.as_str() {
                text if text.contains("gift") => Deed::Give(Give::Fix),
                text if text.contains("buy") => Deed::HardAsk,
                _ => Deed::Talk,
            };
            (unread, super::giving::reading(deed))
        };
        let all: Vec<_> = self.store.unread_acts(1, 100).await.unwrap().into_iter().map(read).collect();
        self.store.keep_act_readings(&self.lease, 1, &all).await.unwrap();
    }

    async fn settle(&self) -> u64 {
        let mut all = 0;
        loop {
            let done = self.store.settle_ties(&Plain, 3).await.unwrap();
            all += done;
            if done < 3 {
                return all;
            }
        }
    }

    async fn listed(&self, order: PeopleOrder, words: &str) -> Vec<String> {
        let filter = PeopleFilter { order, words: words.into() };
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.people(&filter, after, at(NOW + 100 * DAY), 2).await.unwrap();
            let Some(last) = page.last() else { return all };
            after = Some(last.key());
            all.extend(page.iter().map(|row: &PersonRow| row.who().to_owned()));
        }
    }

    async fn who(&self, handle: &str) -> PersonId {
        let found = self.store.accounts(handle, None).await.unwrap();
        assert_eq!(found.len(), 1, "{handle}");
        found[0].person
    }

    async fn file(&self, handle: &str) -> PersonFile {
        self.store.person_file(self.who(handle).await, &Plain, 50).await.unwrap().unwrap()
    }

    async fn forget_all(&self, handle: &str) -> crate::store::people::Erased {
        let accounts = self.store.accounts(handle, None).await.unwrap();
        let accounts = accounts.iter().map(|account: &Handle| account.person).collect();
        let whom = Whom { handle: handle.into(), accounts, networks: vec![] };
        let before = self.store.traces(&whom).await.unwrap();
        let erased = self.store.forget(&whom, at(NOW + 9 * DAY)).await.unwrap();
        assert_eq!(erased.traces, before, "what was announced was erased");
        erased
    }
}

fn need(day: i64) -> Option<Need> {
    let weighing = Weighing { severity: 10.0, followers: None, reposts_per_hour: 0.0 };
    Some(Need { weighing, due: at(NOW + day * DAY + 600) })
}

pub(crate) async fn ties_are_added_up_as_things_come_and_go(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let complaint = NewMention {
        readings: vec![reading(town.brand(), NEGATIVE, &[Intent::Complaint])],
        need: need(0),
        ..town.says("ana", "a", 0)
    };
    let praise =
        NewMention { readings: vec![reading(town.brand(), POSITIVE, &[Intent::Praise])], ..town.says("ana", "b", 8) };
    town.record(SQUARE, vec![complaint, praise, town.says("bob", "c", 1)]).await;
    town.answers_with(vec![town.we_say("r1", "a", "@ana.example a gift", 1)]).await;
    // They answered a post of ours, whichever came first.
    let mut late = town.says("ana", "d", 15);
    late.item.parent = Some("id:post".into());
    late.item.root = Some("id:post".into());
    town.record(SQUARE, vec![late]).await;
    let mut post = town.we_say("post", "x", "buy it", 14);
    post.item.parent = None;
    town.settle().await;
    town.answers_with(vec![post]).await;
    let case = town.store.case_of(town.whole("a").await.row.id).await.unwrap().unwrap();
    let by = ByHand { voice: Some("kim".into()), at: at(NOW + 2 * DAY) };
    let change = crate::domain::case::CaseChange::Status(CaseStatus::Resolved, None);
    town.store.change_cases(&[case], &change, &by).await.unwrap();
    assert!(town.settle().await > 0);
    assert_eq!(town.settle().await, 0, "once is enough");

    assert_eq!(town.listed(PeopleOrder::Strength, "").await, ["ana.example", "bob.example"]);
    let file = town.file("ana.example").await;
    let sums = file.row.sums;
    let counts = [sums.theirs, sums.ours, sums.turns, sums.resolved, sums.praises, sums.gives, sums.asks];
    assert_eq!(counts, [3, 1, 2, 1, 1, 1, 0]);
    assert_eq!((sums.worth, sums.last), (12.0, Some(at(NOW + 15 * DAY))));
    assert_eq!(file.went.len(), 9);
    assert_eq!(
        file.attitudes.iter().map(|(_, one)| *one).collect::<Vec<_>>(),
        [Sentiment::Negative, Sentiment::Positive, Sentiment::Neutral]
    );
    assert_eq!((file.cases.len(), file.card.mentions, file.row.followers), (1, 3, Some(7)));
    assert_eq!(file.known_to.iter().map(|one| (one.who.as_str(), one.voice)).collect::<Vec<_>>(), [("ferris", false)]);
    let rows = town.store.people(&PeopleFilter::default(), None, at(NOW), 9).await.unwrap();
    assert_eq!(rows[0].sums, sums, "the list and the card say the same");
    let figures = town.store.people_figures(at(NOW)).await.unwrap();
    assert_eq!((figures.people, figures.turns, figures.regulars, figures.unsettled), (2, 2, 0, 0));

    // What an answer gives or asks is what a person says, else what was read; the words alone say nothing.
    let answer = town.store.acts(None, 9).await.unwrap().iter().find(|act| act.native_id == "id:r1").unwrap().id;
    let ours = async || {
        town.settle().await;
        let row = town.store.people(&PeopleFilter::default(), None, at(NOW), 9).await.unwrap().remove(0);
        assert_eq!(row.sums, town.file("ana.example").await.row.sums);
        (row.sums.gives, row.sums.asks)
    };
    let corrected = town.store.correct_acts(&[answer], Deed::HardAsk, at(NOW)).await.unwrap();
    assert_eq!(ours().await, (0, 1));
    town.store.undo_act_corrections(&corrected, at(NOW)).await.unwrap();
    assert_eq!(ours().await, (1, 0));
    let mut edited = town.we_say("r1", "a", "@ana.example buy", 1);
    edited.content = 3;
    town.answers_with(vec![edited]).await;
    assert_eq!(ours().await, (0, 1), "read anew");
    let mut again = town.we_say("r1", "a", "@ana.example a gift", 1);
    again.content = 4;
    town.answers_with(vec![again]).await;
    assert_eq!(ours().await, (1, 0));

    // A corrected reading, an answer that is taken down and a post that its author takes down are followed.
    let said = Said { about: Some(false), ..Said::default() };
    let id = town.whole("b").await.row.id;
    let word = NewCorrection {
        mention: id,
        subject: town.brand(),
        said,
        at: at(NOW),
        occasion: Occasion::Volunteered,
        untaught: None,
        untaught_intents: None,
    };
    town.store.correct(&[word]).await.unwrap();
    town.delete(SQUARE, &["r1", "d"]).await;
    town.settle().await;
    let rows = town.store.people(&PeopleFilter::default(), None, at(NOW), 9).await.unwrap();
    let sums = rows.iter().find(|row| row.who() == "ana.example").unwrap().sums;
    assert_eq!([sums.theirs, sums.ours, sums.turns, sums.praises, sums.gives], [1, 0, 0, 0, 0]);
    town.delete(SQUARE, &["a", "b", "c"]).await;
    town.settle().await;
    assert_eq!(town.listed(PeopleOrder::LastContact, "").await, [""; 0]);
    assert_eq!(town.store.people_figures(at(NOW)).await.unwrap(), Default::default());
    assert!(town.store.accounts("ana.example", None).await.unwrap().is_empty(), "nobody is kept without a post");
}

pub(crate) async fn only_what_concerns_us_makes_a_tie(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let rivals =
        NewMention { readings: vec![reading(town.rival(), POSITIVE, &[Intent::Praise])], ..town.says("eve", "a", 0) };
    let mut private = town.says("kim", "b", 0);
    private.item.visibility = Visibility::Private;
    let mut to_us = NewMention { readings: vec![], ..town.says("max", "c", 0) };
    to_us.item.addressed = true;
    town.record(SQUARE, vec![rivals, private, to_us]).await;
    let mut quiet = town.we_say("r", "c", "psst", 1);
    quiet.item.visibility = Visibility::Private;
    town.answers_with(vec![quiet]).await;
    town.settle().await;
    assert_eq!(town.listed(PeopleOrder::Strength, "").await, ["max.example"]);
    let sums = town.file("max.example").await.row.sums;
    assert_eq!((sums.theirs, sums.ours, sums.turns), (1, 0, 0), "a private answer is in no statistic");
}

pub(crate) async fn people_page_in_every_order(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut acts = Vec::new();
    for (person, turns) in [("ana", 3), ("bob", 1), ("cyd", 0), ("dan", 4), ("eve", 3)] {
        let from = if person == "eve" { 80 } else { 0 };
        for turn in 0..turns.max(1) {
            let name = format!("{person}{turn}");
            town.record(SQUARE, vec![town.says(person, &name, from + turn * 7)]).await;
            if turns > 0 {
                acts.push(town.we_say(&format!("r{name}"), &name, "yes", from + turn * 7));
            }
        }
    }
    town.answers_with(acts).await;
    town.settle().await;
    let handles = |names: &[&str]| names.iter().map(|name| format!("{name}.example")).collect::<Vec<_>>();
    assert_eq!(town.listed(PeopleOrder::Strength, "").await, handles(&["dan", "eve", "ana", "bob", "cyd"]));
    assert_eq!(town.listed(PeopleOrder::LastContact, "").await, handles(&["eve", "dan", "ana", "cyd", "bob"]));
    assert_eq!(town.listed(PeopleOrder::SilentRegulars, "").await, handles(&["dan", "ana"]), "eve is not silent");
    let figures = town.store.people_figures(at(NOW + 100 * DAY)).await.unwrap();
    assert_eq!((figures.people, figures.turns, figures.regulars, figures.regular_turns), (5, 11, 1, 3));
}

pub(crate) async fn words_find_people(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    for who in ["ana", "anabel", "Ångström", "山田"] {
        town.record(SQUARE, vec![town.says(who, who, 0)]).await;
    }
    town.settle().await;
    let found = async |words: &str| {
        let mut found = town.listed(PeopleOrder::LastContact, words).await;
        found.sort();
        found
    };
    assert_eq!(found("ana").await, ["ana.example", "anabel.example"]);
    assert_eq!(found("RUIZ anab").await, ["anabel.example"]);
    assert_eq!(found("angstr").await, ["Ångström.example"]);
    assert_eq!(found("ana nobody").await, [""; 0]);
    assert_eq!(found("\"%*").await.len(), 4, "nothing that is a word");
}

pub(crate) async fn accounts_are_one_when_a_person_says_so(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.says("ana", "a", 0), town.says("bob", "b", 0)]).await;
    town.record(0, vec![town.says("ana", "c", 3)]).await;
    town.answers_with(vec![town.we_say("r", "a", "yes", 1)]).await;
    town.settle().await;
    let accounts = town.store.accounts("@ANA.example", None).await.unwrap();
    let networks: Vec<&str> = accounts.iter().map(|account| account.network.name()).collect();
    assert_eq!(networks, ["mastodon", "feed"]);
    let [one, other] = [accounts[0].person, accounts[1].person];
    let file = async |id| town.store.person_file(id, &Plain, 9).await.unwrap().unwrap();
    assert_eq!(file(one).await.alike.iter().map(|account| account.person).collect::<Vec<_>>(), [other]);
    assert_eq!(town.listed(PeopleOrder::Strength, "").await.len(), 3);

    assert!(town.store.merge_people(other, one, at(NOW), Some("kim")).await.unwrap());
    assert!(!town.store.merge_people(one, other, at(NOW), None).await.unwrap(), "they are one already");
    assert!(!town.store.merge_people(one, PersonId(4_711), at(NOW), None).await.unwrap());
    town.settle().await;
    assert_eq!(town.listed(PeopleOrder::Strength, "").await.len(), 2);
    for id in [one, other] {
        let file = file(id).await;
        assert_eq!((file.row.id, file.row.handles.len(), file.row.sums.theirs, file.card.mentions), (one, 2, 2, 2));
        assert!(file.alike.is_empty());
    }
    // One of them goes; the other stays.
    assert_eq!(town.store.split_person(one).await.unwrap(), [other]);
    town.settle().await;
    assert_eq!(town.listed(PeopleOrder::Strength, "").await.len(), 3);
    town.store.merge_people(one, other, at(NOW), None).await.unwrap();
    town.delete(SQUARE, &["a"]).await;
    town.settle().await;
    assert_eq!(file(other).await.row.sums.theirs, 1);
    assert_eq!(town.listed(PeopleOrder::Strength, "").await.len(), 2);
}

pub(crate) async fn a_person_is_forgotten_everywhere(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let complaint = NewMention { need: need(0), ..town.says("ana", "a", 0) };
    let mut repost = town.says("bob", "again", 1);
    repost.item.repost_of = Some("id:a".into());
    repost.fingerprint = Fingerprint { repost: Some(5), ..Fingerprint::default() };
    let mut names_her = town.says("bob", "b", 1);
    names_her.item.text = "I agree with @ana.example and with ana.example2".into();
    town.record(SQUARE, vec![complaint, names_her]).await;
    town.record(SQUARE, vec![repost]).await;
    town.answers_with(vec![town.we_say("r", "a", "@Ana.Example sorry, did Ruiz ana Ruiz write?", 1)]).await;
    let id = town.whole("a").await.row.id;
    let draft = Draft {
        target: Target { who: Some("ana.example".into()), parent: Some("id:a".into()), ..Target::default() },
        ..town.draft("id:a", None, &["more for ana"])
    };
    town.store.save_draft(&draft, at(NOW)).await.unwrap();
    let said = Said { sentiment: Some(Sentiment::Negative), ..Said::default() };
    let word = NewCorrection {
        mention: id,
        subject: town.brand(),
        said,
        at: at(NOW),
        occasion: Occasion::Volunteered,
        untaught: None,
        untaught_intents: None,
    };
    town.store.correct(&[word]).await.unwrap();
    town.settle().await;

    let erased = town.forget_all("ana.example").await;
    let traces = erased.traces;
    assert_eq!(
        [traces.mentions, traces.reposts, traces.cases, traces.outgoing, traces.acts, traces.named, traces.corrections],
        [1, 1, 1, 1, 1, 1, 1]
    );
    assert!(erased.names.contains(&"ana.example".to_owned()) && erased.names.contains(&"did:ana".to_owned()));
    town.settle().await;
    assert_eq!(town.titles(&everything()).await, ["b"]);
    assert_eq!(town.whole("b").await.text.as_str(), "I agree with @… and with ana.example2");
    let acts = town.store.acts(None, 9).await.unwrap();
    assert_eq!(acts[0].text.as_str(), "@… sorry, did Ruiz … write?");
    assert!(town.store.outgoings(&[OutgoingState::Draft], 9).await.unwrap().is_empty());
    assert!(town.store.corrections(9).await.unwrap().is_empty());
    assert!(town.store.accounts("ana.example", None).await.unwrap().is_empty());
    assert_eq!(town.listed(PeopleOrder::Strength, "").await, ["bob.example"]);
    let word = |word: &str| Filter { narrowing: Some(Narrowing::Word(word.into())), ..everything() };
    assert_eq!(town.page(&word("agree")).await.len(), 1, "the index knows what is left");
}

pub(crate) async fn who_is_forgotten_is_not_collected_again(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.says("ana", "a", 0)]).await;
    town.forget_all("ana.example").await;
    let mut renamed = town.says("ana", "b", 1);
    renamed.item.author.handle = Some("other.example".into());
    let mut nameless = town.says("ana", "c", 1);
    nameless.item.author.native_id = None;
    let mut other = town.says("ana", "d", 1);
    other.item.author.native_id = Some("did:another".into());
    town.record(SQUARE, vec![town.says("ana", "a", 0), renamed, nameless, other]).await;
    town.record(MARKET, vec![town.says("ana", "e", 2)]).await;
    town.record(0, vec![town.says("ana", "far", 2)]).await;
    assert_eq!(town.titles(&everything()).await, ["far", "d"], "another network, and who took the handle over");
    // A handle that is stored nowhere is kept out as well.
    let whom = Whom { handle: "@Zoe".into(), networks: vec![Network::named("mastodon")], ..Whom::default() };
    town.store.forget(&whom, at(NOW)).await.unwrap();
    let mut zoe = town.says("zoe", "z", 3);
    zoe.item.author.handle = Some("zoe".into());
    town.record(SQUARE, vec![zoe]).await;
    assert_eq!(town.titles(&everything()).await.len(), 2);
}

pub(crate) async fn a_handle_elsewhere_is_another_person(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.says("ana", "a", 0)]).await;
    town.record(0, vec![town.says("ana", "b", 0)]).await;
    let here = town.store.accounts("ana.example", Some("mastodon")).await.unwrap();
    let whom = Whom { handle: "ana.example".into(), accounts: vec![here[0].person], networks: vec![] };
    town.store.forget(&whom, at(NOW)).await.unwrap();
    assert_eq!(town.titles(&everything()).await, ["b"]);
    town.record(SQUARE, vec![town.says("ana", "c", 1)]).await;
    // One person, a person says: then both go.
    town.record(SQUARE, vec![town.says("kim", "k1", 0)]).await;
    town.record(0, vec![town.says("kim", "k2", 0)]).await;
    let kim = town.store.accounts("kim.example", None).await.unwrap();
    town.store.merge_people(kim[0].person, kim[1].person, at(NOW), None).await.unwrap();
    let whom = Whom { handle: "kim.example".into(), accounts: vec![kim[0].person], networks: vec![] };
    assert_eq!(town.store.forget(&whom, at(NOW)).await.unwrap().traces.accounts.len(), 2);
    assert_eq!(town.titles(&everything()).await, ["b"]);
}

pub(crate) async fn nobody_else_changes_when_somebody_is_forgotten(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut all = Vec::new();
    for (number, who) in ["ana", "anabel", "susana", "ana-b", "bob"].iter().enumerate() {
        for day in 0..3 {
            let name = format!("{who}{day}");
            let need = (number % 2 == 0).then(|| need(day)).flatten();
            all.push(NewMention { need, ..town.says(who, &name, day) });
        }
    }
    let mut answers: Vec<NewAct> = ["anabel0", "susana1", "bob2"]
        .iter()
        .map(|to| town.we_say(&format!("r{to}"), to, "thanks, anabel", 4))
        .collect();
    answers.push(town.we_say("rana", "ana1", "thanks, ana", 4));
    town.record(SQUARE, all).await;
    town.answers_with(answers).await;
    town.settle().await;
    let others = async || {
        let mut whole = Vec::new();
        for row in town.page(&everything()).await {
            let mention = town.store.mention(row.id).await.unwrap().unwrap();
            let case = town.store.case_of(row.id).await.unwrap();
            if mention.row.author.as_str() != "ana.example" {
                whole.push((mention, case));
            }
        }
        let acts: Vec<_> =
            town.store.acts(None, 9).await.unwrap().into_iter().filter(|act| act.native_id != "id:rana").collect();
        let people = town.store.people(&PeopleFilter::default(), None, at(NOW), 99).await.unwrap();
        let people: Vec<_> = people.into_iter().filter(|row| row.who() != "ana.example").collect();
        (whole, acts, people)
    };
    let before = others().await;
    town.forget_all("ana.example").await;
    town.settle().await;
    assert_eq!(others().await, before);
    let figures = town.store.people_figures(at(NOW)).await.unwrap();
    assert_eq!((figures.people, figures.turns), (4, 3));
    assert_eq!(town.store.overview(at(0), Some(town.brand())).await.unwrap().mentions, 12);
}
