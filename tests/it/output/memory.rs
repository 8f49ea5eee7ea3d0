//! A destination and a stream in memory that can be told to fail.

use std::io;
use std::sync::{Arc, Mutex};

use ragload::output::destination::Destination;

/// A destination in memory that can be told to fail.
#[derive(Clone, Default)]
pub(super) struct Memory {
    pub(super) content: Arc<Mutex<Vec<u8>>>,
    pub(super) fails: Arc<Mutex<Option<io::ErrorKind>>>,
}

impl Memory {
    pub(super) fn failing(kind: io::ErrorKind) -> Self {
        let memory = Memory::default();
        *memory.fails.lock().unwrap() = Some(kind);
        memory
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.content.lock().unwrap().clone()).unwrap()
    }

    fn state(&self) -> io::Result<()> {
        self.fails
            .lock()
            .unwrap()
            .map_or(Ok(()), |kind| Err(kind.into()))
    }
}

impl Destination for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.state()?;
        self.content.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn replace(&mut self, content: &[u8]) -> io::Result<()> {
        self.state()?;
        *self.content.lock().unwrap() = content.to_vec();
        Ok(())
    }

    fn finish(&mut self, content: &[u8]) -> io::Result<()> {
        self.replace(content)
    }
}

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
