//! Behaviour of the module above.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn set(rows: usize, order: DataOrder) -> DataSet {
    DataSet {
        name: "question".to_owned(),
        rows: (0..rows).map(|row| json!(row)).collect(),
        order,
        per: DataPer::Task,
        cache_bust: None,
    }
}

fn random(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

fn draws(dealer: &mut Dealer, count: usize) -> Vec<u64> {
    let mut random = random(1);
    (0..count)
        .map(|_| dealer.draw(&mut random).as_u64().unwrap())
        .collect()
}

#[test]
fn sequential_rows_come_as_written_over_and_over() {
    let mut dealer = Dealer::new(set(3, DataOrder::Sequential), 0, 0, 1);
    assert_eq!(draws(&mut dealer, 7), [0, 1, 2, 0, 1, 2, 0]);
}

#[test]
fn shards_take_turns() {
    let mut dealer = Dealer::new(set(5, DataOrder::Sequential), 0, 1, 2);
    assert_eq!(draws(&mut dealer, 4), [1, 3, 0, 2]);
}

#[test]
fn a_shuffled_order_is_another_for_another_seed_or_name() {
    let order = |seed, name: &str| {
        let mut set = set(50, DataOrder::Shuffle);
        set.name = name.to_owned();
        draws(&mut Dealer::new(set, seed, 0, 1), 50)
    };
    assert_eq!(order(1, "a"), order(1, "a"));
    assert_ne!(order(1, "a"), order(2, "a"));
    assert_ne!(order(1, "a"), order(1, "b"));
}

#[test]
fn random_rows_follow_the_users_generator_and_reach_every_row() {
    let mut dealer = Dealer::new(set(10, DataOrder::Random), 0, 3, 4);
    let mut again = dealer.clone();
    let drawn = draws(&mut dealer, 500);
    assert_eq!(drawn, draws(&mut again, 500));
    assert_eq!(drawn.into_iter().collect::<BTreeSet<_>>().len(), 10);
}

#[test]
fn unique_rows_are_all_dealt_before_any_comes_again() {
    let mut dealer = Dealer::new(set(3, DataOrder::Unique), 0, 0, 1);
    assert_eq!(draws(&mut dealer, 3), [0, 1, 2]);
    assert_eq!(dealer.dealt().repeat_ratio(), Some(0.0));
    draws(&mut dealer, 1);
    assert_eq!((dealer.dealt().draws(), dealer.dealt().distinct()), (4, 3));
}

#[test]
fn zipf_draws_rows_by_their_rank() {
    let counts = |exponent| {
        let mut dealer = Dealer::new(set(4, DataOrder::Zipf(exponent)), 0, 0, 1);
        let mut counts = [0_u32; 4];
        for row in draws(&mut dealer, 12_000) {
            counts[usize::try_from(row).unwrap()] += 1;
        }
        counts
    };
    // 1 : 1/2 : 1/3 : 1/4 of 25/12.
    let expected = [5760, 2880, 1920, 1440];
    for (found, expected) in counts(1.0).into_iter().zip(expected) {
        assert!(found.abs_diff(expected) < 250, "{found} {expected}");
    }
    for found in counts(0.0) {
        assert!(found.abs_diff(3000) < 250, "{found}");
    }
}

#[test]
fn a_busted_row_is_another_each_time_and_still_the_same_row() {
    let mut set = set(1, DataOrder::Sequential);
    set.rows = vec![json!("Why?")].into();
    set.cache_bust = Some(CacheBust {
        at: BustAt::Suffix,
        column: None,
    });
    let mut dealer = Dealer::new(set, 0, 0, 1);
    let mut random = random(1);
    assert_ne!(dealer.draw(&mut random), dealer.draw(&mut random));
    assert_eq!(dealer.dealt().distinct(), 1);
}

#[test]
fn a_set_without_rows_gives_null() {
    let mut dealer = Dealer::new(set(0, DataOrder::Shuffle), 0, 0, 0);
    assert_eq!(dealer.draw(&mut random(0)), Value::Null);
}

proptest! {
    #[test]
    fn shards_together_deal_every_row_once_before_any_twice(
        rows in 1usize..40,
        shards in 1usize..9,
        seed in any::<u64>(),
        order in prop::sample::select(vec![DataOrder::Sequential, DataOrder::Shuffle, DataOrder::Unique]),
    ) {
        let mut dealers: Vec<Dealer> = (0..shards)
            .map(|shard| Dealer::new(set(rows, order), seed, shard, shards))
            .collect();
        let mut random = random(0);
        for round in 0..3 {
            let mut seen = BTreeSet::new();
            let already = round * rows;
            for position in already..already + rows {
                let row = dealers[position % shards].draw(&mut random);
                prop_assert!(seen.insert(row.as_u64()), "row {row} twice");
            }
        }
    }
}
