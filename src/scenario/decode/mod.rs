//! From the merged tree to the parts of a plan, going on after each problem.
//!
//! One file per part of the dialect, over [`value`], which reads single values.

pub(super) mod answers;
pub(super) mod body;
pub(super) mod classes;
pub(super) mod conversation;
pub(super) mod data;
pub(super) mod endpoints;
pub(super) mod expect;
pub(super) mod extract;
pub(super) mod headers;
pub(super) mod money;
pub(super) mod names;
pub(super) mod objectives;
pub(super) mod request_keys;
pub(super) mod requests;
pub(super) mod response;
pub(super) mod retry;
pub(super) mod rows;
pub(super) mod samples;
pub(super) mod stages;
pub(super) mod steps;
pub(super) mod tasks;
pub(super) mod thresholds;
pub(super) mod turns;
pub(super) mod value;
pub(super) mod waits;

#[cfg(test)]
mod schema_tests;
