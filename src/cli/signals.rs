//! Ctrl+C, SIGTERM and a closed console, as commands to the engine.
//!
//! The only place that assumes anything about signals. Must not know what a stop does.

use crate::event::StopReason;

use super::steering::Steering;

/// Turns signals into commands for as long as it is polled.
pub(super) async fn forward(steering: Steering) {
    loop {
        let reason = next_signal().await;
        if steering.end(reason).await.is_err() {
            return;
        }
    }
}

/// Waits for one signal that asks the program to end.
#[cfg(unix)]
pub(super) async fn next_signal() -> StopReason {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupt().await;
    };
    tokio::select! {
        reason = interrupt() => reason,
        _ = terminate.recv() => StopReason::Terminate,
        () = hangup() => StopReason::Terminate,
    }
}

/// The terminal was closed. Listened to only where there is one: a run under `nohup` was started
/// so as not to be told.
#[cfg(unix)]
async fn hangup() {
    use std::io::IsTerminal;
    use tokio::signal::unix::{SignalKind, signal};
    let has_terminal = std::io::stderr().is_terminal() || std::io::stdout().is_terminal();
    // Even setting up a listener would undo what nohup asked for.
    match has_terminal.then(|| signal(SignalKind::hangup())) {
        Some(Ok(mut hangup)) => drop(hangup.recv().await),
        Some(Err(_)) | None => std::future::pending().await,
    }
}

/// Waits for one signal that asks the program to end.
#[cfg(windows)]
pub(super) async fn next_signal() -> StopReason {
    use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_shutdown};
    let (Ok(mut stop), Ok(mut close), Ok(mut shutdown)) =
        (ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        return interrupt().await;
    };
    tokio::select! {
        reason = interrupt() => reason,
        _ = stop.recv() => StopReason::Interrupt,
        _ = close.recv() => StopReason::Terminate,
        _ = shutdown.recv() => StopReason::Terminate,
    }
}

async fn interrupt() -> StopReason {
    if tokio::signal::ctrl_c().await.is_err() {
        // No handler can be had: then the system's own way of ending programs applies.
        std::future::pending::<()>().await;
    }
    StopReason::Interrupt
}
