import { type Answered, type Asked, pretty, toldHeaders } from "../client/exchange";

const reasons: Record<number, string> = {
  200: "OK",
  201: "Created",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  406: "Not Acceptable",
  410: "Gone",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
};

/** What names a version: in colour, so that the eye finds it in all three requests. */
const telling = new Set(["x-api-version", "accept", "content-type", "vary"]);

/** A request as it goes out, in HTTP's own words. */
export function AskedView({ asked }: { asked: Asked }) {
  const { method = "GET", path, headers = {}, body } = asked;
  return (
    <div className="self-start rounded-md bg-code-bg p-2 font-mono text-[0.6875rem] leading-5 [overflow-wrap:anywhere]">
      <p>
        <span className="text-muted">{method}</span> <PathView path={path} />
      </p>
      {Object.entries(headers).map(([name, value]) => (
        <HeaderLine key={name} name={name} value={value} />
      ))}
      {body && <p className="mt-1 whitespace-pre-wrap text-muted">{pretty(body)}</p>}
    </div>
  );
}

/** The answer: its status, the headers that tell of versions, its body. */
export function AnsweredView({ answered }: { answered: Answered }) {
  const { status, headers, body } = answered;
  return (
    <div className="font-mono text-[0.6875rem] leading-5 [overflow-wrap:anywhere]">
      <p className={status < 400 ? "text-good" : "text-bad"}>
        {status} {reasons[status]}
      </p>
      {toldHeaders.map(
        (name) =>
          headers[name] !== undefined && (
            <HeaderLine key={name} name={name} value={headers[name]} />
          ),
      )}
      <details className="mt-1">
        <summary className="font-sans text-muted text-xs">
          body, {new TextEncoder().encode(body).length.toLocaleString("en")} bytes
        </summary>
        <p className="mt-1 whitespace-pre-wrap text-muted">{pretty(body)}</p>
      </details>
    </div>
  );
}

/** A list of links has a line for each. */
function HeaderLine({ name, value }: { name: string; value: string }) {
  return (
    <p>
      <span className="text-muted">{name}:</span>{" "}
      <span
        className={`whitespace-pre-wrap ${telling.has(name.toLowerCase()) ? "text-accent" : ""}`}
      >
        {value.replaceAll(", <", ",\n<")}
      </span>
    </p>
  );
}

function PathView({ path }: { path: string }) {
  const [, before, version, after] = /^(\/api\/)(v\d+)(.*)$/.exec(path) ?? [];
  if (!version) return <span>{path}</span>;
  return (
    <span>
      {before}
      <span className="text-accent">{version}</span>
      {after}
    </span>
  );
}
