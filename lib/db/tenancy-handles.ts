/* Workspaces, projects, hosts and keys. Platform half. Implemented in tenancy.ts. */

export interface TenancyDb {
}
