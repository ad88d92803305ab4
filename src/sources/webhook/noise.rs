//! Whatever strangers send, nothing but what proved itself is taken in.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::proof::Offer;
use super::server::{Shape, read};
use super::tests::{NOW, SECRET, Stand, at, said};

/// Whatever is thrown at the port, it goes on, and stores nothing that did not prove itself.
#[tokio::test]
async fn random_bytes_do_no_harm() {
    let mut stand = Stand::going_on("", |source| source.patience.head = Duration::from_millis(100)).await;
    let address = stand.source.bound.unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let whole = format!(
        "POST /mentions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {SECRET}\r\nContent-Length: 34\r\n\r\n{{\"native_id\":\"1\",\"text\":\"a\"}}      "
    );
    for round in 0..150 {
        let mut bytes: Vec<u8> = if round % 2 == 0 {
            (0..random.usize(0..400)).map(|_| random.u8(..)).collect()
        } else {
            whole.replace(SECRET, "not the secret, nearly the secret").into_bytes()
        };
        for _ in 0..random.usize(0..6) {
            if !bytes.is_empty() {
                let place = random.usize(0..bytes.len());
                bytes[place] = random.u8(..);
                bytes.truncate(random.usize(0..=bytes.len()).max(place));
            }
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let answer = stand.serve(said(&mut stream)).await;
        assert!(!answer.starts_with("HTTP/1.1 20"), "{answer}\n{}", String::from_utf8_lossy(&bytes));
    }
    assert!(stand.stored.is_empty());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(whole.as_bytes()).await.unwrap();
    let answer = stand.serve(said(&mut stream)).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

proptest! {
    #[test]
    fn any_body_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), json: bool) {
        let shape = if json { Shape::Json } else { Shape::Lines };
        if let Ok(gather) = read(shape, &bytes) {
            prop_assert!(gather.items.len() + gather.wrong.len() <= bytes.len());
        }
    }

    /// No header that a stranger can make up proves anything.
    #[test]
    fn nothing_made_up_is_a_proof(
        headers in proptest::collection::btree_map(
            proptest::sample::select(&["authorization", "x-goodword-signature", "x-goodword-timestamp",
                "x-hub-signature-256", "x-github-delivery"][..]),
            prop_oneof!["[ -~]{0,80}", "sha256=[0-9a-f]{64}", "Bearer [ -~]{0,40}", Just(NOW.to_string())],
            0..5,
        ),
        body in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let headers: BTreeMap<&str, String> = headers;
        let map: HeaderMap = headers
            .iter()
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)))
            .collect();
        let secret = secrecy::SecretString::from(SECRET);
        let proven = Offer::read(&map).and_then(|offer| {
            offer.judge_early(&secret, at(NOW))?;
            offer.judge(&secret, &body, at(NOW))
        });
        prop_assert!(proven.is_err(), "{headers:?}");
    }
}
