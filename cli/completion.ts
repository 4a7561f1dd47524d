import type { Command } from "commander";
import { CliError } from "./errors";

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One word somebody may type, after the words before it. */
interface Choice {
  readonly path: readonly string[];
  readonly words: readonly { readonly word: string; readonly summary: string }[];
}

/** A completion script for a shell, made from the very commands. Throws `CliError` for a shell that is not known. */
export function completionFor(shell: string, program: Command): string {
  const choices = choicesOf(program, []);
  switch (SHELLS.find((known) => known === shell)) {
    case "bash": return bash(choices);
    case "zsh": return `#compdef rung\nautoload -U +X bashcompinit && bashcompinit\n${bash(choices)}`;
    case "fish": return fish(choices);
    case undefined: throw new CliError(`The shell ${shell} is unknown. It is one of ${SHELLS.join(", ")}.`);
  }
}

function choicesOf(command: Command, path: readonly string[]): readonly Choice[] {
  const commands = command.commands.filter((one) => one.name() !== "help");
  const words = [
    ...commands.flatMap((one) => [one.name(), ...one.aliases()].map((word) => ({ word, summary: one.summary() }))),
    ...command.options.flatMap((option) => (option.long === undefined || option.long === null ? [] : [{ word: option.long, summary: option.description }])),
  ];
  const names = (one: Command): readonly string[] => [one.name(), ...one.aliases()];
  return [{ path, words }, ...commands.flatMap((one) => names(one).flatMap((name) => choicesOf(one, [...path, name])))];
}

/** Words of the line that are no options name the place; files are offered where nothing else fits. */
function bash(choices: readonly Choice[]): string {
  const cases = choices.map(({ path, words }) => `    "${path.join(" ")}") words="${words.map(({ word }) => word).join(" ")}" ;;`);
  return [
    "_rung() {",
    "  local current=\"${COMP_WORDS[COMP_CWORD]}\" place=\"\" words=\"\" index word",
    "  for ((index = 1; index < COMP_CWORD; index++)); do",
    "    word=\"${COMP_WORDS[index]}\"",
    "    [[ $word == -* ]] && continue",
    "    case \" " + choices.map(({ path }) => path.join("/")).filter((path) => path !== "").join(" ") + " \" in",
    "      *\" ${place:+${place// //}/}$word \"*) place=\"${place:+$place }$word\" ;;",
    "    esac",
    "  done",
    "  case \"$place\" in",
    ...cases,
    "  esac",
    "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))",
    "  [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]] && COMPREPLY=($(compgen -f -- \"$current\"))",
    "  return 0",
    "}",
    "complete -o filenames -F _rung rung",
    "",
  ].join("\n");
}

function fish(choices: readonly Choice[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = choices.flatMap(({ path, words }) => words.map(({ word, summary }) => {
    const condition = path.length === 0 ? "test (count (__rung_words)) -eq 0" : `test (string join ' ' (__rung_words)) = ${quote(path.join(" "))}`;
    const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${quote(word)}`;
    return `complete -c rung -n ${quote(condition)} ${what} -d ${quote(summary)}`;
  }));
  return [
    "function __rung_words", "  set -l words (commandline -opc)", "  for word in $words[2..-1]", "    string match -q -- '-*' $word; or echo $word", "  end", "end", ...lines, "",
  ].join("\n");
}
