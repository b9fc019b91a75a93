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

// What is left of emergency access is seen every second, and said aloud each minute and at the end.
const countdown = document.querySelector("[data-seconds]");
if (countdown) {
  const end = Date.now() + Number(countdown.dataset.seconds) * 1000;
  const said = document.getElementById("countdown-said");
  const several = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const written = seconds => {
    const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    return [[hours, "hour"], [minutes, "minute"], [hours ? 0 : seconds % 60, "second"]]
      .filter(([number]) => number > 0).map(([number, unit]) => several(number, unit)).join(" ");
  };
  const inTheLastMinute = [30, 10];
  let before = Number(countdown.dataset.seconds);
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    countdown.textContent = left > 0 ? `${written(left)} left` : "It has run out.";
    const minute = Math.ceil(left / 60) < Math.ceil(before / 60) && left > 0;
    if (minute) said.textContent = `${several(Math.ceil(left / 60), "minute")} of emergency access left`;
    else if (inTheLastMinute.some(mark => left <= mark && before > mark) && left > 0) {
      said.textContent = `${several(left, "second")} of emergency access left`;
    }
    before = left;
    if (left > 0) { setTimeout(tick, (end - Date.now()) % 1000 || 1000); return; }
    said.textContent = "Emergency access has run out.";
    setTimeout(() => location.reload(), 3000);
  };
  if (before > 0) tick();
}
