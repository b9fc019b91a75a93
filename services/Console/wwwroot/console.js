// Pages work without this file; it spares people some steps.
"use strict";

// A part of a page that says so is read again until it says so no longer; then the whole page is.
async function readAgain(part) {
  const wait = Number(part.dataset.readAgain) * 1000;
  await new Promise(resolve => setTimeout(resolve, wait));
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const present = page.getElementById(part.id);
  if (!present?.dataset.readAgain) { location.reload(); return; }
  part.innerHTML = present.innerHTML;
  await readAgain(part);
}

document.querySelectorAll("[data-read-again]").forEach(readAgain);

// The numbers beside a text follow it while it is written; a finding leads into the text itself.
const editor = document.querySelector(".editor textarea");
if (editor && !editor.readOnly) {
  const gutter = document.querySelector(".gutter");
  editor.addEventListener("input", () => {
    const lines = Math.max(1, editor.value.split("\n").length - (editor.value.endsWith("\n") ? 1 : 0));
    while (gutter.children.length > lines) gutter.lastElementChild.remove();
    while (gutter.children.length < lines) {
      const line = document.createElement("li");
      line.setAttribute("aria-hidden", "true");
      line.textContent = gutter.children.length + 1;
      gutter.append(line);
    }
    editor.rows = lines + 2;
  });
  document.querySelectorAll(".findings a[data-line]").forEach(link => link.addEventListener("click", () => {
    const before = editor.value.split("\n").slice(0, Number(link.dataset.line) - 1).join("\n");
    const at = before.length + (before ? 1 : 0);
    editor.focus({ preventScroll: true });
    editor.setSelectionRange(at, at);
  }));
}
