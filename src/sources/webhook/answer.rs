//! What a sender is answered: a status and a small JSON object.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Its status.
    pub(super) status: StatusCode,
    /// Why, and what to do.
    why: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal of this status.
    pub(super) fn new(status: StatusCode, why: &str) -> Self {
        let header = match status {
            StatusCode::UNAUTHORIZED => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, HeaderValue::from_static("POST"))),
            StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, HeaderValue::from_static("5"))),
            StatusCode::TOO_MANY_REQUESTS => Some((RETRY_AFTER, HeaderValue::from_static("60"))),
            StatusCode::CONFLICT => Some((RETRY_AFTER, HeaderValue::from_static("1"))),
            _ => None,
        };
        Self { status, why: why.to_owned(), header }
    }

    /// The sender did not prove that it knows the secret.
    pub(super) fn unproven(why: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why)
    }

    /// The answer.
    pub(super) fn response(self) -> Response<Full<Bytes>> {
        let mut response = response(self.status, &json!({ "error": self.why }));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// An answer with a body.
pub(super) fn response(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{body}\n"))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
