//! Which hosts may be put under load without asking.

use serde::{Deserialize, Serialize};

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

impl HostClass {
    /// Whether load may go there without approval.
    #[must_use]
    pub fn runs_unasked(self) -> bool {
        matches!(
            self,
            HostClass::Loopback | HostClass::Private | HostClass::Staging
        )
    }
}
