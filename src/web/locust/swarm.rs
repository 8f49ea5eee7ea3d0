//! `/swarm`: starts a run, or changes the number of users of the one under way.
//!
//! Owns the checks and messages of Locust's form; whatever it lets through is an [`Order`] like any
//! other. A run keeps its target: a form that names another host while one is under way is refused.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use serde_json::{Value, json};

use crate::event::End;
use crate::model::python_repr::str_repr;
use crate::model::units::parse_duration;
use crate::scenario::Plan;
use crate::scenario::plan::Load;

use super::super::board::Stage;
use super::super::form::Fields;
use super::super::launcher::{Order, origin};
use super::super::order::order;
use super::super::{Shared, reply};

const MISSING: &str = "Missing or invalid user_count or spawn_rate from /swarm request";
const BAD_TIME: &str = "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.";

pub(super) async fn swarm(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response<Body>, Response<Body>> {
    let fields = Fields::read(request).await?;
    let answer = match Swarm::read(&fields) {
        Ok(swarm) => swarm.carry_out(&shared, &fields).await,
        Err(problem) => Err(problem),
    };
    let host = host(&shared);
    Ok(reply::locust(match answer {
        Ok(Started { message, swarm }) => {
            let mut body = json!({ "success": true, "message": message, "host": host });
            if let Some(time) = swarm.run_time {
                body["run_time"] = seconds(time);
            }
            if let Some(classes) = fields.list("user_classes") {
                body["user_classes"] = sorted(classes);
            }
            body
        }
        Err(problem) => {
            tracing::error!(target: "ragload.web", "{problem}");
            json!({ "success": false, "message": problem, "host": host })
        }
    }))
}

/// What the form says of the load.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Swarm {
    users: Option<i64>,
    spawn_rate: Option<f64>,
    run_time: Option<Duration>,
}

/// An answer that says yes.
struct Started {
    message: String,
    swarm: Swarm,
}

impl Swarm {
    /// Reads the fields in the order they were sent: the first bad one is told.
    fn read(fields: &Fields) -> Result<Swarm, String> {
        let mut swarm = Swarm {
            users: None,
            spawn_rate: None,
            run_time: None,
        };
        for (name, value) in fields.iter() {
            let shown = || str_repr(value);
            match name {
                "user_count" => {
                    let bad =
                        |_| format!("Invalid user_count value: {} (must be an integer)", shown());
                    swarm.users = Some(value.trim().parse().map_err(bad)?);
                }
                "spawn_rate" => {
                    let bad =
                        |_| format!("Invalid spawn_rate value: {} (must be a number)", shown());
                    swarm.spawn_rate = Some(value.trim().parse().map_err(bad)?);
                }
                "run_time" if !value.is_empty() => {
                    let time = parse_duration(value).map_err(|_| BAD_TIME.to_owned())?;
                    swarm.run_time = Some(time).filter(|time| !time.is_zero());
                }
                _ => {}
            }
        }
        Ok(swarm)
    }

    /// Users and rate, when both are there and make sense.
    fn load(self) -> Result<(u32, f64), String> {
        let users = self.users.and_then(|users| u32::try_from(users).ok());
        let rate = self
            .spawn_rate
            .filter(|rate| rate.is_finite() && *rate > 0.0);
        users.zip(rate).ok_or_else(|| MISSING.to_owned())
    }

    async fn carry_out(self, shared: &Shared, fields: &Fields) -> Result<Started, String> {
        let view = shared.control.board().view();
        let plan = view.plan.as_deref();
        let going = plan.filter(|_| view.stage == Stage::Going);
        let mut order = self.order(fields);
        let same = going.is_some() || order.scenario.is_none();
        let shaped = same && plan.is_some_and(is_shaped);
        if shaped {
            // A shape says itself when and how many.
            (order.users, order.spawn_rate, order.run_time) = (None, None, None);
        } else {
            self.load()?;
        }
        if let Some(plan) = going {
            self.edit(shared, plan, &order).await?;
        } else {
            let started = shared.control.start(order).await;
            started.map_err(|refused| refused.to_string())?;
        }
        let how = if shaped {
            " using shape class 'Stages'"
        } else {
            ""
        };
        Ok(Started {
            message: format!("Swarming started{how}"),
            swarm: self,
        })
    }

    /// Changes the run under way.
    async fn edit(self, shared: &Shared, plan: &Plan, order: &Order) -> Result<(), String> {
        if order
            .host
            .as_ref()
            .is_some_and(|host| !is_target(plan, host))
        {
            return Err(format!(
                "the run under way goes to {}: stop it before you start one against another host",
                plan.target.shown
            ));
        }
        // As in Locust: a shape is not edited, and asking for it is no error.
        if is_shaped(plan) {
            return Ok(());
        }
        let (users, rate) = self.load()?;
        let changed = shared.control.set_users(users, rate, self.end(plan)).await;
        changed.map_err(|problem| problem.to_string())
    }

    /// When a run is over whose users are changed: as in Locust, a time set by an earlier form
    /// holds no longer. The scenario's own does.
    fn end(self, plan: &Plan) -> End {
        let by_form = (plan.settings.iter())
            .any(|setting| setting.name == "run_time" && setting.origin == origin("run_time"));
        match self.run_time {
            Some(time) => End::After(time),
            None if by_form => End::Never,
            None => End::Unchanged,
        }
    }

    fn order(self, fields: &Fields) -> Order {
        Order {
            users: self.users.map(|users| users.to_string()),
            spawn_rate: self.spawn_rate.map(|rate| rate.to_string()),
            run_time: self.run_time.map(|time| format!("{}s", time.as_secs_f64())),
            // Approving a host is for people.
            confirm_host: None,
            ..order(fields)
        }
    }
}

/// Whether the load is of stages.
fn is_shaped(plan: &Plan) -> bool {
    matches!(plan.load, Load::Stages(_))
}

/// Whether a host as typed is the plan's target.
fn is_target(plan: &Plan, host: &str) -> bool {
    let host = host.trim().trim_end_matches('/');
    let host = if host.contains("://") {
        host.to_owned()
    } else {
        format!("http://{host}")
    };
    let target = |shown: &str| shown.trim_end_matches('/').eq_ignore_ascii_case(&host);
    target(&plan.target.shown) || target(plan.target.base.as_str())
}

/// The host that was last aimed at.
fn host(shared: &Shared) -> Value {
    let view = shared.control.board().view();
    let plan = view.plan.as_ref();
    plan.map_or(Value::Null, |plan| plan.target.shown.as_str().into())
}

/// Seconds as Locust's time spans are: whole ones.
fn seconds(time: Duration) -> Value {
    if time.subsec_nanos() == 0 {
        time.as_secs().into()
    } else {
        time.as_secs_f64().into()
    }
}

fn sorted(mut names: Vec<String>) -> Value {
    names.sort();
    names.into()
}
