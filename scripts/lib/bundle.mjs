// Bytes of files as they travel.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Raw, gzip and brotli (quality 11) bytes. */
export const sizes = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length,
});
