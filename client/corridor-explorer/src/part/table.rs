//! Tables that become lists of cards on a narrow screen.

use maud::{html, Markup};

/// A table under construction. Roles are written out, because a style sheet that lays rows out as blocks takes them away.
pub(crate) struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Markup>>,
    total: Option<Vec<Markup>>,
}

struct Column {
    label: &'static str,
    numeric: bool,
}

impl Table {
    /// With these columns; a label that ends with `>` heads numbers.
    pub(crate) fn new(caption: impl Into<String>, labels: &[&'static str]) -> Self {
        let column = |label: &&'static str| Column {
            label: label.trim_end_matches('>'),
            numeric: label.ends_with('>'),
        };
        Self {
            caption: caption.into(),
            columns: labels.iter().map(column).collect(),
            rows: Vec::new(),
            total: None,
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Markup>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// A last row that sums up.
    pub(crate) fn total(&mut self, cells: impl IntoIterator<Item = Markup>) {
        self.total = Some(cells.into_iter().collect());
    }

    /// The table, or a sentence where it has no rows.
    pub(crate) fn render(&self, empty: &str) -> Markup {
        if self.rows.is_empty() {
            return html! { p.empty { (empty) } };
        }
        html! {
            table role="table" {
                caption.unseen { (self.caption) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in &self.columns {
                            th role="columnheader" scope="col" class=[column.numeric.then_some("number")] { (column.label) }
                        }
                    }
                }
                tbody role="rowgroup" { @for row in &self.rows { (self.line(row)) } }
                @if let Some(total) = &self.total { tfoot role="rowgroup" { (self.line(total)) } }
            }
        }
    }

    fn line(&self, cells: &[Markup]) -> Markup {
        html! {
            tr role="row" {
                @for (column, cell) in self.columns.iter().zip(cells) {
                    td role="cell" data-label=(column.label) class=[column.numeric.then_some("number")] {
                        div { (cell) }
                    }
                }
            }
        }
    }
}
