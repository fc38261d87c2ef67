//! A partner's rebates: what runs, and what became of earlier periods.

pub mod rebates_page;
