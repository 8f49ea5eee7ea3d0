//! Where shards run: each on a thread of its own, or all on the caller's.
//!
//! Must not know what a shard does.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::LocalSet;

use crate::clock::RunClock;
use crate::model::Offset;
use crate::scenario::Plan;
use crate::transport::Transport;

use super::allowance::Ration;
use super::shard::{Place, ShardCommand, ShardReport, shard};

/// Commands a shard can have waiting; more than one spawn step, so that the director never waits
/// for a shard that is merely busy.
const WAITING: usize = 256;

/// The shortest stretch over which a thread can be called busy.
const SHORTEST: Duration = Duration::from_millis(500);

/// How many shards there are, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shards {
    /// So many, each on an operating-system thread with a runtime of its own: for real load.
    Threads(usize),
    /// So many, as local tasks of the calling runtime, within its [`LocalSet`]: for tests on a
    /// paused clock, where two runtimes would drift apart.
    Local(usize),
}

/// The director's side of a running shard.
pub(super) struct ShardHandle {
    commands: mpsc::Sender<ShardCommand>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// How long its thread had been at work when it last reported.
    worked: Duration,
    /// When it was last asked how busy it is, and how long it had been at work then.
    asked: (Offset, Duration),
}

impl ShardHandle {
    /// Tells the shard; one whose thread is gone hears nothing.
    pub(super) async fn tell(&self, command: ShardCommand) {
        let _ = self.commands.send(command).await;
    }

    /// Asks for a report; none from a shard that is gone.
    pub(super) async fn ask(&mut self) -> Option<ShardReport> {
        let (reply, report) = oneshot::channel();
        self.commands.send(ShardCommand::Report(reply)).await.ok()?;
        let report = report.await.ok()?;
        self.worked = report.worked;
        Some(report)
    }

    /// Has it hand back all but so many of the requests it may send; how many those were, none from
    /// a shard that is gone.
    pub(super) async fn hand_back(&self, keep: u64) -> u64 {
        let (reply, returned) = oneshot::channel();
        let ration = Ration::HandBack { keep, reply };
        self.tell(ShardCommand::Allow(ration)).await;
        returned.await.unwrap_or(0)
    }

    /// Share of the time since this was last asked that its thread was at work, 0 to 1; none for
    /// a shard without a thread of its own, and over a stretch too short to tell.
    pub(super) fn busy(&mut self, now: Offset) -> Option<f64> {
        let (before, worked_before) = std::mem::replace(&mut self.asked, (now, self.worked));
        let stretch = now.since(before);
        let work = self.worked.saturating_sub(worked_before);
        let tells = self.thread.is_some() && stretch >= SHORTEST;
        tells.then(|| (work.as_secs_f64() / stretch.as_secs_f64()).min(1.0))
    }

    /// Ends the shard and waits for its thread.
    pub(super) fn close(self) {
        drop(self.commands);
        if let Some(thread) = self.thread {
            // A panicked shard has been reported by its silence already.
            let _ = thread.join();
        }
    }
}

/// Starts all shards; `short` hears of users that wait for more of a budget of requests.
///
/// # Errors
/// When the operating system refuses a thread or a runtime.
pub(super) fn launch<T: Transport>(
    shards: Shards,
    plan: &Arc<Plan>,
    transport: &Arc<T>,
    clock: RunClock,
    short: &Arc<Notify>,
) -> std::io::Result<Vec<ShardHandle>> {
    let (Shards::Threads(of) | Shards::Local(of)) = shards;
    let of = of.max(1);
    (0..of)
        .map(|index| {
            let (commands, receiver) = mpsc::channel(WAITING);
            let (plan, transport) = (Arc::clone(plan), Arc::clone(transport));
            let short = Arc::clone(short);
            let place = Place { index, of };
            let thread = match shards {
                Shards::Local(_) => {
                    tokio::task::spawn_local(shard(plan, transport, clock, place, receiver, short));
                    None
                }
                Shards::Threads(_) => Some(on_thread(index, move || {
                    shard(plan, transport, clock, place, receiver, short)
                })?),
            };
            Ok(ShardHandle {
                commands,
                thread,
                worked: Duration::ZERO,
                asked: (clock.now(), Duration::ZERO),
            })
        })
        .collect()
}

fn on_thread<F>(
    index: usize,
    make: impl FnOnce() -> F + Send + 'static,
) -> std::io::Result<std::thread::JoinHandle<()>>
where
    F: Future<Output = ()> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name(format!("shard-{index}"))
        .spawn(move || {
            LocalSet::new().block_on(&runtime, make());
            // A name still being looked up must not hold up the results.
            runtime.shutdown_background();
        })
}
