import type { pages as english } from "../en/pages";

export const pages: Readonly<Record<keyof typeof english, string>> = {
  "home.enrolTitle": "Añada un segundo paso",
  "home.enrolText": "{name} ha iniciado sesión. Este proyecto pide un segundo paso a todos; añada uno para continuar.",
  "home.oneRung": "Está en el primer peldaño. Algunas páginas piden el segundo; puede activarlo en los ajustes.",
  "home.openSettings": "Abrir ajustes",
  "home.demoPaymentText": "Pide su segundo paso si fue hace más de 15 minutos.",
  "home.demoOrdersText": "Pide lo mejor que tenga su cuenta.",
  "home.demoConsoleText": "Para administradores, con un segundo paso de los últimos diez minutos.",

  "stepUp.actionViewOrders": "ver sus pedidos",
  "stepUp.actionCancelOrder": "cancelar un pedido",

  "problem.status": "Respuesta",
  "problem.request": "Petición",

  "orders.cancel": "Cancelar pedido",
  "orders.cancelled": "El pedido {id} está cancelado.",
  "orders.stateCancelled": "Cancelado",
  "orders.notCancelled": "No ha funcionado y no se ha cancelado nada. Pulse el botón otra vez.",

  "settings.healthGo": "Hacerlo ahora",
  "settings.totpCopyKey": "Copiar la clave",
  "settings.totpStep3Text": "Le permiten entrar cuando no tiene su teléfono. Están en esta página, justo debajo de la aplicación.",
  "settings.lookupRemoveWarning": "Si pierde el teléfono, nada más le permitirá entrar.",

  "sessions.signedOutAllOthers": "Ha cerrado la sesión en todos los demás sitios.",

  "console.enforcement.label": "Reglas vigentes",
  "console.history.by": "Cambiado por {name}",
  "console.paths.removeHint": "Para quitar una ruta, vacíe su campo.",
  "console.paths.invalidMinutes": "La antigüedad máxima es un número de minutos mayor que cero, o vacío.",
  "console.twoFactor.sessionsToAsk": "{count, plural, one {Una de {total, number} sesiones activas está} other {{count, number} de {total, number} sesiones activas están}} por debajo de lo que su dueño podría demostrar: Strict lo pide en la próxima petición.",

  "appSignIn.title": "Iniciar sesión en {project}",
  "appSignIn.text": "Una aplicación quiere iniciar su sesión en {project} con {provider}. Continúe solo si usted lo empezó en la aplicación hace un momento.",
  "appSignIn.continue": "Continuar",
  "appSignIn.cancel": "Cancelar",
};
