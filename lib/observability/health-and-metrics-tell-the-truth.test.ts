import { expect, test } from "vitest";
import { answers, createHealth } from "./health";
import { createMetrics, metrics } from "./metrics";

test("ready only between boot and shutdown, and only while everything answers", async () => {
  let up = true;
  const ping = (): Promise<void> => (up ? Promise.resolve() : Promise.reject(new Error("connect 10.0.0.1 refused")));
  const health = createHealth({ database: answers(ping, "does not answer"), config: () => null });
  expect(await health.readiness()).toEqual({ ready: false, errors: { process: "starting" } });
  health.markBooted();
  expect(await health.readiness()).toEqual({ ready: true, errors: {} });
  up = false;
  expect(await health.readiness()).toEqual({ ready: false, errors: { database: "does not answer" } });
  up = true;
  health.startDraining();
  health.markBooted();
  expect(await health.readiness()).toEqual({ ready: false, errors: { process: "shutting down" } });
});

test("a check that hangs or throws is an error, not a hang", async () => {
  const health = createHealth({ slow: () => new Promise(() => undefined), broken: () => { throw new Error("x"); } }, 5);
  health.markBooted();
  expect(await health.readiness()).toEqual({ ready: false, errors: { slow: "no answer in time", broken: "the check failed" } });
});

test("metrics count requests, sign-ins and the hash queue", async () => {
  const own = createMetrics({ process: false });
  own.request({ method: "GET", route: "/sessions/whoami", status: 200, seconds: 0.002 });
  own.signIn({ method: "totp", level: "second", result: "rejected" });
  own.watchHashQueue(() => ({ running: 2, waiting: 5 }));
  const text = await own.text();
  expect(text).toContain('rung_sign_in_steps_total{method="totp",level="second",result="rejected"} 1');
  expect(text).toContain('rung_hash_queue{state="waiting"} 5');
  expect(text).toContain('rung_http_request_seconds_count{method="GET",route="/sessions/whoami",status="200"} 1');
  expect(metrics()).toBe(metrics());
});
