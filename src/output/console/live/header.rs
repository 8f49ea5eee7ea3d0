//! What runs, in which state, and how far it is.
//!
//! Must not know figures.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style as Look};
use ratatui::text::{Line, Span};

use crate::event::Phase;
use crate::model::units::format_duration;
use crate::output::console::style::tame;
use crate::output::figures::percent;
use crate::output::verdict::Tone;

use super::text::{columns, cut_end, first_that_fits, put, space};
use super::view::View;

/// Columns that the name of the scenario gets at least, where the line is narrow.
const NAME: usize = 8;

/// The scenario and its host on the left, the state and the times on the right.
pub(super) fn header(view: &View, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let width = usize::from(area.width);
    let (word, look) = state(view);
    let word = format!(" {word} ");
    let room = width.saturating_sub(columns(&word) + NAME + 2);
    let times = first_that_fits(&times(view), room, palette);
    let right = columns(&word) + columns(&times) + 2;
    let room = width.saturating_sub(right + 2);
    let (scenario, host) = (view.story.started.as_ref()).map_or_else(
        || ("ragload".to_owned(), String::new()),
        |started| {
            let plan = &started.plan;
            (tame(&plan.scenario), tame(&plan.target.shown))
        },
    );
    let scenario = cut_end(&scenario, room, palette);
    let rest = room.saturating_sub(columns(&scenario) + 2);
    // Half a host says nothing.
    let host = Some(host).filter(|host| columns(host) <= rest);
    let host = host.unwrap_or_default();
    let taken = columns(&scenario) + 2 + columns(&host);
    let line = Line::from(vec![
        Span::styled(scenario, palette.heading()),
        Span::raw("  "),
        Span::styled(host, palette.faint()),
        Span::raw(space((width + 2).saturating_sub(taken + right + 2))),
        Span::styled(word, look),
        Span::raw("  "),
        Span::raw(times),
    ]);
    put([line], area, buffer);
}

fn state(view: &View) -> (&'static str, Look) {
    let palette = view.palette;
    let phase = view.story.tick.as_ref().map(|tick| tick.phase);
    match phase {
        _ if view.is_paused() => ("PAUSED", palette.pill(Tone::Open)),
        None => ("STARTING", palette.heading()),
        Some(Phase::Spawning) => ("SPAWNING", palette.pill(Tone::Good)),
        Some(Phase::Running) => ("RUNNING", palette.pill(Tone::Good)),
        Some(Phase::Stopping) => ("STOPPING", palette.pill(Tone::Open)),
        Some(Phase::Stopped) => ("STOPPED", palette.pill(Tone::Open)),
    }
}

/// The times, from the fullest to the shortest.
fn times(view: &View) -> Vec<String> {
    let story = &view.story;
    let elapsed = whole_seconds(story.at().elapsed());
    let (Some(end), Some(left), false) = (story.ends_at(), story.left(), story.is_ending()) else {
        return vec![elapsed];
    };
    let (end, left) = (whole_seconds(end.elapsed()), whole_seconds(left));
    vec![
        format!("{elapsed} of {end}, {left} left"),
        format!("{elapsed}, {left} left"),
        format!("{left} left"),
        elapsed,
    ]
}

/// How far the run is, or what it waits for.
pub(super) fn gauge(view: &View, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let width = usize::from(area.width);
    let open = palette.toned(Tone::Open);
    if view.story.is_ending() {
        let text = first_that_fits(&stopping(view), width, palette);
        return put([Line::styled(text, open)], area, buffer);
    }
    if view.is_paused() {
        let texts = [
            "no new tasks until p is pressed again; the run's time goes on",
            "no new tasks until p is pressed again",
            "p goes on",
        ];
        let text = first_that_fits(&texts.map(str::to_owned), width, palette);
        return put([Line::styled(text, open)], area, buffer);
    }
    let Some(share) = view.story.share() else {
        let text = cut_end("goes on until stopped: q or Ctrl+C", width, palette);
        return put([Line::styled(text, palette.faint())], area, buffer);
    };
    let shown = format!(" {:>4}", percent((share * 100.0).floor() / 100.0));
    let bar = palette
        .style()
        .bar(share, width.saturating_sub(shown.len()));
    let line = Line::from(vec![
        Span::styled(bar, palette.accent(Color::Cyan)),
        Span::raw(shown),
    ]);
    put([line], area, buffer);
}

/// What a run that is ending waits for, from the fullest to the shortest.
fn stopping(view: &View) -> Vec<String> {
    let story = &view.story;
    let users = story.tick.as_ref().map_or(0, |tick| tick.snapshot.users);
    let plural = if users == 1 { "" } else { "s" };
    let waiting = format!("stopping: waiting for {users} user{plural}");
    let left = story.left().filter(|left| !left.is_zero());
    let up_to = left.map_or_else(String::new, |left| {
        format!(", up to {}", whole_seconds(left))
    });
    let sooner = if view.insisted {
        "Ctrl+C again to end now"
    } else {
        "Ctrl+C to end sooner"
    };
    vec![
        format!("{waiting}{up_to}; {sooner}"),
        format!("{waiting}{up_to}"),
        format!("waiting for {users}{up_to}"),
    ]
}

/// To the nearest second: ticks are some milliseconds off.
fn whole_seconds(time: Duration) -> String {
    let rounded = time.saturating_add(Duration::from_millis(500));
    format_duration(Duration::from_secs(rounded.as_secs()))
}
