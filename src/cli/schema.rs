//! `ragload schema`: what a scenario file may hold, for editors.

use crate::files::shipped::SCHEMA;

use super::screen::show;

/// Prints the JSON Schema.
pub(super) fn print() -> u8 {
    show(SCHEMA.text);
    0
}
