import type { PlanNode } from "../../contract";
import type { Measured } from "../client/depth";

/** The plan that Postgres has carried out, as a tree, under the statement. */
export function PlanTree({ name, measured }: { name: string; measured?: Measured }) {
  if (!measured) return null;
  return (
    <details open className="min-w-0 text-xs">
      <summary className="text-[0.8125rem]">{name}: the plan</summary>
      <ul className="mt-2 border-rule border-l pl-3">
        <Node node={measured.plan} />
      </ul>
      <p className="mt-2 whitespace-pre-wrap rounded-md bg-code-bg p-2 font-mono text-[0.6875rem] leading-5 [overflow-wrap:anywhere]">
        {measured.sql}
      </p>
    </details>
  );
}

function Node({ node }: { node: PlanNode }) {
  const { index, condition, filter, rows, buffers, children } = node;
  return (
    <li className="py-1">
      <p>
        <strong className="font-medium">{node.node}</strong>
        {index && <> using {index}</>}
        <span className="text-muted tabular-nums">
          , {rows.toLocaleString("en")} rows, {buffers.toLocaleString("en")} buffers
        </span>
      </p>
      {condition && <Clause name="index condition" text={condition} />}
      {filter && <Clause name="filter" text={filter} />}
      {children.length > 0 && (
        <ul className="mt-1 border-rule border-l pl-3">
          {children.map((child) => (
            <Node key={`${child.node} ${child.index}`} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

const Clause = ({ name, text }: { name: string; text: string }) => (
  <p className="text-muted [overflow-wrap:anywhere]">
    {name} <span className="font-mono text-[0.6875rem]">{text}</span>
  </p>
);
