//! `user_classes`: who the users are.
//!
//! Must not know which of them will run.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::load::WaitTime;
use crate::transport::ClientSettings;

use super::super::context::Context;
use super::super::plan::UserClass;
use super::requests::Inherited;
use super::steps::steps;
use super::tasks::tasks;
use super::value::{At, Fields, Keys};
use super::waits::wait_time;

pub(super) const KEYS: Keys = Keys {
    known: &[
        "name",
        "weight",
        "fixed_count",
        "wait_time",
        "headers",
        "timeout",
        "timeouts",
        "slo",
        "follow_redirects",
        "ca_cert",
        "client_cert",
        "insecure",
        "on_start",
        "on_stop",
        "tasks",
    ],
    later: &[],
};

/// Reads every class, in order of their names; `top` holds the top level's keys.
pub(in super::super) fn classes(
    at: &At<'_>,
    top: &Fields<'_>,
    context: &mut Context<'_>,
) -> Vec<UserClass> {
    let inherited = Inherited::default().under(top, &mut context.report);
    let base_client = client(top, &ClientSettings::default(), context);
    let items = at.list(&mut context.report, "a list of user classes");
    if at.as_list().is_some() && items.is_empty() {
        at.problem(
            &mut context.report,
            "has no user class; at least one is needed",
        );
    }
    let mut classes: Vec<UserClass> = Vec::new();
    for item in items {
        let Some(class) = class(&item, &inherited, &base_client, context) else {
            continue;
        };
        if classes.iter().any(|known| known.name == class.name) {
            let message = format!("the name `{}` is taken by another user class", class.name);
            item.problem(&mut context.report, message);
        }
        classes.push(class);
    }
    classes.sort_by(|a, b| a.name.cmp(&b.name));
    classes
}

fn class(
    at: &At<'_>,
    inherited: &Inherited,
    base_client: &ClientSettings,
    context: &mut Context<'_>,
) -> Option<UserClass> {
    let fields = at.fields(
        &KEYS,
        &mut context.report,
        "a user class: a map with name and tasks",
    )?;
    let report = &mut context.report;
    let name = match fields.get("name") {
        Some(name) => name.text(report),
        None => {
            at.problem(report, "has no `name`; give it one, such as name: RagUser");
            None
        }
    };
    let weight = fields
        .get("weight")
        .map_or(Some(1.0), |at| at.share(report));
    let fixed = fields
        .get("fixed_count")
        .map_or(Some(0), |at| at.count(report, 0));
    let wait = match fields.get("wait_time") {
        Some(at) => wait_time(&at, report),
        None => Some(WaitTime::Constant(Duration::ZERO)),
    };
    let inherited = inherited.under(&fields, report);
    let client = client(&fields, base_client, context);
    let mut known: BTreeSet<String> = context.data.iter().map(|set| set.name.clone()).collect();
    let mut step_list = |key: &str, known: &mut BTreeSet<String>| {
        let at = fields.get(key);
        at.map(|at| steps(&at, &inherited, known, context))
            .unwrap_or_default()
    };
    let on_start = step_list("on_start", &mut known);
    let on_stop = step_list("on_stop", &mut known.clone());
    let tasks = match fields.get("tasks") {
        Some(list) => tasks(&list, &inherited, &known, context),
        None => {
            at.problem(
                &mut context.report,
                "has no `tasks`; at least one is needed",
            );
            Vec::new()
        }
    };
    Some(UserClass {
        name: name?,
        weight: weight?,
        fixed_count: fixed?,
        wait_time: wait?,
        on_start,
        on_stop,
        tasks,
        client,
    })
}

/// TLS settings of one level over those of the level above.
fn client(
    fields: &Fields<'_>,
    above: &ClientSettings,
    context: &mut Context<'_>,
) -> ClientSettings {
    let insecure = fields.get("insecure");
    let insecure = insecure.and_then(|at| at.boolean(&mut context.report));
    let mut certificate = |key: &str, above: &Option<PathBuf>| match fields.get(key) {
        // Read once here, so that a missing file is found before anything is sent.
        Some(at) => context.file(&at).map(|(path, _)| path),
        None => above.clone(),
    };
    ClientSettings {
        insecure: insecure.unwrap_or(above.insecure),
        ca_cert: certificate("ca_cert", &above.ca_cert),
        client_cert: certificate("client_cert", &above.client_cert),
        redirect_hosts: context.approvals.texts().to_vec(),
    }
}
