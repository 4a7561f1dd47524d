/** True for a path that answers on the host of the console API. Read by the listener, which loads nothing of the endpoints. */
export function isConsoleApiPath(pathname: string): boolean {
  return /^\/(projects|workspaces)(\/|$)/.test(pathname);
}
