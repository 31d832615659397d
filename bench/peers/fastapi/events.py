# The cheat sheet's SSE template. What it leaves open, where the next event comes from, is a queue for each reader.
import asyncio
import json
from collections import defaultdict
from itertools import count

from fastapi import Body, FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
subscribers: dict[str, set[asyncio.Queue]] = defaultdict(set)
ids = count(1)


async def event_stream(user_id: str):
    queue: asyncio.Queue = asyncio.Queue()
    subscribers[user_id].add(queue)
    try:
        while True:
            data = await queue.get()
            yield f"id: {data['id']}\nevent: {data['type']}\ndata: {json.dumps(data)}\n\n"
    finally:
        subscribers[user_id].discard(queue)


@app.get("/events/{user_id}")
async def sse(user_id: str):
    return StreamingResponse(
        event_stream(user_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "Connection": "keep-alive"},
    )


@app.post("/publish/{user_id}")
async def publish(user_id: str, payload: str = Body(..., embed=True)):
    data = {"id": next(ids), "type": "note", "payload": payload}
    for queue in subscribers[user_id]:
        queue.put_nowait(data)
    return {"id": data["id"]}
