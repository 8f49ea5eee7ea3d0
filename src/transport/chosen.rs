//! The transport of a run: which one a scenario wants, which one it gets, and why.
//!
//! Must not know how either of them works.

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use url::{Host, Url};

use crate::clock::RunClock;
use crate::request::{AnswerReader, Prepared};

use super::direct::{Direct, DirectClient};
use super::general::{General, GeneralClient};
use super::{Client, ClientSettings, Transport, TransportError};

/// The key `client` of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientKind {
    /// The direct transport, unless the general one is needed.
    #[default]
    Auto,
    /// The fastest: HTTP/1.1 over connections of its own.
    Direct,
    /// The one for everything: proxies and HTTP/2 too.
    General,
}

impl ClientKind {
    /// All of them, as written in scenarios.
    const ALL: [(&'static str, ClientKind); 3] = [
        ("auto", ClientKind::Auto),
        ("direct", ClientKind::Direct),
        ("general", ClientKind::General),
    ];
}

impl FromStr for ClientKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = ClientKind::ALL.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, kind)| *kind)
            .ok_or_else(|| format!("must be auto, direct or general, found {text:?}"))
    }
}

impl fmt::Display for ClientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = ClientKind::ALL.iter().find(|(_, kind)| kind == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// Which transport it is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    general: bool,
    why: String,
}

impl Choice {
    /// Chooses for a scenario that sends to these addresses. A proxy is one that the environment
    /// or the system sets.
    pub fn of<'a>(wanted: ClientKind, addresses: impl IntoIterator<Item = &'a Url>) -> Self {
        Choice::with(wanted, addresses, &Matcher::from_system())
    }

    fn with<'a>(
        wanted: ClientKind,
        addresses: impl IntoIterator<Item = &'a Url>,
        proxies: &Matcher,
    ) -> Self {
        let mut proxied = addresses.into_iter();
        let proxied = proxied.find_map(|url| Some((url.host_str()?, proxy(url, proxies)?)));
        let (general, why) = match (wanted, proxied) {
            (ClientKind::Auto, None) => (false, "no proxy is set for the target".to_owned()),
            (ClientKind::Auto, Some((host, proxy))) => {
                (true, format!("{host} is reached through the proxy {proxy}"))
            }
            (ClientKind::Direct, None) => (false, "as asked".to_owned()),
            (ClientKind::Direct, Some((_, proxy))) => {
                (false, format!("as asked, past the proxy {proxy}"))
            }
            (ClientKind::General, _) => (true, "as asked".to_owned()),
        };
        Choice { general, why }
    }

    /// The transport that was chosen, its moments told by this clock.
    #[must_use]
    pub fn transport(&self, clock: RunClock) -> Chosen {
        if self.general {
            Chosen::General(General::new(clock))
        } else {
            Chosen::Direct(Direct::new(clock))
        }
    }
}

impl fmt::Display for Choice {
    /// `direct, HTTP/1.1 (no proxy is set for the target)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.general {
            "general, HTTP/1.1 or HTTP/2"
        } else {
            "direct, HTTP/1.1"
        };
        write!(f, "{what} ({})", self.why)
    }
}

/// The proxy that a request to this address has to take. The credentials in its address are not
/// part of it.
fn proxy(url: &Url, proxies: &Matcher) -> Option<Uri> {
    if is_loopback(url) {
        return None;
    }
    let uri: Uri = url.as_str().parse().ok()?;
    Some(proxies.intercept(&uri)?.uri().clone())
}

/// Whether an address is on this machine, which no proxy can reach.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The transport of a run.
pub enum Chosen {
    /// The direct one.
    Direct(Direct),
    /// The general one.
    General(General),
}

/// What one virtual user sends with.
#[expect(
    clippy::large_enum_variant,
    reason = "the larger one is the usual one, and a step nearer without a box"
)]
pub enum ChosenClient {
    /// Over the direct transport.
    Direct(DirectClient),
    /// Over the general one, whose state is larger: boxed, users of the direct one need no room
    /// for it.
    General(Box<GeneralClient>),
}

impl Transport for Chosen {
    type Client = ChosenClient;

    fn client(&self, settings: &ClientSettings) -> Result<ChosenClient, TransportError> {
        Ok(match self {
            Chosen::Direct(direct) => ChosenClient::Direct(direct.client(settings)?),
            Chosen::General(general) => ChosenClient::General(Box::new(general.client(settings)?)),
        })
    }
}

impl Client for ChosenClient {
    async fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        match self {
            ChosenClient::Direct(client) => client.send(request, reader).await,
            ChosenClient::General(client) => Box::pin(client.send(request, reader)).await,
        }
    }

    fn added_headers(&self, request: &Prepared) -> HeaderMap {
        match self {
            ChosenClient::Direct(client) => client.added_headers(request),
            ChosenClient::General(client) => client.added_headers(request),
        }
    }

    fn rest(&mut self) {
        match self {
            ChosenClient::Direct(client) => client.rest(),
            ChosenClient::General(client) => client.rest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(wanted: ClientKind, url: &str) -> String {
        let proxies = Matcher::builder()
            .all("http://me:secret@proxy.corp:3128")
            .no("direct.example")
            .build();
        let url = Url::parse(url).unwrap();
        Choice::with(wanted, [&url], &proxies).to_string()
    }

    #[test]
    fn auto_takes_what_is_fast_unless_a_proxy_stands_in_between() {
        let fast = "direct, HTTP/1.1 (no proxy is set for the target)";
        for near in [
            "http://localhost:1/",
            "https://[::1]/",
            "https://direct.example/",
        ] {
            assert_eq!(chosen(ClientKind::Auto, near), fast, "{near}");
        }
        assert_eq!(
            chosen(ClientKind::Auto, "https://api.example/"),
            "general, HTTP/1.1 or HTTP/2 (api.example is reached through the proxy \
             http://proxy.corp:3128/)"
        );
    }

    #[test]
    fn what_is_asked_for_is_taken() {
        let url = "https://api.example/";
        assert_eq!(
            chosen(ClientKind::General, url),
            "general, HTTP/1.1 or HTTP/2 (as asked)"
        );
        assert_eq!(
            chosen(ClientKind::Direct, url),
            "direct, HTTP/1.1 (as asked, past the proxy http://proxy.corp:3128/)"
        );
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for (name, kind) in ClientKind::ALL {
            assert_eq!(name.parse(), Ok(kind));
            assert_eq!(kind.to_string(), name);
        }
        assert!("fast".parse::<ClientKind>().is_err());
    }
}
