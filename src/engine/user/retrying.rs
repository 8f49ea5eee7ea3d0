//! The attempts at one request: how many were made, since when, and what comes next.
//!
//! Must not know what is counted of an attempt, nor how a wait is spent.

use std::time::Duration;

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::model::Offset;
use crate::request::Retry;
use crate::request::rate_limit::RateLimit;

/// The attempts at one request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    made: u32,
    /// When the first was sent: what the user waits for began then.
    first: Option<Offset>,
}

impl Attempts {
    /// Another one is sent now; whether it is a retry.
    pub(super) fn another(&mut self, sent: Offset) -> bool {
        self.made += 1;
        self.first.get_or_insert(sent);
        self.made > 1
    }

    /// When the first was sent; `sent` where there was but that one.
    pub(super) fn since(&self, sent: Offset) -> Offset {
        self.first.unwrap_or(sent)
    }

    /// How long to wait before the next; none when there is none.
    pub(super) fn wait(
        &self,
        retry: Option<&Retry>,
        status: Option<u16>,
        told: &RateLimit,
        random: &mut Xoshiro256PlusPlus,
    ) -> Option<Duration> {
        retry?.wait(self.made, status, told.retry_after, || random.random())
    }
}
