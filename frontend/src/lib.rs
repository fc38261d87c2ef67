//! What runs in the browser: the islands of `app` and nothing else.
//!
//! Each `#[island]` of `app` exports one function from the WebAssembly module. `frontend/islands.js` calls
//! [`hydrate`] once and then, for every `<leptos-island>` on the page, the function that its
//! `data-component` names. Pages and layouts are not compiled into this module.

// The exports of the islands are found by the linker only when their crate is named here.
extern crate app;

use wasm_bindgen::prelude::wasm_bindgen;

/// Readies the module for its islands; called once per page, before the first island.
#[wasm_bindgen]
pub fn hydrate() {
    // A development build says in the console where it panicked; in a release the texts are left out for size.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();

    leptos::mount::hydrate_islands();
}
