// Each value of values.yaml is set by a file in ci/, to something other than its default: so each is rendered and judged by the schemas.
// Prints a line for each: pass or FAIL, a tab, and what.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual as same } from "node:util";
import { parse } from "yaml";

const chart = process.argv[2];
const read = (...path) => parse(readFileSync(join(chart, ...path), "utf8")) ?? {};
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const sets = readdirSync(join(chart, "ci")).map((file) => read("ci", file));

/** Values that are no maps with keys of their own, as [path, default]. */
const leaves = (value, path = []) =>
  isMap(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [[path, value]];

// They have one value: the others are refused by the chart's schema, or by the restricted Pod Security Standard, to which facts.mjs holds
// each set.
const constants = [
  "service.type",
  "podSecurityContext.runAsNonRoot",
  "podSecurityContext.seccompProfile.type",
  "securityContext.allowPrivilegeEscalation",
  "securityContext.readOnlyRootFilesystem",
  "securityContext.runAsNonRoot",
  "securityContext.capabilities.drop",
];

const at = (set, path) => path.reduce((value, key) => (isMap(value) ? value[key] : undefined), set);

for (const [path, value] of leaves(read("values.yaml"))) {
  if (constants.includes(path.join("."))) continue;
  const isSet = sets.some((set) => at(set, path) !== undefined && !same(at(set, path), value));
  console.log(`${isSet ? "pass" : "FAIL"}\ta set in ci/ changes ${path.join(".")}`);
}
