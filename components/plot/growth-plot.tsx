import { scaleOf } from "./log-scale";

/** Curves of one figure over the size of the work, both logarithmic. */
export interface Growth {
  figure: string;
  unit: string;
  sizes: string;
  series: { name: string; points: [size: number, value: number][] }[];
}

const [WIDTH, PLOT_HEIGHT] = [360, 230];
const edge = { left: 46, right: 14, top: 26, bottom: 30 };
const ROW = 17;
/** Beyond this a name needs the whole width. */
const HALF_ROW_CHARACTERS = 26;

/** Told apart by colour and by dash. */
const looks = [
  { colour: "var(--accent)", dash: undefined, width: 2.5 },
  { colour: "var(--bad)", dash: "6 3", width: 1.5 },
  { colour: "var(--good)", dash: "2 3", width: 1.5 },
  { colour: "var(--warn)", dash: "9 3 2 3", width: 1.5 },
  { colour: "var(--muted)", dash: "4 2", width: 1.5 },
  { colour: "var(--ink)", dash: "1 2", width: 1.5 },
] as const;
const lookOf = (index: number) => looks[index % looks.length] as (typeof looks)[number];

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

const columnsOf = ({ series }: Growth) =>
  series.some(({ name }) => name.length > HALF_ROW_CHARACTERS) ? 1 : 2;

/** How high the drawing is: the names of its curves stand below it. */
export const growthHeight = (growth: Growth) =>
  PLOT_HEIGHT + Math.ceil(growth.series.length / columnsOf(growth)) * ROW + 6;
export const GROWTH_WIDTH = WIDTH;

/** What the curves say, for those who do not see them. */
export const growthInWords = ({ figure, unit, sizes, series }: Growth) =>
  `${figure}${unit && ` in ${unit}`} by ${sizes}. ${series
    .map(({ name, points }) => {
      const said = points.map(
        ([size, value]) => `${compact.format(value)} at ${compact.format(size)}`,
      );
      return `${name}: ${said.join(", ")}`;
    })
    .join("; ")}.`;

/** The drawing itself, to be put into an SVG. */
export function GrowthMarks({ growth }: { growth: Growth }) {
  const points = growth.series.flatMap((one) => one.points);
  const sizes = [...new Set(points.map(([size]) => size))].sort((a, b) => a - b);
  const x = scaleOf(sizes, [edge.left + 12, WIDTH - edge.right - 12]);
  const values = points.map(([, value]) => value);
  const y = scaleOf(values, [PLOT_HEIGHT - edge.bottom, edge.top]);
  const columns = columnsOf(growth);
  return (
    <g fontSize={11} fill="var(--muted)">
      <text x={4} y={12} fill="var(--ink)">
        {growth.figure}
        {growth.unit && ` (${growth.unit})`} by {growth.sizes}
      </text>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line
            {...{ x1: edge.left, x2: WIDTH - edge.right, y1: y.at(tick), y2: y.at(tick) }}
            stroke="var(--rule)"
          />
          <text x={edge.left - 6} y={y.at(tick) + 4} textAnchor="end">
            {compact.format(tick)}
          </text>
        </g>
      ))}
      {sizes.map((size) => (
        <text key={size} x={x.at(size)} y={PLOT_HEIGHT - edge.bottom + 18} textAnchor="middle">
          {compact.format(size)}
        </text>
      ))}
      {growth.series.map(({ name, points }, index) => {
        const { colour, dash, width } = lookOf(index);
        const places = points.map(([size, value]) => [x.at(size), y.at(value)] as const);
        return (
          <g key={name}>
            <polyline
              points={places.map((place) => place.join(",")).join(" ")}
              {...{ fill: "none", stroke: colour, strokeWidth: width, strokeDasharray: dash }}
            />
            {places.map(([cx, cy]) => (
              <circle key={cx} {...{ cx, cy, r: 2.5, fill: colour }} />
            ))}
          </g>
        );
      })}
      {growth.series.map(({ name }, index) => {
        const { colour, dash, width } = lookOf(index);
        const left = 4 + (index % columns) * (WIDTH / columns);
        const top = PLOT_HEIGHT + Math.floor(index / columns) * ROW + 8;
        return (
          <g key={name}>
            <line
              {...{ x1: left, x2: left + 22, y1: top - 4, y2: top - 4 }}
              {...{ stroke: colour, strokeWidth: width, strokeDasharray: dash }}
            />
            <text x={left + 28} y={top}>
              {name}
            </text>
          </g>
        );
      })}
    </g>
  );
}

export function GrowthPlot({ growth }: { growth: Growth }) {
  return (
    <svg
      role="img"
      aria-label={growthInWords(growth)}
      viewBox={`0 0 ${WIDTH} ${growthHeight(growth)}`}
      className="w-full max-w-[26rem]"
    >
      <GrowthMarks growth={growth} />
    </svg>
  );
}
