//! The way in and out of the service.
//!
//! Owns the order in which a request is counted, limited, struck by a fault and served. Must not
//! know what any route answers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode, Uri};
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::counts::{Outcome, Route};
use super::fate::Fate;
use super::faults::Faults;
use super::listener::Connection;
use super::reply::{Reply, Whole};
use super::shared::{Shared, Ticket};
use super::sse::{self, Disturbance};
use crate::model::Offset;

/// Largest request body taken, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// Silence of a stalled stream when no fault says otherwise.
const DEFAULT_STALL: Duration = Duration::from_secs(10);

/// A request that made it through the gate.
pub(super) struct Call {
    /// Path and query.
    pub(super) uri: Uri,
    /// The body, whole.
    pub(super) body: Bytes,
    /// When it arrived.
    pub(super) arrived: Offset,
    /// The faults in force when it arrived.
    pub(super) faults: Arc<Faults>,
    /// Factor on every latency.
    pub(super) slowdown: f64,
    /// Its own source of chance.
    pub(super) rng: Xoshiro256PlusPlus,
}

/// Lets a request on `route` in and its answer out.
pub(super) async fn pass<Handler, Answering>(
    shared: Arc<Shared>,
    route: Route,
    connection: Connection,
    request: Request,
    handler: Handler,
) -> Response<Body>
where
    Handler: FnOnce(Arc<Shared>, Call) -> Answering,
    Answering: Future<Output = Reply>,
{
    let mut ticket = Ticket::open(&shared, route);
    let (parts, body) = request.into_parts();
    // Read before any fault strikes: a body left unread would make the server close the
    // connection, and a 500 would look like a reset.
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        let message = "the body must be at most 1 MiB";
        return finish(
            &mut ticket,
            Whole::error(StatusCode::PAYLOAD_TOO_LARGE, message),
        );
    };
    let mut call = Call {
        uri: parts.uri,
        body,
        arrived: ticket.arrived(),
        faults: shared.faults(),
        slowdown: 1.0,
        rng: shared.generator(),
    };
    let mut fate = Fate::Served;
    if route.suffers_faults() {
        if let Some(refusal) = refuse(&shared, &call) {
            return finish(&mut ticket, refusal);
        }
        fate = Fate::draw(&call.faults, &mut call.rng);
        shared.leak.keep(call.faults.leak_kb.unwrap_or(0));
        call.slowdown = shared.slowdown(&call.faults);
    }
    match fate {
        Fate::Reset => {
            ticket.settle(Outcome::Reset);
            reset(&connection)
        }
        Fate::Hang => {
            ticket.settle(Outcome::Hang);
            // Ends with the client, which drops this future, or with the service.
            shared.stopping.cancelled().await;
            reset(&connection)
        }
        Fate::Error => {
            let error = Whole::error(StatusCode::INTERNAL_SERVER_ERROR, "injected error");
            finish(&mut ticket, error)
        }
        Fate::Truncated | Fate::Served => {
            let disturbance = disturbance(fate, &mut call);
            let reply = handler(Arc::clone(&shared), call).await;
            answer(shared, ticket, reply, disturbance)
        }
    }
}

/// The refusal of a request beyond the rate limit.
fn refuse(shared: &Shared, call: &Call) -> Option<Whole> {
    let limit = call.faults.rate_limit?;
    let wait = shared.limiter.admit(call.arrived, limit).err()?;
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let message = format!("rate limit of {limit} requests per second exceeded");
    let refusal = Whole::error(StatusCode::TOO_MANY_REQUESTS, &message);
    Some(refusal.with_header("retry-after", seconds.max(1).to_string()))
}

fn disturbance(fate: Fate, call: &mut Call) -> Disturbance {
    let stall_rate = call.faults.stall_rate.unwrap_or(0.0);
    let stalls = call.rng.random::<f64>() < stall_rate;
    Disturbance {
        cut: fate == Fate::Truncated,
        stall: stalls.then(|| call.faults.stall_for.unwrap_or(DEFAULT_STALL)),
    }
}

/// Sends `reply`, struck by `disturbance`.
fn answer(
    shared: Arc<Shared>,
    mut ticket: Ticket,
    reply: Reply,
    disturbance: Disturbance,
) -> Response<Body> {
    match reply {
        Reply::Stream(script) => sse::play(shared, ticket, script, disturbance),
        Reply::Whole(whole) if disturbance.cut => {
            ticket.settle(Outcome::Truncated);
            whole.into_broken_response()
        }
        Reply::Whole(whole) => finish(&mut ticket, whole),
    }
}

fn finish(ticket: &mut Ticket, whole: Whole) -> Response<Body> {
    ticket.settle(Outcome::Status(whole.status.as_u16()));
    whole.into_response()
}

/// An empty response that is never seen: writing it is what makes the connection break.
fn reset(connection: &Connection) -> Response<Body> {
    connection.reset();
    Response::new(Body::empty())
}
