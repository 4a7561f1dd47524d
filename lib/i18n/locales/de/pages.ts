import type { pages as english } from "../en/pages";

export const pages: Readonly<Record<keyof typeof english, string>> = {
  "home.enrolTitle": "Zweiten Schritt einrichten",
  "home.enrolText": "{name} ist angemeldet. Dieses Projekt verlangt von allen einen zweiten Schritt; richten Sie einen ein, um weiterzumachen.",
  "home.oneRung": "Sie stehen auf der ersten Sprosse. Manche Seiten verlangen die zweite; in den Einstellungen richten Sie sie ein.",
  "home.openSettings": "Einstellungen öffnen",
  "home.demoPaymentText": "Fragt nach Ihrem zweiten Schritt, wenn er mehr als 15 Minuten her ist.",
  "home.demoOrdersText": "Verlangt das Beste, was Ihr Konto hat.",
  "home.demoConsoleText": "Für Admins, mit einem zweiten Schritt aus den letzten zehn Minuten.",

  "stepUp.actionViewOrders": "Ihre Bestellungen zu sehen",
  "stepUp.actionCancelOrder": "eine Bestellung zu stornieren",

  "problem.status": "Antwort",
  "problem.request": "Anfrage",

  "orders.cancel": "Bestellung stornieren",
  "orders.cancelled": "Bestellung {id} ist storniert.",
  "orders.stateCancelled": "Storniert",
  "orders.notCancelled": "Das hat nicht geklappt, und nichts wurde storniert. Bitte drücken Sie die Taste noch einmal.",

  "settings.healthGo": "Jetzt erledigen",
  "settings.totpCopyKey": "Kopieren: Schlüssel",
  "settings.totpStep3Text": "Sie lassen Sie hinein, wenn Ihr Telefon weg ist. Sie finden sie auf dieser Seite, gleich unter der App.",
  "settings.lookupRemoveWarning": "Wenn Ihr Telefon weg ist, lässt Sie dann nichts anderes mehr hinein.",

  "sessions.signedOutAllOthers": "Sie sind überall sonst abgemeldet.",

  "console.enforcement.label": "Geltende Regeln",
  "console.history.by": "Geändert von {name}",
  "console.paths.removeHint": "Um einen Pfad zu entfernen, leeren Sie sein Feld.",
  "console.paths.invalidMinutes": "Das Höchstalter ist eine Zahl von Minuten über null, oder leer.",
  "console.twoFactor.sessionsToAsk": "{count, plural, one {Eine von {total, number} laufenden Sitzungen liegt} other {{count, number} von {total, number} laufenden Sitzungen liegen}} unter dem, was ihr Mensch nachweisen könnte: Strict fragt bei der nächsten Anfrage.",

  "appSignIn.title": "Bei {project} anmelden",
  "appSignIn.text": "Eine App möchte Sie mit {provider} bei {project} anmelden. Fahren Sie nur fort, wenn Sie das eben selbst in der App begonnen haben.",
  "appSignIn.continue": "Weiter",
  "appSignIn.cancel": "Abbrechen",
};
