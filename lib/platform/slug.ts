import { randomInt } from "node:crypto";

const FIRST = [
  "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "cosy", "eager", "early", "fair", "fast", "fine", "fresh", "gentle",
  "glad", "golden", "grand", "green", "happy", "honest", "jolly", "keen", "kind", "light", "lively", "loyal", "lucky", "mellow", "merry", "mild",
  "neat", "noble", "open", "patient", "plain", "proud", "quick", "quiet", "ready", "round", "rustic", "silent", "silver", "smart", "snowy", "soft",
  "solid", "steady", "still", "sunny", "sure", "swift", "tidy", "true", "vivid", "warm", "wide", "wild", "wise", "witty", "young", "zesty",
] as const;
const SECOND = [
  "acorn", "anchor", "arrow", "badger", "bay", "beach", "beacon", "birch", "bridge", "brook", "canyon", "cedar", "cliff", "cloud", "comet", "coral",
  "cove", "creek", "dawn", "delta", "dune", "ember", "falcon", "fern", "field", "fjord", "forest", "garden", "glade", "grove", "harbour", "hazel",
  "heron", "hill", "island", "lake", "lantern", "maple", "meadow", "mill", "moon", "oak", "otter", "park", "peak", "pebble", "pine", "pond",
  "prairie", "reef", "ridge", "river", "rock", "sail", "shore", "sparrow", "spring", "star", "stone", "stream", "summit", "valley", "wave", "willow",
] as const;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 10;

/** A short name nobody chose: two words and a random end, such as `calm-river-x4k9wq2mzt`. Over 60 random bits: no two alike. */
export function newSlug(): string {
  const end = Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? "a").join("");
  return `${FIRST[randomInt(FIRST.length)] ?? "calm"}-${SECOND[randomInt(SECOND.length)] ?? "river"}-${end}`;
}
