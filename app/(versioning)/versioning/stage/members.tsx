type Body = Record<string, unknown>;

/** A member of the core, the one of version 1 that is made of it, and how; null: version 1 has none. */
const members: [core: string, old: string | null, down: string, up: string][] = [
  ["id", "id", "same", "the server's"],
  ["title", "title", "same", "same"],
  ["author", "author", "its name", "the session's"],
  ["language", null, "left out", "“en”"],
  ["tags", "tags", "joined by commas", "split, trimmed"],
  ["body", "body", "same", "same"],
  ["published_at", "published", "whole seconds", "the server's"],
];

/** An article member by member, in both versions, with what leads down and up. */
export function Members({ one, two }: { one: Body; two: Body }) {
  return (
    <div className="min-w-0">
      <h4 className="small-caps pb-2">Member by member</h4>
      <table className="w-full table-fixed text-left text-[0.6875rem]">
        <caption className="sr-only">Each member, down to version 1 and up again</caption>
        <thead className="text-muted">
          <tr>
            <th scope="col" className="w-[38%] py-1 font-normal">
              core
            </th>
            <th scope="col" className="w-[24%] py-1 font-normal">
              ↓ down, ↑ up
            </th>
            <th scope="col" className="w-[38%] py-1 pl-3 font-normal">
              version 1
            </th>
          </tr>
        </thead>
        <tbody>
          {members.map(([core, old, down, up]) => (
            <tr key={core} className="border-rule border-t align-top">
              <Member name={core} value={two[core]} />
              <td className={`py-1 ${down === "same" ? "text-muted" : "text-accent"}`}>
                <span className="block">↓ {down}</span>
                <span className="block">↑ {up}</span>
              </td>
              {old ? (
                <Member name={old} value={one[old]} indent />
              ) : (
                <td className="py-1 pl-3 text-muted">no word for it</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SHOWN = 60;

function Member({ name, value, indent }: { name: string; value: unknown; indent?: boolean }) {
  const text = JSON.stringify(value) ?? "";
  return (
    <td className={`py-1 font-mono [overflow-wrap:anywhere] ${indent ? "pl-3" : "pr-3"}`}>
      <span className="block">{name}</span>
      <span className="text-muted">{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</span>
    </td>
  );
}
