//! The head of an answer.
//!
//! Owns where it ends, what it says of the body behind it (RFC 9112, 6.3) and of the connection.
//! Must not know where the bytes come from.

use std::borrow::Cow;
use std::mem::MaybeUninit;

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use httparse::{Error, ParserConfig, Response};
use memchr::memchr_iter;

use crate::model::FailureKind;
use crate::transport::{TransportError, texts};

use super::framing::Framing;

/// Longer heads are not read, in bytes.
const LONGEST: usize = 400 * 1024;
/// Heads with more headers are not read.
const MOST_HEADERS: usize = 100;

/// What an answer begins with.
#[derive(Debug)]
pub(in super::super) struct Head {
    pub(in super::super) status: StatusCode,
    /// As the server sent it.
    pub(in super::super) reason: Cow<'static, str>,
    pub(in super::super) headers: HeaderMap,
    /// Where the body ends.
    pub(in super::super) framing: Framing,
    /// Whether the connection may serve another request.
    pub(in super::super) keep_alive: bool,
}

/// Takes the head of the answer to a request of this method out of the buffer; none while more of
/// it must come. Informational answers before it are skipped.
///
/// # Errors
/// When what came is no head.
pub(in super::super) fn take(
    buffer: &mut BytesMut,
    method: &Method,
) -> Result<Option<Head>, TransportError> {
    loop {
        skip_blank_lines(buffer);
        let Some(end) = end(buffer) else {
            return check_beginning(buffer).map(|()| None);
        };
        let head = parse(&buffer.split_to(end).freeze(), method)?;
        if !head.status.is_informational() || head.status == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Some(head));
        }
    }
}

fn skip_blank_lines(buffer: &mut BytesMut) {
    while let Some(length) = blank_line(buffer) {
        buffer.advance(length);
    }
}

/// The length of the blank line that these bytes begin with.
fn blank_line(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] => Some(1),
        _ => None,
    }
}

/// Where the head ends: behind the first blank line. Some servers end lines with a bare newline.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'\n', bytes)
        .map(|newline| newline + 1)
        .find_map(|next| blank_line(&bytes[next..]).map(|length| next + length))
}

/// Whether a head may begin like this: what is none is told at once, not when time is over.
fn check_beginning(bytes: &[u8]) -> Result<(), TransportError> {
    if bytes.is_empty() {
        return Ok(());
    }
    if bytes.len() > LONGEST {
        return Err(texts::head_too_large());
    }
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut answer = Response::new(&mut []);
    let parsed = ParserConfig::default().parse_response_with_uninit_headers(
        &mut answer,
        bytes,
        &mut headers,
    );
    parsed.map(drop).map_err(|error| refused(error, bytes))
}

fn parse(bytes: &Bytes, method: &Method) -> Result<Head, TransportError> {
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut answer = Response::new(&mut []);
    ParserConfig::default()
        .parse_response_with_uninit_headers(&mut answer, bytes, &mut headers)
        .map_err(|error| refused(error, bytes))?;
    let no_http = || texts::not_http(Some(bytes));
    let status = answer.code.ok_or_else(no_http)?;
    let status = StatusCode::from_u16(status).map_err(|_| no_http())?;
    let is_old = answer.version == Some(0);
    let reason = match answer.reason.unwrap_or_default() {
        usual if Some(usual) == status.canonical_reason() => {
            status.canonical_reason().unwrap_or_default().into()
        }
        own => own.to_owned().into(),
    };
    let headers = owned(bytes, answer.headers)?;
    let framing = framing(status, method, is_old, &headers)?;
    let switches = status == StatusCode::SWITCHING_PROTOCOLS;
    Ok(Head {
        status,
        reason,
        keep_alive: !switches && framing.leaves_connection() && stays(is_old, &headers),
        headers,
        framing,
    })
}

/// Why it cannot be read.
fn refused(error: Error, bytes: &[u8]) -> TransportError {
    match error {
        Error::Version | Error::Status => texts::not_http(Some(bytes)),
        Error::TooManyHeaders => texts::head_too_large(),
        Error::HeaderName | Error::HeaderValue | Error::NewLine | Error::Token => {
            texts::bad_header()
        }
    }
}

/// The headers, which share the bytes they came in.
pub(super) fn owned(
    bytes: &Bytes,
    parsed: &[httparse::Header<'_>],
) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for header in parsed {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let name = name.map_err(|_| texts::bad_header())?;
        let value = HeaderValue::from_maybe_shared(bytes.slice_ref(header.value));
        headers.append(name, value.map_err(|_| texts::bad_header())?);
    }
    Ok(headers)
}

/// Whether the connection stays open behind the answer.
fn stays(is_old: bool, headers: &HeaderMap) -> bool {
    let (mut closes, mut keeps) = (false, false);
    for said in words(headers, &CONNECTION) {
        closes |= said.eq_ignore_ascii_case("close");
        keeps |= said.eq_ignore_ascii_case("keep-alive");
    }
    !closes && (keeps || !is_old)
}

fn framing(
    status: StatusCode,
    method: &Method,
    is_old: bool,
    headers: &HeaderMap,
) -> Result<Framing, TransportError> {
    let never = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if never || *method == Method::HEAD {
        return Ok(Framing::Length(0));
    }
    if let Some(coding) = words(headers, &TRANSFER_ENCODING).last() {
        if is_old {
            return Err(unreadable("unexpected transfer-encoding parsed"));
        }
        return Ok(if coding.eq_ignore_ascii_case("chunked") {
            Framing::Chunked(super::chunks::Chunks::default())
        } else {
            Framing::UntilEnd
        });
    }
    let mut told = None;
    for length in words(headers, &CONTENT_LENGTH) {
        let digits = length.bytes().all(|byte| byte.is_ascii_digit());
        let length: Option<u64> = length.parse().ok().filter(|_| digits);
        if length.is_none() || told.is_some_and(|told| Some(told) != length) {
            return Err(unreadable("invalid content-length parsed"));
        }
        told = length;
    }
    Ok(told.map_or(Framing::UntilEnd, Framing::Length))
}

fn unreadable(why: &str) -> TransportError {
    TransportError::new(FailureKind::Protocol, why)
}

/// What a header lists, whether in one line or in several. A value that is no text lists one
/// empty word, which nothing is called.
fn words<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).into_iter();
    values.flat_map(|value| value.to_str().unwrap_or_default().split(',').map(str::trim))
}
