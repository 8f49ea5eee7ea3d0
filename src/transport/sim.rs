//! A simulated transport: answers come from a script, time passes on the run's clock.
//!
//! For whole-run tests on a paused clock: no sockets, the same answers every time, and counts of
//! what was served to hold the statistics against. Must not know what a test makes of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::clock::RunClock;
use crate::model::Offset;
use crate::request::{AnswerReader, Prepared};

use super::redirect::Redirects;
use super::{Client, ClientSettings, Transport, TransportError, texts};

/// What a script decides about: a request, who sends it and their how-many-th it is.
#[derive(Clone, Copy, Debug)]
pub struct SimRequest<'a> {
    /// The request.
    pub prepared: &'a Prepared,
    /// Number of the client, from 0 in the order they were made.
    pub client: u64,
    /// How many requests this client sent before.
    pub count: u64,
}

/// What happens to a simulated request.
#[derive(Clone, Debug)]
pub struct SimReply {
    delay: Duration,
    end: End,
    /// What comes after the beginning of an answer, each piece so long after the one before.
    pieces: Vec<(Duration, Bytes)>,
    /// What comes after the last piece; none for the end of the answer.
    after: Option<After>,
}

/// What can come in the place of an answer's end.
#[derive(Clone, Debug)]
enum After {
    Error(TransportError),
    Silence,
}

#[derive(Clone, Debug)]
enum End {
    Answer(StatusCode, HeaderMap, Bytes),
    Error(TransportError),
    Hang,
}

impl SimReply {
    fn of(end: End) -> Self {
        SimReply {
            delay: Duration::ZERO,
            end,
            pieces: Vec::new(),
            after: None,
        }
    }

    /// An answer of this status, at once and without a body; a number that is no status is 500.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        SimReply::of(End::Answer(status, HeaderMap::new(), Bytes::new()))
    }

    /// An error in the place of an answer, at once.
    #[must_use]
    pub fn error(error: TransportError) -> Self {
        SimReply::of(End::Error(error))
    }

    /// Nothing, until the request's time is over.
    #[must_use]
    pub fn hang() -> Self {
        SimReply::of(End::Hang)
    }

    /// The same, after this time.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The answer with this body.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        if let End::Answer(_, _, body) = &mut self.end {
            *body = bytes.into();
        }
        self
    }

    /// The answer with one more piece of its body, so long after what came before.
    #[must_use]
    pub fn piece(mut self, after: Duration, bytes: impl Into<Bytes>) -> Self {
        self.pieces.push((after, bytes.into()));
        self
    }

    /// The answer breaks off after its last piece.
    #[must_use]
    pub fn broken(mut self, error: TransportError) -> Self {
        self.after = Some(After::Error(error));
        self
    }

    /// Nothing comes after its last piece, not even its end.
    #[must_use]
    pub fn stalled(mut self) -> Self {
        self.after = Some(After::Silence);
        self
    }

    /// The answer with this header as well.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let End::Answer(_, headers, _) = &mut self.end {
            headers.append(name, value);
        }
        self
    }
}

/// What was served: method, path, and the status (none for errors and hanging).
pub type Served = BTreeMap<(String, String, Option<u16>), u64>;

type Script = dyn Fn(&SimRequest<'_>) -> SimReply + Send + Sync;

/// The simulated transport. Copies share script and counts.
#[derive(Clone)]
pub struct Sim {
    clock: RunClock,
    script: Arc<Script>,
    served: Arc<Mutex<Served>>,
    clients: Arc<AtomicU64>,
}

impl Sim {
    /// A transport that answers as `script` says.
    pub fn new(
        clock: RunClock,
        script: impl Fn(&SimRequest<'_>) -> SimReply + Send + Sync + 'static,
    ) -> Self {
        Sim {
            clock,
            script: Arc::new(script),
            served: Arc::default(),
            clients: Arc::default(),
        }
    }

    /// What was served until now. A request counts when it arrives, also when its user does not
    /// wait for the answer.
    #[must_use]
    pub fn served(&self) -> Served {
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many requests arrived until now.
    #[must_use]
    pub fn total(&self) -> u64 {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.values().sum()
    }

    fn count(&self, request: &Prepared, reply: &SimReply) {
        let status = match &reply.end {
            End::Answer(status, _, _) => Some(status.as_u16()),
            End::Error(_) | End::Hang => None,
        };
        let key = (
            request.method.to_string(),
            request.url.path().to_owned(),
            status,
        );
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        *served.entry(key).or_default() += 1;
    }
}

impl Transport for Sim {
    type Client = SimClient;

    fn client(&self, settings: &ClientSettings) -> Result<SimClient, TransportError> {
        Ok(SimClient {
            sim: self.clone(),
            redirect_hosts: settings.redirect_hosts.clone(),
            number: self.clients.fetch_add(1, Ordering::Relaxed),
            sent: 0,
        })
    }
}

/// One virtual user's end of the simulation.
pub struct SimClient {
    sim: Sim,
    redirect_hosts: Vec<String>,
    number: u64,
    sent: u64,
}

impl Client for SimClient {
    async fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let deadline = self.sim.clock.now() + request.timeout;
        let hosts = std::mem::take(&mut self.redirect_hosts);
        let mut redirects = Redirects::of(request, &hosts);
        let mut hop = None;
        let result = loop {
            let current = hop.as_ref().unwrap_or(request);
            reader.forget();
            let answered = self.exchange(current, deadline, reader).await;
            let next =
                answered.and_then(|(status, headers)| redirects.next(current, status, &headers));
            match next {
                Ok(None) => break Ok(()),
                Ok(Some(next)) => hop = Some(next),
                Err(error) => break Err(error),
            }
        };
        self.redirect_hosts = hosts;
        result
    }
}

impl SimClient {
    async fn exchange(
        &mut self,
        request: &Prepared,
        deadline: Offset,
        reader: &mut AnswerReader,
    ) -> Result<(StatusCode, HeaderMap), TransportError> {
        let clock = self.sim.clock;
        let reply = (self.sim.script)(&SimRequest {
            prepared: request,
            client: self.number,
            count: self.sent,
        });
        self.sent += 1;
        self.sim.count(request, &reply);
        let at = clock.now() + reply.delay;
        let end = match reply.end {
            End::Hang => None,
            end => Some(end).filter(|_| at <= deadline),
        };
        let Some(end) = end else {
            clock.sleep_until(deadline).await;
            return Err(texts::read_timeout(&request.url, request.timeout));
        };
        clock.sleep_until(at).await;
        match end {
            End::Error(error) => Err(error),
            End::Answer(status, headers, body) => {
                let now = clock.now();
                let reason = status.canonical_reason().unwrap_or_default();
                reader.head(now, status, reason, headers.clone());
                if !body.is_empty() {
                    reader.chunk(now, &body);
                }
                self.pieces(reply.pieces, reply.after, request, reader, deadline)
                    .await?;
                Ok((status, headers))
            }
            End::Hang => Err(texts::closed()),
        }
    }
}

impl SimClient {
    /// What comes after the beginning of an answer.
    async fn pieces(
        &self,
        pieces: Vec<(Duration, Bytes)>,
        after: Option<After>,
        request: &Prepared,
        reader: &mut AnswerReader,
        deadline: Offset,
    ) -> Result<(), TransportError> {
        let clock = self.sim.clock;
        let timed_out = || texts::body_timeout(&request.url);
        for (after, bytes) in pieces {
            let at = clock.now() + after;
            clock.sleep_until(at.min(deadline)).await;
            if at > deadline {
                return Err(timed_out());
            }
            reader.chunk(clock.now(), &bytes);
        }
        match after {
            None => {
                reader.finish(clock.now());
                Ok(())
            }
            Some(After::Error(error)) => Err(error),
            Some(After::Silence) => {
                clock.sleep_until(deadline).await;
                Err(timed_out())
            }
        }
    }
}

#[cfg(test)]
mod tests;
