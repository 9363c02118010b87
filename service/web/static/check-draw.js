// What has to be hashed: the digest, the randomness, seeds, tickets and the places that follow from them.

import { canonical } from "./check-json.js";
import { compareLines, differs, isText, poolsOf, promised, sealedLines, seconds, spell } from "./check-rules.js";

const QUICKNET = {
  name: "quicknet",
  scheme: "bls-unchained-g1-rfc9380",
  public_key:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis_seed: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
  genesis_time: 1692803367,
  period: 3,
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
};
const MIRRORS = ["api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com"];
const MINUTE = 60;
const HOUR = 3600;
const AT_ONCE = 1000; // tickets: enough to keep the browser's threads busy, few enough to tell how far it is
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const encoder = new TextEncoder();

/** SHA-256 of a text's UTF-8 bytes, or of bytes, in hexadecimal. Throws TypeError for what has no UTF-8. */
export async function sha256(value) {
  if (typeof value === "string" && !isText(value)) {
    throw new TypeError("no text");
  }
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  let text = "";
  for (const byte of digest) {
    text += HEX[byte];
  }
  return text;
}

function bytesOf(hex) {
  if (typeof hex !== "string" || !/^([0-9a-f]{2})*$/.test(hex)) {
    throw new TypeError("no bytes");
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The digest is that of the sealed text. */
export async function checkDigest(receipt) {
  const digest = await sha256(receipt.seal.text);
  return digest === receipt.seal.digest ? [] : [differs("seal.digest", digest, receipt.seal.digest)];
}

/** The sealed text follows line by line. */
export async function checkLines(receipt, version) {
  const digests = { rules: await sha256(canonical(receipt.rules)), entries: await sha256(canonical(receipt.entries)) };
  const lines = sealedLines(receipt, version, digests);
  return compareLines(lines, receipt.seal.text.split("\n"));
}

/** SHA-256 of the period as 4 bytes and the genesis as 8, the key, the seed and the name: it binds all of a chain. */
async function hashChain(chain) {
  const head = new DataView(new ArrayBuffer(12));
  head.setUint32(0, chain.period);
  head.setBigUint64(4, BigInt(chain.genesis_time));
  const parts = [head.buffer, bytesOf(chain.public_key), bytesOf(chain.genesis_seed), encoder.encode(chain.name)];
  return sha256(await new Blob(parts).arrayBuffer());
}

/** The chains that are believed: drand's quicknet, and for trials one that this page names, if its hash is its own. */
export async function knownChains(own) {
  const isOther = own && own.hash !== QUICKNET.hash && own.period > 0 && (await hashChain(own)) === own.hash;
  return isOther ? [QUICKNET, own] : [QUICKNET];
}

/** The secret fits, or the round is the one that was promised; the signature itself can't be checked in a browser. */
export async function checkRandomness(receipt, chains) {
  const { randomness: random, seal, draw } = receipt;
  const sealed = seconds(seal.sealed_at);
  const drawn = seconds(draw.drawn_at);
  const byBeacon = random.source === "drand";
  const failures = drawn < sealed ? [{ where: "draw.drawn_at", word: "early" }] : [];
  if (!byBeacon && (await sha256(random.secret)) !== random.commitment) {
    failures.push({ where: "randomness.secret", word: "secret" });
  }
  const promise = promised(random);
  if (!promise) {
    return failures;
  }
  const chain = chains.find((known) => known.hash === promise.chain);
  if (!chain || (byBeacon && canonical(chain) !== canonical(random.chain))) {
    const where = byBeacon ? "randomness.chain" : "randomness.instead_of.chain";
    return [...failures, { where, word: "chain" }];
  }
  const first = Math.max(Math.ceil((sealed + MINUTE - chain.genesis_time) / chain.period) + 1, 1);
  const outAt = chain.genesis_time + (first - 1) * chain.period;
  if (promise.round !== first) {
    failures.push(differs("randomness.round", first, promise.round));
  }
  if (drawn < outAt + (byBeacon ? 0 : HOUR)) {
    failures.push({ where: "draw.drawn_at", word: "early" });
  }
  return byBeacon ? [...failures, ...(await checkRound(random, outAt))] : failures;
}

async function checkRound(random, outAt) {
  if (typeof random.signature !== "string" || !/^[0-9a-f]{96}$/.test(random.signature)) {
    return [{ where: "randomness.signature", word: "kind" }];
  }
  const value = await sha256(bytesOf(random.signature));
  return [
    ...(value === random.randomness ? [] : [differs("randomness.randomness", value, random.randomness)]),
    ...(spell(outAt) === random.out_at ? [] : [differs("randomness.out_at", spell(outAt), random.out_at)]),
  ];
}

/** What has to be compared elsewhere: the round of a beacon, where its mirrors show it, and whether it is a trial's. */
export function roundOf(receipt) {
  const random = receipt.randomness;
  if (random.source !== "drand") {
    return null;
  }
  const path = `${encodeURIComponent(random.chain.hash)}/public/${encodeURIComponent(String(random.round))}`;
  return {
    number: random.round,
    signature: random.signature,
    isTrial: random.chain.hash !== QUICKNET.hash,
    pages: MIRRORS.map((mirror) => `https://${mirror}/${path}`),
  };
}

/** The seed of each pool, as it follows from contest, digest and randomness. */
export async function makeSeeds(receipt, version) {
  const { randomness: random, contest, seal, draw } = receipt;
  const value = random.source === "drand" ? random.randomness : random.secret;
  const parts = [`tirage-seed/${Math.min(version, 2)}`, contest.slug, seal.digest, value];
  const pools = poolsOf(receipt, version);
  const seeds = await Promise.all(
    pools.map((_, index) => sha256([...parts, ...(version === 1 ? [] : [index + 1]), ""].join("\n"))),
  );
  const told = version === 1 ? [draw.seed] : draw.pools.map((pool) => pool.seed);
  const where = (index) => (version === 1 ? "draw.seed" : `draw.pools[${index}].seed`);
  const failures = seeds.flatMap((seed, index) =>
    seed === told[index] ? [] : [differs(where(index), seed, told[index])],
  );
  if (draw.pools.length !== seeds.length) {
    failures.push(differs("draw.pools", seeds.length, draw.pools.length));
  }
  return { seeds, failures };
}

/** Every entry of a pool with its ticket, the lowest first; `tell` hears of each ticket that is made. */
export async function makeRanking(seed, names, tell) {
  const tickets = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const made = await Promise.all(some.map((name) => sha256(`${seed}|${name}`)));
    for (let place = 0; place < some.length; place += 1) {
      tickets.push(`${made[place]} ${some[place]}`);
    }
    tell(some.length);
  }
  return tickets.sort().map((line) => ({ entry: line.slice(65), ticket: line.slice(0, 64) }));
}

/** The tickets and their order are those that the receipt tells. */
export function compareRanking(where, expected, found) {
  const place = expected.findIndex((row, index) => !isSame(row, found[index]));
  if (place >= 0 && place < found.length) {
    const spellRow = (row) => (row ? `${row.ticket} ${row.entry}` : "");
    return [differs(`${where}.ranking[${place}]`, spellRow(expected[place]), spellRow(found[place]))];
  }
  return expected.length === found.length ? [] : [differs(`${where}.ranking`, expected.length, found.length)];
}

function isSame(row, told) {
  const isPair = told !== null && typeof told === "object" && Object.keys(told).length === 2;
  return isPair && told.ticket === row.ticket && told.entry === row.entry;
}

/** Who wins, who comes next, and who is passed over, pool by pool; `rankings` as `makeRanking` gives them. */
export function checkPlaces(receipt, version, rankings) {
  const personOf = new Map(receipt.entries.map((entry) => [entry.id, entry.person ?? entry.id]));
  const won = version > 1 && receipt.rules.one_prize ? new Set() : null;
  return poolsOf(receipt, version).flatMap((pool, index) => {
    const places = givePlaces(rankings[index], pool, personOf, won);
    const expected = { name: pool.name, ...places, prizes_left: pool.winners - places.winners.length };
    if (version === 1) {
      delete expected.passed_over;
    }
    return comparePool(`draw.pools[${index}]`, expected, receipt.draw.pools[index] ?? {}, version);
  });
}

function givePlaces(ranking, pool, personOf, won) {
  const places = { winners: [], alternates: [], passed_over: [] };
  for (const { entry } of ranking) {
    const hasPrize = places.winners.length < pool.winners;
    if (!hasPrize && places.alternates.length === pool.alternates) {
      break;
    }
    const person = personOf.get(entry);
    if (won?.has(person)) {
      places.passed_over.push(entry);
    } else {
      places[hasPrize ? "winners" : "alternates"].push(entry);
      if (hasPrize) {
        won?.add(person);
      }
    }
  }
  return places;
}

function comparePool(where, expected, found, version) {
  const names = [...Object.keys(expected), "ranking", ...(version === 1 ? [] : ["seed"])].sort();
  const failures = Object.entries(expected)
    .filter(([key, value]) => found[key] === undefined || canonical(found[key]) !== canonical(value))
    .map(([key, value]) => differs(`${where}.${key}`, canonical(value), canonical(found[key] ?? null)));
  if (canonical(Object.keys(found).sort()) !== canonical(names)) {
    failures.push({ where, word: "keys", expected: names.join(", ") });
  }
  return failures;
}

