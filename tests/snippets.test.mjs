// The pieces of docs/account.md and docs/aws.md, compiled against the packed package.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packedRoot } from "../scripts/lib/pack.mjs";
import { at } from "../scripts/lib/paths.mjs";
import { run } from "../scripts/lib/run.mjs";

/** What stands around the pieces in an application. */
const surroundings = `
declare const username: string, password: string, newPassword: string, previousPassword: string, code: string, userPoolId: string, clientId: string;
declare const input: HTMLInputElement;
declare function show(what: unknown): void;
declare function askForCode(delivery: import("lifeguard-cognito").CodeDelivery): void;
type Provider = (properties?: Record<string, unknown>) => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string; expiration?: Date }>;
declare class S3Client { constructor(options: { region: string; credentials: Provider }); }
`;

for (const name of ["account", "aws"]) {
  test(`docs/${name}.md: every piece compiles`, async () => {
    const pieces = [...readFileSync(at(`docs/${name}.md`), "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
    assert.ok(pieces.length > 2, String(pieces.length));
    const project = join(packedRoot, `snippets-${name}`);
    rmSync(project, { recursive: true, force: true });
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
    pieces.forEach((piece, index) => {
      const imports = piece.includes("createAuth(") ? 'import { createAuth } from "lifeguard-cognito";' : 'declare const auth: import("lifeguard-cognito").Auth;';
      writeFileSync(join(project, `piece${index}.ts`), `${imports}\n${surroundings}\n${piece}\nexport {};\n`);
    });
    const compilerOptions = { module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [], noEmit: true, strict: true };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));

    const { code, output } = await run(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", project], { capture: true, allowFailure: true });

    assert.equal(code, 0, output);
  });
}
