//! What is read, what is refused, and that printing and reading agree.

use proptest::prelude::*;

use super::*;
use crate::stats::Measure;
use crate::threshold::{Statistic, Unit};

fn printed(expression: &str) -> String {
    parse(expression).unwrap().to_string()
}

fn refused(expression: &str) -> String {
    parse(expression).unwrap_err().to_string()
}

#[test]
fn a_threshold_is_a_metric_a_comparison_and_a_limit() {
    let read = parse("p95 < 2s").unwrap();
    let expected = Expression {
        metric: Metric::Percentile(0.95),
        comparison: Comparison::Less,
        limit: 2.0,
    };
    assert_eq!(read, expected);
}

#[test]
fn spaces_and_case_do_not_matter() {
    let cases = [
        ("error_rate<1%", "error_rate < 1%"),
        ("  P99.9>=  500 MS ", "p99.9 >= 500ms"),
        ("ERROR_RATE <= 0.5 %", "error_rate <= 0.5%"),
        ("Rps>20 / s", "rps > 20/s"),
        ("avg<1m30s", "avg < 90s"),
    ];
    for (written, expected) in cases {
        assert_eq!(printed(written), expected, "{written}");
    }
}

#[test]
fn metrics_have_the_names_people_know_them_by() {
    let cases = [
        ("median < 1s", "p50 < 1s"),
        ("med < 1s", "p50 < 1s"),
        ("average < 1s", "avg < 1s"),
        ("mean < 1s", "avg < 1s"),
        ("fail_ratio < 1%", "error_rate < 1%"),
        ("requests_per_second > 5", "rps > 5/s"),
        ("p100 < 1s", "p100 < 1s"),
        ("p0.5 < 1s", "p0.5 < 1s"),
    ];
    for (written, expected) in cases {
        assert_eq!(printed(written), expected, "{written}");
    }
}

#[test]
fn limits_are_read_exactly_in_the_unit_of_the_metric() {
    let cases = [
        ("max < 70ms", 0.07),
        ("max < 1.5m", 90.0),
        ("error_rate < 7%", 0.07),
        ("error_rate < 0.01", 0.01),
        ("error_rate <= 100%", 1.0),
        ("rps > 30/m", 0.5),
        ("requests >= 1000", 1000.0),
        ("failures == 0", 0.0),
        ("rate_limited != 3", 3.0),
    ];
    for (written, expected) in cases {
        let limit = parse(written).unwrap().limit;
        assert_eq!(limit.to_bits(), f64::to_bits(expected), "{written}");
    }
}

#[test]
fn a_time_without_a_unit_is_refused_with_both_units_to_choose_from() {
    let error = refused("p95 < 2000");
    assert_eq!(
        error,
        r#""2000" is no limit for p95 (write the unit: 2000ms or 2000s)"#
    );
}

#[test]
fn errors_say_what_was_found_and_what_would_be_right() {
    let cases = [
        ("", "has no metric"),
        ("< 2s", "has no metric"),
        ("p95", "has no comparison"),
        ("p95 2s", "has no comparison"),
        ("p95 <", "has no limit"),
        ("p95 = 2s", "write =="),
        ("p95 ≤ 2s", "write <="),
        ("p95 => 2s", "write >="),
        ("p95 <> 2s", "write !="),
        ("p95 << 2s", "one of < <= > >= == !="),
        ("error_rat < 1%", "did you mean error_rate?"),
        ("p(95) < 2s", "did you mean p95?"),
        ("latency < 2s", "there are p50"),
        ("p0 < 2s", "above 0, at most 100"),
        ("p101 < 2s", "above 0, at most 100"),
        ("p9.9.9 < 2s", "above 0, at most 100"),
        ("p-5 < 2s", "above 0, at most 100"),
        ("p95 < 2%", "500ms, 2s or 1m"),
        ("p95 < 1 0s", "500ms, 2s or 1m"),
        ("p95 < 2s or so", "500ms, 2s or 1m"),
        ("p95 < -2s", "0s or more"),
        ("p95 < inf", "500ms, 2s or 1m"),
        ("error_rate < 1", "write 1% for percent"),
        ("error_rate < 5", "write 5% for percent"),
        ("error_rate < 101%", "0% to 100%"),
        ("error_rate < nan", "1% or 0.01"),
        ("error_rate < -1%", "0% or more"),
        ("rps > fast", "20/s or 20"),
        ("requests > 1.5", "whole number"),
        ("failures < 1%", "whole number"),
        ("failures < -1", "0 or more"),
        ("requests > 99999999999999999999", "whole number"),
    ];
    for (written, expected) in cases {
        let error = refused(written);
        assert!(error.contains(expected), "{written}: {error}");
    }
}

#[test]
fn figures_of_answers_have_names_of_their_own() {
    let cases = [
        ("TTFT_p95 < 1s", "ttft_p95 < 1s"),
        ("tpot_median < 50ms", "tpot_p50 < 50ms"),
        ("gap_p99.9 < 1s", "inter_chunk_gap_p99.9 < 1s"),
        ("stall_max < 5s", "longest_stall_max < 5s"),
        ("time_to_sources_avg < 300ms", "time_to_sources_avg < 300ms"),
        ("stage:Re_rank_p90 < 1s", "stage:Re_rank_p90 < 1s"),
        ("source_count_avg >= 2.5", "source_count_avg >= 2.5"),
        (
            "tokens_per_second_p50 > 20",
            "output_tokens_per_second_p50 > 20/s",
        ),
        ("goodput > 95%", "goodput > 95%"),
        ("goodput_per_second > 2", "goodput_per_second > 2/s"),
        ("degraded <= 3", "degraded <= 3"),
        ("truncated_rate < 0.1%", "truncated_rate < 0.1%"),
        ("recall >= 0.8", "recall >= 80%"),
        ("connect_p99 < 50ms", "connect_p99 < 50ms"),
    ];
    for (written, expected) in cases {
        assert_eq!(printed(written), expected, "{written}");
    }
    for (written, expected) in [
        (
            "ttft < 1s",
            "write ttft_p95, ttft_avg, ttft_min or ttft_max",
        ),
        ("ttft_p0 < 1s", "unknown metric"),
        ("ttfd_p95 < 1s", "did you mean ttft_p95?"),
        ("goodputs > 95%", "did you mean goodput?"),
        ("source_count_avg < 5s", "a number, like 5 or 2.5"),
    ] {
        let error = refused(written);
        assert!(error.contains(expected), "{written}: {error}");
    }
}

fn any_metric() -> impl Strategy<Value = Metric> {
    prop_oneof![
        (1u32..=1_000_000).prop_map(|n| Metric::Percentile(f64::from(n) / 1e6)),
        prop::sample::select(NAMES.to_vec()).prop_map(|(_, metric)| metric),
        prop::sample::select(AnswerMetric::NAMES.to_vec())
            .prop_map(|(_, metric)| Metric::Answers(metric)),
        (
            prop::sample::select(Measure::FIXED.to_vec()),
            any_statistic()
        )
            .prop_map(|(measure, statistic)| Metric::Measured { measure, statistic }),
    ]
}

fn any_statistic() -> impl Strategy<Value = Statistic> {
    prop_oneof![
        (1u32..=1_000_000).prop_map(|n| Statistic::Percentile(f64::from(n) / 1e6)),
        prop::sample::select(vec![Statistic::Average, Statistic::Min, Statistic::Max]),
    ]
}

fn limit_of(metric: &Metric, number: u32) -> f64 {
    let number = f64::from(number);
    match metric.unit() {
        Unit::Time => number / 1e3,
        Unit::Share => number / f64::from(u32::MAX),
        Unit::Rate => number / 7.0,
        Unit::Count => number,
        Unit::Amount => number / 16.0,
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(
        metric in any_metric(),
        comparison in prop::sample::select(Comparison::ALL.to_vec()),
        number in 0u32..100_000_000,
    ) {
        let share = (f64::from(number) / 1e8 * 1e6).round() / 1e6;
        let limit = match metric.unit() {
            Unit::Share => share,
            _ => limit_of(&metric, number),
        };
        let expression = Expression { metric, comparison, limit };
        prop_assert_eq!(parse(&expression.to_string()), Ok(expression));
    }

    #[test]
    fn no_text_panics_the_parser(text in ".*") {
        let _ = parse(&text);
    }

    #[test]
    fn nothing_like_a_threshold_panics_or_gives_a_limit_out_of_range(
        metric in "(p[0-9.-]{0,6}|error_rate|rps|requests|avg)",
        sign in "[<>=!≤]{0,3}",
        limit in "[-+]?[0-9.einfa]{0,12} ?(ms|s|m|%|/s|/m)?",
    ) {
        if let Ok(read) = parse(&format!("{metric}{sign}{limit}")) {
            prop_assert!(read.limit.is_finite() && read.limit >= 0.0);
        }
    }
}
