//! Ramps and holds, at the moments that matter.

use proptest::prelude::*;

use super::*;

fn ramp(to: u32, seconds: u64) -> Stage {
    Stage::Ramp {
        to,
        lasts: Duration::from_secs(seconds),
    }
}

fn hold(users: u32, seconds: u64) -> Stage {
    Stage::Hold {
        users,
        spawn_rate: 7.0,
        lasts: Duration::from_secs(seconds),
    }
}

fn users_at(shape: &Stages, milliseconds: u64) -> Option<u32> {
    match shape.target(Offset::from_millis(milliseconds)) {
        Target::Users { count, .. } => Some(count),
        Target::Arrivals { .. } | Target::Done => None,
    }
}

fn changes(shape: &Stages) -> Vec<Offset> {
    std::iter::successors(Some(Offset::ZERO), |at| shape.next_change(*at)).collect()
}

#[test]
fn a_ramp_goes_up_a_user_at_a_time_along_the_straight_line() {
    let shape = Stages::new([ramp(4, 8)]);
    let at = [0, 999, 1_000, 2_999, 3_000, 5_000, 7_000, 7_999, 8_000].map(|t| users_at(&shape, t));
    assert_eq!(
        at,
        [0, 0, 1, 1, 2, 3, 4, 4]
            .map(Some)
            .into_iter()
            .chain([None])
            .collect::<Vec<_>>()[..]
    );
    let seconds = [0, 1, 3, 5, 7, 8].map(Offset::from_secs);
    assert_eq!(changes(&shape), seconds);
}

#[test]
fn a_ramp_begins_at_the_users_of_the_stage_before_and_may_go_down() {
    let shape = Stages::new([hold(10, 5), hold(6, 0), ramp(2, 4)]);
    let at = [4_999, 5_000, 5_500, 7_000, 8_999].map(|t| users_at(&shape, t));
    assert_eq!(at, [10, 6, 5, 4, 2].map(Some));
}

#[test]
fn a_ramps_rate_keeps_up_with_its_slope() {
    let rate = |stage| match Stages::new([stage]).target(Offset::ZERO) {
        Target::Users { spawn_rate, .. } => spawn_rate.to_string(),
        Target::Arrivals { .. } | Target::Done => String::new(),
    };
    assert_eq!(rate(ramp(600, 60)), "10");
    assert_eq!(rate(ramp(25, 10)), "3");
    assert_eq!(rate(ramp(1, 3600)), "1");
    assert_eq!(rate(hold(1, 1)), "7");
}

#[test]
fn moments_of_change_are_exact_to_the_nanosecond() {
    let shape = Stages::new([ramp(7, 1)]);
    let first = shape.next_change(Offset::ZERO).unwrap();
    let before = Offset::from_duration(
        first
            .elapsed()
            .checked_sub(Duration::from_nanos(1))
            .unwrap(),
    );
    let wanted = |at| match shape.target(at) {
        Target::Users { count, .. } => count,
        Target::Arrivals { .. } | Target::Done => u32::MAX,
    };
    assert_eq!((wanted(before), wanted(first)), (0, 1));
}

fn any_stage() -> impl Strategy<Value = Stage> {
    let lasts = || (0u64..20_000_000_000).prop_map(Duration::from_nanos);
    prop_oneof![
        (0u32..40, 0.1..9.0f64, lasts()).prop_map(|(users, spawn_rate, lasts)| Stage::Hold {
            users,
            spawn_rate,
            lasts
        }),
        (0u32..40, lasts()).prop_map(|(to, lasts)| Stage::Ramp { to, lasts }),
    ]
}

proptest! {
    #[test]
    fn any_stages_conform(stages in prop::collection::vec(any_stage(), 0..6)) {
        let length: Duration = stages.iter().map(Stage::lasts).sum();
        let shape = Stages::new(stages);
        prop_assert_eq!(shape.ends_at(), Some(Offset::from_duration(length)));
        crate::load::shapes::conformance::check(&shape);
    }

    #[test]
    fn a_ramp_changes_by_one_user_at_each_change(
        from in 0u32..50, to in 0u32..50, nanos in 1_000u64..100_000_000_000,
    ) {
        let lasts = Duration::from_nanos(nanos);
        let shape = Stages::new([
            Stage::Hold { users: from, spawn_rate: 1.0, lasts: Duration::ZERO },
            Stage::Ramp { to, lasts },
        ]);
        let mut before = from;
        let mut steps = 0;
        for at in changes(&shape) {
            if let Target::Users { count, .. } = shape.target(at) {
                prop_assert!(before.abs_diff(count) == 1 || (at == Offset::ZERO && count == from));
                steps += before.abs_diff(count);
                before = count;
            }
        }
        prop_assert_eq!((before, steps), (to, from.abs_diff(to)));
    }

    #[test]
    fn the_largest_loads_do_not_overflow(at in any::<u64>(), to in any::<u32>()) {
        let lasts = Duration::MAX;
        let shape = Stages::new([Stage::Ramp { to, lasts }, Stage::Ramp { to: 0, lasts }]);
        let at = Offset::from_duration(Duration::from_nanos(at));
        let _ = (shape.target(at), shape.next_change(at));
    }
}
