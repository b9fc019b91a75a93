// Passkeys are the browser's: they need this file. Everything else works without it.
"use strict";

const ways = {
  create: async options => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: async options => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

// Asks for a challenge, lets the browser answer it, and sends the answer as the form that it is part of.
async function answer(form) {
  const asked = await fetch(form.dataset.options, { method: "POST", headers: { "X-Form": form.elements.form.value } });
  if (!asked.ok) { location.reload(); return; }
  const credential = await ways[form.dataset.passkey](await asked.json());
  form.elements.Credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  document.querySelectorAll("[data-needs-passkeys]").forEach(part => { part.hidden = false; });
  document.querySelectorAll("form[data-passkey]").forEach(form => form.addEventListener("submit", event => {
    event.preventDefault();
    const trouble = form.querySelector(".trouble");
    trouble.hidden = true;
    answer(form).catch(() => { trouble.hidden = false; });
  }));
}

// What came from another site in a form is sent once more by our own page. Without scripts, somebody presses the button.
document.querySelectorAll("form[data-goes-on]").forEach(form => form.submit());
