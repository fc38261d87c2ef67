// Wakes the islands of a page. Pages work without it: an island is HTML and plain forms until then.
//
//   <script type="module" src="/pkg/islands.<hash>.js"
//           data-script="/pkg/portal.<hash>.js" data-wasm="/pkg/portal.<hash>.wasm"></script>
//
// A page without islands loads nothing more. The order of waking is that of Leptos 0.8's own `island_script.js`.
const { script, wasm } = document.querySelector("script[data-script][data-wasm]")?.dataset ?? {};

if (script && wasm && document.querySelector("leptos-island")) {
  // The module reads these; a page rendered with resources has set them already.
  globalThis.__RESOLVED_RESOURCES ??= [];
  globalThis.__SERIALIZED_ERRORS ??= [];
  globalThis.__INCOMPLETE_CHUNKS ??= [];

  const response = fetch(wasm);
  const module = await import(script);
  await module.default({ module_or_path: response });
  module.hydrate();
  await wake(document.body, module, []);
  // For tests and styles: from here on everything answers.
  document.documentElement.dataset.islands = "ready";
}

// `children` holds, innermost last, what restores the context of the island around the present one.
async function wake(element, module, children) {
  if (element.localName === "leptos-island") {
    const island = module[element.dataset.component];
    if (island) {
      children.at(-1)?.();
      await island(element);
    } else {
      console.error(`There is no island ${element.dataset.component} in the module.`);
    }
  }
  const inner = element.localName === "leptos-children" ? [...children, element.$$on_hydrate] : children;
  for (const child of element.children) await wake(child, module, inner);
}
