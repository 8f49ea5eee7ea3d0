//! Where output goes: the only place of this floor that opens, writes and renames files.
//!
//! Owns the promises about files: everything is opened before the run, nothing written is lost by
//! a later failure, a file that is replaced is either the old one or the new one. Must not know
//! formats.

mod kept;

pub use kept::Kept;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// One place that output goes to.
pub trait Destination: Send {
    /// What it is called in messages: the path as given.
    fn name(&self) -> &str;

    /// Adds to its end at once: a reader, or the next program after a kill, finds it there.
    ///
    /// # Errors
    /// When it cannot be written whole; what was there before stays, and nothing else.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts `content` in the place of all there is, during a run: in place, so that whoever
    /// follows the file keeps following it.
    ///
    /// # Errors
    /// When it cannot be written whole; what was there before stays.
    fn replace(&mut self, content: &[u8]) -> io::Result<()>;

    /// Puts the last `content` in the place of all there is.
    ///
    /// # Errors
    /// When it cannot be written whole; what was there before stays.
    fn finish(&mut self, content: &[u8]) -> io::Result<()>;
}

/// A file.
#[derive(Debug)]
pub struct FileDestination {
    path: PathBuf,
    name: String,
    open: Option<OpenFile>,
}

/// A file that is written during the run.
#[derive(Debug)]
struct OpenFile {
    file: File,
    /// Bytes of it that are whole.
    length: u64,
    /// What [`Destination::replace`] wrote last, to go back to.
    last: Vec<u8>,
}

impl FileDestination {
    /// A file that is written from the start on: created, or emptied, now.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn live(path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        let open = OpenFile {
            file,
            length: 0,
            last: Vec::new(),
        };
        Ok(FileDestination {
            open: Some(open),
            ..Self::at_end(path)
        })
    }

    /// A file that is written once, at the end; until then an older one stays.
    #[must_use]
    pub fn at_end(path: &Path) -> Self {
        FileDestination {
            path: path.to_owned(),
            name: path.display().to_string(),
            open: None,
        }
    }

    fn opened(&mut self) -> io::Result<&mut OpenFile> {
        if self.open.is_none() {
            self.open = Self::live(&self.path)?.open;
        }
        self.open
            .as_mut()
            .ok_or_else(|| io::Error::other("is not open"))
    }
}

impl Destination for FileDestination {
    fn name(&self) -> &str {
        &self.name
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let open = self.opened()?;
        let written = open.file.write_all(bytes).and_then(|()| open.file.flush());
        match written {
            Ok(()) => open.length += bytes.len() as u64,
            // Half a row would spoil the next one: back to where it was whole.
            Err(_) => open.cut(open.length)?,
        }
        written
    }

    fn replace(&mut self, content: &[u8]) -> io::Result<()> {
        let open = self.opened()?;
        let written = open.overwrite(content);
        if written.is_ok() {
            content.clone_into(&mut open.last);
        } else {
            // The old content fits into the space the file already has.
            let last = std::mem::take(&mut open.last);
            open.overwrite(&last)?;
            open.last = last;
        }
        written
    }

    fn finish(&mut self, content: &[u8]) -> io::Result<()> {
        // Windows does not rename over a file that is open here.
        self.open = None;
        write_whole(&self.path, content)
    }
}

impl OpenFile {
    fn overwrite(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(content)?;
        self.cut(content.len() as u64)?;
        self.file.flush()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length))?;
        self.length = length;
        Ok(())
    }
}

/// Makes the parent folders and finds out whether the file could be written, without changing
/// what is there.
///
/// # Errors
/// When it could not.
pub fn probe(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
        if let Some(taken) = parent.ancestors().find(|folder| folder.is_file()) {
            let problem = format!("{} is a file, not a folder", taken.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, problem));
        }
        fs::create_dir_all(parent)?;
    }
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => {
            Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"))
        }
        Ok(there) if there.is_file() => OpenOptions::new().append(true).open(path).map(drop),
        // A device or pipe: opening it might wait for a reader.
        Ok(_) => Ok(()),
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            fs::remove_file(path)
        }
    }
}

/// Writes a file beside its place and renames it there, so that it is the old one or the new one.
///
/// # Errors
/// When it cannot be written; the old one stays.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    // Through a symbolic link, which must stay one.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let there = fs::metadata(&target).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        return OpenOptions::new()
            .write(true)
            .open(&target)?
            .write_all(content);
    }
    let beside = beside(&target);
    let Ok(mut file) = File::create(&beside) else {
        // A folder that takes no new file may still hold a file that can be written.
        return File::create(&target)?.write_all(content);
    };
    let written = file.write_all(content).and_then(|()| file.sync_all());
    drop(file);
    let placed = written.and_then(|()| match fs::rename(&beside, &target) {
        Ok(()) => Ok(()),
        // Windows, while someone reads the old file; the disk has room, as was just shown.
        Err(_) => File::create(&target)?.write_all(content),
    });
    // Gone already when it was renamed.
    let _ = fs::remove_file(&beside);
    placed
}

fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

/// Adds to the end of a file that is not ours alone.
///
/// # Errors
/// When it cannot be written.
pub fn append_to(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(content)
}

/// Reads a file that was written before.
///
/// # Errors
/// When it cannot be read, or is no text.
pub fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

/// The files of a folder whose names end so, the newest first; of two as old as each other the
/// one whose name sorts last.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest_first(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let there = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
        if let Some(there) = there.filter(|_| path.to_string_lossy().ends_with(ending)) {
            found.push((there.modified()?, path));
        }
    }
    found.sort();
    Ok(found.into_iter().rev().map(|(_, path)| path).collect())
}
