//! Hold-backs that outlive the program: a server that wants to be left alone for an hour does not mean until the
//! next start. What the answers tell of counts need not be kept; the first answer tells it again.

use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Shorter ones are not worth a file.
const WORTH_IT: SignedDuration = SignedDuration::from_secs(30);
/// Largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// One hold-back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    pub(super) until: Timestamp,
}

/// The file.
pub(super) struct Keep {
    path: PathBuf,
}

impl Keep {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was kept; nothing when there is no such file or it is damaged.
    pub(super) fn read(&self) -> Vec<Kept> {
        let small = std::fs::metadata(&self.path).is_ok_and(|file| file.is_file() && file.len() <= LARGEST);
        let text = if small { std::fs::read(&self.path).unwrap_or_default() } else { Vec::new() };
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps these in place of what was kept. A failure only costs a refused request after the next start.
    pub(super) fn write(&self, mut kept: Vec<Kept>, now: Timestamp) {
        kept.retain(|kept| kept.until.duration_since(now) > WORTH_IT);
        kept.sort_by(|one, other| (&one.host, &one.account).cmp(&(&other.host, &other.account)));
        if kept == self.read() {
            return;
        }
        let _ = serde_json::to_vec(&kept).map_err(std::io::Error::from).and_then(|text| {
            let beside = self.path.with_extension("new");
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(&text)?;
            drop(file);
            std::fs::rename(&beside, &self.path)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_damage_is_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let keep = Keep::new(directory.path().join("holds.json"));
        assert_eq!(keep.read(), []);
        let now = Timestamp::from_second(1_000).unwrap();
        let until = |second| Timestamp::from_second(second).unwrap();
        let long = Kept { host: "a.example".into(), account: Some("x:1".into()), until: until(5_000) };
        let short = Kept { host: "b.example".into(), account: None, until: until(1_010) };
        keep.write(vec![short, long.clone()], now);
        assert_eq!(keep.read(), [long]);
        std::fs::write(directory.path().join("holds.json"), b"[{").unwrap();
        assert_eq!(keep.read(), []);
    }
}
