//! The recipe of the coach, on made-up lines.

use super::super::coach::Flag;
use super::super::model::asset;
use super::super::model::card::hash_of;
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use};
use super::CoachRecipe;

const LINES: &str = r#"{"mention":"my chain snapped","mention_intent":"complaint","draft":"Sorry! A new chain ships today.","flags":[]}
{"mention":"my chain snapped","mention_intent":"complaint","draft":"It did not.","flags":["denial","no_acknowledgement","no_next_step"]}
{"mention":"do you open on Sunday","mention_intent":"question","draft":"From noon, yes.","flags":[]}
{"mention":"do you open on Sunday","mention_intent":"question","draft":"Buy our pass!","flags":["pitch","no_next_step"]}
{"mention":"lovely bell","mention_intent":"praise","draft":"Ines made it, I'll tell her","flags":[]}
{"mention":"lovely bell","mention_intent":"praise","draft":"Dear [NAME], thanks","flags":["placeholder"]}
{"mention":"bill is wrong","mention_intent":"complaint","draft":"Post your account number here","flags":["personal_data","no_acknowledgement"]}
{"mention":"bill is wrong","mention_intent":"complaint","draft":"We apologise for any inconvenience.","flags":["impersonal","no_next_step"]}
{"mention":"bill is wrong","mention_intent":"complaint","draft":"You are right, it is. Mended, the rest is back on Friday.","flags":[]}
{"mention":"where is my bike","mention_intent":"question","draft":"On the van, there by six.","flags":[]}
"#;

fn made(content: &str, seed: u64) -> Result<Vec<Made>, RecipeError> {
    let set = Set {
        name: "made up".to_owned(),
        kind: "drafts".to_owned(),
        language: "en".to_owned(),
        used_for: Use::Training,
        first_line: 1,
        weight: 1.0,
        origin: "made up".to_owned(),
        licence: "as goodword".to_owned(),
        content: content.to_owned(),
    };
    let recipe = CoachRecipe { bits: 12, epochs: 4, models: 2 };
    recipe.make(&[set], &Order { made: "2026-01-31".to_owned(), seed }, &mut |_| {})
}

#[test]
fn the_same_sets_make_the_same_bytes_and_a_card_that_fits() {
    let first = made(LINES, 3).unwrap();
    assert_eq!(first, made(LINES, 3).unwrap());
    let [coach] = first.as_slice() else { panic!("one model") };
    assert_ne!(coach.asset, made(LINES, 4).unwrap()[0].asset);
    assert_eq!((coach.card.bytes, &coach.card.hash), (coach.asset.len() as u64, &hash_of(&coach.asset)));
    assert_eq!(coach.card.classes, Flag::ALL.map(Flag::name));
    assert_eq!(coach.card.data.iter().map(|origin| origin.examples).collect::<Vec<_>>(), [10]);
    assert_eq!(asset::read_owned(&coach.asset).unwrap().header().name, "coach");
}

#[test]
fn lines_that_cannot_be_used_are_named() {
    let wrong = r#"{"mention":"a","mention_intent":"question","draft":"b","flags":["rude"]}"#;
    let error = made(&format!("{LINES}{wrong}\n"), 3).unwrap_err().to_string();
    assert_eq!(error, "line 11 of the set \"made up\" cannot be used: one of its flags is none of the coach's");
}
