//! Which hosts may be put under load without asking.
//!
//! Decided from the name alone: nothing is looked up, so the answer is the same everywhere. Must
//! not know who approved what.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The class of a target host, decided from its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostClass {
    /// `localhost`, `127.0.0.0/8`, `[::1]`.
    Loopback,
    /// A private address, `*.local`, or a single-label name.
    Private,
    /// A name that says staging, stage, test, dev, qa, uat or sandbox.
    Staging,
    /// A name that says production.
    Production,
    /// Anything else: public.
    Public,
}

const STAGING: &[&str] = &["staging", "stage", "test", "dev", "qa", "uat", "sandbox"];
const PRODUCTION: &[&str] = &["prod", "production"];

impl HostClass {
    /// Whether load may go there without approval.
    #[must_use]
    pub fn runs_unasked(self) -> bool {
        matches!(
            self,
            HostClass::Loopback | HostClass::Private | HostClass::Staging
        )
    }

    /// The class of an address's host; public where there is none.
    #[must_use]
    pub fn of(url: &Url) -> HostClass {
        match url.host() {
            Some(Host::Ipv4(address)) => of_ipv4(address),
            Some(Host::Ipv6(address)) => of_ipv6(address),
            Some(Host::Domain(name)) => of_name(name),
            None => HostClass::Public,
        }
    }
}

fn of_ipv4(address: Ipv4Addr) -> HostClass {
    let [a, b, ..] = address.octets();
    // Carrier-grade NAT (100.64/10) is where VPN meshes put their machines.
    let shared = a == 100 && (64..128).contains(&b);
    if address.is_loopback() {
        HostClass::Loopback
    } else if address.is_private() || address.is_link_local() || address.is_unspecified() || shared
    {
        HostClass::Private
    } else {
        HostClass::Public
    }
}

fn of_ipv6(address: Ipv6Addr) -> HostClass {
    if let Some(address) = address.to_ipv4_mapped() {
        return of_ipv4(address);
    }
    if address.is_loopback() {
        HostClass::Loopback
    } else if address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_unspecified()
    {
        HostClass::Private
    } else {
        HostClass::Public
    }
}

fn of_name(name: &str) -> HostClass {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    if last == "localhost" {
        HostClass::Loopback
    } else if labels.iter().any(|label| says(label, PRODUCTION)) {
        // Before anything that would let load through: `prod.test.example.com` asks.
        HostClass::Production
    } else if labels.len() == 1 || last == "local" {
        HostClass::Private
    } else if says_staging(&labels) {
        HostClass::Staging
    } else {
        HostClass::Public
    }
}

fn says_staging(labels: &[&str]) -> bool {
    // `.dev` is a public top-level domain; `.test` is reserved for tests.
    let (last, rest) = match labels.split_last() {
        Some((last, rest)) => (*last, rest),
        None => return false,
    };
    // The parts of a punycode label are no words anybody wrote.
    let written = rest.iter().filter(|label| !label.starts_with("xn--"));
    last == "test" || written.into_iter().any(|label| says(label, STAGING))
}

/// Whether one of these is a word of the label, a number after it aside: `qa2-rag`.
fn says(label: &str, words: &[&str]) -> bool {
    label
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_classed_by_name_alone() {
        use HostClass::{Loopback, Private, Production, Public, Staging};
        for (host, expected) in [
            ("localhost:8000", Loopback),
            ("LOCALHOST.", Loopback),
            ("api.localhost", Loopback),
            ("127.9.9.9", Loopback),
            ("[::1]:80", Loopback),
            ("[::ffff:127.0.0.1]", Loopback),
            ("0.0.0.0", Private),
            ("10.1.2.3", Private),
            ("172.31.0.1", Private),
            ("172.32.0.1", Public),
            ("192.168.1.1", Private),
            ("169.254.1.1", Private),
            ("100.64.0.1", Private),
            ("100.128.0.1", Public),
            ("8.8.8.8", Public),
            ("[fd00::1]", Private),
            ("[fe80::1]", Private),
            ("[2001:db8::1]", Public),
            ("rag", Private),
            ("printer.local", Private),
            ("rag.svc.cluster.local", Private),
            ("staging.example.com", Staging),
            ("rag-qa2.example.com", Staging),
            ("dev.example.com.", Staging),
            ("STAGE.example.com", Staging),
            ("x.test", Staging),
            ("latest.example.com", Public),
            ("contest.example.com", Public),
            ("developer.example.com", Public),
            ("example.dev", Public),
            ("xn--test-9ua.example.com", Public),
            ("t\u{e9}st.example.com", Public),
            ("example.com", Public),
            ("prod.example.com", Production),
            ("rag-production.example.com", Production),
            ("prod.test.example.com", Production),
            ("staging-prod.local", Production),
            ("products.example.com", Public),
            ("rag-prod", Production),
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(HostClass::of(&url), expected, "{host}");
        }
    }
}
