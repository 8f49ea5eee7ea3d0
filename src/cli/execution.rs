//! From a plan to a finished run: the outputs, the pre-flight request, the run itself.
//!
//! Must not know who wants the run, whether it may be, or what follows from it.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::clock::RunClock;
use crate::engine::{self, Audience, Finished, PreflightAnswer, Probe, RunParts, Shards};
use crate::event::{Command, Severity, Sink, StopReason};
use crate::model::units::format_duration;
use crate::output::OutputPlan;
use crate::scenario::Plan;
use crate::scenario::plan::Preflight;

use super::args::OurArgs;
use super::{approval, exit};

/// A run that did not begin.
pub(super) struct Refusal {
    pub(super) code: u8,
    pub(super) problem: String,
}

impl Refusal {
    /// A run that did not begin for this reason.
    pub(super) fn new(code: u8, problem: &impl ToString) -> Self {
        Refusal {
            code,
            problem: problem.to_string(),
        }
    }
}

/// Everything a run is made from.
pub(super) struct Execution<'a, L> {
    pub(super) plan: Arc<Plan>,
    pub(super) outputs: &'a OutputPlan,
    /// Makes those who are told beside the files, in groups that do not wait for each other.
    pub(super) live: L,
    pub(super) threads: usize,
    /// Who is told what matters before the run begins.
    pub(super) say: fn(Severity, &str),
}

impl<L: FnOnce() -> Vec<Vec<Box<dyn Sink>>>> Execution<'_, L> {
    /// Runs it to its end. `asking` is polled meanwhile: it is what fills `orders`.
    ///
    /// # Errors
    /// Why the run did not begin.
    pub(super) fn run(
        self,
        mut orders: mpsc::Receiver<Command>,
        asking: impl Future<Output = ()>,
    ) -> Result<Finished, Refusal> {
        let unusable = |problem: &dyn std::fmt::Display| {
            Refusal::new(exit::USAGE, &format!("cannot {problem}"))
        };
        self.outputs.check().map_err(|problem| unusable(&problem))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Refusal::new(exit::USAGE, &error))?;
        let running = async {
            self.preflight(&mut orders).await?;
            let files = self.outputs.open().map_err(|problem| unusable(&problem))?;
            self.load(files, orders).await
        };
        let result = runtime.block_on(async {
            tokio::pin!(running, asking);
            tokio::select! {
                // Who listens for signals does so before anything says that it can be stopped.
                biased;
                () = &mut asking => running.await,
                result = &mut running => result,
            }
        });
        // A name still being looked up must not hold up the end.
        runtime.shutdown_background();
        result
    }

    async fn preflight(&self, orders: &mut mpsc::Receiver<Command>) -> Result<(), Refusal> {
        let clock = RunClock::start();
        let transport = approval::client(&self.plan).transport(clock);
        if let Preflight::Get { wait_for, .. } = &self.plan.preflight
            && !wait_for.is_zero()
        {
            let time = format_duration(*wait_for);
            let text = format!("Waiting up to {time} for the target to answer");
            (self.say)(Severity::Info, &text);
        }
        let answer = tokio::select! {
            answer = engine::preflight(&self.plan, &transport, clock) => answer,
            reason = stop(orders) => return Err(called_off(reason)),
        };
        let answer = answer.map_err(|problem| Refusal::new(exit::REFUSED, &problem))?;
        if let Some(PreflightAnswer { asked, status, .. }) =
            answer.filter(|answer| !answer.status.is_success())
        {
            let text = format!(
                "{asked} answered {status}; `preflight: PATH` in the scenario asks elsewhere"
            );
            (self.say)(Severity::Warning, &text);
        }
        Ok(())
    }

    async fn load(
        self,
        files: Vec<Box<dyn Sink>>,
        orders: mpsc::Receiver<Command>,
    ) -> Result<Finished, Refusal> {
        let failed = |error: std::io::Error| {
            let problem = format!("cannot start the threads of a run: {error}");
            Refusal::new(exit::USAGE, &problem)
        };
        let groups = std::iter::once(files).chain((self.live)()).collect();
        let audience = Audience::on_threads(groups).map_err(failed)?;
        let clock = RunClock::start();
        let parts = RunParts {
            transport: Arc::new(approval::client(&self.plan).transport(clock)),
            plan: self.plan,
            clock,
            commands: orders,
            audience,
            probe: Probe::of_this_process(),
            shards: Shards::Threads(self.threads),
        };
        engine::run(parts).await.map_err(failed)
    }
}

/// Waits until somebody wants the run to end; there is nothing else to ask before it begins.
async fn stop(orders: &mut mpsc::Receiver<Command>) -> StopReason {
    loop {
        match orders.recv().await {
            Some(Command::Stop(reason)) => return reason,
            Some(Command::Abort) => return StopReason::Interrupt,
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}

fn called_off(reason: StopReason) -> Refusal {
    let (code, how) = match reason {
        StopReason::Interrupt => (130, "interrupted"),
        StopReason::Terminate => (143, "interrupted"),
        StopReason::Requested => (exit::REFUSED, "stopped"),
    };
    Refusal::new(code, &format!("{how} before the run began"))
}

/// How many threads make load: one per core unless told otherwise.
pub(super) fn threads(ours: &OurArgs) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    ours.threads.map_or_else(cores, usize::from)
}
