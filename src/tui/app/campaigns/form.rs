//! What a person writes of a campaign: which posts it is made of, or what was paid.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::{Campaign, CampaignChange, CampaignId, Money, Paid, Terms, Timestamp};
use crate::engine::campaigns::paid;
use crate::tui::app::context::Context;
use crate::tui::app::msg::Typing;
use crate::tui::app::prompt::{Prompt, Typed};
use crate::watch::Query;

/// The lines of a form, each with what it is for.
const LINES: [(&str, &str); 6] = [
    ("name", "as you call it"),
    ("hashtags", "such as: #winterride #warm"),
    ("words", "a query: \"winter ride\" OR warmth"),
    ("accounts", "yours; empty: all of them"),
    ("first day", "such as 2026-11-01; empty: with its first post"),
    ("last day", "empty: not yet"),
];

/// What is written.
#[derive(Debug, Clone, PartialEq)]
enum What {
    /// A campaign; which one, and the queries that it has besides the one that can be changed.
    Terms(Option<CampaignId>, Vec<String>),
    /// What was paid of a campaign, and what it promised.
    Paid(CampaignId, Vec<Money>),
}

/// Lines that a person fills in.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    what: What,
    title: String,
    lines: Vec<(&'static str, &'static str, Prompt)>,
    index: usize,
    refused: Option<String>,
}

/// What a key on a form leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Nothing outside.
    Stay,
    /// It goes away.
    Close,
    /// This is to be done.
    Do(Box<CampaignChange>),
}

impl Form {
    /// For a campaign that is not there yet.
    pub fn new() -> Self {
        Self::terms(None, &Terms::default(), &TimeZone::UTC, "New campaign".to_owned())
    }

    /// For one that is.
    pub fn edit(campaign: &Campaign, context: &Context) -> Self {
        Self::terms(Some(campaign.id), &campaign.terms, context.zone(), "Change the campaign".to_owned())
    }

    fn terms(id: Option<CampaignId>, terms: &Terms, zone: &TimeZone, title: String) -> Self {
        let date = |at: Timestamp| at.to_zoned(zone.clone()).date().to_string();
        let tags: Vec<String> = terms.tags.iter().map(|tag| format!("#{tag}")).collect();
        let end = terms.until.and_then(|until| until.checked_sub(jiff::SignedDuration::from_secs(1)).ok());
        let texts = [
            terms.name.clone(),
            tags.join(" "),
            terms.words.first().cloned().unwrap_or_default(),
            terms.accounts.join(" "),
            terms.since.map(date).unwrap_or_default(),
            end.map(date).unwrap_or_default(),
        ];
        let lines = LINES.iter().zip(texts).map(|((label, example), text)| (*label, *example, Prompt::with(&text)));
        let rest = terms.words.iter().skip(1).cloned().collect();
        Self { what: What::Terms(id, rest), title, lines: lines.collect(), index: 0, refused: None }
    }

    /// For what was paid.
    pub fn paid(campaign: &Campaign, promised: &[Money]) -> Self {
        let text = match &campaign.paid {
            Paid::Nothing => String::new(),
            Paid::Part(sum) => sum.to_string(),
            Paid::Whole => "all".to_owned(),
        };
        let lines = vec![("paid so far", "all in all: 62,000 USD, or \"all\" for the whole", Prompt::with(&text))];
        let title = format!("Paid for {}", crate::domain::SafeText::line(&campaign.terms.name, 40));
        Self { what: What::Paid(campaign.id, promised.to_vec()), title, lines, index: 0, refused: None }
    }

    /// Its heading.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The line that is written on.
    pub fn prompt(&self) -> Option<&Prompt> {
        self.lines.get(self.index).map(|(_, _, prompt)| prompt)
    }

    /// Its lines: what each is for, an example, and what is written.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str, &Prompt)> {
        self.lines.iter().map(|(label, example, prompt)| (*label, *example, prompt))
    }

    /// The line that is being written.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why it was refused.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing, context: &Context) -> Step {
        let last = self.lines.len().saturating_sub(1);
        let Some((_, _, prompt)) = self.lines.get_mut(self.index) else { return Step::Close };
        match prompt.type_in(typing) {
            Typed::Changed => self.refused = None,
            Typed::Kept => {}
            Typed::Previous => self.index = self.index.saturating_sub(1),
            Typed::Next => self.index = (self.index + 1).min(last),
            Typed::Cancel => return Step::Close,
            Typed::Submit => match self.change(context) {
                Ok(change) => return Step::Do(Box::new(change)),
                Err((line, why)) => (self.index, self.refused) = (line, Some(why)),
            },
        }
        Step::Stay
    }

    fn text(&self, line: usize) -> &str {
        self.lines.get(line).map_or("", |(_, _, prompt)| prompt.text().trim())
    }

    /// The change that is written; else which line is wrong, and why.
    fn change(&self, context: &Context) -> Result<CampaignChange, (usize, String)> {
        match &self.what {
            What::Paid(id, promised) => {
                let paid = paid::read(self.text(0)).and_then(|paid| paid::against(paid, promised));
                let paid = paid.map_err(|why| (0, why))?;
                Ok(CampaignChange::Pay(*id, paid))
            }
            What::Terms(id, rest) => Ok(CampaignChange::Save(*id, self.read(rest, context.zone())?)),
        }
    }

    fn read(&self, rest: &[String], zone: &TimeZone) -> Result<Terms, (usize, String)> {
        let name = self.text(0).to_owned();
        if name.is_empty() {
            return Err((0, "it needs a name".to_owned()));
        }
        let mut tags = Vec::new();
        for word in self.text(1).split([' ', ',']).filter(|word| !word.is_empty()) {
            let tag = word.trim_start_matches(['#', '＃']);
            let fits = tag.chars().all(|c| c.is_alphanumeric() || c == '_') && tag.chars().any(char::is_alphanumeric);
            if !fits {
                return Err((1, format!("\"{word}\" is no hashtag")));
            }
            tags.push(tag.to_owned());
        }
        let mut words = Vec::new();
        if !self.text(2).is_empty() {
            Query::parse(self.text(2)).map_err(|error| (2, error.to_string()))?;
            words.push(self.text(2).to_owned());
        }
        words.extend(rest.iter().cloned());
        let accounts = self.text(3).split([' ', ',']).filter(|word| !word.is_empty());
        let accounts = accounts.map(|word| word.trim_start_matches('@').to_owned()).collect();
        let (first, last) = (self.date(4)?, self.date(5)?);
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            return Err((5, "it ends before it begins".to_owned()));
        }
        let midnight = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        let until = last.and_then(|date| date.tomorrow().ok()).and_then(&midnight);
        let terms = Terms { name, tags, words, accounts, since: first.and_then(midnight), until };
        if terms.says_something() {
            Ok(terms)
        } else {
            Err((1, "say which posts it is made of: hashtags, words, accounts or days".to_owned()))
        }
    }

    fn date(&self, line: usize) -> Result<Option<Date>, (usize, String)> {
        let text = self.text(line);
        if text.is_empty() {
            return Ok(None);
        }
        let date = text.parse::<Date>();
        date.map(Some).map_err(|_| (line, format!("\"{text}\" is no day: write it as 2026-11-30")))
    }
}

impl Default for Form {
    fn default() -> Self {
        Self::new()
    }
}
