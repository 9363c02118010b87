// JSON as Python reads and writes it, so that what is hashed here is what was hashed there.

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const DEEPEST = 100;
const PLAIN = /^[ !#-[\]-~]*$/;

/** A number with a fraction or an exponent, which Python keeps apart from whole ones. */
export class Float {
  constructor(value) {
    this.value = value;
  }
}

/**
 * The value that a text tells. Whole numbers beyond 2^53 become BigInt.
 * Throws SyntaxError also for what two programs may read differently: a name that stands twice in an object.
 */
export function parse(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.skip();
  if (reader.at !== text.length) {
    throw new SyntaxError("more than one value");
  }
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  skip() {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) {
        return;
      }
      this.at += 1;
    }
  }

  /** Step over a sign that has to stand here. */
  expect(sign) {
    this.skip();
    if (this.text[this.at] !== sign) {
      throw new SyntaxError(`no ${sign} at ${this.at}`);
    }
    this.at += 1;
  }

  /** Whether a list or an object goes on; steps over the comma or the closing bracket. */
  goesOn(closing) {
    this.skip();
    const sign = this.text[this.at];
    this.at += 1;
    if (sign !== "," && sign !== closing) {
      throw new SyntaxError(`no , at ${this.at}`);
    }
    return sign === ",";
  }

  value(depth) {
    if (depth > DEEPEST) {
      throw new SyntaxError("too deep");
    }
    this.skip();
    switch (this.text[this.at]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.list(depth);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) {
      throw new SyntaxError(`no value at ${this.at}`);
    }
    this.at += word.length;
    return value;
  }

  object(depth) {
    const found = {};
    this.at += 1;
    this.skip();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return found;
    }
    do {
      this.expect('"');
      this.at -= 1;
      const name = this.string();
      if (name === "__proto__" || Object.hasOwn(found, name)) {
        throw new SyntaxError(`the name ${name} can't stand here`);
      }
      this.expect(":");
      found[name] = this.value(depth + 1);
    } while (this.goesOn("}"));
    return found;
  }

  list(depth) {
    const found = [];
    this.at += 1;
    this.skip();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return found;
    }
    do {
      found.push(this.value(depth + 1));
    } while (this.goesOn("]"));
    return found;
  }

  string() {
    const start = this.at;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) {
        throw new SyntaxError("a text without an end");
      }
    } while (this.isEscaped(end));
    this.at = end + 1;
    const inner = this.text.slice(start + 1, end);
    return PLAIN.test(inner) ? inner : JSON.parse(this.text.slice(start, this.at));
  }

  /** Whether an odd number of backslashes stands before this sign. */
  isEscaped(place) {
    let first = place;
    while (this.text[first - 1] === "\\") {
      first -= 1;
    }
    return (place - first) % 2 === 1;
  }

  number() {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) {
      throw new SyntaxError(`no value at ${this.at}`);
    }
    this.at += found[0].length;
    if (found[1] !== undefined || found[2] !== undefined) {
      return new Float(Number(found[0]));
    }
    const value = Number(found[0]);
    return Number.isSafeInteger(value) ? value + 0 : BigInt(found[0]);
  }
}

/** JSON in the one spelling that is hashed: json.dumps(sort_keys=True, separators=(",", ":"), ensure_ascii=True). */
export function canonical(value) {
  if (typeof value === "string") {
    return quote(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (value instanceof Float) {
    return spellFloat(value.value);
  }
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort(byCodePoint);
    return `{${names.map((name) => `${quote(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return Object.is(value, -0) ? "0" : String(value);
}

function quote(text) {
  if (PLAIN.test(text)) {
    return `"${text}"`;
  }
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Python sorts by code points, JavaScript by halves of them. */
function byCodePoint(one, other) {
  if (PLAIN.test(one) && PLAIN.test(other)) {
    return one < other ? -1 : 1;
  }
  const left = Array.from(one, (sign) => sign.codePointAt(0));
  const right = Array.from(other, (sign) => sign.codePointAt(0));
  const place = left.findIndex((code, index) => code !== right[index]);
  return place < 0 ? left.length - right.length : left[place] - (right[place] ?? -1);
}

/** As Python's repr: the fewest digits, an exponent of two digits below 0.0001 and from 1e16 on. */
function spellFloat(value) {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${power < 0 ? "-" : "+"}${size}`;
  }
  if (power < 0) {
    return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  }
  return `${sign}${digits.slice(0, power + 1).padEnd(power + 1, "0")}.${digits.slice(power + 1) || "0"}`;
}
