/** A setting's text breaks its rule; the message names the flag or variable. */
export class SettingError extends Error {}
