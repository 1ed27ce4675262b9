// Security keys: what the server asks is put before the browser, and its answer is sent back. Without support for them
// the buttons stay hidden and the six figures serve.

// keys are made for a name: an address of figures alone has none
const namedHost = !/^[0-9.]+$|:/.test(window.location.hostname);
const supported =
  window.isSecureContext && namedHost && "credentials" in navigator && "PublicKeyCredential" in window;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function named(list) {
  return (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
}

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.words);
  return told;
}

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.words);
  return told.publicKey;
}

export async function touch(address) {
  const asked = await ask(address);
  const found = await navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) },
  });
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: text(found.response.clientDataJSON),
      authenticatorData: text(found.response.authenticatorData),
      signature: text(found.response.signature),
      userHandle: found.response.userHandle ? text(found.response.userHandle) : null,
    },
    clientExtensionResults: {},
  };
}

async function make(address, label) {
  const asked = await ask(address);
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    },
  });
  return send(address, {
    label,
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    },
    clientExtensionResults: {},
  });
}

function say(words) {
  for (const place of document.querySelectorAll("[data-key-words]")) {
    place.textContent = words;
    place.hidden = !words;
  }
}

function showCodes(codes) {
  const place = document.querySelector("[data-new-codes]");
  const drawn = document.querySelector("template[data-codes]").content.cloneNode(true);
  const list = drawn.querySelector("ul");
  for (const code of codes) {
    const line = document.createElement("li");
    const word = document.createElement("code");
    word.className = "serial token";
    word.textContent = code;
    line.append(word);
    list.append(line);
  }
  place.replaceChildren(drawn);
  place.scrollIntoView();
}

function busy(button, doing) {
  say("");
  button.disabled = true;
  doing()
    .catch((error) => say(error.message))
    .finally(() => (button.disabled = false));
}

if (supported) {
  for (const button of document.querySelectorAll("[data-key-sign-in]")) {
    button.hidden = false;
    button.addEventListener("click", () =>
      busy(button, async () => {
        const address = button.dataset.keySignIn;
        const answer = await touch(address);
        const told = await send(`${address}?next=${encodeURIComponent(button.dataset.next)}`, answer);
        window.location.assign(told.onward);
      }),
    );
  }
  for (const form of document.querySelectorAll("[data-new-key]")) {
    form.closest("[data-with-keys]").hidden = false;
    for (const words of document.querySelectorAll("[data-no-keys]")) words.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(form.querySelector("button"), async () => {
        const told = await make(form.dataset.newKey, form.elements.label.value);
        if (told.codes.length) showCodes(told.codes);
        else window.location.reload();
      });
    });
  }
  for (const button of document.querySelectorAll("[data-key-proof]")) {
    button.hidden = false;
    button.addEventListener("click", () =>
      busy(button, async () => {
        const address = button.dataset.keyProof;
        const told = await send(address, await touch(address));
        const form = button.closest("form");
        form.elements.password.value = told.proof;
        form.requestSubmit();
      }),
    );
  }
}
