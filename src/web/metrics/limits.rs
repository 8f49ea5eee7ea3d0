//! What services told of their own limits, as metrics: nothing where they told nothing.
//!
//! Must not know how limits are told.

use std::fmt;

use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use crate::event::RunRecord;
use crate::stats::RateLimits;

use super::{family, labels};

/// The least that was left of each thing that is counted, and the longest wait asked for.
pub(super) fn limits(encoder: &mut DescriptorEncoder<'_>, record: &RunRecord) -> fmt::Result {
    let rows = record.rows.iter();
    let told: Vec<_> = rows
        .filter_map(|row| Some((labels(record, row), row.row.rate_limits.as_ref()?)))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let help = "Lowest remaining budget of a limit, as the service told it";
    let name = "lowest_remaining_budget";
    let mut left = family(encoder, name, help, None, MetricType::Gauge)?;
    for ([scenario, method, name], limits) in &told {
        for lowest in &limits.lowest {
            let counted = ("counted", lowest.of.name());
            let remaining = i64::try_from(lowest.remaining).unwrap_or(i64::MAX);
            left.gauge(&[*scenario, *method, *name, counted], remaining)?;
        }
    }
    let wait = |limits: &RateLimits| limits.longest_retry_after;
    if told.iter().all(|(_, limits)| wait(limits).is_none()) {
        return Ok(());
    }
    let (help, unit) = ("Longest Retry-After", Some(&Unit::Seconds));
    let name = "longest_retry_after";
    let mut longest = family(encoder, name, help, unit, MetricType::Gauge)?;
    for (labels, limits) in &told {
        if let Some(wait) = wait(limits) {
            longest.gauge(labels, wait.as_secs_f64())?;
        }
    }
    Ok(())
}
