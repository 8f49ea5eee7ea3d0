//! A file that stays: every run has one of its own.
//!
//! Must not know what is in it.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::{Destination, write_whole};

/// A file whose name is taken when it is written: where another run has it, `-2`, `-3`, … is
/// added. Clones are the same file.
#[derive(Clone, Debug)]
pub struct Kept {
    wanted: PathBuf,
    name: String,
    taken: Arc<OnceLock<PathBuf>>,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for Kept {}

impl Kept {
    /// A file of this name, or the next one that is free.
    #[must_use]
    pub fn at(wanted: &Path) -> Self {
        Kept {
            wanted: wanted.to_owned(),
            name: wanted.display().to_string(),
            taken: Arc::default(),
        }
    }

    /// Where it is; before it is written, where it would be.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.taken.get().unwrap_or(&self.wanted).clone()
    }

    /// Makes the file, empty, under the first name that nobody has.
    fn take(&self) -> io::Result<PathBuf> {
        if let Some(path) = self.taken.get() {
            return Ok(path.clone());
        }
        let mut number = 1_u32;
        loop {
            let path = numbered(&self.wanted, number);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(_) => return Ok(self.taken.get_or_init(|| path).clone()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Destination for Kept {
    fn name(&self) -> &str {
        &self.name
    }

    fn append(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::Error::other("is written once, at the end"))
    }

    fn replace(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::Error::other("is written once, at the end"))
    }

    fn finish(&mut self, content: &[u8]) -> io::Result<()> {
        let path = self.take()?;
        let written = write_whole(&path, content);
        if written.is_err() {
            // An empty record would be read as a damaged one.
            let _ = fs::remove_file(&path);
        }
        written
    }
}

/// `smoke.json`, `smoke-2.json`, ….
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
    path.with_file_name(format!("{stem}-{number}{ending}"))
}
