//! Thresholds that follow from the objectives of requests, and those that have nothing to judge.
//!
//! Must not know how either is judged.

use std::time::Duration;

use crate::stats::Measure;
use crate::threshold::{AnswerMetric, Comparison, Level, Metric, Threshold};

use super::super::plan::{RequestStep, Step, UserClass};
use super::endpoints::Endpoints;

/// What no request of the scenario gives.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Missing {
    objectives: bool,
    answers: bool,
}

/// Every request of these classes.
pub(super) fn requests(classes: &[UserClass]) -> impl Iterator<Item = &RequestStep> {
    let steps = classes.iter().flat_map(UserClass::steps);
    steps.filter_map(|step| match step {
        Step::Request(request) => Some(&**request),
        Step::Wait(_) => None,
    })
}

/// The attainment each request asks for, as a threshold: `goodput >= 95%`.
pub(in super::super) fn attainments(
    classes: &[UserClass],
    endpoints: &Endpoints,
) -> Vec<Threshold> {
    let mut list: Vec<Threshold> = Vec::new();
    for request in requests(classes) {
        let wanted = request.slo.and_then(|slo| slo.attainment);
        let Some((limit, endpoint)) = wanted.zip(endpoints.list().get(request.endpoint.index()))
        else {
            continue;
        };
        let metric = Metric::Answers(AnswerMetric::Goodput);
        let threshold = Threshold {
            expression: format!("{metric} >= {}", metric.show_limit(limit)),
            metric,
            comparison: Comparison::AtLeast,
            limit,
            on: vec![request.endpoint],
            on_text: Some(endpoint.to_string()),
            over: None,
            after: Duration::ZERO,
            min_requests: 1,
            abort: false,
            level: Level::default(),
        };
        if !list.contains(&threshold) {
            list.push(threshold);
        }
    }
    list
}

impl Missing {
    /// What is missing in these classes.
    pub(in super::super) fn of(classes: &[UserClass]) -> Self {
        Missing {
            objectives: requests(classes).all(|request| request.slo.is_none()),
            answers: requests(classes).all(|request| request.response.is_none()),
        }
    }

    /// Why this figure would never have data; none where it may.
    pub(in super::super) fn for_metric(self, metric: &Metric) -> Option<&'static str> {
        match metric {
            Metric::Answers(AnswerMetric::Goodput | AnswerMetric::GoodputRate) => {
                let message = "has nothing to judge: no request has objectives; give it `slo`";
                self.objectives.then_some(message)
            }
            Metric::Answers(_) => self.without_answers(),
            Metric::Measured { measure, .. } if Measure::PHASES.contains(measure) => None,
            Metric::Measured { .. } => self.without_answers(),
            _ => None,
        }
    }

    fn without_answers(self) -> Option<&'static str> {
        let message = "has nothing to judge: no request declares its answer; give it `response` \
                       or `preset`";
        self.answers.then_some(message)
    }
}
