//! Proofs of who somebody is: a user's password, a token, or the cookie of whoever had one.
//!
//! Owns their comparing, which takes the same time whatever is wrong. Must not know routes.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::Secret;

/// The cookie of whoever logged in.
const COOKIE_NAME: &str = "ragload_session";

/// What proves that somebody may come in. Without password and token everybody may.
#[derive(Debug, Default)]
pub struct Access {
    /// `user:password`, as HTTP's Basic scheme has it.
    password: Option<Proof>,
    /// A token of HTTP's Bearer scheme.
    token: Option<Proof>,
    /// What the cookie holds: made up anew by each server.
    session: Option<Session>,
}

/// The digest of a secret: of the same length whatever the secret's.
#[derive(Debug)]
struct Proof([u8; 32]);

#[derive(Debug)]
struct Session {
    text: Secret,
    proof: Proof,
}

impl Proof {
    fn of(secret: &str) -> Self {
        Proof(Sha256::digest(secret).into())
    }

    fn is(&self, given: &str) -> bool {
        self.0.ct_eq(&Proof::of(given).0).into()
    }
}

impl Access {
    /// Access by `user:password`, by token, or by either.
    #[must_use]
    pub fn new(password: Option<&Secret>, token: Option<&Secret>) -> Self {
        let proof = |secret: Option<&Secret>| secret.map(|secret| Proof::of(secret.expose()));
        let session = || {
            let text = format!(
                "{}{}",
                uuid::Uuid::new_v4().simple(),
                uuid::Uuid::new_v4().simple()
            );
            Session {
                proof: Proof::of(&text),
                text: Secret::new(text),
            }
        };
        Access {
            password: proof(password),
            token: proof(token),
            session: token.map(|_| session()),
        }
    }

    /// Whether nobody is asked for anything.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.password.is_none() && self.token.is_none()
    }

    /// Whether a user and a password would do.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether a token would do.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Whether these headers prove that their sender may come in.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        self.is_open() || self.knows(headers)
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let (scheme, given) = authorization(headers).unwrap_or_default();
        let is = |proof: &Option<Proof>, given: &str| proof.as_ref().is_some_and(|p| p.is(given));
        if scheme.eq_ignore_ascii_case("basic") {
            let pair = STANDARD
                .decode(given)
                .ok()
                .and_then(|pair| String::from_utf8(pair).ok());
            return pair.is_some_and(|pair| is(&self.password, &pair));
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return is(&self.token, given);
        }
        let session = self.session.as_ref();
        session.is_some_and(|session| {
            cookies(headers).any(|(name, value)| name == COOKIE_NAME && session.proof.is(value))
        })
    }

    /// Whether these headers try to prove anything.
    pub(super) fn was_tried(headers: &HeaderMap) -> bool {
        headers.contains_key(AUTHORIZATION)
    }

    /// What the cookie of whoever gave this token is to hold; none for a wrong one.
    pub(in crate::web) fn session_for(&self, token: &str) -> Option<&Secret> {
        let is_right = self.token.as_ref()?.is(token);
        self.session
            .as_ref()
            .filter(|_| is_right)
            .map(|session| &session.text)
    }
}

/// The scheme of an `Authorization` header, and what follows it.
fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let (scheme, given) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    Some((scheme, given.trim()))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let texts = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The `Set-Cookie` of a session below this path: out of reach of scripts and of other sites.
pub(in crate::web) fn cookie(session: &Secret, base_path: &str) -> Option<HeaderValue> {
    let session = session.expose();
    let text = format!("{COOKIE_NAME}={session}; Path={base_path}/; HttpOnly; SameSite=Strict");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: axum::http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    fn basic(pair: &str) -> HeaderMap {
        with(AUTHORIZATION, &format!("Basic {}", STANDARD.encode(pair)))
    }

    #[test]
    fn only_the_right_proof_opens() {
        let access = Access::new(
            Some(&Secret::new("me:pass:word")),
            Some(&Secret::new("tok")),
        );
        assert!(access.admits(&basic("me:pass:word")));
        assert!(access.admits(&with(AUTHORIZATION, "bearer tok")));
        for wrong in ["me:pass", "me:", "", "tok"] {
            assert!(!access.admits(&basic(wrong)), "{wrong}");
        }
        for wrong in [
            "Bearer",
            "Bearer to",
            "Bearer me:pass:word",
            "Basic %%%",
            "tok",
        ] {
            assert!(!access.admits(&with(AUTHORIZATION, wrong)), "{wrong}");
        }
        assert!(!access.admits(&HeaderMap::new()));
        assert!(Access::default().admits(&HeaderMap::new()));
    }

    #[test]
    fn whoever_gave_the_token_is_known_by_the_cookie_of_this_server_only() {
        let (one, other) = (
            Access::new(None, Some(&Secret::new("tok"))),
            Access::new(None, Some(&Secret::new("tok"))),
        );
        assert!(one.session_for("wrong").is_none());
        let session = one.session_for("tok").unwrap().expose().to_owned();
        let headers = with(COOKIE, &format!("a=b; {COOKIE_NAME}={session}; c"));
        assert!(one.admits(&headers) && !other.admits(&headers));
    }
}
