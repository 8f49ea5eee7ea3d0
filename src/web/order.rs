//! An order from the fields of a form.
//!
//! Owns the names of the fields. Must not know who sent them.

use super::form::Fields;
use super::launcher::Order;

/// What an order can hold.
pub(super) const NAMES: [&str; 10] = [
    "scenario",
    "host",
    "users",
    "spawn_rate",
    "run_time",
    "stop_timeout",
    "tags",
    "exclude_tags",
    "user_classes",
    "confirm_host",
];

/// What these fields order; an empty field is one that was not filled in.
pub(super) fn order(fields: &Fields) -> Order {
    let text = |name: &str| {
        // No host has these, and some page might show what it was sent.
        let value = fields.get(name).map(|value| value.replace(['<', '>'], ""));
        value.filter(|value| !value.trim().is_empty())
    };
    let list = |name: &str| fields.list(name).filter(|list| !list.is_empty());
    Order {
        scenario: text("scenario"),
        host: text("host"),
        users: text("users"),
        spawn_rate: text("spawn_rate"),
        run_time: text("run_time"),
        stop_timeout: text("stop_timeout"),
        tags: list("tags"),
        exclude_tags: list("exclude_tags"),
        user_classes: list("user_classes"),
        confirm_host: text("confirm_host"),
    }
}
