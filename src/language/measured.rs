//! Figures on labelled posts: how good the rules are, and how fast.
//!
//! Ignored by default, for the labelled posts are no part of the project. `GOODWORD_INTENTS` names a file of lines
//! `{"brand", "text", "intent", "sentiment", "about_brand"}`; `GOODWORD_SENTIMENT` (optional) one of lines
//! `text TAB label`:
//! `GOODWORD_INTENTS=posts.ndjson cargo test --lib language::measured -- --ignored --nocapture`

use std::io::Write;

use super::*;
use crate::domain::Sentiment;

/// Counts of what was labelled and what was read.
struct Table<const N: usize>([[u32; N]; N]);

impl<const N: usize> Table<N> {
    fn recall(&self, class: usize) -> f64 {
        f64::from(self.0[class][class]) / f64::from(self.0[class].iter().sum::<u32>().max(1))
    }

    fn f1(&self, class: usize) -> f64 {
        let read: u32 = self.0.iter().map(|row| row[class]).sum();
        let labelled: u32 = self.0[class].iter().sum();
        2.0 * f64::from(self.0[class][class]) / f64::from((read + labelled).max(1))
    }

    fn mean(&self, of: impl Fn(&Self, usize) -> f64) -> f64 {
        (0..N).map(|class| of(self, class)).sum::<f64>() / N as f64
    }
}

fn sentiment_named(name: &str) -> usize {
    ["negative", "neutral", "positive"].iter().position(|known| *known == name.trim()).expect("a sentiment")
}

fn likeliest(shares: Option<Shares>) -> usize {
    match shares.map_or(Sentiment::Neutral, |shares| shares.likeliest().0) {
        Sentiment::Negative => 0,
        Sentiment::Neutral => 1,
        Sentiment::Positive => 2,
    }
}

#[test]
#[ignore = "needs labelled posts, see the module's documentation"]
fn figures_on_labelled_posts() {
    let readers = Readers::rule_based();
    let mut out = std::io::stderr();
    if let Ok(path) = std::env::var("GOODWORD_SENTIMENT") {
        let file = std::fs::read_to_string(path).expect("GOODWORD_SENTIMENT can be read");
        let mut table = Table([[0; 3]; 3]);
        let mut unread = 0;
        for line in file.lines().filter(|line| !line.is_empty()) {
            let (text, label) = line.rsplit_once('\t').expect("text TAB label");
            let lang = readers.language.language(text, None);
            let shares = readers.sentiment.sentiment(text, lang.as_deref(), &SubjectContext::default());
            unread += usize::from(shares.is_none());
            table.0[sentiment_named(label)][likeliest(shares)] += 1;
        }
        let recalls: Vec<String> = (0..3).map(|class| format!("{:.3}", table.recall(class))).collect();
        writeln!(
            out,
            "sentiment: macro-recall {:.3} macro-F1 {:.3} recalls {recalls:?} without a reading {unread}",
            table.mean(Table::recall),
            table.mean(Table::f1)
        )
        .expect("stderr");
        assert!(table.mean(Table::recall) > 0.5);
    }
    let path = std::env::var("GOODWORD_INTENTS").expect("GOODWORD_INTENTS names a file");
    let file = std::fs::read_to_string(path).expect("GOODWORD_INTENTS can be read");
    let (mut intents, mut sentiments, mut about) = (Table([[0; 5]; 5]), Table([[0; 3]; 3]), Table([[0; 2]; 2]));
    let (mut lines, mut twofold, mut unread) = (0, 0, 0);
    let started = std::time::Instant::now();
    for line in file.lines().filter(|line| !line.is_empty()) {
        let post: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let (text, name) = (post["text"].as_str().expect("text"), post["brand"].as_str().expect("brand"));
        let subject = SubjectContext { name, ..SubjectContext::default() };
        let lang = readers.language.language(text, None);
        let lang = lang.as_deref();
        let shares = readers.sentiment.sentiment(text, lang, &subject);
        let found = readers.intent.intents(text, lang, shares.as_ref(), &subject);
        let is_about = post["about_brand"].as_bool().expect("about_brand");
        about.0[usize::from(is_about)][usize::from(readers.about.about(text, lang, &subject))] += 1;
        lines += 1;
        if is_about {
            let wanted = Intent::ALL.iter().position(|intent| intent.name() == post["intent"]).expect("an intent");
            intents.0[wanted][found.primary() as usize] += 1;
            sentiments.0[sentiment_named(post["sentiment"].as_str().expect("sentiment"))][likeliest(shares)] += 1;
            twofold += usize::from(found.iter().count() > 1);
            unread += usize::from(shares.is_none());
        }
    }
    let each = started.elapsed() / lines;
    let f1s: Vec<String> =
        (0..5).map(|class| format!("{} {:.2}", Intent::ALL[class].name(), intents.f1(class))).collect();
    writeln!(
        out,
        "intent: macro-F1 {:.3} {f1s:?} two intents {twofold}\nsentiment towards the brand: macro-recall {:.3} macro-F1 \
         {:.3} without a reading {unread}\nabout: F1 of not-about {:.3} macro {:.3} recall of about {:.3}\nall four readers: {each:?} a post",
        intents.mean(Table::f1),
        sentiments.mean(Table::recall),
        sentiments.mean(Table::f1),
        about.f1(0),
        about.mean(Table::f1),
        about.recall(1),
    )
    .expect("stderr");
    assert!(intents.mean(Table::f1) > 0.5);
}
