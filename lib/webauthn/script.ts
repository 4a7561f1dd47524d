/** Where the script is served (contract, part 10), below the project's public base. */
export const SCRIPT_PATH = "/.well-known/ory/webauthn.js";

/** Of public/.well-known/ory/webauthn.js. A test compares the two and says what must stand here. */
export const SCRIPT_INTEGRITY =
  "sha512-Nog5Xay0rLcmch1kfRYkDAWrIhIM368Mc/Q2mz93750j54HsBEeY+BGJ8dajI9na34iZdTjnv66fJYNBVPWfrg==";
