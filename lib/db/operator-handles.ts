/* Sessions and messages as operators see and end them. Implemented in operator.ts. */

export interface OperatorReads {
}

export interface OperatorWrites {
}
