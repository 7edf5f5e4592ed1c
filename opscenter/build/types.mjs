#!/usr/bin/env node
// Types of documents, made from the schema: what a query answers, what a subscription says.
//
//   node build/types.mjs                               the screens' own, into src/generated/
//   node types.mjs SCHEMA OUT FILE_OR_FOLDER…          yours
//
// Documents are .graphql files, or template literals in .ts as `documents.mjs` finds them. Only
// `import type` needs the result, so the build of the screens does without.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import {
  buildSchema, getNamedType, isAbstractType, isEnumType, isInputObjectType, isLeafType, isListType,
  isNonNullType, isObjectType, isRequiredInputField, Kind, parse, typeFromAST, validate,
} from 'graphql';

const SCALARS = { Int: 'number', Float: 'number', Boolean: 'boolean' };
const DOCUMENT = /`(\s*(?:query|mutation|subscription)\b[^`]*)`/g;
const CONSTANT = /const (\w+) = `([^`]*)`/g;
const HOLE = /\$\{(\w+)\}/g;

/** The documents of a file or folder; a hole that is left in one is known only when it runs. */
export function* documentsIn(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) yield* documentsIn(join(path, name));
  } else if (extname(path) === '.graphql') yield readFileSync(path, 'utf8');
  else if (/\.(ts|svelte)$/.test(path) && !path.includes('.test.')) {
    const source = readFileSync(path, 'utf8');
    const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
    for (const [, text] of source.matchAll(DOCUMENT)) {
      yield text.replace(HOLE, (hole, name) => constants.get(name) ?? hole);
    }
  }
}

class Printer {
  /** Enums and inputs that were named, by name. */
  named = new Map();

  constructor(schema) {
    this.schema = schema;
  }

  leaf(type) {
    if (!isEnumType(type)) return SCALARS[type.name] ?? 'string';
    const values = type.getValues().map(({ name }) => `'${name}'`);
    this.named.set(type.name, `export type ${type.name} = ${values.join(' | ')};`);
    return type.name;
  }

  /** A value that is answered, under a selection with its fragments filled in. */
  output(type, chosen, fragments) {
    if (!isNonNullType(type)) return `${this.answered(type, chosen, fragments)} | null`;
    return this.answered(type.ofType, chosen, fragments);
  }

  answered(type, chosen, fragments) {
    if (isListType(type)) return `(${this.output(type.ofType, chosen, fragments)})[]`;
    if (isLeafType(type)) return this.leaf(type);
    if (isObjectType(type)) return this.object(type, chosen, fragments);
    const all = this.schema.getPossibleTypes(type).map((one) => this.object(one, chosen, fragments));
    return [...new Set(all)].join(' | ');
  }

  object(type, chosen, fragments) {
    const fields = new Map();
    for (const node of this.fields(type, chosen, fragments)) {
      const key = node.alias?.value ?? node.name.value;
      const name = node.name.value;
      const found = name === '__typename'
        ? `'${type.name}'`
        : this.output(type.getFields()[name].type, [node.selectionSet], fragments);
      fields.set(key, `${key}${node.directives.length > 0 ? '?' : ''}: ${found}`);
    }
    return `{ ${[...fields.values()].join('; ')} }`;
  }

  *fields(type, chosen, fragments) {
    for (const { selections } of chosen.filter(Boolean))
      for (const node of selections) {
        if (node.kind === Kind.FIELD) {
          yield node;
          continue;
        }
        const { typeCondition, selectionSet } =
          node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
        if (this.is(type, typeCondition)) yield* this.fields(type, [selectionSet], fragments);
      }
  }

  is(type, condition) {
    const other = condition ? this.schema.getType(condition.name.value) : type;
    return other === type || (isAbstractType(other) && this.schema.isSubType(other, type));
  }

  /** A value that is given. */
  input(type) {
    if (isNonNullType(type)) return this.given(type.ofType);
    return `${this.given(type)} | null`;
  }

  given(type) {
    if (isListType(type)) return `readonly (${this.input(type.ofType)})[]`;
    if (!isInputObjectType(type)) return this.leaf(getNamedType(type));
    if (!this.named.has(type.name)) {
      this.named.set(type.name, ''); // one that holds itself is named before it is whole
      const fields = Object.values(type.getFields()).map(
        (one) => `${one.name}${isRequiredInputField(one) ? '' : '?'}: ${this.input(one.type)}`,
      );
      this.named.set(type.name, `export interface ${type.name} { ${fields.join('; ')} }`);
    }
    return type.name;
  }

  variables(operation) {
    const fields = operation.variableDefinitions.map(({ variable, type, defaultValue }) => {
      const optional = type.kind !== Kind.NON_NULL_TYPE || defaultValue;
      return `${variable.name.value}${optional ? '?' : ''}: ${this.input(typeFromAST(this.schema, type))}`;
    });
    return `{ ${fields.join('; ')} }`;
  }

  operation(operation, fragments) {
    const root = this.schema.getRootType(operation.operation);
    return `{ answer: ${this.object(root, [operation.selectionSet], fragments)}; variables: ${this.variables(operation)} }`;
  }
}

/** The module for documents: `Answer<'Name'>` and `Variables<'Name'>` of each operation. */
export function types(sdl, documents) {
  const schema = buildSchema(sdl);
  const printer = new Printer(schema);
  const operations = new Map();
  for (const text of documents.filter((one) => !one.includes('${'))) {
    const document = parse(text);
    const [error] = validate(schema, document);
    if (error) throw error;
    const fragments = new Map(
      document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
    );
    for (const one of document.definitions) {
      if (one.kind !== Kind.OPERATION_DEFINITION) continue;
      const printed = printer.operation(one, fragments);
      const before = operations.get(one.name.value);
      operations.set(one.name.value, before && before !== printed ? `${before} | ${printed}` : printed);
    }
  }
  return [
    '// Made by build/types.mjs from the schema; not for editing.',
    ...printer.named.values(),
    'export interface Operations {',
    ...[...operations].map(([name, text]) => `  ${name}: ${text};`),
    '}',
    "export type Answer<Name extends keyof Operations> = Operations[Name]['answer'];",
    "export type Variables<Name extends keyof Operations> = Operations[Name]['variables'];",
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const [schema = '../api/graphql/schema.graphql', out = 'src/generated/operations.ts', ...given] = process.argv.slice(2);
  const paths = given.length > 0 ? given : ['src'];
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, types(readFileSync(schema, 'utf8'), paths.flatMap((path) => [...documentsIn(path)])));
}
