//! The one request before any load: is the target there at all?
//!
//! Must not know classes of host or approval: those were decided with the plan.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::clock::RunClock;
use crate::request::spec::{BodyParts, RequestParts};
use crate::request::{AnswerReader, RequestSpec, Scope};
use crate::scenario::Plan;
use crate::scenario::plan::Preflight;
use crate::transport::{Client, ClientSettings, Transport};

/// Time allowed for one try.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// The target answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreflightAnswer {
    /// What was asked: `GET http://localhost:8000/health`.
    pub asked: String,
    /// The status it answered with.
    pub status: StatusCode,
    /// How long the answer took.
    pub time: Duration,
}

/// The target did not answer as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// No answer at all.
    #[error(
        "{asked} was not answered: {problem}; is the target running? (`--wait-for 60s` waits for \
         it, `--host` aims elsewhere, `preflight: off` skips this check)"
    )]
    NoAnswer {
        /// What was asked.
        asked: String,
        /// Why there was no answer.
        problem: String,
    },
    /// An answer that says the target is broken.
    #[error(
        "{asked} answered {status}: the target is not healthy (`preflight: PATH` in the scenario \
         asks elsewhere, `preflight: off` skips this check)"
    )]
    Unhealthy {
        /// What was asked.
        asked: String,
        /// The status of the answer.
        status: StatusCode,
    },
}

/// Asks the target once, or until it answers for as long as the plan says. `None` when the plan
/// wants no such check.
///
/// # Errors
/// When there is no answer, or one of status 500 and above.
pub async fn preflight<T: Transport>(
    plan: &Plan,
    transport: &T,
    clock: RunClock,
) -> Result<Option<PreflightAnswer>, PreflightError> {
    let Preflight::Get { path, wait_for } = &plan.preflight else {
        return Ok(None);
    };
    let deadline = clock.now() + *wait_for;
    loop {
        let result = ask(plan, transport, clock, path).await;
        match result {
            Err(_) if clock.now() + PAUSE < deadline => tokio::time::sleep(PAUSE).await,
            result => return result.map(Some),
        }
    }
}

async fn ask<T: Transport>(
    plan: &Plan,
    transport: &T,
    clock: RunClock,
    path: &str,
) -> Result<PreflightAnswer, PreflightError> {
    let asked = format!("GET {}{path}", plan.target.shown.trim_end_matches('/'));
    let asked = plan.masker.mask(&asked);
    let fail = |problem: String| PreflightError::NoAnswer {
        asked: asked.clone(),
        problem,
    };
    let settings = plan
        .classes
        .first()
        .map_or_else(ClientSettings::default, |c| c.client.clone());
    let mut client = transport
        .client(&settings)
        .map_err(|error| fail(error.to_string()))?;
    let spec = RequestSpec::compile(RequestParts {
        method: Method::GET,
        base: plan.target.base.clone(),
        path: path.to_owned(),
        params: Vec::new(),
        headers: Vec::new(),
        body: BodyParts::None,
        timeout: TIMEOUT,
        connect_timeout: None,
        follow_redirects: true,
    })
    .map_err(|problems| {
        let problems: Vec<String> = problems
            .iter()
            .map(|(_, error)| error.to_string())
            .collect();
        fail(problems.join("; "))
    })?;
    let prepared = spec
        .prepare(&mut Scope::empty())
        .map_err(|error| fail(error.to_string()))?;
    let mut reader = AnswerReader::new(false);
    let sent = clock.now();
    let result = client.send(&prepared, &mut reader).await;
    let status = match (result, reader.into_answer().status) {
        (Ok(()), Some(status)) => status,
        (Err(error), _) => return Err(fail(plan.masker.mask(&error.to_string()))),
        (Ok(()), None) => return Err(fail("no status".to_owned())),
    };
    if status.is_server_error() {
        return Err(PreflightError::Unhealthy { asked, status });
    }
    Ok(PreflightAnswer {
        asked,
        status,
        time: clock.now().since(sent),
    })
}
