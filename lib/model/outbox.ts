/** What a message says of itself whose lease ran out: whoever had it told nobody what became of it. Its try counts. */
export const ENDED_WHILE_SENDING = "the process ended while it was being sent";
