//! What befalls one request.
//!
//! Owns the drawing of a request's fate from the rates that are set. Must not know how a fate is
//! carried out.

use rand::{Rng, RngExt};

use super::faults::Faults;

/// What is to happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is served.
    Served,
    /// Its connection is reset.
    Reset,
    /// It is never answered.
    Hang,
    /// It gets a 500.
    Error,
    /// It is served, but its answer breaks off.
    Truncated,
    /// It is served, but its connection is reset in the midst of a stream.
    StreamReset,
    /// It is served, but its answer tells of an error within itself.
    StreamError,
}

impl Fate {
    /// Draws a fate; one draw decides, so that the rates are exact shares of all requests.
    pub(super) fn draw(faults: &Faults, rng: &mut impl Rng) -> Fate {
        let mut left: f64 = rng.random();
        for (rate, fate) in [
            (faults.reset_rate, Fate::Reset),
            (faults.hang_rate, Fate::Hang),
            (faults.error_rate, Fate::Error),
            (faults.truncate_rate, Fate::Truncated),
            (faults.stream_error_rate, Fate::StreamError),
            (faults.stream_reset_rate, Fate::StreamReset),
        ] {
            left -= rate.unwrap_or(0.0);
            if left < 0.0 {
                return fate;
            }
        }
        Fate::Served
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn fates_come_in_the_shares_asked_for() {
        let faults = Faults {
            reset_rate: Some(0.2),
            error_rate: Some(0.3),
            ..Faults::default()
        };
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let fates: Vec<_> = (0..10_000).map(|_| Fate::draw(&faults, &mut rng)).collect();
        let count = |fate| fates.iter().filter(|&&drawn| drawn == fate).count();
        assert!((1850..2150).contains(&count(Fate::Reset)));
        assert!((2850..3150).contains(&count(Fate::Error)));
        assert_eq!(count(Fate::Hang) + count(Fate::Truncated), 0);
    }

    #[test]
    fn a_rate_of_one_leaves_nobody_out() {
        let faults = Faults {
            truncate_rate: Some(1.0),
            ..Faults::default()
        };
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        assert!((0..1000).all(|_| Fate::draw(&faults, &mut rng) == Fate::Truncated));
    }
}
