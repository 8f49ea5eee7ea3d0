//! Starting, steering and ending runs, one at a time, as often as somebody asks.
//!
//! Must not know who asks, nor how a plan is made or carried out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::event::{Command, End, RunRecord, StopReason};
use crate::scenario::Plan;

use super::board::{Board, Claim, Stage, View};
use super::feed::WebFeed;
use super::launcher::{Launch, Launcher, Order, Refused};
use super::logs::Logs;

/// Commands that may wait for the engine.
const COMMANDS: usize = 16;
/// How long the engine may take to tell what it was asked for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The one place from which runs are started and steered.
pub struct Control {
    board: Arc<Board>,
    launcher: Arc<dyn Launcher>,
    logs: Logs,
    /// The way to the run under way; none before the first.
    commands: Mutex<Option<mpsc::Sender<Command>>>,
}

/// No run is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no run is under way")]
pub struct NotRunning;

impl Control {
    /// The control of what this launcher can carry out.
    #[must_use]
    pub fn new(board: Arc<Board>, launcher: Arc<dyn Launcher>, logs: Logs) -> Self {
        Control {
            board,
            launcher,
            logs,
            commands: Mutex::new(None),
        }
    }

    /// The board that shows what it does.
    #[must_use]
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Who carries runs out.
    #[must_use]
    pub fn launcher(&self) -> &Arc<dyn Launcher> {
        &self.launcher
    }

    /// The last log lines.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Starts a run, and returns once users are at work.
    ///
    /// # Errors
    /// Why it was not, or could not be, started.
    pub async fn start(&self, order: Order) -> Result<Arc<Plan>, Refused> {
        let claim = self.board.claim().ok_or(Refused::Busy)?;
        let plan = self.plan(order).await?;
        let mut views = self.board.watch();
        let number = self.launch(claim, Arc::clone(&plan))?;
        let past = |view: &Arc<View>| view.run != number || view.stage != Stage::Starting;
        // The board outlives everyone who looks at it.
        let view = views.wait_for(past).await.map_err(|_| Refused::Busy)?;
        match &view.problem {
            Some(problem) if view.run == number => Err(Refused::NotBegun(problem.to_string())),
            _ => Ok(plan),
        }
    }

    async fn plan(&self, order: Order) -> Result<Arc<Plan>, Refused> {
        let launcher = Arc::clone(&self.launcher);
        // Data files are read here.
        let planned = tokio::task::spawn_blocking(move || {
            let plan = launcher.plan(&order)?;
            launcher.approve(&plan, order.confirm_host.as_deref())?;
            Ok(plan)
        });
        let broken = |_| Refused::Wrong("the scenario could not be read".to_owned());
        planned.await.map_err(broken)?.map(Arc::new)
    }

    /// Puts a run on a thread of its own.
    fn launch(&self, claim: Claim, plan: Arc<Plan>) -> Result<u64, Refused> {
        let (commands, orders) = mpsc::channel(COMMANDS);
        self.logs.mask(&plan.masker);
        let number = claim.start(Arc::clone(&plan));
        *self.commands.lock().unwrap_or_else(PoisonError::into_inner) = Some(commands);
        let ending = Ending::of(&self.board);
        let launch = Launch {
            plan,
            feed: Box::new(WebFeed::new(Arc::clone(&self.board))),
            orders,
        };
        let launcher = Arc::clone(&self.launcher);
        let run = move || {
            let mut ending = ending;
            ending.problem = launcher.run(launch).err();
        };
        // A thread that cannot be had drops the ending, which says so.
        let thread = std::thread::Builder::new().name("run".to_owned());
        thread
            .spawn(run)
            .map_err(|error| Refused::NotBegun(format!("cannot start a thread: {error}")))?;
        Ok(number)
    }

    /// Asks something of the run under way.
    ///
    /// # Errors
    /// When none is.
    pub async fn ask(&self, command: Command) -> Result<(), NotRunning> {
        let commands = self
            .commands
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let commands = commands.filter(|_| self.board.view().is_busy());
        let asked = commands.ok_or(NotRunning)?.send(command).await;
        asked.map_err(|_| NotRunning)
    }

    /// Sets the number of users of the run under way.
    ///
    /// # Errors
    /// When none is.
    pub async fn set_users(&self, users: u32, rate: f64, end: End) -> Result<(), NotRunning> {
        let spawn_rate = rate;
        self.ask(Command::SetUsers {
            users,
            spawn_rate,
            end,
        })
        .await
    }

    /// Ends the run under way, if one is, and returns once it is over.
    pub async fn stop(&self, reason: StopReason) {
        match self.ask(Command::Stop(reason)).await {
            Ok(()) => self.until_over().await,
            Err(NotRunning) => self.board.stopped(),
        }
    }

    /// Waits until no run is under way.
    pub async fn until_over(&self) {
        // The board outlives everyone who looks at it.
        let _ = self.board.watch().wait_for(|view| !view.is_busy()).await;
    }

    /// Clears the statistics, of the run under way or of the last one, and returns once nobody
    /// is shown the old ones any more.
    pub async fn reset(&self) {
        let mut views = self.board.watch();
        let before = views.borrow_and_update().tick.clone();
        if self.ask(Command::ResetStats).await.is_err() {
            self.board.clear();
            return;
        }
        let at = |view: &View| view.tick.as_ref().map(|tick| tick.snapshot.at);
        let before = before.map(|tick| tick.snapshot.at);
        let told = views.wait_for(|view| at(view) > before || !view.is_busy());
        // A viewer that waits for ever would be worse than one shown an old figure.
        let _ = tokio::time::timeout(PATIENCE, told).await;
    }

    /// The record as far as the run has come; that of the last run when none is under way, none
    /// before the first.
    pub async fn record(&self) -> Option<Arc<RunRecord>> {
        let mut views = self.board.watch();
        let view = Arc::clone(&views.borrow_and_update());
        if is_up_to_date(&view) || self.ask(Command::Record).await.is_err() {
            return view.record.clone();
        }
        let is_new = |now: &Arc<View>| match (&now.record, &view.record) {
            (Some(now), Some(before)) => !Arc::ptr_eq(now, before),
            (now, _) => now.is_some(),
        };
        let told = views.wait_for(|now| is_new(now) || !now.is_busy());
        let _ = tokio::time::timeout(PATIENCE, told).await;
        self.board.view().record.clone()
    }
}

/// Whether the record that was told last tells all that the last tick told.
fn is_up_to_date(view: &View) -> bool {
    let tick = view.tick.as_ref().map(|tick| tick.snapshot.at.elapsed());
    let record = view.record.as_ref().map(|record| record.duration);
    view.stage != Stage::Going || (record.is_some() && record >= tick)
}

/// Says that a run is over, however its thread ended.
struct Ending {
    board: Arc<Board>,
    problem: Option<String>,
}

impl Ending {
    fn of(board: &Arc<Board>) -> Self {
        Ending {
            board: Arc::clone(board),
            problem: Some("the run broke down: the log tells more".to_owned()),
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.board.ended(self.problem.take());
    }
}
