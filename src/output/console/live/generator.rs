//! What the load generator itself is doing.
//!
//! Must not know how that is found out.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style as Look;
use ratatui::text::{Line, Span};

use crate::event::Generator;
use crate::model::units::{format_count, format_time};
use crate::output::figures::bytes;
use crate::output::verdict::Tone;

use super::text::{columns, put};
use super::view::View;

const HEAD: &str = "Generator";
const GAP: &str = "  ";

/// CPU, memory and lag of this process; first of all that it is the bottleneck, if it is.
pub(super) fn generator(view: &View, area: Rect, buffer: &mut Buffer) {
    let Some(tick) = &view.story.tick else {
        return;
    };
    let palette = view.palette;
    let parts = figures(&tick.generator).into_iter();
    let mut parts: Vec<(String, Look)> = parts.map(|part| (part, Look::new())).collect();
    if tick.generator.limit().is_some() {
        let text = " the bottleneck: times are partly its own ".to_owned();
        parts.insert(0, (text, palette.pill(Tone::Open)));
    }
    let mut line = Line::from(Span::styled(HEAD, palette.faint()));
    for (text, look) in parts {
        // Half a figure says nothing.
        if line.width() + GAP.len() + columns(&text) > usize::from(area.width) {
            break;
        }
        line.push_span(Span::raw(GAP));
        line.push_span(Span::styled(text, look));
    }
    put([line], area, buffer);
}

fn figures(generator: &Generator) -> Vec<String> {
    let Generator {
        cpu,
        busy,
        memory,
        open_files,
        lag,
        // Said of stretches of the record; now is what counts here.
        limited: _,
    } = *generator;
    let share = |share: f64| format!("{:.0}%", share * 100.0);
    let cpu = cpu.map(|cpu| format!("CPU {} of a core", share(cpu)));
    let lag = if lag < Duration::from_millis(1) {
        "no lag".to_owned()
    } else {
        format!("lag {}", format_time(lag))
    };
    let busy = busy.map(|busy| format!("busiest thread {}", share(busy)));
    let memory = memory.map(|memory| {
        // Beyond 4 TB it is no matter how much.
        let kilobytes = u32::try_from(memory / 1000).unwrap_or(u32::MAX);
        bytes(f64::from(kilobytes) * 1000.0)
    });
    let open_files = open_files.map(|count| format!("{} open files", format_count(count)));
    let parts = [cpu, Some(lag), busy, memory, open_files];
    parts.into_iter().flatten().collect()
}
