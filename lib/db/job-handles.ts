/* Long work beside the requests. Platform half. Implemented in jobs.ts. */

export interface JobDb {
}
