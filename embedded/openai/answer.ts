import type { Passage } from "../../lib/documents/passages.ts";
import { createDocumentSearch, tellingWords } from "../../lib/documents/search.ts";
import { searchOutput } from "../../lib/documents/tool.ts";

export interface Message {
  role: string;
  text: string;
  /** Of an assistant's message: it called tools. */
  hasCalls?: boolean;
}

/** What is said to the messages: a call of the search, or a text; before either, what was looked for. */
export interface Reply {
  reasoning: string;
  /** What the search is called with; undefined where the text is the answer. */
  query?: string;
  text: string;
}
export type Answerer = (messages: readonly Message[], canSearch?: boolean) => Reply;

/** Words of quotation: from `least` to `most`, and enough at `target`. */
const SHORT = { least: 60, target: 110, most: 200 };
const LONG = { least: 300, target: 420, most: 520 };

/** Asks for more, and is no part of what is asked. Long polling and "how long" are. */
const AT_LENGTH =
  /\b(?:(?<!how )long(?:er)?(?![- ]?poll)|in detail|(?:more |all )?details?|detailed|in[- ]depth|thorough(?:ly)?|comprehensive(?:ly)?|at length|essay)\b/gi;

export const REFUSAL =
  "I find nothing about that in this project's documents, so I have no answer. I look things up " +
  "in its READMEs and decision records and quote them; I am not a language model and know nothing " +
  "else. Ask, for example, how a stream resumes, why the log is gapless, or what the demo starts.";

/**
 * Answers from the passages alone: a search finds them, and they are quoted with their place. The answer
 * depends on the messages and the documents and on nothing else: no clock, no chance. Where it may call a
 * search, it does, and quotes what that found.
 */
export function docsAnswerer(passages: readonly Passage[]): Answerer {
  const search = createDocumentSearch(passages);
  const known = new Map(passages.map((passage) => [keyOf(passage), passage]));

  /** What the tools answered, as passages; undefined where none was called since the last question. */
  function results(messages: readonly Message[]): Passage[] | undefined {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const tools = messages.slice(last + 1).filter(({ role }) => role === "tool");
    if (tools.length === 0) return undefined;
    return tools
      .flatMap(({ text }) => searchOutput.safeParse(parseJson(text)).data?.passages ?? [])
      .map((found, n) => {
        const strange = { id: passages.length + n, title: found.path, code: false, ...found };
        return known.get(keyOf(found)) ?? strange;
      });
  }

  return (messages, canSearch = false) => {
    const questions = messages.filter(({ role }) => role === "user").map(({ text }) => text);
    const words = asked(questions);
    const lookedUp = report(words.filter(search.knows));
    const given = results(messages);
    if (!given && canSearch && words.length > 0) {
      const query = words.join(" ").slice(0, 500);
      return { reasoning: `${lookedUp} I call the search for them.`, query, text: "" };
    }
    const found = given ?? search.find(words);
    const size = (questions.at(-1) ?? "").search(AT_LENGTH) >= 0 ? LONG : SHORT;
    return {
      reasoning: `${given ? "" : `${lookedUp} `}${reportFound(found)}`,
      text: found.length === 0 ? REFUSAL : compose(select(found, passages, size)),
    };
  };
}

const keyOf = ({ path, text }: { path: string; text: string }) => `${path}\n${text}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of the words that were asked, those that the documents have. */
function report(words: readonly string[]): string {
  if (words.length === 0) return "The documents have none of the words of the question.";
  return `The documents have ${words.slice(0, 12).join(", ").toLowerCase()}.`;
}

function reportFound(found: readonly Passage[]): string {
  const [best] = found;
  if (!best) return "No section has enough of them to be an answer, so I say that I have none.";
  const files = new Set(found.map(({ path }) => path)).size;
  const count = `${found.length} ${found.length === 1 ? "passage" : "passages"} in ${files} ${files === 1 ? "file" : "files"}`;
  return `The search finds ${count}; the best one is in ${best.path}, “${best.heading}”.`;
}

/** The telling words of the last question; of the one before too where that says next to nothing. */
function asked(questions: readonly string[]): string[] {
  const telling = (text = "") => tellingWords(text.replaceAll(AT_LENGTH, " "));
  const last = telling(questions.at(-1));
  return last.length < 2 ? [...new Set([...last, ...telling(questions.at(-2))])] : last;
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
