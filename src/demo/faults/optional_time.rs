//! Durations as people write them, in JSON.
//!
//! Must not know which fault is read.

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
