//! Words that sound like profiting from a disaster: a post that names one and sells, counts reposts or speaks of our
//! brand's feelings reads as advertising with the dead.

use std::ops::Range;

use super::words::{Word, scan};

/// Names of disasters.
const DISASTERS: &[&str] = &[
    "earthquake",
    "earthquakes",
    "quake",
    "tsunami",
    "flood",
    "floods",
    "flooding",
    "hurricane",
    "cyclone",
    "typhoon",
    "tornado",
    "wildfire",
    "wildfires",
    "bushfire",
    "bushfires",
    "landslide",
    "avalanche",
    "eruption",
    "drought",
    "famine",
    "epidemic",
    "pandemic",
    "war",
    "bombing",
    "shooting",
    "attack",
    "attacks",
    "terror",
    "massacre",
    "crash",
    "explosion",
    "derailment",
    "collapse",
    "victims",
    "survivors",
    "casualties",
    "refugees",
    "disaster",
    "catastrophe",
    "tragedy",
    "erdbeben",
    "hochwasser",
    "überschwemmung",
    "flut",
    "waldbrand",
    "krieg",
    "séisme",
    "inondation",
    "inondations",
    "guerre",
    "terremoto",
    "inundación",
    "incendio",
    "alluvione",
    "guerra",
    "enchente",
];
/// What sells, or counts, beside them.
const PROFITS: &[&str] = &[
    "buy",
    "order",
    "sale",
    "sales",
    "discount",
    "deal",
    "deals",
    "offer",
    "offers",
    "off",
    "code",
    "shop",
    "purchase",
    "retweet",
    "retweets",
    "rt",
    "repost",
    "reposts",
    "like",
    "likes",
    "share",
    "shares",
    "follow",
    "followers",
    "subscribe",
    "celebrate",
    "excited",
    "exciting",
    "proud",
    "win",
    "prize",
    "limited",
    "exclusive",
    "special",
    "trending",
    "brand",
    "launch",
    "new",
    "kaufen",
    "rabatt",
    "acheter",
    "promo",
    "comprar",
    "oferta",
    "sconto",
];
/// Words of another sense: "cookie war", "price crash", "flood of orders".
const FIGURES: &[(&str, &str)] = &[
    ("price", "war"),
    ("browser", "war"),
    ("console", "war"),
    ("flash", "flood"),
    ("app", "crash"),
    ("browser", "crash"),
    ("price", "crash"),
    ("to", "crash"),
    ("heart", "attack"),
    ("panic", "attack"),
    ("star", "wars"),
    ("sugar", "crash"),
    ("the", "crash"),
    ("a", "crash"),
];

/// What sounds like profit, and beside which disaster (bytes of the text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiting {
    /// The disaster.
    pub disaster: Range<usize>,
    /// The words that sell or count beside it, in the order of the text; never empty.
    pub words: Vec<Range<usize>>,
}

/// Looks for words that sound like profiting from a disaster. `None` when the text names none, or sells nothing.
pub fn profiting(text: &str) -> Option<Profiting> {
    let words = scan(text);
    let bare = |word: &Word| word.text.trim_start_matches('#').to_owned();
    let at = (0..words.len()).find(|at| {
        let Some(word) = words.get(*at) else { return false };
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map(&bare).unwrap_or_default();
        let word = bare(word);
        DISASTERS.contains(&word.as_str()) && !FIGURES.contains(&(before.as_str(), word.as_str()))
    })?;
    let disaster = words.get(at)?.span.clone();
    let selling = words.iter().filter(|word| PROFITS.contains(&bare(word).as_str()) && word.span != disaster);
    let words: Vec<Range<usize>> = selling.map(|word| word.span.clone()).collect();
    (!words.is_empty()).then_some(Profiting { disaster, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(&str, Vec<&str>)> {
        let found = profiting(text)?;
        Some((&text[found.disaster], found.words.into_iter().map(|span| &text[span]).collect()))
    }

    #[test]
    fn counting_reposts_beside_a_disaster_is_pointed_at() {
        let text = "For each retweet we give $1, at most $100,000, to the #earthquake fund";
        assert_eq!(found(text), Some(("#earthquake", vec!["retweet"])));
        assert_eq!(found("Hochwasser? Jetzt mit Rabatt!"), Some(("Hochwasser", vec!["Rabatt"])));
    }

    #[test]
    fn giving_without_selling_and_figures_of_speech_are_not() {
        assert_eq!(found("We have given $100,000 to the earthquake fund. Here is how to help."), None);
        assert_eq!(found("The price war is on: buy now!"), None);
        assert_eq!(found("Did the update fix the crash? Buy or wait?"), None);
        assert_eq!(found(""), None);
    }
}
