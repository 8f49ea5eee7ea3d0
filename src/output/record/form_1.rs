//! Records of the first form, in which durations stood as seconds and nanoseconds, moments as
//! nanoseconds, and a good deal was not recorded yet.
//!
//! Must not know newer forms than the second.

use serde_json::{Map, Number, Value, json};

/// Keys of moments.
const MOMENTS: [&str; 3] = ["at", "first", "last"];

/// Makes a record of the first form one of the second. What the first did not record is missing
/// in it, not zero.
pub(super) fn upgrade(record: &mut Value) {
    times(record);
    let Value::Object(record) = record else {
        return;
    };
    record.insert("schema_version".to_owned(), json!(2));
    add(
        record,
        &[
            ("failed_answers", json!([])),
            ("stages", json!([])),
            ("marks", json!([])),
        ],
    );
    let nothing = json!({ "requests": [], "failures": [], "p50": [], "p95": [], "p99": [] });
    let row = [
        ("failed_histogram", Value::Null),
        ("course", nothing),
        ("connections", Value::Null),
        ("measures", json!([])),
        ("measure_histograms", json!([])),
    ];
    each(record.get_mut("rows"), |one| add(one, &row));
    if let Some(Value::Object(all)) = record.get_mut("aggregated") {
        add(all, &row);
    }
    each(record.get_mut("timeline"), |point| {
        let users = point.get("users").cloned().unwrap_or_default();
        let unknown = ["ok", "failed", "statuses", "generator"];
        add(point, &unknown.map(|key| (key, Value::Null)));
        add(point, &[("target_users", users)]);
    });
}

fn each(list: Option<&mut Value>, change: impl Fn(&mut Map<String, Value>)) {
    let elements = list.and_then(Value::as_array_mut).into_iter().flatten();
    elements.filter_map(Value::as_object_mut).for_each(change);
}

fn add(map: &mut Map<String, Value>, entries: &[(&str, Value)]) {
    for (key, value) in entries {
        map.insert((*key).to_owned(), value.clone());
    }
}

/// Makes numbers of seconds of all durations and moments.
fn times(value: &mut Value) {
    if let Some(seconds) = duration(value) {
        *value = seconds;
        return;
    }
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(times),
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_u64().filter(|_| MOMENTS.contains(&key.as_str())) {
                    Some(nanoseconds) => *value = in_seconds(0, nanoseconds),
                    None => times(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn duration(value: &Value) -> Option<Value> {
    let map = value.as_object().filter(|map| map.len() == 2)?;
    let part = |key| map.get(key).and_then(Value::as_u64);
    Some(in_seconds(part("secs")?, part("nanos")?))
}

fn in_seconds(seconds: u64, nanoseconds: u64) -> Value {
    let whole = std::time::Duration::from_secs(seconds);
    let time = whole.saturating_add(std::time::Duration::from_nanos(nanoseconds));
    Number::from_f64(time.as_secs_f64()).map_or(Value::Null, Value::Number)
}
