//! Behaviour of the module above.

use http::Method;
use http::header::LOCATION;
use url::Url;

use crate::model::FailureKind;

use super::*;

fn request(path: &str) -> Prepared {
    Prepared {
        method: Method::GET,
        url: Url::parse("http://h").unwrap().join(path).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        timeout: Duration::from_secs(5),
        connect_timeout: None,
        follow_redirects: true,
        constant: false,
    }
}

fn scripted(request: &SimRequest<'_>) -> SimReply {
    match request.prepared.url.path() {
        "/slow" => SimReply::status(200)
            .after(Duration::from_secs(3))
            .body("done"),
        "/late" => SimReply::status(200).after(Duration::from_secs(6)),
        "/hang" => SimReply::hang(),
        "/broken" => SimReply::error(TransportError::new(FailureKind::Closed, "gone")),
        "/moved" => SimReply::status(302).header(LOCATION, HeaderValue::from_static("/ok")),
        "/count" => SimReply::status(200).body(format!("{}.{}", request.client, request.count)),
        _ => SimReply::status(200),
    }
}

async fn send(
    client: &mut SimClient,
    path: &str,
) -> (Result<(), TransportError>, crate::request::Answer) {
    let mut reader = AnswerReader::new(true);
    let result = client.send(&request(path), &mut reader).await;
    (result, reader.into_answer())
}

#[tokio::test(start_paused = true)]
async fn answers_come_after_their_delay() {
    let clock = RunClock::start();
    let sim = Sim::new(clock, scripted);
    let mut client = sim.client(&ClientSettings::default()).unwrap();
    let (result, answer) = send(&mut client, "/slow").await;
    assert_eq!(result, Ok(()));
    assert_eq!(answer.done_at, Some(Offset::from_secs(3)));
    assert_eq!(&answer.body[..], b"done");
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_ends_at_the_timeout() {
    let clock = RunClock::start();
    let sim = Sim::new(clock, scripted);
    let mut client = sim.client(&ClientSettings::default()).unwrap();
    for (number, path) in (1u64..).zip(["/late", "/hang"]) {
        let error = send(&mut client, path).await.0.unwrap_err();
        assert_eq!(error.kind, FailureKind::Timeout);
        assert!(error.text.contains("(read timeout=5)"), "{}", error.text);
        assert_eq!(clock.now(), Offset::from_secs(5 * number));
    }
    assert_eq!(
        send(&mut client, "/broken").await.0.unwrap_err().text,
        "gone"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_served_is_counted_and_clients_are_numbered() {
    let sim = Sim::new(RunClock::start(), scripted);
    let mut first = sim.client(&ClientSettings::default()).unwrap();
    let mut second = sim.client(&ClientSettings::default()).unwrap();
    let (result, answer) = send(&mut first, "/moved").await;
    assert_eq!((result, answer.status), (Ok(()), Some(StatusCode::OK)));
    assert_eq!(&send(&mut first, "/count").await.1.body[..], b"0.2");
    assert_eq!(&send(&mut second, "/count").await.1.body[..], b"1.0");
    let _ = send(&mut second, "/broken").await;
    let served: Vec<_> = sim.served().into_iter().collect();
    let row = |path: &str, status, count| (("GET".to_owned(), path.to_owned(), status), count);
    assert_eq!(
        served,
        [
            row("/broken", None, 1),
            row("/count", Some(200), 2),
            row("/moved", Some(302), 1),
            row("/ok", Some(200), 1),
        ]
    );
    assert_eq!(sim.total(), 5);
}
