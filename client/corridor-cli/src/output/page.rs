//! Text for people: lines, aligned fields and tables.

use std::fmt::Display;

/// What colour says, where there is colour; the words say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Open, or worth a look.
    Warn,
    /// Wrong, or refused.
    Bad,
    /// A heading.
    Strong,
    /// Of minor interest.
    Faint,
}

impl Tone {
    /// `text` in this tone, when `colour` is wanted.
    #[must_use]
    pub fn paint(self, text: &str, colour: bool) -> String {
        let code = match self {
            Self::Plain => return text.into(),
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
            Self::Strong => "1",
            Self::Faint => "2",
        };
        if colour && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.into()
        }
    }
}

/// A field of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A field in a tone.
    pub fn toned(text: impl Display, tone: Tone) -> Self {
        let text = text.to_string();
        Self { text, tone }
    }
}

impl<T: Display> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

/// Rows under headings; a column grows with its widest field.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(&'static str, bool)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Headings from left to right. A heading that ends in `>` makes a column of numbers, aligned right.
    #[must_use]
    pub fn new(headings: &[&'static str]) -> Self {
        let columns = headings.iter().map(|heading| match heading.strip_suffix('>') {
            Some(heading) => (heading, true),
            None => (*heading, false),
        });
        Self {
            columns: columns.collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, a field for each heading.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    fn width(&self, column: usize, heading: &str) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0);
        widest.max(heading.chars().count())
    }

    fn render(&self, colour: bool) -> String {
        let headings: Vec<Cell> = self
            .columns
            .iter()
            .map(|(heading, _)| Cell::toned(heading, Tone::Strong))
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&headings).chain(&self.rows) {
            let mut line = String::new();
            for (at, (cell, (heading, right))) in row.iter().zip(&self.columns).enumerate() {
                let missing = self.width(at, heading).saturating_sub(cell.text.chars().count());
                let padding = " ".repeat(missing);
                let painted = cell.tone.paint(&cell.text, colour);
                let gap = if at == 0 { "" } else { "  " };
                line.push_str(gap);
                if *right {
                    line.push_str(&padding);
                    line.push_str(&painted);
                } else {
                    line.push_str(&painted);
                    line.push_str(&padding);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A text that grows from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
    colour: bool,
}

impl Page {
    /// An empty page.
    #[must_use]
    pub fn new(colour: bool) -> Self {
        let text = String::new();
        Self { text, colour }
    }

    /// A line.
    pub fn line(&mut self, text: impl Display) {
        self.toned(text, Tone::Plain);
    }

    /// A line in a tone.
    pub fn toned(&mut self, text: impl Display, tone: Tone) {
        self.text.push_str(&tone.paint(&text.to_string(), self.colour));
        self.text.push('\n');
    }

    /// A heading, apart from what stands above.
    pub fn heading(&mut self, text: impl Display) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.toned(text, Tone::Strong);
    }

    /// Names and values, the values below each other.
    pub fn fields<V: Into<Cell>>(&mut self, fields: impl IntoIterator<Item = (&'static str, V)>) {
        let fields: Vec<(&str, Cell)> = fields
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, cell) in fields {
            let value = cell.tone.paint(&cell.text, self.colour);
            self.text.push_str(format!("{name:<width$}  {value}").trim_end());
            self.text.push('\n');
        }
    }

    /// A table.
    pub fn table(&mut self, table: &Table) {
        self.text.push_str(&table.render(self.colour));
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_colour_does_not_count() {
        let mut table = Table::new(&["currency", "available>", "status"]);
        table.row([
            "CNY".into(),
            "12860.00".into(),
            Cell::toned("settled", Tone::Good),
        ]);
        table.row(["HKD".into(), "0.01".into(), "pending".into()]);
        let mut page = Page::new(false);
        page.table(&table);
        insta::assert_snapshot!(page.finish(), @r"
        currency  available  status
        CNY        12860.00  settled
        HKD            0.01  pending
        ");
        assert!(table.render(true).contains("\u{1b}[32msettled\u{1b}[0m\n"));
    }

    #[test]
    fn fields_stand_below_each_other() {
        let mut page = Page::new(false);
        page.heading("transfer");
        page.fields([("uetr", "8a56"), ("end_to_end_id", "INV-88")]);
        insta::assert_snapshot!(page.finish(), @r"
        transfer
        uetr           8a56
        end_to_end_id  INV-88
        ");
    }
}
