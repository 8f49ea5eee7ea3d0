//! The live view: what stands where at every size, and what a key is seen to do.

use std::sync::Arc;
use std::time::Duration;

use ragload::event::{
    Command, Event, Generator, Notice, Phase, Severity, Started, StopReason, Tick,
};
use ragload::model::{Counted, Offset};
use ragload::output::console::Style;
use ragload::output::console::live::View;
use ragload::stats::{Figures, LowestBudget, Measure};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::fixture;
use super::golden;

/// A terminal that shows everything.
const COLOUR: Style = Style {
    colour: true,
    ascii: false,
};

fn started() -> Event {
    let text = format!(
        "thresholds: [p95 < 2s]\nstop_timeout: 30s\n{}",
        crate::scenario::WORKLOAD
    );
    Event::Started(Arc::new(Started {
        plan: Arc::new(crate::scenario::plan(&text)),
        started_unix: fixture::STARTED,
    }))
}

/// The fixture's run up to this second, as the engine would tell it.
fn ticks(seconds: usize) -> Vec<Tick> {
    let run = fixture::run();
    let judged = |tick: &Arc<Tick>| Tick {
        judgements: run.record.judgements.clone(),
        generator: Generator {
            cpu: Some(0.42),
            busy: Some(0.31),
            memory: Some(38_400_000),
            open_files: Some(17),
            lag: Duration::from_micros(1_200),
            limited: false,
        },
        ..tick.as_ref().clone()
    };
    run.ticks.iter().take(seconds).map(judged).collect()
}

fn tell(view: &mut View, tick: Tick) {
    view.on(&Event::Tick(Arc::new(tick)));
}

/// A view of the fixture's run at this second.
fn at(seconds: usize, style: Style) -> View {
    let mut view = View::new(style);
    view.on(&started());
    for tick in ticks(seconds) {
        tell(&mut view, tick);
    }
    for notice in fixture::run().record.notices {
        view.on(&Event::Notice(notice));
    }
    view
}

fn drawn(view: &View, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal
        .draw(|frame| frame.render_widget(view, frame.area()))
        .unwrap();
    terminal.backend().buffer().clone()
}

/// What is to be read, line by line.
fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    let lines = buffer.content.chunks(width);
    lines
        .map(|cells| {
            let text: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
            text.trim_end().to_owned()
        })
        .collect()
}

fn shown(view: &View, columns: u16, rows: u16) -> String {
    lines(&drawn(view, columns, rows)).join("\n") + "\n"
}

/// The fixture's run with the last tick changed.
fn changed(seconds: usize, change: impl Fn(&mut Tick)) -> View {
    let mut view = View::new(COLOUR);
    view.on(&started());
    for mut tick in ticks(seconds) {
        if tick.snapshot.at.elapsed().as_secs() == u64::try_from(seconds).unwrap() {
            change(&mut tick);
        }
        tell(&mut view, tick);
    }
    view
}

#[test]
fn the_view_is_as_in_the_golden_files_at_every_size() {
    let view = at(66, COLOUR);
    for (columns, rows) in [(180, 45), (120, 40), (80, 24), (60, 20), (40, 12)] {
        golden::check(
            &format!("live/{columns}x{rows}.txt"),
            &shown(&view, columns, rows),
        );
    }
    let ascii = at(66, Style::PLAIN_ASCII);
    golden::check("live/ascii.txt", &shown(&ascii, 80, 24));
    let mut help = at(66, COLOUR);
    help.toggle_help();
    golden::check("live/help.txt", &shown(&help, 80, 24));
}

#[test]
fn no_size_is_too_small_and_what_matters_stays_longest() {
    let mut view = at(66, COLOUR);
    for help in [false, true] {
        for columns in (1..64).chain([79, 80, 119, 175, 176, 200]) {
            for rows in (1..26).chain([30, 60]) {
                drawn(&view, columns, rows);
            }
        }
        if !help {
            view.toggle_help();
        }
    }
    view.toggle_help();
    assert!(shown(&view, 40, 1).contains("RUNNING"));
    assert!(shown(&view, 40, 2).contains("fail/s"));
    assert!(shown(&view, 40, 3).contains("✗ p95 < 200ms"));
    assert!(shown(&view, 40, 3).contains(" +4"));
    // Before anything happened there is little to show.
    assert!(shown(&View::new(COLOUR), 80, 24).contains("STARTING"));
}

#[test]
fn a_threshold_that_is_broken_turns_red_and_one_without_data_does_not_yet() {
    let view = at(66, COLOUR);
    let buffer = drawn(&view, 120, 40);
    let look = |text: &str| {
        let lines = lines(&buffer);
        let row = lines.iter().position(|line| line.contains(text)).unwrap();
        let before = lines[row].split(text).next().unwrap().chars().count();
        let at = (u16::try_from(before).unwrap(), u16::try_from(row).unwrap());
        (buffer[at].fg, buffer[at].bg)
    };
    assert_eq!(look("✗ p95 < 200ms"), (Color::White, Color::Red));
    assert_eq!(look("✓ p50 < 500ms"), (Color::Black, Color::Green));
    assert_eq!(look("! error_rate"), (Color::Black, Color::Yellow));
    assert_eq!(look("? p99 < 5s"), (Color::Reset, Color::Reset));
}

#[test]
fn without_colours_nothing_has_one_and_what_is_broken_stands_out() {
    let plain = Style {
        colour: false,
        ascii: false,
    };
    let buffer = drawn(&at(66, plain), 120, 40);
    for cell in &buffer.content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
    let row = lines(&buffer)
        .iter()
        .position(|line| line.contains("✗ p95"))
        .unwrap();
    let cell = &buffer[(3, u16::try_from(row).unwrap())];
    assert!(cell.modifier.contains(Modifier::REVERSED));
}

#[test]
fn ascii_is_ascii_whatever_names_and_messages_hold() {
    let mut view = at(66, Style::PLAIN_ASCII);
    view.on(&Event::Notice(notice("größe ☃ 検索")));
    view.toggle_help();
    for size in [(180, 45), (80, 24), (40, 12)] {
        let text = shown(&view, size.0, size.1);
        assert!(text.is_ascii(), "{text}");
    }
}

fn notice(text: &str) -> Notice {
    Notice {
        at: Offset::from_secs(66),
        severity: Severity::Error,
        text: text.to_owned(),
    }
}

/// Clears the screen, sets the window's title, turns the direction of writing, asks for an answer.
fn hostile(place: &str) -> String {
    format!("\u{1b}[2J\u{1b}]0;mine\u{7}\u{9b}31m\u{202e}\r\n\tevil\u{1b}[6n<{place}>")
}

#[test]
fn what_a_server_answers_cannot_steer_the_terminal() {
    let mut view = changed(66, |tick| {
        tick.snapshot.rows[0].endpoint.name = hostile("name");
        tick.snapshot.failures[0].console = hostile("failure");
        tick.snapshot.exceptions[0].message = hostile("exception");
        tick.judgements[0].on = Some(hostile("threshold"));
    });
    view.on(&Event::Notice(notice(&hostile("notice"))));
    view.log(&hostile("log"));
    for (columns, rows) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        let buffer = drawn(&view, columns, rows);
        for cell in &buffer.content {
            let harmless = |c: char| !c.is_control() && c != '\u{202e}';
            assert!(cell.symbol().chars().all(harmless), "{:?}", cell.symbol());
        }
    }
    // Shown as what it is, in every place.
    let text = shown(&view, 170, 60);
    for place in ["name", "failure", "exception", "threshold", "notice", "log"] {
        let spelt = format!("evil\\u{{1b}}[6n<{place}>");
        assert!(text.contains(&spelt), "{place}:\n{text}");
    }
}

#[test]
fn names_are_cut_in_the_middle_and_wide_characters_keep_the_columns_straight() {
    let view = changed(66, |tick| {
        tick.snapshot.rows[0].endpoint.name = "/検索/".repeat(12) + "the-end";
    });
    let buffer = drawn(&view, 80, 24);
    let lines = lines(&buffer);
    let cut = lines.iter().find(|line| line.contains("the-end")).unwrap();
    assert!(cut.contains('…'), "{cut}");
    // The last column of figures ends where the others do: a wide character fills two cells.
    let row = u16::try_from(lines.iter().position(|line| line == cut).unwrap()).unwrap();
    let last = |row: u16| (0..80).rev().find(|x| buffer[(*x, row)].symbol() != " ");
    assert_eq!(last(row), last(row + 1));
}

#[test]
fn a_key_is_seen_to_work_before_a_tick_confirms_it() {
    let mut view = at(30, COLOUR);
    assert_eq!(view.add_users(1), Some(Command::AddUsers(1)));
    assert_eq!(view.add_users(10), Some(Command::AddUsers(10)));
    let text = shown(&view, 80, 24);
    assert!(
        text.contains("Users 10 → 21") && text.contains(" users 10 → 21 "),
        "{text}"
    );
    // A tick from before the keys does not take them back; one that goes on saying so does.
    let mut later = ticks(33).split_off(30);
    tell(&mut view, later.remove(0));
    assert!(shown(&view, 80, 24).contains("Users 10 → 21"));
    tell(&mut view, later.remove(0));
    assert!(!shown(&view, 80, 24).contains("Users 10 →"));
    // Nobody can ask for fewer than none.
    assert_eq!(view.add_users(-10), Some(Command::AddUsers(-10)));
    assert_eq!(view.add_users(-10), Some(Command::AddUsers(-10)));
    assert!(shown(&view, 80, 24).contains("users 10 → 0"));
}

#[test]
fn the_answer_to_a_key_goes_after_a_while() {
    let mut view = at(30, COLOUR);
    view.add_users(1);
    let mut later = ticks(36).split_off(30).into_iter();
    for tick in later.by_ref().take(3) {
        tell(&mut view, tick);
    }
    assert!(shown(&view, 80, 24).contains(" users 10 → 11 "));
    later.for_each(|tick| tell(&mut view, tick));
    assert!(!shown(&view, 80, 24).contains(" users 10 → 11 "));
}

#[test]
fn a_pause_is_shown_and_pressing_again_ends_it() {
    let mut view = at(30, COLOUR);
    assert_eq!(view.toggle_pause(), Some(Command::Pause));
    for width in [40, 60, 80, 120] {
        assert!(shown(&view, width, 24).contains("PAUSED"));
    }
    assert_eq!(view.toggle_pause(), Some(Command::Resume));
    assert!(shown(&view, 80, 24).contains("RUNNING"));
    // Whoever paused it, the view says so.
    let mut view = changed(30, |tick| tick.paused = true);
    assert!(shown(&view, 80, 24).contains("PAUSED"));
    assert_eq!(view.toggle_pause(), Some(Command::Resume));
}

#[test]
fn a_run_that_is_stopping_says_what_it_waits_for_and_how_to_end_it_sooner() {
    let mut view = changed(30, |tick| {
        tick.phase = Phase::Stopping;
        tick.ends_at = Some(Offset::from_secs(57));
        tick.target_users = 0;
        tick.snapshot.users = 7;
    });
    let text = shown(&view, 80, 24);
    assert!(text.contains("STOPPING   30s\n"), "{text}");
    let line = "stopping: waiting for 7 users, up to 27s; Ctrl+C to end sooner";
    assert!(text.contains(line), "{text}");
    view.set_insisted(true);
    assert!(shown(&view, 80, 24).contains("up to 27s; Ctrl+C again to end now"));
    assert!(shown(&view, 40, 12).contains("waiting for 7"));
    // No number of users to reach, and nothing more to ask for.
    assert!(text.contains("Users 7 "), "{text}");
    assert_eq!(view.add_users(1), None);
    assert_eq!(view.toggle_pause(), None);
    assert_eq!(view.stop(), None);
    assert!(shown(&view, 80, 24).contains("stopping already"));
}

#[test]
fn q_stops_a_run_but_before_the_help_it_means_the_help() {
    let mut view = at(30, COLOUR);
    view.toggle_help();
    assert!(shown(&view, 80, 24).contains("10 users more"));
    assert_eq!(view.stop(), None);
    assert!(!shown(&view, 80, 24).contains("10 users more"));
    assert_eq!(view.stop(), Some(Command::Stop(StopReason::Requested)));
}

#[test]
fn a_generator_that_is_the_bottleneck_says_so() {
    let says_so = |view: &View| shown(view, 80, 24).contains("times are partly its own");
    assert!(!says_so(&at(30, COLOUR)));
    assert!(says_so(&changed(30, |tick| {
        tick.generator.lag = Duration::from_millis(140);
    })));
    assert!(says_so(&changed(30, |tick| {
        tick.generator.busy = Some(0.97);
    })));
}

#[test]
fn the_time_to_the_first_token_is_shown_where_there_is_one() {
    let undeclared = |tick: &mut Tick| {
        let rows = tick.snapshot.rows.iter_mut();
        for row in rows.chain([&mut tick.snapshot.aggregated]) {
            row.measures.clear();
            (row.answers, row.goodput) = (None, None);
        }
    };
    let without = shown(&changed(30, undeclared), 120, 40);
    for head in ["TTFT", "Tok/s", "Good"] {
        assert!(!without.contains(head), "{head}");
    }
    let view = changed(30, |tick| {
        undeclared(tick);
        tick.snapshot.rows[0].measures = vec![Figures {
            measure: Measure::Ttft,
            count: 12,
            average: 0.4,
            min: 0.3,
            max: 0.6,
            p50: 0.4,
            p90: 0.5,
            p95: 0.523,
            p99: 0.6,
        }];
    });
    for width in [120, 80, 60] {
        let text = shown(&view, width, 24);
        assert!(
            text.contains("TTFT p95") && text.contains("523ms"),
            "{text}"
        );
    }
}

#[test]
fn retries_and_budgets_are_shown_once_there_are_any() {
    let before = shown(&at(66, COLOUR), 120, 40);
    assert!(!before.contains("Retries") && !before.contains("budget"));
    let view = changed(66, |tick| {
        for row in (tick.snapshot.rows.iter_mut()).chain([&mut tick.snapshot.aggregated]) {
            row.retries = 1234;
        }
        let limits = tick.snapshot.aggregated.rate_limits.get_or_insert_default();
        limits.see(LowestBudget {
            of: Counted::Requests,
            remaining: 12,
            at: Offset::from_secs(41),
            limit: Some(500),
        });
        limits.asked_to_wait(Some(Duration::from_secs(20)));
    });
    let text = shown(&view, 120, 40);
    let line = "lowest remaining budget: 12 of 500 requests at 00:41; longest Retry-After 20s";
    assert!(text.contains("Retries") && text.contains("1 234"), "{text}");
    assert!(text.contains(line), "{text}");
    // Half of what there is room for says nothing.
    let narrow = shown(&view, 70, 24);
    assert!(narrow.contains("12 of 500 requests at 00:41\n"), "{narrow}");
}

#[test]
fn endpoints_beyond_the_last_row_can_be_scrolled_to() {
    let mut view = at(66, COLOUR);
    assert!(shown(&view, 80, 20).contains("GET /health"));
    view.scroll(100);
    let text = shown(&view, 80, 20);
    assert!(
        text.contains("GET <scri") && !text.contains("GET /health"),
        "{text}"
    );
    assert!(text.contains("Aggregated"), "{text}");
    view.scroll(-100);
    assert!(shown(&view, 80, 20).contains("GET /health"));
}

#[test]
fn a_run_without_an_end_says_how_to_end_it() {
    let view = changed(30, |tick| tick.ends_at = None);
    let text = shown(&view, 80, 24);
    assert!(text.contains("until stopped: q or Ctrl+C"), "{text}");
}

#[test]
fn statistics_that_are_reset_do_not_break_the_course() {
    let mut view = at(30, COLOUR);
    let mut reset = ticks(31).remove(30);
    reset.snapshot.aggregated.requests = 4;
    reset.snapshot.aggregated.failures = 0;
    tell(&mut view, reset);
    let text = shown(&view, 160, 24);
    assert!(text.contains("max 2"), "{text}");
}
