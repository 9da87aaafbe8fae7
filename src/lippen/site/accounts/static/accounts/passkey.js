// Passkeys: asks the browser for one, puts its answer into the form and sends it. Everything else works without.
//
// A form says what it is for: data-passkey is "create" (a new passkey), "ask" (the second step, or saying again
// who one is) or "sign-in". "create" and "ask" carry what the site asks in data-options; "sign-in" fetches it when
// the button is pressed, because a question is good for one answer only.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(asked) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: named(asked.excludeCredentials),
      },
    });
    return answer(made, {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    });
  }

  async function ask(asked) {
    const got = await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        allowCredentials: named(asked.allowCredentials),
      },
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = got.response;
    return answer(got, {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    });
  }

  const answer = (credential, response) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  async function optionsOf(form) {
    if (form.dataset.passkey !== "sign-in") return JSON.parse(form.dataset.options);
    const asked = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!asked.ok) throw new Error(`the site answered ${asked.status}`);
    return (await asked.json()).request_options;
  }

  async function run(form) {
    const said = form.querySelector("[data-said]");
    said.hidden = true;
    try {
      const options = (await optionsOf(form)).publicKey;
      const credential = await (form.dataset.passkey === "create" ? create(options) : ask(options));
      form.elements.namedItem("credential").value = JSON.stringify(credential);
      form.submit();
    } catch (why) {
      said.hidden = false;
      console.warn(why);
    }
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
  }
  for (const one of document.querySelectorAll("[data-without-passkey]")) one.hidden = true;
})();
