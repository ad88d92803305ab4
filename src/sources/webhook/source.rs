//! The receiver as a source that is listened to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::desk::Desk;
use super::server::{Counter, Patience, receive};
use crate::domain::{Capabilities, Timestamp};
use crate::sources::attendance::Attendance;
use crate::sources::{Batch, Credentials, Listen, Retry, SourceError, SourceErrorKind};

/// Longest poll that brings nothing.
const IDLE: Duration = Duration::from_secs(5);
/// How long a batch waits for more.
const GATHERING: Duration = Duration::from_millis(50);
/// Shortest secret, in bytes.
const SHORTEST_SECRET: usize = 16;

/// Listens to what is delivered to a loopback port.
pub(super) struct Webhook {
    pub(super) address: SocketAddr,
    credentials: Arc<dyn Credentials>,
    pub(super) patience: Patience,
    desk: Arc<Desk>,
    attendance: Attendance,
    /// The receiver, while the port is open.
    receiver: JoinSet<()>,
    /// Where it listens.
    pub(super) bound: Option<SocketAddr>,
}

impl Webhook {
    pub(super) fn new(address: SocketAddr, credentials: Arc<dyn Credentials>) -> Self {
        Self {
            address,
            credentials,
            patience: Patience::default(),
            desk: Arc::new(Desk::new()),
            attendance: Attendance::new(),
            receiver: JoinSet::new(),
            bound: None,
        }
    }

    /// Takes note of what is stored, and opens the port. What was handed over and is not stored comes back.
    pub(super) async fn settle(&mut self, cursor: &str, now: Timestamp) -> Result<Option<Batch>, SourceError> {
        let _attending = self.attendance.attend();
        let again = self.desk.settle(cursor, now);
        self.open().await?;
        Ok(again)
    }

    /// Opens the port unless it is open.
    async fn open(&mut self) -> Result<(), SourceError> {
        while self.receiver.try_join_next().is_some() {}
        if !self.receiver.is_empty() {
            return Ok(());
        }
        let secret = self.secret().await?;
        let listener = TcpListener::bind(self.address).await.map_err(|error| self.no_port(&error))?;
        self.bound = listener.local_addr().ok();
        let counter = Arc::new(Counter { desk: Arc::clone(&self.desk), secret, patience: self.patience });
        self.receiver.spawn(receive(listener, counter, self.attendance.absence()));
        Ok(())
    }

    async fn secret(&self) -> Result<SecretString, SourceError> {
        let secret = self.credentials.secret().await?;
        if secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(SourceError::new(
                SourceErrorKind::Refused,
                &format!("the secret of the receiver is shorter than {SHORTEST_SECRET} characters"),
                "make one that nobody guesses, with `openssl rand -hex 32`",
            ));
        }
        Ok(secret)
    }

    fn no_port(&self, error: &std::io::Error) -> SourceError {
        let address = self.address;
        let (what, advice) = match error.kind() {
            std::io::ErrorKind::AddrInUse => (
                format!("something else listens on {address} already"),
                "end it (another goodword?) or choose another port for `listen`",
            ),
            std::io::ErrorKind::PermissionDenied => {
                (format!("goodword may not listen on {address}"), "choose a port from 1024 on for `listen`")
            }
            _ => (format!("cannot listen on {address}: {error}"), "choose another address for `listen`"),
        };
        SourceError::new(SourceErrorKind::Local, &what, advice).retrying(Retry::Soon)
    }
}

#[async_trait]
impl Listen for Webhook {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let _attending = self.attendance.attend();
        if let Some(batch) = self.settle(cursor, now).await? {
            return Ok(batch);
        }
        if timeout(IDLE, self.desk.news()).await.is_ok() {
            sleep(GATHERING).await;
        }
        let nothing = || Batch { cursor: cursor.to_owned(), more: true, ..Batch::default() };
        Ok(self.desk.take(now).unwrap_or_else(nothing))
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: true, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        ""
    }
}
