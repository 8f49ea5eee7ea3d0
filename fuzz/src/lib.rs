//! What every target does: reads bytes whole and in pieces, and wants the same of both.

use std::sync::Arc;

use ragload::model::Offset;
use ragload::request::response::parts::{Condition, Place, ResponseParts};
use ragload::request::response::{Format, Path, Reading, ResponseReader, ResponseSpec};

/// Reads `data` as this format; its first byte says how long the pieces are.
pub fn read(format: Format, data: &[u8]) {
    let Some((&size, bytes)) = data.split_first() else {
        return;
    };
    let parts = ResponseParts {
        format,
        answer: ["$.choices[0].delta.content", "$.response", "$..text"]
            .into_iter()
            .filter_map(|path| {
                Some(Place {
                    event: None,
                    path: Path::parse(path).ok(),
                })
            })
            .take(if size < 128 { 2 } else { 3 })
            .collect(),
        done: vec![Condition {
            data: Some("[DONE]".to_owned()),
            ..Condition::default()
        }],
        ..ResponseParts::default()
    };
    let spec = Arc::new(ResponseSpec::compile(parts));
    let whole = said(&spec, [bytes].into_iter());
    let pieces = said(&spec, bytes.chunks(usize::from(size % 16) + 1));
    assert_eq!(whole.answer, pieces.answer);
    assert_eq!(whole.completion, pieces.completion);
    assert_eq!(whole.error, pieces.error);
    assert_eq!(
        (whole.events, whole.malformed),
        (pieces.events, pieces.malformed)
    );
}

fn said<'b>(spec: &Arc<ResponseSpec>, chunks: impl Iterator<Item = &'b [u8]>) -> Reading {
    let mut reader = ResponseReader::default();
    reader.begin(spec, true);
    chunks.for_each(|chunk| reader.chunk(Offset::ZERO, chunk));
    reader.finish(Offset::ZERO).clone()
}
