//! `conversation`: the turns of a task, and what is asked in them.
//!
//! Must not know how a conversation is held.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::load::WaitTime;
use crate::request::conversation::{ASK, MESSAGES, VARIABLES};
use crate::request::{DataSet, Template};

use super::super::context::Context;
use super::super::conversation::{Conversation, Turns};
use super::super::plan::{RequestStep, Step};
use super::super::problems::Report;
use super::super::tree::normalised;
use super::names::{check_columns, unknown_name};
use super::turns::turns_of;
use super::value::{Fields, Keys};
use super::waits::wait_step;

pub(super) const KEYS: Keys = Keys {
    known: &["turns", "ask", "system", "pause", "per_turn"],
    later: &[],
};
const WANTED: &str = "a map such as { turns: 3, ask: \"{{ question }}\", pause: 5s }";
/// Each turn with a row of its own has histograms of its own.
const MOST_ROWS: u32 = 50;

/// What a task says of its conversation, before its requests are read.
pub(super) struct Opened<'t> {
    fields: Fields<'t>,
    conversation: Option<Conversation>,
}

/// Reads what stands under `conversation`; `known` gains the variables its requests have. What
/// they extract is there from the second turn on, and nothing before.
pub(super) fn opened<'t>(
    task: &Fields<'t>,
    known: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<Opened<'t>> {
    let at = task.get("conversation")?;
    let extracted = extracted(task);
    let taken = |own: &&&str| known.contains(**own) || extracted.contains(**own);
    for own in VARIABLES.iter().filter(taken) {
        let message = format!(
            "has a variable `{own}` of its own; call that of `data` or `extract` otherwise"
        );
        at.problem(&mut context.report, message);
    }
    known.extend(extracted);
    known.extend(VARIABLES.iter().map(|name| (*name).to_owned()));
    let fields = at.fields(&KEYS, &mut context.report, WANTED)?;
    let conversation = conversation(&fields, known, context);
    Some(Opened {
        fields,
        conversation,
    })
}

fn conversation(
    fields: &Fields<'_>,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<Conversation> {
    let mut known = known.clone();
    // Nothing is asked yet when what is to be asked is made.
    known.remove(ASK);
    let ask = template("ask", fields, &known, context);
    let system = template("system", fields, &known, context);
    let report = &mut context.report;
    if fields.get("ask").is_none() && !fields.refused {
        let message = "has no `ask`: what the user says, such as ask: \"{{ question }}\"";
        fields.at.problem(report, message);
    }
    let turns = match fields.get("turns") {
        Some(at) => turns_of(&at, report),
        None => Some(Turns::Listed),
    };
    let pause = match fields.get("pause") {
        Some(at) => wait_step(&at, report),
        None => Some(WaitTime::Constant(Duration::ZERO)),
    };
    let conversation = Conversation {
        turns: turns?,
        ask: ask?,
        system,
        pause: pause?,
        steps_per_turn: 0,
    };
    check_lists(fields, &conversation, &context.data, report);
    Some(conversation)
}

impl Opened<'_> {
    /// The conversation over these steps, all that the task has. Gives each turn steps of its own
    /// where it has rows of its own.
    pub(super) fn over(
        self,
        steps: &mut Vec<Step>,
        context: &mut Context<'_>,
    ) -> Option<Conversation> {
        self.check_requests(steps, &mut context.report);
        let answering = steps.iter_mut().rev().find_map(|step| match step {
            Step::Request(request) => request.response.as_mut(),
            Step::Wait(_) => None,
        });
        if let Some(response) = answering {
            response.answers_turn = true;
        }
        let mut conversation = self.conversation?;
        conversation.steps_per_turn = steps.len();
        if let Some(at) = self.fields.get("per_turn")
            && at.boolean(&mut context.report) == Some(true)
        {
            match conversation.turns {
                Turns::Between(_, most) if most <= MOST_ROWS => {
                    *steps = rows_per_turn(steps, most, context);
                }
                Turns::Between(..) | Turns::Listed => {
                    let message = format!(
                        "gives each turn a row of the statistics: it needs `turns` of at most \
                         {MOST_ROWS}"
                    );
                    at.problem(&mut context.report, message);
                }
            }
        }
        Some(conversation)
    }

    /// Reports what is never asked, and what is never known to be answered.
    fn check_requests(&self, steps: &[Step], report: &mut Report) {
        let requests = steps.iter().filter_map(|step| match step {
            Step::Request(request) => Some(&**request),
            Step::Wait(_) => None,
        });
        let requests: Vec<&RequestStep> = requests.collect();
        if requests.iter().all(|request| request.response.is_none()) {
            let message = "no request of it declares its answer: the next turn needs it; give one \
                           `response` or `preset`";
            self.fields.at.problem(report, message);
        }
        let asks = |request: &&RequestStep| {
            let names = request.spec.names();
            let mut names = names.iter().map(|(_, name)| name.as_str());
            names.any(|name| [MESSAGES, ASK].contains(&name))
        };
        if !requests.iter().any(asks) {
            let message = "no request of it puts in what is asked: write json: { messages: \"{{ \
                           messages }}\" }, or {{ ask }} where the service keeps what was said";
            self.fields.at.problem(report, message);
        }
    }
}

/// The same steps for each turn, each with rows of its own.
fn rows_per_turn(steps: &[Step], turns: u32, context: &mut Context<'_>) -> Vec<Step> {
    let mut all = Vec::new();
    for turn in 1..=turns {
        all.extend(steps.iter().cloned().map(|mut step| {
            if let Step::Request(request) = &mut step {
                request.endpoint = context.endpoints.of_turn(request.endpoint, turn);
            }
            step
        }));
    }
    all
}

/// The template under a key, its names checked.
fn template(
    key: &str,
    fields: &Fields<'_>,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<Template> {
    let at = fields.get(key)?;
    check_columns(&at, &context.data, &mut context.report);
    let text = at.text(&mut context.report)?;
    let template = at.parsed(&mut context.report, Template::compile(&text))?;
    for name in template.names() {
        if !known.contains(&name) {
            at.problem(&mut context.report, unknown_name(&name, known));
        }
    }
    Some(template)
}

/// Without `turns`, what is asked must be a list: reported where the data show that it is none.
fn check_lists(
    fields: &Fields<'_>,
    conversation: &Conversation,
    data: &[DataSet],
    report: &mut Report,
) {
    let lists = conversation.lists(data);
    let is_list = |length: &Option<usize>| length.is_some_and(|length| length > 0);
    let some_are_not = lists.is_some_and(|lists| !lists.iter().all(is_list));
    let is_constant = conversation.ask.is_constant();
    if conversation.turns == Turns::Listed && (some_are_not || is_constant) && !fields.refused {
        let message = "has no `turns`, and what is asked is not always a list of questions: write \
                       turns: 3";
        fields.at.problem(report, message);
    }
}

/// The variables that the requests of a task extract.
fn extracted(task: &Fields<'_>) -> BTreeSet<String> {
    let steps = task.get("steps").and_then(|steps| steps.as_list());
    let mut names = BTreeSet::new();
    for request in steps.unwrap_or_else(|| vec![task.at.clone()]) {
        let entries = request.as_entries().unwrap_or_default();
        let maps = entries
            .into_iter()
            .filter(|(entry, _)| normalised(&entry.key) == "extract");
        for (_, extract) in maps {
            let variables = extract.as_entries().unwrap_or_default();
            names.extend(variables.into_iter().map(|(entry, _)| entry.key.clone()));
        }
    }
    names
}
