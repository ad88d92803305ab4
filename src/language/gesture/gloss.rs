//! German, French and Spanish words of gifts and conditions, read as the English ones that cues and cap models know:
//! "höchstens 10.000 Euro" as "up to 10.000 euro", "pour chaque partage" as "for each share".
//!
//! A text is read so when it has at least two words of one of these languages that no English text has. Every word
//! keeps its place in the text, so what is shown is what was written.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::{Gap, Kind, Word, scan};

/// Phrases and the English for them, by language. A phrase that begins with `~` may stand in an English text as well
/// and does not speak for the language.
const GERMAN: &[(&str, &str)] = &[
    ("höchstens", "up to"),
    ("hoechstens", "up to"),
    ("maximal", "up to"),
    ("bis zu", "up to"),
    ("bis maximal", "up to"),
    ("bis höchstens", "up to"),
    ("bis wir", "until we"),
    ("erreichen", "reach"),
    ("erreicht haben", "reach"),
    ("insgesamt", "total"),
    ("solange der vorrat reicht", "while stocks last"),
    ("solange vorrat reicht", "while stocks last"),
    ("die ersten", "the first"),
    ("den ersten", "the first"),
    ("für", "for"),
    ("jeder", "each"),
    ("jeden", "each"),
    ("jedes", "each"),
    ("jede", "each"),
    ("jedem", "each"),
    ("~pro", "per"),
    ("wer", "whoever"),
    ("wenn", "if"),
    ("geteilten beitrag", "share"),
    ("geteilte beitrag", "share"),
    ("geteilter beitrag", "share"),
    ("geteilten post", "share"),
    ("geteilter post", "share"),
    ("teilen", "share"),
    ("teilt", "shares"),
    ("geteilt", "shared"),
    ("weiterleiten", "share"),
    ("kauf", "purchase"),
    ("einkauf", "purchase"),
    ("kauft", "buys"),
    ("kaufen", "buy"),
    ("gekaufte", "bought"),
    ("gekauften", "bought"),
    ("gekaufter", "bought"),
    ("bestellung", "order"),
    ("bestellungen", "orders"),
    ("bestellt", "orders"),
    ("verkaufte", "sold"),
    ("verkauften", "sold"),
    ("verkaufter", "sold"),
    ("verkauftes", "sold"),
    ("kommentar", "comment"),
    ("kommentare", "comments"),
    ("kommentiert", "comments"),
    ("kommentieren", "comment"),
    ("beitrag", "post"),
    ("folgt", "follows"),
    ("folgen", "follow"),
    ("anmeldung", "signup"),
    ("anmeldungen", "sign-ups"),
    ("registrierung", "signup"),
    ("anmelden", "sign up"),
    ("anmeldet", "signs up"),
    ("wir", "we"),
    ("spenden", "donate"),
    ("spende", "donation"),
    ("pflanzen", "plant"),
    ("verschenken", "give away"),
    ("schenken", "give"),
    ("geben", "give"),
    ("baum", "tree"),
    ("bäume", "trees"),
    ("einen", "a"),
    ("eine", "a"),
    ("ein", "a"),
    ("und", "and"),
];
const FRENCH: &[(&str, &str)] = &[
    ("jusqu'à concurrence de", "up to"),
    ("jusqu'à", "up to"),
    ("jusqu'a", "up to"),
    ("dans la limite de", "up to"),
    ("dans la limite des stocks disponibles", "while stocks last"),
    ("jusqu'à épuisement des stocks", "while stocks last"),
    ("au maximum", "up to"),
    ("au total", "total"),
    ("les premiers", "the first"),
    ("les premières", "the first"),
    ("aux premiers", "the first"),
    ("aux premières", "the first"),
    ("pour", "for"),
    ("chaque", "each"),
    ("~par", "per"),
    ("si", "if"),
    ("partage", "share"),
    ("partages", "shares"),
    ("partagé", "shared"),
    ("partagée", "shared"),
    ("partagez", "share"),
    ("achat", "purchase"),
    ("achats", "purchases"),
    ("acheté", "bought"),
    ("achetée", "bought"),
    ("achetez", "buy"),
    ("commande", "order"),
    ("commandes", "orders"),
    ("vendu", "sold"),
    ("vendue", "sold"),
    ("vendus", "sold"),
    ("vendues", "sold"),
    ("commentaire", "comment"),
    ("commentaires", "comments"),
    ("commentez", "comment"),
    ("abonné", "follower"),
    ("abonnés", "followers"),
    ("abonnée", "follower"),
    ("abonnez-vous", "follow"),
    ("abonnement à la newsletter", "newsletter signup"),
    ("inscription", "signup"),
    ("inscriptions", "sign-ups"),
    ("inscrivez-vous", "sign up"),
    ("nous", "we"),
    ("donnons", "donate"),
    ("donnerons", "donate"),
    ("reversons", "donate"),
    ("reverserons", "donate"),
    ("versons", "donate"),
    ("offrons", "give"),
    ("offrirons", "give"),
    ("plantons", "plant"),
    ("planterons", "plant"),
    ("arbre", "tree"),
    ("arbres", "trees"),
    ("un", "a"),
    ("une", "a"),
    ("et", "and"),
];
const SPANISH: &[(&str, &str)] = &[
    ("hasta agotar existencias", "while stocks last"),
    ("hasta fin de existencias", "while stocks last"),
    ("hasta un máximo de", "up to"),
    ("con un máximo de", "up to"),
    ("como máximo", "up to"),
    ("hasta", "up to"),
    ("en total", "total"),
    ("los primeros", "the first"),
    ("las primeras", "the first"),
    ("por", "for"),
    ("cada", "each"),
    ("si", "if"),
    ("compartido", "share"),
    ("compartidos", "shares"),
    ("compartir", "share"),
    ("comparte", "share"),
    ("retuit", "retweet"),
    ("retuits", "retweets"),
    ("publicación compartida", "share"),
    ("compra", "purchase"),
    ("compras", "purchases"),
    ("comprado", "bought"),
    ("comprada", "bought"),
    ("pedido", "order"),
    ("pedidos", "orders"),
    ("vendido", "sold"),
    ("vendida", "sold"),
    ("vendidos", "sold"),
    ("comentario", "comment"),
    ("comentarios", "comments"),
    ("comenta", "comment"),
    ("seguidor", "follower"),
    ("seguidores", "followers"),
    ("seguidora", "follower"),
    ("síguenos", "follow us"),
    ("suscripción", "signup"),
    ("inscripción", "signup"),
    ("registro", "signup"),
    ("suscríbete", "sign up"),
    ("donamos", "we donate"),
    ("donaremos", "we donate"),
    ("plantamos", "we plant"),
    ("plantaremos", "we plant"),
    ("regalamos", "we give"),
    ("regalaremos", "we give"),
    ("entregamos", "we give"),
    ("árbol", "tree"),
    ("árboles", "trees"),
    ("un", "a"),
    ("una", "a"),
    ("y", "and"),
];

/// Phrases of one language by their first word, the longest first.
type Table = HashMap<&'static str, Vec<Entry>>;

struct Entry {
    written: Vec<&'static str>,
    english: Vec<&'static str>,
    speaks: bool,
}

static TABLES: LazyLock<[Table; 3]> = LazyLock::new(|| [GERMAN, FRENCH, SPANISH].map(table));

fn table(list: &[(&'static str, &'static str)]) -> Table {
    let mut table = Table::new();
    for (written, english) in list {
        let plain = written.trim_start_matches('~');
        let written_words: Vec<&str> = plain.split(' ').collect();
        let first = written_words.first().copied().unwrap_or_default();
        // "si", "et", "un" and the like are English, or names, too often.
        let speaks = plain == *written && plain.len() > 2;
        let entry = Entry { written: written_words, english: english.split(' ').collect(), speaks };
        table.entry(first).or_default().push(entry);
    }
    table.values_mut().for_each(|entries| entries.sort_by_key(|entry| std::cmp::Reverse(entry.written.len())));
    table
}

/// The words of a text, those of the three languages read as English ones.
pub(crate) fn scan_glossed(text: &str) -> Vec<Word> {
    scan_and_tell(text).0
}

/// The same, and whether the text is in one of the three languages.
pub(crate) fn scan_and_tell(text: &str) -> (Vec<Word>, bool) {
    let words = scan(text);
    let tables = &*TABLES;
    let spoken = |table: &Table| {
        let mut found: Vec<&str> = Vec::new();
        for at in 0..words.len() {
            if let Some(entry) = entry_at(table, &words, at).filter(|entry| entry.speaks)
                && let Some(first) = entry.written.first().filter(|first| !found.contains(*first))
            {
                found.push(first);
            }
        }
        found.len()
    };
    let most = tables.iter().map(|table| (spoken(table), table)).max_by_key(|(count, _)| *count);
    match most {
        Some((count, table)) if count >= 2 => (glossed(table, &words), true),
        _ => (words, false),
    }
}

fn entry_at<'a>(table: &'a Table, words: &[Word], at: usize) -> Option<&'a Entry> {
    let first = words.get(at)?;
    let stands = |entry: &&Entry| {
        entry.written.iter().enumerate().all(|(place, part)| {
            words.get(at + place).is_some_and(|word| word.text == *part && (place == 0 || word.gap == Gap::None))
        })
    };
    table.get(first.text.as_str())?.iter().find(stands)
}

fn glossed(table: &Table, words: &[Word]) -> Vec<Word> {
    let mut read = Vec::with_capacity(words.len() + 4);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(entry) = entry_at(table, words, at) else {
            read.push(word.clone());
            at += 1;
            continue;
        };
        let end = words.get(at + entry.written.len() - 1).map_or(word.span.end, |last| last.span.end);
        // Each English word stands for the whole phrase: whatever begins or ends with one of them takes in all of it.
        read.extend(entry.english.iter().enumerate().map(|(place, english)| Word {
            text: (*english).to_owned(),
            span: word.span.start..end,
            kind: Kind::Word,
            gap: if place == 0 { word.gap } else { Gap::None },
        }));
        at += entry.written.len();
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        scan_glossed(text).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn conditions_of_three_languages_are_read_in_english() {
        for (text, english) in [
            (
                "Wir spenden für jeden geteilten Beitrag, höchstens 10.000 Euro",
                "we donate for each share up to 10.000 euro",
            ),
            ("Pro Retweet spenden wir 2 €, bis zu CHF 20'000", "per retweet donate we 2 € up to chf 20'000"),
            (
                "Pour chaque partage nous donnons 1 euro, jusqu'à 10 000 euros",
                "for each share we donate 1 euro up to 10 000 euros",
            ),
            (
                "Por cada compartido donamos 1 euro, hasta agotar existencias",
                "for each share we donate 1 euro while stocks last",
            ),
        ] {
            assert_eq!(read(text), english);
        }
    }

    #[test]
    fn english_stays_as_it_is() {
        for text in ["Pro tip: pour the tea, si, un momento", "For every share we donate $1, up to $500", ""] {
            assert_eq!(scan_glossed(text), scan(text));
        }
    }

    #[test]
    fn what_is_shown_is_what_was_written() {
        let text = "Pour chaque achat, dans la limite de 500 €";
        let words = scan_glossed(text);
        let up = words.iter().find(|word| word.text == "up").map(|word| word.span.clone());
        assert_eq!(up.and_then(|span| text.get(span)), Some("dans la limite de"));
    }

    proptest::proptest! {
        #[test]
        fn places_are_of_the_text(text in "((für|jede|bis zu|wir|jusqu'à|pour|chaque|cada|por|5|€|é)[ ,.!]{0,2}){0,12}") {
            for word in scan_glossed(&text) {
                proptest::prop_assert!(text.get(word.span).is_some_and(|piece| !piece.is_empty()));
            }
        }
    }
}
