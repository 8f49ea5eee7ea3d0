//! One virtual user's reqwest client.
//!
//! Owns the exchange: send, redirects, body, timeout. Must not know whose requests these are.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode, Version};
use reqwest::cookie::{CookieStore, Jar};
use rustls::ClientConfig;
use tokio::time::timeout_at;
use url::{Origin, Url};

use crate::clock::RunClock;
use crate::model::{FailureKind, Offset, Phases};
use crate::request::{AnswerReader, Prepared};
use crate::transport::added::{added_alone, host, with_added};
use crate::transport::chosen::is_loopback;
use crate::transport::errors::{self, Causes};
use crate::transport::redirect::Redirects;
use crate::transport::{Client, TransportError, texts};

/// The time to connect is counted by reqwest from a moment after ours; it gets the chance to say
/// that it was the connecting that took too long.
const CONNECT_GRACE: Duration = Duration::from_millis(3);

/// The connections and cookies of one virtual user.
pub struct GeneralClient {
    clock: RunClock,
    tls: ClientConfig,
    cookies: Arc<Jar>,
    redirect_hosts: Arc<[String]>,
    /// For hosts of this machine: a company's proxy cannot reach them.
    direct: Option<reqwest::Client>,
    /// For all others: the system's proxies are honoured.
    proxied: Option<reqwest::Client>,
    /// Origins to which a connection was kept alive after an answer.
    kept: Vec<Origin>,
    /// The longest time any request allowed for connecting until now.
    longest: Duration,
    /// Where the last request was sent.
    current: Option<Url>,
    /// When it was sent.
    begun: Offset,
    /// When the head of its answer was there, if it is.
    headed: Option<Offset>,
}

impl GeneralClient {
    pub(super) fn new(clock: RunClock, tls: ClientConfig, redirect_hosts: Vec<String>) -> Self {
        GeneralClient {
            clock,
            tls,
            redirect_hosts: redirect_hosts.into(),
            cookies: Arc::default(),
            direct: None,
            proxied: None,
            kept: Vec::new(),
            longest: Duration::ZERO,
            current: None,
            begun: Offset::ZERO,
            headed: None,
        }
    }

    /// Sends and follows redirects until an answer that is the last.
    async fn follow(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let hosts = Arc::clone(&self.redirect_hosts);
        let mut redirects = Redirects::of(request, &hosts);
        let mut hop = None;
        loop {
            let current = hop.as_ref().unwrap_or(request);
            reader.forget();
            let (status, headers) = self.exchange(current, reader).await?;
            match redirects.next(current, status, &headers)? {
                Some(next) => hop = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Sends one request and reads its answer.
    async fn exchange(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(StatusCode, HeaderMap), TransportError> {
        self.current = Some(request.url.clone());
        self.headed = None;
        self.begun = self.clock.now();
        let client = self.client_for(request)?;
        let origin = request.url.origin();
        let reused = self.kept.contains(&origin);
        // It is kept again once this answer is read whole.
        self.kept.retain(|kept| *kept != origin);
        let sending = client
            .request(request.method.clone(), request.url.clone())
            .headers(with_added(request, &host(&request.url), None))
            .body(request.body.clone())
            .send();
        let mut response = sending.await.map_err(|error| {
            let error = before_head(error, request);
            if reused && errors::is_closed(&error) {
                texts::closed_when_reused()
            } else {
                error
            }
        })?;
        let status = response.status();
        let headers = response.headers().clone();
        let headed = self.clock.now();
        self.headed = Some(headed);
        reader.head(headed, status, reason(&response), headers.clone());
        self.read_body(&mut response, reader).await?;
        self.tell(reader);
        if stays_open(response.version(), &headers) {
            self.kept.push(origin);
        }
        Ok((status, headers))
    }

    /// Tells how long the exchange took until now.
    fn tell(&self, reader: &mut AnswerReader) {
        let now = self.clock.now();
        // reqwest keeps the earlier phases to itself: they are in the waiting.
        reader.spent(&Phases {
            waiting: Some(self.headed.unwrap_or(now).since(self.begun)),
            receiving: self.headed.map(|headed| now.since(headed)),
            ..Phases::default()
        });
    }

    async fn read_body(
        &self,
        response: &mut reqwest::Response,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let length = response.headers().get(CONTENT_LENGTH);
        let expected = length.and_then(|value| value.to_str().ok()?.parse().ok());
        let mut read = 0;
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| Causes::of(&error.without_url()).within_body(read, expected))?
        {
            read += bytes.len() as u64;
            if !bytes.is_empty() {
                reader.chunk(self.clock.now(), &bytes);
            }
        }
        reader.finish(self.clock.now());
        Ok(())
    }

    /// The client for this request, built when it is first needed and again when a request
    /// allows more time than any before: reqwest limits the time to connect per client.
    fn client_for(&mut self, request: &Prepared) -> Result<reqwest::Client, TransportError> {
        let allowed = to_connect(request);
        if allowed > self.longest {
            self.longest = allowed;
            self.direct = None;
            self.proxied = None;
            self.kept.clear();
        }
        let local = is_loopback(&request.url);
        let slot = if local { &self.direct } else { &self.proxied };
        if let Some(client) = slot {
            return Ok(client.clone());
        }
        let client = self.build(local)?;
        let slot = if local {
            &mut self.direct
        } else {
            &mut self.proxied
        };
        Ok(slot.insert(client).clone())
    }

    fn build(&self, direct: bool) -> Result<reqwest::Client, TransportError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .cookie_provider(Arc::clone(&self.cookies))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(self.longest)
            .pool_max_idle_per_host(1)
            // A server's idle timeout is the server's business, as with Locust.
            .pool_idle_timeout(None::<Duration>);
        let builder = if direct { builder.no_proxy() } else { builder };
        builder
            .build()
            .map_err(|error| TransportError::new(FailureKind::Connect, error.to_string()))
    }
}

impl Client for GeneralClient {
    async fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let deadline = self.clock.now() + request.timeout + CONNECT_GRACE;
        let deadline = self.clock.instant(deadline);
        match timeout_at(deadline, Box::pin(self.follow(request, reader))).await {
            Ok(result) => result,
            Err(_) => {
                self.tell(reader);
                let at = self.current.as_ref().unwrap_or(&request.url);
                Err(if self.headed.is_some() {
                    texts::body_timeout(at)
                } else {
                    texts::read_timeout(at, request.timeout)
                })
            }
        }
    }

    fn given_up(&mut self, reader: &mut AnswerReader) {
        self.tell(reader);
    }

    fn added_headers(&self, request: &Prepared) -> HeaderMap {
        added_alone(request, self.cookies.cookies(&request.url))
    }
}

/// The time a request allows for connecting.
fn to_connect(request: &Prepared) -> Duration {
    request.connect_timeout.unwrap_or(request.timeout)
}

/// An error from before the head of the answer was there.
fn before_head(error: reqwest::Error, request: &Prepared) -> TransportError {
    let connecting = error.is_connect();
    let timed_out = error.is_timeout();
    let causes = Causes::of(&error.without_url());
    match causes.known() {
        Some(known) => known,
        None if connecting && timed_out => {
            texts::connect_timeout(&request.url, to_connect(request))
        }
        None if connecting => causes.connecting(),
        None => causes.before_head(),
    }
}

/// The reason phrase as the server sent it, for the statuses whose failures show it; reqwest
/// tells it only within an error.
fn reason(response: &reqwest::Response) -> String {
    let status = response.status();
    let canonical = || status.canonical_reason().unwrap_or_default().to_owned();
    let Err(error) = response.error_for_status_ref() else {
        return canonical();
    };
    let text = error.without_url().to_string();
    text.split_once(&format!("({} ", status.as_str()))
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .filter(|reason| !reason.starts_with('<'))
        .map_or_else(canonical, str::to_owned)
}

fn stays_open(version: Version, headers: &HeaderMap) -> bool {
    let option = headers
        .get(CONNECTION)
        .map(|value| value.as_bytes().to_ascii_lowercase());
    match (version, option.as_deref()) {
        (_, Some(b"close")) => false,
        (Version::HTTP_10, option) => option == Some(b"keep-alive"),
        _ => true,
    }
}
