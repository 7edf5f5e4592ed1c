// Scripts and styles compressed beside themselves, so that nobody has to do it for each request.
// Brotli at 9, not 11: 1 % larger and ten times as quick to build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TEXT = /\.(js|css|svg)$/;
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Write NAME.br and NAME.gz beside each text of a folder. */
export function pack(folder) {
  for (const name of readdirSync(folder).filter((one) => TEXT.test(one))) {
    const text = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text, BROTLI));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));
  }
}
