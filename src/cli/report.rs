//! `ragload report`: the outputs of an earlier run, made again from its record.
//!
//! Must not compute anything: the record has every figure.

use anyhow::Context;

use crate::output::{OutputPlan, destination, record};

use super::args::ReportArgs;
use super::exit;
use super::screen::{say, show};

/// Writes them.
pub(super) fn main(args: &ReportArgs) -> anyhow::Result<u8> {
    let path = &args.record;
    let text =
        destination::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let record = match record::from_json(&text) {
        Ok(record) => record,
        Err(error) => {
            say(&format!("error: {}: {error}\n", path.display()));
            return Ok(exit::USAGE);
        }
    };
    let prefix = args.output.clone().unwrap_or_else(|| {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        path.with_file_name(name.strip_suffix("_run").unwrap_or(&name))
    });
    let outputs = OutputPlan::of_report(&prefix);
    outputs.render(record)?;
    for file in outputs.rendered_files() {
        show(&format!("written  {}\n", file.display()));
    }
    Ok(0)
}
