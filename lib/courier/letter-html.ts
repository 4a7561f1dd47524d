import { dir } from "../i18n/locale";
import type { Locale } from "../i18n/locale";

/** What a letter says, before it has a form: the text and the HTML are made from the same parts. */
export interface LetterParts {
  readonly subject: string;
  readonly lead: string;
  /** Set apart, large, and selected whole by a double click. */
  readonly code: string | null;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly paragraphs: readonly string[];
  /** To a page of the project, from its configuration. Never signs anybody in. */
  readonly link: { readonly label: string; readonly url: string } | null;
  readonly footer: string;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** Colours by class as well, because a mail program that knows the dark scheme overrides what stands in the element. */
const DARK = `@media (prefers-color-scheme: dark) {
  .page { background: #131416 !important; color: #ececec !important; }
  .card { background: #1d1f22 !important; border-color: #3a3d42 !important; }
  .quiet { color: #b0b4ba !important; }
  .code { background: #2a2d31 !important; color: #ffffff !important; }
  .link { color: #9cc4ff !important; }
}`;

const FONT = "font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** One column, no picture, no script, nothing from elsewhere; readable at any width, with a screen reader, and in the dark. */
export function letterHtml(parts: LetterParts, brand: string, locale: Locale): string {
  const text = (content: string, style: string, className = ""): string =>
    `<p${className === "" ? "" : ` class="${className}"`} style="margin: 0 0 16px; ${style}">${escapeHtml(content)}</p>`;
  const body = [
    text(parts.lead, "font-size: 17px"),
    ...(parts.code === null ? [] : [codeBlock(parts.code)]),
    ...(parts.facts.length === 0 ? [] : [factTable(parts.facts)]),
    ...parts.paragraphs.map((paragraph) => text(paragraph, "font-size: 15px")),
    ...(parts.link === null ? [] : [linkLine(parts.link)]),
  ].join("\n");
  return `<!doctype html>
<html lang="${locale}" dir="${dir(locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(parts.subject)}</title>
<style>${DARK}</style>
</head>
<body class="page" style="margin: 0; padding: 24px 12px; background: #f4f4f2; color: #1a1a1a; ${FONT}; line-height: 1.5">
<main class="card" style="max-width: 520px; margin: 0 auto; padding: 24px; background: #ffffff; border: 1px solid #dcdcd8; border-radius: 12px">
<h1 style="margin: 0 0 20px; font-size: 18px; font-weight: 600">${escapeHtml(brand)}</h1>
${body}
</main>
<p class="quiet" style="max-width: 520px; margin: 16px auto 0; font-size: 13px; color: #595959">${escapeHtml(parts.footer)}</p>
</body>
</html>
`;
}

function codeBlock(code: string): string {
  return `<p class="code" style="margin: 0 0 16px; padding: 14px 8px; border-radius: 8px; background: #eeeeea; color: #111111; text-align: center; `
    + `font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 32px; font-weight: 600; letter-spacing: 6px"><bdi>${escapeHtml(code)}</bdi></p>`;
}

function factTable(facts: LetterParts["facts"]): string {
  const rows = facts.map(({ label, value }) =>
    `<tr><th scope="row" class="quiet" style="padding: 4px 16px 4px 0; text-align: start; vertical-align: top; font-weight: 400; color: #595959">${escapeHtml(label)}</th>`
    + `<td style="padding: 4px 0; vertical-align: top; overflow-wrap: anywhere"><bdi>${escapeHtml(value)}</bdi></td></tr>`);
  return `<table style="margin: 0 0 16px; border-collapse: collapse; font-size: 15px">${rows.join("")}</table>`;
}

function linkLine({ label, url }: NonNullable<LetterParts["link"]>): string {
  return `<p style="margin: 0 0 8px; font-size: 15px"><a class="link" href="${escapeHtml(url)}" style="color: #0b57b7; font-weight: 600">${escapeHtml(label)}</a></p>`
    + `<p class="quiet" style="margin: 0; font-size: 13px; color: #595959; overflow-wrap: anywhere">${escapeHtml(url)}</p>`;
}

/** The same letter without HTML. */
export function letterText(parts: LetterParts): string {
  const blocks = [
    parts.lead,
    ...(parts.code === null ? [] : [`    ${parts.code}`]),
    ...(parts.facts.length === 0 ? [] : [parts.facts.map(({ label, value }) => `${label}: ${value}`).join("\n")]),
    ...parts.paragraphs,
    ...(parts.link === null ? [] : [`${parts.link.label}: ${parts.link.url}`]),
    `-- \n${parts.footer}`,
  ];
  return `${blocks.join("\n\n")}\n`;
}
