//! The stretches of a run that are worth showing, and how many there is room for.
//!
//! Must not know how they are shown.

use crate::event::RunRecord;
use crate::stats::Point;
use crate::stats::timeline::halved;

/// Stretches of all endpoints together the page has room for: past that neighbours are joined, so
/// that hundreds of endpoints do not make megabytes.
const ROOM: usize = 7_000;
/// However many endpoints there are, so many stretches of each are shown.
const FEWEST: usize = 40;

/// The points worth drawing. What is left of the last stretch when a run ends may be a few
/// milliseconds: a rate of that is chance, and would end every line with a plunge or a spike.
pub(super) fn shown(record: &RunRecord) -> &[Point] {
    match record.timeline.as_slice() {
        [rest @ .., before, middle, last]
            if last.at.since(middle.at) * 2 < middle.at.since(before.at) =>
        {
            &record.timeline[..rest.len() + 2]
        }
        all => all,
    }
}

/// At most so many points: neighbours are joined until they fit.
pub(super) fn at_most(points: &[Point], most: usize) -> Vec<Point> {
    let mut points = points.to_vec();
    while points.len() > most.max(1) {
        points = halved(&points);
    }
    points
}

/// How many neighbouring stretches of each endpoint's course are joined into one.
pub(super) fn joined_in_courses(stretches: usize, endpoints: usize) -> usize {
    let room = (ROOM / endpoints.max(1)).max(FEWEST);
    let mut step = 1;
    while stretches.div_ceil(step) > room {
        step *= 2;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_endpoints_show_every_stretch_and_many_stay_bounded() {
        assert_eq!(joined_in_courses(600, 10), 1);
        assert_eq!(joined_in_courses(1199, 10), 2);
        assert_eq!(joined_in_courses(600, 100), 16);
        assert_eq!(joined_in_courses(600, 500), 16);
        assert_eq!(joined_in_courses(0, 0), 1);
    }
}
