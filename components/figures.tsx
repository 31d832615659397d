import { Figure, type FigureItem } from "./figure";

/** A row of measured values, wrapping to as many columns as fit. */
export function Figures({ items }: { items: readonly FigureItem[] }) {
  return (
    <dl className="grid grid-cols-2 gap-y-6 sm:grid-cols-[repeat(auto-fill,minmax(10rem,1fr))]">
      {items.map((item) => (
        <Figure key={item.label} {...item} />
      ))}
    </dl>
  );
}
