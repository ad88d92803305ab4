//! A proxy that stands in the way, told with what to do.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use crate::support::home::Home;

/// A proxy that says this to everybody.
fn proxy(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn told(answer: &'static str, variable: &str, url: &str) -> String {
    let home = Home::new();
    let proxy = format!("http://ana:hunter2@{}", proxy(answer));
    let output = home.command(&["feed", url]).env(variable, proxy).output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!told.contains("hunter2"), "{told}");
    told
}

#[test]
fn a_proxy_that_wants_a_login_is_told() {
    let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    for (variable, url) in [("HTTPS_PROXY", "https://blog.example/feed"), ("HTTP_PROXY", "http://blog.example/feed")] {
        let told = told(refusal, &variable.to_lowercase(), url);
        assert!(told.contains("407") && told.contains("your proxy wants a login"), "{told}");
    }
}

#[test]
fn a_proxy_that_does_not_let_through_is_told() {
    let refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    let told = told(refusal, "https_proxy", "https://blog.example/feed");
    assert!(told.contains("the proxy does not let us through") && told.contains("NO_PROXY"), "{told}");
}

#[test]
fn streams_go_through_the_proxy_too() {
    let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let home = Home::new();
    home.configure(
        "[brand]\nname = \"Ferris Bikes\"\n[collect]\npublic_feeds = false\n\
         [[source]]\nname = \"sky\"\nnetwork = \"bluesky\"\nurl = \"wss://jetstream.example/subscribe\"\n",
    );
    let check = |variables: &[(&str, String)]| {
        let output = home.command(&["check"]).envs(variables.iter().cloned()).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let proxy = format!("http://ana:hunter2@{}", proxy(refusal));
    for variable in ["https_proxy", "ALL_PROXY"] {
        let told = check(&[(variable, proxy.clone())]);
        assert!(told.contains("407") && told.contains("your proxy wants a login"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    let told = check(&[("https_proxy", proxy), ("no_proxy", "jetstream.example".to_owned())]);
    assert!(!told.contains("407"), "{told}");
}
