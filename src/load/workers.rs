//! The order in which workers get users.
//!
//! Owns Locust's order: the first worker of every host, then the second of every host. Must not
//! know how many users anyone has.

use std::collections::HashMap;

/// Worker ids (`host_uuid`), each once, in the order in which they get users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WorkerList {
    ids: Vec<String>,
}

impl WorkerList {
    /// These workers, ordered.
    pub(super) fn new(ids: Vec<String>) -> Self {
        WorkerList {
            ids: in_locusts_order(ids),
        }
    }

    /// The ids in order.
    pub(super) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Adds a worker and orders all anew; false when it was there already.
    pub(super) fn add(&mut self, id: &str) -> bool {
        let is_new = !self.ids.iter().any(|known| known == id);
        if is_new {
            self.ids.push(id.to_owned());
            self.ids = in_locusts_order(std::mem::take(&mut self.ids));
        }
        is_new
    }

    /// Takes a worker out and leaves the others in their order, as Locust does; false when it
    /// was not there.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        let before = self.ids.len();
        self.ids.retain(|known| known != id);
        self.ids.len() < before
    }
}

fn in_locusts_order(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids.dedup();
    let mut seen_per_host: HashMap<String, usize> = HashMap::new();
    let mut numbered: Vec<(usize, String)> = ids
        .into_iter()
        .map(|id| {
            let host = id.split('_').next().unwrap_or_default();
            let seen = seen_per_host.entry(host.to_owned()).or_default();
            let number = *seen;
            *seen += 1;
            (number, id)
        })
        .collect();
    numbered.sort();
    numbered.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ids: &[&str]) -> WorkerList {
        WorkerList::new(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn each_host_gives_one_worker_before_any_gives_a_second() {
        let workers = list(&["h2_a", "h1_b", "h1_c", "h1_a", "h1_a"]);
        assert_eq!(workers.ids(), ["h1_a", "h2_a", "h1_b", "h1_c"]);
    }

    #[test]
    fn a_loss_keeps_the_order_and_a_join_makes_it_anew() {
        let mut workers = list(&["h1_a", "h1_b", "h2_a"]);
        assert!(workers.remove("h1_a"));
        assert!(!workers.remove("h1_a"));
        assert_eq!(workers.ids(), ["h2_a", "h1_b"]);
        assert!(workers.add("h3_a"));
        assert!(!workers.add("h3_a"));
        assert_eq!(workers.ids(), ["h1_b", "h2_a", "h3_a"]);
    }
}
