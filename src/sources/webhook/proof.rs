//! How a sender proves that it knows the secret. All comparisons take as long for a near miss as for nonsense.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::answer::Refusal;
use super::memory::Mark;
use crate::domain::Timestamp;

/// How far the clock of a sender may be off, in seconds.
pub(super) const SKEW: i64 = 300;
/// How long a delivery whose signature carries no time is remembered, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;

const STAMP: &str = "x-goodword-timestamp";
const SIGNATURE: &str = "x-goodword-signature";
const HUB_SIGNATURE: &str = "x-hub-signature-256";
const HUB_DELIVERY: &str = "x-github-delivery";

/// What a sender offers as proof.
#[derive(Debug)]
pub(super) enum Offer {
    /// The secret itself.
    Bearer(String),
    /// A signature over a time and the body.
    Stamped {
        /// Unix seconds, as written.
        stamp: String,
        /// The signature.
        signature: Vec<u8>,
    },
    /// A signature over the body alone.
    Body {
        /// The signature.
        signature: Vec<u8>,
        /// The sender's name for the delivery.
        delivery: Option<String>,
    },
}

impl Offer {
    /// What these headers offer.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        if let Some(signature) = text(SIGNATURE) {
            let stamp = text(STAMP).ok_or_else(|| Refusal::unproven("X-Goodword-Timestamp is missing"))?;
            return Ok(Self::Stamped { stamp, signature: hex(&signature)? });
        }
        if let Some(signature) = text(HUB_SIGNATURE) {
            return Ok(Self::Body { signature: hex(&signature)?, delivery: text(HUB_DELIVERY) });
        }
        let Some(authorization) = text(AUTHORIZATION.as_str()) else {
            return Err(Refusal::unproven("send the secret (Authorization: Bearer SECRET) or a signature"));
        };
        match authorization.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Self::Bearer(token.trim().to_owned())),
            _ => Err(Refusal::unproven("Authorization must be “Bearer SECRET”")),
        }
    }

    /// Judges what can be judged without the body.
    pub(super) fn judge_early(&self, secret: &SecretString, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self::Bearer(token) => {
                let theirs = mac(secret, &[token.as_bytes()]).finalize().into_bytes();
                let same = mac(secret, &[secret.expose_secret().as_bytes()]).verify_slice(&theirs).is_ok();
                if same { Ok(()) } else { Err(Refusal::unproven("this is not the secret")) }
            }
            Self::Stamped { stamp, .. } => {
                let wrong = || Refusal::unproven("X-Goodword-Timestamp must be the Unix time in whole seconds");
                let off = stamp.parse::<i64>().map_err(|_| wrong())?.saturating_sub(now.as_second());
                let late = if off < 0 { "behind" } else { "ahead of" };
                let told = || format!("X-Goodword-Timestamp is {} s {late} this machine's clock", off.unsigned_abs());
                if off.saturating_abs() > SKEW { Err(Refusal::unproven(&told())) } else { Ok(()) }
            }
            Self::Body { .. } => Ok(()),
        }
    }

    /// Judges the body. Gives the marks by which the delivery is known again, if it comes again.
    pub(super) fn judge(&self, secret: &SecretString, body: &[u8], now: Timestamp) -> Result<Vec<Mark>, Refusal> {
        let (signed, signature) = match self {
            Self::Bearer(_) => return Ok(Vec::new()),
            Self::Stamped { stamp, signature } => (mac(secret, &[stamp.as_bytes(), b".", body]), signature),
            Self::Body { signature, .. } => (mac(secret, &[body]), signature),
        };
        if signed.verify_slice(signature).is_err() {
            return Err(Refusal::unproven("the signature does not fit the body and the secret"));
        }
        Ok(match self {
            Self::Stamped { stamp, .. } => {
                let until = stamp.parse::<i64>().unwrap_or_default().saturating_add(SKEW);
                vec![Mark::timed(fingerprint(b"signature", signature), until)]
            }
            Self::Body { delivery, .. } => {
                let until = now.as_second().saturating_add(REMEMBERED);
                let name = delivery.iter().map(|name| fingerprint(b"delivery", name.as_bytes()));
                let marks = name.chain([fingerprint(b"signature", signature)]);
                marks.map(|mark| Mark::untimed(mark, until)).collect()
            }
            Self::Bearer(_) => Vec::new(),
        })
    }
}

fn mac(secret: &SecretString, parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key of any length is a key: HMAC hashes what is longer than a block.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes())
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The bytes of `sha256=HEX`.
fn hex(signature: &str) -> Result<Vec<u8>, Refusal> {
    let wrong = || Refusal::unproven("a signature is “sha256=” and 64 hexadecimal digits");
    let digits = signature.trim().strip_prefix("sha256=").ok_or_else(wrong)?;
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(wrong());
    }
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    pairs.map(|pair| u8::from_str_radix(pair, 16).map_err(|_| wrong())).collect()
}

fn fingerprint(kind: &[u8], bytes: &[u8]) -> u64 {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(bytes).finalize();
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
