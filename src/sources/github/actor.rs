//! Who wrote something, and whether it speaks to us.

use crate::domain::Author;

use super::shapes::User;

/// Somebody as an author. Nobody for accounts that are gone.
pub(super) fn author(user: Option<&User>) -> Author {
    let Some(user) = user else { return Author::default() };
    Author {
        native_id: user.id.map(|id| id.to_string()),
        handle: Some(user.login.clone()).filter(|login| !login.is_empty()),
        name: user.name.clone().filter(|name| !name.is_empty()),
        followers: user.followers,
    }
}

/// Whether it is us: by the id of the account.
pub(super) fn is_me(user: Option<&User>, me: Option<&User>) -> bool {
    matches!((user.and_then(|user| user.id), me.and_then(|me| me.id)), (Some(one), Some(other)) if one == other)
}

/// Whether a text names this account (`@login`).
pub(super) fn names(text: &str, login: &str) -> bool {
    if login.is_empty() {
        return false;
    }
    let (text, wanted) = (text.to_ascii_lowercase(), format!("@{}", login.to_ascii_lowercase()));
    let part_of_name = |sign: char| sign.is_alphanumeric() || sign == '-' || sign == '_';
    text.match_indices(&wanted).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        // `@login/team` is a team, `a@login` an address of mail.
        !before.is_some_and(part_of_name) && !after.is_some_and(|sign| part_of_name(sign) || sign == '/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_name() {
        for text in ["@ferris look", "hey @Ferris!", "(@ferris)", "@ferris's"] {
            assert!(names(text, "ferris"), "{text}");
        }
        for text in ["@ferris-bikes", "ana@ferris.example", "@ferris/support", "ferris", "@ferri", "@ferris2"] {
            assert!(!names(text, "ferris"), "{text}");
        }
        assert!(!names("@ anything", ""));
    }
}
