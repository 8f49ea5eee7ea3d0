//! What every transport must do, over real sockets; a new one is added with one line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod own;
pub(crate) mod secure;
pub(crate) mod server;
mod torture;

use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use ragload::clock::RunClock;
use ragload::model::FailureKind;
use ragload::request::{Answer, AnswerReader, Prepared};
use ragload::transport::{Client, ClientSettings, Direct, General, Transport, TransportError};
use tokio::net::TcpListener;
use url::Url;

use crate::output::golden;

use self::secure::{Manner, SecureServer};
use self::server::{PLAIN, Server};

macro_rules! conformance {
    ($transport:ident, $make:expr) => {
        conformance!(@tests $transport, $make,
            answers_arrive_whole_and_in_order
            bodies_are_decoded_and_counted_decoded
            answers_without_a_body_are_complete
            reasons_are_those_the_server_sent
            redirects_change_method_and_body_as_locusts_client_does
            a_redirect_loop_ends_with_locusts_error
            redirects_that_are_not_to_be_followed_are_the_answer
            credentials_do_not_follow_to_another_origin
            hosts_that_were_not_approved_get_no_load
            cookies_belong_to_one_user
            connections_are_kept_and_not_shared
            a_user_that_rests_goes_on_over_the_same_connection
            a_connection_that_ends_while_its_user_rests_is_made_anew
            broken_connections_are_worded_as_locust_words_them
            a_kept_connection_that_dies_is_told_from_a_crash
            a_connection_closed_after_its_answer_is_not_used_again
            a_request_given_up_takes_its_connection_along
            what_a_request_took_counts_however_it_is_given_up
            what_takes_too_long_is_worded_as_locust_words_it
            nobody_there_is_worded_as_locust_words_it
            an_unknown_host_is_named_so
            the_tool_names_itself_unless_the_scenario_does
            the_headers_told_are_the_headers_sent
            certificates_are_checked_unless_told_otherwise
            an_expired_certificate_is_named_so
            a_client_certificate_is_shown_when_asked_for
            plain_http_on_a_tls_address_is_explained
            a_server_that_hangs_up_on_a_handshake_is_named_so
            unusable_certificate_files_are_refused_beforehand
        );
    };
    (@tests $transport:ident, $make:expr, $($test:ident)*) => {
        mod $transport {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&$make).await;
            })*
        }
    };
}

#[tokio::test]
async fn whatever_comes_is_taken_as_the_golden_file_says() {
    let told = torture::play(&direct(), |_| ()).await;
    golden::check("transport/torture.txt", &told);
}

#[tokio::test]
async fn whatever_comes_is_taken_alike_by_both() {
    let (direct, general) = (direct(), general());
    let (direct, general) = tokio::join!(
        torture::play(&direct, |_| ()),
        torture::play(&general, |_| ())
    );
    // reqwest keeps to itself how an answer begins that is no HTTP.
    let line = regex::Regex::new(r"BadStatusLine\('.*'\)").unwrap();
    let untold = "BadStatusLine('the answer is not HTTP')";
    for (direct, general) in direct.lines().zip(general.lines()) {
        assert_eq!(line.replace(direct, untold), general);
    }
    assert_eq!(direct.lines().count(), general.lines().count());
}

#[tokio::test]
async fn a_user_that_rests_between_requests_takes_it_as_one_that_does_not() {
    let told = torture::play(&direct(), Client::rest).await;
    golden::check("transport/torture.txt", &told);
}

conformance!(direct, crate::transport::direct());
conformance!(general, crate::transport::general());

fn direct() -> Direct {
    Direct::new(RunClock::start())
}

fn general() -> General {
    General::new(RunClock::start())
}

fn request(method: Method, url: &str) -> Prepared {
    Prepared {
        method,
        url: Url::parse(url).unwrap(),
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
        timeout: Duration::from_secs(10),
        connect_timeout: None,
        follow_redirects: true,
        constant: true,
    }
}

fn get(url: &str) -> Prepared {
    request(Method::GET, url)
}

fn post(url: &str) -> Prepared {
    Prepared {
        body: "the body".into(),
        ..request(Method::POST, url)
    }
}

fn user<T: Transport>(transport: &T) -> T::Client {
    transport.client(&ClientSettings::default()).unwrap()
}

async fn send(
    client: &mut impl Client,
    request: &Prepared,
) -> (Result<(), TransportError>, Answer) {
    let mut reader = AnswerReader::new(true);
    let result = client.send(request, &mut reader).await;
    (result, reader.into_answer())
}

/// The status and text of an answer that must come.
async fn answer(client: &mut impl Client, request: &Prepared) -> (u16, String) {
    let (result, answer) = send(client, request).await;
    assert_eq!(result, Ok(()), "{}", request.url);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    (answer.status.unwrap().as_u16(), text)
}

/// The error that must come.
async fn error(client: &mut impl Client, request: &Prepared) -> TransportError {
    send(client, request).await.0.unwrap_err()
}

async fn answers_arrive_whole_and_in_order(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for (path, body) in [
        ("/ok", "hello"),
        ("/chunked", "hello world"),
        ("/until-close", "until the end"),
    ] {
        let (result, answer) = send(&mut client, &get(&server.url(path))).await;
        assert_eq!(result, Ok(()), "{path}");
        assert_eq!(
            (&answer.body[..], answer.bytes),
            (body.as_bytes(), body.len() as u64)
        );
        assert!(answer.headers_at <= answer.first_byte_at, "{path}");
        assert!(answer.first_byte_at <= answer.done_at && answer.first_byte_at.is_some());
    }
    let echoed = answer(&mut client, &post(&server.url("/echo?a=b%20c")))
        .await
        .1;
    assert!(
        echoed.starts_with("POST /echo?a=b%20c HTTP/1.1\r\n"),
        "{echoed}"
    );
    assert!(echoed.ends_with("\r\n\r\nthe body"), "{echoed}");
}

async fn bodies_are_decoded_and_counted_decoded(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for path in ["/gzip", "/deflate", "/br", "/zstd"] {
        let (result, answer) = send(&mut client, &get(&server.url(path))).await;
        assert_eq!(result, Ok(()), "{path}");
        assert_eq!(&answer.body[..], PLAIN.as_bytes(), "{path}");
        assert_eq!(answer.bytes, PLAIN.len() as u64, "{path}");
    }
    let bad = error(&mut client, &get(&server.url("/bad-gzip"))).await;
    assert_eq!(bad.kind, FailureKind::Protocol, "{bad}");
    assert!(bad.text.starts_with("ContentDecodingError"), "{bad}");
}

async fn answers_without_a_body_are_complete(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    let cases = [
        (get(&server.url("/204")), 204),
        (get(&server.url("/304")), 304),
        (request(Method::HEAD, &server.url("/ok")), 200),
        (request(Method::HEAD, &server.url("/gzip")), 200),
        (request(Method::HEAD, &server.url("/302")), 302),
    ];
    for (request, status) in cases {
        assert_eq!(answer(&mut client, &request).await, (status, String::new()));
    }
    assert_eq!(server.connections(), 1);
}

async fn reasons_are_those_the_server_sent(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for (path, reason) in [
        ("/ok", "OK"),
        ("/missing", "Not Found"),
        ("/odd", "Nobody (at all) Home"),
    ] {
        let answer = send(&mut client, &get(&server.url(path))).await.1;
        assert_eq!(answer.reason, reason);
    }
}

async fn redirects_change_method_and_body_as_locusts_client_does(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for (path, line, body) in [
        ("/301", "GET /echo ", ""),
        ("/302", "GET /echo?x=1 ", ""),
        ("/303", "GET /echo ", ""),
        ("/307", "POST /echo ", "the body"),
        ("/308", "POST /echo ", "the body"),
    ] {
        let (status, echoed) = answer(&mut client, &post(&server.url(path))).await;
        assert_eq!(status, 200);
        assert!(echoed.starts_with(line), "{path}: {echoed}");
        assert!(
            echoed.ends_with(&format!("\r\n\r\n{body}")),
            "{path}: {echoed}"
        );
    }
    assert_eq!(server.connections(), 1, "redirects use the kept connection");
}

async fn a_redirect_loop_ends_with_locusts_error(transport: &impl Transport) {
    let server = Server::start().await;
    let error = error(&mut user(transport), &get(&server.url("/loop"))).await;
    assert_eq!(error.text, "TooManyRedirects('Exceeded 30 redirects.')");
    assert_eq!(server.requests().len(), 31);
}

async fn redirects_that_are_not_to_be_followed_are_the_answer(transport: &impl Transport) {
    let server = Server::start().await;
    let mut request = get(&server.url("/302"));
    request.follow_redirects = false;
    let expected = (302, "elsewhere".to_owned());
    assert_eq!(answer(&mut user(transport), &request).await, expected);
}

async fn credentials_do_not_follow_to_another_origin(transport: &impl Transport) {
    let (first, second) = (Server::start().await, Server::start().await);
    let mut client = user(transport);
    let mut request = get(&first.url("/to?/echo"));
    for (name, value) in [
        (AUTHORIZATION, "Bearer t"),
        (COOKIE, "own=1"),
        (HeaderName::from_static("x-api-key"), "k"),
    ] {
        request
            .headers
            .insert(name, HeaderValue::from_static(value));
    }
    let at_home = answer(&mut client, &request).await.1;
    for secret in ["Bearer t", "own=1", "x-api-key"] {
        assert!(at_home.contains(secret), "{at_home}");
    }
    request.url = Url::parse(&first.url(&format!("/to?{}", second.url("/echo")))).unwrap();
    let abroad = answer(&mut client, &request).await.1;
    for secret in ["Bearer t", "own=1", "x-api-key"] {
        assert!(!abroad.contains(secret), "{abroad}");
    }
}

async fn hosts_that_were_not_approved_get_no_load(transport: &impl Transport) {
    let server = Server::start().await;
    let elsewhere = format!("http://localhost:{}/echo", server.address.port());
    let request = get(&server.url(&format!("/to?{elsewhere}")));
    let refused = error(&mut user(transport), &request).await;
    assert_eq!(refused.kind, FailureKind::Protocol);
    assert_eq!(
        refused.text,
        "redirect to localhost not followed: the host is not approved for load (see --approve-host)"
    );
    assert_eq!(server.requests().len(), 1);
    let settings = ClientSettings {
        redirect_hosts: vec!["localhost".to_owned()],
        ..ClientSettings::default()
    };
    let mut approved = transport.client(&settings).unwrap();
    assert_eq!(answer(&mut approved, &request).await.0, 200);
}

async fn cookies_belong_to_one_user(transport: &impl Transport) {
    let server = Server::start().await;
    let (mut one, mut other) = (user(transport), user(transport));
    answer(&mut one, &get(&server.url("/cookie"))).await;
    let with = answer(&mut one, &get(&server.url("/echo"))).await.1;
    let without = answer(&mut other, &get(&server.url("/echo"))).await.1;
    assert!(with.contains("id=42"), "{with}");
    assert!(!without.contains("id=42"), "{without}");
    let redirected = answer(&mut other, &get(&server.url("/cookie-redirect")))
        .await
        .1;
    assert!(redirected.contains("id=7"), "{redirected}");
}

async fn connections_are_kept_and_not_shared(transport: &impl Transport) {
    let server = Server::start().await;
    let (mut one, mut other) = (user(transport), user(transport));
    for _ in 0..3 {
        answer(&mut one, &get(&server.url("/ok"))).await;
    }
    assert_eq!(server.connections(), 1);
    answer(&mut other, &get(&server.url("/ok"))).await;
    assert_eq!(server.connections(), 2);
}

async fn a_user_that_rests_goes_on_over_the_same_connection(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for path in ["/ok", "/gzip", "/old", "/ok", "/chunked", "/ok"] {
        client.rest();
        assert_eq!(answer(&mut client, &get(&server.url(path))).await.0, 200);
        client.rest();
        client.rest();
    }
    assert_eq!(server.connections(), 1);
}

async fn a_connection_that_ends_while_its_user_rests_is_made_anew(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for path in ["/gone", "/gone-saying-more"] {
        answer(&mut client, &get(&server.url(path))).await;
        client.rest();
        // Nothing tells that the end has arrived but sending.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let before = (server.connections(), server.requests().len());
        let after = answer(&mut client, &get(&server.url("/ok"))).await;
        assert_eq!(after, (200, "hello".to_owned()), "{path}");
        let new = (server.connections(), server.requests().len());
        assert_eq!(new, (before.0 + 1, before.1 + 1), "{path}");
    }
}

async fn broken_connections_are_worded_as_locust_words_them(transport: &impl Transport) {
    let server = Server::start().await;
    let cases = [
        (
            "/reset",
            FailureKind::Closed,
            "ConnectionResetError(104, 'Connection reset by peer')",
        ),
        (
            "/close",
            FailureKind::Closed,
            "RemoteDisconnected('Remote end closed connection without response')",
        ),
        (
            "/truncated",
            FailureKind::Closed,
            "ChunkedEncodingError(ProtocolError('Connection broken: IncompleteRead(5 bytes read, \
             995 more expected)', IncompleteRead(5 bytes read, 995 more expected)))",
        ),
        (
            "/truncated-chunk",
            FailureKind::Closed,
            "ChunkedEncodingError(ProtocolError('Response ended prematurely'))",
        ),
    ];
    for (path, kind, text) in cases {
        let error = error(&mut user(transport), &get(&server.url(path))).await;
        assert_eq!((error.kind, error.text.as_str()), (kind, text), "{path}");
        assert_eq!(error.is_incomplete(), path.starts_with("/trunc"), "{path}");
    }
    let (result, answer) = send(&mut user(transport), &get(&server.url("/truncated"))).await;
    assert!(result.is_err());
    assert_eq!(
        (&answer.body[..], answer.bytes),
        (&b"hello"[..], 5),
        "what came is reported"
    );
    assert_eq!(answer.done_at, None);
}

async fn a_kept_connection_that_dies_is_told_from_a_crash(transport: &impl Transport) {
    let server = Server::start().await;
    for path in ["/close", "/reset"] {
        let mut client = user(transport);
        answer(&mut client, &get(&server.url("/ok"))).await;
        let sent = server.requests().len();
        let first = error(&mut client, &post(&server.url(path))).await;
        assert_eq!(first.kind, FailureKind::Closed);
        assert_eq!(
            first.text, "reused connection closed before a response",
            "{path}"
        );
        assert_eq!(server.requests().len(), sent + 1, "it is not sent again");
        let second = error(&mut client, &get(&server.url(path))).await;
        assert_ne!(second.text, first.text, "{path}: this connection was new");
    }
}

async fn a_connection_closed_after_its_answer_is_not_used_again(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    for number in 1..=3 {
        let answer = answer(&mut client, &get(&server.url("/close-after"))).await;
        assert_eq!(answer, (200, "bye".to_owned()));
        assert_eq!(server.connections(), number);
    }
    let closed = error(&mut client, &get(&server.url("/close"))).await;
    assert!(closed.text.starts_with("RemoteDisconnected"), "{closed}");
}

async fn a_request_given_up_takes_its_connection_along(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    answer(&mut client, &get(&server.url("/ok"))).await;
    for path in ["/hang", "/hang-in-body"] {
        let hanging = get(&server.url(path));
        let given_up = send(&mut client, &hanging);
        let given_up = tokio::time::timeout(Duration::from_millis(50), given_up).await;
        assert!(given_up.is_err());
        let after = answer(&mut client, &get(&server.url("/ok"))).await;
        assert_eq!(after, (200, "hello".to_owned()), "{path}");
    }
    assert_eq!(server.connections(), 3);
}

async fn what_a_request_took_counts_however_it_is_given_up(transport: &impl Transport) {
    let server = Server::start().await;
    for path in ["/hang", "/hang-in-body"] {
        let mut client = user(transport);
        let mut request = get(&server.url(path));
        let mut reader = AnswerReader::new(false);
        let waited = client.send(&request, &mut reader);
        let waited = tokio::time::timeout(Duration::from_millis(100), waited).await;
        assert!(waited.is_err());
        client.given_up(&mut reader);
        let by_others = reader.into_answer();
        let mut client = user(transport);
        request.timeout = Duration::from_millis(100);
        let (result, by_itself) = send(&mut client, &request).await;
        assert!(result.is_err());
        for answer in [by_others, by_itself] {
            let (waiting, receiving) = (answer.phases.waiting, answer.phases.receiving);
            assert!(waiting > Some(Duration::ZERO), "{path}: {waiting:?}");
            assert_eq!(receiving.is_some(), path == "/hang-in-body");
            assert!(answer.connections.is_none_or(|took| took.made == 1));
        }
    }
}

async fn what_takes_too_long_is_worded_as_locust_words_it(transport: &impl Transport) {
    let server = Server::start().await;
    let port = server.address.port();
    let mut client = user(transport);
    let pool = format!("HTTPConnectionPool(host='127.0.0.1', port={port}): Read timed out.");
    for (path, expected) in [
        (
            "/hang",
            format!("ReadTimeout(ReadTimeoutError(\"{pool} (read timeout=0.25)\"))"),
        ),
        ("/hang-in-body", format!("ReadTimeoutError(\"{pool}\")")),
    ] {
        let mut request = get(&server.url(path));
        request.timeout = Duration::from_millis(250);
        let error = error(&mut client, &request).await;
        assert_eq!(error.kind, FailureKind::Timeout);
        assert_eq!(error.text, expected, "{path}");
    }
    let mut request = get(silent_tls_address().await.as_str());
    request.timeout = Duration::from_millis(250);
    let error = error(&mut client, &request).await;
    assert_eq!(error.kind, FailureKind::Timeout);
    assert_eq!(
        error.text,
        "ConnectTimeoutError('Connection to 127.0.0.1 timed out. (connect timeout=0.25)')"
    );
}

/// An address where connections are accepted and nothing is ever said.
async fn silent_tls_address() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    Url::parse(&format!("https://{address}/")).unwrap()
}

async fn nobody_there_is_worded_as_locust_words_it(transport: &impl Transport) {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let error = error(
        &mut user(transport),
        &get(&format!("http://{address}/x?y=1")),
    )
    .await;
    assert_eq!(error.kind, FailureKind::Connect);
    assert_eq!(
        error.text,
        "ConnectionRefusedError(111, 'Connection refused')"
    );
}

async fn an_unknown_host_is_named_so(transport: &impl Transport) {
    let error = error(&mut user(transport), &get("http://nosuch.invalid/x")).await;
    assert_eq!(error.kind, FailureKind::Connect);
    // A machine without any name server says that it could not ask.
    let known = [
        "gaierror(-2, 'Name or service not known')",
        "gaierror(-3, 'Temporary failure in name resolution')",
    ];
    assert!(known.contains(&error.text.as_str()), "{error}");
}

async fn the_tool_names_itself_unless_the_scenario_does(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    let mut request = get(&server.url("/echo"));
    let own = concat!("user-agent: ragload/", env!("CARGO_PKG_VERSION"), "\r\n");
    assert!(answer(&mut client, &request).await.1.contains(own));
    request
        .headers
        .insert(USER_AGENT, HeaderValue::from_static("mine/1"));
    let echoed = answer(&mut client, &request).await.1;
    assert!(
        echoed.contains("user-agent: mine/1\r\n") && !echoed.contains(own),
        "{echoed}"
    );
}

const PROPER: Manner = Manner {
    expired: false,
    asks_for_certificate: false,
};

async fn the_headers_told_are_the_headers_sent(transport: &impl Transport) {
    let server = Server::start().await;
    let mut client = user(transport);
    answer(&mut client, &get(&server.url("/cookie"))).await;
    let own = |names: &[(HeaderName, &'static str)]| {
        let pair = |(name, value): &(HeaderName, &'static str)| {
            (name.clone(), HeaderValue::from_static(value))
        };
        names.iter().map(pair).collect::<HeaderMap>()
    };
    let range = own(&[(http::header::RANGE, "bytes=0-9")]);
    let named = own(&[
        (USER_AGENT, "me"),
        (COOKIE, "a=b"),
        (http::header::HOST, "elsewhere"),
        (http::header::ACCEPT, "text/html"),
        (http::header::ACCEPT_ENCODING, "identity"),
    ]);
    let (bare, url) = (HeaderMap::new(), server.url("/echo?x"));
    let bodies: [&'static str; 2] = ["", "the body"];
    for method in [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        for (body, headers) in bodies
            .into_iter()
            .zip([&bare, &named])
            .chain([("the body", &bare), ("", &range)])
        {
            let request = Prepared {
                body: body.into(),
                headers: headers.clone(),
                ..request(method.clone(), &url)
            };
            let added = client.added_headers(&request);
            let told = request.headers.iter().chain(&added);
            let line = |(name, value): (&HeaderName, &HeaderValue)| {
                format!("{name}: {}", value.to_str().unwrap())
            };
            let mut told: Vec<String> = told.map(line).collect();
            let echoed = answer(&mut client, &request).await.1;
            let (head, _) = echoed.split_once("\r\n\r\n").unwrap();
            let mut sent: Vec<&str> = head.lines().skip(1).collect();
            told.sort();
            sent.sort_unstable();
            assert_eq!(told, sent, "{method} {body:?}");
        }
    }
}

async fn certificates_are_checked_unless_told_otherwise(transport: &impl Transport) {
    let server = SecureServer::start(PROPER).await;
    let request = get(&server.url("/"));
    let refused = error(&mut user(transport), &request).await;
    assert_eq!(refused.kind, FailureKind::Tls, "{refused}");
    assert!(
        refused
            .text
            .starts_with("SSLError('certificate verify failed"),
        "{refused}"
    );
    let trusting = ClientSettings {
        ca_cert: Some(server.file("ca.pem")),
        ..ClientSettings::default()
    };
    let careless = ClientSettings {
        insecure: true,
        ..ClientSettings::default()
    };
    for settings in [trusting, careless] {
        let mut client = transport.client(&settings).unwrap();
        assert_eq!(
            answer(&mut client, &request).await,
            (200, "secret".to_owned())
        );
    }
}

async fn an_expired_certificate_is_named_so(transport: &impl Transport) {
    let server = SecureServer::start(Manner {
        expired: true,
        ..PROPER
    })
    .await;
    let settings = ClientSettings {
        ca_cert: Some(server.file("ca.pem")),
        ..ClientSettings::default()
    };
    let mut client = transport.client(&settings).unwrap();
    let error = error(&mut client, &get(&server.url("/"))).await;
    let expected = "SSLError('certificate verify failed: certificate has expired')";
    assert_eq!(
        (error.kind, error.text.as_str()),
        (FailureKind::Tls, expected)
    );
}

async fn a_client_certificate_is_shown_when_asked_for(transport: &impl Transport) {
    let server = SecureServer::start(Manner {
        asks_for_certificate: true,
        ..PROPER
    })
    .await;
    let request = get(&server.url("/"));
    let mut settings = ClientSettings {
        ca_cert: Some(server.file("ca.pem")),
        ..ClientSettings::default()
    };
    let refused = error(&mut transport.client(&settings).unwrap(), &request).await;
    assert_eq!(refused.kind, FailureKind::Tls, "{refused}");
    assert!(refused.text.contains("client_cert"), "{refused}");
    settings.client_cert = Some(server.file("client.pem"));
    let mut client = transport.client(&settings).unwrap();
    assert_eq!(answer(&mut client, &request).await.0, 200);
}

async fn plain_http_on_a_tls_address_is_explained(transport: &impl Transport) {
    let error = error(&mut user(transport), &get(&speaking_address().await)).await;
    assert_eq!(error.kind, FailureKind::Tls, "{error}");
    assert!(error.text.contains("does not speak TLS"), "{error}");
}

/// An https address where a server answers anything in plain HTTP.
async fn speaking_address() -> String {
    use tokio::io::AsyncWriteExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            // Open until the client hangs up, so that the answer is not lost to a reset.
            tokio::spawn(async move {
                let mut rest = Vec::new();
                let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
            });
        }
    });
    format!("https://{address}/x")
}

async fn a_server_that_hangs_up_on_a_handshake_is_named_so(transport: &impl Transport) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // All that was said is read, so that the end is no reset.
            let mut hello = [0; 5];
            let read = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut hello).await;
            let length = u16::from_be_bytes([hello[3], hello[4]]);
            let mut rest = vec![0; length.into()];
            let rest = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut rest).await;
            read.and(rest).unwrap();
        }
    });
    let error = error(&mut user(transport), &get(&format!("https://{address}/"))).await;
    assert_eq!(
        (error.kind, error.text.as_str()),
        (
            FailureKind::Tls,
            "SSLError('EOF occurred in violation of protocol: the server closed the connection \
             during the handshake')"
        )
    );
}

async fn unusable_certificate_files_are_refused_beforehand(transport: &impl Transport) {
    let files = tempfile::tempdir().unwrap();
    let empty = files.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let missing = files.path().join("missing.pem");
    for (path, part) in [
        (&empty, "no certificate in it"),
        (&missing, "cannot be used"),
    ] {
        let ca = ClientSettings {
            ca_cert: Some(path.clone()),
            ..ClientSettings::default()
        };
        let own = ClientSettings {
            client_cert: Some(path.clone()),
            ..ClientSettings::default()
        };
        for (settings, name) in [(ca, "ca_cert"), (own, "client_cert")] {
            let refused = transport.client(&settings).err().unwrap();
            assert!(
                refused.text.contains(part) && refused.text.contains(name),
                "{refused}"
            );
        }
    }
}
