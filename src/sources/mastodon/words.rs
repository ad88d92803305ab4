//! The words of what we publish: whom it addresses, and whether what stands at the server is it.

/// The text with the author of what it answers in front, unless they are named in it already.
pub(super) fn addressed(text: &str, acct: &str) -> String {
    let acct = acct.trim().trim_start_matches('@');
    if acct.is_empty() || names(text, acct) { text.to_owned() } else { format!("@{acct} {text}") }
}

/// Whether the text names the account: in full, or by its name alone where the server's own are meant.
fn names(text: &str, acct: &str) -> bool {
    let acct = acct.to_lowercase();
    handles(text).any(|handle| {
        let handle = handle.to_lowercase();
        // `@ana` in the text is somebody of the own server and not `ana@elsewhere`.
        handle == acct || (!acct.contains('@') && handle.split('@').next() == Some(acct.as_str()))
    })
}

/// The handles that a text names, without the first `@`.
fn handles(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| sign.is_whitespace() || "()[]{}<>,;:!?\"'“”„’".contains(sign))
        .filter_map(|word| word.strip_prefix('@'))
        .map(|word| word.trim_end_matches(['.', '-', '_']))
        .filter(|word| !word.is_empty())
}

/// Whether two texts say the same, however a server has marked them up: it shortens handles, makes links, drops the
/// signs of its mark-up and tidies white space. Compared are letters and digits outside of handles; where there are
/// none, all signs.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (essence(one), essence(other));
    one == other && !one.is_empty()
}

/// Whether a text goes on after the same beginning: a server, or we, put an address below it.
pub(super) fn begins(whole: &str, beginning: &str) -> bool {
    let beginning = essence(beginning);
    !beginning.is_empty() && essence(whole).starts_with(&beginning)
}

fn essence(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.starts_with('@'));
    let plain: String = words.clone().flat_map(str::chars).filter(|sign| sign.is_alphanumeric()).collect();
    if plain.is_empty() { words.flat_map(str::chars).collect() } else { plain.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_answered_is_named_once() {
        assert_eq!(addressed("Sorry!", "ana@hachyderm.io"), "@ana@hachyderm.io Sorry!");
        assert_eq!(addressed("Sorry!", "ana"), "@ana Sorry!");
        for named in ["@ana@hachyderm.io Sorry!", "Sorry, @Ana@hachyderm.io!", "(@ana@hachyderm.io)"] {
            assert_eq!(addressed(named, "ana@hachyderm.io"), named);
        }
        assert_eq!(addressed("@ana@social.example hi", "ana"), "@ana@social.example hi");
        assert_eq!(addressed("@ana hi", "ana@hachyderm.io"), "@ana@hachyderm.io @ana hi");
        assert_eq!(addressed("@anastasia hi", "ana"), "@ana @anastasia hi");
        assert_eq!(addressed("mail ana@hachyderm.io", "ana@hachyderm.io"), "@ana@hachyderm.io mail ana@hachyderm.io");
        assert_eq!(addressed("Sorry!", ""), "Sorry!");
    }

    #[test]
    fn mark_up_makes_no_other_text() {
        assert!(same("@ana@a.example Sorry! See https://a.example/x?y=1", "@ana Sorry! See https://a.example/x?y=1"));
        assert!(same("*Really* sorry\n\n- one", "Really sorry - one"));
        assert!(same("🙏", " 🙏 "));
        assert!(!same("Sorry!", "Sorry, no."));
        assert!(!same("🙏", "👍"));
        assert!(!same("@ana", "@bob"));
    }
}
