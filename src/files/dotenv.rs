//! The nearest `.env` file upward from a directory, read with the line of each variable.
//!
//! Must not know which variables mean something.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a `.env` file sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dotenv {
    /// The file, as shown to people.
    pub path: PathBuf,
    /// Each variable with its value and its line (from 1; 0 where unknown).
    pub variables: BTreeMap<String, (String, usize)>,
}

/// Why a `.env` file cannot be used. Never holds the line itself: it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DotenvError {
    /// It is there, but cannot be read.
    #[error("{}: cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A line is no assignment.
    #[error(
        "{}:{line}: must be NAME=value (quote a value that holds spaces, # or $)", path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
}

/// Reads the `.env` in this directory or the nearest one above it; none when there is none.
///
/// # Errors
/// When one is there but cannot be read or parsed.
pub fn nearest_dotenv(directory: &Path) -> Result<Option<Dotenv>, DotenvError> {
    for folder in directory.ancestors() {
        let path = folder.join(".env");
        if path.is_file() {
            return match std::fs::read(&path) {
                Ok(bytes) => parse(&path, &bytes).map(Some),
                Err(error) => Err(DotenvError::Unreadable {
                    path,
                    reason: error.to_string(),
                }),
            };
        }
    }
    Ok(None)
}

/// Parses the content of a `.env` file. A name that is set twice has its last value, as when a
/// shell reads the file.
///
/// # Errors
/// When it is not UTF-8 or a line is no assignment.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Dotenv, DotenvError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DotenvError::Unreadable {
        path: path.to_owned(),
        reason: "it is not UTF-8 text (save it as UTF-8)".to_owned(),
    })?;
    // Editors on Windows put a byte order mark in front, which would become part of a name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = BTreeMap::new();
    for item in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = item.map_err(|error| malformed(path, text, &error))?;
        let line = line_of(text, &name);
        variables.insert(name, (value, line));
    }
    Ok(Dotenv {
        path: path.to_owned(),
        variables,
    })
}

fn malformed(path: &Path, text: &str, error: &dotenvy::Error) -> DotenvError {
    let line = match error {
        dotenvy::Error::LineParse(wrong, _) => {
            let first = wrong.lines().next().unwrap_or_default();
            position(text, |line| line.trim() == first.trim())
        }
        _ => 0,
    };
    DotenvError::Malformed {
        path: path.to_owned(),
        line,
    }
}

/// The last line that assigns this name; 0 for none.
fn line_of(text: &str, name: &str) -> usize {
    position(text, |line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let assigned = line.split_once('=').map(|(left, _)| left.trim());
        assigned == Some(name)
    })
}

fn position(text: &str, matches: impl Fn(&str) -> bool) -> usize {
    text.lines()
        .enumerate()
        .filter(|(_, line)| matches(line))
        .last()
        .map_or(0, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Dotenv, DotenvError> {
        parse(Path::new("/work/.env"), text.as_bytes())
    }

    #[test]
    fn each_variable_keeps_its_line_and_the_last_one_wins() {
        let text = "\u{feff}# host\nA=1\n\nexport B='two words'\nA=3\nEMPTY=\n";
        let variables = read(text).unwrap().variables;
        assert_eq!(variables["A"], ("3".to_owned(), 5));
        assert_eq!(variables["B"], ("two words".to_owned(), 4));
        assert_eq!(variables["EMPTY"], (String::new(), 6));
    }

    #[test]
    fn a_bad_line_is_named_without_its_content() {
        let error = read("A=1\nSECRET hunter2\n").unwrap_err().to_string();
        assert!(
            error.starts_with("/work/.env:2: must be NAME=value"),
            "{error}"
        );
        assert!(!error.contains("hunter2"));
    }

    #[test]
    fn the_nearest_one_upward_is_found() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(root.path().join(".env"), "A=far").unwrap();
        std::fs::write(root.path().join("a/.env"), "A=near").unwrap();
        let found = nearest_dotenv(&below).unwrap().unwrap();
        assert_eq!(found.path, root.path().join("a/.env"));
        assert_eq!(found.variables["A"].0, "near");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = read(&text);
        }
    }
}
