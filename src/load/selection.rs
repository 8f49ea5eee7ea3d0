//! Which user class comes next.
//!
//! Owns Locust's two rules: fixed counts are filled before any weighted user, and the weighted
//! classes come in the order that keeps the mix closest to the weights after every user. Must not
//! know workers, rates or targets.

use std::cmp::Ordering;

/// One user class as the dispatcher sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassShare {
    /// Its name, unique among the classes.
    pub name: String,
    /// Share among the weighted classes; one that is not above zero is never chosen. Has no
    /// meaning when `fixed_count` is set.
    pub weight: f64,
    /// This many users of it before any weighted ones; 0: by weight.
    pub fixed_count: u32,
}

/// The endless order of classes of one load. It only moves on: users that are stopped do not
/// rewind it, they only make fixed classes be looked at again.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    fixed_counts: Vec<u32>,
    weighted: ClosestOrder,
    /// The missing users of fixed classes that are being filled right now.
    filling: Option<(ClosestOrder, u32)>,
    users_were_stopped: bool,
}

impl Selection {
    /// The order over these classes, which are sorted by name.
    pub(super) fn new(classes: &[ClassShare]) -> Self {
        let weighted = classes
            .iter()
            .enumerate()
            .filter(|(_, class)| class.fixed_count == 0)
            .map(|(index, class)| (index, class.weight));
        Selection {
            fixed_counts: classes.iter().map(|class| class.fixed_count).collect(),
            weighted: ClosestOrder::new(weighted),
            filling: None,
            users_were_stopped: true,
        }
    }

    /// Has fixed classes checked for missing users before the next weighted one.
    pub(super) fn users_were_stopped(&mut self) {
        self.users_were_stopped = true;
    }

    /// The class of the next user, by index; none when fixed counts are full and nothing has a
    /// weight. `running` counts the running users of a class.
    pub(super) fn next(&mut self, running: impl Fn(usize) -> u32) -> Option<usize> {
        loop {
            if let Some((order, left)) = &mut self.filling
                && *left > 0
            {
                *left -= 1;
                return order.next();
            }
            if !self.users_were_stopped {
                return self.weighted.next();
            }
            self.users_were_stopped = false;
            self.filling = Some(self.missing(&running));
        }
    }

    /// The order in which to fill the fixed classes, weighted by what each lacks.
    fn missing(&self, running: impl Fn(usize) -> u32) -> (ClosestOrder, u32) {
        let missing: Vec<(usize, u32)> = self
            .fixed_counts
            .iter()
            .enumerate()
            .filter(|(_, wanted)| **wanted > 0)
            .map(|(class, wanted)| (class, wanted.saturating_sub(running(class))))
            .collect();
        let total = missing
            .iter()
            .fold(0u32, |total, (_, count)| total.saturating_add(*count));
        let weights = missing
            .into_iter()
            .map(|(class, count)| (class, f64::from(count)));
        (ClosestOrder::new(weights), total)
    }
}

/// The endless sequence over weighted entries whose every beginning is as close to the weights
/// as whole users allow (Kullback-Leibler divergence).
#[derive(Clone, Debug)]
struct ClosestOrder {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    class: usize,
    weight: f64,
    /// Weight plus the users chosen so far.
    standing: f64,
    /// What choosing it once more does to the divergence; the lowest is next.
    gain: f64,
}

impl ClosestOrder {
    fn new(weights: impl Iterator<Item = (usize, f64)>) -> Self {
        let entries = weights
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(class, weight)| Entry::new(class, weight))
            .collect();
        ClosestOrder { entries }
    }

    fn next(&mut self) -> Option<usize> {
        let chosen = self.entries.iter_mut().min_by(|a, b| a.compare(b))?;
        chosen.choose();
        Some(chosen.class)
    }
}

impl Entry {
    fn new(class: usize, weight: f64) -> Self {
        let mut entry = Entry {
            class,
            weight,
            standing: weight,
            gain: 0.0,
        };
        entry.weigh();
        entry
    }

    fn choose(&mut self) {
        self.standing += 1.0;
        self.weigh();
    }

    fn weigh(&mut self) {
        self.gain = self.weight * (self.standing / (self.standing + 1.0)).log2();
    }

    /// Locust's order: gain, then fewer users relative to the weight, then the lighter, then by
    /// name, which is the order of the indices.
    fn compare(&self, other: &Entry) -> Ordering {
        self.gain
            .total_cmp(&other.gain)
            .then(self.standing.total_cmp(&other.standing))
            .then(self.weight.total_cmp(&other.weight))
            .then(self.class.cmp(&other.class))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class(name: &str, weight: f64, fixed_count: u32) -> ClassShare {
        ClassShare {
            name: name.to_owned(),
            weight,
            fixed_count,
        }
    }

    fn first(users: usize, classes: &[ClassShare]) -> String {
        let mut running = vec![0; classes.len()];
        let mut selection = Selection::new(classes);
        let mut names = String::new();
        for _ in 0..users {
            let Some(class) = selection.next(|class| running[class]) else {
                break;
            };
            running[class] += 1;
            names.push_str(&classes[class].name);
        }
        names
    }

    #[test]
    fn every_beginning_is_close_to_the_weights() {
        let [a5, a3, b1, b2, c1] = [
            class("A", 5.0, 0),
            class("A", 3.0, 0),
            class("B", 1.0, 0),
            class("B", 2.0, 0),
            class("C", 1.0, 0),
        ];
        assert_eq!(first(12, &[a5, b1]), "AABAAAAABAAA");
        assert_eq!(first(12, &[a3, b2, c1]), "ABCABAABCABA");
    }

    #[test]
    fn fixed_counts_come_first_and_end_the_sequence_when_alone() {
        let fixed = class("F", 1.0, 2);
        assert_eq!(first(5, std::slice::from_ref(&fixed)), "FF");
        assert_eq!(first(4, &[class("A", 1.0, 0), fixed]), "FFAA");
    }

    #[test]
    fn classes_without_weight_are_never_chosen() {
        let classes = [
            class("A", 0.0, 0),
            class("B", f64::NAN, 0),
            class("C", 1.0, 0),
        ];
        assert_eq!(first(3, &classes), "CCC");
        assert_eq!(first(3, &classes[..2]), "");
    }

    proptest! {
        #[test]
        fn shares_are_within_a_user_or_so_of_the_weights(
            weights in prop::collection::vec(1u32..20, 1..6),
            users in 1u32..500,
        ) {
            let sum: u32 = weights.iter().sum();
            let mut order =
                ClosestOrder::new(weights.iter().map(|weight| f64::from(*weight)).enumerate());
            let mut counts = vec![0u32; weights.len()];
            for _ in 0..users {
                counts[order.next().unwrap()] += 1;
            }
            for (count, weight) in counts.iter().zip(&weights) {
                let ideal = f64::from(users) * f64::from(*weight) / f64::from(sum);
                let most = 1.0 + f64::from(u32::try_from(weights.len()).unwrap()) / 2.0;
                prop_assert!((f64::from(*count) - ideal).abs() <= most, "{count} of {ideal}");
            }
        }
    }
}
