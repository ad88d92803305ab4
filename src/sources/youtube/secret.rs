//! The one line that holds the secrets of an account.

use secrecy::{ExposeSecret, SecretString};

use crate::sources::{SourceError, SourceErrorKind};

/// What the line holds.
pub(super) struct Access {
    /// A key of the interface: reads what anybody may read.
    pub(super) key: Option<SecretString>,
    /// The right to act for a channel.
    pub(super) oauth: Option<OAuth>,
}

/// The right to act for a channel, as an app of one's own.
pub(super) struct OAuth {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) refresh_token: SecretString,
}

impl OAuth {
    /// As it stands in the line.
    pub(super) fn line(&self) -> SecretString {
        let (secret, token) = (self.client_secret.expose_secret(), self.refresh_token.expose_secret());
        SecretString::from(format!("oauth:{} {secret} {token}", self.client_id))
    }
}

/// Reads the line: `key:KEY`, `oauth:CLIENT_ID CLIENT_SECRET REFRESH_TOKEN`, both, or a bare key.
///
/// # Errors
/// When it is none of these. Nothing of the line is repeated.
pub(super) fn read(line: &SecretString) -> Result<Access, SourceError> {
    let mut words = line.expose_secret().split_whitespace();
    let mut access = Access { key: None, oauth: None };
    while let Some(word) = words.next() {
        if let Some(key) = word.strip_prefix("key:") {
            access.key = Some(SecretString::from(key));
        } else if let Some(client_id) = word.strip_prefix("oauth:") {
            let (Some(secret), Some(token)) = (words.next(), words.next()) else { return Err(malformed()) };
            access.oauth = Some(OAuth {
                client_id: client_id.to_owned(),
                client_secret: SecretString::from(secret),
                refresh_token: SecretString::from(token),
            });
        } else if access.key.is_none() && access.oauth.is_none() {
            access.key = Some(SecretString::from(word));
        } else {
            return Err(malformed());
        }
    }
    if access.key.is_none() && access.oauth.is_none() { Err(malformed()) } else { Ok(access) }
}

fn malformed() -> SourceError {
    SourceError::new(
        SourceErrorKind::Refused,
        "the secret of a YouTube source cannot be read",
        "it is one line: key:KEY, or oauth:CLIENT_ID CLIENT_SECRET REFRESH_TOKEN, or both; `goodword login youtube` \
         makes it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<(Option<String>, Option<String>), SourceError> {
        let access = read(&SecretString::from(line))?;
        let shown = |secret: SecretString| secret.expose_secret().to_owned();
        Ok((access.key.map(shown), access.oauth.map(|oauth| oauth.line().expose_secret().to_owned())))
    }

    #[test]
    fn every_form_of_the_line_is_read() {
        let oauth = "oauth:id.apps secret 1//refresh";
        assert_eq!(of("key:K").unwrap(), (Some("K".into()), None));
        assert_eq!(of("  AIzaBare\n").unwrap(), (Some("AIzaBare".into()), None));
        assert_eq!(of(oauth).unwrap(), (None, Some(oauth.into())));
        assert_eq!(of(&format!("key:K {oauth}")).unwrap(), (Some("K".into()), Some(oauth.into())));
        for bad in ["", "oauth:id secret", "key:a b canary", "oauth:i s r canary"] {
            let error = of(bad).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
