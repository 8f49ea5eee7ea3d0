//! The host as people write it, made into the target of a run.
//!
//! Must not know where the text came from.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::model::secret_keys::without_pairs;

use super::problems::Report;

/// Reads a host: an `http` or `https` address, or `host[:port][/prefix]` for `http`.
///
/// # Errors
/// What is wrong with it and what would be right.
pub(super) fn parse_host(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let bad = |reason: &str| {
        let shown = without_pairs(&without_credentials(text));
        Err(format!(
            "{shown:?} is not a host: {reason}; write https://rag.example.com"
        ))
    };
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let mut url = match Url::parse(&full) {
        Ok(url) => url,
        Err(error) => return bad(&error.to_string()),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("only http and https are spoken");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return bad("it must have no query and no fragment");
    }
    if url.port() == Some(0) {
        return bad("there is no port 0");
    }
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&prefix);
    Ok(url)
}

/// The address without user information, and without the slash of an empty path.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses without a host, which no target is.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string().trim_end_matches('/').to_owned()
}

/// Remembers what is secret in an address: a password, or a user name that stands alone.
pub(super) fn keep_credentials(url: &Url, report: &mut Report) {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return;
    }
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let secret = password.unwrap_or(user);
    report.secret(secret);
    report.secret(&decoded(secret));
    // What the Authorization header will carry.
    let pair = format!(
        "{}:{}",
        decoded(user),
        decoded(password.unwrap_or_default())
    );
    report.secret(&STANDARD.encode(pair));
}

/// What is no address, without what may be a password: one may hold a slash.
pub(super) fn without_credentials(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let kept = rest.rfind('@').map_or(rest, |at| &rest[at + 1..]);
    if scheme.is_empty() {
        kept.to_owned()
    } else {
        format!("{scheme}://{kept}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("localhost:8000", "http://localhost:8000"),
            ("https://RAG.example.com/", "https://rag.example.com"),
            ("http://u:p@host/api/v1/", "http://host/api/v1"),
            (" 127.0.0.1 ", "http://127.0.0.1"),
            ("[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(
                parse_host(text).map(|url| shown(&url)),
                Ok(expected.to_owned())
            );
        }
        for bad in [
            "",
            "ftp://host",
            "http://",
            "host?x=1",
            "http://host/#f",
            "http://h:99999",
            "a b",
            "host:0",
        ] {
            let error = parse_host(bad).unwrap_err();
            assert!(error.contains("is not a host"), "{bad}: {error}");
        }
        assert!(
            !parse_host("http://me:hunter2@ho st")
                .unwrap_err()
                .contains("hunter2")
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            if let Ok(url) = parse_host(&text) {
                let _ = shown(&url);
            }
        }
    }
}
