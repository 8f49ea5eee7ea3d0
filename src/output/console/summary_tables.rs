//! The tables of the closing summary, fitted to the terminal's width.
//!
//! Must not know streams or what comes before and after them.

use crate::event::RunRecord;
use crate::model::units::{format_count, format_time};
use crate::output::figures::{percent, rate};
use crate::output::tables::Tables;
use crate::stats::Row;

use super::style::{Style, cut, tame};

/// Failures and exceptions that are shown; the rest is in the files.
const SHOWN: usize = 10;

/// Columns below which a flexible column is not narrowed.
const NARROWEST: usize = 16;
/// Other columns are left out rather than to cut the texts of a flexible one so that two look the
/// same, unless they differ only after so many characters.
const TELLING: usize = 48;

/// A table: a heading row, rows, and which columns stand left.
pub struct Table {
    rows: Vec<Vec<String>>,
    left: &'static [usize],
    /// The column that is cut where the table would be too wide.
    flexible: usize,
}

impl Table {
    /// A table of these columns; those in `left` stand left, `flexible` is cut where need be.
    #[must_use]
    pub fn new<const N: usize>(
        columns: [&str; N],
        left: &'static [usize],
        flexible: usize,
    ) -> Self {
        Table::headed(&columns, left, flexible)
    }

    /// The same of columns that are not known beforehand.
    #[must_use]
    pub fn headed(columns: &[&str], left: &'static [usize], flexible: usize) -> Self {
        let heads = columns.iter().map(|&head| head.to_owned());
        Table {
            rows: vec![heads.collect()],
            left,
            flexible,
        }
    }

    /// Adds a row of as many cells as there are columns.
    pub fn add(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Adds a row.
    pub fn push<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(row.into());
    }

    /// Whether there is nothing but the heading.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// Leaves a column out.
    pub fn drop_column(&mut self, heading: &str) {
        let Some(heads) = self.rows.first() else {
            return;
        };
        if let Some(index) = heads.iter().position(|each| each == heading) {
            for row in &mut self.rows {
                row.remove(index);
            }
        }
    }

    /// The table as text, no line wider than `width` if that can be done: the flexible column is
    /// cut, then the columns in `spare` are left out, one after the other.
    #[must_use]
    pub fn render(mut self, width: usize, spare: &[&str], style: Style) -> String {
        for cell in self.rows.iter_mut().flatten() {
            *cell = style.spelt(cell);
        }
        for heading in spare {
            if self.narrowest() <= width {
                break;
            }
            self.drop_column(heading);
        }
        let mut widths = self.widths();
        let excess = total(&widths).saturating_sub(width);
        if let Some(flexible) = widths.get_mut(self.flexible) {
            let room = flexible.saturating_sub(excess);
            *flexible = room.max(NARROWEST.min(*flexible));
        }
        let mut out = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let line = self.line(row, &widths, style);
            let line = line.trim_end();
            let heading = index == 0;
            out += &if heading {
                style.heading(line)
            } else {
                line.to_owned()
            };
            out.push('\n');
        }
        out
    }

    /// How wide the table is with its flexible column cut.
    fn narrowest(&self) -> usize {
        let mut widths = self.widths();
        if let Some(flexible) = widths.get_mut(self.flexible) {
            *flexible = self.telling().max(NARROWEST).min(*flexible);
        }
        total(&widths)
    }

    /// How wide the flexible column must be for no two of its texts to look the same.
    fn telling(&self) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(self.flexible));
        let mut texts: Vec<&String> = cells.collect();
        texts.sort_unstable();
        texts.dedup();
        let needed = texts.windows(2).map(|pair| match pair {
            // The first character that differs, and the ellipsis after it.
            [one, next] => {
                one.chars()
                    .zip(next.chars())
                    .take_while(|(a, b)| a == b)
                    .count()
                    + 2
            }
            _ => 0,
        });
        needed
            .filter(|needed| *needed <= TELLING)
            .max()
            .unwrap_or(0)
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.first().map_or(0, Vec::len);
        (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| visible(cell)).max().unwrap_or(0)
            })
            .collect()
    }

    fn line(&self, row: &[String], widths: &[usize], style: Style) -> String {
        let cells = row.iter().zip(widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(column, (cell, &width))| {
                let cell = if visible(cell) > width {
                    cut(cell, width, style)
                } else {
                    cell.clone()
                };
                let space = " ".repeat(width - visible(&cell));
                if self.left.contains(&column) {
                    cell + &space
                } else {
                    space + &cell
                }
            })
            .collect();
        cells.join("  ")
    }
}

/// Columns with two spaces between them.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

/// Characters that take up room: colours do not.
fn visible(text: &str) -> usize {
    let mut inside = false;
    text.chars()
        .filter(|&c| {
            let counts = !inside && c != '\u{1b}';
            inside = (inside || c == '\u{1b}') && c != 'm';
            counts
        })
        .count()
}

/// The request table: per endpoint and all together.
#[must_use]
pub fn requests(record: &RunRecord, width: usize, style: Style) -> String {
    const SPARE: [&str; 6] = ["Min", "Max", "Avg", "Cut off", "429s", "Failed"];
    let columns = [
        "Requests", "Count", "Failed", "Failed %", "Avg", "Min", "Max", "p50", "p95", "p99",
        "Req/s", "429s", "Cut off",
    ];
    let tables = Tables::from(record);
    let mut table = Table::new(columns, &[0], 0);
    for row in tables.rows.iter().copied().chain([tables.aggregated]) {
        table.push(request_cells(row));
    }
    // Columns for what seldom happens appear when it has.
    if tables.aggregated.rate_limited == 0 {
        table.drop_column("429s");
    }
    if tables.aggregated.interrupted == 0 {
        table.drop_column("Cut off");
    }
    table.render(width, &SPARE, style)
}

fn request_cells(row: &Row) -> [String; 13] {
    let Row {
        endpoint,
        requests,
        failures,
        rate_limited,
        interrupted,
        average,
        min,
        max,
        // In the report.
        average_bytes: _,
        rps,
        failures_per_second: _,
        percentiles,
        statuses: _,
        // While the run goes on.
        current: _,
        // The record and the report show these.
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = row;
    let time = |time: Option<std::time::Duration>| time.map_or_else(missing, format_time);
    [
        tame(&endpoint.to_string()),
        format_count(*requests),
        format_count(*failures),
        row.fail_ratio().map_or_else(missing, percent),
        time(*average),
        time(*min),
        time(*max),
        time(percentiles.map(|values| values[0])),
        time(percentiles.map(|values| values[5])),
        time(percentiles.map(|values| values[7])),
        rate(*rps),
        format_count(*rate_limited),
        format_count(*interrupted),
    ]
}

/// What stands where there is no figure.
fn missing() -> String {
    "-".to_owned()
}

/// The percentile table.
#[must_use]
pub fn percentiles(record: &RunRecord, width: usize, style: Style) -> String {
    const SPARE: [&str; 5] = ["66%", "80%", "98%", "75%", "99.9%"];
    let columns = [
        "Percentiles",
        "50%",
        "66%",
        "75%",
        "80%",
        "90%",
        "95%",
        "98%",
        "99%",
        "99.9%",
        "100%",
    ];
    let tables = Tables::from(record);
    let mut table = Table::new(columns, &[0], 0);
    for row in tables.rows.iter().copied().chain([tables.aggregated]) {
        let Some(values) = row.percentiles else {
            continue;
        };
        let [p50, p66, p75, p80, p90, p95, p98, p99, p999, _, max] = values.map(format_time);
        let name = tame(&row.endpoint.to_string());
        table.push([name, p50, p66, p75, p80, p90, p95, p98, p99, p999, max]);
    }
    if table.is_empty() {
        return String::new();
    }
    table.render(width, &SPARE, style)
}

/// The failures that happened most.
#[must_use]
pub fn failures(record: &RunRecord, width: usize, style: Style) -> String {
    let mut rows: Vec<_> = record.failures.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.occurrences));
    let mut table = Table::new(["Failures", "Error"], &[1], 1);
    for row in rows.iter().take(SHOWN) {
        let error = tame(&format!("{}: {}", row.endpoint, row.console));
        table.push([format_count(row.occurrences), error]);
    }
    with_rest(table, rows.len(), width, style)
}

/// What went wrong outside of requests.
#[must_use]
pub fn exceptions(record: &RunRecord, width: usize, style: Style) -> String {
    let mut table = Table::new(["Exceptions", "Message"], &[1], 1);
    for row in record.exceptions.iter().take(SHOWN) {
        table.push([format_count(row.count), tame(&row.message)]);
    }
    with_rest(table, record.exceptions.len(), width, style)
}

fn with_rest(table: Table, all: usize, width: usize, style: Style) -> String {
    if table.is_empty() {
        return String::new();
    }
    let mut out = table.render(width, &[], style);
    if all > SHOWN {
        let rest = format!("and {} more kinds, all in the files", all - SHOWN);
        out += &style.faint(&rest);
        out.push('\n');
    }
    out
}
