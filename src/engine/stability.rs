//! Whether the same request gets the same sources again.
//!
//! Owns the baseline: the first whole answer to each request, per shard. Must not know statistics.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::request::Prepared;

/// So many requests are remembered: more have their first answers only.
const MOST: usize = 10_000;

/// The sources of the first answer to each request.
#[derive(Debug, Default)]
pub(super) struct Baselines(HashMap<u64, Box<[u64]>>);

impl Baselines {
    /// How much these sources agree with those of the first answer to the same request: what both
    /// name by what either names (Jaccard), 1 where neither names any. None for the first itself.
    pub(super) fn agreement(&mut self, request: &Prepared, sources: &[String]) -> Option<f64> {
        let key = digest((request.method.as_str(), request.url.as_str(), &request.body));
        let mut found: Vec<u64> = sources.iter().map(digest).collect();
        found.sort_unstable();
        found.dedup();
        let Some(first) = self.0.get(&key) else {
            if self.0.len() < MOST {
                self.0.insert(key, found.into());
            }
            return None;
        };
        let both = found.iter().filter(|id| first.binary_search(id).is_ok());
        let both = both.count();
        let either = found.len() + first.len() - both;
        #[expect(
            clippy::cast_precision_loss,
            reason = "the sources of one answer are few"
        )]
        let agreement = both as f64 / either as f64;
        Some(if either == 0 { 1.0 } else { agreement })
    }
}

fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Scope;
    use crate::request::spec::{BodyParts, RequestParts, RequestSpec};

    fn request(body: &str) -> Prepared {
        let parts = RequestParts {
            method: http::Method::POST,
            base: url::Url::parse("http://localhost/").unwrap(),
            path: "/q".to_owned(),
            params: Vec::new(),
            headers: Vec::new(),
            body: BodyParts::Raw(body.to_owned()),
            timeout: std::time::Duration::from_secs(1),
            connect_timeout: None,
            follow_redirects: true,
        };
        let spec = RequestSpec::compile(parts).unwrap();
        spec.prepare(&mut Scope::empty()).unwrap().into_owned()
    }

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn answers_are_held_against_the_first_to_the_same_request() {
        let mut baselines = Baselines::default();
        let (why, how) = (request("why"), request("how"));
        assert_eq!(baselines.agreement(&why, &ids("a b c")), None);
        assert_eq!(baselines.agreement(&how, &ids("")), None);
        assert_eq!(baselines.agreement(&why, &ids("c a b b")), Some(1.0));
        assert_eq!(baselines.agreement(&why, &ids("a x")), Some(0.25));
        assert_eq!(baselines.agreement(&why, &ids("")), Some(0.0));
        assert_eq!(baselines.agreement(&how, &ids("")), Some(1.0));
    }
}
