"use strict";
// Everything is in the page and readable without this: it sorts, filters, folds and copies.
const table = document.getElementById("units");
const rows = [...table.tBodies[0].rows];
const folds = [...document.querySelectorAll("details[data-fold]")];
const search = document.getElementById("search");
const choices = [...document.querySelectorAll("[data-choose]")];

function sortBy(column, direction) {
  const key = (row) => row.cells[column].dataset.key;
  const compare = (a, b) => (column === 0 ? key(a).localeCompare(key(b)) : Number(key(a)) - Number(key(b)));
  rows.sort((a, b) => compare(a, b) * direction);
  table.tBodies[0].append(...rows);
  [...table.tHead.rows[0].cells].forEach((head, k) => {
    if (k === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
}

function makeSortable() {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sortBy(column, head.ariaSort === "ascending" ? -1 : 1));
  });
}

function filter() {
  const wanted = search.value.trim().toLowerCase();
  const verdicts = new Set(choices.filter((c) => c.ariaPressed === "true").map((c) => c.dataset.choose));
  let count = 0;
  for (const row of rows) {
    const unit = document.getElementById(row.dataset.unit);
    const shown = unit.dataset.name.toLowerCase().includes(wanted) && verdicts.has(unit.dataset.verdict);
    row.hidden = unit.hidden = !shown;
    count += shown;
  }
  document.getElementById("shown").textContent = count === rows.length ? "" : `${count} of ${rows.length} shown`;
  document.getElementById("none").hidden = count > 0;
}

function fold(open) {
  for (const details of document.querySelectorAll(".unit > details")) details.open = open;
}

function openTarget() {
  const unit = location.hash && document.getElementById(location.hash.slice(1));
  if (!unit || !unit.matches(".unit")) return;
  unit.querySelector("details").open = true;
  unit.scrollIntoView();
}

const closed = [];
function openForPrint() {
  closed.push(...document.querySelectorAll("details:not([open])"));
  for (const details of closed) details.open = true;
}

function offerCopy(block) {
  const code = block.querySelector("code");
  const button = document.createElement("button");
  const say = (text) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      say("Copied");
    } catch {
      getSelection().selectAllChildren(code);
      say("Selected");
    }
  });
  block.classList.add("ready");
  block.append(button);
}

makeSortable();
document.querySelectorAll("pre.copy").forEach(offerCopy);
search.addEventListener("input", filter);
for (const choice of choices) {
  choice.addEventListener("click", () => {
    choice.ariaPressed = choice.ariaPressed === "true" ? "false" : "true";
    filter();
  });
}
for (const button of document.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () => fold(button.dataset.all === "open"));
}
for (const details of folds) details.open = false;
document.querySelector(".controls").hidden = false;
addEventListener("hashchange", openTarget);
addEventListener("beforeprint", openForPrint);
addEventListener("afterprint", () => closed.splice(0).forEach((details) => (details.open = false)));
openTarget();
