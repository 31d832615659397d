import { type BundledLanguage, createCssVariablesTheme, createHighlighter } from "shiki";

const languages: Record<string, BundledLanguage> = {
  ts: "typescript",
  tsx: "tsx",
  md: "markdown",
  sql: "sql",
  css: "css",
  json: "json",
  prisma: "prisma",
};

/** Colours are names, not values: globals.css gives each its light and its dark. */
const theme = createCssVariablesTheme({ name: "book", variablePrefix: "--code-" });
let ready: ReturnType<typeof createHighlighter> | undefined;

/** A stretch of text of one kind; plain text has none. A plain array, since it travels to the browser as data. */
export type Run = [text: string, kind?: string];

/** "var(--code-token-keyword)" → "keyword"; plain text has no class. */
function classOf(color = "") {
  return /--code-token-([a-z-]+)/.exec(color)?.[1];
}

/** A file as runs whose texts, joined, are the file, character for character. */
export async function highlight(text: string, file: string): Promise<Run[]> {
  ready ??= createHighlighter({ themes: [theme], langs: Object.values(languages) });
  const highlighter = await ready;
  const lang = languages[file.split(".").pop() ?? ""] ?? "text";
  const { tokens } = highlighter.codeToTokens(text, { lang, theme: "book" });
  return tokens.reduce<Run[]>((runs, line, index) => {
    if (index > 0) add(runs, "\n");
    for (const { content, color } of line) add(runs, content, classOf(color));
    return runs;
  }, []);
}

/** Neighbours of one kind become one run; white space joins whatever it follows. */
function add(runs: Run[], text: string, kind?: string) {
  const last = runs.at(-1);
  if (last && (last[1] === kind || text.trim() === "")) last[0] += text;
  else runs.push(kind ? [text, kind] : [text]);
}
