//! Making a connection: name, TCP, TLS, each timed.
//!
//! Must not know HTTP or what is sent.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;
use tokio_util::either::Either;
use url::{Host, Url};

use crate::clock::RunClock;
use crate::model::{FailureKind, Offset, Phases};
use crate::transport::TransportError;
use crate::transport::errors::Causes;

use super::names::{Addresses, Names};
use super::wire::Socket;

/// An address of the other family gets its chance after this time, as in browsers (RFC 8305), for
/// as long as it is not known which one works.
const UNPROVEN: Duration = Duration::from_millis(300);

/// Makes connections within a time.
pub(super) struct Dial<'a> {
    pub(super) names: &'a Names,
    /// For TLS; none for plain TCP.
    pub(super) tls: Option<&'a Arc<ClientConfig>>,
    pub(super) clock: RunClock,
    /// When the request's time is over. Whoever dials is stopped then; until then it is shared
    /// among the addresses.
    pub(super) deadline: Offset,
}

impl Dial<'_> {
    /// A connection to a URL's origin. What was tried is timed, also when it fails.
    pub(super) async fn dial(
        &self,
        url: &Url,
        phases: &mut Phases,
    ) -> Result<Socket, TransportError> {
        let begun = self.clock.now();
        let addresses = self.names.addresses(url, self.clock).await;
        let resolved = self.clock.now();
        if !matches!(&addresses, Ok(addresses) if !addresses.looked_up) {
            add(&mut phases.dns, resolved.since(begun));
        }
        let connected = self.tcp(&addresses?).await;
        let accepted = self.clock.now();
        add(&mut phases.connect, accepted.since(resolved));
        let stream = connected?;
        // Slower without, never wrong.
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls else {
            return Ok(Either::Left(stream));
        };
        let secured = secure(tls, url, stream).await;
        add(&mut phases.tls, self.clock.now().since(accepted));
        secured
    }

    async fn tcp(&self, addresses: &Addresses) -> Result<TcpStream, TransportError> {
        let mut result = Err(io::Error::from(io::ErrorKind::AddrNotAvailable));
        for (index, address) in addresses.list.iter().enumerate() {
            let others = &addresses.list[index + 1..];
            let patience = self.clock.instant(self.until(addresses, address, others));
            result = match timeout_at(patience, TcpStream::connect(address)).await {
                Ok(result) => result,
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            };
            if result.is_ok() {
                if let Some(name) = &addresses.name {
                    name.accepted(address);
                }
                break;
            }
        }
        result.map_err(|error| Causes::of(&error).connecting())
    }

    /// How long to wait for this address when there are others: its share of the time.
    fn until(&self, addresses: &Addresses, address: &SocketAddr, others: &[SocketAddr]) -> Offset {
        if others.is_empty() {
            // The request's own time ends it, and says so.
            return self.deadline + Duration::from_secs(1);
        }
        let now = self.clock.now();
        let tries = u32::try_from(others.len() + 1).unwrap_or(u32::MAX);
        let share = self.deadline.since(now) / tries;
        let unproven = addresses
            .name
            .as_ref()
            .is_some_and(|name| !name.is_proven());
        let other_family = |other: &SocketAddr| other.is_ipv4() != address.is_ipv4();
        if unproven && others.iter().any(other_family) {
            return now + share.min(UNPROVEN);
        }
        now + share
    }
}

async fn secure(
    config: &Arc<ClientConfig>,
    url: &Url,
    stream: TcpStream,
) -> Result<Socket, TransportError> {
    let name = match url.host() {
        Some(Host::Ipv4(ip)) => Ok(IpAddr::from(ip).into()),
        Some(Host::Ipv6(ip)) => Ok(IpAddr::from(ip).into()),
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()),
        None => ServerName::try_from(String::new()),
    };
    let name =
        name.map_err(|error| TransportError::new(FailureKind::Connect, error.to_string()))?;
    let connecting = TlsConnector::from(Arc::clone(config)).connect(name, stream);
    match Box::pin(connecting).await {
        Ok(stream) => Ok(Either::Right(Box::new(stream))),
        Err(error) => Err(Causes::of(&error).connecting()),
    }
}

fn add(sum: &mut Option<Duration>, more: Duration) {
    *sum.get_or_insert_default() += more;
}
