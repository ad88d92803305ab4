//! The books: what was given and asked, as the commands tell it.

use serde_json::{Value, json};

use crate::support::home::{BRAND, Home};

/// A home that hears a file of our own posts and of what others wrote.
fn home(posts: &[Value]) -> Home {
    let home = Home::new();
    let text: String = posts.iter().map(|post| format!("{post}\n")).collect();
    let file = home.write("posts.ndjson", text);
    home.configure(&format!(
        "[brand]\nname = \"{BRAND}\"\nsize = \"small\"\n\n[[source]]\nname = \"square\"\nnetwork = \"file\"\n\
         path = \"{file}\"\n\n[collect]\npublic_feeds = false\n"
    ));
    home
}

fn own(id: u32, text: &str) -> Value {
    json!({ "native_id": id.to_string(), "text": text, "author": { "handle": "ferris" }, "own": true })
}

#[test]
fn the_ledger_tells_what_was_given_and_asked_and_what_the_next_ask_lacks() {
    let nothing = home(&[]);
    nothing.run(&["collect", "--once"]).ends(0);
    nothing.run(&["ledger"]).ends(1).says(&["No act is known"]);

    let mut posts: Vec<Value> =
        (0..4).map(|id| own(id, &format!("Order the S{id} now: €{id}99 until Sunday, in stock"))).collect();
    posts.push(own(10, "Here's how to true a wheel at home with two zip ties, step by step, no tools needed."));
    posts.push(json!({ "native_id": "20", "text": "Ferris Bikes: which tyres fit?", "author": { "handle": "kim" } }));
    let home = home(&posts);
    home.run(&["collect", "--once"]).ends(0);
    let told = home.run(&["ledger", "--acts", "--json"]).ends(0).lines();
    let (summary, acts) = told.split_first().unwrap();
    assert_eq!((&summary["acts"], &summary["balance"], &summary["full_marks"]), (&json!(5), &Value::Null, &json!(0.6)));
    assert_eq!(acts.len(), 5, "what others wrote is no act");
    let sum = |field: &str| acts.iter().map(|act| act[field].as_f64().unwrap()).sum::<f64>();
    assert_eq!(
        (sum("given"), sum("asked")),
        (summary["given"].as_f64().unwrap().round(), summary["asked"].as_f64().unwrap().round())
    );
    assert_eq!(
        summary["next_ask"]["covered"].as_f64().unwrap() < 1.0,
        summary["next_ask"]["missing"].as_f64().unwrap() > 0.0
    );
    home.run(&["ledger"]).ends(0).says(&["too few: 5 acts", "next ask", "(G+1)/(G+A+2)"]);
    home.run(&["ledger", "--by", "account"]).ends(0).says(&["ACCOUNT", "file ferris", "too few"]);
    home.run(&["ledger", "--by", "audience"]).ends(0).says(&["the public"]);
    let parts = home.run(&["ledger", "--by", "account", "--since", "30d", "--json"]).ends(0).json();
    assert_eq!((&parts["parts"][0]["name"], &parts["parts"][0]["acts"]), (&json!("file ferris"), &json!(5)));
    assert_eq!(parts["next_soft_ask"]["weight"], json!(1.0));
    home.run(&["export", "act-corrections"]).ends(0);
}

#[test]
fn what_a_person_entered_as_paid_stands_in_the_ledger_and_with_its_campaign() {
    let promise = "For each retweet we give $1, at most $100,000, to the earthquake fund. #quakefund";
    let home = home(&[own(1, promise), own(2, "Read our new post on winter chains")]);
    let file = home.path("posts.ndjson");
    home.configure(&format!(
        "[brand]\nname = \"{BRAND}\"\nsize = \"small\"\n\n[[source]]\nname = \"square\"\nnetwork = \"file\"\n\
         path = \"{}\"\n\n[collect]\npublic_feeds = false\n\n[[campaign]]\nname = \"Quake fund\"\ntags = [\"quakefund\"]\n",
        file.display()
    ));
    home.run(&["collect", "--once"]).ends(0);
    home.run(&["campaigns", "paid", "quake fund", "$62,000"]).ends(0);
    home.run(&["ledger"]).ends(0).says(&["$100,000 promised", "$62,000 paid, by the word of a person"]);
    home.run(&["ledger", "--by", "campaign"]).ends(0).says(&["CAMPAIGN", "Quake fund", "no campaign", "$38,000"]);
    let told = home.run(&["ledger", "--by", "campaign", "--json"]).ends(0).json();
    assert_eq!(told["pledged"][0]["paid"], json!(62_000.0));
    let parts = told["parts"].as_array().unwrap();
    let fund = parts.iter().find(|part| part["name"] == "Quake fund").unwrap();
    assert_eq!((&fund["acts"], &fund["pledged"][0]["paid"]), (&json!(1), &json!(62_000.0)));
    assert!(parts.iter().any(|part| part["name"] == "no campaign" && part["pledged"] == json!([])));
}

#[test]
fn a_rehearsal_says_what_would_be_better_and_ends_with_1_when_something_would() {
    let home = home(&[own(1, "Here's how to true a wheel at home with two zip ties, step by step.")]);
    home.run(&["collect", "--once"]).ends(0);
    let text = "Retweet this and we give $1 for each retweet to the earthquake relief, up to $100,000";
    let told = home.run(&["rehearse", "--json", text]).ends(1).json();
    assert_eq!((&told["gesture"], &told["trigger"]), (&json!("conditional"), &json!("share")));
    assert_eq!(told["profiting"]["disaster"], "earthquake");
    assert!(told["balance_after"].as_f64() < told["balance_before"].as_f64());
    assert_eq!(told["advice"][0]["change"], "drop_the_condition");
    home.run_with(&["rehearse", "-"], text).ends(1).says(&["better", "without a condition", "profiting"]);
    home.run_with(&["rehearse", "-"], " ").ends(2).says(&["no text"]);
    let behind = home.run(&["rehearse", "See you at the workshop.", "--json", "--campaign", "nowhere"]);
    assert!(!behind.out.contains("--json") && behind.everything().contains("nowhere"), "{}", behind.everything());
}
