//! The answer from its head on, reported to the reader as it comes.
//!
//! Must not know requests.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::response::Parts;
use http::{Extensions, HeaderMap, Response, StatusCode};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;

use crate::request::AnswerReader;
use crate::transport::TransportError;
use crate::transport::errors::Causes;

use super::connection::{BodyError, Connection};
use super::decoding::decoded;
use super::wire::Watch;

/// Reads an answer to its end.
pub(super) async fn receive(
    connection: &mut Connection,
    answer: Response<Incoming>,
    reader: &mut AnswerReader,
) -> Result<(), TransportError> {
    let watch = Rc::clone(connection.watch());
    let answer = answer.map(|incoming| Streaming {
        connection,
        incoming,
    });
    if answer.headers().contains_key(CONTENT_ENCODING) {
        let (head, body) = decoded(answer).await.into_parts();
        return Box::pin(read(head, body, &watch, reader)).await;
    }
    let (head, body) = answer.into_parts();
    read(head, body, &watch, reader).await
}

async fn read<B>(
    head: Parts,
    body: B,
    watch: &Watch,
    reader: &mut AnswerReader,
) -> Result<(), TransportError>
where
    B: Body<Data = Bytes, Error = BodyError>,
{
    let reason = reason(head.status, &head.extensions);
    reader.head(watch.read_at(), head.status, reason, head.headers);
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

/// The reason phrase as the server sent it; hyper tells only an unusual one.
fn reason(status: StatusCode, extensions: &Extensions) -> Cow<'static, str> {
    match extensions.get::<ReasonPhrase>() {
        Some(reason) => String::from_utf8_lossy(reason.as_bytes())
            .into_owned()
            .into(),
        None => status.canonical_reason().unwrap_or_default().into(),
    }
}

/// The length of the body, where the server told it.
fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// A body, and the connection that brings it.
struct Streaming<'a> {
    connection: &'a mut Connection,
    incoming: Incoming,
}

impl Body for Streaming<'_> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Streaming {
            connection,
            incoming,
        } = self.get_mut();
        connection.poll_frame(incoming, context)
    }
}
