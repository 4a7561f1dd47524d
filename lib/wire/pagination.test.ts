import { expect, test } from "vitest";
import { keysetHeaders, pageHeaders, pageOf, readPage, readPageSize } from "./pagination";

const page = (query: string): ReturnType<typeof readPage> => readPage(new URLSearchParams(query));

test("both pairs of parameters are read, and nonsense is the first page of 250", () => {
  expect(page("")).toEqual({ page: 0, perPage: 250 });
  expect(page("page=2&per_page=10")).toEqual({ page: 2, perPage: 10 });
  expect(page("page_token=3&page_size=20")).toEqual({ page: 3, perPage: 20 });
  for (const query of ["page=-1&per_page=0", "page=x&per_page=y", "page=1e9&per_page=-5"]) expect(page(query)).toEqual({ page: 0, perPage: 250 });
  expect(page("per_page=5000").perPage).toBe(1_000);
});

test("the headers name the total and the neighbours, keeping other parameters", () => {
  const headers = pageHeaders("https://auth.test/sessions?active=true&page=1&per_page=2", page("page=1&per_page=2"), 5);
  expect(headers["X-Total-Count"]).toBe("5");
  const at = (number: number, relation: string): string => `<https://auth.test/sessions?active=true&page=${number}&per_page=2&page_token=${number}&page_size=2>; rel="${relation}"`;
  expect(headers["Link"]?.split(",")).toEqual([at(0, "first"), at(2, "next"), at(0, "prev"), at(2, "last")]);
  expect(pageHeaders("https://auth.test/sessions", page(""), 0)["Link"]).not.toMatch(/next|prev/);
});

test("a page is its slice of the list", () => {
  expect(pageOf([1, 2, 3, 4, 5], page("page=1&per_page=2"))).toEqual([3, 4]);
  expect(pageOf([1], page("page=9"))).toEqual([]);
});

test("a keyset list names its first page and the next one, never a total", () => {
  const url = "https://auth.test/admin/sessions?active=true&page_token=old&per_page=3&page=1";
  expect(keysetHeaders(url, 3, { first: null, next: "n/1" })).toEqual({
    Link: '</admin/sessions?active=true&page_size=3>; rel="first",</admin/sessions?active=true&page_size=3&page_token=n%2F1>; rel="next"',
  });
  expect(keysetHeaders(url, 3, { first: "0", next: null })["Link"]).toBe('</admin/sessions?active=true&page_size=3&page_token=0>; rel="first"');
  const sizes = ["", "per_page=7", "page_size=9&per_page=7", "page_size=0", "page_size=x", "page_size=99999"].map((query) => readPageSize(new URLSearchParams(query), 10, 500));
  expect(sizes).toEqual([10, 7, 9, 10, 10, 500]);
});
