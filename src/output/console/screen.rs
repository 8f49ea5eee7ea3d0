//! A stream that people read: the terminal, or what stands in its place.
//!
//! Owns what is known of it (width, colours) and that a reader who went away is no error. Must
//! not know what is shown.

use std::io::{self, IsTerminal, Write};

use crate::event::SinkError;

use super::style::Style;

/// A stream that people read.
pub struct Screen {
    name: &'static str,
    out: Box<dyn Write + Send>,
    /// Columns of the terminal; none when it is none. Asked anew each time: windows change.
    columns: Box<dyn Fn() -> Option<usize> + Send>,
    style: Style,
    told: bool,
}

impl Screen {
    /// A stream that is no terminal.
    #[must_use]
    pub fn plain(name: &'static str, out: Box<dyn Write + Send>) -> Self {
        Self::new(name, out, Box::new(|| None), Style::default())
    }

    /// Any stream.
    #[must_use]
    pub fn new(
        name: &'static str,
        out: Box<dyn Write + Send>,
        columns: Box<dyn Fn() -> Option<usize> + Send>,
        style: Style,
    ) -> Self {
        Screen {
            name,
            out,
            columns,
            style,
            told: false,
        }
    }

    /// Standard error. `colour` and `ascii` are wishes: without a terminal there is no colour.
    #[must_use]
    pub fn stderr(wish: Style) -> Self {
        let terminal = io::stderr().is_terminal();
        Self::standard("stderr", Box::new(io::stderr()), terminal, wish)
    }

    /// Standard output, likewise.
    #[must_use]
    pub fn stdout(wish: Style) -> Self {
        let terminal = io::stdout().is_terminal();
        Self::standard("stdout", Box::new(io::stdout()), terminal, wish)
    }

    fn standard(
        name: &'static str,
        out: Box<dyn Write + Send>,
        terminal: bool,
        wish: Style,
    ) -> Self {
        let style = Style {
            colour: wish.colour && terminal && understands_colours(),
            ..wish
        };
        let columns = move || {
            let size = terminal.then(crossterm::terminal::size)?;
            // Where the size is not known, as on some CI terminals, 80 is safe.
            Some(size.map_or(80, |(columns, _)| usize::from(columns)))
        };
        Self::new(name, out, Box::new(columns), style)
    }

    /// Columns of the terminal; none when it is none.
    #[must_use]
    pub fn columns(&self) -> Option<usize> {
        (self.columns)()
    }

    /// How texts for it are dressed.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// Shows a text.
    ///
    /// # Errors
    /// The first time it fails; never because the reader went away (`ragload … | head`).
    pub fn show(&mut self, text: &str) -> Result<(), SinkError> {
        let shown = (self.out.write_all(text.as_bytes())).and_then(|()| self.out.flush());
        match shown {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe && !self.told => {
                self.told = true;
                Err(SinkError {
                    destination: self.name.to_owned(),
                    problem: error.to_string(),
                })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Whether the terminal takes escape sequences; older Windows consoles have to be told to.
fn understands_colours() -> bool {
    #[cfg(windows)]
    let understands = crossterm::ansi_support::supports_ansi();
    #[cfg(not(windows))]
    let understands = true;
    understands
}
