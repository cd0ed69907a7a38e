// JSON Schema, as much of it as the schemas in use need; a keyword that is not known here is an error, so that nothing passes unseen.

const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const isType = (type, value) =>
  type === 'integer' ? Number.isInteger(value) : type === 'number' ? typeof value === 'number' : typeOf(value) === type;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Says nothing of values. `x-…` members are anybody's.
const silent = new Set([
  ...['$schema', '$id', 'title', 'description', 'default', 'examples', 'example', 'propertyOrder', 'context', 'options', 'notes', 'item'],
  ...['discriminator', 'deprecated', 'readOnly', 'nullable', 'definitions'],
]);
const formats = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};

const keywords = {
  type: (type, v) => [type].flat().some((t) => isType(t, v)) || `is no ${type}`,
  enum: (list, v) => list.some((one) => same(one, v)) || `is none of ${JSON.stringify(list)}`,
  const: (one, v) => same(one, v) || `is not ${JSON.stringify(one)}`,
  pattern: (text, v) => typeof v !== 'string' || new RegExp(text, 'u').test(v) || `does not match ${text}`,
  format: (name, v) => typeof v !== 'string' || !(name in formats) || formats[name].test(v) || `is no ${name}`,
  minimum: (n, v) => typeof v !== 'number' || v >= n || `is below ${n}`,
  maximum: (n, v) => typeof v !== 'number' || v <= n || `is above ${n}`,
  minLength: (n, v) => typeof v !== 'string' || v.length >= n || `is shorter than ${n}`,
  maxLength: (n, v) => typeof v !== 'string' || v.length <= n || `is longer than ${n}`,
  minItems: (n, v) => !Array.isArray(v) || v.length >= n || `has fewer than ${n} items`,
  maxItems: (n, v) => !Array.isArray(v) || v.length <= n || `has more than ${n} items`,
  uniqueItems: (on, v) => !on || !Array.isArray(v) || new Set(v.map((i) => JSON.stringify(i))).size === v.length || 'repeats an item',
  minProperties: (n, v) => typeOf(v) !== 'object' || Object.keys(v).length >= n || `has fewer than ${n} members`,
  required: (names, v) => typeOf(v) !== 'object' || names.every((n) => n in v) || `lacks one of ${names}`,
};

function follow(root, ref) {
  if (!ref.startsWith('#/')) throw new Error(`${ref} leads out of the document`);
  return ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}

// The faults of `value`, each with the place; none when it fits.
export function faultsOf(schema, value, root = schema, where = '') {
  if (schema.$ref !== undefined) return faultsOf(follow(root, schema.$ref), value, root, where);
  if (schema.nullable === true && value === null) return [];
  const faults = [];
  const object = typeOf(value) === 'object';
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (silent.has(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === 'properties') {
      for (const [name, one] of Object.entries(wanted))
        if (object && name in value) faults.push(...faultsOf(one, value[name], root, `${where}/${name}`));
    } else if (keyword === 'additionalProperties') {
      for (const name of object ? Object.keys(value) : []) {
        if (name in (schema.properties ?? {})) continue;
        if (wanted === false) faults.push(`${where}/${name}: is not foreseen`);
        else if (wanted !== true) faults.push(...faultsOf(wanted, value[name], root, `${where}/${name}`));
      }
    } else if (keyword === 'items') {
      if (Array.isArray(value)) value.forEach((v, i) => faults.push(...faultsOf(wanted, v, root, `${where}/${i}`)));
    } else if (keyword === 'allOf') {
      for (const one of wanted) faults.push(...faultsOf(one, value, root, where));
    } else if (keyword === 'anyOf' || keyword === 'oneOf') {
      const each = wanted.map((one) => faultsOf(one, value, root, where));
      const fitting = each.filter((list) => list.length === 0).length;
      if (keyword === 'anyOf' ? fitting === 0 : fitting !== 1)
        faults.push(`${where}: fits ${fitting} of ${keyword}: ${each.map((list) => list[0] ?? 'fits').join(' | ')}`);
    } else if (keyword in keywords) {
      const answer = keywords[keyword](wanted, value);
      if (answer !== true) faults.push(`${where}: ${JSON.stringify(value)?.slice(0, 80)} ${answer}`);
    } else {
      throw new Error(`${where}: the keyword ${keyword} is not known here`);
    }
  }
  return faults;
}
