import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { pageLocale } from "@/lib/http/next/locale";
import { dir } from "@/lib/i18n/locale";
import "./globals.css";

export const metadata: Metadata = {
  icons: { icon: "/favicon.svg" },
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, address: false, email: false },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1, themeColor: [
  { media: "(prefers-color-scheme: light)", color: "#f4f7f6" }, { media: "(prefers-color-scheme: dark)", color: "#0c1212" },
] };

/** Sets the theme a person chose before the first paint; anything else than our two words is ignored. */
const THEME = `try{var t=localStorage.getItem("rung_theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;

/** Language, direction, theme. No check lives here: a layout does not run again on navigation. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [locale, requestHeaders] = await Promise.all([pageLocale(), headers()]);
  const nonce = requestHeaders.get("x-nonce");
  return (
    <html lang={locale} dir={dir(locale)} suppressHydrationWarning>
      <body>
        {nonce !== null && <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME }} />}
        {children}
      </body>
    </html>
  );
}
