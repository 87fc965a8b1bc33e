"use strict";
// Passed cases lie in scripts beside this page: a page opened from disk may run them, but may not fetch JSON.
(() => {
  const data = document.getElementById("index");
  const list = document.getElementById("list"), more = document.getElementById("next");
  const form = document.getElementById("find"), words = document.getElementById("words");
  const verdict = document.getElementById("verdict"), found = document.getElementById("found");
  const PAGE = 50, looks = { P: ["holds", "✓"], F: ["fails", "✗"], U: ["unmeasured", "?"], N: ["na", "–"] };
  const pages = new Map(), waiting = new Map();

  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }
  addEventListener("hashchange", openTarget);
  openTarget();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "/" && words) { event.preventDefault(); words.focus(); }
    if (event.key !== "j" && event.key !== "k") return;
    const all = [...document.querySelectorAll("details.case > summary")];
    const at = all.indexOf(document.activeElement), next = event.key === "j" ? at + 1 : at - 1;
    if (all[next]) { all[next].focus(); all[next].scrollIntoView({ block: "nearest" }); }
  });

  if (!data) return;
  const told = JSON.parse(data.textContent);
  const rows = told.cases.map((row) => ({ id: row[1], verdict: row[2], page: row[3], at: row[4], question: row[5], row }));
  const textOf = ({ row }) => [row[1], row[5], told.words[row[0]], ...row.slice(6).map((at) => told.words[at])].join(" ").toLowerCase();
  let matches = rows, shown = 0;

  globalThis.reportCases = (page, cases) => {
    pages.set(page, cases);
    for (const fill of waiting.get(page) || []) fill();
    waiting.delete(page);
  };

  function load(page, fill) {
    if (pages.has(page)) { fill(); return; }
    if (waiting.has(page)) { waiting.get(page).push(fill); return; }
    waiting.set(page, [fill]);
    const script = document.createElement("script");
    script.src = "report-cases/" + String(page).padStart(3, "0") + ".js";
    script.onerror = () => { const late = waiting.get(page); waiting.delete(page); late.forEach((fill) => fill("missing")); };
    document.head.append(script);
  }

  function make(tag, look, text) {
    const element = document.createElement(tag);
    if (look) element.className = look;
    if (text) element.textContent = text;
    return element;
  }

  function item(row) {
    const [look, sign] = looks[row.verdict] || looks.N;
    if (!row.page) {
      const link = make("a", "case link");
      link.href = "#case-" + (row.at + 1);
      link.append(make("span", "badge " + look, sign), " ", make("code", "", row.id), " ", make("span", "question", row.question));
      return link;
    }
    const box = make("details", "case"), head = make("summary"), body = make("div");
    head.append(make("span", "badge " + look, sign), " ", make("code", "", row.id), " ", make("span", "question", row.question));
    box.append(head, body);
    box.addEventListener("toggle", () => {
      if (!box.open || body.childElementCount) return;
      load(row.page, (problem) => {
        const html = problem ? "" : pages.get(row.page)[row.at];
        // The side file holds HTML that the template escaped, as it did that of this page.
        if (html) body.innerHTML = html;
        else body.replaceChildren(make("p", "note", "report-cases/ does not lie beside this page; copy the folder along, or draw the report anew by `harness report`."));
      });
    });
    return box;
  }

  function show() {
    const part = matches.slice(shown, shown + PAGE);
    list.append(...part.map(item));
    shown += part.length;
    more.hidden = shown >= matches.length;
    found.textContent = matches.length + " of " + rows.length + " cases";
  }

  function search() {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    matches = rows.filter((row) => {
      if (verdict.value && row.verdict !== verdict.value) return false;
      if (asked.length && row.text === undefined) row.text = textOf(row);
      return asked.every((word) => row.text.includes(word));
    });
    shown = 0;
    list.replaceChildren();
    show();
  }

  form.hidden = false;
  document.getElementById("keys").hidden = false;
  form.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { const first = shown; show(); list.children[first].querySelector("summary")?.focus(); });
  search();
})();
