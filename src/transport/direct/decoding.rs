//! Answers that come encoded, decoded as they come.
//!
//! The decoder is the one reqwest uses, so that both transports decode, count and fail alike.
//! Must not know where the bytes come from.

use std::convert::Infallible;
use std::future::ready;

use http::{Request, Response};
use http_body::Body;
use tower::{ServiceExt, service_fn};
use tower_http::decompression::{Decompression, DecompressionBody};

/// The answer with its body decoded, and without the headers that told of the encoding. One whose
/// encoding is not known stays as it is.
pub(super) async fn decoded<B: Body>(answer: Response<B>) -> Response<DecompressionBody<B>> {
    let mut answer = Some(answer);
    let once = service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(
            answer.take().expect("it is asked once"),
        ))
    });
    match Decompression::new(once).oneshot(Request::new(())).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
