//! Wall times as text, always UTC.
//!
//! Must not know which clock they came from.

use std::time::Duration;

use jiff::Timestamp;

/// `2026-11-23T06:45:43Z`, the fraction of the second cut off.
#[must_use]
pub fn iso(unix: Duration) -> String {
    written(unix, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-11-23T06:45:43.125Z`, cut to milliseconds.
#[must_use]
pub fn precise(unix: Duration) -> String {
    i64::try_from(unix.as_millis())
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |at| {
            at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
        })
}

/// `2026-11-23 06:45:43 UTC`, for reading.
#[must_use]
pub fn readable(unix: Duration) -> String {
    written(unix, "%Y-%m-%d %H:%M:%S UTC")
}

/// `06:45:43Z`, for the start of a line.
#[must_use]
pub fn time_of_day(unix: Duration) -> String {
    written(unix, "%H:%M:%SZ")
}

/// `20261123T064543Z`: sorts by time and has no colon, which Windows does not allow in names.
#[must_use]
pub fn for_file_name(unix: Duration) -> String {
    written(unix, "%Y%m%dT%H%M%SZ")
}

fn written(unix: Duration, form: &str) -> String {
    i64::try_from(unix.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(String::new, |at| at.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_cut_to_seconds() {
        let at = Duration::from_millis(1_795_416_343_999);
        assert_eq!(iso(at), "2026-11-23T06:45:43Z");
        assert_eq!(for_file_name(at), "20261123T064543Z");
        assert_eq!(readable(at), "2026-11-23 06:45:43 UTC");
        assert_eq!(time_of_day(at), "06:45:43Z");
        assert_eq!(precise(at), "2026-11-23T06:45:43.999Z");
        assert_eq!(iso(Duration::MAX), "");
        assert_eq!(precise(Duration::MAX), "");
    }
}
