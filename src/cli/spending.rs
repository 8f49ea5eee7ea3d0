//! What a run may cost, said before it, and the question whether it may where nothing limits it.
//!
//! Must not decide what is paid for: the plan knows.

use std::io::{BufRead, IsTerminal, Write};

use crate::model::units::format_count;
use crate::scenario::Plan;
use crate::scenario::paid::{self, CostEstimate};
use crate::stats::cost::money;

/// What confirms.
const YES: &str = "yes";

/// `about 0.432 for about 1 200 answers of 1 500 prompt and 300 answer tokens each`; none where
/// nothing has a price.
pub(super) fn cost(plan: &Plan) -> Option<String> {
    plan.price?;
    let Some((estimate, expected)) = CostEstimate::of(plan).zip(plan.expected_tokens) else {
        let how = "unknown before the run; `expected_input` and `expected_output` in `price` say \
                   what an answer takes";
        return Some(how.to_owned());
    };
    let of = format!(
        "of {} prompt and {} answer tokens each, none out of a cache",
        format_count(u64::from(expected.input)),
        format_count(u64::from(expected.output)),
    );
    let about = match (estimate.total(), estimate.answers) {
        (Some(total), Some(answers)) => {
            let (total, answers) = (money(total), format_count(answers));
            format!("about {total} for about {answers} answers {of}")
        }
        _ => format!(
            "about {} for a thousand answers {of}; as many as the target answers",
            money(estimate.each * 1000.0)
        ),
    };
    let reach = estimate.reach.map_or_else(String::new, |reach| {
        format!("; the budget is for about {} answers", format_count(reach))
    });
    Some(about + &reach)
}

/// Whether a run that is paid for may go without a budget: it has one, was approved, or is
/// confirmed on the terminal.
///
/// # Errors
/// The reason why not, with the remedies.
pub(super) fn may_spend(plan: &Plan, approved: bool) -> Result<(), String> {
    if approved || !paid::is_unlimited(plan) {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() && std::io::stderr().is_terminal() {
        return ask(plan, &mut stdin.lock(), &mut std::io::stderr());
    }
    Err(refusal(plan))
}

fn ask(plan: &Plan, input: &mut impl BufRead, output: &mut impl Write) -> Result<(), String> {
    let why = paid::reason(plan).unwrap_or_default();
    let mut answer = String::new();
    // A prompt that cannot be shown is one that was not confirmed.
    let asked = write!(
        output,
        "{} may charge for every request ({why}), and the run has no budget. Type {YES} to run: ",
        plan.target.shown
    )
    .and_then(|()| output.flush())
    .and_then(|()| input.read_line(&mut answer));
    match asked {
        Ok(_) if answer.trim().eq_ignore_ascii_case(YES) => Ok(()),
        Ok(_) | Err(_) => Err(format!("not confirmed: {}", refusal(plan))),
    }
}

/// Why a run may not go without a budget, with the remedies.
pub(super) fn refusal(plan: &Plan) -> String {
    let why = paid::reason(plan).unwrap_or_default();
    format!(
        "{} may charge for every request ({why}), and nothing limits what the run spends. Give \
         the scenario a budget, such as budget: {{ requests: 1000 }} or, with a price, \
         budget: {{ cost: 5.00 }}; or accept any cost: --approve-cost",
        plan.target.shown
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::scenario::{Defaults, Environment, Overrides, load};

    fn plan(text: &str) -> Plan {
        let text = format!(
            "{text}\nusers: 10\nspawn_rate: 10\nrun_time: 121s\npreset: openai-chat\n\
             wait_time: {{ constant: 1s }}\nquestions: [What?]\n"
        );
        let files = BTreeMap::from([(PathBuf::from("s.yaml"), text.into_bytes())]);
        let environment = Environment::default();
        let defaults = Defaults::of_run(1);
        load(
            "s.yaml",
            &files,
            &environment,
            &Overrides::default(),
            defaults,
        )
        .unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn the_cost_is_told_with_what_it_assumes_and_how_far_the_budget_goes() {
        let price = "price: { input: 0.15/M, output: 0.60/M";
        let expected = "expected_input: 1500, expected_output: 300 }";
        assert_eq!(cost(&plan("host: http://localhost")), None);
        let unknown = cost(&plan(&format!("{price} }}"))).unwrap();
        assert!(unknown.starts_with("unknown before the run"), "{unknown}");
        let told = cost(&plan(&format!("{price}, {expected}"))).unwrap();
        let assumed = "answers of 1 500 prompt and 300 answer tokens each, none out of a cache";
        // 10 users, a request a second each: 0.000405 for each answer.
        assert_eq!(told, format!("about 0.492 for about 1 215 {assumed}"));
        let limited = format!("{price}, {expected}\nbudget: {{ cost: 0.405, tokens: 9M }}");
        let told = cost(&plan(&limited)).unwrap();
        let reach = |count: &str| format!("; the budget is for about {count} answers");
        assert!(told.ends_with(&reach("1 000")), "{told}");
        let fewer = limited.replace("9M", "9M, requests: 20");
        let told = cost(&plan(&fewer)).unwrap();
        assert!(told.ends_with(&reach("20")), "{told}");
    }

    #[test]
    fn what_is_paid_for_needs_a_budget_or_somebody_who_says_yes() {
        let price = "price: { input: 1/M, output: 1/M }";
        let authorized = "headers: { Authorization: Bearer x }";
        for (scenario, unlimited) in [
            ("host: http://localhost:8000".to_owned(), false),
            (format!("host: http://127.0.0.1\n{price}"), false),
            (format!("host: http://gateway\n{price}"), true),
            (
                format!("host: http://gateway\n{price}\nbudget: {{ cost: 5 }}"),
                false,
            ),
            (
                format!("host: http://gateway\n{price}\nbudget: {{ requests: 5 }}"),
                false,
            ),
            ("host: https://api.openai.com".to_owned(), true),
            ("host: https://x.openai.azure.com".to_owned(), true),
            ("host: https://rag.example.com".to_owned(), false),
            (format!("host: https://rag.example.com\n{authorized}"), true),
            (
                format!("host: https://rag-staging.example.com\n{authorized}"),
                false,
            ),
        ] {
            let plan = plan(&scenario);
            assert_eq!(paid::is_unlimited(&plan), unlimited, "{scenario}");
            assert_eq!(may_spend(&plan, true), Ok(()), "{scenario}");
        }
        let plan = plan("host: https://api.openai.com");
        let answered = |text: &str| ask(&plan, &mut text.as_bytes(), &mut Vec::new());
        assert_eq!(answered("YES\n"), Ok(()));
        for no in ["", "\n", "y\n", "no\n"] {
            let refused = answered(no).unwrap_err();
            assert!(refused.contains("--approve-cost"), "{refused}");
        }
    }
}
