//! The way in and out of the service.
//!
//! Owns the order in which a request is counted, limited, struck by a fault and served. Must not
//! know what any route answers.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use super::counts::{Outcome, Route};
use super::disturbance::Disturbance;
use super::fate::Fate;
use super::faults::Faults;
use super::listener::Connection;
use super::moment::micros;
use super::rate_limit::Standing;
use super::reply::{Reply, Whole};
use super::shared::{Shared, Ticket};
use super::stream;
use super::tally::Tally;
use crate::model::Offset;

/// Largest request body taken, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// A request with this header has every piece of its answer tell when it was sent, in
/// microseconds since 1970.
const STAMPS: &str = "x-demo-stamps";
/// The header that then tells when the request arrived.
const ARRIVED: &str = "x-demo-arrived-us";
/// Faults that a request asks for itself, as `POST /faults` takes them. The number of slots is
/// the service's own and stays as it is.
const FAULTS: &str = "x-demo-faults";

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
    /// Whether every piece of the answer is to tell when it was sent.
    pub(super) stamped: bool,
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
        stamped: parts.headers.get(STAMPS).is_some_and(|on| on != "0"),
        rng: shared.generator(),
    };
    if !route.suffers_faults() {
        let reply = handler(Arc::clone(&shared), call).await;
        return answer(shared, ticket, connection, reply, Disturbance::default());
    }
    if let Err(message) = call.overlay_faults(&parts.headers) {
        return finish(&mut ticket, Whole::error(StatusCode::BAD_REQUEST, &message));
    }
    let standing = standing(&shared, &call);
    let headers = rate_limit_headers(&shared, &call, standing);
    let mut response = match refusal(&call, standing) {
        Some(refusal) => finish(&mut ticket, refusal),
        None => serve(shared, ticket, connection, call, handler).await,
    };
    response.headers_mut().extend(headers);
    response
}

/// Serves a request that was admitted, unless a fault strikes it.
async fn serve<Handler, Answering>(
    shared: Arc<Shared>,
    mut ticket: Ticket,
    connection: Connection,
    mut call: Call,
    handler: Handler,
) -> Response<Body>
where
    Handler: FnOnce(Arc<Shared>, Call) -> Answering,
    Answering: Future<Output = Reply>,
{
    let fate = Fate::draw(&call.faults, &mut call.rng);
    shared.leak.keep(call.faults.leak_kb.unwrap_or(0));
    call.slowdown = shared.slowdown(&call.faults);
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
        Fate::Truncated | Fate::StreamReset | Fate::StreamError | Fate::Served => {
            let disturbance = Disturbance::draw(fate, &mut call);
            let stamp = call.stamped.then(|| shared.clock.unix(call.arrived));
            let reply = handler(Arc::clone(&shared), call).await;
            let mut response = answer(shared, ticket, connection, reply, disturbance);
            if let Some(arrived) = stamp {
                let arrived = HeaderValue::from(micros(arrived));
                response.headers_mut().insert(ARRIVED, arrived);
            }
            response
        }
    }
}

impl Call {
    /// Draws whether the request suffers a fault of this rate.
    pub(super) fn suffers(&mut self, rate: Option<f64>) -> bool {
        // Drawn in any case, so that switching a fault on changes nobody else's chance.
        self.rng.random::<f64>() < rate.unwrap_or(0.0)
    }

    /// Lays the faults that the request itself asks for over those in force.
    fn overlay_faults(&mut self, headers: &HeaderMap) -> Result<(), String> {
        let Some(asked) = headers.get(FAULTS) else {
            return Ok(());
        };
        let wrong = |error: &dyn fmt::Display| format!("header {FAULTS}: {error}");
        let change: Value =
            serde_json::from_slice(asked.as_bytes()).map_err(|error| wrong(&error))?;
        let merged = self.faults.merged(&change).map_err(|error| wrong(&error))?;
        self.faults = Arc::new(merged);
        Ok(())
    }
}

/// How the rate limit, if there is one, stands for this request, which it counts.
fn standing(shared: &Shared, call: &Call) -> Option<Standing> {
    let per_second = call.faults.rate_limit?;
    let refused_for = shared.limiter.admit(call.arrived, per_second).err();
    let (remaining, full_in) = shared.limiter.standing(call.arrived, per_second);
    Some(Standing {
        per_second,
        remaining,
        full_in,
        refused_for,
    })
}

fn rate_limit_headers(shared: &Shared, call: &Call, standing: Option<Standing>) -> HeaderMap {
    let family = call.faults.rate_limit_headers.unwrap_or_default();
    let now = shared.clock.unix(call.arrived);
    standing.map_or_else(HeaderMap::new, |standing| family.headers(&standing, now))
}

/// The refusal of a request beyond the rate limit.
fn refusal(call: &Call, standing: Option<Standing>) -> Option<Whole> {
    standing?.refused_for?;
    let limit = call.faults.rate_limit?;
    let message = format!("rate limit of {limit} requests per second exceeded");
    Some(Whole::error(StatusCode::TOO_MANY_REQUESTS, &message))
}

/// Sends `reply`, struck by `disturbance`.
fn answer(
    shared: Arc<Shared>,
    mut ticket: Ticket,
    connection: Connection,
    reply: Reply,
    disturbance: Disturbance,
) -> Response<Body> {
    let mut whole = match reply {
        Reply::Stream(script) => {
            let struck = (disturbance, connection);
            return stream::play(shared, ticket, *script, struck);
        }
        Reply::Whole(whole) => *whole,
    };
    // What does not arrive whole cannot be read: of such an answer nothing was sent.
    let nothing = Tally {
        answers: whole.tally.answers,
        ..Tally::default()
    };
    if disturbance.reset {
        ticket.tally = Tally::default();
        ticket.settle(Outcome::Reset);
        return reset(&connection);
    }
    if disturbance.cut {
        ticket.tally = nothing;
        ticket.settle(Outcome::Truncated);
        return whole.into_broken_response();
    }
    if disturbance.error && whole.break_down() {
        ticket.tally = nothing;
        ticket.settle(Outcome::StreamError);
        return whole.into_response();
    }
    finish(&mut ticket, whole)
}

fn finish(ticket: &mut Ticket, whole: Whole) -> Response<Body> {
    ticket.tally = whole.tally;
    ticket.settle(Outcome::Status(whole.status.as_u16()));
    whole.into_response()
}

/// An empty response that is never seen: writing it is what makes the connection break.
fn reset(connection: &Connection) -> Response<Body> {
    connection.reset();
    Response::new(Body::empty())
}
