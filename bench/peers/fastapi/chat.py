# The cheat sheet's WebSocket template, as it is.
from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: dict[str, WebSocket] = {}

    async def connect(self, client_id: str, ws: WebSocket):
        await ws.accept()
        self.active[client_id] = ws

    def disconnect(self, client_id: str):
        self.active.pop(client_id, None)

    async def broadcast(self, message: str):
        for ws in self.active.values():
            await ws.send_text(message)


manager = ConnectionManager()


@app.websocket("/ws/{client_id}")
async def ws_endpoint(ws: WebSocket, client_id: str, token: str = Query(...)):
    await manager.connect(client_id, ws)
    try:
        while True:
            data = await ws.receive_text()
            await manager.broadcast(f"{client_id}: {data}")
    except WebSocketDisconnect:
        manager.disconnect(client_id)
