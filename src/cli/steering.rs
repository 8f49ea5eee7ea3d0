//! The way to a running engine: what keys and signals ask of it.
//!
//! Owns that the first Ctrl+C asks for an orderly end and any later one for an end at once,
//! wherever each comes from. Must not know keys, signals or what a command does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::event::{Command, StopReason};

/// Commands that may wait for the engine.
const COMMANDS: usize = 16;

/// Asks things of the engine.
#[derive(Clone)]
pub(super) struct Steering {
    commands: mpsc::Sender<Command>,
    /// Whether an end was insisted on before.
    insisted: Arc<AtomicBool>,
}

/// Nobody is there any more: the run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over;

impl Steering {
    /// The way to an engine, and its end there.
    pub(super) fn new() -> (Steering, mpsc::Receiver<Command>) {
        let (commands, orders) = mpsc::channel(COMMANDS);
        let steering = Steering {
            commands,
            insisted: Arc::default(),
        };
        (steering, orders)
    }

    /// Asks for the end of the run as a signal does: the first time for an orderly one.
    pub(super) async fn end(&self, reason: StopReason) -> Result<(), Over> {
        let command = self.insist(reason);
        self.commands.send(command).await.map_err(|_| Over)
    }

    /// The same, on a thread that may wait.
    pub(super) fn end_blocking(&self, reason: StopReason) -> Result<(), Over> {
        self.ask_blocking(self.insist(reason))
    }

    /// Asks anything, on a thread that may wait.
    pub(super) fn ask_blocking(&self, command: Command) -> Result<(), Over> {
        self.commands.blocking_send(command).map_err(|_| Over)
    }

    /// Whether the next one who asks for the end gets it at once.
    pub(super) fn insisted(&self) -> bool {
        self.insisted.load(Ordering::Relaxed)
    }

    fn insist(&self, reason: StopReason) -> Command {
        if self.insisted.swap(true, Ordering::Relaxed) {
            Command::Abort
        } else {
            Command::Stop(reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ctrl_c_or_signal_is_gentle_and_the_next_is_not() {
        let (steering, mut orders) = Steering::new();
        let keyboard = steering.clone();
        assert!(!steering.insisted());
        keyboard.end_blocking(StopReason::Interrupt).unwrap();
        assert!(steering.insisted());
        let asked = futures_util::FutureExt::now_or_never(steering.end(StopReason::Terminate));
        assert_eq!(asked, Some(Ok(())));
        let stop = Command::Stop(StopReason::Interrupt);
        assert_eq!(orders.blocking_recv(), Some(stop));
        assert_eq!(orders.blocking_recv(), Some(Command::Abort));
        drop(orders);
        assert_eq!(keyboard.ask_blocking(Command::Pause), Err(Over));
    }
}
