//! `ragload web`, and Locust's command line without `--headless`: the web UI until Ctrl+C.
//!
//! Must not know what the web UI shows, nor how a run works.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;

use crate::clock::RunClock;
use crate::event::{Command, StopReason};
use crate::model::Offset;
use crate::output::OutputPlan;
use crate::scenario::{Defaults, Environment};
use crate::web::{Board, Control, Launcher, Logs, Order, Refused, Web};

use super::args::WebArgs;
use super::run::{named_outputs, skip_outputs};
use super::screen::say;
use super::web_runs::Runs;
use super::web_settings::{Door, WebUiArgs};
use super::{execution, exit, logging, plan, signals};

/// The scenario that is chosen when none was named.
const USUAL: &str = "smoke";

/// Serves the web UI.
pub(super) fn main(args: &WebArgs, environment: &Environment) -> anyhow::Result<u8> {
    if args.output.headless {
        anyhow::bail!("`ragload web` is the web UI; `ragload run` works without one");
    }
    let level = logging::parse_level(args.output.loglevel.as_deref().unwrap_or("INFO"))
        .map_err(|problem| anyhow::anyhow!("--loglevel: {problem}"))?;
    let logs = Logs::default();
    let stderr = std::io::stderr();
    logging::set_up_kept(level, args.output.logfile.as_deref(), stderr, &logs)?;
    let demo = plan::demo_if(&args.ours.aim)?;
    let (output, skip) = (args.output.clone(), args.skip);
    let on_error = args.output.exit_code_on_error.unwrap_or(1);
    let runs = Runs {
        environment: environment.clone(),
        given: plan::overrides_of_web(args, demo.as_ref()),
        defaults: Defaults::of_run,
        scenario: args.scenario.clone().unwrap_or_else(|| USUAL.to_owned()),
        threads: execution::threads(&args.ours),
        outputs: Box::new(move |plan, started| {
            let mut outputs = OutputPlan::of_run(&output.results_dir, &plan.scenario, started);
            named_outputs(&output, plan, &mut outputs);
            skip_outputs(&skip, &mut outputs);
            outputs
        }),
        live: Box::new(Vec::new),
        code_of: Box::new(move |finished| {
            let whole = finished.sink_errors.is_empty();
            exit::of_run(finished.record.verdict.outcome, on_error, whole)
        }),
        offers_history: true,
        last: Mutex::new(None),
    };
    serve(runs, &args.ui, logs)
}

/// Serves the web UI for these runs until somebody ends the program, and gives its exit code: that
/// of the last run.
pub(super) fn serve(runs: Runs, ui: &WebUiArgs, logs: Logs) -> anyhow::Result<u8> {
    let refuse = |problem: &str| {
        say(&format!("error: {problem}\n"));
        Ok(exit::USAGE)
    };
    let door = match ui.door() {
        Ok(door) => door,
        Err(problem) => return refuse(&problem),
    };
    // A scenario that cannot be run is told now, not when somebody presses a button.
    let usual = match runs.usual() {
        Ok(plan) => plan,
        Err(refused) => return refuse(&refused.to_string()),
    };
    logs.mask(&usual.masker);
    let now = RunClock::start().unix(Offset::ZERO);
    let board = Arc::new(Board::new(Some(Arc::new(usual)), now));
    let runs = Arc::new(runs);
    let control = Control::new(board, Arc::clone(&runs) as Arc<dyn Launcher>, logs);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the web UI")?;
    let code = runtime.block_on(serve_until_asked(door, control, ui))?;
    runtime.shutdown_background();
    Ok(code.unwrap_or_else(|| runs.exit_code()))
}

/// Serves; a code when it could not, or when the run that was to start at once did not.
async fn serve_until_asked(
    door: Door,
    control: Control,
    ui: &WebUiArgs,
) -> anyhow::Result<Option<u8>> {
    let Door { listen, guard } = door;
    let base = guard.base_path.clone();
    let web = match Web::bind(listen, guard, control).await {
        Ok(web) => web,
        Err(error) => {
            say(&format!(
                "error: cannot serve the web UI on {listen}: {error}; choose another port with \
                 --web-port\n"
            ));
            return Ok(Some(exit::USAGE));
        }
    };
    let control = web.control();
    let address = web.address();
    tracing::info!(target: logging::MAIN, "Starting web interface at http://{address}{base}/");
    if !address.ip().is_loopback() {
        let text = "The web UI speaks plain HTTP: passwords can be read on the way. A proxy in \
                    front of it can speak HTTPS";
        tracing::warn!(target: logging::MAIN, "{text}");
    }
    let mut refused = None;
    web.serve(async {
        if ui.autostart
            && let Err(problem) = control.start(Order::default()).await
        {
            say(&format!("error: {problem}\n"));
            refused = Some(code_of(&problem));
            return;
        }
        tokio::select! {
            reason = signals::next_signal() => end(&control, reason).await,
            () = quit(&control, ui) => {}
        }
    })
    .await;
    Ok(refused)
}

fn code_of(refused: &Refused) -> u8 {
    match refused {
        Refused::Busy | Refused::Wrong(_) => exit::USAGE,
        Refused::NotApproved { .. } | Refused::NotBegun(_) => exit::REFUSED,
    }
}

/// Ends the run under way, orderly at first and at once when asked again.
async fn end(control: &Control, reason: StopReason) {
    let again = async {
        loop {
            signals::next_signal().await;
            // The run may be over by now.
            let _ = control.ask(Command::Abort).await;
        }
    };
    tokio::select! {
        () = control.stop(reason) => {}
        () = again => {}
    }
}

/// Done when the program is to end by itself, after the run that it started by itself.
async fn quit(control: &Control, ui: &WebUiArgs) {
    let seconds = u64::try_from(ui.autoquit).ok().filter(|_| ui.autostart);
    let Some(seconds) = seconds else {
        return std::future::pending().await;
    };
    control.until_over().await;
    tracing::info!(target: logging::MAIN, "--autoquit time reached, shutting down");
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
