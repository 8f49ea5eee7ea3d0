//! From a prompt to a reply in the form asked for.
//!
//! Owns what whole answers and streams have in common: headers, reasoning, accounts. Must not know
//! how a prompt was asked, nor the form of any answer.

use std::sync::Arc;

use axum::http::StatusCode;

use super::answer;
use super::dialects::{Dialect, Ending};
use super::gate::Call;
use super::moment::Moment;
use super::pace::Pace;
use super::pipeline::{self, Draft, Prompt};
use super::reply::{Reply, Whole, header};
use super::shared::Shared;
use super::stream::Script;

/// What a model that reasons says to itself, over and over.
const REASONING: &str = "Let me see what the documents say about this and which of them to quote. ";

/// How an answer is to be told.
pub(super) struct Telling {
    /// The form.
    pub(super) dialect: Box<dyn Dialect>,
    /// In pieces.
    pub(super) streamed: bool,
}

/// Answers `prompt`.
pub(super) async fn respond(
    shared: Arc<Shared>,
    mut call: Call,
    prompt: Prompt,
    telling: Telling,
) -> Reply {
    let most = prompt.most_tokens;
    let mut thoughts: String = answer::tokens(REASONING)
        .cycle()
        .take(prompt.reasoning_tokens)
        .collect();
    let drafted = pipeline::draft(Arc::clone(&shared), &mut call, &prompt).await;
    match drafted.map(|draft| shortened(draft, &mut thoughts, most)) {
        Err(refusal) => refusal.into(),
        Ok(draft) if telling.streamed => {
            let script = stream(&shared, call, draft, telling.dialect, thoughts);
            Reply::Stream(Box::new(script))
        }
        Ok(draft) => whole(&shared, call, draft, telling.dialect, &thoughts)
            .await
            .into(),
    }
}

/// The draft with at most so many tokens, those of its reasoning first.
fn shortened(mut draft: Draft, thoughts: &mut String, most: Option<usize>) -> Draft {
    let Some(most) = most.filter(|most| *most < draft.usage.completion_tokens) else {
        return draft;
    };
    let thought = answer::tokens(thoughts).count().min(most);
    *thoughts = answer::tokens(thoughts).take(thought).collect();
    let text = &mut Arc::make_mut(&mut draft.answer).text;
    *text = answer::tokens(text).take(most - thought).collect();
    draft.usage = draft.usage.cut_to(most, thought);
    draft.cut_short = true;
    draft
}

async fn whole(
    shared: &Shared,
    mut call: Call,
    mut draft: Draft,
    dialect: Box<dyn Dialect>,
    thoughts: &str,
) -> Whole {
    if !draft.cached {
        let latency = shared.latency;
        let generation = latency.draw(latency.llm, call.slowdown, &mut call.rng);
        shared.pause(generation).await;
    }
    drop(draft.slot.take());
    let timings = draft.record.close();
    let end = Ending {
        answer: &draft.answer,
        usage: draft.usage,
        timings,
        cached: draft.cached,
        thoughts,
        cut_short: draft.cut_short,
    };
    let moment = Moment {
        unix: shared.clock.unix(shared.clock.now()),
        stamped: call.stamped,
    };
    let mut tally = draft.tally();
    if !dialect.shows_sources() {
        tally.sources = 0;
    }
    Whole::json(StatusCode::OK, &dialect.whole(&end, moment))
        .with_header("server-timing", timings.header())
        .with_header("x-cache", pipeline::cache_header(draft.cached))
        .with_answer(tally, &dialect.whole_breakdown())
}

fn stream(
    shared: &Shared,
    mut call: Call,
    draft: Draft,
    dialect: Box<dyn Dialect>,
    thoughts: String,
) -> Script {
    let pace = if draft.cached {
        Pace::at_once(shared.latency)
    } else {
        Pace::draw(shared.latency, &call.faults, call.slowdown, &mut call.rng)
    };
    let headers = [
        header("server-timing", draft.record.timings().early_header()),
        header("x-cache", pipeline::cache_header(draft.cached)),
    ];
    Script {
        headers: headers.into_iter().flatten().collect(),
        dialect,
        draft,
        thoughts,
        pace,
        stamped: call.stamped,
        keep_alive: call.faults.keep_alive,
        rng: call.rng,
    }
}
