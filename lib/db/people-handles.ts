/* People as the admin API lists, finds and changes them. Implemented in people.ts. */

export interface PeopleReads {
}

export interface PeopleWrites {
}
