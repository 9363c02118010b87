// What a receipt may hold, and the sealed text that follows from it. Nothing here hashes; every check gives the places
// that are wrong as {where, word, expected, found, name}, the words being those of check.html.

import { canonical } from "./check-json.js";

export const VERSIONS = { "tirage-receipt/1": 1, "tirage-receipt/2": 2, "tirage-receipt/3": 3 };
const CHANNELS = ["comments", "posts", "both"];
const MADE_OF = {
  contest: "contest.slug",
  post: "contest.post_url",
  draw: "draw.number",
  sealed: "seal.sealed_at",
  closes: "rules.closes_at",
  commitment: "randomness.commitment",
  beacon: "randomness",
  log: "log",
  rules: "rules",
  verdicts: "entries",
  pool: "rules.pools",
};

export function differs(where, expected, found) {
  return { where, word: "differs", expected, found };
}

export function isText(value) {
  return typeof value === "string" && value.isWellFormed?.() !== false;
}

function isRecord(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isWhole(value) {
  return Number.isSafeInteger(value) || typeof value === "bigint";
}

function has(value, name) {
  return Object.hasOwn(value, name);
}

/** Unix seconds of a time like 2026-11-27T16:00:00Z. Throws TypeError for another spelling. */
export function seconds(text) {
  const moment = typeof text === "string" ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment) || spell(moment / 1000) !== text) {
    throw new TypeError("no time");
  }
  return moment / 1000;
}

export function spell(moment) {
  return `${new Date(moment * 1000).toISOString().slice(0, 19)}Z`;
}

export function isComment(name) {
  return name.startsWith("comment:");
}

/** Comments by number, then posts by name. Both are ASCII. */
function byPlace(one, other) {
  if (isComment(one) !== isComment(other)) {
    return isComment(one) ? -1 : 1;
  }
  if (isComment(one) && one.length !== other.length) {
    return one.length - other.length;
  }
  return one < other ? -1 : Number(one > other);
}

export function eligible(receipt) {
  return receipt.entries.filter((entry) => entry.verdict.status === "eligible");
}

export function promised(randomness) {
  if (randomness.source === "drand") {
    return { chain: randomness.chain.hash, round: randomness.round };
  }
  return randomness.instead_of;
}

/** Nothing is missing, nothing stands there that is not checked. */
export function checkShape(receipt, version) {
  const random = receipt.randomness;
  const byBeacon = version === 3 && random.source === "drand";
  const shapes = [
    ["receipt", receipt, ["contest", "draw", "entries", "format", "randomness", "rules", "seal"]],
    ["contest", receipt.contest, ["post_url", "slug"]],
    ["seal", receipt.seal, ["digest", "sealed_at", "text"]],
    ["draw", receipt.draw, ["drawn_at", "number", "pools"]],
    ["randomness", random, ["commitment", "secret", "source"]],
  ];
  if (version === 1) {
    shapes[3][2].push("seed");
  }
  if (version === 3) {
    shapes[0][2].push("log");
    shapes.push(["log", receipt.log, ["head", "lines"]]);
  }
  if (byBeacon) {
    shapes[4][2] = ["chain", "commitment", "out_at", "randomness", "round", "signature", "source"];
  } else if (version === 3 && has(random, "instead_of")) {
    shapes[4][2].push("instead_of");
    shapes.push(["randomness.instead_of", random.instead_of, ["chain", "round"]]);
  }
  const failures = shapes
    .filter(([, part, names]) => !isRecord(part) || canonical(Object.keys(part).sort()) !== canonical(names.sort()))
    .map(([where, , names]) => ({ where, word: "keys", expected: names.join(", ") }));
  const texts = { "contest.slug": receipt.contest.slug, "contest.post_url": receipt.contest.post_url };
  const numbers = { "draw.number": receipt.draw.number };
  if (version === 3) {
    texts["log.head"] = receipt.log.head;
    numbers["log.lines"] = receipt.log.lines;
  }
  const odd = [
    ...Object.entries(texts).filter(([, value]) => !isText(value)),
    ...Object.entries(numbers).filter(([, value]) => !isWhole(value)),
    ...(byBeacon || random.source === "commit-reveal" ? [] : [["randomness.source"]]),
  ];
  return [...failures, ...odd.map(([where]) => ({ where, word: "kind" }))];
}

/** Nobody is in twice, late, unseen or under a name that is none. */
export function checkEntries(receipt, version) {
  const failures = [];
  const names = receipt.entries.map((entry) => entry.id);
  const odd = names.find((name) => !isName(name, version));
  if (odd !== undefined) {
    return [{ where: "entries", word: "name", name: odd }];
  }
  if (new Set(names).size !== names.length) {
    failures.push({ where: "entries", word: "twice" });
  }
  if (version > 1 && names.some((name, place) => place > 0 && byPlace(names[place - 1], name) > 0)) {
    failures.push({ where: "entries", word: "order" });
  }
  const closes = seconds(receipt.rules.closes_at);
  const standing = new Set(
    eligible(receipt)
      .filter((entry) => !has(entry, "person"))
      .map((entry) => entry.id),
  );
  for (const entry of receipt.entries) {
    const words = [...checkTime(entry, closes), ...(version > 1 ? checkVerdict(entry, standing) : [])];
    failures.push(...words.map((word) => ({ where: "entries", word, name: entry.id })));
  }
  return failures;
}

function isName(name, version) {
  if (typeof name !== "string") {
    return false;
  }
  const isPost = version > 1 && name.length <= 300 && /^(x|mastodon|bluesky):[!-~]+$/.test(name);
  return isPost || /^comment:(0|[1-9][0-9]{0,4000})$/.test(name);
}

function isReadmitted(entry) {
  return has(entry, "moderator") && entry.moderator.action === "readmit";
}

function checkTime(entry, closes) {
  if (entry.verdict.status !== "eligible") {
    return [];
  }
  const overruled = isReadmitted(entry) && has(entry.verdict, "overruled") ? entry.verdict.overruled : [];
  const codes = overruled.map((reason) => reason.code);
  if (entry.submitted_at === null) {
    return ["unchecked", "gone", "not_public"].some((code) => codes.includes(code)) ? [] : ["unseen"];
  }
  return seconds(entry.submitted_at) > closes && !codes.includes("late") ? ["late"] : [];
}

const ENTRY = ["id", "submitted_at", "person", "given_by", "moderator", "evidence", "verdict"];
const VERDICT = ["status", "reasons", "overruled"];

function checkVerdict(entry, standing) {
  const { id, verdict } = entry;
  const isIn = verdict.status === "eligible";
  const words = [];
  const isKnown = (value, names) => Object.keys(value).every((name) => names.includes(name));
  if (!isKnown(entry, ENTRY) || !isKnown(verdict, VERDICT)) {
    words.push("extra");
  }
  if (isIn && !(Array.isArray(verdict.reasons) && verdict.reasons.length === 0)) {
    words.push("against");
  }
  if (!isIn && !(Array.isArray(verdict.reasons) && verdict.reasons.length > 0)) {
    words.push("unexplained");
  }
  if (has(verdict, "overruled") && !isReadmitted(entry)) {
    words.push("overruled");
  }
  if (has(entry, "person") && !(isIn && entry.person !== id && standing.has(entry.person))) {
    words.push("person");
  }
  if (has(entry, "given_by") && !(isIn && entry.given_by !== id && isComment(entry.given_by))) {
    words.push("person");
  }
  return words;
}

/** Each pool with the names of those who take part in it, in the order of the sealed text. */
export function poolsOf(receipt, version) {
  const inside = eligible(receipt);
  if (version === 1) {
    const names = inside.map((entry) => entry.id).sort(byPlace);
    return [{ ...receipt.rules, name: "comments", title: "comments", names }];
  }
  const belongs = {
    comments: (entry) => isComment(entry.id),
    posts: (entry) => !isComment(entry.id),
    both: (entry) => !has(entry, "given_by"),
  };
  return receipt.rules.pools.map((pool, index) => ({
    ...pool,
    title: `${index + 1} ${pool.channel}`,
    names: inside.filter(belongs[pool.channel]).map((entry) => entry.id),
  }));
}

/** The pools are such as a contest can have. */
export function checkPools(receipt, version) {
  const rules = receipt.rules;
  const pools = version === 1 ? [rules] : rules.pools;
  const isPlace = (value) => Number.isSafeInteger(value) && value >= 0;
  const failures = [];
  let fits = pools.every((pool) => isPlace(pool.winners) && isPlace(pool.alternates));
  if (version > 1) {
    const names = pools.map((pool) => pool.name.split(/\s+/).join(" ").trim());
    const winners = pools.reduce((sum, pool) => sum + pool.winners, 0);
    fits &&= pools.length >= 1 && pools.length <= 20 && winners <= 1000;
    fits &&= new Set(names.map((name) => name.toLowerCase())).size === pools.length;
    fits &&= pools.every((pool, index) => isPool(pool, names[index]));
    if (typeof rules.one_prize !== "boolean") {
      failures.push({ where: "rules.one_prize", word: "kind" });
    }
  }
  return fits ? failures : [...failures, { where: "rules.pools", word: "pools" }];
}

function isPool(pool, name) {
  const known = ["name", "channel", "winners", "alternates", "prize"];
  const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u; // but joiners, which make emoji and letters one
  const isShown = (text, longest) =>
    [...text].length <= longest && !hidden.test(text.replace(/[\u200c\u200d]/g, "")) && isText(text);
  return (
    Object.keys(pool).every((key) => known.includes(key)) &&
    CHANNELS.includes(pool.channel) &&
    name !== "" &&
    isShown(name, 60) &&
    isShown((has(pool, "prize") ? pool.prize : "").split(/\s+/).join(" ").trim(), 200) &&
    pool.winners >= 1 &&
    pool.alternates <= 1000
  );
}

/** The sealed text line by line, as it follows from the rest; `digests` are those of the rules and the entries. */
export function sealedLines(receipt, version, digests) {
  const { contest, draw, seal, rules, randomness, log } = receipt;
  const round = version === 3 ? promised(randomness) : undefined;
  const lines = [
    `tirage-seal/${version}`,
    `contest ${contest.slug}`,
    `post ${contest.post_url}`,
    `draw ${draw.number}`,
    `sealed ${spell(seconds(seal.sealed_at))}`,
    `closes ${spell(seconds(rules.closes_at))}`,
    `commitment ${randomness.commitment}`,
  ];
  if (version === 3) {
    lines.push(`beacon ${round ? `${round.chain} ${round.round}` : "none"}`, `log ${log.lines} ${log.head}`);
  }
  lines.push(`rules ${digests.rules}`, `verdicts ${digests.entries}`);
  for (const pool of poolsOf(receipt, version)) {
    lines.push(`pool ${pool.title} winners=${pool.winners} alternates=${pool.alternates}`);
    for (const name of pool.names) {
      lines.push(`entry ${name}`);
    }
  }
  return [...lines, ""];
}

/** Where a sealed text isn't the one that follows from the rest. */
export function compareLines(expected, found) {
  const failures = [];
  const broken = expected.find((line) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line));
  if (broken !== undefined) {
    failures.push({ where: "seal.text", word: "control", found: broken });
  }
  for (let place = 0; place < Math.min(expected.length, found.length); place += 1) {
    if (expected[place] !== found[place]) {
      const where = MADE_OF[expected[place].split(" ")[0]] ?? "seal.text";
      failures.push(differs(where, expected[place], found[place]));
      if (where === "seal.text" || where === "rules.pools") {
        return failures; // from here on lines may only be shifted
      }
    }
  }
  if (expected.length !== found.length) {
    failures.push({ where: "seal.text", word: "lines", expected: expected.length - 1, found: found.length - 1 });
  }
  return failures;
}
