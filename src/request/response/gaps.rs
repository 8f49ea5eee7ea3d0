//! Times between the pieces of one answer.
//!
//! Owns their form: short, bounded, and reused from answer to answer, so that a gap costs no
//! allocation. Must not know what the pieces are.

use std::time::Duration;

/// So many gaps of one answer are kept: more than the longest answer has.
const MOST: usize = 1 << 17;

/// Times between the pieces of one answer, to the microsecond.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    micros: Vec<u32>,
    longest: Option<Duration>,
}

impl Gaps {
    /// Each gap in order; the first so many of an answer of endless pieces.
    pub fn iter(&self) -> impl Iterator<Item = Duration> {
        let micros = self.micros.iter();
        micros.map(|micros| Duration::from_micros(u64::from(*micros)))
    }

    /// The longest stall; none for fewer than two pieces.
    #[must_use]
    pub fn longest(&self) -> Option<Duration> {
        self.longest
    }

    /// Adds the gap before one more piece.
    pub(super) fn push(&mut self, gap: Duration) {
        self.longest = self.longest.max(Some(gap));
        if self.micros.len() < MOST {
            let micros = u32::try_from(gap.as_micros()).unwrap_or(u32::MAX);
            self.micros.push(micros);
        }
    }

    /// Forgets all of them and keeps the room.
    pub(super) fn clear(&mut self) {
        self.micros.clear();
        self.micros.shrink_to(super::KEPT_CAPACITY / 4);
        self.longest = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_known_of_any_number_of_them() {
        let mut gaps = Gaps::default();
        assert_eq!(gaps.longest(), None);
        for _ in 0..MOST {
            gaps.push(Duration::ZERO);
        }
        gaps.push(Duration::from_hours(2));
        assert_eq!(gaps.longest(), Some(Duration::from_hours(2)));
        assert_eq!(gaps.iter().count(), MOST);
        gaps.clear();
        gaps.push(Duration::from_nanos(1_999));
        assert_eq!(gaps.iter().collect::<Vec<_>>(), [Duration::from_micros(1)]);
    }
}
