/** The version of this package, which every export names as its scope's. */
export const version = "0.1.0";
