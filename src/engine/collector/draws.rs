//! What was drawn of the data sets over the whole run, and what to make of it.
//!
//! Must not know who draws.

use crate::event::RecordedData;
use crate::request::data::{DataOrder, Dealt};
use crate::scenario::Plan;
use crate::scenario::plan::{Step, UserClass};

/// From so many draws of each row on, answers may say more of caches than of the service.
const OFTEN: u64 = 3;

/// What was drawn, by data set.
#[derive(Debug, Default)]
pub(super) struct Draws(Vec<Dealt>);

impl Draws {
    /// Adds what a shard dealt.
    pub(super) fn add(&mut self, dealt: &[Dealt]) {
        self.0
            .resize_with(self.0.len().max(dealt.len()), Dealt::default);
        for (sum, more) in self.0.iter_mut().zip(dealt) {
            sum.merge(more);
        }
    }

    /// What is left of it.
    pub(super) fn record(&self, plan: &Plan) -> Vec<RecordedData> {
        let sets = plan.data.iter().zip(&self.0);
        let recorded = sets.map(|(set, dealt)| RecordedData {
            name: set.name.clone(),
            rows: set.rows.len() as u64,
            draws: dealt.draws(),
            distinct: dealt.distinct(),
            repeat_ratio: dealt.repeat_ratio(),
        });
        recorded.collect()
    }

    /// What a reader of the figures must know of it.
    pub(super) fn warnings(&self, plan: &Plan) -> Vec<String> {
        let caches_are_a_question = has_untold_caches(plan);
        let mut warnings = Vec::new();
        for (set, data) in plan.data.iter().zip(self.record(plan)) {
            let RecordedData {
                name,
                rows,
                draws,
                distinct,
                ..
            } = data;
            if set.order == DataOrder::Unique && draws > rows {
                warnings.push(format!(
                    "the {rows} rows of `{name}` were used up: {} draws repeated one",
                    draws - rows
                ));
            } else if caches_are_a_question && set.cache_bust.is_none() && draws > OFTEN * distinct
            {
                warnings.push(format!(
                    "each row of `{name}` was drawn {} times on average: answers may have come out \
                     of caches (see order: unique and cache_bust, or declare `cache`)",
                    draws / distinct.max(1)
                ));
            }
        }
        warnings
    }
}

/// Whether answers are declared of which nothing tells whether they come out of a cache.
fn has_untold_caches(plan: &Plan) -> bool {
    let mut steps = plan.classes.iter().flat_map(UserClass::steps);
    steps.any(|step| match step {
        Step::Request(request) => {
            let declared = request.response.as_ref();
            declared.is_some_and(|response| !response.spec.tells_caches())
        }
        Step::Wait(_) => false,
    })
}
