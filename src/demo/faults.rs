//! What can be made to go wrong, and how it is asked for.
//!
//! Owns the list of faults, their limits, their JSON and the merging of a change into what is set.
//! Must not know how a fault is carried out, nor HTTP.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// The longest time any fault may last.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Faults to switch on. Every one is optional: absent means the service behaves.
///
/// `reset_rate`, `hang_rate`, `error_rate` and `truncate_rate` are shares of all requests to
/// `/query`, `/retrieval` and `/v1/chat/completions`; a request suffers at most one of them.
/// Durations are written `500ms`, `2s`, `1m30s`, or as a number of seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Requests per second let through, after a burst of one second's worth; others get 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<f64>,
    /// Number of slots for generating answers; 64 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool_size: Option<u32>,
    /// How long a request waits for a slot before it gets 503; 10 s when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub pool_wait: Option<Duration>,
    /// KiB of memory that every request leaves behind, up to 512 MiB in total. Latency doubles
    /// with every 64 MiB leaked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leak_kb: Option<u32>,
    /// Share of requests answered with 500, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Share of requests whose connection is reset without an answer, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_rate: Option<f64>,
    /// Share of requests whose answer breaks off, from 0 to 1: a body shorter than its
    /// content-length, or a stream without its end marker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate_rate: Option<f64>,
    /// Share of requests never answered, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang_rate: Option<f64>,
    /// Share of streams that fall silent in the middle for `stall_for`, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_rate: Option<f64>,
    /// How long a stalled stream is silent; 10 s when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub stall_for: Option<Duration>,
    /// Warm-up after this is set: latency starts tenfold and falls to normal, and `/health`
    /// answers 503 until then.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub slow_start: Option<Duration>,
    /// Whether repeated questions are answered from a cache; off when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    /// Factor on every latency: 0 answers at once, 1 (when absent) is normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_scale: Option<f64>,
}

/// Why a set of faults was refused; nothing of it took effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// A value lies outside its limits.
    #[error("{name} must be {wanted}, found {found}")]
    OutOfRange {
        /// The fault.
        name: &'static str,
        /// What it may be.
        wanted: &'static str,
        /// What it was.
        found: String,
    },
    /// A name no fault has, or a value of the wrong type.
    #[error("{name}: {reason}")]
    Unreadable {
        /// The key as written.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The change is no JSON object.
    #[error("faults must be a JSON object such as {{\"error_rate\": 0.1}}")]
    NotAnObject,
}

impl Faults {
    /// Checks every value against its limits.
    ///
    /// # Errors
    /// [`FaultError::OutOfRange`] for the first value outside them.
    pub fn validate(&self) -> Result<(), FaultError> {
        for (name, share) in self.shares() {
            let inside = (0.0..=1.0).contains(&share);
            check(inside, name, "between 0 and 1", || share.to_string())?;
        }
        let total = self.shares().iter().take(4).map(|(_, share)| share).sum();
        check(
            within_one(total),
            "the sum of reset_rate, hang_rate, error_rate and truncate_rate",
            "at most 1",
            || total.to_string(),
        )?;
        if let Some(rate) = self.rate_limit {
            let inside = rate > 0.0 && rate <= 1e6;
            check(inside, "rate_limit", "above 0 and at most 1000000", || {
                rate.to_string()
            })?;
        }
        if let Some(size) = self.pool_size {
            let inside = (1..=100_000).contains(&size);
            check(inside, "pool_size", "between 1 and 100000", || {
                size.to_string()
            })?;
        }
        if let Some(kb) = self.leak_kb {
            let inside = kb <= 65_536;
            check(inside, "leak_kb", "at most 65536", || kb.to_string())?;
        }
        if let Some(scale) = self.latency_scale {
            let inside = (0.0..=1000.0).contains(&scale);
            check(inside, "latency_scale", "between 0 and 1000", || {
                scale.to_string()
            })?;
        }
        self.validate_times()
    }

    fn validate_times(&self) -> Result<(), FaultError> {
        for (name, time) in [
            ("pool_wait", self.pool_wait),
            ("stall_for", self.stall_for),
            ("slow_start", self.slow_start),
        ] {
            let time = time.unwrap_or_default();
            check(time <= LONGEST, name, "at most 24h", || {
                crate::model::units::format_duration(time)
            })?;
        }
        Ok(())
    }

    /// The shares, the four that exclude each other first.
    fn shares(&self) -> [(&'static str, f64); 5] {
        [
            ("reset_rate", self.reset_rate.unwrap_or(0.0)),
            ("hang_rate", self.hang_rate.unwrap_or(0.0)),
            ("error_rate", self.error_rate.unwrap_or(0.0)),
            ("truncate_rate", self.truncate_rate.unwrap_or(0.0)),
            ("stall_rate", self.stall_rate.unwrap_or(0.0)),
        ]
    }

    /// These faults with `change` laid over them: keys it names are set, `null` switches one off,
    /// the others stay.
    ///
    /// # Errors
    /// [`FaultError`] naming the first key that is unknown, of the wrong type or out of limits.
    pub fn merged(&self, change: &Value) -> Result<Faults, FaultError> {
        let Value::Object(change) = change else {
            return Err(FaultError::NotAnObject);
        };
        let Ok(Value::Object(mut whole)) = serde_json::to_value(self) else {
            return Err(FaultError::NotAnObject);
        };
        for (name, value) in change {
            // Each key is read alone first, so that the error can name it.
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            read(name, alone)?;
            whole.insert(name.clone(), value.clone());
        }
        let merged = read("faults", whole)?;
        merged.validate()?;
        Ok(merged)
    }
}

/// Whether shares add up to at most one, forgiving the rounding of sums such as 0.7 + 0.2 + 0.1.
fn within_one(total: f64) -> bool {
    total <= 1.0 + 1e-9
}

fn read(name: &str, object: Map<String, Value>) -> Result<Faults, FaultError> {
    serde_json::from_value(Value::Object(object)).map_err(|error| FaultError::Unreadable {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

fn check(
    inside: bool,
    name: &'static str,
    wanted: &'static str,
    found: impl FnOnce() -> String,
) -> Result<(), FaultError> {
    if inside {
        return Ok(());
    }
    Err(FaultError::OutOfRange {
        name,
        wanted,
        found: found(),
    })
}

/// Durations as people write them, in JSON.
mod optional_time {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::model::units::{format_duration, parse_duration};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Seconds(f64),
    }

    #[expect(
        clippy::ref_option,
        reason = "serde calls it with a reference to the field"
    )]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_str(&format_duration(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = match Option::<Written>::deserialize(deserializer)
            .map_err(|_| D::Error::custom("must be a duration such as 2s or 500ms"))?
        {
            None => return Ok(None),
            Some(Written::Text(text)) => text,
            Some(Written::Seconds(seconds)) => seconds.to_string(),
        };
        parse_duration(&text).map(Some).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
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
}
