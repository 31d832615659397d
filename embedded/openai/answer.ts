import MiniSearch from "minisearch";
import type { Passage } from "./passages.ts";
import { alike, isTelling, terms } from "./terms.ts";

export interface Message {
  role: string;
  text: string;
}

/** Words of quotation: from `least` to `most`, and enough at `target`. */
const SHORT = { least: 60, target: 110, most: 200 };
const LONG = { least: 300, target: 420, most: 520 };

/** Asks for more, and is no part of what is asked. Long polling and "how long" are. */
const AT_LENGTH =
  /\b(?:(?<!how )long(?:er)?(?![- ]?poll)|in detail|(?:more |all )?details?|detailed|in[- ]depth|thorough(?:ly)?|comprehensive(?:ly)?|at length|essay)\b/gi;

/**
 * How much of a question's weight one section must have, in two words or in one, to be an answer. Rare
 * words weigh more, unknown ones most; of a long question the five heaviest count.
 */
const ENOUGH = 0.38;
const ENOUGH_OF_ONE = 0.6;
const WORDS_THAT_COUNT = 5;
const OVERVIEW = 1.5;
const MAX_TERMS = 64;

export const REFUSAL =
  "I find nothing about that in this project's documents, so I have no answer. I look things up " +
  "in its READMEs and decision records and quote them; I am not a language model and know nothing " +
  "else. Ask, for example, how a stream resumes, why the log is gapless, or what the demo starts.";

/**
 * Answers from the passages alone: BM25 finds them, and they are quoted with their place. The answer
 * depends on the messages and the documents and on nothing else: no clock, no chance.
 */
export function docsAnswerer(passages: readonly Passage[]): (messages: Message[]) => string {
  const index = new MiniSearch<Passage>({
    fields: ["title", "heading", "path", "text"],
    tokenize: terms,
    // `terms` has done it.
    processTerm: (term) => term,
    searchOptions: {
      boost: { title: 2, heading: 2 },
      // Of two that say it alike, the overview.
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
  const weight = (term: string) => {
    const n = Math.max(...alike(term).map((other) => frequency.get(other) ?? 0));
    return Math.log(1 + (passages.length - n + 0.5) / (n + 0.5));
  };

  /** The passages that bear on the question, best first. None where the best one covers too little. */
  function find(asked: readonly string[]): Passage[] {
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
  }

  return (messages) => {
    const questions = messages.filter(({ role }) => role === "user").map(({ text }) => text);
    const last = questions.at(-1) ?? "";
    const size = last.search(AT_LENGTH) >= 0 ? LONG : SHORT;
    const found = find(asked(questions));
    if (found.length === 0) return REFUSAL;
    return compose(select(found, passages, size));
  };
}

/** The telling words of the last question; of the one before too where that says next to nothing. */
function asked(questions: readonly string[]): string[] {
  const telling = (text = "") => [
    ...new Set(terms(text.replaceAll(AT_LENGTH, " ")).filter(isTelling)),
  ];
  const last = telling(questions.at(-1));
  const all = last.length < 2 ? [...last, ...telling(questions.at(-2))] : last;
  return [...new Set(all)].slice(0, MAX_TERMS);
}

/** The best passages up to the target; then what follows them in their files, up to the least. */
function select(
  found: readonly Passage[],
  all: readonly Passage[],
  { least, target, most }: typeof SHORT,
): Passage[] {
  const chosen: Passage[] = [];
  let words = 0;
  const take = (passage: Passage, until: number) => {
    const more = wordCount(passage.text);
    if (words >= until || words + more > most || chosen.includes(passage)) return;
    chosen.push(passage);
    words += more;
  };
  for (const passage of found) take(passage, target);
  for (const { path, id } of [...chosen]) {
    for (const next of all.slice(id + 1)) if (next.path === path) take(next, least);
  }
  return chosen;
}

/** Quotations by section, the section of the best one first, and the order of the file in each. */
function compose(chosen: readonly Passage[]): string {
  const sections = new Map<string, Passage[]>();
  for (const passage of chosen) {
    const place = `\`${passage.path}\`, “${passage.heading}”`;
    sections.set(place, [...(sections.get(place) ?? []), passage]);
  }
  const quoted = [...sections].map(([place, passages]) => {
    const quotes = passages.toSorted((a, b) => a.id - b.id).map(quote);
    return `${quotes.join("\n>\n")}\n\n— ${place}`;
  });
  return [
    "This project's documents say:",
    ...quoted,
    "These are quotations, found by keyword search; links and tables are written out.",
  ].join("\n\n");
}

function quote({ text, code }: Passage): string {
  const lines = code ? ["```", ...text.split("\n"), "```"] : [text];
  return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
}

function wordCount(text: string): number {
  return text.split(/\s+/).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
