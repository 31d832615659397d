"use client";

import { Figures } from "@/components/figures";
import { ways } from "../contract";
import { useView } from "./board-provider";
import { bytesText, rateText } from "./client/progress";
import { laneLooks } from "./stage/lanes";

/** What each way has reached with its last file, and what the server had of it. */
export function UploadFigures() {
  const { lanes, memory, quota } = useView();
  const sizes = memory.map(({ rss }) => rss);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const rates = ways.map((way) => {
    const { file, seconds } = lanes[way];
    return {
      label: laneLooks[way].title,
      value: file && seconds ? rateText(file.size / seconds) : null,
      hint: "from the first byte to the answer",
    };
  });
  return (
    <Figures
      items={[
        ...rates,
        { label: "Instance", value: memory.at(-1)?.instance ?? null },
        {
          label: "Its memory",
          value: memory.length > 0 ? bytesText(memory.at(-1)?.rss ?? 0) : null,
          hint: "resident, now",
        },
        {
          label: "Rise and fall",
          value: memory.length > 1 ? bytesText(most - least) : null,
          hint: "between the least and the most of the last two minutes",
        },
        {
          label: "Quota used",
          value: quota ? bytesText(quota.usedBytes) : null,
          hint: quota ? `of ${bytesText(quota.limitBytes)}, pending uploads included` : undefined,
        },
      ]}
    />
  );
}
