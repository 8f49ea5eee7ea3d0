//! The answer from its head on, reported to the reader as it comes.
//!
//! Must not know requests.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Response};
use http_body::{Body, Frame};

use crate::request::AnswerReader;
use crate::transport::TransportError;
use crate::transport::errors::Causes;

use super::connection::{BodyError, Connection};
use super::decoding::decoded;
use super::http1::Head;
use super::wire::Watch;

/// Reads an answer to its end.
pub(super) async fn receive(
    connection: &mut Connection,
    head: Head,
    reader: &mut AnswerReader,
) -> Result<(), TransportError> {
    let watch = Rc::clone(connection.watch());
    let body = Incoming(connection);
    if head.headers.contains_key(CONTENT_ENCODING) {
        return Box::pin(receive_decoded(head, body, &watch, reader)).await;
    }
    reader.head(watch.read_at(), head.status, head.reason, head.headers);
    read(body, &watch, reader).await
}

async fn receive_decoded(
    head: Head,
    body: Incoming<'_>,
    watch: &Watch,
    reader: &mut AnswerReader,
) -> Result<(), TransportError> {
    let mut encoded = Response::new(body);
    *encoded.headers_mut() = head.headers;
    let (parts, body) = decoded(encoded).await.into_parts();
    reader.head(watch.read_at(), head.status, head.reason, parts.headers);
    read(body, watch, reader).await
}

async fn read<B>(body: B, watch: &Watch, reader: &mut AnswerReader) -> Result<(), TransportError>
where
    B: Body<Data = Bytes, Error = BodyError>,
{
    let mut body = pin!(body);
    let mut read = 0;
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame
            .map_err(|error| Causes::of(&*error).within_body(read, length(reader.headers())))?;
        // Trailers are no part of the body.
        match frame.into_data() {
            Ok(bytes) => {
                read += bytes.len() as u64;
                reader.chunk(watch.read_at(), &bytes);
            }
            Err(frame) => frame
                .trailers_ref()
                .into_iter()
                .for_each(|t| reader.trailers(t)),
        }
    }
    reader.finish(watch.read_at());
    Ok(())
}

/// The length of the body, where the server told it.
fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// The body that a connection brings.
struct Incoming<'a>(&'a mut Connection);

impl Body for Incoming<'_> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.get_mut().0.poll_frame(context)
    }
}
