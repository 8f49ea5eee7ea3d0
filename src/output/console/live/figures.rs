//! Users, rates and response times of the last seconds: a number and a sparkline each.
//!
//! Must not know endpoints.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style as Look};
use ratatui::text::{Line, Span};

use crate::event::Tick;
use crate::model::units::format_time;
use crate::output::figures::{percent, rate};
use crate::output::verdict::Tone;

use super::series::{Series, largest};
use super::sparkline::sparkline;
use super::text::{first_that_fits, put};
use super::view::View;

/// Columns below which there is one line of numbers and no sparklines.
pub(super) const NARROWEST: u16 = 56;

/// Columns between two figures.
const GAP: u16 = 2;

/// A number with its course.
struct Figure<'v> {
    /// What it says, from the fullest to the shortest.
    texts: Vec<String>,
    look: Look,
    series: &'v Series,
    colour: Color,
}

/// The figures beside each other, with sparklines below them where there are rows for it.
pub(super) fn figures(view: &View, area: Rect, buffer: &mut Buffer) {
    let Some(tick) = &view.story.tick else {
        return;
    };
    if area.width < NARROWEST {
        return put([in_one_line(view, tick, area.width)], area, buffer);
    }
    let figures = all(view, tick);
    let areas = Layout::horizontal([Constraint::Fill(1); 4])
        .spacing(GAP)
        .split(area);
    for (figure, area) in figures.iter().zip(areas.iter()) {
        let width = usize::from(area.width);
        let text = first_that_fits(&figure.texts, width, view.palette);
        put([Line::styled(text, figure.look)], *area, buffer);
        let below = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..*area
        };
        let values = figure.series.last(width);
        let look = view.palette.accent(figure.colour);
        sparkline(&values, look, view.palette, below, buffer);
    }
}

fn all<'v>(view: &'v View, tick: &Tick) -> [Figure<'v>; 4] {
    let palette = view.palette;
    let history = &view.story.history;
    let failing = tick.snapshot.aggregated.current.failures_per_second > 0.0;
    let failures = if failing {
        palette.heading().patch(palette.toned(Tone::Bad))
    } else {
        palette.heading()
    };
    let figure = |texts, look, series, colour| Figure {
        texts,
        look,
        series,
        colour,
    };
    let heading = palette.heading();
    [
        figure(users(view, tick), heading, &history.users, Color::Blue),
        figure(
            requests(view, tick),
            heading,
            &history.requests,
            Color::Cyan,
        ),
        figure(failed(tick), failures, &history.failures, Color::Red),
        figure(times(tick), heading, &history.p95, Color::Magenta),
    ]
}

fn users(view: &View, tick: &Tick) -> Vec<String> {
    let (now, wanted) = (tick.snapshot.users, view.asked.users(tick));
    // While users are leaving there is no number of them to reach.
    let count = if now == wanted || view.story.is_ending() {
        now.to_string()
    } else {
        format!("{now} {} {wanted}", view.palette.arrow())
    };
    vec![format!("Users {count}"), count]
}

fn requests(view: &View, tick: &Tick) -> Vec<String> {
    let now = rate(tick.snapshot.aggregated.current.rps);
    let most = largest(&view.story.history.requests.last(usize::MAX));
    let most = most.map_or_else(String::new, |most| format!("  max {}", rate(most)));
    vec![
        format!("Requests/s {now}{most}"),
        format!("Requests/s {now}"),
        format!("Req/s {now}"),
    ]
}

fn failed(tick: &Tick) -> Vec<String> {
    let all = &tick.snapshot.aggregated;
    let now = rate(all.current.failures_per_second);
    let mut texts = vec![format!("Failures/s {now}"), format!("Fail/s {now}")];
    if let Some(share) = all.fail_ratio().filter(|share| *share > 0.0) {
        texts.insert(0, format!("Failures/s {now}  {} of all", percent(share)));
    }
    texts
}

/// Of the last ten seconds, as the rates are.
fn times(tick: &Tick) -> Vec<String> {
    let Some(values) = tick.snapshot.aggregated.current.percentiles else {
        return vec!["p95 now -".to_owned()];
    };
    let [p50, p95] = [values[0], values[5]].map(format_time);
    vec![
        format!("Now p50 {p50}  p95 {p95}"),
        format!("p95 now {p95}"),
        format!("p95 {p95}"),
    ]
}

fn in_one_line(view: &View, tick: &Tick, width: u16) -> Line<'static> {
    let all = &tick.snapshot.aggregated.current;
    let users = users(view, tick).pop().unwrap_or_default();
    let rates = format!("{users} users  {} req/s", rate(all.rps));
    let failures = format!("{} fail/s", rate(all.failures_per_second));
    let p95 = all.percentiles.map(|values| format_time(values[5]));
    let p95 = p95.map_or_else(String::new, |p95| format!("  p95 {p95}"));
    let look = if all.failures_per_second > 0.0 {
        view.palette.toned(Tone::Bad)
    } else {
        Look::new()
    };
    let width = usize::from(width);
    let texts = [format!("{rates}  "), rates.clone()];
    if texts[0].len() + failures.len() + p95.len() <= width {
        let parts = [
            (texts[0].clone(), Look::new()),
            (failures, look),
            (p95, Look::new()),
        ];
        return Line::from_iter(parts.map(|(text, look)| Span::styled(text, look)));
    }
    if texts[0].len() + failures.len() <= width {
        let parts = [(texts[0].clone(), Look::new()), (failures, look)];
        return Line::from_iter(parts.map(|(text, look)| Span::styled(text, look)));
    }
    Line::styled(first_that_fits(&[failures], width, view.palette), look)
}
