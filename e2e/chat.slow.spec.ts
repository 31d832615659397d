import type { Socket as TcpSocket } from "node:net";
import { A, expect, test } from "./fixtures";
import { call, newGuest, newRoom } from "./support/guest";
import { metric } from "./support/instances";
import { openMember } from "./support/member";

/** More than the kernel's buffers and the bound together: 3,000 messages of 3,900 characters. */
const FLOOD = 3_000;

test("a socket that stops reading is closed, others are served, and it catches up later", async () => {
  test.setTimeout(60_000);
  const guest = await newGuest("Owner");
  const room = (await newRoom(guest)).name;
  const slow = openMember(A, guest, room);
  const healthy = openMember(A, await newGuest("Healthy"), room);
  for (const member of [slow, healthy])
    await expect.poll(() => member.state().status).toBe("joined");
  const closedBefore = await metric(A, "socket_slow_consumers_total");
  const memoryBefore = await metric(A, "process_resident_memory_bytes");

  const transport = slow.socket.io.engine.transport as unknown as { ws: { _socket: TcpSocket } };
  transport.ws._socket.pause();
  for (let sent = 0; sent < FLOOD; sent += 100) {
    const body = JSON.stringify({ messages: 100 });
    const path = `/api/chat/rooms/${room}/flood`;
    expect((await call(path, { method: "POST", guest, body })).status).toBe(201);
  }
  await expect.poll(() => healthy.state().offset, { timeout: 20_000 }).toBe(FLOOD);
  expect(healthy.state()).toMatchObject({ gaps: 0, duplicates: 0, reconnects: 0, replayed: 0 });
  await expect.poll(() => metric(A, "socket_slow_consumers_total")).toBeGreaterThan(closedBefore);
  expect((await metric(A, "process_resident_memory_bytes")) - memoryBefore).toBeLessThan(150e6);

  transport.ws._socket.resume();
  await expect.poll(() => slow.state().offset, { timeout: 30_000 }).toBe(FLOOD);
  expect(slow.state()).toMatchObject({ gaps: 0, duplicates: 0 });
  // It hears why, unless it stays deaf for longer than its last bytes are kept for it.
  expect(["slow consumer", null]).toContain(slow.state().lastBye);
  expect(slow.state().reconnects).toBe(1);
  expect(slow.state().replayed).toBeGreaterThan(0);
  for (const member of [slow, healthy]) member.close();
});
