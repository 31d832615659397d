"use client";

import { type ReactNode, useId } from "react";

type Option<Value extends string> = { value: Value; label: string; icon?: ReactNode };

/** A few exclusive choices side by side: native radio buttons, so arrow keys and forms work by themselves. */
export function Segmented<Value extends string>(props: {
  legend: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="inline-flex rounded-md border border-edge">
      <legend className="sr-only">{props.legend}</legend>
      {props.options.map((option) => (
        <label
          key={option.value}
          title={option.icon ? option.label : undefined}
          className="relative flex h-8 min-w-8 pointer-coarse:h-10 pointer-coarse:min-w-10 cursor-pointer items-center justify-center px-2 text-muted text-xs hover:text-ink has-checked:bg-accent-wash has-checked:text-accent has-focus-visible:z-10 has-focus-visible:outline-2 has-focus-visible:outline-accent [&+label]:border-edge [&+label]:border-l"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={props.value === option.value}
            onChange={() => props.onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          {option.icon}
          <span className={option.icon ? "sr-only" : undefined}>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
