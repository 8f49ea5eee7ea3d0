//! Which file a scenario's name means.
//!
//! Owns the order: a path, then `./scenarios/NAME.yaml`, then the shipped one. Must not read.

use std::path::{Path, PathBuf};

use crate::files::Sources;
use crate::files::shipped::SHIPPED;

use super::origin::Location;
use super::problems::suggestion;

/// A scenario's name and its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) location: Location,
}

/// Finds a scenario by name or path. A path is not looked up: reading it tells.
///
/// # Errors
/// When no scenario has this name: the known ones, or the nearest.
pub(super) fn find(name_or_path: &str, sources: &dyn Sources) -> Result<Found, String> {
    let path = Path::new(name_or_path);
    let names_file = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
    if names_file || path.components().count() > 1 {
        return Ok(Found {
            name: stem(path),
            location: Location::Disk(PathBuf::from(name_or_path)),
        });
    }
    let known = all(sources);
    let found = known
        .iter()
        .find(|found| found.name == name_or_path)
        .cloned();
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|found| found.name.as_str()).collect();
        format!(
            "unknown scenario; {} (or give the path of a YAML file)",
            suggestion(name_or_path, &names)
        )
    })
}

/// Every scenario: the shipped ones, a file in `./scenarios` in the place of the shipped one of
/// its name, then the other files there.
pub(super) fn all(sources: &dyn Sources) -> Vec<Found> {
    let mut found: Vec<Found> = SHIPPED
        .iter()
        .map(|file| Found {
            name: stem(Path::new(file.name)),
            location: Location::Shipped(file.name.to_owned()),
        })
        .collect();
    for path in sources.scenarios() {
        let name = stem(&path);
        let location = Location::Disk(path);
        match found.iter_mut().find(|known| known.name == name) {
            // Of NAME.yaml and NAME.yml the first in order wins.
            Some(known) if matches!(known.location, Location::Disk(_)) => {}
            Some(known) => known.location = location,
            None => found.push(Found { name, location }),
        }
    }
    found
}

/// What the variables of a scenario begin with: `MY_SCENARIO` for `my-scenario`.
pub(super) fn variable_prefix(name: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    name.chars().map(letter).collect()
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    stem.to_string_lossy().into_owned()
}
