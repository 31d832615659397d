import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A paragraph, a list item, a row of a table or a block of code. */
export interface Passage {
  id: number;
  /** The file, relative to the project. */
  path: string;
  /** The first heading of the file. */
  title: string;
  /** The heading that it stands under. */
  heading: string;
  text: string;
  code: boolean;
}

/** All passages of the project's documents, in the order of their paths by code point. */
export function readPassages(root: string): Passage[] {
  return documents(root)
    .flatMap((path) => parse(path, readFileSync(join(root, path), "utf8")))
    .map((passage, id) => ({ id, ...passage }));
}

/** Lists of what is elsewhere: a test's or a package's name answers no question. */
const LISTS = new Set(["docs/licences.md", "docs/promises.md"]);

/** READMEs and docs: what the project says about itself. */
function documents(root: string): string[] {
  const slices = readdirSync(join(root, "app")).map((name) => `app/${name}/README.md`);
  const docs = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    : [];
  return ["README.md", "CONTRIBUTING.md", "embedded/README.md", ...slices, ...docs]
    .filter((path) => !LISTS.has(path) && existsSync(join(root, path)))
    .sort();
}

const FENCE = /^\s*```/;
const ITEM = /^(?:[-*+]|\d+\.)\s+/;

/** Splits Markdown into passages: only as much of it as these documents use. */
export function parse(path: string, markdown: string): Omit<Passage, "id">[] {
  const passages: Omit<Passage, "id">[] = [];
  let title = path;
  let heading = path;
  let block: string[] = [];
  let code: string[] | undefined;

  const add = (text: string, isCode = false) => {
    const clean = isCode ? text : plain(text);
    if (/[\p{L}\p{N}]{2}/u.test(clean)) {
      passages.push({ path, title, heading, text: clean, code: isCode });
    }
  };
  const flush = () => {
    if (block.length > 0) add(block.join(" "));
    block = [];
  };

  const lines = markdown.replace(/<!--[\s\S]*?-->/g, "").split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    if (FENCE.test(line)) {
      flush();
      if (code) add(code.join("\n"), true);
      code = code ? undefined : [];
    } else if (code) {
      code.push(line);
    } else if (/^#{1,6}\s/.test(line)) {
      flush();
      heading = plain(line.replace(/^#+\s+/, ""));
      if (/^#\s/.test(line)) title = heading;
    } else if (line.trimStart().startsWith("|")) {
      flush();
      const isHeader = /^\s*\|[\s:|-]+\|\s*$/.test(lines[i + 1] ?? "");
      if (!isHeader && !/^\s*\|[\s:|-]+\|\s*$/.test(line)) add(row(line));
    } else if (line.trim() === "") {
      flush();
    } else {
      if (ITEM.test(line)) flush();
      block.push(line.trim());
    }
  }
  flush();
  return passages;
}

/** `| a | b | c |` as "a: b; c". A pipe in code is written `\|`. */
function row(line: string): string {
  const [first = "", ...rest] = line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
  return `${first}: ${rest.filter(Boolean).join("; ")}`;
}

/** Without images, and with links as their text: their addresses are relative to the file. */
function plain(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[((?:`[^`]*`|[^\]])*)\]\((?:<[^>]*>|[^)]*)\)/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}
