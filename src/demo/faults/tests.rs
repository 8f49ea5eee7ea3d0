//! What may be switched on, and what is refused.

use serde_json::json;

use super::*;

#[test]
fn a_share_above_one_is_refused_by_name() {
    let refused = Faults::default().merged(&json!({"error_rate": 3}));
    let message = refused.unwrap_err().to_string();
    assert_eq!(message, "error_rate must be between 0 and 1, found 3");
}

#[test]
fn shares_that_exclude_each_other_may_fill_the_whole_but_not_more() {
    let faults = Faults::default();
    let full = json!({"error_rate": 0.7, "reset_rate": 0.2, "hang_rate": 0.1});
    assert!(faults.merged(&full).is_ok());
    let over = json!({"error_rate": 0.7, "truncate_rate": 0.4});
    let message = faults.merged(&over).unwrap_err().to_string();
    assert!(message.contains("at most 1"), "{message}");
}

#[test]
fn a_merge_keeps_what_it_does_not_name_and_null_switches_off() {
    let first = json!({"error_rate": 0.1, "stall_for": "1m30s", "pool_size": 3});
    let faults = Faults::default().merged(&first).unwrap();
    let faults = faults.merged(&json!({"error_rate": null})).unwrap();
    assert_eq!(faults.error_rate, None);
    assert_eq!(faults.stall_for, Some(Duration::from_secs(90)));
    assert_eq!(faults.pool_size, Some(3));
}

#[test]
fn unknown_names_and_wrong_types_are_named() {
    let unknown = Faults::default().merged(&json!({"eror_rate": 0.1}));
    let message = unknown.unwrap_err().to_string();
    assert!(message.starts_with("eror_rate: unknown field"), "{message}");
    let wrong = Faults::default().merged(&json!({"pool_size": "many"}));
    assert!(wrong.unwrap_err().to_string().starts_with("pool_size: "));
    let time = Faults::default().merged(&json!({"pool_wait": -1}));
    assert!(time.unwrap_err().to_string().starts_with("pool_wait: "));
}

#[test]
fn faults_survive_a_trip_through_json() {
    let faults = Faults {
        slow_start: Some(Duration::from_millis(1500)),
        rate_limit: Some(12.5),
        cache: Some(true),
        ..Faults::default()
    };
    let text = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<Faults>(&text).unwrap(), faults);
    assert_eq!(serde_json::to_string(&Faults::default()).unwrap(), "{}");
}
