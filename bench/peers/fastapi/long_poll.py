# Long polling, as short as it can be said: each poll waits for the same event.
import asyncio
import time

from fastapi import FastAPI

app = FastAPI()
waiting: set[asyncio.Future] = set()


@app.get("/poll")
async def poll():
    future = asyncio.get_running_loop().create_future()
    waiting.add(future)
    return {"entries": [await future]}


@app.post("/publish")
async def publish():
    entry = {"seq": 1, "sentAt": time.time() * 1000, "payload": "x" * 32}
    for future in waiting:
        future.set_result(entry)
    waiting.clear()
    return entry
