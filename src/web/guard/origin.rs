//! Names and sites: what a browser says about where a request comes from.
//!
//! A page of another site can make a browser send requests here, and a name that it owns can be
//! made to point here (DNS rebinding). The browser tells both: by `Host`, `Origin` and
//! `Sec-Fetch-Site`. Programs that are no browsers send no more than the first. Must not know
//! routes.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{ORIGIN, REFERER};
use axum::http::uri::Authority;

/// The names a server answers to, beside addresses and those of its own machine.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    allowed: Vec<String>,
}

impl Hosts {
    /// These names; `*` for any.
    #[must_use]
    pub fn new(allowed: impl IntoIterator<Item = String>) -> Self {
        let allowed = allowed.into_iter().map(|name| plain(&name));
        Hosts {
            allowed: allowed.collect(),
        }
    }

    /// Whether a `Host` of this kind is answered. An address cannot be rebound; a name can.
    pub(super) fn answers_to(&self, host: &str) -> bool {
        let Some(name) = name_of(host) else {
            return false;
        };
        let own = name == "localhost" || name.ends_with(".localhost");
        own || is_address(&name) || self.lists(&name)
    }

    /// Whether a request to `host` was sent by its own page, or by no page at all.
    pub(super) fn trust(&self, headers: &HeaderMap, host: &str) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let has = |name: &str| headers.contains_key(name);
        if has("sec-fetch-site") && !matches!(text("sec-fetch-site"), Some("same-origin" | "none"))
        {
            return false;
        }
        if has(ORIGIN.as_str()) {
            return text(ORIGIN.as_str()).is_some_and(|origin| self.is_own(origin, host));
        }
        match (has("sec-fetch-site"), text(REFERER.as_str())) {
            // An old browser's link.
            (false, Some(page)) => self.is_own(page, host),
            _ => true,
        }
    }

    /// Whether an address is of this server: of the host that was asked, or of one it may be
    /// reached by through a proxy.
    fn is_own(&self, address: &str, host: &str) -> bool {
        let Some((_, rest)) = address.split_once("://") else {
            return false;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let named = |name: &String| self.allowed.contains(name);
        authority.eq_ignore_ascii_case(host) || name_of(authority).as_ref().is_some_and(named)
    }

    fn lists(&self, name: &str) -> bool {
        self.allowed
            .iter()
            .any(|allowed| allowed == "*" || allowed == name)
    }
}

/// The name in `name:port`, in lower case; none for what is no host.
fn name_of(host: &str) -> Option<String> {
    let authority: Authority = host.parse().ok()?;
    let has_user = authority.as_str().contains('@');
    (!has_user).then(|| plain(authority.host()))
}

fn plain(name: &str) -> String {
    let name = name.trim().trim_end_matches('.');
    name.to_ascii_lowercase()
}

fn is_address(name: &str) -> bool {
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    bare.unwrap_or(name).parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_others_own_are_not_answered_to() {
        let hosts = Hosts::new(["Loadgen.example.com".to_owned()]);
        for host in [
            "localhost:8089",
            "LOCALHOST.",
            "ui.localhost",
            "127.0.0.1:8089",
            "[::1]:8089",
            "10.1.2.3",
            "loadgen.example.com:8089",
        ] {
            assert!(hosts.answers_to(host), "{host}");
        }
        for host in [
            "evil.example.com:8089",
            "localhost.evil.example.com",
            "127.0.0.1.evil.example.com",
            "notlocalhost",
            "user@localhost",
            "",
            "a b",
        ] {
            assert!(!hosts.answers_to(host), "{host}");
        }
        assert!(Hosts::new(["*".to_owned()]).answers_to("anything:1"));
    }

    fn trusts(hosts: &Hosts, pairs: &[(&'static str, &str)]) -> bool {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                axum::http::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        };
        hosts.trust(&pairs.iter().map(pair).collect(), "localhost:8089")
    }

    #[test]
    fn a_page_of_another_site_changes_nothing() {
        let hosts = Hosts::new(["ui.example.com".to_owned()]);
        let own = "http://localhost:8089";
        for headers in [
            &[][..],
            &[("origin", own)],
            &[("origin", own), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            // Behind a proxy that speaks HTTPS and says another Host.
            &[
                ("origin", "https://ui.example.com"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("referer", "http://localhost:8089/")],
        ] {
            assert!(trusts(&hosts, headers), "{headers:?}");
        }
        for headers in [
            &[("origin", "http://evil.example.com")][..],
            &[("origin", "http://localhost:3000")],
            &[("origin", "http://localhost:8089.evil.example.com")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", own), ("sec-fetch-site", "cross-site")],
            &[("referer", "http://evil.example.com/localhost:8089")],
        ] {
            assert!(!trusts(&hosts, headers), "{headers:?}");
        }
    }
}
