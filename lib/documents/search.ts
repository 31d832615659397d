import MiniSearch from "minisearch";
import type { Passage } from "./passages.ts";
import { alike, isTelling, terms } from "./terms.ts";

/**
 * How much of a question's weight one section must have, in two words or in one, to be an answer. Rare
 * words weigh more, unknown ones most; of a long question the five heaviest count.
 */
const ENOUGH = 0.38;
const ENOUGH_OF_ONE = 0.6;
const WORDS_THAT_COUNT = 5;
/** How much more a passage of the README counts: of two that say it alike, the overview. */
const OVERVIEW = 1.5;
/** Words of a question that are looked up. */
const MAX_WORDS = 64;

export interface DocumentSearch {
  /** The passages that bear on these words, best first. None where the best section has too few of them. */
  find(words: readonly string[]): Passage[];
  /** Whether the documents have a word, or one that is taken for it. */
  knows(word: string): boolean;
}

/** The telling words of a text, each once, as they are written. */
export function tellingWords(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  const byTerm = new Map<string, string>();
  for (const word of words) {
    const term = terms(word)[0];
    if (term && isTelling(term) && !byTerm.has(term)) byTerm.set(term, word);
  }
  return [...byTerm.values()].slice(0, MAX_WORDS);
}

/** A search of passages by keywords (BM25). It depends on the passages and on nothing else. */
export function createDocumentSearch(passages: readonly Passage[]): DocumentSearch {
  const index = new MiniSearch<Passage>({
    fields: ["title", "heading", "path", "text"],
    tokenize: terms,
    // `terms` has done it.
    processTerm: (term) => term,
    searchOptions: {
      boost: { title: 2, heading: 2 },
      boostDocument: (id: number) => (passages[id]?.path === "README.md" ? OVERVIEW : 1),
    },
  });
  index.addAll(passages);
  const frequency = new Map<string, number>();
  for (const { title, heading, path, text } of passages) {
    for (const term of new Set(terms(`${title} ${heading} ${path} ${text}`))) {
      frequency.set(term, (frequency.get(term) ?? 0) + 1);
    }
  }
  const countOf = (term: string) =>
    Math.max(...alike(term).map((other) => frequency.get(other) ?? 0));
  const weight = (term: string) => {
    const n = countOf(term);
    return Math.log(1 + (passages.length - n + 0.5) / (n + 0.5));
  };

  return {
    knows: (word) => terms(word).some((term) => countOf(term) > 0),
    find(words) {
      const asked = [...new Set(words.flatMap(terms))].slice(0, MAX_WORDS);
      const hits = index
        .search(asked.flatMap(alike).join(" "))
        .map((hit) => ({ id: hit.id as number, score: hit.score, terms: hit.terms }))
        .sort((a, b) => b.score - a.score || a.id - b.id);
      const weights = asked.map(weight).sort((a, b) => b - a);
      const whole = sum(weights.slice(0, WORDS_THAT_COUNT));
      const sections = new Map<string, string[]>();
      for (const hit of hits.slice(0, 20)) {
        const { path = "", heading = "" } = passages[hit.id] ?? {};
        const place = `${path} ${heading}`;
        sections.set(place, [...(sections.get(place) ?? []), ...hit.terms]);
      }
      const enough = [...sections.values()].some((has) => {
        const known = asked.filter((term) => alike(term).some((other) => has.includes(other)));
        const share = sum(known.map(weight)) / whole;
        return share >= ENOUGH_OF_ONE || (known.length > 1 && share >= ENOUGH);
      });
      if (!enough) return [];
      const floor = (hits[0]?.score ?? 0) * 0.25;
      return hits.filter(({ score }) => score >= floor).flatMap(({ id }) => passages[id] ?? []);
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
