import { XMLParser, XMLValidator } from "fast-xml-parser";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Markup that is finished, as opposed to text that has yet to be escaped. */
class Markup {
  constructor(readonly text: string) {}
}

export type Content = string | number | boolean | Markup | undefined;

/** Control characters as references, as S3 writes them: XML 1.0 has no way to say a NUL. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[&<>"\u0000-\u001f\u007f]/g, (character) => {
    const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}

const render = (content: Content) =>
  content instanceof Markup ? content.text : escaped(String(content ?? ""));

export function element(name: string, ...contents: Content[]): Markup {
  return new Markup(`<${name}>${contents.map(render).join("")}</${name}>`);
}

/** An element with attributes, whose names are ours. */
export function elementWith(
  name: string,
  attributes: Record<string, string>,
  ...contents: Content[]
): Markup {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return new Markup(`<${name}${given.join("")}>${contents.map(render).join("")}</${name}>`);
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole answer, in S3's namespace. */
export function document(name: string, ...contents: Content[]): string {
  return `${XML}<${name} xmlns="${NAMESPACE}">${contents.map(render).join("")}</${name}>`;
}

/** Errors have no namespace. */
export function errorDocument(...contents: Content[]): string {
  return XML + element("Error", ...contents).text;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === "Part" || name === "Object",
});

/** Reads a document with that root, or answers undefined where it is none. No DTD is read. */
export function parseXml(text: string, root: string): unknown {
  if (text.includes("<!") || XMLValidator.validate(text) !== true) return undefined;
  return (parser.parse(text) as Record<string, unknown>)[root];
}
