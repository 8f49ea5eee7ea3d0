//! Temporary.
use super::{Client, ClientSettings, Transport, TransportError};
use crate::clock::RunClock;
use crate::model::FailureKind;
use crate::request::{AnswerReader, Prepared};
/// x
pub struct General {
    clock: RunClock,
    client: reqwest::Client,
}
impl General {
    /// x
    pub fn new(clock: RunClock) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        General {
            clock,
            client: reqwest::Client::new(),
        }
    }
}
/// x
pub struct C(reqwest::Client, RunClock);
impl Transport for General {
    type Client = C;
    fn client(&self, _: &ClientSettings) -> Result<C, TransportError> {
        Ok(C(self.client.clone(), self.clock))
    }
}
impl Client for C {
    async fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> Result<(), TransportError> {
        let e = |e: reqwest::Error| TransportError::new(FailureKind::Connect, format!("{e:?}"));
        let mut r = self
            .0
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(request.body.clone())
            .timeout(request.timeout)
            .send()
            .await
            .map_err(e)?;
        reader.head(
            self.1.now(),
            r.status(),
            r.status().canonical_reason().unwrap_or(""),
            r.headers().clone(),
        );
        while let Some(c) = r.chunk().await.map_err(e)? {
            reader.chunk(self.1.now(), &c);
        }
        reader.finish(self.1.now());
        Ok(())
    }
}
