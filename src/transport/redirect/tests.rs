//! Behaviour of the module above.

use std::time::Duration;

use http::HeaderValue;
use http::header::{AUTHORIZATION, COOKIE};
use proptest::prelude::*;

use super::*;

fn request(method: Method) -> Prepared {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (AUTHORIZATION, "Bearer t"),
        (COOKIE, "a=1"),
        (HeaderName::from_static("x-api-key"), "k"),
        (CONTENT_TYPE, "application/json"),
        (ACCEPT, "*/*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Prepared {
        method,
        url: Url::parse("http://h:8000/a/b?c=d").unwrap(),
        headers,
        body: "{}".into(),
        timeout: Duration::from_secs(1),
        connect_timeout: None,
        follow_redirects: true,
        constant: false,
    }
}

fn follow(request: &Prepared, status: u16, location: &str) -> Result<Option<Prepared>, String> {
    let mut headers = HeaderMap::new();
    headers.insert(
        LOCATION,
        HeaderValue::from_bytes(location.as_bytes()).unwrap(),
    );
    let hosts = [
        "Friend.example".to_owned(),
        "ported.example:8443".to_owned(),
    ];
    Redirects::of(request, &hosts)
        .next(request, StatusCode::from_u16(status).unwrap(), &headers)
        .map_err(|error| error.text)
}

fn followed(method: Method, status: u16, location: &str) -> Prepared {
    follow(&request(method), status, location).unwrap().unwrap()
}

#[test]
fn methods_and_bodies_change_as_in_locusts_client() {
    let cases = [
        (Method::POST, 301, Method::GET, false),
        (Method::PUT, 301, Method::PUT, false),
        (Method::POST, 302, Method::GET, false),
        (Method::PUT, 303, Method::GET, false),
        (Method::POST, 307, Method::POST, true),
        (Method::DELETE, 308, Method::DELETE, true),
    ];
    for (method, status, expected, keeps_body) in cases {
        let next = followed(method, status, "/x");
        assert_eq!(next.method, expected, "{status}");
        assert_eq!(!next.body.is_empty(), keeps_body, "{status}");
        assert_eq!(
            next.headers.contains_key(CONTENT_TYPE),
            keeps_body,
            "{status}"
        );
    }
}

#[test]
fn locations_are_resolved_against_the_request() {
    let cases = [
        ("/x?y=1#z", "http://h:8000/x?y=1"),
        ("c", "http://h:8000/a/c"),
        ("?e=f", "http://h:8000/a/b?e=f"),
        ("http://u:p@h:8000/", "http://h:8000/"),
        ("//h:9/x", "http://h:9/x"),
    ];
    for (location, expected) in cases {
        assert_eq!(followed(Method::GET, 302, location).url.as_str(), expected);
    }
}

#[test]
fn credentials_stay_with_their_origin() {
    let names = |next: &Prepared| {
        let mut names: Vec<String> = next.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(
        names(&followed(Method::POST, 307, "/x")),
        "accept authorization content-type cookie x-api-key"
    );
    for elsewhere in ["http://h:9/", "https://h:8000/", "http://friend.example/"] {
        let next = followed(Method::POST, 307, elsewhere);
        assert_eq!(names(&next), "accept content-type", "{elsewhere}");
        let home = follow(&next, 307, "http://h:8000/");
        assert!(home.is_err() || names(&home.unwrap().unwrap()) == "accept content-type");
    }
}

#[test]
fn load_is_not_led_to_hosts_that_were_not_approved() {
    assert_eq!(
        follow(&request(Method::GET), 302, "http://other.example/x"),
        Err("redirect to other.example not followed: the host is not approved for load (see --approve-host)".to_owned())
    );
    let error = follow(&request(Method::GET), 302, "ftp://h/x").unwrap_err();
    assert_eq!(
        error,
        "redirect not followed: ftp is neither http nor https"
    );
}

#[test]
fn an_approval_with_a_port_is_for_that_port() {
    let lead = |location| follow(&request(Method::GET), 302, location);
    assert!(lead("https://ported.example:8443/x").is_ok());
    assert!(lead("https://ported.example/x").is_err());
}

#[test]
fn what_is_not_to_be_followed_is_the_answer() {
    assert!(follow(&request(Method::HEAD), 302, "/x").unwrap().is_none());
    assert!(follow(&request(Method::GET), 304, "/x").unwrap().is_none());
    let mut still = request(Method::GET);
    still.follow_redirects = false;
    assert!(follow(&still, 302, "/x").unwrap().is_none());
    let none = Redirects::of(&still, &[]).next(
        &request(Method::GET),
        StatusCode::FOUND,
        &HeaderMap::new(),
    );
    assert!(none.unwrap().is_none());
}

#[test]
fn a_loop_ends_after_thirty_redirects() {
    let request = request(Method::GET);
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, HeaderValue::from_static("/loop"));
    let mut redirects = Redirects::of(&request, &[]);
    for _ in 0..30 {
        assert!(
            redirects
                .next(&request, StatusCode::FOUND, &headers)
                .unwrap()
                .is_some()
        );
    }
    let error = redirects
        .next(&request, StatusCode::FOUND, &headers)
        .unwrap_err();
    assert_eq!(error.text, "TooManyRedirects('Exceeded 30 redirects.')");
}

proptest! {
    #[test]
    fn no_location_panics_or_leaves_the_approved_hosts(location in "\\PC*") {
        if let Ok(Some(next)) = follow(&request(Method::GET), 302, &location) {
            prop_assert!(["h", "friend.example"].contains(&host(&next.url).as_str()));
        }
    }
}
