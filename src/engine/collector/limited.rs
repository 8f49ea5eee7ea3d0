//! The seconds in which the load generator was the bottleneck.
//!
//! Must not know what made it one.

use std::time::Duration;

use crate::model::Offset;
use crate::model::units::format_duration;

/// Adds up the stretches in which it was.
#[derive(Debug, Default)]
pub(super) struct Limited {
    lasted: Duration,
    /// From the beginning of the first to the end of the last.
    between: Option<(Offset, Offset)>,
}

impl Limited {
    /// It was, in this stretch.
    pub(super) fn add(&mut self, from: Offset, to: Offset) {
        self.lasted += to.since(from);
        let first = self.between.map_or(from, |(first, _)| first);
        self.between = Some((first, to));
    }

    /// In a sentence, for a run that ends at `end`; none when it never was.
    pub(super) fn told(&self, end: Offset) -> Option<String> {
        let (first, last) = self.between?;
        let [lasted, of, first, last] =
            [self.lasted, end.elapsed(), first.elapsed(), last.elapsed()].map(whole_seconds);
        Some(format!(
            "the load generator was the bottleneck for {lasted} of {of}, between {first} and \
             {last}: response times and rates of that time are partly its own (fewer users, more \
             cores or more machines help)"
        ))
    }
}

fn whole_seconds(time: Duration) -> String {
    format_duration(Duration::from_secs(
        (time + Duration::from_millis(500)).as_secs(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_add_up_and_say_from_when_to_when() {
        let mut limited = Limited::default();
        assert_eq!(limited.told(Offset::from_secs(120)), None);
        limited.add(Offset::from_secs(61), Offset::from_secs(62));
        limited.add(Offset::from_secs(70), Offset::from_millis(72_004));
        let told = limited.told(Offset::from_secs(120)).unwrap();
        let expected = "was the bottleneck for 3s of 2m, between 1m1s and 1m12s: ";
        assert!(told.contains(expected), "{told}");
    }
}
