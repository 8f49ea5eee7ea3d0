//! Rows as Python's `csv` module writes them: CRLF after each, quotes only where needed.
//!
//! The csv crate's bytes are the same (tested against recorded ones), leading spaces and line
//! breaks included. Must not know columns.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// Rows of fields as text.
pub fn rows<R, F>(rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item = F>,
    F: AsRef<[u8]>,
{
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row)
            .expect("writing to memory cannot fail");
    }
    let bytes = writer.into_inner().expect("writing to memory cannot fail");
    String::from_utf8_lossy(&bytes).into_owned()
}
