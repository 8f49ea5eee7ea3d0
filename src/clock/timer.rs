//! The time a request is allowed, without a timer for each request.
//!
//! One timer per user is set for the end of some request's time and left there while later
//! requests come and go; only when it fires too early is it set anew. Must not know requests.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// A user's timer, set and asked again and again.
#[derive(Debug, Default)]
pub struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// What the work comes to; none when it is not done by the deadline.
    pub async fn limit<W: Future>(
        &mut self,
        deadline: Instant,
        mut work: Pin<&mut W>,
    ) -> Option<W::Output> {
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => self.poll_over(deadline, context).map(|()| None),
        })
        .await
    }

    /// Ready once the deadline has passed; until then the task is woken at it.
    pub fn poll_over(&mut self, deadline: Instant, context: &mut Context<'_>) -> Poll<()> {
        let sleep = self
            .0
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(context).is_ready() {
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::time::Duration;

    use tokio::time::{advance, sleep};

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "the test's clock is paused")]
    fn now() -> Instant {
        Instant::now()
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_has_its_own_time_whatever_came_before() {
        let mut timer = Timer::default();
        for seconds in [5, 60, 1, 30] {
            let begun = now();
            let allowed = Duration::from_secs(seconds);
            assert_eq!(
                timer.limit(begun + allowed, pin!(pending::<()>())).await,
                None
            );
            assert_eq!(now() - begun, allowed);
            let answer = timer.limit(now() + allowed, pin!(sleep(allowed / 2))).await;
            assert_eq!(answer, Some(()));
            advance(Duration::from_millis(700)).await;
        }
    }
}
