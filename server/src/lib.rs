//! The binary `portal`: command line, configuration, wiring and middleware.
//!
//! Architecture invariant: nothing here knows a rule of the programme or a statement on its tables. Requests pass through
//! [`layers`], then to the pages and server functions of crate `app`, which call crate `service`.

pub mod brand_files;
pub mod commands;
pub mod configuration;
pub mod database;
pub mod embedded_postgres;
pub mod file_answer;
pub mod health;
pub mod interview_file;
pub mod jobs;
pub mod layers;
pub mod listener;
pub mod mail;
pub mod portal;
pub mod registry_download;
pub mod request_files;
pub mod serve;
pub mod server_functions;
pub mod simulate;
pub mod statement;
pub mod telemetry;
pub mod usage_upload;
