//! The course of a run for whoever watches it: every second at first, fewer points as it goes on.
//!
//! Owns the thinning of points that were told one by one. Must not know how a point is made.

use std::mem;

use super::Point;
use super::timeline::halved;

/// From so many points on, every two become one.
const MOST: usize = 1200;

/// The points of a run until now, evenly spaced and never more than a chart has room for.
#[derive(Clone, Debug)]
pub struct Points {
    kept: Vec<Point>,
    /// Those that the next point will be made of.
    pending: Vec<Point>,
    /// How many told ones make a kept one: a power of two.
    every: usize,
}

impl Default for Points {
    fn default() -> Self {
        Points {
            kept: Vec::new(),
            pending: Vec::new(),
            every: 1,
        }
    }
}

impl Points {
    /// Adds the point of the stretch after the last one.
    pub fn push(&mut self, point: Point) {
        self.pending.push(point);
        if self.pending.len() == self.every {
            let mut joined = mem::take(&mut self.pending);
            while joined.len() > 1 {
                joined = halved(&joined);
            }
            self.kept.append(&mut joined);
        }
        if self.kept.len() >= MOST {
            self.kept = halved(&self.kept);
            self.every *= 2;
        }
    }

    /// The points until now, those included that are too few yet to make one.
    pub fn iter(&self) -> impl Iterator<Item = &Point> {
        self.kept.iter().chain(&self.pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Offset;
    use crate::stats::{Circumstances, Delta, Entry};

    fn second(n: u64) -> Point {
        let entry = Entry {
            requests: 4,
            ..Entry::default()
        };
        let delta = Delta {
            entries: vec![entry],
            ..Delta::default()
        };
        let (from, to) = (Offset::from_secs(n), Offset::from_secs(n + 1));
        Point::of(from, to, Circumstances::default(), &delta)
    }

    #[test]
    fn a_soak_leaves_no_more_points_than_a_chart_has_room_for_and_loses_no_second() {
        let mut points = Points::default();
        for n in 0..14_403 {
            points.push(second(n));
            assert!(points.iter().count() < MOST + points.every);
        }
        assert!(points.iter().all(|point| (point.rps - 4.0).abs() < 1e-9));
        assert_eq!(
            points.iter().last().map(|p| p.at),
            Some(Offset::from_secs(14_403))
        );
        let mut moments: Vec<_> = points.iter().map(|point| point.at).collect();
        moments.dedup();
        assert_eq!(moments.len(), points.iter().count());
        let spacing = moments[1].since(moments[0]).as_secs();
        assert_eq!(spacing, u64::try_from(points.every).unwrap());
    }
}
