//! Whether the right sources were found: recall, hits and rank against labelled questions.
//!
//! Owns the formulas. Must not know where labels come from.

/// How well the sources of one answer match those that were expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrieval {
    /// Share of the expected ids among the first k sources: `#(expected ∩ top k) / #expected`.
    pub recall: f64,
    /// Whether at least one of the first k sources was expected.
    pub hit: bool,
    /// One over the rank of the first expected source, over all of them; 0 without any. Its mean
    /// is the MRR.
    pub reciprocal_rank: f64,
}

impl Retrieval {
    /// Compares sources, best first, with the expected ids; none when nothing is expected, which
    /// is a question without a label. An id that stands twice on either side counts once.
    #[must_use]
    pub fn of(sources: &[String], expected: &[String], k: usize) -> Option<Retrieval> {
        let is_first = |index: &usize| !expected[..*index].contains(&expected[*index]);
        let distinct = (0..expected.len()).filter(is_first).map(|i| &expected[i]);
        let top = &sources[..sources.len().min(k)];
        let (mut found, mut all) = (0_u32, 0_u32);
        for id in distinct {
            all += 1;
            found += u32::from(top.contains(id));
        }
        if all == 0 {
            return None;
        }
        let rank = sources.iter().position(|id| expected.contains(id));
        #[expect(
            clippy::cast_precision_loss,
            reason = "the sources of one answer are few"
        )]
        let reciprocal_rank = rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        Some(Retrieval {
            recall: f64::from(found) / f64::from(all),
            hit: found > 0,
            reciprocal_rank,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn sources_are_compared_with_labels() {
        for (sources, expected, k, recall, hit, rank) in [
            ("a b c d", "a c", 5, 1.0, true, 1.0),
            ("a b c d", "d x", 5, 0.5, true, 0.25),
            ("a b c d", "d x", 3, 0.0, false, 0.25),
            ("a a b", "b b", 2, 0.0, false, 1.0 / 3.0),
            ("", "a", 5, 0.0, false, 0.0),
            ("a", "a", 0, 0.0, false, 1.0),
        ] {
            let found = Retrieval::of(&ids(sources), &ids(expected), k);
            let expected_found = Retrieval {
                recall,
                hit,
                reciprocal_rank: rank,
            };
            assert_eq!(found, Some(expected_found), "{sources} / {expected}");
        }
        assert_eq!(Retrieval::of(&ids("a"), &[], 5), None);
    }
}
