// The page's side of the check: finds what the page shows, has a worker check it, and tells what comes of it.
// It holds no sentence: those are in check.html, in the reader's language.

const SMALL = 5_000_000; // bytes: more is fetched only when the reader asks for it
const BYTES = 250; // of a receipt, for each entry
const BASE = 10_000;
const MOST_FAILURES = 3; // told of one step
const LONGEST = 200; // characters of a value

const section = document.getElementById("check");
const words = JSON.parse(section.dataset.words);
const [work, button, result, bar, list, round] = ["work", "start", "result", "bar", "steps", "round"].map((name) =>
  section.querySelector(name === "bar" ? "progress" : `.check-${name}`),
);
const length = BASE + BYTES * Number(section.dataset.entries);
let worker = null;

/** What the page shows of the draw: see check-shown.js. */
function readPage() {
  const all = (what) => [...document.querySelectorAll(`[data-check="${what}"]`)];
  const linkOf = (part) => part.querySelector("a[href*='#comment-']")?.hash ?? "";
  const peopleOf = (what) =>
    all(what).map((part) => ({ pool: part.dataset.pool, entry: part.dataset.entry, link: linkOf(part) }));
  const values = ["digest", "commitment", "random", "seed", "signature", "round"].flatMap((what) =>
    all(what).map((part) => ({ what, pool: Number(part.dataset.pool), text: part.textContent.trim() })),
  );
  return {
    values: [
      { what: "slug", text: section.dataset.slug },
      { what: "number", text: section.dataset.number },
      ...values,
    ],
    isReplaced: "replaced" in section.dataset,
    winners: peopleOf("winner"),
    alternates: peopleOf("alternate"),
    struck: peopleOf("struck"),
    rows: all("row").map((part) => ({
      pool: Number(part.dataset.pool),
      place: Number(part.dataset.place),
      entry: part.dataset.entry,
      ticket: part.querySelector("code").textContent.trim(),
      link: linkOf(part),
    })),
  };
}

function start() {
  worker?.terminate();
  button.disabled = true;
  for (const part of list.children) {
    delete part.dataset.state;
    part.querySelector(".check-word").textContent = "";
    part.querySelector("ul")?.remove();
  }
  round.hidden = true;
  list.hidden = false;
  bar.hidden = false;
  bar.value = 0;
  say("doing");
  worker = new Worker(new URL("check-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => hear(data));
  worker.addEventListener("error", () => finish("old", "bad"));
  const url = new URL(section.dataset.receipt, location.href).href;
  worker.postMessage({ url, length, shown: readPage(), chain: JSON.parse(section.dataset.chain) });
}

function hear(told) {
  if ("progress" in told) {
    bar.value = told.progress;
  } else if ("step" in told) {
    showStep(list.querySelector(`[data-step="${told.step}"]`), told.failures);
  } else if ("trouble" in told) {
    finish("trouble", "bad", { found: told.trouble });
  } else {
    finish(told.valid ? (told.round?.isTrial ? "trial" : "holds") : "fails", told.valid ? "ok" : "bad");
    if (told.valid && told.round) {
      showRound(told.round);
    }
  }
}

function showStep(part, failures) {
  part.dataset.state = !failures ? "doing" : failures.length ? "bad" : "ok";
  if (!failures) {
    return;
  }
  part.querySelector(".check-word").textContent = words[part.dataset.state];
  if (failures.length) {
    const told = document.createElement("ul");
    told.append(...failures.slice(0, MOST_FAILURES).map(showFailure));
    if (failures.length > MOST_FAILURES) {
      const rest = document.createElement("li");
      rest.append(...fill(words.more, { found: failures.length - MOST_FAILURES }));
      told.append(rest);
    }
    part.append(told);
  }
}

function showFailure({ where, word, ...facts }) {
  const part = document.createElement("li");
  part.append(code(where), " ", ...fill(words[word], facts));
  return part;
}

/** A sentence with its facts, which strangers may have written: as text, never as HTML. */
function fill(sentence, facts) {
  return sentence.split(/(\{[a-z]+\})/).map((piece) => {
    const name = piece.slice(1, -1);
    return piece.startsWith("{") && name in facts ? code(facts[name]) : piece;
  });
}

function code(value) {
  const part = document.createElement("code");
  const text = String(value);
  part.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return part;
}

function showRound({ signature, pages }) {
  round.querySelector(".check-signature").textContent = signature;
  round.querySelector(".check-mirrors").replaceChildren(
    ...pages.map((page) => {
      const link = document.createElement("a");
      link.href = page;
      link.rel = "noopener";
      link.textContent = new URL(page).host;
      const part = document.createElement("li");
      part.append(link);
      return part;
    }),
  );
  round.hidden = false;
}

function say(word, facts = {}) {
  result.className = "check-result";
  result.replaceChildren(...fill(words[word], facts));
}

function finish(word, kind, facts) {
  worker?.terminate();
  worker = null;
  say(word, facts);
  result.classList.add(kind);
  bar.hidden = true;
  button.textContent = words.again;
  button.disabled = false;
}

work.hidden = false;
if (!globalThis.crypto?.subtle) {
  button.hidden = true;
  say("insecure");
} else {
  button.addEventListener("click", start);
  if (length < SMALL) {
    start();
  }
}
