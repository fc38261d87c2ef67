//! Where the data are: a server of the operator's, or one of our own. After [`DatabaseSource::open`] there is
//! one code path for both.

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

use crate::embedded_postgres::{EmbeddedPostgres, Error};

/// Which database the portal uses.
#[derive(Clone, Debug)]
pub enum DatabaseSource {
    /// A private PostgreSQL under this data folder.
    Embedded(PathBuf),
    /// A server somebody else runs; nothing is started or stopped.
    External(Box<PgConnectOptions>),
}

/// What a process does with a private PostgreSQL that another portal process already runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupied {
    /// Refuse: `serve` runs once on a folder.
    Refuse,
    /// Use it and leave it running: a command beside `serve`.
    Join,
}

/// A database to connect to as the owner, and the server behind it where it is ours to stop.
#[derive(Debug)]
pub struct OpenDatabase {
    options: PgConnectOptions,
    server: Option<EmbeddedPostgres>,
}

impl DatabaseSource {
    /// Starts what has to be started.
    pub async fn open(self, occupied: Occupied) -> Result<OpenDatabase, Error> {
        match self {
            Self::External(options) => Ok(OpenDatabase { options: *options, server: None }),
            Self::Embedded(folder) => {
                let server = match occupied {
                    Occupied::Refuse => EmbeddedPostgres::start(&folder).await?,
                    Occupied::Join => EmbeddedPostgres::start_or_join(&folder).await?,
                };
                Ok(OpenDatabase { options: server.connect_options(), server: Some(server) })
            }
        }
    }
}

impl OpenDatabase {
    /// How to connect, as the owner of the database.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Stops the server where it is ours. Close the pools first: a fast shutdown ends what is connected.
    pub async fn close(self) -> Result<(), Error> {
        match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }
}
