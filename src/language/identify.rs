//! Which language a text is in: by script, by small words, by the source's own word, and by letter statistics.
//!
//! Cautious: a text that is too short to tell and has no claim gets no language. A claim settles doubts but does
//! not stand against the text itself, for many networks claim the reader's language for every post.

use std::sync::Arc;

use super::ReadLanguage;
use super::library::{KNOWN, Library, Votes};
use super::tokens::{self, Kind, Token};

/// Tells the language by rules.
#[derive(Debug, Clone)]
pub struct RuleLanguage {
    library: Arc<Library>,
}

/// Bytes of words that are looked at; more tell no better.
const SAMPLE: usize = 600;
/// Letters from which the letter statistics are asked.
const ENOUGH_LETTERS: usize = 40;

impl RuleLanguage {
    /// A reader with these lists.
    pub fn new(library: Arc<Library>) -> Self {
        Self { library }
    }
}

impl ReadLanguage for RuleLanguage {
    fn language(&self, text: &str, claimed: Option<&str>) -> Option<String> {
        let tokens = tokens::shared(text);
        let words = sample(text, &tokens);
        let claimed = claimed.and_then(primary);
        let claimed = claimed.as_deref();
        let found = match script(&words)? {
            Script::One(language, kin) => claimed.filter(|claim| kin.contains(claim)).unwrap_or(language).to_owned(),
            Script::Several(kin) => several(&words, kin, claimed)?.to_owned(),
            Script::Latin => latin(&words, &self.library.votes(&tokens), claimed)?.to_owned(),
        };
        Some(found)
    }
}

/// The words of a text without addresses, handles, tags and marks.
fn sample(text: &str, tokens: &[Token]) -> String {
    let mut words = String::with_capacity(SAMPLE + 32);
    for token in tokens.iter().filter(|token| token.kind == Kind::Word) {
        if words.len() >= SAMPLE {
            break;
        }
        let word = text.get(token.span()).unwrap_or_default();
        words.extend(word.chars().take(40));
        words.push(' ');
    }
    words
}

/// The first part of a BCP 47 tag, two letters where ISO 639-1 has them; `None` for tags that claim nothing.
fn primary(claimed: &str) -> Option<String> {
    let first = claimed.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    let fits = (2..=3).contains(&first.len()) && first.bytes().all(|letter| letter.is_ascii_lowercase());
    if !fits || matches!(first.as_str(), "und" | "zxx" | "mul" | "mis" | "xx") {
        return None;
    }
    Some(two_letters(&first).map_or(first, str::to_owned))
}

enum Script {
    /// Nearly always this language; the claim may name one of its kin.
    One(&'static str, &'static [&'static str]),
    /// Several languages write it.
    Several(&'static [&'static str]),
    Latin,
}

/// The script of most letters. Any share of kana makes Japanese of ideographs.
fn script(words: &str) -> Option<Script> {
    const PLACES: usize = 22;
    let mut counts = [0u32; PLACES];
    for letter in words.chars().filter(|letter| letter.is_alphabetic()) {
        let place = match u32::from(letter) {
            0x0041..=0x024F | 0x1E00..=0x1EFF => 0,
            0x0400..=0x052F => 1,
            0x0600..=0x06FF | 0x0750..=0x077F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => 2,
            0x0900..=0x097F => 3,
            0x3040..=0x30FF => 4,
            0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F => 5,
            0x1100..=0x11FF | 0xAC00..=0xD7AF => 6,
            0x0E00..=0x0E7F => 7,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => 8,
            0x0590..=0x05FF => 9,
            0x0530..=0x058F => 10,
            0x10A0..=0x10FF => 11,
            0x0B80..=0x0BFF => 12,
            0x0C00..=0x0C7F => 13,
            0x0C80..=0x0CFF => 14,
            0x0D00..=0x0D7F => 15,
            0x0A80..=0x0AFF => 16,
            0x0A00..=0x0A7F => 17,
            0x0980..=0x09FF => 18,
            0x1000..=0x109F => 19,
            0x1780..=0x17FF => 20,
            0x0D80..=0x0DFF => 21,
            _ => continue,
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    let [.., kana, ideographs, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = counts;
    if kana > 0 && (kana + ideographs) * 2 > counts.iter().sum() {
        return Some(Script::One("ja", &["ja"]));
    }
    let (place, count) = counts.iter().enumerate().max_by_key(|(place, count)| (**count, PLACES - place))?;
    (*count > 0).then_some(match place {
        0 => Script::Latin,
        1 => Script::Several(&["ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "mn", "tg", "tt"]),
        2 => Script::Several(&["ar", "fa", "ur", "ps", "ku", "ckb", "sd", "ug"]),
        3 => Script::Several(&["hi", "mr", "ne", "sa"]),
        4 => Script::One("ja", &["ja"]),
        5 => Script::One("zh", &["zh", "ja", "yue"]),
        6 => Script::One("ko", &["ko"]),
        7 => Script::One("th", &["th"]),
        8 => Script::One("el", &["el"]),
        9 => Script::One("he", &["he", "yi"]),
        10 => Script::One("hy", &["hy"]),
        11 => Script::One("ka", &["ka"]),
        12 => Script::One("ta", &["ta"]),
        13 => Script::One("te", &["te"]),
        14 => Script::One("kn", &["kn"]),
        15 => Script::One("ml", &["ml"]),
        16 => Script::One("gu", &["gu"]),
        17 => Script::One("pa", &["pa"]),
        18 => Script::One("bn", &["bn", "as"]),
        19 => Script::One("my", &["my"]),
        20 => Script::One("km", &["km"]),
        _ => Script::One("si", &["si"]),
    })
}

/// A script that several languages write: letters that only one of them has, then the claim, then statistics, then the
/// language that writes it most, where there is enough to go by.
fn several<'a>(words: &str, kin: &[&'static str], claimed: Option<&'a str>) -> Option<&'a str> {
    const OWN_LETTERS: [(&str, &str); 7] = [
        ("be", "ўЎ"),
        ("uk", "іїєґІЇЄҐ"),
        ("mk", "ѓќѕЃЌЅ"),
        ("sr", "ђћџЂЋЏ"),
        ("ru", "ыэёЫЭЁ"),
        ("ur", "ٹڈڑںےہ"),
        ("fa", "پژگ"),
    ];
    let claim = claimed.filter(|claim| kin.contains(claim));
    let own = OWN_LETTERS
        .iter()
        .find(|(language, letters)| kin.contains(language) && words.chars().any(|letter| letters.contains(letter)));
    if let Some((language, _)) = own {
        // Languages with smaller networks use these letters too; there the claim knows better.
        let small = claim.filter(|claim| !OWN_LETTERS.iter().any(|(known, _)| known == claim) && *claim != "bg");
        return Some(small.unwrap_or(language));
    }
    let letters = words.chars().filter(|letter| letter.is_alphabetic()).count();
    let told = || (letters >= ENOUGH_LETTERS).then(|| statistics(words)).flatten().filter(|told| kin.contains(told));
    claim.or_else(told).or_else(|| (letters >= 12).then(|| kin.first().copied()).flatten())
}

/// Languages whose small words look like those of a known one; only a claim tells them apart.
fn kin(language: &str) -> &'static [&'static str] {
    match language {
        "es" => &["gl", "ca", "an"],
        "pt" => &["gl"],
        "da" => &["no", "nb", "nn"],
        "nl" => &["af", "fy"],
        "de" => &["lb", "gsw"],
        "fr" => &["oc", "ca"],
        _ => &[],
    }
}

fn latin<'a>(words: &str, votes: &Votes, claimed: Option<&'a str>) -> Option<&'a str> {
    let letters = words.chars().filter(|letter| letter.is_alphabetic()).count();
    let known = |place: usize| KNOWN.get(place).copied();
    let winner = votes.winner();
    // Small words settle it where there are several and they are dense.
    if let Some((place, most, next)) = winner
        && most >= 3
        && most >= next + 2
        && most * 6 >= votes.words
    {
        let language = known(place)?;
        let kindred = claimed.filter(|claim| kin(language).contains(claim));
        return Some(match (kindred, language) {
            (Some(claim), _) => claim,
            // Danish and Norwegian share their small words.
            (None, "da") => statistics(words).filter(|told| matches!(*told, "da" | "no")).unwrap_or("da"),
            _ => language,
        });
    }
    let count_of = |language: &str| {
        let place = KNOWN.iter().position(|known| *known == language);
        place.and_then(|place| votes.counts.get(place)).copied()
    };
    let told = || (letters >= ENOUGH_LETTERS).then(|| statistics(words)).flatten();
    if let Some(claim) = claimed.filter(|claim| is_latin(claim)) {
        let against =
            winner.is_some_and(|(_, most, _)| most >= 3 && count_of(claim).map_or(most >= 4, |own| own + 2 <= most));
        return if against { told().or(Some(claim)) } else { Some(claim) };
    }
    match winner {
        Some((place, most, 0)) if most >= 2 && votes.words >= 4 && most * 6 >= votes.words => known(place),
        _ => {
            let told = told()?;
            // A language whose commonest words are known and as good as absent is not the language.
            let most = winner.map_or(0, |(_, most, _)| most);
            count_of(told).is_none_or(|own| own >= most.max(2)).then_some(told)
        }
    }
}

fn is_latin(language: &str) -> bool {
    !matches!(
        language,
        "ar" | "fa"
            | "ur"
            | "he"
            | "yi"
            | "ru"
            | "uk"
            | "bg"
            | "be"
            | "mk"
            | "el"
            | "hi"
            | "mr"
            | "ne"
            | "bn"
            | "ta"
            | "te"
            | "kn"
            | "ml"
            | "gu"
            | "pa"
            | "or"
            | "si"
            | "th"
            | "my"
            | "km"
            | "lo"
            | "ka"
            | "hy"
            | "am"
            | "ti"
            | "ja"
            | "zh"
            | "ko"
    )
}

/// What letter statistics say, when they are sure.
fn statistics(words: &str) -> Option<&'static str> {
    let info = whatlang::detect(words)?;
    if !info.is_reliable() || info.confidence() < 0.8 {
        return None;
    }
    two_letters(info.lang().code())
}

/// ISO 639-1 for an ISO 639-3 code.
fn two_letters(code: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 70] = [
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("zho", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "no"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
        ("zul", "zu"),
    ];
    if code == "yid" {
        return Some("yi");
    }
    CODES.iter().find(|(three, _)| *three == code).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> RuleLanguage {
        RuleLanguage::new(Arc::new(Library::new()))
    }

    #[test]
    fn plain_sentences_are_told() {
        let reader = reader();
        for (text, language) in [
            ("The parcel was left in the rain and nobody has answered me", "en"),
            ("Le colis est arrivé avec trois jours de retard et personne ne répond", "fr"),
            ("Das Paket kam drei Tage zu spät und niemand meldet sich bei mir", "de"),
            ("El paquete llegó tarde y nadie me ha contestado todavía", "es"),
            ("Il pacco è arrivato in ritardo e nessuno mi ha risposto", "it"),
            ("A encomenda chegou atrasada e ninguém me respondeu até agora", "pt"),
            ("Het pakket is drie dagen te laat en niemand heeft mij gebeld", "nl"),
            ("荷物がまだ届きません", "ja"),
            ("包裹还没有到", "zh"),
            ("소포가 아직 안 왔어요", "ko"),
            ("Посылка так и не пришла, и никто мне не отвечает уже неделю", "ru"),
            ("Η αποστολή δεν έφτασε", "el"),
        ] {
            assert_eq!(reader.language(text, None).as_deref(), Some(language), "{text}");
        }
    }

    #[test]
    fn short_texts_get_no_language_without_a_claim() {
        let reader = reader();
        for text in ["", "👍👍", "ok", "Ferris!", "@ferris https://a.example #ride", "Ferris S2"] {
            assert_eq!(reader.language(text, None), None, "{text}");
        }
        assert_eq!(reader.language("ok super", Some("fr-CA")).as_deref(), Some("fr"));
        assert_eq!(reader.language("ok super", Some("und")), None);
    }

    #[test]
    fn a_claim_does_not_stand_against_the_text() {
        let reader = reader();
        let german = "Das Paket kam drei Tage zu spät und niemand meldet sich bei mir";
        assert_eq!(reader.language(german, Some("en")).as_deref(), Some("de"));
        assert_eq!(reader.language("荷物がまだ届きません", Some("en")).as_deref(), Some("ja"));
        assert_eq!(reader.language("東京都", Some("ja")).as_deref(), Some("ja"));
        let norwegian = "Pakken kom ikke i går, og jeg har ikke fått svar på det";
        assert_eq!(reader.language(norwegian, Some("nb")).as_deref(), Some("nb"));
    }
}
