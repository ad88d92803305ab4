//! Many rows in one statement. Statements come in four sizes, so that they stay prepared; what is not bound is
//! empty and skipped.

use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use super::fault::{Done, Fault};

/// Rows in a statement; small enough for SQLite's 32,766 parameters at up to 100 columns.
const SIZES: [usize; 4] = [4, 16, 64, 256];

/// What a statement does with its rows.
pub(super) struct Insert {
    /// Everything before the rows, as `INSERT INTO t (a, b)`.
    pub(super) head: &'static str,
    /// How many columns a row has; the first is never null.
    pub(super) width: usize,
    /// Everything after, as `ON CONFLICT ...`.
    pub(super) tail: &'static str,
    /// Most rows in one statement.
    pub(super) most: usize,
}

/// One value of a row.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// No value.
    Null,
    /// A number.
    Int(i64),
    /// A number with a point.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    /// Adds it to a statement's arguments.
    pub(super) fn add_to(self, arguments: &mut SqliteArguments) -> Done<()> {
        match self {
            Self::Null => arguments.add(None::<i64>),
            Self::Int(number) => arguments.add(number),
            Self::Real(number) => arguments.add(number),
            Self::Text(text) => arguments.add(text),
            Self::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(|error| Fault::other(error.to_string()))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Cell {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Insert {
    /// The statement for so many rows.
    fn sql(&self, rows: usize) -> String {
        let columns: Vec<String> = (1..=self.width).map(|column| format!("column{column}")).collect();
        let row = format!("({})", vec!["?"; self.width].join(","));
        let rows = vec![row; rows].join(",");
        let (head, tail) = (self.head, self.tail);
        format!("{head} SELECT {} FROM (VALUES {rows}) WHERE column1 IS NOT NULL {tail}", columns.join(","))
    }

    /// The smallest statement that takes so many rows, or the largest there is.
    fn size_for(&self, rows: usize) -> usize {
        SIZES.into_iter().find(|size| *size >= rows).unwrap_or(256).min(self.most)
    }

    /// Runs it over all rows; `cells` holds them one after the other.
    pub(super) async fn run(&self, conn: &mut SqliteConnection, cells: Vec<Cell>) -> Done<()> {
        let mut left = cells.len() / self.width.max(1);
        let mut cells = cells.into_iter();
        while left > 0 {
            let size = self.size_for(left);
            let now = size.min(left);
            let mut arguments = SqliteArguments::default();
            for cell in cells.by_ref().take(now * self.width) {
                cell.add_to(&mut arguments)?;
            }
            sqlx::query_with(AssertSqlSafe(self.sql(size)), arguments).execute(&mut *conn).await?;
            left -= now;
        }
        Ok(())
    }
}

/// Numbers as a JSON array, for `json_each`.
pub(super) fn json(numbers: impl IntoIterator<Item = i64>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// Rows of numbers as a JSON array of arrays, for `json_each`.
pub(super) fn json_rows<const N: usize>(rows: impl IntoIterator<Item = [i64; N]>) -> String {
    let rows: Vec<String> = rows.into_iter().map(json).collect();
    format!("[{}]", rows.join(","))
}
