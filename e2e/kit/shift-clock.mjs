// Preloaded where libfaketime is missing: the wall clock of this one process runs RUNG_CLOCK_SHIFT_MS ahead. It is loaded from
// outside by the tests; no build contains it.
const shift = Number(process.env.RUNG_CLOCK_SHIFT_MS ?? "0");
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift);
    else super(...args);
  }
  static now() {
    return RealDate.now() + shift;
  }
};
