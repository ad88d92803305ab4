//! The coach by its signs alone: what the program falls back to without a model.

use super::signs::{Sign, Signs};
use super::{Flag, ReadCoach, Remark, advice};
use crate::domain::Intents;

/// Reads drafts by patterns and phrases.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuleCoach;

impl ReadCoach for RuleCoach {
    fn coach(&self, mention: &str, intents: Intents, draft: &str) -> Vec<Remark> {
        let signs = Signs::read(mention, draft);
        Flag::ALL.iter().map(|flag| remark(*flag, &signs, intents)).collect()
    }
}

fn remark(flag: Flag, signs: &Signs, intents: Intents) -> Remark {
    let probability = if flag.applies(intents) { signs.probability(flag) } else { 0.0 };
    let holds = probability >= 0.5;
    let speaks = |sign: &&Sign| sign.flag == Some(flag) && sign.weight > 0.0;
    let because =
        if holds { signs.list.iter().filter(speaks).map(|sign| sign.span.clone()).collect() } else { Vec::new() };
    Remark { flag, holds, probability, because, advice: if holds { advice(flag, signs) } else { "" } }
}
