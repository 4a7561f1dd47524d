import next from "eslint-config-next/core-web-vitals";
import jsxA11y from "eslint-plugin-jsx-a11y";
import tseslint from "typescript-eslint";

/** Writing a cookie by hand. Reading or passing on an answer's cookies is no writing. */
const WRITES_COOKIE = [
  {
    selector: "CallExpression[callee.property.name=/^(append|set|setHeader|appendHeader)$/] > Literal.arguments:first-child[value=/^set-cookie$/i]",
    message: "Only lib/http/cookies.ts writes cookies.",
  },
  { selector: "MemberExpression[object.name='document'][property.name='cookie']", message: "Only lib/http/cookies.ts writes cookies." },
];

/** A pure room takes the time, the settings and chance as arguments. */
const IMPURE = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "A pure room reads no clock: take `now` as an argument." },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: "A pure room reads no clock: take `now` as an argument." },
  { selector: "MemberExpression[object.name='performance']", message: "A pure room reads no clock: take `now` as an argument." },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: "A pure room reads no environment." },
];

const GUESSABLE = [
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: "Secrets come from node:crypto; nothing here needs Math.random." },
];

const ENUMS = [{ selector: "TSEnumDeclaration", message: "Use a union of string literals." }];

export default tseslint.config(
  {
    ignores: ["node_modules/", ".next/", "dist/", ".rung/", "coverage/", "test-results/", "playwright-report/", "lib/db/generated/", "next-env.d.ts", "e2e/screens-output/", "public/"],
  },
  // A rule is obeyed or changed here, where everybody sees it.
  { linterOptions: { noInlineConfig: true } },
  ...next,
  ...tseslint.configs.strict.map((config) => ({ ...config, files: ["**/*.ts", "**/*.tsx"] })),
  {
    files: ["**/*.ts", "**/*.tsx"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true, "ts-ignore": true, "ts-nocheck": true }],
      "@typescript-eslint/consistent-type-imports": ["error", { prefer: "type-imports", fixStyle: "separate-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none", ignoreRestSiblings: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      // `interface X {}` with members only from generics and `void` unions are fine here.
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/unified-signatures": "off",
      "eqeqeq": ["error", "always"],
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-syntax": ["error", ...WRITES_COOKIE, ...GUESSABLE, ...ENUMS],
      // Anonymous default exports are what Next and our tools ask for.
      "import/no-anonymous-default-export": "off",
    },
  },
  { files: ["lib/**/*.ts", "app/**/*.{ts,tsx}", "components/**/*.tsx"], ignores: ["**/*.test.{ts,tsx}"], rules: { "no-console": "error" } },
  {
    files: ["lib/policy/**/*.ts", "lib/wire/**/*.ts", "lib/i18n/**/*.ts", "lib/model/**/*.ts"],
    ignores: ["**/*.test.ts", "lib/model/time.ts"],
    rules: { "no-restricted-syntax": ["error", ...WRITES_COOKIE, ...GUESSABLE, ...ENUMS, ...IMPURE] },
  },
  {
    // The one writer, and the bridge that carries a finished answer to node:http.
    files: ["lib/http/cookies.ts", "lib/http/node.ts"],
    rules: { "no-restricted-syntax": ["error", ...GUESSABLE, ...ENUMS] },
  },
  { files: ["app/**/*.tsx", "components/**/*.tsx"], rules: { ...jsxA11y.flatConfigs.strict.rules } },
  {
    // Black-box tests hold other people's JSON; the rest of the rules stay.
    files: ["e2e/**/*.ts", "**/*.test.ts", "**/*.test.tsx"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "react-hooks/rules-of-hooks": "off" },
  },
);
