//! What is said before load, and the question whether it may go there.
//!
//! Must not decide what class a host is of: the plan knows.

use std::io::{BufRead, IsTerminal, Write};

use crate::model::units::{format_count, format_duration};
use crate::scenario::plan::{Load, Stage};
use crate::scenario::{HostClass, Plan, estimate};
use crate::stats::cost::money;
use crate::transport::Choice;

use super::spending;

/// The line that says where requests go.
pub(super) fn target(plan: &Plan) -> String {
    let class = match plan.target.class {
        HostClass::Loopback => "this machine",
        HostClass::Private => "private",
        HostClass::Staging => "a test environment by its name",
        HostClass::Production => "PRODUCTION by its name",
        HostClass::Public => "public",
    };
    format!("Target  {} ({class})\n", plan.target.shown)
}

/// The lines that say where the load goes and how much it is.
pub(super) fn announcement(plan: &Plan) -> String {
    let requests = estimate::requests(plan).map_or_else(
        || "as many requests as the target answers".to_owned(),
        |requests| {
            format!(
                "about {} requests, if they are answered at once",
                format_count(requests)
            )
        },
    );
    let budget = budget(plan).map_or_else(String::new, |budget| format!("Budget  {budget}\n"));
    let cost = spending::cost(plan).map_or_else(String::new, |cost| format!("Cost    {cost}\n"));
    format!(
        "{}Load    {}; {requests}\n{cost}{budget}Client  {}\n",
        target(plan),
        load_in_words(&plan.load),
        client(plan),
    )
}

/// `at most 100 000 requests, 2 000 000 tokens, a cost of 5.00`; none where nothing is limited and
/// nothing has a price.
pub(super) fn budget(plan: &Plan) -> Option<String> {
    let budget = &plan.budget;
    let requests = budget
        .requests
        .map(|most| format!("{} requests", format_count(most)));
    let tokens = budget
        .tokens
        .map(|most| format!("{} tokens", format_count(most)));
    let cost = budget.cost.map(|most| format!("a cost of {}", money(most)));
    let parts: Vec<String> = [requests, tokens, cost].into_iter().flatten().collect();
    match (parts.is_empty(), plan.price) {
        (true, None) => None,
        (true, Some(_)) => Some("none, though answers have a price".to_owned()),
        (false, _) => Some(format!("at most {}", parts.join(", "))),
    }
}

/// What the plan's requests are sent with, and why.
pub(super) fn client(plan: &Plan) -> Choice {
    Choice::of(plan.client, plan.addresses())
}

/// `10 users at 2/s for 2m`.
pub(super) fn load_in_words(load: &Load) -> String {
    match load {
        Load::Users {
            users,
            spawn_rate,
            run_time,
        } => {
            let time = run_time.map_or_else(
                || "until stopped".to_owned(),
                |t| format!("for {}", format_duration(t)),
            );
            format!(
                "{users} {}, {spawn_rate} spawned per second, {time}",
                users_word(*users)
            )
        }
        Load::Stages(stages) => {
            let total = stages.iter().map(Stage::lasts).sum();
            let stages: Vec<String> = stages.iter().map(stage_in_words).collect();
            format!("{} ({} in all)", stages.join(", "), format_duration(total))
        }
    }
}

fn users_word(users: u32) -> &'static str {
    if users == 1 { "user" } else { "users" }
}

fn stage_in_words(stage: &Stage) -> String {
    match *stage {
        Stage::Hold { users, lasts, .. } => {
            format!(
                "{users} {} for {}",
                users_word(users),
                format_duration(lasts)
            )
        }
        Stage::Ramp { to, lasts } => format!("ramp to {to} over {}", format_duration(lasts)),
    }
}

/// Whether load may go to the plan's target without anybody being asked.
pub(super) fn is_given(plan: &Plan) -> bool {
    plan.target.class.runs_unasked() || plan.target.approved
}

/// Whether load may go to the plan's target: unasked, approved, or confirmed on the terminal.
///
/// # Errors
/// The reason why not, with the remedy.
pub(super) fn may_run(plan: &Plan) -> Result<(), String> {
    approved(plan, "put it under load")
}

/// Whether so many single requests may go there; asked as for load, for they are answered, and
/// paid for, like any other.
///
/// # Errors
/// The reason why not, with the remedy.
pub(super) fn may_send(plan: &Plan, requests: usize) -> Result<(), String> {
    let requests = match requests {
        1 => "a request".to_owned(),
        requests => format!("{requests} requests"),
    };
    approved(plan, &format!("send it {requests}"))
}

fn approved(plan: &Plan, purpose: &str) -> Result<(), String> {
    if is_given(plan) {
        return Ok(());
    }
    // Without a name there is nothing to type, and an empty line must not confirm.
    let Some(host) = plan.target.base.host_str() else {
        return Err("the target has no host".to_owned());
    };
    let stdin = std::io::stdin();
    if stdin.is_terminal() && std::io::stderr().is_terminal() {
        return ask(host, purpose, &mut stdin.lock(), &mut std::io::stderr());
    }
    Err(refusal(host))
}

fn ask(
    host: &str,
    purpose: &str,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<(), String> {
    let mut answer = String::new();
    // A prompt that cannot be shown is one that was not confirmed.
    let asked = write!(output, "Type the host's name to {purpose} [{host}]: ")
        .and_then(|()| output.flush())
        .and_then(|()| input.read_line(&mut answer));
    match asked {
        Ok(_) if answer.trim().eq_ignore_ascii_case(host) => Ok(()),
        Ok(_) | Err(_) => Err(format!("not confirmed: {}", refusal(host))),
    }
}

/// Why load may not go to a host, with the remedies.
pub(super) fn refusal(host: &str) -> String {
    format!(
        "{host} is not approved for load. If you may put it under load, approve it: \
         --approve-host {host}, LOADTEST_APPROVED_HOSTS={host}, or approved_hosts: [{host}] in \
         the scenario"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hosts_own_name_confirms() {
        let mut shown = Vec::new();
        let host = "api.example.com";
        assert_eq!(
            ask(
                host,
                "send it a request",
                &mut "API.example.com\n".as_bytes(),
                &mut shown
            ),
            Ok(())
        );
        assert!(
            ask(
                host,
                "send it a request",
                &mut "yes\n".as_bytes(),
                &mut shown
            )
            .is_err()
        );
        assert!(ask(host, "send it a request", &mut "".as_bytes(), &mut shown).is_err());
    }
}
