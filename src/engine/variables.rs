//! What a user's templates can see: its number, its randomness, the rows it draws.
//!
//! Must not know when a user does what.

use indexmap::IndexMap;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::request::data::DataPer::{self, Task, Turn, User};
use crate::request::{Dealer, Scope};
use crate::scenario::Plan;

use super::shard::Place;

/// The dealers of one of several shards.
pub(super) fn dealers(plan: &Plan, place: Place) -> Vec<Dealer> {
    (plan.data.iter())
        .map(|set| Dealer::new(set.clone(), plan.seed, place.index, place.of))
        .collect()
}

/// The scope of user number `number` (from 0 over the whole run) of this class, nothing drawn.
pub(super) fn scope(plan: &Plan, class: usize, number: u64) -> Scope {
    Scope {
        user_id: number,
        user_class: plan.classes[class].name.clone(),
        iteration: 0,
        variables: IndexMap::new(),
        random: Xoshiro256PlusPlus::seed_from_u64(user_seed(plan.seed, number)),
    }
}

/// Draws what a user has from the start.
pub(super) fn draw_first_rows(
    plan: &Plan,
    class: usize,
    dealers: &mut [Dealer],
    scope: &mut Scope,
) {
    draw_rows(plan, &[User], dealers, scope);
    let class = &plan.classes[class];
    if !(class.on_start.is_empty() && class.on_stop.is_empty()) {
        // Logins take rows as well, before any task has drawn one.
        draw_task_rows(plan, dealers, scope);
    }
}

/// Draws what a run of a task has from its start, the first turn of a conversation included.
pub(super) fn draw_task_rows(plan: &Plan, dealers: &mut [Dealer], scope: &mut Scope) {
    draw_rows(plan, &[Task, Turn], dealers, scope);
}

/// Draws what is new in each further turn of a conversation.
pub(super) fn draw_turn_rows(plan: &Plan, dealers: &mut [Dealer], scope: &mut Scope) {
    draw_rows(plan, &[Turn], dealers, scope);
}

/// Draws a row of every data set whose rows stay for one of `pers`.
fn draw_rows(plan: &Plan, pers: &[DataPer], dealers: &mut [Dealer], scope: &mut Scope) {
    for (set, dealer) in plan.data.iter().zip(dealers) {
        if pers.contains(&set.per) {
            let row = dealer.draw(&mut scope.random);
            scope.variables.insert(set.name.clone(), row);
        }
    }
}

/// A seed of its own for each user: run seed and number mixed so that neighbours have nothing in
/// common. Adding the number to the seed would not do: xoshiro is seeded by SplitMix64, whose
/// stream for one seed is a shift of that for another that lies a few steps on.
fn user_seed(seed: u64, number: u64) -> u64 {
    mixed(seed ^ mixed(number.wrapping_add(1)))
}

/// A seed for what is drawn beside a user's own randomness.
pub(super) fn seed_beside(seed: u64, number: u64) -> u64 {
    mixed(!user_seed(seed, number))
}

/// The output function of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
