//! Where the time of one request went, in the phases k6 names, and what it took to send it.
//!
//! Must not know how a request is sent: a transport fills in what it can tell.

use std::time::Duration;

/// The phases of one request, redirects added up. One that did not happen, or that a transport
/// cannot tell, is none: a kept connection was neither looked up nor connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Held up before anything was done: noticing that the kept connection is gone.
    pub blocked: Option<Duration>,
    /// Resolving the host's name; none where the name was known already, or is an address.
    pub dns: Option<Duration>,
    /// Making the TCP connection, addresses that did not accept included.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// Handing the request to the operating system, to its last byte.
    pub sending: Option<Duration>,
    /// From then until the head of the answer was there.
    pub waiting: Option<Duration>,
    /// From then until the last byte.
    pub receiving: Option<Duration>,
}

impl Phases {
    /// Adds those of another exchange of the same request.
    pub fn add(&mut self, other: &Phases) {
        let Phases {
            blocked,
            dns,
            connect,
            tls,
            sending,
            waiting,
            receiving,
        } = other;
        for (sum, more) in [
            (&mut self.blocked, blocked),
            (&mut self.dns, dns),
            (&mut self.connect, connect),
            (&mut self.tls, tls),
            (&mut self.sending, sending),
            (&mut self.waiting, waiting),
            (&mut self.receiving, receiving),
        ] {
            if let Some(more) = *more {
                *sum.get_or_insert_default() += more;
            }
        }
    }
}

/// How many connections one request took, redirects added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Connections made.
    pub made: u32,
    /// Those among them that took the place of one this user had kept and lost.
    pub again: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_stays_none() {
        let hop = Phases {
            sending: Some(Duration::from_millis(1)),
            waiting: Some(Duration::from_millis(2)),
            ..Phases::default()
        };
        let mut sum = hop;
        sum.add(&hop);
        assert_eq!(sum.waiting, Some(Duration::from_millis(4)));
        assert_eq!((sum.dns, sum.receiving), (None, None));
    }
}
