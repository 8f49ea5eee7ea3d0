//! `ragload list`: the scenarios found, one line each.

use crate::files::Disk;
use crate::scenario::{Environment, ListedContent, ListedScenario, list as scenarios};

use super::approval::load_in_words;
use super::screen::show;

/// Lists them.
pub(super) fn list(environment: &Environment) -> anyhow::Result<u8> {
    let listed = scenarios(&Disk::new("."), environment);
    let width = |of: fn(&ListedScenario) -> &str| listed.iter().map(|s| of(s).len()).max();
    let names = width(|scenario| &scenario.name).unwrap_or(0);
    let origins = width(|scenario| &scenario.origin).unwrap_or(0);
    for scenario in &listed {
        let ListedScenario { name, origin, .. } = scenario;
        show(&format!(
            "{name:<names$}  {origin:<origins$}  {}\n",
            about(name, &scenario.content)
        ));
    }
    Ok(0)
}

fn about(name: &str, content: &ListedContent) -> String {
    match content {
        ListedContent::Runnable { description, load } if description.is_empty() => {
            load_in_words(load)
        }
        ListedContent::Runnable { description, load } => {
            format!("{} ({description})", load_in_words(load))
        }
        ListedContent::Shared { description } if description.is_empty() => {
            "shared: included by others".to_owned()
        }
        ListedContent::Shared { description } => format!("shared: {description}"),
        ListedContent::Broken(_) => {
            format!("broken: `ragload check {name}` tells what is wrong")
        }
    }
}
