//! What statistics are kept per: a request method and a name, as in Locust.
//!
//! Must not know requests or statistics.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Index of an endpoint in the plan's list, given when the plan is resolved, so that the path of
/// a sample indexes a vector and never hashes a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointId(pub u32);

impl EndpointId {
    /// The index into a vector kept per endpoint.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One row of the statistics: Locust's key of (name, method), and its order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The request's name: `request_name`, else the path as written in the scenario.
    pub name: String,
    /// The request's method in capitals; empty for the Aggregated row.
    pub method: String,
}

impl Endpoint {
    /// An endpoint of the given method and name.
    pub fn new(method: impl Into<String>, name: impl Into<String>) -> Self {
        Endpoint {
            name: name.into(),
            method: method.into(),
        }
    }

    /// The row that sums up all others: no method, Locust's name.
    #[must_use]
    pub fn aggregated() -> Self {
        Endpoint::new("", "Aggregated")
    }
}

impl fmt::Display for Endpoint {
    /// `POST /query`, or just the name where there is no method.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.method.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{} {}", self.method, self.name)
        }
    }
}
