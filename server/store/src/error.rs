//! What can go wrong below the rules.

use thiserror::Error;

/// The result of a store function.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the database or of what stands in it. `Display` never prints its source: the chain is
/// logged once, at the boundary.
#[derive(Debug, Error)]
pub enum Error {
    /// The database is away, starting, stopping or has no free connection: the same call may pass later.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A constraint refused the write; its name says which.
    #[error("the constraint `{constraint}` refuses the write")]
    Constraint {
        /// Name of the constraint.
        constraint: String,
        /// The database's own words.
        #[source]
        source: sqlx::Error,
    },
    /// A row holds what the rules do not know.
    #[error("a row of `{table}` has an unknown value in `{column}`")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
    },
    /// A text holds what no text of the database may, such as the character NUL.
    #[error("a text holds a character that can't be kept")]
    BadText(#[source] sqlx::Error),
    /// Anything else: a bug or a broken database.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl Error {
    /// A row that does not fit.
    pub(crate) fn inconsistent(table: &'static str, column: &'static str) -> Self {
        Self::Inconsistent { table, column }
    }

    /// Whether another connection may answer at once: the server hung up on this one. A pool that gave none in its time has none.
    pub fn another_connection_may_answer(&self) -> bool {
        matches!(self, Self::Unavailable(source) if !matches!(source, sqlx::Error::PoolTimedOut))
    }

    /// Whether it is this constraint that refused.
    pub fn is_constraint(&self, name: &str) -> bool {
        matches!(self, Self::Constraint { constraint, .. } if constraint == name)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            // `Protocol`: the server hung up in the middle of a message.
            E::PoolTimedOut | E::PoolClosed | E::Io(_) | E::Tls(_) | E::WorkerCrashed | E::BeginFailed | E::Protocol(_) => {
                Self::Unavailable(error)
            }
            E::Database(database) => {
                let code = database.code().unwrap_or_default().into_owned();
                let away = matches!(&*code, "57P01" | "57P02" | "57P03" | "53300" | "53400" | "55P03" | "57014" | "25P03" | "40P01")
                    || code.starts_with("08");
                if away {
                    return Self::Unavailable(error);
                }
                if matches!(&*code, "22021" | "22P05") {
                    return Self::BadText(error);
                }
                match database.constraint() {
                    Some(name) => Self::Constraint { constraint: name.to_owned(), source: error },
                    None => Self::Database(error),
                }
            }
            _ => Self::Database(error),
        }
    }
}
