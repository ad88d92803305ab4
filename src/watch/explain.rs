//! How a query was read, for people.

use super::expr::{Expr, Text};
use super::token::Kind;
use crate::domain::SafeText;

/// The tree, a line a node, two spaces a level.
pub(super) fn tree(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, 0, "", &mut out);
    out
}

fn line(depth: usize, words: &str, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(SafeText::block(words).as_str());
    out.push('\n');
}

fn write(expr: &Expr, depth: usize, not: &str, out: &mut String) {
    match expr {
        Expr::All(parts) => {
            line(depth, &format!("{not}all of these:"), out);
            parts.iter().for_each(|part| write(part, depth + 1, "", out));
        }
        Expr::Any(parts) => {
            line(depth, &format!("{not}any of these:"), out);
            parts.iter().for_each(|part| write(part, depth + 1, "", out));
        }
        Expr::Not(inner, _) => write(inner, depth, "not ", out),
        Expr::Text(text) => line(depth, &format!("{not}{}", describe(text)), out),
        Expr::Field(test) => line(depth, &format!("{not}{}", test.describe()), out),
        Expr::Near(near) => {
            line(depth, &format!("{not}near each other, in any order:"), out);
            operand(&near.first, depth + 1, "", out);
            for (distance, texts) in &near.rest {
                let words = if *distance == 1 { "word" } else { "words" };
                operand(texts, depth + 1, &format!(" (at most {distance} {words} between it and the one above)"), out);
            }
        }
    }
}

fn operand(texts: &[Text], depth: usize, distance: &str, out: &mut String) {
    let all: Vec<_> = texts.iter().map(describe).collect();
    line(depth, &format!("{}{distance}", all.join(" or ")), out);
}

fn describe(text: &Text) -> String {
    let star = |beginning: bool| if beginning { "*" } else { "" };
    if let [piece] = text.pieces.as_slice() {
        let key = &piece.key;
        return match (piece.kind, piece.beginning) {
            (Kind::Word, false) => format!("the word {key}"),
            (Kind::Word, true) => format!("a word that begins with {key}"),
            (Kind::Tag, false) => format!("the tag {key}"),
            (Kind::Tag, true) => format!("a tag that begins with {key}"),
            (Kind::Handle, false) => format!("the handle {key}"),
            (Kind::Handle, true) => format!("a handle that begins with {key}"),
            (Kind::Symbol, _) => format!("the sign {key}"),
            (Kind::Run, _) => format!("the characters {key} anywhere"),
        };
    }
    let keys: Vec<_> = text.pieces.iter().map(|piece| format!("{}{}", piece.key, star(piece.beginning))).collect();
    format!("the phrase \"{}\"", keys.join(" "))
}
