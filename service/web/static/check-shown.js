// Whether the page shows what the receipt tells: a page could name others than those who were drawn.

import { differs, isComment } from "./check-rules.js";

/**
 * `shown` is what check.js found on the page: {values: [{what, pool, text}], isReplaced, winners, alternates and struck:
 * [{pool, entry, link}], rows: [{pool, place, entry, ticket, link}]}. People have their pool's name, values and rows its
 * number.
 */
export function checkShown(receipt, version, shown) {
  const names = receipt.draw.pools.map((pool) => pool.name);
  const strangers = shown.winners.filter((winner) => !names.includes(winner.pool));
  return [
    ...shown.values.flatMap((value) => compareValue(receipt, version, value)),
    ...(shown.isReplaced ? [] : receipt.draw.pools.flatMap((pool) => compareWinners(pool, shown))),
    ...(shown.alternates.length || !shown.isReplaced ? compareAlternates(receipt, shown) : []),
    ...strangers.map((winner) => differs("page.winners", "", winner.entry)),
    ...shown.rows.flatMap((row) => compareRow(receipt, row)),
    ...[...shown.winners, ...shown.struck, ...shown.rows].flatMap(compareLink),
  ];
}

function compareValue(receipt, version, { what, pool, text }) {
  const random = receipt.randomness;
  const known = {
    slug: receipt.contest.slug,
    number: String(receipt.draw.number),
    digest: receipt.seal.digest,
    commitment: random.commitment,
    random: random.source === "drand" ? random.randomness : random.secret,
    signature: random.signature,
    round: String(random.round),
    seed: version === 1 ? receipt.draw.seed : receipt.draw.pools[pool - 1]?.seed,
  };
  return known[what] === text ? [] : [differs(`page.${what}`, known[what], text)];
}

/** Who was drawn holds a prize, but for those who lost it later: for each of them one of the next in order. */
function compareWinners(pool, shown) {
  const entriesOf = (people) => people.filter((person) => person.pool === pool.name).map((person) => person.entry);
  const winners = entriesOf(shown.winners);
  const struck = entriesOf(shown.struck);
  const kept = pool.winners.filter((entry) => !struck.includes(entry));
  const others = winners.filter((entry) => !kept.includes(entry));
  const next = pool.ranking.map((row) => row.entry).filter((entry) => !pool.winners.includes(entry));
  const isInOrder = winners.filter((entry) => kept.includes(entry)).join() === kept.join();
  const fits =
    isInOrder &&
    winners.length <= pool.winners.length &&
    new Set(winners).size === winners.length &&
    others.every((entry) => next.includes(entry) && !struck.includes(entry));
  return fits ? [] : [differs("page.winners", pool.winners.join(", "), winners.join(", "))];
}

/** Those who were drawn to be next, whatever became of them since. */
function compareAlternates(receipt, shown) {
  const told = receipt.draw.pools.flatMap((pool) => pool.alternates.map((entry) => `${pool.name}: ${entry}`));
  const found = shown.alternates.map((person) => `${person.pool}: ${person.entry}`);
  return told.join("\n") === found.join("\n") ? [] : [differs("page.alternates", told.join(", "), found.join(", "))];
}

function compareRow(receipt, { pool, place, entry, ticket }) {
  const told = receipt.draw.pools[pool - 1]?.ranking[place - 1];
  const isSame = told !== undefined && told.entry === entry && told.ticket === ticket;
  return isSame ? [] : [differs(`page.list[${place}]`, told ? `${told.ticket} ${told.entry}` : "", `${ticket} ${entry}`)];
}

/** A name may be anybody's; the comment that it leads to can't. */
function compareLink({ entry, link }) {
  const expected = `#comment-${entry.slice("comment:".length)}`;
  return !isComment(entry) || !link || link === expected ? [] : [differs("page.link", expected, link)];
}
