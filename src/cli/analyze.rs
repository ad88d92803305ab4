//! `analyze`: reads posts from standard input, one JSON object a line, and prints what the readers make of each.
//!
//! Memory does not grow with the input: one line is held at a time.

use std::borrow::Cow;
use std::io::{BufRead, BufWriter, Write};

use serde::{Deserialize, Serialize};

use super::args::AnalyzeArgs;
use super::error::CliResult;
use super::lines::each_line;
use crate::domain::{SafeText, Sentiment};
use crate::language::{Evidence, Readers, SubjectContext};

/// A post as it comes.
#[derive(Deserialize)]
struct PostLine<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default, borrow)]
    lang: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    brand: Option<Cow<'a, str>>,
}

/// What was made of it.
#[derive(Serialize)]
struct Analysed<'a> {
    id: serde_json::Value,
    lang: Option<String>,
    /// `null` where the language cannot be read: such a post is not neutral, it is not scored.
    sentiment: Option<Score>,
    intents: Vec<&'static str>,
    about_brand: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation<'a>>,
}

#[derive(Serialize)]
struct Score {
    label: &'static str,
    negative: f32,
    neutral: f32,
    positive: f32,
    uncertain: bool,
}

#[derive(Serialize)]
struct Explanation<'a> {
    sentiment: Vec<Because<'a>>,
    intents: Vec<ForIntent<'a>>,
    about_brand: Vec<Because<'a>>,
}

#[derive(Serialize)]
struct ForIntent<'a> {
    intent: &'static str,
    because: Vec<Because<'a>>,
}

/// A piece of the text, where it stands (bytes), and its weight: above 0 for positive, for the intent, for the brand.
#[derive(Serialize)]
struct Because<'a> {
    words: &'a str,
    from: usize,
    to: usize,
    weight: f32,
    why: &'static str,
}

/// Reads standard input to its end.
///
/// # Errors
/// When a line is no such object, naming the line; what came before it was printed.
pub fn run(arguments: &AnalyzeArgs) -> CliResult<u8> {
    let readers = Readers::trained();
    analyze(arguments, &readers, &mut std::io::stdin().lock(), &mut BufWriter::new(std::io::stdout().lock()))?;
    Ok(0)
}

fn analyze(arguments: &AnalyzeArgs, readers: &Readers, input: &mut impl BufRead, output: &mut impl Write) -> CliResult {
    each_line(input, output, |line, output| {
        let post: PostLine<'_> =
            serde_json::from_slice(line).map_err(|error| format!("is no JSON object of a post: {error}"))?;
        Ok(serde_json::to_writer(output, &read(&post, arguments, readers)).map_err(std::io::Error::from))
    })
}

fn read<'a>(post: &'a PostLine<'_>, arguments: &AnalyzeArgs, readers: &Readers) -> Analysed<'a> {
    let subject = SubjectContext {
        name: post.brand.as_deref().unwrap_or(&arguments.brand),
        context: &arguments.context,
        others: &[],
    };
    let text: &str = &post.text;
    let lang = readers.language.language(text, post.lang.as_deref());
    let shares = readers.sentiment.sentiment(text, lang.as_deref(), &subject);
    let intents = readers.intent.intents(text, lang.as_deref(), shares.as_ref(), &subject);
    let about_brand = subject.name.is_empty() || readers.about.about(text, lang.as_deref(), &subject);
    let explanation = arguments.explain.then(|| Explanation {
        sentiment: because(text, &readers.sentiment.explain(text, lang.as_deref(), &subject)),
        intents: intents
            .iter()
            .map(|intent| ForIntent {
                intent: intent.name(),
                because: because(text, &readers.intent.explain(text, lang.as_deref(), intent, &subject)),
            })
            .collect(),
        about_brand: because(text, &readers.about.explain(text, lang.as_deref(), &subject)),
    });
    let sentiment = shares.map(|shares| {
        let (likeliest, probability) = shares.likeliest();
        Score {
            label: match likeliest {
                Sentiment::Negative => "negative",
                Sentiment::Neutral => "neutral",
                Sentiment::Positive => "positive",
            },
            negative: rounded(shares.negative),
            neutral: rounded(shares.neutral),
            positive: rounded(shares.positive),
            uncertain: probability < crate::domain::Shares::UNCERTAIN_BELOW,
        }
    });
    Analysed {
        id: post.id.clone(),
        lang: lang.map(|lang| SafeText::line(&lang, 20).as_str().to_owned()),
        sentiment,
        intents: intents.iter().map(crate::domain::Intent::name).collect(),
        about_brand,
        explanation,
    }
}

/// Four decimals: more say nothing.
fn rounded(number: f32) -> f32 {
    (number * 10_000.0).round() / 10_000.0
}

fn because<'a>(text: &'a str, evidence: &[Evidence]) -> Vec<Because<'a>> {
    let words = |evidence: &Evidence| {
        Some(Because {
            words: text.get(evidence.span.clone())?,
            from: evidence.span.start,
            to: evidence.span.end,
            weight: rounded(evidence.weight),
            why: evidence.why,
        })
    };
    evidence.iter().filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analysed(arguments: &AnalyzeArgs, input: &str) -> (Vec<serde_json::Value>, CliResult) {
        let mut output = Vec::new();
        let result = analyze(arguments, &Readers::trained(), &mut input.as_bytes(), &mut output);
        let lines = String::from_utf8(output).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), result)
    }

    fn plain(explain: bool) -> AnalyzeArgs {
        AnalyzeArgs { brand: "Ferris Bikes".to_owned(), context: Vec::new(), explain }
    }

    #[test]
    fn each_line_gives_one_line_with_its_own_id() {
        let input = "{\"id\":7,\"text\":\"I love my Ferris Bikes saddle, wonderful!\",\"lang\":\"en\"}\n\n\
            {\"text\":\"Ferris Bikes: the chain snapped again and nobody answers, terrible service\"}\n";
        let (lines, result) = analysed(&plain(false), input);
        assert!(result.is_ok());
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["id"], 7);
        assert_eq!(lines[0]["sentiment"]["label"], "positive");
        assert_eq!(lines[1]["id"], serde_json::Value::Null);
        assert_eq!(lines[1]["sentiment"]["label"], "negative");
        assert_eq!(lines[1]["lang"], "en");
        assert!(lines[1]["intents"].as_array().unwrap().contains(&"complaint".into()));
        assert!(lines[0].get("explanation").is_none());
    }

    #[test]
    fn an_explanation_names_words_of_the_text() {
        let (lines, _) = analysed(&plain(true), "{\"text\":\"wonderful saddle, terrible chain\",\"lang\":\"en\"}");
        let because = lines[0]["explanation"]["sentiment"].as_array().unwrap();
        let weight =
            |word: &str| because.iter().find(|because| because["words"] == word).unwrap()["weight"].as_f64().unwrap();
        assert!(weight("wonderful") > 0.0 && weight("terrible") < 0.0, "{because:?}");
    }

    #[test]
    fn a_language_that_is_not_read_is_not_scored() {
        let (lines, _) = analysed(&plain(false), "{\"text\":\"Tämä on aivan kauhea pyörä\",\"lang\":\"fi\"}");
        assert_eq!(lines[0]["lang"], "fi");
        assert_eq!(lines[0]["sentiment"], serde_json::Value::Null);
    }

    #[test]
    fn a_wrong_line_is_named_and_what_came_before_it_is_kept() {
        let (lines, result) = analysed(&plain(false), "{\"text\":\"fine\"}\nnonsense\n");
        assert_eq!(lines.len(), 1);
        assert!(result.unwrap_err().to_string().starts_with("line 2 "));
    }
}
