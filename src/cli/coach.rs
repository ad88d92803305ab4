//! `coach`: reads drafted answers from standard input, one JSON object a line, and prints what may be wrong with each.
//!
//! Memory does not grow with the input: one line is held at a time.

use std::borrow::Cow;
use std::io::{BufRead, BufWriter, Write};

use serde::{Deserialize, Serialize};

use super::args::CoachArgs;
use super::error::CliResult;
use super::lines::each_line;
use crate::domain::{Intent, Intents};
use crate::language::coach::Remark;
use crate::language::{Readers, SubjectContext};

/// A draft as it comes, with the mention that it answers.
#[derive(Deserialize)]
struct DraftLine<'a> {
    #[serde(borrow)]
    mention: Cow<'a, str>,
    #[serde(borrow)]
    draft: Cow<'a, str>,
    /// Read from the mention where it is missing.
    #[serde(default)]
    mention_intent: Option<Intent>,
    #[serde(default)]
    id: serde_json::Value,
}

/// What was made of it.
#[derive(Serialize)]
struct Coached<'a> {
    id: serde_json::Value,
    flags: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Vec<Explained<'a>>>,
}

/// A flag that holds, with its reasons.
#[derive(Serialize)]
struct Explained<'a> {
    flag: &'static str,
    probability: f32,
    because: Vec<Because<'a>>,
    advice: &'static str,
}

/// A piece of the draft and where it stands (bytes).
#[derive(Serialize)]
struct Because<'a> {
    words: &'a str,
    from: usize,
    to: usize,
}

/// Reads standard input to its end.
///
/// # Errors
/// When a line is no such object, naming the line; what came before it was printed.
pub fn run(arguments: &CoachArgs) -> CliResult<u8> {
    let readers = Readers::trained();
    coach(arguments, &readers, &mut std::io::stdin().lock(), &mut BufWriter::new(std::io::stdout().lock()))?;
    Ok(0)
}

fn coach(arguments: &CoachArgs, readers: &Readers, input: &mut impl BufRead, output: &mut impl Write) -> CliResult {
    each_line(input, output, |line, output| {
        let draft: DraftLine<'_> =
            serde_json::from_slice(line).map_err(|error| format!("is no JSON object of a draft: {error}"))?;
        Ok(serde_json::to_writer(output, &read(&draft, arguments, readers)).map_err(std::io::Error::from))
    })
}

fn read<'a>(line: &'a DraftLine<'_>, arguments: &CoachArgs, readers: &Readers) -> Coached<'a> {
    let intents = line.mention_intent.map_or_else(|| intents(&line.mention, readers), |intent| Intents::of(&[intent]));
    let mut remarks = readers.coach.coach(&line.mention, intents, &line.draft);
    remarks.retain(|remark| remark.holds);
    let flags = remarks.iter().map(|remark| remark.flag.name()).collect();
    let explained = || remarks.iter().map(|remark| explained(&line.draft, remark)).collect();
    Coached { id: line.id.clone(), flags, remarks: arguments.explain.then(explained) }
}

fn intents(mention: &str, readers: &Readers) -> Intents {
    let subject = SubjectContext::default();
    let lang = readers.language.language(mention, None);
    let shares = readers.sentiment.sentiment(mention, lang.as_deref(), &subject);
    readers.intent.intents(mention, lang.as_deref(), shares.as_ref(), &subject)
}

fn explained<'a>(draft: &'a str, remark: &Remark) -> Explained<'a> {
    let words = |span: &std::ops::Range<usize>| {
        Some(Because { words: draft.get(span.clone())?, from: span.start, to: span.end })
    };
    Explained {
        flag: remark.flag.name(),
        // Four decimals: more say nothing.
        probability: (remark.probability * 10_000.0).round() / 10_000.0,
        because: remark.because.iter().filter_map(words).collect(),
        advice: remark.advice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coached(explain: bool, input: &str) -> (Vec<serde_json::Value>, CliResult) {
        let mut output = Vec::new();
        let result = coach(&CoachArgs { explain }, &Readers::trained(), &mut input.as_bytes(), &mut output);
        let lines = String::from_utf8(output).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), result)
    }

    #[test]
    fn each_draft_gives_one_line_with_its_own_id() {
        let input = "{\"id\":\"a\",\"mention\":\"my chain snapped\",\"mention_intent\":\"complaint\",\
            \"draft\":\"Hi [NAME], a snapped chain is horrible, sorry. A new one ships today.\"}\n\n\
            {\"mention\":\"my chain snapped again and nobody answers, terrible\",\
            \"draft\":\"A snapped chain twice is not good enough, sorry. A new one ships today, free of charge.\"}\n";
        let (lines, result) = coached(false, input);
        assert!(result.is_ok());
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], serde_json::json!({"id": "a", "flags": ["placeholder"]}));
        assert_eq!(lines[1], serde_json::json!({"id": null, "flags": []}));
    }

    #[test]
    fn an_explanation_names_words_of_the_draft_and_what_would_be_better() {
        let input =
            "{\"mention\":\"when do you open\",\"mention_intent\":\"question\",\"draft\":\"Ünder at {{time}}.\"}";
        let (lines, _) = coached(true, input);
        let remark = &lines[0]["remarks"][0];
        assert_eq!(remark["flag"], "placeholder");
        assert_eq!(remark["because"], serde_json::json!([{"words": "{{time}}", "from": 10, "to": 18}]));
        assert!(remark["advice"].as_str().unwrap().len() > 20);
    }

    #[test]
    fn a_wrong_line_is_named_and_what_came_before_it_is_kept() {
        let (lines, result) = coached(false, "{\"mention\":\"hi\",\"draft\":\"hello you\"}\n{\"draft\":\"x\"}\n");
        assert_eq!(lines.len(), 1);
        assert!(result.unwrap_err().to_string().starts_with("line 2 "));
        let (_, result) = coached(false, "{\"mention\":\"hi\",\"draft\":\"x\",\"mention_intent\":\"rant\"}\n");
        assert!(result.unwrap_err().to_string().contains("rant"));
    }
}
