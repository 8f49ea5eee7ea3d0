//! The last log lines, for whoever has no terminal to read them on.
//!
//! Owns how many are kept, and that no secret is among them. Must not know who logs.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::Masker;
use crate::model::secret_keys::without_pairs;

/// Lines kept, as in Locust.
const LINES: usize = 500;
/// Characters kept of a line.
const LENGTH: usize = 4000;

/// The last lines; copies share them.
#[derive(Clone, Debug, Default)]
pub struct Logs(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    masker: Masker,
}

impl Logs {
    /// Masks the secrets of another run from now on.
    pub fn mask(&self, masker: &Masker) {
        let mut kept = self.lock();
        kept.masker = masker.clone();
        let lines = std::mem::take(&mut kept.lines);
        kept.lines = lines.iter().map(|line| masker.mask(line)).collect();
    }

    /// The lines, the oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lock().lines.iter().cloned().collect()
    }

    fn push(&self, text: &str) {
        let mut kept = self.lock();
        let line = kept
            .masker
            .mask(&without_pairs(text.trim_end_matches('\n')));
        let end = line
            .char_indices()
            .nth(LENGTH)
            .map_or(line.len(), |(at, _)| at);
        if kept.lines.len() == LINES {
            kept.lines.pop_front();
        }
        kept.lines.push_back(line[..end].to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each write is a record.
impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::model::Secret;

    #[test]
    fn the_last_lines_are_kept_and_secrets_are_not() {
        let mut logs = Logs::default();
        logs.write_all(b"asking with tok-12345678\n").unwrap();
        logs.mask(&Masker::new([Secret::new("tok-12345678")]));
        logs.write_all(b"again tok-12345678 and ?api_key=k-87654321\n")
            .unwrap();
        assert_eq!(
            logs.lines(),
            ["asking with ***", "again *** and ?api_key=***"]
        );
        for n in 0..2 * LINES {
            logs.write_all(format!("{n}\n").as_bytes()).unwrap();
        }
        let lines = logs.lines();
        assert_eq!((lines.len(), lines[0].as_str()), (LINES, "500"));
    }
}
