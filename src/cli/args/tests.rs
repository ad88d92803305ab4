use super::*;

fn parse(line: &[&str]) -> Result<Args, clap::Error> {
    parse_from(std::iter::once("goodword").chain(line.iter().copied()).map(OsString::from))
}

fn help(path: &[&str], long: bool) -> String {
    let mut command = command().term_width(100);
    command.build();
    let mut here = &mut command;
    for name in path {
        here = here.find_subcommand_mut(name).unwrap();
    }
    let text = if long { here.render_long_help() } else { here.render_help() };
    text.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn definitions_hold_together() {
    command().debug_assert();
}

#[test]
fn every_command_is_in_one_group_of_the_help() {
    let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let command = command();
    let mut all: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    grouped.sort_unstable();
    all.sort_unstable();
    assert_eq!(grouped, all);
}

#[test]
fn help_of_the_whole_command() {
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("help", help(&[], false));
        insta::assert_snapshot!("help_long", help(&[], true));
    });
}

#[test]
fn help_of_each_command() {
    let command = command();
    let mut all = String::new();
    for sub in command.get_subcommands() {
        all.push_str(&format!("$ goodword {} --help\n{}\n", sub.get_name(), help(&[sub.get_name()], true)));
        for inner in sub.get_subcommands() {
            let path = [sub.get_name(), inner.get_name()];
            all.push_str(&format!("$ goodword {} --help\n{}\n", path.join(" "), help(&path, true)));
        }
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("help_commands", all);
    });
}

#[test]
fn every_command_shows_an_example() {
    let command = command();
    for sub in command.get_subcommands() {
        let text = help(&[sub.get_name()], false);
        assert!(text.contains("Example") && text.contains("goodword "), "{}", sub.get_name());
    }
}

#[test]
fn nothing_opens_the_dashboard() {
    let args = parse(&["--config", "c.toml", "--data-dir", "d", "--log-level", "debug"]).unwrap();
    assert!(args.command.is_none());
    assert_eq!(Flags::from(&args.everywhere), Flags { config: Some("c.toml".into()), data: Some("d".into()) });
    assert_eq!(args.everywhere.log_level.name(), "debug");
}

#[test]
fn watch_takes_a_name_of_several_words() {
    for line in [&["watch", "Ferris", "Bikes", "--rival", "R"][..], &["watch", "Ferris Bikes", "--rival", "R"]] {
        let Some(Command::Watch(watch)) = parse(line).unwrap().command else { panic!() };
        assert_eq!((watch.name().as_str(), watch.rival), ("Ferris Bikes", vec!["R".to_owned()]));
    }
    assert!(parse(&["watch"]).is_err());
    assert!(parse(&["watch", "Ferris", "--no-defaults"]).is_err(), "there would be nothing to listen to");
    let told = parse(&["watch", "Ferris", "--feed", "ferris.example"]).unwrap_err().to_string();
    assert!(told.contains("https://ferris.example"), "{told}");
}

#[test]
fn queries_may_begin_with_a_minus() {
    let Some(Command::Query(query)) = parse(&["query", "match", "-rust ferris"]).unwrap().command else { panic!() };
    assert!(matches!(query.command, QueryCommand::Match(found) if found.query == "-rust ferris"));
    let Some(Command::Search(search)) = parse(&["search", "-rust ferris", "--json", "--limit", "3"]).unwrap().command
    else {
        panic!()
    };
    assert_eq!((search.query.as_str(), search.limit, search.printing.json), ("-rust ferris", 3, true));
    assert!(parse(&["search", "x", "--limit", "0"]).is_err());
}

#[test]
fn options_for_every_command_may_stand_behind_it() {
    let args = parse(&["collect", "--once", "-v", "--data-dir", "d"]).unwrap();
    assert_eq!(args.everywhere.data_dir, Some("d".into()));
    assert!(matches!(args.command, Some(Command::Collect(CollectArgs { once: true, verbose: true, .. }))));
}

#[test]
fn files_dates_and_speeds_are_read() {
    let Some(Command::Import(import)) = parse(&["import", "-"]).unwrap().command else { panic!() };
    assert_eq!(import.from, Input::Stdin);
    let Some(Command::Import(import)) = parse(&["import", "./-"]).unwrap().command else { panic!() };
    assert_eq!(import.from, Input::File("./-".into()));
    let Some(Command::Export(export)) = parse(&["export", "--format", "csv", "--since", "30d"]).unwrap().command else {
        panic!()
    };
    assert_eq!((export.format, export.since.is_some(), export.until), (Format::Csv, true, None));
    assert!(parse(&["export", "--since", "yesterday"]).is_err());
    assert!(parse(&["demo", "--speed", "0"]).is_err() && parse(&["demo", "--speed", "NaN"]).is_err());
    assert!(parse(&["init", "--yes"]).is_err(), "--yes needs a brand");
}
