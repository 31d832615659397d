import type { Pattern } from "@/app/pattern";

function Side({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <div>
      <h3 className="display mb-2 text-lg italic">{title}</h3>
      <ul className="space-y-2">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

export function RuleOfThumb({ rule }: { rule: Pattern["rule"] }) {
  return (
    <div className="grid max-w-3xl gap-x-12 gap-y-6 sm:grid-cols-2">
      <Side title="When" lines={rule.when} />
      <Side title="When not" lines={rule.whenNot} />
    </div>
  );
}
