//! How what a run may still send is shared out: whole numbers, by demand, that add up to all of it.
//!
//! Must not know who holds the shares, nor how demand is known.

/// Shares of `left`, one for each demand and in proportion to it: by the largest remainder, so that
/// they add up to `left`, and that where less is left than there are shares, the greatest demand is
/// met first. Nothing for no demand.
#[must_use]
pub fn shares(left: u64, demand: &[u64]) -> Vec<u64> {
    let whole: u128 = demand.iter().map(|wants| u128::from(*wants)).sum();
    if whole == 0 {
        return vec![0; demand.len()];
    }
    let exact = |wants: u64| u128::from(left) * u128::from(wants);
    let mut shares: Vec<u64> = (demand.iter())
        .map(|wants| u64::try_from(exact(*wants) / whole).unwrap_or(left))
        .collect();
    let rest = left - shares.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..demand.len()).collect();
    // A stable sort: of equal remainders the first.
    order.sort_by_key(|index| std::cmp::Reverse(exact(demand[*index]) % whole));
    // There are fewer left over than there are shares.
    for (index, _) in order.into_iter().zip(0..rest) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_few_go_to_whoever_wants_most() {
        assert_eq!(shares(10, &[1, 1]), [5, 5]);
        assert_eq!(shares(1, &[1, 4, 1]), [0, 1, 0]);
        assert_eq!(shares(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(shares(0, &[3, 1]), [0, 0]);
        assert_eq!(shares(7, &[0, 0]), [0, 0]);
        assert!(shares(7, &[]).is_empty());
        assert_eq!(shares(u64::MAX, &[1, 0]), [u64::MAX, 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_the_greatest_demand_never_starves(
            left: u64,
            demand in prop::collection::vec(0_u64..1_000_000_000, 1..20),
        ) {
            let shares = shares(left, &demand);
            let greatest = *demand.iter().max().unwrap();
            let sum: u128 = shares.iter().map(|share| u128::from(*share)).sum();
            prop_assert_eq!(sum, if greatest > 0 { u128::from(left) } else { 0 });
            let most = (demand.iter().zip(&shares)).filter(|(wants, _)| **wants == greatest);
            prop_assert!(left == 0 || greatest == 0 || most.map(|(_, share)| share).max() > Some(&0));
            prop_assert!((demand.iter().zip(&shares)).all(|(wants, share)| *wants > 0 || *share == 0));
        }
    }
}
