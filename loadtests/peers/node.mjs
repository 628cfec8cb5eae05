// Node's socket.io as it comes; ADAPTER=redis or sharded joins several by REDIS_URL.

import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import jwt from "jsonwebtoken";
import { createClient } from "redis";
import { Server } from "socket.io";

const { ADAPTER, REDIS_URL, SECRET_KEY } = process.env;
const key = createHmac("sha256", SECRET_KEY).update("deskwire access tokens").digest();
const known = { algorithms: ["HS256"], audience: "deskwire:access", issuer: "deskwire" };
const heads = new Map();

async function adapter() {
  const socket = { path: REDIS_URL.replace("unix://", "") };
  const [pub, sub] = [createClient({ socket }), createClient({ socket })];
  await Promise.all([pub.connect(), sub.connect()]);
  return ADAPTER === "sharded" ? createShardedAdapter(pub, sub) : createAdapter(pub, sub);
}

const http = createServer();
const io = new Server(http, ADAPTER ? { adapter: await adapter() } : {});

io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth.token, key, known).sub;
    next();
  } catch (error) {
    next(error);
  }
});

io.on("connection", (socket) => {
  socket.on("join", async ({ rooms }, ack) => {
    await socket.join(rooms.map(({ room }) => room));
    ack({ ok: true, rooms });
  });

  socket.on("command", ({ ticket_id, command_id, visibility, body }, ack) => {
    const room = `ticket:${ticket_id}:staff`;
    const seq = (heads.get(room) ?? 0) + 1;
    heads.set(room, seq);
    const actor = { kind: "agent", id: socket.data.user };
    const posted = {
      type: "message.posted",
      v: 1,
      message_id: command_id,
      visibility,
      body,
      author: actor,
      mentions: [],
      attachments: [],
    };
    io.to(room).emit("event", {
      room,
      epoch: "bench",
      seq,
      prev: seq - 1,
      at: Date.now(),
      actor,
      command_id,
      events: [posted],
    });
    ack({ ok: true, seq, result: { message_id: command_id } });
  });

  socket.on("signal", ({ room, type, active }, ack) => {
    const from = { kind: "agent", id: socket.data.user };
    socket.to(room).emit("signal", { room, type, from, active, base_seq: 0 });
    ack({ ok: true });
  });

  socket.on("time", (_asked, ack) => ack({ ok: true, now: Date.now(), node: "node" }));
});

http.listen(0, "127.0.0.1", 4096, () => console.log("ready", http.address().port));
