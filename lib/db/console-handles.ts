/* What the pages of the console read of one project: people with their factors, audit by filter. Implemented in console.ts. */

export interface ConsoleReads {
}
