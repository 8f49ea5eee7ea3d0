//! What the decoders of a scenario share: the report, the sources, and what was decided so far.
//!
//! Must not know any key.

use std::path::{Path, PathBuf};

use url::Url;

use crate::files::{Sources, shipped};
use crate::request::DataSet;

use super::approval::Approvals;
use super::decode::endpoints::Endpoints;
use super::decode::value::At;
use super::origin::Location;
use super::problems::Report;

/// The state of one resolution.
pub(super) struct Context<'a> {
    pub(super) report: Report,
    pub(super) sources: &'a dyn Sources,
    /// The target's base address.
    pub(super) base: Url,
    pub(super) approvals: Approvals,
    pub(super) endpoints: Endpoints,
    pub(super) data: Vec<DataSet>,
}

impl Context<'_> {
    /// The bytes of the file named here, and its path; reported when it cannot be read.
    pub(super) fn file(&mut self, at: &At<'_>) -> Option<(PathBuf, Vec<u8>)> {
        let path = at.text(&mut self.report)?;
        let outcome = match self.report.location(at.mark()).relative(&path) {
            Location::Shipped(name) => match shipped(&name) {
                Some(text) => Ok((PathBuf::from(name), text.as_bytes().to_vec())),
                None => Err(format!(
                    "{name}: a built-in scenario reads no files; write it out with `ragload init`"
                )),
            },
            Location::Disk(path) => self.read(path),
            Location::Set(_) => self.read(PathBuf::from(path)),
        };
        at.parsed(&mut self.report, outcome)
    }

    fn read(&self, path: PathBuf) -> Result<(PathBuf, Vec<u8>), String> {
        match self.sources.read(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => Err(format!("{}: {error}", shown(&path))),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
