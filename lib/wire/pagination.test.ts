import { expect, test } from "vitest";
import { pageHeaders, pageOf, readPage } from "./pagination";

const page = (query: string): ReturnType<typeof readPage> => readPage(new URLSearchParams(query));

test("both pairs of parameters are read, and nonsense is the first page of 250", () => {
  expect(page("")).toEqual({ page: 0, perPage: 250, style: "page" });
  expect(page("page=2&per_page=10")).toEqual({ page: 2, perPage: 10, style: "page" });
  expect(page("page_token=3&page_size=20")).toEqual({ page: 3, perPage: 20, style: "token" });
  for (const query of ["page=-1&per_page=0", "page=x&per_page=y", "page=1e9&per_page=-5"]) expect(page(query)).toEqual({ page: 0, perPage: 250, style: "page" });
  expect(page("per_page=5000").perPage).toBe(1_000);
});

test("the headers name the total and the neighbours, keeping other parameters", () => {
  const headers = pageHeaders("https://auth.test/sessions?active=true&page=1&per_page=2", page("page=1&per_page=2"), 5);
  expect(headers["X-Total-Count"]).toBe("5");
  expect(headers["Link"]?.split(",")).toEqual([
    '<https://auth.test/sessions?active=true&page=0&per_page=2>; rel="first"', '<https://auth.test/sessions?active=true&page=2&per_page=2>; rel="next"',
    '<https://auth.test/sessions?active=true&page=0&per_page=2>; rel="prev"', '<https://auth.test/sessions?active=true&page=2&per_page=2>; rel="last"',
  ]);
  expect(pageHeaders("https://auth.test/sessions", page(""), 0)["Link"]).not.toMatch(/next|prev/);
});

test("a page is its slice of the list", () => {
  expect(pageOf([1, 2, 3, 4, 5], page("page=1&per_page=2"))).toEqual([3, 4]);
  expect(pageOf([1], page("page=9"))).toEqual([]);
});
