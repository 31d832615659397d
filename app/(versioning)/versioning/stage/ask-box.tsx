"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { mediaTypeOf, VERSION_HEADER } from "../../contract";
import { detailOf } from "../client/exchange";
import { useLive, useWays } from "../versioning-provider";
import { AnsweredView, AskedView } from "./exchange-view";
import { Panel } from "./panel";

const [v1, v2] = [mediaTypeOf(1), mediaTypeOf(2)];
const paths = ["/api/articles", "/api/v1/articles", "/api/v2/articles", "/api/v9/articles"];

interface Fields {
  path: string;
  header: string;
  accept: string;
}
const examples: [name: string, fields: Fields][] = [
  ["weights", { path: paths[0] as string, header: "", accept: `${v1};q=0.4, ${v2};q=0.8` }],
  ["a refusal", { path: paths[0] as string, header: "", accept: `*/*, ${v2};q=0` }],
  ["nothing we have", { path: paths[0] as string, header: "", accept: "text/html" }],
  ["contradiction", { path: paths[1] as string, header: "2", accept: "*/*" }],
  ["unknown version", { path: paths[0] as string, header: "9", accept: "*/*" }],
  ["malformed", { path: paths[0] as string, header: "two", accept: "" }],
];

/** A request of the reader's own making: any path, header and Accept, contradictions included. */
export function AskBox() {
  const { live } = useLive();
  const { own } = useWays();
  const [fields, setFields] = useState<Fields>(examples[0]?.[1] as Fields);
  const set = (change: Partial<Fields>) => setFields({ ...fields, ...change });

  function send({ path, header, accept }: Fields) {
    void live?.ways.sendOwn({
      path,
      headers: {
        ...(header && { [VERSION_HEADER]: header }),
        ...(accept && { Accept: accept }),
      },
    });
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    send(fields);
  }
  return (
    <Panel
      id="own"
      title="Ask as you like"
      about="Whoever names two versions is refused, since any order of precedence would be a guess. Every refusal says what there is."
      controls={examples.map(([name, example]) => (
        <Button
          key={name}
          disabled={!live}
          onClick={() => {
            setFields(example);
            send(example);
          }}
        >
          {name}
        </Button>
      ))}
    >
      <form onSubmit={submit} className="grid gap-3 px-4 py-3 text-[0.8125rem] sm:grid-cols-2">
        <Choice label="Path" value={fields.path} onChange={(path) => set({ path })} />
        <Text label={VERSION_HEADER} value={fields.header} onChange={(header) => set({ header })} />
        <div className="sm:col-span-2">
          <Text label="Accept" value={fields.accept} onChange={(accept) => set({ accept })} />
        </div>
        <Button type="submit" look="solid" disabled={!live} className="justify-self-start">
          Ask
        </Button>
      </form>
      {own && (
        <div className="grid gap-4 border-rule border-t px-4 py-3 lg:grid-cols-2">
          <AskedView asked={own.asked} />
          <div role="status" className="min-w-0">
            <AnsweredView answered={own.answered} />
            <Detail body={own.answered.body} failed={own.answered.status >= 400} />
          </div>
        </div>
      )}
    </Panel>
  );
}

/** What a refusal says to a person. */
function Detail({ body, failed }: { body: string; failed: boolean }) {
  if (!failed) return null;
  return <p className="mt-2 text-[0.8125rem]">{detailOf(body)}</p>;
}

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}
const box =
  "mt-1 h-8 w-full rounded-md border border-edge bg-paper px-2 font-mono text-xs pointer-coarse:h-10";

function Text({ label, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-muted">
        {label}
      </label>
      <input
        id={id}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
        className={box}
      />
    </div>
  );
}

function Choice({ label, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-muted">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className={box}
      >
        {paths.map((path) => (
          <option key={path}>{path}</option>
        ))}
      </select>
    </div>
  );
}
