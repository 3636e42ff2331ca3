// Judges every rendered object twice: TypeScript finds fields that the kind does not have, which JSON schemas let pass, and
// the models' own validators find wrong or missing values. Prints a line for each set.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const directory = process.argv[2];
const packages = {
  "keda.sh": "@kubernetes-models/keda/keda.sh",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api/gateway.networking.k8s.io",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/monitoring.coreos.com",
};
const module = ({ apiVersion, kind }) => {
  const [version, group] = apiVersion.split("/").reverse();
  return `${packages[group] ?? ["kubernetes-models", group].filter(Boolean).join("/")}/${version}/${kind}`;
};

const source = join(dirname(directory), "objects.ts");
const lines = [];
const faults = new Map();
const blame = (set, fault) => faults.get(set).add(fault);

for (const file of readdirSync(directory).filter((f) => f.endsWith(".helm3.yaml"))) {
  faults.set(file, new Set());
  for (const document of parseAllDocuments(readFileSync(join(directory, file), "utf8"))) {
    const object = document.toJS();
    if (!object) continue;
    const label = `${object.kind}/${object.metadata.name}`;
    const type = object.kind;
    lines.push(
      `{ const o: import("${module(object)}").I${type} = ${JSON.stringify(object)}; void o; } // ${file} ${label}`);
    try {
      const model = (await import(module(object)))[type];
      new model(object).validate();
    } catch (e) {
      blame(file, `${label}: ${e.message}`);
    }
  }
}

writeFileSync(source, lines.join("\n"));
const program = ts.createProgram([source], {
  noEmit: true, strict: true, skipLibCheck: true, types: [],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  if (!file?.fileName.endsWith("objects.ts")) throw new Error(text);
  const [, set, label] = lines[file.getLineAndCharacterOfPosition(start).line].match(/ \/\/ (\S+) (\S+)$/);
  blame(set, `${label}: ${text}`);
}

for (const [file, found] of faults) {
  const [set, cluster] = file.split(".");
  console.log(`${found.size ? "FAIL" : "pass"}\t${set}, ${cluster} cluster: valid by the schemas of its kinds` +
    [...found].map((fault) => `; ${fault}`).join(""));
}
