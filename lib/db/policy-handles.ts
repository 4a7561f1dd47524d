/* Drafts of a configuration, and who a change of policy meets. Platform half. Implemented in drafts.ts. */

export interface PolicyDb {
}
