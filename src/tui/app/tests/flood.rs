//! Five hundred mentions a second must not flood the store.

use super::*;
use crate::domain::Timestamp;

#[test]
fn a_second_of_five_hundred_mentions_costs_a_handful_of_reads() {
    let (mut town, mut model) = morning();
    let start = now().as_millisecond() + 60_000;
    town.tell(&mut model, Msg::Clock(Timestamp::from_millisecond(start).unwrap()));
    let mut asked = 0;
    let mut waking: Option<Timestamp> = None;
    let mut next = 3_000;
    for millisecond in (0..1_000).step_by(20) {
        let moment = Timestamp::from_millisecond(start + millisecond).unwrap();
        let fresh: Vec<_> = (next..next + 10).map(row).collect();
        next += 10;
        town.rows.extend(fresh.clone());
        let recorded = Event::Recorded { source: SourceId(1), new: fresh.into(), changed: 0 };
        let mut cmds = model.update(Msg::Engine(recorded)).cmds;
        if waking.is_some_and(|at| at <= moment) {
            waking = None;
            cmds.extend(model.update(Msg::Clock(moment)).cmds);
        }
        asked += loads(&cmds).len();
        for cmd in town.serve(&mut model, cmds) {
            if let Cmd::Wake(at) = cmd {
                waking = Some(waking.map_or(at, |known| known.min(at)));
            }
        }
        assert!(model.stream().window().len() <= window::BOUND);
    }
    assert!(asked >= 4, "the list follows: {asked}");
    assert!(asked <= 20, "{asked} reads for 500 mentions");
}

#[test]
fn one_read_of_a_thing_at_a_time() {
    let (mut town, mut model) = morning();
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    let mut under_way = 0;
    for n in 0..200 {
        let recorded = Event::Recorded { source: SourceId(1), new: vec![row(3_000 + n)].into(), changed: 1 };
        let cmds = model.update(Msg::Engine(recorded)).cmds;
        under_way += loads(&cmds).iter().filter(|load| matches!(load, Load::Overview { .. })).count();
    }
    assert_eq!(under_way, 1, "nobody answered the first one");
}
