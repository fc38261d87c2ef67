//! The frame of a table: it scrolls sideways inside itself, the page never does.

use leptos::prelude::*;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(super) label: String,
    pub(super) class: Option<&'static str>,
}

impl Column {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), class: None }
    }

    /// A column of figures, aligned to the right; its cells take `class="money"`.
    pub fn figure(label: impl Into<String>) -> Self {
        Self { label: label.into(), class: Some("money") }
    }
}

/// A table. The children are its rows, `<tr>` by `<tr>`.
#[component]
pub fn DataTable(
    /// What the table shows, for those who can't see it.
    #[prop(into)]
    caption: String,
    /// Its columns.
    columns: Vec<Column>,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads: Vec<_> = columns.into_iter().map(|column| view! { <th scope="col" class=column.class>{column.label}</th> }).collect();
    let name = caption.clone();
    view! {
        <div class="table-frame" role="group" tabindex="0" aria-label=name>
            <table class="data-table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
