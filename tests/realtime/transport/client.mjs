// socket.io-client against the echo app, over the transports that are named:
// node client.mjs ADDRESS TRANSPORT… prints what was heard, as JSON.
import { createRequire } from "node:module";

const [address, ...transports] = process.argv.slice(2);
const require = createRequire(new URL("../../../clients/web/package.json", import.meta.url));
const { io } = require("socket.io-client");

const heard = { said: [] };
const socket = io(address, { transports, auth: { token: "t" }, reconnection: false });
socket.on("message-back", (...data) => heard.said.push(data));
socket.on("connect_error", (error) => fail(error));

heard.auth = await new Promise((resolve) => socket.on("auth", resolve));
const engine = socket.io.engine;
const upgraded = new Promise((resolve) => {
  if (engine.transport.name === transports.at(-1)) resolve();
  else engine.once("upgrade", resolve);
});
for (let number = 0; number < 200; number++) {
  if (number === 100) await upgraded;
  socket.emit("message", number, { text: "ü€😀".repeat(number) });
}
heard.binary = [...new Uint8Array(await socket.emitWithAck("message-with-ack", Buffer.from([1, 2, 3])))];
heard.answer = await socket.timeout(5000).emitWithAck("message-with-ack", { large: "x".repeat(90_000) });
heard.answer = heard.answer.large.length;
while (heard.said.length < 200) await new Promise((resolve) => socket.once("message-back", resolve));
heard.transport = engine.transport.name;
heard.numbers = heard.said.map(([number]) => number);
heard.texts = heard.said.every(([number, { text }]) => text === "ü€😀".repeat(number));
delete heard.said;
const gone = new Promise((resolve) => socket.on("disconnect", resolve));
socket.disconnect();
heard.reason = await gone;
console.log(JSON.stringify(heard));

function fail(error) {
  console.error(error);
  process.exit(1);
}
