//! What every load shape keeps, checked over the examples of all that are registered.

use std::time::Duration;

use crate::load::{LoadShape, SHAPES, Target};
use crate::model::Offset;

/// Changes looked at of a shape that never ends.
const MANY: usize = 10_000;

#[test]
fn every_registered_shape_keeps_the_law() {
    for kind in SHAPES {
        let examples = (kind.examples)();
        assert!(!examples.is_empty(), "{} has no example", kind.name);
        for shape in examples {
            check(shape.as_ref());
        }
    }
}

#[test]
fn shapes_are_listed_under_names_of_their_own() {
    let mut names: Vec<_> = SHAPES.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SHAPES.len());
    assert!(SHAPES.iter().all(|kind| !kind.about.is_empty()));
}

/// Follows the changes of a shape from its beginning to its end.
pub(crate) fn check(shape: &dyn LoadShape) {
    let mut at = Offset::ZERO;
    for _ in 0..MANY {
        check_moment(shape, at);
        let next = shape.next_change(at);
        check_quiet(shape, at, next);
        let Some(next) = next else { break };
        assert!(next > at, "a change must lie ahead: {next} after {at}");
        assert!(shape.ends_at().is_none_or(|end| next <= end));
        at = next;
    }
    if let Some(end) = shape.ends_at() {
        assert_eq!(at, end, "the changes lead to the end");
        assert_eq!(shape.target(end), Target::Done);
        assert_eq!(shape.next_change(end), None);
        let later = end + Duration::from_secs(1);
        assert_eq!(shape.target(later), Target::Done);
        assert_eq!(shape.next_change(later), None);
    }
}

fn check_moment(shape: &dyn LoadShape, at: Offset) {
    match shape.target(at) {
        Target::Users { count, spawn_rate } => {
            assert!(spawn_rate > 0.0 && spawn_rate.is_finite());
            assert!(shape.peak_users().is_some_and(|peak| count <= peak));
            assert!(shape.ends_at().is_none_or(|end| at < end));
        }
        Target::Arrivals { per_second } => {
            assert!(per_second >= 0.0 && per_second.is_finite());
            assert!(shape.ends_at().is_none_or(|end| at < end));
        }
        Target::Done => assert!(shape.ends_at().is_some_and(|end| at >= end)),
    }
}

/// Between two changes the target is the same.
fn check_quiet(shape: &dyn LoadShape, at: Offset, next: Option<Offset>) {
    let length = match next {
        Some(next) => next.since(at).saturating_sub(Duration::from_nanos(1)),
        None => Duration::from_secs(1 << 32),
    };
    for part in [0, 1, 2, 3] {
        let within = at + length / 3 * part;
        assert_eq!(shape.target(within), shape.target(at), "{at} and {within}");
        assert_eq!(shape.next_change(within), next, "{at} and {within}");
    }
    assert_eq!(shape.target(at + length), shape.target(at));
}
