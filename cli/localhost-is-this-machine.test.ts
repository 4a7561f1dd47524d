import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "./transport";

const seen: { readonly host: string | undefined; readonly body: string }[] = [];
const server = createServer((request: IncomingMessage, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => { body += chunk.toString("utf8"); });
  request.on("end", () => {
    seen.push({ host: request.headers.host, body });
    response.writeHead(request.url === "/moved" ? 302 : 200, { location: "http://elsewhere.example.com/" }).end("ü");
  });
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (url: string, rest: { readonly body?: string; readonly connect?: { readonly host: string; readonly port: number } } = {}) =>
  send({ method: rest.body === undefined ? "GET" : "POST", url: new URL(url), headers: {}, body: rest.body ?? null, connect: rest.connect ?? null });

describe("a request of the command line", () => {
  test("finds every name below localhost on this machine, under its own name", async () => {
    expect(await ask(`http://console.localhost:${String(port)}/x`, { body: "ä" })).toMatchObject({ status: 200, text: "ü" });
    expect(seen.at(-1)).toEqual({ host: `console.localhost:${String(port)}`, body: "ä" });
  });

  test("reaches an origin where it is really served, and follows nobody elsewhere with its key", async () => {
    expect((await ask("https://console.id.example.com/moved", { connect: { host: "127.0.0.1", port } })).status).toBe(302);
    expect(seen.at(-1)?.host).toBe("console.id.example.com");
  });

  test("says in one line that nobody answers, and how to start a server that should be here", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    await expect(ask(`http://console.localhost:${String(free)}/`)).rejects.toThrow(/does not answer \(nobody listens there\)\.\nIs the server running\? Start it with: npm start/);
  });
});
