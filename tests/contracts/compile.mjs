// Compiles the contracts with solc and writes one artifact each: bytecode, selectors, event topics. Usage: node compile.mjs OUT
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? join(here, "../../artifacts/contracts");
const names = readdirSync(join(here, "src")).filter((name) => name.endsWith(".sol")).sort();

const input = {
  language: "Solidity",
  sources: Object.fromEntries(names.map((name) => [name, { content: readFileSync(join(here, "src", name), "utf8") }])),
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.methodIdentifiers"] } },
  },
};

const result = JSON.parse(solc.compile(JSON.stringify(input)));
const complaints = (result.errors ?? []).map((error) => error.formattedMessage);
if (complaints.length > 0) {
  // A warning is an error here too.
  console.error(complaints.join("\n"));
  process.exit(1);
}

mkdirSync(out, { recursive: true });
for (const contracts of Object.values(result.contracts)) {
  for (const [name, contract] of Object.entries(contracts)) {
    const artifact = {
      abi: contract.abi,
      selectors: contract.evm.methodIdentifiers,
      bytecode: contract.evm.bytecode.object,
    };
    writeFileSync(join(out, `${name}.json`), JSON.stringify(artifact, null, 1) + "\n");
  }
}

// Where npm put the local chain, for the tests to start without a shell or node between. There is none for some platforms.
const platform = { darwin: "darwin", linux: "linux", win32: "win32" }[process.platform];
const machine = { arm64: "arm64", x64: "amd64" }[process.arch];
const program = `@foundry-rs/anvil-${platform}-${machine}/bin/anvil${platform === "win32" ? ".exe" : ""}`;
let anvil = null;
try {
  anvil = createRequire(import.meta.url).resolve(program);
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
}
writeFileSync(join(out, "tools.json"), JSON.stringify({ anvil }) + "\n");
