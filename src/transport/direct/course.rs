//! How far a request has come, and what it took until there.
//!
//! Must not know connections beyond what was seen on their wires.

use std::time::Duration;

use url::Url;

use crate::model::{Connections, Offset, Phases};
use crate::request::Prepared;
use crate::transport::{TransportError, texts};

use super::wire::Watch;

/// What a request is waiting for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// A connection.
    #[default]
    Connection,
    /// The head of the answer.
    Head,
    /// The rest of it.
    Body,
}

/// The course of one request.
#[derive(Default)]
pub(super) struct Course {
    /// When its time is over.
    pub(super) deadline: Offset,
    pub(super) stage: Stage,
    /// Where a redirect led it.
    led_to: Option<Box<Url>>,
    /// When the request set out, the last time it did.
    set_out: Offset,
    headed: Offset,
    pub(super) phases: Phases,
    pub(super) connections: Connections,
}

impl Course {
    /// That of a request whose time is over then.
    pub(super) fn until(deadline: Offset) -> Self {
        Course {
            deadline,
            ..Course::default()
        }
    }

    /// A redirect leads here.
    pub(super) fn led_to(&mut self, url: &Url) {
        self.led_to = Some(Box::new(url.clone()));
    }

    /// Nothing could be done for so long.
    pub(super) fn held_up(&mut self, time: Duration) {
        *self.phases.blocked.get_or_insert_default() += time;
    }

    /// A connection was made, in the place of an earlier one or not.
    pub(super) fn connected(&mut self, again: bool) {
        self.connections.made += 1;
        self.connections.again += u32::from(again);
    }

    /// The request sets out over a connection.
    pub(super) fn sets_out(&mut self, begun: Offset) {
        self.stage = Stage::Head;
        self.set_out = begun;
    }

    /// Nothing more is waited for: how long it was counts for what was waited for. Connecting
    /// counts only once it is done.
    pub(super) fn given_up(&mut self, now: Offset) {
        let (phase, since) = match self.stage {
            Stage::Connection => return,
            Stage::Head => (&mut self.phases.waiting, self.set_out),
            Stage::Body => (&mut self.phases.receiving, self.headed),
        };
        *phase.get_or_insert_default() += now.since(since);
    }

    /// The request that set out at that moment is out, as seen on this wire, and the head of its
    /// answer is there.
    pub(super) fn headed(&mut self, watch: &Watch, begun: Offset) {
        self.stage = Stage::Body;
        self.headed = watch.read_at();
        let written = watch.written_at();
        *self.phases.sending.get_or_insert_default() += written.since(begun);
        *self.phases.waiting.get_or_insert_default() += self.headed.since(written);
    }

    /// The answer ended, whole or not.
    pub(super) fn received(&mut self, watch: &Watch) {
        *self.phases.receiving.get_or_insert_default() += watch.read_at().since(self.headed);
    }

    /// The error of a request whose time is over.
    pub(super) fn timed_out(&self, request: &Prepared) -> TransportError {
        let url = self.led_to.as_deref().unwrap_or(&request.url);
        match self.stage {
            Stage::Connection => texts::connect_timeout(url, request.timeout),
            Stage::Head => texts::read_timeout(url, request.timeout),
            Stage::Body => texts::body_timeout(url),
        }
    }
}
