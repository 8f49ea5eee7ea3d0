//! Commands: start, steer, stop.
//!
//! Each answers with the state that follows, or says why not. Must not know what a command does.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::event::{Command, End, StopReason};
use crate::model::units::parse_duration;
use crate::scenario::plan::Load;

use super::super::control::NotRunning;
use super::super::form::{self, Fields};
use super::super::launcher::{Order, Refused};
use super::super::order::{NAMES, order};
use super::super::{Shared, reply};
use super::stand;

/// An answer that says no is no other answer.
type Answer = Result<Response<Body>, Response<Body>>;

/// Users that one command may add or take away.
const MOST: i64 = 1_000_000;

pub(super) async fn start(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let order = ordered(request).await?;
    let started = shared.control.start(order).await;
    started.map_err(|refused| refusal(&refused))?;
    Ok(stand(&shared))
}

/// The order in a body.
///
/// # Errors
/// The answer to one that is broken, or holds what an order does not.
pub(super) async fn ordered(request: Request) -> Result<Order, Response<Body>> {
    let fields = Fields::read(request).await?;
    if let Some((name, _)) = fields.iter().find(|(name, _)| !NAMES.contains(name)) {
        let problem = format!("there is no field `{name}`; there are {}", NAMES.join(", "));
        return Err(reply::error(StatusCode::BAD_REQUEST, &problem));
    }
    Ok(order(&fields))
}

/// The answer to an order that was not carried out.
pub(super) fn refusal(refused: &Refused) -> Response<Body> {
    let (status, host) = match refused {
        Refused::Busy => (StatusCode::CONFLICT, None),
        Refused::Wrong(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
        Refused::NotApproved { host, .. } => (StatusCode::FORBIDDEN, Some(host)),
        Refused::NotBegun(_) => (StatusCode::BAD_GATEWAY, None),
    };
    let mut response = reply::json(&json!({
        "error": refused.to_string(),
        // What is to be typed to approve it.
        "confirm_host": host,
    }));
    *response.status_mut() = status;
    response
}

/// How many users there are to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Users {
    /// So many.
    users: Option<i64>,
    /// So many more, or fewer.
    add: Option<i64>,
    /// Per second; that of the scenario when none is said.
    spawn_rate: Option<f64>,
    /// From now on; as it was when none is said.
    run_time: Option<String>,
}

pub(super) async fn users(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let wanted: Users = form::json(request).await?;
    let wrong = |problem: &str| reply::error(StatusCode::UNPROCESSABLE_ENTITY, problem);
    let in_bounds = |count: &i64| (-MOST..=MOST).contains(count);
    let command = match (wanted.users, wanted.add) {
        (Some(users), None) => wanted
            .set(users, &shared)
            .map_err(|problem| wrong(&problem))?,
        (None, Some(more)) if in_bounds(&more) => {
            Command::AddUsers(i32::try_from(more).unwrap_or_default())
        }
        _ => return Err(wrong("give either `users` or `add`, within a million")),
    };
    ask(&shared, command).await
}

impl Users {
    fn set(&self, users: i64, shared: &Shared) -> Result<Command, String> {
        let users = u32::try_from(users)
            .ok()
            .filter(|users| i64::from(*users) <= MOST);
        let users = users.ok_or_else(|| format!("`users` must be from 0 to {MOST}"))?;
        let rate = self.spawn_rate.unwrap_or_else(|| usual_rate(shared));
        let is_rate = rate.is_finite() && rate > 0.0;
        let end = match &self.run_time {
            Some(text) => {
                let time: Duration = parse_duration(text).map_err(|error| error.to_string())?;
                End::After(time)
            }
            None => End::Unchanged,
        };
        let spawn_rate = is_rate.then_some(rate);
        Ok(Command::SetUsers {
            users,
            spawn_rate: spawn_rate.ok_or("`spawn_rate` must be above 0")?,
            end,
        })
    }
}

/// The spawn rate of the plan; Locust's default where it says none.
fn usual_rate(shared: &Shared) -> f64 {
    let view = shared.control.board().view();
    match view.plan.as_ref().map(|plan| &plan.load) {
        Some(Load::Users { spawn_rate, .. }) => *spawn_rate,
        Some(Load::Stages(_)) | None => 1.0,
    }
}

pub(super) async fn pause(State(shared): State<Arc<Shared>>) -> Answer {
    ask(&shared, Command::Pause).await
}

pub(super) async fn resume(State(shared): State<Arc<Shared>>) -> Answer {
    ask(&shared, Command::Resume).await
}

/// Asks for an orderly end, and does not wait for it.
pub(super) async fn stop(State(shared): State<Arc<Shared>>) -> Answer {
    ask(&shared, Command::Stop(StopReason::Requested)).await
}

/// Ends the run at once: what is in flight is cut off.
pub(super) async fn abort(State(shared): State<Arc<Shared>>) -> Answer {
    ask(&shared, Command::Abort).await
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.control.reset().await;
    stand(&shared)
}

async fn ask(shared: &Shared, command: Command) -> Answer {
    let asked = shared.control.ask(command).await;
    asked.map_err(|NotRunning| reply::error(StatusCode::CONFLICT, &NotRunning.to_string()))?;
    Ok(stand(shared))
}
