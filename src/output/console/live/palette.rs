//! Colours, marks and lines of the view.
//!
//! Owns what is shown instead where there are no colours or only ASCII. Must not know what is
//! said with them.

use ratatui::style::{Color, Modifier, Style as Look};
use ratatui::symbols::{bar, border};

use crate::output::console::Style;
use crate::output::verdict::Tone;

/// How the view is dressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette(Style);

/// The levels of a sparkline in ASCII.
const ASCII_BARS: bar::Set<'static> = bar::Set {
    empty: " ",
    one_eighth: "_",
    one_quarter: ".",
    three_eighths: ":",
    half: "-",
    five_eighths: "=",
    three_quarters: "+",
    seven_eighths: "*",
    full: "#",
};

/// A frame in ASCII.
const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Palette {
    pub(super) fn new(style: Style) -> Self {
        Palette(style)
    }

    /// The style of texts.
    pub(super) fn style(self) -> Style {
        self.0
    }

    fn coloured(self, look: Look, colour: Color) -> Look {
        if self.0.colour { look.fg(colour) } else { look }
    }

    /// Text in the colour of a tone.
    pub(super) fn toned(self, tone: Tone) -> Look {
        self.coloured(Look::new(), colour_of(tone))
    }

    /// Text of some colour that says nothing of good or bad.
    pub(super) fn accent(self, colour: Color) -> Look {
        self.coloured(Look::new(), colour)
    }

    /// A heading.
    pub(super) fn heading(self) -> Look {
        Look::new().add_modifier(Modifier::BOLD)
    }

    /// What is there when looked for.
    pub(super) fn faint(self) -> Look {
        Look::new().add_modifier(Modifier::DIM)
    }

    /// A word on a ground of its tone. Without colours what is well stands on none.
    pub(super) fn pill(self, tone: Tone) -> Look {
        let look = Look::new().add_modifier(Modifier::BOLD);
        match (self.0.colour, tone) {
            (true, Tone::Bad) => look.fg(Color::White).bg(Color::Red),
            (true, tone) => look.fg(Color::Black).bg(colour_of(tone)),
            (false, Tone::Good) => look,
            (false, Tone::Open | Tone::Bad) => look.add_modifier(Modifier::REVERSED),
        }
    }

    /// ✓ ✗ !
    pub(super) fn mark(self, tone: Tone) -> String {
        let plain = Style {
            colour: false,
            ..self.0
        };
        plain.mark(tone)
    }

    /// The levels of a sparkline.
    pub(super) fn bars(self) -> bar::Set<'static> {
        if self.0.ascii {
            ASCII_BARS
        } else {
            bar::NINE_LEVELS
        }
    }

    /// The answer to a key.
    pub(super) fn reply(self) -> Look {
        let look = Look::new().add_modifier(Modifier::BOLD);
        if self.0.colour {
            look.fg(Color::Black).bg(Color::Cyan)
        } else {
            look.add_modifier(Modifier::REVERSED)
        }
    }

    /// What a frame is drawn with.
    pub(super) fn border(self) -> border::Set<'static> {
        if self.0.ascii {
            ASCII_BORDER
        } else {
            border::PLAIN
        }
    }

    /// What a rule is drawn with.
    pub(super) fn rule(self) -> &'static str {
        if self.0.ascii { "-" } else { "─" }
    }

    /// From … to.
    pub(super) fn arrow(self) -> &'static str {
        if self.0.ascii { "->" } else { "→" }
    }

    /// Where something is left out.
    pub(super) fn ellipsis(self) -> &'static str {
        if self.0.ascii { "~" } else { "…" }
    }
}

fn colour_of(tone: Tone) -> Color {
    match tone {
        Tone::Good => Color::Green,
        Tone::Open => Color::Yellow,
        Tone::Bad => Color::Red,
    }
}
