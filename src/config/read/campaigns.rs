//! Named sets of our own posts.

use jiff::civil::Date;
use toml::Spanned;

use super::{Names, subjects};
use crate::config::error::ErrorKind;
use crate::config::reader::Reader;
use crate::config::schema::{self, nearest};
use crate::config::section::Section;
use crate::config::settings::{Campaign, Watch};

pub(super) fn campaigns(reader: &Reader<'_>, watches: &[Watch]) -> Vec<Campaign> {
    let mut names = Names::new("campaign", reader);
    let sections = reader.sections(schema::CAMPAIGN);
    let campaigns = sections.iter().filter_map(|section| {
        let name = section.required("name", "\"Winter ride\"");
        if let Some(name) = &name {
            names.add(name.get_ref().trim(), reader.place(name), &section.path("name"));
        }
        let given = ["tags", "words", "watch", "accounts", "since", "until"].iter().any(|key| section.has(key));
        if !given {
            let message = "a campaign says which posts are its own".to_owned();
            section.complain_missing("tags", message, "tags = [\"winterride\"], or words, accounts or dates");
        }
        let (since, until) = dates(section);
        Some(Campaign {
            tags: tags(section),
            words: words(section, watches),
            accounts: subjects::accounts(section, "accounts"),
            since,
            until,
            name: name?.into_inner().trim().to_owned(),
        })
    });
    campaigns.collect()
}

/// Hashtags, without the sign.
fn tags(section: &Section<'_>) -> Vec<String> {
    let mut tags = Vec::new();
    for text in section.texts("tags") {
        match tag(text.get_ref()) {
            Some(tag) => tags.push(tag),
            None => section.refuse(
                "tags",
                &text,
                format!("\"{}\" is no hashtag", text.get_ref()),
                "write one word of letters, digits and underscores, as in \"winterride\"",
            ),
        }
    }
    tags
}

/// A hashtag without its sign; `None` when it is none.
fn tag(text: &str) -> Option<String> {
    let tag = text.trim().trim_start_matches(['#', '＃']);
    let fits = tag.chars().all(|c| c.is_alphanumeric() || c == '_') && tag.chars().any(char::is_alphanumeric);
    fits.then(|| tag.to_owned())
}

/// Its own query, and that of the watch that it names.
fn words(section: &Section<'_>, watches: &[Watch]) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(query) = section.text("words") {
        subjects::judge_words(section, "words", &query);
        words.push(query.into_inner());
    }
    let Some(watch) = section.text("watch") else { return words };
    let known = || watches.iter().map(|watch| watch.name.as_str());
    match watches.iter().find(|one| one.name.to_lowercase() == watch.get_ref().to_lowercase()) {
        Some(found) => words.push(found.query.clone()),
        None => {
            let help = match nearest(watch.get_ref(), known()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "name one of the [[watch]]es".to_owned(),
            };
            section.refuse("watch", &watch, format!("there is no watch \"{}\"", watch.get_ref()), help);
        }
    }
    words
}

/// First and last day.
fn dates(section: &Section<'_>) -> (Option<Date>, Option<Date>) {
    let date = |key: &str| {
        let text: Spanned<String> = section.text(key)?;
        let date = text.get_ref().trim().parse::<Date>().ok();
        if date.is_none() {
            section.refuse(key, &text, format!("\"{}\" is no day", text.get_ref()), "write it as \"2026-11-30\"");
        }
        Some((date?, section.reader.place(&text)))
    };
    let (since, until) = (date("since"), date("until"));
    if let (Some((since, _)), Some((until, place))) = (&since, &until)
        && until < since
    {
        let message = "the campaign ends before it begins";
        section.reader.complain(ErrorKind::BadValue, *place, &section.path("until"), message, "swap the two days");
    }
    (since.map(|(day, _)| day), until.map(|(day, _)| day))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, Document};

    fn read(campaign: &str) -> Result<Config, String> {
        let text =
            format!("[brand]\nname = \"Ferris\"\n[[watch]]\nname = \"ride\"\nquery = 'ride'\n[[campaign]]\n{campaign}");
        Config::parse(Document::new(Path::new("config.toml"), text)).map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_campaign_is_read_with_its_days_as_midnights() {
        let config = read(
            "name = \"Winter ride\"\ntags = [\"#WinterRide\"]\nwords = 'warm OR cold'\nwatch = \"Ride\"\n\
             accounts = [\"@ferris\"]\nsince = \"2026-11-01\"\nuntil = \"2026-11-30\"\n[screen]\ntime_zone = \"UTC\"\n",
        );
        let config = config.unwrap();
        let terms = &config.campaign_terms()[0];
        assert_eq!((terms.tags.as_slice(), terms.words.len()), (["WinterRide".to_owned()].as_slice(), 2));
        assert_eq!((terms.words[1].as_str(), terms.accounts[0].as_str()), ("ride", "ferris"));
        assert_eq!(terms.since.unwrap().to_string(), "2026-11-01T00:00:00Z");
        assert_eq!(terms.until.unwrap().to_string(), "2026-12-01T00:00:00Z", "the last day is part of it");
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        for (campaign, place, told) in [
            ("name = \"x\"\n", ":6:1 ", "which posts are its own"),
            ("name = \"x\"\ntags = [\"winter ride\"]\n", ":8:9 ", "is no hashtag"),
            ("name = \"x\"\nwords = 'ride ('\n", ":8:", "the query is refused"),
            ("name = \"x\"\nwatch = \"rdie\"\n", ":8:9 ", "did you mean \"ride\"?"),
            ("name = \"x\"\nsince = \"1.11.2026\"\n", ":8:9 ", "is no day"),
            ("name = \"x\"\nsince = \"2026-11-02\"\nuntil = \"2026-11-01\"\n", ":9:9 ", "ends before it begins"),
            ("name = \"x\"\ntag = [\"a\"]\n", ":8:1 ", "did you mean `tags`?"),
            ("name = \"x\"\nhashtags = [\"a\"]\n", ":8:1 ", "did you mean `tags`?"),
            ("name = \"x\"\ntags = [\"a\"]\nend = \"2026-11-30\"\n", ":9:1 ", "did you mean `until`?"),
            ("tags = [\"a\"]\n", ":6:1 ", "needs `name`"),
            (
                "name = \"x\"\ntags = [\"a\"]\n[[campaign]]\nname = \"X\"\ntags = [\"b\"]\n",
                ":10:8 ",
                "already, in line 7",
            ),
        ] {
            let errors = read(campaign).unwrap_err();
            assert!(errors.contains(told) && errors.contains(&format!("config.toml{place}")), "{campaign}{errors}");
        }
    }
}
