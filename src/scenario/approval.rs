//! Hosts approved for load: `host` or `host:port`, by flag, variable or scenario.
//!
//! Must not know where the entries come from.

use url::{Host, Url};

use super::host::HostClass;
use super::target::without_credentials;

/// The hosts that load may be sent to without asking, beside those whose name allows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Approvals {
    entries: Vec<(Host<String>, Option<u16>)>,
    texts: Vec<String>,
}

impl Approvals {
    /// Adds an entry.
    ///
    /// # Errors
    /// When it is no host, with the remedy.
    pub(super) fn add(&mut self, text: &str) -> Result<(), String> {
        let bad = || {
            let shown = without_credentials(text.trim());
            format!(
                "{shown:?} is not a host{}; write host or host:port, such as rag.example.com:8443",
                if text.contains('@') {
                    ": it has a user or password"
                } else {
                    ""
                }
            )
        };
        let text = text.trim();
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
        let bare = bare.strip_suffix('/').unwrap_or(bare);
        if bare.is_empty() || bare.contains(['/', '?', '#', '@', '*', ' ']) {
            return Err(bad());
        }
        // A scheme without default port keeps the port apart from "not given".
        let url = Url::parse(&format!("http://{bare}")).map_err(|_| bad())?;
        let host = url.host().ok_or_else(bad)?.to_owned();
        let port = bare
            .rsplit_once(':')
            .filter(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
            .filter(|(host, _)| !host.contains(':') || host.ends_with(']'))
            .and_then(|(_, port)| port.parse().ok());
        self.entries.push((undotted(host), port));
        self.texts.push(bare.to_ascii_lowercase());
        Ok(())
    }

    /// Whether an entry approves the host of this address.
    pub(super) fn approve(&self, url: &Url) -> bool {
        let Some(host) = url.host() else {
            return false;
        };
        let host = undotted(host.to_owned());
        self.entries.iter().any(|(known, port)| {
            *known == host && port.is_none_or(|port| url.port_or_known_default() == Some(port))
        })
    }

    /// Whether load may go to this address without anybody being asked.
    pub(super) fn allow(&self, url: &Url) -> bool {
        HostClass::of(url).runs_unasked() || self.approve(url)
    }

    /// The entries as written.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }
}

fn undotted(host: Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_ascii_lowercase()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_approves_its_host_and_port_only() {
        for (entry, url, expected) in [
            ("rag.example.com", "https://rag.example.com/x", true),
            ("RAG.example.com.", "https://rag.example.com:8443", true),
            ("rag.example.com:8443", "https://rag.example.com:8443", true),
            ("rag.example.com:443", "https://rag.example.com", true),
            ("rag.example.com:8443", "https://rag.example.com", false),
            ("example.com", "https://rag.example.com", false),
            ("https://rag.example.com/", "https://rag.example.com", true),
            ("[2001:db8::1]:80", "http://[2001:db8::1]", true),
            ("[2001:db8::1]", "http://[2001:db8::1]:99", true),
        ] {
            let mut approvals = Approvals::default();
            approvals.add(entry).unwrap();
            assert_eq!(
                approvals.approve(&Url::parse(url).unwrap()),
                expected,
                "{entry} {url}"
            );
        }
        for bad in ["", "*.example.com", "a b", "host/path", "user@host"] {
            assert!(Approvals::default().add(bad).is_err(), "{bad}");
        }
        let error = Approvals::default().add("https://u:p/w@h").unwrap_err();
        assert!(error.starts_with("\"https://h\" is not a host"), "{error}");
    }
}
