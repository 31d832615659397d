import type { Measured } from "../client/depth";

const whole = (value: number | undefined) => value?.toLocaleString("en") ?? "–";

/** The last measurement of each way. */
export function CostTable(props: { offset?: Measured; cursor?: Measured }) {
  const rows = [
    ["By offset", props.offset],
    ["By cursor", props.cursor],
  ] as const;
  return (
    <table className="w-full text-[0.8125rem] tabular-nums">
      <caption className="pb-1 text-left text-muted text-xs">
        A page of 20 after {whole(props.offset?.depth ?? props.cursor?.depth)} rows
      </caption>
      <thead>
        <tr className="border-rule border-b text-muted text-xs">
          <th scope="col" className="py-1 text-left font-normal">
            <span className="sr-only">Way</span>
          </th>
          {["Time", "Rows scanned", "Buffers"].map((name) => (
            <th key={name} scope="col" className="py-1 pl-2 text-right font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, one]) => (
          <tr key={name} className="border-rule border-b last:border-0">
            <th scope="row" className="py-1 text-left font-medium">
              {name}
            </th>
            <td className="py-1 pl-2 text-right">{one ? `${one.ms.toFixed(2)} ms` : "–"}</td>
            <td className="py-1 pl-2 text-right">{whole(one?.rowsScanned)}</td>
            <td className="py-1 pl-2 text-right">{whole(one?.buffers)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
