import { createServer } from "node:http";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";
import { listen } from "./listen.ts";

// What one says goes to everyone, by KIND: ws or socket.io. Nothing is kept, nobody is asked who they are.

const http = createServer();
if (process.env.KIND === "ws") {
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (socket) =>
    socket.on("message", (data) => {
      const text = data.toString();
      for (const other of sockets.clients) other.send(text);
    }),
  );
} else {
  const io = new Server(http, { serveClient: false });
  io.on("connection", (socket) => socket.on("send", (text) => io.emit("message", text)));
}
listen(http);
