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
