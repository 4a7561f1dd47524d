/** What a page says when nothing else can be loaded any more; few words, so that they can travel with the error page itself. */
const WORDS = {
  en: { title: "That is our fault", text: "Something broke on our side. Nothing was changed. Please try again.", again: "Try again", home: "Go to the start page" },
  de: { title: "Das liegt an uns", text: "Bei uns ist etwas schiefgegangen. Nichts wurde geändert. Bitte versuchen Sie es noch einmal.", again: "Noch einmal", home: "Zur Startseite" },
  es: { title: "Ha sido culpa nuestra", text: "Algo ha fallado por nuestra parte. No se ha cambiado nada. Inténtelo de nuevo.", again: "Reintentar", home: "Ir a la página de inicio" },
  fr: { title: "C’est de notre faute", text: "Un problème est survenu de notre côté. Rien n’a été modifié. Réessayez.", again: "Réessayer", home: "Aller à l’accueil" },
} as const;
type Known = keyof typeof WORDS;

/** In the page's own language where it is one of ours, else English. */
export function lastWords(language: string): (typeof WORDS)[Known] {
  return isKnown(language) ? WORDS[language] : WORDS.en;
}
function isKnown(language: string): language is Known {
  return Object.hasOwn(WORDS, language);
}
