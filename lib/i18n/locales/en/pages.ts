/** What the pages say beside the screens' own words: the demo areas, notices, and parts of the console. */
export const pages = {
  "home.enrolTitle": "Add a second step",
  "home.enrolText": "{name} is signed in. This project asks everybody for a second step; add one to go on.",
  "home.oneRung": "You are on the first rung. Some pages ask for the second; you can light it in the settings.",
  "home.openSettings": "Open settings",
  "home.demoPaymentText": "Asks for your second step when it was more than 15 minutes ago.",
  "home.demoOrdersText": "Asks for the best your account has.",
  "home.demoConsoleText": "For admins, with a second step from the last ten minutes.",

  "stepUp.actionViewOrders": "see your orders",
  "stepUp.actionCancelOrder": "cancel an order",

  "problem.status": "Answer",
  "problem.request": "Request",

  "orders.cancel": "Cancel order",
  "orders.cancelled": "Order {id} is cancelled.",
  "orders.stateCancelled": "Cancelled",
  "orders.notCancelled": "That did not work, and nothing was cancelled. Please press the button again.",

  "settings.healthGo": "Do it now",
  "settings.totpCopyKey": "Copy the key",
  "settings.totpStep3Text": "They let you in when your phone is gone. You find them on this page, right below the app.",
  "settings.lookupRemoveWarning": "When your phone is gone, nothing else will let you in.",

  "sessions.signedOutAllOthers": "You are signed out everywhere else.",

  "console.enforcement.label": "Policy in force",
  "console.history.by": "Changed by {name}",
  "console.paths.removeHint": "To take a path away, empty its field.",
  "console.paths.invalidMinutes": "The maximum age is a number of minutes above zero, or empty.",
  "console.twoFactor.sessionsToAsk": "{count, plural, one {One of {total, number} live sessions is} other {{count, number} of {total, number} live sessions are}} below what its owner could prove: Strict asks at the next request.",

  "appSignIn.title": "Sign in to {project}",
  "appSignIn.text": "An app wants to sign you in to {project} with {provider}. Continue only if you began this in the app yourself a moment ago.",
  "appSignIn.continue": "Continue",
  "appSignIn.cancel": "Cancel",
} as const;
