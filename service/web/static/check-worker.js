// Checks a draw beside the page, which stays quick: reads the receipt, does each step, tells how far it is.
//
// Takes {url, length, shown, chain} or, without a download, {text, shown, chain}. Tells {progress}, {step, failures} (first
// without failures, when the step begins) and at the end {valid, round}; {trouble} where the receipt couldn't be fetched.

import { parse } from "./check-json.js";
import { checkEntries, checkPools, checkShape, poolsOf, VERSIONS } from "./check-rules.js";
import {
  checkDigest,
  checkLines,
  checkPlaces,
  checkRandomness,
  compareRanking,
  knownChains,
  makeRanking,
  makeSeeds,
  roundOf,
} from "./check-draw.js";
import { checkShown } from "./check-shown.js";

const PATIENCE = 60_000; // milliseconds without a byte
const READ = 0.35; // the part of the work that reading is, by experience
const LISTED = 0.5; // the same once the list is compared

self.addEventListener("message", async ({ data }) => {
  let text;
  try {
    text = data.text ?? (await download(data.url, data.length));
  } catch (error) {
    self.postMessage({ trouble: String(error?.message ?? error) });
    return;
  }
  const failures = await check(text, data);
  self.postMessage({ valid: failures.length === 0, ...failures.round });
});

async function download(url, guessed) {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    // What the browser kept may be older than what the site gives others now.
    const answer = await fetch(url, { signal: stop.signal, credentials: "omit", cache: "no-cache" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const isPacked = answer.headers.has("Content-Encoding");
    const length = (!isPacked && Number(answer.headers.get("Content-Length"))) || guessed;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const reader = answer.body.getReader();
    let text = "";
    let read = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), PATIENCE);
      text += decoder.decode(part.value, { stream: true });
      read += part.value.length;
      self.postMessage({ progress: READ * Math.min(read / length, 1), read });
    }
    return text + decoder.decode();
  } finally {
    clearTimeout(timer);
  }
}

/** Every step in turn; what isn't as it should be. */
async function check(text, { shown, chain }) {
  const all = [];
  const step = async (name, look) => {
    self.postMessage({ step: name });
    let failures;
    try {
      failures = await look();
    } catch (error) {
      failures = [{ where: "receipt", word: "broken", found: String(error?.message ?? error) }];
    }
    self.postMessage({ step: name, failures });
    all.push(...failures);
  };
  let receipt;
  let version;
  await step("read", () => {
    receipt = parse(text);
    version = Object.hasOwn(VERSIONS, receipt?.format) ? VERSIONS[receipt.format] : 0;
    return version ? checkShape(receipt, version) : [{ where: "format", word: "format", found: receipt?.format }];
  });
  if (!version) {
    return all;
  }
  const chains = await knownChains(chain);
  await step("shown", () => checkShown(receipt, version, shown));
  await step("digest", () => checkDigest(receipt));
  await step("lines", async () => [...checkPools(receipt, version), ...(await checkLines(receipt, version))]);
  self.postMessage({ progress: LISTED });
  await step("entries", () => checkEntries(receipt, version));
  await step("randomness", () => checkRandomness(receipt, chains));
  await checkDraw(receipt, version, step);
  all.round = all.length ? {} : { round: roundOf(receipt) };
  return all;
}

async function checkDraw(receipt, version, step) {
  let seeds = [];
  const rankings = [];
  await step("seeds", async () => {
    const made = await makeSeeds(receipt, version);
    seeds = made.seeds;
    return made.failures;
  });
  await step("tickets", async () => {
    const pools = poolsOf(receipt, version);
    const total = pools.reduce((sum, pool) => sum + pool.names.length, 0);
    let done = 0;
    const tell = (number) => {
      done += number;
      self.postMessage({ progress: LISTED + (1 - LISTED) * (done / total) });
    };
    const failures = [];
    for (const [index, pool] of pools.entries()) {
      rankings.push(await makeRanking(seeds[index], pool.names, tell));
      failures.push(...compareRanking(`draw.pools[${index}]`, rankings[index], receipt.draw.pools[index].ranking));
    }
    return failures;
  });
  await step("places", () => checkPlaces(receipt, version, rankings));
}
