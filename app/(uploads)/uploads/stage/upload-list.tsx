"use client";

import { Button } from "@/components/ui/button";
import type { Upload } from "../../contract";
import { useBoard, useView } from "../board-provider";
import { bytesText } from "../client/progress";
import { laneLooks } from "./lanes";

/** One's own uploads: what the server has of each, to download and to delete. */
export function UploadList() {
  const board = useBoard();
  const { items, nextCursor, quota } = useView();
  return (
    <section aria-label="Your uploads">
      <div className="flex flex-wrap items-baseline gap-x-4">
        <h3 className="display text-xl">Your uploads</h3>
        {quota && (
          <p className="text-[0.8125rem] text-muted tabular-nums">
            {bytesText(quota.usedBytes)} of {bytesText(quota.limitBytes)}
          </p>
        )}
        <Button
          look="bare"
          className="ml-auto"
          disabled={!board}
          onClick={() => void board?.refresh()}
        >
          Look again
        </Button>
      </div>
      {items.length === 0 ? (
        <p className="mt-2 text-muted">Nothing is here yet.</p>
      ) : (
        <ul className="mt-2 border-rule border-t">
          {items.map((item) => (
            <UploadRow key={item.id} item={item} remove={() => void board?.remove(item.id)} />
          ))}
        </ul>
      )}
      {nextCursor && (
        <Button className="mt-3" onClick={() => void board?.more()}>
          Older ones
        </Button>
      )}
    </section>
  );
}

function UploadRow({ item, remove }: { item: Upload; remove: () => void }) {
  const { id, name, way, status, type, size, sha256, reason } = item;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-rule border-b py-2 text-[0.8125rem]">
      <div className="min-w-0 grow basis-64">
        <p className="break-words font-medium">{name}</p>
        <p className="text-muted text-xs tabular-nums">
          {laneLooks[way].title} · {bytesText(size)} · {type} · {status}
        </p>
        {sha256 && (
          <p className="break-all font-mono text-muted text-xs">
            SHA-256{sha256.includes("-") && " of its parts"} {sha256}
          </p>
        )}
        {reason && <p className="text-bad text-xs">{reason}</p>}
      </div>
      {status === "stored" && (
        <a
          className="link"
          href={`/api/uploads/${id}/content`}
          download
          aria-label={`Download ${name}`}
        >
          Download
        </a>
      )}
      <Button aria-label={`Delete ${name}`} onClick={remove}>
        Delete
      </Button>
    </li>
  );
}
