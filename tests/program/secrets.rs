//! What a dashboard shows and leaves behind holds no password.

use crate::support::Pty;
use crate::support::home::Home;
use crate::support::newsstand::Newsstand;

const CANARY: &str = "c4n4ry-s3cret";

#[test]
fn a_dashboard_tells_no_secret() {
    let stand = Newsstand::open();
    let pages = stand.feed("/good.xml");
    pages.publish_raw("p1", "<item><link>posts/1</link><description>Ferris chain snapped</description></item>".into());
    let home = Home::new();
    let good = stand.url_with(&format!("ana:{CANARY}"), "/good.xml");
    let bad = stand.url(&format!("/missing.xml?token={CANARY}"));
    let arguments = [
        "watch",
        "Ferris",
        "--feed",
        &good,
        "--feed",
        &bad,
        "--no-defaults",
        "--log-level",
        "trace",
        "--data-dir",
        "data",
    ];
    let mut pty = Pty::spawn(home.screen(&arguments), 200, 50);
    pty.wait_until("the mention and the failure", |shown| shown.shows("chain snapped") && shown.shows("sources 1/2!"));
    pty.keys("gs");
    pty.wait_for("404");
    pty.keys("=");
    pty.wait_for("failures in a row");
    pty.keys("\x1b");
    pty.wait_gone("failures in a row");
    pty.keys("gd");
    pty.wait_for("How it was read");
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(pty.look(|shown| shown.count(CANARY.as_bytes())), 0, "it is on the screen");
    for (path, held) in home.files() {
        assert!(!held.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()), "it is in {}", path.display());
    }
}
