//! `gesture`: reads posts of our own from standard input, one JSON object a line, and prints what each does: gives,
//! asks, gives on a condition, or talks.

use std::borrow::Cow;
use std::io::{BufRead, BufWriter, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::args::GestureArgs;
use super::error::CliResult;
use super::lines::each_line;
use crate::domain::Gesture;
use crate::language::{GestureReading, ReadGesture, Readers};

/// Words that are printed as the parts of a verdict, the weightiest.
const PARTS: usize = 6;

/// A post as it comes.
#[derive(Deserialize)]
struct PostLine<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(default)]
    reply: bool,
    #[serde(default)]
    id: serde_json::Value,
}

/// What was made of it.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    label: &'static str,
    trigger: Option<&'static str>,
    cap: Option<&'a str>,
    /// The words that spoke most for the label, in the order of the text.
    parts: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation<'a>>,
}

/// Words of the text and their place in it (bytes).
#[derive(Serialize)]
struct Part<'a> {
    words: &'a str,
    from: usize,
    to: usize,
}

#[derive(Serialize)]
struct Explanation<'a> {
    probabilities: Probabilities,
    /// How sure the trigger is, 0 to 1.
    trigger: Option<f32>,
    cap: Option<CapNumber<'a>>,
    /// The words that say that all proceeds are given.
    all_proceeds: Option<Part<'a>>,
    /// Every word that weighed something; above 0 for the label, below 0 against it.
    weights: Vec<Weight<'a>>,
}

#[derive(Serialize)]
struct Probabilities {
    give: f32,
    ask: f32,
    conditional: f32,
    talk: f32,
}

#[derive(Serialize)]
struct CapNumber<'a> {
    from: usize,
    to: usize,
    number: Option<f64>,
    unit: Option<&'a str>,
    currency: Option<&'static str>,
}

#[derive(Serialize)]
struct Weight<'a> {
    #[serde(flatten)]
    part: Part<'a>,
    weight: f32,
}

/// Reads standard input to its end.
///
/// # Errors
/// When a line is no such object, naming the line; what came before it was printed.
pub fn run(arguments: GestureArgs) -> CliResult<u8> {
    let readers = Readers::trained();
    let output = &mut BufWriter::new(std::io::stdout().lock());
    tell(arguments, readers.gesture.as_ref(), &mut std::io::stdin().lock(), output)?;
    Ok(0)
}

fn tell(
    arguments: GestureArgs,
    reader: &dyn ReadGesture,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> CliResult {
    each_line(input, output, |line, output| {
        let post: PostLine<'_> =
            serde_json::from_slice(line).map_err(|error| format!("is no JSON object of a post: {error}"))?;
        let reading = reader.gesture(&post.text, post.reply);
        let answer = answer(&post, &reading, arguments.explain);
        Ok(serde_json::to_writer(output, &answer).map_err(std::io::Error::from))
    })
}

fn answer<'a>(post: &'a PostLine<'_>, reading: &'a GestureReading, explain: bool) -> Answer<'a> {
    let text: &str = &post.text;
    Answer {
        id: &post.id,
        label: reading.gesture.name(),
        trigger: reading.trigger.map(|(trigger, _)| trigger.name()),
        cap: reading.cap.as_ref().map(|cap| cap.text.as_str()),
        parts: weightiest(reading).into_iter().filter_map(|span| part(text, span)).collect(),
        explanation: explain.then(|| explanation(text, reading)),
    }
}

fn explanation<'a>(text: &'a str, reading: &'a GestureReading) -> Explanation<'a> {
    let of = |gesture: Gesture| rounded(reading.probability(gesture));
    Explanation {
        probabilities: Probabilities {
            give: of(Gesture::Give),
            ask: of(Gesture::Ask),
            conditional: of(Gesture::Conditional),
            talk: of(Gesture::Talk),
        },
        trigger: reading.trigger.map(|(_, probability)| rounded(probability)),
        cap: reading.cap.as_ref().map(|cap| CapNumber {
            from: cap.span.start,
            to: cap.span.end,
            number: cap.amount.as_ref().map(|amount| amount.number),
            unit: cap.amount.as_ref().and_then(|amount| amount.unit.as_deref()),
            currency: cap.amount.as_ref().and_then(|amount| amount.currency),
        }),
        all_proceeds: reading.all_proceeds.clone().and_then(|span| part(text, span)),
        weights: reading
            .parts
            .iter()
            .filter_map(|found| Some(Weight { part: part(text, found.span.clone())?, weight: rounded(found.weight) }))
            .collect(),
    }
}

/// The places of the words that speak most for the verdict, in the order of the text.
fn weightiest(reading: &GestureReading) -> Vec<Range<usize>> {
    let mut parts: Vec<_> = reading.parts.iter().filter(|part| part.weight > 0.0).collect();
    parts.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut spans: Vec<Range<usize>> = parts.into_iter().take(PARTS).map(|part| part.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    spans
}

fn part(text: &str, span: Range<usize>) -> Option<Part<'_>> {
    Some(Part { words: text.get(span.clone())?, from: span.start, to: span.end })
}

/// Four decimals: more say nothing.
fn rounded(number: f32) -> f32 {
    (number * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(explain: bool, input: &str) -> (Vec<serde_json::Value>, CliResult) {
        let mut output = Vec::new();
        let readers = Readers::trained();
        let result = tell(GestureArgs { explain }, readers.gesture.as_ref(), &mut input.as_bytes(), &mut output);
        let lines = String::from_utf8(output).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), result)
    }

    #[test]
    fn each_line_gives_one_line_with_label_trigger_cap_and_parts() {
        let input = "{\"id\":\"a\",\"text\":\"Retweet this and we donate $2 for every retweet, up to $20,000, to the shelter\"}\n\n\
            {\"text\":\"Fixed it for you, sorry! The fee is refunded too.\",\"reply\":true}\n";
        let (lines, result) = told(false, input);
        assert!(result.is_ok());
        assert_eq!(lines.len(), 2);
        let expected = serde_json::json!(["a", "conditional", "share", "up to $20,000"]);
        assert_eq!(
            serde_json::json!([lines[0]["id"], lines[0]["label"], lines[0]["trigger"], lines[0]["cap"]]),
            expected
        );
        assert!(!lines[0]["parts"].as_array().unwrap().is_empty());
        assert_eq!((&lines[1]["label"], &lines[1]["id"]), (&"give".into(), &serde_json::Value::Null));
        assert!(lines[1]["trigger"].is_null() && lines[1]["cap"].is_null());
        assert!(lines[1].get("explanation").is_none());
    }

    #[test]
    fn an_explanation_has_probabilities_the_number_and_places_in_the_text() {
        let text = "Buy a scarf and all proceeds go to the clinic, for the first 300 scarves";
        let (lines, _) = told(true, &format!("{{\"text\":\"{text}\"}}"));
        let explanation = &lines[0]["explanation"];
        assert!(explanation["probabilities"]["conditional"].as_f64().unwrap() > 0.5, "{explanation}");
        assert_eq!(explanation["cap"]["number"], 300.0, "{explanation}");
        assert_eq!(explanation["all_proceeds"]["words"], "all proceeds go");
        for weight in explanation["weights"].as_array().unwrap() {
            let place = |name: &str| weight[name].as_u64().unwrap() as usize;
            assert_eq!(text.get(place("from")..place("to")), weight["words"].as_str());
        }
    }

    #[test]
    fn a_wrong_line_is_named_and_what_came_before_it_is_kept() {
        let (lines, result) = told(false, "{\"text\":\"fine\"}\n[]\n");
        assert_eq!(lines.len(), 1);
        assert!(result.unwrap_err().to_string().starts_with("line 2 is no JSON object of a post"));
    }
}
