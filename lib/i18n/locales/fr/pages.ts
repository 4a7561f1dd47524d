import type { pages as english } from "../en/pages";

export const pages: Readonly<Record<keyof typeof english, string>> = {
  "home.enrolTitle": "Ajoutez une seconde étape",
  "home.enrolText": "{name} est connecté. Ce projet demande une seconde étape à tout le monde ; ajoutez-en une pour continuer.",
  "home.oneRung": "Vous êtes sur le premier échelon. Certaines pages demandent le second ; vous pouvez l’activer dans les paramètres.",
  "home.openSettings": "Ouvrir les paramètres",
  "home.demoPaymentText": "Demande votre seconde étape si elle date de plus de 15 minutes.",
  "home.demoOrdersText": "Demande ce que votre compte a de mieux.",
  "home.demoConsoleText": "Pour les admins, avec une seconde étape des dix dernières minutes.",

  "stepUp.actionViewOrders": "voir vos commandes",
  "stepUp.actionCancelOrder": "annuler une commande",

  "problem.status": "Réponse",
  "problem.request": "Requête",

  "orders.cancel": "Annuler la commande",
  "orders.cancelled": "La commande {id} est annulée.",
  "orders.stateCancelled": "Annulée",
  "orders.notCancelled": "Cela n’a pas fonctionné et rien n’a été annulé. Appuyez de nouveau sur le bouton.",

  "settings.healthGo": "Le faire maintenant",
  "settings.totpCopyKey": "Copier la clé",
  "settings.totpStep3Text": "Ils vous font entrer quand votre téléphone n’est plus là. Ils sont sur cette page, juste sous l’application.",
  "settings.lookupRemoveWarning": "Si votre téléphone disparaît, plus rien d’autre ne vous fera entrer.",

  "sessions.signedOutAllOthers": "Vous êtes déconnecté partout ailleurs.",

  "console.enforcement.label": "Règles en vigueur",
  "console.history.by": "Modifié par {name}",
  "console.paths.removeHint": "Pour retirer un chemin, videz son champ.",
  "console.paths.invalidMinutes": "L’âge maximal est un nombre de minutes supérieur à zéro, ou vide.",
  "console.twoFactor.sessionsToAsk": "{count, plural, one {Une session active sur {total, number} est} other {{count, number} sessions actives sur {total, number} sont}} en dessous de ce que son propriétaire pourrait prouver : Strict le demande à la prochaine requête.",

  "appSignIn.title": "Se connecter à {project}",
  "appSignIn.text": "Une application veut vous connecter à {project} avec {provider}. Continuez seulement si vous venez de le demander vous-même dans l’application.",
  "appSignIn.continue": "Continuer",
  "appSignIn.cancel": "Annuler",
};
