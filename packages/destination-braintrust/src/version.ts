/** The version of this package, which rows name as their origin. */
export const version = "0.1.0";
