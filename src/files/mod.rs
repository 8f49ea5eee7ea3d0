//! The only reader of scenario, include, data and `.env` files, and the keeper of the shipped
//! scenarios.
//!
//! Owns where bytes come from, behind [`Sources`], so that the pure `scenario` is given them and
//! tests give a map. Must not know what the bytes mean, `.env` apart.

pub mod disk;
pub mod dotenv;
pub mod shipped;

pub use disk::Disk;
pub use dotenv::{Dotenv, DotenvError, nearest_dotenv};
pub use shipped::{Shipped, shipped};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder in which scenarios are found by name, below the working directory.
pub const SCENARIO_FOLDER: &str = "scenarios";

/// Why a file gave no bytes; a fragment that fits after its path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("no such file")]
    Missing,
    /// There is something, but it cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}

/// Where the bytes of files come from. Paths are relative to the working directory or absolute.
pub trait Sources {
    /// The whole content of a file.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// The scenario files in `./scenarios` (`*.yaml`, `*.yml`), sorted by path.
    fn scenarios(&self) -> Vec<PathBuf>;
}

/// A map of paths to contents, for tests and embedding.
impl Sources for BTreeMap<PathBuf, Vec<u8>> {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        self.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn scenarios(&self) -> Vec<PathBuf> {
        self.keys()
            .filter(|path| path.parent() == Some(Path::new(SCENARIO_FOLDER)))
            .filter(|path| is_yaml(path))
            .cloned()
            .collect()
    }
}

fn is_yaml(path: &Path) -> bool {
    matches!(
        path.extension().and_then(|extension| extension.to_str()),
        Some("yaml" | "yml")
    )
}
