//! One virtual user's connections and cookies, and the course of a request over them.
//!
//! Owns which connection serves a request, and what is done when it is gone. Must not know how a
//! connection works.

use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::cookie::{CookieStore, Jar};
use tokio::time::timeout_at;
use url::Url;

use crate::clock::RunClock;
use crate::clock::timer::Timer;
use crate::model::Offset;
use crate::request::{AnswerReader, Prepared};
use crate::transport::added::added_alone;
use crate::transport::errors::is_closed;
use crate::transport::redirect::Redirects;
use crate::transport::{Client, TransportError, texts};

use super::connect::Dial;
use super::connection::{Connection, origin};
use super::course::{Course, Stage};
use super::http1::{Head, Outgoing, outgoing};
use super::names::Names;
use super::receive::receive;
use super::sessions::Sessions;

/// Connections are kept to so many origins, as by Locust.
const KEPT: usize = 10;

/// The connections and cookies of one virtual user.
pub struct DirectClient {
    timer: Timer,
    user: User,
}

/// All of it that a request needs while its time runs.
struct User {
    clock: RunClock,
    names: Arc<Names>,
    sessions: Sessions,
    redirect_hosts: Rc<[String]>,
    /// None until a server sets a cookie.
    cookies: Option<Box<Jar>>,
    /// Ready for the next request, or closed by now.
    #[expect(
        clippy::vec_box,
        reason = "each request takes one out and puts it back"
    )]
    kept: Vec<Box<Connection>>,
    /// The origins this user was connected to.
    known: Vec<Box<str>>,
    course: Course,
}

impl DirectClient {
    pub(super) fn new(
        clock: RunClock,
        names: Arc<Names>,
        sessions: Sessions,
        redirect_hosts: Rc<[String]>,
    ) -> Self {
        let user = User {
            clock,
            names,
            sessions,
            redirect_hosts,
            cookies: None,
            kept: Vec::new(),
            known: Vec::new(),
            course: Course::default(),
        };
        DirectClient {
            timer: Timer::default(),
            user,
        }
    }
}

impl Client for DirectClient {
    async fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let DirectClient { timer, user } = self;
        let started = user.clock.now();
        let deadline = started + request.timeout;
        user.course = Course::until(deadline);
        let deadline = user.clock.instant(deadline);
        let result = {
            let course = pin!(user.follow(request, started, reader));
            timer.limit(deadline, course).await
        };
        if result.is_none() {
            user.course.given_up(user.clock.now());
        }
        user.tell(reader);
        result.unwrap_or_else(|| Err(user.course.timed_out(request)))
    }

    fn given_up(&mut self, reader: &mut AnswerReader) {
        self.user.course.given_up(self.user.clock.now());
        self.user.tell(reader);
    }

    fn added_headers(&self, request: &Prepared) -> HeaderMap {
        added_alone(request, self.user.cookies_for(&request.url))
    }

    fn rest(&mut self) {
        self.user.kept.iter_mut().for_each(|kept| kept.rest());
    }
}

impl User {
    /// Tells what the request took.
    fn tell(&self, reader: &mut AnswerReader) {
        reader.spent(&self.course.phases);
        reader.connected(self.course.connections);
    }

    /// Sends and follows redirects until an answer that is the last.
    async fn follow(
        &mut self,
        request: &Prepared,
        started: Offset,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let status = self.exchange(request, started, reader).await?;
        let hosts = Rc::clone(&self.redirect_hosts);
        let mut redirects = Redirects::of(request, &hosts);
        match redirects.next(request, status, reader.headers())? {
            Some(next) => Box::pin(self.follow_on(next, redirects, reader)).await,
            None => Ok(()),
        }
    }

    async fn follow_on(
        &mut self,
        mut request: Prepared,
        mut redirects: Redirects<'_>,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        loop {
            self.course.led_to(&request.url);
            reader.forget();
            let status = self.exchange(&request, self.clock.now(), reader).await?;
            match redirects.next(&request, status, reader.headers())? {
                Some(next) => request = next,
                None => return Ok(()),
            }
        }
    }

    /// Sends one request and reads its answer.
    async fn exchange(
        &mut self,
        request: &Prepared,
        begun: Offset,
        reader: &mut AnswerReader,
    ) -> Result<StatusCode, TransportError> {
        let (mut connection, answer) = self.ask(request, begun).await?;
        self.take_cookies(&request.url, &answer.headers);
        let status = answer.status;
        let received = receive(&mut connection, answer, reader).await;
        self.course.received(connection.watch());
        received?;
        self.keep(connection);
        Ok(status)
    }

    /// Sends a request, over a kept connection or a new one, and waits for the head of its
    /// answer.
    async fn ask(
        &mut self,
        request: &Prepared,
        begun: Offset,
    ) -> Result<(Box<Connection>, Head), TransportError> {
        if let Some(mut connection) = self.kept_to(&request.url) {
            self.course.sets_out(begun);
            let outgoing = self.outgoing(request, &connection);
            match connection.send(outgoing, &request.method, begun).await {
                Ok(answer) => {
                    self.course.headed(connection.watch(), begun);
                    return Ok((connection, answer));
                }
                Err(error) if connection.watch().wrote() => {
                    return Err(if is_closed(&error) {
                        texts::closed_when_reused()
                    } else {
                        error
                    });
                }
                // It was closed while nobody used it, and nothing of the request was written.
                Err(_) => self.course.held_up(self.clock.now().since(begun)),
            }
        }
        Box::pin(self.ask_anew(request)).await
    }

    /// As [`User::ask`], over a new connection.
    async fn ask_anew(
        &mut self,
        request: &Prepared,
    ) -> Result<(Box<Connection>, Head), TransportError> {
        self.course.stage = Stage::Connection;
        let mut connection = self.connect_within(request).await?;
        let outgoing = self.outgoing(request, &connection);
        let begun = self.clock.now();
        self.course.sets_out(begun);
        let answer = connection.send(outgoing, &request.method, begun).await?;
        self.course.headed(connection.watch(), begun);
        Ok((connection, answer))
    }

    async fn connect_within(
        &mut self,
        request: &Prepared,
    ) -> Result<Box<Connection>, TransportError> {
        let Some(allowed) = request.connect_timeout else {
            return self.connect(&request.url).await;
        };
        let deadline = self.clock.instant(self.clock.now() + allowed);
        let connecting = timeout_at(deadline, self.connect(&request.url)).await;
        connecting.unwrap_or_else(|_| Err(texts::connect_timeout(&request.url, allowed)))
    }

    async fn connect(&mut self, url: &Url) -> Result<Box<Connection>, TransportError> {
        let dial = Dial {
            names: &self.names,
            tls: (url.scheme() == "https").then(|| self.sessions.own()),
            clock: self.clock,
            deadline: self.course.deadline,
        };
        let socket = dial.dial(url, &mut self.course.phases).await?;
        let connection = Box::new(Connection::over(socket, url, self.clock));
        let origin = connection.origin();
        let again = self.known.iter().any(|known| **known == *origin);
        if !again {
            self.known.push(origin.into());
        }
        self.course.connected(again);
        Ok(connection)
    }

    fn outgoing(&self, request: &Prepared, connection: &Connection) -> Outgoing {
        let cookies = self.cookies_for(&request.url);
        outgoing(request, connection.host(), cookies)
    }

    fn cookies_for(&self, url: &Url) -> Option<HeaderValue> {
        let cookies = self.cookies.as_ref();
        cookies.and_then(|jar| jar.cookies(url))
    }

    fn take_cookies(&mut self, url: &Url, headers: &HeaderMap) {
        if headers.contains_key(SET_COOKIE) {
            let mut cookies = headers.get_all(SET_COOKIE).iter();
            let jar = self.cookies.get_or_insert_default();
            jar.set_cookies(&mut cookies, url);
        }
    }

    fn kept_to(&mut self, url: &Url) -> Option<Box<Connection>> {
        let origin = origin(url);
        let found = self.kept.iter().position(|kept| kept.origin() == origin)?;
        Some(self.kept.remove(found))
    }

    fn keep(&mut self, connection: Box<Connection>) {
        if connection.is_open() {
            if self.kept.len() == KEPT {
                self.kept.remove(0);
            }
            self.kept.push(connection);
        }
    }
}
