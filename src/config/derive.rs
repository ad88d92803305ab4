//! The query that a subject gets when the file gives it none.

use crate::watch::{Query, QueryError};

/// A query for a subject: its name as a phrase, its name squeezed into a hashtag, its accounts. `Ferris Bikes`
/// with the account `ferris` gives `"Ferris Bikes" OR #FerrisBikes OR @ferris`.
///
/// # Errors
/// When the name holds nothing that can be searched for.
pub fn query_for(name: &str, handles: &[String]) -> Result<String, QueryError> {
    let mut terms = vec![crate::watch::phrase(name)];
    let tag: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if !tag.is_empty() && !tag.chars().all(char::is_numeric) {
        terms.push(format!("#{tag}"));
    }
    terms.extend(handles.iter().map(|handle| format!("@{handle}")));
    let query = terms.join(" OR ");
    Query::parse(&query).map(|_| query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_phrase_a_tag_and_accounts() {
        let handles = ["ferris".to_owned()];
        assert_eq!(query_for("Ferris Bikes", &handles).unwrap(), "\"Ferris Bikes\" OR #FerrisBikes OR @ferris");
        assert_eq!(query_for("Müller & Söhne", &[]).unwrap(), "\"Müller & Söhne\" OR #MüllerSöhne");
        assert_eq!(query_for("7 11", &[]).unwrap(), "\"7 11\"");
        assert_eq!(query_for("The \"Best\"\nBikes\\", &[]).unwrap(), "\"The Best Bikes\" OR #TheBestBikes");
    }
}
