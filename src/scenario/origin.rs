//! Where a value was written: a file on disk, a shipped file, or `--set`.
//!
//! Owns marks and the resolving of a path relative to the file that names it. Must not read.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// Something that holds YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// A file, relative to the working directory or absolute.
    Disk(PathBuf),
    /// A file inside the binary, by name.
    Shipped(String),
    /// A `--set` flag, as typed.
    Set(String),
}

impl Location {
    /// What a path written at this location means.
    pub(super) fn relative(&self, path: &str) -> Location {
        match self {
            Location::Disk(file) => {
                let folder = file.parent().unwrap_or(Path::new(""));
                Location::Disk(tidied(&folder.join(path)))
            }
            Location::Shipped(_) if !Path::new(path).is_absolute() => {
                Location::Shipped(path.strip_prefix("./").unwrap_or(path).to_owned())
            }
            Location::Shipped(_) | Location::Set(_) => Location::Disk(tidied(Path::new(path))),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Disk(path) => write!(f, "{}", path.display()),
            Location::Shipped(name) => write!(f, "built-in {name}"),
            // The value may be a secret; the path before it says enough.
            Location::Set(text) => {
                write!(f, "--set {}", text.split('=').next().unwrap_or_default())
            }
        }
    }
}

/// The path without `.` and, where the text alone allows it, without `..`, so that one file has
/// one spelling and an include loop is seen.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidy.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

/// A place in a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Index of the location in the report's list.
    pub(super) location: usize,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column, from 1.
    pub(super) column: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_file_that_names_it() {
        let disk = |path: &str| Location::Disk(path.into());
        assert_eq!(
            disk("scenarios/a.yaml").relative("../shared/./b.yaml"),
            disk("shared/b.yaml")
        );
        assert_eq!(disk("a.yaml").relative("/x/b.yaml"), disk("/x/b.yaml"));
        assert_eq!(
            disk("../a.yaml").relative("../b.yaml"),
            disk("../../b.yaml")
        );
        let shipped = Location::Shipped("smoke.yaml".into());
        assert_eq!(
            shipped.relative("./rag.yaml"),
            Location::Shipped("rag.yaml".into())
        );
    }
}
