import { asciiJsonString } from '../../lib/ascii-json.ts'

/** Texts up to this length are written character by character: shorter than a call out of JavaScript takes. */
const shortText = 48
/** Bytes that are kept for the next rendering. */
const keptBytes = 1 << 20

/**
 * Bytes of an ASCII text that is put together from many small ones. Strings would be made whole only at the end, which takes
 * longer than everything before it.
 */
export class AsciiOutput {
  #bytes: Buffer = Buffer.allocUnsafeSlow(1 << 16)
  #length = 0

  /** Starts anew. */
  clear(): void {
    this.#length = 0
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(1 << 16)
  }

  get length(): number {
    return this.#length
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.#length)
  }

  /** A copy, for the output is written over. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  /** Adds what is always the same. */
  addBytes(added: Uint8Array): void {
    this.#room(added.length).set(added, this.#length)
    this.#length += added.length
  }

  /** @param text ASCII */
  add(text: string): void {
    const start = this.#length
    const bytes = this.#room(text.length)
    if (text.length > shortText) bytes.write(text, start, 'latin1')
    else for (let place = 0; place < text.length; place++) bytes[start + place] = text.charCodeAt(place)
    this.#length = start + text.length
  }

  /** Adds a text as a JSON string, as `asciiJsonString` writes it. */
  addString(text: string): void {
    if (text.length > shortText) {
      this.add(asciiJsonString(text))
      return
    }
    const start = this.#length
    const bytes = this.#room(text.length + 2)
    let at = start
    bytes[at++] = quote
    for (let place = 0; place < text.length; place++) {
      const unit = text.charCodeAt(place)
      if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) {
        this.add(asciiJsonString(text))
        return
      }
      bytes[at++] = unit
    }
    bytes[at++] = quote
    this.#length = at
  }

  #room(count: number): Buffer {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return this.#bytes
    const greater = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(greater, 0, 0, this.#length)
    this.#bytes = greater
    return greater
  }
}

const quote = 0x22
const backslash = 0x5c
