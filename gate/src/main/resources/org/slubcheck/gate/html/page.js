"use strict";
// The page is whole without this: it only filters, and switches the theme.
(() => {
  const byId = (id) => document.getElementById(id);
  const store = {
    get: () => { try { return localStorage.getItem("slubcheck-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("slubcheck-theme", value); } catch { /* a sandboxed page */ } },
  };

  const button = byId("theme");
  const dark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  const kept = store.get();
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    store.set(next);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();

  const query = byId("q");
  const technique = byId("technique");
  const state = byId("state");
  const rows = [...document.querySelectorAll("tr[data-id]")];
  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const wanted =
        words.every((word) => row.dataset.text.includes(word)) &&
        (!technique.value || row.dataset.techniques.split(" ").includes(technique.value)) &&
        (!state.value || row.dataset.state === state.value);
      row.hidden = !wanted;
      const section = byId(row.dataset.id);
      if (section) section.hidden = !wanted;
      shown += wanted ? 1 : 0;
    }
    byId("shown").textContent = shown === rows.length ? `${shown} defects` : `${shown} of ${rows.length} defects`;
  };
  for (const control of [query, technique, state]) control.addEventListener("input", filter);
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      query.focus();
    } else if (event.key === "Escape" && document.activeElement === query) {
      query.value = "";
      filter();
    }
  });
  filter();

  // A link to a defect that the filter hides shows it again.
  addEventListener("hashchange", () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (target && target.hidden) {
      query.value = technique.value = state.value = "";
      filter();
      target.scrollIntoView();
    }
  });
})();
