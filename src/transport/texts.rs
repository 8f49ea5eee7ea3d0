//! What went wrong on the wire, in the words of Locust's `HttpUser`.
//!
//! Owns the mapping from system and TLS errors to failure texts, for every transport alike. Error
//! numbers are Linux's on every platform, so that rows of different machines agree. Must not know
//! any HTTP library.

use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError, Error as TlsError};
use url::Url;

use crate::model::FailureKind;
use crate::model::python_repr::{float_repr, str_repr};

use super::TransportError;

/// The answer did not begin in the time allowed.
pub(super) fn read_timeout(url: &Url, allowed: Duration) -> TransportError {
    let text = format!(
        "{}: Read timed out. (read timeout={})",
        pool(url),
        seconds(allowed)
    );
    let text = format!("ReadTimeout(ReadTimeoutError({}))", str_repr(&text));
    TransportError::new(FailureKind::Timeout, text)
}

/// The answer began but did not end in the time allowed: Locust leaves the time out here.
pub(super) fn body_timeout(url: &Url) -> TransportError {
    let text = format!("{}: Read timed out.", pool(url));
    let text = format!("ReadTimeoutError({})", str_repr(&text));
    TransportError::new(FailureKind::Timeout, text)
}

fn pool(url: &Url) -> String {
    let pool = if url.scheme() == "https" {
        "HTTPSConnectionPool"
    } else {
        "HTTPConnectionPool"
    };
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{pool}(host='{}', port={port})", host(url))
}

/// No connection in the time allowed.
pub(super) fn connect_timeout(url: &Url, allowed: Duration) -> TransportError {
    let text = format!(
        "Connection to {} timed out. (connect timeout={})",
        host(url),
        seconds(allowed)
    );
    let text = format!("ConnectTimeoutError({})", str_repr(&text));
    TransportError::new(FailureKind::Timeout, text)
}

/// Python prints whole seconds as the scenario's author wrote them, without a fraction.
fn seconds(time: Duration) -> String {
    let text = float_repr(time.as_secs_f64());
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// The connection was closed before any answer.
pub(super) fn closed() -> TransportError {
    TransportError::new(
        FailureKind::Closed,
        "RemoteDisconnected('Remote end closed connection without response')",
    )
}

/// A kept connection died before the answer: most likely the server closed it just when the
/// request was on its way.
pub(super) fn closed_when_reused() -> TransportError {
    TransportError::new(
        FailureKind::Closed,
        "reused connection closed before a response",
    )
}

/// How the text of a body that ended short of its length begins.
const INCOMPLETE: &str = "ChunkedEncodingError(ProtocolError('Connection broken: IncompleteRead(";
/// The text of one whose length was not told.
const ENDED: &str = "ChunkedEncodingError(ProtocolError('Response ended prematurely'))";

impl TransportError {
    /// Whether the connection was closed within the body: the texts of that count bytes.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.text.starts_with(INCOMPLETE) || self.text == ENDED
    }
}

/// The body ended early: after `read` bytes of `expected`, where the length was told.
pub(super) fn incomplete(read: u64, expected: Option<u64>) -> TransportError {
    let text = match expected.filter(|expected| *expected >= read) {
        Some(expected) => {
            let missing = expected - read;
            let why = format!("IncompleteRead({read} bytes read, {missing} more expected)");
            format!("ChunkedEncodingError(ProtocolError('Connection broken: {why}', {why}))")
        }
        None => ENDED.to_owned(),
    };
    TransportError::new(FailureKind::Closed, text)
}

/// The connection broke with a system error in the middle of the body.
pub(super) fn broken(cause: &TransportError) -> TransportError {
    let connection = str_repr(&format!("Connection broken: {}", cause.text));
    let text = format!(
        "ChunkedEncodingError(ProtocolError({connection}, {}))",
        cause.text
    );
    TransportError::new(FailureKind::Closed, text)
}

/// What came is no HTTP; `begins` is how it begins, where that is known.
pub(super) fn not_http(begins: Option<&[u8]>) -> TransportError {
    let shown = begins.map_or_else(|| "the answer is not HTTP".to_owned(), first_line);
    let text = format!("BadStatusLine({})", str_repr(&shown));
    TransportError::new(FailureKind::Protocol, text)
}

/// The first line, with its end, as Python shows bytes that are no text; long ones are cut, since
/// each distinct text is a row of the failure table.
fn first_line(bytes: &[u8]) -> String {
    const LONGEST: usize = 64;
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let line = &bytes[..end.map_or(bytes.len(), |end| end + 1).min(LONGEST)];
    line.iter().map(|byte| char::from(*byte)).collect()
}

/// A header of the answer cannot be read.
pub(super) fn bad_header() -> TransportError {
    TransportError::new(
        FailureKind::Protocol,
        "HeaderParsingError('the answer has a header that is not HTTP')",
    )
}

/// The head of the answer does not end.
pub(super) fn head_too_large() -> TransportError {
    TransportError::new(
        FailureKind::Protocol,
        "HTTPException('got more than 100 headers, or more than 400 KB of them')",
    )
}

/// The server hung up while the TLS connection was being made.
pub(super) fn handshake_closed() -> TransportError {
    TransportError::new(
        FailureKind::Tls,
        "SSLError('EOF occurred in violation of protocol: the server closed the connection \
         during the handshake')",
    )
}

/// The host's name could not be resolved; `detail` is the system's text.
pub(super) fn unknown_host(detail: &str) -> TransportError {
    let text = if detail.contains("Temporary failure") {
        "gaierror(-3, 'Temporary failure in name resolution')"
    } else {
        "gaierror(-2, 'Name or service not known')"
    };
    TransportError::new(FailureKind::Connect, text)
}

/// A system error; none for kinds that need more context to be worded.
pub(super) fn system(error: &io::Error) -> Option<TransportError> {
    use io::ErrorKind as Io;
    let (kind, text) = match error.kind() {
        Io::ConnectionRefused => (
            FailureKind::Connect,
            "ConnectionRefusedError(111, 'Connection refused')",
        ),
        Io::ConnectionReset => (
            FailureKind::Closed,
            "ConnectionResetError(104, 'Connection reset by peer')",
        ),
        Io::ConnectionAborted => (
            FailureKind::Closed,
            "ConnectionAbortedError(103, 'Software caused connection abort')",
        ),
        Io::BrokenPipe => (FailureKind::Closed, "BrokenPipeError(32, 'Broken pipe')"),
        Io::HostUnreachable => (FailureKind::Connect, "OSError(113, 'No route to host')"),
        Io::NetworkUnreachable => (
            FailureKind::Connect,
            "OSError(101, 'Network is unreachable')",
        ),
        Io::TimedOut => (
            FailureKind::Timeout,
            "TimeoutError(110, 'Connection timed out')",
        ),
        Io::AddrNotAvailable => (
            FailureKind::Connect,
            "OSError(99, 'Cannot assign requested address'): \
             this load generator ran out of local ports",
        ),
        _ if is_out_of_files(error) => (
            FailureKind::Connect,
            "OSError(24, 'Too many open files'): \
             this load generator ran out of file descriptors (raise ulimit -n)",
        ),
        _ => return None,
    };
    Some(TransportError::new(kind, text))
}

/// EMFILE and ENFILE of Unix systems, WSAEMFILE of Windows.
fn is_out_of_files(error: &io::Error) -> bool {
    let numbers: &[i32] = if cfg!(windows) { &[10024] } else { &[24, 23] };
    error
        .raw_os_error()
        .is_some_and(|number| numbers.contains(&number))
}

/// A handshake or certificate that was not accepted.
pub(super) fn tls(error: &TlsError) -> TransportError {
    let text = match error {
        TlsError::InvalidMessage(_) => {
            "wrong version number: the port does not speak TLS (http:// instead of https://?)"
                .to_owned()
        }
        TlsError::InvalidCertificate(why) => certificate(why),
        TlsError::AlertReceived(
            AlertDescription::CertificateRequired | AlertDescription::BadCertificate,
        ) => "the server does not accept the client certificate, or asks for one (client_cert)"
            .to_owned(),
        TlsError::AlertReceived(alert) => format!("the server refused the handshake: {alert:?}"),
        other => other.to_string(),
    };
    let text = format!("SSLError({})", str_repr(&text));
    TransportError::new(FailureKind::Tls, text)
}

fn certificate(why: &CertificateError) -> String {
    let what = match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "certificate is not yet valid".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "hostname mismatch: the certificate is for another name".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "unable to get local issuer certificate: trust its issuer with ca_cert".to_owned()
        }
        other => other.to_string(),
    };
    format!("certificate verify failed: {what}")
}
