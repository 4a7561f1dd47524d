import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  /** One answered request. `route` is a pattern (`/self-service/login`), never a path with ids. */
  request(facts: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  /** One completed or refused sign-in step. */
  signIn(facts: { readonly method: string; readonly level: "first" | "second"; readonly result: "ok" | "rejected" | "waiting" | "busy" }): void;
  /** One attempt to hand over a message of the outbox: what kind it was and what became of it, never to whom. */
  message(facts: { readonly channel: string; readonly template: string; readonly outcome: "sent" | "retry" | "held" | "abandoned" | "expired" }): void;
  /** Hashes running and waiting; asked when the metrics are read. */
  watchHashQueue(load: () => { readonly running: number; readonly waiting: number }): void;
  /** Prometheus text. */
  text(): Promise<string>;
}

const KEY = Symbol.for("rung.metrics");
interface Holder { [KEY]?: Metrics }

/** The process's metrics. One registry for both module graphs. */
export function metrics(): Metrics {
  return ((globalThis as Holder)[KEY] ??= createMetrics());
}

export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process !== false) collectDefaultMetrics({ register: registry, prefix: "rung_" });

  const requests = new Histogram({
    name: "rung_http_request_seconds", help: "Time to answer a request, in seconds.", registers: [registry],
    labelNames: ["method", "route", "status"], buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 5],
  });
  const signIns = new Counter({
    name: "rung_sign_in_steps_total", help: "Sign-in steps by method, level and result.", registers: [registry],
    labelNames: ["method", "level", "result"],
  });
  const messages = new Counter({
    name: "rung_messages_total", help: "Attempts to hand over mail, text messages and hooks, by channel, kind and outcome.", registers: [registry],
    labelNames: ["channel", "template", "outcome"],
  });
  let load = (): { readonly running: number; readonly waiting: number } => ({ running: 0, waiting: 0 });
  new Gauge({
    name: "rung_hash_queue", help: "Password hashes running and waiting.", registers: [registry], labelNames: ["state"],
    collect() {
      const { running, waiting } = load();
      this.set({ state: "running" }, running);
      this.set({ state: "waiting" }, waiting);
    },
  });

  return {
    registry,
    request: ({ method, route, status, seconds }) => requests.observe({ method, route, status: String(status) }, seconds),
    signIn: (facts) => signIns.inc({ ...facts }),
    message: (facts) => messages.inc({ ...facts }),
    watchHashQueue(next) {
      load = next;
    },
    text: () => registry.metrics(),
  };
}
