//! The brand, its rivals, and the queries that find them.

use toml::Spanned;

use super::Names;
use crate::config::derive::query_for;
use crate::config::error::ErrorKind;
use crate::config::place::Place;
use crate::config::reader::Reader;
use crate::config::schema::{self, nearest};
use crate::config::section::Section;
use crate::config::settings::{Brand, Rival, Watch};
use crate::config::strings::quote;
use crate::domain::BrandSize;
use crate::watch::{Query, QueryError};

/// A subject, and where its name stands.
struct Named {
    name: String,
    handles: Vec<String>,
    place: Place,
    key: String,
}

/// The brand and its rivals.
pub(super) struct Subjects {
    /// Nameless when the file names none; that was complained about.
    pub(super) brand: Brand,
    pub(super) rivals: Vec<Rival>,
    /// Those that have a name, the brand first.
    named: Vec<Named>,
}

impl Subjects {
    /// The names of the brand and of its rivals.
    pub(super) fn names(&self) -> Vec<String> {
        self.named.iter().map(|named| named.name.clone()).collect()
    }
}

const SIZES: [(&str, BrandSize); 5] = [
    ("solo", BrandSize::Solo),
    ("small", BrandSize::Small),
    ("medium", BrandSize::Medium),
    ("large", BrandSize::Large),
    ("enterprise", BrandSize::Enterprise),
];

pub(super) fn subjects(reader: &Reader<'_>) -> Subjects {
    let mut names = Names::new("subject", reader);
    let mut named = Vec::new();
    let mut subject = |section: &Section<'_>, example: &str| {
        let text = section.required("name", example);
        let handles = handles(section);
        let name = text?;
        let (place, key) = (reader.place(&name), section.path("name"));
        let name = name.into_inner();
        names.add(&name, place, &key);
        named.push(Named { name: name.clone(), handles: handles.clone(), place, key });
        Some((name, handles))
    };
    let section = reader.section(schema::BRAND);
    if !reader.has(schema::BRAND) {
        let empty = reader.document.text().trim().is_empty();
        let message = if empty { "the file is empty" } else { "there is no section [brand]" };
        let help = "add a line [brand] and below it name = \"Ferris Bikes\"; `goodword init` writes a whole file";
        reader.complain(ErrorKind::MissingKey, Place::START, "brand", message, help);
    }
    let (name, handles) = section.as_ref().and_then(|section| subject(section, "\"Ferris Bikes\"")).unwrap_or_default();
    let size = section.as_ref().and_then(|section| section.choice("size", &SIZES)).unwrap_or_default();
    let people = section.as_ref().map(people).unwrap_or_default();
    let rivals = reader
        .sections(schema::RIVAL)
        .iter()
        .filter_map(|section| subject(section, "\"Rival Wheels\""))
        .map(|(name, handles)| Rival { name, handles })
        .collect();
    Subjects { brand: Brand { name, size, handles, people }, rivals, named }
}

/// Accounts of the brand's own people: a handle, or a network and a handle or native id.
fn people(section: &Section<'_>) -> Vec<String> {
    let bare = |text: Spanned<String>| text.into_inner().trim().trim_start_matches('@').to_owned();
    section.texts("people").into_iter().map(bare).collect()
}

pub(super) fn handles(section: &Section<'_>) -> Vec<String> {
    accounts(section, "handles")
}

/// A list of account names.
pub(super) fn accounts(section: &Section<'_>, key: &str) -> Vec<String> {
    let mut handles = Vec::new();
    for text in section.texts(key) {
        let handle = text.get_ref().trim().trim_start_matches('@');
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
        let named = handle.chars().any(char::is_alphanumeric) && handle.matches('@').count() <= 1;
        if !named || !handle.chars().all(allowed) {
            let message = format!("\"{}\" is no account name", text.get_ref());
            section.refuse(
                key,
                &text,
                message,
                "write the bare name, as in \"ferrisbikes\" or \"ferris@hachyderm.io\"",
            );
        } else {
            handles.push(handle.to_owned());
        }
    }
    handles
}

pub(super) fn watches(reader: &Reader<'_>, subjects: &Subjects) -> Vec<Watch> {
    let mut names = Names::new("watch", reader);
    let mut watches: Vec<Watch> = reader
        .sections(schema::WATCH)
        .iter()
        .filter_map(|section| {
            let name = section.required("name", "\"complaints\"");
            if let Some(name) = &name {
                names.add(name.get_ref(), reader.place(name), &section.path("name"));
            }
            let query = section.required("query", "'\"Ferris Bikes\" OR #ferrisbikes'");
            if let Some(query) = &query {
                judge_query(section, query);
            }
            let context = section.texts("context").into_iter().map(Spanned::into_inner).collect();
            let subject = subject_of(section, subjects);
            Some(Watch { name: name?.into_inner(), subject, query: query?.into_inner(), context, derived: false })
        })
        .collect();
    for Named { name, handles, place, key } in &subjects.named {
        if watches.iter().any(|watch| watch.subject == *name) {
            continue;
        }
        match query_for(name, handles) {
            Ok(query) => watches.push(Watch {
                name: free_name(name, &watches),
                subject: name.clone(),
                query,
                context: Vec::new(),
                derived: true,
            }),
            Err(error) => {
                let message = format!("no query can be made of this name: {}", error.message);
                let help = format!("give it a [[watch]] of its own, with subject = {}", quote(name));
                reader.complain(ErrorKind::BadQuery, *place, key, message, help);
            }
        }
    }
    watches
}

/// A name for a derived watch that no watch of the file has.
fn free_name(name: &str, watches: &[Watch]) -> String {
    let mut free = name.to_owned();
    while watches.iter().any(|watch| watch.name.to_lowercase() == free.to_lowercase()) {
        free.push_str(" (by name)");
    }
    free
}

fn judge_query(section: &Section<'_>, query: &Spanned<String>) {
    judge_words(section, "query", query);
}

/// Complains about a query that is refused, at its place.
pub(super) fn judge_words(section: &Section<'_>, key: &str, query: &Spanned<String>) {
    if let Err(error) = Query::parse(query.get_ref()) {
        refuse_query(section, key, query, error);
    }
}

/// Brings an error of the query language to its place in the file.
fn refuse_query(section: &Section<'_>, key: &str, query: &Spanned<String>, error: QueryError) {
    let place = section.place_within(query, error.column.saturating_sub(1), error.width);
    let message = format!("the query is refused: {}", error.message);
    section.reader.complain(ErrorKind::BadQuery, place, &section.path(key), message, error.help);
}

fn subject_of(section: &Section<'_>, subjects: &Subjects) -> String {
    let Some(subject) = section.text("subject") else { return subjects.brand.name.clone() };
    let known = || subjects.named.iter().map(|named| named.name.as_str());
    let name = subject.get_ref();
    if let Some(found) = known().find(|known| known.to_lowercase() == name.to_lowercase()) {
        return found.to_owned();
    }
    let message = format!("there is no subject \"{name}\"");
    let help = match nearest(name, known()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!(
            "it must be the brand or a [[rival]]: {}",
            known().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
        ),
    };
    section.refuse("subject", &subject, message, help);
    name.clone()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::document::Document;

    /// What is said when the query language refuses `width` characters from `column` on.
    fn refused(line: &str, column: usize, width: usize) -> String {
        let document = Document::new(Path::new("config.toml"), format!("[[watch]]\n{line}\n"));
        let reader = Reader::new(&document).unwrap_or_else(|errors| panic!("{errors:?}"));
        let section = &reader.sections(schema::WATCH)[0];
        let query = section.text("query").unwrap();
        let error =
            QueryError { column, width, message: "a group is not closed".into(), help: "add a parenthesis".into() };
        refuse_query(section, "query", &query, error);
        let errors = reader.errors();
        format!("\n{}", errors[0])
    }

    #[test]
    fn a_query_error_points_into_its_string() {
        let expected = r#"
error: the query is refused: a group is not closed
 --> config.toml:2:31 (watch[1].query)
  |
2 | query = "\"Ferris Bikes\" AND (chain"
  |                               ^^^^^^
  = add a parenthesis"#;
        assert_eq!(refused(r#"query = "\"Ferris Bikes\" AND (chain""#, 20, 6), expected);
    }

    #[test]
    fn the_end_of_a_query_is_its_closing_quote() {
        let told = refused("query = 'ferris ('", 10, 1);
        assert!(told.contains(":2:18 "), "{told}");
        let told = refused("query = 'ferris'", 99, 5);
        assert!(told.contains(":2:16 "), "{told}");
    }

    #[test]
    fn a_query_over_several_lines_keeps_its_line() {
        let told = refused("query = \"\"\"\nferris\nNEAR/x bike\"\"\"", 8, 6);
        assert!(told.contains("config.toml:4:1 ") && told.contains("4 | NEAR/x bike"), "{told}");
    }
}
