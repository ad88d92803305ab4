//! Reads a body piece by piece, so that neither a long one nor a decompression bomb fills the memory.

use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::sources::SourceError;

use super::failure;

/// Longest time for the page of a failure.
const GLANCE: Duration = Duration::from_secs(5);

/// Reads the decompressed body up to `cap` bytes.
///
/// # Errors
/// Too large, or broken off.
pub(super) async fn read_whole(mut answer: reqwest::Response, cap: u64, asked: &Url) -> Result<Vec<u8>, SourceError> {
    // The announced length is that of the packed bytes; it only helps to reserve and to refuse early.
    let announced = answer.content_length().unwrap_or(0);
    if announced > cap {
        return Err(failure::too_large(asked, cap));
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(piece) = answer.chunk().await.map_err(|error| failure::of_transport(&error, asked))? {
        if (body.len() as u64).saturating_add(piece.len() as u64) > cap {
            return Err(failure::too_large(asked, cap));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Reads at most `cap` bytes, for at most [`GLANCE`], and forgives what goes wrong after them: the beginning of a
/// failure's page is enough to say what it is.
pub(super) async fn read_beginning(mut answer: reqwest::Response, cap: usize) -> Vec<u8> {
    let deadline = Instant::now() + GLANCE;
    let mut body = Vec::new();
    while let Ok(Ok(Some(piece))) = tokio::time::timeout_at(deadline, answer.chunk()).await {
        let room = cap.saturating_sub(body.len()).min(piece.len());
        body.extend_from_slice(piece.get(..room).unwrap_or_default());
        if body.len() >= cap {
            break;
        }
    }
    body
}
