//! Names and their addresses, shared by all users.
//!
//! Owns what was looked up, for how long it holds, and which addresses accept connections. Must
//! not know connections.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as Shared, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use url::{Host, Url};

use crate::clock::RunClock;
use crate::model::Offset;
use crate::transport::errors::Causes;
use crate::transport::{TransportError, texts};

/// For so long a name's addresses hold. A connection asks again after that, so that a target
/// which moves or scales is followed.
const HOLDS: Duration = Duration::from_secs(60);

/// The names looked up until now.
#[derive(Default)]
pub(super) struct Names(Shared<HashMap<(String, u16), Arc<Name>>>);

/// One name and port.
#[derive(Default)]
pub(super) struct Name {
    /// Held while looking up: of many users that want the same name, one asks.
    found: Mutex<Option<Found>>,
    /// The family of the address that last accepted: 4 or 6; 0 for none yet.
    family: AtomicU8,
    /// Counts connections, to spread them.
    turn: AtomicUsize,
}

struct Found {
    at: Offset,
    addresses: Result<Arc<[SocketAddr]>, TransportError>,
}

/// Where a connection may be made.
pub(super) struct Addresses {
    /// In the order to try them; at least one.
    pub(super) list: Vec<SocketAddr>,
    /// Whether somebody had to be asked.
    pub(super) looked_up: bool,
    /// Told which address accepted; none for addresses written as numbers.
    pub(super) name: Option<Arc<Name>>,
}

impl Names {
    /// The addresses of a URL's host, looked up when nobody did of late.
    pub(super) async fn addresses(
        &self,
        url: &Url,
        clock: RunClock,
    ) -> Result<Addresses, TransportError> {
        let port = url.port_or_known_default().unwrap_or_default();
        let ip: IpAddr = match url.host() {
            Some(Host::Ipv4(ip)) => ip.into(),
            Some(Host::Ipv6(ip)) => ip.into(),
            Some(Host::Domain(name)) => return self.named(name, port, clock).await,
            None => return Err(texts::unknown_host("")),
        };
        Ok(Addresses {
            list: vec![SocketAddr::new(ip, port)],
            looked_up: false,
            name: None,
        })
    }

    async fn named(
        &self,
        host: &str,
        port: u16,
        clock: RunClock,
    ) -> Result<Addresses, TransportError> {
        let name = {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(names.entry((host.to_owned(), port)).or_default())
        };
        let asked = clock.now();
        let mut found = name.found.lock().await;
        let known = found.as_ref().filter(|found| found.holds(asked));
        let looked_up = known.is_none();
        let addresses = match known {
            Some(known) => known.addresses.clone(),
            None => {
                let addresses = look_up(host, port).await;
                let at = clock.now();
                found.insert(Found { at, addresses }).addresses.clone()
            }
        };
        drop(found);
        Ok(Addresses {
            list: name.order(&addresses?),
            looked_up,
            name: Some(name),
        })
    }
}

impl Found {
    /// Whether this answers one who asked at that moment. A failure answers only those who were
    /// waiting for it.
    fn holds(&self, asked: Offset) -> bool {
        match self.addresses {
            Ok(_) => asked.since(self.at) < HOLDS,
            Err(_) => self.at >= asked,
        }
    }
}

impl Name {
    /// As found; once an address accepted, those of its family come first, each connection
    /// beginning at the next one.
    fn order(&self, found: &[SocketAddr]) -> Vec<SocketAddr> {
        let family = self.family.load(Ordering::Relaxed);
        let (mut list, others): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|address| self::family(address) == family);
        if !list.is_empty() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let first = turn % list.len();
            list.rotate_left(first);
        }
        list.extend(others);
        list
    }

    /// Whether any address ever accepted.
    pub(super) fn is_proven(&self) -> bool {
        self.family.load(Ordering::Relaxed) != 0
    }

    /// A connection to this address was accepted.
    pub(super) fn accepted(&self, address: &SocketAddr) {
        self.family.store(family(address), Ordering::Relaxed);
    }
}

fn family(address: &SocketAddr) -> u8 {
    if address.is_ipv4() { 4 } else { 6 }
}

async fn look_up(host: &str, port: u16) -> Result<Arc<[SocketAddr]>, TransportError> {
    let found: io::Result<Vec<SocketAddr>> = tokio::net::lookup_host((host, port))
        .await
        .map(Iterator::collect);
    match found {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses.into()),
        Ok(_) => Err(texts::unknown_host("")),
        Err(error) => Err(Causes::of(&error).looking_up()),
    }
}

#[cfg(test)]
mod tests;
