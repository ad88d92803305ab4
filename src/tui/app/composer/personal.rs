//! The words for one person as a beginning for the next: handle and name are theirs, everything else stays.
//!
//! Nobody is ever called by another's name: where the next one has no handle or no name that is known, a blank stands
//! in its place, which must be filled before it can be sent.

/// How a person is addressed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// `@handle`.
    pub handle: Option<String>,
    /// The name that they gave themselves, where it is not just their handle.
    pub name: Option<String>,
}

impl Person {
    /// The first of several names, which is how people are addressed. `None` when the name is one word, or when what
    /// comes first is no word.
    fn first(&self) -> Option<&str> {
        let (first, rest) = self.name.as_deref()?.split_once(' ')?;
        let word = first.chars().count() > 1 && first.chars().all(char::is_alphabetic);
        (word && !rest.trim().is_empty()).then_some(first)
    }
}

/// How strictly words must stand for themselves to be taken for a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A blank: as it is.
    Blank,
    /// A handle: no part of a longer one.
    Handle,
    /// A name: a word of its own.
    Name,
    /// A name that is an ordinary word too: only where somebody is addressed.
    Address,
}

#[derive(Debug)]
struct Swap {
    from: String,
    to: String,
    kind: Kind,
}

/// Names that are words too: "Will you write to us?" is no address.
const WORDS: [&str; 36] = [
    "a", "an", "and", "are", "art", "at", "be", "bill", "bike", "faith", "for", "frank", "grace", "hope", "i", "in",
    "is", "it", "joy", "mark", "may", "my", "new", "no", "not", "on", "our", "rose", "so", "that", "the", "this", "to",
    "we", "will", "you",
];

/// The words that were meant for `from`, meant for `to`.
pub fn personalise(text: &str, from: &Person, to: &Person) -> String {
    let swaps = swaps(from, to);
    let mut words = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let found = swaps.iter().find(|swap| swap.fits(before, rest));
        let taken = match found {
            Some(swap) => {
                words.push_str(&swap.to);
                swap.from.len()
            }
            None => {
                words.push(sign);
                sign.len_utf8()
            }
        };
        let (gone, left) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        before = gone.chars().next_back();
        rest = left;
    }
    words
}

/// What is replaced by what, the longest first.
fn swaps(from: &Person, to: &Person) -> Vec<Swap> {
    let handle = to.handle.clone().unwrap_or_else(|| "{handle}".to_owned());
    let bare = to.handle.as_deref().map_or("{handle}", |handle| handle.trim_start_matches('@')).to_owned();
    let name = to.name.clone().unwrap_or_else(|| "{name}".to_owned());
    let first = to.first().map_or_else(|| name.clone(), str::to_owned);
    let mut swaps = vec![
        Swap { from: "{handle}".to_owned(), to: handle.clone(), kind: Kind::Blank },
        Swap { from: "{name}".to_owned(), to: name.clone(), kind: Kind::Blank },
    ];
    if let Some(theirs) = &from.handle {
        let plain = theirs.trim_start_matches('@');
        if plain.contains(['.', '@']) {
            swaps.push(Swap { from: plain.to_owned(), to: bare, kind: Kind::Handle });
        } else if from.name.is_none() && !is_ordinary(plain) {
            // Without a name, people are called by their handle; with one, it may be any word ("chain").
            swaps.push(Swap { from: plain.to_owned(), to: bare, kind: Kind::Address });
        }
        if let Some((local, _)) = plain.split_once('@') {
            swaps.push(Swap { from: format!("@{local}"), to: handle.clone(), kind: Kind::Handle });
        }
        swaps.push(Swap { from: theirs.clone(), to: handle, kind: Kind::Handle });
    }
    if let Some(theirs) = &from.name {
        swaps.push(Swap { from: theirs.clone(), to: name, kind: named(theirs) });
    }
    if let Some(theirs) = from.first() {
        swaps.push(Swap { from: theirs.to_owned(), to: first, kind: named(theirs) });
    }
    swaps.retain(|swap| !swap.from.trim_matches('@').is_empty());
    // Of the same words, what was put in first counts: a name before a first name.
    swaps.sort_by_key(|swap| std::cmp::Reverse(swap.from.len()));
    swaps
}

fn named(name: &str) -> Kind {
    if name.chars().count() < 3 || is_ordinary(name) { Kind::Address } else { Kind::Name }
}

fn is_ordinary(name: &str) -> bool {
    WORDS.contains(&name.to_lowercase().as_str())
}

fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

impl Swap {
    fn fits(&self, before: Option<char>, rest: &str) -> bool {
        let Some(after) = rest.strip_prefix(self.from.as_str()) else { return false };
        let mut behind = after.chars();
        let next = behind.next();
        let apart =
            !before.is_some_and(|sign| is_of_word(sign) || matches!(sign, '/' | '@')) && !next.is_some_and(is_of_word);
        match self.kind {
            Kind::Blank => true,
            Kind::Handle => {
                let goes_on = matches!(next, Some('.' | '-')) && behind.next().is_some_and(is_of_word);
                apart && next != Some('@') && !goes_on
            }
            Kind::Name => apart && next != Some('@'),
            Kind::Address => {
                let ends = after.trim_start_matches(' ').chars().next();
                apart && ends.is_none_or(|sign| matches!(sign, ',' | '!' | '?' | '.' | ':' | ';' | '\n'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(handle: &str, name: &str) -> Person {
        let known = |words: &str| Some(words.to_owned()).filter(|words| !words.is_empty());
        Person { handle: known(handle), name: known(name) }
    }

    fn ana() -> Person {
        person("@ana@hachyderm.io", "Ana Example")
    }

    #[test]
    fn handle_and_name_are_the_next_one_s_and_the_rest_stays() {
        let lou = person("@lou.bsky.social", "Lou Petit");
        for (text, expected) in [
            ("@ana@hachyderm.io Hi Ana, sorry!", "@lou.bsky.social Hi Lou, sorry!"),
            ("@ana sorry. Ana's chain, Ana", "@lou.bsky.social sorry. Lou's chain, Lou"),
            ("Dear Ana Example: banana, Anatol, @anatol", "Dear Lou Petit: banana, Anatol, @anatol"),
            ("write to ana@hachyderm.io.", "write to lou.bsky.social."),
            (
                "see https://x.example/Ana and @ana@hachyderm.io.example",
                "see https://x.example/Ana and @ana@hachyderm.io.example",
            ),
            ("{handle} and {name} and {link}", "@lou.bsky.social and Lou Petit and {link}"),
        ] {
            assert_eq!(personalise(text, &ana(), &lou), expected);
        }
    }

    #[test]
    fn who_has_no_name_leaves_a_blank_and_never_another_s() {
        let nameless = person("@kvs", "");
        assert_eq!(personalise("@ana@hachyderm.io Hi Ana!", &ana(), &nameless), "@kvs Hi {name}!");
        assert_eq!(personalise("@ana Hi", &ana(), &person("", "Kim")), "{handle} Hi");
        assert_eq!(personalise("@kvs Hi {name}!", &nameless, &ana()), "@ana@hachyderm.io Hi Ana Example!");
    }

    #[test]
    fn a_name_that_is_a_word_too_counts_only_as_an_address() {
        let will = person("@will", "Will Doe");
        let ana = ana();
        assert_eq!(
            personalise("Will you write, Will? Hi Will, we will.", &will, &ana),
            "Will you write, Ana? Hi Ana, we will."
        );
        assert_eq!(personalise("The chain. Hi The!", &person("", "The"), &ana), "The chain. Hi Ana Example!");
    }

    proptest! {
        #[test]
        fn any_words_survive_and_the_same_person_changes_nothing(text in "\\PC{0,60}", handle in "@[a-z@.]{1,12}", name in "\\PC{0,12}") {
            let one = person(&handle, name.trim());
            let _ = personalise(&text, &ana(), &one);
            if !text.contains('{') && one.name.is_some() && one.handle.as_ref().is_some_and(|handle| handle.matches('@').count() == 1) {
                prop_assert_eq!(personalise(&text, &one, &one), text);
            }
        }
    }
}
