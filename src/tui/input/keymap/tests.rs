use super::*;

fn choice(action: &str, keys: &[&str]) -> KeyChoice {
    KeyChoice {
        action: action.to_owned(),
        place: format!("config.toml:{action}"),
        keys: keys.iter().map(|key| ((*key).to_owned(), format!("config.toml:{key}"))).collect(),
    }
}

fn chords(text: &str) -> Vec<Chord> {
    text.split(' ').map(|chord| Chord::parse(chord).unwrap()).collect()
}

#[test]
fn every_action_of_the_table_is_reached_by_each_of_its_keys() {
    let map = Keymap::new(&[]).unwrap();
    for action in Action::ALL {
        assert!(!action.describe().is_empty());
        assert_eq!(map.sequences(*action).len(), action.default_keys().len(), "{}", action.name());
        for keys in action.default_keys() {
            assert_eq!(map.find(&chords(keys)), Found::Action(*action), "{keys}");
        }
    }
    assert!(map.warnings().is_empty(), "{:?}", map.warnings());
    assert_eq!(map.find(&chords("g")), Found::Beginning);
    assert_eq!(map.find(&chords("g x")), Found::Nothing);
    assert_eq!(map.find(&chords("ctrl-v")), Found::Nothing);
}

#[test]
fn the_names_are_the_table_s_own_when_nothing_was_chosen() {
    let names = Keymap::new(&[]).unwrap().names();
    let table = KeyNames::default();
    for action in Action::ALL {
        assert_eq!(names.all(*action), table.all(*action), "{}", action.name());
    }
}

#[test]
fn a_choice_replaces_all_keys_of_its_action() {
    let map = Keymap::new(&[choice("half-page-down", &["ctrl-x d", "F9"])]).unwrap();
    assert_eq!(map.find(&chords("ctrl-d")), Found::Nothing);
    assert_eq!(map.find(&chords("ctrl-x d")), Found::Action(Action::HalfPageDown));
    assert_eq!(map.find(&chords("f9")), Found::Action(Action::HalfPageDown));
    assert_eq!(map.names().chords(Action::HalfPageDown), ["ctrl-x d", "f9"]);
}

#[test]
fn an_action_may_lose_all_its_keys() {
    let map = Keymap::new(&[choice("zoom", &[])]).unwrap();
    assert_eq!(map.find(&chords("z")), Found::Nothing);
    assert!(map.names().short(Action::Zoom).is_none());
}

#[test]
fn mistakes_name_their_place_and_what_was_meant() {
    let errors = Keymap::new(&[
        choice("half-page-dwon", &["x"]),
        choice("flurble", &["x"]),
        choice("zoom", &["ctrl-enterr", "shift-?", "3", "", "a-b"]),
    ])
    .unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 7, "{told:#?}");
    assert!(told[0].starts_with("config.toml:half-page-dwon") && told[0].contains("`half-page-down`"), "{}", told[0]);
    assert!(told[1].contains("no action `flurble`") && !told[1].contains("did you mean"), "{}", told[1]);
    assert!(told[2].contains("ctrl-enterr"), "{}", told[2]);
    assert!(told[3].contains("the sign that Shift makes"), "{}", told[3]);
    assert!(told[4].contains("digits are counts"), "{}", told[4]);
    assert!(told[6].contains("g g"), "{}", told[6]);
}

#[test]
fn the_user_s_own_contradictions_are_refused() {
    for (one, other) in [("x", "x"), ("x", "x y"), ("x y", "x"), ("G", "shift-g"), ("ctrl-i", "tab"), ("x y z", "x y")]
    {
        let errors = Keymap::new(&[choice("zoom", &[one]), choice("undo", &[other])]).unwrap_err();
        assert!(
            matches!(errors.as_slice(), [KeymapError::Conflict { action: Action::Undo, other: Action::Zoom, .. }]),
            "{one} and {other}: {errors:?}"
        );
    }
    assert!(Keymap::new(&[choice("zoom", &["x", "x"])]).is_ok(), "saying it twice is no contradiction");
    assert!(Keymap::new(&[choice("zoom", &["x", "x y"])]).is_err(), "the longer one could never be typed");
    assert!(Keymap::new(&[choice("zoom", &["x y"]), choice("undo", &["x z"])]).is_ok());
}

#[test]
fn the_user_wins_over_the_table_and_is_told() {
    let map = Keymap::new(&[choice("undo", &["j"])]).unwrap();
    assert_eq!(map.find(&chords("j")), Found::Action(Action::Undo));
    assert_eq!(map.find(&chords("down")), Found::Action(Action::Down));
    let [warning] = map.warnings() else { panic!("{:?}", map.warnings()) };
    assert!(warning.to_string().starts_with("config.toml:j: `undo` takes `j` from `down`, which keeps"), "{warning}");

    // A single g ends all sequences of the table that begin with it.
    let map = Keymap::new(&[choice("zoom", &["g"])]).unwrap();
    assert_eq!(map.find(&chords("g")), Found::Action(Action::Zoom));
    assert_eq!(map.find(&chords("home")), Found::Action(Action::Top));
    assert!(map.warnings().iter().any(|warning| warning.text.contains("`g g` from `top`")));

    let swapped = Keymap::new(&[choice("down", &["k"]), choice("up", &["j"])]).unwrap();
    assert_eq!(swapped.find(&chords("k")), Found::Action(Action::Down));
    assert_eq!(swapped.find(&chords("j")), Found::Action(Action::Up));
    assert!(swapped.warnings().is_empty());
}

#[test]
fn chords_that_others_take_are_warned_about_and_work() {
    for keys in ["ctrl-a", "ctrl-b", "ctrl-s", "ctrl-q", "alt-x", "ctrl-x ctrl-s"] {
        let map = Keymap::new(&[choice("zoom", &[keys])]).unwrap();
        assert_eq!(map.find(&chords(keys)), Found::Action(Action::Zoom));
        assert_eq!(map.warnings().len(), 1, "{keys}: {:?}", map.warnings());
    }
}

#[test]
fn there_is_always_a_way_out() {
    let none = ["quit", "leave", "palette"].map(|action| choice(action, &[]));
    assert_eq!(Keymap::new(&none).unwrap_err(), [KeymapError::NoWayOut]);
    assert!(Keymap::new(&none[..2]).is_ok(), "the palette is one");
}
