//! Files on the disk, seen from a working directory.
//!
//! Must not know what is in them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{ReadError, SCENARIO_FOLDER, Sources, is_yaml};

/// The disk below a working directory.
#[derive(Clone, Debug)]
pub struct Disk {
    working_directory: PathBuf,
}

impl Disk {
    /// The disk as seen from this directory; `.` for the process's own.
    pub fn new(working_directory: impl Into<PathBuf>) -> Self {
        Disk {
            working_directory: working_directory.into(),
        }
    }
}

impl Sources for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.working_directory.join(path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::Missing,
            ErrorKind::IsADirectory => ReadError::Unreadable("it is a folder".to_owned()),
            _ => ReadError::Unreadable(error.to_string()),
        })
    }

    fn scenarios(&self) -> Vec<PathBuf> {
        let folder = Path::new(SCENARIO_FOLDER);
        let Ok(entries) = std::fs::read_dir(self.working_directory.join(folder)) else {
            // No folder is the usual case of somebody who uses the shipped ones.
            return Vec::new();
        };
        let mut found: Vec<PathBuf> = entries
            .filter_map(Result::ok)
            .map(|entry| folder.join(entry.file_name()))
            .filter(|path| is_yaml(path))
            .collect();
        found.sort();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yaml_files_of_the_folder_are_listed_and_missing_ones_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path());
        assert!(disk.scenarios().is_empty());
        std::fs::create_dir(folder.path().join("scenarios")).unwrap();
        for name in ["b.yaml", "a.yml", "notes.txt"] {
            std::fs::write(folder.path().join("scenarios").join(name), "users: 1").unwrap();
        }
        let expected: Vec<PathBuf> = ["scenarios/a.yml", "scenarios/b.yaml"]
            .map(PathBuf::from)
            .into();
        assert_eq!(disk.scenarios(), expected);
        assert_eq!(disk.read(&expected[0]), Ok(b"users: 1".to_vec()));
        assert_eq!(disk.read(Path::new("none.yaml")), Err(ReadError::Missing));
        assert!(matches!(
            disk.read(Path::new("scenarios")),
            Err(ReadError::Unreadable(_))
        ));
    }
}
